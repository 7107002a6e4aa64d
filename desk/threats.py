"""The register of threats: what comes every year, and what staff add or change."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

"""Official pages: how often they write, which are silent, which comments wait (8-ФЗ)."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

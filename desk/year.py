"""The year by week and month, today's list, the printed page."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

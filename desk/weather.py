"""Weather and documents typed in by hand, and what they open and close."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

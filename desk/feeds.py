"""Calendar feeds: the addresses that calendar programs subscribe to."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

"""What own history says: peaks of the year, proposed threats, the next weeks."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

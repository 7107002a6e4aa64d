"""Forms of a campaign: its moves, tasks, messages, materials, partners."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

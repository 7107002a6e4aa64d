"""Campaigns: the list, one campaign with its plan, and what is made from a template."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter()

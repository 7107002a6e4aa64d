"""What a check heard: each answer is a fact with who said it and when; a mistake is struck out and stays visible."""

from __future__ import annotations

from datetime import datetime

from casework.work import Work


def record_fact(
    work: Work, risk_id: int, version: int, question: str, whom: str, answer: str, heard_at: datetime | None = None
) -> int:
    """Record an answer to a question of the checklist; return the new version of the risk."""
    raise NotImplementedError


def withdraw_fact(work: Work, risk_id: int, version: int, fact_id: int, reason: str) -> int:
    """Strike a fact out, with a reason; return the new version of the risk."""
    raise NotImplementedError

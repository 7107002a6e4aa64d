"""The only place that asks for the hour, so that tests own the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment, aware, in UTC, to the second's fraction."""
    return datetime.now(UTC)

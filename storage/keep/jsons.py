"""Values as the JSON text that both databases store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from risk.score import Reason
from texts.compact import compact_json


def json_text(value: Any) -> str:
    """Return a value as compact JSON text."""
    return compact_json(value)


def reasons_json(reasons: Sequence[Reason]) -> str:
    """Return the reasons of a score as JSON text."""
    return compact_json([{"signal": r.signal, "points": r.points, "why": r.why} for r in reasons])

"""Values as the JSON text that both databases store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from risk.score import Reason

_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def json_text(value: Any) -> str:
    """Return a value as compact JSON text."""
    return _ENCODE(value)


def reasons_json(reasons: Sequence[Reason]) -> str:
    """Return the reasons of a score as JSON text."""
    return _ENCODE([{"signal": r.signal, "points": r.points, "why": r.why} for r in reasons])

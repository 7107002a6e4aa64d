"""What of a risk is worth bringing an alert up to date for, as one short mark that is compared."""

from __future__ import annotations

import json
import math
from hashlib import sha256

from reports.alert import AlertFacts

_STEP = 1.5
"""Half as many posts again are worth an edit: 4, 6, 9, 14 … (the same growth that ends a silence)."""


def mark_of(facts: AlertFacts) -> str:
    """Return a mark that changes when level, state, veracity or owner do, or when the posts grow by half."""
    grown = int(math.log(max(facts.posts, 1), _STEP))
    said = [facts.level, facts.state, facts.veracity, facts.owner, facts.emergency, grown]
    return sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()[:32]

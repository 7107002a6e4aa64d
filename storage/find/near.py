"""Looks up stored posts that may be copies of a batch: three queries a batch, never a scan."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa

from risk.group import IDENTITY, Batch, Candidate, Judged, Near
from storage.engine import Tx
from storage.moments import from_db
from storage.tables import judgement, post
from storage.tables.near import post_key
from texts.similar import NO_KEY

MOST_CANDIDATES = 6
"""Texts fetched for one post."""

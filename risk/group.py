"""Grouping of copies: the names that the other rooms use (see docs/grouping.md)."""

from __future__ import annotations

from risk.group_batch import IDENTITY, THING, Batch, SourceStyle, prepare, sizes_of
from risk.group_pair import Link
from risk.group_place import Candidate, Judged, Near, Placement, place

__all__ = [
    "IDENTITY",
    "THING",
    "Batch",
    "Candidate",
    "Judged",
    "Link",
    "Near",
    "Placement",
    "SourceStyle",
    "place",
    "prepare",
    "sizes_of",
]

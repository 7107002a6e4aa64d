"""Vocabulary: all tables of words put into one dictionary, each phrase with the table and row it came from."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

from risk.phrases import Dictionary, Match
from risk.words.danger import DANGERS
from risk.words.flags import IDLE, POLITICS, QUESTION, RUMOUR
from risk.words.guards import GUARDS
from risk.words.outages import BACK, COUNTED, DURATIONS, NOT_LASTING, ORDINAL, OUTAGES
from risk.words.sets import with_sets
from risk.words.tone import ANSWER, TONE, WEIGHT
from risk.words.topics_people import PEOPLE
from risk.words.topics_works import WORKS
from risk.words.troubles import HAZARDS, TROUBLES


class Table(IntEnum):
    """Which table a phrase belongs to."""

    DANGER_HAPPENS = 0
    DANGER_NAMED = 1
    GUARD = 2
    OUTAGE = 3
    BACK = 4
    LASTING = 5
    COUNTED = 6
    ORDINAL = 7
    NOT_LASTING = 8
    TROUBLE = 9
    HAZARD = 10
    TONE = 11
    WEIGHT = 12
    ANSWER = 13
    IDLE = 14
    FLAG = 15
    TOPIC = 16


class Key(NamedTuple):
    """Where a phrase comes from."""

    table: Table
    id: str
    at: int = 0
    """Index of the row in its table, where rows share an id."""
    value: float = 0.0
    """Hours, or weight for a topic."""


TOPIC_WEIGHTS = (4.0, 2.0, 0.5)
"""What a strong, a usual and a weak word of a topic weigh."""


def build() -> Dictionary:
    """Return the dictionary of all tables; a tenth of a second, so once per process."""
    book = Dictionary()
    for i, danger in enumerate(DANGERS):
        book.add(Key(Table.DANGER_HAPPENS, danger.id, i), with_sets(danger.happening))
        book.add(Key(Table.DANGER_NAMED, danger.id, i), with_sets(danger.mention))
    for i, guard in enumerate(GUARDS):
        book.add(Key(Table.GUARD, guard.id, i), with_sets(guard.phrases))
    _add_outages(book)
    for table, rows in (
        (Table.TROUBLE, TROUBLES), (Table.HAZARD, (HAZARDS,)), (Table.TONE, TONE), (Table.WEIGHT, WEIGHT),
        (Table.ANSWER, ANSWER), (Table.IDLE, IDLE), (Table.FLAG, (POLITICS, RUMOUR, QUESTION)),
    ):  # fmt: skip
        for row in rows:
            book.add(Key(table, row.id), with_sets(row.phrases))
    for words in (*WORKS, *PEOPLE):
        for weight, phrases in zip(TOPIC_WEIGHTS, (words.strong, words.usual, words.weak), strict=True):
            book.add(Key(Table.TOPIC, words.topic, 0, weight), with_sets(phrases))
    return book.ready()


def _add_outages(book: Dictionary) -> None:
    for row in OUTAGES:
        book.add(Key(Table.OUTAGE, row.id), with_sets(row.phrases))
    book.add(Key(Table.BACK, "back"), BACK)
    book.add(Key(Table.NOT_LASTING, "not"), NOT_LASTING)
    for phrases, hours in DURATIONS:
        book.add(Key(Table.LASTING, "words", 0, hours), phrases)
    for phrases, hours in COUNTED:
        book.add(Key(Table.COUNTED, "number", 0, hours), phrases)
    book.add(Key(Table.ORDINAL, "ordinal"), ORDINAL)


Found = dict[Table, list[tuple[Key, Match]]]


def by_table(matches: list[Match]) -> Found:
    """Return matches sorted out by their table; tables without a match are absent."""
    found: Found = {}
    for match in matches:
        key = match.row
        assert isinstance(key, Key)
        found.setdefault(key.table, []).append((key, match))
    return found

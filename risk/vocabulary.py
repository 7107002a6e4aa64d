"""Vocabulary: all tables of words put into one dictionary, each phrase with the table and row it came from."""

from __future__ import annotations

from collections import defaultdict
from enum import IntEnum
from typing import NamedTuple

from risk.dictionary import Dictionary, Match
from risk.words.danger import DANGERS
from risk.words.flags import IDLE, POLITICS, QUESTION, RUMOUR
from risk.words.guards import GUARDS
from risk.words.outages import BACK, COUNTED, DURATIONS, ORDINAL, OUTAGES
from risk.words.sets import with_sets
from risk.words.tone import ANSWER, PLACES_WITHOUT, TONE, WEIGHT
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
    TROUBLE = 8
    HAZARD = 9
    TONE = 10
    WEIGHT = 11
    ANSWER = 12
    IDLE = 13
    FLAG = 14
    TOPIC = 15


class Key(NamedTuple):
    """Where a phrase comes from."""

    table: Table
    id: str
    at: int = 0
    """Index of the row in its table, where rows share an id."""
    value: float = 0.0
    """Hours, or weight for a topic."""


_LATER = frozenset((Table.WEIGHT, Table.ANSWER, Table.IDLE, Table.FLAG))
TELLING = (Table.DANGER_HAPPENS, Table.DANGER_NAMED, Table.OUTAGE, Table.TROUBLE, Table.HAZARD)
"""Tables whose words make a text worth the second look: guards, durations, who is touched, what sort of text it is."""
BESIDE = ("у", "около", "возле", "напротив", "рядом", "мимо", "районе", "вблизи", "недалеко", "от", "до", "сторону")
"""What stands after these only says where: «у школы», «напротив детского сада»."""
TOPIC_WEIGHTS = (4.0, 2.0, 0.5)
"""What a strong, a usual and a weak word of a topic weigh."""


def build() -> Dictionary:
    """Return the dictionary of all tables; a fifth of a second, so once per process."""
    book = Dictionary(BESIDE)
    for i, danger in enumerate(DANGERS):
        book.add(Key(Table.DANGER_HAPPENS, danger.id, i), with_sets(danger.happening))
        book.add(Key(Table.DANGER_NAMED, danger.id, i), with_sets(danger.mention))
    for i, guard in enumerate(GUARDS):
        book.add(Key(Table.GUARD, guard.id, i), with_sets(guard.phrases), later=True)
    _add_outages(book)
    for table, rows in (
        (Table.TROUBLE, TROUBLES), (Table.HAZARD, (HAZARDS,)), (Table.TONE, TONE), (Table.WEIGHT, (*WEIGHT, *PLACES_WITHOUT)),
        (Table.ANSWER, ANSWER), (Table.IDLE, IDLE), (Table.FLAG, (POLITICS, RUMOUR, QUESTION)),
    ):  # fmt: skip
        for row in rows:
            book.add(Key(table, row.id), with_sets(row.phrases), later=table in _LATER)
    for words in (*WORKS, *PEOPLE):
        for weight, phrases in zip(TOPIC_WEIGHTS, (words.strong, words.usual, words.weak), strict=True):
            key = Key(Table.TOPIC, words.topic, 0, weight)
            book.add(key, with_sets(phrases), vote=(words.topic, weight))
    return book.ready()


def _add_outages(book: Dictionary) -> None:
    for row in OUTAGES:
        book.add(Key(Table.OUTAGE, row.id), with_sets(row.phrases))
    book.add(Key(Table.BACK, "back"), BACK, later=True)
    for phrases, hours in DURATIONS:
        book.add(Key(Table.LASTING, "words", 0, hours), phrases, later=True)
    for phrases, hours in COUNTED:
        book.add(Key(Table.COUNTED, "number", 0, hours), phrases, later=True)
    book.add(Key(Table.ORDINAL, "ordinal"), ORDINAL, later=True)


Found = dict[Table, list[Match]]
"""Matches by the table they come from; the row of each is a Key."""


def by_table(matches: list[Match]) -> Found:
    """Return matches sorted out by their table; tables without a match are absent."""
    found: defaultdict[Table, list[Match]] = defaultdict(list)
    for match in matches:
        found[match[0][0]].append(match)
    return dict(found)

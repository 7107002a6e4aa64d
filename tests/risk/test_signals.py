"""The table of signals: each row can be read by staff, and the page in docs/ is made from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from district.topics import TOPICS
from risk.score import RULE_SET, SIGNALS
from risk.signals.case import Signal
from risk.words.danger import DANGERS
from risk.words.norms import NORMS
from risk.words.outages import OUTAGES
from risk.words.topics_people import PEOPLE
from risk.words.topics_works import WORKS
from risk.words.votes import VOTES
from tests.risk.signals_page import page

DOC = Path(__file__).resolve().parents[2] / "docs" / "signals.md"


def test_the_page_of_signals_is_made_from_the_tables() -> None:
    """docs/signals.md equals what the tables say; renew it: python -m tests.risk.signals_page > docs/signals.md."""
    assert DOC.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("signal", list(SIGNALS.values()), ids=lambda s: s.id)
def test_each_signal_explains_itself_in_russian(signal: Signal) -> None:
    """The first line of the function's docstring is a Russian sentence, its weight positive, its title short."""
    assert signal.meaning.endswith(".")
    assert any("а" <= letter <= "я" for letter in signal.meaning.lower())
    assert signal.weight >= 0
    assert signal.most >= 1
    assert len(signal.title) <= 30


def test_signals_that_can_be_forged_are_marked() -> None:
    """All of signals/spread.py but the interest of media: hardly seen copies are cut there."""
    marked = {s.id for s in SIGNALS.values() if s.forgeable}

    assert marked == {s.id for s in SIGNALS.values() if s.function.__module__ == "risk.signals.spread"} - {"media"}


def test_the_rule_set_has_a_date() -> None:
    """The id of the rule set is a date."""
    year, month, day = RULE_SET.split("-")

    assert len(year) == 4
    assert 1 <= int(month) <= 12
    assert 1 <= int(day) <= 31


def test_the_tables_of_words_agree_with_each_other() -> None:
    """Norms are of known outages, votes of known rows and topics, and every topic group has its own words."""
    outages = {row.id for row in OUTAGES}

    assert set(NORMS) <= outages
    assert {topic for votes in VOTES.values() for topic, _ in votes} <= set(TOPICS)
    assert {words.topic for words in (*WORKS, *PEOPLE)} == set(TOPICS)
    assert not outages & {danger.id for danger in DANGERS}


@pytest.mark.parametrize("name", NORMS)
def test_steps_of_a_norm_rise(name: str) -> None:
    """A norm's steps are in rising order and an unknown duration breaks none."""
    hours = [step for step, _ in NORMS[name].steps]

    assert hours == sorted(hours)
    assert NORMS[name].broken(None) is None
    assert NORMS[name].broken(0) is None
    assert NORMS[name].broken(hours[-1] + 1) == NORMS[name].steps[-1]

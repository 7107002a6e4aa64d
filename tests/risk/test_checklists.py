"""Whom to call and what to ask is told for every topic and every danger, plainly and without asking about authors."""

from __future__ import annotations

import pytest

from district.topics import TOPICS
from risk.checklist_dangers import DANGER_OF, DANGERS
from risk.checklists import checklist, in_words
from risk.states import Kind
from risk.words.danger import DANGERS as DANGER_WORDS

ALL = [*TOPICS, None]


@pytest.mark.parametrize("topic", ALL)
def test_every_topic_has_its_questions(topic: str | None) -> None:
    """A topic has three to six questions, each with somebody to call and one sentence that ends with a question mark."""
    asked = checklist(topic, Kind.PROBLEM, False)

    assert 3 <= len(asked) <= 6
    for question in asked:
        assert len(question.whom) > 3
        assert question.ask.endswith("?")
        assert question.ask.count("?") == 1
        assert question.ask[0].isupper()
        assert len(question.ask) <= 130


@pytest.mark.parametrize("danger", sorted({*DANGER_OF}))
def test_danger_calls_the_dispatcher_first(danger: str) -> None:
    """Whatever the topic, the questions of a danger come first, and the first of them goes to the ЕДДС."""
    asked = checklist("education", Kind.EMERGENCY, True, [danger])

    assert asked[0].whom == "ЕДДС"
    own = [q for q in asked if q.key.startswith(f"{DANGER_OF[danger]}.")]
    assert 3 <= len(own) <= 6
    assert asked[: len(own)] == tuple(own)
    assert asked[-1].key.startswith("education.")
    assert all(q.ask.endswith("?") and q.whom for q in own)


def test_every_danger_of_the_dictionary_is_asked_about() -> None:
    """No row of the danger words is left without questions, and no questions are left without a row."""
    assert {danger.id for danger in DANGER_WORDS} <= set(DANGER_OF)
    assert set(DANGER_OF.values()) == set(DANGERS) - {"danger"}


def test_an_emergency_of_an_unknown_kind_still_calls_the_dispatcher() -> None:
    """An emergency without a known danger word begins with the questions of any danger."""
    assert [q.whom for q in checklist(None, Kind.EMERGENCY, True)][:2] == ["ЕДДС", "ЕДДС"]
    assert [q.key for q in checklist(None, Kind.PROBLEM, False, ["martians"])][0] == "other.known"


def test_many_dangers_do_not_drown_the_officer() -> None:
    """Of several dangers two are asked about; a question never comes twice."""
    asked = checklist("housing", Kind.EMERGENCY, True, ["gas", "explosion", "fire", "poison", "collapse"])

    assert {q.key.split(".")[0] for q in asked} == {"gas", "fire", "housing"}
    assert len({q.key for q in asked}) == len(asked)


def test_what_a_danger_asks_the_topic_does_not_ask_again() -> None:
    """Since when, why, beyond the norm, who is weak: asked once, by the more particular set."""
    asked = checklist("housing", Kind.PROBLEM, False, ["heating"])

    assert [q.key for q in asked if q.matter in ("since", "cause", "norm", "weak")] == [
        "heating.since", "heating.cause", "heating.norm", "heating.weak",
    ]  # fmt: skip
    assert [q.key for q in asked][-2:] == ["housing.house", "housing.pay"]


def test_a_rumour_is_asked_for_what_is_true() -> None:
    """A rumour adds its own questions at the end."""
    asked = checklist("health", Kind.RUMOUR, True, ["poison"])

    assert [q.key for q in asked][-2:] == ["rumour.truth", "rumour.since"]
    assert asked[0].key == "poison.known"


def test_norms_stand_where_they_matter() -> None:
    """The permitted breaks of DOMAIN 3 are in the questions of heating, water, power, roads and waste."""
    told = {
        name: " ".join(q.ask for q in checklist(topic, Kind.PROBLEM, False, dangers))
        for name, topic, dangers in (
            ("heating", None, ["heating"]), ("water", None, ["water"]), ("power", "energy", []), ("roads", "roads", []),
            ("waste", "waste", []), ("housing", "housing", []),
        )
    }  # fmt: skip
    assert "16 часов" in told["heating"]
    assert "16 часов" in told["housing"]
    assert "4 часа" in told["water"]
    assert "24" in told["power"]
    assert "6–12 часов" in told["roads"]
    assert "раз в 3 дня" in told["waste"]


def test_nobody_is_asked_who_wrote_it() -> None:
    """No question asks about an author: residents are heard, not watched."""
    every = [q for topic in ALL for danger in DANGER_OF for q in checklist(topic, Kind.RUMOUR, True, [danger])]

    assert not [
        q.ask for q in every if any(w in q.ask.lower() for w in ("автор", "написал", "распространяет", "чей акк"))
    ]


def test_a_key_is_told_in_words() -> None:
    """A key of the table comes back as its question, and an own question as it was written."""
    assert in_words("heating.since").startswith("С какого часа нет тепла")
    assert in_words("Кто дежурил ночью?") == "Кто дежурил ночью?"

"""Campaign templates: every shipped threat has one, every text is whole, fits its place, and days keep their order."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.load import load_profile
from district.seasons import DateRule, RuleKind, Threat, YearDay
from preventive.agitation import agitation_in, named_candidates
from preventive.channels import ChannelKind, kind_of
from preventive.template_list import TEMPLATES, plan_of
from preventive.templates import (
    CATCH_UP,
    GENERAL,
    PARTNER_KINDS,
    CampaignTemplate,
    TemplateMessage,
    day_of,
    day_words,
    fill,
    variables,
)
from tests.conftest import ROOT
from texts.mask import mask

KNOWN = {"округ", "подпись", "тема", "начало", "конец", "год"}
VALUES = variables(
    "Демонстрационный муниципальный округ", "Администрация Демонстрационного муниципального округа", "ЕГЭ и ОГЭ",
    date(2027, 9, 12), date(2027, 11, 30),
)  # fmt: skip
PLANS = list(TEMPLATES.values())
TEXTS = [(plan, text) for plan in PLANS for text in plan.messages]
IDS = [f"{plan.id}-{text.channel.value}-{n}" for n, (plan, text) in enumerate(TEXTS)]
PROFILES = sorted(path for path in (ROOT / "district").glob("*.toml"))


def a_threat(**changes: object) -> Threat:
    rule = DateRule(RuleKind.WINDOW, since=YearDay(4, 1), until=YearDay(4, 30))
    return replace(Threat("own", "Своя угроза", ("roads",), rule, 14), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_every_shipped_threat_has_the_template_it_names(path: object) -> None:
    """In each profile a named template exists, and each threat has a plan with texts and tasks."""
    threats = load_profile(path).prevention.threats  # type: ignore[arg-type]

    assert len(threats) > 10
    for threat in threats:
        assert not threat.template or threat.template in TEMPLATES, threat.id
        plan = plan_of(threat)
        assert plan.messages
        assert plan.tasks
        assert plan.id in {threat.template, threat.id, GENERAL}


def test_the_threats_of_the_domain_notes_have_their_own_plans() -> None:
    """The rows of the year's table are met with texts of their own, not with the general ones."""
    rows = {
        "snow-ice", "epiphany-bathing", "thin-ice", "potholes", "road-thaw", "flood", "grass-fires", "fire-regime", "ticks",
        "spring-cleaning", "heating-start", "heating-end", "hot-water", "bathing", "dry-wells", "hogweed", "last-bell",
        "exams", "graduation", "summer-children", "school-enrolment", "school-year", "winter-readiness", "elections",
        "new-year", "stray-dogs", "waste-collection", "power-cuts",
    }  # fmt: skip

    assert rows <= set(TEMPLATES)


@pytest.mark.parametrize(("plan", "text"), TEXTS, ids=IDS)
def test_a_text_is_whole_and_fits_its_place(plan: CampaignTemplate, text: TemplateMessage) -> None:
    """Known variables alone, nothing left empty, no longer than people read there, no phone but 112, no personal data."""
    names = {name for _, name, _, _ in Formatter().parse(text.text) if name is not None}
    assert names <= KNOWN

    said = fill(text.text, VALUES)

    assert not re.search(r"[{}]|_{2,}", said)
    assert len(said) <= text.channel.longest, f"{plan.id}: {len(said)}"
    assert re.findall(r"(?<!\d)\d{3,}(?!\d)", said.replace(VALUES["год"], "")) in ([], ["112"], ["112"] * 2)
    assert mask(said).text == said
    assert not agitation_in(said)
    assert not named_candidates(said)
    assert said == said.strip()


@pytest.mark.parametrize("plan", PLANS, ids=lambda p: p.id)
def test_a_plan_is_a_plan(plan: CampaignTemplate) -> None:
    """A goal, several groups or places, tasks of known hands; texts are approved before the first of them is posted."""
    assert len(plan.goal) > 40
    assert len(plan.messages) >= 2
    assert 4 <= len(plan.tasks) <= 10
    kinds = {partner.kind for partner in plan.partners}
    assert kinds <= set(PARTNER_KINDS)
    assert "leader" not in kinds, "an opinion leader is written only after consent"
    assert {task.whose for task in plan.tasks} <= {"block", "owner"} | kinds
    approval = [task.days for task in plan.tasks if "утверждение" in task.what]
    assert approval
    assert min(approval) < min(text.days for text in plan.messages)


def test_a_place_of_a_plan_is_recognised_by_its_name() -> None:
    """The name that a kind of place gets in a campaign leads back to the kind, and so to its length."""
    assert {kind_of(kind.label): kind for kind in ChannelKind} == {kind: kind for kind in ChannelKind}
    assert kind_of("Стенд у магазина") is ChannelKind.BOARD
    assert kind_of("ВКонтакте") is ChannelKind.OFFICIAL


def test_the_general_plan_takes_the_threats_name_and_groups() -> None:
    """A threat without a template speaks to its own audience under its own name; an unknown template is no failure."""
    plan = plan_of(a_threat(audience=("грибники", "дачники"), template="no-such"))

    assert (plan.id, plan.title) == (GENERAL, "Своя угроза")
    assert plan.audiences == ("грибники", "дачники")
    assert plan_of(a_threat()).audiences == ("жители",)
    assert plan_of(a_threat(id="ticks")).id == "ticks"
    assert plan_of(a_threat(template=GENERAL, id="ticks")).id == GENERAL


def test_words_of_days_and_themes() -> None:
    """Days are said as people say them; a theme in the middle of a sentence is small unless it is an abbreviation."""
    assert day_words(date(2028, 2, 29)) == "29 февраля"
    assert VALUES["тема"] == "ЕГЭ и ОГЭ"
    assert variables("О", "П", "Первый лёд", date(2027, 1, 1), date(2027, 1, 1))["тема"] == "первый лёд"
    with pytest.raises(KeyError):
        fill("{неизвестно}", VALUES)


START = date(2027, 4, 15)


@pytest.mark.parametrize(
    ("offset", "today", "day"),
    [
        (-14, date(2027, 4, 1), date(2027, 4, 1)),
        (-14, date(2027, 1, 1), date(2027, 4, 1)),
        (7, date(2027, 1, 1), date(2027, 4, 22)),
        (-14, date(2027, 4, 8), date(2027, 4, 8)),
        (-7, date(2027, 4, 8), date(2027, 4, 11)),
        (0, date(2027, 4, 8), date(2027, 4, 15)),
        (-14, START, START),
        (0, START, date(2027, 4, 22)),
        (7, START, date(2027, 4, 29)),
    ],
)
def test_a_plan_begun_late_is_drawn_together(offset: int, today: date, day: date) -> None:
    """With time enough days are counted from the first one; without it they keep their order from today on."""
    assert day_of(offset, 14, START, today) == day


@given(st.lists(st.integers(-60, 60), min_size=2, max_size=8), st.integers(-60, 400), st.integers(0, 60))
def test_order_is_kept_and_nothing_falls_before_today(offsets: list[int], ahead: int, lead: int) -> None:
    """Whatever the delay: tasks stay in order, none of the preparing falls before today or, while it is ahead, past the start."""
    today = START - timedelta(days=ahead)
    lead = max(lead, -min(offsets), 0)

    days = [day_of(offset, lead, START, today) for offset in sorted(offsets)]

    assert days == sorted(days)
    if ahead >= lead:
        assert days == [START + timedelta(days=offset) for offset in sorted(offsets)]
    elif lead:
        assert days[0] >= min(today, START)
        before = [day_of(o, lead, START, today) for o in offsets if o < 0]
        assert all(day <= max(START, today + timedelta(days=CATCH_UP)) for day in before)

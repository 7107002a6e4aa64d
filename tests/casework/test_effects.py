"""A campaign's effect from the weeks that are kept, the reasons for which it cannot be told, and the evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework.campaign_errors import StaleCampaign, UnknownCampaign
from casework.effects import effect_kept, effect_of, evaluate, kept_effect, summed
from casework.errors import BadMove, NotAllowed, ReasonNeeded
from casework.take_in import take_in
from casework.weeks import keep_counts
from casework.work import Work
from district.seasons import DateRule, RuleKind
from preventive.effect import Effect, Verdict
from preventive.facts import WeekCount
from storage.engine import Store
from storage.find.campaigns import campaign_by_id, events_of
from storage.find.weeks import Counted
from storage.tables import decree
from tests.casework.campaign_build import ELECTIONS, PAGE, THURSDAY, a_district, a_threat, at
from tests.casework.posts_build import WATER, a_post
from tests.casework.year_build import add_campaign, add_message

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
STARTS, DAYS = date(2026, 9, 7), 42
"""A Monday ten weeks ago; the campaign ended on 18 October, four whole weeks ago."""
FIRST = date(2023, 1, 2)
LESSONS = "Начать на неделю раньше и взять газету."


def weeks(subject: str, spring: int, usual: int = 20, territory: str = "") -> Iterator[Counted]:
    """Yield weeks of a subject from 2023 on: three a week, every autumn `usual`, during this campaign `spring`."""
    for n in range((THURSDAY.date() - FIRST) // WEEK):
        week = FIRST + n * WEEK
        years = next((y for y in range(4) if timedelta(0) <= week - (STARTS - 52 * y * WEEK) < 6 * WEEK), None)
        posts = 3 + n % 2 if years is None else usual if years else spring
        yield Counted(subject, territory, week, posts, posts, posts // 10)


def a_campaign(store: Store, state: str = "finished", **changes: Any) -> int:
    """Return the id of a campaign about roads in the whole district."""
    values: dict[str, Any] = {
        "subject": "roads", "topics": ["roads"], "state": state, "prepare_from": STARTS - 21 * DAY, "block": "works",
    }  # fmt: skip
    return add_campaign(store, "Дороги осенью", STARTS, DAYS, **(values | changes))


@pytest.fixture
def work(store: Store) -> Work:
    """A district that knows its weeks since 2023: a calm autumn of roads this year, other topics as ever."""
    work = at(store)
    keep_counts(work, [*weeks("roads", 5), *weeks("housing", 60, 60), *weeks("health", 40, 40)])
    return work


def test_a_calm_autumn_is_less_than_usual(work: Work) -> None:
    """Thirty messages of a hundred and twenty: told with the bounds, the years behind them and the parts."""
    told = effect_of(work, a_campaign(work.store))

    assert told.verdict is Verdict.LESS
    assert told.sentence.startswith("на ")
    assert " % меньше обычного, 30 против " in told.sentence
    assert told.years == 3
    assert [(part.name, part.seen, part.known) for part in told.parts] == [
        ("before", 28, 8), ("preparing", 11, 3), ("during", 30, 6), ("after", 14, 4),
    ]  # fmt: skip


def test_territories_are_counted_together(work: Work) -> None:
    """A campaign in two territories is compared with the sum of both; a week one of them does not know is unknown."""
    north = [WeekCount(FIRST, 2, 1), WeekCount(FIRST + WEEK, 3, 1, 1)]
    south = [WeekCount(FIRST + WEEK, 4, 2, 1)]

    assert summed([north, south]) == (WeekCount(FIRST + WEEK, 7, 3, 2),)

    keep_counts(work, weeks("roads", 0, 10, "north"))
    keep_counts(work, weeks("roads", 1, 10, "south"))
    told = effect_of(work, a_campaign(work.store, territories=["north", "south"]))
    assert (told.verdict, told.seen) == (Verdict.LESS, 6)


@pytest.mark.parametrize(
    ("now", "state", "why"),
    [
        (datetime(2026, 8, 20, 9, tzinfo=UTC), "preparing", "кампания начнётся 07.09.2026"),
        (datetime(2026, 10, 18, 9, tzinfo=UTC), "running", "кампания идёт до 18.10.2026"),
    ],
)
def test_a_campaign_that_is_not_over_cannot_be_told(work: Work, now: datetime, state: str, why: str) -> None:
    """Before its first day and on its last one there is no verdict yet."""
    told = effect_of(work.at(now), a_campaign(work.store, state))

    assert (told.verdict, told.sentence) == (Verdict.CANNOT_TELL, f"сказать нельзя: {why}")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, True),
        ({"subject": "threat:potholes", "topics": ["roads"]}, True),
        ({"state": "planned"}, False),
        ({"state": "cancelled"}, False),
        ({"subject": "health", "topics": ["health"]}, False),
        ({"territories": ["south"]}, False),
    ],
)
def test_another_campaign_in_the_same_weeks_stops_the_comparison(
    work: Work, changes: dict[str, Any], told: bool
) -> None:
    """One that ran, about the same, in the same place; neither a plan nor another matter nor another territory."""
    keep_counts(work, weeks("roads", 5, 20, "north"))
    other = a_campaign(work.store, **changes)
    said = effect_of(work, a_campaign(work.store, territories=["north"]))

    stopped = f"сказать нельзя: в эти же недели шла кампания № {other} «Дороги осенью» о том же"
    assert (said.sentence == stopped) is told


def _add_decree(store: Store, subject: str, number: str) -> None:
    row = {
        "subject": subject, "number": number, "title": "О запрете", "issued_on": "2026-09-10", "opens_on": "2026-09-12",
        "closes_on": None, "territories": [], "origin": "hand", "at": THURSDAY,
    }  # fmt: skip
    with store.write() as tx:
        tx.execute(sa.insert(decree).values(row))


def test_a_document_of_another_threat_stops_the_comparison_and_its_own_is_told(store: Store) -> None:
    """A flood's document in the weeks of a campaign about roads: cannot be told; the own one stands in a note."""
    ice = a_threat(rule=DateRule(RuleKind.DECREE, subject="ice"), words=())
    flood = a_threat("flood", name="Паводок", rule=DateRule(RuleKind.DECREE, subject="flood"), words=())
    work = at(store, profile=a_district(ice, flood))
    keep_counts(work, weeks("roads", 5))
    campaign_id = a_campaign(store, threat_id=ice.id)
    _add_decree(store, "ice", "15-п")

    own = effect_of(work, campaign_id)
    assert own.verdict is Verdict.LESS
    assert "В эти же недели действовал документ № 15-п: порознь его и кампанию счёт не различает." in own.notes

    _add_decree(store, "flood", "16-п")
    other = effect_of(work, campaign_id)
    assert other.sentence == "сказать нельзя: в эти же недели действовал документ № 16-п (паводок)"


def test_campaigns_of_past_years_are_told_beside(work: Work) -> None:
    """«Обычное» of a threat that had a campaign every year is with that campaign: a note says so."""
    threat = a_threat().id
    for year in (2024, 2025):
        days = {
            "prepare_from": date(year, 8, 20),
            "state": "evaluated",
            "threat_id": threat,
            "topics": ["x"],
            "subject": "x",
        }
        add_campaign(work.store, "Прошлая", date(year, 9, 1), 30, **days)

    told = effect_of(work, a_campaign(work.store, threat_id=threat))

    assert "Кампания шла и в 2024, 2025 годах: «обычное» — это и с ней." in told.notes


def test_a_source_that_fell_silent_stops_the_comparison(store: Store) -> None:
    """Where the chat that gave everything before was not read during the campaign, fewer messages mean nothing."""
    work = at(store)
    keep_counts(work, weeks("roads", 5))
    _post(work, "vk-residents", STARTS - 10 * WEEK, 8)
    _post(work, "vk-second", STARTS - 10 * WEEK, 16, first=100)

    told = effect_of(work, a_campaign(store))

    assert told.sentence.startswith("сказать нельзя: источник «")
    assert "молчал 6 из 6 недель, а до кампании давал " in told.sentence


def _post(work: Work, source_id: str, since: date, count: int, first: int = 1) -> None:
    for n in range(count):
        moment = datetime(since.year, since.month, since.day, 9, tzinfo=UTC) + n * WEEK
        one = a_post(first + n, f"{WATER} {n}", source_id=source_id, published_at=moment, seen_at=moment)
        take_in(work.at(moment), [one])


def test_elections_are_told_by_reach(work: Work) -> None:
    """A campaign that informs counts its publications and their views where the desk reads them, no messages."""
    campaign_id = a_campaign(work.store, inform_only=True, threat_id=ELECTIONS.id)
    link = "https://vk.com/wall-1_7"
    add_message(work.store, campaign_id, PAGE, STARTS, state="published", url=link)
    add_message(work.store, campaign_id, "Газета", STARTS, state="published", url="")
    add_message(work.store, campaign_id, PAGE, STARTS, state="withdrawn")
    add_message(work.store, campaign_id, PAGE, STARTS, state="draft")
    moment = datetime(2026, 9, 8, 9, tzinfo=UTC)
    take_in(
        work.at(moment), [a_post(7, WATER, source_id=PAGE, url=link, views=1204, published_at=moment, seen_at=moment)]
    )

    told = effect_of(work, campaign_id)

    assert told.verdict is Verdict.REACHED
    assert told.sentence == "вышло 2 из 3 публикаций, 1\u00a0204 просмотра (известны у 1)"
    assert told.parts == ()


def test_an_evaluated_campaign_keeps_what_was_said(work: Work) -> None:
    """Lessons, verdict and history are written at once, and later weeks do not change what was said."""
    campaign_id = a_campaign(work.store)
    before = effect_of(work, campaign_id)

    version = evaluate(work, campaign_id, 1, f"  {LESSONS} ")

    keep_counts(work, weeks("roads", 500))
    assert effect_of(work, campaign_id) == before
    with work.store.read() as tx:
        row, events = campaign_by_id(tx, campaign_id), events_of(tx, campaign_id)
    assert row is not None
    assert (row.version, row.state, row.lessons, row.evaluated_at) == (version, "evaluated", LESSONS, work.now)
    last = max(events, key=lambda e: e.id)
    assert (last.what, last.note, last.detail["verdict"]) == ("evaluated", before.sentence, "less")


def test_an_effect_survives_its_row(work: Work) -> None:
    """What a row keeps is plain JSON and comes back as it was, parts, weeks and days too."""
    told = effect_of(work, a_campaign(work.store))

    assert kept_effect(effect_kept(told)) == told
    assert kept_effect(effect_kept(Effect(Verdict.CANNOT_TELL, "сказать нельзя: x"))).parts == ()


def test_who_may_not_and_what_is_not_finished_is_refused(work: Work) -> None:
    """A reader, a stale page, a running campaign, no lessons, two words of lessons, no campaign: each is told in words."""
    campaign_id, running = a_campaign(work.store), a_campaign(work.store, "running", subject="x", topics=["x"])
    reader = replace(work, by=replace(work.by, roles=frozenset({"reader"})))

    with pytest.raises(NotAllowed):
        evaluate(reader, campaign_id, 1, LESSONS)
    with pytest.raises(StaleCampaign):
        evaluate(work, campaign_id, 7, LESSONS)
    with pytest.raises(BadMove, match="завершённой кампании, а «Дороги осенью» идёт"):
        evaluate(work, running, 1, LESSONS)
    with pytest.raises(ReasonNeeded):
        evaluate(work, campaign_id, 1, "   ")
    with pytest.raises(BadMove, match="Уроки слишком коротки"):
        evaluate(work, campaign_id, 1, "Всё хорошо")
    with pytest.raises(UnknownCampaign):
        effect_of(work, 999)
    assert effect_of(work, campaign_id).verdict is Verdict.LESS

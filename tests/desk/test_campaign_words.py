"""Days of campaigns in words, and their plan as a picture."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.campaign_past import past_of
from desk.campaign_picture import MOST_MONTHS, MOST_ON_A_DAY, Mark, plan_picture
from desk.campaign_words import campaign_term, span_words, task_term, until
from preventive.campaign import CampaignState
from preventive.effect import Verdict
from storage.find.campaign_parts import CampaignEventRow

TODAY = date(2026, 11, 21)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
S = CampaignState


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("2026-04-15", "2026-04-15", "15 апр"), ("2026-04-01", "2026-04-30", "1–30 апр"),
        ("2026-04-15", "2026-05-14", "15 апр – 14 мая"), ("2027-04-15", "2027-05-14", "15 апр – 14 мая 2027"),
        ("2026-12-15", "2027-01-10", "15 дек 2026 – 10 янв 2027"), ("2028-02-29", "2028-02-29", "29 фев 2028"),
    ],
)  # fmt: skip
def test_a_span_of_days_is_said_shortly(first: str, last: str, words: str) -> None:
    """The month and the year are said once, the year only when it is not the present one."""
    assert span_words(date.fromisoformat(first), date.fromisoformat(last), TODAY).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "сегодня"), (1, "завтра"), (-1, "вчера"), (2, "через 2 дня"), (5, "через 5 дней"), (-21, "21 день назад")],
)
def test_how_far_a_day_is(days: int, words: str) -> None:
    """Near days have their own words, the others are counted in the right form."""
    assert until(TODAY + timedelta(days), TODAY).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("state", "from_today", "words", "tone"),
    [
        (S.IDEA, (30, 40, 50), "подготовку начать через 30 дней", "calm"),
        (S.PLANNED, (7, 40, 50), "подготовку начать через 7 дней", "soon"),
        (S.PLANNED, (-3, 40, 50), "подготовку пора было начать 3 дня назад", "late"),
        (S.PREPARING, (-9, 0, 5), "начало сегодня", "soon"),
        (S.PREPARING, (-9, -1, 5), "должна была начаться вчера", "late"),
        (S.RUNNING, (-9, -5, 5), "конец через 5 дней", "calm"),
        (S.RUNNING, (-9, -5, 0), "последний день", "calm"),
        (S.RUNNING, (-9, -5, -2), "срок вышел 2 дня назад: завершите", "late"),
        (S.FINISHED, (-9, -5, -2), "кончилась 2 дня назад: оцените", "soon"),
        (S.FINISHED, (-9, -5, 5), "кончилась сегодня: оцените", "soon"),
        (S.EVALUATED, (-9, -5, -2), "16–19 ноя", "calm"),
    ],
)
def test_what_presses_on_a_campaign(
    state: CampaignState, from_today: tuple[int, int, int], words: str, tone: str
) -> None:
    """Each state looks at the day that matters to it, and says loudly when that day has passed."""
    prepare, start, end = (TODAY + timedelta(days) for days in from_today)

    term = campaign_term(state, prepare, start, end, TODAY)

    assert (term.text.replace("\u00a0", " "), term.tone) == (words, tone)


def test_a_late_task_is_said_so() -> None:
    """A task of yesterday is late, one of tomorrow presses, one of next week does not."""
    terms = [task_term(TODAY + timedelta(days), TODAY) for days in (-1, 0, 1, 7)]

    assert [t.tone for t in terms] == ["late", "soon", "soon", "calm"]
    assert terms[0].text.replace("\u00a0", " ") == "просрочена на 1 день"


@given(DAYS, st.integers(0, 400), st.integers(0, 366), DAYS, st.lists(DAYS, max_size=30))
def test_the_picture_stays_in_its_frame(prepare: date, lead: int, run: int, today: date, marks: list[date]) -> None:
    """Whatever the days, everything lies between the edges, and names of months do not crowd a phone."""
    start = prepare + timedelta(lead)
    posts = [Mark(day, "open") for day in marks]

    drawn = str(plan_picture((prepare, start, start + timedelta(run)), today, posts, posts))

    places = [float(x) for x in re.findall(r'(?:c?x1?)="([\d.]+)%"', drawn)]
    bands = [float(x) + float(w) for x, w in re.findall(r'x="([\d.]+)%" y="8" width="([\d.]+)%"', drawn)]
    assert all(0 <= x <= 100 for x in places + bands)
    assert drawn.count("<text") <= MOST_MONTHS + 1


def test_a_crowded_day_shows_its_late_marks_first() -> None:
    """Marks of one day stand above each other, at most three, and what is late is among them."""
    marks = [Mark(TODAY, "done")] * 4 + [Mark(TODAY, "late")]

    drawn = str(plan_picture((TODAY, TODAY, TODAY), TODAY, marks))

    assert drawn.count("<circle") == MOST_ON_A_DAY
    assert drawn.count("plan-mark late") == 1
    assert "просрочено 1" in drawn


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_history_tells_the_verdict_in_words(verdict: Verdict) -> None:
    """What came of a campaign stands in its history in Russian, not as a code."""
    event = CampaignEventRow(
        1, 1, datetime(2026, 6, 1, tzinfo=UTC), 2, "planner", "evaluated", "", {"verdict": verdict}
    )

    (line,) = past_of([event], {})

    assert verdict.label in line.detail
    assert verdict.value not in line.detail

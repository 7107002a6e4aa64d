"""What is said of a campaign: sentences as people read them, and every reason for which nothing can be said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preventive import effect as rules
from preventive.comparable import sources_moved
from preventive.effect import Span, Verdict, between, effect, reached
from preventive.expected import ExpectedSum
from preventive.facts import WeekCount
from tests.bench.made_weeks import Truth, made

WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
START = date(2023, 1, 2)
CAMPAIGN = date(2026, 3, 30)
"""A Monday; preparing began three weeks before."""
BEFORE = Span(CAMPAIGN - 11 * WEEK, CAMPAIGN - 3 * WEEK - DAY)
DURING = Span(CAMPAIGN, CAMPAIGN + 6 * WEEK - DAY)
AFTER = Span(DURING.last + DAY, DURING.last + 4 * WEEK)


def history(flood: int | None = 20, last: int | None = None, ends: date = AFTER.last) -> list[WeekCount]:
    """Return three years of three a week with a flood of six weeks every spring, the last one at will; None: unknown."""
    rows = []
    for n in range((ends - START) // WEEK + 1):
        week = START + n * WEEK
        here = any(day <= week < day + 6 * WEEK for day in (CAMPAIGN - y * 52 * WEEK for y in range(5)))
        posts = (last if DURING.first <= week <= DURING.last else flood) if here else 3 + n % 2
        if posts is not None:
            rows.append(WeekCount(week, posts, posts, posts // 10))
    return rows


@pytest.mark.parametrize(
    ("low", "high", "seen", "mean", "verdict", "sentence"),
    [
        (19, 27, 12, 19.4, Verdict.LESS, "на 38 % меньше обычного, 12 против 19–27 ожидаемых"),
        (19, 27, 0, 22.0, Verdict.LESS, "на 100 % меньше обычного, 0 против 19–27 ожидаемых"),
        (19, 27, 31, 22.0, Verdict.MORE, "на 41 % больше обычного, 31 против 19–27 ожидаемых"),
        (19, 27, 19, 22.0, Verdict.NO_EFFECT, "заметного эффекта не видно: 19 против 19–27 ожидаемых"),
        (19, 27, 27, 22.0, Verdict.NO_EFFECT, "заметного эффекта не видно: 27 против 19–27 ожидаемых"),
        (1, 1, 0, 1.0, Verdict.LESS, "на 100 % меньше обычного, 0 против 1 ожидаемого"),
        (2, 2, 1, 2.0, Verdict.LESS, "на 50 % меньше обычного, 1 против 2 ожидаемых"),
        (21, 21, 10, 21.0, Verdict.LESS, "на 52 % меньше обычного, 10 против 21 ожидаемого"),
        (11, 11, 2, 11.0, Verdict.LESS, "на 82 % меньше обычного, 2 против 11 ожидаемых"),
        (0, 1, 12, 1.0, Verdict.MORE, "в 12 раз больше обычного, 12 против 0–1 ожидаемых"),
        (0, 1, 22, 1.0, Verdict.MORE, "в 22 раза больше обычного, 22 против 0–1 ожидаемых"),
        (1900, 2700, 1200, 1940, Verdict.LESS, "на 38 % меньше обычного, 1\u00a0200 против 1\u00a0900–2\u00a0700 ожидаемых"),
        (0, 3, 3, 2.0, Verdict.CANNOT_TELL, "сказать нельзя: слишком мало сообщений, обычно за эти недели около 2 сообщений"),
        (0, 3, 0, 1.2, Verdict.CANNOT_TELL, "сказать нельзя: слишком мало сообщений, обычно за эти недели около 1 сообщения"),
        (0, 0, 0, 0.1, Verdict.CANNOT_TELL, "сказать нельзя: слишком мало сообщений, обычно за эти недели об этом почти не пишут"),
    ],
)  # fmt: skip
def test_the_sentence_tells_share_count_and_bounds(
    monkeypatch: pytest.MonkeyPatch, low: int, high: int, seen: int, mean: float, verdict: Verdict, sentence: str
) -> None:
    """Each verdict in words, with the Russian forms of the numbers; a bound itself is usual."""
    told = ExpectedSum(mean, low, high, 3)
    monkeypatch.setattr(rules, "_expected", lambda outlook, weeks, known: told)
    rows = [r if r.week != DURING.first else replace(r, posts=seen) for r in history(last=0)]

    said = effect(rows, BEFORE, DURING, AFTER)

    assert (said.verdict, said.sentence) == (verdict, sentence)
    assert (said.seen, said.expected_low, said.expected_high, said.years) == (seen, low, high, 3)


def test_a_quiet_spring_is_less_than_usual() -> None:
    """Thirty messages where past years brought a hundred and twenty: «меньше обычного», by the bounds of their sum."""
    said = effect(history(last=5), BEFORE, DURING, AFTER)

    assert said.verdict is Verdict.LESS
    assert said.seen == 30
    assert said.expected_low is not None
    assert said.expected_high is not None
    assert said.expected_low <= 120 <= said.expected_high
    assert said.percent == pytest.approx(-75, abs=5)
    assert [part.name for part in said.parts] == ["before", "preparing", "during", "after"]
    assert [(part.weeks, part.known) for part in said.parts] == [(8, 8), (3, 3), (6, 6), (4, 4)]
    assert len(said.notes) == 1
    assert said.notes[0].startswith("После кампании — ")
    assert "благодаря" not in said.sentence


@pytest.mark.parametrize(("last", "verdict"), [(20, Verdict.NO_EFFECT), (60, Verdict.MORE)])
def test_a_usual_and_a_loud_spring(last: int, verdict: Verdict) -> None:
    """As much as every year shows no effect, three times as much is more than usual."""
    assert effect(history(last=last), BEFORE, DURING, AFTER).verdict is verdict


def test_a_document_of_the_same_weeks_stops_the_comparison() -> None:
    """A reason given from outside is told, the figures stay, the other reasons stand beside."""
    said = effect(history(last=5), BEFORE, DURING, AFTER, ["в эти же недели шла кампания № 2 «Лёд» о том же", "вторая"])

    assert said.verdict is Verdict.CANNOT_TELL
    assert said.sentence == "сказать нельзя: в эти же недели шла кампания № 2 «Лёд» о том же"
    assert said.notes[0] == "вторая"
    assert said.seen == 30
    assert said.percent is None


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([], "посчитано 0 из 6 недель кампании"),
        (history(last=None), "посчитано 0 из 6 недель кампании"),
        (history(last=5, ends=DURING.first + 2 * WEEK), "посчитано 3 из 6 недель кампании"),
        ([r for r in history(last=5) if r.week.year >= 2026], "нужно хотя бы два прошлых года, а в счёте нет ни одного"),
        ([r for r in history(last=5) if r.week >= date(2025, 1, 6)], "нужно хотя бы два прошлых года, а в счёте есть только один"),
        (
            [r for r in history(last=5) if not date(2025, 9, 1) <= r.week < DURING.first],
            "из последних 26 недель посчитано меньше 8: неизвестно, сколько пишут теперь",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_not_told(rows: Sequence[WeekCount], why: str) -> None:
    """Uncounted weeks, too few years and an unknown present are named."""
    said = effect(rows, BEFORE, DURING, AFTER)

    assert (said.verdict, said.sentence) == (Verdict.CANNOT_TELL, f"сказать нельзя: {why}")


def test_a_short_campaign_is_never_more_than_usual() -> None:
    """A peak of two weeks is expected too low: three times as much of it is no «больше»."""
    two = Span(CAMPAIGN, CAMPAIGN + 2 * WEEK - DAY)
    said = effect(history(last=90), BEFORE, two, Span(two.last + DAY, two.last + WEEK))

    assert said.verdict is Verdict.CANNOT_TELL
    assert said.sentence.startswith("сказать нельзя: кампания короче трёх недель")


def test_other_topics_that_fell_as_well_stop_the_comparison() -> None:
    """Where everything else fell by half too, a source fell silent or the district looks elsewhere."""
    others = made(Truth(usual=60, times=1.2, spread=0.02, wander=0.0), 180, np.random.default_rng(4), START)
    halved = [replace(r, posts=r.posts // 2) if DURING.first <= r.week <= DURING.last else r for r in others]

    calm = effect(history(last=5), BEFORE, DURING, AFTER, (), others)
    moved = effect(history(last=5), BEFORE, DURING, AFTER, (), halved)

    assert calm.verdict is Verdict.LESS
    assert moved.verdict is Verdict.CANNOT_TELL
    assert moved.sentence.startswith("сказать нельзя: по остальным темам в эти недели тоже писали на ")
    assert moved.sentence.endswith(" % меньше обычного")


def test_weeks_of_preparing_teach_nothing() -> None:
    """What was written since preparing began does not change what was expected: it may be the campaign's doing."""
    rows = history(last=5)
    loud = [replace(r, posts=90) if BEFORE.last < r.week < DURING.first else r for r in rows]

    quiet, said = effect(rows, BEFORE, DURING, AFTER), effect(loud, BEFORE, DURING, AFTER)

    assert replace(said, parts=()) == replace(quiet, parts=())
    assert [part.seen for part in said.parts if part.name == "preparing"] == [270]


def test_a_level_that_was_off_before_is_told() -> None:
    """Eight weeks before the campaign that were not like past years stand beside the verdict."""
    rows = [replace(r, posts=30) if BEFORE.first <= r.week <= BEFORE.last else r for r in history(last=20)]

    said = effect(rows, BEFORE, DURING, AFTER)

    assert said.notes[0].startswith("Ещё до кампании писали больше обычного: 240 против ")


@pytest.mark.parametrize(
    "during",
    [
        Span(CAMPAIGN + 3 * DAY, CAMPAIGN + 3 * DAY),
        Span(CAMPAIGN, CAMPAIGN - 10 * DAY),
        Span(CAMPAIGN, CAMPAIGN + 60 * WEEK),
        Span(BEFORE.first, BEFORE.first + DAY),
    ],
)
def test_odd_days_break_nothing(during: Span) -> None:
    """One day, an end before the start, more than a year, a campaign before its own preparing: a verdict or a reason."""
    said = effect(history(last=5), BEFORE, during, Span(during.last + DAY, during.last + 4 * WEEK))

    assert said.sentence
    assert said.verdict in set(Verdict)


@given(st.lists(st.none() | st.integers(0, 80), min_size=0, max_size=200), st.integers(0, 12), st.integers(0, 12))
@settings(max_examples=30)
def test_any_history_gives_a_verdict_that_fits_its_figures(posts: list[int | None], length: int, gap: int) -> None:
    """«Less» is below the bounds, «more» above, «no effect» inside; a reason goes without a share."""
    rows = [WeekCount(START + n * WEEK, count, 0) for n, count in enumerate(posts) if count is not None]
    first = START + max(len(posts) - length, 1) * WEEK
    before = Span(first - 8 * WEEK, first - DAY)
    said = effect(
        rows, before, Span(first + gap * DAY, first + length * WEEK), Span(first + (length + 1) * WEEK, first)
    )

    seen, low, high = said.seen, said.expected_low, said.expected_high
    if said.verdict is Verdict.CANNOT_TELL:
        assert said.percent is None
        assert said.sentence.startswith("сказать нельзя: ")
    else:
        assert seen is not None
        assert low is not None
        assert high is not None
        fits = {Verdict.LESS: seen < low, Verdict.MORE: seen > high, Verdict.NO_EFFECT: low <= seen <= high}
        assert fits[said.verdict]


@pytest.mark.parametrize(
    ("given", "verdict", "sentence"),
    [
        ((6, 8, 12400, 6), Verdict.REACHED, "вышло 6 из 8 публикаций, 12\u00a0400 просмотров"),
        ((3, 3, 1, 2), Verdict.REACHED, "вышло 3 из 3 публикаций, 1 просмотр (известны у 2)"),
        ((1, 1, 22, 1), Verdict.REACHED, "вышло 1 из 1 публикации, 22 просмотра"),
        ((2, 5, 0, 0), Verdict.REACHED, "вышло 2 из 5 публикаций, их просмотры программа не читает"),
        ((0, 5, 0, 0), Verdict.CANNOT_TELL, "сказать нельзя: ни одна публикация кампании не записана"),
    ],
)
def test_a_campaign_that_informs_is_told_by_its_reach(
    given: tuple[int, int, int, int], verdict: Verdict, sentence: str
) -> None:
    """Elections are informed about: how much came out and how far it went, never fewer messages."""
    assert (reached(*given).verdict, reached(*given).sentence) == (verdict, sentence)


def test_bounds_that_are_one_number_are_one_number() -> None:
    """No «19–19»."""
    assert (between(19, 27), between(19, 19), between(1000, 2000)) == ("19–27", "19", "1\u00a0000–2\u00a0000")


NAMES = {"chat": "Чат жителей", "news": "Новости"}


@pytest.mark.parametrize(
    ("before", "during", "complaints", "told"),
    [
        ({"chat": [9, 9], "news": [5, 5]}, {"chat": [9, 8, 9], "news": [5, 5, 0]}, {"chat": 9, "news": 3}, ()),
        (
            {"chat": [9, 9]},
            {"chat": [9, 8, 9], "news": [5, 5, 5]},
            {"chat": 9, "news": 3},
            ("источник «Новости» прибавился и дал 25 % сообщений",),
        ),
        ({"chat": [9, 9]}, {"chat": [9, 8, 9], "news": [5, 5, 5]}, {"chat": 99, "news": 3}, ()),
        (
            {"chat": [9, 9], "news": [5, 5]},
            {"chat": [9, 0, 0]},
            {"chat": 9},
            (
                "источник «Чат жителей» молчал 2 из 3 недель, а до кампании давал 64 % записей",
                "источник «Новости» молчал 3 из 3 недель, а до кампании давал 36 % записей",
            ),
        ),
        ({"chat": [0, 0, 0, 1]}, {"chat": [9], "news": [5]}, {"chat": 9, "news": 9}, ()),
        ({}, {"news": [5]}, {"news": 9}, ()),
        ({}, {}, {}, ()),
    ],
    ids=["same", "came", "came but small", "silent", "past unknown", "no past", "nothing"],
)
def test_sources_that_came_or_fell_silent_are_named(
    before: dict[str, list[int]], during: dict[str, list[int]], complaints: dict[str, int], told: tuple[str, ...]
) -> None:
    """A weighty new source and a weighty silent one make the weeks unlike; small ones and an unknown past do not."""
    assert sources_moved(before, during, complaints, NAMES) == told

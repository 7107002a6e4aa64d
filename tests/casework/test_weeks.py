"""Closed weeks are counted from posts once, kept for good, and counted anew only where something may still have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework import forgetting
from casework.take_in import take_in
from casework.weeks import WEEK, WrongWeek, count_weeks, counted_from, keep_counts
from casework.work import Work
from district.profile import Profile
from district.seasons import DateRule, Prevention, RuleKind, Threat
from preventive.calendar import monday
from storage.engine import Store
from storage.find.weeks import Counted, all_weeks, week_counts
from tests.casework.posts_build import CALM, HOLE, WATER, a_post, a_work

MONDAY = date(2026, 11, 2)
"""Of the first whole week of these stories; the collection begins the Wednesday before."""
TICK = (
    "Клещи в парке у школы, детей кусают, когда уже обработают траву? Сколько можно ждать администрацию, опасно ходить"
)


def _at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def _write(work: Work, number: int, text: str, day: date, hour: int = 12, **given: object) -> None:
    at = _at(day, hour)
    take_in(work.at(at), [a_post(number, text, published_at=at, seen_at=at, **given)])


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    """A district where residents wrote in two weeks of November; it is the third week's Wednesday."""
    threat = Threat(
        "ticks",
        "Клещи",
        ("health", "ecology", "landscaping", "education"),
        DateRule(RuleKind.WINDOW),
        14,
        words=("клещ",),
    )
    profile = replace(demo_profile, prevention=Prevention((threat,)))
    work = a_work(store, profile, _at(MONDAY + 2 * WEEK + timedelta(days=2)))
    _write(work, 1, CALM, MONDAY - timedelta(days=5))
    _write(work, 2, WATER, MONDAY)
    _write(work, 3, WATER.replace("Садовой", "Лесной") + " Вчера тоже не было", MONDAY + timedelta(days=3), voice="v3")
    _write(work, 4, HOLE, MONDAY + WEEK)
    _write(work, 5, TICK, MONDAY + WEEK + timedelta(days=1))
    _write(work, 6, WATER, MONDAY + 2 * WEEK)
    return work


def _counts(work: Work, subject: str, territory: str = "") -> list[tuple[date, int, int, int]]:
    with work.store.read() as tx:
        return [(w.week, w.posts, w.voices, w.risks) for w in week_counts(tx, subject, territory)]


def test_closed_weeks_are_counted(work: Work) -> None:
    """Every whole closed week since the collection began has its posts, voices and risks; the running week waits."""
    assert count_weeks(work) == 2

    assert [row[:3] for row in _counts(work, "housing")] == [(MONDAY, 2, 2), (MONDAY + WEEK, 0, 0)]
    assert _counts(work, "roads") == [(MONDAY, 0, 0, 0), (MONDAY + WEEK, 1, 1, 1)]
    assert _counts(work, "culture") == [(MONDAY, 0, 0, 0), (MONDAY + WEEK, 0, 0, 0)]


def test_a_threat_with_words_is_counted_by_them(work: Work) -> None:
    """Posts of its topics that hold its words in any form are counted for the threat."""
    count_weeks(work)

    assert [row[:3] for row in _counts(work, "threat:ticks")] == [(MONDAY, 0, 0), (MONDAY + WEEK, 1, 1)]


def test_counting_again_changes_nothing(work: Work) -> None:
    """The second round of a day does nothing; a day later the last two weeks come out the same."""
    count_weeks(work)
    with work.store.read() as tx:
        before = all_weeks(tx)

    assert count_weeks(work) == 0
    assert count_weeks(work.at(work.now + timedelta(days=1))) == 2

    with work.store.read() as tx:
        assert all_weeks(tx) == before


def test_what_was_counted_outlives_the_texts(work: Work) -> None:
    """When texts and voices are forgotten the weeks keep their numbers, and a later round does not spoil them."""
    count_weeks(work)
    before = _counts(work, "housing"), _counts(work, "threat:ticks")

    later = work.at(work.now + timedelta(days=400))
    forgetting.forget_old(later, 365)
    count_weeks(later)

    assert _counts(work, "housing")[:2] == before[0]
    assert _counts(work, "threat:ticks")[:2] == before[1]


def test_weeks_whose_texts_are_gone_keep_what_can_be_known(work: Work) -> None:
    """Counted for the first time after forgetting: topics have their posts, voices are unknown, threats are not told."""
    later = work.at(work.now + timedelta(days=400))
    forgetting.forget_old(later, 365)

    count_weeks(later)

    assert [row[:3] for row in _counts(work, "housing")] == [
        (MONDAY, 2, 0),
        (MONDAY + WEEK, 0, 0),
        (MONDAY + 2 * WEEK, 1, 0),
    ]
    assert _counts(work, "threat:ticks") == []


def test_late_posts_change_the_last_two_weeks_only(work: Work) -> None:
    """A post that comes late is counted into the last closed weeks the next day; older weeks stay as they are."""
    later = work.at(work.now + 2 * WEEK)
    count_weeks(later)
    late = [a_post(n, f"{HOLE} Дом {n}, уже жаловались", published_at=_at(day), seen_at=later.now, voice=f"late{n}")
            for n, day in ((50, MONDAY), (51, MONDAY + 3 * WEEK))]  # fmt: skip
    take_in(later, late)

    count_weeks(later.at(later.now + timedelta(days=1)))

    told = {row[0]: row[1] for row in _counts(work, "roads")}
    assert (told[MONDAY], told[MONDAY + 3 * WEEK]) == (0, 1)


def test_a_week_without_any_post_is_unknown(work: Work) -> None:
    """Nobody was reading in a week in which nothing at all was published: it has no rows, not zeros."""
    later = work.at(work.now + 3 * WEEK)
    count_weeks(later)

    assert [row[0] for row in _counts(work, "roads")] == [MONDAY, MONDAY + WEEK, MONDAY + 2 * WEEK]


def test_territories_are_counted_apart_and_zero_where_silent(work: Work) -> None:
    """A territory has its own posts; a known week in which it was silent is zero, and so is one never spoken of."""
    count_weeks(work)
    with work.store.read() as tx:
        spoken = {r.territory for r in all_weeks(tx) if r.subject == "housing"}
    (place,) = spoken - {""}

    assert [row[:2] for row in _counts(work, "housing", place)] == [(MONDAY, 2), (MONDAY + WEEK, 0)]
    assert [row[1] for row in _counts(work, "culture", place)] == [0, 0]


def test_unseen_copies_count_as_their_original(work: Work) -> None:
    """480 copies with five views each from many voices are one message of one voice (Lipetsk)."""
    at = _at(MONDAY + WEEK)
    text = (
        "Отвратительная уборка снега на улице Мира, дворы завалены, пройти невозможно, когда наконец почистят тротуары?"
    )
    copies = [a_post(1000 + n, text, published_at=at, seen_at=at, views=5, voice=f"copy{n}") for n in range(480)]
    take_in(work.at(at), copies)

    count_weeks(work)

    with work.store.read() as tx:
        told = {
            r.subject: (r.posts, r.voices)
            for r in all_weeks(tx)
            if r.week == MONDAY + WEEK and not r.territory and r.posts
        }
    assert told
    assert all(posts <= 2 and voices <= 2 for posts, voices in told.values())


def test_a_new_threat_is_counted_for_the_past_too(work: Work) -> None:
    """Words added or changed later are looked for in all weeks whose texts are still there."""
    count_weeks(work)
    threat = Threat("holes", "Ямы", ("roads",), DateRule(RuleKind.WINDOW), 14, words=("яма", "объезжают"))
    more = replace(work, profile=replace(work.profile, prevention=Prevention((threat,))), now=work.now + 3 * WEEK)

    count_weeks(more)

    assert [row[:2] for row in _counts(work, "threat:holes")][:2] == [(MONDAY, 0), (MONDAY + WEEK, 1)]


def test_nothing_is_counted_before_the_collection_began(work: Work) -> None:
    """Old posts that a wall still shows are not the whole of their weeks: those weeks are left to an import."""
    old = _at(MONDAY - 10 * WEEK)
    take_in(work, [a_post(70, HOLE + " Давно", published_at=old, seen_at=work.now)])

    count_weeks(work)

    assert counted_from(work) == MONDAY
    assert _counts(work, "roads")[0][0] == MONDAY


def test_an_empty_house_counts_nothing(store: Store, demo_profile: Profile) -> None:
    """Without a single post there is nothing to count and nothing is remembered."""
    work = a_work(store, demo_profile)

    assert count_weeks(work) == 0
    assert counted_from(work) is None


def test_ready_rows_are_kept_and_replaced(store: Store, demo_profile: Profile) -> None:
    """Ready rows are written, later ones of the same week replace them, and a day that is no Monday is refused whole."""
    work = a_work(store, demo_profile)
    keep_counts(work, [Counted("roads", "", MONDAY, 5, 4, 1), Counted("roads", "", MONDAY + WEEK, 7, 6)])
    keep_counts(work, [Counted("roads", "", MONDAY, 6, 5)])

    with pytest.raises(
        WrongWeek, match="2026-11-03 по «roads» — не понедельник. Назовите неделю её понедельником: 2026-11-02"
    ):
        keep_counts(work, [Counted("waste", "", MONDAY, 1, 1), Counted("roads", "", MONDAY + timedelta(days=1), 1, 1)])

    assert _counts(work, "roads") == [(MONDAY, 6, 5, 0), (MONDAY + WEEK, 7, 6, 0)]
    assert _counts(work, "waste") == []
    with work.store.read() as tx:
        assert [w.week for w in week_counts(tx, "roads", since=MONDAY + timedelta(days=1))] == [MONDAY + WEEK]
        assert [w.week for w in week_counts(tx, "roads", until=MONDAY)] == [MONDAY]


@pytest.mark.parametrize(
    ("day", "first"),
    [(date(2026, 11, 2), MONDAY), (date(2026, 11, 8), MONDAY), (date(2027, 1, 1), date(2026, 12, 28))],
)
def test_a_day_belongs_to_its_monday(day: date, first: date) -> None:
    """The week of a day is named by its Monday, over the New Year too."""
    assert monday(day) == first

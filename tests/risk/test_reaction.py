"""The reaction to an answer: what is quiet, what is not, what a few people say, and that thanks never count against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.defaults import LEVELS
from risk.reaction import Figures, Proposal, Reaction, judge, negative_rises, reference_share, views_grow

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
RULE = LEVELS["yellow"]
WINDOW = RULE.watch_for
ORDER = {Proposal.WORSE: 0, Proposal.NOT_YET: 1, Proposal.WORKED_OFF: 2}

BEFORE = Figures(originals=2, copies=3, sources=3, voices=5, views=1000, comments=20, negative=10)
CALM = Reaction(
    started_at=START, quiet_since=START, before=BEFORE, after=Figures(voices=0, views=1010), lately=Figures(),
    views_then=1000, views_now=1010,
)  # fmt: skip


def at(hours: float) -> datetime:
    return START + hours * HOUR


@pytest.mark.parametrize("level", list(LEVELS))
def test_the_quiet_window_is_the_levels(level: str) -> None:
    """24, 24, 48 and 72 hours: a minute before it is too early, at the moment it may be closed."""
    rule = LEVELS[level]
    end = START + rule.watch_for

    assert judge(CALM, rule, end - timedelta(minutes=1)).proposal is Proposal.NOT_YET
    assert judge(CALM, rule, end).proposal is Proposal.WORKED_OFF


@pytest.mark.parametrize(
    ("changes", "since", "proposal"),
    [
        ({}, 0, Proposal.WORKED_OFF),
        ({"last_spread_at": at(6), "after": Figures(copies=1, views=1010)}, 6, Proposal.NOT_YET),
        ({"views_now": 1049}, 0, Proposal.WORKED_OFF),
        ({"views_now": 1050}, 26, Proposal.NOT_YET),
        ({"views_then": 40, "views_now": 49}, 0, Proposal.WORKED_OFF),
        ({"views_then": 40, "views_now": 50}, 26, Proposal.NOT_YET),
        ({"views_then": None, "views_now": None}, 0, Proposal.WORKED_OFF),
        ({"views_then": None, "views_now": 500}, 0, Proposal.WORKED_OFF),
        ({"lately": Figures(comments=2, negative=2), "last_negative_at": at(20)}, 0, Proposal.WORKED_OFF),
        ({"lately": Figures(comments=4, negative=3), "last_negative_at": at(20)}, 20, Proposal.NOT_YET),
        ({"lately": Figures(comments=10, negative=5), "last_negative_at": at(20)}, 0, Proposal.WORKED_OFF),
        ({"lately": Figures(comments=8, negative=5), "last_negative_at": at(20)}, 20, Proposal.WORSE),
        ({"lately": Figures(sources=1), "last_spread_at": at(20)}, 20, Proposal.NOT_YET),
        ({"lately": Figures(sources=2), "last_spread_at": at(20)}, 20, Proposal.WORSE),
        ({"after": Figures(thanks=7, views=1010)}, 0, Proposal.WORKED_OFF),
    ],
)
def test_what_breaks_the_quiet(changes: dict[str, object], since: float, proposal: Proposal) -> None:
    """Twenty-six hours after the answer of a level 2 risk: since when it is quiet, and what is proposed."""
    seen = replace(CALM, **changes)  # type: ignore[arg-type]

    verdict = judge(seen, RULE, at(26))

    assert (verdict.proposal, verdict.quiet_since) == (proposal, at(since))


def test_each_reason_names_its_numbers() -> None:
    """What decided stands first; every sentence holds the numbers that it speaks of."""
    seen = replace(
        CALM,
        after=Figures(originals=1, copies=4, sources=2, voices=4, views=1300, comments=9, negative=6, thanks=3),
        lately=Figures(copies=2, sources=2, comments=9, negative=6), views_now=1300, last_spread_at=at(25),
        last_negative_at=at(24),
    )  # fmt: skip

    verdict = judge(seen, RULE, at(26))
    told = {sign.code: sign for sign in verdict.signs}

    assert [sign.code for sign in verdict.signs][-1] == "thanks"
    assert [sign.quiet for sign in verdict.signs[:5]] == [False] * 5
    assert "Публикаций после ответа: 5 (своими словами 1, копий и репостов 4, новых голосов: 4)" in told["spread"].words
    assert "2 (до ответа: 3)" in told["sources"].words
    assert "было 1\u00a0000, стало 1\u00a0300: рост 30 %" in told["views"].words
    assert "6 из 9 (66,7 %); до ответа: 10 из 20 (50 %)" in told["comments"].words
    assert "Тихо 0 ч из 24 ч" in told["quiet"].words
    assert "Благодарностей после ответа: 3" in told["thanks"].words
    assert verdict.reasons == tuple(sign.words for sign in verdict.signs)


def test_few_comments_are_shown_and_decide_nothing() -> None:
    """Two angry comments are two people: the number stands there, the share is not judged."""
    verdict = judge(replace(CALM, lately=Figures(comments=2, negative=2)), RULE, at(26))

    (sign,) = (s for s in verdict.signs if s.code == "comments")
    assert sign.quiet is None
    assert "2 из 2 (100 %)" in sign.words
    assert "Мало, чтобы судить" in sign.words
    assert verdict.proposal is Proposal.WORKED_OFF


def test_unknown_views_are_told_as_unknown() -> None:
    """No counter is no zero: nothing is said of growth, and the words say why."""
    verdict = judge(replace(CALM, views_then=None, views_now=None), RULE, at(26))

    (sign,) = (s for s in verdict.signs if s.code == "views")
    assert sign.quiet is None
    assert "неизвестны" in sign.words


@pytest.mark.parametrize(
    ("then", "now", "grows"),
    [(None, None, None), (None, 7, None), (7, None, None), (0, 9, False), (0, 10, True), (100, 109, False), (100, 110, True),
     (1000, 1049, False), (1000, 1050, True), (1000, 900, False)],
)  # fmt: skip
def test_growth_is_five_percent_and_no_handful(then: int | None, now: int | None, grows: bool | None) -> None:
    """Less than 5 %, or fewer than ten views, is no growth; a counter that nobody knows says nothing."""
    assert views_grow(then, now) is grows


@pytest.mark.parametrize(
    ("before", "share"),
    [(Figures(), 0.5), (Figures(comments=4, negative=4), 0.5), (Figures(comments=5), 0.0), (Figures(comments=20, negative=15), 0.75)],
)  # fmt: skip
def test_a_share_of_few_comments_is_no_measure(before: Figures, share: float) -> None:
    """Under five comments before the answer, half is taken to compare with."""
    assert reference_share(before) == share


def test_nothing_said_is_no_rise() -> None:
    """Without comments, or without negative ones, the share does not rise."""
    assert negative_rises(BEFORE, Figures()) is False
    assert negative_rises(BEFORE, Figures(comments=50)) is False
    assert negative_rises(BEFORE, Figures(comments=2, negative=1)) is False
    assert negative_rises(BEFORE, Figures(comments=2, negative=2)) is None
    assert negative_rises(BEFORE, Figures(comments=5, negative=3)) is True


def test_before_a_quiet_moment_of_the_future_there_is_no_negative_time() -> None:
    """A post dated ahead of the clock counts as of now, never later."""
    verdict = judge(replace(CALM, last_spread_at=at(99)), RULE, at(26))

    assert verdict.quiet_since == at(26)


numbers = st.integers(0, 60)


@st.composite
def figures(draw: st.DrawFn) -> Figures:
    negative, kind = draw(numbers), draw(numbers)
    return Figures(
        originals=draw(numbers), copies=draw(numbers), sources=draw(st.integers(0, 4)),
        voices=draw(st.none() | numbers), views=draw(st.none() | st.integers(0, 5000)), comments=negative + kind,
        negative=negative, thanks=draw(numbers),
    )  # fmt: skip


@st.composite
def reactions(draw: st.DrawFn) -> Reaction:
    def moment() -> datetime | None:
        hours = draw(st.none() | st.integers(0, 100))
        return None if hours is None else at(hours)

    quiet = at(draw(st.integers(0, 80)))
    return Reaction(
        started_at=START, quiet_since=quiet, before=draw(figures()), after=draw(figures()), lately=draw(figures()),
        views_then=draw(st.none() | st.integers(0, 5000)), views_now=draw(st.none() | st.integers(0, 9000)),
        last_spread_at=moment(), last_negative_at=moment(),
    )  # fmt: skip


moments = st.integers(0, 120).map(at)
levels = st.sampled_from(list(LEVELS.values()))


@given(reactions(), st.integers(1, 200), levels, moments)
def test_thanks_never_make_it_worse(seen: Reaction, many: int, rule: object, now: datetime) -> None:
    """Kind comments and posts that thank leave the proposal as it is or better, and never restart the quiet."""
    kinder = replace(
        seen,
        after=replace(seen.after, comments=seen.after.comments + many, thanks=seen.after.thanks + many),
        lately=replace(seen.lately, comments=seen.lately.comments + many),
    )

    was, then = judge(seen, rule, now), judge(kinder, rule, now)  # type: ignore[arg-type]

    assert ORDER[then.proposal] >= ORDER[was.proposal]
    assert then.quiet_since <= was.quiet_since


@given(reactions(), st.integers(1, 200), levels, moments)
def test_more_negative_never_makes_it_better(seen: Reaction, many: int, rule: object, now: datetime) -> None:
    """Angry comments leave the proposal as it is or worse."""
    angrier = replace(
        seen,
        after=replace(seen.after, comments=seen.after.comments + many, negative=seen.after.negative + many),
        lately=replace(seen.lately, comments=seen.lately.comments + many, negative=seen.lately.negative + many),
    )

    was, then = judge(seen, rule, now), judge(angrier, rule, now)  # type: ignore[arg-type]

    assert ORDER[then.proposal] <= ORDER[was.proposal]


@given(reactions(), st.integers(1, 9000), st.integers(1, 5), levels, moments)
def test_more_spread_never_makes_it_better(
    seen: Reaction, views: int, sources: int, rule: object, now: datetime
) -> None:
    """More views since, and more new sources, leave the proposal as it is or worse."""
    wider = replace(
        seen, lately=replace(seen.lately, sources=seen.lately.sources + sources),
        views_now=None if seen.views_now is None else seen.views_now + views,
    )  # fmt: skip

    was, then = judge(seen, rule, now), judge(wider, rule, now)  # type: ignore[arg-type]

    assert ORDER[then.proposal] <= ORDER[was.proposal]


@given(reactions(), levels, moments)
def test_the_quiet_never_begins_before_it_began_nor_ends_early(seen: Reaction, rule: object, now: datetime) -> None:
    """Quiet since no earlier than the look before found it; «may be closed» only after the whole window."""
    verdict = judge(seen, rule, now)  # type: ignore[arg-type]

    assert verdict.quiet_since >= min(seen.quiet_since, now)
    assert verdict.quiet_since <= now
    if verdict.proposal is Proposal.WORKED_OFF:
        assert now - verdict.quiet_since >= rule.watch_for  # type: ignore[attr-defined]
    assert all(any(ch.isalpha() for ch in reason) for reason in verdict.reasons)

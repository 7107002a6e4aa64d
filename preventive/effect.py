"""What came of a campaign: messages and risks before, during and after against what is usual, never a claim about the cause.

«Меньше обычного» is a comparison with past years, not the merit of the campaign: a mild winter lowers the counts as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from preventive.expected import LEAST_YEARS, ExpectedSum, Outlook, look
from preventive.facts import WeekCount
from preventive.words import form, plural

WEEK = timedelta(weeks=1)
LEAST_KNOWN = 0.75
"""So much of the campaign's weeks must be counted before anything is said [P]."""
LEAST_WEEKS = 3
"""Of shorter campaigns «more» is not said: of a sharp peak too little is expected (measured, docs/forecast.md)."""
OTHERS_MOVED = 0.25
"""The other topics went up or down by a quarter, and beyond their own bounds: then not the campaign's topic changed, but
what is read or the life of the district (the quarter is the digest's threshold, DOMAIN 1, [R SOL])."""


class Verdict(StrEnum):
    """What can be said of the weeks of a campaign."""

    LESS = "less"
    MORE = "more"
    NO_EFFECT = "no_effect"
    CANNOT_TELL = "cannot_tell"
    REACHED = "reached"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Verdict.LESS: "меньше обычного",
            Verdict.MORE: "больше обычного",
            Verdict.NO_EFFECT: "заметного эффекта не видно",
            Verdict.CANNOT_TELL: "сказать нельзя",
            Verdict.REACHED: "судим по охвату",
        }[self]


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included; every week that it touches counts whole."""

    first: date
    last: date

    def weeks(self) -> list[date]:
        """Return the Mondays of the weeks that it touches; none when it ends before it begins."""
        return [_monday(self.first) + n * WEEK for n in range((_monday(self.last) - _monday(self.first)) // WEEK + 1)]


@dataclass(frozen=True, slots=True)
class WeekSeen:
    """One week of a part, for the picture: what came and what was expected; None where it is not known."""

    week: date
    posts: int | None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One stretch of weeks: what was written and what was expected; None where it cannot be told."""

    name: str
    """before | preparing | during | after."""
    first: date
    last: date
    """Monday of its first week, Sunday of its last."""
    weeks: int
    known: int
    """How many of the weeks have counts."""
    seen: int
    risks: int
    mean: float | None = None
    low: int | None = None
    high: int | None = None
    by_week: tuple[WeekSeen, ...] = ()

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return _PARTS[self.name]


_PARTS = {"before": "до кампании", "preparing": "подготовка", "during": "во время", "after": "после"}


@dataclass(frozen=True, slots=True)
class Effect:
    """What is said of a campaign, in one sentence and in figures."""

    verdict: Verdict
    sentence: str
    """Russian, without the final stop: «на 38 % меньше обычного, 12 против 19–27 ожидаемых»."""
    seen: int | None = None
    expected_mean: float | None = None
    expected_low: int | None = None
    expected_high: int | None = None
    percent: int | None = None
    """By how many percent less (negative) or more than the expected mean."""
    years: int = 0
    parts: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()
    """What else one must know to read it; Russian sentences."""


def effect(
    history: Sequence[WeekCount],
    before: Span,
    during: Span,
    after: Span,
    obstacles: Sequence[str] = (),
    others: Sequence[WeekCount] = (),
) -> Effect:
    """Return what can be said of `during` against past years and the weeks up to `before`'s last day.

    `before` ends on the day before preparing begins: what was written since may already be the campaign's doing. `history`
    are all known weeks of the subject, in any order, `others` those of all other topics together (empty: not looked at),
    `obstacles` Russian reasons for which the counts cannot be compared at all. ValueError for a week that is no Monday.
    """
    told_on = _monday(before.last + timedelta(days=1))
    outlook = look(history, told_on)
    known = {row.week: row for row in history}
    inside = [week for week in during.weeks() if week >= told_on]
    later = [week for week in after.weeks() if week > max(inside, default=told_on - WEEK)]
    earlier = [week for week in before.weeks() if week < told_on]
    expected = _expected(outlook, inside, known)
    past = look(history, earlier[0]) if earlier else outlook
    prepared = [told_on + n * WEEK for n in range((inside[0] - told_on) // WEEK if inside else 0)]
    parts = (
        _part("before", earlier, known, past, _expected(past, earlier, known)),
        _part("preparing", prepared, known, outlook, _expected(outlook, prepared, known)),
        _part("during", inside, known, outlook, expected),
        _part("after", later, known, outlook, _expected(outlook, later, known)),
    )
    told = parts[2]
    why = next(iter(obstacles), "") or _why_not(told, expected) or _others_moved(others, told_on, inside)
    notes = (*obstacles[1:], *_notes(parts))
    if why or expected.mean is None or expected.low is None or expected.high is None:
        return Effect(
            Verdict.CANNOT_TELL, f"сказать нельзя: {why}", told.seen if told.known else None, expected.mean,
            expected.low, expected.high, None, expected.years, parts, notes,
        )  # fmt: skip
    seen = told.seen
    percent = round(100 * (seen / expected.mean - 1))
    verdict, sentence = _said(seen, expected.low, expected.high, percent)
    return Effect(
        verdict, sentence, seen, expected.mean, expected.low, expected.high, percent, expected.years, parts, notes
    )


def reached(published: int, planned: int, views: int, with_views: int) -> Effect:
    """Return what is said of a campaign that informs: how much came out and how far it went, no count of messages.

    `planned` are all its texts that were not withdrawn, `views` those of the `with_views` publications whose views are read.
    """
    if not published:
        return Effect(Verdict.CANNOT_TELL, "сказать нельзя: ни одна публикация кампании не записана")
    came = f"вышло {published} из {plural(planned, 'публикации', 'публикаций', 'публикаций')}"
    if not with_views:
        return Effect(Verdict.REACHED, f"{came}, их просмотры программа не читает")
    seen = plural(views, "просмотр", "просмотра", "просмотров")
    of = "" if with_views == published else f" (известны у {with_views})"
    return Effect(Verdict.REACHED, f"{came}, {seen}{of}")


def between(low: int, high: int) -> str:
    """Return the bounds as «19–27» or, when they are one number, «19»."""
    return _number(low) if low == high else f"{_number(low)}–{_number(high)}"


def _said(seen: int, low: int, high: int, percent: int) -> tuple[Verdict, str]:
    # «Против» wants the genitive: one expected message is «ожидаемого», several are «ожидаемых».
    noun = form(low, "ожидаемого", "ожидаемых", "ожидаемых") if low == high else "ожидаемых"
    against = f"{between(low, high)} {noun}"
    if seen < low:
        return Verdict.LESS, f"на {-percent} % меньше обычного, {_number(seen)} против {against}"
    if seen > high:
        many = round(percent / 100) + 1
        more = f"на {percent} %" if percent < MANY_TIMES else f"в {plural(many, 'раз', 'раза', 'раз')}"
        return Verdict.MORE, f"{more} больше обычного, {_number(seen)} против {against}"
    return Verdict.NO_EFFECT, f"заметного эффекта не видно: {_number(seen)} против {against}"


MANY_TIMES = 900
"""From ten times on a share says less than «в 12 раз»."""


def _part(name: str, weeks: Sequence[date], known: dict[date, WeekCount], outlook: Outlook, told: ExpectedSum) -> Part:
    there = [known[week] for week in weeks if week in known]
    first = weeks[0] if weeks else date.min
    return Part(
        name, first, weeks[-1] + timedelta(days=6) if weeks else first, len(weeks), len(there),
        sum(row.posts for row in there), sum(row.risks for row in there), told.mean, told.low, told.high,
        tuple(_week(week, known, outlook) for week in weeks),
    )  # fmt: skip


def _week(week: date, known: dict[date, WeekCount], outlook: Outlook) -> WeekSeen:
    row, told = known.get(week), outlook.week(week)
    return WeekSeen(week, row.posts if row else None, told.low, told.high)


def _expected(outlook: Outlook, weeks: Sequence[date], known: dict[date, WeekCount]) -> ExpectedSum:
    """Return what was expected of the weeks that are counted; of weeks that nobody counted only how many years there are."""
    there = [week for week in weeks if week in known]
    if there:
        return outlook.total(there)
    return replace(outlook.total(weeks), mean=None, low=None, high=None)


def _why_not(during: Part, expected: ExpectedSum) -> str:
    if not during.weeks:
        return "кампания кончилась раньше, чем началась её первая неделя"
    if during.known < LEAST_KNOWN * during.weeks:
        return f"посчитано {during.known} из {plural(during.weeks, 'недели', 'недель', 'недель')} кампании"
    if expected.years < LEAST_YEARS:
        one = "есть только один" if expected.years else "нет ни одного"
        return f"нужно хотя бы два прошлых года, а в счёте {one}"
    if expected.mean is None or expected.high is None:
        return expected.why[:1].lower() + expected.why[1:].rstrip(".")
    if during.weeks < LEAST_WEEKS and during.seen > expected.high:
        return "кампания короче трёх недель, а такой острый пик прошлых лет счёт сглаживает соседними неделями"
    if expected.low == 0 and during.seen <= expected.high:
        usual = plural(max(round(expected.mean), 1), "сообщения", "сообщений", "сообщений")
        return f"слишком мало сообщений, обычно за эти недели около {usual}" if expected.mean >= 0.5 else _HARDLY
    return ""


_HARDLY = "слишком мало сообщений, обычно за эти недели об этом почти не пишут"


def _others_moved(others: Sequence[WeekCount], told_on: date, weeks: Sequence[date]) -> str:
    """Return why the counts of these weeks are not like those before them; "" when the other topics say nothing."""
    known = {row.week: row.posts for row in others}
    there = [week for week in weeks if week in known]
    if not there:
        return ""
    told = look(others, told_on).total(there)
    if told.mean is None or told.low is None or told.high is None:
        return ""
    seen = sum(known[week] for week in there)
    share = seen / told.mean - 1
    if told.low <= seen <= told.high or abs(share) < OTHERS_MOVED:
        return ""
    way = "больше" if share > 0 else "меньше"
    return f"по остальным темам в эти недели тоже писали на {abs(round(100 * share))} % {way} обычного"


def _notes(parts: Sequence[Part]) -> list[str]:
    """Return what stands beside the verdict: how it was before, how it is after, how many risks were opened."""
    before, _, _, after = parts
    told = []
    if before.low is not None and before.high is not None and not before.low <= before.seen <= before.high:
        way = "больше" if before.seen > before.high else "меньше"
        told.append(
            f"Ещё до кампании писали {way} обычного: {_number(before.seen)} против {between(before.low, before.high)}."
        )
    if after.low is not None and after.high is not None and after.known == after.weeks:
        way = (
            "меньше обычного"
            if after.seen < after.low
            else "больше обычного"
            if after.seen > after.high
            else "как обычно"
        )
        told.append(f"После кампании — {way}: {_number(after.seen)} против {between(after.low, after.high)}.")
    return told


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\u00a0")


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())

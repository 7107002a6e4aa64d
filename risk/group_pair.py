"""One pair of posts: are they copies, perhaps copies, a quote, or nothing to each other? The answer does not depend on their order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from rapidfuzz import fuzz

from risk.group_marks import Difference, difference
from texts.clean import letters

SUGGEST = 78.0
"""Likeness from which a pair is looked at. Two below the 80 from which people began to call texts alike (issue 2): a cleaning a
little different from ours may move a pair by a point."""
SHORT_WORDS = 8
SHORT_LETTERS = 100
"""Below it one other word makes another message."""
DAYS_APART = 60
"""The same words two months later are a new occasion: a person decides whether it is the old one."""
AGAIN_DAYS, SHORT_AGAIN_DAYS = 3, 1
"""A source that repeats its own words later speaks of something else as a rule: a greeting to other people, a part of a series,
«Ещё кадры с места пожара». Read: 14 of 27 such repetitions after three days were another matter."""
RELATIVE_DAYS = 3
"""So long may «завтра» travel between pages and still mean the same day."""
NEAR_DAYS, LONG_NEAR_DAYS, LONELY_DAYS = 3, 14, 0.5
"""Texts that differ a little are one message only when they are near in time: the nearer the more they may differ."""
LONG_LETTERS = 200
QUOTE, QUOTE_LETTERS = 92.0, 60
"""A quote keeps so much of the shorter text (0..100), which is at least so long: shorter ones are common phrases."""
REPLACED, ADDED, SHORT_ADDED = 0.08, 0.5, 0.25
"""Shares of the shorter text that may be replaced by other words, or stand in one text alone."""
SAME_SOURCE = 95.0
"""Likeness from which a source's own two posts are one, corrected; below it they are parts: «Концерт, часть первая»."""
_PROBE = 12
_OPENING = 24
"""Letters of a common beginning that make two posts of one source members of a series."""
_FOOTER_WORDS = 12
"""A common ending of two posts of one source is taken for its signature up to so many words."""

_RELATIVE = frozenset(letters("сегодня завтра послезавтра вчера сейчас утром вечером ночью").split())


class Side(NamedTuple):
    """What is compared of a post, whether it is stored already or has just come."""

    norm: bytes
    """Cleaned text (texts.clean) with the capitals of names."""
    plain: bytes
    """The same without capitals."""
    words: int
    published_at: datetime
    source_id: str
    opening: bytes = b""
    """The opening of its source's series (a daily digest, a timetable) that the text begins with, if it is known."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one pair is to each other; the same whichever post comes first."""

    verdict: str
    """same: one group; suggest: a person decides; quote: one text stands inside the other, another group."""
    method: str
    """exact, near, short, template, series, gap, quote, repost, attachment, apart."""
    score: float
    """Likeness, 0..100."""
    reason: str
    """Said to staff, in Russian."""


@dataclass(frozen=True, slots=True)
class Link:
    """A judgement of the machine about a post and another one."""

    other: int
    """Id of a stored post (above 0), or place in the same batch as -1 - index."""
    verdict: str
    method: str
    score: float
    reason: str


def _days(left: Side, right: Side) -> float:
    return abs((left.published_at - right.published_at).total_seconds()) / 86400


def _gap(left: Side, right: Side) -> str:
    """Say why the time between two posts with the same words forbids to take them for one message; "" if it does not."""
    days = _days(left, right)
    short = min(len(left.plain), len(right.plain)) < SHORT_LETTERS
    if left.source_id == right.source_id and days > (SHORT_AGAIN_DAYS if short else AGAIN_DAYS):
        return f"Источник повторяет свой текст через {days:.0f} дн.: возможно, это новый случай"
    if short and days > NEAR_DAYS:
        return f"Тот же короткий текст, но между публикациями {days:.0f} дн.: возможно, это новый случай"
    if days > DAYS_APART:
        return f"Тот же текст, но между публикациями {days:.0f} дн.: возможно, это новый случай"
    if days > RELATIVE_DAYS and not _RELATIVE.isdisjoint(left.plain.split()):
        return f"В тексте «сегодня» или «завтра», а между публикациями {days:.0f} дн.: возможно, речь о другом дне"
    return ""


def _series(left: Side, right: Side) -> bool:
    """Tell whether two posts are issues of one series: same source, same beginning, another day."""
    if left.source_id != right.source_id or left.published_at.date() == right.published_at.date():
        return False
    return _same_rubric(left, right) or left.plain[:_OPENING] == right.plain[:_OPENING]


def _same_rubric(left: Side, right: Side) -> bool:
    opening = left.opening or right.opening
    return bool(opening) and left.plain.startswith(opening) and right.plain.startswith(opening)


def _without_footer(left: Side, right: Side) -> tuple[bytes, bytes]:
    """Return two texts of one source without the words they both end with."""
    one, two = left.norm.split(b" "), right.norm.split(b" ")
    common = 0
    while common < min(len(one), len(two), _FOOTER_WORDS) and one[-1 - common] == two[-1 - common]:
        common += 1
    if left.source_id != right.source_id or common in {len(one), len(two)}:
        return left.norm, right.norm
    return b" ".join(one[: len(one) - common]), b" ".join(two[: len(two) - common])


def _suggest(method: str, likeness: float, why: str) -> Verdict:
    return Verdict("suggest", method, likeness, why)


def judge(left: Side, right: Side, likeness: float) -> Verdict | None:
    """Say what two posts with text are to each other, given their likeness (texts.similar.ratios); None: nothing."""
    if likeness < SUGGEST:
        return None
    if min(left.words, right.words) < SHORT_WORDS:
        return _suggest("short", likeness, "Похоже, но в тексте меньше 8 слов: решите сами")
    if left.plain != right.plain:
        return _judge_near(left, right, likeness)
    if _same_rubric(left, right) and _series(left, right):
        return _suggest("series", 100.0, "Выпуски одной рубрики за разные дни")
    gap = _gap(left, right)
    return _suggest("gap", 100.0, gap) if gap else Verdict("same", "exact", 100.0, "Тот же текст")


def _judge_near(left: Side, right: Side, likeness: float) -> Verdict:
    """Judge two alike texts that are not the same letter by letter."""
    diff = difference(left.norm, right.norm)
    if diff.conflict:
        return _suggest("template", likeness, f"Похоже на {likeness:.0f} из 100, но различаются {diff.conflict}")
    if _series(left, right):
        return _suggest("series", likeness, "Похоже на выпуски одной рубрики за разные дни")
    gap = _near_gap(left, right, diff) or _gap(left, right)
    if gap:
        return _suggest("gap", likeness, gap)
    if not _close(left, right, diff, likeness):
        return _suggest("near", likeness, f"Похоже на {likeness:.0f} из 100: решите сами")
    return Verdict("same", "near", likeness, f"Почти тот же текст: {likeness:.0f} из 100")


def _near_gap(left: Side, right: Side, diff: Difference) -> str:
    """Say why two texts that differ a little are too far apart in time; "" if they are not."""
    days = _days(left, right)
    shorter = min(len(left.plain), len(right.plain))
    long_and_close = shorter >= LONG_LETTERS and diff.replaced <= 0.03 * shorter and not diff.lonely
    allowed = LONG_NEAR_DAYS if long_and_close and left.source_id != right.source_id else NEAR_DAYS
    if days > allowed:
        return f"Похоже, но между публикациями {days:.0f} дн.: возможно, это новый случай"
    if diff.lonely and days > LONELY_DAYS:
        return "Похоже, но число, день или название есть только в одном из текстов"
    return ""


def _close(left: Side, right: Side, diff: Difference, likeness: float) -> bool:
    """Tell whether the differences are those of copying: a part added or cut, a word or two changed."""
    one, two = _without_footer(left, right)
    shorter = min(len(one), len(two))
    same_source = left.source_id == right.source_id
    if same_source and (diff.lonely or shorter < SHORT_LETTERS or likeness < SAME_SOURCE):
        return False
    replaced = diff.replaced + (diff.ending if same_source else 0)
    if shorter < SHORT_LETTERS:
        return replaced == 0 and diff.added <= SHORT_ADDED * shorter
    return replaced <= REPLACED * shorter and diff.added <= ADDED * shorter


def judge_quote(left: Side, right: Side) -> Verdict | None:
    """Say whether one of two texts of unlike length stands inside the other; None if it does not."""
    short, long = sorted((left.plain, right.plain), key=len)
    if min(left.words, right.words) < SHORT_WORDS or len(short) < QUOTE_LETTERS or 3 * len(short) > 2 * len(long):
        return None
    likeness = _inside(short, long)
    if not likeness:
        return None
    return Verdict(
        "quote", "quote", likeness, f"Текст целиком стоит внутри другого, более длинного ({likeness:.0f} из 100)"
    )


def judge_named(left: Side, right: Side) -> Verdict:
    """Judge two posts of which the platform says that one repeats the other, or both the same third one."""
    if min(left.words, right.words) < SHORT_WORDS or _holds(left.plain, right.plain):
        return Verdict("same", "repost", 100.0, "Площадка говорит, что это повтор той же публикации")
    return Verdict("quote", "repost", 100.0, "Повтор той же публикации, но со своим текстом")


def _holds(one: bytes, two: bytes) -> bool:
    short, long = sorted((one, two), key=len)
    return _inside(short, long) > 0


def _inside(short: bytes, long: bytes) -> float:
    """Return how much of the shorter text stands in one piece of the longer one, 0..100; 0 below QUOTE."""
    # The true measure costs 200 us; a piece that is really quoted keeps two of three probes letter by letter.
    step = len(short) // 4
    probes = sum(
        short[at : at + _PROBE] in long for at in (step // 2, 2 * step - _PROBE // 2, 4 * step - step // 2 - _PROBE)
    )
    return fuzz.partial_ratio(short, long, score_cutoff=QUOTE) if probes > 1 else 0.0


def judge_pictured(left: Side, right: Side) -> Verdict | None:
    """Judge two posts without text, or with a short one, that carry the same picture, film or link."""
    if max(left.words, right.words) >= SHORT_WORDS:
        return None
    if left.plain != right.plain:
        return _suggest("attachment", SUGGEST, "То же вложение, но подписи разные: решите сами")
    gap = _gap(left, right) if left.plain or _days(left, right) > DAYS_APART else ""
    if gap:
        return _suggest("attachment", 100.0, gap)
    return Verdict(
        "same", "attachment", 100.0, "То же вложение и та же подпись" if left.plain else "То же вложение, текста нет"
    )

"""Dates as Russian sites write them → aware moments (pure): «21.11.2026 14:30», «21 ноября 2026», «сегодня в 10:05»."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-3])[:.]([0-5]\d)(?::([0-5]\d))?(?![\d.])")
_DOTTED = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?!\d)")
_WORDED = re.compile(
    r"(?<!\d)(\d{1,2})\s+(янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\.?(?:,?\s+(\d{4}))?", re.IGNORECASE
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?\s?(?:Z|[+-]\d{2}:?\d{2})?)?")


def read_date(text: str, zone: ZoneInfo, now: datetime, pattern: str | None = None) -> datetime | None:
    """Return the moment a site's words mean, or None when there is no date in them.

    `zone` is meant where none is written; `now` (aware) gives «сегодня», «вчера» and a year that is left out;
    `pattern` is a strptime format declared for the source and tried first. A day without a time is its midnight.
    """
    text = " ".join(text.split())[:200]
    if pattern:
        try:
            found = datetime.strptime(text, pattern)  # noqa: DTZ007 - a declared format may name no zone: it is given below
            return found if found.tzinfo else found.replace(tzinfo=zone)
        except ValueError:
            pass
    iso = _ISO.search(text)
    if iso:
        return _iso(iso.group(), zone)
    return _russian(text, zone, now.astimezone(zone))


def _iso(text: str, zone: ZoneInfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.replace(" +", "+").replace(" -", "-").strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _russian(text: str, zone: ZoneInfo, here: datetime) -> datetime | None:
    day = _day(text, here)
    if day is None:
        return None
    year, month, number, end = day
    clock = _CLOCK.search(text, end) or _CLOCK.search(text[:end])
    hour, minute = (
        (int(clock.group(1)), int(clock.group(2)))
        if clock and clock.group() not in text[max(0, end - 10) : end]
        else (0, 0)
    )
    try:
        return datetime(year, month, number, hour, minute, tzinfo=zone)
    except ValueError:
        return None


def _day(text: str, here: datetime) -> tuple[int, int, int, int] | None:
    """Return year, month, day and where they end in the text."""
    low = text.lower()
    for word, back in (("сегодня", 0), ("вчера", 1), ("позавчера", 2)):
        if low.startswith(word) or f" {word}" in low:
            then = here - timedelta(days=back)
            return then.year, then.month, then.day, low.index(word) + len(word)
    dotted = _DOTTED.search(text)
    if dotted:
        year = int(dotted.group(3))
        return year + 2000 if year < 100 else year, int(dotted.group(2)), int(dotted.group(1)), dotted.end()
    worded = _WORDED.search(text)
    if worded:
        return _worded(worded, here)
    return None


def _worded(found: re.Match[str], here: datetime) -> tuple[int, int, int, int]:
    name = found.group(2).lower()
    month = next(
        i for i, start in enumerate(_MONTHS, 1) if name.startswith(start) and (start != "ма" or name in ("май", "мая"))
    )
    year = int(found.group(3) or here.year)
    # «28 декабря» read in January is of the year before.
    if not found.group(3) and (month, int(found.group(1))) > (here.month, here.day + 1):
        year -= 1
    return year, month, int(found.group(1)), found.end()

"""The iCalendar file is what independent libraries read: days that never move, words whole, ids that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from icalevents import icalevents

from reports.ical import REFRESH, Entry, calendar, tag_of
from reports.wording import one_line

STAMP = datetime(2026, 1, 1, tzinfo=UTC)
LINK = "https://desk.example.org/campaigns/1"
SPRING = Entry(
    "threat-thaw-2026-1@khvoyninsky.otklik", "Закрытие дорог; распутица, тяжёлые машины", date(2026, 4, 15),
    date(2026, 5, 14), "Где: Хвойнинский\nКому: водители; перевозчики, «дачники»", LINK, 14,
)  # fmt: skip
# West and east of the date line, and the districts' own zones: a client shows the day in the zone of its owner.
ZONES = (
    "Europe/Moscow", "Asia/Sakhalin", "Asia/Kamchatka", "Pacific/Honolulu", "America/Los_Angeles", "Pacific/Kiritimati", "UTC",
)  # fmt: skip
DAYS = st.dates(date(1980, 1, 1), date(2100, 12, 31))


def parsed(content: bytes) -> icalendar.Calendar:
    found = icalendar.Calendar.from_ical(content)
    assert isinstance(found, icalendar.Calendar)
    return found


def events(content: bytes) -> list[icalendar.Event]:
    return [one for one in parsed(content).walk("VEVENT") if isinstance(one, icalendar.Event)]


def test_two_libraries_read_the_same() -> None:
    """icalendar and vobject, which share no code, read the same days, words, link, reminder and state."""
    content = calendar("Отклик: мой год", [SPRING], STAMP)
    (one,) = events(content)
    other = vobject.readOne(content.decode())
    (event,) = other.vevent_list

    assert one.decoded("dtstart") == event.dtstart.value == date(2026, 4, 15)
    assert one.decoded("dtend") == event.dtend.value == date(2026, 5, 15)
    assert str(one["summary"]) == event.summary.value == SPRING.title
    assert str(one["description"]) == event.description.value == SPRING.words
    assert str(one["url"]) == event.url.value == LINK
    assert event.status.value == "CONFIRMED"
    assert event.valarm.trigger.value == timedelta(hours=9) - timedelta(days=14)
    assert other.x_wr_calname.value == "Отклик: мой год"
    assert other.validate() is True


def test_the_file_says_when_to_come_again() -> None:
    """Both spellings of the refresh interval are there, and the maker and version that RFC 5545 asks for."""
    found = parsed(calendar("x", [], STAMP))
    text = calendar("x", [], STAMP).decode()

    assert (found["version"], found["method"]) == ("2.0", "PUBLISH")
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in text
    assert "X-PUBLISHED-TTL:PT1H\r\n" in text
    assert timedelta(hours=1) == REFRESH


def test_every_line_is_short_and_ends_as_it_must() -> None:
    """No line is longer than 75 octets, none cuts a letter in two, all end with CRLF (RFC 5545 3.1)."""
    content = calendar("Очень длинное имя календаря " * 6, [SPRING], STAMP)
    lines = content.split(b"\r\n")

    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("entry", [SPRING, Entry("a", "Крещение", date(2027, 1, 18), date(2027, 1, 19)), Entry("b", "Високосный день", date(2028, 2, 29), date(2028, 2, 29))], ids=lambda e: e.uid[:6])  # fmt: skip
def test_a_day_is_the_same_day_in_every_zone(zone: str, entry: Entry) -> None:
    """A client on either side of the date line shows the first and the last day of the district."""
    content = calendar("x", [entry], STAMP).decode()
    there = ZoneInfo(zone)
    around = (datetime(entry.first.year, 1, 1, tzinfo=there), datetime(entry.first.year, 12, 31, tzinfo=there))

    (one,) = icalevents.events(string_content=content, start=around[0], end=around[1], tzinfo=there, strict=True)

    assert one.all_day
    first, after = one.start, one.end
    assert (first.year, first.month, first.day) == (entry.first.year, entry.first.month, entry.first.day)
    assert date(after.year, after.month, after.day) == entry.last + timedelta(days=1)


@given(st.text(max_size=400), st.text(max_size=800), DAYS, st.integers(0, 400), st.booleans())
def test_hostile_words_stay_words(title: str, words: str, first: date, length: int, off: bool) -> None:
    """Whatever stands in a title or a text, the file holds one event on its days, and no line of it was injected."""
    entry = Entry("uid-1@x", title, first, first + timedelta(days=length), words, LINK, 3, off)
    content = calendar(title, [entry], STAMP)

    (one,) = events(content)
    (event,) = vobject.readOne(content.decode()).vevent_list
    assert content.count(b"BEGIN:VEVENT\r\n") == 1
    assert (one.decoded("dtstart"), one.decoded("dtend")) == (first, first + timedelta(days=length + 1))
    assert event.dtstart.value == first
    assert str(one["uid"]) == "uid-1@x"
    assert str(one["status"]) == ("CANCELLED" if off else "CONFIRMED")
    assert len(one.walk("VALARM")) == (0 if off else 1)
    if one_line(title) and len(title) < 200:
        assert str(one["summary"]) == one_line(title).replace("\\N", "\\n") == event.summary.value


@pytest.mark.parametrize(
    "title",
    [
        "Паводок\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:чужое", "\\n\\N\\,\\;", "a\x00b\x1b[31m", "‮перевёрнуто",
        "\ud800 половина", "ДТП: «;,\\»", "👩‍👩‍👧‍👦" * 60, "", "   ", "\u2028\u2029\x85",
    ],
)  # fmt: skip
def test_a_title_cannot_break_out(title: str) -> None:
    """Line ends, separators, control marks, half letters and emptiness give one event with one line of words."""
    content = calendar(title, [Entry("1@x", title, date(2026, 4, 15), date(2026, 4, 15), title)], STAMP)

    (one,) = events(content)

    assert str(one["summary"])
    assert "\n" not in str(one["summary"])
    assert "чужое" not in [str(e["summary"]) for e in events(content)]
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_the_same_gives_the_same_bytes() -> None:
    """Entries in another order give the same file and mark; a change of anything gives another mark."""
    other = Entry("z@x", "Другое", date(2026, 4, 15), date(2026, 4, 16))
    content = calendar("x", [SPRING, other], STAMP)

    assert calendar("x", [other, SPRING], STAMP) == content
    assert tag_of(content) == tag_of(calendar("x", [SPRING, other], STAMP))
    assert tag_of(content) != tag_of(calendar("x", [SPRING], STAMP))
    assert tag_of(content).startswith('W/"')


def test_a_change_is_told_by_its_number_and_moment() -> None:
    """SEQUENCE and LAST-MODIFIED are those of the thing; without a moment the stamp stands for it."""
    moment = datetime(2026, 3, 1, 12, 30, tzinfo=ZoneInfo("Asia/Sakhalin"))
    changed = Entry("1@x", "x", date(2026, 4, 1), date(2026, 4, 1), sequence=7, changed_at=moment)

    one, plain = events(calendar("x", [changed, SPRING], STAMP))

    assert (one["sequence"], one.decoded("last-modified")) == (7, moment)
    assert plain.decoded("last-modified") == plain.decoded("dtstamp") == STAMP


def test_impossible_days_do_not_stop_the_calendar() -> None:
    """A last day before the first is the first day; the last day of the calendar is not passed."""
    backwards = Entry("1@x", "x", date(2026, 4, 2), date(2026, 4, 1))
    forever = Entry("2@x", "x", date(2026, 4, 3), date.max)

    first, second = events(calendar("x", [backwards, forever], STAMP))

    assert first.decoded("dtend") == date(2026, 4, 3)
    assert second.decoded("dtend") == date.max

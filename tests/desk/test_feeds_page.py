"""Calendar programs subscribe to the running desk: real client libraries, caches, bounds, and the page of addresses."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import icalendar
import pytest
import vobject
from icalevents import icalevents

from casework import feeds
from desk.feed_box import PER_WINDOW, FeedBox
from district.load import load_profile
from storage.engine import Store
from storage.upgrade import upgrade
from tests.casework.feed_build import a_campaign, a_message, a_task
from tests.desk import build
from tests.desk.conftest import House

ROOT = Path(__file__).resolve().parents[2]
TODAY = datetime.now(UTC).date()
YEAR = TODAY.year + (TODAY.month > 4)
"""The year of the next April, whenever the tests run."""
THAW = (date(YEAR, 4, 15), date(YEAR, 5, 14))
FIRST, LAST = date(YEAR, 4, 1), date(YEAR, 4, 30)
ZONES = ("Europe/Moscow", "Asia/Sakhalin", "Asia/Kamchatka", "Pacific/Honolulu", "UTC")
ADDRESS = re.compile(r"/ical/([\w-]{43})\.ics")


@pytest.fixture(scope="module")
def khvoyninsky(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The desk of Khvoyninsky with a campaign, a task and a publication of its head."""
    home = tmp_path_factory.mktemp("khvoyninsky")
    url = f"sqlite:///{home / 'otklik.sqlite3'}"
    upgrade(url)
    store, profile = Store(url), load_profile(ROOT / "district" / "khvoyninsky.toml")
    head = build.add_staff(store, "head", ["head"])
    build.add_staff(store, "technician", ["technician"])
    one = a_campaign(store, "Закрытие дорог: «объезды», карта; сроки", FIRST, LAST, owner_staff=head)
    a_task(store, one, "Позвонить перевозчикам", FIRST - timedelta(days=7), owner_staff=head)
    a_message(store, one, "Радио округа", FIRST + timedelta(days=1))
    app = build.the_app(store, profile, home)
    with ExitStack() as stack:
        served = stack.enter_context(build.Served(app))
        yield House(app, served, store, profile, {}, stack)
    store.close()


def address_of(house: House, block: str = "") -> str:
    """Make an address through the page, as a person does."""
    page = house.by("head").post("/feeds/make", {"block": block} if block else {}, page="/feeds").text
    found = ADDRESS.search(page)
    assert found
    return f"{house.served.url}{found[0]}"


def spans(found: list[icalevents.Event]) -> dict[str, tuple[date, date]]:
    """Return first and last days as the client shows them; later comings do not replace earlier ones."""
    told: dict[str, tuple[date, date]] = {}
    for event in sorted(found, key=lambda e: str(e.start)):
        first, after = event.start, event.end
        last = date(after.year, after.month, after.day) - timedelta(days=1)
        told.setdefault(str(event.summary), (date(first.year, first.month, first.day), last))
    return told


@pytest.mark.parametrize("zone", ZONES)
def test_a_real_client_subscribes_and_shows_the_right_days(khvoyninsky: House, zone: str) -> None:
    """icalevents fetches the address over HTTP: thaw, campaign, task and publication stand on the district's days."""
    there = ZoneInfo(zone)
    feeds_box_rest(khvoyninsky)

    found = icalevents.events(
        url=address_of(khvoyninsky), start=datetime(YEAR, 1, 1, tzinfo=there), end=datetime(YEAR, 6, 30, tzinfo=there),
        tzinfo=there, strict=True,
    )  # fmt: skip

    days = spans(found)
    assert all(event.all_day for event in found)
    assert days["Кампания: Закрытие дорог: «объезды», карта; сроки"] == (FIRST, LAST)
    assert THAW in days.values()
    assert days["Задача: Позвонить перевозчикам"] == (FIRST - timedelta(days=7),) * 2
    assert days["Опубликовать: Радио округа, водители"] == (FIRST + timedelta(days=1),) * 2


def feeds_box_rest(house: House) -> None:
    """Take back what this person made in other tests: ten addresses are the most."""
    for key in feeds.keys(house.work("head")):
        feeds.revoke(house.work("head"), key.id)


def test_two_more_libraries_accept_what_is_served(khvoyninsky: House) -> None:
    """vobject and icalendar parse the answer as it comes over the wire and see the same events."""
    feeds_box_rest(khvoyninsky)
    answer = httpx.get(address_of(khvoyninsky))

    events = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
    other = vobject.readOne(answer.content.decode())

    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(events) == len(other.vevent_list) > 25
    assert all(str(e["url"]).startswith(khvoyninsky.app.state.desk.settings.desk_address) for e in events)


def test_an_answer_may_be_kept_and_asked_for_again(khvoyninsky: House) -> None:
    """ETag and 304, HEAD with the same head, private caching, no indexing; nobody signs in."""
    feeds_box_rest(khvoyninsky)
    address = address_of(khvoyninsky)
    first = httpx.get(address)
    tag = first.headers["etag"]

    for asked in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = httpx.get(address, headers={"If-None-Match": asked})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert httpx.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    head = httpx.head(address)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    assert first.headers["cache-control"].startswith("private, max-age=")
    assert "noindex" in first.headers["x-robots-tag"]
    assert "set-cookie" not in first.headers
    assert httpx.post(address).status_code == 405


def test_a_wrong_address_is_404_and_a_revoked_one_410(khvoyninsky: House) -> None:
    """Unknown addresses tell nothing; a revoked one tells that it is over; neither may be kept."""
    feeds_box_rest(khvoyninsky)
    address = address_of(khvoyninsky)
    browser = khvoyninsky.by("head")
    number = feeds.keys(khvoyninsky.work("head"))[0].id
    assert httpx.get(address).status_code == 200

    done = browser.post(f"/feeds/{number}/revoke", page="/feeds")

    assert (done.status_code, done.headers["location"]) == (303, "/feeds")
    gone = httpx.get(address, headers={"If-None-Match": "*"})
    assert (gone.status_code, "отозван" in gone.text, "no-store" in gone.headers["cache-control"]) == (410, True, True)
    for wrong in ("x", "a" * 43, "%00", "а" * 20, "..%2f..%2fetc"):
        answer = httpx.get(f"{khvoyninsky.served.url}/ical/{wrong}.ics")
        assert answer.status_code == 404
        assert "VCALENDAR" not in answer.text
    assert httpx.get(f"{khvoyninsky.served.url}/ical/.ics").status_code == 404


def test_who_asks_a_million_times_is_told_to_wait(khvoyninsky: House) -> None:
    """Beyond the bound an address gets 429 with Retry-After before anything is looked up; others go on."""
    feeds_box_rest(khvoyninsky)
    address, other = address_of(khvoyninsky), address_of(khvoyninsky)
    with httpx.Client() as client:
        codes = [client.get(address).status_code for _ in range(3 * PER_WINDOW)]
        refused = client.get(address)

        assert 429 in codes
        assert codes.count(200) <= 2 * PER_WINDOW  # a minute may end in the middle
        assert refused.status_code in (200, 429)
        assert client.get(other).status_code == 200
    told = [code for code in codes if code not in (200, 429)]
    assert told == []


def test_the_bound_counts_by_the_minute() -> None:
    """Thirty questions a minute pass; the next learns in how many seconds; the next minute begins anew."""
    box, now = FeedBox(), datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    waits = [box.wait("a", now + timedelta(seconds=n)) for n in range(PER_WINDOW + 1)]

    assert waits[:-1] == [0] * PER_WINDOW
    assert 1 <= waits[-1] <= 61
    assert box.wait("b", now) == 0
    assert box.wait("a", now + timedelta(seconds=60)) == 0
    assert box.wait("a", now - timedelta(hours=1)) == 0  # a clock that was put back locks nobody out


def test_a_ready_calendar_is_given_until_it_is_old() -> None:
    """The calendar is made once in five minutes, anew after that, and after it was dropped."""
    made: list[int] = []
    box, now = FeedBox(), datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

    def content(minute: int) -> bytes:
        ready = box.get(1, now + timedelta(minutes=minute), lambda: b"x%d" % (made.append(1) or len(made)))
        assert ready
        return ready.content

    assert [content(minute) for minute in (0, 4, 5, 9, 11)] == [b"x1", b"x1", b"x2", b"x2", b"x3"]
    box.drop(1)
    assert content(11) == b"x4"


def test_making_does_not_take_the_whole_machine() -> None:
    """While two calendars are being made, a third is given as it was, or put off when it never was made."""
    box, now = FeedBox(), datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    old = box.get(3, now, lambda: b"old")
    later = now + timedelta(minutes=6)
    seen = []

    def inner() -> bytes:
        seen.append((box.get(3, later, lambda: b"new"), box.get(4, later, lambda: b"new")))
        return b"inner"

    def outer() -> bytes:
        assert box.get(2, later, inner)
        return b"outer"

    assert box.get(1, later, outer)
    assert seen == [(old, None)]
    after = box.get(4, later, lambda: b"new")
    assert after
    assert after.content == b"new"


def test_memory_is_bounded() -> None:
    """A million made-up addresses do not grow the counters without end."""
    from desk import feed_box

    box, now = FeedBox(), datetime(2026, 3, 1, tzinfo=UTC)
    for n in range(5 * feed_box.MOST):
        box.wait(str(n), now)
        box.get(n, now, lambda: b"")

    assert len(box._asked) == len(box._ready) == feed_box.MOST


def test_the_page_shows_an_address_once(khvoyninsky: House) -> None:
    """The secret stands on the page that follows the press and on no later one; addresses of blocks are named."""
    feeds_box_rest(khvoyninsky)
    browser = khvoyninsky.by("head")
    block = khvoyninsky.profile.blocks[0]

    made = browser.post("/feeds/make", {"block": block.id}, page="/feeds")

    secret = ADDRESS.search(made.text)
    assert secret
    assert "показан один раз" in made.text
    assert "webcal://" in made.text
    later = browser.get("/feeds").text
    assert secret[1] not in later
    assert block.name in later
    assert "ещё ни разу" in later
    assert browser.post("/feeds/make", {"block": "nowhere"}, page="/feeds").status_code == 422
    assert khvoyninsky.by("technician").get("/feeds").status_code == 403


def test_a_question_costs_next_to_nothing(khvoyninsky: House) -> None:
    """Half of the questions from the ready calendar are answered within a tenth of a second, however busy the machine is."""
    feeds_box_rest(khvoyninsky)
    address = address_of(khvoyninsky)
    with httpx.Client() as client:
        tag = client.get(address).headers["etag"]
        times = []
        for _ in range(PER_WINDOW - 5):
            began = time.perf_counter()
            assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
            times.append(time.perf_counter() - began)

    assert statistics.median(times) < 0.1


def test_another_persons_tasks_are_not_shown(khvoyninsky: House) -> None:
    """An address made by one person never shows another's tasks."""
    build.add_staff(khvoyninsky.store, "other-head", ["head"])
    theirs = feeds.make(khvoyninsky.work("other-head"))

    answer = httpx.get(f"{khvoyninsky.served.url}/ical/{theirs.secret}.ics")

    assert answer.status_code == 200
    assert "Позвонить перевозчикам" not in answer.text.replace("\r\n ", "")

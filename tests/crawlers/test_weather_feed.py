"""The feed of weather is asked once a day through the guard; whatever the other side answers, the house lives and says why."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from casework.weather import record_day
from casework.weather_reading import LastRead, last_read
from casework.work import Work
from crawlers import weather_feed
from crawlers.weather_feed import read_feed
from district.seasons import Prevention, WeatherFrom
from district.settings import Settings
from preventive.facts import WeatherDay
from storage.engine import Store
from storage.find.facts import weather_between
from tests.casework.staff_build import NOW, a_profile, a_work
from tests.crawlers.web_run import QUICK
from tests.peers.serving import serving
from tests.peers.web import Site

PATH = "/pogoda/dni.json"
DAYS = [
    {"date": "2026-11-18", "mean": -1.5, "rain": 0.4},
    {"date": "2026-11-19", "min": -6, "max": "-2,0", "snow": 3},
]
FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)


class Net:
    """A site on loopback and a house whose profile names a table on it."""

    def __init__(self, store: Store, folder: Path, port: int) -> None:
        self.site, self.store = Site(), store
        self.base = f"http://127.0.0.1:{port}"
        self.settings = Settings(
            _env_file=None, home=folder / "var", database_url=store.url, allow_internal=(f"127.0.0.1:{port}",)
        )  # type: ignore[call-arg]

    def work(self, days: int = 0, path: str = PATH) -> Work:
        """Return the machine's work so many days later, with the table at a path."""
        named = Prevention(weather=WeatherFrom("feed", self.base + path))
        return a_work(self.store, now=NOW + timedelta(days=days), profile=a_profile(prevention=named))

    def read(self, days: int = 0, path: str = PATH, *, now: bool = False) -> LastRead | None:
        """Read the feed in this process."""
        settings, work = self.settings, self.work(days, path)
        return read_feed(settings, work, now=now, in_process=True, **QUICK)

    def known(self) -> tuple[WeatherDay, ...]:
        """Return the days that are known."""
        with self.store.read() as tx:
            return weather_between(tx, FIRST, LAST)


@pytest.fixture
def net(sqlite_store: Store, tmp_path: Path) -> Iterator[Net]:
    site = Site()
    with serving(site.app()) as port:
        made = Net(sqlite_store, tmp_path, port)
        made.site = site
        site.give(PATH, json.dumps(DAYS), "application/json", ETag='"1"')
        yield made


def test_a_feed_becomes_days(net: Net) -> None:
    """The days of the answer are known afterwards, what was not told is unknown."""
    told = net.read()
    assert told is not None
    assert (told.ok, told.days, told.written, told.refused) == (True, 2, 2, 0)
    assert net.known() == (
        WeatherDay(date(2026, 11, 18), mean=-1.5, rain_mm=0.4),
        WeatherDay(date(2026, 11, 19), low=-6.0, high=-2.0, snow_cm=3.0),
    )


def test_a_feed_is_asked_once_a_day(net: Net) -> None:
    """The same day nobody asks again, whether it went well or not; the next day tells which version is known."""
    net.read()
    assert net.read() is None
    assert net.site.asked.count(PATH) == 1
    again = net.read(days=1)
    assert again is not None
    assert (again.ok, again.written, net.site.asked.count(PATH)) == (True, 2, 2)
    net.site.give(PATH, json.dumps([{"date": "2026-11-20", "mean": 0}]), "application/json", ETag='"2"')
    changed = net.read(days=2)
    assert changed is not None
    assert (changed.written, len(net.known())) == (1, 3)


def test_a_person_may_ask_at_once(net: Net) -> None:
    """A person who asks by a command does not wait for the next day."""
    net.read()
    told = net.read(now=True)
    assert told is not None
    assert net.site.asked.count(PATH) == 2


def test_bad_rows_are_told_and_the_good_ones_kept(net: Net) -> None:
    """Each row that is no possible day is told by its number; the rest is written."""
    rows = [*DAYS, {"date": "вчера", "mean": 1}, {"date": "2026-11-20", "mean": 99}, {"mean": 3}]
    net.site.give(PATH, json.dumps(rows), "application/json")
    told = net.read()
    assert told is not None
    assert (told.written, [r.row for r in told.rows]) == (2, [3, 4, 5])
    assert ["не день" in told.rows[0].why, "99" in told.rows[1].why, "нет даты" in told.rows[2].why] == [True] * 3


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/net-takoy.json", "такой страницы нет"),
        ("/hostile/huge", "больше разрешённого размера"),
        ("/hostile/bomb", "размера"),
        ("/hostile/slow", "слишком долго"),
        ("/hostile/half.xml", "оборвался"),
        ("/hostile/page.xml", "страница сайта"),
        ("/hostile/empty", "пустой ответ"),
        ("/hostile/picture", "файл"),
        ("/hostile/to-loopback", "127.0.0.1"),
        ("/hostile/to-metadata", "другой сайт"),
        ("/hostile/to-file", "адрес"),
        ("/hostile/loop", "по кругу"),
        ("/hostile/later", "реже"),
        ("/private/feed.xml", "robots.txt"),
        ("/spisok.json", "нет известных названий"),
        ("/vlozheno.json", "JSON"),
    ],
)
def test_a_hostile_feed_is_told_in_words(net: Net, path: str, words: str) -> None:
    """What is no table, too big, too slow, inside or elsewhere is refused with the reason, and nothing is written."""
    net.site.give("/spisok.json", '[{"a": 1}]', "application/json")
    net.site.give("/vlozheno.json", "[" * 200_000, "application/json")
    told = net.read(path=path)
    assert told is not None
    assert (told.ok, words in told.reason) == (False, True), told.reason
    assert net.known() == ()
    assert last_read(net.work(path=path)) == told


def test_nothing_inside_is_asked(net: Net) -> None:
    """Without the technician's exception an internal address hears nothing."""
    net.settings = net.settings.model_copy(update={"allow_internal": ()})
    told = net.read()
    assert told is not None
    assert (told.ok, net.site.asked) == (False, [])
    assert "порт" in told.reason or "внутренней сети" in told.reason


def test_a_person_outweighs_the_feed(net: Net) -> None:
    """A day that a person typed stays as it was, and the reading says that it differs."""
    record_day(net.work(), WeatherDay(date(2026, 11, 18), mean=2.0))
    told = net.read()
    assert told is not None
    assert (told.written, told.outweighed, net.known()[0].mean) == (1, 1, 2.0)


def test_the_loop_reads_in_a_child_process(net: Net, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is parsed by a process of its own; when that is killed, the reason is kept and nothing is written."""
    told = read_feed(net.settings, net.work())
    assert told is not None
    assert (told.ok, told.written, len(net.known())) == (True, 2, 2)
    monkeypatch.setattr("crawlers.children.WALL_S", 0.05)
    killed = read_feed(net.settings, net.work(days=1))
    assert killed is not None
    assert (killed.ok, "прерван" in killed.reason) == (False, True)
    assert len(net.known()) == 2


def test_without_a_feed_nobody_is_asked(net: Net) -> None:
    """A district that names no feed, or a file, types its weather by hand: nothing is asked."""
    work = a_work(net.store)
    by_file = replace(work, profile=a_profile(prevention=Prevention(weather=WeatherFrom("file", "weather.csv"))))
    assert weather_feed.read_feed(net.settings, work) is None
    assert weather_feed.read_feed(net.settings, by_file) is None
    assert net.site.asked == []

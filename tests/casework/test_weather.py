"""Weather is written day by day; who outweighs whom is kept, and what is impossible is refused with the mend."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.errors import NotAllowed, ReasonNeeded, UnknownSubject
from casework.weather import BadWeather, Recorded, record_day, record_days, withdraw_day, wrong_with
from casework.weather_reading import LastRead, last_read, read_file_due
from casework.work import MACHINE, Staff
from casework.year_facts import year_facts
from district.seasons import Prevention, WeatherFrom
from preventive.facts import WeatherDay
from storage.engine import Store
from storage.find.facts import WeatherRow, weather_between, weather_of, weather_rows
from tests.casework.chat_build import journaled
from tests.casework.risk_build import ANNA, READER, hire
from tests.casework.staff_build import NOW, a_profile, a_work

TODAY = date(2026, 11, 21)
DAY = date(2026, 11, 19)
D = timedelta(days=1)


def there(store: Store, day: date = DAY) -> WeatherRow | None:
    with store.read() as tx:
        return weather_of(tx, day)


def known(store: Store, day: date = DAY) -> WeatherDay:
    row = there(store, day)
    assert row is not None
    return row.weather


def test_a_day_is_written_and_found(store: Store, request: pytest.FixtureRequest) -> None:
    """What a person typed is there with who typed it; what was left empty is unknown and not zero."""
    hire(request)
    told = WeatherDay(DAY, low=-6.0, high=-1.5, snow_cm=0.0)
    assert record_day(a_work(store, ANNA), told) == told
    row = there(store)
    assert row is not None
    assert (row.weather, row.origin, row.by, row.at) == (told, "hand", ANNA.login, NOW)
    assert row.weather.rain_mm is None


def test_writing_again_replaces_or_fills(store: Store) -> None:
    """The form replaces the day whole; the command fills it and leaves what it does not tell."""
    work = a_work(store)
    record_day(work, WeatherDay(DAY, mean=-2.0, snow_cm=4.0))
    record_day(work, WeatherDay(DAY, rain_mm=1.5), fill=True)
    assert known(store) == WeatherDay(DAY, mean=-2.0, rain_mm=1.5, snow_cm=4.0)
    record_day(work, WeatherDay(DAY, mean=-3.0))
    assert known(store) == WeatherDay(DAY, mean=-3.0)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (WeatherDay(DAY), "нет ни одного значения"),
        (WeatherDay(DAY, mean=-70.1), "−70,1, бывает от −70 до 60 °C"),
        (WeatherDay(DAY, high=60.5), "максимум"),
        (WeatherDay(DAY, mean=float("nan")), "бывает"),
        (WeatherDay(DAY, low=float("-inf")), "бывает"),
        (WeatherDay(DAY, rain_mm=-0.1), "меньше нуля не бывает"),
        (WeatherDay(DAY, snow_cm=-1.0), "меньше нуля не бывает"),
        (WeatherDay(DAY, rain_mm=501.0), "бывает от 0 до 500 мм"),
        (WeatherDay(DAY, low=3.0, high=1.0), "поменяли местами"),
        (WeatherDay(DAY, mean=5.0, low=-1.0, high=4.0), "не лежит между"),
        (WeatherDay(DAY, mean=-2.0, low=-1.0), "не лежит между"),
        (WeatherDay(DAY, mean=9.0, high=8.0), "не лежит между"),
        (WeatherDay(date(1989, 12, 31), mean=1.0), "раньше 01.01.1990"),
        (WeatherDay(TODAY + 15 * D, mean=1.0), "позже чем через 14 дней"),
    ],
)
def test_the_impossible_is_refused(sqlite_store: Store, told: WeatherDay, words: str) -> None:
    """A day that cannot be names the day, the value and the mend, and nothing is written."""
    with pytest.raises(BadWeather, match=words):
        record_day(a_work(sqlite_store), told)
    assert there(sqlite_store, told.day) is None
    done = record_days(a_work(sqlite_store), [(7, told)], "file")
    assert (done.written, [one.row for one in done.refused]) == ((), [7])


@pytest.mark.parametrize(
    "told",
    [
        WeatherDay(DAY, mean=-70.0),
        WeatherDay(DAY, high=60.0),
        WeatherDay(DAY, mean=1.0, low=1.0, high=1.0),
        WeatherDay(date(1990, 1, 1), mean=1.0),
        WeatherDay(TODAY + 14 * D, mean=1.0),
        WeatherDay(date(2024, 2, 29), rain_mm=0.0),
    ],
)
def test_the_edges_are_taken(sqlite_store: Store, told: WeatherDay) -> None:
    """What is just possible is written."""
    record_day(a_work(sqlite_store), told)
    assert known(sqlite_store, told.day) == told


def test_who_outweighs_whom(store: Store) -> None:
    """A person's day outweighs a file's, a file's a feed's; each may be changed by its own kind and by a weightier one."""
    work = a_work(store)
    order = ("feed", "file", "hand")
    for stood in order:
        for told in order:
            day = DAY - (3 * order.index(stood) + order.index(told)) * D
            for origin, mean in ((stood, 1.0), (told, 2.0)):
                if origin == "hand":
                    record_day(work, WeatherDay(day, mean=mean))
                else:
                    done = record_days(work, [(1, WeatherDay(day, mean=mean))], origin)
            wins = order.index(told) >= order.index(stood)
            assert known(store, day).mean == (2.0 if wins else 1.0), (stood, told)
            if not wins:
                assert done == Recorded(outweighed=(day,))


def test_the_same_from_a_weightier_hand_holds_from_then_on(store: Store) -> None:
    """A file that says what the feed said makes the day its own: the feed does not change it any more."""
    work, told = a_work(store), WeatherDay(DAY, mean=1.0)
    record_days(work, [(1, told)], "feed")
    assert record_days(work, [(1, told)], "file") == Recorded(same=1)
    assert record_days(work, [(1, replace(told, mean=2.0))], "feed") == Recorded(outweighed=(DAY,))


def test_a_forecast_outweighs_nothing_that_is_told_later(store: Store) -> None:
    """What a person typed ahead gives way to the feed once the day is over; what was typed on the day itself stays."""
    work = a_work(store)
    record_day(work, WeatherDay(TODAY + 2 * D, mean=1.0))
    record_day(work, WeatherDay(TODAY, mean=1.0))
    later = a_work(store, now=NOW + 4 * D)
    done = record_days(later, [(1, WeatherDay(TODAY + 2 * D, mean=-5.0)), (2, WeatherDay(TODAY, mean=-5.0))], "feed")
    assert (done.written, done.outweighed) == ((TODAY + 2 * D,), (TODAY,))


def test_a_forecast_is_no_fact(store: Store) -> None:
    """The rules of dates are not told the weather of days that have not come, by the district's own day."""
    work = a_work(store)
    for n in range(4):
        record_day(work, WeatherDay(TODAY + n * D, mean=1.0))
    assert [d.day for d in year_facts(work, TODAY, TODAY + 3 * D).weather] == [TODAY]
    east = replace(work, profile=a_profile(timezone=ZoneInfo("Asia/Kamchatka")), now=NOW + timedelta(hours=6))
    assert [d.day for d in year_facts(east, TODAY, TODAY + 3 * D).weather] == [TODAY, TODAY + D]


def test_many_rows_are_all_told(store: Store) -> None:
    """Good rows are written, repeated ones are the same, a second word on one day and the impossible are named."""
    rows = [
        (2, WeatherDay(DAY, mean=1.0)), (3, WeatherDay(DAY, mean=1.0)), (4, WeatherDay(DAY, mean=2.0)),
        (5, WeatherDay(DAY - D, mean=99.0)), (6, WeatherDay(DAY - 2 * D, mean=3.0)),
    ]  # fmt: skip
    done = record_days(a_work(store), rows, "file")
    assert done.written == (DAY, DAY - 2 * D)
    assert [one.row for one in done.refused] == [4, 5]
    assert "уже есть в строке 2" in done.refused[0].why
    assert record_days(a_work(store), rows[:1], "file") == Recorded(same=1)


def test_ten_years_are_written_at_once(store: Store) -> None:
    """A file of ten years is taken in whole, and one line of the journal tells of it."""
    rows = [(n, WeatherDay(TODAY - n * D, mean=1.0)) for n in range(3653)]
    assert len(record_days(a_work(store), rows, "file").written) == 3653
    with store.read() as tx:
        assert len(weather_between(tx, TODAY - 3652 * D, TODAY)) == 3653
    first, last = (TODAY - 3652 * D).isoformat(), TODAY.isoformat()
    told = {"from": first, "to": last, "days": 3653, "refused": 0, "outweighed": 0}
    assert journaled(store, "weather.read") == [(None, "weather:file", told)]


def test_a_day_is_taken_out(store: Store, request: pytest.FixtureRequest) -> None:
    """A withdrawn day is unknown again, the journal keeps what stood and why; a reason is needed."""
    hire(request)
    work = a_work(store, ANNA)
    record_day(work, WeatherDay(DAY, mean=1.0))
    with pytest.raises(ReasonNeeded):
        withdraw_day(work, DAY, " ")
    withdraw_day(work, DAY, "не тот день")
    assert there(store) is None
    assert journaled(store, "weather.withdrawn") == [(ANNA.id, f"weather:{DAY}", {"why": "не тот день"})]
    with pytest.raises(UnknownSubject, match=r"19\.11\.2026"):
        withdraw_day(work, DAY, "ещё раз")
    assert record_days(work, [(1, WeatherDay(DAY, mean=4.0))], "feed").written == (DAY,)


@pytest.mark.parametrize("who", [READER, Staff(9, "t", "Техник", frozenset({"technician"}))])
def test_who_may_write(sqlite_store: Store, who: Staff) -> None:
    """Readers and technicians may not write the weather, neither a day nor many, nor take one out."""
    work = a_work(sqlite_store, who)
    with pytest.raises(NotAllowed):
        record_day(work, WeatherDay(DAY, mean=1.0))
    with pytest.raises(NotAllowed):
        record_days(work, [(1, WeatherDay(DAY, mean=1.0))], "file")
    with pytest.raises(NotAllowed):
        withdraw_day(work, DAY, "просто так")


NUMBERS = st.one_of(st.none(), st.floats(-120, 120), st.sampled_from((float("nan"), float("inf"))))


@given(st.builds(WeatherDay, st.dates(date(1980, 1, 1), date(2030, 1, 1)), NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS))
def test_what_is_taken_is_possible(told: WeatherDay) -> None:
    """Whatever is told: what is found possible lies within the limits and in order, else there is a sentence."""
    if wrong_with(told, TODAY) == "":
        degrees = [v for v in (told.low, told.mean, told.high) if v is not None]
        assert degrees == sorted(degrees)
        assert all(-70 <= v <= 60 for v in degrees)
        assert all(v is None or v >= 0 for v in (told.rain_mm, told.snow_cm))
        assert date(1990, 1, 1) <= told.day <= TODAY + 14 * D


class Files:
    """A house whose profile names a file."""

    def __init__(self, store: Store, home: Path, address: str = "pogoda.csv") -> None:
        self.home, self.store = home, store
        home.mkdir(parents=True, exist_ok=True)
        self.work = a_work(store, profile=a_profile(prevention=Prevention(weather=WeatherFrom("file", address))))

    def give(self, text: str | bytes, name: str = "pogoda.csv") -> None:
        """Put a file into the home folder."""
        (self.home / name).write_bytes(text.encode("cp1251") if isinstance(text, str) else text)

    def read(self) -> LastRead:
        """Read what is due and return how the last reading ended."""
        read_file_due(self.work, self.home)
        told = last_read(self.work)
        assert told is not None
        return told


def test_the_file_of_the_profile_is_read_when_it_changes(store: Store, tmp_path: Path) -> None:
    """A Russian CSV becomes days; unchanged it is not read again, changed it is; bad rows are kept to be shown."""
    files = Files(store, tmp_path / "var")
    files.give("Дата;Мин;Макс;Осадки, мм\n19.11.2026;–6,5;-1;0,4\nвчера;1;2;3\n")
    told = files.read()
    assert (told.ok, told.days, told.written, [r.row for r in told.rows]) == (True, 1, 1, [3])
    assert known(store) == WeatherDay(DAY, low=-6.5, high=-1.0, rain_mm=0.4)
    assert read_file_due(files.work, files.home) == 0
    files.give("Дата;Мин;Макс\n19.11.2026;-7;-1\n20.11.2026;-8;-2\n")
    assert read_file_due(files.work, files.home) == 2
    with store.read() as tx:
        assert [row.origin for row in weather_rows(tx, DAY, TODAY)] == ["file", "file"]


@pytest.mark.parametrize("address", ["../outside.csv", "/etc/hostname", "link.csv", "folder/../../outside.csv"])
def test_nothing_outside_the_home_is_read(sqlite_store: Store, tmp_path: Path, address: str) -> None:
    """A path that leads outside, also by a link, is refused in words and nothing is written."""
    files = Files(sqlite_store, tmp_path / "var", address)
    (tmp_path / "outside.csv").write_text("date;mean\n2026-11-19;1\n", encoding="utf-8")
    (files.home / "link.csv").symlink_to(tmp_path / "outside.csv")
    told = files.read()
    assert (told.ok, "вне папки OTKLIK_HOME" in told.reason) == (False, True)
    assert there(sqlite_store) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (None, "нет в папке"),
        (b"<html><body>404</body></html>", "страница сайта"),
        (b"", "ни одной строки"),
        (b"\x00\x01\x02\x03", "нет известных заголовков"),
        (b"a;b\n1;2\n", "нет известных заголовков"),
        (b"mean;min\n1;2\n", "нет столбца «дата»"),
        (b"date;mean\n", "ни одной строки со значениями"),
        (b"{" * 5000, "не JSON"),
        (b'{"hello": "world"}', "нет списка дней"),
        (b"date;mean\n" + b"2026-11-19;1\n" * 20_001, "больше 20000 строк"),
        (b"x" * (5 * 1024 * 1024 + 1), "больше 5 МБ"),
        (b'date;mean\n"2026-11-19;1\n' + b"x" * 200_000, "не разобрана"),
    ],
)
def test_a_file_that_is_no_table_is_told(sqlite_store: Store, tmp_path: Path, body: bytes | None, words: str) -> None:
    """What is missing, no table, without days or too big is told in words; the next round does not repeat it."""
    files = Files(sqlite_store, tmp_path / "var")
    if body is not None:
        files.give(body)
    told = files.read()
    assert (told.ok, words in told.reason) == (False, True), told.reason
    assert files.read() == told


def test_a_file_that_comes_later_is_read(sqlite_store: Store, tmp_path: Path) -> None:
    """A missing file is no end: once it is there it is read."""
    files = Files(sqlite_store, tmp_path / "var")
    assert files.read().ok is False
    files.give("date;mean\n2026-11-19;1,5\n")
    assert files.read().ok is True
    assert known(sqlite_store).mean == 1.5


def test_another_place_begins_anew(sqlite_store: Store, tmp_path: Path) -> None:
    """When the profile names another file, the last reading of the old one is not told of it."""
    files = Files(sqlite_store, tmp_path / "var")
    files.give("date;mean\n2026-11-19;1\n")
    files.read()
    assert last_read(Files(sqlite_store, tmp_path / "var", "drugoy.csv").work) is None
    assert last_read(a_work(sqlite_store, MACHINE)) is None

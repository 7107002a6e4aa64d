"""«Погода и документы»: today in words, three numbers for yesterday, documents opened and closed — each by whom it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework import decrees, weather, weather_reading
from casework.decrees import NewDecree
from casework.fact_tables import number_of
from desk.pictures_weather import month_picture
from desk.weather_words import degrees, plain
from district.seasons import WeatherFrom
from preventive.facts import WeatherDay
from storage.find.facts import DecreeRow, decree_rows, weather_of
from storage.tables import decree, weather_day
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of
from tests.preventive.weather_years import NORTHWEST
from tests.preventive.weather_years import weather as series

D = timedelta(days=1)


def today(house: House) -> date:
    return house.work().today


@pytest.fixture
def clean(house: House) -> Iterator[House]:
    """Nobody has entered anything yet."""
    yield house
    with house.store.write() as tx:
        tx.execute(decree.delete())
        tx.execute(weather_day.delete())


def page(house: House, login: str = "officer", query: str = "") -> str:
    return text_of(house.by(login).get(f"/weather{query}").text)


def known(house: House, day: date) -> WeatherDay | None:
    with house.store.read() as tx:
        row = weather_of(tx, day)
    return row.weather if row else None


def documents(house: House) -> tuple[DecreeRow, ...]:
    with house.store.read() as tx:
        return decree_rows(tx)


def fields(day: date, **more: str) -> dict[str, str]:
    told = {
        "subject": "thin-ice-autumn", "number": "512", "title": "О запрете выхода на лёд", "issued_on": day.isoformat(),
        "opens_on": "", "closes_on": "",
    }  # fmt: skip
    return told | more


def test_an_empty_page_says_what_to_do(clean: House) -> None:
    """Before anything is entered the form is for yesterday, and nothing pretends to be known."""
    told = page(clean)
    assert f"Погода за {today(clean) - D:%d.%m.%Y}" in told
    assert "Температура за эти дни не внесена" in told
    assert "Действующих документов нет" in told


def test_three_numbers_are_enough(clean: House) -> None:
    """A tired person types night, day and snow with commas and any minus; the page says the mean that it counted."""
    day = today(clean) - D
    told = {"day": day.isoformat(), "low": "−6,5", "high": "-1", "snow_cm": "3"}
    answer = clean.by("officer").post("/weather/day", told, follow_redirects=True)
    assert f"Погода за {day:%d.%m.%Y} записана. Средняя −3,8 (посчитана)." in text_of(answer.text)
    assert known(clean, day) == WeatherDay(day, low=-6.5, high=-1.0, snow_cm=3.0)
    again = clean.by("officer").get(f"/weather?day={day}").text
    assert re.search(r'name="low"[^>]*value="−6,5"', again)
    assert "Сейчас записано вручную (officer)" in text_of(again)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"low": "много"}, "Минимум: «много» — не число"),
        ({"low": "5", "high": "1"}, "поменяли местами"),
        ({}, "нет ни одного значения"),
        ({"day": "", "low": "1"}, "Укажите: день"),
        ({"day": "31.02.2026", "low": "1"}, "Не похоже на день"),
        ({"day": "2199-01-01", "low": "1"}, "позже чем через 14 дней"),
        ({"day": "1980-01-01", "low": "1"}, "раньше 01.01.1990"),
        ({"low": "-71"}, "бывает от −70 до 60"),
    ],
)
def test_what_is_wrong_is_told_and_kept(clean: House, told: dict[str, str], words: str) -> None:
    """A refused day is told beside the form, and what was typed is still there."""
    day = today(clean) - D
    answer = clean.by("officer").post("/weather/day", {"day": day.isoformat(), "rain_mm": "", "mean": ""} | told)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    if told.get("low"):
        assert re.search(rf'name="low"[^>]*value="{told["low"]}"', answer.text)
    assert known(clean, day) is None


def test_a_day_is_taken_out_with_a_reason(clean: House) -> None:
    """Without a reason nothing happens; with one the day is unknown again."""
    day = today(clean) - D
    weather.record_day(clean.work("officer"), WeatherDay(day, mean=1.0))
    bare = clean.by("officer").post("/weather/day/withdraw", {"day": day.isoformat(), "reason": ""})
    assert bare.status_code == 422
    done = clean.by("officer").post(
        "/weather/day/withdraw", {"day": day.isoformat(), "reason": "чужой день"}, follow_redirects=True
    )
    assert "убрана" in text_of(done.text)
    assert known(clean, day) is None


def test_the_month_is_a_picture_and_a_table(clean: House) -> None:
    """Thirty days are drawn and written with a row for each; a missing one is named and leads to its form."""
    now = today(clean)
    days = [one for one in series(NORTHWEST, now - 40 * D, now - D) if one.day != now - 3 * D]
    weather.record_days(clean.work(), list(enumerate(days, 1)), "file")
    html = clean.by("officer").get("/weather").text
    assert f"известно дней {30 - 2} из 30" in html
    assert html.count('<circle class="wx-mean"') == 28
    table = html[html.index('<table class="wx-days"') :]
    assert table.count('<th scope="row">') == 30
    assert "Нет погоды за 1 день" in text_of(html)
    assert f'href="/weather?day={now - 3 * D}#day"' in html
    assert f"Погода за {now - 3 * D:%d.%m.%Y}" in text_of(html)


@pytest.mark.parametrize(
    "query", ["?month=2026-13", "?month=1812-06", "?month=2999-01", "?month=", "?day=вчера", "?day=0001-01-01"]
)
def test_a_strange_address_shows_the_usual_page(clean: House, query: str) -> None:
    """A month or day that cannot be shown gives the last thirty days and yesterday's form."""
    told = page(clean, query=query)
    assert "Погода за последние 30 дней" in told
    assert f"Погода за {today(clean) - D:%d.%m.%Y}" in told


def test_a_past_month_is_shown(clean: House) -> None:
    """A month asked for is shown whole, with ways to the month before and after."""
    html = clean.by("reader").get("/weather?month=2024-02").text
    assert "Погода за февраль 2024" in text_of(html)
    assert 'href="/weather?month=2024-01#month"' in html
    assert 'href="/weather?month=2024-03#month"' in html
    assert html[html.index('<table class="wx-days"') :].count('<th scope="row">') == 29


def test_a_document_is_opened_and_closed(clean: House) -> None:
    """A document without an end stands first and among what is open today; another one closes it."""
    now = today(clean)
    officer = clean.by("officer")
    answer = officer.post("/weather/decree/add", fields(now), follow_redirects=True)
    told = text_of(answer.text)
    assert "Документ внесён." in told
    assert f"Первый лёд, рыбаки на льду: открыто с {now:%d.%m.%Y}, документ № 512, срок не указан." in told
    assert 'href="/threats/thin-ice-autumn"' in answer.text
    [row] = documents(clean)
    closing = {"version": str(row.version), "closes_on": (now + D).isoformat(), "closed_by": "№ 600"}
    closed = officer.post(f"/weather/decree/{row.id}/close", closing, follow_redirects=True)
    assert f"действует с {now:%d.%m.%Y} по {now + D:%d.%m.%Y} закрыт документом № 600" in text_of(closed.text)


def test_an_overlap_is_told(clean: House) -> None:
    """A second document on the same days is kept, and the first one is named."""
    now, officer = today(clean), clean.by("officer")
    officer.post("/weather/decree/add", fields(now))
    told = text_of(officer.post("/weather/decree/add", fields(now, number="513"), follow_redirects=True).text)
    assert (
        f"Документ внесён. В эти же дни по этому предмету действует: № 512 (с {now:%d.%m.%Y}, пока не закрыт)." in told
    )
    assert [row.number for row in documents(clean)] == ["513", "512"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_on": "2020-01-01"}, "раньше первого"),
        ({"number": ""}, "Укажите: номер документа"),
        ({"subject": ""}, "Укажите: предмет документа"),
        ({"issued_on": ""}, "Укажите: дата документа"),
        ({"url": "javascript:alert(1)"}, "не годится"),
        ({"territory": "moon"}, "нет в профиле"),
    ],
)
def test_a_wrong_document_is_told_and_kept(clean: House, changes: dict[str, str], words: str) -> None:
    """What is wrong with a document is told beside its form, the title typed is still there, nothing is written."""
    answer = clean.by("officer").post("/weather/decree/add", fields(today(clean)) | changes)
    assert answer.status_code == 422
    assert words in text_of(answer.text)
    assert 'value="О запрете выхода на лёд"' in answer.text
    assert documents(clean) == ()


def test_own_words_open_what_no_threat_names(clean: House) -> None:
    """A subject in own words is kept as it is and shown; what outweighs the list is what was written."""
    now = today(clean)
    clean.by("officer").post("/weather/decree/add", fields(now, subject_other="Карантин по птичьему гриппу"))
    assert "Карантин по птичьему гриппу: открыто с" in page(clean)


def test_who_was_slower_keeps_the_typed_text(clean: House) -> None:
    """A form opened before somebody's change is refused with 409, says who it was and keeps what was typed."""
    now = today(clean)
    kept = decrees.add(clean.work("officer"), NewDecree("flood", "7", "О режиме", now, now))
    decrees.change(clean.work("head"), kept.id, 1, NewDecree("flood", "7", "О режиме готовности", now, now))
    answer = clean.by("officer").post(
        f"/weather/decree/{kept.id}/change", fields(now, version="1", title="Набранное название")
    )
    assert answer.status_code == 409
    assert "уже изменил Head" in text_of(answer.text)
    assert 'value="Набранное название"' in answer.text
    assert [row.title for row in documents(clean)] == ["О режиме готовности"]


def test_a_document_is_changed_and_struck_out(clean: House) -> None:
    """A mistake is mended on the document's page; one entered in vain is struck out with a reason."""
    now, officer = today(clean), clean.by("officer")
    kept = decrees.add(clean.work("officer"), NewDecree("flood", "7", "О режиме", now, now))
    place = clean.profile.territories[0]
    changed = officer.post(
        f"/weather/decree/{kept.id}/change", fields(now, version="1", territory=place.id), follow_redirects=True
    )
    assert "Документ исправлен." in text_of(changed.text)
    assert documents(clean)[0].territories == (place.id,)
    assert "Укажите" in text_of(
        officer.post(f"/weather/decree/{kept.id}/withdraw", {"version": "2", "reason": ""}).text
    )
    gone = officer.post(
        f"/weather/decree/{kept.id}/withdraw", {"version": "2", "reason": "чужой округ"}, follow_redirects=True
    )
    assert "убран как внесённый по ошибке" in text_of(gone.text)
    assert documents(clean) == ()
    assert "ничего не открывает" in text_of(officer.get(f"/weather/decree/{kept.id}").text)
    assert officer.get("/weather/decree/999").status_code == 404


def test_a_reader_sees_and_has_no_forms(clean: House) -> None:
    """Who may not write sees the state, the month and the documents without a single form of theirs."""
    decrees.add(clean.work("officer"), NewDecree("flood", "7", "О режиме", today(clean), today(clean)))
    html = clean.by("reader").get("/weather").text
    assert "О режиме" in html
    assert 'action="/weather' not in html
    assert "вносят руководитель" in html
    assert 'action="/weather' not in clean.by("reader").get(f"/weather/decree/{documents(clean)[0].id}").text


def test_past_documents_are_folded(clean: House) -> None:
    """Ten past documents are under a fold, the others behind a link."""
    now = today(clean)
    for n in range(13):
        past = now - (30 + n) * D
        decrees.add(clean.work("officer"), NewDecree("flood", f"{n}-п", "О режиме", past, past, past + D))
    html = clean.by("reader").get("/weather").text
    assert "Прошедшие: 13" in html
    assert "Показать ещё 3" in html
    assert html.count("-п от ") == 10
    assert clean.by("reader").get("/weather?past=1").text.count("-п от ") == 13


def test_how_the_file_was_read_is_told(clean: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page names the file, when it was read and each row that was not taken; a failed reading is told on top."""
    home = clean.app.state.desk.settings.home
    named = replace(clean.profile.prevention, weather=WeatherFrom("file", "pogoda.csv"))
    profile = replace(clean.profile, prevention=named)
    monkeypatch.setattr(clean, "profile", profile)
    monkeypatch.setattr(clean.app.state, "desk", replace(clean.app.state.desk, profile=profile))
    assert "pogoda.csv" in page(clean)
    assert "ещё не читали" in page(clean)
    home.mkdir(exist_ok=True)
    (home / "pogoda.csv").write_text(f"дата;мин;макс\n{today(clean) - D};-5;1\nвчера;1;2\n", encoding="utf-8")
    weather_reading.read_file_due(clean.work(), home)
    told = page(clean)
    assert "дней 1, новых 1" in told
    assert "строка 3: «вчера» — не день" in told
    (home / "pogoda.csv").write_text("<html>", encoding="utf-8")
    weather_reading.read_file_due(clean.work(), home)
    assert "это страница сайта или XML" in page(clean)
    assert "Пока внесите погоду вручную" in page(clean)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "—"), (0.0, "0"), (-0.04, "0"), (0.04, "0"), (-3.25, "−3,2"), (5.0, "+5"), (12.34, "+12,3")],
)
def test_degrees(value: float | None, shown: str) -> None:
    """A temperature has its sign, a comma and one digit; zero has no sign."""
    assert degrees(value) == shown


def test_numbers_of_a_form_are_read_back() -> None:
    """What a form shows is what it takes."""
    assert [number_of(plain(value)) for value in (None, 0.0, -3.25, 1234.5)] == [None, 0.0, -3.25, 1234.5]


def test_a_picture_of_odd_days() -> None:
    """Nothing known draws nothing; one day, a flat line and great cold are drawn without a fault."""
    day = date(2026, 11, 1)
    assert month_picture([], day, day + 29 * D) == ""
    assert month_picture([WeatherDay(day, rain_mm=1.0, snow_cm=4.0)], day, day) == ""
    one = month_picture([WeatherDay(day, mean=-65.0)], day, day)
    flat = month_picture([WeatherDay(day + n * D, low=1.0, high=1.0) for n in range(30)], day, day + 29 * D)
    wide = month_picture([WeatherDay(day, low=-70.0, high=60.0, snow_cm=900.0)], day, day + 29 * D)
    assert [str(picture).count("<circle") for picture in (one, flat, wide)] == [1, 30, 1]
    assert all("nan" not in str(picture) for picture in (one, flat, wide))

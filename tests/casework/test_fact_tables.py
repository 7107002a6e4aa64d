"""Tables of weather and documents are read however people and services write them; what is no row is named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.decree_table import read_decrees
from casework.decrees import NewDecree
from casework.fact_tables import UnreadableTable, day_of, number_of, text_of
from casework.weather import Refused
from casework.weather_table import read_weather
from preventive.facts import WeatherDay

ONE = WeatherDay(date(2026, 11, 20), mean=-3.2, low=-5.0, high=0.5, rain_mm=1.2, snow_cm=3.0)


@pytest.mark.parametrize(
    "text",
    [
        "date;mean;min;max;precipitation;snow\n2026-11-20;-3.2;-5;0.5;1.2;3\n",
        "date,mean,min,max,precipitation,snow\n2026-11-20,-3.2,-5,0.5,1.2,3",
        'date,mean,min,max,rain,snow\n20.11.2026,"-3,2",-5,"0,5","1,2",3\n',
        "Дата\tСредняя\tМинимум\tМаксимум\tОсадки\tСнег\n20.11.2026\t−3,2\t−5\t+0,5\t1,2\t3\r\n",
        "\ufeffДата;Т ср., °C;Т мин., °C;Т макс., °C;Осадки, мм;Снег, см\r\n20.11.26 00:00;-3,2;-5;0,5;1,2;3\r\n",
        "\n\nСНЕГ;ДАТА;СРЕДНЯЯ;НОЧЬЮ;ДНЁМ;ОСАДКИ;ЧУЖОЕ\n3;20.11.2026;-3,2;-5;0,5;1,2;слова\n",
        "date|mean|low|high|rain_mm|snow_cm\n20261120|-3.2|-5|0.5|1.2|3\n",
        '[{"date": "2026-11-20T00:00", "mean": -3.2, "tmin": -5, "tmax": 0.5, "rain": 1.2, "snow": 3, "wind": 4}]',
        '{"days": [{"день": "20.11.2026", "средняя": "-3,2", "мин": -5, "макс": 0.5, "осадки": 1.2, "снег": 3}]}',
        '{"latitude": 58.5, "daily_units": {"time": "iso8601"}, "daily": {"time": ["2026-11-20"], "temperature_2m_mean": [-3.2],'
        '"temperature_2m_min": [-5.0], "temperature_2m_max": [0.5], "precipitation_sum": [1.2], "snow_depth": [3]}}',
    ],
)
def test_one_day_in_many_writings(text: str) -> None:
    """Russian and English heads, commas and points, four separators and three shapes of JSON are one and the same day."""
    days, refused = read_weather(text)
    assert [told for _, told in days] == [ONE]
    assert refused == ()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_the_encoding_is_found(codec: str) -> None:
    """The same table in each encoding that offices write gives the same day."""
    days, _ = read_weather(text_of("Дата;Средняя температура\n20.11.2026;-3,2\n".encode(codec)))
    assert days == ((2, WeatherDay(date(2026, 11, 20), mean=-3.2)),)


def test_every_bad_row_is_named_and_the_good_ones_kept() -> None:
    """The number is that of the line in the file, empty lines and quoted line ends counted."""
    text = 'date;mean;note\n2026-11-20;1;"две\nстроки"\n\n2026-02-30;1;\n;5;\n2026-11-21;много;\n2026-11-22;нет;\n'
    days, refused = read_weather(text)
    assert [(row, told.day.day, told.mean) for row, told in days] == [(3, 20, 1.0), (8, 22, None)]
    assert refused == (
        Refused(5, "«2026-02-30» — не день: нужно 20.11.2026 или 2026-11-20"),
        Refused(6, "нет даты: нужно 20.11.2026 или 2026-11-20"),
        Refused(7, "21.11.2026: средняя — «много» — не число: нужно, например, −3,2"),
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-3,2", -3.2), ("−3.2", -3.2), ("–3", -3.0), ("+0,5", 0.5), (" 12 ", 12.0), ("0", 0.0), ("", None), ("—", None),
        ("нет", None), ("NaN", None), ("н/д", None), ("null", None), ("-", None), ("1 234,5", 1234.5),
    ],
)  # fmt: skip
def test_numbers(text: str, value: float | None) -> None:
    """Any minus, comma or point is read; what stands for nothing is unknown."""
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["1e5", "inf", "0x10", "1,2,3", "3°", "три", "--3", "1" * 40, "٣"])
def test_what_is_no_number_is_told(text: str) -> None:
    """Other writings are refused with an example instead of being guessed."""
    with pytest.raises(ValueError, match="не число"):
        number_of(text)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "31.02.2026", "завтра", "2026", "20.11", "1/2/3/4", "0000-01-01", "²026-01-01"]
)
def test_what_is_no_day_is_told(text: str) -> None:
    """A day that is in no calendar, or half a day, is refused with an example."""
    with pytest.raises(ValueError, match="не день"):
        day_of(text)


@given(st.one_of(st.text(max_size=300), st.binary(max_size=300).map(text_of)))
def test_any_text_is_days_or_a_reason(text: str) -> None:
    """Whatever is read, there are days, named rows, or one sentence why it is no table; it never breaks."""
    try:
        days, refused = read_weather(text)
    except UnreadableTable as e:
        told = str(e)
    else:
        told = "строки есть" if days or refused else ""
    assert len(told) > 3


ROWS = st.lists(st.tuples(st.text(max_size=15), st.text(max_size=8), st.text(max_size=8)), max_size=12)


@given(ROWS)
def test_no_row_is_lost(rows: list[tuple[str, str, str]]) -> None:
    """Every row with something in it is a day or is named."""
    plain = [tuple("".join(ch for ch in cell if ch.isalnum() or ch in "-.") for cell in row) for row in rows]
    text = "\n".join(["date;mean;min", *(";".join(row) for row in plain)])
    try:
        days, refused = read_weather(text)
    except UnreadableTable:
        assert not any(any(row) for row in plain) or not any(row[0] for row in plain)
    else:
        assert len(days) + len(refused) == sum(any(row) for row in plain)


def test_documents_of_a_table() -> None:
    """A table of documents gives subject, number, days and territories by their names; bad rows are named."""
    text = (
        "Предмет;Номер;Название;Дата;Действует с;Действует по;Территории;Ссылка\n"
        "thin-ice;512;О запрете выхода на лёд;20.11.2026;21.11.2026;14.12.2026;Беловский отдел, zaozero;https://example.org/512\n"
        "Паводок;7;;01.04.2026;;;;\n"
        ";8;Без предмета;01.04.2026;;;;\n"
        "flood;;Без номера;01.04.2026;;;;\n"
        "flood;9;Без дат;;;;;\n"
        "flood;10;Плохой день;01.04.2026;;32.04.2026;;\n"
    )
    found, refused = read_decrees(text, {"Беловский отдел": "beloe"})
    day = date(2026, 4, 1)
    assert found == (
        (2, NewDecree("thin-ice", "512", "О запрете выхода на лёд", date(2026, 11, 20), date(2026, 11, 21), date(2026, 12, 14),
                      ("beloe", "zaozero"), "https://example.org/512")),
        (3, NewDecree("Паводок", "7", "Паводок", day, day)),
    )  # fmt: skip
    assert [one.row for one in refused] == [4, 5, 6, 7]
    assert refused[3].why.startswith("действует по: «32.04.2026»")

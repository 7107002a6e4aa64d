"""A day promised to people is found in the words of an answer; what is told of the past promises nothing."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.workdays import WorkCalendar
from risk.promises import LONGEST, promised_dates

TODAY = date(2026, 11, 18)  # a Wednesday
CALENDAR = WorkCalendar(ZoneInfo("Europe/Moscow"))


def days(text: str, today: date = TODAY) -> list[str]:
    return [f"{p.on:%d.%m.%Y}" for p in promised_dates(text, today, CALENDAR.add_working_days)]


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("Насос заменим до 25 ноября.", "25.11.2026"),
        ("Работы завершат 25.11.2026.", "25.11.2026"),
        ("Срок — 25.11.26, исполнитель — Водоканал", "25.11.2026"),
        ("Яму засыплют до 25.11", "25.11.2026"),
        ("Дорогу обработают не позднее 2026-11-20", "20.11.2026"),
        ("Подрядчик приступит 1 декабря 2026 года", "01.12.2026"),
        ("Ремонт идёт с 20 по 25 ноября", "25.11.2026"),
        ("Ремонт пройдёт 20–25 ноября", "25.11.2026"),
        ("Устранят к двадцать пятому, то есть до двадцать пятого ноября", "25.11.2026"),
        ("Детский сад откроют 15 января", "15.01.2027"),
        ("Фонари починят к пятнице.", "20.11.2026"),
        ("Мусор вывезут до понедельника", "23.11.2026"),
        ("Комиссия приедет в среду", "25.11.2026"),
        ("Бригада приедет в следующую пятницу", "27.11.2026"),
        ("Приедем в пятницу на следующей неделе", "27.11.2026"),
        ("Воду дадут сегодня", "18.11.2026"),
        ("Завтра бригада заменит участок трубы", "19.11.2026"),
        ("Послезавтра подвезут воду", "20.11.2026"),
        ("Тепло вернётся к вечеру", "18.11.2026"),
        ("Подключат к утру", "19.11.2026"),
        ("Ответим в течение трёх дней", "21.11.2026"),
        ("Ответим в течение трёх рабочих дней", "23.11.2026"),
        ("Засыплем в течение 10 рабочих дней", "02.12.2026"),
        ("Проверим в течение 3-х дней", "21.11.2026"),
        ("Устраним в течение 3-5 дней", "23.11.2026"),
        ("Восстановим через неделю", "25.11.2026"),
        ("Перерасчёт сделают в течение месяца", "18.12.2026"),
        ("Аварию устранят в течение 4 часов", "18.11.2026"),
        ("Аварию устранят в течение 24 часов", "19.11.2026"),
        ("Ответ дадим за 9 рабочих часов", "19.11.2026"),
        ("Предписание исполнят в десятидневный срок", "28.11.2026"),
        ("Предписание исполнят в 10-дневный срок", "28.11.2026"),
        ("Заменим в ближайшие два дня", "20.11.2026"),
        ("Щебень завезут на следующей неделе", "29.11.2026"),
        ("Щебень завезут на этой неделе", "22.11.2026"),
        ("Сделаем до конца недели", "22.11.2026"),
        ("Сделаем до конца следующей недели", "29.11.2026"),
        ("Отремонтируем до конца месяца", "30.11.2026"),
        ("Отремонтируем до конца декабря", "31.12.2026"),
        ("Площадку поставят до конца года", "31.12.2026"),
        ("Площадку поставят до конца квартала", "31.12.2026"),
        ("Установим в декабре", "31.12.2026"),
        ("Установим в апреле", "30.04.2027"),
        ("Дорогу отремонтируют в 2027 году", "31.12.2027"),
        ("Деньги выделят в I квартале 2027 года", "31.03.2027"),
        ("Подрядчика обязали устранить течь до 25 ноября", "25.11.2026"),
        ("Бригада выехала, устранит повреждение в течение двух дней", "20.11.2026"),
    ],
)
def test_a_promised_day_is_found(text: str, on: str) -> None:
    """Each usual way of promising names its day, counted from the district's today."""
    assert days(text) == [on]


@pytest.mark.parametrize(
    "text",
    [
        "20 октября выполнили",
        "Работы завершены 17 ноября 2026 года.",
        "Сегодня течь устранили",
        "18 ноября подачу воды восстановили",
        "В пятницу провели рейд и вывезли мусор",
        "В прошлую пятницу бригада приехала и уехала",
        "Удалось устранить аварию в течение двух часов",
        "Постановление от 25.12.2026 № 14",
        "По состоянию на 25 ноября жалоб нет",
        "Начнут не раньше 25 ноября",
        "Когда дадут воду — 25 ноября?",
        "Ждём 31 ноября",
        "Горячая линия: 8 800 100-20-30, с 8.00 до 17.00",
        "Потратили 1.12 млн рублей",
        "Вывозим мусор по пятницам",
        "Обещаем сделать в 9999 году году и через 99999 дней",
        "В 2019 году заменили трубу",
        "Спасибо за обращение!",
        "",
    ],
)
def test_what_promises_nothing(text: str) -> None:
    """The past, dates of acts, hours, sums, questions and days that the calendar does not have give no control item."""
    assert days(text) == []


def test_each_day_keeps_its_sentence() -> None:
    """Two promises of one answer are two items, earliest first, each in the words of its own sentence."""
    answer = (
        "Здравствуйте! Трубу на ул. Мира заменят к 1 декабря.\nВоду подвезут завтра, в 9:00 и 18:00, "
        "подвоз организует Водоканал. С уважением, Администрация округа"
    )

    found = promised_dates(answer, TODAY, CALENDAR.add_working_days)

    assert [(p.on, p.what) for p in found] == [
        (date(2026, 11, 19), "Воду подвезут завтра, в 9:00 и 18:00, подвоз организует Водоканал"),
        (date(2026, 12, 1), "Трубу на ул. Мира заменят к 1 декабря"),
    ]


def test_one_sentence_may_promise_two_days() -> None:
    """«Насос — до 20 ноября, трубу — до 1 декабря» is two control items."""
    assert days("Насос заменят до 20 ноября, трубу — до 1 декабря") == ["20.11.2026", "01.12.2026"]


def test_working_days_are_the_districts() -> None:
    """The New Year's holidays are not counted."""
    assert days("Ответим в течение двух рабочих дней", date(2026, 12, 30)) == ["12.01.2027"]


def test_a_long_sentence_is_cut_between_words() -> None:
    """A control item is a line of a list."""
    found = promised_dates("до 25 ноября " + "заменим насосную станцию " * 40, TODAY, CALENDAR.add_working_days)

    assert len(found[0].what) <= LONGEST
    assert found[0].what.endswith("…")


WORDS = [
    "до",
    "к",
    "в",
    "на",
    "за",
    "через",
    "не",
    "позднее",
    "раньше",
    "течение",
    "конца",
    "следующей",
    "этой",
    "прошлой",
    "неделе",
    "месяце",
    "году",
    "дней",
    "рабочих",
    "часов",
    "недели",
    "трёх",
    "3",
    "25",
    "31",
    "29",
    "12",
    "2026",
    "2027",
    "99",
    "ноября",
    "февраля",
    "декабре",
    "января",
    "пятницу",
    "среду",
    "сегодня",
    "завтра",
    "вечеру",
    "25.11",
    "01.01.2027",
    "2026-02-29",
    "10-дневный",
    "срок",
    "будет",
    "устранили",
    "заменим",
    ".",
    ",",
    "!",
    "–",
    "\n",
]


@given(st.lists(st.sampled_from(WORDS), max_size=14), st.dates(date(2024, 1, 1), date(2031, 12, 31)))
def test_no_promise_is_of_the_past(words: list[str], today: date) -> None:
    """Whatever is written, a promised day is today or later, and the sentence holds some of its words."""
    for promise in promised_dates(" ".join(words), today, lambda start, n: start + timedelta(days=n)):
        assert promise.on >= today
        assert promise.what


@given(st.text(max_size=400))
def test_any_text_may_be_read(text: str) -> None:
    """No text breaks the reading, and no promise is before today."""
    assert all(p.on >= TODAY for p in promised_dates(text, TODAY, CALENDAR.add_working_days))

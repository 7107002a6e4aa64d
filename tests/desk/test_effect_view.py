"""Effects and forecasts are shown in words, in a table and in a picture that say the same."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.effect_view import days_words, effect_view, forecast_view
from desk.pictures_effect import WeekBar, weeks_picture
from preventive.effect import Effect, Part, Span, Verdict, WeekSeen, effect, reached
from preventive.expected import Expected
from preventive.facts import WeekCount

MONDAY = date(2026, 4, 13)
WEEK = timedelta(weeks=1)
COUNTS = st.none() | st.integers(0, 3000)


def _bars(rows: list[tuple[int | None, int | None, int | None]]) -> list[WeekBar]:
    bars = []
    for n, (posts, low, wide) in enumerate(rows):
        high = None if low is None or wide is None else low + wide
        bars.append(WeekBar(MONDAY + n * WEEK, posts, None if high is None else low, high, None))
    return bars


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS), min_size=1, max_size=60), st.data())
def test_any_weeks_are_a_sound_picture(
    rows: list[tuple[int | None, int | None, int | None]], data: st.DataObject
) -> None:
    """Well-formed, without a style attribute, every box inside the frame, and unknown weeks are marked as such."""
    first = data.draw(st.integers(0, len(rows) - 1))
    svg = str(weeks_picture("Сообщения", "сказано", _bars(rows), (first, len(rows) - 1), "кампания"))

    root = ElementTree.fromstring(svg)
    assert root.get("role") == "img"
    assert "style" not in svg
    for box in root.iter("rect"):
        x, y, wide, tall = (float(box.get(name, "nan")) for name in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        assert x + wide <= 640.2
        assert y + tall <= 220
    assert svg.count(">?<") == sum(posts is None for posts, _, _ in rows)


def test_nothing_to_draw() -> None:
    """Without a week there is no picture."""
    assert weeks_picture("Сообщения", "", []) == ""


def test_an_effect_is_told_in_words_and_weeks() -> None:
    """The head is a sentence, each part has its days and bounds, an uncounted week says so."""
    weeks = (WeekSeen(MONDAY, 12, 19, 27), WeekSeen(MONDAY + WEEK, None, None, None))
    part = Part("during", MONDAY, MONDAY + 2 * WEEK - timedelta(days=1), 2, 1, 12, 3, 22.0, 19, 27, weeks)
    empty = Part("after", date.min, date.min, 0, 0, 0, 0)
    view = effect_view(
        Effect(
            Verdict.LESS, "на 38 % меньше обычного, 12 против 19–27 ожидаемых", 12, 19.4, 19, 27, -38, 3, (part, empty)
        )
    )

    (line,) = view.lines
    assert view.head == "На 38 % меньше обычного, 12 против 19–27 ожидаемых."
    assert view.tone == "ok"
    assert (line.name, line.days, line.posts, line.usual) == (
        "во время",
        "13–26 апреля",
        "12 за 1 неделю из 2",
        "19–27",
    )
    assert [(w.days, w.posts, w.usual, w.how) for w in line.weeks] == [
        ("13–19 апреля", "12", "19–27", "less"),
        ("20–26 апреля", "не посчитано", "сказать нельзя", ""),
    ]
    assert "pic-came fewer" in view.picture


@pytest.mark.parametrize(
    ("told", "head"),
    [
        (reached(0, 2, 0, 0), "Сказать нельзя: ни одна публикация кампании не записана."),
        (reached(2, 2, 22, 2), "Вышло 2 из 2 публикаций, 22 просмотра."),
        (
            effect([], Span(MONDAY - 8 * WEEK, MONDAY), Span(MONDAY + WEEK, MONDAY + 2 * WEEK), Span(MONDAY + 3 * WEEK, MONDAY)),
            "Сказать нельзя: посчитано 0 из 2 недель кампании.",
        ),
    ],
)  # fmt: skip
def test_an_effect_without_counts_has_no_picture(told: Effect, head: str) -> None:
    """What is told by reach and what cannot be told is one sentence."""
    assert (effect_view(told).head, effect_view(told).picture) == (head, "")


def test_a_forecast_names_its_fullest_week() -> None:
    """The head tells when most is expected; means stand with one digit while they are small."""
    weeks = [
        Expected(MONDAY, 2.44, 1, 4, 3, "По 3 прошлым годам."),
        Expected(MONDAY + WEEK, 12.6, 8, 18, 3, "По 3 прошлым годам."),
        Expected(MONDAY + 2 * WEEK, None, None, None, 1, "В счёте только один прошлый год: нужно хотя бы два."),
    ]
    view = forecast_view("Дороги", [WeekCount(MONDAY - WEEK, 5, 5)], weeks)

    assert view.told
    assert view.head == "Больше всего ждём 20–26 апреля: 8–18 за неделю."
    assert [(w.posts, w.usual) for w in view.weeks] == [("2,4", "1–4"), ("13", "8–18"), ("сказать нельзя",) * 2]
    assert len(re.findall("pic-mean", str(view.picture))) == 2


@pytest.mark.parametrize(
    ("weeks", "why"),
    [
        ([Expected(MONDAY, None, None, None, 0, "Прошлых лет в счёте нет: нужно хотя бы два.")], "Прошлых лет в счёте нет: нужно хотя бы два."),
        ([], "Недель впереди нет."),
    ],
)  # fmt: skip
def test_a_forecast_that_cannot_be_told_says_why(weeks: list[Expected], why: str) -> None:
    """No picture, no figures, the reason."""
    view = forecast_view("Дороги", [], weeks)

    assert (view.told, view.why, view.picture, view.head) == (False, why, "", "")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 4, 13), date(2026, 4, 19), "13–19 апреля"),
        (date(2026, 4, 27), date(2026, 5, 3), "27 апреля – 3 мая"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 декабря 2026 – 3 января 2027"),
    ],
)
def test_days_are_told_as_people_say_them(first: date, last: date, words: str) -> None:
    """Inside a month, over two months, over the New Year."""
    assert days_words(first, last) == words

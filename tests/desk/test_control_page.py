"""«Контроль» shows every promised day and open part by nearness, each person only theirs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from casework import parts
from desk.control import ControlLine, grouped
from desk.steps.parts import day_term
from storage.find.moves import risk_rows
from storage.find.working import OfRisk
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of

TODAY = date(2026, 11, 18)  # a Wednesday


def version(house: House, risk_id: int) -> int:
    with house.store.read() as tx:
        return risk_rows(tx, [risk_id])[risk_id].version


def today(house: House) -> date:
    return datetime.now(UTC).astimezone(house.profile.timezone).date()


@pytest.fixture(scope="module")
def busy(house: House) -> Iterator[House]:
    """Promises of three blocks, one overdue; a part for the executor, one handed outside."""
    now = datetime.now(UTC)
    head, early = house.work("head"), house.work("head").at(now - timedelta(days=5))

    def plan(risk_id: int, what: str, ahead: int) -> None:
        due = today(house) + timedelta(days=ahead)
        parts.record_measure(
            early, risk_id, version(house, risk_id), kind="planned", what=what, body="Подрядчик", due_on=due
        )

    plan(7, "Засыпать яму", -2)
    plan(5, "Вывезти мусор", 0)
    plan(9, "Залить каток", 40)
    parts.assign(head, 3, version(house, 3), part="котельная", staff_id=house.work("executor").by.id)
    parts.assign(head, 2, version(house, 2), outside="Роспотребнадзор", due_at=now + timedelta(days=30))
    return house


def page(house: House, login: str, query: str = "") -> str:
    return text_of(house.by(login).get(f"/control{query}").text)


def test_nearest_first_and_the_overdue_on_top(busy: House) -> None:
    """Overdue, today, later, without a term: in this order, each with its risk and whose it is."""
    told = page(busy, "officer")

    places = [told.index(words) for words in ("Просрочено: 1", "Сегодня: 1", "Позже: 2", "Без срока: 1")]
    assert places == sorted(places)
    for words in ("Засыпать яму", "просрочено на 2 дня", "Подрядчик", "2026-000007", "Роспотребнадзор"):
        assert words in told, words
    assert "передано: спросить снова" in told
    assert "Мои поручения" not in told


def test_an_executor_sees_their_own_on_top(busy: House) -> None:
    """What is entrusted to this person stands first; other blocks' items are not theirs to see."""
    told = page(busy, "executor")

    assert told.index("Мои поручения: 1") < told.index("котельная") < told.index("Просрочено: 1")
    assert "Залить каток" not in told
    assert "Роспотребнадзор" not in told


def test_a_block_lead_sees_only_the_own_block(busy: House) -> None:
    """The filter offers no other block, and asking for one by address shows nothing of it."""
    told = page(busy, "block_lead", "?block=social")

    assert "Засыпать яму" in told
    assert "Залить каток" not in told
    assert 'name="block"' not in busy.by("block_lead").get("/control").text


def test_the_filter_narrows_to_a_block(busy: House) -> None:
    """A chosen block leaves its items; a block that is not there is no filter."""
    assert "Залить каток" in page(busy, "head", "?block=social")
    assert "Засыпать яму" not in page(busy, "head", "?block=social")
    assert "Засыпать яму" in page(busy, "head", "?block=none")


def test_the_menu_leads_there_who_may_see_risks(busy: House) -> None:
    """«Контроль» is in the menu of whoever sees risks; a technician has neither the entry nor the page."""
    assert 'href="/control" aria-current="page"' in busy.by("reader").get("/control").text
    assert 'href="/control"' not in busy.by("technician").get("/sources").text
    assert busy.by("technician").get("/control").status_code == 403


def line(day: date | None) -> ControlLine:
    return ControlLine("мера", "что", "кто", day, day_term(day, TODAY), OfRisk(1, "2026-000001", "т", 2, None), False)


def test_a_week_ends_with_its_sunday() -> None:
    """Groups are cut by days of the district: yesterday, today, until Sunday, later, no day at all; empty ones are left out."""
    days = [date(2026, 11, d) for d in (17, 18, 19, 22, 23)]

    found = grouped([line(d) for d in [*days, None]], TODAY)

    assert [(g.title, [one.day for one in g.lines]) for g in found] == [
        ("Просрочено", [days[0]]),
        ("Сегодня", [days[1]]),
        ("На этой неделе", [days[2], days[3]]),
        ("Позже", [days[4]]),
        ("Без срока", [None]),
    ]
    assert [g.title for g in grouped([line(days[1])], TODAY)] == ["Сегодня"]


@pytest.mark.parametrize(
    ("ahead", "words", "tone"),
    [
        (-2, "просрочено на 2 дня", "late"),
        (-1, "просрочено на 1 день", "late"),
        (0, "сегодня", "soon"),
        (1, "завтра", "soon"),
        (5, "через 5 дней", "calm"),
    ],
)
def test_a_day_in_words(ahead: int, words: str, tone: str) -> None:
    """A promised day is told by how near it is, and louder the nearer."""
    term = day_term(TODAY + timedelta(days=ahead), TODAY)

    assert (term.text, term.tone) == (words, tone)

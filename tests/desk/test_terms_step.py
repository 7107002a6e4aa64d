"""The card shows each clock with what is left, lets the head stop one for a reason, and hands out a whole history."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework import terms
from storage.tables import risk_event
from tests.desk.conftest import House
from tests.desk.test_card_page import send
from tests.desk.test_queue_page import text_of


@pytest.fixture(scope="module")
def timed(house: House) -> House:
    """The house with the clocks of risks 3, 5 and 6 started ten minutes ago."""
    then = house.work().at(house.work().now - timedelta(minutes=10))
    with house.store.write() as tx:
        for risk_id in (3, 5, 6):
            terms.restart_terms(tx, then, risk_id)
    return house


def step(house: House, login: str, risk_id: int, name: str = "terms") -> str:
    """The folded part of one step: its heading, and its section up to the next step."""
    page = house.by(login).get(f"/risk/{risk_id}").text
    found = re.search(
        rf'<details class="sheet step [a-z]+"[^>]*><summary><h2 id="h-{name}".*?</section>', page, re.DOTALL
    )
    return found.group(0) if found else ""


def clock_id(house: House, risk_id: int, label: str) -> str:
    found = re.search(rf'<li id="term-(\d+)"><b>{label}', step(house, "head", risk_id))
    assert found
    return found[1]


def test_each_clock_is_shown_with_what_is_left(timed: House) -> None:
    """Every clock owed has its words, its moment and a bar; the strip names the nearest; who may not stop it sees no form."""
    part = step(timed, "officer", 3)

    told = text_of(part)
    assert "Сказать «проверяем» осталось 49 мин" in told
    assert "Проверка факта осталось 1 ч 49 мин" in told
    assert "Окончательный ответ осталось" in told
    assert part.count('class="pic-term') == 4
    assert "Приостановить" not in told
    assert "сказать «проверяем»: осталось 49" in text_of(timed.by("officer").get("/risk/3").text)


def test_a_risk_without_clocks_has_no_step(timed: House) -> None:
    """Before the worker came by there is nothing to show."""
    assert step(timed, "head", 4) == ""


def test_a_clock_is_stopped_and_let_go_on(timed: House) -> None:
    """The reason is seen by everybody; after the pause the card tells how long it stood."""
    clock = clock_id(timed, 5, "Проверка факта")
    answer = send(timed, "head", "5/terms/pause", deadline=clock, reason="ждём заключение лаборатории")
    assert answer.headers["location"].endswith("/risk/5#terms")

    seen = text_of(step(timed, "reader", 5))
    assert "приостановлен" in seen
    assert "Почему стоит: «ждём заключение лаборатории»" in seen

    send(timed, "head", "5/terms/resume", deadline=clock)
    after = text_of(step(timed, "reader", 5))
    assert "стоял с" in after
    assert "«ждём заключение лаборатории»" in after
    past = text_of(timed.by("reader").get("/risk/5").text)
    assert "срок приостановлен — head" in past
    assert "срок возобновлён — head" in past


def test_a_pause_without_a_reason_keeps_the_form(timed: House) -> None:
    """The refused form is shown again, open, with the error beside it; nothing stands."""
    clock = clock_id(timed, 6, "Проверка факта")
    answer = send(timed, "head", "6/terms/pause", deadline=clock, reason=" ")

    assert answer.status_code == 422
    assert "Укажите: почему срок приостановлен" in text_of(answer.text)
    assert re.search(rf'id="term-{clock}".*?<details open>', answer.text, re.S)
    assert "приостановлен" not in text_of(step(timed, "head", 6))


def test_an_officer_may_not_stop_a_clock(timed: House) -> None:
    """The act belongs to head, curator and coordinator; the server says so whatever the page shows."""
    clock = clock_id(timed, 6, "Проверка факта")
    browser = timed.by("officer")

    assert browser.post("/risk/6/terms/pause", {"deadline": clock, "reason": "так", "version": "1"}).status_code == 403


def test_the_history_is_whole_and_handed_out(timed: House) -> None:
    """The badge says that the chain holds; both files come with their names, and only to who may take them."""
    assert "цепочка цела" in text_of(step(timed, "reader", 3, "history"))
    table = timed.by("reader").get("/risk/3/history/csv")
    whole = timed.by("reader").get("/risk/3/history/json")

    assert (table.status_code, whole.status_code) == (200, 200), table.text
    assert table.headers["content-disposition"] == 'attachment; filename="history-2026-000003.csv"'
    assert table.text.startswith("\ufeffКогда;Кто;Что;")
    assert "найден" in table.text
    told = json.loads(whole.text)
    assert (told["chain_is_whole"], told["events"][0]["kind"]) == (True, "found")
    assert timed.by("executor").get("/risk/3/history/csv").status_code == 403
    assert "Выгрузить" not in step(timed, "executor", 3, "history")
    assert timed.by("head").get("/risk/999/history/json").status_code == 404


def test_a_changed_history_is_told(timed: House) -> None:
    """Once somebody rewrites an event in the base, the card says at which one and what to do."""
    with timed.store.write() as tx:
        event = tx.execute(sa.select(sa.func.min(risk_event.c.id)).where(risk_event.c.risk_id == 8)).scalar_one()
        tx.execute(sa.update(risk_event).where(risk_event.c.id == event).values(note="другое"))

    part = step(timed, "reader", 8, "history")
    assert part.startswith('<details class="sheet step trouble"')
    assert f"на записи № {event}: запись изменена" in text_of(part)

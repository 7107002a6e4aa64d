"""The technician makes accounts in the browser; passwords are shown once; rights change at once."""

from __future__ import annotations

import re

import pytest

from tests.desk import build
from tests.desk.conftest import House
from tests.desk.test_login import sign_in
from tests.desk.test_queue_page import text_of


def test_an_account_is_made_and_its_password_is_shown_once(house: House) -> None:
    """The one-time password stands on the answer alone, opens the door once, and is nowhere afterwards."""
    technician = house.by("technician")

    made = technician.post("/staff/add", {"login": "Smena1", "name_shown": "Дежурный, смена 1", "role": ["officer"]})

    found = re.search(r'class="secret"[^>]*>([^<]+)<', made.text)
    assert found
    assert made.headers["cache-control"] == "no-store"
    assert found[1] not in technician.get("/staff").text
    assert "ещё не входил" in text_of(technician.get("/staff").text)
    assert sign_in(house.stranger(), "smena1", found[1]).headers["location"] == "/me"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"login": "ы"}, "не годится"),
        ({"login": "officer"}, "уже занят"),
        ({"role": []}, "хотя бы одну роль"),
        ({"role": ["block_lead"]}, "нужен хотя бы один отраслевой блок"),
        ({"role": ["king"]}, "Неизвестно: king"),
        ({"name_shown": " "}, "Укажите, как показывать"),
    ],
)
def test_a_mistake_is_named_and_the_form_stays(house: House, changes: dict[str, object], why: str) -> None:
    """What is wrong is told; what was typed is still there."""
    values = {"login": "fresh", "name_shown": "Новый дежурный", "role": ["officer"]} | changes

    answer = house.by("technician").post("/staff/add", values)

    assert answer.status_code == 422
    assert why in answer.text
    if "name_shown" not in changes:
        assert 'value="Новый дежурный"' in answer.text


def test_a_role_taken_away_closes_its_doors_at_once(house: House) -> None:
    """The next page of who lost a role is refused, and the journal tells who did it."""
    number = build.add_staff(house.store, "mover", ["officer"])
    mover, technician = house.by("mover"), house.by("technician")
    assert "Взять 5 верхних" in mover.get("/").text

    technician.post(f"/staff/{number}/change", {"name_shown": "Mover", "role": ["reader"]})

    assert "Взять 5 верхних" not in mover.get("/").text
    assert mover.post("/queue/take", {"risk": ["1"]}).status_code == 403
    page = text_of(technician.get(f"/staff/{number}").text)
    assert "роли или блоки изменены — technician" in page


def test_switching_off_ends_the_session_and_on_gives_a_new_password(house: House) -> None:
    """A switched-off account is out with its next page; switched on again it has a new one-time password."""
    number = build.add_staff(house.store, "sleeper", ["reader"])
    sleeper, technician = house.by("sleeper"), house.by("technician")

    technician.post(f"/staff/{number}/off")

    assert sleeper.get("/").status_code == 303
    back = technician.post(f"/staff/{number}/on")
    assert 'class="secret"' in back.text
    assert 'class="secret"' in technician.post(f"/staff/{number}/reset").text


def test_the_last_technician_cannot_lock_everybody_out(house: House) -> None:
    """Switching off the only technician is refused with the mend."""
    number = house.work("technician").by.id

    answer = house.by("technician").post(f"/staff/{number}/off")

    assert answer.status_code == 422
    assert "последний технический специалист" in answer.text
    assert house.by("technician").get("/staff").status_code == 200


def test_an_account_that_is_not_there(house: House) -> None:
    """An unknown account is told plainly."""
    answer = house.by("technician").get("/staff/99999999999999999999")

    assert answer.status_code == 404

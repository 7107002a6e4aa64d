"""A supervisor learns whether the process lives and whether it can work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import sqlalchemy as sa
from structlog.testing import capture_logs

from casework.heartbeat import beat
from storage.engine import Store
from tests.desk.conftest import House


def test_alive_and_ready(house: House) -> None:
    """A migrated database answers «ok», tells how many alerts wait and when the worker last beat."""
    client = house.stranger()
    beat(house.work(), "alerts")

    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["database"] == "ok"
    assert ready.json()["alerts_waiting"] == 0
    assert 0 <= ready.json()["worker"]["alerts"] <= 5


def test_not_ready_without_its_database(house: House) -> None:
    """Without a database the process is alive and not ready, and the pages say so without their inside."""

    class Broken(Store):
        @contextmanager
        def read(self) -> Iterator[sa.Connection]:
            raise OSError("секретный путь к базе")
            yield

    officer = house.by("officer")
    before = house.app.state.desk
    house.app.state.desk = replace(before, store=Broken("sqlite:////nowhere/at/all.sqlite3"))
    try:
        client = house.stranger()
        alive, ready = client.get("/healthz"), client.get("/readyz")
        page = officer.get("/")
    finally:
        house.app.state.desk = before

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["status"] == "not ready"
    assert page.status_code == 500
    assert "назовите техническому специалисту номер" in page.text
    assert "секретный" not in page.text + ready.text
    assert page.headers["content-security-policy"]


def test_a_fault_is_logged_by_its_kind_and_place_only(house: House) -> None:
    """The log gets the number that the page shows, the kind and the place of a fault, and not one word of its message."""
    officer, before = house.by("officer"), house.app.state.desk

    class Telling(Store):
        @contextmanager
        def read(self) -> Iterator[sa.Connection]:
            raise ValueError("Иванова с улицы Мира жалуется")
            yield

    house.app.state.desk = replace(before, store=Telling("sqlite://"))
    try:
        with capture_logs() as logs:
            page = officer.get("/")
    finally:
        house.app.state.desk = before

    line = next(entry for entry in logs if entry["event"] == "page failed")
    assert line["number"] in page.text
    assert line["error"] == "ValueError"
    assert any("visit.py" in place for place in line["places"])
    assert "Иванова" not in str(logs) + page.text

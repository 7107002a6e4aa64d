"""The commands about history and growth answer in Russian or in JSON, and a broken chain is an error that names its place."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from district.settings import Settings
from otklik.wiring import build
from storage.tables import risk, risk_event
from tests.otklik.conftest import Shell


@pytest.fixture
def own_shell(demo_shell: Shell, tmp_path: Path) -> Shell:
    """A copy of the demo installation, to be spoiled."""
    shutil.copytree(demo_shell.home, tmp_path / "var")
    return Shell(tmp_path / "var")


def first_number(shell: Shell) -> str:
    return str(shell.ask("queue", "--limit", "1")["rows"][0]["number"])


def test_the_demo_history_is_whole(demo_shell: Shell) -> None:
    """All risks of the demo month hold; one alone may be asked for by its number."""
    told = demo_shell.ask("history", "verify")
    one = demo_shell.ask("history", "verify", first_number(demo_shell))

    assert (told["ok"], told["broken"], told["risks"] > 20, told["events"] > told["risks"]) == (True, [], True, True)
    assert (one["ok"], one["risks"]) == (True, 1)
    plain = demo_shell("history", "verify")
    assert plain.exit_code == 0
    assert plain.stdout.strip().endswith("Цепочка цела.")


def test_a_spoiled_history_is_an_error(own_shell: Shell) -> None:
    """The command names risk and event, in words and in JSON, and ends with 1."""
    house = build(Settings(_env_file=None, home=own_shell.home, profile=own_shell.profile))  # type: ignore[call-arg]
    with house.store.write() as tx:
        event = tx.execute(sa.select(sa.func.min(risk_event.c.id))).scalar_one()
        tx.execute(sa.update(risk_event).where(risk_event.c.id == event).values(note="другое"))
        owner = tx.execute(sa.select(risk_event.c.risk_id).where(risk_event.c.id == event)).scalar_one()
        number = tx.execute(sa.select(risk.c.number).where(risk.c.id == owner)).scalar_one()
    house.close()

    done = own_shell("history", "verify")
    assert done.exit_code == 1
    assert f"✗ Риск {number}, запись № {event}: запись изменена" in done.stdout
    assert "резервной копией" in done.stdout
    asked = own_shell("history", "verify", "--json")
    assert (asked.exit_code, json.loads(asked.stdout)["broken"][0]["event_id"]) == (1, event)
    exported = own_shell("history", "export", number)
    assert exported.exit_code == 1
    assert json.loads(exported.stdout)["chain_is_whole"] is False


def test_a_history_is_exported(own_shell: Shell) -> None:
    """JSON holds the links, CSV is a table in the words of the card; the export is in the journal as the machine's."""
    number = first_number(own_shell)

    told = json.loads(own_shell("history", "export", number).stdout)
    table = own_shell("history", "export", number, "--format", "csv").stdout

    assert (told["risk"]["number"], told["chain_is_whole"]) == (number, True)
    assert told["events"][0]["prev_hash"] == ""
    assert len(told["events"][0]["hash"]) == 64
    assert table.startswith("\ufeffКогда;Кто;Что;Что изменилось;Примечание;Отпечаток")
    assert "найден" in table


@pytest.mark.parametrize("command", [("history", "export"), ("history", "verify")])
def test_an_unknown_number_is_told(demo_shell: Shell, command: tuple[str, str]) -> None:
    """A number that no risk has ends with one clear line."""
    done = demo_shell(*command, "2020-000001")

    assert done.exit_code == 1
    assert "Риска с номером 2020-000001 нет" in done.stderr


def test_growth_is_told(demo_shell: Shell) -> None:
    """The topics come with verdict, figures, voices, places and hours; the table has the verdict on the district."""
    told = demo_shell.ask("growth")

    assert told["verdict"] in ("tense", "usual", "calmer")
    heating = next(t for t in told["topics"] if t["topic"] == "housing")
    assert heating["voices"] >= 3
    assert len(heating["hours"]) == 24
    assert heating["places"]
    plain = demo_shell("growth")
    assert plain.exit_code == 0
    assert "ЖКХ" in plain.stdout
    assert "В округе:" in plain.stdout

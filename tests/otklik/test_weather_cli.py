"""Weather and documents from the command line: a day by hand, files with every bad row named, what the profile names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from district.settings import Settings
from otklik.schedule import Worker
from otklik.wiring import build
from storage.find.facts import weather_between
from tests.otklik.conftest import ROOT, Shell
from tests.peers.serving import serving
from tests.peers.web import Site


@pytest.fixture
def ready(shell: Shell) -> Shell:
    """An installation with empty tables."""
    assert shell("upgrade").exit_code == 0
    return shell


def named(shell: Shell, tmp_path: Path, kind: str, address: str) -> Shell:
    """The same installation with a profile that names where the weather is from."""
    text = (ROOT / "district" / "demo.toml").read_text(encoding="utf-8")
    path = tmp_path / "named.toml"
    path.write_text(f'{text}\n[prevention.weather]\nkind = "{kind}"\naddress = "{address}"\n', encoding="utf-8")
    return Shell(shell.home, path)


def test_a_day_is_added_and_filled(ready: Shell) -> None:
    """Values come with commas and any spelling of the day; a second command leaves what it does not tell."""
    first = ready.ask("weather", "add", "20.11.2025", "--mean", "-3,2", "--snow", "4")
    second = ready.ask("weather", "add", "2025-11-20", "--rain", "1.5")
    assert first["snow_cm"] == 4.0
    assert second == {
        "day": "2025-11-20", "mean": -3.2, "low": None, "high": None, "rain_mm": 1.5, "snow_cm": 4.0, "mean_is_counted": False,
    }  # fmt: skip
    plain = ready("weather", "add", "2025-11-21", "--min", "-6", "--max", "1")
    assert "средняя −2,5 (посчитана)" in plain.stdout


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (("2025-11-20",), "нет ни одного значения"),
        (("вчера", "--mean", "1"), "не день"),
        (("2025-11-20", "--mean", "много"), "не число"),
        (("2025-11-20", "--mean", "99"), "бывает от −70 до 60"),
        (("2199-01-01", "--mean", "1"), "14 дней"),
    ],
)
def test_a_wrong_day_ends_with_one_line(ready: Shell, told: tuple[str, ...], words: str) -> None:
    """The command says what is wrong and how to mend it, and ends with 1."""
    done = ready("weather", "add", *told)
    assert done.exit_code == 1
    assert words in " ".join(done.output.split())


def test_a_file_is_read_with_every_bad_row_named(ready: Shell, tmp_path: Path) -> None:
    """Good rows are written, bad ones are named in words and in JSON."""
    file = tmp_path / "погода.csv"
    file.write_bytes("Дата;Средняя;Осадки\n20.11.2025;-3,2;0\n21.11.2025;99;0\nвчера;1;1\n".encode("cp1251"))
    plain = ready("weather", "read", str(file))
    assert plain.exit_code == 0
    assert "✗ строка 3: 21.11.2025: средняя — 99" in plain.stdout
    assert "✗ строка 4: «вчера» — не день" in plain.stdout
    assert "Прочитано: 2 дня, новых и изменённых 1, не принято строк 2." in plain.stdout
    told = ready.ask("weather", "read", str(file))
    assert (told["ok"], told["written"], told["refused"], [r["row"] for r in told["rows"]]) == (True, 0, 2, [3, 4])


def test_a_file_that_is_no_table_ends_the_command(ready: Shell, tmp_path: Path) -> None:
    """A file without days is named with the reason; so are a missing file and a profile that names none."""
    file = tmp_path / "w.csv"
    file.write_text("<html>", encoding="utf-8")
    told = {
        ("weather", "read", str(file)): "страница сайта", ("decree", "read", str(file)): "страница сайта",
        ("weather", "read", str(tmp_path / "net.csv")): "net.csv", ("weather", "read"): "[prevention.weather]",
    }  # fmt: skip
    for command, words in told.items():
        done = ready(*command)
        assert (done.exit_code, words in " ".join(done.output.split())) == (1, True), done.output


def test_the_file_of_the_profile_is_read_now(ready: Shell, tmp_path: Path) -> None:
    """Without a file the command reads what the profile names, inside the installation's folder."""
    other = named(ready, tmp_path, "file", "pogoda.csv")
    assert "нет в папке OTKLIK_HOME" in " ".join(other("weather", "read").output.split())
    (ready.home / "pogoda.csv").write_text("date;mean\n2025-11-20;1\n", encoding="utf-8")
    assert other.ask("weather", "read")["written"] == 1
    (ready.home / "pogoda.csv").write_text("<html>", encoding="utf-8")
    done = other("weather", "read")
    assert (done.exit_code, "страница сайта" in " ".join(done.output.split())) == (1, True)


@pytest.fixture
def site() -> Iterator[tuple[Site, int]]:
    made = Site()
    with serving(made.app()) as port:
        yield made, port


def test_the_feed_of_the_profile_is_read_now(ready: Shell, tmp_path: Path, site: tuple[Site, int]) -> None:
    """The feed is asked through the guard, without waiting for the next day."""
    peer, port = site
    peer.give("/dni.json", json.dumps([{"date": "2025-11-20", "mean": 1}]), "application/json")
    allowed = {"OTKLIK_ALLOW_INTERNAL": f"127.0.0.1:{port}"}
    other = named(ready, tmp_path, "feed", f"http://127.0.0.1:{port}/dni.json")
    assert other.ask("weather", "read", **allowed)["written"] == 1
    assert "/dni.json" in peer.asked


def test_documents_are_read_and_listed(ready: Shell, tmp_path: Path) -> None:
    """A table of documents is taken in once, bad rows are named, the list tells which hold."""
    file = tmp_path / "docs.csv"
    file.write_text(
        "предмет;номер;название;дата;действует с;действует по\n"
        "thin-ice-autumn;512;О запрете выхода на лёд;20.11.2025;21.11.2025;14.12.2025\n"
        "Весенний паводок;7;О режиме;01.04.2025;;\n"
        "Весенний паводок;8;О режиме;01.04.2025;;31.03.2025\n",
        encoding="utf-8",
    )
    plain = ready("decree", "read", str(file))
    assert "Внесено 2, уже были 0, не принято строк 1." in plain.stdout
    assert "✗ строка 4: Последний день действия 31.03.2025 раньше первого" in plain.stdout
    again = ready.ask("decree", "read", str(file))
    assert (again["added"], again["known"], len(again["refused"])) == ([], 2, 1)
    rows = ready.ask("decree", "list")
    assert [(r["number"], r["subject"], r["holds_today"]) for r in rows] == [
        ("7", "flood", True), ("512", "thin-ice-autumn", False),
    ]  # fmt: skip
    listed = ready("decree", "list").stdout
    assert "действует № 7: Весенний паводок, с 01.04.2025, пока не закрыт — О режиме" in listed


def test_an_empty_list_says_so(ready: Shell) -> None:
    """Without documents the list is one sentence, and empty in JSON."""
    assert "Документов нет." in ready("decree", "list").stdout
    assert ready.ask("decree", "list") == []


def test_the_worker_reads_the_file_by_itself(ready: Shell, tmp_path: Path) -> None:
    """The loop of the weather takes in the file of the profile without being asked."""
    other = named(ready, tmp_path, "file", "pogoda.csv")
    (ready.home / "pogoda.csv").write_text("date;mean\n2025-11-20;1\n", encoding="utf-8")
    house = build(Settings(_env_file=None, home=other.home, profile=other.profile))  # type: ignore[call-arg]
    try:
        Worker(house)._weather()
        with house.store.read() as tx:
            assert [d.mean for d in weather_between(tx, date(2025, 11, 1), date(2025, 11, 30))] == [1.0]
    finally:
        house.close()

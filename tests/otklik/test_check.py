"""`otklik check` tells in Russian what is ready, what is missing, and the mend; it never raises."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine

from casework.secrets import add_account
from casework.sources import pause
from district.settings import Settings
from otklik import check as checking
from otklik.check import Point, Verdict, check, strangers
from otklik.cli_accounts import TECHNICIAN
from otklik.wiring import House, build
from storage.keep.runs import start_run
from storage.upgrade import newest_revision
from tests.otklik.conftest import ROOT, Shell

At = Callable[..., Settings]


@pytest.fixture
def at(tmp_path: Path) -> At:
    """Settings of an installation in a folder of its own."""

    def made(**changes: object) -> Settings:
        return Settings(_env_file=None, **{"home": tmp_path / "var", **changes})  # type: ignore[arg-type]

    return made


@pytest.fixture
def house(at: At, real_profile: Path) -> House:
    """A real district's installation that has just been set up."""
    made = build(at(profile=real_profile))
    made.close()
    return made


def _point(settings: Settings, name: str) -> Point:
    return next(p for p in check(settings) if p.name == name)


def test_a_fresh_folder_says_what_to_do(at: At) -> None:
    """Before the first start the profile, disk and clock are ready, the tables are not, and the mend is a command."""
    points = {p.name: p for p in check(at())}

    assert {n: p.verdict for n, p in points.items()} == {
        "Комнаты": Verdict.OK,
        "Профиль": Verdict.OK,
        "База данных": Verdict.BAD,
        "Диск": Verdict.OK,
        "Часы": Verdict.OK,
        "Ключи": Verdict.WARN,
    }
    assert (points["База данных"].found, points["База данных"].mend) == ("таблиц ещё нет", "otklik upgrade")


def test_the_demo_is_ready(demo_shell: Shell) -> None:
    """In the demo's house nothing is bad; what is only missing for real work is a remark, and the command ends well."""
    told = demo_shell.ask("check")
    done = demo_shell("check")

    assert {p["verdict"] for p in told} == {"ok", "warn"}
    assert [p for p in told if p["verdict"] == "warn" and p["name"] == "Доступ" and not p["mend"]] == []
    database = next(p for p in told if p["name"] == "База данных")
    assert (database["verdict"], database["found"].startswith("SQLite 3.")) == ("ok", True)
    assert done.exit_code == 0
    assert all(label in done.stdout for label in ("готово", "внимание"))


@pytest.mark.postgres
def test_postgresql_is_named(at: At, postgres_url: str) -> None:
    """The kind of database and its tables are told; no password of its address is."""
    settings = at(database_url=postgres_url)
    build(settings).close()

    assert _point(settings, "База данных") == Point(
        "База данных", Verdict.OK, f"postgresql, таблицы {newest_revision()}"
    )


def test_each_platform_says_whether_it_can_be_read(at: At, house: House) -> None:
    """Accounts are listed with what they may read; a platform without a key says how to get one."""
    settings = house.settings
    work = house.work(by=TECHNICIAN)
    add_account(work, settings, "vk-main", "vk", "user", "секрет-ключа", ("wall", "comments"), gap_s=0.4)
    house.close()
    points = [p for p in check(settings) if p.name == "Доступ"]

    (vk,) = [p for p in points if p.found.startswith("vk")]
    assert vk.verdict is Verdict.OK
    assert "vk-main (vk): может читать wall, comments" in vk.found
    assert {p.mend for p in points if p.verdict is Verdict.WARN} == {
        "otklik account add telegram",
        "otklik account add max",
        "задайте OTKLIK_BOT_TOKEN",
    }
    assert "секрет" not in str(points)


def test_sources_tell_of_long_silence_and_stops(house: House) -> None:
    """Sources that were not read for a day are named; a paused one is not counted as read."""
    work = house.work(by=TECHNICIAN)
    from casework.source_sync import sync_profile_sources

    sync_profile_sources(work)
    pause(work, "vk-typical", "проверка")
    with house.store.write() as tx:
        start_run(tx, "vk-podslushano", work.now, "host:1:1")
    house.close()

    assert _point(house.settings, "Источники").found == "источников 12, читаются 11"
    late = _point(house.settings, "Обход")
    assert late.verdict is Verdict.WARN
    assert "vk-kamenny-bor" in late.found
    assert "vk-podslushano" not in late.found
    assert "vk-typical" not in late.found


def test_a_broken_profile_is_bad(at: At, tmp_path: Path) -> None:
    """The mistakes stand in the line, and the mend is the command that lists them."""
    (tmp_path / "broken.toml").write_text('name = "Округ"\n', encoding="utf-8")
    point = _point(at(profile=tmp_path / "broken.toml"), "Профиль")

    assert point.verdict is Verdict.BAD
    assert point.mend.startswith("otklik profile check")


def test_a_newer_database_is_bad(at: At, house: House) -> None:
    """A database of a newer program is refused with both versions."""
    with house.store.write() as tx:
        tx.exec_driver_sql("update alembic_version set version_num = '9999'")
    house.close()
    point = _point(house.settings, "База данных")

    assert point.verdict is Verdict.BAD
    assert "9999" in point.found


@pytest.mark.parametrize("url", ["nonsense", "postgresql+psycopg://otklik:secret@127.0.0.1:1/none"])
def test_a_database_that_does_not_answer_is_bad(at: At, url: str) -> None:
    """What the driver raised is named by its kind, without the address and its password."""
    point = _point(at(database_url=url), "База данных")

    assert point.verdict is Verdict.BAD
    assert "не открывается" in point.found
    assert "secret" not in str(point)


def test_an_old_sqlite_is_a_remark(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite older than the one without the known fault works, with a warning and the mend."""
    monkeypatch.setattr(checking, "_SAFE_SQLITE", (99, 0, 0))
    point = _point(house.settings, "База данных")

    assert (point.verdict, point.mend) == (Verdict.WARN, "поставьте библиотеку pysqlite3")


def test_keys_that_others_can_read_are_bad(at: At) -> None:
    """The file of keys must be its owner's alone."""
    settings = at()
    settings.key_file.parent.mkdir(parents=True)
    settings.key_file.write_text("")
    settings.key_file.chmod(0o644)
    open_ones = _point(settings, "Ключи")
    settings.key_file.chmod(0o600)

    assert (open_ones.verdict, open_ones.mend) == (Verdict.BAD, f"chmod 600 {settings.key_file}")
    assert _point(settings, "Ключи").verdict is Verdict.OK


def test_a_full_disk_is_bad(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less than a gigabyte free is told before the database stops writing."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5e8))

    assert _point(at(), "Диск").verdict is Verdict.BAD


def test_a_clock_of_the_past_is_bad(at: At) -> None:
    """A clock that stands before this release would count every deadline wrong."""
    with time_machine.travel(datetime(2020, 1, 1, tzinfo=UTC), tick=False):
        assert _point(at(), "Часы").verdict is Verdict.BAD


def test_a_foreign_package_in_our_rooms_is_bad(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    """pip lets two packages own one folder: a stranger in a room is named."""
    owners = {"risk": ["otklik", "riskfolio"], "texts": ["otklik"], "numpy": ["numpy"]}
    assert strangers(owners) == {"risk": ["riskfolio"]}

    monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: owners)
    point = _point(at(), "Комнаты")
    assert (point.verdict, "riskfolio" in point.found) == (Verdict.BAD, True)


def test_every_room_is_watched() -> None:
    """The list of rooms is the list of the project's packages."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert set(checking.ROOMS) == packages


def test_the_ring_is_told_of_when_it_is_asked_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who has set OTKLIK_RING_POSTS learns whether it works yet; nobody else reads of it."""
    asked = house.settings.model_copy(update={"ring_posts": 2_000_000})

    assert "включится с 1000000" in _point(asked, "Кольцо ключей").found
    assert "300 МБ" in _point(asked, "Кольцо ключей").found
    monkeypatch.setattr(checking, "LEAST_POSTS", 0)
    assert _point(asked, "Кольцо ключей").found.startswith("включено")
    assert "Кольцо ключей" not in [point.name for point in check(house.settings)]


def test_a_chat_without_its_setting_is_named(at: At, tmp_path: Path) -> None:
    """A profile that tells a mail address and a MAX chat says which settings they wait for; with them it is silent."""
    text = (ROOT / "district" / "demo.toml").read_text(encoding="utf-8")
    more = (
        '\n[[chats]]\nid = "mail"\nname = "Почта главы"\nkind = "email"\naddress = "glava@okrug.example.org"\n'
        '\n[[chats]]\nid = "max"\nname = "Чат MAX"\nkind = "max"\naddress = "-1"\n'
    )
    profile = tmp_path / "demo.toml"
    profile.write_text(text + more, encoding="utf-8")

    bare = [p for p in check(at(profile=profile)) if p.name == "Чаты"]
    full = [p for p in check(at(profile=profile, smtp_url="smtp://mail.example:25", max_token="t")) if p.name == "Чаты"]

    assert [(p.verdict, p.mend) for p in bare] == [
        (Verdict.WARN, "задайте OTKLIK_SMTP_URL"), (Verdict.WARN, "задайте OTKLIK_MAX_TOKEN"),
    ]  # fmt: skip
    assert "Почта главы" in bare[0].found
    assert full == []

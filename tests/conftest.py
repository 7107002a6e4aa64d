"""What every test may ask for: a private PostgreSQL, stores on both databases, the demo profile, the measuring data."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("OTKLIK_SHARED", ROOT.parent / "shared"))
PG_USER = "otklik"


def _pg_bin() -> Path | None:
    """Find the server's own programs (Debian keeps them outside PATH); the newest version wins."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: p.parent.name, reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _demote() -> tuple[Callable[[], None] | None, tuple[int, int] | None]:
    """PostgreSQL refuses to run as root: give it to the system's `postgres` or `nobody` user then."""
    if os.geteuid() != 0:
        return None, None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue

        def drop(uid: int = entry.pw_uid, gid: int = entry.pw_gid) -> None:
            os.setgroups([])
            os.setgid(gid)
            os.setuid(uid)

        return drop, (entry.pw_uid, entry.pw_gid)
    return None, None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A private PostgreSQL on loopback for this run; yields the address of its `postgres` database."""
    binaries = _pg_bin()
    if binaries is None:
        pytest.skip("нет сервера PostgreSQL: sudo apt-get install postgresql")
    drop, owner = _demote()
    folder = Path(tempfile.mkdtemp(prefix="otklik-pg-"))
    if owner:
        os.chown(folder, *owner)
    data, port = folder / "data", _free_port()
    env = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", PG_USER, "--auth=trust", "--encoding=UTF8", "--no-sync"],
            check=True, capture_output=True, preexec_fn=drop, env=env, cwd=folder,
        )  # fmt: skip
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off -c full_page_writes=off"
        subprocess.run(
            [binaries / "pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"],
            check=True, capture_output=True, preexec_fn=drop, env=env, cwd=folder,
        )  # fmt: skip
        yield f"postgresql+psycopg://{PG_USER}@127.0.0.1:{port}/postgres"
    finally:
        if data.exists():
            subprocess.run(
                [binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"],
                capture_output=True, preexec_fn=drop, env=env, cwd=folder, check=False,
            )  # fmt: skip
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database of its own for one test."""
    import psycopg

    plain = postgres_server.replace("+psycopg", "")
    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(plain, autocommit=True) as con:
        con.execute(f"create database {name}")  # type: ignore[arg-type]
    yield postgres_server.rsplit("/", 1)[0] + "/" + name
    with psycopg.connect(plain, autocommit=True) as con:
        con.execute(f"drop database if exists {name} with (force)")  # type: ignore[arg-type]


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A new SQLite file for one test."""
    return f"sqlite:///{tmp_path / 'otklik.sqlite3'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def store(database_url: str) -> Iterator[object]:
    """A migrated store on SQLite and on PostgreSQL in turn."""
    from storage.engine import Store
    from storage.upgrade import upgrade

    upgrade(database_url)
    opened = Store(database_url)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[object]:
    """A migrated store on SQLite only, for tests in which the database does not matter."""
    from storage.engine import Store
    from storage.upgrade import upgrade

    upgrade(sqlite_url)
    opened = Store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def demo_profile() -> object:
    """The fictional district that the product ships."""
    from district.load import load_profile

    return load_profile(ROOT / "district" / "demo.toml")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real texts to measure on; they are not part of the project."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip(f"нет папки с данными для измерений: задайте OTKLIK_SHARED (ищу {folder})")
    return folder

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
from hypothesis import settings

# A landing must not fail on another day's dice: the examples of a run are fixed by the test's own text.
# Looking for new ones is a run of its own: pytest --hypothesis-profile=search
settings.register_profile("fixed", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True, max_examples=3000)
settings.load_profile("fixed")

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


# The migrations run once per kind of database; each test gets a copy of their result (they have tests of their own).
@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from storage.upgrade import upgrade

    path = tmp_path_factory.mktemp("migrated") / "otklik.sqlite3"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def _migrated_postgres(postgres_server: str) -> str:
    import psycopg

    from storage.upgrade import upgrade

    name = f"migrated{os.urandom(4).hex()}"
    with psycopg.connect(postgres_server.replace("+psycopg", ""), autocommit=True) as con:
        con.execute(f"create database {name}")  # type: ignore[arg-type]
    upgrade(postgres_server.rsplit("/", 1)[0] + "/" + name)
    return name


@pytest.fixture
def migrated_sqlite_url(_migrated_sqlite: Path, tmp_path: Path) -> str:
    """A new SQLite file that holds the tables already."""
    path = tmp_path / "migrated.sqlite3"
    shutil.copyfile(_migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def migrated_postgres_url(postgres_server: str, _migrated_postgres: str) -> Iterator[str]:
    """A database of its own that holds the tables already."""
    import psycopg

    plain = postgres_server.replace("+psycopg", "")
    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(plain, autocommit=True) as con:
        con.execute(f"create database {name} template {_migrated_postgres}")  # type: ignore[arg-type]
    yield postgres_server.rsplit("/", 1)[0] + "/" + name
    with psycopg.connect(plain, autocommit=True) as con:
        con.execute(f"drop database if exists {name} with (force)")  # type: ignore[arg-type]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Iterator[object]:
    """A migrated store on SQLite and on PostgreSQL in turn."""
    from storage.engine import Store

    opened = Store(str(request.getfixturevalue(f"migrated_{request.param}_url")))
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(migrated_sqlite_url: str) -> Iterator[object]:
    """A migrated store on SQLite only, for tests in which the database does not matter."""
    from storage.engine import Store

    opened = Store(migrated_sqlite_url)
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

"""Weather out of the file or the feed that the profile names: whose turn it is, what was read, what was refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from casework.errors import BadMove
from casework.fact_tables import MOST_BYTES, UnreadableTable, text_of
from casework.roles import Act, require
from casework.weather import FEED, FILE, Recorded, Refused, record_days
from casework.weather_table import read_weather
from casework.work import Work
from preventive.facts import WeatherDay
from storage.find.accounts import setting_value
from storage.keep.journal import put_setting

_KEY = "weather_read"
MOST_TOLD = 50
"""Refused rows that the page shows; their number is told whole."""


@dataclass(frozen=True, slots=True)
class LastRead:
    """How the last reading of the profile's file or feed ended."""

    address: str
    at: datetime
    """When it was asked, UTC."""
    ok: bool = True
    reason: str = ""
    """Why nothing was read; "" when it was."""
    days: int = 0
    written: int = 0
    outweighed: int = 0
    refused: int = 0
    rows: tuple[Refused, ...] = ()
    """The first MOST_TOLD refused rows."""
    mark: str = ""
    """What tells an unchanged file or answer from a new one."""
    pages: Mapping[str, Any] = field(default_factory=dict)
    """ETag and Last-Modified of a feed."""


def last_read(work: Work) -> LastRead | None:
    """Return how the last reading ended; None when nothing was read yet, or the profile names another place since."""
    with work.store.read() as tx:
        told = setting_value(tx, _KEY)
    named = work.profile.prevention.weather
    if not isinstance(told, dict) or named is None or told.get("address") != named.address:
        return None
    rows = tuple(Refused(**row) for row in told.pop("rows"))
    return LastRead(**told | {"at": datetime.fromisoformat(told["at"]), "rows": rows})


def _keep(work: Work, told: LastRead) -> LastRead:
    with work.store.write() as tx:
        put_setting(tx, _KEY, asdict(told) | {"at": told.at.isoformat(), "pages": dict(told.pages)})
    return told


def file_inside(home: Path, address: str) -> Path:
    """Return the path of the profile's file inside OTKLIK_HOME; BadMove for one that leads outside or is no file."""
    try:
        path = (home / address).resolve()
        outside = not path.is_relative_to(home.resolve())
    except (OSError, ValueError, RuntimeError):
        outside = True
    if outside:
        raise BadMove(
            f"Файл погоды «{address[:80]}» лежит вне папки OTKLIK_HOME. Положите его в неё и запишите в профиле путь от неё."
        )
    if not path.is_file():
        raise BadMove(
            f"Файла погоды «{address[:80]}» нет в папке OTKLIK_HOME. Положите его туда или исправьте профиль."
        )
    return path


def read_file_due(work: Work, home: Path) -> int:
    """Read the profile's file when it has changed since; return how many days were written. Faults are kept to be shown."""
    named = work.profile.prevention.weather
    if named is None or named.kind != FILE:
        return 0
    before = last_read(work)
    try:
        path = file_inside(home, named.address)
        stat = path.stat()
        mark = f"{stat.st_mtime_ns}:{stat.st_size}"
    except (BadMove, OSError) as e:
        reason = str(e) if isinstance(e, BadMove) else f"Файл погоды не открывается: {e.strerror}. Проверьте права."
        if before is None or before.reason != reason:
            _keep(work, LastRead(named.address, work.now, ok=False, reason=reason))
        return 0
    if before is not None and before.mark == mark:
        return 0
    return read_profile_file(work, path, named.address, mark).written


def read_profile_file(work: Work, path: Path, address: str, mark: str) -> LastRead:
    """Read one file as the profile's and keep how it ended."""
    told = LastRead(address, work.now, mark=mark)
    try:
        done, days = read_bytes(work, bytes_of(path), FILE)
    except (UnreadableTable, OSError) as e:
        why = str(e) if isinstance(e, UnreadableTable) else f"не открывается ({e.strerror}), проверьте права"
        return _keep(work, replace(told, ok=False, reason=f"Файл погоды «{path.name}»: {why}."))
    return _keep(work, _with(told, done, days))


def bytes_of(path: Path) -> bytes:
    """Return what is in a file, at most one byte more than may be read (then text_of refuses it)."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def read_bytes(work: Work, body: bytes, origin: str) -> tuple[Recorded, int]:
    """Record a table given as bytes; return what became of it and how many rows were days. UnreadableTable for none."""
    days, refused = read_weather(text_of(body))
    done = record_days(work, days, origin)
    both = sorted((*refused, *done.refused), key=lambda one: one.row)
    return replace(done, refused=tuple(both)), len(days)


def feed_due(work: Work, *, now: bool = False) -> LastRead | None:
    """Return what the last asking of the feed left when it may be asked (once a day of the district), and note the asking.

    None when it is not due; `now` (a person asks) does not wait for the next day. Two processes never both get the turn.
    """
    named = work.profile.prevention.weather
    if named is None or named.kind != FEED:
        return None
    with work.store.write() as tx:
        joined = replace(work, store=work.store.joined(tx))
        before = last_read(joined)
        today = work.today
        if before is not None and not now and before.at.astimezone(work.profile.timezone).date() >= today:
            return None
        turn = replace(before, at=work.now) if before is not None else LastRead(named.address, work.now, ok=False)
        return _keep(joined, turn)


def feed_read(
    work: Work,
    turn: LastRead,
    days: Sequence[tuple[int, WeatherDay]],
    refused: Sequence[Refused],
    pages: Mapping[str, Any],
) -> LastRead:
    """Record what a feed told and keep how it ended, with the validators of its address."""
    require(work.by, Act.SET_FACTS)
    done = record_days(work, days, FEED)
    both = tuple(sorted((*refused, *done.refused), key=lambda one: one.row))
    told = LastRead(turn.address, turn.at, pages=dict(pages))
    return _keep(work, _with(told, replace(done, refused=both), len(days)))


def feed_unchanged(work: Work, turn: LastRead) -> LastRead:
    """Keep that the feed had nothing new."""
    return _keep(work, replace(turn, ok=True, reason=""))


def feed_failed(work: Work, turn: LastRead, reason: str) -> LastRead:
    """Keep why the feed was not read; it is asked whole another day."""
    return _keep(work, LastRead(turn.address, turn.at, ok=False, reason=reason))


def _with(told: LastRead, done: Recorded, days: int) -> LastRead:
    return replace(
        told, ok=True, reason="", days=days, written=len(done.written), outweighed=len(done.outweighed),
        refused=len(done.refused), rows=done.refused[:MOST_TOLD],
    )  # fmt: skip

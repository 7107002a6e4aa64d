"""Is the house in order: strangers, profile, database, keys, accounts, last runs, disk, clock — told in Russian."""

from __future__ import annotations

import importlib.metadata
import shutil
import stat
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from casework.clock import now as present
from district.errors import ProfileErrors
from district.load import check_profile, load_profile
from district.profile import ChatKind
from district.settings import Settings
from storage.engine import Store
from storage.errors import NewerDatabase
from storage.find.accounts import accounts
from storage.find.counts import newest_post
from storage.find.rings import LEAST_POSTS, RING_BYTES
from storage.find.sources import source_lines
from storage.upgrade import database_revision, newest_revision

ROOMS = (
    "casework", "crawlers", "desk", "district", "feedback", "inbox",
    "otklik", "preventive", "reports", "risk", "storage", "texts",
)  # fmt: skip
_LOW_DISK = 1_000_000_000  # bytes; a year of a district is about 0.5 GB (10^5 posts at ~4 KB with indexes)
_SAFE_SQLITE = (3, 51, 3)  # the first version without the WAL-reset corruption
_LONG_SILENCE = timedelta(hours=24)


class Verdict(StrEnum):
    """How one point of the check ended."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"

    @property
    def label(self) -> str:
        """Russian word shown before the line."""
        return {"ok": "готово", "warn": "внимание", "bad": "не готово"}[self.value]


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the check: what was looked at, how it is, what to do."""

    name: str
    verdict: Verdict
    found: str
    mend: str = ""


def strangers(packages: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[str]]:
    """Return rooms that another installed distribution claims, with its name (pip says nothing of such a clash)."""
    owners = packages if packages is not None else importlib.metadata.packages_distributions()
    found = {room: sorted(set(owners.get(room, ())) - {"otklik"}) for room in ROOMS}
    return {room: names for room, names in found.items() if names}


def check(settings: Settings) -> list[Point]:
    """Look at everything that must be in order before the product serves; never raises, tells."""
    points = [_rooms(), _profile(settings), *_chats(settings)]
    database = _database(settings)
    points.append(database)
    points += [_disk(settings.home), _clock(present()), _keys(settings.key_file)]
    if database.verdict is not Verdict.BAD:
        store = Store(settings.database)
        try:
            points += [*_ring(store, settings), *_accounts(store, settings), *_sources(store)]
        finally:
            store.close()
    return points


def as_json(points: Sequence[Point]) -> list[dict[str, str]]:
    """Return the points as plain dictionaries for --json."""
    return [{**asdict(p), "verdict": p.verdict.value} for p in points]


def _rooms() -> Point:
    found = strangers()
    if not found:
        return Point("Комнаты", Verdict.OK, "все пакеты наши")
    told = "; ".join(f"{room}: {', '.join(names)}" for room, names in found.items())
    return Point(
        "Комнаты", Verdict.BAD, f"чужой пакет занял наше имя — {told}", "поставьте Отклик в собственное окружение"
    )


def _profile(settings: Settings) -> Point:
    try:
        profile = load_profile(settings.profile, settings.allow_internal)
    except ProfileErrors as e:
        return Point("Профиль", Verdict.BAD, str(e), f"otklik profile check {settings.profile}")
    soft = [p for p in check_profile(settings.profile, settings.allow_internal) if not p.fatal]
    told = (
        f"{profile.name}: источников {len(profile.sources)}, блоков {len(profile.blocks)}, чатов {len(profile.chats)}"
    )
    if soft:
        return Point(
            "Профиль", Verdict.WARN, f"{told}; замечаний: {len(soft)}", f"otklik profile check {settings.profile}"
        )
    return Point("Профиль", Verdict.OK, told)


def _chats(settings: Settings) -> list[Point]:
    """Chats of the profile that can be told nothing, because the setting that their kind needs is missing."""
    try:
        chats = load_profile(settings.profile, settings.allow_internal).chats
    except ProfileErrors:
        return []
    needed = {
        ChatKind.TELEGRAM: ("OTKLIK_BOT_TOKEN", settings.bot_token), ChatKind.MAX: ("OTKLIK_MAX_TOKEN", settings.max_token),
        ChatKind.EMAIL: ("OTKLIK_SMTP_URL", settings.smtp_url),
        ChatKind.WEBHOOK: ("OTKLIK_WEBHOOK_SECRET", settings.webhook_secret),
    }  # fmt: skip
    mute = [(chat.name, needed[chat.kind][0]) for chat in chats if chat.kind in needed and needed[chat.kind][1] is None]
    return [
        Point("Чаты", Verdict.WARN, f"чат «{name}»: нет {setting}, тревоги в нём ждут", f"задайте {setting}")
        for name, setting in mute
    ]


def _database(settings: Settings) -> Point:
    if not settings.database_url and not settings.home.exists():  # a check looks and makes nothing
        return Point("База данных", Verdict.BAD, "таблиц ещё нет", "otklik upgrade")
    try:
        have, want = database_revision(settings.database), newest_revision()
    except NewerDatabase as e:
        return Point("База данных", Verdict.BAD, str(e), "обновите программу")
    except Exception as e:  # a door: whatever the driver raises is told, not thrown at staff
        return Point(
            "База данных",
            Verdict.BAD,
            f"не открывается: {type(e).__name__}",
            "проверьте OTKLIK_DATABASE_URL и права на папку",
        )
    if have != want:
        return Point(
            "База данных", Verdict.BAD, f"таблицы {have}, нужны {want}" if have else "таблиц ещё нет", "otklik upgrade"
        )
    store = Store(settings.database)
    try:
        if store.dialect != "sqlite":
            return Point("База данных", Verdict.OK, f"{store.dialect}, таблицы {have}")
        version = store.sqlite_version or ""
        safe = tuple(int(part) for part in version.split(".")) >= _SAFE_SQLITE
        told = f"SQLite {version}, таблицы {have}"
        if safe:
            return Point("База данных", Verdict.OK, told)
        return Point(
            "База данных",
            Verdict.WARN,
            f"{told}: до 3.51.3 возможна порча журнала WAL",
            "поставьте библиотеку pysqlite3",
        )
    finally:
        store.close()


def _ring(store: Store, settings: Settings) -> list[Point]:
    """Whether big streams look for copies in memory; nothing is said while nobody has asked for it."""
    if not settings.ring_posts:
        return []
    with store.read() as tx:
        posts = newest_post(tx)
    told = f"на {settings.ring_posts} записей, {settings.ring_posts * RING_BYTES / 1e6:.0f} МБ в большом обходе"
    if posts < LEAST_POSTS:
        why = f"{told}; в базе {posts}: включится с {LEAST_POSTS}, до того хватает таблицы"
        return [Point("Кольцо ключей", Verdict.OK, why)]
    return [Point("Кольцо ключей", Verdict.OK, f"включено {told}; в базе {posts}")]


def _disk(home: Path) -> Point:
    free = shutil.disk_usage(home if home.exists() else Path()).free
    told = f"свободно {free / 1e9:.1f} ГБ"
    if free < _LOW_DISK:
        return Point("Диск", Verdict.BAD, told, f"освободите место для {home}")
    return Point("Диск", Verdict.OK, told)


def _clock(now: datetime) -> Point:
    # A clock before the day of this release cannot be right, and due dates would be counted from it.
    if now < datetime(2026, 11, 1, tzinfo=UTC):
        return Point(
            "Часы", Verdict.BAD, f"на часах {now:%d.%m.%Y %H:%M} UTC", "поставьте время (timedatectl set-ntp true)"
        )
    return Point("Часы", Verdict.OK, f"{now:%d.%m.%Y %H:%M} UTC")


def _keys(path: Path) -> Point:
    if not path.exists():
        return Point("Ключи", Verdict.WARN, "файла ключей ещё нет", "он появится при первом запуске")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Point("Ключи", Verdict.BAD, f"файл ключей открыт другим (права {mode:o})", f"chmod 600 {path}")
    return Point("Ключи", Verdict.OK, "файл ключей на месте, права 600")


def _accounts(store: Store, settings: Settings) -> list[Point]:
    with store.read() as tx:
        lines = accounts(tx)
    points = []
    for line in lines:
        can = ", ".join(line.can) or "ничего"
        told = f"{line.id} ({line.platform}): может читать {can}; {line.reason or line.state}"
        points.append(Point("Доступ", Verdict.OK if line.state == "active" else Verdict.WARN, told))
    for platform, token in (
        ("vk", settings.vk_token),
        ("telegram", settings.telegram_api_hash),
        ("max", settings.max_token),
    ):
        if token is None and not any(line.platform == platform for line in lines):
            points.append(
                Point(
                    "Доступ",
                    Verdict.WARN,
                    f"{platform}: ключа нет, источники этой площадки не читаются",
                    f"otklik account add {platform}",
                )
            )
    if settings.bot_token is None:
        points.append(
            Point(
                "Доступ",
                Verdict.WARN,
                "бот Telegram: ключа нет, тревоги идут только в папку и на экран",
                "задайте OTKLIK_BOT_TOKEN",
            )
        )
    return points


def _sources(store: Store) -> list[Point]:
    with store.read() as tx:
        lines = source_lines(tx, present())
    active = [s for s in lines if s.state == "active"]
    stale = [s for s in active if s.last_run_at is None or present() - s.last_run_at > _LONG_SILENCE]
    stopped = [s for s in lines if s.state == "stopped"]
    told = f"источников {len(lines)}, читаются {len(active)}"
    points = [
        Point(
            "Источники",
            Verdict.OK if active else Verdict.WARN,
            told,
            "" if active else "добавьте источник на странице «Источники»",
        )
    ]
    if stale:
        names = ", ".join(s.id for s in stale[:5])
        points.append(Point("Обход", Verdict.WARN, f"давно не читались: {names}", "otklik crawl --once"))
    points += [Point("Обход", Verdict.WARN, f"{s.id}: остановлен — {s.state_reason}") for s in stopped[:10]]
    return points

"""A small district and its people for tests of what staff do; no file is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from casework.work import MACHINE, Staff, Work
from district.profile import (
    AlertChat,
    Block,
    ChatKind,
    Expected,
    Form,
    LevelRule,
    Official,
    Platform,
    Profile,
    Source,
    Territory,
)
from risk.reading import Reader
from storage.engine import Store
from storage.vault import Vault

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
GOOD = "лампа стол дорога"


def a_source(source_id: str = "vk-residents", **changes: object) -> Source:
    values: dict[str, object] = {
        "id": source_id, "name": "Подслушано в Белом", "platform": Platform.VK, "address": "https://vk.com/club1",
        "every": timedelta(minutes=15), "expected": Expected(3, 400), "owner": "жители", "approver": "Руководитель МЦУ",
    }  # fmt: skip
    return Source(**(values | changes))  # type: ignore[arg-type]


def a_chat(chat_id: str = "duty", kind: ChatKind = ChatKind.TELEGRAM, **changes: object) -> AlertChat:
    values: dict[str, object] = {
        "id": chat_id,
        "name": "Тревоги МЦУ",
        "kind": kind,
        "address": "-100500",
        "from_level": 2,
    }
    return AlertChat(**(values | changes))  # type: ignore[arg-type]


def a_profile(**changes: object) -> Profile:
    levels = tuple(
        LevelRule(level, name, points, timedelta(hours=hours), timedelta(hours=1), timedelta(hours=24))
        for level, name, points, hours in (
            (1, "низкий", 5, 24), (2, "средний", 20, 9), (3, "высокий", 40, 4), (4, "критический", 70, 1),
        )
    )  # fmt: skip
    values: dict[str, object] = {
        "id": "beloe", "name": "Беловский округ", "timezone": ZoneInfo("Europe/Moscow"), "residents": 12000,
        "form": Form.PROJECT_OFFICE, "regulation": "Положение о МЦУ",
        "territories": (Territory("beloe", "Беловский отдел", ("Белое", "Сосново")),),
        "officials": (Official("deputy-works", "Заместитель Главы"), Official("edds", "Начальник ЕДДС")),
        "blocks": (
            Block("works", "Дороги и ЖКХ", ("roads", "housing"), "deputy-works"),
            Block("social", "Социальная политика", ("education", "health"), "deputy-works"),
        ),
        "channels": (), "sources": (a_source(),), "levels": levels, "deadlines": (), "chats": (a_chat(),),
        "emergency_post": "edds",
    }  # fmt: skip
    return Profile(**(values | changes))  # type: ignore[arg-type]


def a_work(store: Store, by: Staff = MACHINE, now: datetime = NOW, profile: Profile | None = None) -> Work:
    district = profile or a_profile()
    return Work(store=store, profile=district, now=now, by=by, reader=_reader(district))


@lru_cache
def _reader(profile: Profile) -> Reader:
    """Built once per district: its dictionaries take a moment."""
    return Reader(profile)


def a_staff(staff_id: int, *roles: str, blocks: tuple[str, ...] = (), login: str = "") -> Staff:
    return Staff(staff_id, login or f"staff{staff_id}", f"Сотрудник {staff_id}", frozenset(roles), blocks)


def a_vault(folder: Path) -> Vault:
    return Vault(folder / "secrets" / "vault.keys")

"""Posts for stories of the intake."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from casework.work import MACHINE, Work
from district.profile import Profile
from risk.post import Post, Reach
from risk.reading import Reader
from storage.engine import Store
from storage.tables import meta

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

WATER = (
    "Второй день нет холодной воды на улице Садовой в посёлке Каменный Бор. Звоним в управляющую компанию, никто не берёт "
    "трубку. В доме маленькие дети и старики, сколько можно терпеть это безобразие?"
)
HOLE = "Яма на дороге по улице Лесной уже месяц, машины объезжают её по обочине, когда наконец заделают?"
FIRE = "Горит жилой дом на улице Мира, пожар сильный, внутри остались люди, вызовите пожарных скорее, помогите соседям"
CALM = "Сегодня в доме культуры прошёл концерт детского хора, спасибо всем участникам и зрителям за тёплый приём"


def a_work(store: Store, profile: Profile, now: datetime = NOW) -> Work:
    """Return the machine at work at a frozen moment."""
    return Work(store, profile, now, MACHINE, _reader(profile))


@lru_cache
def _reader(profile: Profile) -> Reader:
    """Built once per district: its dictionaries take a moment."""
    return Reader(profile)


def a_post(number: int = 1, text: str = WATER, *, views: int | None = None, **given: Any) -> Post:
    """Return a post of a residents' wall, published half an hour before NOW and seen at NOW."""
    values: dict[str, Any] = {
        "platform": "vk", "source_id": "vk-podslushano", "external_id": f"-1_{number}", "comment_id": "",
        "url": f"https://vk.com/wall-1_{number}", "text": text, "published_at": NOW - timedelta(minutes=30),
        "seen_at": NOW, "reach": Reach(views=views), "voice": f"{number:016x}",
    }  # fmt: skip
    return Post(**(values | given))


def a_comment(number: int, comment: int, text: str, **given: Any) -> Post:
    """Return a comment under post `number`."""
    return a_post(number, text, comment_id=str(comment), voice=f"c{comment:015x}", **given)


def dump(store: Store, *without: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables but those named, to compare the whole memory before and after."""
    with store.read() as tx:
        return {
            name: [tuple(row) for row in tx.execute(sa.select(table).order_by(*table.primary_key.columns))]
            for name, table in meta.tables.items()
            if name not in without
        }


def rows(store: Store, table: sa.Table) -> list[Any]:
    """Return all rows of a table by its key."""
    with store.read() as tx:
        return list(tx.execute(sa.select(table).order_by(*table.primary_key.columns)))

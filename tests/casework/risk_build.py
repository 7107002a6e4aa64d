"""Risks with real posts and groups for tests of moves: the texts are calm, so that only the test decides on the level."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from casework.take_in import take_in
from casework.work import Work
from risk.post import Post, Reach
from storage.engine import Store
from storage.find.card import Card, card
from storage.find.moves import RiskRow, risk_rows
from storage.keep.risks import attach_groups, fill_sources
from storage.tables import judgement, post, staff
from tests.casework.staff_build import NOW, a_staff
from tests.storage.build import a_risk

CALM = (
    "В районной библиотеке открылась выставка акварелей местных художников, вход свободный до конца месяца",
    "Школьный хор выступил на областном конкурсе и привёз домой диплом второй степени, поздравляем ребят и учителя",
    "Любители шахмат собираются по четвергам в доме культуры, приходите с друзьями и своими досками",
    "Фермеры привезут на ярмарку мёд, творог и овощи нового урожая, начало торговли в девять утра",
    "Кружок авиамоделистов объявляет набор учеников с пятого по девятый класс, занятия по субботам",
    "Лыжная база приглашает покататься на новой трассе, прокат работает каждый день кроме понедельника",
)


def a_post(number: int, text: str, **changes: Any) -> Post:
    values: dict[str, Any] = {
        "platform": "vk", "source_id": f"vk-{number % 3}", "external_id": str(number), "comment_id": "",
        "url": f"https://vk.com/wall-1_{number}", "text": text, "published_at": NOW - timedelta(minutes=60 - number % 60),
        "seen_at": NOW, "reach": Reach(views=10 * number), "voice": f"voice-{number}",
    }  # fmt: skip
    return Post(**(values | changes))


def post_ids(store: Store, numbers: Sequence[int]) -> list[int]:
    with store.read() as tx:
        query = sa.select(post.c.id).where(post.c.external_id.in_([str(n) for n in numbers])).order_by(post.c.id)
        return list(tx.execute(query).scalars())


def groups_of_posts(store: Store, numbers: Sequence[int]) -> list[int]:
    with store.read() as tx:
        query = sa.select(post.c.group_id).where(post.c.external_id.in_([str(n) for n in numbers])).order_by(post.c.id)
        return list(tx.execute(query).scalars())


def open_risk(work: Work, texts: dict[int, str], **columns: Any) -> int:
    """Take in posts (number → text) and open one risk over all their groups."""
    take_in(work, [a_post(number, text) for number, text in texts.items()])
    groups = sorted(set(groups_of_posts(work.store, list(texts))))
    with work.store.write() as tx:
        risk_id = a_risk(tx, **({"posts": len(texts)} | columns))
        attach_groups(tx, groups, risk_id)
        fill_sources(tx, [risk_id])
    return risk_id


def risk_of(store: Store, risk_id: int) -> RiskRow:
    with store.read() as tx:
        return risk_rows(tx, [risk_id])[risk_id]


def card_of(store: Store, risk_id: int) -> Card:
    with store.read() as tx:
        found = card(tx, risk_id, NOW)
    assert found is not None
    return found


def judgements(store: Store) -> list[tuple[int, int, str, str, bool]]:
    """(left post, right post, verdict, method, taken back) in the order of writing."""
    with store.read() as tx:
        columns = (judgement.c.left_id, judgement.c.right_id, judgement.c.verdict, judgement.c.method)
        rows = tx.execute(sa.select(*columns, judgement.c.withdrawn_at).order_by(judgement.c.id))
        return [(r[0], r[1], r[2], r[3], r[4] is not None) for r in rows]


ANNA, BORIS = a_staff(1, "officer", login="anna"), a_staff(2, "officer", login="boris")
HEAD, READER = a_staff(3, "head", login="head"), a_staff(4, "reader", login="reader")
LEAD = a_staff(5, "block_lead", blocks=("works",), login="lead")


def hire(request: Any) -> None:
    """Write the accounts of these people into the store that a test asks for."""
    name = next(name for name in ("store", "sqlite_store") if name in request.fixturenames)
    with request.getfixturevalue(name).write() as tx:
        rows = [
            {"id": p.id, "login": p.login, "name_shown": p.name_shown, "password_hash": "-", "roles": sorted(p.roles),
             "blocks": list(p.blocks), "active": True, "must_change": False, "created_at": NOW}
            for p in (ANNA, BORIS, HEAD, READER, LEAD)
        ]  # fmt: skip
        tx.execute(staff.insert(), rows)


def new_risk(store: Store, **columns: Any) -> int:
    with store.write() as tx:
        return a_risk(tx, **columns)

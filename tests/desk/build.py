"""A morning of the demo district written straight into the tables, and a real server over it."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

import httpx
import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI

from casework import accounts, sign_in
from casework.sign_in import SignedIn
from casework.work import MACHINE, Staff, Work
from desk.listen import listen
from district.profile import Profile
from risk.facts import TextFacts
from risk.reading import Reader
from storage.engine import Store
from storage.keep.events import NewEvent, add_events
from storage.tables import grp, judgement, numbering, outbox, post, reach, risk, risk_source, source, staff
from storage.vault import Vault

PASSWORD = "лампа стол дорога снег"


@dataclass
class Case:
    """One risk of the morning."""

    title: str
    level: int
    minutes: int
    due_in: int
    """Minutes from now; negative is overdue."""
    reasons: Sequence[tuple[str, float, str]] = ()
    topic: str | None = "housing"
    settlement: str | None = "Сосново"
    territory: str | None = "beloe"
    block: str | None = "works"
    official: str | None = "deputy-works"
    state: str = "found"
    veracity: str = "unconfirmed"
    kind: str = "problem"
    views: int | None = 300
    growth: float | None = None
    emergency: bool = False
    level_person: int | None = None
    copies: Sequence[str] = ()
    comments: Sequence[str] = ()
    changes: dict[str, Any] = field(default_factory=dict)


MORNING = (
    Case(
        "Сильный запах газа в подъезде на улице Школьной, 7, люди выходят на улицу! Кто вызвал аварийку?", 4, 26, 34,
        (("danger", 70, "Слова о прямой опасности: «запах газа»"), ("sources", 10, "Два источника за 12 минут")),
        kind="emergency", views=312, growth=2.4, emergency=True,
        copies=("Сильный запах газа в подъезде на улице Школьной, 7, люди выходят на улицу! #белое",),
        comments=("Мы на третьем этаже, тоже пахнет!", "104 вызвали, едут."),
    ),
    Case(
        "Говорят, в колонках на Речной отравлена вода, двоих увезли в больницу. Не пейте!", 4, 190, -95,
        (("danger", 60, "Слух об опасности для жизни: «отравлена вода»"), ("views", 18, "Просмотров 28 % жителей"),
         ("growth", 10, "Просмотры выросли в 3,1 раза за 3 часа"), ("answer", -8, "Официальная страница уже ответила")),
        topic="health", block=None, official="edds", kind="rumour", settlement="Верхняя Речка", territory="kamenny-bor",
        state="verifying", views=5200, growth=3.1, copies=("Говорят в колонках на Речной отравлена вода, двоих увезли",) * 4,
    ),
    Case(
        "Третий день нет отопления, в квартирах двенадцать градусов, у всех маленькие дети", 3, 540, 95,
        (("outage", 28, "Нет отопления 72 ч при норме не дольше 16 ч"), ("touched", 15, "Затронуты: дети, весь посёлок"),
         ("views", 9, "Просмотров 13 % жителей")),
        settlement="Сосново", views=2400, copies=("Третий день нет отопления, в квартирах 12 градусов",) * 5,
        comments=("В садике тоже холодно.", "Звонили — трубку не берут."),
    ),
    Case(
        "Рыбак провалился под лёд у Малых Лугов, мужики вытащили. Лёд тонкий, не ходите!", 3, 1740, 300,
        (("danger", 30, "Опасность для жизни в прошлом: «провалился под лёд»"),), topic="safety", block="core",
        official="edds", settlement="Малые Луга", territory="zaozerye", kind="emergency", state="preparing",
        veracity="confirmed", views=1700, level_person=3,
    ),
    Case("Мусор не вывозят вторую неделю, баки переполнены, крысы бегают по двору", 2, 320, 260,
         (("troubles", 14, "Жалоба: «не вывозят», «переполнены»"), ("sources", 8, "Три источника")), topic="waste",
         settlement="Дубровка", territory="kamenny-bor", views=890, copies=("Мусор не вывозят вторую неделю",) * 2),
    Case("Автобус на 7:10 опять не пришёл, дети опоздали в школу", 2, 45, 500, (("touched", 12, "Затронуты: дети"),),
         topic="transport", settlement="Ветрово", territory="vetrovo", views=410),
    Case("Яма на Заводской уже полметра, вчера пробил колесо. Когда сделают?", 2, 900, 30,
         (("repeat", 10, "Спрашивают снова после ответа"),), topic="roads", settlement="Белое", views=1300),
    Case("Фонари на Мира не горят с понедельника, ходим с фонариками", 1, 1500, 900,
         (("troubles", 8, "Жалоба: «не горят»"),), topic="landscaping", settlement="Озерки", views=140),
    Case("Когда откроют каток?", 1, 2000, 1200, (("troubles", 5, "Вопрос к администрации"),), topic="sport",
         block="social", official="deputy-social", settlement=None, territory=None, kind="question", views=None),
    Case("Собаки стаей у школы, страшно за детей", 1, 700, 640, (("touched", 9, "Затронуты: дети"),), topic=None, block=None,
         official=None, settlement="Кривое Колено", territory="vetrovo", views=220),
)  # fmt: skip


def fill(store: Store, profile: Profile, now: datetime, cases: Sequence[Case] = MORNING) -> None:
    """Write the sources and the risks of a morning that ends at `now`."""
    with store.write() as tx:
        for one in profile.sources:
            tx.execute(sa.insert(source).values(
                id=one.id, platform=one.platform.value, address=one.address, name=one.name,
                every_s=one.every.total_seconds(), expect_low=one.expected.low, expect_high=one.expected.high,
                owner=one.owner, approver=one.approver, approved_at=now, account=None, territory=one.territory,
                official=one.official, media=one.media, comments=one.comments, options={}, state="active",
                state_reason="", cursor={}, next_due=now,
            ))  # fmt: skip
        tx.execute(sa.insert(numbering).values(year=now.astimezone(profile.timezone).year, last=900))
        for number, case in enumerate(cases, start=1):
            add_case(tx, profile, number, case, now)


def add_case(tx: Any, profile: Profile, number: int, case: Case, now: datetime) -> None:
    """Write one risk with its posts, a suggestion, its history and an alert line."""
    first = now - timedelta(minutes=case.minutes)
    texts = [case.title, *case.copies]
    reasons = [{"signal": s, "points": p, "why": w} for s, p, w in case.reasons]
    points = sum(p for _, p, _ in case.reasons)
    tx.execute(sa.insert(risk).values({
        "id": number, "number": f"2026-{number:06}", "title": case.title, "state": case.state, "veracity": case.veracity,
        "kind": case.kind, "level_machine": min(4, case.level), "level_person": case.level_person, "level": case.level,
        "points": points, "reasons": reasons, "rule_set": "2026-11-21", "topic": case.topic,
        "topics": [[case.topic, 0.7], ["safety", 0.2]] if case.topic else [], "settlement": case.settlement,
        "territory": case.territory, "block": case.block, "official": case.official, "emergency": case.emergency,
        "opened_at": first, "first_seen": first, "last_seen": now - timedelta(minutes=case.minutes // 4),
        "posts": len(texts) + len(case.comments), "sources": min(len(texts), len(profile.sources)), "voices": len(texts),
        "views": case.views, "growth": case.growth, "due_at": now + timedelta(minutes=case.due_in), "merged_into": None,
        "is_open": case.state not in ("dismissed", "worked_off"), "version": 1, "updated_at": first,
    } | case.changes))  # fmt: skip
    spread = {"group_id": number * 10, "risk_id": number}
    add_group(tx, spread["group_id"], number, case, texts, first, now)
    base = number * 1000
    for i, text in enumerate([*texts, *case.comments]):
        own = profile.sources[i % len(profile.sources)] if i < len(texts) else profile.sources[0]
        at = first + (now - first) * i / (len(texts) + len(case.comments) + 1)
        add_post(
            tx, base + i, number * 10, own, text, at, comment=i >= len(texts), views=(case.views or 0) // len(texts)
        )
        if 0 < i < len(texts):
            tx.execute(sa.insert(judgement).values(
                left_id=base, right_id=base + i, verdict="same", method="near", score=93.0,
                reason="Почти тот же текст: 93 из 100", at=at,
            ))  # fmt: skip
    for one in profile.sources[: min(len(texts), len(profile.sources))]:
        tx.execute(sa.insert(risk_source).values(source_id=one.id, risk_id=number))
    if number > 1:
        tx.execute(sa.insert(judgement).values(
            left_id=1000, right_id=base, verdict="suggest", method="template", score=81.0,
            reason="Похоже на 81 из 100, но различаются места", at=first,
        ))  # fmt: skip
    add_events(tx, [NewEvent(number, first, None, "found", {}, {"state": "found", "level": case.level})])
    if case.level >= 2:
        tx.execute(sa.insert(outbox).values(
            key=f"{number}:{case.level}:duty", chat=profile.chats[0].id, risk_id=number, level=case.level, kind="new",
            body={}, created_at=first, due_at=first, sent_at=first + timedelta(seconds=3),
        ))  # fmt: skip


def add_group(
    tx: Any, group_id: int, risk_id: int, case: Case, texts: Sequence[str], first: datetime, now: datetime
) -> None:
    """Write the group of copies of a risk."""
    values = {
        "id": group_id, "first_post_id": risk_id * 1000, "risk_id": risk_id, "facts": TextFacts().pack(),
        "facts_post_id": risk_id * 1000, "facts_points": 1.0, "posts": len(texts), "sources": 1, "media": 0, "official": 0,
        "voices": None, "views": case.views, "with_views": len(texts), "first_seen": first, "last_seen": now,
        "comments": len(case.comments), "negative_comments": 0, "after_answer": 0,
        "first_published": first, "last_published": now, "mark_at": first, "judged": False, "points": 1.0,
        "level": case.level, "rule_set": "2026-11-21", "reasons": [], "emergency": case.emergency, "topic": case.topic,
        "topics": [], "kind": case.kind, "scored_at": now,
    }  # fmt: skip
    tx.execute(sa.insert(grp).values(values))


def add_post(
    tx: Any, post_id: int, group_id: int, own: Any, text: str, at: datetime, *, comment: bool, views: int | None
) -> None:
    """Write a post or a comment with two readings of its counter."""
    tx.execute(sa.insert(post).values(
        id=post_id, platform=own.platform.value, source_id=own.id, external_id=str(post_id),
        comment_id="1" if comment else "", url=f"https://example.org/{own.id}/{post_id}", text=text,
        text_sha=blake2b(text.encode(), digest_size=16).digest(), norm=text.encode(), norm_hash=post_id, words=8,
        published_at=at, seen_at=at, edited_at=at if post_id % 7 == 1 else None, gone_at=None, voice=None,
        attachments=[], group_id=group_id, negative=False, views=None if comment else views, likes=3,
        reposts=None if comment else 2, comments=None,
    ))  # fmt: skip
    if not comment and views:
        for share, minutes in ((3, 5), (1, 40)):
            tx.execute(
                sa.insert(reach).values(post_id=post_id, at=at + timedelta(minutes=minutes), views=views // share)
            )


def add_staff(store: Store, login: str, roles: Sequence[str], blocks: Sequence[str] = (), **changes: Any) -> int:
    """Write an account whose password is PASSWORD; return its id."""
    from casework.passwords import hash_password

    values = {
        "login": login, "name_shown": login.capitalize(), "password_hash": hash_password(PASSWORD), "roles": list(roles),
        "blocks": list(blocks), "active": True, "must_change": False, "created_at": datetime(2026, 11, 1, tzinfo=UTC),
    }  # fmt: skip
    with store.write() as tx:
        return int(tx.execute(sa.insert(staff).values(values | changes).returning(staff.c.id)).scalar_one())


class Served:
    """A desk behind real uvicorn on loopback, in a thread of this process."""

    def __init__(self, app: FastAPI) -> None:
        self.sock = listen("127.0.0.1", 0)
        self.port = int(self.sock.getsockname()[1])
        self.server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=3)
        )
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.sock]}, daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Served:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self.sock.close()


@dataclass
class Browser:
    """A client that signs in and sends forms as a browser does: with the page's own token and Origin."""

    served: Served
    client: httpx.Client
    session: SignedIn | None = None
    token: str = ""

    def get(self, path: str, **kw: Any) -> httpx.Response:
        """Fetch a page."""
        return self.client.get(path, **kw)

    def post(self, path: str, data: dict[str, Any] | None = None, page: str = "/me", **kw: Any) -> httpx.Response:
        """Send a form with the token of a page."""
        if not self.token:
            self.token = token_of(self.client.get(page).text)
        fields = {"csrf": self.token} | (data or {})
        return self.client.post(path, data=fields, headers={"Origin": self.served.url}, **kw)


def token_of(html: str) -> str:
    """Return the form token that a page carries."""
    found = re.search(r'name="csrf" value="([^"]+)"', html)
    assert found, "no form on the page"
    return found.group(1)


@contextlib.contextmanager
def signed_in(served: Served, app: FastAPI, login: str) -> Iterator[Browser]:
    """Sign somebody in without the form (the form has its own tests: argon2 takes its time)."""
    desk = app.state.desk
    work = Work(desk.store, desk.profile, datetime.now(UTC), MACHINE, desk.reader)
    opened = sign_in.sign_in(work, desk.vault, login, PASSWORD, "127.0.0.1")
    with httpx.Client(base_url=served.url, cookies={"otklik": opened.token}, timeout=20) as client:
        yield Browser(served, client, opened)


def the_app(store: Store, profile: Profile, home: Any, **kw: Any) -> FastAPI:
    """Return the desk over a store, with its secrets in `home`."""
    from desk.app import make_app
    from district.settings import Settings

    settings = Settings(home=home, database_url=store.url)
    return make_app(settings, profile, store, Reader(profile), **kw)


__all__ = ["MORNING", "PASSWORD", "Browser", "Case", "Served", "Staff", "Vault", "accounts", "add_case", "add_staff", "fill", "signed_in", "the_app", "token_of"]  # fmt: skip

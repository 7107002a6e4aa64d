"""Risks grow, rise, go on after closing; a person's word outweighs the machine's — on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from casework.growing import effective_level
from casework.take_in import take_in
from casework.work import Work
from district.profile import Profile
from risk.post import Reach
from storage.engine import Store
from storage.find.card import card
from storage.find.queue import QueueFilter, QueueRow, queue
from storage.keep import groups as keep_groups
from storage.keep import posts as keep_posts
from storage.keep import risks as keep_risks
from storage.keep.sources import add_source
from storage.moments import to_db
from storage.tables import grp, judgement, outbox, post, risk, risk_event
from tests.casework.posts_build import CALM, FIRE, HOLE, NOW, WATER, a_post, a_work, rows
from tests.storage.build import a_source


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    return a_work(store, demo_profile)


def shown(work: Work, open_only: bool = True) -> tuple[QueueRow, ...]:
    with work.store.read() as tx:
        return queue(tx, QueueFilter(open_only=open_only), work.now).rows


def everywhere(work: Work, text: str, views: int, first: int = 10) -> list[object]:
    """Return copies of a text in every source that is not official, each with so many views."""
    return [
        a_post(n, text, source_id=s.id, platform=s.platform.value, views=views, seen_at=work.now)
        for n, s in enumerate(work.profile.sources, start=first)
        if not s.official
    ]


def test_spread_raises_a_risk(work: Work) -> None:
    """Views and sources raise the level: an event, a line per chat, an earlier deadline, a new version."""
    take_in(work, [a_post(1, HOLE, views=10)])
    (before,) = shown(work)
    later = work.at(NOW + timedelta(hours=3))

    taken = take_in(later, everywhere(later, HOLE, later.profile.residents))

    (after,) = shown(later)
    assert after.level > before.level
    assert (taken.opened, taken.risen) == ((), (after.id,))
    assert taken.alerts >= 1
    assert (before.version, after.version) == (1, 2)
    assert after.due_at is not None
    assert before.due_at is not None
    assert after.due_at <= before.due_at
    assert [e.kind for e in rows(work.store, risk_event)] == ["found", "risen"]
    assert {n.kind for n in rows(work.store, outbox)} >= {"risen"}


def test_growth_is_told_against_an_hour_ago(work: Work) -> None:
    """Views that doubled since a moment at least an hour back give growth 2; within the hour nothing is said."""
    first = a_post(views=100)
    take_in(work, [first])
    soon = work.at(NOW + timedelta(minutes=50))
    take_in(soon, [replace(first, reach=Reach(views=150), seen_at=soon.now)])
    assert [row.growth for row in shown(soon)] == [None]
    later = work.at(NOW + timedelta(minutes=70))

    take_in(later, [replace(first, reach=Reach(views=200), seen_at=later.now)])

    assert [row.growth for row in shown(later)] == [2.0]


@pytest.mark.parametrize(
    ("machine", "person", "then", "level"),
    [
        (2, None, None, 2),
        (0, None, None, 1),
        (3, 1, 3, 1),
        (2, 1, 3, 1),
        (4, 1, 3, 4),
        (3, 4, 2, 4),
        (4, 2, None, 2),
    ],
)
def test_the_persons_level_holds_until_the_machine_sees_more(
    machine: int, person: int | None, then: int | None, level: int
) -> None:
    """A person's level counts, higher or lower, until the machine's rises above what it was when the person decided."""
    assert effective_level(machine, person, then) == level


def test_a_level_set_by_a_person_is_not_lowered_or_raised_by_counts(work: Work) -> None:
    """More views of the same kind leave a person's level alone; the machine's own level stands beside it."""
    take_in(work, [a_post(1, WATER, views=10)])
    (row,) = shown(work)
    machine = rows(work.store, risk)[0].level_machine
    with work.store.write() as tx:
        keep_risks.change_risk(tx, row.id, 1, NOW, {"level": 1, "level_person": 1, "level_then": machine})
    later = work.at(NOW + timedelta(hours=2))

    taken = take_in(later, [a_post(1, WATER, views=50, seen_at=later.now)])

    (after,) = shown(later)
    assert (after.level, after.level_by_person, after.views, taken.risen) == (1, True, 50, ())
    assert rows(work.store, risk)[0].level_machine == machine


def test_counters_make_no_open_form_stale(work: Work) -> None:
    """New views and copies change what is shown but not the version that an officer decides on."""
    take_in(work, [a_post(1, HOLE, views=10)])
    later = work.at(NOW + timedelta(minutes=5))
    take_in(later, [a_post(1, HOLE, views=11, seen_at=later.now), a_post(2, HOLE)])

    (row,) = shown(later)
    assert (row.posts, row.version, row.updated_at) == (2, 1, later.now)


def test_a_closed_risk_does_not_swallow_what_comes_later(work: Work) -> None:
    """Copies of a dismissed risk are counted and written down, hourly; a risen level is told even then."""
    take_in(work, [a_post(1, HOLE)])
    with work.store.write() as tx:
        keep_risks.change_risk(tx, 1, 1, NOW, {"state": "dismissed"})
    for minutes in (10, 20, 80):
        at = work.at(NOW + timedelta(minutes=minutes))
        take_in(at, [a_post(100 + minutes, HOLE, source_id="vk-typical", seen_at=at.now)])

    assert shown(work) == ()
    (row,) = shown(work, open_only=False)
    assert (row.posts, row.state) == (4, "dismissed")
    assert [e.kind for e in rows(work.store, risk_event)] == ["found", "grew_after_closing", "grew_after_closing"]
    told = len(rows(work.store, outbox))
    at = work.at(NOW + timedelta(minutes=90))

    take_in(at, everywhere(at, HOLE, at.profile.residents, first=300))

    assert [e.kind for e in rows(work.store, risk_event)].count("grew_after_closing") == 3
    assert len(rows(work.store, outbox)) > told


def test_what_a_person_split_stays_apart(work: Work) -> None:
    """After a split the next copy joins one of the two groups and never makes them one again."""
    take_in(work, [a_post(1, WATER), a_post(2, WATER + " #вода", source_id="vk-typical")])
    with work.store.write() as tx:
        apart = keep_groups.next_group_id(tx)
        keep_posts.move_posts(tx, [2], apart)
        names = ", ".join(c.name for c in grp.columns)
        tx.exec_driver_sql(f"INSERT INTO grp ({names}) SELECT {_copied(apart)} FROM grp WHERE id = 1")
        keep_posts.add_judgements(tx, [(1, 2, "different", "person", None, "разные дома", 7, to_db(NOW))])
        keep_groups.mark_judged(tx, [1, apart])

    take_in(work, [a_post(3, WATER, source_id="tg-novosti")])

    groups = {p.id: p.group_id for p in rows(work.store, post)}
    assert groups[1] != groups[2]
    assert groups[3] in (groups[1], groups[2])
    assert len(rows(work.store, grp)) == 2


def _copied(group_id: int) -> str:
    given = {"id": str(group_id), "first_post_id": "2", "facts_post_id": "2", "risk_id": "NULL"}
    return ", ".join(given.get(c.name, c.name) for c in grp.columns)


BRIDGE = (
    "Вчера вечером на перекрёстке улиц Лесной и Заводской столкнулись две легковые машины, движение было затруднено около "
    "часа, очевидцы говорят, что светофор там не работает уже неделю и водители разъезжаются кто как умеет"
)


def test_a_post_that_is_like_two_groups_makes_them_one(work: Work) -> None:
    """Groups are connected components: a text between two others ties them, unless both are risks of their own."""
    left, right = (
        BRIDGE + ". Будьте внимательны на дороге, друзья, берегите себя",
        "Срочно в номер! Смотрите все. " + BRIDGE,
    )
    take_in(work, [a_post(1, left), a_post(2, right, source_id="vk-typical", views=5)])
    take_in(work, [a_post(3, BRIDGE, source_id="tg-novosti", views=7)])

    groups = {p.group_id for p in rows(work.store, post)}
    assert len(groups) == 1
    (group,) = rows(work.store, grp)
    assert (group.posts, group.sources, group.views) == (3, 3, 12)


def test_alike_but_unsure_is_left_to_a_person(work: Work) -> None:
    """A template with another address is another group, and the card asks a person."""
    take_in(work, [a_post(1, WATER)])
    taken = take_in(work, [a_post(2, WATER.replace("Садовой", "Набережной"), source_id="vk-typical")])

    assert taken.suggested == 1
    assert len({p.group_id for p in rows(work.store, post)}) == 2
    assert [j.verdict for j in rows(work.store, judgement)] == ["suggest"]
    with work.store.read() as tx:
        seen = card(tx, 1, NOW)
    assert seen is not None
    assert [(s.post.id, s.risk_id) for s in seen.suggestions] == [(2, 2)]


def test_the_order_of_a_page_does_not_change_its_groups(work: Work) -> None:
    """Copies in one page are one group with one risk, whichever comes first."""
    page = [a_post(n, t, source_id=s) for n, (t, s) in enumerate(
        [(WATER, "vk-typical"), (FIRE, "vk-podslushano"), (WATER + " #вода", "tg-novosti"), (CALM, "tg-chat"), (FIRE, "tg-chat")], 1
    )]  # fmt: skip
    taken = take_in(work, page)

    assert (taken.new, taken.joined, len(taken.opened)) == (5, 2, 2)
    assert [row.posts for row in shown(work)] == [2, 2]


def test_federal_media_alone_make_a_risk_critical(store: Store, demo_profile: Profile) -> None:
    """A trouble told by federal media is level 4 without any danger to life; by regional ones it is less (DOMAIN 1)."""
    levels = {}
    for name, federal in (("feed-oblast", False), ("feed-strana", True)):
        with store.write() as tx:
            add_source(
                tx,
                a_source(id=name, platform="feed", address=f"https://{name}.example.org", media=True, federal=federal),
            )
        text = WATER if federal else HOLE
        taken = take_in(a_work(store, demo_profile), [a_post(len(name), text, platform="feed", source_id=name)])
        with store.read() as tx:
            levels[federal] = tx.execute(
                sa.select(risk.c.level, risk.c.emergency).where(risk.c.id == taken.opened[0])
            ).one()

    assert tuple(levels[True]) == (4, False)
    assert levels[False].level < 4

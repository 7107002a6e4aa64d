"""Loads the demo district: a month of invented life taken in by the same road as real posts, and worked by a demo officer."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework import source_sync, sources, take_in, triage
from casework.accounts import add_staff
from casework.alerts import settle_old
from casework.link_checks import settle_old_checks
from casework.work import MACHINE, Staff, Work
from otklik.demo_life import DAYS, Month
from otklik.wiring import House
from risk.post import Post
from storage.find.counts import has_posts
from storage.find.queue import QueueFilter, QueueRow, queue

_BATCH_HOURS = 3
_LOOKED_AT_AFTER = timedelta(hours=5)
_LOOKED_AT_AFTER = timedelta(hours=7)
_HANDLED_AFTER = timedelta(hours=28)
_ANSWERED_AFTER = timedelta(days=2)
_DISMISS = ("settled", "outside", "duplicate")


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demo brought."""

    posts: int
    risks: int
    days: int


def is_empty(house: House) -> bool:
    """Tell whether nothing has been taken in yet."""
    with house.store.read() as tx:
        return not has_posts(tx)


def load(house: House, now: datetime, progress: Callable[[int, int], None] | None = None) -> Loaded:
    """Take in the month that ends at `now` (UTC); `progress(done, all)` is called after each batch."""
    begin = house.work(by=_founder(), now=now - timedelta(days=DAYS + 1))
    source_sync.sync_profile_sources(begin)
    for source in house.profile.sources:
        sources.pause(begin, source.id, "демонстрационный источник: в сеть не ходит")
    officer = _officer(house, begin.now)
    posts = list(Month(house.profile, now).posts())
    done, chance = 0, random.Random(7)
    try:
        for batch in _batches(posts):
            moment = batch[-1].seen_at
            take_in.take_in(house.work(now=moment), batch)
            _work_off(house, officer, moment, chance)
            done += len(batch)
            if progress:
                progress(done, len(posts))
    finally:  # stopped in the middle or not: nobody is to be alarmed of last month
        settle_old(house.work(now=now), before=now - timedelta(hours=1))
        settle_old_checks(house.work(now=now), before=now)  # made-up addresses stay off the network
    with house.store.read() as tx:
        total = queue(tx, QueueFilter(open_only=False, per_page=1), now).total
    return Loaded(len(posts), total, DAYS)


def _officer(house: House, now: datetime) -> Staff:
    made = add_staff(house.work(by=_founder(), now=now), "dezhurny", "Дежурный специалист", roles=("officer",))
    return made.staff


def _founder() -> Staff:
    """The set-up itself, which may make accounts and pause sources before any person exists."""
    return replace(MACHINE, roles=frozenset({"technician"}))


def _batches(posts: list[Post]) -> Iterator[list[Post]]:
    """Cut the month into the pages in which a crawl would have brought it."""
    batch: list[Post] = []
    for post in posts:
        if batch and post.published_at - batch[0].published_at > timedelta(hours=_BATCH_HOURS):
            yield batch
            batch = []
        batch.append(post)
    if batch:
        yield batch


def _work_off(house: House, officer: Staff, now: datetime, chance: random.Random) -> None:
    """The demo officer's round: begins to check what is fresh, ends what has waited, closes what was answered."""
    with house.store.read() as tx:
        rows = queue(tx, QueueFilter(per_page=200), now).rows
    work = house.work(by=officer, now=now)
    for row in rows:
        age = now - row.first_seen
        if row.state == "preparing" and age >= _ANSWERED_AFTER:
            triage.dismiss(work, row.id, row.version, "settled", "ответ опубликован, жалоб больше нет")
        elif row.state in ("found", "verifying") and age >= _HANDLED_AFTER:
            _decide(work, row, chance)
        elif row.state == "found" and age >= _LOOKED_AT_AFTER and row.level > 1 and chance.random() < 0.5:
            triage.start_verification(work, row.id, row.version)


def _decide(work: Work, row: QueueRow, chance: random.Random) -> None:
    """Refute hearsay, dismiss a part of the small things, confirm the rest: what is serious is never dismissed unchecked."""
    if row.kind == "rumour" or "говорят" in row.title.lower():
        triage.verify(work, row.id, row.version, "refuted", "ЕДДС, звонок дежурному", "сведения не подтвердились")
    elif row.level <= 2 and chance.random() < 0.5:
        triage.dismiss(work, row.id, row.version, chance.choice(_DISMISS))
    else:
        found = "confirmed" if chance.random() < 0.8 else "partly"
        triage.verify(work, row.id, row.version, found, "руководитель отраслевого блока", "меры принимаются")

"""Loads the demo district: a month of invented life taken in by the same road as real posts, and worked by a demo officer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework import source_sync, sources, take_in, yearly
from casework.alerts import settle_old
from casework.link_checks import settle_old_checks
from casework.work import MACHINE, Staff
from otklik.demo_life import DAYS, Month
from otklik.demo_pages import fill_pages, official_posts
from otklik.demo_work import Crew
from otklik.demo_year import Year
from otklik.wiring import House
from risk.post import Post
from storage.find.counts import has_posts
from storage.find.queue import QueueFilter, queue

_BATCH_HOURS = 3
_LATELY = timedelta(days=4)
_STILL_NEWS = timedelta(minutes=28)
"""What is younger is told when the program starts: the smell of gas, and not the whole last hour over the address."""


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
    crew = Crew.hire(house.work(by=_founder(), now=begin.now), house)
    month = [*Month(house.profile, now).posts(), *official_posts(house.profile, now)]
    posts = sorted(month, key=lambda post: post.published_at)
    done, lately = 0, now - _LATELY
    try:
        for number, batch in enumerate(_batches(posts)):
            moment = batch[-1].seen_at
            take_in.take_in(house.work(now=moment), batch)
            if moment > lately or number % 2 == 0:  # long ago half as many rounds show as much
                crew.round(moment)
            done += len(batch)
            if progress:
                progress(done, len(posts))
        crew.lose_answers(now - timedelta(hours=1, minutes=5))
        Year(house, now, crew.planner, crew.head).live()
        fill_pages(house, now, crew.planner)
        yearly.go_round(house.work(now=now - timedelta(hours=1)))
    finally:  # stopped in the middle or not: nobody is to be alarmed of last month
        settle_old(house.work(now=now), before=now - _STILL_NEWS)
        settle_old_checks(house.work(now=now), before=now)  # made-up addresses stay off the network
    crew.keep_roster(now)
    with house.store.read() as tx:
        total = queue(tx, QueueFilter(open_only=False, per_page=1), now).total
    return Loaded(len(posts), total, DAYS)


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

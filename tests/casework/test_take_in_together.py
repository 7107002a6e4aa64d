"""Several crawlers at once: the same page taken in by three of them is one page, and numbers have no gaps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from casework.take_in import take_in
from district.profile import Profile
from storage.engine import Store
from storage.tables import grp, post, risk
from tests.casework.posts_build import CALM, FIRE, HOLE, WATER, a_post, a_work, rows


def test_crawlers_at_once_double_nothing(store: Store, demo_profile: Profile) -> None:
    """Overlapping pages of three crawlers give each post once, each text one group and one risk, numbers in a row."""
    work = a_work(store, demo_profile)
    texts = (WATER, FIRE, HOLE, CALM)
    pages = [[a_post(n, texts[n % 4]) for n in range(start, start + 8)] for start in range(0, 24, 4)]

    with ThreadPoolExecutor(3) as crawlers:
        taken = list(crawlers.map(lambda page: take_in(work, page), pages * 3))

    stored = rows(store, post)
    assert sum(t.new for t in taken) == len(stored) == 28
    assert {p.external_id for p in stored} == {f"-1_{n}" for n in range(28)}
    assert sorted(g.posts for g in rows(store, grp)) == [7, 7, 7, 7]
    assert [r.number for r in rows(store, risk)] == ["2026-000001", "2026-000002", "2026-000003"]

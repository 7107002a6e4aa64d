"""Posts come in once, grouped, scored; risks open, grow and are told — the story of the intake on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from casework import take_in as module
from casework.runs import start_run
from casework.take_in import mark_gone, take_in
from casework.work import Work
from district.profile import Profile
from risk.post import Reach
from storage.engine import Store
from storage.find.accounts import source_by_id
from storage.find.card import card
from storage.find.queue import QueueFilter, QueueRow, queue
from storage.find.search import post_ids
from storage.find.sources import source_runs
from storage.keep.events import verify_chain
from storage.keep.sources import add_source
from storage.tables import grp, outbox, post, reach, revision, risk
from tests.casework.posts_build import CALM, FIRE, NOW, WATER, a_comment, a_post, a_work, dump, rows
from tests.storage.build import a_source


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    return a_work(store, demo_profile)


def _queue(work: Work) -> tuple[QueueRow, ...]:
    with work.store.read() as tx:
        return queue(tx, QueueFilter(), work.now).rows


def test_a_complaint_becomes_a_risk(work: Work) -> None:
    """A complaint is stored, found by its words, scored with reasons, and stands in the queue with its place and block."""
    taken = take_in(work, [a_post(views=100), a_post(2, CALM)])

    assert (taken.new, taken.joined, len(taken.opened)) == (2, 0, 1)
    (row,) = _queue(work)
    assert (row.number, row.posts, row.views, row.state) == ("2026-000001", 1, 100, "found")
    assert row.title.startswith("Второй день нет холодной воды")
    assert (row.topic, row.settlement, row.block) == ("housing", "Каменный Бор", "works")
    assert row.top_reason
    assert row.due_at is not None
    assert row.due_at > NOW
    with work.store.read() as tx:
        assert post_ids(tx, "холодная вода") == [1]
        shown = card(tx, row.id, NOW)
        assert verify_chain(tx, row.id) is None
    assert shown is not None
    assert sum(r.points for r in shown.reasons) == pytest.approx(rows(work.store, risk)[0].points)
    assert [e.kind for e in shown.events] == ["found"]


def test_the_same_page_twice_changes_nothing(work: Work) -> None:
    """A page read again, by the same process or after a crash, leaves the memory as it was."""
    page = [a_post(views=5), a_post(2, CALM), a_comment(1, 7, "Безобразие, сколько можно!"), a_post(3, FIRE)]
    take_in(work, page)
    before = dump(work.store)

    again = take_in(work.at(NOW + timedelta(minutes=10)), page)

    assert (again.new, again.edited, again.same) == (0, 0, 4)
    assert (again.opened, again.risen, again.alerts) == ((), (), 0)
    assert dump(work.store) == before


def test_copies_in_several_sources_are_one_risk(work: Work) -> None:
    """A repost with a hashtag in another source joins the group; the risk counts posts, sources, voices, views."""
    take_in(work, [a_post(views=100)])
    later = work.at(NOW + timedelta(minutes=20))

    taken = take_in(
        later,
        [
            a_post(5, WATER + " #вода #каменныйбор", source_id="vk-typical", views=900, seen_at=later.now),
            a_post(6, WATER, source_id="tg-novosti", platform="telegram", seen_at=later.now, voice=None),
        ],
    )

    assert (taken.new, taken.joined, taken.opened) == (2, 2, ())
    (row,) = _queue(later)
    assert (row.posts, row.sources, row.voices, row.views) == (3, 3, 2, 1000)
    assert row.last_seen == later.now
    with work.store.read() as tx:
        shown = card(tx, row.id, later.now)
    assert shown is not None
    assert shown.posts[0].method is None
    assert all(p.method and p.link_reason for p in shown.posts[1:])
    assert [(n, v) for _, n, v in shown.spread][-1] == (3, 1000)


def test_counters_are_kept_as_moments(work: Work) -> None:
    """A row is written only when a counter changed; «unknown» is neither 0 nor a change."""
    first = a_post(reach=Reach(views=10, likes=0))
    take_in(work, [first])
    for minutes, counted in ((1, Reach(10, 0)), (2, Reach(None, None)), (3, Reach(15, 0)), (4, Reach(None, 2, 1))):
        at = NOW + timedelta(minutes=minutes)
        take_in(work.at(at), [replace(first, reach=counted, seen_at=at)])

    kept = [(r.at, r.views, r.likes, r.reposts, r.comments) for r in rows(work.store, reach)]
    assert kept == [
        (NOW, 10, 0, None, None),
        (NOW + timedelta(minutes=3), 15, 0, None, None),
        (NOW + timedelta(minutes=4), None, 2, 1, None),
    ]
    (stored,) = rows(work.store, post)
    assert (stored.views, stored.likes, stored.reposts, stored.comments) == (15, 2, 1, None)


def test_unknown_views_stay_unknown(work: Work) -> None:
    """A risk whose posts tell no views has unknown views, not none."""
    take_in(work, [a_post()])

    assert [row.views for row in _queue(work)] == [None]


def test_an_edit_is_a_revision(work: Work) -> None:
    """The old text's hash and time stay, the new text is read, found and scored; the old words are found no more."""
    take_in(work, [a_post(1, CALM)])
    (old,) = rows(work.store, post)
    later = work.at(NOW + timedelta(hours=1))

    taken = take_in(later, [a_post(1, FIRE, edited_at=later.now, seen_at=later.now)])

    assert (taken.new, taken.edited, len(taken.opened)) == (0, 1, 1)
    (kept,) = rows(work.store, revision)
    assert (bytes(kept.old_sha), kept.old_seen_at, kept.edited_at) == (bytes(old.text_sha), NOW, later.now)
    (new,) = rows(work.store, post)
    assert (new.text, new.group_id) == (FIRE, old.group_id)
    with work.store.read() as tx:
        assert (post_ids(tx, "концерт"), post_ids(tx, "пожар")) == ([], [1])


def test_an_edit_into_another_text_leaves_the_group(work: Work) -> None:
    """A copy that is edited into something else gets a group of its own; the others stay as they were."""
    take_in(work, [a_post(1, WATER), a_post(2, WATER, source_id="vk-typical", views=70)])
    later = work.at(NOW + timedelta(hours=1))

    take_in(later, [a_post(2, CALM, source_id="vk-typical", views=70, edited_at=later.now, seen_at=later.now)])

    first, second = rows(work.store, post)
    assert first.group_id != second.group_id
    counts = {g.id: (g.posts, g.sources, g.views) for g in rows(work.store, grp)}
    assert counts == {first.group_id: (1, 1, None), second.group_id: (1, 1, 70)}
    (row,) = _queue(later)
    assert (row.posts, row.views) == (1, None)


def test_a_small_edit_stays_in_the_group(work: Work) -> None:
    """A correction or an update is the same news."""
    take_in(work, [a_post(1, WATER), a_post(2, WATER, source_id="vk-typical")])

    take_in(work, [a_post(2, WATER + " ОБНОВЛЕНО: обещают дать к вечеру", source_id="vk-typical")])

    assert len({p.group_id for p in rows(work.store, post)}) == 1
    assert [row.posts for row in _queue(work)] == [2]


def test_a_gone_post_is_marked_and_comes_back(work: Work) -> None:
    """What vanished from its page is marked, not erased; seen again, the mark goes."""
    take_in(work, [a_post(views=3)])

    assert mark_gone(work, [a_post().key]) == 1
    assert mark_gone(work, [a_post().key]) == 0
    (gone,) = rows(work.store, post)
    assert (gone.gone_at, gone.text) == (NOW, WATER)

    take_in(work, [a_post(views=3)])
    assert [p.gone_at for p in rows(work.store, post)] == [None]


def test_comments_inform_the_group_of_their_post(work: Work) -> None:
    """Comments and negative comments are counted at the post, also those that came before it and those that changed."""
    angry, kind = "Это просто ужас и безобразие, сколько можно!", "Спасибо большое, всё хорошо"
    take_in(work, [a_comment(1, 10, angry), a_comment(1, 11, kind)])
    take_in(work, [a_post(1, WATER), a_comment(1, 12, angry + " Позор")])
    take_in(work, [a_comment(1, 13, angry + " Стыдно"), a_comment(1, 11, angry + " Передумал")])

    group = next(p.group_id for p in rows(work.store, post) if not p.comment_id)
    counted = next(g for g in rows(work.store, grp) if g.id == group)
    assert (counted.comments, counted.negative_comments) == (4, 4)


def test_a_comment_can_be_a_risk_of_its_own(work: Work) -> None:
    """Danger is danger under a concert announcement too."""
    take_in(work, [a_post(1, CALM), a_comment(1, 10, FIRE)])

    (row,) = _queue(work)
    assert (row.level, row.emergency, row.posts) == (4, True, 1)


def test_danger_goes_to_level_four_and_the_duty_service(work: Work) -> None:
    """Requirement 17: danger words raise to level 4, route to the ЕДДС and tell every chat at once."""
    taken = take_in(work, [a_post(1, FIRE)])

    (row,) = _queue(work)
    (stored,) = rows(work.store, risk)
    lines = rows(work.store, outbox)
    assert (row.level, row.emergency, stored.official) == (4, True, work.profile.emergency_post)
    assert taken.alerts == len(lines) == len(work.profile.chats)
    assert {n.due_at for n in lines} == {NOW}
    assert {n.body["number"] for n in lines} == {"2026-000001"}
    assert row.due_at == NOW + work.profile.level(4).holding_in
    assert {n.body["due_at"] for n in lines} == {(NOW + work.profile.level(4).first_line).isoformat()}


def test_480_copies_with_5_views_stay_low(work: Work) -> None:
    """Requirement 16 (Lipetsk): many posts that nobody reads do not make a risk grow beyond level 2."""
    text = WATER.replace("В доме маленькие дети и старики, ", "")
    sources = [s.id for s in work.profile.sources if not s.official and not s.media]
    for page in range(0, 480, 60):
        at = NOW + timedelta(minutes=page)
        batch = [
            a_post(n, f"{text} #{n}", views=5, source_id=sources[n % len(sources)], voice=f"{n % 9:016x}", seen_at=at)
            for n in range(page, page + 60)
        ]
        take_in(work.at(at), batch)

    (row,) = _queue(work)
    assert (row.posts, row.views) == (480, 2400)
    assert row.level <= 2


def test_official_posts_open_no_risk(work: Work) -> None:
    """What the administration itself says is an answer, until people are angry under it."""
    with work.store.write() as tx:
        add_source(tx, a_source(id="vk-okrug", name="Округ", official=True))
    take_in(work, [a_post(1, WATER, source_id="vk-okrug")])
    assert _queue(work) == ()

    angry = [a_comment(1, n, f"Ужас, безобразие, сколько можно терпеть №{n}!", source_id="vk-okrug") for n in range(12)]
    take_in(work, angry)

    assert WATER.startswith(_queue(work)[0].title[:20])


def test_the_cursor_stands_or_falls_with_its_page(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page and the place up to where a source was read are kept together or not at all."""
    with work.store.write() as tx:
        add_source(tx, a_source(id="vk-podslushano"))
    take_in(work, [a_post()], source_id="vk-podslushano", cursor={"last": 1})

    def broken(*_: object) -> int:
        raise OSError("диск полон")

    monkeypatch.setattr(module, "tell", broken)
    before = dump(work.store)
    with pytest.raises(OSError, match="диск полон"):
        take_in(work, [a_post(2, FIRE)], source_id="vk-podslushano", cursor={"last": 2})

    assert dump(work.store) == before
    with work.store.read() as tx:
        found = source_by_id(tx, "vk-podslushano")
    assert found is not None
    assert found["cursor"] == {"last": 1}


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00нет\x00 воды", "\ud83d сломанная пара", "‮нет воды‬", "🙂" * 50, "а" * 70_000, "да " * 40_000],
)
def test_no_text_stops_a_batch(work: Work, text: str) -> None:
    """Empty, broken, reversed or endless texts are stored as far as a database can, and the rest of the page with them."""
    taken = take_in(work, [a_post(1, text), a_post(2, WATER)])

    assert taken.new == 2
    assert take_in(work, [a_post(1, text), a_post(2, WATER)]).same == 2


def test_no_name_stops_a_batch(work: Work) -> None:
    """NUL and broken letters in addresses and ids are mended, and the post is known again by its mended id."""
    hostile = a_post(1, WATER, external_id="-1_1\x00", url="https://vk.com/\ud83d", attachments=("photo:\x00\udfff",))

    assert take_in(work, [hostile, a_post(2, FIRE)]).new == 2
    assert take_in(work, [hostile]).same == 1


def test_a_run_counts_what_it_took_in(work: Work) -> None:
    """A run that is killed later has told already what it took in."""
    run_id = start_run(work, "vk-podslushano")
    take_in(work, [a_post(1), a_post(2, FIRE)], run_id=run_id)
    take_in(work, [a_post(2, FIRE), a_post(3, CALM)], run_id=run_id)

    with work.store.read() as tx:
        (run,) = source_runs(tx, "vk-podslushano")
    assert (run.outcome, run.counts) == ("running", {"new": 3, "edited": 0, "same": 1})


def test_two_sights_in_one_page_are_one_post(work: Work) -> None:
    """A page that shows a post twice gives one post with the later counters."""
    taken = take_in(work, [a_post(views=5), a_post(views=None, reach=Reach(likes=2)), a_post(views=7)])

    assert taken.new == 1
    (stored,) = rows(work.store, post)
    assert (stored.views, stored.likes) == (7, 2)


def test_an_empty_page_is_taken_in(work: Work) -> None:
    """A page without posts only moves the cursor."""
    with work.store.write() as tx:
        add_source(tx, a_source(id="vk-podslushano"))

    taken = take_in(work, [], source_id="vk-podslushano", cursor={"last": 9})

    assert (taken.new, taken.same) == (0, 0)
    with work.store.read() as tx:
        found = source_by_id(tx, "vk-podslushano")
    assert found is not None
    assert found["cursor"] == {"last": 9}

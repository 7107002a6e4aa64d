"""Texts go when their time is over; what is left are numbers, and the journal says what was forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework import forgetting
from casework.forgetting import Forgotten, forget_old
from casework.take_in import take_in
from casework.work import Work
from district.profile import Profile
from storage.engine import Store
from storage.find.accounts import journal_lines
from storage.find.queue import QueueFilter, queue
from storage.find.search import post_ids
from storage.keep.journal import add_quarantine
from storage.keep.outbox import mark_sent
from storage.tables import grp, outbox, post, post_key
from storage.tables.near import post_key_fresh
from tests.casework.posts_build import CALM, FIRE, HOLE, NOW, WATER, a_comment, a_post, a_work, dump, rows

DAYS = 365


@pytest.fixture
def work(store: Store, demo_profile: Profile) -> Work:
    """Three posts and a comment of today, with an alert told and an item refused."""
    work = a_work(store, demo_profile)
    photo = ("photo:-1_5",)
    take_in(
        work, [a_post(1, FIRE, attachments=photo), a_post(2, WATER), a_post(3, CALM), a_comment(2, 1, "Ужас какой")]
    )
    with store.write() as tx:
        add_quarantine(tx, "vk-podslushano", None, NOW, [("нет времени", {"text": "кусок текста"})])
        mark_sent(tx, [n.id for n in rows(store, outbox)], NOW)
    return work


def _later(work: Work, days: int) -> Work:
    return work.at(NOW + timedelta(days=days))


def test_every_word_of_an_old_post_goes(work: Work) -> None:
    """After the term nothing is left of texts, author tokens, photos, keys, search words, titles, alert lines."""
    done = forget_old(_later(work, DAYS + 1), DAYS)

    assert (done.posts, done.refused_items) == (4, 1)
    assert {(p.text, bytes(p.norm), p.voice, tuple(p.attachments), p.copy_of) for p in rows(work.store, post)} == {
        ("", b"", None, (), "")
    }
    assert rows(work.store, post_key) == []
    assert {bytes(r.pairs) for r in rows(work.store, post_key_fresh)} <= {b""}
    assert rows(work.store, outbox) == []
    with work.store.read() as tx:
        assert post_ids(tx, "вода") == []
        titles = {row.title for row in queue(tx, QueueFilter(), NOW).rows}
    assert titles == {"Текст удалён по сроку хранения"}
    told = str(dump(work.store, "journal", "staff"))
    assert not any(word in told for word in ("Садовой", "старики", "дом культуры", "помогите соседям", "кусок текста"))


def test_numbers_stay(work: Work) -> None:
    """Counts, levels, topics and dates of groups and risks are what they were."""
    kept = [(g.posts, g.sources, g.level, g.points, g.topic, g.kind, g.first_seen) for g in rows(work.store, grp)]

    forget_old(_later(work, DAYS + 1), DAYS)

    assert [
        (g.posts, g.sources, g.level, g.points, g.topic, g.kind, g.first_seen) for g in rows(work.store, grp)
    ] == kept
    assert len(rows(work.store, post)) == 4


def test_the_journal_says_how_much(work: Work) -> None:
    """One line says what was forgotten and up to which day; a day without anything to forget adds none."""
    forget_old(_later(work, DAYS + 1), DAYS)
    forget_old(_later(work, DAYS + 2), DAYS)

    with work.store.read() as tx:
        (line,) = journal_lines(tx, "retention")
    assert (line.by, line.after["posts"], line.after["before"][:10]) == ("машина", 4, "2026-11-22")


def test_what_is_young_stays(work: Work) -> None:
    """Nothing is forgotten a day early, and a post that came later keeps its text when the older ones go."""
    before = dump(work.store, "setting")
    assert forget_old(_later(work, DAYS - 1), DAYS) == Forgotten(0, 0, 0, 0, 0)
    assert dump(work.store, "setting") == before
    young = _later(work, 100)
    take_in(young, [a_post(50, HOLE, seen_at=young.now)])

    forget_old(_later(work, DAYS + 1), DAYS)

    assert [p.text for p in rows(work.store, post) if p.text] == [HOLE]


def test_a_forgotten_post_does_not_come_back(work: Work) -> None:
    """An old page read again finds its posts known and stores no text anew."""
    later = _later(work, DAYS + 1)
    forget_old(later, DAYS)

    taken = take_in(later, [a_post(2, WATER), a_post(3, CALM + " (исправлено)")])

    assert (taken.new, taken.edited, taken.same) == (0, 0, 2)
    assert {p.text for p in rows(work.store, post)} == {""}


def test_forgetting_goes_on_where_it_stopped(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """It works in short steps; a stop between them loses nothing and the next call ends it."""
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    steps = iter([True, False])
    real = forgetting._forget_some

    def stop_after_one(work: Work, since: int, before: int) -> int:
        if not next(steps):
            raise KeyboardInterrupt
        return real(work, since, before)

    monkeypatch.setattr(forgetting, "_forget_some", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        forget_old(_later(work, DAYS + 1), DAYS)
    assert len([p for p in rows(work.store, post) if not p.text]) == 1
    monkeypatch.setattr(forgetting, "_forget_some", real)

    assert forget_old(_later(work, DAYS + 1), DAYS).posts == 3

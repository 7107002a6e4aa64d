"""The living list of sources: only approved public pages are read, and staff have the last word over the profile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework.errors import (
    AddressRefused,
    BadMove,
    DuplicateSource,
    NotAllowed,
    NotApproved,
    ReasonNeeded,
    UnknownSubject,
)
from casework.journal_words import JOURNAL_LABELS, journal_label
from casework.runs import claim_due_sources
from casework.secrets import add_account
from casework.sources import (
    AddedSource,
    add_source,
    approve,
    change_source,
    pause,
    remove,
    resume,
    sync_profile_sources,
)
from casework.work import Staff, Work
from district.profile import Expected, Platform
from district.settings import Settings
from storage.engine import Store
from storage.find.accounts import journal_lines, source_by_id
from tests.casework.staff_build import NOW, a_profile, a_source, a_staff, a_work

HEAD, OFFICER, TECHNICIAN = a_staff(1, "head"), a_staff(2, "officer"), a_staff(3, "technician")


def add(work: Work, address: str = "https://vk.com/club7", **changes: Any) -> AddedSource:
    return add_source(work, address, **({"name": "Белое онлайн", "owner": "жители"} | changes))


def row(store: Store, source_id: str) -> dict[str, Any]:
    with store.read() as tx:
        found = source_by_id(tx, source_id)
    assert found is not None
    return found


def read_now(work: Work) -> list[str]:
    """Ids of the sources that the crawler would read at this moment."""
    return sorted(claim.source_id for claim in claim_due_sources(work, 50, "test:0", 1))


def whats(store: Store, source_id: str) -> list[str]:
    with store.read() as tx:
        return [line.what for line in reversed(journal_lines(tx, f"source:{source_id}"))]


def test_a_head_adds_and_approves_at_once(store: Store) -> None:
    """What the head adds is read at once, and the list says who approved it."""
    added = add(
        a_work(store, HEAD), "https://vk.com/wall-7_12", every=timedelta(minutes=5), expect=(1, 50), territory="beloe"
    )

    assert (added.id, added.platform, added.address, added.state) == (
        "vk-club7",
        Platform.VK,
        "https://vk.com/club7",
        "active",
    )
    found = row(store, added.id)
    assert (found["approver"], found["approved_at"], found["every_s"], found["territory"]) == (
        "Сотрудник 1",
        NOW,
        300.0,
        "beloe",
    )
    assert read_now(a_work(store)) == ["vk-club7"]
    assert whats(store, added.id) == ["source.added"]


@pytest.mark.parametrize("who", [OFFICER, TECHNICIAN])
def test_what_others_propose_waits_for_approval(store: Store, who: Staff) -> None:
    """An officer's and a technician's source is not read until head or curator approve it."""
    added = add(a_work(store, who))

    assert added.state == "proposed"
    assert read_now(a_work(store)) == []
    with pytest.raises(NotAllowed):
        approve(a_work(store, who), added.id)
    with pytest.raises(BadMove):
        resume(a_work(store, who), added.id)
    approve(a_work(store, a_staff(4, "curator"), NOW + timedelta(hours=1)), added.id)
    assert read_now(a_work(store, now=NOW + timedelta(hours=1))) == [added.id]
    assert row(store, added.id)["approver"] == "Сотрудник 4"
    with pytest.raises(BadMove, match="уже утверждён: Сотрудник 4"):
        approve(a_work(store, HEAD), added.id)
    assert whats(store, added.id) == ["source.added", "source.approved"]


def test_a_proposal_taken_back_needs_approval_all_the_same(sqlite_store: Store) -> None:
    """Removing and resuming is no way around the approval."""
    added = add(a_work(sqlite_store, OFFICER))
    remove(a_work(sqlite_store, OFFICER), added.id, "передумали")

    with pytest.raises(NotApproved, match="после утверждения"):
        resume(a_work(sqlite_store, OFFICER), added.id)


def test_pause_resume_remove_keep_their_reasons(store: Store) -> None:
    """Each change of state has a reason, a person and a line in the journal; paused and removed sources are not read."""
    work = a_work(store, OFFICER)
    source_id = add(a_work(store, HEAD)).id

    pause(work, source_id, " страница на ремонте ")
    assert (row(store, source_id)["state"], row(store, source_id)["state_reason"]) == ("paused", "страница на ремонте")
    assert read_now(work) == []
    resume(work, source_id)
    assert read_now(work) == [source_id]
    remove(work, source_id, "закрыта")
    assert read_now(work.at(NOW + timedelta(days=1))) == []
    with store.read() as tx:
        lines = journal_lines(tx, f"source:{source_id}")
    assert [(line.what, line.after["state_reason"]) for line in lines[:3]] == [
        ("source.removed", "закрыта"), ("source.resumed", ""), ("source.paused", "страница на ремонте"),
    ]  # fmt: skip
    resume(work, source_id)
    assert row(store, source_id)["state"] == "active"


def test_moves_need_sense_reason_and_right(sqlite_store: Store) -> None:
    """No pause without a reason, no resume of what is read, nothing for readers, nothing of an unknown source."""
    source_id = add(a_work(sqlite_store, HEAD)).id
    work = a_work(sqlite_store, OFFICER)

    with pytest.raises(ReasonNeeded):
        pause(work, source_id, "  ")
    with pytest.raises(BadMove, match="сейчас «читается»"):
        resume(work, source_id)
    with pytest.raises(UnknownSubject):
        pause(work, "nobody", "так")
    reader = a_work(sqlite_store, a_staff(9, "reader"))
    for act in (lambda: add(reader), lambda: pause(reader, source_id, "так"), lambda: approve(reader, source_id)):
        with pytest.raises(NotAllowed):
            act()


@pytest.mark.parametrize("again", ["vk.ru/public7", "https://m.vk.com/wall-7_1", "https://vk.com/CLUB7"])
def test_the_same_page_is_not_added_twice(sqlite_store: Store, again: str) -> None:
    """Another writing of a listed page is told with the source that has it, also when that one was removed."""
    work = a_work(sqlite_store, HEAD)
    source_id = add(work).id
    remove(work, source_id, "пока не нужна")

    with pytest.raises(DuplicateSource, match="Белое онлайн.*убран") as caught:
        add(work, again)

    assert caught.value.source_id == source_id


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": " "}, "название"),
        ({"owner": ""}, "кто ведёт"),
        ({"every": timedelta(seconds=30)}, "раза в минуту"),
        ({"every": timedelta(days=8)}, "раза в неделю"),
        ({"expect": (5, 5)}, "Обычное число"),
        ({"expect": (-1, 5)}, "Обычное число"),
        ({"territory": "moon"}, "Территории «moon»"),
        ({"account": "vk-9"}, "Есть: ни одной"),
    ],
)
def test_wrong_facts_are_refused(sqlite_store: Store, changes: dict[str, Any], said: str) -> None:
    """Each slip in the form is named, and nothing is written."""
    with pytest.raises(BadMove, match=said):
        add(a_work(sqlite_store, HEAD), **changes)
    with sqlite_store.read() as tx:
        assert journal_lines(tx) == ()


def test_closed_and_internal_pages_are_refused(sqlite_store: Store) -> None:
    """Invitations and internal machines never get onto the list, except the one address the technician opened."""
    work = a_work(sqlite_store, HEAD)

    with pytest.raises(AddressRefused):
        add(work, "https://t.me/+AbCd")
    with pytest.raises(AddressRefused):
        add(work, "http://127.0.0.1:8080/rss")
    assert add(work, "http://127.0.0.1:8080/rss", allowed=("127.0.0.1:8080",)).platform is Platform.FEED


def test_telegram_is_read_with_an_account_where_there_is_one(sqlite_store: Store, tmp_path: Path) -> None:
    """Without an account a channel is read through t.me/s; with one through it; both are the same source."""
    work = a_work(sqlite_store, HEAD)

    assert add(work, "@beloe_news").platform is Platform.TELEGRAM_PREVIEW
    settings = Settings(home=tmp_path, _env_file=None)
    add_account(a_work(sqlite_store, TECHNICIAN), settings, "tg-1", "telegram", "session", "s", ["каналы"])
    assert add(work, "@beloe_chat", account="tg-1").platform is Platform.TELEGRAM
    with pytest.raises(DuplicateSource):
        add(work, "https://t.me/beloe_news")


def test_max_is_kept_until_somebody_reads_it(sqlite_store: Store) -> None:
    """A MAX channel is recognised and stored, but says that it is not read yet."""
    work = a_work(sqlite_store, HEAD)
    added = add(work, "https://max.ru/beloe")

    assert (added.id, added.state) == ("max-beloe", "paused")
    assert "пока не читается" in row(sqlite_store, added.id)["state_reason"]
    with pytest.raises(BadMove, match="пока не читается"):
        resume(work, added.id)


def test_ids_are_readable_and_free(sqlite_store: Store) -> None:
    """Two pages of one site get two ids."""
    work = a_work(sqlite_store, HEAD)

    ids = [
        add(work, address).id
        for address in (
            "https://example.ru/a",
            "https://example.ru/b",
            "https://example.ru/c/rss",
            "https://хвойная.рф",
        )
    ]

    assert ids == ["site-example-ru", "site-example-ru-2", "feed-example-ru", "site-xn-80advqd4bxe-xn-p1ai"] or ids[
        2
    ].startswith("site-")
    assert len(set(ids)) == 4


def changed(source_id: str, work: Work, **changes: Any) -> None:
    facts: dict[str, Any] = {
        "name": "Подслушано в Белом",
        "owner": "жители",
        "every": timedelta(minutes=15),
        "expect": (3, 400),
    }
    change_source(work, source_id, **(facts | changes))


def test_the_profile_gives_the_first_list(store: Store) -> None:
    """Sources of the profile come approved and due; a second start changes nothing."""
    work = a_work(store)

    first, second = sync_profile_sources(work), sync_profile_sources(work.at(NOW + timedelta(hours=1)))

    assert first.added == ("vk-residents",)
    assert (second.added, second.changed, second.removed, second.kept) == ((), (), (), ())
    found = row(store, "vk-residents")
    assert (found["approver"], found["approved_at"], found["state"]) == ("Руководитель МЦУ", NOW, "active")
    assert found["options"]["mode"] == "auto"
    assert read_now(work) == ["vk-residents"]


def test_untouched_columns_follow_the_profile_and_changed_ones_stay(store: Store) -> None:
    """Staff changed the interval: a new profile moves the name and the footers, and never the interval again."""
    sync_profile_sources(a_work(store))
    changed("vk-residents", a_work(store, OFFICER), every=timedelta(minutes=3))

    newer = a_source(name="Белое сегодня", every=timedelta(hours=1), footers=("Подпишись",), expected=Expected(5, 500))
    for profile in (
        a_profile(sources=(newer,)),
        a_profile(sources=(a_source(name="Белое", every=timedelta(hours=2)),)),
    ):
        synced = sync_profile_sources(a_work(store, profile=profile))
        assert (synced.changed, synced.kept) == (("vk-residents",), ("vk-residents",))

    found = row(store, "vk-residents")
    assert (found["name"], found["every_s"], found["expect_low"], found["options"]["footers"]) == (
        "Белое",
        180.0,
        3.0,
        [],
    )


def test_a_source_that_left_the_profile_is_removed_only_if_untouched(sqlite_store: Store) -> None:
    """Removed with a reason when nobody touched it, kept when somebody did; when it comes back it is read again."""
    two = (a_source("vk-a", address="https://vk.com/club1"), a_source("vk-b", address="https://vk.com/club2"))
    sync_profile_sources(a_work(sqlite_store, profile=a_profile(sources=two)))
    changed("vk-b", a_work(sqlite_store, OFFICER), name="Наша страница")

    synced = sync_profile_sources(a_work(sqlite_store, profile=a_profile(sources=())))

    assert (synced.removed, synced.kept) == (("vk-a",), ("vk-b",))
    assert row(sqlite_store, "vk-a")["state_reason"] == "убран из профиля округа"
    assert sync_profile_sources(a_work(sqlite_store, profile=a_profile(sources=two))).changed == ("vk-a",)
    assert row(sqlite_store, "vk-a")["state"] == "active"
    assert whats(sqlite_store, "vk-a") == ["source.from_profile", "source.left_profile", "source.from_profile"]


def test_what_staff_removed_the_profile_does_not_bring_back(sqlite_store: Store) -> None:
    """The desk keeps the living list: a removed or paused source stays so through any number of starts."""
    sync_profile_sources(a_work(sqlite_store))
    remove(a_work(sqlite_store, OFFICER), "vk-residents", "реклама")

    for name in ("Новое имя", "Ещё новее"):
        sync_profile_sources(a_work(sqlite_store, profile=a_profile(sources=(a_source(name=name),))))

    assert (row(sqlite_store, "vk-residents")["state"], row(sqlite_store, "vk-residents")["state_reason"]) == (
        "removed",
        "реклама",
    )


def test_a_page_staff_already_read_is_not_doubled_by_the_profile(sqlite_store: Store) -> None:
    """The profile names a page that the desk has under another id: it is told and not read twice."""
    mine = add(a_work(sqlite_store, HEAD), "https://vk.com/public1").id

    synced = sync_profile_sources(a_work(sqlite_store))

    assert (synced.added, synced.doubles) == ((), (("vk-residents", mine),))


def test_the_journal_has_words_for_everything_it_says(sqlite_store: Store) -> None:
    """No code without Russian words; words written as they are stay."""
    sync_profile_sources(a_work(sqlite_store))
    add(a_work(sqlite_store, HEAD))

    with sqlite_store.read() as tx:
        assert {line.what for line in journal_lines(tx)} <= set(JOURNAL_LABELS)
    assert journal_label("source.added") == "источник добавлен"
    assert journal_label("источник остановлен") == "источник остановлен"

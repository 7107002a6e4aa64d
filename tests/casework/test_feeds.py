"""Calendars of people and blocks: whose days stand in them, and who may make, use and revoke their addresses."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest
import sqlalchemy as sa

from casework import feeds
from casework.errors import BadMove, NotAllowed, UnknownSubject
from casework.feed_days import days_of
from casework.work import Staff
from storage.engine import Store
from storage.tables import feed_key, journal, staff
from tests.casework.feed_build import DESK, NOW, a_campaign, a_message, a_person, a_task, a_work


def shown(store: Store, who: Staff, block: str = "") -> dict[str, tuple[date, date]]:
    """Return titles with their days, the first coming of each."""
    found: dict[str, tuple[date, date]] = {}
    for one in sorted(days_of(a_work(store), who, block, DESK)[1], key=lambda e: e.first):
        found.setdefault(one.title, (one.first, one.last))
    return found


def blocks_of(store: Store) -> tuple[str, str]:
    profile = a_work(store).profile
    roads, social = profile.block_of("roads"), profile.block_of("education")
    assert roads
    assert social
    return roads.id, social.id


def test_the_thaw_of_khvoyninsky_stands_on_its_days(sqlite_store: Store) -> None:
    """The road closure of 15 April - 14 May is there, and so is the day on which preparing begins."""
    head = a_person(sqlite_store, "head", "head")

    days = shown(sqlite_store, head)

    thaw = {title: span for title, span in days.items() if span == (date(2026, 4, 15), date(2026, 5, 14))}
    assert thaw
    name = next(iter(thaw)).removesuffix(" (ожидается)")
    lead = next(t.lead_days for t in a_work(sqlite_store).profile.prevention.threats if t.id == "road-thaw")
    first = date(2026, 4, 15) - timedelta(days=lead)
    assert days[f"Начать подготовку: {name}"] == (first, first)


def test_a_person_sees_the_own_work_and_the_threats_of_the_own_blocks(store: Store) -> None:
    """Own tasks, own campaigns with their publications, threats of the own blocks; not those of others."""
    roads, social = blocks_of(store)
    me = a_person(store, "me", "block_lead", blocks=(roads,))
    other = a_person(store, "other", "block_lead", blocks=(social,))
    mine = a_campaign(store, "Закрытие дорог", date(2026, 4, 1), date(2026, 4, 30), owner_staff=me.id, block=roads)
    theirs = a_campaign(store, "Школа", date(2026, 8, 1), date(2026, 9, 1), owner_staff=other.id, block=social)
    a_task(store, theirs, "Позвонить в ГИБДД", date(2026, 4, 5), owner_staff=me.id)
    a_task(store, mine, "Чужая задача", date(2026, 4, 6), owner_staff=other.id)
    a_message(store, mine, "Радио округа", date(2026, 4, 2))
    a_message(store, theirs, "Школьный чат", date(2026, 8, 2))

    days = shown(store, me)

    assert days["Кампания: Закрытие дорог"] == (date(2026, 4, 1), date(2026, 4, 30))
    assert days["Готовить кампанию: Закрытие дорог"] == (date(2026, 3, 18), date(2026, 3, 18))
    assert days["Задача: Позвонить в ГИБДД"] == (date(2026, 4, 5), date(2026, 4, 5))
    assert days["Опубликовать: Радио округа, водители"] == (date(2026, 4, 2), date(2026, 4, 2))
    assert not {"Кампания: Школа", "Задача: Чужая задача", "Опубликовать: Школьный чат, водители"} & days.keys()
    assert any("дорог" in title for title in days)
    assert not any("экзамен" in title.lower() for title in days)


def test_a_block_sees_all_that_the_block_does(store: Store) -> None:
    """A block's calendar holds its campaigns whoever owns them, their publications and the block's tasks."""
    roads, social = blocks_of(store)
    head, other = a_person(store, "head", "head"), a_person(store, "other", "officer")
    mine = a_campaign(store, "Закрытие дорог", date(2026, 4, 1), date(2026, 4, 30), owner_staff=other.id, block=roads)
    a_campaign(store, "Школа", date(2026, 8, 1), date(2026, 9, 1), block=social)
    a_task(store, mine, "Выставить знаки", date(2026, 4, 5))
    a_message(store, mine, "Радио округа", date(2026, 4, 2))

    days = shown(store, head, roads)

    assert {
        "Кампания: Закрытие дорог",
        "Задача: Выставить знаки",
        "Опубликовать: Радио округа, водители",
    } <= days.keys()
    assert "Кампания: Школа" not in days


def test_what_is_off_or_done_says_so(store: Store) -> None:
    """A cancelled campaign and task are cancelled in the calendar; done work has no reminder; ids stay the same."""
    me = a_person(store, "me", "head")
    off = a_campaign(
        store, "Отменена", date(2026, 4, 1), date(2026, 4, 3), owner_staff=me.id, state="cancelled", reason="нет снега"
    )
    live = a_campaign(store, "Идёт", date(2026, 4, 1), date(2026, 4, 3), owner_staff=me.id, state="running", version=5)
    a_task(store, off, "Не нужна", date(2026, 4, 1), owner_staff=me.id)
    done = a_task(
        store, live, "Готово", date(2026, 4, 1), owner_staff=me.id, state="done", ended_at=NOW, result="сделали"
    )
    a_message(store, live, "Радио", date(2026, 4, 2), state="published", published_on="2026-04-03")

    found = {e.title: e for e in days_of(a_work(store), me, "", DESK)[1]}

    assert found["Кампания: Отменена"].cancelled
    assert "нет снега" in found["Кампания: Отменена"].words
    assert found["Задача: Не нужна"].cancelled
    assert (found["Сделано: Готово"].alarm_days, found["Сделано: Готово"].uid) == (
        None,
        f"task-{done}@khvoyninsky.otklik",
    )
    assert (found["Вышло: Радио, водители"].first, found["Вышло: Радио, водители"].alarm_days) == (
        date(2026, 4, 3),
        None,
    )
    assert (found["Кампания: Идёт"].sequence, found["Кампания: Идёт"].url) == (5, f"{DESK}/campaigns/{live}")
    assert len({e.uid for e in days_of(a_work(store), me, "", DESK)[1]}) == len(days_of(a_work(store), me, "", DESK)[1])


def test_no_text_of_a_message_leaves_the_house(sqlite_store: Store) -> None:
    """A calendar says that something is to be posted and where; the text itself is read on the desk."""
    me = a_person(sqlite_store, "me", "head")
    mine = a_campaign(sqlite_store, "Закрытие дорог", date(2026, 4, 1), date(2026, 4, 30), owner_staff=me.id)
    a_message(sqlite_store, mine, "Радио", date(2026, 4, 2), text="Тайный текст", note="тайная заметка")
    key = feeds.find(a_work(sqlite_store, me), feeds.make(a_work(sqlite_store, me)).secret)

    content = feeds.content(a_work(sqlite_store, me), key, DESK).decode().replace("\r\n ", "")

    assert "Опубликовать: Радио" in content
    assert "Тайный" not in content
    assert "тайная" not in content


def test_ids_of_a_threat_stay_as_time_goes_by(sqlite_store: Store) -> None:
    """Half a year later the same coming of a threat has the same id, so that a program moves it and does not double it."""
    me = a_person(sqlite_store, "me", "head")
    early = {e.uid: e.first for e in days_of(a_work(sqlite_store), me, "", DESK)[1]}
    late = {e.uid: e.first for e in days_of(a_work(sqlite_store, now=NOW + timedelta(days=180)), me, "", DESK)[1]}

    common = early.keys() & late.keys()

    assert len(common) > 20
    assert all(early[uid] == late[uid] for uid in common)


@pytest.mark.parametrize("district", ["khvoyninsky", "kholmsky", "babaevsky", "dedovichsky", "demyansky", "demo"])
def test_every_shipped_district_gives_a_full_year(sqlite_store: Store, district: str) -> None:
    """The calendar of each profile is read by the library and holds the threats of its year."""
    head = a_person(sqlite_store, "head", "head")
    work = a_work(sqlite_store, head, district=district)
    made = feeds.make(work)

    content = feeds.content(work, feeds.find(work, made.secret), DESK)

    events = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert len(events) > 25
    assert len({str(e["uid"]) for e in events}) == len(events)


def test_an_address_is_shown_once_and_kept_as_a_hash(store: Store) -> None:
    """The secret is long, different each time, found by itself, and stands nowhere in the database."""
    me = a_person(store, "me", "head")
    work = a_work(store, me)

    first, second = feeds.make(work), feeds.make(work)

    assert first.secret != second.secret
    assert len(first.secret) >= 43
    assert feeds.find(work, first.secret).id == first.id
    with store.read() as tx:
        rows = tx.execute(sa.select(feed_key)).all()
        told = tx.execute(sa.select(journal.c.what, journal.c.after)).all()
    assert first.secret not in str(rows) + str(told)
    assert [row.what for row in told] == ["feed.made", "feed.made"]
    assert [key.id for key in feeds.keys(work)] == [second.id, first.id]


@pytest.mark.parametrize("secret", ["", "x", "а" * 5000, "\ud800", "' OR 1=1 --", "../../etc/passwd"])
def test_an_unknown_address_is_unknown(store: Store, secret: str) -> None:
    """Whatever somebody tries gives the same answer."""
    with pytest.raises(feeds.UnknownFeed):
        feeds.find(a_work(store), secret)


def test_a_revoked_address_is_dead_at_once(store: Store) -> None:
    """Revoking works immediately, is written down once, and a second time changes nothing."""
    me = a_person(store, "me", "officer")
    work = a_work(store, me)
    made = feeds.make(work)

    feeds.revoke(work, made.id)
    feeds.revoke(work, made.id)

    with pytest.raises(feeds.RevokedFeed):
        feeds.find(work, made.secret)
    assert feeds.keys(work) == ()
    with store.read() as tx:
        told = tx.execute(sa.select(journal.c.what).where(journal.c.what == "feed.revoked")).all()
    assert len(told) == 1


def test_nobody_revokes_what_is_not_theirs(store: Store) -> None:
    """A personal address is its owner's; a block's belongs to who plans for the block too."""
    roads, social = blocks_of(store)
    me, head = a_person(store, "me", "executor", blocks=(roads,)), a_person(store, "head", "head")
    stranger = a_person(store, "stranger", "block_lead", blocks=(social,))
    own, block = feeds.make(a_work(store, me)), feeds.make(a_work(store, me), roads)

    for thief in (stranger, head):
        with pytest.raises(UnknownSubject):
            feeds.revoke(a_work(store, thief), own.id)
    with pytest.raises(UnknownSubject):
        feeds.revoke(a_work(store, stranger), block.id)
    feeds.revoke(a_work(store, head), block.id)

    with pytest.raises(feeds.RevokedFeed):
        feeds.find(a_work(store), block.secret)
    assert feeds.find(a_work(store), own.secret).id == own.id


@pytest.mark.parametrize(
    "changes", [{"active": False}, {"roles": ["technician"]}, {"roles": []}, {"blocks": ["social"]}], ids=lambda c: next(iter(c))
)  # fmt: skip
def test_who_left_takes_the_address_along(store: Store, changes: dict[str, object]) -> None:
    """A switched-off account, a lost role or a lost block ends the address by itself."""
    roads, _ = blocks_of(store)
    me = a_person(store, "me", "executor", blocks=(roads,))
    made = feeds.make(a_work(store, me), roads)

    with store.write() as tx:
        tx.execute(sa.update(staff).where(staff.c.id == me.id).values(changes))

    with pytest.raises(feeds.RevokedFeed):
        feeds.find(a_work(store), made.secret)


def test_only_seen_blocks_have_addresses_and_not_without_end(sqlite_store: Store) -> None:
    """An unknown block, a foreign block and an eleventh address are refused in words."""
    roads, social = blocks_of(sqlite_store)
    me = a_person(sqlite_store, "me", "executor", blocks=(roads,))
    work = a_work(sqlite_store, me)

    with pytest.raises(NotAllowed):
        feeds.make(work, social)
    with pytest.raises(BadMove, match="в профиле округа нет"):
        feeds.make(work, "nowhere")
    with pytest.raises(NotAllowed):
        feeds.make(a_work(sqlite_store, a_person(sqlite_store, "tech", "technician")))
    for _ in range(feeds.MOST):
        feeds.make(work)
    with pytest.raises(BadMove, match="уже 10 адресов"):
        feeds.make(work)


def test_use_is_noted_once_an_hour(store: Store) -> None:
    """The page tells which addresses are in use, without a write for every question."""
    me = a_person(store, "me", "head")
    work = a_work(store, me)
    secret = feeds.make(work).secret

    feeds.note(work, feeds.find(work, secret))
    soon = work.at(NOW + timedelta(minutes=59))
    feeds.note(soon, feeds.find(soon, secret))
    assert feeds.find(soon, secret).used_at == NOW
    later = work.at(NOW + timedelta(minutes=60))
    feeds.note(later, feeds.find(later, secret))

    assert feeds.find(later, secret).used_at == NOW + timedelta(minutes=60)


def test_the_calendar_is_the_same_all_day(sqlite_store: Store) -> None:
    """What did not change gives the same bytes at nine and at five, so that programs are told «not changed»."""
    me = a_person(sqlite_store, "me", "head")
    work = a_work(sqlite_store, me)
    key = feeds.find(work, feeds.make(work).secret)

    assert feeds.content(work, key, DESK) == feeds.content(work.at(NOW + timedelta(hours=8)), key, DESK)

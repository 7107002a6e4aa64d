"""The register of publications takes only links where an official answer can stand, and watches that it goes on standing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework.errors import AddressRefused, BadMove, NotAllowed, ReasonNeeded, StaleRisk
from casework.link_checks import AGAIN_AFTER, LEASE, RETRIES, Found, due_checks, note_check
from casework.publications import record, see_publication, send_working_out, withdraw_publication
from casework.working_out import draft, stand_of
from storage.engine import Store
from storage.find.publications import looks_at, publications_of
from storage.keep.events import verify_chain
from storage.keep.sources import add_source
from storage.tables import post
from tests.casework.publication_build import (
    TEXT,
    an_answer,
    events_of,
    publication_of,
    recorded,
    told_in_chats,
)
from tests.casework.risk_build import ANNA, BORIS, CALM, READER, card_of, hire, new_risk, open_risk, risk_of
from tests.casework.staff_build import NOW, a_profile, a_work
from tests.storage.build import a_source

WALL, OTHER = "https://vk.com/wall-1_77", "https://vk.com/wall-1_78"
SITE = "https://beloe.example.ru/news/2026/voda-na-sadovoy/"
STANDS = Found(TEXT, 340, "read")
CHANGED = Found(TEXT.replace("25 ноября", "28 ноября"), 350, "read")
GONE = Found(None, None, "gone", "записи на стене больше нет")
SILENT = Found(None, None, "unread", "страница отвечает слишком долго")


@pytest.fixture(autouse=True)
def staff(request: pytest.FixtureRequest) -> None:
    hire(request)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


def look(store: Store, number: int, found: Found, minutes: float) -> str | None:
    """Look at one publication at a moment, whatever its turn."""
    return note_check(a_work(store, now=at(minutes)), number, found)


def looks(store: Store, number: int, *found: Found) -> list[str | None]:
    """Look again and again, each time when its turn comes; return the states."""
    states = []
    for one in found:
        due = publication_of(store, number).next_check
        assert due is not None
        job = next(j for j in due_checks(a_work(store, now=due)) if j.publication_id == number)
        states.append(note_check(a_work(store, now=due), number, one, job.lease_until))
    return states


def test_the_first_answer_moves_the_risk(store: Store) -> None:
    """A recorded answer makes the risk «answered»; a second one leaves it there; a «проверяем» moves nothing."""
    risk_id = new_risk(store, state="preparing")
    holding = an_answer(store, risk_id, "Проверяем сообщение о воде, ответим до 18:00", kind="holding")
    recorded(store, risk_id, OTHER, answer_id=holding)
    assert risk_of(store, risk_id).state == "preparing"
    answer = an_answer(store, risk_id)
    number = recorded(store, risk_id, WALL, answer_id=answer)
    assert risk_of(store, risk_id).state == "answered"
    recorded(store, risk_id, SITE, answer_id=answer, place="Сайт округа", kind="official")
    assert risk_of(store, risk_id).state == "answered"
    assert [e for e in events_of(store, risk_id) if not e.startswith("deadline")] == [
        "published", "published", "answered", "published",
    ]  # fmt: skip
    row = publication_of(store, number)
    assert (row.state, row.made_by, row.next_check) == ("waiting", ANNA.id, NOW + timedelta(seconds=30))
    with store.read() as tx:
        assert verify_chain(tx, risk_id) is None


REFUSED = [
    ("ответили в паблике", "один адрес целиком|пробел"),
    ("http://10.0.0.5/otvet/1", "внутренний адрес"),
    ("http://localhost/otvet/1", "внутренний адрес"),
    ("https://vk.com/id15", "страница человека"),
    ("https://vk.com/wall15_2", "на странице человека"),
    ("https://vk.com/beloe_online", "а не запись"),
    ("https://t.me/beloe", "а не запись"),
    ("https://t.me/+AbCdEf", "приглашение"),
    ("https://t.me/c/12345/6", "закрытый канал"),
    ("https://beloe.example.ru/", "главная страница"),
    ("ftp://beloe.example.ru/otvet", "не читаются"),
    ("https://user:secret@beloe.example.ru/otvet", "имя или пароль"),
]


@pytest.mark.parametrize(("url", "words"), REFUSED, ids=[url for url, _ in REFUSED])
def test_a_bad_link_is_refused_with_its_mend(sqlite_store: Store, url: str, words: str) -> None:
    """What is no public address of one answer is refused in words, nothing moves, and the attempt stands in the history."""
    risk_id = new_risk(sqlite_store, state="preparing")
    before = risk_of(sqlite_store, risk_id)
    with pytest.raises(AddressRefused, match=words) as refused:
        recorded(sqlite_store, risk_id, url)
    assert str(refused.value).count(". ") >= 1
    assert risk_of(sqlite_store, risk_id) == before
    past = card_of(sqlite_store, risk_id).events[-1]
    assert (past.kind, past.by) == ("refused_try", "anna")
    assert url not in str(past.after) + past.note


@pytest.mark.parametrize(
    ("platform", "address", "url", "words"),
    [
        ("vk", "club1", "https://vk.com/wall-1_77", ""),
        ("vk", "https://vk.com/club1", "https://vk.com/wall-2_77", "другое сообщество"),
        ("vk", "https://vk.com/beloe_online", "https://vk.com/wall-1_77?reply=5", ""),
        ("vk", "https://vk.com/beloe_online", "https://vk.com/wall-2_77?reply=5", "другое сообщество"),
        ("vk", "club1", "https://t.me/beloe/5", "площадку «Telegram»"),
        ("telegram_preview", "https://t.me/s/Beloe", "https://t.me/beloe/5", ""),
        ("telegram", "https://t.me/beloe", "https://t.me/sosedi/5", "другой канал"),
        ("site", "https://www.vestnik.example.ru/news/", "https://vestnik.example.ru/news/5-otvet/", ""),
        ("feed", "https://vestnik.example.ru/rss.xml", "https://vestnik.example.ru/news/5-otvet/", ""),
        ("site", "https://vestnik.example.ru/news/", "https://other.example.ru/news/5-otvet/", "другой сайт"),
        ("max", "https://max.ru/beloe", "https://max.ru/beloe/AZ1", ""),
        ("max", "https://max.ru/beloe", "https://vk.com/wall-1_77", "площадку «ВКонтакте»"),
    ],
)
def test_a_link_must_lead_to_its_platform(
    sqlite_store: Store, platform: str, address: str, url: str, words: str
) -> None:
    """A link that covers a platform of the risk leads to that platform, else it is refused by name."""
    with sqlite_store.write() as tx:
        add_source(tx, a_source(id="vk-1", platform=platform, address=address, name="Подслушано"))
    risk_id = open_risk(a_work(sqlite_store), {1: CALM[0]}, state="preparing")
    if platform == "vk":
        with sqlite_store.write() as tx:
            tx.execute(sa.update(post).values(external_id="-1_55"))
    if not words:
        assert (
            publication_of(sqlite_store, recorded(sqlite_store, risk_id, url, source_id="vk-1")).place == "Подслушано"
        )
        return
    with pytest.raises(AddressRefused, match=words) as refused:
        recorded(sqlite_store, risk_id, url, source_id="vk-1")
    assert "«Подслушано»" in str(refused.value)


def test_a_complaint_is_no_answer(sqlite_store: Store) -> None:
    """The address of what a resident wrote is refused; the comment with the answer under it is taken."""
    with sqlite_store.write() as tx:
        add_source(tx, a_source(id="vk-1", address="club1"))
    risk_id = open_risk(a_work(sqlite_store), {1: CALM[0]}, state="preparing")
    with pytest.raises(AddressRefused, match="запись жителя"):
        recorded(sqlite_store, risk_id, "vk.com/wall-1_1")
    assert recorded(sqlite_store, risk_id, "vk.com/wall-1_1?reply=9")


def test_an_official_page_of_a_person_is_taken_and_never_read(sqlite_store: Store) -> None:
    """The Порядок knows the page of an authorised person: it is registered as official."""
    risk_id = new_risk(sqlite_store, state="preparing")
    assert recorded(sqlite_store, risk_id, "https://vk.com/wall15_2", kind="official", place="Страница Главы округа")


def test_an_address_is_on_the_register_once(sqlite_store: Store) -> None:
    """The same link again is told; after a withdrawal, or for the next answer, it begins anew."""
    risk_id = new_risk(sqlite_store, state="preparing")
    answer = an_answer(sqlite_store, risk_id)
    number = recorded(sqlite_store, risk_id, WALL, answer_id=answer)
    with pytest.raises(BadMove, match="уже записана: «Площадка», ждёт проверки"):
        recorded(sqlite_store, risk_id, "m.vk.com/wall-1_77", answer_id=answer)
    look(sqlite_store, number, STANDS, 1)
    update = an_answer(sqlite_store, risk_id, TEXT + " Вода дана.", kind="update")
    assert recorded(sqlite_store, risk_id, WALL, answer_id=update) == number
    row = publication_of(sqlite_store, number)
    assert (row.state, row.answer_id, row.stood_at) == ("waiting", update, None)


def test_only_an_approved_answer_of_an_open_risk_is_recorded(sqlite_store: Store) -> None:
    """A draft, another risk's answer, a closed risk, a reader and a stale card are each told why not."""
    risk_id, other = new_risk(sqlite_store, state="preparing"), new_risk(sqlite_store, state="preparing")
    with pytest.raises(BadMove, match="ещё не утверждён"):
        recorded(sqlite_store, risk_id, WALL, answer_id=an_answer(sqlite_store, risk_id, state="waiting"))
    with pytest.raises(BadMove, match="Такого ответа"):
        recorded(sqlite_store, risk_id, WALL, answer_id=an_answer(sqlite_store, other))
    with pytest.raises(NotAllowed):
        recorded(sqlite_store, risk_id, WALL, by=READER)
    closed = new_risk(sqlite_store, state="worked_off")
    with pytest.raises(BadMove, match="закрыт"):
        recorded(sqlite_store, closed, WALL)
    with pytest.raises(BadMove, match="Вид площадки"):
        recorded(sqlite_store, risk_id, WALL, kind="blog")
    with pytest.raises(StaleRisk):
        record(a_work(sqlite_store, BORIS), risk_id, 99, an_answer(sqlite_store, risk_id), WALL, "Паблик", "community")


def test_striking_out_needs_a_reason_and_may_lead_back(sqlite_store: Store) -> None:
    """Without its last publication an answered risk is being answered again; the reason stands in the history."""
    risk_id = new_risk(sqlite_store, state="preparing")
    answer = an_answer(sqlite_store, risk_id)
    first = recorded(sqlite_store, risk_id, WALL, answer_id=answer)
    second = recorded(sqlite_store, risk_id, OTHER, answer_id=answer)
    work = a_work(sqlite_store, ANNA)
    with pytest.raises(ReasonNeeded):
        withdraw_publication(work, risk_id, risk_of(sqlite_store, risk_id).version, first, " ")
    withdraw_publication(work, risk_id, risk_of(sqlite_store, risk_id).version, first, "ошиблись паблик")
    assert risk_of(sqlite_store, risk_id).state == "answered"
    with pytest.raises(BadMove, match="уже убрана"):
        withdraw_publication(work, risk_id, risk_of(sqlite_store, risk_id).version, first, "ещё раз")
    withdraw_publication(work, risk_id, risk_of(sqlite_store, risk_id).version, second, "запись удалили")
    assert risk_of(sqlite_store, risk_id).state == "preparing"
    with pytest.raises(BadMove, match="нет"):
        withdraw_publication(work, risk_id, risk_of(sqlite_store, risk_id).version, 999, "нет такой")
    assert due_checks(a_work(sqlite_store, now=at(60))) == ()
    with sqlite_store.read() as tx:
        assert publications_of(tx, risk_id) == ()
        assert [p.reason for p in publications_of(tx, risk_id, withdrawn=True)] == ["ошиблись паблик", "запись удалили"]


def test_two_processes_never_look_at_one_page(store: Store) -> None:
    """A claimed look is nobody else's until its lease ends, and what a late holder brings is refused."""
    risk_id = new_risk(store, state="preparing")
    number = recorded(store, risk_id, WALL)
    assert due_checks(a_work(store)) == ()
    mine = due_checks(a_work(store, now=at(1)))
    assert [job.publication_id for job in mine] == [number]
    assert due_checks(a_work(store, now=at(2))) == ()
    later = at(1) + LEASE
    theirs = due_checks(a_work(store, now=later))
    assert [job.publication_id for job in theirs] == [number]
    assert note_check(a_work(store, now=later), number, GONE, mine[0].lease_until) is None
    assert publication_of(store, number).state == "waiting"
    assert note_check(a_work(store, now=later), number, STANDS, theirs[0].lease_until) == "standing"


def test_the_first_sight_begins_the_watch(store: Store) -> None:
    """An answer seen standing is noted with its views and starts the watch; a «проверяем» seen standing starts none."""
    risk_id = new_risk(store, state="preparing")
    holding = an_answer(store, risk_id, TEXT, kind="holding")
    look(store, recorded(store, risk_id, OTHER, answer_id=holding), STANDS, 1)
    assert risk_of(store, risk_id).state == "preparing"
    number = recorded(store, risk_id, WALL)
    assert looks(store, number, STANDS, STANDS) == ["standing", "standing"]
    row = publication_of(store, number)
    assert (row.views, row.likeness, row.checks) == (340, 100.0, 2)
    assert row.stood_at == NOW + timedelta(seconds=30)
    assert risk_of(store, risk_id).state == "watched"
    assert events_of(store, risk_id).count("publication_stands") == 2
    assert told_in_chats(store, "answer_gone") == []


def test_the_timetable_of_looks_ends(sqlite_store: Store) -> None:
    """After half a minute, an hour and six hours an answer is looked at daily for two weeks, and then never again."""
    risk_id = new_risk(sqlite_store, state="preparing")
    number = recorded(sqlite_store, risk_id, WALL)
    assert set(looks(sqlite_store, number, *[STANDS] * (len(AGAIN_AFTER) + 1))) == {"standing"}
    row = publication_of(sqlite_store, number)
    assert row.next_check is None
    assert row.checked_at == NOW + timedelta(days=14)
    assert len(told_in_chats(sqlite_store)) == 0


CHANGES: Sequence[tuple[Sequence[Found], Sequence[str]]] = [
    ((STANDS, GONE, GONE), ("answer_gone",)),
    ((STANDS, CHANGED, CHANGED, GONE), ("answer_changed", "answer_gone")),
    ((STANDS, GONE, STANDS, GONE), ("answer_gone", "answer_gone")),
    ((GONE, GONE), ("answer_gone",)),
    ((CHANGED, STANDS), ("answer_changed",)),
    ((STANDS, SILENT, STANDS, SILENT, STANDS), ()),
    ((SILENT, SILENT, SILENT, STANDS), ()),
    ((SILENT, SILENT, SILENT, SILENT, SILENT), ("answer_unread",)),
    ((STANDS, SILENT, SILENT, SILENT, SILENT, GONE), ("answer_unread", "answer_gone")),
]


@pytest.mark.parametrize(("seen", "told"), CHANGES)
def test_each_change_alarms_once(sqlite_store: Store, seen: Sequence[Found], told: Sequence[str]) -> None:
    """A vanished or changed answer is told once a change; a silent page after three more tries, and once."""
    risk_id = new_risk(sqlite_store, state="preparing")
    number = recorded(sqlite_store, risk_id, WALL)
    looks(sqlite_store, number, *seen)
    kinds = ("answer_gone", "answer_changed", "answer_unread")
    assert sorted(k for k in kinds for _ in told_in_chats(sqlite_store, k)) == sorted(told)
    with sqlite_store.read() as tx:
        assert len(looks_at(tx, number)) == len(seen)


def test_a_silent_page_keeps_its_state(sqlite_store: Store) -> None:
    """Not read is not gone: the state is kept, the reason is shown, the tries come after 2 min, 10 min and an hour."""
    risk_id = new_risk(sqlite_store, state="preparing")
    number = recorded(sqlite_store, risk_id, WALL)
    look(sqlite_store, number, STANDS, 1)
    for tried, wait in enumerate(RETRIES):
        look(sqlite_store, number, SILENT, 70 + tried)
        row = publication_of(sqlite_store, number)
        assert (row.state, row.reason, row.next_check) == ("standing", SILENT.reason, at(70 + tried) + wait)
    look(sqlite_store, number, SILENT, 80)
    row = publication_of(sqlite_store, number)
    assert (row.state, row.next_check) == ("standing", NOW + timedelta(hours=6))
    assert "Пробовали 4 раза" in told_in_chats(sqlite_store, "answer_unread")[0]


def test_what_is_never_read_is_not_tried_again(sqlite_store: Store) -> None:
    """A platform without a reader is said to be unread at once, without an alarm and without tries."""
    risk_id = new_risk(sqlite_store, state="preparing")
    number = recorded(sqlite_store, risk_id, "https://max.ru/beloe/AZ1")
    assert look(sqlite_store, number, Found(None, None, "closed", "MAX не читается"), 1) == "unread"
    row = publication_of(sqlite_store, number)
    assert (row.next_check, row.reason) == (None, "MAX не читается")
    assert told_in_chats(sqlite_store, "answer_unread") == []


def test_a_person_sees_what_the_program_cannot(store: Store) -> None:
    """In MAX the eyes of a named member of staff stand for the program's; elsewhere they do not."""
    risk_id = new_risk(store, state="preparing")
    number = recorded(store, risk_id, "https://max.ru/beloe/AZ1")
    work = a_work(store, ANNA, at(5))
    with pytest.raises(BadMove, match="не может прочитать программа"):
        see_publication(work, risk_id, risk_of(store, risk_id).version, number)
    look(store, number, Found(None, None, "closed", "MAX не читается"), 1)
    version = see_publication(work, risk_id, risk_of(store, risk_id).version, number)
    assert (risk_of(store, risk_id).state, risk_of(store, risk_id).version) == ("watched", version)
    row = publication_of(store, number)
    assert (row.state, row.stood_at, row.reason) == ("standing", at(5), "видел сотрудник: Сотрудник 1")
    seen = next(e for e in card_of(store, risk_id).events if e.kind == "publication_stands")
    assert seen.by == "anna"


def test_a_look_spoils_nobodys_form(sqlite_store: Store) -> None:
    """What a look writes leaves the risk's version alone: an officer who is typing is not called stale by the machine."""
    risk_id = new_risk(sqlite_store, state="watched")
    number = recorded(sqlite_store, risk_id, WALL)
    version = risk_of(sqlite_store, risk_id).version
    looks(sqlite_store, number, STANDS, CHANGED, GONE)
    assert risk_of(sqlite_store, risk_id).version == version


def test_the_working_out_is_sent_once_a_change(store: Store) -> None:
    """It names text, platforms and links; nothing new is not sent again, a new link is, and says that it replaces."""
    risk_id = new_risk(store, state="preparing", veracity="confirmed", level=2)
    work = a_work(store, ANNA)
    with pytest.raises(BadMove, match="Нет утверждённого текста") as nothing:
        send_working_out(work, risk_id, risk_of(store, risk_id).version)
    assert "Нет ни одной ссылки" in str(nothing.value)
    answer = an_answer(store, risk_id)
    recorded(store, risk_id, WALL, answer_id=answer, place="Подслушано в Белом")
    send_working_out(work, risk_id, risk_of(store, risk_id).version)
    (first,) = told_in_chats(store, "working_out")
    assert "— отработка\n" in first
    assert TEXT in first
    assert f"1) Подслушано в Белом — {WALL}" in first
    with pytest.raises(BadMove, match="уже отправлено 21.11.2026 12:00"):
        send_working_out(work, risk_id, risk_of(store, risk_id).version)
    recorded(store, risk_id, SITE, answer_id=answer, place="Сайт округа", kind="official")
    send_working_out(work, risk_id, risk_of(store, risk_id).version)
    assert "уточнение" in told_in_chats(store, "working_out")[1]
    assert events_of(store, risk_id).count("working_out_sent") == 2


def test_a_risk_below_the_chats_level_is_told_all_the_same(sqlite_store: Store) -> None:
    """The Порядок sends every working-out to the chat, whatever the level that alarms begin at."""
    risk_id = new_risk(sqlite_store, state="preparing", level=1)
    recorded(sqlite_store, risk_id, WALL)
    send_working_out(a_work(sqlite_store, ANNA), risk_id, risk_of(sqlite_store, risk_id).version)
    assert len(told_in_chats(sqlite_store, "working_out")) == 1
    without = a_profile(chats=())
    other = new_risk(sqlite_store, state="preparing")
    recorded(sqlite_store, other, WALL)
    with pytest.raises(BadMove, match=r"\[\[chats\]\]"):
        send_working_out(a_work(sqlite_store, ANNA, profile=without), other, risk_of(sqlite_store, other).version)


def test_what_is_missing_is_said_before_sending(sqlite_store: Store) -> None:
    """No result of the check, a link nobody saw standing, a vanished answer and platforms without one are all named."""
    with sqlite_store.write() as tx:
        for number in range(3):
            add_source(tx, a_source(id=f"vk-{number}", address=f"club{number + 1}", name=f"Паблик {number}"))
    risk_id = open_risk(a_work(sqlite_store), {1: CALM[0], 2: CALM[1], 3: CALM[2]}, state="preparing")
    number = recorded(sqlite_store, risk_id, "https://vk.com/wall-2_900", source_id="vk-1")

    def missing() -> dict[str, bool]:
        with sqlite_store.read() as tx:
            made: Any = draft(tx, a_work(sqlite_store), risk_of(sqlite_store, risk_id), stand_of(tx, risk_id))
        return {m.words: m.blocks for m in made.missing}

    assert missing() == {
        "Проверка не завершена: запишите её итог.": False,
        "Ни по одной ссылке программа ещё не увидела текст ответа.": False,
        "Без ответа: Паблик 0, Паблик 2.": False,
    }
    look(sqlite_store, number, STANDS, 1)
    assert "Ни по одной ссылке программа ещё не увидела текст ответа." not in missing()
    look(sqlite_store, number, GONE, 2)
    told = missing()
    assert told["На площадке «Паблик 1» ответа нет, ссылка в сообщение не войдёт."] is False
    assert any(told.values())

"""A contact is proved by a one-time code; only then are people told personally, and only they can press buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework import contacts
from casework.alerts import deliver_once, troubles
from casework.contacts import CODE_LIVES
from casework.errors import BadMove, UnknownSubject
from casework.work import Staff, Work
from district.profile import ChatKind
from reports.message import SendRefused
from reports.send import Mail
from storage.engine import Store
from storage.find.chatting import reachable_staff
from tests.casework.alert_build import Keeper, deliver
from tests.casework.chat_build import bots, chat_work, journaled, link, listen, personal
from tests.casework.risk_build import ANNA, BORIS, HEAD, hire
from tests.casework.staff_build import NOW
from tests.peers.bot_api import BotApi, running
from tests.peers.smtp import mail_server

BOTS = [ChatKind.TELEGRAM, ChatKind.MAX]


@pytest.fixture
def api() -> Iterator[BotApi]:
    with running(BotApi()) as peer:
        yield peer


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def _work(store: Store, by: Staff = ANNA, after: timedelta = timedelta(0)) -> Work:
    return chat_work(store, by, NOW + after)


@pytest.mark.parametrize("kind", BOTS)
def test_a_messenger_is_proved_by_a_code_sent_to_the_bot(store: Store, api: BotApi, kind: ChatKind) -> None:
    """The page shows a code, the person sends it, the bot confirms; a second use of the code proves nothing."""
    code = contacts.ask_messenger(_work(store), kind)
    api.write(kind.value, 501, f"/start {code.lower()}")
    api.write(kind.value, 777, code)

    assert listen(store, api, kind).codes == 2

    assert [(row.kind, row.address, row.confirmed_at) for row in contacts.mine(_work(store))] == [(kind, "501", NOW)]
    assert [got.chat for got in api.got] == ["501", "777"]
    assert "Готово, вы подключены" in api.got[0].text
    assert "Код не подошёл" in api.got[1].text
    assert "501" not in str(journaled(store, "contact.proved"))


def test_a_code_lives_for_half_an_hour_and_only_the_newest(sqlite_store: Store, api: BotApi) -> None:
    """An old code and one that was asked for anew are refused; chatter is answered the same way."""
    first = contacts.ask_messenger(_work(sqlite_store), "telegram")
    second = contacts.ask_messenger(_work(sqlite_store), "telegram")
    said = [
        contacts.prove_messenger(_work(sqlite_store, after=after), "telegram", "501", text)
        for after, text in [
            (timedelta(0), first), (CODE_LIVES + timedelta(seconds=1), second), (timedelta(0), "здравствуйте"),
            (CODE_LIVES, second), (CODE_LIVES, second),
        ]
    ]  # fmt: skip

    assert ["подключены" in one for one in said] == [False, False, False, True, True]
    assert len(contacts.mine(_work(sqlite_store))) == 1


def test_one_chat_belongs_to_one_person(sqlite_store: Store) -> None:
    """A chat that is proved for somebody else is not taken over; one's own is simply proved again."""
    link(sqlite_store, 2)
    mine = contacts.ask_messenger(_work(sqlite_store), "telegram")
    again = contacts.ask_messenger(_work(sqlite_store, BORIS), "telegram")

    assert "другим сотрудником" in contacts.prove_messenger(_work(sqlite_store), "telegram", "502", mine)
    assert "Готово" in contacts.prove_messenger(_work(sqlite_store), "telegram", "502", again)
    assert contacts.mine(_work(sqlite_store))[0].confirmed_at is None
    assert len(contacts.mine(_work(sqlite_store, BORIS))) == 1


def test_mail_is_proved_by_a_letter(sqlite_store: Store) -> None:
    """The code comes by mail and is typed on the page; a wrong one proves nothing."""
    made = contacts.ask_mail(_work(sqlite_store), " Anna@Okrug.example ")
    with mail_server() as server:
        mail = Mail(f"smtp://127.0.0.1:{server.port}", "mcu@okrug.example")
        deliver_once(_work(sqlite_store), dict.fromkeys(ChatKind, mail))
    (letter,) = server.letters
    code = re.search(r"Код подтверждения: (\w{8})", letter.get_content())  # type: ignore[attr-defined]
    assert code is not None
    with pytest.raises(BadMove, match="не подошёл"):
        contacts.prove_mail(_work(sqlite_store), made, "AAAA2222")
    with pytest.raises(UnknownSubject):
        contacts.prove_mail(_work(sqlite_store, BORIS), made, code[1])

    contacts.prove_mail(_work(sqlite_store), made, f" {code[1].lower()} ")

    assert letter["To"] == "anna@okrug.example"
    (row,) = contacts.mine(_work(sqlite_store))
    assert (row.address, row.confirmed_at) == ("anna@okrug.example", NOW)
    with pytest.raises(BadMove, match="другим сотрудником"):
        contacts.ask_mail(_work(sqlite_store, BORIS), "anna@okrug.example")


@pytest.mark.parametrize(
    "address", ["", "anna", "anna@", "a b@c.ru", "a@b", "a@b.ru,c@d.ru", "<a@b.ru>", "x" * 70 + "@b.ru"]
)
def test_what_is_no_address_is_refused(sqlite_store: Store, address: str) -> None:
    """A mistake is named before anything is sent."""
    with pytest.raises(BadMove, match="не похоже на адрес"):
        contacts.ask_mail(_work(sqlite_store), address)


def test_codes_are_not_sent_in_a_row(sqlite_store: Store) -> None:
    """A second letter within a minute is refused, so that nobody's box is filled."""
    contacts.ask_mail(_work(sqlite_store), "a@b.example")
    with pytest.raises(BadMove, match="только что"):
        contacts.ask_mail(_work(sqlite_store, after=timedelta(seconds=30)), "a@b.example")
    contacts.ask_mail(_work(sqlite_store, after=timedelta(minutes=2)), "a@b.example")


@pytest.mark.parametrize("kind", BOTS)
def test_a_contact_is_checked_by_a_message(sqlite_store: Store, api: BotApi, kind: ChatKind) -> None:
    """The button sends a try; what comes of it stands beside the contact, and who is unreachable is known."""
    made = link(sqlite_store, 1, kind)
    contacts.check(_work(sqlite_store), made)
    senders = bots(api)
    deliver_once(_work(sqlite_store), senders)
    for bot in senders.values():
        bot.close()
    assert "пробное сообщение" in api.got[0].text
    assert contacts.mine(_work(sqlite_store))[0].checked_at == NOW
    with sqlite_store.read() as tx:
        assert reachable_staff(tx) == {1}

    contacts.check(_work(sqlite_store, HEAD, timedelta(minutes=1)), made)
    deliver(_work(sqlite_store, after=timedelta(minutes=2)), Keeper([SendRefused("бот запрещён человеком", True)]))

    assert contacts.mine(_work(sqlite_store))[0].error == "бот запрещён человеком"
    with sqlite_store.read() as tx:
        assert reachable_staff(tx) == frozenset()


def test_only_the_own_contact_is_removed(sqlite_store: Store) -> None:
    """A colleague cannot; a line to a contact that is gone is told and left."""
    made = link(sqlite_store, 1)
    contacts.check(_work(sqlite_store), made)
    with pytest.raises(UnknownSubject):
        contacts.forget(_work(sqlite_store, BORIS), made)

    contacts.forget(_work(sqlite_store), made)
    done = deliver(_work(sqlite_store), Keeper())

    assert contacts.mine(_work(sqlite_store)) == ()
    assert done.refused == 1
    assert "убрал этот контакт" in done.errors[0]
    assert [line.refused for line in personal(sqlite_store, [made])] == [True]
    assert [state.chat for state in troubles(_work(sqlite_store))] == [f"contact:{made}"]
    assert troubles(_work(sqlite_store, after=timedelta(days=2))) == ()

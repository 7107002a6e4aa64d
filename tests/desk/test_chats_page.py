"""The pages of chats and duty tell what is told when, what comes next, who can be called; their forms do what they say."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from casework import silences
from casework.contacts import mine
from casework.telling import tell
from storage.find.outbox import waiting_lines
from storage.find.staff import staff_by_login
from storage.keep.chatting import add_contact, change_contact
from storage.keep.delivery import refuse_chat
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of


def _staff_id(house: House, login: str) -> int:
    with house.store.read() as tx:
        row = staff_by_login(tx, login)
    assert row is not None
    return row.id


def _local(house: House, hours: float) -> str:
    moment = datetime.now(UTC) + timedelta(hours=hours)
    return moment.astimezone(house.profile.timezone).strftime("%Y-%m-%dT%H:%M")


def test_each_chat_says_when_and_how_it_is_told(house: House) -> None:
    """Levels, hours, repeats and grouping stand there in words."""
    page = text_of(house.by("officer").get("/chats").text)

    for chat in house.profile.chats:
        assert chat.name in page
    for said in (
        "сразу, круглосуточно",
        "каждые 30 мин, пока не возьмут",
        "не сообщается",
        "Не больше 10 сообщений в минуту",
    ):
        assert said in page


def test_the_next_messages_are_shown_as_they_will_read(house: House) -> None:
    """The exact words of what waits, and the moment at which it leaves."""
    with house.store.write() as tx:
        tell(tx, house.work(), [1], "new", again=":page")

    page = text_of(house.by("officer").get("/chats").text)

    with house.store.read() as tx:
        assert waiting_lines(tx, "alerts")
    assert "2026-000001 · уровень 4, критический · новый риск" in page
    assert "Первый официальный ответ до" in page


def test_a_try_is_sent_from_the_page(house: House) -> None:
    """The button writes a message that leaves at once, and the page says that it is on its way."""
    officer = house.by("officer")

    answer = officer.post("/chats/alerts/try")

    assert answer.headers["location"] == "/chats#chat-alerts"
    with house.store.read() as tx:
        assert [line.kind for line in waiting_lines(tx, "alerts")].count("try") == 1
    assert "отправляется" in text_of(officer.get("/chats").text)
    assert officer.post("/chats/nowhere/try").status_code == 404
    assert "Отложенных сообщений за сутки нет" in text_of(
        officer.post("/chats/alerts/resend", follow_redirects=True).text
    )


def test_a_topic_is_silenced_and_told_again(house: House) -> None:
    """The silence stands on the page with author, reason and end; lifting takes it away; a mistake keeps what was typed."""
    officer = house.by("officer")
    bad = officer.post("/chats/silence", {"topic": "energy", "hours": "24", "reason": " "})
    typed = {"topic": "energy", "hours": "24", "reason": "плановое отключение", "grows": "yes"}
    done = officer.post("/chats/silence", typed, follow_redirects=True)
    (standing,) = [s for s in silences.standing(house.work()) if s.topic == "energy"]

    assert bad.status_code == 422
    assert "Укажите" in bad.text
    assert "Тема «Энергетика»" in text_of(done.text)
    assert "officer" in text_of(done.text)
    assert "плановое отключение" in done.text
    officer.post(f"/chats/silence/{standing.id}/lift")
    assert silences.standing(house.work()) == ()
    assert officer.post(f"/chats/silence/{standing.id}/lift").status_code == 422


def test_a_risk_is_silenced_on_its_card(house: House) -> None:
    """The card shows who asked for quiet and why, and offers it only where no life is in danger."""
    officer = house.by("officer")
    until = _local(house, 5)

    answer = officer.post("/risk/5/silence", {"reason": "ждём подрядчика", "until": until}, follow_redirects=True)
    shown = text_of(answer.text)

    assert "Тревоги приглушены до" in shown
    assert "officer: ждём подрядчика" in shown
    (standing,) = silences.standing(house.work(), 5)
    officer.post(f"/risk/5/silence/{standing.id}/lift")
    assert silences.standing(house.work(), 5) == ()
    assert "Приглушить тревоги" not in officer.get("/risk/1").text
    assert "Приглушить тревоги" not in house.by("reader").get("/risk/5").text
    danger = officer.post("/risk/1/silence", {"reason": "тише", "hours": "24"})
    assert (danger.status_code, "приглушить нельзя" in danger.text) == (422, True)


def test_the_roster_is_kept_and_its_faults_are_told(house: House) -> None:
    """Who is on duty, who stands in, when nobody is there, and in red who cannot be called."""
    head = house.by("head")
    officer, second = _staff_id(house, "officer"), _staff_id(house, "second")
    empty = text_of(head.get("/duty").text)

    for who, begin, end, instead in ((officer, -1, 8, ""), (second, 10, 20, ""), (second, 2, 4, str(officer))):
        form = {
            "staff": str(who),
            "from_at": _local(house, begin),
            "until_at": _local(house, end),
            "instead_of": instead,
        }
        assert head.post("/duty/add", form).status_code == 303
    page = head.get("/duty").text

    assert "Никого. Если риск никто не возьмёт" in empty
    assert "Officer до" in text_of(page)
    assert "вместо: Officer" in text_of(page)
    assert "Никто не дежурит" in text_of(page)
    assert '<span class="late">Нет подтверждённых контактов: вызвать лично нельзя.</span>' in page
    wrong = head.post("/duty/add", {"staff": str(officer), "from_at": _local(house, 5), "until_at": _local(house, 3)})
    assert (wrong.status_code, "не позже начала" in wrong.text) == (422, True)
    shift = re.findall(r"/duty/(\d+)/withdraw", page)[0]
    assert head.post(f"/duty/{shift}/withdraw").status_code == 303
    assert head.post(f"/duty/{shift}/withdraw").status_code == 422


@pytest.mark.parametrize(
    ("login", "path", "form"),
    [
        ("officer", "/duty/add", {}), ("reader", "/chats/alerts/try", {}), ("block_lead", "/chats/silence", {}),
        ("officer", "/duty/contact/1/check", {}), ("reader", "/risk/5/silence", {}),
    ],
)  # fmt: skip
def test_who_may_not_is_refused(house: House, login: str, path: str, form: dict[str, str]) -> None:
    """The same table of roles as everywhere."""
    assert house.by(login).post(path, form).status_code == 403


def test_a_contact_is_made_on_the_own_page(house: House) -> None:
    """The page shows the code for the bot, takes the code of a letter, checks and removes; mistakes are named."""
    second = house.by("second")
    assert "Контактов нет" in second.get("/me").text

    second.post("/me/contacts/messenger", {"kind": "telegram"})
    page = second.get("/me").text
    code = mine(house.work("second"))[0].code
    assert f"/start {code}" in page
    made = second.post("/me/contacts/mail", {"address": "second@okrug.example"})
    mail = mine(house.work("second"))[-1]
    wrong = second.post(f"/me/contacts/{mail.id}/prove", {"code": "AAAA2222"})
    right = second.post(f"/me/contacts/{mail.id}/prove", {"code": mail.code or ""})

    assert (made.status_code, wrong.status_code, right.status_code) == (303, 422, 303)
    assert "Код не подошёл" in wrong.text
    assert second.post(f"/me/contacts/{mail.id}/check").status_code == 303
    assert "не похоже на адрес" in second.post("/me/contacts/mail", {"address": "почта"}).text
    assert "Так связаться нельзя" in second.post("/me/contacts/messenger", {"kind": "pigeon"}).text
    assert second.post(f"/me/contacts/{mail.id}/remove").status_code == 303
    assert [row.kind for row in mine(house.work("second"))] == ["telegram"]
    assert second.post(f"/me/contacts/{mail.id}/remove").status_code == 422


def test_the_keeper_of_the_roster_checks_contacts(house: House) -> None:
    """Whether a person is reached stands beside the name, without the address, with the reason when it fails."""
    number = _staff_id(house, "coordinator")
    with house.store.write() as tx:
        made = add_contact(tx, number, "telegram", "4242424242", "", datetime.now(UTC))
        change_contact(tx, made, {"code": None, "confirmed_at": datetime.now(UTC), "error": "бот запрещён человеком"})
    head = house.by("head")

    page = head.get("/duty").text

    assert "не доходит: бот запрещён человеком" in page
    assert "4242424242" not in page
    assert head.post(f"/duty/contact/{made}/check").headers["location"] == "/duty#reach"


def test_refused_messages_are_counted_in_the_menu(house: House) -> None:
    """Whoever looks at any page sees that chats refuse; what they can do stands on the page of chats."""
    officer = house.by("officer")
    before = officer.get("/sources").text
    with house.store.write() as tx:
        refuse_chat(tx, "alerts", "бот удалён из чата", datetime.now(UTC))

    after, chats = officer.get("/sources").text, officer.get("/chats").text

    assert "ждёт вас" not in before
    assert re.search(r'href="/chats"[^>]*>Чаты&nbsp;<b class="badge">\d+', after)
    assert "бот удалён из чата" in chats
    assert "Отправить отложенные" in chats
    sent = officer.post("/chats/alerts/resend", follow_redirects=True)
    assert "Отправляем снова" in text_of(sent.text)
    assert "Отправить отложенные" not in sent.text

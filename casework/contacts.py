"""Contacts of staff: a messenger or an e-mail, proved by a one-time code, so that a person can be told personally."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from casework.errors import BadMove, UnknownSubject
from casework.moves import person_of
from casework.personal import PREFIX
from casework.roles import Act, may
from casework.work import Work
from district.profile import ChatKind
from reports.alert import CRITICAL
from storage.engine import Tx
from storage.find.chatting import ContactRow, contact_at, contact_of_code, contacts_by_id, contacts_of
from storage.keep.chatting import add_contact, change_contact, drop_contact
from storage.keep.journal import add_journal
from storage.keep.outbox import NewLine, add_lines

CODE_LIVES = timedelta(minutes=30)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without I, O, 0 and 1, which a tired eye mixes up; eight of them are 10^12 codes, and each lives half an hour."""
_CODE = re.compile(rf"[{_LETTERS}]{{8}}")
_MAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,190}\.[^@\s<>,;\"]{2,}")
_MESSENGERS = (ChatKind.TELEGRAM, ChatKind.MAX)
KINDS = {ChatKind.TELEGRAM: "Telegram", ChatKind.MAX: "MAX", ChatKind.EMAIL: "почта"}
_AGAIN = timedelta(minutes=1)


def mine(work: Work) -> tuple[ContactRow, ...]:
    """Return the contacts of `work.by`; codes that are no longer good are left out."""
    with work.store.read() as tx:
        return tuple(row for row in contacts_of(tx, [_person(work)]) if row.confirmed_at or _fresh(work, row))


def ask_messenger(work: Work, kind: str) -> str:
    """Return a one-time code that `work.by` sends to the bot within half an hour; an older code stops being good."""
    chat = _kind(kind, _MESSENGERS)
    staff_id, code = _person(work), _new_code()
    with work.store.write() as tx:
        for row in contacts_of(tx, [staff_id]):
            if row.kind == chat and row.confirmed_at is None:
                drop_contact(tx, row.id)
        # The platform's id of the person is not known before the code comes: until then a stand-in keeps the place.
        add_contact(tx, staff_id, chat, f"?{staff_id}", code, work.now)
    return code


def ask_mail(work: Work, address: str) -> int:
    """Send a code to an e-mail of `work.by`; return the contact's id. BadMove for a bad or somebody else's address."""
    staff_id, mail = _person(work), address.strip().lower()
    if not _MAIL.fullmatch(mail):
        raise BadMove(f"«{address.strip()[:80]}» не похоже на адрес почты. Запишите так: imya@okrug.example.org")
    with work.store.write() as tx:
        known = contact_at(tx, ChatKind.EMAIL, mail)
        if known is not None:
            _free_address(tx, work, known, staff_id)
        code = _new_code()
        made = add_contact(tx, staff_id, ChatKind.EMAIL, mail, code, work.now)
        text = f"Код подтверждения: {code}\nВведите его на странице «Настройки» в течение получаса. Если вы его не просили, ничего не делайте."
        _write(tx, work, made, "code", text, code)
    return made


def prove_mail(work: Work, contact_id: int, code: str) -> None:
    """Take the code that came by mail; BadMove when it is wrong or too old."""
    with work.store.write() as tx:
        row = _own(tx, work, contact_id)
        if row.confirmed_at is not None:
            return
        good = row.code is not None and secrets.compare_digest(row.code.encode(), _plain(code).encode())
        if not good or not _fresh(work, row):
            raise BadMove("Код не подошёл или устарел. Проверьте письмо или запросите новый код.")
        _prove(tx, work, row, row.address)


def prove_messenger(work: Work, kind: str, person: str, text: str) -> str:
    """Take what somebody wrote to the bot in private; return the sentence with which it answers.

    Only a code that is good now ties the person's id to a member of staff; of anybody else nothing is kept.
    """
    code = _plain(text)
    with work.store.write() as tx:
        known = contact_at(tx, kind, person)
        row = contact_of_code(tx, kind, code) if _CODE.fullmatch(code) else None
        if row is None or not _fresh(work, row) or not row.active:
            if known is not None and known.confirmed_at is not None:
                return f"Вы подключены: {known.name_shown}. Сюда приходят личные сообщения о рисках."
            return "Код не подошёл или устарел. Код показывает страница «Настройки» Отклика; он действует полчаса."
        if known is not None and known.staff_id != row.staff_id:
            return f"Этот чат уже подключён другим сотрудником ({known.name_shown}). Пусть он уберёт контакт в своих настройках."
        if known is not None:
            drop_contact(tx, known.id)
        _prove(tx, work, row, person)
        return f"Готово, вы подключены: {row.name_shown}. Сюда будут приходить личные сообщения о рисках."


def forget(work: Work, contact_id: int) -> None:
    """Remove a contact of one's own; the technician removes anybody's."""
    with work.store.write() as tx:
        row = _own(tx, work, contact_id, others=True)
        drop_contact(tx, contact_id)
        add_journal(tx, work.now, work.by.id, "contact.removed", f"staff:{row.staff_id}", {"kind": row.kind})


def check(work: Work, contact_id: int) -> None:
    """Send a try to a contact; what came of it is shown beside it. Those who keep the roster check anybody's."""
    with work.store.write() as tx:
        row = _own(tx, work, contact_id, others=True)
        if row.confirmed_at is None:
            raise BadMove("Контакт ещё не подтверждён: сначала отправьте код.")
        text = f"Проверка связи: {row.name_shown}, это пробное сообщение Отклика. Отвечать не нужно."
        _write(tx, work, row.id, "check", text, str(int(work.now.timestamp())))


def tell_person(
    tx: Tx, work: Work, staff_id: int, key: str, text: str, *, risk_id: int | None, level: int, ask: bool = False
) -> int:
    """Write words to all proved contacts of a person; return to how many. `ask` puts «Взял в работу» under them."""
    rows = [row for row in contacts_of(tx, [staff_id]) if row.confirmed_at is not None and row.active]
    body = {"text": text} | ({"ask": True} if ask else {})
    lines = [
        NewLine(f"{key}:{row.id}", f"{PREFIX}{row.id}", risk_id, level, "personal", body, work.now) for row in rows
    ]
    add_lines(tx, lines, work.now)
    return len(lines)


def people(tx: Tx, staff_ids: Iterable[int]) -> dict[int, list[ContactRow]]:
    """Return the proved contacts of members of staff."""
    wanted = list(staff_ids)
    found: dict[int, list[ContactRow]] = {staff_id: [] for staff_id in wanted}
    for row in contacts_of(tx, wanted):
        if row.confirmed_at is not None:
            found[row.staff_id].append(row)
    return found


def _prove(tx: Tx, work: Work, row: ContactRow, address: str) -> None:
    change_contact(tx, row.id, {"address": address, "code": None, "confirmed_at": work.now, "error": ""})
    # The address itself is the person's own and stays out of the journal.
    add_journal(tx, work.now, row.staff_id, "contact.proved", f"staff:{row.staff_id}", {}, {"kind": row.kind})


def _free_address(tx: Tx, work: Work, known: ContactRow, staff_id: int) -> None:
    if known.confirmed_at is not None:
        whose = "вами" if known.staff_id == staff_id else "другим сотрудником"
        raise BadMove(f"Адрес {known.address} уже подтверждён {whose}.")
    if work.now - known.made_at < _AGAIN:
        raise BadMove("Код на этот адрес только что отправлен. Подождите минуту и проверьте папку «Спам».")
    drop_contact(tx, known.id)


def _write(tx: Tx, work: Work, contact_id: int, kind: str, text: str, once: str) -> None:
    line = NewLine(
        f"{kind}:{contact_id}:{once}", f"{PREFIX}{contact_id}", None, CRITICAL, kind, {"text": text}, work.now
    )
    add_lines(tx, [line], work.now)


def _own(tx: Tx, work: Work, contact_id: int, *, others: bool = False) -> ContactRow:
    row = contacts_by_id(tx, [contact_id]).get(contact_id)
    mine = row is not None and row.staff_id == work.by.id
    if row is None or not (mine or (others and may(work.by, Act.SET_DUTY))):
        raise UnknownSubject("Такого контакта у вас нет. Обновите страницу.")
    return row


def _person(work: Work) -> int:
    return person_of(work, "У машины контактов нет: их заводит сотрудник.")


def _kind(kind: str, allowed: Iterable[ChatKind]) -> ChatKind:
    found = next((one for one in allowed if one == kind), None)
    if found is None:
        raise BadMove(f"Так связаться нельзя: «{kind[:40]}». Выберите из списка.")
    return found


def _fresh(work: Work, row: ContactRow) -> bool:
    return work.now - row.made_at <= CODE_LIVES


def _plain(text: str) -> str:
    """The bare code of «/start CODE», «code», «co de»."""
    return re.sub(r"\s+", "", text.strip().removeprefix("/start")).upper()


def _new_code() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(8))

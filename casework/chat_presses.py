"""What a pressed button does: obeyed once, for named members of staff only, answered with a sentence at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from casework import triage
from casework.contacts import prove_messenger
from casework.errors import BadMove, CaseworkError
from casework.moves import load
from casework.roles import NO_BLOCK, Act, require
from casework.sign_in import staff_of
from casework.silences import LONGEST as LONGEST_SILENCE
from casework.silences import silence
from casework.work import Staff, Work
from district.profile import ChatKind
from reports.buttons import Pressed, read_code
from reports.message import Listener, Press, SendFailed, SendRefused
from reports.wording import clip, moment
from risk.states import MoveNotAllowed, State
from storage.engine import Tx
from storage.errors import StorageError
from storage.find.accounts import setting_value
from storage.find.chatting import contact_at, press_of
from storage.find.moves import RiskRow
from storage.find.staff import staff_by_id
from storage.keep.chatting import add_press
from storage.keep.events import NewEvent, add_events
from storage.keep.journal import add_journal, put_setting

STRANGER = "Вас нет среди сотрудников. Подключите этот чат на странице «Настройки» Отклика."
OTHER_VERSION = "Эта кнопка от другой версии программы. Откройте карточку риска."
HOLD_MINUTES = 60
LONGEST_ANSWER = 200
_BEGUN = frozenset({State.FOUND.value, State.REOPENED.value})


@dataclass(slots=True)
class Answered:
    """What one round of listening came to."""

    done: int = 0
    refused: int = 0
    codes: int = 0
    skipped: int = 0
    """Updates of kinds that nobody here understands."""
    error: str = ""


@dataclass(frozen=True, slots=True)
class EarState:
    """How the bot's ear of one platform stands, for the page of chats."""

    after: int | None
    error: str
    """"" when it hears."""
    name: str = ""
    """What people call the bot by, "" while nobody knows."""


def listen_once(works: Callable[[], Work], kind: ChatKind, ear: Listener, wait: float) -> Answered:
    """Hear what was pressed and written since the last round, obey and answer; return what came of it.

    `works` gives the work of the moment (hearing itself waits up to `wait` seconds). Where the next round begins is written
    after all is done: killed in between, the platform tells it again and the key of the press says that it is done.
    """
    came = Answered()
    state = ear_state(works(), kind)
    try:
        heard = ear.hear(state.after, wait)
    except (SendFailed, SendRefused) as failure:
        came.error = failure.reason
        _note_ear(works(), kind, replace(state, error=failure.reason), state)
        raise
    for press in heard.presses:
        said, done = obey(works(), kind, press)
        came.done, came.refused = came.done + done, came.refused + (not done)
        _quietly(lambda press=press, said=said: ear.answer(press, said), came)  # type: ignore[misc]
    for word in heard.said:
        text = prove_messenger(works(), kind, word.person, word.text)
        came.codes += 1
        _quietly(lambda word=word, text=text: ear.reply(word.person, text), came)  # type: ignore[misc]
    came.skipped = heard.skipped
    _note_ear(works(), kind, EarState(heard.after, "", state.name or ear.name()), state)
    return came


def obey(work: Work, kind: ChatKind, press: Press) -> tuple[str, bool]:
    """Do what a press asks for; return the sentence to show and whether it was done.

    The move, its events and the press stand in one transaction. A press that was obeyed is answered again with the same
    words; one that is refused changes nothing and is written down. The id of a stranger is kept nowhere.
    """
    key = f"{kind}:{press.key}"
    with work.store.read() as tx:
        seen = press_of(tx, key)
        who = None if seen else _staff(tx, kind, press.person)
    if seen is not None:
        return seen.said, seen.outcome == "done"
    code = read_code(press.code)
    mine = replace(work, by=who) if who is not None else work
    if who is None or code is None:
        return _refused(mine, key, kind, press, code, STRANGER if who is None else OTHER_VERSION), False
    try:
        with work.store.write() as tx:
            if (seen := press_of(tx, key)) is not None:
                return seen.said, seen.outcome == "done"
            said = clip(
                _act(replace(mine, store=work.store.joined(tx)), tx, *code, _chat_name(work, press)), LONGEST_ANSWER
            )
            add_press(tx, key, _chat_name(work, press), code[1], who.id, code[0], "done", said, work.now)
            told = {"button": code[0].label, "chat": _chat_name(work, press)}
            add_events(tx, [NewEvent(code[1], work.now, who.id, "pressed", {}, told)])
    except (CaseworkError, MoveNotAllowed, StorageError) as refusal:
        return _refused(mine, key, kind, press, code, str(refusal)), False
    return said, True


def ear_state(work: Work, kind: ChatKind) -> EarState:
    """Return how far the bot has heard, and what keeps it from hearing."""
    with work.store.read() as tx:
        value = setting_value(tx, _setting(kind)) or {}
    return EarState(value.get("after"), value.get("error", ""), value.get("name", ""))


def _act(work: Work, tx: Tx, pressed: Pressed, risk_id: int, chat: str) -> str:
    row = load(tx, risk_id)
    if row.merged_into is not None:
        raise BadMove(f"Риск {row.number} объединён с {load(tx, row.merged_into).number}: откройте его карточку.")
    if not row.is_open:
        raise BadMove(f"Сообщение старое: риск {row.number} уже закрыт ({State(row.state).label}).")
    if pressed is Pressed.TAKE:
        return _take(work, tx, row)
    if pressed is Pressed.DISMISS:
        if row.level >= 4:
            raise BadMove(f"Риск {row.number} критический: снимают его на карточке, с причиной.")
        triage.dismiss(work, risk_id, row.version, "not-a-risk", f"решено из чата «{chat}»")
        return f"Риск {row.number} снят: не риск. Вернуть — на карточке, «Открыть повторно»."
    until = work.now + LONGEST_SILENCE
    silence(work, risk_id, f"из чата «{chat}»: тише до роста", until)
    return f"О риске {row.number} тише, пока он не вырастет, но не дольше {moment(until, work.profile.timezone)}."


def _take(work: Work, tx: Tx, row: RiskRow) -> str:
    require(work.by, Act.TAKE, row.block or NO_BLOCK)
    holder = row.taken_by if row.taken_until is not None and row.taken_until > work.now else None
    owner = holder or (None if row.state in _BEGUN else row.owner_staff)
    if owner is not None and owner != work.by.id:
        raise BadMove(f"Риск {row.number} уже взял в работу другой сотрудник: {_name(tx, owner)}.")
    triage.take(work, [row.id], HOLD_MINUTES)
    if row.state in _BEGUN:
        triage.start_verification(work, row.id, row.version)
    return f"Риск {row.number} ваш: проверьте сведения. Карточка держится за вами {HOLD_MINUTES} минут."


def _refused(work: Work, key: str, kind: ChatKind, press: Press, code: tuple[Pressed, int] | None, why: str) -> str:
    """Write the attempt down; nothing else has changed."""
    said = clip(why, LONGEST_ANSWER)
    act, risk_id = code if code is not None else ("?", None)
    with work.store.write() as tx:
        if press_of(tx, key) is None:
            add_press(tx, key, _chat_name(work, press), risk_id, work.by.id, act, "refused", said, work.now)
            told = {"button": code[0].label if code is not None else "?", "chat": _chat_name(work, press), "why": said}
            subject = f"risk:{risk_id}" if risk_id is not None else f"chat:{kind}"
            add_journal(tx, work.now, work.by.id, "chat.press_refused", subject, {}, told)
            if work.by.id is not None and risk_id is not None and _exists(tx, risk_id):
                add_events(tx, [NewEvent(risk_id, work.now, work.by.id, "refused_try", {}, told, said)])
    return said


def _exists(tx: Tx, risk_id: int) -> bool:
    try:
        load(tx, risk_id)
    except CaseworkError:
        return False
    return True


def _staff(tx: Tx, kind: ChatKind, person: str) -> Staff | None:
    """Return whom a platform's id belongs to: only a proved contact of an account that is open."""
    row = contact_at(tx, kind, person)
    if row is None or row.confirmed_at is None or not row.active:
        return None
    found = staff_by_id(tx, row.staff_id)
    return staff_of(found) if found is not None else None


def _chat_name(work: Work, press: Press) -> str:
    return next((chat.name for chat in work.profile.chats if chat.address == press.chat), "личное сообщение")


def _name(tx: Tx, staff_id: int) -> str:
    row = staff_by_id(tx, staff_id)
    return row.name_shown if row is not None else f"№ {staff_id}"


def _quietly(do: Callable[[], None], came: Answered) -> None:
    """The deed is done and written; that the sentence did not arrive must not undo the round."""
    try:
        do()
    except (SendFailed, SendRefused) as failure:
        came.error = failure.reason


def _setting(kind: ChatKind) -> str:
    return f"chat.{kind}.ear"


def _note_ear(work: Work, kind: ChatKind, state: EarState, before: EarState) -> None:
    """Written only when something changed: a quiet bot is asked every few seconds."""
    if state != before:
        told = {"after": state.after, "error": state.error, "name": state.name, "at": work.now.isoformat()}
        with work.store.write() as tx:
            put_setting(tx, _setting(kind), told)

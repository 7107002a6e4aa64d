"""The «отработка» of a risk goes to the alert chats: its text, its platforms, its links, and what is still missing (S4 п. 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Protocol

from casework.errors import BadMove
from casework.moves import begin, finish
from casework.roles import Act
from casework.telling import tell_text
from casework.work import Work
from reports.alert import chats_for
from reports.wording import moment
from reports.working_out import WorkingOut, working_out_message
from risk.states import State, Veracity
from storage.engine import Tx
from storage.find.answers import AnswerRow, answers_of
from storage.find.names import source_names
from storage.find.publications import (
    SENT,
    Platform,
    PublicationRow,
    ToldRow,
    coverage,
    last_working_out,
    publications_of,
)

TOLD_STATES = ("standing", "changed", "waiting", "unread")
"""Publications that the message names; one that vanished is no link to show."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that the message lacks."""

    words: str
    """Russian: what is missing and what to do."""
    blocks: bool = False
    """True when there is nothing to send without it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The message as it would be sent now."""

    text: str
    mark: str
    """Fingerprint: the same message is not sent twice."""
    missing: tuple[Missing, ...]
    sent: ToldRow | None
    """The last one sent."""
    answer: AnswerRow | None

    @property
    def is_same(self) -> bool:
        """True when exactly this has been sent already."""
        return self.sent is not None and self.sent.mark == self.mark

    @property
    def may_be_sent(self) -> bool:
        """True when nothing that blocks is missing and it says something new."""
        return not self.is_same and not any(m.blocks for m in self.missing)


@dataclass(frozen=True, slots=True)
class Stand:
    """What is known of a risk's answers: read once, for the message and for the card."""

    answers: tuple[AnswerRow, ...]
    """Newest first."""
    publications: tuple[PublicationRow, ...]
    platforms: tuple[Platform, ...]
    sent: ToldRow | None


def answer_told(answers: Sequence[AnswerRow]) -> AnswerRow | None:
    """Return the approved text that the message carries: the newest answer or update, else a «проверяем»."""
    approved = [a for a in answers if a.state == "approved"]
    return next((a for a in approved if a.kind != "holding"), approved[0] if approved else None)


class Told(Protocol):
    """What of a risk the message says; both a row of the queue and a row to decide on have it."""

    @property
    def id(self) -> int: ...
    @property
    def number(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def level(self) -> int: ...
    @property
    def state(self) -> str: ...
    @property
    def veracity(self) -> str: ...


def stand_of(tx: Tx, risk_id: int) -> Stand:
    """Return what is known of a risk's answers and of where they stand."""
    return Stand(
        answers_of(tx, risk_id), publications_of(tx, risk_id), coverage(tx, risk_id), last_working_out(tx, risk_id)
    )


def draft(tx: Tx, work: Work, risk: Told, stand: Stand) -> Draft:
    """Return the message as it would be sent now, with everything that it lacks."""
    answer = answer_told(stand.answers)
    links = _links(stand, answer)
    names = source_names(tx)
    facts = WorkingOut(
        number=risk.number,
        title=risk.title,
        level=risk.level,
        level_name=next((rule.name for rule in work.profile.levels if rule.level == risk.level), "не риск"),
        worked_off=State(risk.state) is State.WORKED_OFF,
        checked=Veracity(risk.veracity).label,
        text=answer.text if answer else "",
        platforms=tuple(names.get(place, place) for place in _platforms(stand, answer, links)),
        links=tuple((one.place, one.url) for one in links),
    )
    mark = blake2b(working_out_message(facts).encode(), digest_size=8).hexdigest()
    facts = replace(facts, changed=stand.sent is not None and stand.sent.mark != mark)
    return Draft(working_out_message(facts), mark, _missing(risk, stand, answer, links), stand.sent, answer)


def send_working_out(work: Work, risk_id: int, version: int) -> int:
    """Send the message to the alert chats of the risk's level (to all chats where it has none); return the new version.

    BadMove names everything without which there is nothing to send, and says when the very same message was sent before.
    """
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.PUBLISH)
        ready = draft(tx, work, row, stand_of(tx, risk_id))
        _refuse(work, ready)
        chats = chats_for(work.profile, row.level) or work.profile.chats
        key = f"working_out:{risk_id}:{row.version}"
        tell_text(
            tx, work, key, ready.text, risk_id=risk_id, level=row.level, kind="working_out", chats=[c.id for c in chats]
        )
        told = {"chats": [chat.name for chat in chats], "fingerprint": ready.mark}
        return finish(tx, work, row, SENT, {}, told=told)


def _refuse(work: Work, ready: Draft) -> None:
    blocking = [m.words for m in ready.missing if m.blocks]
    if blocking:
        raise BadMove(f"«Отработку» не отправить. {' '.join(blocking)}")
    if ready.is_same and ready.sent is not None:
        at = moment(ready.sent.at, work.profile.timezone)
        raise BadMove(
            f"Это сообщение уже отправлено {at} ({ready.sent.by}) и с тех пор не изменилось. "
            "Отправьте ещё раз, когда изменится текст, итог проверки или ссылки."
        )
    if not work.profile.chats:
        raise BadMove("В профиле округа нет ни одного чата: добавьте раздел [[chats]] и перезапустите программу.")


def _links(stand: Stand, answer: AnswerRow | None) -> list[PublicationRow]:
    """The publications to name: of the answer and its updates; those of «проверяем» only while there is nothing else."""
    kinds = {a.id: a.kind for a in stand.answers}
    final = answer is not None and answer.kind != "holding"
    return [
        one for one in stand.publications
        if one.state in TOLD_STATES and not (final and kinds.get(one.answer_id) == "holding")
    ]  # fmt: skip


def _platforms(stand: Stand, answer: AnswerRow | None, links: Sequence[PublicationRow]) -> list[str]:
    """Where the answer must stand by its own words; else where it stands and where the risk lives."""
    if answer is not None and answer.platforms:
        return list(answer.platforms)
    return list(dict.fromkeys([*(one.place for one in links), *(p.name for p in stand.platforms if not p.official)]))


def _missing(
    risk: Told, stand: Stand, answer: AnswerRow | None, links: Sequence[PublicationRow]
) -> tuple[Missing, ...]:
    found = []
    if answer is None:
        found.append(Missing("Нет утверждённого текста ответа: подготовьте и утвердите его.", blocks=True))
    elif answer.kind == "holding":
        found.append(Missing("Утверждён только текст «проверяем»: окончательный ответ ещё впереди."))
    if Veracity(risk.veracity) is Veracity.UNCONFIRMED:
        found.append(Missing("Проверка не завершена: запишите её итог."))
    if not links:
        found.append(Missing("Нет ни одной ссылки на публикацию: разместите ответ и запишите ссылку.", blocks=True))
    return (*found, *_on_places(stand, links))


def _on_places(stand: Stand, links: Sequence[PublicationRow]) -> list[Missing]:
    found = []
    if links and not any(one.state == "standing" for one in links):
        found.append(Missing("Ни по одной ссылке программа ещё не увидела текст ответа."))
    for one in stand.publications:
        if one.state in ("gone", "changed"):
            what = "ответа нет, ссылка в сообщение не войдёт" if one.state == "gone" else "стоит другой текст"
            found.append(Missing(f"На площадке «{one.place}» {what}."))
    bare = [p.name for p in uncovered(stand)]
    if bare and links:
        more = f" и ещё {len(bare) - 5}" if len(bare) > 5 else ""
        found.append(Missing(f"Без ответа: {', '.join(bare[:5])}{more}."))
    return found


def uncovered(stand: Stand) -> tuple[Platform, ...]:
    """Return the platforms of residents on which no answer is recorded, the most viewed first."""
    covered = {one.source_id for one in stand.publications if one.state in TOLD_STATES}
    return tuple(p for p in stand.platforms if not p.official and p.source_id not in covered)

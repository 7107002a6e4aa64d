"""The life of an answer: draft, approval by a second person where the level asks for it, a ready text that never changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from casework.answer_facts import facts_of, is_solved
from casework.entrusted import begin_part
from casework.errors import BadMove, ReasonNeeded, StaleAnswer, UnknownSubject
from casework.moves import FREED, begin, finish, load, person_of, reasoned, step
from casework.parts import add_promises
from casework.roles import Act
from casework.telling import tell_text
from casework.work import Work
from district.profile import Profile
from feedback.quality import LONGEST, Finding, check_reply
from reports.replies import fill, signature_of, template_by_id
from risk.states import Event, State, Veracity
from storage.engine import Tx
from storage.find.answers import (
    UNFINISHED,
    AnswerRow,
    answer_by_id,
    answers_of,
    publications_count,
    questions_asked,
)
from storage.find.moves import RiskRow, logins
from storage.keep.answers import add_answer, change_answer

KINDS: Mapping[str, str] = MappingProxyType(
    {"holding": "«проверяем»", "answer": "ответ", "update": "обновление ответа"}
)
"""Kinds of answers: code → Russian words."""
MOST_PLATFORMS = 60
ALWAYS_BLOCK = frozenset({"blank", "personal_data", "too_long"})
"""Findings that no reason outweighs."""


def write(
    work: Work, risk_id: int, version: int, kind: str, text: str, platforms: Sequence[str], template: str | None = None
) -> int:
    """Begin an answer as a draft; return its id.

    `version` is the risk's, `kind` one of KINDS, `platforms` are ids of sources and names of other places where it must
    stand, `template` the id of the template it was begun from. One unfinished answer of a kind at a time: a second is
    refused with BadMove, as is any answer to a closed risk.
    """
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.WRITE_ANSWER)
        return _write(tx, work, row, kind, text, platforms, template)


def say_checking(work: Work, risk_id: int, version: int, template: str, platforms: Sequence[str]) -> int:
    """Make a template's «проверяем» the ready text at once, as it is; return the answer's id.

    It states no fact, so it needs no second person (S4 п. 2: «неизвестные обстоятельства» are told without waiting).
    """
    with work.store.write() as tx:
        row = begin_part(tx, work, risk_id, version, Act.WRITE_ANSWER)
        chosen = template_by_id(template)
        if chosen is None or chosen.kind != "holding":
            raise BadMove(f"Готовой фразы «{template[:60]}» нет. Выберите из списка.")
        text = fill(chosen, facts_of(tx, work, row))
        answer_id = _write(tx, work, row, "holding", text, platforms, template)
        return _approve(tx, work, _answer(tx, answer_id), load(tx, risk_id), "")


def change(work: Work, answer_id: int, answer_version: int, text: str, platforms: Sequence[str]) -> int:
    """Write the text and the platforms anew; return the id of the answer that holds them.

    A text that waited for approval or was returned is a draft again. An approved text never changes: another text
    becomes a new draft, other platforms are noted beside the approved text.
    """
    with work.store.write() as tx:
        found, row = _open(tx, work, answer_id, answer_version, Act.WRITE_ANSWER)
        plain, places = _text(text), _platforms(work.profile, platforms)
        if found.state == "approved" and plain != found.text:
            return _write(tx, work, row, found.kind, plain, places, found.template)
        if found.state == "approved":
            values: dict[str, Any] = {"platforms": list(places)}
        else:
            _must_be(found, UNFINISHED, "изменить")
            if (found.text, found.platforms) == (plain, places) and found.state != "waiting":
                return found.id  # pressing «проверить» twice is no change
            values = {
                "text": plain, "platforms": list(places), "state": "draft", "made_by": _person(work),
                "findings": _plain(_check(tx, work, row, found.kind, plain)),
            }  # fmt: skip
        change_answer(tx, found.id, found.version, work.now, values)
        finish(tx, work, row, "answer_changed", {}, told=_told(found, plain, places))
        return found.id


def ask_approval(work: Work, answer_id: int, answer_version: int) -> int:
    """Send a draft to whoever may approve it; return the answer's new version. The chats of the level are told."""
    with work.store.write() as tx:
        found, row = _open(tx, work, answer_id, answer_version, Act.WRITE_ANSWER)
        _must_be(found, ("draft", "returned"), "отправить на утверждение")
        _refuse_unready(row, found, _check(tx, work, row, found.kind, found.text))
        new = change_answer(tx, found.id, found.version, work.now, {"state": "waiting"})
        finish(tx, work, row, "answer_asked", dict(FREED), told=_told(found, found.text, found.platforms))
        said = f"Риск № {row.number}: {KINDS[found.kind]} ждёт утверждения.\n{row.title}"
        tell_text(
            tx, work, f"answer:{found.id}:{new}", said, risk_id=row.id, level=row.level, kind="answer_waiting"
        )  # fmt: skip
        return new


def approve(work: Work, answer_id: int, answer_version: int, note: str = "") -> int:
    """Make the text ready for publishing; return the answer's id.

    Where the level asks for a second person, only somebody else than the writer may do it, with the right to approve;
    elsewhere it is the writer's own «готово». `note` is the reason for letting a text out in spite of what the check
    of the reply says must not be; blanks and personal data no reason lets out.
    """
    with work.store.write() as tx:
        found = _answer(tx, answer_id)
        row = load(tx, found.risk_id)
        second = needs_second(tx, work, row, found)
        found, row = _open(tx, work, answer_id, answer_version, Act.APPROVE_ANSWER if second else Act.WRITE_ANSWER)
        _must_be(found, ("waiting",) if second else UNFINISHED, "утвердить")
        if second and found.made_by == work.by.id:
            raise BadMove(
                f"Уровень {row.level}: ответ утверждает второй человек, а этот текст написали вы. "
                "Его увидит на странице «Ответы» каждый, кто может утверждать."
            )
        return _approve(tx, work, found, row, note.strip())


def return_(work: Work, answer_id: int, answer_version: int, note: str) -> int:
    """Give an answer back to its writer with what to mend; return the answer's new version."""
    said = reasoned(note, "что исправить в ответе")
    with work.store.write() as tx:
        found, row = _open(tx, work, answer_id, answer_version, Act.APPROVE_ANSWER)
        _must_be(found, ("waiting",), "вернуть")
        values = {"state": "returned", "note": said, "decided_at": work.now, "decided_by": work.by.id}
        new = change_answer(tx, found.id, found.version, work.now, values)
        finish(tx, work, row, "answer_returned", {}, said, _told(found, found.text, found.platforms))
        return new


def withdraw(work: Work, answer_id: int, answer_version: int, reason: str = "") -> int:
    """Take an answer back; return its new version.

    An approved one needs a reason and must stand nowhere; what a second person approved, only such a person takes back.
    """
    with work.store.write() as tx:
        found = _answer(tx, answer_id)
        second = found.state == "approved" and needs_second(tx, work, load(tx, found.risk_id), found)
        found, row = _open(tx, work, answer_id, answer_version, Act.APPROVE_ANSWER if second else Act.WRITE_ANSWER)
        _must_be(found, (*UNFINISHED, "approved"), "отозвать")
        said = reasoned(reason, "почему ответ отозван") if found.state == "approved" else reason.strip()
        if publications_count(tx, found.id):
            raise BadMove("Этот ответ уже опубликован. Сначала уберите его публикации из реестра, потом отзывайте.")
        values = {"state": "withdrawn", "note": said, "decided_at": work.now, "decided_by": work.by.id}
        new = change_answer(tx, found.id, found.version, work.now, values)
        finish(tx, work, row, "answer_withdrawn", {}, said, _told(found, found.text, found.platforms))
        return new


def needs_second(tx: Tx, work: Work, row: RiskRow, found: AnswerRow) -> bool:
    """Return whether a second person must approve this text at the risk's level (profile: `second_approval`).

    A «проверяем» that is still word for word its template needs nobody: it states no fact.
    """
    if not work.profile.level(row.level).second_approval:
        return False
    chosen = template_by_id(found.template) if found.kind == "holding" and found.template else None
    return chosen is None or fill(chosen, facts_of(tx, work, row)) != found.text


def _write(
    tx: Tx, work: Work, row: RiskRow, kind: str, text: str, platforms: Sequence[str], template: str | None
) -> int:
    if kind not in KINDS:
        raise BadMove(f"Ответа вида «{kind[:40]}» нет. Бывают: {', '.join(KINDS.values())}.")
    _refuse_closed(row)
    plain, places = _text(text), _platforms(work.profile, platforms)
    begun = next((a for a in answers_of(tx, row.id) if a.kind == kind and a.state in UNFINISHED), None)
    if begun is not None:
        raise BadMove(f"Такой ответ уже готовится ({KINDS[kind]}, № {begun.id}). Продолжите его или отзовите.")
    values = {
        "risk_id": row.id, "kind": kind, "template": template, "text": plain, "platforms": list(places),
        "state": "draft", "findings": _plain(_check(tx, work, row, kind, plain)), "made_at": work.now,
        "made_by": _person(work), "changed_at": work.now, "decided_at": None, "decided_by": None, "note": "", "version": 1,
    }  # fmt: skip
    answer_id = add_answer(tx, values)
    told = {"answer_id": answer_id, "answer_kind": kind, "platforms": list(places)}
    # After a spread anew the circumstances are known already: the work goes on with the answer.
    known = row.state == State.REOPENED and row.veracity != Veracity.UNCONFIRMED and kind != "holding"
    finish(tx, work, row, "answer_written", {"state": step(row, Event.PREPARING)} if known else {}, told=told)
    return answer_id


def _approve(tx: Tx, work: Work, found: AnswerRow, row: RiskRow, note: str) -> int:
    findings = _check(tx, work, row, found.kind, found.text)
    _refuse_unready(row, found, findings)
    musts = [f for f in findings if f.severity == "must"]
    if musts and not note:
        raise ReasonNeeded(
            f"причину, почему ответ выходит, хотя {'; '.join(f.words[:1].lower() + f.words[1:].rstrip('.') for f in musts)}"
        )
    values = {
        "state": "approved", "findings": _plain(findings), "decided_at": work.now, "decided_by": work.by.id,
        "note": reasoned(note, "причину") if note else "",
    }  # fmt: skip
    change_answer(tx, found.id, found.version, work.now, values)
    finish(tx, work, row, "answer_approved", {}, note, _told(found, found.text, found.platforms))
    add_promises(tx, work, row.id, found.id, found.text)
    return found.id


def _refuse_unready(row: RiskRow, found: AnswerRow, findings: Sequence[Finding]) -> None:
    """Refuse what nobody may let out: an answer before the check of the fact, a text with blanks or personal data."""
    if found.kind != "holding" and row.veracity == Veracity.UNCONFIRMED:
        raise BadMove(
            "Факт ещё не проверен: сначала запишите итог проверки. Пока идёт проверка, людям говорят «проверяем»."
        )
    stops = [f for f in findings if f.code in ALWAYS_BLOCK]
    if stops:
        raise BadMove(" ".join(f"{f.words.rstrip('.')}." for f in stops))


def _check(tx: Tx, work: Work, row: RiskRow, kind: str, text: str) -> tuple[Finding, ...]:
    asked = questions_asked(tx, row.id) if kind == "answer" else ()
    signature = signature_of(work.profile)
    return check_reply(text, solved=is_solved(tx, row.id), signature=signature, kind=kind, questions=asked)


def _open(tx: Tx, work: Work, answer_id: int, version: int, act: Act) -> tuple[AnswerRow, RiskRow]:
    """Return the answer and its risk when this person may do this with them now and saw the answer as it is."""
    found = _answer(tx, answer_id)
    # Whoever is entrusted with a part writes for it; approving is for the risk's own block.
    enter = begin if act is Act.APPROVE_ANSWER else begin_part
    row = enter(tx, work, found.risk_id, load(tx, found.risk_id).version, act)
    if found.version != version:
        by = found.decided_by if found.state in ("approved", "returned", "withdrawn") else found.made_by
        who = logins(tx, [by] if by else []).get(by or 0, f"№ {by}")
        raise StaleAnswer(
            row.number, by=who, state=found.state, at=found.changed_at, version=version, now=found.version
        )
    _refuse_closed(row)
    return found, row


def _answer(tx: Tx, answer_id: int) -> AnswerRow:
    found = answer_by_id(tx, answer_id)
    if found is None:
        raise UnknownSubject(f"Ответа № {answer_id} нет. Обновите карточку.")
    return found


def _refuse_closed(row: RiskRow) -> None:
    if not row.is_open:
        raise BadMove(f"Риск {row.number} закрыт. Чтобы отвечать дальше, откройте его повторно.")


_STATES = {
    "draft": "черновик", "waiting": "ждёт утверждения", "approved": "утверждён", "returned": "возвращён на доработку",
    "withdrawn": "отозван",
}  # fmt: skip


def _must_be(found: AnswerRow, states: Sequence[str], what: str) -> None:
    if found.state not in states:
        raise BadMove(f"Ответ № {found.id} сейчас {_STATES[found.state]}: {what} его нельзя. Обновите карточку.")


def _text(text: str) -> str:
    lines = (line.rstrip() for line in text.replace("\0", "").replace("\r\n", "\n").split("\n"))
    plain = "\n".join(lines).strip()
    if not plain:
        raise ReasonNeeded("текст ответа")
    if len(plain) > LONGEST:
        raise BadMove(f"Ответ длиннее {LONGEST} знаков: здесь {len(plain)}. Сократите на {len(plain) - LONGEST}.")
    return plain


def _platforms(profile: Profile, platforms: Sequence[str]) -> tuple[str, ...]:
    """Return the places once each; a name of a place is one short line."""
    known = {source.id for source in profile.sources}
    places = tuple(dict.fromkeys(p if p in known else " ".join(p.split())[:200] for p in platforms if p.strip()))
    if len(places) > MOST_PLATFORMS:
        raise BadMove(f"Отмечено площадок: {len(places)}. Больше {MOST_PLATFORMS} сразу не бывает: снимите лишние.")
    return places


def _person(work: Work) -> int:
    return person_of(work, "Машина ответов не пишет: это делает сотрудник.")


def _plain(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    return [asdict(finding) for finding in findings]


def _told(found: AnswerRow, text: str, platforms: Sequence[str]) -> dict[str, Any]:
    """What the history says of an answer; the fingerprint (sha256) shows that the text is the one that was approved."""
    print_ = sha256(text.encode()).hexdigest()[:16]
    return {"answer_id": found.id, "answer_kind": found.kind, "fingerprint": print_, "platforms": list(platforms)}

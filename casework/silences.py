"""Silences over a risk or a topic: who asked, why, until when; they end by themselves and are never for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from casework.errors import BadMove, UnknownSubject
from casework.hushing import finish, is_danger, over
from casework.moves import load, reasoned
from casework.roles import NO_BLOCK, Act, require
from casework.telling import tell, tell_text
from casework.work import MACHINE, Work
from district.topics import TOPICS
from storage.engine import Tx
from storage.find.untaken import SilenceRow, Untaken, open_silences, opened_since, risks_now, topic_sizes
from storage.keep.chatting import add_silence
from storage.keep.events import NewEvent, add_events
from storage.keep.journal import add_journal

__all__ = ["LONGEST", "end_due", "lift", "silence", "silence_topic", "standing"]

LONGEST = timedelta(days=7)
"""No silence is longer: what still matters after a week is silenced again, with a reason [P]."""
_ORDINARY = 2
_NAMED = 20


def silence(work: Work, risk_id: int, reason: str, until: datetime, *, until_grows: bool = True) -> int:
    """Stop the alerts of a risk until a moment, or until it grows if that is sooner; return the silence's id.

    Refused (BadMove) for danger to life, a closed risk, a silence that stands already, a moment past or over a week away.
    """
    said = reasoned(reason, "почему тревоги не нужны")
    with work.store.write() as tx:
        row = load(tx, risk_id)
        require(work.by, Act.SILENCE, row.block or NO_BLOCK)
        now = risks_now(tx, [risk_id])[risk_id]
        if is_danger(now.level, now.emergency):
            raise BadMove(f"Риск {row.number}: угрозу жизни и критический уровень приглушить нельзя.")
        if not row.is_open:
            raise BadMove(f"Риск {row.number} уже закрыт: тревог о нём нет.")
        if open_silences(tx, risk_id):
            raise BadMove(f"Риск {row.number} уже приглушён. Снимите прежнюю тишину, чтобы задать новую.")
        base = {"level": now.level, "posts": now.posts, "views": now.views}
        made = _write(tx, work, {"risk_id": risk_id}, said, until, until_grows, base)
        told = {"until": until.isoformat(), "until_grows": until_grows}
        add_events(tx, [NewEvent(risk_id, work.now, work.by.id, "silenced", {}, told, said)])
    return made


def silence_topic(work: Work, topic: str, reason: str, until: datetime, *, until_grows: bool = True) -> int:
    """Stop the alerts of all risks of a topic (a code of district.topics), but danger to life; return the silence's id."""
    require(work.by, Act.SILENCE)
    said = reasoned(reason, "почему тревоги не нужны")
    if topic not in TOPICS:
        raise BadMove(f"Темы «{topic[:60]}» нет в классификаторе. Выберите из списка.")
    with work.store.write() as tx:
        if any(s.topic == topic for s in open_silences(tx)):
            raise BadMove(f"Тема «{TOPICS[topic]}» уже приглушена. Снимите прежнюю тишину, чтобы задать новую.")
        level, posts, views = topic_sizes(tx, topic)
        # A quiet topic has no level of its own: an ordinary risk is what the silence is for, a high one is growth.
        base = {"level": max(level, _ORDINARY), "posts": posts, "views": views}
        made = _write(tx, work, {"topic": topic}, said, until, until_grows, base)
        add_journal(
            tx, work.now, work.by.id, "silence.made", f"topic:{topic}", {}, {"until": until.isoformat(), "why": said}
        )
    return made


def lift(work: Work, silence_id: int) -> SilenceRow:
    """End a silence by hand; return what it was. UnknownSubject when it has ended already."""
    with work.store.write() as tx:
        found = next((s for s in open_silences(tx) if s.id == silence_id), None)
        if found is None:
            raise UnknownSubject("Этой тишины уже нет: она кончилась или её сняли. Обновите страницу.")
        block = load(tx, found.risk_id).block if found.risk_id is not None else None
        require(work.by, Act.SILENCE, block or NO_BLOCK)
        finish(tx, work, found, work.by.id, "снята сотрудником")
        _tell_missed(tx, work, found)
    return found


def standing(work: Work, risk_id: int | None = None) -> tuple[SilenceRow, ...]:
    """Return the silences that stand now, of one risk or all."""
    with work.store.read() as tx:
        return open_silences(tx, risk_id)


def end_due(work: Work) -> int:
    """End the silences whose time is over, whose risk grew or was closed; return how many. A grown risk is told at once."""
    machine = _by_machine(work)
    with work.store.read() as tx:
        if not open_silences(tx):
            return 0
    with work.store.write() as tx:
        rows = open_silences(tx)
        risks = risks_now(tx, [s.risk_id for s in rows if s.risk_id is not None])
        return sum(_end(tx, machine, row, risks.get(row.risk_id or 0)) for row in rows)


def _end(tx: Tx, work: Work, row: SilenceRow, risk: Untaken | None) -> bool:
    if risk is not None and not risk.is_open:
        finish(tx, work, row, None, "риск закрыт")
        return True
    why = over(tx, work, row, risk)
    if not why:
        return False
    finish(tx, work, row, None, why)
    if risk is not None and why != "срок вышел":
        tell(tx, work, [risk.id], "grown", again=f":s{row.id}")
    _tell_missed(tx, work, row)
    return True


def _tell_missed(tx: Tx, work: Work, row: SilenceRow) -> None:
    """What a topic's silence kept back is named in one message: nothing is lost by a silence."""
    missed = opened_since(tx, row.topic, row.made_at) if row.topic is not None else ()
    if not missed:
        return
    named = [f"{one.number} · уровень {one.level} · {one.title}" for one in missed[:_NAMED]]
    more = [f"… и ещё {len(missed) - _NAMED} — в очереди"] if len(missed) > _NAMED else []
    head = f"Тишина по теме «{TOPICS.get(row.topic or '', row.topic)}» кончилась. За это время открыто рисков: {len(missed)}"
    level = max(one.level for one in missed)
    tell_text(
        tx, work, f"silence:{row.id}", "\n".join([head, *named, *more]), risk_id=None, level=level, kind="silence"
    )


def _write(
    tx: Tx, work: Work, over_what: dict[str, Any], reason: str, until: datetime, until_grows: bool, base: dict[str, Any]
) -> int:
    if not work.now < until <= work.now + LONGEST:
        raise BadMove(f"Тишина бывает от минуты до {LONGEST.days} суток: укажите срок в этих пределах.")
    values = {
        "reason": reason,
        "made_at": work.now,
        "made_by": work.by.id,
        "until_at": until,
        "until_grows": until_grows,
    }
    return add_silence(tx, over_what | values | {"base": base})


def _by_machine(work: Work) -> Work:
    return Work(work.store, work.profile, work.now, MACHINE, work.reader)

"""Writes the alert lines of new and risen risks into the outbox, in the transaction of the news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from casework.hushing import hushed
from casework.work import Work
from district.profile import AlertChat
from district.topics import TOPICS
from reports.alert import AlertFacts, chats_for, send_after
from risk.states import State, Veracity
from storage.engine import Tx
from storage.find.risks import sources_told
from storage.find.telling import RiskTold, risks_told
from storage.find.terms import first_lines
from storage.keep.outbox import NewLine, add_lines

SOURCES_TOLD = 10


def tell(tx: Tx, work: Work, risk_ids: Sequence[int], kind: str, again: str = "") -> int:
    """Write a line per risk and chat that is told of its level; return how many were new.

    `kind` is new, risen, reopened, repeat or grown; a risk that is silenced (casework.hushing) is not told. The key "risk:level:chat" makes the same news told once; `again` is added to it when
    something happens anew (a risk opened again).
    """
    if not risk_ids:
        return 0
    risks = risks_told(tx, risk_ids)
    quiet = hushed(tx, work, risks, kind)
    wanted = [(risk, chats_for(work.profile, risk.level)) for risk in risks if risk.id not in quiet]
    told = [(risk, chats) for risk, chats in wanted if chats]
    if not told:
        return 0
    ids = [risk.id for risk, _ in told]
    sources, promised = sources_told(tx, ids), first_lines(tx, ids)
    lines = []
    for risk, chats in told:
        body = alert_facts(work, risk, sources[risk.id], kind, promised.get(risk.id)).pack()
        lines += [_line(work, risk, chat, kind, body, again) for chat in chats]
    return add_lines(tx, lines, work.now)


def _line(work: Work, risk: RiskTold, chat: AlertChat, kind: str, body: dict[str, Any], again: str) -> NewLine:
    key = f"{risk.id}:{risk.level}:{chat.id}{again}"
    return NewLine(key, chat.id, risk.id, risk.level, kind, body, send_after(chat, risk.level, work.now))


def alert_facts(
    work: Work, risk: RiskTold, sources: Sequence[tuple[str, str]], kind: str, first_line: datetime | None = None
) -> AlertFacts:
    """Return what an alert says of a risk: labels instead of codes, no author data.

    `first_line` is by when the first official line is owed, which chats are told; None when it is not owed any more.
    """
    profile = work.profile
    blocks = {b.id: b.name for b in profile.blocks}
    territories = {t.id: t.name for t in profile.territories}
    officials = {o.id: o.post for o in profile.officials}
    return AlertFacts(
        risk_id=risk.id,
        number=risk.number,
        title=risk.title,
        level=risk.level,
        level_name=profile.level(risk.level).name,
        kind=kind,
        reasons=tuple(str(r["why"]) for r in risk.reasons),
        topic=TOPICS.get(risk.topic or "", risk.topic),
        settlement=risk.settlement,
        territory=territories.get(risk.territory or "", risk.territory),
        first_seen=risk.first_seen,
        sources=tuple(sources[:SOURCES_TOLD]),
        sources_total=len(sources),
        posts=risk.posts,
        views=risk.views,
        growth=risk.growth,
        block=blocks.get(risk.block or "", risk.block),
        official=officials.get(risk.official or "", risk.official),
        due_at=first_line or risk.due_at,
        state=State(risk.state).label,
        veracity=Veracity(risk.veracity).label,
        emergency=risk.emergency,
    )


def tell_text(
    tx: Tx, work: Work, key: str, text: str, *, risk_id: int | None, level: int, kind: str, chats: Sequence[str] = ()
) -> int:
    """Write a line of words for the chats of a level, or for the named ones; return how many were new.

    For what is no alert of a risk: «отработка», a vanished answer, a missed term, a reminder. `key` makes it told once
    ("gone:17"), `kind` is a short code shown in the outbox, `text` is plain Russian text of any length (the sender cuts
    it into messages). Raises KeyError for a chat that the profile does not name.
    """
    known = {chat.id: chat for chat in work.profile.chats}
    wanted = [known[i] for i in chats] if chats else list(chats_for(work.profile, level))
    body = {"text": text}
    lines = [
        NewLine(f"{key}:{chat.id}", chat.id, risk_id, level, kind, body, send_after(chat, level, work.now))
        for chat in wanted
    ]
    return add_lines(tx, lines, work.now)

"""Looks at publications: whose turn it is, what was found there, who is alarmed when an official answer vanished or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Literal

from casework.moves import load
from casework.telling import tell_text
from casework.terms import WHOLE_ANSWER
from casework.watching import begin_watch
from casework.work import Work
from reports.wording import moment
from risk.standing import standing
from storage.engine import Tx
from storage.find.answers import answer_by_id
from storage.find.moves import RiskRow
from storage.find.publications import PublicationRow, failures_in_a_row, publication_by_id
from storage.keep.events import NewEvent, add_events
from storage.keep.publications import (
    CHANGED,
    GONE,
    STANDING,
    UNREAD,
    WAITING,
    WITHDRAWN,
    NewCheck,
    add_check,
    change_publication,
    claim_checks,
    settle_checks,
)

LEASE = timedelta(minutes=15)
"""Longer than the slowest round: ten pages of one host that each answer at the time limit, twice (crawlers.settings)."""
AGAIN_AFTER = (timedelta(hours=1), timedelta(hours=6), *(timedelta(days=day) for day in range(1, 15)))
"""When an answer is looked at again, counted from its recording: after an hour, six hours, then daily for two weeks, the
time in which a spread anew opens the same risk (Profile.respread_days by default)."""
RETRIES = (timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
"""A page that does not answer is tried three times more before anybody is alarmed."""

State = Literal["read", "gone", "unread", "closed"]


@dataclass(frozen=True, slots=True)
class CheckJob:
    """One address to look at, leased until a moment: nobody else looks at it before."""

    publication_id: int
    url: str
    source_id: str | None
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What a reader saw at an address."""

    text: str | None
    """All the words there; None when nothing was read."""
    views: int | None
    """None is unknown, never 0."""
    state: State
    """read | gone (the platform says that it is there no more) | unread (not this time) | closed (never for us)."""
    reason: str = ""
    """Russian words for staff: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a look came to."""

    state: str
    likeness: float | None
    reason: str


def due_checks(work: Work, limit: int = 10) -> tuple[CheckJob, ...]:
    """Claim up to `limit` publications whose turn it is; each must be given to `note_check` before its lease ends."""
    with work.store.write() as tx:
        due = claim_checks(tx, limit, work.now, LEASE)
    return tuple(CheckJob(one.id, one.url, one.source_id, one.lease_until) for one in due)


def settle_old_checks(work: Work, before: datetime) -> int:
    """Never look at the addresses of a loaded history (the demo's are made up); return how many publications it had."""
    with work.store.write() as tx:
        return settle_checks(tx, before)


def note_check(work: Work, publication_id: int, found: Found, lease_until: datetime | None = None) -> str | None:
    """Write down what a look found and return the state of the publication; None when it is not ours to note any more.

    `lease_until` is the lease under which it was read: one lost to another process, or a publication struck out
    meanwhile, is left alone. The first time an answer is seen standing starts the watch of the reaction; one that
    vanished or changed alarms the chats once; a page that cannot be read alarms after three more tries, its state kept.
    """
    with work.store.write() as tx:
        row = publication_by_id(tx, publication_id)
        if row is None or row.state == WITHDRAWN or (lease_until is not None and row.lease_until != lease_until):
            return None
        answer = answer_by_id(tx, row.answer_id)
        look = _judged(answer.text if answer else "", found)
        add_check(tx, NewCheck(row.id, work.now, look.state, look.likeness, found.views, look.reason))
        if look.state == UNREAD:
            return _unread(tx, work, row, look, for_ever=found.state == "closed")
        state = _seen(tx, work, row, look, found.views)
        if state == STANDING and answer is not None and answer.kind == WHOLE_ANSWER:
            begin_watch(tx, work, row.risk_id)
        return state


def _judged(answer: str, found: Found) -> _Look:
    if found.state in ("unread", "closed") or (found.state == "read" and not answer.strip()):
        return _Look(UNREAD, None, found.reason or "текст ответа удалён по сроку хранения: сравнивать не с чем")
    if found.state == "gone":
        return _Look(GONE, 0.0, found.reason or "площадка отвечает, что такой записи нет")
    seen = standing(answer, found.text or "")
    return _Look(seen.state.value, round(seen.likeness, 1), seen.reason)


def _seen(tx: Tx, work: Work, row: PublicationRow, look: _Look, views: int | None) -> str:
    first = look.state == STANDING and row.stood_at is None
    values: dict[str, Any] = {
        "state": look.state, "reason": look.reason, "likeness": look.likeness, "checked_at": work.now,
        "checks": row.checks + 1, "lease_until": None, "next_check": _next(row, work.now),
        "views": row.views if views is None else views,
    }  # fmt: skip
    if first:
        values["stood_at"] = work.now
    change_publication(tx, row.id, values)
    if look.state != row.state:
        _tell(tx, work, row, look)
    return look.state


def _unread(tx: Tx, work: Work, row: PublicationRow, look: _Look, *, for_ever: bool) -> str:
    """Keep the state, try again soon; after the last retry tell the chats, once, and go on by the timetable."""
    failed = failures_in_a_row(tx, row.id, len(RETRIES) + 2)
    given_up = for_ever or failed > len(RETRIES)
    state = UNREAD if row.state == WAITING and given_up else row.state
    following = None if for_ever else _next(row, work.now) if given_up else work.now + RETRIES[failed - 1]
    change_publication(
        tx,
        row.id,
        {
            "state": state, "reason": look.reason, "checked_at": work.now, "checks": row.checks + 1,
            "lease_until": None, "next_check": following,
        },
    )  # fmt: skip
    if failed == len(RETRIES) + 1 and not for_ever:
        risk = load(tx, row.risk_id)
        said = (
            f"Риск № {risk.number}: не удаётся проверить, стоит ли ответ на площадке «{row.place}» — {row.url}\n"
            f"Пробовали {failed} раза. Причина: {look.reason}\nОткройте ссылку и проверьте глазами."
        )
        _alarm(tx, work, risk, row, UNREAD, said)
    return state


def _next(row: PublicationRow, now: datetime) -> datetime | None:
    return next((row.made_at + step for step in AGAIN_AFTER if row.made_at + step > now), None)


_EVENTS: Mapping[str, str] = MappingProxyType(
    {STANDING: "publication_stands", CHANGED: "publication_changed", GONE: "publication_gone"}
)


def _tell(tx: Tx, work: Work, row: PublicationRow, look: _Look) -> None:
    """Append the event of a change; a vanished or changed answer is an alarm too. The risk's version stays."""
    told = {"place": row.place, "url": row.url, "likeness": look.likeness}
    add_events(tx, [NewEvent(row.risk_id, work.now, None, _EVENTS[look.state], {}, told, look.reason)])
    if look.state == STANDING:
        return
    risk = load(tx, row.risk_id)
    stood = f" (стоял с {moment(row.stood_at, work.profile.timezone)})" if row.stood_at else ""
    what = {
        (GONE, True): f"ответ исчез с площадки «{row.place}»{stood}",
        (GONE, False): f"по записанной ссылке нет ответа: площадка «{row.place}»",
        (CHANGED, True): f"ответ на площадке «{row.place}» изменён{stood}",
        (CHANGED, False): f"на площадке «{row.place}» стоит не тот текст, который утверждён",
    }[look.state, row.stood_at is not None]
    mend = "Разместите ответ снова или уберите публикацию из реестра с причиной."
    if look.state == CHANGED:
        mend = "Сверьте текст с утверждённым: исправьте на площадке или утвердите новый ответ."
    _alarm(tx, work, risk, row, look.state, f"Риск № {risk.number}: {what}\n{row.url}\nПочему: {look.reason}.\n{mend}")


def _alarm(tx: Tx, work: Work, risk: RiskRow, row: PublicationRow, what: str, text: str) -> None:
    key = f"{what}:{row.id}:{row.checks + 1}"
    tell_text(tx, work, key, text, risk_id=risk.id, level=risk.level, kind=f"answer_{what}")


__all__ = ["AGAIN_AFTER", "LEASE", "RETRIES", "CheckJob", "Found", "due_checks", "note_check", "settle_old_checks"]

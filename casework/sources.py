"""The living list of sources: the profile gives the first list, staff add, approve, pause and remove; all in the journal."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from casework.addresses import identity, recognise
from casework.errors import BadMove, DuplicateSource, NotApproved, UnknownSubject
from casework.moves import reasoned
from casework.roles import Act, may, require
from casework.source_sync import Synced, sync_profile_sources
from casework.work import Work
from district.profile import Platform
from storage.engine import Tx
from storage.find.accounts import accounts, all_sources, source_by_id
from storage.keep.journal import add_journal
from storage.keep.sources import add_source as write_source
from storage.keep.sources import change_source as write_change

__all__ = [
    "ACTIVE", "PAUSED", "PROPOSED", "REMOVED", "STATES", "STOPPED", "AddedSource", "Synced", "add_source", "approve",
    "change_source", "pause", "remove", "resume", "sync_profile_sources",
]  # fmt: skip

ACTIVE, PAUSED, STOPPED, PROPOSED, REMOVED = "active", "paused", "stopped", "proposed", "removed"
STATES = {
    ACTIVE: "читается", PAUSED: "приостановлен", STOPPED: "остановлен программой", PROPOSED: "ждёт утверждения",
    REMOVED: "убран",
}  # fmt: skip
"""State of a source → Russian words."""

UNREAD = frozenset({Platform.MAX})
"""Platforms that are recognised but have no reader yet."""
NOT_READ_YET = "площадка пока не читается: источник сохранён и начнёт читаться, когда появится чтение MAX"
_PREFIX = {
    Platform.VK: "vk",
    Platform.TELEGRAM: "tg",
    Platform.TELEGRAM_PREVIEW: "tg",
    Platform.MAX: "max",
    Platform.FEED: "feed",
}
_SHORTEST, _LONGEST = timedelta(minutes=1), timedelta(days=7)


@dataclass(frozen=True, slots=True)
class AddedSource:
    """A source just put on the list."""

    id: str
    platform: Platform
    address: str
    state: str
    """active when the one who added it may approve, else proposed (or paused for a platform without a reader)."""


def add_source(
    work: Work,
    address: str,
    *,
    name: str,
    owner: str,
    every: timedelta = timedelta(minutes=15),
    expect: tuple[float, float] = (1, 200),
    account: str | None = None,
    territory: str | None = None,
    official: bool = False,
    media: bool = False,
    federal: bool = False,
    comments: bool = True,
    allowed: Collection[str] = (),
) -> AddedSource:
    """Put a public page on the list from its pasted address; head and curator approve it by that, others propose it.

    `expect` is how many posts a day are usual (fewest, most), `owner` who keeps the page, `allowed` internal addresses that
    the technician has opened (settings.allow_internal). AddressRefused, DuplicateSource or BadMove say what is wrong.
    Telegram is read through t.me/s while there is no account for it.
    """
    require(work.by, Act.PROPOSE_SOURCE)
    found = recognise(address, allowed)
    approved = may(work.by, Act.APPROVE_SOURCE)
    values = {
        "address": found.address, "name": _words(name, "название"), "owner": _words(owner, "кто ведёт страницу"),
        "official": official, "media": media or federal, "federal": federal, "comments": comments, **_pace(every, expect), "territory": territory,
        "account": account, "approver": work.by.name_shown if approved else "", "approved_at": work.now if approved else None,
        "state_by": work.by.id, "next_due": work.now,
    }  # fmt: skip
    with work.store.write() as tx:
        platform = _readable_as(tx, found.platform)
        _check_references(tx, work, platform, account, territory)
        known = all_sources(tx)
        _refuse_duplicate(known, platform, found.address)
        source_id = _new_id(platform, found.address, {row["id"] for row in known})
        state, reason = _first_state(platform, approved)
        write_source(tx, values | {"id": source_id, "platform": platform.value, "state": state, "state_reason": reason})
        told = {"address": found.address, "platform": platform.value, "approver": values["approver"], "state": state}
        _note(tx, work, "source.added", source_id, {}, told)
    return AddedSource(source_id, platform, found.address, state)


def approve(work: Work, source_id: str) -> None:
    """Approve a proposed source: it is read from now on, and the list says who allowed it (requirement 1)."""
    require(work.by, Act.APPROVE_SOURCE)
    with work.store.write() as tx:
        row = _row(tx, source_id)
        if row["approved_at"] is not None:
            raise BadMove(f"Источник «{row['name']}» уже утверждён: {row['approver']}.")
        state, reason = (
            (row["state"], row["state_reason"])
            if row["state"] != PROPOSED
            else _first_state(Platform(row["platform"]), True)
        )
        values = {"approver": work.by.name_shown, "approved_at": work.now, "state": state, "state_reason": reason}
        _change(tx, work, "source.approved", row, values | {"state_by": work.by.id, "next_due": work.now})


def pause(work: Work, source_id: str, reason: str) -> None:
    """Stop reading a source for a while."""
    said = reasoned(reason, "почему источник приостановлен")
    with work.store.write() as tx:
        row = _changeable(tx, work, source_id, (ACTIVE, STOPPED))
        _change(tx, work, "source.paused", row, {"state": PAUSED, "state_reason": said, "state_by": work.by.id})


def resume(work: Work, source_id: str) -> None:
    """Read a paused, stopped or removed source again, from now; NotApproved while nobody has approved it."""
    with work.store.write() as tx:
        row = _changeable(tx, work, source_id, (PAUSED, STOPPED, REMOVED))
        if row["approved_at"] is None:
            raise NotApproved(row["name"])
        if Platform(row["platform"]) in UNREAD:
            raise BadMove(f"Источник «{row['name']}»: {NOT_READ_YET}.")
        values = {"state": ACTIVE, "state_reason": "", "state_by": work.by.id, "next_due": work.now}
        _change(tx, work, "source.resumed", row, values)


def remove(work: Work, source_id: str, reason: str) -> None:
    """Take a source off the list; what was collected stays, and the profile does not bring it back."""
    said = reasoned(reason, "почему источник убран")
    with work.store.write() as tx:
        row = _changeable(tx, work, source_id, (ACTIVE, PAUSED, STOPPED, PROPOSED))
        _change(tx, work, "source.removed", row, {"state": REMOVED, "state_reason": said, "state_by": work.by.id})


def change_source(
    work: Work,
    source_id: str,
    *,
    name: str,
    owner: str,
    every: timedelta,
    expect: tuple[float, float],
    account: str | None = None,
    territory: str | None = None,
    official: bool = False,
    media: bool = False,
    federal: bool = False,
    comments: bool = True,
) -> None:
    """Change what is known of a source; the profile does not overwrite it any more."""
    require(work.by, Act.CHANGE_SOURCE)
    values = {
        "name": _words(name, "название"), "owner": _words(owner, "кто ведёт страницу"), **_pace(every, expect),
        "account": account, "territory": territory, "official": official, "media": media or federal, "federal": federal, "comments": comments,
    }  # fmt: skip
    with work.store.write() as tx:
        row = _row(tx, source_id)
        _check_references(tx, work, Platform(row["platform"]), account, territory)
        changed = {key: value for key, value in values.items() if row[key] != value}
        if changed:
            _change(tx, work, "source.changed", row, changed)


def _words(text: str, what: str) -> str:
    plain = " ".join(text.split())
    if not 2 <= len(plain) <= 200:
        raise BadMove(f"Укажите {what}: от 2 до 200 знаков.")
    return plain


def _pace(every: timedelta, expect: tuple[float, float]) -> dict[str, float]:
    low, high = expect
    if not _SHORTEST <= every <= _LONGEST:
        raise BadMove("Читать источник можно не чаще раза в минуту и не реже раза в неделю.")
    if not 0 <= low < high <= 100_000:
        raise BadMove("Обычное число записей в день: наименьшее от 0, наибольшее больше него и не больше 100 000.")
    return {"every_s": every.total_seconds(), "expect_low": float(low), "expect_high": float(high)}


def _readable_as(tx: Tx, platform: Platform) -> Platform:
    """An open channel needs no account: without one it is read the way a browser shows it."""
    if platform is not Platform.TELEGRAM:
        return platform
    ready = any(row.platform == Platform.TELEGRAM and row.state == ACTIVE for row in accounts(tx))
    return Platform.TELEGRAM if ready else Platform.TELEGRAM_PREVIEW


def _check_references(tx: Tx, work: Work, platform: Platform, account: str | None, territory: str | None) -> None:
    if territory is not None and territory not in {t.id for t in work.profile.territories}:
        raise BadMove(f"Территории «{territory}» нет в профиле округа. Выберите из списка.")
    if account is not None:
        fitting = [row.id for row in accounts(tx) if row.platform == platform]
        if account not in fitting:
            raise BadMove(
                f"Учётной записи «{account}» площадки {platform.label} нет. Есть: {', '.join(fitting) or 'ни одной'}."
            )


def _refuse_duplicate(known: Collection[dict[str, Any]], platform: Platform, address: str) -> None:
    wanted = identity(platform, address)
    for row in known:
        if identity(row["platform"], row["address"]) == wanted:
            raise DuplicateSource(address, row["id"], row["name"], STATES.get(row["state"], row["state"]))


def _new_id(platform: Platform, address: str, taken: Collection[str]) -> str:
    """Return a readable id that is free: vk-club1, tg-beloe, site-example-ru, with -2, -3 … when it is taken."""
    host, _, path = address.split("://", 1)[1].partition("/")
    named = platform in _PREFIX and platform is not Platform.FEED
    slug = re.sub(r"[^a-z0-9]+", "-", (path if named else host).lower()).strip("-")[:40] or "page"
    plain = f"{_PREFIX.get(platform, 'site')}-{slug}"
    return (
        plain
        if plain not in taken
        else next(f"{plain}-{n}" for n in range(2, len(taken) + 3) if f"{plain}-{n}" not in taken)
    )


def _first_state(platform: Platform, approved: bool) -> tuple[str, str]:
    if not approved:
        return PROPOSED, "ждёт утверждения руководителем или куратором"
    return (PAUSED, NOT_READ_YET) if platform in UNREAD else (ACTIVE, "")


def _row(tx: Tx, source_id: str) -> dict[str, Any]:
    row = source_by_id(tx, source_id)
    if row is None:
        raise UnknownSubject(f"Источника «{source_id}» нет. Обновите список источников.")
    return row


def _changeable(tx: Tx, work: Work, source_id: str, states: tuple[str, ...]) -> dict[str, Any]:
    require(work.by, Act.CHANGE_SOURCE)
    row = _row(tx, source_id)
    if row["state"] not in states:
        raise BadMove(
            f"Источник «{row['name']}» сейчас «{STATES.get(row['state'], row['state'])}»: это действие невозможно."
        )
    return row


def _change(tx: Tx, work: Work, what: str, row: dict[str, Any], values: dict[str, Any]) -> None:
    write_change(tx, row["id"], values)
    shown = {key: value for key, value in values.items() if key not in ("next_due", "state_by", "approved_at")}
    _note(tx, work, what, row["id"], {key: row[key] for key in shown}, shown)


def _note(tx: Tx, work: Work, what: str, source_id: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    add_journal(tx, work.now, work.by.id, what, f"source:{source_id}", before, after)

"""The register of threats: the profile's, outweighed by what staff added, changed or switched off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casework.errors import BadMove, StaleThreat, UnknownSubject
from casework.moves import reasoned
from casework.roles import Act, require
from casework.work import Work
from district.date_rules import RULE_KEYS
from district.errors import Problem
from district.load_seasons import read_threat
from district.load_threats import body_of, merge
from district.profile import Profile
from district.seasons import RuleKind, Threat
from storage.engine import Tx
from storage.find.threats import ThreatRow, threat_rows
from storage.keep.journal import add_journal
from storage.keep.threats import add_threat, change_threat

__all__ = [
    "BadThreat", "Origin", "Registered", "add", "all_threats", "change", "draft", "one", "register", "switch_off", "switch_on", "unread",
]  # fmt: skip

FORM = "форма"
"""What the problems of a typed threat name instead of a file."""
_OWN = re.compile(r"own-(\d{1,9})")


class Origin(StrEnum):
    """Where a threat of the register comes from."""

    SHIPPED = "shipped"
    OWN = "own"
    CHANGED = "changed"
    OFF = "off"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            Origin.SHIPPED: "из профиля",
            Origin.OWN: "своя",
            Origin.CHANGED: "изменена",
            Origin.OFF: "выключена",
        }[self]


@dataclass(frozen=True, slots=True)
class Registered:
    """One threat of the register, as it stands now."""

    threat: Threat
    origin: Origin
    version: int
    """0 while only the profile tells of it."""
    note: str = ""
    """Why it was added, changed or switched off."""
    by: str = ""
    """Who did it last; "" when nobody."""


class BadThreat(BadMove):
    """Угроза описана неверно."""

    def __init__(self, problems: list[Problem]) -> None:
        """Tell every problem at once; `problems` name the keys."""
        self.problems = tuple(problems)
        super().__init__(" ".join(f"{p.key}: {p.reason} — {p.mend}." for p in problems))


def register(work: Work) -> tuple[Threat, ...]:
    """Return the threats that count: the profile's and own ones, without those switched off."""
    return tuple(r.threat for r in all_threats(work) if r.origin is not Origin.OFF)


def all_threats(work: Work) -> tuple[Registered, ...]:
    """Return every threat, also those switched off: the profile's in its order, then own ones in theirs."""
    with work.store.read() as tx:
        rows = threat_rows(tx)
    return tuple(found for found, _ in _whole(work.profile, rows) if found is not None)


def unread(work: Work) -> tuple[tuple[str, str], ...]:
    """Return what of the stored threats no longer reads (a topic or a key that this version does not know): id and why."""
    with work.store.read() as tx:
        rows = threat_rows(tx)
    return tuple((said[0], said[1]) for _, said in _whole(work.profile, rows) if said)


def one(work: Work, threat_id: str) -> Registered:
    """Return one threat of the register; UnknownSubject when there is none under this id."""
    found = next((r for r in all_threats(work) if r.threat.id == threat_id), None)
    if found is None:
        raise UnknownSubject(f"Угрозы «{threat_id[:60]}» нет. Откройте список угроз.")
    return found


def draft(work: Work, body: Mapping[str, Any], threat_id: str = "draft") -> Threat:
    """Return the threat that typed keys describe, without keeping it; BadThreat names every mistake.

    A threat that documents open and close has, without a subject, one of its own: its id.
    """
    whole = {**body, "id": threat_id}
    if body.get("kind") == RuleKind.DECREE:
        whole.setdefault("subject", threat_id)
    threat, problems = read_threat(whole, FORM, _places(work.profile))
    if threat is None:
        raise BadThreat(problems)
    return threat


def add(work: Work, body: Mapping[str, Any], note: str) -> str:
    """Keep an own threat (keys of [[threats]] without id) and return its id; BadThreat, ReasonNeeded."""
    require(work.by, Act.SET_THREATS)
    why = reasoned(note, "почему эта угроза нужна")
    with work.store.write() as tx:
        threat_id = _next_id(threat_rows(tx))
        kept = body_of(draft(work, body, threat_id))
        add_threat(tx, threat_id, kept, True, why, work.by.id, work.now)
        add_journal(tx, work.now, work.by.id, "threat.added", f"threat:{threat_id}", {}, kept | {"why": why})
    return threat_id


def change(work: Work, threat_id: str, version: int, body: Mapping[str, Any], note: str) -> int:
    """Keep what differs from the profile's threat, or an own threat whole; return the new version.

    Keys typed as the profile has them follow the profile again. StaleThreat when somebody was faster, UnknownSubject,
    BadThreat, ReasonNeeded.
    """
    require(work.by, Act.SET_THREATS)
    why = reasoned(note, "почему угроза меняется")
    typed = body_of(draft(work, body, threat_id))
    base = _base(work.profile, threat_id)
    kept = typed if base is None else difference(body_of(base), typed)
    return _write(work, threat_id, version, kept, None, why, "threat.changed")


def switch_off(work: Work, threat_id: str, version: int, reason: str) -> int:
    """Take a threat out of the year; it stays in the register with the reason. Return the new version."""
    require(work.by, Act.SET_THREATS)
    return _write(
        work, threat_id, version, None, False, reasoned(reason, "почему угрозы в округе нет"), "threat.switched_off"
    )


def switch_on(work: Work, threat_id: str, version: int, reason: str) -> int:
    """Bring a threat back into the year, as it was when it was switched off. Return the new version."""
    require(work.by, Act.SET_THREATS)
    return _write(
        work, threat_id, version, None, True, reasoned(reason, "почему угроза снова нужна"), "threat.switched_on"
    )


def difference(base: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys that make `typed` out of `base` by district.load_threats.merge; a changed rule is kept whole."""
    rule = ("kind", *RULE_KEYS)
    kept = {key: typed.get(key) for key in {*base, *typed} if key not in rule and base.get(key) != typed.get(key)}
    if any(base.get(key) != typed.get(key) for key in rule):
        kept |= {key: typed[key] for key in rule if key in typed}
    return kept


def _write(
    work: Work, threat_id: str, version: int, body: Mapping[str, Any] | None, is_on: bool | None, why: str, what: str
) -> int:
    """Write one step over a threat; None of `body` or `is_on` leaves them as they are."""
    with work.store.write() as tx:
        rows = threat_rows(tx)
        row = rows.get(threat_id)
        if row is None and _base(work.profile, threat_id) is None:
            raise UnknownSubject(f"Угрозы «{threat_id[:60]}» нет. Откройте список угроз.")
        if (row.version if row else 0) != version:
            raise _stale(work, threat_id, rows)
        before: dict[str, Any] = {"body": row.body if row else {}, "is_on": row.is_on if row else True}
        if is_on is not None and before["is_on"] is is_on:
            raise BadMove("Угроза уже в этом состоянии: включать или выключать нечего.")
        after = {
            "body": dict(before["body"] if body is None else body),
            "is_on": before["is_on"] if is_on is None else is_on,
        }
        _keep(tx, work, threat_id, version, after, why)
        add_journal(tx, work.now, work.by.id, what, f"threat:{threat_id}", before, after | {"why": why})
    return version + 1


def _keep(tx: Tx, work: Work, threat_id: str, version: int, after: Mapping[str, Any], why: str) -> None:
    if version == 0:
        add_threat(tx, threat_id, after["body"], after["is_on"], why, work.by.id, work.now)
        return
    change_threat(tx, threat_id, version, after["body"], after["is_on"], why, work.by.id, work.now)


def _stale(work: Work, threat_id: str, rows: Mapping[str, ThreatRow]) -> StaleThreat:
    row = rows.get(threat_id)
    names = {found.threat.id: found.threat.name for found, _ in _whole(work.profile, rows) if found is not None}
    what = "выключена" if row and not row.is_on else "изменена"
    name = names.get(threat_id, threat_id)
    return StaleThreat(name, by=row.by if row else "никто", what=what, why=row.note if row else "")


def _whole(
    profile: Profile, rows: Mapping[str, ThreatRow]
) -> Iterator[tuple[Registered | None, tuple[str, str] | tuple[()]]]:
    """Give every threat that reads, and every stored one that does not, with why."""
    places = _places(profile)
    shipped = {threat.id: threat for threat in profile.prevention.threats}
    for threat in shipped.values():
        row = rows.get(threat.id)
        if row is None:
            yield Registered(threat, Origin.SHIPPED, 0), ()
        else:
            yield _registered(threat, row, places)
    for code, row in rows.items():
        if code not in shipped:
            yield _registered(None, row, places)


def _registered(
    base: Threat | None, row: ThreatRow, places: Mapping[str, str]
) -> tuple[Registered | None, tuple[str, str] | tuple[()]]:
    """Read one row; a changed threat that no longer reads stands as the profile has it, an own one cannot stand at all."""
    threat: Threat | None = base
    said: tuple[str, str] | tuple[()] = ()
    if row.body or base is None:
        body = merge(body_of(base), row.body) if base else dict(row.body)
        # A territory may leave the profile; the threat stays for those that are there.
        body["territories"] = [place for place in body.get("territories", ()) if place in places]
        read, problems = read_threat({**body, "id": row.id}, "реестр угроз", places)
        threat = read or base
        said = () if read else (row.id, "; ".join(f"{p.key}: {p.reason}" for p in problems))
    if threat is None:
        return None, said
    origin = (
        Origin.OFF if not row.is_on else Origin.OWN if base is None else Origin.CHANGED if row.body else Origin.SHIPPED
    )
    return Registered(threat, origin, row.version, row.note, row.by), said


def _places(profile: Profile) -> dict[str, str]:
    return {territory.id: territory.name for territory in profile.territories}


def _base(profile: Profile, threat_id: str) -> Threat | None:
    return next((t for t in profile.prevention.threats if t.id == threat_id), None)


def _next_id(rows: Mapping[str, ThreatRow]) -> str:
    numbers = [int(found[1]) for code in rows if (found := _OWN.fullmatch(code))]
    return f"own-{max(numbers, default=0) + 1}"

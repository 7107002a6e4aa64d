"""The history of risks as evidence: every link checked, the first broken one named, and the whole of it handed out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from casework.errors import UnknownRisk, UnknownSubject
from casework.moves import EVENT_LABELS
from casework.roles import NO_BLOCK, Act, require
from casework.work import Work
from storage.find.history import Named, StoredEvent, risk_by_id, risk_named, risks_after, stored_events
from storage.keep.events import NewEvent, event_hash
from storage.keep.journal import add_journal

EXPORTED = "history.exported"
_PAGE = 500
"""Risks read at once: 500 histories of ten events are some megabytes."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The first event of a risk that does not follow from what stands before it."""

    risk_id: int
    number: str
    event_id: int | None
    """None when the risk has no history at all."""
    why: str
    """Russian half-sentence."""


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of histories found."""

    risks: int
    events: int
    broken: tuple[Broken, ...]

    @property
    def whole(self) -> bool:
        """Whether every link of every history holds."""
        return not self.broken

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "ok": self.whole,
            "risks": self.risks,
            "events": self.events,
            "broken": [asdict(b) for b in self.broken],
        }


@dataclass(frozen=True, slots=True)
class Told:
    """The history of one risk, ready to be handed out."""

    risk: Named
    events: tuple[StoredEvent, ...]
    broken: Broken | None

    def as_dict(self, at: str) -> dict[str, Any]:
        """Return it as plain values; `at` is the moment of the export (ISO 8601)."""
        events = [asdict(e) | {"at": e.at.isoformat(), "what": EVENT_LABELS.get(e.kind, e.kind)} for e in self.events]
        broken = asdict(self.broken) if self.broken else None
        named = {"number": self.risk.number, "title": self.risk.title}
        return {"exported_at": at, "risk": named, "chain_is_whole": broken is None, "broken": broken, "events": events}


def verify_history(work: Work, risk_id: int | None = None) -> ChainReport:
    """Check the histories of all risks, or of one; the first broken link of each broken one is named.

    UnknownRisk when there is no such risk. What it cannot see is a history cut off at its end: keep copies of the base.
    """
    risks = events = 0
    broken: list[Broken] = []
    after = 0
    with work.store.read() as tx:
        while page := _page(tx, risk_id, after):
            stored = stored_events(tx, [one.id for one in page])
            broken += [found for one in page if (found := _first_broken(one, stored[one.id]))]
            risks, events, after = risks + len(page), events + sum(map(len, stored.values())), page[-1].id
            if risk_id is not None:
                break
    return ChainReport(risks, events, tuple(broken))


def _page(tx: Any, risk_id: int | None, after: int) -> list[Named]:
    if risk_id is None:
        return risks_after(tx, after, _PAGE)
    one = risk_by_id(tx, risk_id)
    if one is None:
        raise UnknownRisk(risk_id)
    return [one]


def _first_broken(one: Named, events: Sequence[StoredEvent]) -> Broken | None:
    prev = ""
    for e in events:
        told = NewEvent(e.risk_id, e.at, e.by_staff, e.kind, e.before, e.after, e.note)
        if e.prev_hash != prev:
            return Broken(one.id, one.number, e.id, "перед записью чего-то не хватает или порядок изменён")
        if e.hash != event_hash(prev, told):
            return Broken(one.id, one.number, e.id, "запись изменена после того, как была сделана")
        prev = e.hash
    return None if events else Broken(one.id, one.number, None, "у риска нет ни одной записи")


def find_number(work: Work, number: str) -> int:
    """Return the id of a risk by its number; UnknownSubject when there is none."""
    with work.store.read() as tx:
        found = risk_named(tx, number.strip())
    if found is None:
        raise UnknownSubject(f"Риска с номером {number} нет. Номер выглядит так: 2026-000123.")
    return found.id


def export_history(work: Work, risk_id: int) -> Told:
    """Return the whole history of a risk for a file; who took it out is written into the journal."""
    with work.store.write() as tx:
        one = risk_by_id(tx, risk_id)
        if one is None:
            raise UnknownRisk(risk_id)
        require(work.by, Act.EXPORT_HISTORY, one.block or NO_BLOCK)
        events = stored_events(tx, [risk_id])[risk_id]
        add_journal(tx, work.now, work.by.id, EXPORTED, f"risk:{risk_id}", None, {"events": len(events)})
    return Told(one, tuple(events), _first_broken(one, events))

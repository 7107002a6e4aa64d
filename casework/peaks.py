"""Own history as staff see it: what is known of the past weeks, its peaks, and what they propose to the register of threats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from casework.errors import UnknownSubject
from casework.moves import reasoned
from casework.roles import Act, require
from casework.threats import Registered, add, change, one, register
from casework.work import Work
from casework.year_facts import year_facts
from district.load_threats import body_of
from district.seasons import EvidenceKind, Threat
from district.topics import TOPICS
from preventive.dates import NeverFires, occasions_between
from preventive.facts import Occasion, SeasonalCounts, YearFacts
from preventive.peaks import Heat, Peak, heat_of, peaks_of, year_of
from preventive.proposals import Proposal, ProposalKind, propose
from storage.find.accounts import setting_value
from storage.find.weeks import WHOLE, all_weeks, newest_count, series_of
from storage.keep.journal import add_journal, put_setting

_YEAR = timedelta(days=364)
_REFUSED = "peaks_refused"
_EVIDENCE_LONGEST = 500


@dataclass(frozen=True, slots=True)
class History:
    """What is known of the past weeks; counting it over ten years takes a second, so a door may keep it while it `fits`."""

    stamp: tuple[int, datetime | None]
    """Of the rows that it was made from (storage.find.weeks.newest_count)."""
    first: date | None
    """The first known Monday; None when nothing is known."""
    last: date | None
    weeks: int
    """So many weeks of the district are known, from posts and from what was imported."""
    years: tuple[int, ...]
    """Years of which enough weeks are known to speak of."""
    heats: Mapping[tuple[str, str], Heat]
    """By subject and territory ("" is the whole district)."""
    peaks: tuple[Peak, ...]

    def fits(self, work: Work) -> bool:
        """Whether no week was counted or brought in since."""
        with work.store.read() as tx:
            return newest_count(tx) == self.stamp


def history_of(work: Work) -> History:
    """Read all kept weeks and find the peaks of every topic and threat, in the district and in its territories."""
    with work.store.read() as tx:
        stamp, rows = newest_count(tx), all_weeks(tx)
    return _history(stamp, series_of(rows))


def _history(stamp: tuple[int, datetime | None], counts: Sequence[SeasonalCounts]) -> History:
    heats: dict[tuple[str, str], Heat] = {}
    peaks: list[Peak] = []
    for series in counts:
        year = year_of(series)
        heats[series.subject, series.territory] = heat_of(year)
        peaks += peaks_of(year)
    weeks = {week.week for s in counts if s.territory == WHOLE for week in s.weeks}
    known = sorted({number for key, heat in heats.items() if key[1] == WHOLE for number in heat.years})
    first, last = min(weeks, default=None), max(weeks, default=None)
    return History(stamp, first, last, len(weeks), tuple(known), heats, tuple(peaks))


@dataclass(frozen=True, slots=True)
class Refused:
    """A proposal that somebody has decided against."""

    key: str
    words: str
    why: str
    by: str
    on: str


def proposals(work: Work, history: History, subjects: frozenset[str] | None = None) -> tuple[Proposal, ...]:
    """Return what the history proposes now, the loudest first, without what was refused; `subjects` narrow (None: all)."""
    refused = {one.key for one in refusals(work)}
    peaks = [peak for peak in history.peaks if subjects is None or peak.subject in subjects]
    threats = register(work)
    found = propose(peaks, threats, comings(work, threats))
    return tuple(p for p in found if p.key not in refused)


def comings(work: Work, threats: Iterable[Threat]) -> tuple[Occasion, ...]:
    """Return when the threats come within a year from today; one whose rule never fires is left out."""
    today = work.today
    facts = year_facts(work, today, today + _YEAR)
    return tuple(o for threat in threats for o in _of_one(threat, today, facts))


def _of_one(threat: Threat, today: date, facts: YearFacts) -> tuple[Occasion, ...]:
    try:
        return occasions_between((threat,), today, today + _YEAR, facts)
    except NeverFires:
        return ()


def accept(work: Work, history: History, key: str, version: int, note: str = "") -> str:
    """Do what a proposal says in the register of threats; return the id of the threat.

    `version` is that of the threat when the person looked at it (0 for a new one). Raises UnknownSubject when the
    proposal is no longer there, NotAllowed, StaleThreat, BadThreat.
    """
    require(work.by, Act.SET_THREATS)
    found = _found(work, history, key)
    why = note.strip() or f"Из своей истории: {found.words}"[:_EVIDENCE_LONGEST]
    if found.kind is ProposalKind.NEW:
        return add(work, _new_body(found), why)
    registered = one(work, found.threat_id)
    change(work, found.threat_id, version, _changed_body(registered.threat, found), why)
    return found.threat_id


def refuse(work: Work, history: History, key: str, why: str) -> None:
    """Take a proposal off the page for good, with the reason; it comes again when its weeks change. Raises as `accept`."""
    require(work.by, Act.SET_THREATS)
    found, reason = _found(work, history, key), reasoned(why, "почему предложение не нужно")
    row = {"key": key, "words": found.advice, "why": reason, "by": work.by.name_shown, "on": _day(work)}
    with work.store.write() as tx:
        kept = [r for r in setting_value(tx, _REFUSED) or [] if r["key"] != key]
        put_setting(tx, _REFUSED, [*kept, row])
        add_journal(tx, work.now, work.by.id, "peaks.refused", f"proposal:{key}", {}, row)


def refusals(work: Work) -> tuple[Refused, ...]:
    """Return what was decided against, the newest first."""
    with work.store.read() as tx:
        rows: list[dict[str, Any]] = setting_value(tx, _REFUSED) or []
    return tuple(Refused(r["key"], r["words"], r["why"], r["by"], r["on"]) for r in reversed(rows))


def subject_names(registered: Iterable[Registered]) -> dict[str, str]:
    """Return how every subject of the weekly counts is called: topics, and threats that are counted by words."""
    own = {r.threat.subject: f"Угроза «{r.threat.name}»" for r in registered if r.threat.words}
    return dict(TOPICS) | own


def _found(work: Work, history: History, key: str) -> Proposal:
    found = next((p for p in proposals(work, history) if p.key == key), None)
    if found is None:
        raise UnknownSubject(
            "Этого предложения больше нет: угрозу уже изменили или история пополнилась. Обновите страницу."
        )
    return found


def _day(work: Work) -> str:
    return work.today.isoformat()


def _ground(proposal: Proposal) -> dict[str, str]:
    return {"kind": EvidenceKind.HISTORY.value, "words": proposal.words[:_EVIDENCE_LONGEST]}


def _new_body(proposal: Proposal) -> dict[str, Any]:
    return {
        "name": proposal.name, "topics": [proposal.topic], "territories": list(proposal.territories), "kind": "window",
        "since": str(proposal.start), "until": str(proposal.until), "lead_days": proposal.lead_days,
        "evidence": [_ground(proposal)],
    }  # fmt: skip


def _changed_body(threat: Threat, proposal: Proposal) -> dict[str, Any]:
    """Return the threat's keys with the proposed beginning and one more ground; an older ground of history gives way."""
    body = {key: value for key, value in body_of(threat).items() if key != "id"}
    kept = [e for e in body.get("evidence", []) if e["kind"] != EvidenceKind.HISTORY.value]
    moved = {"lead_days": proposal.lead_days} if proposal.kind is ProposalKind.LEAD else {"since": str(proposal.start)}
    return body | moved | {"evidence": [*kept, _ground(proposal)]}

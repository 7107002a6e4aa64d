"""What of the year and of today one person wants to see, and may."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from casework.year_parts import Coming, Due, Today, YearPlan
from preventive.calendar import ClashKind, Load
from storage.find.campaigns import CampaignRow


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the year somebody wants to see; empty fields filter nothing."""

    block: str = ""
    person: int | None = None
    topic: str = ""
    seen: tuple[str, ...] | None = None
    """The only blocks that the reader may see (casework.roles.blocks_for); None for all."""
    reader: int | None = None
    """Who reads: what is theirs is theirs in any block."""

    def takes(self, blocks: Iterable[str | None], people: Iterable[int], topics: Iterable[str]) -> bool:
        """Return whether something of these blocks, people and topics is wanted and may be seen."""
        held, who = set(blocks), set(people)
        if self.seen is not None and not held & set(self.seen) and self.reader not in who:
            return False
        wanted = not self.block or self.block in held
        return wanted and (self.person is None or self.person in who) and (not self.topic or self.topic in set(topics))


def sift(whole: YearPlan, asked: Asked) -> YearPlan:
    """Return what of a year is wanted; a threat stays when it is wanted itself or one of its campaigns is."""
    if asked == Asked():
        return whole
    wanted = {row.id for row in whole.campaigns if _takes(asked, row, whole.people)}
    threats = []
    for one in whole.threats:
        left = tuple(row for row in one.campaigns if row.id in wanted)
        if left or asked.takes(one.blocks, (), one.threat.topics):
            threats.append(replace(one, campaigns=left))
    return replace(
        whole,
        threats=tuple(threats),
        others=tuple(row for row in whole.others if row.id in wanted),
        clashes=tuple(clash for clash in whole.clashes if wanted & set(clash.ids)),
        load=tuple(row for row in whole.load if _takes_load(asked, row)),
    )


def sift_today(whole: Today, asked: Asked) -> Today:
    """Return what of today is wanted."""
    if asked == Asked():
        return whole

    def coming(one: Coming) -> bool:
        own = one.campaign
        mine = own is not None and asked.takes((own.block,), _owner(own.owner_staff), own.topics)
        return mine or asked.takes(one.blocks, (), one.threat.topics)

    return Today(
        whole.day,
        tuple(filter(coming, whole.start_now)),
        tuple(filter(coming, whole.soon)),
        tuple(filter(coming, whole.running)),
        tuple(filter(coming, whole.always)),
        tuple(row for row in whole.campaigns if asked.takes((row.block,), _owner(row.owner_staff), row.topics)),
        sift_due(whole.due, asked),
        sift_due(whole.late, asked),
    )


def sift_due(due: Sequence[Due], asked: Asked) -> tuple[Due, ...]:
    """Return what of the things that are due is wanted."""
    return tuple(one for one in due if asked.takes((one.block,), _owner(one.owner_staff), one.topics))


def _owner(staff_id: int | None) -> tuple[int, ...]:
    return () if staff_id is None else (staff_id,)


def _takes(asked: Asked, row: CampaignRow, people: Mapping[int, frozenset[int]]) -> bool:
    return asked.takes((row.block,), people.get(row.id, frozenset()), row.topics)


def _takes_load(asked: Asked, row: Load) -> bool:
    if asked.seen is not None and row.subject not in (*asked.seen, str(asked.reader)):
        return False
    if row.kind is ClashKind.OWNER:
        return asked.person is None or row.subject == str(asked.person)
    return not asked.block or row.subject == asked.block

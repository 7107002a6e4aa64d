"""One batch on its way in: what was sorted out, placed, touched."""

from __future__ import annotations

from dataclasses import dataclass, field

from casework.arrivals import Arrivals
from casework.counting import SourceFacts
from casework.grouping import Placed
from casework.work import Work
from risk.group import SourceStyle
from storage.engine import Tx
from storage.find.groups import Group


@dataclass(slots=True)
class Intake:
    """One batch on its way in."""

    tx: Tx
    work: Work
    now: int
    """Microseconds."""
    arrivals: Arrivals
    sources: dict[str, SourceFacts]
    styles: dict[str, SourceStyle]
    placed: Placed
    touched: dict[int, Group] = field(default_factory=dict)
    """Groups whose counts or texts changed: scored at the end."""
    recount: set[int] = field(default_factory=set)
    """Groups to be counted anew from their posts (merged, or left by an edited post)."""

    retell: set[int] = field(default_factory=set)
    """Groups whose most telling text has left: their posts are read again."""

    def group(self, group_id: int) -> Group:
        """Return a loaded group by id, following merges, and note that it is touched."""
        group = self.placed.groups[self.placed.merged.get(group_id, group_id)]
        self.touched[group.id] = group
        return group

"""Who may touch a risk because a part of it is in their hands, whatever block the risk itself is of."""

from __future__ import annotations

from casework.moves import load, ready
from casework.roles import NO_BLOCK, Act, may, require
from casework.work import Staff, Work
from storage.engine import Tx
from storage.find.moves import RiskRow
from storage.find.working import AssignmentRow, entrusted


def begin_part(tx: Tx, work: Work, risk_id: int, version: int, act: Act) -> RiskRow:
    """Return the risk as moves.begin does, also to whom an open part of it is entrusted and whose role knows the act."""
    row = load(tx, risk_id)
    require_here(tx, work, row, act)
    return ready(tx, work, row, version)


def require_here(tx: Tx, work: Work, row: RiskRow, act: Act) -> None:
    """Raise NotAllowed unless this person may do this with this risk, by its block or by a part of it."""
    if not may_here(tx, work.by, row.id, row.block, act):
        require(work.by, act, row.block or NO_BLOCK)


def may_here(tx: Tx, who: Staff, risk_id: int, block: str | None, act: Act) -> bool:
    """Return whether somebody may do this with a risk: a problem split between blocks is seen by each of them."""
    if may(who, act, block or NO_BLOCK):
        return True
    return may(who, act) and who.id is not None and entrusted(tx, risk_id, who.id, who.blocks)


def is_theirs(who: Staff, part: AssignmentRow) -> bool:
    """Return whether a part is in this person's hands: their own, or their block's with nobody named."""
    if part.staff_id is not None:
        return part.staff_id == who.id
    return part.outside is None and part.block in who.blocks

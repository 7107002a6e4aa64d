"""The list of campaigns by what to do now, with its filters; the card of one campaign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.campaign_texts import channel_name
from casework.roles import Act, blocks_for
from casework.threats import all_threats
from desk.campaign_card import campaign_page
from desk.campaign_words import campaign_term, span_words, task_term
from desk.visit import Needs, Visit
from desk.wording import Term
from preventive.campaign import CampaignState
from reports.wording import count
from storage.engine import Tx
from storage.find.campaign_parts import messages_waiting, tasks_between
from storage.find.campaign_progress import CampaignProgress, progress_of
from storage.find.campaigns import CampaignFilter, CampaignPage, CampaignRow, campaigns_listed

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]

FOR_ME = 10
"""Lines of what waits for this person: more are in the campaigns themselves."""
WEEK = timedelta(days=7)
SHOWN = 12
"""Campaigns of one group on the page of all groups: what is next must not be pushed out of sight by what is far."""

_S = CampaignState
GROUPS: Mapping[CampaignState, tuple[str, bool]] = {
    _S.RUNNING: ("Идут сейчас", True),
    _S.PREPARING: ("Готовятся", True),
    _S.FINISHED: ("Завершены — ждут оценки", True),
    _S.PLANNED: ("Запланированы", True),
    _S.IDEA: ("Идеи", True),
    _S.EVALUATED: ("Прошлые, с оценкой", False),
    _S.CANCELLED: ("Отменены", False),
}
"""Head of each group, in the order of what to do now, and whether the soonest stand first in it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; what it does not know is left out and told."""

    year: int | None = None
    block: str = ""
    threat: str = ""
    mine: bool = False
    state: CampaignState | None = None
    page: int = 1

    def address(self, **changes: object) -> str:
        """Return the address of this list with some parts changed; the page begins anew unless it is told."""
        pairs = {
            "year": self.year, "block": self.block, "threat": self.threat, "mine": "1" if self.mine else "",
            "state": self.state.value if self.state else "",
        } | changes  # fmt: skip
        query = urlencode({name: value for name, value in pairs.items() if value})
        return "/campaigns" + (f"?{query}" if query else "")

    @property
    def narrowed(self) -> bool:
        """True when a filter is on: an empty list then means something else."""
        return bool(self.year or self.block or self.threat or self.mine)


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """One campaign of the list in words."""

    row: CampaignRow
    days: str
    term: Term
    owner: str
    block: str
    tasks: str
    late: str
    texts: str
    waiting: int


@dataclass(frozen=True, slots=True)
class CampaignGroup:
    """Campaigns in one state."""

    state: CampaignState
    title: str
    lines: tuple[CampaignLine, ...]
    page: CampaignPage
    folded: bool


@dataclass(frozen=True, slots=True)
class ForMe:
    """One thing in campaigns that waits for this very person."""

    text: str
    href: str
    campaign: str
    term: Term


@router.get("/campaigns")
def show(visit: Seeing) -> Response:
    """List campaigns by what to do now."""
    asked = _asked(visit)
    today = visit.work.today
    with visit.desk.store.read() as tx:
        mine = [] if asked.narrowed or asked.state else [*_to_approve(tx, visit, today), *_to_do(tx, visit, today)]
        groups = [g for state in GROUPS if (g := _group(tx, visit, asked, state, today))]
    blocks = blocks_for(visit.me, Act.SEE_YEAR)
    return visit.page(
        "campaigns.html", asked=asked, mine=mine[:FOR_ME], mine_more=len(mine) - FOR_ME, groups=groups, total=sum(g.page.total for g in groups), shown=SHOWN,
        blocks=[(b.id, b.name) for b in visit.desk.profile.blocks if blocks is None or b.id in blocks],
        threats=sorted(((t.threat.id, t.threat.name) for t in all_threats(visit.work)), key=lambda pair: pair[1]),
        years=range(today.year + 2, today.year - 10, -1), may_plan=visit.may(Act.PLAN_CAMPAIGN),
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}")
def card(campaign_id: int, visit: Seeing) -> Response:
    """Show one campaign; `edit` in the address opens one of its forms."""
    return campaign_page(visit, campaign_id)


def _to_approve(tx: Tx, visit: Visit, today: date) -> Iterator[ForMe]:
    """Give the texts of others that this person may approve, by day."""
    if not visit.may(Act.APPROVE_MATERIAL):
        return
    for one in messages_waiting(tx, visit.me.id, blocks_for(visit.me, Act.APPROVE_MATERIAL)):
        place = channel_name(visit.desk.profile, one.channel)
        href = f"/campaigns/{one.campaign_id}#message-{one.id}"
        yield ForMe(
            f"Утвердить текст: {one.audience}, {place}", href, one.campaign_title, task_term(one.post_on, today)
        )


def _to_do(tx: Tx, visit: Visit, today: date) -> Iterator[ForMe]:
    """Give this person's own tasks of the next week and the late ones, by day."""
    for task in tasks_between(tx, None, today + WEEK, staff_id=visit.me.id):
        href = f"/campaigns/{task.campaign_id}#task-{task.id}"
        yield ForMe(f"Задача: {task.what}", href, task.campaign_title, task_term(task.due_on, today))


def _asked(visit: Visit) -> Asked:
    params = visit.request.query_params
    year, page, state = params.get("year", ""), params.get("page", ""), params.get("state", "")
    known = {b.id for b in visit.desk.profile.blocks}
    block = params.get("block", "")
    return Asked(
        int(year) if year.isdecimal() and year.isascii() and len(year) == 4 and int(year) >= 1900 else None,
        block if block in known else "", params.get("threat", "")[:80], params.get("mine") == "1",
        next((s for s in CampaignState if s.value == state), None),
        int(page) if page.isdecimal() and page.isascii() and len(page) < 5 else 1,
    )  # fmt: skip


def _group(tx: Tx, visit: Visit, asked: Asked, state: CampaignState, today: date) -> CampaignGroup | None:
    """Return the campaigns in one state; None when there are none, or only another state is asked for."""
    if asked.state not in (None, state):
        return None
    title, soonest = GROUPS[state]
    wanted = CampaignFilter(
        state=state.value, block=asked.block or None, threat_id=asked.threat or None, year=asked.year,
        owner=visit.me.id if asked.mine else None, blocks=blocks_for(visit.me, Act.SEE_YEAR),
    )  # fmt: skip
    page = campaigns_listed(tx, wanted, asked.page if asked.state else 1, soonest=soonest)
    if not page.total:
        return None
    rows = page.rows if asked.state else page.rows[:SHOWN]
    counted = progress_of(tx, [row.id for row in rows], today)
    names = {b.id: b.name for b in visit.desk.profile.blocks}
    lines = tuple(_line(row, counted.get(row.id, CampaignProgress()), names, today) for row in rows)
    return CampaignGroup(state, title, lines, page, folded=state is _S.CANCELLED and asked.state is None)


def _line(row: CampaignRow, counted: CampaignProgress, blocks: Mapping[str, str], today: date) -> CampaignLine:
    state = CampaignState(row.state)
    return CampaignLine(
        row, span_words(row.starts_on, row.ends_on, today),
        campaign_term(state, row.prepare_from, row.starts_on, row.ends_on, today),
        row.owner_name or "", blocks.get(row.block or "", ""),
        f"задач сделано {counted.done} из {counted.tasks}" if counted.tasks else "",
        count(counted.late, "задача просрочена", "задачи просрочены", "задач просрочено") if counted.late else "",
        f"текстов готово {counted.ready} из {counted.messages}" if counted.messages else "", counted.waiting,
    )  # fmt: skip

"""Forms of a campaign as a whole: its plan, its steps, its message to the chat, its result; its tasks and partners."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import campaign_chat, campaign_partners, campaign_tasks, campaigns, effects
from casework.roles import Act
from desk.campaign_carrying import carry
from desk.campaign_fields import needed_day, version_of, whole_or_none
from desk.campaign_new import plan_of
from desk.campaign_words import MOVE_WORDS
from desk.dates import day_typed
from desk.visit import Needs, Visit
from preventive.campaign import CampaignState

router = APIRouter()
Planning = Annotated[Visit, Depends(Needs(Act.PLAN_CAMPAIGN))]
Working = Annotated[Visit, Depends(Needs(Act.WORK_CAMPAIGN))]


@router.post("/campaigns/{campaign_id}/change")
def change(campaign_id: int, visit: Planning) -> Response:
    """Change the plan."""

    def do() -> None:
        version, plan = version_of(visit), plan_of(visit)
        shift = visit.fields.text("shift") == "yes"
        if plan["prepare_from"] is None:
            del plan["prepare_from"]
        campaigns.change(visit.work, campaign_id, version, shift=shift, **plan)

    return carry(visit, campaign_id, "plan", do, "План сохранён.", "#plan")


@router.post("/campaigns/{campaign_id}/move")
def move(campaign_id: int, visit: Planning) -> Response:
    """Take the next step, go back, cancel."""
    states = {s.value: s for s in CampaignState}

    def do() -> None:
        to = states[visit.fields.one_of("to", states, "шаг кампании")]
        campaigns.move(visit.work, campaign_id, version_of(visit), to, visit.fields.text("reason"))

    to = states.get(visit.fields.text("to"))
    return carry(visit, campaign_id, "move", do, MOVE_WORDS[to][1] if to else "")


@router.post("/campaigns/{campaign_id}/chat")
def tell(campaign_id: int, visit: Planning) -> Response:
    """Send the plan to the alert chats."""

    def do() -> None:
        campaign_chat.tell_plan(visit.work, campaign_id, version_of(visit))

    return carry(visit, campaign_id, "chat", do, "План отправлен в алерт-чат.", "#chat")


@router.post("/campaigns/{campaign_id}/result")
def result(campaign_id: int, visit: Planning) -> Response:
    """Keep the effect and the lessons: a finished campaign becomes an evaluated one."""

    def do() -> None:
        lessons = visit.fields.needed("lessons", "уроки: что повторить и что сделать иначе")
        effects.evaluate(visit.work, campaign_id, version_of(visit), lessons)

    return carry(visit, campaign_id, "lessons", do, "Итог подведён, уроки сохранены на следующий год.", "#effect")


@router.post("/campaigns/{campaign_id}/task")
def add_task(campaign_id: int, visit: Planning) -> Response:
    """Add a task."""
    fields = visit.fields

    def do() -> None:
        campaign_tasks.add_task(
            visit.work, campaign_id, what=fields.needed("what", "что сделать"), due_on=needed_day(visit, "due_on", "к какому дню"),
            owner_staff=whole_or_none(visit, "owner", "кто отвечает"), block=fields.text("block") or None, partner=fields.text("partner"),
        )  # fmt: skip

    return carry(visit, campaign_id, "task", do, "Задача записана: о сроке напомним один раз.", "#tasks")


@router.post("/campaigns/{campaign_id}/task/{task_id}/change")
def change_task(campaign_id: int, task_id: int, visit: Planning) -> Response:
    """Change a task in its place."""
    fields = visit.fields

    def do() -> None:
        campaign_tasks.change_task(
            visit.work, task_id, what=fields.needed("what", "что сделать"), due_on=needed_day(visit, "due_on", "к какому дню"),
            owner_staff=whole_or_none(visit, "owner", "кто отвечает"), block=fields.text("block") or None, partner=fields.text("partner"),
        )  # fmt: skip

    return carry(visit, campaign_id, f"task-{task_id}", do, "Задача изменена.", f"#task-{task_id}")


@router.post("/campaigns/{campaign_id}/task/{task_id}/end")
def end_task(campaign_id: int, task_id: int, visit: Working) -> Response:
    """Mark a task as done, or take it off with a reason."""
    done = visit.fields.text("state") == "done"

    def do() -> None:
        visit.fields.one_of("state", ("done", "cancelled"), "сделана задача или снята")
        campaign_tasks.end_task(visit.work, task_id, done=done, result=visit.fields.text("result"))

    return carry(visit, campaign_id, f"end-{task_id}", do, "Задача сделана." if done else "Задача снята.", "#tasks")


@router.post("/campaigns/{campaign_id}/partner")
def add_partner(campaign_id: int, visit: Planning) -> Response:
    """Add a partner."""
    fields = visit.fields

    def do() -> None:
        campaign_partners.add_partner(
            visit.work, campaign_id, kind=fields.one_of("kind", campaign_partners.KINDS, "кто это"),
            name=fields.needed("name", "название партнёра"), does=fields.needed("does", "что делает в кампании"),
            agreed_on=day_typed(visit, "agreed_on", "когда дал согласие"),
        )  # fmt: skip

    return carry(visit, campaign_id, "partner", do, "Партнёр записан. Получите его согласие.", "#partners")


@router.post("/campaigns/{campaign_id}/partner/{partner_id}/agree")
def agree(campaign_id: int, partner_id: int, visit: Working) -> Response:
    """Note that a partner agreed."""

    def do() -> None:
        day = day_typed(visit, "agreed_on", "когда дал согласие")
        campaign_partners.agree(visit.work, partner_id, day, visit.fields.text("note"))

    return carry(visit, campaign_id, f"partner-{partner_id}", do, "Согласие записано.", "#partners")


@router.post("/campaigns/{campaign_id}/partner/{partner_id}/end")
def end_partner(campaign_id: int, partner_id: int, visit: Planning) -> Response:
    """Note that a partner takes part no more."""

    def do() -> None:
        reason = visit.fields.needed("reason", "почему партнёр больше не участвует")
        campaign_partners.end_partner(visit.work, partner_id, reason)

    return carry(visit, campaign_id, f"partner-{partner_id}", do, "Партнёр убран.", "#partners")

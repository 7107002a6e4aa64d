"""Forms of a campaign's texts and materials: written, sent for approval, approved by a second person, published by people."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import campaign_materials, campaign_messages
from casework.roles import Act
from desk.campaign_carrying import carry
from desk.campaign_fields import needed_day, version_of
from desk.dates import day_typed
from desk.forms import Fields
from desk.visit import Needs, Visit

router = APIRouter()
Working = Annotated[Visit, Depends(Needs(Act.WORK_CAMPAIGN))]
Approving = Annotated[Visit, Depends(Needs(Act.APPROVE_MATERIAL))]


@router.post("/campaigns/{campaign_id}/message")
def add_message(campaign_id: int, visit: Working) -> Response:
    """Add a text."""
    fields = visit.fields

    def do() -> None:
        campaign_messages.add_message(
            visit.work, campaign_id, audience=fields.needed("audience", "кому текст"), channel=_channel(fields),
            text=fields.needed("text", "текст"), post_on=needed_day(visit, "post_on", "день публикации"),
            over_budget=fields.text("over_reason"),
        )  # fmt: skip

    return carry(visit, campaign_id, "message", do, "Черновик текста добавлен.", "#messages")


@router.post("/campaigns/{campaign_id}/message/{message_id}/change")
def change_message(campaign_id: int, message_id: int, visit: Working) -> Response:
    """Change a text, its audience, its place, its day."""
    fields = visit.fields

    def do() -> None:
        campaign_messages.change_message(
            visit.work, message_id, version_of(visit), audience=fields.needed("audience", "кому текст"),
            channel=_channel(fields), text=fields.needed("text", "текст"), post_on=needed_day(visit, "post_on", "день публикации"),
            over_budget=fields.text("over_reason"),
        )  # fmt: skip

    return carry(visit, campaign_id, f"message-{message_id}", do, "Текст сохранён.", f"#message-{message_id}")


@router.post("/campaigns/{campaign_id}/message/{message_id}/ask")
def ask(campaign_id: int, message_id: int, visit: Working) -> Response:
    """Send a draft for approval."""

    def do() -> None:
        campaign_messages.ask_approval(visit.work, message_id, version_of(visit))

    told = "Текст отправлен на утверждение: его увидит второй человек."
    return carry(visit, campaign_id, f"message-{message_id}", do, told, f"#message-{message_id}")


@router.post("/campaigns/{campaign_id}/message/{message_id}/decide")
def decide(campaign_id: int, message_id: int, visit: Approving) -> Response:
    """Approve somebody's text, or give it back with a remark."""
    fields = visit.fields
    approves = fields.text("do") == "approve"

    def do() -> None:
        fields.one_of("do", ("approve", "return"), "утвердить или вернуть")
        version, note = version_of(visit), fields.text("note")
        if approves:
            campaign_messages.approve(visit.work, message_id, version, note)
        else:
            campaign_messages.return_message(visit.work, message_id, version, note)

    told = "Текст утверждён: его можно публиковать." if approves else "Текст возвращён автору с замечанием."
    return carry(visit, campaign_id, f"decide-{message_id}", do, told, f"#message-{message_id}")


@router.post("/campaigns/{campaign_id}/message/{message_id}/published")
def published(campaign_id: int, message_id: int, visit: Working) -> Response:
    """Record where and when a person published a text."""

    def do() -> None:
        version, day = version_of(visit), day_typed(visit, "published_on", "когда вышла публикация")
        campaign_messages.record_published(visit.work, message_id, version, visit.fields.text("url"), day)

    return carry(visit, campaign_id, f"published-{message_id}", do, "Публикация записана.", f"#message-{message_id}")


@router.post("/campaigns/{campaign_id}/message/{message_id}/withdraw")
def withdraw(campaign_id: int, message_id: int, visit: Working) -> Response:
    """Take a text out of the campaign."""

    def do() -> None:
        reason = visit.fields.needed("reason", "почему текст снимается")
        campaign_messages.withdraw(visit.work, message_id, version_of(visit), reason)

    return carry(visit, campaign_id, f"withdraw-{message_id}", do, "Текст снят.", "#messages")


@router.post("/campaigns/{campaign_id}/material")
def add_material(campaign_id: int, visit: Working) -> Response:
    """Add a material, or a new version of one."""
    fields = visit.fields

    def do() -> None:
        title = fields.needed("title", "название материала")
        campaign_materials.add_version(visit.work, campaign_id, title, fields.needed("body", "текст или адрес файла"))

    return carry(visit, campaign_id, "material", do, "Версия материала добавлена.", "#materials")


@router.post("/campaigns/{campaign_id}/material/{material_id}/decide")
def decide_material(campaign_id: int, material_id: int, visit: Approving) -> Response:
    """Approve somebody's material, or give it back with a remark."""
    fields = visit.fields
    approves = fields.text("do") == "approve"

    def do() -> None:
        fields.one_of("do", ("approve", "return"), "утвердить или вернуть")
        if approves:
            campaign_materials.approve(visit.work, material_id, fields.text("note"))
        else:
            campaign_materials.return_material(visit.work, material_id, fields.text("note"))

    told = "Материал утверждён." if approves else "Материал возвращён с замечанием."
    return carry(visit, campaign_id, f"material-{material_id}", do, told, "#materials")


def _channel(fields: Fields) -> str:
    """Return the chosen channel, or the words of another place."""
    return fields.text("channel") or fields.needed("place", "где выйдет текст")

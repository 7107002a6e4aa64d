"""Materials of a campaign (posters, leaflets, texts of talks): numbered versions, each approved by a second person."""

from __future__ import annotations

from typing import Any

from casework.campaign_moves import enter, load, note_event, refuse_over
from casework.campaign_plan import checked_name
from casework.campaign_texts import check_text, clean_text, refuse_blocked, require_reason
from casework.errors import BadMove, UnknownSubject
from casework.moves import person_of, reasoned
from casework.roles import NO_BLOCK, Act, require
from casework.work import Work
from storage.engine import Tx
from storage.find.campaign_parts import MaterialRow, material_by_id, materials_of
from storage.find.campaigns import CampaignRow
from storage.keep import campaigns as keep

STATES = {"draft": "ждёт утверждения", "approved": "утверждён", "returned": "возвращён", "replaced": "заменён новым"}
"""State of a version → Russian words."""


def add_version(work: Work, campaign_id: int, title: str, body: str) -> int:
    """Write the next version of a material; return its id.

    `body` is its text, or where the file lies. Versions of one title are numbered 1, 2, 3 …; an older one that is not
    approved is replaced at once, an approved one holds until the new one is approved. Raises BadMove, ReasonNeeded,
    NotAllowed.
    """
    with work.store.write() as tx:
        row = enter(tx, work, campaign_id, Act.WORK_CAMPAIGN)
        name = checked_name(title, "название материала")
        return write_version(tx, work, row, name, clean_text(body, "текст материала или место файла"))


def write_version(tx: Tx, work: Work, row: CampaignRow, title: str, body: str) -> int:
    """Write a version whose words are checked, with its event; return its id."""
    same = [one for one in materials_of(tx, row.id) if one.title.casefold() == title.casefold()]
    name, number = (same[0].title, same[0].number + 1) if same else (title, 1)
    for one in same:
        if one.state in ("draft", "returned"):
            keep.change_material(tx, one.id, one.state, {"state": "replaced"})
    values = {
        "campaign_id": row.id, "title": name, "number": number, "body": body, "state": "draft", "note": "",
        "made_at": work.now, "made_by": person_of(work, "Машина материалов не готовит."),
    }  # fmt: skip
    material_id = keep.add_material(tx, values)
    note_event(tx, work, row.id, "material_added", name, {"material": material_id, "number": number})
    return material_id


def approve(work: Work, material_id: int, note: str = "") -> None:
    """Approve a version; earlier versions of the title are replaced. A second person does it, as with texts."""
    with work.store.write() as tx:
        found, row = _open(tx, work, material_id)
        if found.made_by is not None and found.made_by == work.by.id:
            raise BadMove("Материал утверждает второй человек, а эту версию добавили вы.")
        findings = check_text(found.body, row)
        refuse_blocked(findings)
        require_reason(findings, note)
        _decide(tx, work, row, found, "approved", note.strip())
        keep.replace_materials(tx, row.id, found.title, found.id)


def return_material(work: Work, material_id: int, note: str) -> None:
    """Give a version back with what to mend in it."""
    said = reasoned(note, "что исправить в материале")
    with work.store.write() as tx:
        found, row = _open(tx, work, material_id)
        _decide(tx, work, row, found, "returned", said)


def _decide(tx: Tx, work: Work, row: CampaignRow, found: MaterialRow, state: str, note: str) -> None:
    values: dict[str, Any] = {"state": state, "note": note, "decided_at": work.now, "decided_by": work.by.id}
    keep.change_material(tx, found.id, "draft", values)
    told = {"material": found.id, "title": found.title, "number": found.number}
    note_event(tx, work, row.id, f"material_{state}", note or found.title, told)


def _open(tx: Tx, work: Work, material_id: int) -> tuple[MaterialRow, CampaignRow]:
    found = material_by_id(tx, material_id)
    if found is None:
        raise UnknownSubject(f"Материала № {material_id} нет. Обновите страницу кампании.")
    row = load(tx, found.campaign_id)
    require(work.by, Act.APPROVE_MATERIAL, row.block or NO_BLOCK)
    refuse_over(row)
    if found.state != "draft":
        raise BadMove(
            f"«{found.title}», версия {found.number}: {STATES[found.state]}. Решать здесь уже нечего, обновите страницу."
        )
    return found, row

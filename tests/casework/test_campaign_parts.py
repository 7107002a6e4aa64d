"""Tasks, materials and partners of a campaign: whose they are, by which day, who approved, who agreed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import campaign_materials, campaign_partners
from casework.campaign_tasks import change_task, end_task
from casework.errors import BadMove, CaseworkError, NotAllowed, ReasonNeeded, UnknownSubject
from storage.engine import Store
from storage.find.campaigns import materials_of, partners_of, tasks_between
from storage.tables import staff
from tests.casework.campaign_build import (
    END,
    START,
    TODAY,
    S,
    add_task,
    at,
    days_on,
    events,
    go,
    planned,
    task_of,
    whats,
)
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire
from tests.casework.staff_build import a_staff

VERA = a_staff(9, "executor", blocks=("social",), login="vera")


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def test_a_task_has_hands_and_a_day(store: Store) -> None:
    """A task without an owner is the campaign's block's; ended with its result it is nobody's to do any more."""
    work = at(store)
    campaign_id = planned(work)
    own, block, partner = (
        add_task(work, campaign_id, owner_staff=BORIS.id),
        add_task(work, campaign_id, due_on=END),
        add_task(work, campaign_id, partner="Школы", what="Раздать памятки"),
    )
    assert (task_of(store, own).owner_name, task_of(store, own).block) == (BORIS.name_shown, None)
    assert (task_of(store, block).block, task_of(store, partner).partner) == ("works", "Школы")

    end_task(at(store, BORIS), own, done=True, result="знаки стоят")
    end_task(work, partner, done=False, result="школы на карантине")

    assert [(task_of(store, t).state, task_of(store, t).result) for t in (own, block, partner)] == [
        ("done", "знаки стоят"),
        ("open", ""),
        ("cancelled", "школы на карантине"),
    ]
    with store.read() as tx:
        assert [t.id for t in tasks_between(tx, None, None)] == [block]
        assert [t.id for t in tasks_between(tx, START, START, open_only=False)] == [own, partner]
        assert [t.id for t in tasks_between(tx, TODAY, END, block="works")] == [block]
        assert tasks_between(tx, TODAY, END, staff_id=BORIS.id) == ()
        assert [t.id for t in tasks_between(tx, None, END, staff_id=BORIS.id, open_only=False)] == [own]
    with pytest.raises(BadMove, match="уже завершена"):
        end_task(work, own, done=True)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"due_on": END + timedelta(days=1)}, "позже конца кампании .20.12.2026."),
    ({"due_on": TODAY - timedelta(days=1)}, "уже прошёл"),
    ({"due_on": date(2062, 1, 1)}, "Проверьте год"),
    ({"what": " "}, "что нужно сделать"),
    ({"what": "т" * 501}, "Разбейте её на две"),
    ({"block": "нет"}, "Блока «нет»"),
    ({"owner_staff": 999}, "№ 999 нет"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_task_is_refused_in_words(sqlite_store: Store, changes: dict[str, Any], words: str) -> None:
    """A day past the campaign's end, a day gone by, a stranger: named, and nothing is written."""
    work = at(sqlite_store)
    campaign_id = planned(work)

    with pytest.raises(CaseworkError, match=words):
        add_task(work, campaign_id, **changes)

    assert whats(sqlite_store, campaign_id) == ["created"]


def test_a_task_changes_hands_and_days(sqlite_store: Store) -> None:
    """What is not named stays; the history tells what was; an owner who left is refused, but does not stop other changes."""
    work = at(sqlite_store)
    campaign_id = planned(work)
    task = add_task(work, campaign_id, owner_staff=BORIS.id)
    with sqlite_store.write() as tx:
        tx.execute(sa.update(staff).where(staff.c.id == BORIS.id).values(active=False))

    change_task(work, task, due_on=END)
    with pytest.raises(BadMove, match="больше не работает"):
        add_task(work, campaign_id, owner_staff=BORIS.id)
    change_task(work, task, owner_staff=ANNA.id, what="Повесить знаки у мостков")
    change_task(work, task, what="Повесить знаки у мостков")

    row = task_of(sqlite_store, task)
    assert (row.due_on, row.owner_staff, row.owner_active, row.what) == (END, ANNA.id, True, "Повесить знаки у мостков")
    told = [e.detail for e in events(sqlite_store, campaign_id) if e.what == "task_changed"]
    assert [(one.get("was_due_on"), one.get("due_on")) for one in told] == [("2026-12-01", "2026-12-20"), (None, None)]
    with pytest.raises(BadMove, match="уже прошёл"):
        change_task(at(sqlite_store, now=days_on(20)), task, due_on=START)
    with pytest.raises(TypeError):
        change_task(work, task, state="done")
    with pytest.raises(UnknownSubject):
        change_task(work, 999, what="нет такой")


def test_whose_task_it_is_may_end_it(store: Store) -> None:
    """An executor of another block ends the task given to that block, and no other; a reader ends none."""
    work = at(store)
    campaign_id = planned(work)
    theirs, ours = add_task(work, campaign_id, block="social"), add_task(work, campaign_id)
    with pytest.raises(NotAllowed):
        end_task(at(store, VERA), ours, done=True)
    with pytest.raises(NotAllowed):
        end_task(at(store, READER), theirs, done=True)
    with pytest.raises(NotAllowed):
        change_task(at(store, VERA), theirs, due_on=END)
    with pytest.raises(ReasonNeeded, match="почему задача отменена"):
        end_task(at(store, VERA), theirs, done=False)

    end_task(at(store, VERA), theirs, done=True)

    assert task_of(store, theirs).ended_by == VERA.id
    go(work, campaign_id, S.CANCELLED)
    with store.read() as tx:
        assert tasks_between(tx, None, None) == (), "a cancelled campaign asks nobody for anything"


def test_a_material_has_versions_and_a_second_person(store: Store) -> None:
    """Version two replaces the draft before it; approved, it replaces the approved one; the writer approves none."""
    work = at(store)
    campaign_id = planned(work)
    first = campaign_materials.add_version(work, campaign_id, "Листовка", "Лёд тонкий. Беда — звоните 112.")
    with pytest.raises(NotAllowed):
        campaign_materials.approve(work, first)
    own = campaign_materials.add_version(at(store, HEAD), campaign_id, "Плакат", "Файл на общем диске: plakat.pdf")
    with pytest.raises(BadMove, match="второй человек"):
        campaign_materials.approve(at(store, HEAD), own)
    campaign_materials.approve(at(store, HEAD), first)
    second = campaign_materials.add_version(work, campaign_id, "листовка", "Лёд тонкий. Не выходите. Беда — 112.")

    def states() -> dict[tuple[str, int], str]:
        with store.read() as tx:
            return {(one.title, one.number): one.state for one in materials_of(tx, campaign_id)}

    assert states() == {("Листовка", 1): "approved", ("Листовка", 2): "draft", ("Плакат", 1): "draft"}
    campaign_materials.return_material(at(store, HEAD), second, "крупнее буквы")
    third = campaign_materials.add_version(work, campaign_id, "Листовка", "ЛЁД ТОНКИЙ. Беда — 112.")
    campaign_materials.approve(at(store, LEAD), third)

    assert states() == {
        ("Листовка", 1): "replaced",
        ("Листовка", 2): "replaced",
        ("Листовка", 3): "approved",
        ("Плакат", 1): "draft",
    }
    with pytest.raises(BadMove, match="версия 2: заменён"):
        campaign_materials.approve(at(store, HEAD), second)
    with pytest.raises(UnknownSubject):
        campaign_materials.approve(at(store, HEAD), 999)


def test_a_material_with_personal_data_is_not_approved(sqlite_store: Store) -> None:
    """A leaflet is held to the same rules as a text."""
    work = at(sqlite_store)
    made = campaign_materials.add_version(work, planned(work), "Листовка", "Звоните старосте: +7 911 123-45-67")

    with pytest.raises(BadMove, match="Личные данные в тексте"):
        campaign_materials.approve(at(sqlite_store, HEAD), made)


def test_partners_agree_by_a_day(store: Store) -> None:
    """A partner is asked first and agrees later; an opinion leader is written only with the day of consent."""
    work = at(store)
    campaign_id = planned(work)
    gims = campaign_partners.add_partner(work, campaign_id, kind="gims", name="ГИМС", does="обходит лёд")
    with pytest.raises(ReasonNeeded, match="лидер мнений согласился"):
        campaign_partners.add_partner(work, campaign_id, kind="leader", name="Ведущая паблика", does="рассказывает")
    with pytest.raises(BadMove, match="ещё впереди"):
        campaign_partners.agree(work, gims, TODAY + timedelta(days=1))
    with pytest.raises(BadMove, match="не бывает"):
        campaign_partners.add_partner(work, campaign_id, kind="блогер", name="Кто-то", does="что-то")

    leader = campaign_partners.add_partner(
        work, campaign_id, kind="leader", name="Ведущая паблика", does="рассказывает о льде", agreed_on=TODAY
    )
    campaign_partners.agree(work, gims)
    campaign_partners.end_partner(work, leader, "передумала")

    with store.read() as tx:
        rows = {one.id: one for one in partners_of(tx, campaign_id)}
    assert (rows[gims].agreed_on, rows[gims].ended_at) == (TODAY, None)
    assert (rows[leader].agreed_on, rows[leader].note) == (TODAY, "передумала")
    assert rows[leader].ended_at is not None
    with pytest.raises(BadMove, match="уже не участвует"):
        campaign_partners.agree(work, leader)
    with pytest.raises(UnknownSubject):
        campaign_partners.agree(work, 999)
    assert whats(store, campaign_id)[1:] == ["partner_added", "partner_added", "partner_agreed", "partner_ended"]

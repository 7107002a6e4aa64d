"""Campaigns: planned, changed and moved by their table; stale forms, wrong days and missing rights change nothing."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import campaign_messages, campaign_tasks, campaigns
from casework.campaign_errors import AlreadyPlanned, NotReady, StaleCampaign, UnknownCampaign
from casework.campaign_moves import EVENT_LABELS
from casework.errors import BadMove, CaseworkError, NotAllowed, ReasonNeeded
from storage.engine import Store
from storage.find.campaigns import CampaignFilter, campaigns_between, campaigns_listed
from storage.tables import staff
from tests.casework.campaign_build import (
    END,
    PAGE,
    START,
    TODAY,
    S,
    a_district,
    a_threat,
    add_task,
    add_text,
    all_tasks,
    at,
    days_on,
    events,
    go,
    planned,
    row_of,
    task_of,
    text_of,
    whats,
)
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire
from tests.casework.staff_build import a_staff


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def test_a_whole_life(store: Store) -> None:
    """From an idea to finished: each step leaves a version and a line of history with who did it."""
    work = at(store)
    campaign_id = planned(work, threat_id="thin-ice-autumn")
    made = row_of(store, campaign_id)
    assert (made.state, made.version, made.block, made.subject) == ("idea", 1, "works", "threat:thin-ice-autumn")
    assert (made.prepare_from, made.owner_name, made.owner_active) == (
        START - timedelta(days=10),
        ANNA.name_shown,
        True,
    )
    task = add_task(work, campaign_id)
    text = add_text(work, campaign_id)

    go(work, campaign_id, S.PLANNED, S.PREPARING)
    campaign_messages.approve(at(store, HEAD), text, campaign_messages.ask_approval(work, text, 1))
    go(work, campaign_id, S.RUNNING)
    later = at(store, now=days_on(20))
    campaign_messages.record_published(later, text, text_of(store, text).version, "https://vk.com/wall-1_5", START)
    with pytest.raises(NotReady, match="открыты задачи"):
        go(later, campaign_id, S.FINISHED)
    campaign_tasks.end_task(later, task, done=True, result="знаки стоят")
    go(later, campaign_id, S.FINISHED)

    ended = row_of(store, campaign_id)
    assert (ended.state, ended.version) == ("finished", 5)
    assert text_of(store, text).published_on == START
    steps = [e.detail["to"] for e in events(store, campaign_id) if e.what == "moved"]
    assert steps == ["planned", "preparing", "running", "finished"]
    assert set(whats(store, campaign_id)) <= set(EVENT_LABELS)
    with pytest.raises(BadMove, match="подведён итог"):
        campaigns.move(later, campaign_id, 5, S.EVALUATED)


def test_what_lacks_for_a_plan_is_told_at_once(sqlite_store: Store) -> None:
    """A step that is not ready names everything, and the campaign stays as it was."""
    work = at(sqlite_store)
    campaign_id = planned(work, goal=" ", audiences=(), owner_staff=None)

    with pytest.raises(NotReady) as refused:
        campaigns.move(work, campaign_id, 1, S.PLANNED)

    assert len(refused.value.missing) == 4
    with pytest.raises(BadMove, match="стать «идёт» она не может. Дальше можно: «запланирована», «отменена»"):
        campaigns.move(work, campaign_id, 1, S.RUNNING)
    assert row_of(sqlite_store, campaign_id).version == 1
    assert whats(sqlite_store, campaign_id) == ["created"]


def test_cancelling_keeps_the_reason_and_a_new_idea_drops_it(sqlite_store: Store) -> None:
    """A campaign is cancelled with its reason, stands as such, and may become an idea again with another reason."""
    work = at(sqlite_store)
    campaign_id = planned(work)
    with pytest.raises(ReasonNeeded, match="почему кампания отменяется"):
        campaigns.move(work, campaign_id, 1, S.CANCELLED, "  ")

    campaigns.move(work, campaign_id, 1, S.CANCELLED, "зима без льда")

    assert row_of(sqlite_store, campaign_id).reason == "зима без льда"
    with pytest.raises(BadMove, match="отменена"):
        campaigns.change(work, campaign_id, 2, title="Иначе")
    campaigns.move(work, campaign_id, 2, S.IDEA, "лёд всё же встал")
    assert row_of(sqlite_store, campaign_id).reason == ""
    assert [e.note for e in events(sqlite_store, campaign_id)][-2:] == ["зима без льда", "лёд всё же встал"]


def test_an_owner_who_left_stops_the_plan(sqlite_store: Store) -> None:
    """Whoever left cannot be made the owner; a campaign of theirs does not go on until somebody else has it."""
    work = at(sqlite_store)
    campaign_id = planned(work, owner_staff=BORIS.id)
    add_task(work, campaign_id)
    with sqlite_store.write() as tx:
        tx.execute(sa.update(staff).where(staff.c.id == BORIS.id).values(active=False))

    with pytest.raises(NotReady, match="ответственный"):
        campaigns.move(work, campaign_id, 1, S.PLANNED)
    with pytest.raises(BadMove, match="больше не работает"):
        planned(work, owner_staff=BORIS.id)
    with pytest.raises(BadMove, match="№ 999 нет"):
        planned(work, owner_staff=999)
    version = campaigns.change(work, campaign_id, 1, goal="Иначе")
    assert version == 2, "a word may be changed while the owner is being looked for"
    version = campaigns.change(work, campaign_id, 2, owner_staff=ANNA.id)
    assert campaigns.move(work, campaign_id, version, S.PLANNED) == 4


def test_a_stale_form_is_told_who_changed_what(store: Store) -> None:
    """The second of two forms is refused by name, and nothing of the first is lost."""
    campaign_id = planned(at(store))
    campaigns.change(at(store), campaign_id, 1, goal="Дети не выходят на лёд")

    with pytest.raises(StaleCampaign, match="anna, план изменён") as refused:
        campaigns.change(at(store, BORIS), campaign_id, 1, goal="Другое")

    assert (refused.value.version, refused.value.now_version) == (1, 2)
    assert row_of(store, campaign_id).goal == "Дети не выходят на лёд"
    with pytest.raises(StaleCampaign):
        campaigns.move(at(store, BORIS), campaign_id, 1, S.CANCELLED, "зачем-то")
    with pytest.raises(UnknownCampaign):
        campaigns.move(at(store), 12345, 1, S.PLANNED)


def test_two_people_plan_one_threat_at_once(store: Store) -> None:
    """Of two who press at the same moment one makes the campaign, the other is shown it."""
    told: list[object] = []
    gate = threading.Barrier(2)

    def press(person: Any) -> None:
        work = at(store, person)
        gate.wait()
        try:
            told.append(campaigns.from_template(work, "thin-ice-autumn", 2026))
        except CaseworkError as e:
            told.append(e)

    both = [threading.Thread(target=press, args=(person,)) for person in (ANNA, BORIS)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    (made,) = [one for one in told if isinstance(one, int)]
    (refused,) = [one for one in told if isinstance(one, AlreadyPlanned)]
    assert refused.campaign_id == made
    with store.read() as tx:
        assert campaigns_listed(tx, CampaignFilter()).total == 1


def test_two_people_change_one_campaign_at_once(store: Store) -> None:
    """Of two changes of one version exactly one is kept."""
    campaign_id = planned(at(store))
    told: list[object] = []
    gate = threading.Barrier(2)

    def press(person: Any) -> None:
        work = at(store, person)
        gate.wait()
        try:
            told.append(campaigns.change(work, campaign_id, 1, goal=f"Цель: {person.login}"))
        except StaleCampaign as e:
            told.append(e)

    both = [threading.Thread(target=press, args=(person,)) for person in (ANNA, BORIS)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(type(one).__name__ for one in told) == ["StaleCampaign", "int"]
    assert row_of(store, campaign_id).version == 2


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ends_on": START - timedelta(days=1)}, "раньше первого 01.12.2026"),
    ({"prepare_from": START + timedelta(days=1)}, "позже самой кампании"),
    ({"ends_on": START + timedelta(days=400)}, "больше года"),
    ({"prepare_from": START - timedelta(days=400)}, "больше чем за год"),
    ({"starts_on": date(2062, 1, 1), "ends_on": date(2062, 1, 2)}, "Проверьте год"),
    ({"topics": ()}, "хотя бы одну тему"),
    ({"topics": ("нет-такой",)}, "нет в профиле"),
    ({"territories": ("атлантида",)}, "нет в профиле"),
    ({"block": "нет"}, "Блока «нет»"),
    ({"title": "  "}, "название кампании"),
    ({"title": "т" * 201}, "длиннее 200"),
    ({"goal": "т" * 2001}, "длиннее 2000"),
    ({"audiences": tuple(f"группа {n}" for n in range(31))}, "больше 30"),
    ({"subject": "погода"}, "ни то ни другое"),
    ({"threat_id": "нет"}, "в реестре нет"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG, ids=[words for _, words in WRONG])
def test_a_wrong_plan_is_refused_in_words(sqlite_store: Store, changes: dict[str, Any], words: str) -> None:
    """Each mistake is named with its value; nothing is written."""
    with pytest.raises(CaseworkError, match=words):
        planned(at(sqlite_store), **changes)

    with sqlite_store.read() as tx:
        assert campaigns_listed(tx, CampaignFilter()).total == 0


def test_days_that_come_once_in_four_years(sqlite_store: Store) -> None:
    """A campaign may begin on 29 February; its copy for a common year begins on the 28th."""
    leap = at(sqlite_store, now=days_on(365))
    campaign_id = planned(leap, starts_on=date(2028, 2, 29), ends_on=date(2028, 3, 10))

    copied = row_of(sqlite_store, campaigns.copy(leap, campaign_id, 2029))

    assert (copied.starts_on, copied.ends_on, copied.title) == (
        date(2029, 2, 28),
        date(2029, 3, 10),
        "Тонкий лёд, 2026",
    )


def test_tasks_and_texts_outside_new_days_are_named_or_move_along(store: Store) -> None:
    """New days refuse to leave a task or a text outside; with `shift` both move as the first day does."""
    work = at(store)
    campaign_id = planned(work)
    task, text = add_task(work, campaign_id, due_on=END), add_text(work, campaign_id, post_on=START)

    with pytest.raises(BadMove, match=r"«Повесить знаки» \(20.12.2026\)"):
        campaigns.change(work, campaign_id, 1, ends_on=END - timedelta(days=1))
    new = {"starts_on": date(2026, 12, 8), "prepare_from": date(2026, 12, 5), "ends_on": date(2026, 12, 27)}
    with pytest.raises(BadMove, match=r"текст для «рыбаки» \(01.12.2026\)"):
        campaigns.change(work, campaign_id, 1, **new)
    assert campaigns.change(work, campaign_id, 1, shift=True, **new) == 2

    assert (task_of(store, task).due_on, text_of(store, text).post_on) == (date(2026, 12, 27), date(2026, 12, 8))
    assert row_of(store, campaign_id).starts_on == date(2026, 12, 8)
    changed = events(store, campaign_id)[-1].detail
    assert (changed["was_starts_on"], changed["starts_on"]) == ("2026-12-01", "2026-12-08")


def test_nothing_changed_is_no_version(sqlite_store: Store) -> None:
    """Pressing «сохранить» without a change writes neither a version nor a line; an unknown field is a defect of ours."""
    work = at(sqlite_store)
    campaign_id = planned(work)

    assert campaigns.change(work, campaign_id, 1, title="Тонкий лёд, 2026", channels=(PAGE,)) == 1
    assert whats(sqlite_store, campaign_id) == ["created"]
    with pytest.raises(TypeError, match="lessons"):
        campaigns.change(work, campaign_id, 1, lessons="сам себе")


def test_roles_and_blocks(store: Store) -> None:
    """A reader plans nothing; a block's lead plans only there, also not by moving a campaign to another block."""
    with pytest.raises(NotAllowed):
        planned(at(store, READER))
    with pytest.raises(NotAllowed):
        planned(at(store, LEAD), topics=("education",))
    own = planned(at(store, LEAD))
    assert row_of(store, own).block == "works"
    social = planned(at(store), topics=("education",))

    with pytest.raises(NotAllowed):
        campaigns.move(at(store, LEAD), social, 1, S.CANCELLED, "чужая")
    with pytest.raises(NotAllowed):
        campaigns.change(at(store, LEAD), own, 1, block="social")
    executor = a_staff(9, "executor", blocks=("works",), login="vera")
    with pytest.raises(NotAllowed, match="планировать и вести"):
        campaigns.change(at(store, executor), own, 1, goal="Своя")


def test_lists_and_spans(store: Store) -> None:
    """A list is filtered by state, block, threat, year, owner and words; a span holds what touches it, preparing too."""
    work = at(store)
    ice = planned(work, threat_id="thin-ice-autumn")
    school = planned(work, title="Экзамены", topics=("education",), owner_staff=BORIS.id, starts_on=date(2027, 5, 1),
                     ends_on=date(2027, 6, 1))  # fmt: skip
    gone = planned(work, title="Отменённая")
    campaigns.move(work, gone, 1, S.CANCELLED, "не нужна")

    def listed(**wanted: Any) -> list[int]:
        with store.read() as tx:
            return [row.id for row in campaigns_listed(tx, CampaignFilter(**wanted), 1).rows]

    assert listed() == [school, gone, ice]
    assert listed(state="cancelled") == [gone]
    assert listed(block="social") == listed(year=2027) == listed(owner=BORIS.id) == [school]
    assert listed(threat_id="thin-ice-autumn") == [ice]
    assert listed(words="замен") == [school]
    assert listed(blocks=("social",)) == [school]
    assert listed(blocks=()) == []
    with store.read() as tx:
        assert [r.id for r in campaigns_between(tx, TODAY, START - timedelta(days=1))] == [ice]
        assert [r.id for r in campaigns_between(tx, START, END, cancelled=True)] == [ice, gone]
        assert campaigns_between(tx, START, END, blocks=("social",)) == ()
        assert campaigns_listed(tx, CampaignFilter(), 99).page == 1


def test_a_threat_that_only_informs_marks_its_campaign(sqlite_store: Store) -> None:
    """A campaign on elections knows that it may only inform, whoever made it."""
    made = planned(at(sqlite_store), threat_id="elections", starts_on=date(2027, 9, 12), ends_on=date(2027, 9, 12))

    assert row_of(sqlite_store, made).inform_only
    assert all_tasks(sqlite_store, made) == ()
    assert row_of(sqlite_store, planned(at(sqlite_store, profile=a_district(a_threat())))).inform_only is False

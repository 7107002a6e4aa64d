"""Campaigns in the memory: days come back as days, stale writers are refused, ended parts do not change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage.engine import Store
from storage.errors import StaleVersion
from storage.find.campaign_parts import message_by_id, partner_by_id, task_by_id
from storage.find.campaigns import campaign_by_id, campaigns_of_threats, tasks_of
from storage.keep import campaigns as keep
from tests.casework.staff_build import NOW

DAY = date(2028, 2, 29)


def a_campaign(tx: Any, **changes: Any) -> int:
    values: dict[str, Any] = {
        "title": "Лёд", "goal": "", "threat_id": "ice", "subject": "roads", "topics": ("roads",), "territories": (),
        "audiences": ("рыбаки",), "channels": (), "state": "idea", "prepare_from": DAY, "starts_on": DAY, "ends_on": DAY,
        "made_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    return keep.add_campaign(tx, values | changes)


def test_a_campaign_comes_back_as_it_was_written(store: Store) -> None:
    """Days are days again (29 February too), lists are tuples, defaults are there, nobody owns it."""
    with store.write() as tx:
        made = a_campaign(tx)
    with store.read() as tx:
        row = campaign_by_id(tx, made)
        assert campaign_by_id(tx, made + 1) is None
        assert [one.id for one in campaigns_of_threats(tx, ["ice", "dogs"], DAY, DAY)] == [made]
        assert campaigns_of_threats(tx, ["ice"], date(2028, 3, 1), date(2028, 3, 2)) == ()

    assert row is not None
    assert (row.starts_on, row.topics, row.audiences, row.version, row.inform_only) == (
        DAY,
        ("roads",),
        ("рыбаки",),
        1,
        False,
    )
    assert (row.made_at, row.owner_name, row.owner_active, row.effect) == (NOW, None, None, None)


def test_a_stale_writer_is_refused(store: Store) -> None:
    """A campaign and a text are changed only by who saw them as they are; an unknown one has no version at all."""
    with store.write() as tx:
        made = a_campaign(tx)
        text = keep.add_message(tx, _text(made))
        assert keep.change_campaign(tx, made, 1, NOW, {"ends_on": date(2028, 3, 1)}) == 2
        assert keep.change_message(tx, text, 1, NOW, {"post_on": date(2028, 3, 1)}) == 2
        with pytest.raises(StaleVersion, match=f"Кампания № {made}: ждали версию 1, в базе 2"):
            keep.change_campaign(tx, made, 1, NOW, {"goal": "х"})
        with pytest.raises(StaleVersion, match="Текст № "):
            keep.change_message(tx, text, 1, NOW, {"text": "х"})
        with pytest.raises(StaleVersion, match="нет записи"):
            keep.change_campaign(tx, 999, 1, NOW, {"goal": "х"})
        found = message_by_id(tx, text)
        assert found is not None
        assert (found.post_on, found.published_on, found.campaign_title) == (date(2028, 3, 1), None, "Лёд")


def _text(campaign_id: int) -> dict[str, Any]:
    return {
        "campaign_id": campaign_id, "audience": "рыбаки", "channel": "vk", "text": "Лёд", "post_on": DAY, "state": "draft",
        "made_at": NOW, "changed_at": NOW,
    }  # fmt: skip


def test_what_is_ended_does_not_change(store: Store) -> None:
    """An ended task and a partner who left keep what they were."""
    with store.write() as tx:
        made = a_campaign(tx)
        task = keep.add_task(tx, {"campaign_id": made, "what": "знаки", "due_on": DAY, "state": "open", "made_at": NOW})
        partner = keep.add_partner(
            tx, {"campaign_id": made, "kind": "gims", "name": "ГИМС", "does": "лёд", "made_at": NOW}
        )
        assert keep.change_task(tx, task, {"state": "done", "ended_at": NOW})
        assert keep.change_partner(tx, partner, {"ended_at": NOW})

        assert not keep.change_task(tx, task, {"what": "иначе"})
        assert not keep.change_partner(tx, partner, {"name": "иначе"})
        ended, left = task_by_id(tx, task), partner_by_id(tx, partner)
        assert ended is not None
        assert left is not None
        assert (ended.what, ended.is_open, left.name) == ("знаки", False, "ГИМС")
        assert [one.id for one in tasks_of(tx, made)] == [task]

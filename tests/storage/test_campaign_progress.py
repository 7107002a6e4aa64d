"""How far campaigns are is counted alike on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from storage.engine import Store, Tx
from storage.find.campaign_progress import CampaignProgress, progress_of
from storage.keep.campaigns import add_message, add_task

NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 19)


def _task(tx: Tx, campaign_id: int, state: str, due_on: str) -> None:
    add_task(tx, {"campaign_id": campaign_id, "what": "дело", "due_on": due_on, "state": state, "made_at": NOW})


def _text(tx: Tx, campaign_id: int, state: str) -> None:
    values: dict[str, Any] = {
        "campaign_id": campaign_id, "audience": "рыбаки", "channel": "доска", "text": "текст", "post_on": "2026-12-01",
        "state": state, "made_at": NOW, "changed_at": NOW,
    }  # fmt: skip
    add_message(tx, values)


def test_tasks_and_texts_are_counted_by_campaign(store: Store) -> None:
    """Cancelled tasks and withdrawn texts are not counted; today's task is not late; a bare campaign is not there."""
    with store.write() as tx:
        for state, due_on in (
            ("done", "2026-11-01"),
            ("open", "2026-11-18"),
            ("open", "2026-11-19"),
            ("cancelled", "2026-11-01"),
        ):
            _task(tx, 1, state, due_on)
        for state in ("draft", "waiting", "approved", "published", "returned", "withdrawn"):
            _text(tx, 1, state)
        _text(tx, 2, "draft")
        _task(tx, 3, "open", "2027-01-01")

    with store.read() as tx:
        found = progress_of(tx, [1, 2, 3, 4], TODAY)
        nothing = progress_of(tx, [], TODAY)

    assert found == {
        1: CampaignProgress(tasks=3, done=1, late=1, messages=5, ready=2, published=1, waiting=1),
        2: CampaignProgress(messages=1),
        3: CampaignProgress(tasks=1),
    }
    assert nothing == {}

"""Every threat that a shipped profile knows gets a whole plan in two clicks, whose texts may be approved as they are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework import campaigns
from casework.campaign_texts import channel_name, check_text
from casework.errors import BadMove
from casework.work import Work
from district.load import load_profile
from district.seasons import Threat
from preventive.campaign import CampaignState
from storage.engine import Store
from storage.find.campaigns import messages_of, tasks_of
from tests.casework.campaign_build import row_of
from tests.casework.risk_build import ANNA, hire
from tests.casework.staff_build import a_work

DISTRICT = Path(__file__).resolve().parents[2] / "district"
PROFILES = sorted(DISTRICT.glob("*.toml"))
NOW = datetime(2026, 11, 19, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_every_threat_of_a_profile_gets_a_plan(sqlite_store: Store, path: Path) -> None:
    """Its days are in order, its tasks and texts lie within them, and no text holds what could not be approved."""
    work = a_work(sqlite_store, ANNA, NOW, load_profile(path))

    made = [_made(work, threat) for threat in work.profile.prevention.threats]

    assert len(made) > 10
    for campaign_id in made:
        row = row_of(sqlite_store, campaign_id)
        assert row.prepare_from <= row.starts_on <= row.ends_on
        with sqlite_store.read() as tx:
            texts, tasks = messages_of(tx, campaign_id), tasks_of(tx, campaign_id)
        assert all(row.prepare_from <= one.post_on <= row.ends_on for one in texts), row.title
        assert all(NOW.date() <= task.due_on <= row.ends_on for task in tasks), row.title
        found = [f for one in texts for f in check_text(one.text, row, channel_name(work.profile, one.channel))]
        assert [(f.code, f.words) for f in found] == [], row.title
        assert campaigns.move(work, campaign_id, 1, CampaignState.PLANNED) == 2


def _made(work: Work, threat: Threat) -> int:
    """This year's coming, or next year's when this year's is over."""
    try:
        return campaigns.from_template(work, threat.id, 2026)
    except BadMove:
        return campaigns.from_template(work, threat.id, 2027)

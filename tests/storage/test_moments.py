"""Moments survive the database to the microsecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.moments import from_db, to_db


@given(st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_a_moment_comes_back_as_it_went(moment: datetime) -> None:
    """What is stored of a moment gives the very same moment."""
    assert from_db(to_db(moment)) == moment


def test_zones_meet_in_utc() -> None:
    """One moment told in two zones is stored as one number."""
    sakhalin = timezone(timedelta(hours=11))
    assert to_db(datetime(2026, 1, 1, 11, tzinfo=sakhalin)) == to_db(datetime(2026, 1, 1, tzinfo=UTC))


def test_a_moment_without_zone_is_refused() -> None:
    """Nobody knows when a moment without a zone was."""
    with pytest.raises(ValueError, match="без часового пояса"):
        to_db(datetime(2026, 1, 1))

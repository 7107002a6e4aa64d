"""Moments in the database: microseconds since 1970 in UTC, so that both databases compare and index them alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_db(moment: datetime) -> int:
    """Return whole microseconds since the epoch; ValueError for a naive moment, whose zone nobody knows."""
    if moment.tzinfo is None:
        raise ValueError(f"Момент {moment.isoformat()} без часового пояса: передайте время с поясом (UTC)")
    return (moment - EPOCH) // _MICROSECOND


def from_db(value: int) -> datetime:
    """Return the aware moment (UTC) of microseconds since the epoch."""
    return EPOCH + timedelta(0, 0, value)


def maybe_to_db(moment: datetime | None) -> int | None:
    """Return `to_db(moment)`, or None for an unknown moment."""
    return None if moment is None else to_db(moment)


def maybe_from_db(value: int | None) -> datetime | None:
    """Return `from_db(value)`, or None for an unknown moment."""
    return None if value is None else from_db(value)


class Moment(sa.types.TypeDecorator[datetime]):
    """A column of moments: BIGINT in the database, aware datetime in UTC outside of it."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """Turn a moment into what is stored."""
        return maybe_to_db(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """Turn what is stored into a moment."""
        return maybe_from_db(value)

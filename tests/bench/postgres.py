"""A private PostgreSQL on loopback for a measurement, outside pytest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import postgres_server


@contextmanager
def private_postgres() -> Iterator[str]:
    """Give the address of an empty PostgreSQL that ends with the block; RuntimeError where no server is installed."""
    from _pytest.outcomes import Skipped

    serve = postgres_server.__wrapped__()
    try:
        address = next(serve)
    except Skipped as why:
        raise RuntimeError(str(why)) from None
    try:
        yield address
    finally:
        next(serve, None)

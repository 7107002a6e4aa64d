"""An installation of the demo district with a database of its own, for runs of sources end to end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from casework.work import MACHINE, Work
from crawlers.run import RunResult, crawl_once
from district.load import load_profile
from district.settings import Settings
from risk.reading import Reader
from storage.engine import Store
from storage.find.sources import QuarantineRow, RunLine, quarantine_rows, source_runs
from storage.keep.sources import add_source
from storage.upgrade import upgrade

NO_WAIT: dict[str, Any] = {"DOWNLOAD_DELAY": 0, "RETRY_TIMES": 0}


def an_installation(folder: Path, port: int, url: str = "") -> Settings:
    """Return settings of a migrated installation whose crawlers may ask one loopback port."""
    settings = Settings(
        home=folder / "home",
        database_url=url,
        allow_internal=(f"127.0.0.1:{port}",),
        t_me_base=f"http://127.0.0.1:{port}",
        _env_file=None,
    )
    settings.home.mkdir(parents=True, exist_ok=True)
    upgrade(settings.database)
    return settings


def a_work(settings: Settings) -> Work:
    """Return the machine at work in an installation."""
    profile = load_profile(settings.profile)
    return Work(Store(settings.database), profile, datetime.now(UTC), MACHINE, Reader(profile))


def put_source(settings: Settings, source_id: str, platform: str, address: str, **given: Any) -> None:
    """Put an approved active source on the list."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "id": source_id, "platform": platform, "address": address, "name": source_id, "every_s": 900.0, "expect_low": 0.0, "expect_high": 10_000.0,
        "owner": "жители", "approver": "Руководитель МЦУ", "approved_at": now, "official": False, "media": False, "comments": True, "options": {},
        "state": "active", "state_reason": "", "cursor": {}, "next_due": now - timedelta(seconds=1),
    }  # fmt: skip
    store = Store(settings.database)
    with store.write() as tx:
        add_source(tx, values | given)
    store.close()


def crawl(settings: Settings, *ids: str, in_process: bool = True, **changes: Any) -> list[RunResult]:
    """Read sources now, without waiting between requests."""
    return crawl_once(settings, ids or None, in_process=in_process, **{**NO_WAIT, **changes})


def told(
    settings: Settings, source_id: str
) -> tuple[tuple[RunLine, ...], tuple[QuarantineRow, ...], Mapping[str, Any]]:
    """Return the runs, the quarantine and the row of a source."""
    from storage.find.accounts import source_by_id

    store = Store(settings.database)
    with store.read() as tx:
        found = source_runs(tx, source_id), quarantine_rows(tx, source_id), source_by_id(tx, source_id) or {}
    store.close()
    return found


def posts_of(settings: Settings, source_id: str) -> list[tuple[str, str]]:
    """Return (number, text) of the stored posts of a source, in order of their ids."""
    import sqlalchemy as sa

    from storage.tables import post

    store = Store(settings.database)
    with store.read() as tx:
        rows = tx.execute(
            sa.select(post.c.external_id, post.c.text).where(post.c.source_id == source_id).order_by(post.c.id)
        ).all()
    store.close()
    return [(r.external_id, r.text) for r in rows]

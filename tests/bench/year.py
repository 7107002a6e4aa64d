"""Bench: the year page over HTTP with 100 threats and 300 campaigns: as it is kept, and drawn anew after every change.

Run: python -m tests.bench.year [--threats 100] [--campaigns 300] [--requests 100] [--url …] [--json]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from casework.sign_in import sign_in
from casework.work import MACHINE, Work
from district.load import load_profile
from district.load_threats import body_of
from risk.reading import Reader
from storage.engine import Store
from storage.tables import campaign, campaign_event, campaign_message, campaign_task, decree, threat, weather_day
from storage.upgrade import upgrade
from storage.vault import Vault
from tests.bench.desk_page import PROFILE, _serve, cpu_s, memory_mb
from tests.desk.build import PASSWORD, add_staff

PEOPLE, TASKS, MESSAGES, DECREES = 8, 8, 6, 30
"""A centre of eight people; each campaign with so many tasks and messages; so many documents open and close a year."""
DAY = timedelta(days=1)


def fill(store: Store, threats: int, campaigns: int, now: datetime) -> None:
    """Write a year as full as it is promised for: threats of every rule, weather of every day, documents, campaigns."""
    luck, profile = random.Random(7), load_profile(PROFILE)
    first = date(now.year, 1, 1)
    people = [add_staff(store, f"person-{n}", ["coordinator"]) for n in range(PEOPLE)]
    shipped = profile.prevention.threats
    own = [body_of(shipped[n % len(shipped)]) | {"id": f"own-{n}"} for n in range(1, threats - len(shipped) + 1)]
    ids = [*(t.id for t in shipped), *(body["id"] for body in own)]
    with store.write() as tx:
        same = {"is_on": True, "note": "измерение", "made_at": now, "changed_at": now}
        if own:
            tx.execute(sa.insert(threat), [{"id": body["id"], "body": body} | same for body in own])
        tx.execute(sa.insert(weather_day), [_weather(first + n * DAY, now, luck) for n in range(365)])
        subjects = sorted({t.rule.subject for t in shipped if t.rule.subject})
        tx.execute(sa.insert(decree), [_decree(subjects[n % len(subjects)], first, n, now) for n in range(DECREES)])
        for n in range(campaigns):
            _campaign(tx, n, ids[n % len(ids)], first + luck.randrange(365) * DAY, people, now)


def _weather(day: date, now: datetime, luck: random.Random) -> dict[str, Any]:
    mean = 20.0 - abs(190 - day.timetuple().tm_yday) / 5 + luck.uniform(-4, 4)
    return {
        "day": day.isoformat(), "mean": mean, "low": mean - 5, "high": mean + 5, "rain_mm": max(0.0, luck.uniform(-4, 6)),
        "snow_cm": 20.0 if mean < -5 else 0.0, "origin": "feed", "at": now,
    }  # fmt: skip


def _decree(subject: str, first: date, n: int, now: datetime) -> dict[str, Any]:
    opens = first + 12 * n * DAY
    return {
        "subject": subject, "number": str(100 + n), "title": "О мерах безопасности", "issued_on": opens.isoformat(),
        "opens_on": opens.isoformat(), "closes_on": (opens + 25 * DAY).isoformat(), "territories": [], "origin": "hand",
        "at": now,
    }  # fmt: skip


def _campaign(tx: Any, n: int, threat_id: str, starts: date, people: Sequence[int], now: datetime) -> None:
    owner, block = people[n % len(people)], ("works", "social", "core")[n % 3]
    told = {
        "title": f"Кампания {n}: предупредить и рассказать", "goal": "Чтобы никто не пострадал", "threat_id": threat_id,
        "subject": "safety", "topics": ["safety"], "territories": [], "audiences": [f"группа {n % 12}"], "channels": [],
        "state": _state(starts, now.date(), n), "prepare_from": (starts - 14 * DAY).isoformat(), "starts_on": starts.isoformat(),
        "ends_on": (starts + 21 * DAY).isoformat(), "owner_staff": owner, "block": block, "made_at": now, "changed_at": now,
    }  # fmt: skip
    made = tx.execute(sa.insert(campaign).values(told).returning(campaign.c.id)).scalar_one()
    tx.execute(sa.insert(campaign_task), [
        {
            "campaign_id": made, "what": "Согласовать тексты", "owner_staff": people[(n + k) % len(people)], "block": block,
            "due_on": (starts - 2 * k * DAY).isoformat(), "state": "open", "made_at": now,
        }
        for k in range(TASKS)
    ])  # fmt: skip
    tx.execute(sa.insert(campaign_message), [
        {
            "campaign_id": made, "audience": f"группа {n % 12}", "channel": f"канал {k % 4}", "text": "Берегите себя. " * 40,
            "post_on": (starts + 3 * k * DAY).isoformat(), "state": "approved", "made_at": now, "changed_at": now,
        }
        for k in range(MESSAGES)
    ])  # fmt: skip


def _state(starts: date, day: date, n: int) -> str:
    """Most campaigns are where they should be; every tenth is behind its days."""
    if n % 10 == 0:
        return "planned"
    if starts + 21 * DAY < day:
        return "evaluated"
    if starts <= day:
        return "running"
    return "preparing" if starts - 14 * DAY <= day else ("idea", "planned")[n % 2]


def _touch(store: Store, now: datetime) -> None:
    """Write what every move of a campaign writes: the year must be gathered anew."""
    event = {"campaign_id": 1, "at": now, "by_name": "Координатор", "what": "changed", "detail": {}}
    with store.write() as tx:
        tx.execute(sa.insert(campaign_event).values(event))


def _timed(client: httpx.Client, path: str, requests: int, pid: int, store: Store | None = None) -> dict[str, Any]:
    """Ask a page again and again; with a store something is changed before each time."""
    assert client.get(path).status_code == 200, client.get(path).text[:500]
    used, spent, length = cpu_s(pid), [], 0
    for _ in range(requests):
        if store is not None:
            _touch(store, datetime.now(UTC))
        start = time.perf_counter()
        answer = client.get(path)
        spent.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200
        length = int(answer.headers.get("content-length", 0)) or len(answer.content)
        time.sleep(0.01)
    spent.sort()
    return {
        "p50_ms": round(spent[requests // 2], 1), "p95_ms": round(spent[int(requests * 0.95)], 1),
        "max_ms": round(spent[-1], 1), "cpu_ms": round(1000 * (cpu_s(pid) - used) / requests, 1),
        "page_kib": round(length / 1024, 1),
    }  # fmt: skip


def measure(store: Store, url: str, home: Path, requests: int) -> dict[str, Any]:
    """Ask a real web process for the year, a month and the printed sheet; milliseconds as the browser waits for them."""
    profile, now = load_profile(PROFILE), datetime.now(UTC)
    add_staff(store, "bench", ["head"])
    work = Work(store, profile, now, MACHINE, Reader(profile))
    session = sign_in(work, Vault(home / "secrets" / "vault.keys"), "bench", PASSWORD, "127.0.0.1")
    spawn = multiprocessing.get_context("spawn")
    said = spawn.Queue()
    web = spawn.Process(target=_serve, args=(url, str(home), said), daemon=True)
    web.start()
    try:
        base = f"http://127.0.0.1:{said.get(timeout=60)}"
        cookies, gzip = {"otklik": session.token}, {"Accept-Encoding": "gzip"}
        with httpx.Client(base_url=base, cookies=cookies, headers=gzip, timeout=120) as client:
            pid, year = web.pid or 0, now.year
            began = time.perf_counter()
            client.get("/year")
            first = round((time.perf_counter() - began) * 1000, 1)
            return {
                "first_ms": first,
                "page": _timed(client, "/year", requests, pid),
                "changed": _timed(client, "/year", requests, pid, store),
                "month": _timed(client, f"/year/{year}/{now.month}", requests, pid),
                "sheet": _timed(client, f"/year/{year}/print?paper=A3", requests, pid),
                "web_rss_most_mb": round(memory_mb(pid)[1], 1),
            }
    finally:
        web.terminate()
        web.join(10)


def run(threats: int, campaigns: int, url: str = "", requests: int = 100) -> dict[str, Any]:
    """Fill a memory (a new SQLite file, or an empty database at `url`) and measure the pages of the year over it."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        home = Path(folder)
        url = url or f"sqlite:///{home / 'year.sqlite3'}"
        upgrade(url)
        store = Store(url)
        try:
            fill(store, threats, campaigns, datetime.now(UTC))
            print(f"  спрашиваю год: {threats} угроз, {campaigns} кампаний…", file=sys.stderr, flush=True)
            return {"threats": threats, "campaigns": campaigns, **measure(store, url, home, requests)}
        finally:
            store.close()


def main() -> None:
    """Print the figures as a line or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--threats", type=int, default=100)
    asked.add_argument("--campaigns", type=int, default=300)
    asked.add_argument("--requests", type=int, default=100)
    asked.add_argument("--url", default="")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    figures = run(given.threats, given.campaigns, given.url, given.requests)
    print(json.dumps(figures, ensure_ascii=False) if given.json else figures)


if __name__ == "__main__":
    main()

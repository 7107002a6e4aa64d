"""Bench (c), the page: the queue over HTTP at a million posts beside a writing crawler; memory of the web process; page size.

Run: python -m tests.bench.desk_page [--posts 1000000] [--risks 70000] [--url …] [--requests 400] [--json]
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import sys
import tempfile
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from casework.sign_in import sign_in
from casework.work import MACHINE, Work, settle
from district.load import load_profile
from risk.reading import Reader
from storage.engine import Store
from storage.upgrade import upgrade
from storage.vault import Vault
from tests.bench.big_store import fill, pages
from tests.bench.queue_page import crawling
from tests.desk.build import PASSWORD, add_staff

ROOT = Path(__file__).resolve().parents[2]
PROFILE = ROOT / "district" / "demo.toml"
STATIC = ROOT / "desk" / "static"
_NAMES = {"levels": "level", "states": "state", "search": "q", "open_only": "all", "since": "shift", "mine": "mine"}
FOREIGN = ("territory", "source", "topic", "block")
"""The big memory has its own places and sources: the page would refuse filters by them, so the demo's names stand in."""
STAND_IN = {"territory": "beloe", "source": "vk-podslushano", "topic": "roads", "block": "social"}


def _serve(url: str, home: str, said: Any) -> None:
    """Be the web process: nothing but the pages."""
    import uvicorn

    from desk.app import make_app
    from desk.listen import listen
    from district.settings import Settings

    settings = Settings(home=Path(home), database_url=url)
    profile = load_profile(PROFILE)
    sock = listen("127.0.0.1", 0)
    app = make_app(settings, profile, Store(url), Reader(profile))
    settle()
    said.put(sock.getsockname()[1])
    uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[sock])


def addresses() -> Any:
    """Yield addresses of the queue as an ordinary day asks for them: the plain queue every second time."""
    for way in pages():
        pairs: list[tuple[str, str]] = []
        for name, value in way.items():
            if name in FOREIGN:
                pairs.append((name, STAND_IN[name]))
            elif isinstance(value, tuple):
                pairs += [(_NAMES[name], str(v)) for v in value]
            elif name in ("open_only", "since", "mine"):
                pairs.append((_NAMES[name], "1"))
            else:
                pairs.append((_NAMES.get(name, name), str(value)))
        yield "/" + (f"?{urlencode(pairs)}" if pairs else "")


def memory_mb(pid: int) -> tuple[float, float]:
    """Return resident memory of a process now and at its highest, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    read = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
    return int(read["VmRSS"].split()[0]) / 1024, int(read["VmHWM"].split()[0]) / 1024


def measure(url: str, home: Path, requests: int = 400) -> dict[str, Any]:
    """Ask a real web process for its pages beside a writing crawler; milliseconds as the browser waits for them."""
    store, profile = Store(url), load_profile(PROFILE)
    add_staff(store, "bench", ["officer"])
    now = datetime.now(UTC)
    work = Work(store, profile, now, MACHINE, Reader(profile))
    session = sign_in(work, Vault(home / "secrets" / "vault.keys"), "bench", PASSWORD, "127.0.0.1")
    spawn = multiprocessing.get_context("spawn")
    said = spawn.Queue()
    web = spawn.Process(target=_serve, args=(url, str(home), said), daemon=True)
    web.start()
    try:
        base = f"http://127.0.0.1:{said.get(timeout=60)}"
        with httpx.Client(base_url=base, cookies={"otklik": session.token}, timeout=60) as client:
            return _ask(client, url, requests, web.pid or 0) | _sizes(client) | _memory(web.pid or 0)
    finally:
        web.terminate()
        web.join(10)
        store.close()


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used, in seconds; unlike waiting, it does not depend on its neighbours."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ask(client: httpx.Client, url: str, requests: int, pid: int) -> dict[str, Any]:
    assert client.get("/").status_code == 200
    with crawling(url) as taken:
        while taken.value == 0:
            time.sleep(0.1)
        before, began, used = taken.value, time.perf_counter(), cpu_s(pid)
        spent: list[tuple[float, str]] = []
        for address in islice(addresses(), requests):
            start = time.perf_counter()
            answer = client.get(address)
            spent.append(((time.perf_counter() - start) * 1000, address))
            assert answer.status_code in (200, 303), answer.text[:500]
            time.sleep(0.01)
        speed = (taken.value - before) / (time.perf_counter() - began)
        used = cpu_s(pid) - used
    worst = sorted(spent)
    plain = sorted(ms for ms, address in spent if address == "/")
    return {
        "requests": requests,
        "p50_ms": round(worst[requests // 2][0], 1),
        "p95_ms": round(worst[int(requests * 0.95)][0], 1),
        "max_ms": round(worst[-1][0], 1),
        "plain_queue_p95_ms": round(plain[int(len(plain) * 0.95)], 1),
        "cpu_ms_per_page": round(1000 * used / requests, 1),
        "slowest": sorted({address for _, address in worst[int(requests * 0.9) :]}),
        "crawler_posts_per_s": round(speed),
    }


def _sizes(client: httpx.Client) -> dict[str, float]:
    page = client.get("/", headers={"Accept-Encoding": "gzip"})
    static = sum(len(gzip.compress(path.read_bytes(), 5)) for path in STATIC.iterdir())
    length = int(page.headers["content-length"])
    return {"page_kib": round(length / 1024, 1), "first_visit_kib": round((length + static) / 1024, 1)}


def _memory(pid: int) -> dict[str, float]:
    now, most = memory_mb(pid)
    return {"web_rss_mb": round(now, 1), "web_rss_most_mb": round(most, 1)}


def run(posts: int = 1_000_000, risks: int = 70_000, url: str = "", requests: int = 400) -> dict[str, Any]:
    """Fill a memory (a new SQLite file, or an empty database at `url`) and measure the queue's page over it."""
    with tempfile.TemporaryDirectory(prefix="otklik-bench-") as folder:
        home = Path(folder)
        url = url or f"sqlite:///{home / 'big.sqlite3'}"
        upgrade(url)
        print(f"  заполняю базу: {posts} записей, {risks} рисков…", file=sys.stderr, flush=True)
        store = Store(url, cache_mb=64)
        fill(store, posts, risks)
        store.close()
        print(f"  спрашиваю страницу {requests} раз рядом с пишущим обходом…", file=sys.stderr, flush=True)
        return {"posts": posts, "risks": risks, **measure(url, home, requests)}


def main() -> None:
    """Print the figures as a line or as JSON."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--posts", type=int, default=1_000_000)
    asked.add_argument("--risks", type=int, default=70_000)
    asked.add_argument("--requests", type=int, default=400)
    asked.add_argument("--url", default="")
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    figures = run(given.posts, given.risks, given.url, given.requests)
    print(json.dumps(figures, ensure_ascii=False) if given.json else figures)


if __name__ == "__main__":
    main()

"""The child process of one run: limits first, then one source, then one line of JSON; `python -m crawlers.child SOURCE_ID`."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from typing import Any

MEMORY_BYTES = 3 << 30
"""Address space of a run: an idle child takes about 1 GB of it (measured, mostly thread stacks and maps of libraries)."""
CPU_S = 300
"""Processor time of a run: 50 pages of the heaviest kind (trafilatura, 6 ms) with their grouping take under ten seconds."""
TELL_EVERY_S = 0.5
ORPHANED = 9


def limit() -> None:
    """Bound memory, processor time and core dumps of this process."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def say(line: dict[str, Any]) -> None:
    """Hand the parent one line."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def leave_with_parent() -> None:
    """End this process as soon as the parent is gone: it holds our standard input open as long as it lives."""

    def watch() -> None:
        # The file descriptor itself: a thread inside sys.stdin's buffer would be fatal when Python shuts down.
        while os.read(0, 4096):
            pass
        os._exit(ORPHANED)

    threading.Thread(target=watch, name="otklik-orphan", daemon=True).start()


def main() -> int:
    """Read what the parent describes on standard input (a source, links, the weather); the last line of output is the result."""
    limit()
    spec = json.loads(sys.stdin.readline())
    leave_with_parent()
    # Imported after the limits are set, and only here: a wrong address must not cost a second of imports in the parent.
    from crawlers.crawl import preview_source, read_source
    from crawlers.crew import open_crew
    from crawlers.run import told
    from crawlers.source import CrawlSource
    from crawlers.visit import Visit
    from district.settings import Settings

    crew = open_crew(Settings())
    if "links" in spec:
        from crawlers.links import read_told

        say({"outcome": "ok", "links": read_told(crew, spec["links"])})
        return 0
    if "weather" in spec:
        from crawlers.weather_feed import read_told as read_weather_told

        say({"outcome": "ok", "weather": read_weather_told(crew, spec["weather"])})
        return 0
    source = CrawlSource(**spec["source"])
    changes = dict(spec.get("changes") or {})
    if spec.get("preview"):
        visit, shown = preview_source(crew, source, **changes)
        refused = [{"reason": r.reason, **r.item} for r in shown.refused]
        say({**told(visit), "items": shown.lines(), "refused": refused})
        return 0
    last = 0.0

    def progress(visit: Visit) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY_S:
            last = time.monotonic()
            say({"counts": dict(visit.counts)})

    say(told(read_source(crew, source, spec.get("run_id"), progress, **changes)))
    crew.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Child processes of runs: started with the very settings of the parent, listened to, ended when they hang or are not needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from district.settings import Settings

WALL_S = 20 * 60.0
"""A run that lasts longer hangs: 50 pages at a second each, with answers up to the time limit, take less."""
LOG_BYTES = 5_000_000
_living: set[subprocess.Popen[str]] = set()


def run_child(settings: Settings, spec: dict[str, Any], tell: Callable[[Any, str], None] | None) -> dict[str, Any]:
    """Run a child for one source and return its last word, or «killed» with the reason of its death."""
    with _log_file(settings) as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "crawlers.child", str(spec["source"]["id"])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env={**os.environ, **environment(settings)},
            cwd=Path(__file__).parent.parent, text=True, encoding="utf-8",
        )  # fmt: skip
        late = threading.Timer(WALL_S, child.kill)
        late.start()
        _living.add(child)
        try:
            answer = _converse(child, spec, tell)
        finally:
            child.kill()
            code = child.wait()
            _living.discard(child)
            was_late = not late.is_alive()
            late.cancel()
            for pipe in (child.stdin, child.stdout):
                if pipe is not None:
                    pipe.close()
    return answer or {"outcome": "killed", "reason": _death(code, was_late), "counts": {}}


def stop_children() -> int:
    """Kill the children of this process, so that it need not wait for their pages to end; returns how many there were.

    Their runs end as «killed»; what they had stored stays, the rest is read by the next run.
    """
    dying = list(_living)
    for child in dying:
        child.kill()
    return len(dying)


def _converse(
    child: subprocess.Popen[str], spec: dict[str, Any], tell: Callable[[Any, str], None] | None
) -> dict[str, Any] | None:
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        child.stdin.write(json.dumps(spec) + "\n")
        child.stdin.flush()  # left open: when this process dies, the child sees the end of it and stops
    except BrokenPipeError:
        return None
    for line in child.stdout:
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if "outcome" in said:
            return dict(said)
        if tell is not None:
            tell(said.get("counts", {}), "")
    return None


def _death(code: int, was_late: bool) -> str:
    if was_late:
        return (
            f"обход длился дольше {WALL_S / 60:.0f} мин и прерван; прочитанное сохранено, остальное — в следующий раз"
        )
    if code == -signal.SIGXCPU:
        return "обход исчерпал предел процессорного времени и прерван; прочитанное сохранено"
    if code < 0:
        return f"процесс обхода прерван сигналом {signal.Signals(-code).name}; прочитанное сохранено, остальное — в следующий раз"
    return f"процесс обхода упал (код {code}), подробности — в logs/crawlers.log; прочитанное сохранено"


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment that gives a child these very settings."""
    found: dict[str, str] = {}
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        secret = getattr(value, "get_secret_value", None)
        value = secret() if secret is not None else value
        if isinstance(value, tuple):
            value = ",".join(value)
        if value is not None:
            found[f"OTKLIK_{name.upper()}"] = str(value.resolve() if isinstance(value, Path) else value)
    return found


def _log_file(settings: Settings) -> IO[bytes]:
    """Open the children's log for adding; a full one is put aside once."""
    settings.logs.mkdir(parents=True, exist_ok=True)
    path = settings.logs / "crawlers.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    return path.open("ab")

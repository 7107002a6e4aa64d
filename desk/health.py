"""Two answers for a supervisor: the process lives; the process can work."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from casework import clock
from casework.heartbeat import last_beats
from casework.work import MACHINE, Work
from desk.visit import desk_of
from storage.find.accounts import unsent_counts
from storage.upgrade import database_revision, newest_revision

router = APIRouter()


@router.get("/healthz")
def alive() -> JSONResponse:
    """Answer that the process is alive, whatever the database does."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
def ready(request: Request) -> JSONResponse:
    """Answer whether the database is reachable and migrated, what alerts wait, when the worker's loops last beat (seconds ago).

    A silent worker is told and does not make the pages unready: they serve, and show what is there.
    """
    told: dict[str, Any] = {"at": clock.now().isoformat(timespec="seconds")}
    try:
        told |= _look(request)
    except Exception as e:  # a door: whatever the driver raises means «not ready»
        return JSONResponse({"status": "not ready", "database": type(e).__name__, **told}, status_code=503)
    good = told["database"] == "ok"
    return JSONResponse({"status": "ok" if good else "not ready", **told}, status_code=200 if good else 503)


def _look(request: Request) -> dict[str, Any]:
    desk = desk_of(request)
    have, want = database_revision(desk.store.url), newest_revision()
    with desk.store.read() as tx:
        unsent = sum(unsent_counts(tx).values())
    now = clock.now()
    beats = last_beats(Work(store=desk.store, profile=desk.profile, now=now, by=MACHINE, reader=desk.reader))
    ages = {loop: round((now - at).total_seconds()) for loop, at in sorted(beats.items())}
    state = "ok" if have == want else "not migrated"
    return {"database": state, "revision": have, "alerts_waiting": unsent, "worker": ages}

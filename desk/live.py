"""Live updates: one look at the newest change a second for all browsers together, told to each as a server-sent event."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import datetime
from typing import Annotated

import structlog
from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from casework.roles import Act
from desk.visit import Needs, Visit
from storage.engine import Store
from storage.find.queue import newest_change

log = structlog.get_logger(__name__)
router = APIRouter()

LOOK_EVERY = 1.0
"""Seconds between looks at the database while anybody listens; nobody listens: no looks."""
BREATH = 15.0
"""Seconds after which a silent stream says that it is alive, so that proxies keep it."""
STREAM_FOR = 600.0
"""Seconds a stream lasts; the browser comes back by itself and its session is checked anew."""
MOST = 100
"""Streams at once: 2-8 people with a few windows each; more is a fault, and they fall back to asking now and then."""


class Pulse:
    """Knows the newest change and wakes whoever waits for it."""

    def __init__(self, store: Store, every: float = LOOK_EVERY) -> None:
        self.store, self.every = store, every
        self.listeners = 0
        self.newest: datetime | None = None
        self.turn = 0
        """Grows with each change: a listener that was busy when it came still sees that it missed one."""
        self._changed = asyncio.Event()
        self._looker: asyncio.Task[None] | None = None

    async def listen(self, for_seconds: float = STREAM_FOR, breath: float = BREATH) -> AsyncGenerator[str]:
        """Yield a server-sent event at each change until the time is over."""
        self.listeners += 1
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())
        loop = asyncio.get_running_loop()
        end, seen = loop.time() + for_seconds, self.turn
        try:
            yield "retry: 3000\nevent: hello\ndata: \n\n"
            while (left := end - loop.time()) > 0:
                if self.turn == seen:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._changed.wait(), min(breath, left))
                if self.turn == seen:
                    yield ": жив\n\n"
                else:
                    seen = self.turn
                    yield f"event: change\ndata: {self.newest.isoformat() if self.newest else ''}\n\n"
        finally:
            self.listeners -= 1

    async def _look(self) -> None:
        """Look while anybody listens; a database that does not answer is asked again, not given up."""
        self.newest = await self._read()
        while self.listeners:
            await asyncio.sleep(self.every)
            found = await self._read()
            if found != self.newest:
                self.newest = found
                self.turn += 1
                self._changed.set()
                self._changed = asyncio.Event()

    async def _read(self) -> datetime | None:
        try:
            return await to_thread.run_sync(self._newest)
        except Exception as e:  # a door: the pages say what is wrong, the pulse only waits
            log.warning("pulse skipped", error=type(e).__name__)
            return self.newest

    def _newest(self) -> datetime | None:
        with self.store.read() as tx:
            return newest_change(tx)


@router.get("/live")
async def stream(request: Request, visit: Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]) -> Response:
    """Stream «something changed»; what changed is asked for by the page itself, with its own filter and rights."""
    pulse: Pulse = request.app.state.pulse
    if pulse.listeners >= MOST:
        return Response(status_code=503, headers={"Retry-After": "60"})
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_closing(pulse), media_type="text/event-stream", headers=headers)


async def _closing(pulse: Pulse) -> AsyncIterator[str]:
    """Close the inner stream at once when the browser goes away, so that listeners are counted right."""
    async with contextlib.aclosing(pulse.listen()) as events:
        async for event in events:
            yield event

"""A peer on loopback in a thread of its own, so that crawls in this process and in children can both speak to it."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web


@contextmanager
def serving(app: web.Application, port: int = 0, ssl_context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve an application on 127.0.0.1 until the block ends (over TLS with a context); yields the port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="peer", daemon=True)
    thread.start()

    async def start() -> tuple[web.AppRunner, int]:
        # A shutdown of zero: a slow answer must not keep a test waiting for its own end.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=ssl_context)
        await site.start()
        return runner, int(runner.addresses[0][1])

    runner, bound = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield bound
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def serve_forever(app: web.Application, port: int) -> None:
    """Serve an application until the process is stopped (the peers' command line)."""
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)

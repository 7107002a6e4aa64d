"""Live updates: one look for all, an event on a change, streams that end and are counted."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import sqlalchemy as sa

from casework import triage
from desk import live
from desk.live import Pulse
from storage.engine import Store
from storage.tables import risk
from tests.desk import build
from tests.desk.conftest import House


def touch(store: Store, number: int = 1) -> None:
    with store.write() as tx:
        later = datetime.now(UTC) + timedelta(seconds=time.perf_counter() % 1000)
        tx.execute(sa.update(risk).where(risk.c.id == number).values(updated_at=later))


def test_a_change_is_told_within_two_seconds(house: House) -> None:
    """A browser that listens hears of a risk taken elsewhere, and only that something changed."""
    heard: list[str] = []
    with house.by("officer").client.stream("GET", "/live", timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert "content-encoding" not in answer.headers
        lines = answer.iter_lines()
        began = 0.0
        for line in lines:
            heard.append(line)
            if line == "event: hello":
                time.sleep(1.2)  # the first look
                triage.take(house.work("second"), [3])
                began = time.perf_counter()
            if line == "event: change":
                break
        took = time.perf_counter() - began

    assert took < 3
    assert not any("газ" in line for line in heard)


def test_all_browsers_share_one_look(house: House) -> None:
    """However many listen, the database is asked once a round; when nobody listens, not at all."""

    async def story() -> tuple[int, int]:
        pulse = Pulse(house.store, every=0.02)
        looks = 0
        plain = pulse._newest

        def counted() -> datetime | None:
            nonlocal looks
            looks += 1
            return plain()

        pulse._newest = counted  # type: ignore[method-assign]
        streams = [pulse.listen(for_seconds=1.5) for _ in range(20)]
        for stream in streams:
            await anext(stream)
        await asyncio.sleep(0.3)
        listening, at_once = pulse.listeners, looks
        touch(house.store)
        told = [await anext(stream) for stream in streams]
        assert all(t.startswith("event: change") for t in told)
        for stream in streams:
            await stream.aclose()
        await asyncio.sleep(0.1)
        before = looks
        await asyncio.sleep(0.2)
        assert pulse.listeners == 0
        assert looks == before
        return listening, at_once

    listening, at_once = asyncio.run(story())
    assert listening == 20
    assert at_once <= 16


def test_a_quiet_stream_breathes_and_ends(house: House) -> None:
    """A stream without news says that it is alive, and ends by itself so that the session is checked anew."""

    async def story() -> list[str]:
        pulse = Pulse(house.store, every=5)
        return [event async for event in pulse.listen(for_seconds=0.3, breath=0.1)]

    told = asyncio.run(story())
    assert told[0].startswith("retry: 3000")
    assert ": жив\n\n" in told


def test_a_database_that_does_not_answer_is_asked_again(house: House) -> None:
    """A fault of the database skips a look and ends no stream."""

    async def story() -> str:
        pulse = Pulse(house.store, every=0.02)
        plain, failures = pulse._newest, iter([True, True, True])

        def shaky() -> datetime | None:
            if next(failures, False):
                raise OSError("нет базы")
            return plain()

        pulse._newest = shaky  # type: ignore[method-assign]
        stream = pulse.listen(for_seconds=3)
        await anext(stream)
        told = await anext(stream)
        await stream.aclose()
        return told

    assert asyncio.run(story()).startswith("event: change")


def test_a_reader_of_nothing_is_not_streamed_to(house: House) -> None:
    """Without a session there is no stream, and without the right neither."""
    assert house.stranger().get("/live").status_code == 401
    assert house.by("technician").get("/live").status_code == 403


def test_too_many_streams_are_told_to_come_later(house: House, monkeypatch: object) -> None:
    """Beyond the limit a browser is told to fall back."""
    house.app.state.pulse.listeners += live.MOST
    try:
        answer = house.by("officer").get("/live")
    finally:
        house.app.state.pulse.listeners -= live.MOST

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"


def test_the_server_stops_with_streams_open(house: House) -> None:
    """An open stream does not keep the process from stopping."""
    with build.Served(house.app) as served:
        client = httpx.Client(base_url=served.url, cookies=dict(house.by("officer").client.cookies), timeout=20)
        ready = threading.Event()

        def listen() -> None:
            try:
                with client.stream("GET", "/live") as answer:
                    for _ in answer.iter_lines():
                        ready.set()
            except httpx.HTTPError:
                pass

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        assert ready.wait(5)
        began = time.perf_counter()
    took = time.perf_counter() - began
    thread.join(5)
    client.close()

    assert took < 5

"""A loopback stand-in for api.vk.ru/method/*: keys of three kinds, quotas, execute, a plan of faults.

Standalone: python -m tests.peers.vk_api --port 8101 --karelia FOLDER (or --demo); then OTKLIK_VK_BASE=http://127.0.0.1:8101/method/.
POST /__add {"group": …, "text": …} puts a post on a wall while it runs, /__comment {"group", "post", "text"} a comment,
/__plan {"method": "wall.get", "error": 29, "times": 1} a fault; GET /__log tells the calls so far.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
import ssl
import sys
import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from tests.peers.vk_schema import Schema
from tests.peers.vk_world import VkError, VkWorld

PER_SECOND = {"user": 3, "service": 5, "group": 20}
PER_DAY = {"wall.get": 5000, "newsfeed.search": 1000, "wall.search": 1000}
TOKENS: Mapping[str, frozenset[str]] = {
    "wall.get": frozenset({"user", "service"}),
    "wall.getById": frozenset({"user", "service"}),
    "wall.getComments": frozenset({"user", "service"}),
    "utils.resolveScreenName": frozenset({"user", "service", "group"}),
    "utils.getServerTime": frozenset({"user", "service", "group"}),
    "account.getAppPermissions": frozenset({"user"}),
    "groups.getTokenPermissions": frozenset({"group"}),
}
"""As in the schema's access_token_type, for where the schema is absent; tests compare the two."""
WRONG_TOKEN = {"group": 27, "service": 28}
CALL = re.compile(r'"([^"]+)":API\.([A-Za-z.]+)\(')


@dataclass
class Fault:
    """What goes wrong with the next calls of a method ("*" for any): an error code, or something that is no answer."""

    method: str
    error: int = 0
    status: int = 200
    body: str | None = None
    slow_s: float = 0.0
    cut: bool = False
    huge: int = 0
    times: int = 1
    after: int = 0
    """So many calls pass first."""

    def strikes(self, method: str) -> bool:
        """Return whether it is this call's turn to go wrong, and count it."""
        if self.times <= 0 or self.method not in (method, "*"):
            return False
        if self.after:
            self.after -= 1
            return False
        self.times -= 1
        return True


@dataclass
class VkPeer:
    """The server; keys are "user-…", "service-…", "group-…", anything else is refused."""

    world: VkWorld = field(default_factory=VkWorld)
    schema: Schema | None = None
    paced: bool = True
    faults: list[Fault] = field(default_factory=list)
    log: list[tuple[str, int]] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)
    """Answers that broke the schema."""
    port: int = 0
    tls: bool = False
    _recent: dict[str, deque[float]] = field(default_factory=dict)
    _today: Counter[tuple[str, str]] = field(default_factory=Counter)
    _runner: web.AppRunner | None = None

    @property
    def base(self) -> str:
        """Value for OTKLIK_VK_BASE."""
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/method/"

    def fault(self, method: str, **what: Any) -> None:
        """Plan a fault."""
        self.faults.append(Fault(method, **what))

    def calls(self, method: str) -> int:
        """How often a method was asked."""
        return sum(1 for name, _ in self.log if name == method)

    async def start(self, port: int = 0, tls: ssl.SSLContext | None = None) -> VkPeer:
        """Listen on loopback, over TLS when it is given."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/method/{method}", self._method), web.post("/__plan", self._plan), web.get("/__log", self._told),
                web.post("/__add", self._add), web.post("/__comment", self._comment),
            ]
        )  # fmt: skip
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port, ssl_context=tls)
        await site.start()
        self.port, self.tls = self._runner.addresses[0][1], tls is not None
        return self

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def call(self, method: str, params: Mapping[str, Any], token: str, *, inner: bool = False) -> Any:
        """Answer one call as the API would; VkError for a refusal."""
        kind = token.split("-")[0]
        if kind not in PER_SECOND:
            raise VkError(5)
        if not inner:
            self._pace(token, kind)
            self._planned(method)
        self._today[token, method] += 1
        if self._today[token, method] > PER_DAY.get(method, 10**9):
            raise VkError(29)
        if method == "execute":
            if kind == "service":
                raise VkError(28)
            return self._execute(str(params["code"]), token)
        return self._read(method, params, kind)

    def _read(self, method: str, params: Mapping[str, Any], kind: str) -> Any:
        if method not in TOKENS:
            raise VkError(3)
        if kind not in TOKENS[method]:
            raise VkError(WRONG_TOKEN.get(kind, 15))
        answer = getattr(self.world, method.replace(".", "_"))(params)
        if self.schema is not None:
            self.bad += [f"{method} {fault}" for fault in self.schema.faults(method, answer)]
        return answer

    def _pace(self, token: str, kind: str) -> None:
        recent, now = self._recent.setdefault(token, deque()), time.monotonic()
        while recent and now - recent[0] > 1:
            recent.popleft()
        if self.paced and len(recent) >= PER_SECOND[kind]:
            raise VkError(6)
        recent.append(now)

    def _planned(self, method: str) -> None:
        for fault in self.faults:
            if fault.error and fault.strikes(method):
                raise VkError(fault.error)

    def _execute(self, code: str, token: str) -> Any:
        """Run the one shape our client writes: return {"key":API.method({…}),…};."""
        if not (code.startswith("return {") and code.endswith("};")):
            raise VkError(12)
        out: dict[str, Any] = {}
        errors, at, decoder = [], len("return {"), json.JSONDecoder()
        while match := CALL.match(code, at):
            params, end = decoder.raw_decode(code, match.end())
            try:
                self._planned(f"execute:{match[2]}")
                out[match[1]] = self.call(match[2], params, token, inner=True)
            except VkError as e:
                out[match[1]] = False
                errors.append({"method": match[2], "error_code": e.code, "error_msg": self._words(e.code)})
            at = end + 2  # the bracket and the comma
        if len(out) > 25:
            raise VkError(12)
        return {"response": out, "execute_errors": errors} if errors else {"response": out}

    def _words(self, code: int) -> str:
        return self.schema.descriptions.get(code, "error") if self.schema is not None else "error"

    async def _method(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = {**request.query, **(await request.post())}
        token = str(params.pop("access_token", ""))
        spoilt = await self._spoilt(method, request)
        if spoilt is not None:
            self.log.append((method, spoilt.status))
            return spoilt
        try:
            if params.pop("v", None) is None:
                raise VkError(8)
            found = self.call(method, params, token)
            self.log.append((method, 0))
            return web.json_response(found if method == "execute" else {"response": found})
        except VkError as e:
            self.log.append((method, e.code))
            return web.json_response({"error": self._error(e.code, params)})

    def _error(self, code: int, params: Mapping[str, Any]) -> dict[str, Any]:
        told = [{"key": k, "value": str(v)[:40]} for k, v in params.items()]
        error: dict[str, Any] = {"error_code": code, "error_msg": self._words(code), "request_params": told}
        if code == 14:
            error |= {"captcha_sid": "1", "captcha_img": f"http://127.0.0.1:{self.port}/captcha.php?sid=1"}
        if code == 17:
            error |= {"redirect_uri": f"http://127.0.0.1:{self.port}/security_check"}
        return error

    async def _spoilt(self, method: str, request: web.Request) -> web.StreamResponse | None:
        for fault in self.faults:
            if not fault.error and fault.strikes(method):
                await asyncio.sleep(fault.slow_s)
                return await _broken(fault, request)
        return None

    async def _plan(self, request: web.Request) -> web.Response:
        self.fault(**await request.json())
        return web.json_response({})

    async def _told(self, request: web.Request) -> web.Response:
        return web.json_response({"log": self.log, "bad": self.bad, "n": len(self.log)})

    async def _add(self, request: web.Request) -> web.Response:
        said = await request.json()
        group = self._named(said.pop("group"))
        return web.json_response(self.world.post(group, said.pop("text"), **said))

    async def _comment(self, request: web.Request) -> web.Response:
        said = await request.json()
        group = self._named(said.pop("group"))
        return web.json_response(self.world.comment(group, said.pop("post"), said.pop("text"), **said))

    def _named(self, name: str) -> Any:
        return next(g for g in self.world.groups.values() if name in (g.screen_name, str(g.id)))


async def _broken(fault: Fault, request: web.Request) -> web.StreamResponse:
    if fault.cut:
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"response": {"count": 1, "items": [')
        if request.transport is not None:
            request.transport.close()
        return response
    if fault.huge:
        return web.Response(body=b'{"response": "' + b" " * fault.huge + b'"}', content_type="application/json")
    text = fault.body if fault.body is not None else "<html><h1>502 Bad Gateway</h1></html>"
    headers = {"Location": "http://127.0.0.1:9/"} if fault.status in (301, 302) else None
    return web.Response(text=text, status=fault.status, content_type="text/html", headers=headers)


def load_karelia(world: VkWorld, folder: Path, now: float | None = None) -> int:
    """Give each community of the stream a wall; return the number of posts.

    With `now` (seconds since 1970) the whole stream is moved so that its newest post falls at that moment.
    """
    with gzip.open(folder / "posts.jsonl.gz", "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    dates = [_seconds(r["date"]) for r in rows]
    shift = now - max(dates) if now is not None else 0.0
    groups = {name: world.group(name, _number(name)) for name in sorted({r["group"] for r in rows})}
    for row, date in sorted(zip(rows, dates, strict=True), key=lambda pair: pair[0]["id"]):
        counts = {name: _counter(row[name]) for name in ("likes", "reposts", "views")}
        world.post(groups[row["group"]], row["text"], date=int(date + shift), number=int(row["id"]), **counts)
    return len(rows)


def _seconds(date: str | int) -> float:
    """Most rows of the stream say the date in words, one wall in seconds."""
    return float(date) if isinstance(date, int) else datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()


def _counter(told: Any) -> int:
    """Most rows give a number, one wall the API's own object as text."""
    found = re.search(r"'count': (\d+)", told) if isinstance(told, str) else None
    return int(found[1]) if found else 0 if isinstance(told, str) else int(told)


def _number(name: str) -> int:
    """Communities without a short name are called by their number."""
    found = re.fullmatch(r"(?:club|public|event)(\d+)", name)
    return int(found[1]) if found else 0


def demo(world: VkWorld) -> None:
    """One community with a hundred posts, for trying things out by hand."""
    group, now = world.group("demo_wall"), int(time.time())
    for i in range(1, 101):
        world.post(group, f"Сообщение {i}: нет воды на улице Лесной, {i}", date=now - (100 - i) * 600)


async def _serve(port: int, karelia: Path | None, *, as_dated: bool) -> None:
    peer = VkPeer()
    if karelia is not None:
        load_karelia(peer.world, karelia, None if as_dated else time.time())
    else:
        demo(peer.world)
    await peer.start(port)
    walls = {g.screen_name: len(g.posts) for g in peer.world.groups.values()}
    told = {"OTKLIK_VK_BASE": peer.base, "token": "user-peer", "walls": walls}
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--karelia", type=Path, help="folder with posts.jsonl.gz")
    parser.add_argument("--demo", action="store_true", help="one made-up community (the default)")
    parser.add_argument(
        "--as-dated", action="store_true", help="keep the dates of the stream instead of moving it to now"
    )
    told = parser.parse_args()
    asyncio.run(_serve(told.port, told.karelia, as_dated=told.as_dated))


if __name__ == "__main__":
    main()

"""A tiny Telegram on loopback: real TCP, key exchange, MTProto 2.0 encryption; it speaks Telethon's own layer.

Written from the public description of the protocol (core.telegram.org/mtproto); objects are serialised by Telethon's classes.
Standalone: python -m tests.peers.mtproto --port 8102 --city FILE [--files FOLDER] [--control 8103]. FOLDER (var/peers) gets dc.pem (for
OTKLIK_TELEGRAM_DC_KEY) and session.txt (a signed-in session); POST /__add {"channel", "text"} to the control port adds a post.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import json
import os
import struct
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from aiohttp import web
from telethon import functions, types
from telethon.crypto import AES, AuthKey
from telethon.crypto import rsa as telethon_rsa
from telethon.extensions import BinaryReader
from telethon.helpers import generate_key_data_from_nonce
from telethon.network.mtprotostate import MTProtoState
from telethon.tl.core import GzipPacked, MessageContainer

from tests.peers.mtproto_keys import EXCHANGE_P, EXCHANGE_Q, GENERATOR, PRIME, PRIVATE, PUBLIC, PUBLIC_PEM, octets
from tests.peers.mtproto_sign_in import RpcFault
from tests.peers.mtproto_world import World

RPC_RESULT, VECTOR = 0xF35C6D01, 0x1CB5C415
Send = Callable[[bytes], None]
WRAPPERS = (functions.InvokeWithLayerRequest, functions.InitConnectionRequest, functions.InvokeWithoutUpdatesRequest)


class Peer:
    """One data centre, number 2."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or World()
        self.keys: dict[int, AuthKey] = {}
        self.port = 0
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self._last_id = 0

    @property
    def dc(self) -> str:
        """Value for OTKLIK_TELEGRAM_DC."""
        return f"2:127.0.0.1:{self.port}"

    async def start(self, port: int = 0) -> Peer:
        """Listen on loopback."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
        for line in list(self._lines):
            line.close()
        await asyncio.sleep(0)

    def ready_session(self) -> str:
        """Return a StringSession that is already signed in, so that a test need not exchange keys."""
        key = AuthKey(os.urandom(256))
        self.keys[key.key_id] = key
        self.world.account.signed_in.add(key.key_id)
        packed = struct.pack(">B4sH256s", 2, bytes((127, 0, 0, 1)), self.port, key.key)
        return "1" + base64.urlsafe_b64encode(packed).decode()

    def _next_id(self) -> int:
        self._last_id = max(self._last_id + 4, int(time.time() * 2**32) & ~3)
        return self._last_id | 1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._lines.add(writer)
        hands: dict[str, Any] = {}
        count = 0

        def send(payload: bytes) -> None:
            nonlocal count
            frame = struct.pack("<ii", len(payload) + 12, count) + payload
            count += 1
            writer.write(frame + struct.pack("<I", crc32(frame)))

        try:
            while True:
                length, _ = struct.unpack("<ii", await reader.readexactly(8))
                self._take((await reader.readexactly(length - 8))[:-4], hands, send)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(writer)
            writer.close()

    def _take(self, body: bytes, hands: dict[str, Any], send: Send) -> None:
        (key_id,) = struct.unpack("<Q", body[:8])
        if key_id:
            self._encrypted(body, key_id, send)
            return
        answer = bytes(_exchange(BinaryReader(body[20:]).tgread_object(), hands, self.keys))
        send(struct.pack("<qqi", 0, self._next_id(), len(answer)) + answer)

    def _encrypted(self, body: bytes, key_id: int, send: Send) -> None:
        key = self.keys.get(key_id)
        if key is None:
            send(struct.pack("<i", -404))
            return
        plain = AES.decrypt_ige(body[24:], *MTProtoState._calc_key(key.key, body[8:24], True))
        salt, session, message_id, _, length = struct.unpack("<qqqii", plain[:32])

        def out(payload: bytes) -> None:
            inner = struct.pack("<qqqii", salt, session, self._next_id(), 1, len(payload)) + payload
            inner += os.urandom(-(len(inner) + 12) % 16 + 12)
            mark = sha256(key.key[96:128] + inner).digest()[8:24]
            send(
                struct.pack("<Q", key_id) + mark + AES.encrypt_ige(inner, *MTProtoState._calc_key(key.key, mark, False))
            )

        self._dispatch(BinaryReader(plain[32 : 32 + length]).tgread_object(), message_id, key_id, out)

    def _dispatch(self, said: Any, message_id: int, key_id: int, out: Send) -> None:
        if isinstance(said, MessageContainer):
            for inner in said.messages:
                self._dispatch(inner.obj, inner.msg_id, key_id, out)
        elif isinstance(said, GzipPacked):
            self._dispatch(BinaryReader(said.data).tgread_object(), message_id, key_id, out)
        elif isinstance(said, functions.PingRequest | functions.PingDelayDisconnectRequest):
            out(bytes(types.Pong(message_id, said.ping_id)))
        elif not isinstance(said, types.MsgsAck):
            while isinstance(said, WRAPPERS):
                said = said.query
            self._reply(said, message_id, key_id, out)

    def _reply(self, request: Any, message_id: int, key_id: int, out: Send) -> None:
        try:
            found = self.world.answer(request, key_id)
            listed = isinstance(found, list)
            payload = struct.pack("<Ii", VECTOR, len(found)) + b"".join(map(bytes, found)) if listed else bytes(found)
        except RpcFault as fault:
            if fault.message == "HANG":
                return
            if fault.message == "DROP":
                raise ConnectionResetError from None
            payload = bytes(types.RpcError(fault.code, fault.message))
        except Exception as e:  # a mistake of a test must be seen in its client, not lost in a task
            payload = bytes(types.RpcError(400, f"TEST_PEER_{type(e).__name__}_{str(e)[:60]}"))
        out(struct.pack("<Iq", RPC_RESULT, message_id) + payload)


def _exchange(said: Any, hands: dict[str, Any], keys: dict[int, AuthKey]) -> Any:
    """One step of the key exchange."""
    if isinstance(said, functions.ReqPqMultiRequest):
        hands |= {"nonce": said.nonce, "server": int.from_bytes(os.urandom(16), "big", signed=True)}
        mark = telethon_rsa._compute_fingerprint(PUBLIC)
        return types.ResPQ(said.nonce, hands["server"], octets(EXCHANGE_P * EXCHANGE_Q), [mark])
    if isinstance(said, functions.ReqDHParamsRequest):
        plain = octets(pow(int.from_bytes(said.encrypted_data, "big"), PRIVATE.d, PRIVATE.n), 255)
        hands["new"] = BinaryReader(plain[20:]).tgread_object().new_nonce
        hands["a"] = int.from_bytes(os.urandom(256), "big")
        public = octets(pow(GENERATOR, hands["a"], PRIME))
        inner = bytes(
            types.ServerDHInnerData(hands["nonce"], hands["server"], GENERATOR, octets(PRIME), public, int(time.time()))
        )
        inner = sha1(inner).digest() + inner
        inner += os.urandom(-len(inner) % 16)
        hands["key"] = generate_key_data_from_nonce(hands["server"], hands["new"])
        return types.ServerDHParamsOk(hands["nonce"], hands["server"], AES.encrypt_ige(inner, *hands["key"]))
    inner = BinaryReader(AES.decrypt_ige(said.encrypted_data, *hands["key"])[20:]).tgread_object()
    key = AuthKey(octets(pow(int.from_bytes(inner.g_b, "big"), hands["a"], PRIME), 256))
    keys[key.key_id] = key
    return types.DhGenOk(hands["nonce"], hands["server"], key.calc_new_nonce_hash(hands["new"], 1))


def load_city(world: World, path: Path, now: float | None = None) -> int:
    """Call the channels of the stream city_channel_1, 2 … in the order of their names; return the number of posts.

    With `now` (seconds since 1970) the whole stream is moved so that its newest post falls at that moment.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    dates = [datetime.fromisoformat(r["date"]).timestamp() for r in rows]
    shift = now - max(dates) if now is not None else 0.0
    names = sorted({r["channel"] for r in rows})
    channels = {name: world.channel(100 + i, f"city_channel_{i + 1}") for i, name in enumerate(names)}
    for row, date in zip(rows, dates, strict=True):
        moment = datetime.fromtimestamp(int(date + shift), UTC)
        world.post(channels[row["channel"]], row["text"], int(row["message_id"]), date=moment)
    return len(rows)


async def _control(peer: Peer, port: int) -> web.AppRunner:
    async def add(request: web.Request) -> web.Response:
        said = await request.json()
        channel = next(c for c in peer.world.channels.values() if c.username == said.pop("channel"))
        return web.json_response({"id": peer.world.post(channel, said.pop("text"), **said).id})

    app = web.Application()
    app.add_routes([web.post("/__add", add)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    return runner


async def _serve(told: argparse.Namespace) -> None:
    peer = Peer()
    if told.city:
        load_city(peer.world, told.city, None if told.as_dated else time.time())
    else:
        channel = peer.world.channel(100, "demo_channel")
        for i in range(1, 101):
            peer.world.post(channel, f"Сообщение {i}: нет воды на улице Лесной, {i}", views=i)
    await peer.start(told.port)
    told.files.mkdir(parents=True, exist_ok=True)
    (told.files / "dc.pem").write_text(PUBLIC_PEM)
    (told.files / "session.txt").write_text(peer.ready_session())
    if told.control is not None:
        await _control(peer, told.control)
    channels = {c.username: len(c.messages) for c in peer.world.channels.values()}
    line = {"OTKLIK_TELEGRAM_DC": peer.dc, "OTKLIK_TELEGRAM_DC_KEY": str(told.files / "dc.pem"), "channels": channels}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--city", type=Path, help="jsonl.gz of city channels")
    parser.add_argument("--files", type=Path, default=Path("var/peers"), help="folder for dc.pem and session.txt")
    parser.add_argument("--control", type=int, help="port of POST /__add")
    parser.add_argument(
        "--as-dated", action="store_true", help="keep the dates of the stream instead of moving it to now"
    )
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()

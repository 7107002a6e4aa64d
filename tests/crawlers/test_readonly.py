"""The crawlers only read: no code of theirs can write, like, join, vote or report, and the lists hold reading calls alone."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from telethon.tl import functions

import crawlers
from crawlers.clients.vk import Call, VkClient, script
from crawlers.readonly import (
    READ_METHODS,
    READ_PATHS,
    READ_REQUESTS,
    SIGN_IN_REQUESTS,
    WritingRefused,
    check_method,
    check_path,
    check_request,
    request_name,
)
from tests.conftest import SHARED
from tests.crawlers.writing_scan import CLIENT_METHODS, scan, scan_folder
from tests.peers.vk_schema import Schema

CRAWLERS = Path(crawlers.__file__).parent

PLANTED = [
    'client.read("wall.post", {"message": "привет"})',
    'self.call("wall.createComment", owner_id=-1)',
    'METHOD = "likes.add"',
    'METHOD = "groups.join"',
    'METHOD = "polls.addVote"',
    'METHOD = "wall.reportPost"',
    'METHOD = "messages.send"',
    'METHOD = "messages.markAsRead"',
    'METHOD = f"wall.{verb}"',
    "import vk_api\napi = vk_api.VkTools(session)",
    "from vk_api.upload import VkUpload",
    "import vk_api\nvk_api.VkApi(token=t).get_api; getattr(vk_api, name)",
    "from telethon import functions\nfunctions.channels.JoinChannelRequest(c)",
    "from telethon import functions\nfunctions.messages.SendMessageRequest(c, 'x')",
    "from telethon import functions\nfunctions.messages.ImportChatInviteRequest('x')",
    "from telethon import functions\nfunctions.messages.SendReactionRequest(c, 1)",
    "from telethon import functions\nfunctions.messages.SendVoteRequest(c, 1, [])",
    "from telethon import functions\nfunctions.messages.ReportRequest(c, [1], b'', '')",
    "from telethon import functions\nfunctions.account.ReportPeerRequest(c, r, '')",
    "from telethon import functions\nfunctions.channels.ReadHistoryRequest(c, 1)",
    "from telethon import functions\nfunctions.messages.GetMessagesViewsRequest(c, [1], True)",
    "from telethon import functions\nfunctions.auth.SignInRequest('7', 'h', '1')",
    "from telethon import functions\ngetattr(functions.messages, name)\ngetattr(functions, 'channels')",
    "from telethon.tl.functions.channels import JoinChannelRequest",
    "from telethon import TelegramClient\nasync def f(c): await c.send_message(1, 'x')",
    "from telethon import TelegramClient\nasync def f(c): await c.send_read_acknowledge(1)",
    "from telethon import TelegramClient\nasync def f(c): await c.forward_messages(1, 2)",
    "from telethon import TelegramClient\nasync def f(c): await c.sign_in('7', '1')",
    "from telethon import TelegramClient\nasync def f(c): await c.delete_messages(1, 2)",
    "http.post(url, json={})",
    "httpx.put(url)",
    "scrapy.Request(url, method='POST')",
    "scrapy.Request(url, method='put')",
    "client.request('post', url)",
    "scrapy.FormRequest(url)",
    "from scrapy.http import JsonRequest",
    "import smtplib",
    "import urllib.request",
    "from http.client import HTTPConnection",
]


def test_crawlers_code_only_reads() -> None:
    """Nothing in crawlers/ names or calls anything that writes."""
    assert scan_folder(CRAWLERS) == []


@pytest.mark.parametrize("code", PLANTED)
def test_planted_writing_is_found(code: str) -> None:
    """The walk above would find each way of writing, had somebody planted it."""
    assert scan(code, "spiders/planted.py") != []


def test_planted_writing_is_found_where_it_stands(tmp_path: Path) -> None:
    """Planted into a copy of the real code, a writing call is named with its file and line."""
    copy = tmp_path / "crawlers"
    shutil.copytree(CRAWLERS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    guilty = copy / "spiders" / "vk.py"
    lines = guilty.read_text().count("\n")
    with guilty.open("a") as file:
        file.write('\nasync def thank(spider):\n    await spider.call("likes.add", type="post", item_id=1)\n')

    assert scan_folder(copy) == [f"spiders/vk.py:{lines + 3}: метод ВКонтакте «likes.add»"]


def test_lists_hold_reading_calls_alone() -> None:
    """Every allowed call gets, checks or resolves; signing in is a list of its own."""
    assert all(re.fullmatch(r"\w+\.(get|resolve)\w*", m) for m in READ_METHODS)
    assert all(re.fullmatch(r"\w+\.(Get|Resolve)\w+Request", r) for r in READ_REQUESTS)
    assert {"/me", "/chats"} == READ_PATHS
    assert not READ_REQUESTS & SIGN_IN_REQUESTS
    assert {"send_message", "send_read_acknowledge", "delete_messages"} <= CLIENT_METHODS


def requests() -> list[type[Any]]:
    """Every request that the installed Telethon can send."""
    modules = [
        importlib.import_module(m.name) for m in pkgutil.iter_modules(functions.__path__, f"{functions.__name__}.")
    ]
    return [c for m in modules for n, c in vars(m).items() if n.endswith("Request") and isinstance(c, type)]


def test_telegram_passes_listed_requests_alone() -> None:
    """Of the hundreds of requests that Telethon knows, exactly the listed ones pass, and each listed one exists."""
    passed = set()
    for kind in requests():
        request = kind.__new__(kind)
        try:
            check_request(request)
        except WritingRefused:
            continue
        passed.add(request_name(request))

    assert passed == READ_REQUESTS
    assert {request_name(k.__new__(k)) for k in requests()} >= SIGN_IN_REQUESTS
    assert len(requests()) > 500


def test_vk_passes_listed_methods_alone() -> None:
    """Of all methods of the published schema exactly the listed ones pass; the others never reach the network."""
    folder = SHARED / "data" / "vk-api-schema"
    if not folder.is_dir():
        pytest.skip(f"нет схемы API для сверки: задайте OTKLIK_SHARED (ищу {folder})")
    client = VkClient("ключ", base="http://127.0.0.1:9/method/")
    for method in Schema(folder).methods.keys() - READ_METHODS:
        with pytest.raises(WritingRefused):
            client.read(method, {})
    assert Schema(folder).methods.keys() >= READ_METHODS
    client.close()


@pytest.mark.parametrize("method", ["execute", "wall.post", "wall.get; API.wall.post", "Wall.get", ""])
def test_scripts_hold_reading_calls_alone(method: str) -> None:
    """A script for execute is written by the client, and only of listed methods."""
    with pytest.raises(WritingRefused):
        script([Call("a", "wall.get", {"owner_id": -1}), Call("b", method, {})])
    with pytest.raises(WritingRefused):
        check_method(method)


def test_parameters_cannot_leave_their_place_in_a_script() -> None:
    """Whatever stands in a key or a parameter stays a JSON string inside the script."""
    hostile = '"});API.wall.post({"message":"x'
    written = script([Call(hostile, "wall.get", {"domain": hostile})])

    assert written.count("API.wall.get(") == 1
    assert '\\"});API.wall.post(' in written
    assert re.sub(r'"(\\.|[^"\\])*"', '""', written) == 'return {"":API.wall.get({"": ""})};'


def test_too_many_calls_are_no_script() -> None:
    """VK runs 25 calls in one execute and no more."""
    with pytest.raises(ValueError, match="25"):
        script([Call(str(i), "wall.get", {}) for i in range(26)])


@pytest.mark.parametrize("path", ["/messages", "/chats/1/members", "/me/"])
def test_max_paths(path: str) -> None:
    """MAX is asked for two paths and no other."""
    with pytest.raises(WritingRefused, match="только читает"):
        check_path(path)

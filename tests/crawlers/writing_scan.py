"""Finds in source code whatever could write, like, join, vote, report or mark as read on a platform."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from telethon import TelegramClient

from crawlers.readonly import READ_METHODS, READ_REQUESTS, SIGN_IN_REQUESTS

VK_SECTIONS = frozenset(
    [
        "account",
        "ads",
        "adsweb",
        "appWidgets",
        "apps",
        "asr",
        "audio",
        "auth",
        "board",
        "bugtracker",
        "calls",
        "database",
        "docs",
        "donut",
        "fave",
        "friends",
        "gifts",
        "groups",
        "leadForms",
        "leads",
        "likes",
        "market",
        "messages",
        "newsfeed",
        "notes",
        "notifications",
        "orders",
        "pages",
        "photos",
        "places",
        "podcasts",
        "polls",
        "prettyCards",
        "search",
        "secure",
        "stats",
        "status",
        "storage",
        "store",
        "stories",
        "streaming",
        "translations",
        "users",
        "utils",
        "video",
        "wall",
        "widgets",
    ]
)
"""First words of VK API methods, from the published schema."""
VK_METHOD = re.compile(r"([a-zA-Z]+)\.([a-z]\w*)?")
VK_NAMES = frozenset({"VkApi", "ApiError", "ApiHttpError"})
"""What our code takes from vk-api; VkTools, VkUpload and get_api reach every method there is."""
CLIENT_READS = frozenset({"connect", "disconnect", "get_me", "is_connected"})
CLIENT_SIGN_IN = frozenset({"send_code_request", "sign_in"})
CLIENT_METHODS = frozenset(
    n for n in dir(TelegramClient) if not n.startswith("_") and callable(getattr(TelegramClient, n))
)
HTTP_WRITES = frozenset({"post", "put", "patch", "delete", "request", "send_message", "send_file"})
WRITING_REQUESTS = frozenset({"FormRequest", "JsonRequest", "XmlRpcRequest"})
"""Scrapy's requests that post."""
OTHER_WAYS_OUT = frozenset(
    {
        "smtplib",
        "ftplib",
        "telnetlib",
        "http.client",
        "urllib.request",
        "websockets",
        "paramiko",
        "selenium",
        "playwright",
        "pyrogram",
    }
)
SIGN_IN_FILES = frozenset({"probes.py", "readonly.py"})


def scan_folder(folder: Path) -> list[str]:
    """Return every suspicious place in the Python files of a folder, as "file:line: what"."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        found += scan(path.read_text(encoding="utf-8"), path.relative_to(folder).as_posix())
    return found


def scan(source: str, name: str) -> list[str]:
    """Return every suspicious place in one module."""
    tree = ast.parse(source)
    telegram = any(module.startswith("telethon") for node in ast.walk(tree) for module in _modules(node))
    found = []
    for node in ast.walk(tree):
        for what in (*_words(node), *_imports(node), *_calls(node, name, telegram=telegram), *_telegram(node, name)):
            found.append(f"{name}:{getattr(node, 'lineno', 0)}: {what}")
    return found


def _words(node: ast.AST) -> Iterator[str]:
    """Strings that name a VK method, or the beginning of one."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return
    match = VK_METHOD.fullmatch(node.value)
    if match and match[1] in VK_SECTIONS and node.value not in READ_METHODS:
        yield f"метод ВКонтакте «{node.value}»"
    if node.value in ("POST", "PUT", "PATCH", "DELETE"):
        yield f"метод HTTP «{node.value}»"


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


def _imports(node: ast.AST) -> Iterator[str]:
    for module in _modules(node):
        if module in OTHER_WAYS_OUT or module.split(".")[0] in OTHER_WAYS_OUT:
            yield f"другой путь наружу: {module}"
        if module.startswith("vk_api.") or (module == "vk_api" and isinstance(node, ast.ImportFrom)):
            yield f"часть vk-api: {module}"
        if module.startswith("telethon.tl.functions") and isinstance(node, ast.ImportFrom):
            yield from (
                f"запрос Telegram {a.name}" for a in node.names if not _may(f"{module.rpartition('.')[2]}.{a.name}")
            )
    if isinstance(node, ast.ImportFrom | ast.Import):
        yield from (f"запрос Scrapy {a.name}" for a in node.names if a.name in WRITING_REQUESTS)


def _calls(node: ast.AST, name: str, *, telegram: bool) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    if (
        isinstance(node.func, ast.Name)
        and node.func.id in ("getattr", "eval", "exec", "__import__")
        and _reaches_api(node)
    ):
        yield f"обход списка через {node.func.id}"
    if not isinstance(node.func, ast.Attribute):
        return
    called = node.func.attr
    if called in HTTP_WRITES or called in WRITING_REQUESTS:
        yield f"вызов .{called}()"
    if any(k.arg == "method" and isinstance(k.value, ast.Constant) and k.value.value != "GET" for k in node.keywords):
        yield "запрос с другим методом, чем GET"
    client = CLIENT_METHODS - CLIENT_READS - (CLIENT_SIGN_IN if Path(name).name in SIGN_IN_FILES else frozenset())
    if telegram and called in client:
        yield f"вызов клиента Telegram .{called}()"


def _reaches_api(node: ast.Call) -> bool:
    first = node.args[0] if node.args else None
    named = first.attr if isinstance(first, ast.Attribute) else first.id if isinstance(first, ast.Name) else ""
    return isinstance(node.func, ast.Name) and (
        node.func.id != "getattr" or named in ("functions", "vk_api", "_api", "api")
    )


def _telegram(node: ast.AST, name: str) -> Iterator[str]:
    """Requests of Telethon by attribute, and names of vk-api beyond the few we use."""
    if not isinstance(node, ast.Attribute):
        return
    owner = node.value
    if isinstance(owner, ast.Name) and owner.id == "vk_api" and node.attr not in VK_NAMES:
        yield f"часть vk-api: {node.attr}"
    if node.attr in WRITING_REQUESTS:
        yield f"запрос Scrapy {node.attr}"
    if node.attr.endswith("Request") and isinstance(owner, ast.Attribute):
        request = f"{owner.attr}.{node.attr}"
        if not _may(request) or (request in SIGN_IN_REQUESTS and Path(name).name not in SIGN_IN_FILES):
            yield f"запрос Telegram {request}"


def _may(request: str) -> bool:
    return request in READ_REQUESTS | SIGN_IN_REQUESTS

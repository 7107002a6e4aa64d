"""Logs that carry ids and never texts: JSON lines in a rotating file, short lines on the terminal."""

from __future__ import annotations

import logging
import logging.handlers
import re
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import structlog

# Anything under these names is a text of a person or a secret: the line says only that it was there.
_NEVER = frozenset({"text", "body", "token", "secret", "password", "author", "voice", "session", "title"})
# Bot tokens "123:AA…", VK tokens "vk1.a.…", bearer words inside error messages of libraries.
_TOKENS = re.compile(r"(\d{6,12}:[\w-]{20,})|(vk1\.a\.[\w-]{10,})|((?:access_token|token|Bearer)[=: ]+[\w.-]{8,})")
_LOG_BYTES = 5_000_000
_LOG_FILES = 5
QUIETENED = ("httpx", "httpcore", "uvicorn.access", "telethon", "alembic", "asyncio")
"""Libraries that speak of every request, with addresses that may carry tokens."""

Event = MutableMapping[str, Any]


def hide(_logger: object, _name: str, event: Event) -> Event:
    """Replace texts and secrets of a log event by «•••»; works on the event in place and returns it."""
    for key, value in event.items():
        if key in _NEVER:
            event[key] = "•••"
        elif isinstance(value, str):
            event[key] = _TOKENS.sub("•••", value)
    return event


def set_up(level: str, folder: Path | None, *, terminal: bool = True) -> None:
    """Send structlog and the standard library's logs through the same door.

    Args:
        level: name of the lowest level that is written ("INFO").
        folder: where otklik.log is kept (5 files of 5 MB); None writes no file.
        terminal: whether short lines go to standard error as well.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide,
    ]
    root = logging.getLogger()
    root.handlers.clear()
    root.setLevel(level)
    if terminal:
        root.addHandler(_handler(logging.StreamHandler(), shared, structlog.dev.ConsoleRenderer(colors=False)))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        rotating = logging.handlers.RotatingFileHandler(
            folder / "otklik.log", maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8"
        )
        root.addHandler(_handler(rotating, shared, structlog.processors.JSONRenderer(ensure_ascii=False)))
    for noisy in QUIETENED:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def _handler(
    handler: logging.Handler, shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor
) -> logging.Handler:
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder(), hide],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide,
            renderer,
        ],
    )
    handler.setFormatter(formatter)
    return handler

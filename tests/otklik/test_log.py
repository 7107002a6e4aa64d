"""Logs carry ids, never texts or tokens."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
import structlog

from otklik import log


def _lines(folder: Path) -> list[dict[str, str]]:
    for handler in logging.getLogger().handlers:
        handler.flush()
    return [json.loads(line) for line in (folder / "otklik.log").read_text(encoding="utf-8").splitlines()]


def test_texts_are_never_written(tmp_path: Path) -> None:
    """A text handed to the log by mistake is not in the file."""
    log.set_up("INFO", tmp_path, terminal=False)

    structlog.get_logger("t").info("taken in", post=7, text="нет воды на Ленина")

    (line,) = _lines(tmp_path)
    assert line["post"] == 7
    assert line["text"] == "•••"


@pytest.mark.parametrize(
    "secret",
    [
        "123456789:AAF-abcdefghijklmnopqrstuvwxyz012345",
        "vk1.a.QWERTYuiopASDFghjklZXCV",
        "access_token=abcdef0123456789",
    ],
)
def test_tokens_inside_messages_are_hidden(tmp_path: Path, secret: str) -> None:
    """A token inside another library's message does not reach the file."""
    log.set_up("INFO", tmp_path, terminal=False)

    logging.getLogger("library").warning("request to https://host/%s failed", secret)
    structlog.get_logger("t").error("failed", reason=f"url {secret}")

    assert secret not in (tmp_path / "otklik.log").read_text(encoding="utf-8")
    assert len(_lines(tmp_path)) == 2


def test_a_token_in_a_traceback_is_hidden(tmp_path: Path) -> None:
    """A token inside an exception's text does not reach the file either."""
    log.set_up("INFO", tmp_path, terminal=False)
    secret = "123456789:AAF-abcdefghijklmnopqrstuvwxyz012345"

    try:
        raise RuntimeError(f"bad url https://api/bot{secret}/send")
    except RuntimeError:
        structlog.get_logger("t").exception("failed")

    text = (tmp_path / "otklik.log").read_text(encoding="utf-8")
    assert "RuntimeError" in text
    assert secret not in text

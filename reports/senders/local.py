"""Senders that need no network: a folder of files, the console, and the one that says a token is missing."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TextIO

from district.profile import AlertChat
from reports.message import Message, SendFailed, SendRefused, Sent


class Folder:
    """Writes each message as NAME.json and NAME.txt; a message sent again replaces its own files."""

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first message comes."""
        self._folder = folder

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Write both files so that a reader never sees half of one; the .json comes last and is the sign that both stand."""
        name = _safe(f"{chat.id}-{message.id}")
        told = {
            "id": message.id, "chat": chat.id, "numbers": list(message.line.numbers), "level": message.line.level,
            "text": message.line.text, "risks": list(message.facts),
        }  # fmt: skip
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _write(self._folder / f"{name}.txt", message.line.text + "\n")
            _write(self._folder / f"{name}.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            raise SendFailed(f"чат «{chat.name}» (папка): не записать в {self._folder}: {error.strerror}") from error
        return Sent()


class Console:
    """Prints each message to a stream."""

    def __init__(self, stream: TextIO) -> None:
        """`stream` is the terminal or a file, given by the caller."""
        self._stream = stream

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Print the message with the chat's name."""
        try:
            self._stream.write(f"[{chat.name}]\n{message.line.text}\n\n")
            self._stream.flush()
        except (OSError, ValueError) as error:
            raise SendFailed(f"чат «{chat.name}» (консоль): вывод закрыт") from error
        return Sent()


class NoToken:
    """Stands where a token is missing: refuses with the mend instead of losing lines silently."""

    def __init__(self, setting: str, missing: str = "нет токена бота") -> None:
        """`setting` is the name of the missing setting, e.g. OTKLIK_BOT_TOKEN; `missing` says in Russian what is not there."""
        self._setting = setting
        self._missing = missing

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Refuse."""
        mend = f"задайте {self._setting} и нажмите «Отправить отложенные»"
        raise SendRefused(f"чат «{chat.name}»: {self._missing}; {mend}", whole_chat=True)


def _safe(name: str) -> str:
    return re.sub(r"[^0-9A-Za-zА-Яа-яЁё_.-]+", "_", name).strip(".")[:120]


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)

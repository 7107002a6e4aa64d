"""Senders of this installation, by kind of chat: built once from the settings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TextIO

from district.profile import ChatKind
from district.settings import Settings
from reports.message import Message, Sender, SendFailed, SendRefused, Sent
from reports.senders.local import Console, Folder, NoToken
from reports.senders.max import MaxBot
from reports.senders.telegram import TelegramBot

__all__ = [
    "Console", "Folder", "MaxBot", "Message", "NoToken", "SendFailed", "SendRefused", "Sender", "Senders", "Sent",
    "TelegramBot", "build_senders", "close_senders", "senders_for",
]  # fmt: skip

Senders = Mapping[ChatKind, Sender]


def build_senders(settings: Settings, stream: TextIO) -> dict[ChatKind, Sender]:
    """Return a sender for every kind of chat; a bot without a token refuses and says which setting is missing.

    `stream` is where the console sender prints. OSError or ssl.SSLError when the certificate bundle cannot be read.
    """
    bot, max_bot = settings.bot_token, settings.max_token
    return {
        ChatKind.TELEGRAM: TelegramBot(bot.get_secret_value(), settings.bot_api_base, settings.ca_bundle)
        if bot
        else NoToken("OTKLIK_BOT_TOKEN"),
        ChatKind.MAX: MaxBot(max_bot.get_secret_value(), settings.max_api_base, settings.ca_bundle)
        if max_bot
        else NoToken("OTKLIK_MAX_TOKEN"),
        ChatKind.FOLDER: Folder(settings.exports / "alerts"),
        ChatKind.CONSOLE: Console(stream),
    }


@lru_cache(maxsize=4)
def senders_for(settings: Settings) -> Senders:
    """Return the senders of these settings, made once per process; the console is the process's own output."""
    return build_senders(settings, sys.stdout)


def close_senders(senders: Senders) -> None:
    """Close the connections of those senders that keep any."""
    for sender in senders.values():
        close = getattr(sender, "close", None)
        if close is not None:
            close()

"""Senders of this installation, by kind of chat: built once from the settings."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import TextIO

from district.profile import ChatKind
from district.settings import Settings
from reports.message import (
    Button,
    Edited,
    Editor,
    Heard,
    Listener,
    Message,
    Press,
    Said,
    Sender,
    SendFailed,
    SendRefused,
    Sent,
)
from reports.senders.local import Console, Folder, NoToken
from reports.senders.mail import BadMailServer, Mail
from reports.senders.max import MaxBot
from reports.senders.max_ear import MaxEar
from reports.senders.telegram import TelegramBot
from reports.senders.telegram_ear import TelegramEar
from reports.senders.webhook import Webhook

__all__ = [
    "Button", "Console", "Edited", "Editor", "Folder", "Heard", "Listener", "Mail", "MaxBot", "MaxEar", "Message",
    "NoToken", "Press", "Said", "SendFailed", "SendRefused", "Sender", "Senders", "Sent", "TelegramBot", "TelegramEar",
    "Webhook", "build_ears", "build_senders", "close_senders", "ears_for", "senders_for",
]  # fmt: skip

Senders = Mapping[ChatKind, Sender]


def build_senders(settings: Settings, stream: TextIO) -> dict[ChatKind, Sender]:
    """Return a sender for every kind of chat; a bot without a token refuses and says which setting is missing.

    `stream` is where the console sender prints. OSError or ssl.SSLError when the certificate bundle cannot be read.
    """
    bot, max_bot = settings.bot_token, settings.max_token
    secret = settings.webhook_secret
    return {
        ChatKind.TELEGRAM: TelegramBot(bot.get_secret_value(), settings.bot_api_base, settings.ca_bundle)
        if bot
        else NoToken("OTKLIK_BOT_TOKEN"),
        ChatKind.MAX: MaxBot(max_bot.get_secret_value(), settings.max_api_base, settings.ca_bundle)
        if max_bot
        else NoToken("OTKLIK_MAX_TOKEN"),
        ChatKind.FOLDER: Folder(settings.exports / "alerts"),
        ChatKind.CONSOLE: Console(stream),
        ChatKind.EMAIL: _mail(settings),
        ChatKind.WEBHOOK: Webhook(secret.get_secret_value(), settings.ca_bundle)
        if secret
        else NoToken("OTKLIK_WEBHOOK_SECRET", "нет ключа подписи"),
    }


def _mail(settings: Settings) -> Sender:
    if settings.smtp_url is None:
        return NoToken("OTKLIK_SMTP_URL", "нет почтового сервера")
    try:
        return Mail(settings.smtp_url.get_secret_value(), settings.smtp_from, settings.ca_bundle)
    except BadMailServer:
        return NoToken("OTKLIK_SMTP_URL", "адрес почтового сервера не разобран")


def build_ears(settings: Settings) -> dict[ChatKind, Listener]:
    """Return the ears of the bots that have a token: what people press and write to them."""
    ears: dict[ChatKind, Listener] = {}
    if settings.bot_token:
        ears[ChatKind.TELEGRAM] = TelegramEar(
            settings.bot_token.get_secret_value(), settings.bot_api_base, settings.ca_bundle
        )
    if settings.max_token:
        ears[ChatKind.MAX] = MaxEar(settings.max_token.get_secret_value(), settings.max_api_base, settings.ca_bundle)
    return ears


@lru_cache(maxsize=4)
def ears_for(settings: Settings) -> Mapping[ChatKind, Listener]:
    """Return the ears of these settings, made once per process."""
    return build_ears(settings)


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

"""What a sender is given, what it answers, and the two ways in which sending may fail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from district.profile import AlertChat
from reports.alert import AlertLine


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one chat; `id` stays the same when it is sent again, so that a repeat is recognised."""

    id: str
    line: AlertLine
    facts: tuple[dict[str, Any], ...] = ()
    """The packed facts of each risk in it, for senders that write structured files."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The chat has the message; `note` is a warning for the technician, "" when all is well."""

    note: str = ""


class SendFailed(Exception):
    """Не удалось отправить сейчас; попытка будет повторена."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        """`retry_after` is in seconds, as the platform asked; None when it did not."""
        super().__init__(reason)
        self.reason = reason
        self.retry_after = retry_after


class SendRefused(Exception):
    """Получатель отказал окончательно; повторять без участия техника бессмысленно."""

    def __init__(self, reason: str, whole_chat: bool) -> None:
        """`whole_chat` is True when no message can reach this chat, False when only this one cannot."""
        super().__init__(reason)
        self.reason = reason
        self.whole_chat = whole_chat


class Sender(Protocol):
    """Hands a message to chats of one kind."""

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Return when the chat has the message; raise SendFailed (try again) or SendRefused (do not)."""
        ...

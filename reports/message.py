"""What a sender is given and answers, what a bot hears, and the two ways in which either may fail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from district.profile import AlertChat
from reports.alert import AlertLine


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message; `code` comes back when it is pressed ("take:17", at most 64 bytes)."""

    label: str
    code: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message for one chat; `id` stays the same when it is sent again, so that a repeat is recognised."""

    id: str
    line: AlertLine
    facts: tuple[dict[str, Any], ...] = ()
    """The packed facts of each risk in it, for senders that write structured files."""
    buttons: tuple[Button, ...] = ()
    """Shown where the platform has buttons; elsewhere the words must do without them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The chat has the message; `note` is a warning for the technician, "" when all is well."""

    note: str = ""
    remote_id: str = ""
    """The platform's own id of the message, by which it is edited; "" where nothing can be edited."""


class Edited(StrEnum):
    """What became of an edit: done, nothing to change, or the message cannot be changed any more."""

    DONE = "done"
    SAME = "same"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Press:
    """A button that somebody pressed. `person` is the platform's id of who did: it is compared, never stored."""

    key: str
    """The platform's id of the press: each is obeyed once, and answered by it."""
    chat: str
    person: str
    code: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words that somebody wrote to the bot in private: a code that proves a contact."""

    person: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a bot was told since the last time."""

    presses: tuple[Press, ...]
    said: tuple[Said, ...]
    after: int | None
    """Where the next time begins; None when there is nothing to begin after yet."""
    skipped: int = 0
    """Updates of kinds that nobody here understands: passed over."""


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


@runtime_checkable
class Editor(Protocol):
    """A sender that can also change what it sent."""

    def edit(self, chat: AlertChat, remote_id: str, message: Message) -> Edited:
        """Bring a sent message up to date; raise SendFailed (try again) or SendRefused (the chat is closed to us)."""
        ...


@runtime_checkable
class Listener(Protocol):
    """The bot's ear: what people press and write to it."""

    def hear(self, after: int | None, wait: float) -> Heard:
        """Return what came, waiting up to `wait` seconds for the first; raise SendFailed or SendRefused."""
        ...

    def answer(self, press: Press, text: str) -> None:
        """Show a sentence to who pressed; a press too old to be answered is passed over. Raise SendFailed."""
        ...

    def reply(self, person: str, text: str) -> None:
        """Write to a person in private; raise SendFailed or SendRefused."""
        ...

    def name(self) -> str:
        """Return the bot's public name («@mcu_bot»), for the page that tells staff whom to write to; "" when unknown."""
        ...

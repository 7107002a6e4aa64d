"""What the crawlers may ask of a platform: short lists of reading calls; anything else is refused before it is sent."""

from __future__ import annotations

from typing import Any

READ_METHODS = frozenset(
    {
        "account.getAppPermissions",  # what the key may do; only a user's key may ask it
        "groups.getTokenPermissions",  # the same for a community's key
        "utils.getServerTime",  # does the key work at all
        "utils.resolveScreenName",
        "wall.get",
        "wall.getById",
        "wall.getComments",
    }
)
"""VK API methods, all of them reading. `execute` is not here: the client writes its script itself, of these only."""

READ_REQUESTS = frozenset(
    {
        "channels.GetFullChannelRequest",
        "channels.GetMessagesRequest",
        "contacts.ResolveUsernameRequest",  # finds a public name; adds nobody to contacts
        "messages.GetHistoryRequest",  # does not mark anything as read: that is a call of its own, absent here
        "messages.GetRepliesRequest",
        "updates.GetDifferenceRequest",  # Telethon asks both once after connecting
        "updates.GetStateRequest",
        "users.GetUsersRequest",  # is the session alive
    }
)
"""Telegram requests by module and class, all of them reading."""

SIGN_IN_REQUESTS = frozenset(
    {
        "account.GetPasswordRequest",
        "auth.CheckPasswordRequest",
        "auth.SendCodeRequest",
        "auth.SignInRequest",
    }
)
"""Telegram requests that only `otklik account add telegram` may send, beside the reading ones."""

READ_PATHS = frozenset({"/chats", "/me"})
"""MAX Bot API paths, asked with GET."""


class WritingRefused(Exception):
    """Отклик только читает."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Отклик только читает: «{what}» нет в списке разрешённых вызовов (crawlers/readonly.py), запрос не отправлен."
        )


def check_method(method: str) -> None:
    """Raise WritingRefused for a VK method that is not on the list."""
    if method not in READ_METHODS:
        raise WritingRefused(f"VK {method}")


def request_name(request: Any) -> str:
    """Return "module.Class" of a Telethon request, as in the lists above."""
    kind = type(request)
    return f"{kind.__module__.rpartition('.')[2]}.{kind.__name__}"


def check_request(request: Any, allowed: frozenset[str] = READ_REQUESTS) -> None:
    """Raise WritingRefused for a Telegram request (or any of a list of them) that is not allowed."""
    for one in request if isinstance(request, list | tuple) else (request,):
        if request_name(one) not in allowed:
            raise WritingRefused(f"Telegram {request_name(one)}")


def check_path(path: str) -> None:
    """Raise WritingRefused for a MAX path that is not on the list."""
    if path not in READ_PATHS:
        raise WritingRefused(f"MAX {path}")

"""One Telegram message as plain JSON: what a post needs, and no name, phone or avatar of anybody."""

from __future__ import annotations

from typing import Any

from telethon import types
from telethon.tl import TLObject

_MEDIA = {
    types.MessageMediaPhoto: ("photo", "photo"),
    types.MessageMediaDocument: ("document", "document"),
    types.MessageMediaWebPage: ("link", "webpage"),
    types.MessageMediaPoll: ("poll", "poll"),
}

DEEPEST = 60
"""Deeper nesting than any page has; a hostile one is cut there."""


def number_of(message: Any) -> int:
    """Return the number of any kind of message."""
    return int(message.id)


def message_json(message: Any) -> dict[str, Any] | None:
    """Return a message as JSON values, or None for a service line («закрепил», «вступил») and an empty place.

    Times are whole seconds since 1970, UTC. A counter that Telegram does not give is None, never 0.
    """
    if not isinstance(message, types.Message):
        return None
    replies, fwd = message.replies, message.fwd_from
    return {
        "id": int(message.id),
        "date": _seconds(message.date),
        "edited": None
        if message.edit_hide
        else _seconds(message.edit_date),  # hidden: only a reaction or a view changed
        "text": message.message or rich_words(message.rich_message) or _question(message.media),
        "views": message.views,
        "forwards": message.forwards,
        "replies": replies.replies if replies is not None else None,
        "reactions": sum(r.count for r in message.reactions.results) if message.reactions else None,
        "author": _author(message),
        "reply_to": getattr(message.reply_to, "reply_to_msg_id", None),
        "top": getattr(message.reply_to, "reply_to_top_id", None),
        "copy": _copied(fwd),
        "album": message.grouped_id,
        "media": _media(message),
    }


def _seconds(moment: Any) -> int | None:
    return int(moment.timestamp()) if moment else None


def _author(message: Any) -> str | None:
    """Return the number of who wrote it, negative for a channel; the pipeline turns it into a token and forgets it."""
    peer = message.from_id or (message.peer_id if message.post else None)
    if isinstance(peer, types.PeerUser):
        return str(peer.user_id)
    if isinstance(peer, types.PeerChannel):
        return f"-{peer.channel_id}"
    return None


def _copied(fwd: Any) -> list[int] | None:
    """Return channel and number of the post this message repeats; forwards from people are not told."""
    if fwd is None or not isinstance(fwd.from_id, types.PeerChannel) or not fwd.channel_post:
        return None
    return [int(fwd.from_id.channel_id), int(fwd.channel_post)]


def _media(message: Any) -> list[str]:
    """Return what the attachment of a message is found by again: "photo:15", "link:https://…".

    A sticker, a contact card or a map point is no content (or is personal): only that there was one is told, under the
    message's own number, so that it is nobody's copy.
    """
    media, rich = message.media, message.rich_message
    if rich is not None:
        return [*(f"photo:{p.id}" for p in rich.photos), *(f"document:{d.id}" for d in rich.documents)]
    if media is None:
        return []
    word, field = _MEDIA.get(type(media), (type(media).__name__.removeprefix("MessageMedia").lower(), ""))
    thing: Any = getattr(media, field, None) if field else None
    if getattr(thing, "url", None):
        return [f"link:{thing.url}"]
    if getattr(thing, "id", None) is None or _is_sticker(thing):
        return [f"{word}:in_{message.peer_id.channel_id}_{message.id}"]
    return [f"{word}:{thing.id}"]


def _is_sticker(thing: Any) -> bool:
    return any(isinstance(a, types.DocumentAttributeSticker) for a in getattr(thing, "attributes", None) or ())


def _question(media: Any) -> str:
    """Return the question of a poll: it is the post's own words, and often the only ones."""
    poll = getattr(media, "poll", None)
    question = getattr(poll, "question", None)
    return str(getattr(question, "text", question) or "")


def rich_words(rich: Any) -> str:
    """Return the words of a rich message (layer 227: headings, lists, tables instead of one text), a block on a line."""
    words: list[str] = []
    for block in getattr(rich, "blocks", None) or ():
        words.append("\n")
        _collect(block, words, DEEPEST)
    return "\n".join(line for line in (part.strip() for part in "".join(words).split("\n")) if line)


def _collect(node: Any, words: list[str], depth: int) -> None:
    """Plain text stands only in the leaves; everything else (styles, links, cells) is a wrapper around them."""
    if isinstance(node, types.TextPlain):
        words.append(node.text)
    elif depth and isinstance(node, list):
        for inner in node:
            _collect(inner, words, depth - 1)
    elif depth and isinstance(node, TLObject):
        if type(node).__name__.startswith("Page"):
            words.append("\n")
        for inner in vars(node).values():
            _collect(inner, words, depth - 1)

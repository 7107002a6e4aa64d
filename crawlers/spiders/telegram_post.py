"""Telegram messages as our client gives them → PostItem: albums as one post, comments under the post they answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from crawlers.items import PostItem

PLATFORM = "telegram"
Message = dict[str, Any]


def joined(messages: Iterable[Message]) -> list[Message]:
    """Return messages in ascending order with each album as one: the first number, all words, all media, the largest counters."""
    out: list[Message] = []
    for message in sorted(messages, key=lambda m: m["id"]):
        if out and message["album"] is not None and message["album"] == out[-1]["album"]:
            _add(out[-1], message)
        else:
            out.append({**message, "media": list(message["media"])})
    return out


def _add(album: Message, part: Message) -> None:
    if part["text"] and part["text"] not in album["text"]:
        album["text"] = f"{album['text']}\n\n{part['text']}".strip()
    album["media"] += part["media"]
    for counter in ("edited", "views", "forwards", "replies", "reactions"):
        known = [v for v in (album[counter], part[counter]) if v is not None]
        album[counter] = max(known, default=None)


def post_item(message: Message, source_id: str, name: str, channel: int) -> PostItem:
    """Return a post of a channel, or a message of an open chat. Counters that Telegram does not give stay None."""
    copied = message["copy"]
    return PostItem(
        source_id=source_id,
        platform=PLATFORM,
        external_id=f"{channel}_{message['id']}",
        url=f"https://t.me/{name}/{message['id']}",
        text=message["text"],
        published_at=_moment(message["date"]),
        reply_to=str(message["reply_to"] or ""),
        author=message["author"],
        edited_at=_moment(message["edited"]),
        views=message["views"],
        likes=message["reactions"],
        reposts=message["forwards"],
        comments=message["replies"],
        attachments=tuple(dict.fromkeys(message["media"])),
        copy_of=f"{PLATFORM}:{copied[0]}_{copied[1]}" if copied else "",
    )


def comment_item(message: Message, source_id: str, name: str, channel: int, post: int) -> PostItem:
    """Return a message of the discussion group as a comment under a post of the channel."""
    answers_root = message["reply_to"] in (None, message["top"]) or message["top"] is None
    return PostItem(
        source_id=source_id,
        platform=PLATFORM,
        external_id=f"{channel}_{post}",
        comment_id=str(message["id"]),
        reply_to="" if answers_root else str(message["reply_to"]),
        url=f"https://t.me/{name}/{post}?comment={message['id']}",
        text=message["text"],
        published_at=_moment(message["date"]),
        author=message["author"],
        edited_at=_moment(message["edited"]),
        likes=message["reactions"],
        reposts=message["forwards"],
        attachments=tuple(dict.fromkeys(message["media"])),
    )


def gone_item(source_id: str, name: str, channel: int, number: int) -> PostItem:
    """Return the mark that a message is no longer there."""
    return PostItem(
        source_id=source_id, platform=PLATFORM, external_id=f"{channel}_{number}", url=f"https://t.me/{name}/{number}",
        text="", published_at=None, gone=True,
    )  # fmt: skip


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None

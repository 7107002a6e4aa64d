"""A VK post or comment as the API gives it → PostItem: text, counters, attachments by identity, whose copy it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from crawlers.items import PostItem

PLATFORM = "vk"
UNPUBLISHED = frozenset({"postpone", "suggest"})
"""Post types that only administrators of a community see: not public, so never collected."""


def wall_url(owner: int, post: int, comment: int | None = None) -> str:
    """Return the public address of a post, or of a comment under it."""
    return f"https://vk.com/wall{owner}_{post}" + (f"?reply={comment}" if comment else "")


def is_public(raw: Mapping[str, Any]) -> bool:
    """Return False for what only administrators or paying subscribers may see."""
    donut = raw.get("donut")
    paid = isinstance(donut, Mapping) and donut.get("is_donut") is True
    return raw.get("post_type") not in UNPUBLISHED and not paid and not raw.get("friends_only")


def post_item(raw: Mapping[str, Any], source_id: str) -> PostItem:
    """Return a wall post as an item. Missing counters stay None, a missing date too: the pipeline says so.

    A repost carries the text it repeats after its own words, so that copies meet; `copy_of` names the first of the chain.
    """
    owner, number = _number(raw.get("owner_id")) or 0, _number(raw.get("id")) or 0
    history = [h for h in raw.get("copy_history") or [] if isinstance(h, Mapping)]
    texts = [_text(raw), *(_text(h) for h in history)]
    attached = [a for part in (raw, *history) for a in _attachments(part, f"{owner}_{number}")]
    return PostItem(
        source_id=source_id,
        platform=PLATFORM,
        external_id=f"{owner}_{number}" if number else "",
        url=wall_url(owner, number),
        text="\n\n".join(t for t in texts if t),
        published_at=_moment(raw.get("date")),
        author=_author(raw),
        edited_at=_moment(raw.get("edited")),
        views=_count(raw, "views"),
        likes=_count(raw, "likes"),
        reposts=_count(raw, "reposts"),
        comments=_count(raw, "comments"),
        attachments=tuple(dict.fromkeys(attached)),
        copy_of=_origin(history),
        notes={"ads": "1"} if raw.get("marked_as_ads") else {},
    )


def comment_item(raw: Mapping[str, Any], source_id: str, owner: int, post: int) -> PostItem:
    """Return a comment, or an answer in its thread, as an item; a deleted one is marked gone."""
    number = _number(raw.get("id")) or 0
    stack = [n for n in map(_number, raw.get("parents_stack") or []) if n]
    answered = _number(raw.get("reply_to_comment")) or (stack[-1] if stack else None)
    return PostItem(
        source_id=source_id,
        platform=PLATFORM,
        external_id=f"{owner}_{post}",
        comment_id=str(number or ""),
        reply_to=str(answered or ""),
        url=wall_url(owner, post, number),
        text=_text(raw),
        published_at=_moment(raw.get("date")),
        author=_author(raw),
        likes=_count(raw, "likes"),
        attachments=tuple(dict.fromkeys(_attachments(raw, f"{owner}_{post}_{number}"))),
        gone=raw.get("deleted") is True,
    )


def gone_item(source_id: str, owner: int, post: int) -> PostItem:
    """Return the mark that a post is no longer on its wall."""
    return PostItem(
        source_id=source_id, platform=PLATFORM, external_id=f"{owner}_{post}", url=wall_url(owner, post), text="", published_at=None,
        gone=True,
    )  # fmt: skip


def _text(raw: Mapping[str, Any]) -> str:
    """Return the words of a post; the question of a poll counts when there are no others."""
    text = raw.get("text")
    if isinstance(text, str) and text.strip():
        return text
    polls = [a.get("poll") for a in raw.get("attachments") or [] if isinstance(a, Mapping)]
    return next((str(p["question"]) for p in polls if isinstance(p, Mapping) and p.get("question")), "")


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: Any) -> datetime | None:
    number = _number(value)
    if not number or number < 0:
        return None
    try:
        return datetime.fromtimestamp(number, UTC)
    except (OverflowError, OSError, ValueError):
        return None


def _count(raw: Mapping[str, Any], field: str) -> int | None:
    """Return a counter; None where the platform says nothing (old posts have no views, closed comments no count)."""
    holder = raw.get(field)
    return _number(holder.get("count")) if isinstance(holder, Mapping) else None


def _author(raw: Mapping[str, Any]) -> str | None:
    """Return the raw id of who wrote it: the signed author of a community's post, else the one it stands under."""
    found = _number(raw.get("signer_id")) or _number(raw.get("from_id"))
    return str(found) if found else None


def _origin(history: list[Mapping[str, Any]]) -> str:
    if not history:
        return ""
    owner, number = _number(history[-1].get("owner_id")), _number(history[-1].get("id"))
    return f"{PLATFORM}:{owner}_{number}" if owner and number else ""


def _attachments(raw: Mapping[str, Any], own: str) -> list[str]:
    return [_identity(a, own) for a in raw.get("attachments") or [] if isinstance(a, Mapping)]


def _identity(attachment: Mapping[str, Any], own: str) -> str:
    """Return what an attachment is found by again: "photo:-1_5", "link:https://…".

    A sticker or a list of photos has no identity: it carries the number of its own post, so that it is nobody's copy.
    """
    kind = str(attachment.get("type") or "unknown")
    thing = attachment.get(kind)
    if isinstance(thing, Mapping):
        owner, number, url = _number(thing.get("owner_id")), _number(thing.get("id")), thing.get("url")
        if kind != "link" and owner is not None and number is not None:
            return f"{kind}:{owner}_{number}"
        if isinstance(url, str) and url:
            return f"{kind}:{url[:500]}"
    return f"{kind}:in_{own}"

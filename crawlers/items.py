"""PostItem and PageEnd: the only things a spider may yield (besides further requests)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class PostItem:
    """One public post or comment as the platform gave it: raw, not yet masked; never stored as it is.

    `author` is the platform's raw id; the pipeline turns it into a keyed token and forgets it.
    Names, avatars and profile addresses have no field here on purpose.
    """

    source_id: str
    platform: str
    external_id: str
    url: str
    text: str
    published_at: datetime | None
    """Aware; None when the page gives no time: the pipeline quarantines the item with that reason."""
    comment_id: str = ""
    reply_to: str = ""
    author: str | None = None
    edited_at: datetime | None = None
    views: int | None = None
    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None
    attachments: tuple[str, ...] = ()
    copy_of: str = ""
    gone: bool = False
    """True when the platform says that this post is no longer there (deleted): it is marked, not erased."""
    notes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageEnd:
    """«Everything yielded so far may be stored together with this cursor in one transaction».

    `cursor` is made of plain JSON values and is only read by the spider that wrote it: the next run
    of the same source gets it back and starts there.
    """

    source_id: str
    cursor: dict[str, Any]

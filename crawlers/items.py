"""PostItem: the only thing a spider may yield (besides further requests)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


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

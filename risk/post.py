"""Post: one public publication as the rules see it: masked, its author already a keyed token."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reach:
    """Counters of a post at one moment; None is «unknown» and never the same as 0."""

    views: int | None = None
    likes: int | None = None
    reposts: int | None = None
    comments: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One public post or comment, masked at the door.

    Unique by (platform, source_id, external_id, comment_id): comment ids repeat between communities.
    All times are aware and in UTC.
    """

    platform: str
    source_id: str
    external_id: str
    """Id of the post on its platform; for a comment, of the post it stands under."""
    comment_id: str
    """Id of the comment, or "" for a post."""
    url: str
    text: str
    published_at: datetime
    seen_at: datetime
    reach: Reach = Reach()
    edited_at: datetime | None = None
    reply_to: str = ""
    """For a comment in a thread: the comment_id it answers."""
    voice: str | None = None
    """Keyed one-way token of the author (texts.pseudonym), only to count distinct voices; None when unknown."""
    attachments: tuple[str, ...] = ()
    """Identities, not contents: "photo:-1_5", "link:https://…", "video:…"."""
    copy_of: str = ""
    """Platform's own word that this repeats another public post, e.g. "vk:-1_5" or "telegram:100_7"; "" if it does not."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes the post unique."""
        return (self.platform, self.source_id, self.external_id, self.comment_id)

    @property
    def is_comment(self) -> bool:
        """True for a comment under a post."""
        return self.comment_id != ""

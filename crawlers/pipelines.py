"""The door: an item of a spider is checked, masked, its author becomes a token, and a page goes to casework at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from crawlers.items import PageEnd, PostItem
from crawlers.visit import Visit
from risk.post import Post, Reach
from texts.mask import mask
from texts.pseudonym import voice

BATCH = 100
"""Posts of one transaction: a page of VK or Telegram; the storage budget (3,000 posts/s) is measured on it."""
MAX_TEXT = 100_000
"""Longer than any post can be (VK: 16,384 characters; Telegram: 4,096): such a «post» is a page taken for one."""
FUTURE = timedelta(days=1)
"""A post may stand so far in the future (a site without a time zone, a wrong clock); later than that is no date."""
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
"""No public page of a Russian municipality is older."""
EXCERPT = 300
MAX_ATTACHMENTS = 20
MAX_ADDRESS = 2_000
_PERSONS_WALL = re.compile(r"^vk:\d")


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An item that was not taken in: why, and enough of it (masked) to find it on the page."""

    reason: str
    item: Mapping[str, Any]


class Intake(Protocol):
    """Where checked pages go: casework in a crawl, a list in «try now»."""

    def take(self, posts: Sequence[Post], cursor: Mapping[str, Any] | None) -> Mapping[str, int]:
        """Store posts and the cursor in one transaction; returns counts by name."""

    def gone(self, keys: Sequence[tuple[str, str, str, str]]) -> None:
        """Mark posts that are no longer on their page."""

    def refuse(self, rows: Sequence[RefusedItem]) -> None:
        """Put refused items into quarantine."""


def problem(item: PostItem, now: datetime) -> str:
    """Return why an item cannot be taken in (Russian sentence for the desk), or "" when it can."""
    if not item.external_id.strip():
        return "нет номера записи: её нельзя отличить от других"
    if item.gone:
        return ""
    if item.published_at is None:
        return "у записи нет даты"
    if item.published_at.tzinfo is None:
        return f"дата без часового пояса: {item.published_at:%d.%m.%Y %H:%M}"
    if item.published_at - now > FUTURE:
        return f"дата в будущем: {item.published_at:%d.%m.%Y %H:%M}"
    if item.published_at < EARLIEST:
        return f"невозможная дата: {item.published_at:%d.%m.%Y}"
    return _problem_of_words(item)


def _problem_of_words(item: PostItem) -> str:
    if len(item.text) > MAX_TEXT:
        return f"слишком длинная запись: {len(item.text)} знаков, больше {MAX_TEXT}"
    if not item.text.strip() and not item.attachments:
        return "пустая запись: ни текста, ни вложений"
    return ""


def masked_excerpt(item: PostItem) -> dict[str, Any]:
    """Return what quarantine and «try now» may keep of an item: masked, short, without the author."""
    text = mask(item.text[: 4 * EXCERPT]).text
    return {
        "external_id": item.external_id[:100],
        "comment_id": item.comment_id[:100],
        "url": mask(item.url[:MAX_ADDRESS]).text,
        "published_at": item.published_at.isoformat() if item.published_at else None,
        "text": text[:EXCERPT],
        "length": len(item.text),
    }


def _bare(item: PostItem) -> dict[str, Any]:
    """Return what can be told of an item that nothing else can be read of."""
    return {"external_id": str(item.external_id)[:100], "comment_id": str(item.comment_id)[:100], "text": ""}


def to_post(item: PostItem, now: datetime, secret: bytes) -> tuple[Post, Mapping[str, int]]:
    """Return the post of a checked item, masked, with what was masked by kind; `secret` keys the author's token.

    A time a little ahead of ours (a site's wrong zone) becomes `now`.
    """
    assert item.published_at is not None
    masked = mask(item.text)
    post = Post(
        platform=item.platform,
        source_id=item.source_id,
        external_id=item.external_id,
        comment_id=item.comment_id,
        url=item.url[:MAX_ADDRESS],
        text=masked.text,
        published_at=min(item.published_at.astimezone(UTC), now),
        seen_at=now,
        reach=Reach(*(_counter(n) for n in (item.views, item.likes, item.reposts, item.comments))),
        edited_at=item.edited_at.astimezone(UTC) if item.edited_at and item.edited_at.tzinfo else None,
        reply_to=item.reply_to,
        voice=voice(item.author, item.platform, secret) if item.author else None,
        attachments=_public_attachments(item.attachments),
        copy_of="" if _PERSONS_WALL.match(item.copy_of) else item.copy_of,
    )
    return post, masked.found


def _counter(value: int | None) -> int | None:
    """A negative or absurd counter is unknown, not zero."""
    return value if value is not None and 0 <= value < 1 << 53 else None


def _public_attachments(found: Sequence[str]) -> tuple[str, ...]:
    """Attachments without those whose address itself is personal (a profile, a phone number in a link)."""
    return tuple(a[:MAX_ADDRESS] for a in found[:MAX_ATTACHMENTS] if not mask(a).found)


@dataclass
class Door:
    """Scrapy item pipeline: one per crawl; what it cannot take in is put aside with a reason, never dropped."""

    visit: Visit
    intake: Intake
    secret: bytes
    clock: Callable[[], datetime]
    broken: bool = False
    """True after a page could not be stored: nothing more is taken, so that no cursor passes what was lost."""
    _posts: list[Post] = field(default_factory=list)
    _gone: list[tuple[str, str, str, str]] = field(default_factory=list)
    _refused: list[RefusedItem] = field(default_factory=list)
    _stop: Callable[[], None] = lambda: None

    @classmethod
    def from_crawler(cls, crawler: Any) -> Door:
        """Build the door of a crawl from what its spider was given (`visit`, `intake`, `secret`, `clock`)."""
        spider = crawler.spider
        door = cls(spider.visit, spider.intake, spider.secret, spider.clock)
        door._stop = spider.give_up
        return door

    def process_item(self, item: PostItem | PageEnd) -> PostItem | PageEnd:
        """Take one item: a post waits for its page, the end of a page stores it with its cursor."""
        if isinstance(item, PageEnd):
            self._flush(None if self.visit.preview else item.cursor)
            return item
        self.visit.counts["items"] += 1
        try:
            self._sort(item)
        except Exception as error:  # whatever a spider yielded, the rest of its page is collected
            self._refused.append(RefusedItem(f"запись не разобрана ({type(error).__name__})", _bare(item)))
        if len(self._posts) + len(self._gone) + len(self._refused) >= BATCH:
            self._flush(None)
        return item

    def close_spider(self) -> None:
        """Store what the last page left; its cursor is not known, so the next run reads it again."""
        self._flush(None)

    def _sort(self, item: PostItem) -> None:
        reason = problem(item, self.clock())
        if reason:
            self._refused.append(RefusedItem(reason, masked_excerpt(item)))
        elif item.gone:
            self._gone.append((item.platform, item.source_id, item.external_id, item.comment_id))
        else:
            self._accept(item)

    def _accept(self, item: PostItem) -> None:
        post, found = to_post(item, self.clock(), self.secret)
        if not post.text.strip() and not post.attachments:
            self._refused.append(RefusedItem("после чистки в записи ничего не осталось", masked_excerpt(item)))
            return
        self.visit.counts["masked"] += sum(found.values())
        self._posts.append(post)

    def _flush(self, cursor: Mapping[str, Any] | None) -> None:
        posts, gone, refused = self._posts, self._gone, self._refused
        self._posts, self._gone, self._refused = [], [], []
        if self.broken:
            return
        try:
            self._store(posts, gone, refused, cursor)
        except Exception as error:  # a door: a page that cannot be stored ends the visit with a reason
            self.broken = True
            lost = len(posts) + len(gone) + len(refused)
            self.visit.trouble(
                f"база не приняла страницу ({type(error).__name__}: {str(error).splitlines()[0][:200] if str(error) else ''}), "
                f"записей: {lost}; указатель не сдвинут, страница будет прочитана снова"
            )
            self._stop()

    def _store(
        self,
        posts: list[Post],
        gone: list[tuple[str, str, str, str]],
        refused: list[RefusedItem],
        cursor: Mapping[str, Any] | None,
    ) -> None:
        if refused:
            self.intake.refuse(refused)
            self.visit.counts["refused"] += len(refused)
        if gone:
            self.intake.gone(gone)
        if posts or cursor is not None:
            for name, number in self.intake.take(posts, cursor).items():
                self.visit.counts[name] += number
        if posts or gone or refused:
            self.visit.count("batches")

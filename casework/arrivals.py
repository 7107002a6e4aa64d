"""Sorts a batch of posts into new, edited and seen before, and joins two sights of one post in the same batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from risk.facts import TextFacts
from risk.post import Post, Reach
from risk.reading import Reader
from storage.engine import Tx
from storage.find.arrivals import Key, Known, known_posts
from storage.find.groups import Group

_UNREAD = TextFacts()


@dataclass(slots=True)
class Arrival:
    """One post on its way in."""

    post: Post
    sha: bytes
    """Hash of the masked text: tells an edit from a second sight."""
    known: Known | None
    facts: TextFacts = _UNREAD
    id: int = 0
    """Given when a new post is placed."""
    group: Group | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A batch sorted out."""

    new: list[Arrival]
    edited: list[Arrival]
    same: list[Arrival]
    parents: dict[Key, Known]
    """Stored posts under which comments of the batch stand."""

    @property
    def seen(self) -> list[Arrival]:
        """Those that are stored already, edited or not."""
        return self.edited + self.same


def text_sha(text: str) -> bytes:
    """Return the 16-byte hash by which an edit is seen."""
    return blake2b(text.encode(), digest_size=16).digest()


def _sound(post: Post) -> Post:
    """Return the post with words that every database can hold: no NUL, no half of a surrogate pair."""
    words = (post.text, post.url, post.external_id, post.comment_id, post.reply_to, post.copy_of, *post.attachments)
    if _holds("".join(words)):
        return post
    return replace(
        post,
        text=_mended(post.text),
        url=_mended(post.url),
        external_id=_mended(post.external_id),
        comment_id=_mended(post.comment_id),
        reply_to=_mended(post.reply_to),
        copy_of=_mended(post.copy_of),
        attachments=tuple(_mended(a) for a in post.attachments),
    )


def _holds(words: str) -> bool:
    try:
        words.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in words


def _mended(words: str) -> str:
    return words.encode("utf-8", "replace").decode().replace("\x00", "")


def _later(left: datetime | None, right: datetime | None) -> datetime | None:
    return max((m for m in (left, right) if m is not None), default=None)


def _joined(earlier: Post, later: Post) -> Post:
    """Return one post of two sights of it: the later text, and each counter as last known."""
    reach = Reach(
        *(
            new if new is not None else old
            for old, new in (
                (earlier.reach.views, later.reach.views),
                (earlier.reach.likes, later.reach.likes),
                (earlier.reach.reposts, later.reach.reposts),
                (earlier.reach.comments, later.reach.comments),
            )
        )
    )
    return replace(later, reach=reach, edited_at=_later(earlier.edited_at, later.edited_at))


def sort_out(tx: Tx, posts: Sequence[Post]) -> Arrivals:
    """Return the batch sorted by what is stored; the order of first sight stays."""
    unique: dict[Key, Post] = {}
    for given in posts:
        post = _sound(given)
        earlier = unique.get(post.key)
        unique[post.key] = post if earlier is None else _joined(earlier, post)
    parents = {(p.platform, p.source_id, p.external_id, "") for p in unique.values() if p.is_comment}
    known = known_posts(tx, [*unique, *sorted(parents - unique.keys())])
    sorted_out = Arrivals([], [], [], {key: known[key] for key in parents if key in known})
    for key, post in unique.items():
        arrival = Arrival(post, text_sha(post.text), known.get(key))
        if arrival.known is None:
            sorted_out.new.append(arrival)
        elif arrival.known.text_sha != arrival.sha and not arrival.known.forgotten:
            sorted_out.edited.append(arrival)
        else:
            sorted_out.same.append(arrival)
    return sorted_out


def read_texts(arrivals: Arrivals, reader: Reader) -> None:
    """Read what is new or edited; a text seen before is not read again."""
    fresh = arrivals.new + arrivals.edited
    for arrival, facts in zip(fresh, reader.read_many([a.post.text for a in fresh]), strict=True):
        arrival.facts = facts

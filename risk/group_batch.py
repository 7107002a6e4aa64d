"""Makes a batch of posts ready for comparing: cleaned, hashed, keyed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from risk.post import Post
from texts.clean import clean, letters, plain
from texts.similar import MOST_KEYS, NO_KEY, text_hash, window_keys

IDENTITY = 1 << 62
"""Keys from here up name a post, a photo or a link; below are keys of text windows."""


@dataclass(frozen=True, slots=True)
class SourceStyle:
    """What a source adds to each of its posts."""

    footers: tuple[str, ...] = ()
    """Signatures at the end of a post: «Подписаться на канал», stripped before comparing."""
    series: tuple[str, ...] = ()
    """Openings of posts that come again and again about another day: «Прогноз погоды на», «Расписание»."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """A batch of posts made ready for comparing; everything stands in the order of `posts`."""

    posts: tuple[Post, ...]
    norms: list[bytes]
    """For column post.norm."""
    plains: list[bytes]
    norm_hashes: list[int]
    """For column post.norm_hash: signed 64 bits; 0 for an empty text."""
    words: list[int]
    """For column post.words."""
    keys: NDArray[np.int64]
    """Window keys, shape (posts, K), padded by NO_KEY."""
    sizes: list[int]
    """Logarithmic length of the cleaned text, 0..255: tells unlike lengths before any text is fetched."""
    identities: list[tuple[int, ...]]
    """Keys of what the platform itself names: own id, the post it repeats, attachments (see `_identities`)."""
    wanted: list[tuple[int, ...]]
    """Identity keys by which an earlier post makes this one its copy."""
    series: list[bool]
    """True where the text begins as a series of its source does."""


def _identity(kind: str, name: str) -> int:
    digest = blake2b(f"{kind} {name}".encode(errors="surrogatepass"), digest_size=8).digest()
    return IDENTITY | (int.from_bytes(digest, "little") >> 2)


def _identities(post: Post, words: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return (keys to keep with the post, keys by which it looks for earlier ones)."""
    own = () if post.is_comment else (_identity("post", f"{post.platform}:{post.external_id}"),)
    repeats = (_identity("post", post.copy_of),) if post.copy_of else ()
    things = tuple(_identity("thing", thing) for thing in post.attachments) if not words else ()
    return (*own, *repeats, *things), (*own, *repeats, *things)


def _size(length: int) -> int:
    """Return 16 steps a doubling, so that a third of difference (fuzz.ratio below 80) is about 9 steps."""
    return min(255, round(16 * float(np.log2(length)))) if length else 0


@lru_cache(maxsize=4096)
def _letters(phrases: tuple[str, ...]) -> tuple[bytes, ...]:
    """Return the cleaned phrases of a style, the longest first."""
    return tuple(sorted({text for text in map(letters, phrases) if text}, key=len, reverse=True))


def _without_footers(norm: bytes, style: SourceStyle) -> bytes:
    """Cut the signatures a source adds; several may stand one after another."""
    footers = _letters(style.footers)
    cut = True
    while cut:
        cut = False
        text = plain(norm)
        for footer in footers:
            if text == footer or text.endswith(b" " + footer):
                norm, cut = norm[: len(norm) - len(footer)].rstrip(), True
                break
    return norm


def _in_series(styles: Mapping[str, SourceStyle], source_id: str, text: bytes) -> bool:
    style = styles.get(source_id)
    return style is not None and bool(style.series) and text.startswith(_letters(style.series))


def _key_rows(plains: list[bytes]) -> NDArray[np.int64]:
    """Return the keys of each text as a row."""
    owners, keys = window_keys(plains)
    order = np.argsort(owners, kind="stable")
    owners, keys = owners[order], keys[order]
    rows = np.full((len(plains), MOST_KEYS), NO_KEY, np.int64)
    rows[owners, np.arange(len(owners)) - np.searchsorted(owners, np.arange(len(plains)))[owners]] = keys
    return rows


def prepare(posts: Sequence[Post], styles: Mapping[str, SourceStyle]) -> Batch:
    """Clean, hash and key a batch of posts; `styles` by source id, a source without one is taken as it is."""
    norms = clean([post.text for post in posts])
    for index, post in enumerate(posts):
        style = styles.get(post.source_id)
        if style is not None and style.footers:
            norms[index] = _without_footers(norms[index], style)
    plains = [plain(norm) for norm in norms]
    words = [norm.count(b" ") + 1 if norm else 0 for norm in plains]
    named = [_identities(post, count) for post, count in zip(posts, words, strict=True)]
    return Batch(
        posts=tuple(posts),
        norms=norms,
        plains=plains,
        norm_hashes=[text_hash(text) if text else 0 for text in plains],
        words=words,
        keys=_key_rows(plains),
        sizes=[_size(len(text)) for text in plains],
        identities=[keep for keep, _ in named],
        wanted=[want for _, want in named],
        series=[_in_series(styles, post.source_id, text) for post, text in zip(posts, plains, strict=True)],
    )

"""Makes a batch of posts ready for comparing: cleaned, hashed, keyed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from risk.group_pair import SHORT_WORDS
from risk.post import Post
from texts.clean import clean, letters, plain
from texts.similar import MOST_KEYS, NO_KEY, text_hash, window_keys

IDENTITY = 1 << 62
"""Keys from here up name a post, a photo or a link; below are keys of text windows."""
THING = 1 << 61
"""Set in a key from IDENTITY up that names an attachment; clear in one that names a post."""


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
    """Keys of what the platform itself names: own id, the post it repeats, attachments of a short text."""
    openings: list[bytes]
    """The opening of its source's series (cleaned) that the text begins with; b"" if none."""


def _identity(kind: int, name: str) -> int:
    digest = blake2b(name.encode(errors="surrogatepass"), digest_size=8).digest()
    return IDENTITY | kind | (int.from_bytes(digest, "little") >> 3)


def _identities(post: Post, words: int) -> tuple[int, ...]:
    """Return the keys of what the platform itself names.

    An id without its owner («5» of a page of t.me) names many posts, so it names none here. Attachments speak only where the text
    says little: the same picture under two long texts is a logo.
    """
    own = f"{post.platform}:{post.external_id}" if "_" in post.external_id and not post.is_comment else ""
    keys = [_identity(0, name) for name in (own, post.copy_of) if name]
    if words < SHORT_WORDS:
        keys += [_identity(THING, thing) for thing in post.attachments]
    return tuple(dict.fromkeys(keys))


def sizes_of(plains: Sequence[bytes]) -> NDArray[np.int64]:
    """Return the logarithmic length of cleaned texts, 0..255: 16 steps a doubling, so that a third more is about 9 steps."""
    lengths = np.fromiter(map(len, plains), np.float64, len(plains))
    sizes: NDArray[np.int64] = np.minimum(np.rint(16 * np.log2(np.maximum(lengths, 1))), 255).astype(np.int64)
    return sizes


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


def _opening(styles: Mapping[str, SourceStyle], source_id: str, text: bytes) -> bytes:
    style = styles.get(source_id)
    if style is None or not style.series:
        return b""
    return next((one for one in _letters(style.series) if text.startswith(one)), b"")


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
    return Batch(
        posts=tuple(posts),
        norms=norms,
        plains=plains,
        norm_hashes=[text_hash(text) if text else 0 for text in plains],
        words=words,
        keys=_key_rows(plains),
        sizes=sizes_of(plains).tolist(),
        identities=[_identities(post, count) for post, count in zip(posts, words, strict=True)],
        openings=[_opening(styles, post.source_id, text) for post, text in zip(posts, plains, strict=True)],
    )

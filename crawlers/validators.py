"""ETag and Last-Modified of pages, kept in the source's cursor: what has not changed is not sent again.

Scrapy's HTTP cache does the same on disk, but a crash between the download and the storing of its posts would leave a
page that says «304, nothing new» and posts that nobody has; the cursor is stored in the transaction of the posts.
"""

from __future__ import annotations

from typing import Any

MAX_KEPT = 200
"""Addresses remembered for one source; the oldest are forgotten first (they would only be read once more)."""


class Validators:
    """The validators of a source's pages, as its cursor keeps them: {address: [etag, last-modified]}."""

    def __init__(self, kept: Any = None) -> None:
        self.kept: dict[str, list[str]] = {
            str(url): [str(v) for v in values][:2]
            for url, values in dict(kept or {}).items()
            if isinstance(values, list)
        }

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers that ask for a page only when it differs from the known one."""
        etag, modified = (*self.kept.get(url, ()), "", "")[:2]
        return {**({"If-None-Match": etag} if etag else {}), **({"If-Modified-Since": modified} if modified else {})}

    def note(self, url: str, response: Any) -> None:
        """Remember the validators of an answer; without any the page is simply asked again next time."""
        self.kept.pop(url, None)
        found = [(response.headers.get(name) or b"").decode("latin-1")[:300] for name in ("ETag", "Last-Modified")]
        if any(found):
            self.kept[url] = found
        while len(self.kept) > MAX_KEPT:
            self.kept.pop(next(iter(self.kept)))

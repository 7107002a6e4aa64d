"""Pages as they come from strangers: only the approved site, only readable text, in the encoding it is really in."""

from __future__ import annotations

import html
import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import lxml.etree  # type: ignore[import-untyped]
import lxml.html  # type: ignore[import-untyped]
from scrapy.http import HtmlResponse, Response, TextResponse
from scrapy.logformatter import LogFormatter
from scrapy.utils.gz import gunzip

from crawlers.guard import Refused
from crawlers.reasons import TroubledRequest
from crawlers.visit import Trouble

_BINARY = re.compile(
    r"^(image|video|audio|font)/|^application/(pdf|zip|x-rar|octet-stream|msword|vnd\.)", re.IGNORECASE
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9._-]{2,30})""")
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BLANKS = re.compile(r"[ \t\xa0\u2000-\u200a\u202f]+")
_LINES = re.compile(r" ?\n ?")
_MANY_LINES = re.compile(r"\n{3,}")
_TAG = re.compile(
    r"<(?:script|style)\b.{0,100000}?</(?:script|style)>|<[a-zA-Z/!][^>]{0,2000}>", re.IGNORECASE | re.DOTALL
)
_DEEP = lxml.html.HTMLParser(huge_tree=True)
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "section",
        "article",
        "ul",
        "ol",
        "table",
        "br",
    }
)
_ONE_LINE = frozenset({"br", "li", "tr"})
_SILENT = frozenset({"script", "style", "noscript", "template", "head", "iframe", "svg", "form"})
MAX_UNPACKED = 5 * 1024 * 1024
_RUSSIAN = frozenset({"windows-1251", "cp1251", "koi8-r", "koi8-u", "cp866", "ibm866", "iso-8859-1", "latin-1"})
"""Declared so, a page may be in any of the Russian code pages: its letters decide."""
BROKEN_SHARE = 0.02
"""A page that is UTF-8 but for so few broken characters is UTF-8 (cut in the middle of a letter, a pasted byte);
cp1251 text read as UTF-8 is broken in nearly every letter (measured on Russian text: over 0.9)."""


def decode(body: bytes, declared: str | None = None) -> str:
    """Return the text of a page in the encoding it is really in, whatever the header or the page says.

    UTF-8 wins whenever the bytes are UTF-8: a windows-1251 or koi8-r page practically never is by accident.
    Control characters that no text has are dropped, so that a NUL does not cut the page.
    """
    return _CONTROL.sub("", _decode(body, declared))


def _decode(body: bytes, declared: str | None) -> str:
    for mark, codec in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if body.startswith(mark):
            return body.decode(codec, "replace")
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken or broken <= BROKEN_SHARE * sum(c > "\x7f" for c in text):
        return text
    found = _DECLARED.search(body[:2048])
    named = (declared or (found.group(1).decode("ascii") if found else "")).lower()
    if named not in ("", "utf-8", "utf8") and named not in _RUSSIAN:
        try:
            return body.decode(named, "replace")
        except LookupError:
            pass
    return max((body.decode(codec, "replace") for codec in ("cp1251", "koi8-r", "cp866")), key=_small_letters)


def _small_letters(text: str) -> int:
    """Count small Russian letters: a text read in a wrong code page has capitals and frames in their places."""
    return sum("а" <= c <= "я" for c in text[:20_000])


def without_declaration(xml: str) -> str:
    """Return XML without its declaration: the text is decoded already, and the declared encoding may be a lie."""
    return _XML_DECLARATION.sub("", xml, count=1).lstrip()


def html_text(fragment: str) -> str:
    """Return the words of an HTML fragment: paragraphs and <br> as lines, no scripts, blanks collapsed."""
    if "<" not in fragment and "&" not in fragment:
        return tidy(fragment)
    clean = _CONTROL.sub("", fragment)
    try:
        root = lxml.html.fragment_fromstring(clean, create_parent="div", parser=_DEEP)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return _tagless(clean)
    # A tree deeper than the parser goes comes back empty; its words are not to be lost.
    return tidy(element_text(root)) or _tagless(clean)


def _tagless(fragment: str) -> str:
    return tidy(html.unescape(_TAG.sub(" ", fragment)))


def element_text(root: Any) -> str:
    """Return the words of a parsed element, lines where a reader sees lines; iterative, so depth does not matter."""
    parts: list[str] = []
    skip: Any = None
    for event, node in lxml.etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            parts.append(node.tail or "" if skip is None else "")
            continue
        if event == "start":
            if skip is None and node.tag in _SILENT:
                skip = node
            elif skip is None:
                parts.append(("\n" if node.tag in _BLOCKS else "") + (node.text or ""))
            continue
        if skip is node:
            skip = None
        if skip is None and node is not root:
            parts.append(("\n" if node.tag in _BLOCKS and node.tag not in _ONE_LINE else "") + (node.tail or ""))
    return "".join(parts)


def tidy(text: str) -> str:
    """Return text with blanks collapsed and no more than one empty line in a row."""
    text = _BLANKS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return _MANY_LINES.sub("\n\n", _LINES.sub("\n", text)).strip()


def host_of(url: str) -> str:
    """Return the host of an address as name servers know it: small ASCII letters, without "www."; "" when there is none."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    return host.lower().removeprefix("www.")


class StayOnSource:
    """Downloader middleware: only hosts of the approved source are asked (requirement 1), redirects included."""

    @classmethod
    def from_crawler(cls, crawler: Any) -> StayOnSource:
        """Build the middleware for a crawler (Scrapy's way)."""
        made = cls()
        made.crawler = crawler
        return made

    crawler: Any = None

    def process_request(self, request: Any) -> None:
        """Let a request to the source's own host pass, refuse any other."""
        parts = urlsplit(request.url)
        allowed = getattr(self.crawler.spider, "allowed_hosts", None)
        if parts.scheme not in ("http", "https") or allowed is None:
            return
        host = host_of(request.url)
        if not any(host == a or host.endswith("." + a) for a in allowed):
            raise Refused(
                f"Адрес ведёт на другой сайт ({host[:80]}), которого нет в списке источников: добавьте его отдельно"
            )


AS_IT_IS = "otklik_as_it_is"
"""Meta key of a request whose answer is wanted as it is: robots.txt may be empty."""


class ReadableOnly:
    """Downloader middleware: answers become UTF-8 text; pictures, archives and empty answers are named and given up."""

    def process_response(self, request: Any, response: Response) -> Response:
        """Return the answer as text in its real encoding, or raise TroubledRequest for what is no text."""
        if response.status != 200 or request.meta.get(AS_IT_IS) or not request.url.startswith(("http://", "https://")):
            return response
        host = urlsplit(request.url).netloc
        kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
        if _BINARY.match(kind):
            raise TroubledRequest(Trouble(f"{host}: вместо страницы пришёл файл ({kind[:60]}), он не прочитан"))
        body = _unpacked(response.body)
        if not body.strip(b"\x00 \r\n\t"):
            raise TroubledRequest(Trouble(f"{host}: пустой ответ вместо страницы, повторим в следующий раз"))
        declared = re.search(r"charset=[\"']?([\w.-]{2,30})", kind, re.IGNORECASE)
        text = decode(body, declared.group(1) if declared else None)
        made: type[TextResponse] = TextResponse if "xml" in kind and "html" not in kind else HtmlResponse
        return made(
            response.url, status=200, headers=response.headers, body=text.encode("utf-8", "replace"), encoding="utf-8",
            flags=response.flags, request=request, ip_address=response.ip_address,
        )  # fmt: skip


def _unpacked(body: bytes) -> bytes:
    """Return a page that is itself a gzip file (sitemap.xml.gz) unpacked, within the size limit; any other as it is."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return bytes(gunzip(body, max_size=MAX_UNPACKED))
    except Exception as error:  # whatever the archive holds, the run says what happened
        raise TroubledRequest(Trouble(f"сжатая страница не распаковалась ({type(error).__name__})")) from error


class WordlessLog(LogFormatter):
    """Log lines without items: an item holds a person's words before they are masked."""

    def scraped(self, item: Any, response: Any, spider: Any) -> Any:
        """Say nothing of a scraped item."""
        return None

    def item_error(self, item: Any, exception: Any, response: Any, spider: Any) -> Any:
        """Name an item that broke the pipeline by its id."""
        return super().item_error(
            f"{type(item).__name__} {getattr(item, 'external_id', '')}", exception, response, spider
        )

"""A loopback t.me/s/<channel>: the markup of the public preview pages, twenty posts a page, as saved in August 2026.

Standalone: `python -m tests.peers.t_me --port 8091 --city /path/to/city-channels` serves real channels from a folder of
JSON lines (message_id, text, date, channel); `--list` prints the address of each channel and ends.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import re
import sys
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from tests.peers.serving import serve_forever

PAGE = 20
_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "ts",
            "ch",
            "sh",
            "sch",
            "",
            "y",
            "",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\((https?://[^\s()]{1,500})\)")


@dataclass(frozen=True)
class Shown:
    """One post as the preview shows it."""

    number: int
    text: str
    at: datetime
    views: str | None = "1.2K"
    reply: str = ""
    forwarded: str = ""
    reactions: tuple[str, ...] = ()
    photos: int = 0
    service: bool = False
    link: str = ""
    poll: tuple[str, ...] = ()


@dataclass
class Preview:
    """Channels by name, and what was asked."""

    channels: dict[str, dict[int, Shown]] = field(default_factory=lambda: defaultdict(dict))
    asked: list[str] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    wait: int | None = None
    """Seconds of Retry-After with which everything is refused, or None."""

    def post(self, channel: str, *posts: Shown) -> None:
        """Publish posts."""
        for shown in posts:
            self.channels[channel][shown.number] = shown

    def edit(self, channel: str, number: int, **changes: object) -> None:
        """Change a published post."""
        self.channels[channel][number] = replace(self.channels[channel][number], **changes)  # type: ignore[arg-type]

    def app(self) -> web.Application:
        """Return the web application."""
        made = web.Application()
        made.add_routes([web.get("/s/{channel}", self._page), web.get("/robots.txt", self._robots)])
        return made

    async def _robots(self, request: web.Request) -> web.Response:
        return web.Response(status=404)

    async def _page(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        self.asked.append(request.path_qs)
        if self.wait is not None:
            return web.Response(status=429, headers={"Retry-After": str(self.wait)})
        if channel in self.closed or channel not in self.channels:
            return web.Response(status=302, headers={"Location": f"/{channel}"})
        posts = self.channels[channel]
        before = int(request.query.get("before", max(posts, default=0) + 1))
        numbers = sorted(n for n in posts if n < before)[-PAGE:]
        older = any(n < numbers[0] for n in posts) if numbers else False
        body = page(channel, [posts[n] for n in numbers], numbers[0] if older else None)
        return web.Response(text=body, content_type="text/html", charset="utf-8")


def page(channel: str, posts: list[Shown], older: int | None) -> str:
    """Return the HTML of one preview page; `older` is where the page before begins."""
    prev = f'<link rel="prev" href="/s/{channel}?before={older}">' if older else ""
    more = (
        f'<a href="/s/{channel}?before={older}" class="tme_messages_more js-messages_more" data-before="{older}"></a>'
        if older
        else ""
    )
    messages = "".join(message(channel, p) for p in posts)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{channel}</title>{prev}</head><body class="widget_frame_base">'
        f'<main class="tgme_main"><section class="tgme_channel_history js-message_history">{more}{messages}</section></main></body></html>'
    )


def message(channel: str, shown: Shown) -> str:
    """Return the HTML of one post."""
    kind = " service_message" if shown.service else ""
    parts = [
        _reply(channel, shown),
        _forwarded(shown),
        _photos(channel, shown),
        _words(shown),
        _poll(shown),
        _preview(shown),
    ]
    views = (
        f'<span class="tgme_widget_message_views">{shown.views}</span><span class="copyonly"> views</span>'
        if shown.views
        else ""
    )
    reactions = "".join(
        f'<span class="tgme_reaction"><i class="emoji"><b>👍</b></i>{r}</span>'
        if i % 2 == 0
        else f'<span class="tgme_reaction"><tg-emoji emoji-id="5465"></tg-emoji>{r}</span>'
        for i, r in enumerate(shown.reactions)
    )
    if reactions:
        parts.append(f'<div class="tgme_widget_message_reactions js-message_reactions">{reactions}</div>')
    return (
        f'<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message text_not_supported_wrap{kind} '
        f'js-widget_message" data-post="{channel}/{shown.number}"><div class="tgme_widget_message_bubble">'
        f'<div class="tgme_widget_message_author"><a class="tgme_widget_message_owner_name" href="https://t.me/{channel}">'
        f"<span>{channel}</span></a></div>{''.join(parts)}"
        f'<div class="tgme_widget_message_footer compact"><div class="tgme_widget_message_info short">{views}'
        f'<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date" href="https://t.me/{channel}/{shown.number}">'
        f'<time datetime="{shown.at.isoformat()}" class="time">{shown.at:%H:%M}</time></a></span></div></div></div></div></div>'
    )


def _reply(channel: str, shown: Shown) -> str:
    if not shown.reply:
        return ""
    return (
        f'<a class="tgme_widget_message_reply" href="https://t.me/{channel}/1"><div class="tgme_widget_message_metatext '
        f'js-message_reply_text" dir="auto">{html.escape(shown.reply)}</div></a>'
    )


def _forwarded(shown: Shown) -> str:
    if not shown.forwarded:
        return ""
    return (
        '<div class="tgme_widget_message_forwarded_from">Forwarded from&nbsp;'
        f'<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/{shown.forwarded}"><span>Соседи</span></a></div>'
    )


def _photos(channel: str, shown: Shown) -> str:
    wrap = f'<a class="tgme_widget_message_photo_wrap" href="https://t.me/{channel}/{shown.number}" style="width:640px"></a>'
    return wrap * shown.photos


def _words(shown: Shown) -> str:
    if not shown.text:
        return ""
    words = _LINK.sub(lambda m: f'<a href="{m[2]}">{m[1]}</a>', html.escape(shown.text, quote=False)).replace(
        "\n", "<br/>"
    )
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>'


def _poll(shown: Shown) -> str:
    if not shown.poll:
        return ""
    options = "".join(
        f'<div class="tgme_widget_message_poll_option_text">{html.escape(o)}</div>' for o in shown.poll[1:]
    )
    return f'<div class="tgme_widget_message_poll"><div class="tgme_widget_message_poll_question">{html.escape(shown.poll[0])}</div>{options}</div>'


def _preview(shown: Shown) -> str:
    if not shown.link:
        return ""
    return f'<a class="tgme_widget_message_link_preview" href="{shown.link}"><div class="link_preview_title">Заголовок</div></a>'


def complaint(number: int, text: str = "", **more: object) -> Shown:
    """Return a post of our own making: ten minutes after the one before it."""
    at = datetime(2026, 11, 1, 6, tzinfo=UTC) + timedelta(minutes=10 * number)
    return Shown(number, text or f"Сообщение {number}: на улице Садовой снова нет воды", at, **more)  # type: ignore[arg-type]


def handle(name: str) -> str:
    """Return the t.me name of a channel known by its title: «Город Live» → gorod_live."""
    latin = "".join(_LETTERS.get(c, c) for c in name.lower())
    return re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:32]


def load_city(folder: Path) -> Preview:
    """Return a preview of the channels in a folder of gzipped JSON lines."""
    preview = Preview()
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                shown = Shown(
                    int(row["message_id"]), row["text"] or "", datetime.fromisoformat(row["date"]), views=None
                )
                preview.post(handle(row["channel"]), shown)
    return preview


def main() -> None:
    """Serve a folder of channels, or list their addresses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8091)
    parser.add_argument("--city", type=Path, required=True)
    parser.add_argument("--list", action="store_true")
    chosen = parser.parse_args()
    preview = load_city(chosen.city)
    if chosen.list:
        sys.stdout.write("".join(f"t.me/s/{name}\t{len(posts)}\n" for name, posts in preview.channels.items()))
        return
    serve_forever(preview.app(), chosen.port)


if __name__ == "__main__":
    main()

"""E-mails, @names, mentions and links to people's own pages: rules of texts.mask."""

from __future__ import annotations

import re
from collections.abc import Callable

PROFILE = "[профиль]"
EMAIL = "[почта]"

# VK: a person is id1 or a short name; what begins so is a community, a post, a file or a section.
_VK_PUBLIC = re.compile(
    r"(?:club|public|event)\d|(?:wall|photo|video|clip|topic|album|albums|doc|market|page|poll|audio|podcast|post)-\d"
    r"|(?:feed|search|video|clips|apps?|games|dev|support|away\.php|share\.php|@-|topic|market|docs|music)(?:[/?#]|$)"
    r"|(?:app|topic)-?\d|video_ext|story-|@[\w.]+-",
    re.IGNORECASE,
)
_TELEGRAM_PUBLIC = re.compile(r"(?:s/)?[A-Za-z]\w{3,31}/\d+|c/\d+|addstickers/|share/|iv\?|proxy\?|socks\?|boost/", re.IGNORECASE)
_OK_PUBLIC = re.compile(r"group|video|game|live|dk\?|music|help|topic", re.IGNORECASE)
_TAIL = r"(?P<tail>[\w.\-@?=&%+~/]*[\w@=/])"


def _email(match: re.Match[str]) -> str | None:
    return EMAIL


def _mention(match: re.Match[str]) -> str | None:
    """A mention of a community keeps its words; of a person, nothing."""
    return match["words"] if match["kind"].lower() in ("club", "public", "event") else PROFILE


def _address(public: re.Pattern[str]) -> Callable[[re.Match[str]], str | None]:
    def rule(match: re.Match[str]) -> str | None:
        return None if public.match(match["tail"]) else PROFILE

    return rule


def _always(match: re.Match[str]) -> str | None:
    return PROFILE


LINKS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (
        "email",
        re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}\s?[@＠]\s?(?:[\w-]{1,63}\.){1,4}[A-Za-zА-Яа-яЁё]{2,18}(?![\w-])"),
        _email,
    ),
    (
        "email",
        re.compile(
            r"(?<![\w.+-])[\w.+-]{2,64}\s?(?:\(at\)|\[at\]|\(собака\)|\s(?:at|собака)\s)\s?(?:[\w-]{1,63}\.){1,4}[A-Za-zА-Яа-яЁё]{2,18}",
            re.IGNORECASE,
        ),
        _email,
    ),
    # [id1|Имя], [club1|Паблик], ответы [id1:bp-2_3|Имя]
    (
        "profile",
        re.compile(r"\[(?P<kind>id|club|public|event)-?\d{1,20}(?::[\w-]{0,60})?\|(?P<words>[^\[\]|\n]{0,200})\]", re.IGNORECASE),
        _mention,
    ),
    # @id1 (Имя), *id1 (Имя), @club1 (Паблик)
    (
        "profile",
        re.compile(r"(?<!\w)[@*](?P<kind>id|club|public|event)\d{1,20}\b(?:\s?\((?P<words>[^()\n]{0,200})\))?", re.IGNORECASE),
        lambda m: (m["words"] or "") if m["kind"].lower() != "id" else PROFILE,
    ),
    (
        "profile",
        re.compile(rf"(?:https?://)?(?:www\.|m\.|new\.)?(?:vk\.(?:com|ru|me)|vkontakte\.ru)/{_TAIL}", re.IGNORECASE),
        _address(_VK_PUBLIC),
    ),
    (
        "profile",
        re.compile(rf"(?:https?://)?(?:www\.)?(?:t(?:elegram)?\.(?:me|dog))/{_TAIL}", re.IGNORECASE),
        _address(_TELEGRAM_PUBLIC),
    ),
    ("profile", re.compile(rf"(?:https?://)?(?:www\.|m\.)?ok\.ru/{_TAIL}", re.IGNORECASE), _address(_OK_PUBLIC)),
    (
        "profile",
        re.compile(
            r"(?:https?://)?(?:www\.|m\.|web\.)?(?:instagram\.com|facebook\.com|fb\.com|twitter\.com|x\.com|tiktok\.com|wa\.me"
            r"|api\.whatsapp\.com|max\.ru/u|youtube\.com/@|my\.mail\.ru)/?[\w.\-@?=&%+/]*",
            re.IGNORECASE,
        ),
        _always,
    ),
    ("profile", re.compile(r"(?:tg|viber|whatsapp|skype|tel|mailto):(?://)?[\w.\-@?=&%+/]{3,200}", re.IGNORECASE), _always),
    ("profile", re.compile(r"(?<![\w@＠./])[@＠][A-Za-z][\w.]{2,31}(?<!\.)"), _always),
)

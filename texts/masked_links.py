"""E-mails, @names, mentions and links to people's own pages: a part of texts.mask."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

PROFILE = "[профиль]"
EMAIL = "[почта]"

Rule = Callable[["re.Match[str]"], str | None]
"""Returns what stands instead of the match, or None when it stays."""

# VK: a person is id1 or a short name; what begins so is a community, a post, a file or a section.
_VK_PUBLIC = re.compile(
    r"(?:club|public|event)\d|(?:wall|photo|video|clip|topic|album|albums|doc|market|page|poll|audio|podcast|post)-\d"
    r"|(?:feed|search|video|clips|apps?|games|dev|support|away\.php|share\.php|topic|market|docs|music)(?:[/?#]|$)"
    r"|app-?\d|video_ext|story-|@-",
    re.IGNORECASE,
)
_TELEGRAM_PUBLIC = re.compile(
    r"(?:s/)?[A-Za-z]\w{3,31}/\d+|c/\d+|addstickers/|share/|iv\?|proxy\?|socks\?|boost/", re.IGNORECASE
)
_OK_PUBLIC = re.compile(r"group|video|game|live|dk\?|music|help|topic", re.IGNORECASE)
_TAIL = r"(?P<tail>[\w.\-@?=&%+~/]*[\w@=/])"
_HTTP = r"(?<![\w.-])(?:https?://)?(?:www\.|m\.|new\.|web\.)?"


def _email(match: re.Match[str]) -> str | None:
    return EMAIL


def _profile(match: re.Match[str]) -> str | None:
    return PROFILE


def _mention(match: re.Match[str]) -> str | None:
    """A mention of a community keeps its words; of a person, nothing."""
    return PROFILE if match["kind"].lower() == "id" else match["words"] or ""


def _page(public: re.Pattern[str]) -> Rule:
    def rule(match: re.Match[str]) -> str | None:
        return None if public.match(match["tail"]) else PROFILE

    return rule


# (kind, what must be somewhere in the lower-cased text, pattern, rule): looking for a substring is a hundred times
# cheaper than a pattern, and most posts have none of these.
_RULES: tuple[tuple[str, tuple[str, ...], re.Pattern[str], Rule], ...] = (
    (
        "email",
        ("@", "＠"),
        re.compile(r"(?<![\w.+-])[\w.+%-]{1,64}\s?[@＠]\s?(?:[\w-]{1,63}\.){1,20}[\w-]{2,24}(?![\w-])"),
        _email,
    ),
    (
        "email",
        ("(at)", "[at]", "собака", " at "),
        re.compile(
            r"(?<![\w.+-])[\w.+-]{2,64}\s?(?:\(at\)|\[at\]|\(собака\)|\s(?:at|собака)\s)\s?(?:[\w-]{1,63}\.){1,4}[A-Za-z]{2,18}",
            re.IGNORECASE,
        ),
        _email,
    ),
    # In brackets, as the API gives it: a person's or a community's number, perhaps of a comment, a bar and the words.
    (
        "profile",
        ("|",),
        re.compile(r"\[(?P<kind>id|club|public|event)-?\d{1,20}(?::[\w-]{0,60})?\|(?P<words>[^\[\]|\n]{0,200})\]", re.IGNORECASE),
        _mention,
    ),
    # As people type it: @ or * with the number, then the words in round brackets.
    (
        "profile",
        ("@id", "@club", "@public", "@event", "*id", "*club", "*public", "*event"),
        re.compile(r"(?<!\w)[@*](?P<kind>id|club|public|event)\d{1,20}\b(?:\s?\((?P<words>[^()\n]{0,200})\))?", re.IGNORECASE),
        _mention,
    ),
    ("profile", ("vk.com/", "vk.ru/", "vk.me/", "vkontakte.ru/"), re.compile(rf"{_HTTP}(?:vk\.(?:com|ru|me)|vkontakte\.ru)/{_TAIL}", re.IGNORECASE), _page(_VK_PUBLIC)),
    ("profile", ("t.me/", "telegram.me/", "telegram.dog/"), re.compile(rf"{_HTTP}t(?:elegram)?\.(?:me|dog)/{_TAIL}", re.IGNORECASE), _page(_TELEGRAM_PUBLIC)),
    ("profile", ("ok.ru/",), re.compile(rf"{_HTTP}ok\.ru/{_TAIL}", re.IGNORECASE), _page(_OK_PUBLIC)),
    (
        "profile",
        ("instagram.com", "facebook.com", "fb.com", "twitter.com", "/x.com", "tiktok.com", "wa.me", "whatsapp.com", "max.ru/u", "youtube.com/@", "my.mail.ru"),
        re.compile(
            rf"{_HTTP}(?:instagram\.com|facebook\.com|fb\.com|twitter\.com|x\.com|tiktok\.com|wa\.me"
            r"|api\.whatsapp\.com|max\.ru/u|youtube\.com/@|my\.mail\.ru)/?[\w.\-@?=&%+/]*",
            re.IGNORECASE,
        ),
        _profile,
    ),
    (
        "profile",
        ("tg:", "viber:", "whatsapp:", "skype:", "tel:", "mailto:"),
        re.compile(r"(?<!\w)(?:tg|viber|whatsapp|skype|tel|mailto):(?://)?[\w.\-@?=&%+/]{3,200}", re.IGNORECASE),
        _profile,
    ),
    ("profile", ("@", "＠"), re.compile(r"(?<![\w@＠./])[@＠][A-Za-z][\w.]{2,31}(?<!\.)"), _profile),
)  # fmt: skip
_SLASH = re.compile(r"[A-Za-z]/[\w@+]")


def _may_hold(text: str) -> bool:
    """Look cheaply whether any rule can find something: most posts have none of these."""
    return (
        "@" in text or "|" in text or "＠" in text or "*id" in text or "собака" in text
        or ("at" in text and ("(at)" in text or "[at]" in text or " at " in text))
        or (":" in text and ("skype:" in text or "viber:" in text or "tel:" in text))
        or ("/" in text and _SLASH.search(text) is not None)
    )  # fmt: skip


def mask_links(text: str, found: Counter[str]) -> str:
    """Return the text without e-mails and people's pages; adds what was taken out to `found`."""
    if not _may_hold(text):
        return text
    low = text.lower()
    for kind, marks, pattern, rule in _RULES:
        if any(mark in low for mark in marks):
            text, hits = replaced(text, pattern, rule)
            if hits:
                found[kind] += hits
    return text


def replaced(text: str, pattern: re.Pattern[str], rule: Rule) -> tuple[str, int]:
    """Return the text with the rule applied to each match, and how many matches it changed."""
    hits = 0

    def one(match: re.Match[str]) -> str:
        nonlocal hits
        made = rule(match)
        if made is None:
            return match.group()
        hits += 1
        return made

    return pattern.sub(one, text), hits

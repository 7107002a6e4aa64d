"""Kinds of places where a campaign speaks, and how long a text each of them bears."""

from __future__ import annotations

import re
from enum import StrEnum


class ChannelKind(StrEnum):
    """Where a text is meant for; a template names the kind, the district's own page or chat takes its place."""

    OFFICIAL = "official"
    CHAT = "chat"
    SCHOOL = "school"
    PAPER = "paper"
    BOARD = "board"

    @property
    def label(self) -> str:
        """Russian name, which is also the channel of a district that has no page of its own for it."""
        return {
            ChannelKind.OFFICIAL: "Официальная страница Администрации",
            ChannelKind.CHAT: "Чат МЦУ с жителями",
            ChannelKind.SCHOOL: "Школы и детские сады: чаты родителей",
            ChannelKind.PAPER: "Районная газета",
            ChannelKind.BOARD: "Доски объявлений",
        }[self]

    @property
    def longest(self) -> int:
        """Signs that people read to the end there [P].

        A post is cut by «показать полностью» long before its platform's own bound (4,000 here); a chat is read on a
        telephone between other words; a sheet on a board in letters that an old person can read; a paper has a column.
        """
        return {
            ChannelKind.OFFICIAL: 1200,
            ChannelKind.CHAT: 500,
            ChannelKind.SCHOOL: 700,
            ChannelKind.PAPER: 1800,
            ChannelKind.BOARD: 450,
        }[self]


_WORDS: tuple[tuple[ChannelKind, str], ...] = (
    (ChannelKind.SCHOOL, r"школ|детск\w+\s+сад|родител"),
    (ChannelKind.CHAT, r"чат|групп[аы]\s+дом"),
    (ChannelKind.PAPER, r"газет|редакц"),
    (ChannelKind.BOARD, r"доск|стенд|объявлени|подъезд|магазин|остановк"),
)


def kind_of(channel: str) -> ChannelKind:
    """Return the kind of a place by the words of its name; whatever is nothing else is an official page."""
    return next((kind for kind, words in _WORDS if re.search(words, channel.lower())), ChannelKind.OFFICIAL)

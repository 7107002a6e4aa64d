"""The section [[pages]] of a profile: official pages and groups of the administration and its institutions (8-ФЗ)."""

from __future__ import annotations

import math
from collections.abc import Collection
from enum import StrEnum
from urllib.parse import urlsplit

from district.addresses import refusal
from district.errors import choose, shown
from district.load_parts import unique
from district.load_table import Table
from district.profile import Platform, Source
from district.seasons import OfficialPage

USUAL = OfficialPage("", "", "", "", "")
MOST_A_WEEK = 100.0


class PagePlace(StrEnum):
    """Where an official page may be; more than crawlers read, for its figures can be typed in."""

    VK = "vk"
    OK = "ok"
    TELEGRAM = "telegram"
    MAX = "max"
    SITE = "site"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            PagePlace.VK: "ВКонтакте",
            PagePlace.OK: "Одноклассники",
            PagePlace.TELEGRAM: "Telegram",
            PagePlace.MAX: "MAX",
            PagePlace.SITE: "сайт",
        }[self]


_OF_SOURCE = {
    Platform.VK: PagePlace.VK,
    Platform.TELEGRAM: PagePlace.TELEGRAM,
    Platform.TELEGRAM_PREVIEW: PagePlace.TELEGRAM,
    Platform.FEED: PagePlace.SITE,
    Platform.SITE: PagePlace.SITE,
    Platform.MAX: PagePlace.MAX,
}


def pages(root: Table, sources: Collection[Source]) -> tuple[OfficialPage, ...]:
    """Read [[pages]]; a page that names its source takes platform and address from there.

    A page without an address is taken (the regulations name none), and so is one that no source reads: its figures are
    typed in. A source that is not of the administration is refused: residents' pages owe nobody a rhythm.
    """
    known = {source.id: source for source in sources}
    tables = root.tables("pages")
    made = [_page(table, known) for table in tables]
    unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])
    _no_twins(tables, made)
    return tuple(made)


def _page(table: Table, known: dict[str, Source]) -> OfficialPage:
    read_by = table.text("source", default="")
    source = known.get(read_by)
    if read_by:
        _check_source(table, read_by, source, known)
    place = table.one_of("platform", PagePlace, default=_OF_SOURCE[source.platform] if source else None)
    page = OfficialPage(
        id=table.slug(),
        name=table.text("name"),
        owner=table.text("owner"),
        platform=place.value,
        address=_address(table, place, source),
        source=read_by or None,
        posts_a_week=_rate(table),
        silent_after_days=table.whole("silent_after_days", low=1, high=365, default=USUAL.silent_after_days),
        answer_hours=table.whole("answer_hours", low=1, high=24 * 30, default=USUAL.answer_hours),
    )
    table.close()
    return page


def _check_source(table: Table, read_by: str, source: Source | None, known: dict[str, Source]) -> None:
    if source is None:
        table.wrong(
            "source", read_by, f"источника «{read_by}» в профиле нет", choose(read_by, dict.fromkeys(known, ""))
        )
    elif not source.official:
        mend = "укажите у источника official = true или уберите ключ source"
        table.wrong("source", read_by, f"источник «{read_by}» — не страница администрации", mend)


def _address(table: Table, place: PagePlace, source: Source | None) -> str:
    address = table.text("address", default=source.address if source else "", longest=500)
    if address and source is None:
        refused = refusal(Platform(place.value), address) if place is not PagePlace.OK else None
        if refused:
            table.wrong("address", address, refused.reason, refused.mend)
        elif place is PagePlace.OK and urlsplit(address).hostname not in ("ok.ru", "www.ok.ru", "m.ok.ru"):
            table.wrong("address", address, "это не адрес Одноклассников", "укажите адрес группы: https://ok.ru/…")
    return address


def _rate(table: Table) -> float:
    value = table.pop("posts_a_week")
    if value is None:
        return USUAL.posts_a_week
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else math.nan
    if not 0 < number <= MOST_A_WEEK:
        told = f"нужно число записей в неделю, а указано {shown(value)}"
        table.wrong("posts_a_week", value, told, "укажите больше 0 и не больше 100: posts_a_week = 3")
        return USUAL.posts_a_week
    return number


def _no_twins(tables: list[Table], made: list[OfficialPage]) -> None:
    seen: dict[str, str] = {}
    for table, page in zip(tables, made, strict=True):
        if page.source and page.source in seen:
            mend = "у каждой страницы свой источник: оставьте одну"
            table.wrong("source", page.source, f"этот источник уже у страницы «{seen[page.source]}»", mend)
        elif page.source:
            seen[page.source] = page.id

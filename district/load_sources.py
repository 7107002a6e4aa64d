"""The approved public sources of a profile: every address is judged, every reference followed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from district.addresses import plain, refusal
from district.errors import shown
from district.load_parts import refer, unique
from district.load_table import Table
from district.profile import Expected, Platform, Selectors, Source


class Mode(StrEnum):
    """How a site is read; the names are those of the crawler's spider."""

    AUTO = "auto"
    SELECTORS = "selectors"
    ARTICLE = "article"
    LIST = "list"
    SITEMAP = "sitemap"


_USUAL: Final = Expected(0.0, 1000.0)


def sources(root: Table, territories: Mapping[str, str], allowed: Collection[str]) -> tuple[Source, ...]:
    """Read [[sources]]; none at all is a remark, for the desk can add them later."""
    tables = root.tables("sources")
    made = [_source(table, territories, allowed) for table in tables]
    unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])
    _no_twins(tables, made)
    if not tables:
        mend = "добавьте раздел [[sources]] или источники на странице «Источники»"
        root.wrong("sources", "", "нет ни одного источника", mend, fatal=False)
    return tuple(made)


def _source(table: Table, territories: Mapping[str, str], allowed: Collection[str]) -> Source:
    platform = table.one_of("platform", Platform)
    mode, selectors = _reading(table, platform)
    media, federal = _media(table)
    source = Source(
        id=table.slug(),
        name=table.text("name"),
        platform=platform,
        address=_address(table, platform, allowed),
        every=table.span("every"),
        expected=_expected(table),
        owner=table.text("owner"),
        approver=table.text("approver"),
        account=table.text("account", default="") or None,
        territory=table.text("territory", default="") or None,
        official=table.flag("official", default=False),
        media=media,
        federal=federal,
        comments=table.flag("comments", default=True),
        footers=table.texts("footers"),
        series=table.texts("series"),
        mode=mode,
        selectors=selectors,
    )
    table.close()
    refer(table, "territory", source.territory or "", territories, "территории")
    if platform is Platform.MAX:
        table.wrong("platform", "max", "MAX пока не читается", "источник будет ждать следующего выпуска", fatal=False)
    return source


def _media(table: Table) -> tuple[bool, bool]:
    """Read `media`: true or "regional" is regional, "federal" federal; return whether it is media and whether federal."""
    told = table.pop("media")
    if told is None or isinstance(told, bool):
        return bool(told), False
    if told not in ("regional", "federal"):
        mend = 'запишите media = "regional", "federal", true или false'
        table.wrong("media", told, f"такого вида издания нет: {shown(told)}", mend)
    return True, told == "federal"


def _address(table: Table, platform: Platform, allowed: Collection[str]) -> str:
    address = table.text("address", example='"…"', longest=500)
    refused = refusal(platform, address, allowed) if address else None
    if refused:
        # A password must not travel into messages and logs: such an address is not repeated.
        secret = "@" in address and "://" in address
        table.wrong("address", "" if secret else address, refused.reason, refused.mend)
    return address


def _expected(table: Table) -> Expected:
    inner = table.table("expect", required=True)
    if inner is None:
        return _USUAL
    low, high = inner.pair("posts_per_day", example="[3, 400]")
    inner.close()
    return Expected(low, high)


def _reading(table: Table, platform: Platform) -> tuple[str, Selectors | None]:
    """Read `mode` and [sources.selectors], which only a site has."""
    site = platform is Platform.SITE
    for name in ("mode", "selectors"):
        if table.has(name) and not site:
            table.wrong(name, "", f"{name} бывает только у сайта", f'уберите {name} или укажите platform = "site"')
    inner = table.table("selectors")
    selectors = _selectors(inner) if inner else None
    mode = table.one_of("mode", Mode, default=Mode.SELECTORS if selectors else Mode.AUTO)
    if site and (mode is Mode.SELECTORS) != (selectors is not None):
        mend = (
            "добавьте раздел [sources.selectors]"
            if selectors is None
            else 'укажите mode = "selectors" или уберите раздел'
        )
        table.wrong("mode", mode.value, "режим чтения и раздел selectors не согласуются", mend)
    return mode.value, selectors


def _selectors(table: Table) -> Selectors:
    selectors = Selectors(
        item=table.text("item", example='"div.news-item"'),
        link=table.text("link", default="a::attr(href)"),
        title=table.text("title", default="") or None,
        text=table.text("text", default="") or None,
        date=table.text("date", default="") or None,
        date_format=table.text("date_format", default="") or None,
    )
    table.close()
    if selectors.date_format and not selectors.date:
        table.wrong("date_format", selectors.date_format, "формат даты есть, а самой даты нет", "добавьте ключ date")
    return selectors


def _no_twins(tables: list[Table], made: list[Source]) -> None:
    seen: dict[tuple[Platform, str], str] = {}
    for table, source in zip(tables, made, strict=True):
        key = (source.platform, plain(source.platform, source.address))
        if source.address and key in seen:
            table.wrong(
                "address", source.address, f"этот адрес уже читает источник «{seen[key]}»", "оставьте один из двух"
            )
        seen.setdefault(key, source.id)

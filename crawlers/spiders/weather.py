"""Reads one table of daily weather from a public address: CSV or JSON, asked only for what has changed."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from casework.fact_tables import UnreadableTable
from casework.weather_table import read_weather
from crawlers.spiders.base import SourceSpider
from crawlers.validators import Validators

MAX_S = 60
"""Seconds for the whole answer, redirects included: a table of a year is forty kilobytes."""


class WeatherSpider(SourceSpider):
    """Puts what it read into `found`: `days`, `refused`, `pages` (validators), `unchanged`; yields nothing."""

    name = "weather"
    custom_settings: dict[str, Any] | None = {"ITEM_PIPELINES": {}, "CLOSESPIDER_TIMEOUT": MAX_S}

    def __init__(self, visit: Any, found: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(visit, **kwargs)
        self.found = found

    def first(self) -> list[Any]:
        """Ask the table, telling which version is known."""
        self._validators = Validators(self.cursor.get("pages"))
        url = self.source.address
        meta = {"handle_httpstatus_list": [304]}
        return [self.ask(url, self.table, headers=self._validators.headers(url), meta=meta, cb_kwargs={"asked": url})]

    def table(self, response: Any, asked: str) -> None:
        """Take the days of an answer."""
        self.visit.count("pages")
        if response.status == 304:
            self.found["unchanged"] = True
            return
        try:
            days, refused = read_weather(response.text)
        except UnreadableTable as e:
            self.visit.trouble(f"{urlsplit(asked).netloc}: вместо погоды по дням — {e}")
            return
        self._validators.note(asked, response)
        self.found.update(days=days, refused=refused, pages=self._validators.kept)

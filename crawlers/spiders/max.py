"""MAX: the named place of a platform that this release does not read yet; its sources say so instead of staying silent."""

from __future__ import annotations

from typing import Any

from crawlers.spiders.base import SourceSpider


class MaxSpider(SourceSpider):
    """Asks nothing and ends its run with the reason, so that nobody takes silence of a MAX channel for calm."""

    name = "max"

    @property
    def allowed_hosts(self) -> frozenset[str] | None:
        """No host: nothing is asked."""
        return frozenset()

    def first(self) -> list[Any]:
        """Tell the desk that this source is not read."""
        self.visit.trouble(
            "Каналы MAX появятся в следующем выпуске: этот источник пока не читается. "
            "Следите за каналом вручную или добавьте его копию в Telegram или ВКонтакте",
            stops=True,
        )
        return []

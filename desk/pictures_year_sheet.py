"""The whole year drawn on one sheet of paper: one picture of a fixed size, so that it can never spill onto a second page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup, escape

from casework.year_parts import ThreatYear, YearPlan
from desk.pictures_year import DAY, STATE_CLASSES, Axis, coming_look, months_on
from desk.year_words import MONTHS, span_in_year, year_days
from preventive.campaign import CampaignState
from reports.wording import count, cut_to
from storage.find.campaigns import CampaignRow


@dataclass(frozen=True, slots=True)
class Paper:
    """What of a landscape sheet is drawn on, in millimetres: the sheet without margins of 8 mm, 2 mm kept in reserve."""

    name: str
    wide: float
    tall: float
    label: float
    """Width of the names."""
    days: float
    """Width of the dates."""


PAPERS = {
    "A3": Paper("A3", 404, 279, 104, 50),
    "A4": Paper("A4", 281, 192, 74, 40),
}
_HEAD, _FOOT = 15.0, 5.0
_ROW_LEAST, _ROW_MOST = 2.5, 6.5
"""Height of a row: below the least one its letters (0.72 of it, 1.8 mm or 5.1 pt) cannot be read on paper."""
_LETTER, _BOLD = 0.61, 0.68
"""Width of a letter against its height, measured on Russian names in the widest font of the page's list (DejaVu Sans)."""


def sheet(plan: YearPlan, paper: Paper, district: str, narrowed: str = "") -> Markup:
    """Return the picture; rows that do not fit are left out, those that are over first, and how many is told on the sheet.

    `narrowed` tells what the year is narrowed to, "" for the whole of it.
    """
    axis = Axis.of(plan.weeks)
    room = paper.tall - _HEAD - _FOOT
    rows, left_out = _fitting(plan, int(room / _ROW_LEAST))
    height = min(_ROW_MOST, room / max(len(rows), 1))
    page = _Sheet(paper, axis, plan.year, plan.day, height)
    parts = [page.heading(plan, district, narrowed), page.scale(plan)]
    parts += [page.line(row, n) for n, row in enumerate(rows)]
    parts.append(page.today(len(rows)))
    parts.append(page.foot(left_out))
    told = f"Год {plan.year}: {count(len(plan.threats), 'угроза', 'угрозы', 'угроз')}, {count(len(plan.campaigns), 'кампания', 'кампании', 'кампаний')}"
    return Markup(
        f'<svg class="y-sheet" width="{paper.wide}mm" height="{paper.tall}mm" viewBox="0 0 {paper.wide} {paper.tall}" '
        f'role="img" aria-label="{escape(told)}. То же таблицей — на странице «Календарь».">{"".join(parts)}</svg>'
    )


_Row = ThreatYear | CampaignRow


def _fitting(plan: YearPlan, most: int) -> tuple[list[_Row], int]:
    """Campaigns that are over give way first, then all campaigns, then the last threats of the year."""
    for keep in (_all, _ahead, _none):
        rows: list[_Row] = []
        for one in plan.threats:
            rows += [one, *keep(one.campaigns, plan.day)]
        rows += keep(plan.others, plan.day)
        if len(rows) <= most:
            break
    whole = len(plan.threats) + len(plan.campaigns)
    return rows[:most], whole - len(rows[:most])


def _all(campaigns: Sequence[CampaignRow], _day: date) -> Sequence[CampaignRow]:
    return campaigns


def _ahead(campaigns: Sequence[CampaignRow], day: date) -> Sequence[CampaignRow]:
    return [row for row in campaigns if row.ends_on >= day]


def _none(_campaigns: Sequence[CampaignRow], _day: date) -> Sequence[CampaignRow]:
    return ()


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Where things lie on the sheet."""

    paper: Paper
    axis: Axis
    year: int
    day: date
    row: float

    def x(self, share: float) -> float:
        """Return millimetres from the left for a share of the axis."""
        start = self.paper.label + self.paper.days
        return start + (self.paper.wide - start) * share

    def heading(self, plan: YearPlan, district: str, narrowed: str) -> str:
        """Return the title and what the bars mean."""
        title = f"{district}: угрозы и кампании {plan.year} года" + (f" ({narrowed})" if narrowed else "")
        legend = (
            ("y-lead", "подготовка"), ("y-known", "угроза, дни известны"), ("y-expected", "угроза, дни ожидаются"),
            ("y-idea", "кампания в планах"), ("y-ready", "готовится"), ("y-run", "идёт"), ("y-done", "завершена"),
        )  # fmt: skip
        step = self.paper.wide / len(legend)
        drawn = "".join(
            f'<rect class="{kind}" x="{n * step:.1f}" y="6.4" width="5" height="2"/>'
            + _text(n * step + 6, 8.4, words, 2.6, "y-said")
            for n, (kind, words) in enumerate(legend)
        )
        return _text(0, 4.6, self._cut(title, self.paper.wide, 4.6, _BOLD), 4.6, "y-title") + drawn

    def scale(self, plan: YearPlan) -> str:
        """Return months and weeks over the rows, and lines down to the last of them."""
        floor = self.paper.tall - _FOOT
        parts = []
        for first, last in months_on(self.axis):
            bar = self.axis.bar(first, last)
            if first.year == plan.year and bar:
                parts.append(_text(self.x(bar[0] + bar[1] / 2), 11.6, MONTHS[first.month - 1], 2.6, "s-month"))
            parts.append(_line("pic-grid", self.x(self.axis.at(first)), _HEAD - 5.6, floor))
        for week in plan.weeks:
            middle = self.x(self.axis.at(week.first) + 3.5 / self.axis.days)
            parts.append(_text(middle, _HEAD - 0.8, str(week.number), 1.9, "s-week"))
        return "".join(parts)

    def line(self, row: _Row, number: int) -> str:
        """Return one row: name, days, bars; every second one on a band."""
        top = _HEAD + number * self.row
        band = f'<rect class="y-band" x="0" y="{top:.2f}" width="{self.paper.wide}" height="{self.row:.2f}"/>'
        drawn = self._threat(row, top) if isinstance(row, ThreatYear) else self._campaign(row, top)
        return (band if number % 2 else "") + drawn

    def _threat(self, one: ThreatYear, top: float) -> str:
        parts = [
            self._name(0, top, one.threat.name, "y-name"),
            self._days(top, "; ".join(year_days(one.comings, self.year)[:2])),
        ]
        for c in one.comings:
            parts.append(self._bar("y-lead", c.prepare_from, c.start - DAY, top, 0.38))
            kind, share = coming_look(c)
            parts.append(self._bar(kind, c.start, c.end, top, share))
        return "".join(parts)

    def _campaign(self, row: CampaignRow, top: float) -> str:
        kind = STATE_CLASSES[CampaignState(row.state)]
        return "".join(
            (
                self._name(3, top, row.title, "y-said"),
                self._days(top, span_in_year(row.starts_on, row.ends_on, self.year)),
                self._bar(kind, row.prepare_from, row.starts_on - DAY, top, 0.14),
                self._bar(kind, row.starts_on, row.ends_on, top, 0.48),
            )
        )

    def today(self, rows: int) -> str:
        """Return the line of the present day."""
        if not self.axis.first <= self.day <= self.axis.last:
            return ""
        middle = self.x(self.axis.at(self.day) + 0.5 / self.axis.days)
        return _line("y-now", middle, _HEAD - 0.4, _HEAD + rows * self.row)

    def foot(self, left_out: int) -> str:
        """Return the day of printing and how much had no room."""
        said = f"Составлено {self.day:%d.%m.%Y}. Недели по ISO. «≈» — дни ожидаются."
        if left_out:
            lost = count(left_out, "строка", "строки", "строк")
            said += f" Не поместилось: {lost}; возьмите A3 или печатайте по одному блоку."
        return _text(0, self.paper.tall - 1.2, said, 2.6, "y-said")

    def _name(self, left: float, top: float, name: str, kind: str) -> str:
        cut = self._cut(name, self.paper.label - left - 2, self._size, _BOLD if kind == "y-name" else _LETTER)
        return _text(left, self._base(top), cut, self._size, kind)

    def _days(self, top: float, words: str) -> str:
        cut = self._cut(words, self.paper.days - 1, self._size)
        return _text(self.paper.label, self._base(top), cut, self._size, "y-said")

    @property
    def _size(self) -> float:
        return min(3.2, 0.72 * self.row)

    def _base(self, top: float) -> float:
        return top + self.row / 2 + 0.36 * self._size

    def _cut(self, words: str, wide: float, size: float, letter: float = _LETTER) -> str:
        return cut_to(words, int(wide / (letter * size)))

    def _bar(self, kind: str, first: date, last: date, top: float, share: float) -> str:
        bar = self.axis.bar(first, last)
        if bar is None:
            return ""
        left, tall = self.x(bar[0]), self.row * share
        wide = self.x(bar[0] + bar[1]) - left
        return (
            f'<rect class="{kind}" x="{left:.2f}" y="{top + (self.row - tall) / 2:.2f}" '
            f'width="{max(wide, 0.6):.2f}" height="{tall:.2f}"/>'
        )


def _text(x: float, y: float, words: str, size: float, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.2f}" y="{y:.2f}" font-size="{size:.2f}">{escape(words)}</text>'


def _line(kind: str, x: float, top: float, bottom: float) -> str:
    return f'<line class="{kind}" x1="{x:.2f}" x2="{x:.2f}" y1="{top:.2f}" y2="{bottom:.2f}"/>'

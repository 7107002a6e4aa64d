"""The command about official pages: the section of the monthly report, as text, table or JSON."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from casework import upkeep
from otklik.cli import AsJson, app, door, read_settings, say_json
from otklik.wiring import build
from preventive.upkeep import Asked
from reports.upkeep import MonthLine, lines_of, section, table


@app.command("pages")
@door
def pages(
    month: Annotated[str, typer.Option("--month", help="Месяц, например 2026-10; без него — этот.")] = "",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Таблица для электронных таблиц.")] = False,
) -> None:
    """Показать, как ведутся официальные страницы: молчание, ритм, вопросы без ответа (раздел месячного отчёта)."""
    house = build(read_settings(), migrate=False)
    try:
        work = house.work()
        shown = upkeep.register(work, month or None, 1)
        today = work.today
    finally:
        house.close()
    if as_json:
        rows = [_plain(line) for line in lines_of(shown.pages, shown.months[-1], today)]
        say_json({"month": shown.months[-1], "at": work.now.isoformat(), "pages": rows})
    elif as_csv:
        sys.stdout.write(table(shown.pages, shown.months, today))
    else:
        sys.stdout.write(section(shown.pages, shown.months[-1], today))


def _plain(line: MonthLine) -> dict[str, Any]:
    """Return one page as JSON values; what is not known is null."""
    state, page = line.page, line.page.page
    return {
        "id": page.id, "name": page.name, "owner": page.owner, "platform": page.platform, "address": page.address,
        "today": state.rhythm.value, "reading": state.reading.value, "last_post": state.last_post,
        "silent_days": state.silent_days, "posts_a_week": state.week_posts, "owed_a_week": page.posts_a_week,
        "month": line.rhythm.value, "posts": line.figures.posts, "owed": line.owed, "known": line.figures.reading.value,
        "asked": _asked(line.figures.asked), "note": state.note,
    }  # fmt: skip


def _asked(asked: Asked | None) -> dict[str, Any] | None:
    if asked is None:
        return None
    return {
        "questions": asked.questions, "answered": asked.answered, "in_time": asked.in_time, "waiting": asked.waiting,
        "unanswered": asked.unanswered, "share": asked.share,
    }  # fmt: skip

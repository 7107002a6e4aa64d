"""Commands about what was done and what grows: the history as evidence, the topics of the day."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table

from casework import history
from casework.growth import Picture, past_of, picture_of
from desk.history_file import history_table
from desk.wording import Hours, number
from otklik.cli import AsJson, app, door, err, out, read_settings, say_json
from otklik.wiring import House, build
from reports.wording import count

history_app = typer.Typer(help="История рисков: проверить цепочку, выгрузить.", no_args_is_help=True)
app.add_typer(history_app, name="history")


class Format(StrEnum):
    """How the history is written out."""

    JSON = "json"
    CSV = "csv"


def _open() -> House:
    return build(read_settings(), migrate=False)


@history_app.command("verify")
@door
def verify(
    risk: Annotated[str | None, typer.Argument(help="Номер риска, например 2026-000123; без него — все.")] = None,
    as_json: AsJson = False,
) -> None:
    """Проверить, что историю рисков никто не менял: назовёт первую нарушенную запись каждого риска."""
    house = _open()
    try:
        work = house.work()
        report = history.verify_history(work, history.find_number(work, risk) if risk else None)
    finally:
        house.close()
    if as_json:
        say_json(report.as_dict())
    else:
        for broken in report.broken:
            where = f"запись № {broken.event_id}: " if broken.event_id else ""
            out.print(f"✗ Риск {broken.number}, {where}{broken.why}.", highlight=False, markup=False)
        told = f"Проверено: {count(report.risks, 'риск', 'риска', 'рисков')}, {count(report.events, 'запись', 'записи', 'записей')}."
        end = (
            "Цепочка цела." if report.whole else f"Нарушено рисков: {len(report.broken)}. Сравните с резервной копией."
        )
        out.print(f"{told} {end}", highlight=False, markup=False)
    if not report.whole:
        raise typer.Exit(1)


@history_app.command("export")
@door
def export(
    risk: Annotated[str, typer.Argument(help="Номер риска, например 2026-000123.")],
    form: Annotated[
        Format, typer.Option("--format", help="json — с отпечатками, для проверки; csv — таблица.")
    ] = Format.JSON,
) -> None:
    """Выгрузить историю одного риска на экран (перенаправьте в файл)."""
    house = _open()
    try:
        work = house.work()
        told = history.export_history(work, history.find_number(work, risk))
        if form is Format.CSV:
            sys.stdout.write(history_table(told, house.profile, Hours(work.now, house.profile.timezone)))
        else:
            say_json(told.as_dict(work.now.isoformat()))
    finally:
        house.close()
    if told.broken:
        err.print(f"История риска {risk} нарушена: {told.broken.why}.", highlight=False, markup=False)
        raise typer.Exit(1)


@app.command("growth")
@door
def growth(as_json: AsJson = False) -> None:
    """Показать рискогенные темы: что растёт, где, с какого времени, сколько голосов."""
    house = _open()
    try:
        work = house.work()
        picture = picture_of(work, past_of(work))
    finally:
        house.close()
    if as_json:
        say_json(_plain(picture))
        return
    hours = Hours(picture.at, house.profile.timezone)
    table = Table("Тема", "Сейчас", "За сутки", "Обычно", "За час", "Голосов", "С какого времени", "Где", box=None)
    for line in picture.topics:
        g = line.growth
        usual = "—" if g.usual_day is None else number(g.usual_day)
        where = ", ".join(f"{p.place} {p.messages}" for p in line.places[:3])
        since = hours.at(line.since) if line.since else ""
        table.add_row(
            line.name, g.verdict.label, number(g.day), usual, number(g.hour), str(line.heard.voices), since, where
        )  # fmt: skip
    out.print(table)
    out.print(f"В округе: {picture.growth.verdict.label}; растут темы: {len(picture.growing())}.", highlight=False)


def _plain(picture: Picture) -> dict[str, object]:
    rows = [
        {
            "topic": t.topic, "name": t.name, "verdict": t.growth.verdict.value, "reasons": t.growth.reasons,
            "day": t.growth.day, "usual_day": t.growth.usual_day, "hour": t.growth.hour, "usual_hour": t.growth.usual_hour,
            "posts": t.heard.posts, "voices": t.heard.voices, "since": t.since.isoformat() if t.since else None,
            "places": [asdict(p) for p in t.places], "critical": t.critical, "risks": t.risks, "hours": t.heard.hours,
        }
        for t in picture.topics
    ]  # fmt: skip
    return {
        "at": picture.at.isoformat(), "verdict": picture.growth.verdict.value, "known_days": picture.known_days, "topics": rows,
    }  # fmt: skip

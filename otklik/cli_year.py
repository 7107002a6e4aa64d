"""Commands about own history: past years brought in from a table, weekly counts, peaks and what they propose."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from casework import peaks as own
from casework.threats import all_threats
from casework.year_import import bring_in
from otklik.cli import AsJson, app, door, out, read_settings, say_json
from otklik.wiring import House, build
from preventive.peaks import Peak
from preventive.proposals import Proposal, evidence
from reports.wording import count
from storage.find.weeks import all_weeks

year_app = typer.Typer(help="Своя история по неделям: прошлые годы, пики, предложения.", no_args_is_help=True)
app.add_typer(year_app, name="year")

LARGEST = 64 * 1024 * 1024
"""Bytes of an imported table: ten years of all topics and territories take a few."""


def _open() -> House:
    return build(read_settings(), migrate=False)


@year_app.command("import")
@door
def import_years(
    file: Annotated[Path, typer.Argument(help="Таблица CSV: тема, территория, неделя (или дата), сообщений, голосов.")],
    as_json: AsJson = False,
) -> None:
    """Загрузить прошлые годы из таблицы: недели, которых программа не видела сама."""
    with file.open("rb") as opened:
        data = opened.read(LARGEST)
    house = _open()
    try:
        done = bring_in(house.work(), data)
    finally:
        house.close()
    if as_json:
        say_json(asdict(done))
        return
    told = (
        f"Загружено: {count(done.rows, 'строка', 'строки', 'строк')}, {count(done.weeks, 'неделя', 'недели', 'недель')}"
    )
    out.print(
        f"{told} с {done.first:%d.%m.%Y} по {done.last:%d.%m.%Y}; заменено прежних: {done.replaced}.", highlight=False
    )
    if done.without_whole:
        names = ", ".join(done.without_whole)
        out.print(
            f"Только по территориям, без строк округа целиком: {names}. Пики и прогноз по округу для них не посчитаются: "
            "добавьте строки с пустой территорией.", highlight=False, markup=False,
        )  # fmt: skip


@year_app.command("weeks")
@door
def weeks(
    subject: Annotated[str, typer.Option("--topic", help="Код темы или threat:код угрозы; без него — все.")] = "",
    since: Annotated[str, typer.Option(help="С какого дня, например 2024-01-01.")] = "",
    as_json: AsJson = False,
) -> None:
    """Показать недельный счёт: сообщения, голоса и риски по темам и территориям."""
    house = _open()
    try:
        names = own.subject_names(all_threats(house.work()))
        with house.store.read() as tx:
            rows = [r for r in all_weeks(tx, _day(since)) if subject in ("", r.subject)]
    finally:
        house.close()
    if as_json:
        say_json([r._asdict() for r in rows])
        return
    table = Table("Неделя", "Тема", "Территория", "Сообщений", "Голосов", "Рисков", box=None)
    for row in rows:
        place = row.territory or "весь округ"
        told = (str(row.posts), str(row.voices or "—"), str(row.risks))
        table.add_row(row.week.isoformat(), names.get(row.subject, row.subject), place, *told)
    out.print(table)


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise typer.BadParameter(f"«{said}» — не день: напишите 2024-01-01.") from None


@year_app.command("peaks")
@door
def peaks(as_json: AsJson = False) -> None:
    """Показать пики своей истории и что они предлагают реестру угроз."""
    house = _open()
    try:
        work = house.work()
        history = own.history_of(work)
        proposed = own.proposals(work, history)
        names = own.subject_names(all_threats(work))
    finally:
        house.close()
    if as_json:
        say_json(
            {
                "weeks": history.weeks, "first": history.first, "last": history.last, "years": history.years,
                "peaks": [_plain(peak) for peak in history.peaks], "proposals": [_proposed(p) for p in proposed],
            }
        )  # fmt: skip
        return
    known = f"Известно недель: {history.weeks}, лет для сравнения: {len(history.years)}."
    out.print(known, highlight=False)
    for peak in history.peaks:
        place = f", {peak.territory}" if peak.territory else ""
        out.print(f"{names.get(peak.subject, peak.subject)}{place}: {evidence(peak)}.", highlight=False, markup=False)
    for p in proposed:
        out.print(f"Предложение ({p.kind.label}): {p.advice}", highlight=False, markup=False)


def _plain(peak: Peak) -> dict[str, Any]:
    return asdict(peak) | {"times": round(peak.times, 2), "repeated": peak.repeated, "words": evidence(peak)}


def _proposed(p: Proposal) -> dict[str, Any]:
    return {
        "key": p.key, "kind": p.kind.value, "threat": p.threat_id, "name": p.name, "topic": p.topic, "territories": p.territories,
        "start": str(p.start), "until": str(p.until), "lead_days": p.lead_days, "words": p.words, "advice": p.advice,
    }  # fmt: skip

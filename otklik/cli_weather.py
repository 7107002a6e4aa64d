"""Commands about weather and documents: what a person types by hand, and what is read from a file or a feed."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from casework import decrees, weather, weather_reading
from casework.decree_table import read_decrees
from casework.errors import BadMove
from casework.fact_tables import UnreadableTable, day_of, number_of, text_of
from casework.weather import FEED, FILE, NAMES, Recorded, Refused
from casework.weather_reading import LastRead
from casework.work import Work
from crawlers.weather_feed import read_feed
from desk.weather_words import degrees
from district.settings import Settings
from otklik.cli import AsJson, app, door, out, read_settings, say_json
from otklik.wiring import House, build
from preventive.facts import WeatherDay
from preventive.weather import is_counted, mean_of
from reports.wording import count

weather_app = typer.Typer(help="Погода округа: внести день, прочитать файл или ленту.", no_args_is_help=True)
decree_app = typer.Typer(help="Документы, которые открывают и закрывают запреты и режимы.", no_args_is_help=True)
app.add_typer(weather_app, name="weather")
app.add_typer(decree_app, name="decree")


def _open() -> House:
    return build(read_settings(), migrate=False)


@weather_app.command("add")
@door
def add(
    day: Annotated[str, typer.Argument(help="День: 2026-11-20 или 20.11.2026.")],
    mean: Annotated[str | None, typer.Option(help="Средняя за сутки, °C.")] = None,
    low: Annotated[str | None, typer.Option("--min", help="Минимум, °C.")] = None,
    high: Annotated[str | None, typer.Option("--max", help="Максимум, °C.")] = None,
    rain: Annotated[str | None, typer.Option(help="Осадки за сутки, мм.")] = None,
    snow: Annotated[str | None, typer.Option(help="Снег на земле, см.")] = None,
    as_json: AsJson = False,
) -> None:
    """Внести погоду за день; чего не указано, остаётся как было."""
    told = WeatherDay(
        _day(day), _number("mean", mean), _number("low", low), _number("high", high), _number("rain_mm", rain), _number("snow_cm", snow)
    )  # fmt: skip
    house = _open()
    try:
        kept = weather.record_day(house.work(), told, fill=True)
    finally:
        house.close()
    if as_json:
        say_json(asdict(kept) | {"mean": mean_of(kept), "mean_is_counted": is_counted(kept)})
        return
    end = " (посчитана)" if is_counted(kept) else ""
    out.print(f"Погода за {kept.day:%d.%m.%Y} записана: средняя {degrees(mean_of(kept))}{end}.", highlight=False)


@weather_app.command("read")
@door
def read(
    file: Annotated[
        Path | None, typer.Argument(help="Файл CSV или JSON; без него — файл или лента из профиля.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Прочитать погоду по дням из файла или ленты; назовёт каждую непринятую строку."""
    settings, house = read_settings(), _open()
    try:
        work = house.work()
        if file is None:
            told = _named(work, settings)
            rows, done = told.rows, {"days": told.days, "written": told.written, "outweighed": told.outweighed}
            refused, ok = told.refused, told.ok
            reason = told.reason
        else:
            made, days = _read_file(work, file)
            rows, refused, ok, reason = made.refused, len(made.refused), True, ""
            done = {"days": days, "written": len(made.written), "outweighed": len(made.outweighed)}
    finally:
        house.close()
    if as_json:
        say_json(done | {"ok": ok, "reason": reason, "refused": refused, "rows": [asdict(row) for row in rows]})
    else:
        _tell(rows)
        kept = f", оставлено внесённое людьми: {done['outweighed']}" if done["outweighed"] else ""
        out.print(
            f"Прочитано: {count(done['days'], 'день', 'дня', 'дней')}, новых и изменённых {done['written']}{kept}, "
            f"не принято строк {refused}." if ok else reason, highlight=False, markup=False,
        )  # fmt: skip
    if not ok:
        raise typer.Exit(1)


@decree_app.command("list")
@door
def list_decrees(as_json: AsJson = False) -> None:
    """Показать документы: сначала действующие, потом будущие и прошедшие."""
    house = _open()
    try:
        work = house.work()
        rows, names, today = decrees.listed(work), decrees.subjects(work), work.today
    finally:
        house.close()
    if as_json:
        say_json([asdict(row) | {"holds_today": row.holds_on(today)} for row in rows])
        return
    for row in rows:
        mark = "действует" if row.holds_on(today) else "впереди" if row.opens_on > today else "прошёл"
        name = names.get(row.subject, row.subject)
        out.print(
            f"{mark:9} № {row.number}: {name}, {decrees.span_words(row.span)} — {row.title}",
            highlight=False,
            markup=False,
        )
    if not rows:
        out.print("Документов нет.")


@decree_app.command("read")
@door
def read_file(
    file: Annotated[Path, typer.Argument(help="Файл CSV или JSON с документами.")], as_json: AsJson = False
) -> None:
    """Внести документы из файла; назовёт каждую непринятую строку, повторы не внесёт дважды."""
    house = _open()
    try:
        work = house.work()
        places = {t.name: t.id for t in work.profile.territories}
        try:
            told, bad = read_decrees(text_of(weather_reading.bytes_of(file)), places)
        except UnreadableTable as e:
            raise BadMove(f"{file}: {e}.") from e
        done = decrees.add_many(work, told, FILE)
    finally:
        house.close()
    rows = sorted((*bad, *done.refused), key=lambda one: one.row)
    if as_json:
        say_json(
            {
                "added": done.added,
                "known": done.known,
                "overlapping": done.overlapping,
                "refused": [asdict(r) for r in rows],
            }
        )
        return
    _tell(rows)
    over = f", пересекаются с другими {done.overlapping}" if done.overlapping else ""
    out.print(f"Внесено {len(done.added)}{over}, уже были {done.known}, не принято строк {len(rows)}.", highlight=False)


def _named(work: Work, settings: Settings) -> LastRead:
    """Read what the profile names, now."""
    named = work.profile.prevention.weather
    if named is None:
        raise BadMove(
            "В профиле нет [prevention.weather]. Укажите файл: otklik weather read ФАЙЛ, или допишите профиль."
        )
    if named.kind == FEED:
        told = read_feed(settings, work, now=True)
        assert told is not None  # asked now, so it was due
        return told
    path = weather_reading.file_inside(settings.home, named.address)
    stat = path.stat()
    return weather_reading.read_profile_file(work, path, named.address, f"{stat.st_mtime_ns}:{stat.st_size}")


def _read_file(work: Work, file: Path) -> tuple[Recorded, int]:
    try:
        return weather_reading.read_bytes(work, weather_reading.bytes_of(file), FILE)
    except UnreadableTable as e:
        raise BadMove(f"{file}: {e}.") from e


def _tell(rows: tuple[Refused, ...] | list[Refused]) -> None:
    for row in rows:
        out.print(f"✗ строка {row.row}: {row.why}", highlight=False, markup=False)


def _day(text: str) -> date:
    try:
        day = day_of(text)
    except ValueError as e:
        raise BadMove(f"{e}.") from None
    if day is None:
        raise BadMove("Укажите день: 20.11.2026 или 2026-11-20.")
    return day


def _number(name: str, text: str | None) -> float | None:
    try:
        return None if text is None else number_of(text)
    except ValueError as e:
        raise BadMove(f"{NAMES[name].capitalize()}: {e}.") from None

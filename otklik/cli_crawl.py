"""Commands that read sources and list what was found."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from otklik import log
from otklik.cli import AsJson, app, door, err, out, read_settings, say_json
from otklik.wiring import House, build, sync_sources

if TYPE_CHECKING:
    from casework.alerts import Delivered

_LONGEST_GATHER_S = 30.0  # a command is not a worker: what a chat gathers for longer, the worker hands over

Ids = Annotated[list[str] | None, typer.Option("--source", help="Только этот источник (можно несколько раз).")]


@app.command()
@door
def crawl(
    once: Annotated[bool, typer.Option("--once", help="Прочитать сейчас и закончить.")] = False,
    source: Ids = None,
    as_json: AsJson = False,
) -> None:
    """Прочитать источники сейчас и отдать тревоги (по расписанию это делают otklik run и otklik worker)."""
    from casework.runs import release_dead
    from crawlers.run import crawl_once

    if not once:
        err.print("Добавьте --once. По расписанию источники читает otklik run или otklik worker.")
        raise typer.Exit(2)
    settings = read_settings()
    log.set_up(settings.log_level, settings.logs, terminal=False)
    house = build(settings)
    sync_sources(house)
    release_dead(house.work())
    columns = (TextColumn("{task.description:30}"), BarColumn(), TextColumn("{task.fields[told]}"), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=as_json) as bar:
        tasks: dict[str, int] = {}

        def progress(source_id: str, done: int, told: str) -> None:
            if source_id not in tasks:
                tasks[source_id] = bar.add_task(source_id, total=None, told="")
            bar.update(tasks[source_id], completed=done, told=told)  # type: ignore[arg-type]

        results = crawl_once(settings, source, progress)
    delivered = _deliver_all(house)
    if as_json:
        say_json({"runs": [asdict(r) for r in results], "alerts": asdict(delivered)})
    else:
        table = Table("источник", "итог", "новых", "причина")
        for r in results:
            table.add_row(r.source_id, r.outcome_label, str(r.counts.get("new", 0)), r.reason)
        out.print(table)
        out.print(f"Тревог отдано: {delivered.sent}, не отдано: {delivered.failed}.")
    house.close()
    if any(r.outcome in ("failed", "killed", "busy") for r in results):
        raise typer.Exit(1)


def _deliver_all(house: House) -> Delivered:
    """Hand over what the crawl wrote, waiting out the few seconds in which lines of one chat are gathered."""
    from casework.alerts import Delivered, deliver_once
    from reports.send import build_senders, close_senders
    from storage.find.accounts import unsent_counts

    senders, total = build_senders(house.settings, sys.stderr), Delivered()  # standard output is the command's answer
    gather = max((chat.group_for.total_seconds() for chat in house.profile.chats), default=0.0)
    end = time.monotonic() + min(gather, _LONGEST_GATHER_S) + 1
    while True:
        total.add(deliver_once(house.work(), senders, house.settings.desk_address))
        with house.store.read() as tx:
            waiting = sum(unsent_counts(tx).values())
        if not waiting or time.monotonic() >= end:
            close_senders(senders)
            return total
        time.sleep(0.5)


@app.command("queue")
@door
def list_queue(
    level: Annotated[list[int] | None, typer.Option("--level", help="Только этот уровень (1–4).")] = None,
    all_states: Annotated[bool, typer.Option("--all", help="И закрытые тоже.")] = False,
    search: Annotated[str, typer.Option("--search", help="Слова или номер риска.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = 50,
    as_json: AsJson = False,
) -> None:
    """Показать очередь рисков."""
    from risk.levels import Level
    from risk.states import State
    from storage.find.queue import QueueFilter, queue

    house = build(read_settings(), migrate=False)
    wanted = QueueFilter(levels=tuple(level or ()), open_only=not all_states, search=search, per_page=limit)
    with house.store.read() as tx:
        page = queue(tx, wanted, house.work().now)
    house.close()
    if as_json:
        say_json(asdict(page))
        return
    table = Table(
        "номер", "уровень", "состояние", "записей", "просмотров", "где", "что", caption=f"Всего: {page.total}"
    )
    for row in page.rows:
        views = "—" if row.views is None else str(row.views)
        level_told = f"{row.level} {Level(row.level).label}"
        table.add_row(
            row.number, level_told, State(row.state).label, str(row.posts), views, row.settlement or "", row.title[:70]
        )
    out.print(table)


@app.command("sources")
@door
def list_sources(as_json: AsJson = False) -> None:
    """Показать источники и их здоровье."""
    from storage.find.sources import source_lines

    house = build(read_settings(), migrate=False)
    with house.store.read() as tx:
        lines = source_lines(tx, house.work().now)
    house.close()
    if as_json:
        say_json([asdict(line) for line in lines])
        return
    volume = {"silence": "тишина", "flood": "наплыв", "usual": "обычно", "unknown": "пока неизвестно"}
    table = Table("источник", "площадка", "состояние", "за сутки", "объём", "последний обход", "причина")
    for line in lines:
        last = f"{line.last_run_at:%d.%m %H:%M}" if line.last_run_at else "не было"
        reason = line.state_reason or line.last_reason
        table.add_row(line.id, line.platform, line.state, str(line.day_posts), volume[line.volume], last, reason)
    out.print(table)

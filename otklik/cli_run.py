"""Commands that keep running: the whole house, the pages alone, the worker alone; and the demo."""

from __future__ import annotations

import socket
import threading
import time
from functools import partial
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from district.settings import Settings
from otklik import demo, log
from otklik.cli import app, door, err, out, read_settings
from otklik.wiring import House, build


@app.command()
@door
def run() -> None:
    """Запустить всё: базу, страницы, обход источников и тревоги — в одном процессе."""
    from otklik.schedule import Worker

    began = time.perf_counter()
    settings = read_settings()
    log.set_up(settings.log_level, settings.logs, terminal=False)
    house = build(settings)
    first = _first_start(house)
    worker = Worker(house)
    worker.start()
    try:
        _serve(house, first, began)
    finally:
        worker.stop()
        house.close()


@app.command()
@door
def serve() -> None:
    """Запустить только страницы (обход и тревоги — командой otklik worker)."""
    settings = read_settings()
    log.set_up(settings.log_level, settings.logs, terminal=False)
    house = build(settings)
    try:
        _serve(house, _first_start(house), time.perf_counter())
    finally:
        house.close()


@app.command()
@door
def worker(
    no_crawl: Annotated[bool, typer.Option("--no-crawl", help="Только тревоги и уборка.")] = False,
) -> None:
    """Запустить только обход источников, тревоги и уборку."""
    from otklik.schedule import Worker

    settings = read_settings()
    log.set_up(settings.log_level, settings.logs)
    house = build(settings)
    loops = Worker(house, crawl=not no_crawl)
    loops.start()
    out.print("Работаю. Остановить: Ctrl+C.")
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        loops.stop()
        house.close()


@app.command("demo")
@door
def load_demo() -> None:
    """Наполнить пустую базу демонстрационным месяцем жизни округа."""
    house = build(read_settings())
    try:
        if not house.profile.is_demo:
            err.print(f"Профиль «{house.profile.name}» настоящий: выдуманные записи в него не загружаются.")
            raise typer.Exit(1)
        if not demo.is_empty(house):
            err.print("В базе уже есть записи: демонстрация загружается только в пустую. Задайте другую OTKLIK_HOME.")
            raise typer.Exit(1)
        password = _first_start(house)
        if password:
            _tell_password(password)
    finally:
        house.close()


def _first_start(house: House) -> str | None:
    """Make the first account and, for the demo district, its month; return the one-time password if it was made now."""
    from casework.accounts import first_account
    from casework.source_sync import sync_profile_sources

    made = first_account(house.work())  # before the demo's officer: the first account is the technician's
    if house.profile.is_demo and demo.is_empty(house):
        _load_demo(house)
    else:
        sync_profile_sources(house.work())
    return made.password if made else None


def _load_demo(house: House) -> None:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=out, transient=True) as bar:
        task = bar.add_task("Демонстрационный округ: месяц жизни", total=None)
        loaded = demo.load(house, house.work().now, lambda done, total: bar.update(task, completed=done, total=total))
    out.print(
        f"Демонстрационный округ загружен: {loaded.posts} записей за {loaded.days} дней, рисков {loaded.risks}.",
        highlight=False,
    )


def _serve(house: House, password: str | None, began: float) -> None:
    import uvicorn

    from crawlers.run import try_source
    from desk.app import make_app

    settings = house.settings
    look = partial(try_source, settings)
    web = make_app(settings, house.profile, house.store, house.reader, look)
    config = uvicorn.Config(
        web, host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False
    )
    server = uvicorn.Server(config)
    try:
        sock = socket.create_server((settings.host, settings.port))
    except OSError as e:
        err.print(
            f"Адрес {settings.host}:{settings.port} не открыть ({e.strerror}). Другой порт: OTKLIK_PORT=8001 make run",
            highlight=False,
        )
        raise typer.Exit(1) from None
    port = sock.getsockname()[1]
    _greet(settings, port, password, time.perf_counter() - began)
    server.run(sockets=[sock])


def _greet(settings: Settings, port: int, password: str | None, seconds: float) -> None:
    out.print(f"\n  Отклик готов за {seconds:.1f} с:  [bold]http://{settings.host}:{port}/[/]", highlight=False)
    if password:
        _tell_password(password)
    else:
        out.print("  Пароль был показан при первом запуске; забыли — otklik staff password admin", highlight=False)
    out.print("  Остановить: Ctrl+C\n")


def _tell_password(password: str) -> None:
    out.print(
        f"  Вход: [bold]admin[/]   одноразовый пароль: [bold]{password}[/]   (при входе задайте свой)", highlight=False
    )

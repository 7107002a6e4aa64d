"""Commands that keep running: the whole house, the pages alone, the worker alone; and the demo."""

from __future__ import annotations

import errno
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from casework.work import settle
from desk.listen import listen
from district.settings import Settings
from otklik import demo, log
from otklik.cli import app, door, err, out, read_settings
from otklik.wiring import House, build, sync_sources

_REFUSALS = {
    errno.EADDRINUSE: "он занят другой программой (или Отклик уже запущен)",
    errno.EACCES: "нет прав на порт меньше 1024",
    errno.EADDRNOTAVAIL: "у этой машины нет такого адреса",
}
_LAST_ANSWERS_S = 2  # live pages hold their connection for minutes: at the end nobody waits for them


@app.command()
@door
def run() -> None:
    """Запустить всё: базу, страницы, обход источников и тревоги — в одном процессе."""
    from otklik.schedule import Worker

    began = time.perf_counter()
    with _until_stopped():
        sock, settings = _listen()
        house = build(settings)
        first = _first_start(house)
        worker = Worker(house)
        worker.start()
        try:
            _serve(house, sock, first, began)
        finally:
            worker.stop()
            house.close()


@app.command()
@door
def serve() -> None:
    """Запустить только страницы (обход и тревоги — командой otklik worker)."""
    began = time.perf_counter()
    with _until_stopped():
        sock, settings = _listen()
        house = build(settings)
        try:
            _serve(house, sock, _first_start(house), began)
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
    with _until_stopped():
        house = build(settings)
        sync_sources(house)
        loops = Worker(house, crawl=not no_crawl)
        loops.start()
        out.print("Работаю. Остановить: Ctrl+C.")
        try:
            threading.Event().wait()
        finally:
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


@contextmanager
def _until_stopped() -> Iterator[None]:
    """Let a supervisor's SIGTERM end the process as Ctrl+C does: reading is put down, the house is closed, all is well."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        out.print("Остановлено.")
    finally:
        signal.signal(signal.SIGTERM, before)


def _listen() -> tuple[socket.socket, Settings]:
    """Open the address of the pages, first of all: a busy port must not cost the password that is shown only once.

    The settings come back with the port that was opened (OTKLIK_PORT=0 takes any free one).
    """
    settings = read_settings()
    try:
        sock = listen(settings.host, settings.port)
    except OSError as e:
        why = _REFUSALS.get(e.errno or 0, str(e.strerror))
        told = f"Адрес {settings.host}:{settings.port} не открыть: {why}. Другой порт: OTKLIK_PORT=8001 make run"
        err.print(told, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    log.set_up(settings.log_level, settings.logs, terminal=False)
    return sock, settings.model_copy(update={"port": sock.getsockname()[1]})


def _first_start(house: House) -> str | None:
    """Make the first account and, for the demo district, its month; return the one-time password if it was made now."""
    from casework.accounts import first_account

    made = first_account(house.work())  # before the demo's officer: the first account is the technician's
    if house.profile.is_demo and demo.is_empty(house):
        _load_demo(house)
    sync_sources(house)
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
        try:
            loaded = demo.load(
                house, house.work().now, lambda done, total: bar.update(task, completed=done, total=total)
            )
        except KeyboardInterrupt:
            home = house.settings.home
            out.print(f"Демонстрация загружена не вся: чтобы начать заново, уберите папку {home}.", soft_wrap=True)
            raise
    out.print(
        f"Демонстрационный округ загружен: {loaded.posts} записей за {loaded.days} дней, рисков {loaded.risks}.",
        highlight=False,
    )


def _serve(house: House, sock: socket.socket, password: str | None, began: float) -> None:
    import uvicorn

    from crawlers.run import try_source
    from desk.app import make_app

    settings = house.settings
    look = partial(try_source, settings)
    web = make_app(settings, house.profile, house.store, house.reader, look)
    config = uvicorn.Config(
        web, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_LAST_ANSWERS_S
    )
    settle()  # else every tenth card or so waits while the collector walks through the dictionaries
    _greet(settings, password, time.perf_counter() - began)
    uvicorn.Server(config).run(sockets=[sock])


def _greet(settings: Settings, password: str | None, seconds: float) -> None:
    out.print(
        f"\n  Отклик готов за {seconds:.1f} с:  [bold]http://{settings.host}:{settings.port}/[/]", highlight=False
    )
    if password:
        _tell_password(password)
    else:
        out.print(
            "  Пароль показывают один раз, при первом запуске; нет его — otklik staff password admin", highlight=False
        )
    out.print("  Остановить: Ctrl+C\n")


def _tell_password(password: str) -> None:
    out.print(
        f"  Вход: [bold]admin[/]   одноразовый пароль: [bold]{password}[/]   (при входе задайте свой)",
        highlight=False,
        soft_wrap=True,
    )

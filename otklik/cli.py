"""The commands of the house; every list and measure also speaks JSON, because staff script them and tests read them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from district.settings import Settings

app = typer.Typer(
    name="otklik",
    help="Отклик: от публичного сообщения до отработанного риска.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
profile_app = typer.Typer(help="Профиль округа.", no_args_is_help=True)
app.add_typer(profile_app, name="profile")

# Into a pipe or a file lines come whole: a table cut at 80 signs would break ids that somebody greps for.
out = Console(width=None if sys.stdout.isatty() else 200)
err = Console(stderr=True)

_WRONG = {
    "int_parsing": "нужно целое число",
    "greater_than_equal": "не меньше {ge}",
    "less_than_equal": "не больше {le}",
}

AsJson = Annotated[bool, typer.Option("--json", help="Ответить в JSON.")]


def read_settings() -> Settings:
    """Return the settings of this installation; a wrong value ends the command with its name and the mend."""
    try:
        return Settings()
    except ValidationError as e:
        for problem in e.errors():
            name = "OTKLIK_" + "_".join(str(p) for p in problem["loc"]).upper()
            said = _WRONG.get(problem["type"], problem["msg"]).format(**problem.get("ctx", {}))
            err.print(
                f"{name}: {said} (сейчас: {problem.get('input')!r})", highlight=False, markup=False, soft_wrap=True
            )
        raise typer.Exit(2) from None


def say_json(value: Any) -> None:
    """Print a value as JSON on standard output, times as ISO 8601."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def door(command: Callable[..., None]) -> Callable[..., None]:
    """End a command with one clear line when the house refuses (its own errors are written for people)."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from casework.errors import CaseworkError
        from district.errors import DistrictError
        from otklik.wiring import DatabaseNotReady
        from storage.errors import StorageError

        try:
            command(*args, **kwargs)
        except (CaseworkError, DistrictError, StorageError, DatabaseNotReady) as e:
            err.print(str(e), highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(1) from None
        except OSError as e:
            if e.filename is None:
                raise
            told = f"{e.filename}: {e.strerror}. Проверьте папку и права на неё (OTKLIK_HOME)."
            err.print(told, highlight=False, markup=False, soft_wrap=True)
            raise typer.Exit(1) from None

    return run


@profile_app.command("check")
@door
def profile_check(
    file: Annotated[Path | None, typer.Argument(help="Файл профиля; без него — тот, что в настройках.")] = None,
    as_json: AsJson = False,
) -> None:
    """Проверить профиль округа и показать все ошибки сразу."""
    from district.load import check_profile, load_profile

    settings = read_settings()
    path = file or settings.profile
    problems = check_profile(path, settings.allow_internal)
    fatal = [p for p in problems if p.fatal]
    if as_json:
        say_json({"file": str(path), "ok": not fatal, "problems": [p.as_dict() for p in problems]})
    else:
        for problem in problems:
            out.print(("✗ " if problem.fatal else "! ") + str(problem), highlight=False, markup=False)
        if not fatal:
            profile = load_profile(path, settings.allow_internal)
            out.print(
                f"Профиль годен: {profile.name}; территорий {len(profile.territories)}, блоков {len(profile.blocks)}, "
                f"источников {len(profile.sources)}, чатов {len(profile.chats)}.",
                highlight=False,
            )
    if fatal:
        raise typer.Exit(1)


@app.command("check")
@door
def check_house(as_json: AsJson = False) -> None:
    """Проверить установку: что готово и чего не хватает."""
    from otklik.check import Verdict, check
    from otklik.check import as_json as to_json

    points = check(read_settings())
    if as_json:
        say_json(to_json(points))
    else:
        marks = {Verdict.OK: "[green]✓[/]", Verdict.WARN: "[yellow]![/]", Verdict.BAD: "[red]✗[/]"}
        for point in points:
            out.print(f"{marks[point.verdict]} {point.verdict.label:9} {point.name}: ", end="")
            out.print(point.found + (f" → {point.mend}" if point.mend else ""), highlight=False, markup=False)
    if any(p.verdict is Verdict.BAD for p in points):
        raise typer.Exit(1)


@app.command()
@door
def upgrade() -> None:
    """Привести таблицы базы к этой версии программы."""
    from otklik.wiring import check_database

    check_database(read_settings(), migrate=True)
    out.print("База готова.")


def main() -> None:
    """Run the command line (the entry point `otklik`)."""
    import otklik.cli_accounts
    import otklik.cli_crawl
    import otklik.cli_history
    import otklik.cli_pages
    import otklik.cli_run
    import otklik.cli_weather
    import otklik.cli_year  # noqa: F401 - they register their commands

    app()


if __name__ == "__main__":
    main()

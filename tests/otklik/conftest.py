"""One installation with the demo district's month, loaded once; and the command line as a function."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

import otklik.cli_accounts
import otklik.cli_crawl
import otklik.cli_history
import otklik.cli_pages
import otklik.cli_run
import otklik.cli_weather
import otklik.cli_year  # noqa: F401 - they register their commands
from district.settings import Settings
from otklik.cli import app, out
from otklik.log import QUIETENED
from otklik.wiring import House, build

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Shell:
    """A terminal in an installation's environment."""

    home: Path
    profile: Path = ROOT / "district" / "demo.toml"

    def __call__(self, *arguments: str, **env: str) -> Result:
        """Run a command; what it prints and how it ends is in the result."""
        told = {"OTKLIK_HOME": str(self.home), "OTKLIK_PROFILE": str(self.profile), **env}
        out.width = 200  # as into a pipe, also where the tests have a terminal
        return CliRunner().invoke(app, list(arguments), env=told)

    def ask(self, *arguments: str, **env: str) -> Any:
        """Run a command with --json; it must end well."""
        done = self(*arguments, "--json", **env)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    """Logging is the process's own: leave it as it was found."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    levels = {name: logging.getLogger(name).level for name in QUIETENED}
    yield
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    for handler in root.handlers:
        if handler not in handlers:
            handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A terminal where nothing has been started yet."""
    return Shell(tmp_path / "var")


@pytest.fixture
def real_profile(tmp_path: Path) -> Path:
    """The demo district's profile under another name, which makes it a real one."""
    text = (ROOT / "district" / "demo.toml").read_text(encoding="utf-8")
    path = tmp_path / "district.toml"
    path.write_text(text.replace("is_demo = true", "is_demo = false"), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def demo_shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A terminal where `otklik demo` was run; tests only read there."""
    made = Shell(tmp_path_factory.mktemp("demo") / "var")
    done = made("demo")
    assert done.exit_code == 0, done.output
    assert "одноразовый пароль" in done.stdout
    return made


@pytest.fixture(scope="session")
def demo_house(demo_shell: Shell) -> Iterator[House]:
    """The demo district's house, opened."""
    house = build(Settings(_env_file=None, home=demo_shell.home, profile=demo_shell.profile))  # type: ignore[call-arg]
    yield house
    house.close()

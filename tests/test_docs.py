"""What the code offers is told in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from district.settings import Settings
from otklik import cli, cli_accounts, cli_crawl, cli_history, cli_pages, cli_run, cli_weather, cli_year

ROOT = Path(__file__).resolve().parent.parent
DOCS = "\n".join(p.read_text(encoding="utf-8") for p in [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"])
REGISTERED = (cli_accounts, cli_crawl, cli_history, cli_pages, cli_run, cli_weather, cli_year)


def _commands() -> list[str]:
    root = typer.main.get_command(cli.app)
    found = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [f"otklik {name} {sub}" for sub in inner] if inner else [f"otklik {name}"]
    return found


@pytest.mark.parametrize("command", _commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    """README tells every command of the command line."""
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    """docs/howto/settings.md tells every OTKLIK_* setting."""
    assert f"OTKLIK_{name.upper()}" in (ROOT / "docs/howto/settings.md").read_text(encoding="utf-8")


def test_links_between_documents_lead_somewhere() -> None:
    """Every relative link and picture in the documents points to a file that exists."""
    broken = []
    for page in [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")

    assert not broken


def test_the_glossary_names_things_that_exist() -> None:
    """Every file named in the glossary is in the house."""
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b((?:risk|casework|district|texts|storage|crawlers|reports)/[\w/]+(?:\.py)?)", text))
    missing = [n for n in named if not (ROOT / n).exists()]

    assert named
    assert not missing

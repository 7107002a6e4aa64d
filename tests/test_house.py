"""The house itself: its rooms, its walls, its files."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import tomllib
from pathlib import Path

import pytest

from otklik.check import strangers

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = sorted(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
SOURCES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))
PURE = ("risk", "feedback", "preventive", "texts")


def test_every_folder_with_code_is_a_room_that_is_shipped_and_linted() -> None:
    """Folders with Python code, the wheel's packages and the linter's roots are the same list."""
    folders = sorted(p.parent.name for p in ROOT.glob("*/__init__.py") if p.parent.name != "tests")

    assert folders == ROOMS
    assert sorted(PROJECT["tool"]["importlinter"]["root_packages"]) == ROOMS


def test_no_stranger_owns_a_room() -> None:
    """No other installed distribution ships a package under the name of one of our rooms."""
    assert strangers() == {}


def test_a_stranger_in_a_room_would_be_noticed() -> None:
    """The check of strangers names the distribution that ships a package of our name."""
    found = strangers(packages={"storage": ["otklik", "someone-else"], "risk": ["otklik"]})

    assert found == {"storage": ["someone-else"]}


@pytest.mark.parametrize(
    "path", [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))], ids=lambda p: str(p.relative_to(ROOT))
)
def test_files_stay_readable(path: Path) -> None:
    """No file is longer than 400 lines, and each opens with a docstring."""
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text)), "no module docstring"


def test_no_vague_names_for_modules() -> None:
    """No module is called utils, helpers, common or manager."""
    vague = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}

    assert not [p for p in SOURCES if p.stem in vague or p.parent.name in vague]


@pytest.mark.parametrize(
    "path", [p for p in SOURCES if p.relative_to(ROOT).parts[0] in PURE], ids=lambda p: str(p.relative_to(ROOT))
)
def test_rules_open_no_file(path: Path) -> None:
    """Rules call neither open, print, input, eval nor exec (the import linter cannot see builtins)."""
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert not called & {"open", "print", "input", "eval", "exec", "__import__"}


def test_the_locks_carry_hashes_and_no_addresses() -> None:
    """Every locked version has a hash, and no lock names an address to fetch from."""
    for name in ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        pins = re.findall(r"^[a-zA-Z0-9_.\[\]-]+==", text, flags=re.M)

        assert len(pins) > 50
        assert "://" not in text
        assert " @ " not in text
        for block in re.split(r"\n(?=[a-zA-Z0-9])", text.strip()):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_version_is_told_in_one_place() -> None:
    """The installed version is the one of pyproject.toml, and the changelog speaks of it."""
    version = PROJECT["project"]["version"]

    assert importlib.metadata.version("otklik") == version
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

"""The table of `make bench` hides nothing: a part that failed shows, a figure that is missing shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.bench import __main__ as bench


def test_a_failed_part_shows_and_ends_with_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A part that breaks does not stop the others, stands in the table and makes the exit code 1; progress is on stderr."""
    monkeypatch.setattr(
        bench, "parts", lambda *, quick: iter([("no_such_part", []), ("reaction", ["--no-such-option"])])
    )
    monkeypatch.setattr("sys.argv", ["bench", "--json", str(tmp_path / "bench.json")])

    assert bench.main() == 1

    told = capsys.readouterr()
    assert "✗ часть «no_such_part» не измерена: код 1" in told.out
    assert "✗ часть «reaction» не измерена: код 2" in told.out
    assert "[2/2] измеряю: reaction" in told.err
    assert "измеряю" not in told.out
    kept = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert kept["reaction"]["failed"] == "код 2"
    assert {goal["met"] for goal in kept["goals"]} == {None}


def test_a_promise_is_judged_by_its_figure() -> None:
    """A figure on the right side of its bound keeps the promise; a missing one is told as not measured."""
    figures: dict[str, Any] = {
        "grouping": {
            "ring": {"times_datasketch": 15.2, "bytes_per_post": 166},
            "recall": {"city-channels": "нет данных"},
        }
    }
    figures["goals"] = bench.judge(figures)
    lines = list(bench.table(figures))

    assert "✓ копии: кольцо в памяти против datasketch, раз: 15.2 (не меньше 15)" in lines
    assert "✗ копии: кольцо, байт на запись: 166 (не больше 165)" in lines
    assert "– копии: полнота на каналах города: не измерено (не меньше 0.99)" in lines
    assert bench.failures(figures) == []

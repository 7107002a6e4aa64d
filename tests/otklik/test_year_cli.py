"""The commands of own history bring in past years and tell weeks and peaks, in Russian or in JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.otklik.conftest import Shell
from tests.preventive.history_build import a_series, every


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """An installation of the demo district with three imported years in which autumn is loud about waste."""
    shell = Shell(tmp_path_factory.mktemp("year") / "var")
    assert shell("upgrade").exit_code == 0
    weeks = a_series(2021, 2023, every(range(2021, 2024), range(40, 44), 15)).weeks
    table = "тема;территория;неделя;сообщений;голосов\n"
    table += "".join(f"Обращение с отходами;;{w.week:%d.%m.%Y};{w.posts};{w.voices}\n" for w in weeks)
    file = shell.home.parent / "years.csv"
    file.write_text(table, encoding="cp1251")

    done = shell("year", "import", str(file))

    assert done.exit_code == 0, done.output
    assert "Загружено: 156 строк, 156 недель с 04.01.2021 по 25.12.2023; заменено прежних: 0." in done.output
    return shell


def test_weeks_are_told(history: Shell) -> None:
    """The weekly counts come as JSON and as a table, by topic and from a day on."""
    rows = history.ask("year", "weeks", "--topic", "waste", "--since", "2023-10-02")

    assert rows[0] == {"subject": "waste", "territory": "", "week": "2023-10-02", "posts": 15, "voices": 15, "risks": 0}
    assert len(rows) == 13
    assert "Обращение с отходами" in history("year", "weeks").stdout
    assert history("year", "weeks", "--since", "вчера").exit_code == 2


def test_peaks_and_proposals_are_told(history: Shell) -> None:
    """The peak stands with its evidence, and what it proposes with its key and days."""
    told = history.ask("year", "peaks")

    assert (told["weeks"], told["years"]) == (156, [2021, 2022, 2023])
    (peak,) = told["peaks"]
    assert (peak["subject"], peak["repeated"]) == ("waste", True)
    assert peak["words"].startswith("в 3 из 3 лет")
    words = history("year", "peaks").stdout
    assert "Известно недель: 156, лет для сравнения: 3." in words
    assert "Обращение с отходами: в 3 из 3 лет" in words


def test_a_wrong_table_ends_with_its_rows(history: Shell, tmp_path: Path) -> None:
    """Mistakes are told row by row on stderr, the code is 1; a file that is not there is told by its name."""
    file = tmp_path / "wrong.csv"
    file.write_text("topic,week,posts\nroads,вчера,1\nlawn,2023-10-02,2\n", encoding="utf-8")

    done = history("year", "import", str(file))
    missing = history("year", "import", str(tmp_path / "none.csv"))

    assert done.exit_code == 1
    assert "Строка 2: недели или дня «вчера» не бывает" in done.output
    assert "Строка 3: темы «lawn» нет" in done.output
    assert "Ничего не записано" in done.output
    assert (missing.exit_code, "none.csv" in missing.output) == (1, True)


def test_an_import_answers_in_json(history: Shell, tmp_path: Path) -> None:
    """The same import again says in JSON that nothing was replaced and which topics lack the whole district."""
    file = tmp_path / "place.csv"
    file.write_text("topic,territory,week,posts\nroads,beloe,2023-10-02,3\n", encoding="utf-8")

    told = history.ask("year", "import", str(file))

    assert (told["rows"], told["replaced"], told["without_whole"]) == (1, 0, ["Дороги"])

"""The command about official pages answers in words, in JSON and as a table, and refuses a month that is none."""

from __future__ import annotations

from tests.otklik.conftest import Shell


def test_pages_in_words_json_and_table(demo_shell: Shell) -> None:
    """All pages of the demo profile are told in each form; what nobody reads is null."""
    told = demo_shell.ask("pages")
    words, table = demo_shell("pages"), demo_shell("pages", "--csv")

    pages = {page["id"]: page for page in told["pages"]}
    assert len(pages) == 8
    assert pages["kindergarten"]["posts"] is None
    assert pages["okrug-vk"]["reading"] == "read"
    assert pages["okrug-vk"]["last_post"]
    assert words.stdout.startswith("Официальные страницы (8-ФЗ): ")
    assert words.exit_code == table.exit_code == 0
    assert table.stdout.removeprefix("\ufeff").startswith("Страница;Кто ведёт;")
    assert len(table.stdout.strip().splitlines()) == 9


def test_a_wrong_month_is_an_error_in_words(demo_shell: Shell) -> None:
    """The command ends with 1 and says how to write a month."""
    for month, words in (("октябрь", "2026-10"), ("2099-01", "ещё не начался")):
        done = demo_shell("pages", "--month", month)
        assert done.exit_code == 1
        assert words in done.stderr

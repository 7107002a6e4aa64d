"""The message «отработка» has the exact form of the Порядок: comment with text and platforms, then numbered links."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from reports.working_out import WorkingOut, working_out_message

FACTS = WorkingOut(
    number="2026-000017",
    title="Говорят, в колонках на Речной отравлена вода",
    level=4,
    level_name="критический",
    worked_off=False,
    checked="опровергнуто",
    text="Вода в колонках на улице Речной безопасна: пробы взяты 20 ноября.\nАдминистрация Беловского округа",
    platforms=("Подслушано в Белом", "Сайт округа"),
    links=(
        ("Подслушано в Белом", "https://vk.com/wall-1_77?reply=9"),
        ("Сайт округа", "https://beloe.example.ru/news/voda/"),
    ),
)

GOLDEN = """\
Риск № 2026-000017 (уровень 4, критический) — отработка
Говорят, в колонках на Речной отравлена вода
Проверка: опровергнуто

Комментарий:
Вода в колонках на улице Речной безопасна: пробы взяты 20 ноября.
Администрация Беловского округа

Площадки для размещения: Подслушано в Белом; Сайт округа

Ссылки на публикации, где размещена отработка:
1) Подслушано в Белом — https://vk.com/wall-1_77?reply=9
2) Сайт округа — https://beloe.example.ru/news/voda/"""


def test_the_form_is_exact() -> None:
    """Number, level, comment, platforms and links stand in the order of the Порядок, letter by letter."""
    assert working_out_message(FACTS) == GOLDEN


def test_a_closed_risk_is_worked_off() -> None:
    """After the closing the same message says «отработан»; a later one says that it replaces the earlier."""
    assert working_out_message(replace(FACTS, worked_off=True)).startswith(
        "Риск № 2026-000017 (уровень 4, критический) — отработан\n"
    )
    assert "— отработка (уточнение: заменяет прежнее сообщение)\n" in working_out_message(replace(FACTS, changed=True))


def test_what_is_missing_is_said() -> None:
    """An unfinished working-out shows its gaps instead of hiding them."""
    told = working_out_message(replace(FACTS, text=" ", platforms=(), links=()))
    for words in ("текста нет", "Площадки для размещения: не указаны", "публикаций ещё нет"):
        assert words in told


def test_it_has_no_place_for_authors() -> None:
    """Nothing of what the message is made of can name a resident."""
    assert {f.name for f in fields(WorkingOut)} == {
        "number", "title", "level", "level_name", "worked_off", "checked", "text", "platforms", "links", "changed",
    }  # fmt: skip


NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=12), st.lists(NAMES, max_size=6), NAMES)
def test_one_link_one_line(links: list[tuple[str, str]], platforms: list[str], title: str) -> None:
    """Whatever names hold, each link keeps a line of its own and the headings stay where they are."""
    told = working_out_message(replace(FACTS, links=tuple(links), platforms=tuple(platforms), title=title))
    lines = told.split("\n")
    at = lines.index("Ссылки на публикации, где размещена отработка:")
    assert len(lines) - at - 1 == max(len(links), 1)
    assert all(line.startswith(f"{i}) ") for i, line in enumerate(lines[at + 1 :], start=1)) or not links

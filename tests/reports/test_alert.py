"""The alert line: everything requirement 26 asks for, in the chat's bounds, whatever the risk is called."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from district.profile import AlertChat, ChatKind
from reports.alert import MAX_LENGTH, AlertFacts, alert_line, chats_for, group_line, send_after
from reports.wording import clip, count, cut_to, length, one_line
from tests.casework.staff_build import a_profile
from tests.reports.build import SEEN, ZONE, a_chat, some_facts

ANY_TEXT = st.text(max_size=600)


def visible(html: str) -> str:
    return unescape(html.replace("<b>", "").replace("</b>", ""))


@pytest.mark.parametrize(
    "said",
    [
        "2026-000007", "уровень 3, высокий", "новый риск", "Нет воды на Лесной вторые сутки", "отключение воды дольше нормы (+30)",
        "Тема: ЖКХ", "Место: Белое, Беловский отдел", "Впервые замечен: 21.11.2026 12:05", "Источники (2)",
        "Подслушано в Белом — https://vk.com/wall-1_5", "12\u00a0400 просмотров", "рост в 2,3 раза", "блок «Дороги и ЖКХ»",
        "Заместитель Главы", "до: 21.11.2026 16:05", "Проверка: не проверено", "состояние: найден",
        "Карточка: https://mcu.example/risk/7",
    ],
)  # fmt: skip
def test_line_holds_what_the_requirement_asks_for(said: str) -> None:
    """Number, level and why, topic, place, first seen, sources and links, views and growth, block, deadline, state, card."""
    line = alert_line(some_facts(), ZONE, "https://mcu.example/")

    assert said in line.text
    assert visible(line.html) == line.text


def test_unknown_is_said_and_never_zero() -> None:
    """What is not known is told as unknown: views, growth, topic, place, block, deadline."""
    facts = some_facts(
        views=None, growth=None, topic=None, settlement=None, territory=None, block=None, official=None, due_at=None
    )

    text = alert_line(facts, ZONE).text

    for said in (
        "просмотры неизвестны",
        "Тема: не определена",
        "Место: не определено",
        "блок не определён",
        "срок не задан",
    ):
        assert said in text
    assert "рост" not in text
    assert "Карточка" not in text


def test_reasons_stand_in_one_sentence() -> None:
    """Rules end their reasons with a full stop; the line tells them one after another."""
    text = alert_line(some_facts(reasons=("Опасность для жизни: газ.", "Разных источников: 2.")), ZONE).text

    assert "Почему: Опасность для жизни: газ; Разных источников: 2\n" in text


def test_emergency_names_the_edds() -> None:
    """A danger to life says in the first line whom to call."""
    head = alert_line(some_facts(level=4, level_name="критический", emergency=True), ZONE).text.splitlines()[0]

    assert "ЕДДС" in head
    assert head.startswith("🔴")


def test_facts_hold_nobody() -> None:
    """There is no field for an author, a voice or a text of a post."""
    assert not {"author", "voice", "voices", "text", "profile"} & set(AlertFacts.__slots__)


@given(
    title=ANY_TEXT,
    reasons=st.lists(ANY_TEXT, max_size=9),
    name=ANY_TEXT,
    n=st.integers(0, 60),
    place=ANY_TEXT,
    post=ANY_TEXT,
)
def test_line_fits_the_chat_whatever_it_says(
    title: str, reasons: list[str], name: str, n: int, place: str, post: str
) -> None:
    """No words make the line longer than 4,000 UTF-16 units, break the mark-up or push the number out of the first line."""
    sources = tuple((name, f"https://vk.com/wall-1_{i}") for i in range(n))
    facts = some_facts(
        title=title * 5,
        reasons=tuple(reasons),
        sources=sources,
        sources_total=n,
        settlement=place * 9,
        official=post * 9,
    )

    line = alert_line(facts, ZONE, "https://mcu.example")

    assert length(line.text) <= MAX_LENGTH
    assert "2026-000007" in line.text.splitlines()[0]
    assert visible(line.html) == line.text
    assert "<" not in line.html.replace("<b>", "", 1).replace("</b>", "", 1)


def test_sources_beyond_the_shown_are_counted() -> None:
    """Not shown is not forgotten: the line says how many sources are left for the card."""
    sources = tuple((f"Паблик {i}", f"https://vk.com/wall-1_{i}") for i in range(12))

    text = alert_line(some_facts(sources=sources, sources_total=40), ZONE).text

    assert "Источники (40):" in text
    assert "и ещё 30 — в карточке" in text


def test_a_very_long_link_is_left_to_the_card() -> None:
    """A cut address would lead nowhere."""
    text = alert_line(some_facts(sources=(("Сайт", "https://example.ru/" + "a" * 900),)), ZONE).text

    assert "Сайт — ссылка в карточке" in text


@given(
    st.builds(
        some_facts, title=ANY_TEXT, views=st.none() | st.integers(0, 10**12), growth=st.none() | st.floats(0, 1e6)
    )
)
def test_facts_survive_the_outbox(facts: AlertFacts) -> None:
    """What goes into the database as JSON comes out the same."""
    assert AlertFacts.unpack(json.loads(json.dumps(facts.pack()))) == facts


@given(st.integers(1, 120), ANY_TEXT)
def test_group_keeps_number_and_level_of_each(n: int, title: str) -> None:
    """A grouped message has a line for each risk that fitted, tells how many did, and stays within the bound."""
    many = [some_facts(number=f"2026-{i:06d}", title=title, level=1 + i % 3) for i in range(n)]

    line, fitted = group_line(many, ZONE, "https://mcu.example")

    assert 1 <= fitted <= n
    assert length(line.text) <= MAX_LENGTH
    assert line.numbers == tuple(f.number for f in many[:fitted])
    assert all(f"{f.number} · уровень {f.level}" in line.text for f in many[:fitted])
    assert len(line.text.splitlines()) == fitted + 1


@pytest.mark.parametrize(
    ("level", "told"),
    [(0, []), (1, ["all"]), (2, ["all", "duty"]), (3, ["all", "duty", "head"]), (4, ["all", "duty", "head"])],
)
def test_chats_are_told_from_their_level_up(level: int, told: list[str]) -> None:
    """Each chat hears of risks from its own level, and those the level names itself."""
    from dataclasses import replace

    chats = tuple(
        AlertChat(i, i, ChatKind.CONSOLE, "", from_level=n) for i, n in (("all", 1), ("duty", 2), ("head", 4))
    )
    profile = a_profile(chats=chats)
    profile = replace(profile, levels=tuple(replace(r, alert=("head",)) if r.level == 3 else r for r in profile.levels))

    assert [chat.id for chat in chats_for(profile, level)] == told


def test_critical_lines_do_not_wait() -> None:
    """Level 4 leaves at once, the rest after the chat's time for grouping."""
    chat = a_chat(ChatKind.CONSOLE)

    assert send_after(chat, 4, SEEN) == SEEN
    assert send_after(chat, 3, SEEN) == SEEN + timedelta(seconds=2)


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 риск"), (2, "2 риска"), (5, "5 рисков"), (11, "11 рисков"), (21, "21 риск"), (1112, "1\u00a0112 рисков")],
)
def test_nouns_follow_numbers(number: int, said: str) -> None:
    """Russian nouns agree with their numbers."""
    assert count(number, "риск", "риска", "рисков") == said


@given(st.text(max_size=300), st.integers(0, 120))
def test_cutting_never_breaks_a_character(text: str, limit: int) -> None:
    """A cut text is within the limit in UTF-16 units and encodes well; a short one is untouched."""
    cut = cut_to(text, limit)

    assert length(cut) <= limit
    cut.encode("utf-16-le", "surrogatepass")
    assert cut == text if length(text) <= limit else len(cut) <= len(text)


def test_control_marks_do_not_reach_the_chat() -> None:
    """Right-to-left marks, NUL and line breaks in a title cannot turn or split the message."""
    assert one_line("вода\x00 нет\u202e\n\tсвет") == "вода нет свет"
    assert clip("слово " * 50, 20) == "слово слово слово…"

"""Cleaning makes one text of the many spellings of a message, and never fails on a strange one."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from texts.clean import END, clean, is_name, letters, plain

SAME = {
    "case": ("Завтра отключат воду в селе Белое", "ЗАВТРА ОТКЛЮЧАТ ВОДУ В СЕЛЕ БЕЛОЕ"),
    "yo and short i": ("Ещё раз: ёлка и йод", "Еще раз: елка и иод"),
    "decomposed letters": ("Йод и ёлка", "Йод и ёлка"),
    "look-alike letters": ("Школа закрыта на карантин", "Шкoлa зaкpытa нa кapaнтин"),
    "emoji": ("Нет света третий час", "⚡️Нет света 😡 третий час‼️"),
    "zero width": ("Нет света третий час", "Н\u200bет св\u00adета третий\ufeff час"),
    "link": ("Собрание жителей в субботу", "Собрание жителей в субботу https://vk.com/wall-1_5?w=1"),
    "bare link": ("Собрание жителей в субботу", "Собрание жителей в субботу vk.cc/a1B2c3"),
    "markdown": ("Собрание жителей в субботу", "**Собрание** [жителей](https://t.me/x/1) __в субботу__"),
    "labels": ("Собрание жителей в субботу", "#новости #Белое\nСобрание жителей в субботу\n#собрание"),
    "mention keeps its name": ("Пишет Паблик села: воды нет", "Пишет [club15|Паблик села]: воды нет"),
    "at name": ("Воды нет", "@admin_beloe Воды нет"),
    "spaces and punctuation": ("Воды нет с утра", "  Воды — нет…\n\n\tс  утра!!! "),
}


@pytest.mark.parametrize("name", SAME)
def test_spellings_of_one_text_become_one(name: str) -> None:
    """Case, look-alikes, emoji, links, labels and punctuation do not make another text."""
    one, two = (plain(norm) for norm in clean(list(SAME[name])))

    assert one == two


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("дом 5", "дом 6"),
        ("в Белом", "в Сосново"),
        ("18:00", "19:00"),
        ("#Белое сегодня", "В #Белое сегодня"),
        ("ёж", "уж"),
    ],
)
def test_other_texts_stay_other(one: str, two: str) -> None:
    """Numbers, words and a tag amid a sentence are part of the text."""
    assert len(set(clean([one, two]))) == 2


def test_a_text_of_signs_alone_is_empty() -> None:
    """Emoji, links and labels alone leave nothing to compare."""
    assert clean(["😀😀", "", "   ", "https://vk.com/wall-1_5", "#лето #море"]) == [b""] * 5


def test_names_amid_a_sentence_keep_their_capital() -> None:
    """A capital letter amid a sentence marks a name; at its beginning, in shouting and after a full stop it does not."""
    words = clean(["Завтра в селе Белое. Будет собрание, ведёт Сосновский «Маяк» МЧС"])[0].split()

    assert [plain(word) for word in words if is_name(word)] == [
        letters(word) for word in ("Белое", "Сосновский", "Маяк")
    ]


def test_other_alphabets_are_not_empty() -> None:
    """A text in another alphabet is compared too."""
    assert all(clean(["Хәерле көн", "დილა", "早上好", "Huomenta päivää"]))


@given(st.lists(st.text(max_size=60), max_size=8))
@example(["", "0Aa"])
def test_a_batch_is_cleaned_as_one_by_one(texts: list[str]) -> None:
    """A text does not depend on its neighbours in the batch, whatever characters they hold."""
    together = clean(texts)

    assert together == [norm for text in texts for norm in clean([text])]
    assert all(
        END not in norm and not norm.startswith(b" ") and not norm.endswith(b" ") and b"  " not in norm
        for norm in together
    )


@pytest.mark.parametrize(
    "hostile", ["." * 100_000, "a-" * 50_000, "#" * 100_000, "a." * 50_000 + "/", "[club1|" * 20_000, "ё" * 100_000]
)
def test_hostile_texts_take_no_minute(hostile: str) -> None:
    """Cleaning stays linear on texts made to be slow."""
    began = time.perf_counter()

    clean([hostile])

    assert time.perf_counter() - began < 2

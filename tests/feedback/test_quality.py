"""The check of a reply: good replies pass, each fault is named at its place, and no text breaks it."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.gerunds import gerunds_in, is_gerund
from feedback.quality import LONGEST, Finding, check_reply
from feedback.sentences import sentences
from tests.feedback.reply_cases import FAULTS, GOOD, KEPT, SIGNED

MUST = {
    "blank", "too_long", "personal_data", "maybe_personal", "rating_request", "blame", "no_signature", "no_substance",
    "bare_forwarding",
}  # fmt: skip


_GERUNDS = """
сделав проверив рассмотрев получив обратившись вернувшись учитывая руководствуясь являясь принимая сообщая осуществляя
выполняя проверяя требуя информируя используя рассматривая поддерживая имея будучи вернув достигнув открыв указав
"""
_LOOK_ALIKES = """
состав коллектив архив перерыв случаев месяцев домов красивая последняя домашняя синяя горячая улица неделя земля
благодаря несмотря хотя включая мастерская настойчивая талантливая статуя июля прав актив залив июня администрация
"""
GERUNDS, LOOK_ALIKES = _GERUNDS.split(), _LOOK_ALIKES.split()


def found_in(body: str, **given_: object) -> tuple[Finding, ...]:
    options: dict[str, object] = {"solved": False, "signature": SIGNED} | given_
    return check_reply(f"{body}\n\n{SIGNED}", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", GOOD, ids=range(len(GOOD)))
def test_a_good_reply_has_no_findings(body: str) -> None:
    """Greeting, measure, day, who does it, signature: nothing to say."""
    assert [f"{f.code}: {f.words}" for f in found_in(body)] == []


@pytest.mark.parametrize(
    ("code", "body", "place"), FAULTS, ids=[f"{n}-{code}" for n, (code, _, _) in enumerate(FAULTS)]
)
def test_each_fault_is_named_at_its_place(code: str, body: str, place: str) -> None:
    """The fault is found once with its place, Russian words and an example, and is as grave as it should be."""
    text = f"{body}\n\n{SIGNED}"
    named = [f for f in found_in(body) if f.code == code]

    assert named, [f.code for f in found_in(body)]
    first = named[0]
    quoted = text[first.start : first.end]
    if place:
        assert place in quoted or quoted in place
    else:
        assert quoted == ""
    assert (first.severity == "must") == (code in MUST)
    assert re.search("[а-яё]", first.words)
    assert re.search("[а-яё]", first.example)


@pytest.mark.parametrize(("code", "body"), KEPT, ids=[f"{n}-{code}" for n, (code, _) in enumerate(KEPT)])
def test_what_only_looks_like_a_fault_is_kept(code: str, body: str) -> None:
    """Office phones, short acts, prepositions grown out of gerunds, known abbreviations are no faults."""
    assert code not in [f.code for f in found_in(body)]


def test_the_table_is_long_enough() -> None:
    """At least sixty cases stand behind the rules, and every code has one."""
    assert len(FAULTS) + len(GOOD) + len(KEPT) >= 60
    assert {code for code, _, _ in FAULTS} == MUST - {"no_signature"} | {
        "no_measure", "no_date", "no_body", "long_act", "long_body", "gerunds", "no_greeting", "shouting", "long_sentence",
        "abbreviation", "vague_term",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("tail", "signature", "missing"),
    [
        ("", SIGNED, True),
        (f"\n\n{SIGNED}", SIGNED, False),
        ("\n\nС уважением, администрация Беловского округа.", SIGNED, False),
        ("\n\nАдминистрация другого округа", SIGNED, True),
        ("\n\nАдминистрация другого округа", "", False),
        ("\n\nМЦУ округа", "МЦУ округа", False),
        ("\n\nМаша", "", True),
    ],
)
def test_the_official_signature(tail: str, signature: str, missing: bool) -> None:
    """The district's own line must stand at the end, in any case of letters; without one named, any office will do."""
    found = check_reply(GOOD[0] + tail, solved=False, signature=signature)

    assert ("no_signature" in [f.code for f in found]) == missing


def test_a_rating_may_be_asked_for_when_all_is_done() -> None:
    """On a solved matter the request passes."""
    body = GOOD[0] + " Пожалуйста, оцените ответ."

    assert [f.code for f in found_in(body)] == ["rating_request"]
    assert found_in(body, solved=True) == ()


def test_checking_owes_no_measure_yet() -> None:
    """«Проверяем» may go without a measure, a day and a body; an answer may not."""
    body = "Здравствуйте! Видим ваши сообщения, разбираемся."

    assert found_in(body, kind="holding") == ()
    assert [f.code for f in found_in(body, kind="update")] == ["no_substance"]


@pytest.mark.parametrize(
    ("post", "passed_by"),
    [
        ("Когда вернут воду?", []),
        ("А перерасчёт за октябрь сделают?", ["А перерасчёт за октябрь сделают?"]),
        ("Почему насос старый?", []),
        ("Доколе это терпеть?", []),
        ("Где власти смотрят?", []),
        ("Когда?", []),
        ("Сколько можно?", []),
        ("Нет света! Кто ответит за испорченный холодильник?", ["Кто ответит за испорченный холодильник?"]),
        (
            "Третий день так. Привезут бочку? Кому звонить по квитанциям?",
            ["Привезут бочку?", "Кому звонить по квитанциям?"],
        ),
        ("Вода есть.", []),
        ("", []),
    ],
)
def test_a_question_passed_by_is_told(post: str, passed_by: list[str]) -> None:
    """A question none of whose words is in the reply is a finding; cries and questions without words of their own are not."""
    found = found_in(GOOD[0], questions=(post,))

    assert {f.code for f in found} <= {"unanswered"}
    assert [f.words.split("«")[1].rstrip("»") for f in found] == passed_by


def test_no_more_than_three_questions_are_told() -> None:
    """A hundred angry questions do not hide the rest."""
    asked = tuple(f"Почему закрыли магазин{n} и аптеку{n}?" for n in range(100))

    assert [f.code for f in found_in(GOOD[0], questions=asked)] == ["unanswered"] * 3


@pytest.mark.parametrize("word", GERUNDS)
def test_gerunds_are_known_by_their_form(word: str) -> None:
    """Past and present деепричастия of official letters."""
    assert is_gerund(word)


@pytest.mark.parametrize("word", LOOK_ALIKES)
def test_look_alikes_are_no_gerunds(word: str) -> None:
    """Nouns, adjectives and prepositions with the same endings."""
    assert not is_gerund(word)


def test_names_are_no_gerunds() -> None:
    """A capitalised word in the middle is a name («Ярослав»); at the beginning it may be a gerund."""
    assert [w for _, _, w in gerunds_in("Проверив дом, Ростислав и Вячеслав ушли")] == ["Проверив"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ул. Мира, д. 7. Починили.", ["Ул. Мира, д. 7.", "Починили."]),
        ("Это 21.11.2026 в 10.30. Да", ["Это 21.11.2026 в 10.30.", "Да"]),
        ("Глава И.И. Петров сказал. Всё!", ["Глава И.И. Петров сказал.", "Всё!"]),
        ("Первая\nвторая\n\nтретья", ["Первая", "вторая", "третья"]),
        ("Так?! Нет… Да.", ["Так?!", "Нет…", "Да."]),
        ("  ", []),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(text: str, parts: list[str]) -> None:
    """Short forms, dates and initials do not end a sentence; a new line does; places fit the text."""
    found = sentences(text)

    assert [s.text for s in found] == parts
    assert all(text[s.start : s.end] == s.text for s in found)


# What replies are made of, thrown together: more telling than random letters.
PIECES = st.sampled_from(
    [*(body for body in GOOD), *(body for _, body, _ in FAULTS[:-1]), SIGNED, "\n\n", " ", "!", "___", "{срок}", "«", "№ 354", "ул. ", "И.И.", "\x00", "😀", "НЕ", "\u202e"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=8).map("".join))


@given(text=TEXTS, signature=st.one_of(st.just(SIGNED), st.text(max_size=30)), solved=st.booleans(), kind=st.sampled_from(["holding", "answer", "update"]), questions=st.lists(TEXTS, max_size=2))  # fmt: skip
def test_no_text_breaks_the_check(text: str, signature: str, solved: bool, kind: str, questions: list[str]) -> None:
    """Whatever is written, places lie within the text, come in order, and the same text says the same twice."""
    found = check_reply(text, solved=solved, signature=signature, kind=kind, questions=questions)

    assert all(0 <= f.start <= f.end <= len(text) for f in found)
    assert [f.start for f in found] == sorted(f.start for f in found)
    assert check_reply(text, solved=solved, signature=signature, kind=kind, questions=questions) == found
    assert ("too_long" in [f.code for f in found]) == (len(text) > LONGEST)


@given(body=st.sampled_from(GOOD), extra=st.sampled_from([f for f in FAULTS if f[0] in ("blame", "rating_request", "vague_term")]))  # fmt: skip
def test_a_fault_is_found_wherever_it_stands(body: str, extra: tuple[str, str, str]) -> None:
    """A faulty sentence after a good reply is found as it is alone."""
    code, faulty, _ = extra

    assert code in [f.code for f in found_in(body + " " + faulty.removeprefix("Здравствуйте! "))]


@pytest.mark.parametrize("n", [1, 20])
def test_a_long_text_is_checked_quickly(n: int) -> None:
    """Endless repeats of hostile pieces take no more than their length asks for."""
    import time

    hostile = "постановление " * 20 + "от " * 20 + "А" * 200 + "_" * 200 + "№" * 50 + " " * 50
    begun = time.perf_counter()

    check_reply(hostile * n, solved=False, signature=SIGNED, questions=(hostile,))

    assert time.perf_counter() - begun < 2.0 * n


def test_real_official_replies(shared_data: Path) -> None:
    """On real replies of a city the check speaks of most, yet not of everything, and never of the same thing everywhere."""
    with (shared_data / "spb-vk-comments" / "comments.csv").open(encoding="utf-8") as file:
        texts = [
            re.sub(r"\[(USER|PHONE)\]", "", r["text"]) for r in csv.DictReader(file) if r["is_community"] == "True"
        ]
    assert len(texts) > 100

    said = Counter(code for text in texts for code in {f.code for f in check_reply(text, solved=False, signature="")})

    shares = {code: number / len(texts) for code, number in said.items()}
    assert 0.01 < shares["bare_forwarding"] < 0.10
    assert 0.04 < shares["no_substance"] < 0.20
    assert shares["personal_data"] < 0.05
    assert shares["long_sentence"] < 0.30
    assert shares.get("shouting", 0) < 0.05
    assert shares.get("blame", 0) < 0.03

"""Agitation in texts that may only inform: plain calls are found, information about the voting is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preventive.agitation import agitation_in, named_candidates

CALLS = (
    "Голосуйте за нашу команду",
    "Приходите и проголосуйте за перемены",
    "Не голосуйте на этих выборах",
    "Отдайте свой голос за достойного",
    "Ваш голос — за развитие",
    "Поддержите кандидата от района",
    "поддержим нашу партию",
    "Выбирайте достойного кандидата",
    "За сильную команду!",
    "Это лучший кандидат",
    "Наша партия построила школу",
    "Не ходите на выборы",
    "Объявляем бойкот выборов",
    "Голосуй с умом",
)
INFORMATION = (
    "День голосования — 12 сентября. Участки открыты с 8 до 20 часов.",
    "Проголосовать можно дома: заявку принимает участковая комиссия.",
    "Списки кандидатов публикует избирательная комиссия.",
    "Кандидаты в депутаты зарегистрированы 5 августа, их список на сайте комиссии.",
    "За порядок на участках отвечает полиция.",
    "Поддержим тепло в домах: график пуска по домам.",
    "Выберите удобный участок и проверьте адрес.",
    "Голосование за благоустройство парка идёт на портале.",
)


@pytest.mark.parametrize("text", CALLS)
def test_a_call_is_found(text: str) -> None:
    """Calls for and against, praise of a candidate or a party, calls not to come."""
    found = agitation_in(f"Уважаемые жители! {text}.")

    assert found
    assert all(f"Уважаемые жители! {text}."[one.start : one.end] == one.words for one in found)


@pytest.mark.parametrize("text", INFORMATION)
def test_information_is_no_agitation(text: str) -> None:
    """When, where and how to vote, and the same words about other things, pass."""
    assert agitation_in(text) == ()
    assert named_candidates(text) == ()


def test_a_named_candidate_is_pointed_at() -> None:
    """A candidate's name is found with its place; the word alone is not."""
    (one,) = named_candidates("Встреча: кандидат Петров ответит на вопросы")

    assert one.words == "кандидат Петров"


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    """No string breaks the check, and places lie inside it."""
    assert all(0 <= one.start < one.end <= len(text) for one in (*agitation_in(text), *named_candidates(text)))

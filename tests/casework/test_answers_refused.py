"""What an answer is refused for, taken back for, and asked before it may leave."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework import answers
from casework.errors import BadMove, NotAllowed, ReasonNeeded, UnknownSubject
from casework.triage import dismiss, take
from risk.states import State
from storage.engine import Store
from storage.find.answers import approved_answer, waiting_answers, waiting_count
from storage.tables import measure, publication
from tests.casework.answers_build import GOOD, begun, by, row_of, strict
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire, new_risk, open_risk, risk_of
from tests.casework.staff_build import NOW, a_source, a_work


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def test_withdrawing(store: Store) -> None:
    """A draft goes without words, an approved text with a reason, a published one not at all."""
    _, draft = begun(store)
    answers.withdraw(by(store, ANNA), draft, 1)
    assert row_of(store, draft).state == "withdrawn"
    risk_id, ready = begun(store)
    answers.approve(by(store, ANNA), ready, 1)
    with pytest.raises(ReasonNeeded, match="почему ответ отозван"):
        answers.withdraw(by(store, ANNA), ready, 2)
    with store.write() as tx:
        tx.execute(publication.insert().values(
            risk_id=risk_id, answer_id=ready, place="ВК", place_kind="community", url="https://vk.com/wall-1_1",
            state="standing", made_at=NOW, made_by=1,
        ))  # fmt: skip

    with pytest.raises(BadMove, match="уже опубликован"):
        answers.withdraw(by(store, ANNA), ready, 2, "ошибка")
    with store.write() as tx:
        tx.execute(publication.update().values(state="withdrawn"))
    answers.withdraw(by(store, ANNA), ready, 2, "ошибка")

    with store.read() as tx:
        assert approved_answer(tx, risk_id) is None
    with pytest.raises(BadMove, match="сейчас отозван"):
        answers.approve(by(store, ANNA), ready, 3)


def test_what_a_second_person_approved_only_such_a_one_takes_back(sqlite_store: Store) -> None:
    """At a high level an officer cannot undo the head's approval; the head can, with a reason."""
    _, answer_id = begun(sqlite_store, level=3)
    version = answers.ask_approval(by(sqlite_store, ANNA), answer_id, 1)
    answers.approve(by(sqlite_store, HEAD), answer_id, version)

    with pytest.raises(NotAllowed):
        answers.withdraw(by(sqlite_store, ANNA), answer_id, version + 1, "не нравится")
    answers.withdraw(by(sqlite_store, HEAD), answer_id, version + 1, "Назвали не тот дом")

    assert row_of(sqlite_store, answer_id).state == "withdrawn"


def test_one_unfinished_answer_of_a_kind(sqlite_store: Store) -> None:
    """A second draft of a kind is refused with its number; «проверяем» may stand beside it."""
    risk_id, answer_id = begun(sqlite_store)
    version = risk_of(sqlite_store, risk_id).version

    with pytest.raises(BadMove, match=f"уже готовится .* № {answer_id}"):
        answers.write(by(sqlite_store, BORIS), risk_id, version, "answer", GOOD, [])
    assert answers.write(by(sqlite_store, BORIS), risk_id, version, "holding", GOOD, []) > answer_id


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"text": "  \n "}, "текст ответа"),
        ({"text": "я" * 4001}, "длиннее 4000 знаков: здесь 4001. Сократите на 1"),
        ({"kind": "poem"}, "вида «poem» нет"),
        ({"platforms": [f"площадка {n}" for n in range(61)]}, "снимите лишние"),
    ],
)
def test_what_cannot_be_written_is_refused(sqlite_store: Store, change: dict[str, Any], told: str) -> None:
    """An empty or endless text, an unknown kind, too many places: told in words, nothing written."""
    risk_id = new_risk(sqlite_store)
    given = {"kind": "answer", "text": GOOD, "platforms": []} | change

    with pytest.raises((BadMove, ReasonNeeded), match=told):
        answers.write(by(sqlite_store, ANNA), risk_id, 1, given["kind"], given["text"], given["platforms"])
    assert risk_of(sqlite_store, risk_id).version == 1


def test_a_text_of_exactly_four_thousand_signs_is_kept_whole(store: Store) -> None:
    """The longest text comes back letter by letter, line ends made one kind."""
    risk_id = new_risk(store)
    text = "Здравствуйте!\r\nтест  \r\n" + "я" * 4000
    kept = "Здравствуйте!\nтест\n" + "я" * (4000 - 19)

    answer_id = answers.write(by(store, ANNA), risk_id, 1, "answer", text[: len(text) - 19], [])

    assert row_of(store, answer_id).text == kept


def test_places_are_told_once_each(sqlite_store: Store) -> None:
    """Doubles go, names of places are one short line, sources keep their ids."""
    risk_id = new_risk(sqlite_store)
    places = ["vk-residents", "vk-residents", "  Доска \n объявлений ", "", "х" * 300]

    answer_id = answers.write(by(sqlite_store, ANNA), risk_id, 1, "answer", GOOD, places)

    assert row_of(sqlite_store, answer_id).platforms == ("vk-residents", "Доска объявлений", "х" * 200)


def test_a_closed_or_taken_risk_is_not_answered(sqlite_store: Store) -> None:
    """A dismissed risk is reopened first; what another holds is theirs; who may only read writes nothing."""
    risk_id, answer_id = begun(sqlite_store)
    take(by(sqlite_store, BORIS), [risk_id])
    with pytest.raises(Exception, match="boris"):
        answers.change(by(sqlite_store, ANNA), answer_id, 1, GOOD, [])
    with pytest.raises(NotAllowed):
        answers.write(by(sqlite_store, READER), risk_id, risk_of(sqlite_store, risk_id).version, "holding", GOOD, [])
    dismiss(by(sqlite_store, BORIS), risk_id, risk_of(sqlite_store, risk_id).version, "settled")

    for act in (
        lambda: answers.change(by(sqlite_store, ANNA), answer_id, 1, GOOD, []),
        lambda: answers.approve(by(sqlite_store, ANNA), answer_id, 1),
        lambda: answers.write(
            by(sqlite_store, ANNA), risk_id, risk_of(sqlite_store, risk_id).version, "holding", GOOD, []
        ),
    ):
        with pytest.raises(BadMove, match="закрыт"):
            act()


def test_an_unknown_answer_is_told(sqlite_store: Store) -> None:
    """A number that nobody has is named."""
    with pytest.raises(UnknownSubject, match="Ответа № 77 нет"):
        answers.approve(by(sqlite_store, ANNA), 77, 1)


def test_an_answer_after_a_spread_anew_goes_on_preparing(sqlite_store: Store) -> None:
    """The circumstances of a reopened risk are known: its new answer moves it to preparing; «проверяем» does not."""
    risk_id = new_risk(sqlite_store, state="reopened", veracity="confirmed")
    answers.say_checking(by(sqlite_store, ANNA), risk_id, 1, "any-checking", [])
    assert risk_of(sqlite_store, risk_id).state == State.REOPENED

    answers.write(by(sqlite_store, ANNA), risk_id, risk_of(sqlite_store, risk_id).version, "answer", GOOD, [])

    assert risk_of(sqlite_store, risk_id).state == State.PREPARING


def test_what_waits_for_me(store: Store) -> None:
    """The list and its number hold others' waiting texts of my blocks, the highest level first; closed risks fall out."""
    _, low = begun(store, level=3)
    own_risk, high = begun(store, level=4, block="social")
    for answer_id in (low, high):
        answers.ask_approval(by(store, ANNA), answer_id, 1)

    with store.read() as tx:
        assert [w.answer.id for w in waiting_answers(tx, HEAD.id, None)] == [high, low]
        assert [w.answer.id for w in waiting_answers(tx, LEAD.id, ("works",))] == [low]
        assert waiting_answers(tx, ANNA.id, None) == ()
        assert (
            waiting_count(tx, HEAD.id, None),
            waiting_count(tx, LEAD.id, ("works",)),
            waiting_count(tx, 1, None),
        ) == (2, 1, 0)
    dismiss(by(store, HEAD), own_risk, risk_of(store, own_risk).version, "settled")
    with store.read() as tx:
        assert waiting_count(tx, HEAD.id, None) == 1


def test_a_question_of_the_residents_is_asked_of_the_answer(sqlite_store: Store) -> None:
    """The questions of the risk's posts are compared with the text; what is passed by is a finding."""
    work = a_work(sqlite_store, profile=replace(strict(), sources=(a_source(),)))
    risk_id = open_risk(work, {1: "Третий день нет воды. Когда привезут бочку с питьевой водой на Речную?", 2: "А перерасчёт квитанций сделают?"}, state="preparing", veracity="confirmed")  # fmt: skip

    answer_id = answers.write(
        by(sqlite_store, ANNA), risk_id, risk_of(sqlite_store, risk_id).version, "answer", GOOD, []
    )

    codes = [(f["code"], f["words"]) for f in row_of(sqlite_store, answer_id).findings]
    assert codes == [("unanswered", "Похоже, нет ответа на вопрос: «А перерасчёт квитанций сделают?»")]


def test_a_rating_is_asked_for_only_when_all_is_done(sqlite_store: Store) -> None:
    """With a measure taken and none left to do the request passes; with a planned one left it must go."""
    text = GOOD.replace("\n\n", " Пожалуйста, оцените ответ.\n\n")
    risk_id, answer_id = begun(sqlite_store, text=text)
    assert [f["code"] for f in row_of(sqlite_store, answer_id).findings] == ["rating_request"]
    with sqlite_store.write() as tx:
        tx.execute(measure.insert().values(risk_id=risk_id, kind="taken", what="сварили трубу", body="водоканал", state="done", made_at=NOW, made_by=1))  # fmt: skip

    answers.change(by(sqlite_store, ANNA), answer_id, 1, text, [])

    assert row_of(sqlite_store, answer_id).findings == ()

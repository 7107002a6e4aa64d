"""Answers: a draft, a second pair of eyes where the level asks for it, and a text that never changes once approved."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from casework import answers
from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleAnswer, StaleRisk, UnknownSubject
from casework.triage import dismiss, take
from casework.work import Staff, Work
from district.profile import Profile
from risk.states import State
from storage.engine import Store
from storage.find.answers import AnswerRow, answer_by_id, answers_of, approved_answer, waiting_answers, waiting_count
from storage.find.outbox import waiting_lines
from storage.keep.events import verify_chain
from storage.tables import measure, publication
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, card_of, hire, new_risk, open_risk, risk_of
from tests.casework.staff_build import NOW, a_profile, a_source, a_work

SIGNED = "Администрация Беловского округа"
GOOD = f"Здравствуйте! Воды нет из-за порыва трубы. Бригада водоканала чинит её, воду дадут до 22 ноября.\n\n{SIGNED}"
BARE = f"Здравствуйте! Ваше обращение направлено для рассмотрения.\n\n{SIGNED}"


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def strict() -> Profile:
    """A district in which levels 3 and 4 ask for a second person."""
    usual = a_profile()
    return replace(usual, levels=tuple(replace(rule, second_approval=rule.level >= 3) for rule in usual.levels))


def by(store: Store, who: Staff) -> Work:
    return a_work(store, who, profile=strict())


def row_of(store: Store, answer_id: int) -> AnswerRow:
    with store.read() as tx:
        found = answer_by_id(tx, answer_id)
    assert found is not None
    return found


def begun(store: Store, level: int = 2, text: str = GOOD, kind: str = "answer", **risk: Any) -> tuple[int, int]:
    """A checked risk with Anna's draft: (risk, answer)."""
    risk_id = new_risk(store, **({"level": level, "state": "preparing", "veracity": "confirmed"} | risk))
    return risk_id, answers.write(
        by(store, ANNA), risk_id, 1, kind, text, ["vk-residents", "Районное радио"], "any-confirmed"
    )


def kinds(store: Store, risk_id: int) -> list[str]:
    return [event.kind for event in card_of(store, risk_id).events]


def test_the_usual_way_of_a_calm_level(store: Store) -> None:
    """Below the level of a second person the writer's own «готово» makes the text ready, with its trace in the chain."""
    risk_id, answer_id = begun(store)
    draft = row_of(store, answer_id)
    assert (draft.state, draft.kind, draft.made_by, draft.version) == ("draft", "answer", ANNA.id, 1)
    assert draft.platforms == ("vk-residents", "Районное радио")
    assert draft.findings == ()

    assert answers.approve(by(store, ANNA), answer_id, 1) == answer_id

    ready = row_of(store, answer_id)
    assert (ready.state, ready.text, ready.decided_by, ready.decided_at, ready.version) == (
        "approved",
        GOOD,
        ANNA.id,
        NOW,
        2,
    )
    with store.read() as tx:
        assert approved_answer(tx, risk_id) == ready
        assert approved_answer(tx, risk_id, kinds=("holding",)) is None
        assert verify_chain(tx, risk_id) is None
    assert kinds(store, risk_id)[:2] == ["answer_written", "answer_approved"]
    assert risk_of(store, risk_id).state == "preparing", "approving moves no state: publishing does"


def test_a_promised_day_becomes_a_control_item(store: Store) -> None:
    """On approval the day in the text is a planned measure of this answer."""
    risk_id, answer_id = begun(store)

    answers.approve(by(store, ANNA), answer_id, 1)

    with store.read() as tx:
        rows = tx.execute(
            sa.select(measure.c.due_on, measure.c.answer_id, measure.c.kind).where(measure.c.risk_id == risk_id)
        )
        assert [tuple(row) for row in rows] == [("2026-11-22", answer_id, "planned")]


def test_a_high_level_needs_a_second_person(store: Store) -> None:
    """The writer cannot approve, nor can who has no right; the head can, and the chats are told that it waits."""
    risk_id, answer_id = begun(store, level=3)
    with pytest.raises(NotAllowed, match="утверждать ответ"):
        answers.approve(by(store, ANNA), answer_id, 1)

    waiting = answers.ask_approval(by(store, ANNA), answer_id, 1)

    assert row_of(store, answer_id).state == "waiting"
    with store.read() as tx:
        told = [line for line in waiting_lines(tx, "duty") if line.kind == "answer_waiting"]
    assert len(told) == 1
    assert "ждёт утверждения" in told[0].body["text"]
    for other in (ANNA, BORIS, READER):
        with pytest.raises(NotAllowed):
            answers.approve(by(store, other), answer_id, waiting)
    answers.approve(by(store, HEAD), answer_id, waiting)
    assert row_of(store, answer_id).decided_by == HEAD.id
    steps = [kind for kind in kinds(store, risk_id) if kind.startswith("answer")]
    assert steps == ["answer_written", "answer_asked", "answer_approved"]


def test_who_wrote_may_not_approve(sqlite_store: Store) -> None:
    """A head's own text waits for another head, curator, coordinator or the block's lead."""
    risk_id = new_risk(sqlite_store, level=4, state="preparing", veracity="confirmed")
    own = answers.write(by(sqlite_store, HEAD), risk_id, 1, "answer", GOOD, [])
    version = answers.ask_approval(by(sqlite_store, HEAD), own, 1)

    with pytest.raises(BadMove, match="второй человек"):
        answers.approve(by(sqlite_store, HEAD), own, version)
    answers.approve(by(sqlite_store, LEAD), own, version)

    assert row_of(sqlite_store, own).decided_by == LEAD.id


def test_who_mends_a_text_is_its_writer(sqlite_store: Store) -> None:
    """An approver who changes the text has written it: it is a draft again, and somebody else approves."""
    _, answer_id = begun(sqlite_store, level=3)
    version = answers.ask_approval(by(sqlite_store, ANNA), answer_id, 1)

    answers.change(by(sqlite_store, HEAD), answer_id, version, GOOD.replace("чинит", "меняет"), ["vk-residents"])
    mended = row_of(sqlite_store, answer_id)
    assert (mended.state, mended.made_by) == ("draft", HEAD.id)
    version = answers.ask_approval(by(sqlite_store, HEAD), answer_id, mended.version)

    with pytest.raises(BadMove, match="написали вы"):
        answers.approve(by(sqlite_store, HEAD), answer_id, version)


def test_a_draft_is_not_approved_before_it_is_sent(sqlite_store: Store) -> None:
    """Where a second person is needed, the writer first says that the text is ready."""
    _, answer_id = begun(sqlite_store, level=3)

    with pytest.raises(BadMove, match="сейчас черновик"):
        answers.approve(by(sqlite_store, HEAD), answer_id, 1)


def test_returning_needs_words_and_gives_the_text_back(store: Store) -> None:
    """A returned answer says what to mend; it may be changed and sent again."""
    _, answer_id = begun(store, level=3)
    version = answers.ask_approval(by(store, ANNA), answer_id, 1)
    with pytest.raises(ReasonNeeded, match="что исправить"):
        answers.return_(by(store, HEAD), answer_id, version, "  ")
    with pytest.raises(NotAllowed):
        answers.return_(by(store, BORIS), answer_id, version, "Нет срока")

    version = answers.return_(by(store, HEAD), answer_id, version, "Назовите час")

    returned = row_of(store, answer_id)
    assert (returned.state, returned.note, returned.decided_by) == ("returned", "Назовите час", HEAD.id)
    assert (
        answers.change(by(store, ANNA), answer_id, version, GOOD.replace("до 22 ноября", "до 18:00 22 ноября"), [])
        == answer_id
    )
    assert row_of(store, answer_id).state == "draft"


def test_a_stale_form_is_told_and_loses_nothing(store: Store) -> None:
    """Two on one answer: the slower is told who was first, and the first's text stands."""
    risk_id, answer_id = begun(store)
    answers.change(by(store, BORIS), answer_id, 1, GOOD + "\nЕщё раз", [])

    with pytest.raises(StaleAnswer, match="boris, черновик переписан") as caught:
        answers.change(by(store, ANNA), answer_id, 1, "Мой текст", [])
    with pytest.raises(StaleRisk, match="ничего не затёрто"):
        answers.approve(by(store, ANNA), answer_id, 1)

    assert (caught.value.version, caught.value.now_version) == (1, 2)
    assert row_of(store, answer_id).text.endswith("Ещё раз")
    assert kinds(store, risk_id) == ["answer_written", "answer_changed"]


def test_of_many_approving_at_once_one_wins(store: Store) -> None:
    """Six threads approve the same version: one event is written."""
    risk_id, answer_id = begun(store)
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            answers.approve(by(store, ANNA), answer_id, 1)
            outcomes.append("done")
        except StaleAnswer:
            outcomes.append("stale")

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["done"] + ["stale"] * 5
    assert kinds(store, risk_id).count("answer_approved") == 1


def test_an_approved_text_never_changes(store: Store) -> None:
    """Another text is a new draft and the approved one stands until it is approved; other platforms are noted beside."""
    risk_id, first = begun(store)
    answers.approve(by(store, ANNA), first, 1)

    second = answers.change(by(store, ANNA), first, 2, GOOD.replace("22", "23"), ["vk-residents"])

    assert second != first
    assert row_of(store, first).text == GOOD
    with store.read() as tx:
        assert approved_answer(tx, risk_id) == row_of(store, first)
        assert [a.id for a in answers_of(tx, risk_id)] == [second, first]
    answers.approve(by(store, ANNA), second, 1)
    with store.read() as tx:
        assert approved_answer(tx, risk_id) == row_of(store, second)
    assert answers.change(by(store, ANNA), second, 2, GOOD.replace("22", "23"), ["Сайт"]) == second
    assert row_of(store, second).platforms == ("Сайт",)
    assert row_of(store, second).state == "approved"


def test_nothing_leaves_before_the_fact_is_checked(sqlite_store: Store) -> None:
    """An answer to an unchecked fact is refused; «проверяем» is what may be said."""
    risk_id, answer_id = begun(sqlite_store, state="found", veracity="unconfirmed")

    with pytest.raises(BadMove, match="Факт ещё не проверен"):
        answers.approve(by(sqlite_store, ANNA), answer_id, 1)
    with pytest.raises(BadMove, match="Факт ещё не проверен"):
        answers.ask_approval(by(sqlite_store, ANNA), answer_id, 1)

    said = answers.say_checking(
        by(sqlite_store, ANNA),
        risk_id,
        risk_of(sqlite_store, risk_id).version,
        "housing-water-checking",
        ["vk-residents"],
    )
    assert row_of(sqlite_store, said).state == "approved"


def test_checking_is_said_at_once_at_any_level(store: Store) -> None:
    """A template's «проверяем» is ready in one move at level 4 too: it states no fact. A changed one needs the second person."""
    risk_id = new_risk(store, level=4, settlement="Сосново")
    said = answers.say_checking(by(store, ANNA), risk_id, 1, "housing-water-checking", ["vk-residents"])

    ready = row_of(store, said)
    assert (ready.state, ready.kind, ready.template) == ("approved", "holding", "housing-water-checking")
    assert "(Сосново)" in ready.text
    assert ready.text.endswith(SIGNED)
    assert risk_of(store, risk_id).state == "found"

    own = answers.change(by(store, ANNA), said, ready.version, ready.text.replace("Видим", "Все видим"), [])
    with pytest.raises(NotAllowed, match="утверждать"):
        answers.approve(by(store, ANNA), own, 1)


@pytest.mark.parametrize("template", ["no-such", "any-confirmed", ""])
def test_only_a_checking_template_is_said_at_once(sqlite_store: Store, template: str) -> None:
    """Nothing but a «проверяем» skips the draft; nothing is written."""
    risk_id = new_risk(sqlite_store)

    with pytest.raises(BadMove, match="Выберите из списка"):
        answers.say_checking(by(sqlite_store, ANNA), risk_id, 1, template, [])
    with sqlite_store.read() as tx:
        assert answers_of(tx, risk_id) == ()


def test_a_must_needs_a_reason(store: Store) -> None:
    """A bare forwarding leaves only with words why, and both the finding and the words are kept with the answer."""
    _, answer_id = begun(store, text=BARE)
    with pytest.raises(ReasonNeeded, match="только о том, что сообщение кому-то передали"):
        answers.approve(by(store, ANNA), answer_id, 1)

    answers.approve(by(store, ANNA), answer_id, 1, "Ответит область, срок не назвали")

    kept = row_of(store, answer_id)
    assert kept.note == "Ответит область, срок не назвали"
    assert [f["code"] for f in kept.findings] == ["bare_forwarding"]


@pytest.mark.parametrize(
    ("spoiled", "told"),
    [
        ("Звоните +7 921 555-12-34.", "Личные данные"),
        ("СНИЛС 112-233-445 95 проверен.", "СНИЛС"),
        ("Закончим до ___срок___.", "незаполненным: срок"),
    ],
)
def test_no_reason_lets_out_personal_data_or_a_blank(sqlite_store: Store, spoiled: str, told: str) -> None:
    """What must not leave does not leave, whatever the reason; nor does it reach an approver."""
    _, answer_id = begun(sqlite_store, level=3, text=GOOD.replace("\n\n", f" {spoiled}\n\n"))

    with pytest.raises(BadMove, match=told):
        answers.ask_approval(by(sqlite_store, ANNA), answer_id, 1)
    _, calm = begun(sqlite_store, text=GOOD.replace("\n\n", f" {spoiled}\n\n"))
    with pytest.raises(BadMove, match=told):
        answers.approve(by(sqlite_store, ANNA), calm, 1, "очень надо")
    assert row_of(sqlite_store, calm).state == "draft"


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

"""Answers: a draft, a second pair of eyes where the level asks for it, and a text that never changes once approved."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from casework import answers
from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleAnswer, StaleRisk
from storage.engine import Store
from storage.find.answers import answers_of, approved_answer
from storage.find.outbox import waiting_lines
from storage.keep.events import verify_chain
from storage.tables import measure
from tests.casework.answers_build import BARE, GOOD, SIGNED, begun, by, kinds, row_of
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire, new_risk, risk_of
from tests.casework.staff_build import NOW


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


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

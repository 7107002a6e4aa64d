"""Texts of campaigns: a second person approves, nobody but a person publishes, weeks keep their budget of attention."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import campaign_messages, campaign_tasks
from casework.campaign_errors import OverBudget, StaleCampaign
from casework.campaign_messages import (
    approve,
    ask_approval,
    change_message,
    record_published,
    return_message,
    withdraw,
)
from casework.campaign_texts import check_text
from casework.errors import BadMove, NotAllowed, ReasonNeeded, UnknownSubject
from storage.engine import Store
from storage.find.campaign_parts import messages_between, messages_waiting
from storage.tables import outbox
from tests.casework.campaign_build import (
    END,
    GOOD,
    PAGE,
    START,
    S,
    add_task,
    add_text,
    at,
    days_on,
    events,
    go,
    planned,
    row_of,
    text_of,
    whats,
)
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire
from tests.casework.staff_build import a_staff

TELEPHONE = "Звоните старшему по дому: +7 911 123-45-67, он всё расскажет."


@pytest.fixture(autouse=True)
def _people(request: pytest.FixtureRequest) -> None:
    hire(request)


def waiting(store: Store, **changes: Any) -> tuple[int, int]:
    """A text of Anna's that waits for approval: its id and version."""
    work = at(store)
    text = add_text(work, planned(work, **changes))
    return text, ask_approval(work, text, 1)


def test_a_second_person_approves(store: Store) -> None:
    """The writer may not approve, an officer has no right to, the head and the block's lead may."""
    text, version = waiting(store)
    with pytest.raises(NotAllowed):
        approve(at(store, BORIS), text, version)
    with pytest.raises(NotAllowed):
        approve(at(store, READER), text, version)

    approve(at(store, HEAD), text, version)

    ready = text_of(store, text)
    assert (ready.state, ready.made_by, ready.decided_by, ready.version) == ("approved", ANNA.id, HEAD.id, 3)
    own = add_text(at(store, LEAD), ready.campaign_id)
    asked = ask_approval(at(store, LEAD), own, 1)
    with pytest.raises(BadMove, match="второй человек"):
        approve(at(store, LEAD), own, asked)
    with store.read() as tx:
        assert [one.id for one in messages_waiting(tx, HEAD.id, None)] == [own]
        assert messages_waiting(tx, LEAD.id, ("works",)) == ()
        assert messages_waiting(tx, HEAD.id, ("social",)) == ()


def test_who_mends_a_text_is_its_writer(sqlite_store: Store) -> None:
    """An approved text that somebody changes is their draft; another day alone keeps the approval."""
    text, version = waiting(sqlite_store)
    version = approve(at(sqlite_store, HEAD), text, version)

    version = change_message(at(sqlite_store, BORIS), text, version, post_on=START + timedelta(days=1))
    assert text_of(sqlite_store, text).state == "approved"
    version = change_message(at(sqlite_store, HEAD), text, version, text=GOOD + " Берегите себя.")

    mended = text_of(sqlite_store, text)
    assert (mended.state, mended.made_by) == ("draft", HEAD.id)
    asked = ask_approval(at(sqlite_store, HEAD), text, version)
    with pytest.raises(BadMove, match="второй человек"):
        approve(at(sqlite_store, HEAD), text, asked)
    assert change_message(at(sqlite_store), text, asked, audience="рыбаки") == asked, "nothing changed is no version"


def test_a_text_goes_back_with_what_to_mend(sqlite_store: Store) -> None:
    """Returned with words, mended, approved; withdrawn with a reason once it was approved."""
    text, version = waiting(sqlite_store)
    with pytest.raises(ReasonNeeded):
        return_message(at(sqlite_store, HEAD), text, version, " ")
    version = return_message(at(sqlite_store, HEAD), text, version, "короче")
    assert (text_of(sqlite_store, text).state, text_of(sqlite_store, text).note) == ("returned", "короче")
    version = approve(at(sqlite_store, HEAD), text, ask_approval(at(sqlite_store), text, version))

    with pytest.raises(ReasonNeeded, match="почему утверждённый текст снимается"):
        withdraw(at(sqlite_store), text, version)
    withdraw(at(sqlite_store), text, version, "лёд растаял")

    assert text_of(sqlite_store, text).state == "withdrawn"
    with pytest.raises(BadMove, match="снят"):
        ask_approval(at(sqlite_store), text, version + 1)


def test_a_person_publishes_and_records_the_link(store: Store) -> None:
    """Only an approved text gets a link; the program sends nothing anywhere."""
    text, version = waiting(store)
    with pytest.raises(BadMove, match="ждёт утверждения"):
        record_published(at(store), text, version, "https://vk.com/wall-1_5")
    version = approve(at(store, HEAD), text, version)
    with pytest.raises(ReasonNeeded, match="ссылку"):
        record_published(at(store), text, version)
    with pytest.raises(BadMove, match="не адрес"):
        record_published(at(store), text, version, "vk.com/wall-1_5")
    with pytest.raises(BadMove, match="ещё впереди"):
        record_published(at(store), text, version, "https://vk.com/wall-1_5", START)

    record_published(at(store), text, version, "https://vk.com/wall-1_5")

    done = text_of(store, text)
    assert (done.state, done.url, done.published_on) == ("published", "https://vk.com/wall-1_5", date(2026, 11, 19))
    with store.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one() == 0
    with pytest.raises(BadMove, match="опубликован"):
        change_message(at(store), text, done.version, text="Другое")


def test_a_board_has_no_link_and_a_late_link_is_taken(sqlite_store: Store) -> None:
    """A sheet on a board needs no address; what was posted may be recorded when the campaign is finished, not evaluated."""
    work = at(sqlite_store)
    campaign_id = planned(work)
    task = add_task(work, campaign_id)
    texts = [add_text(work, campaign_id, channel=channel) for channel in ("Доски объявлений", PAGE)]
    for text in texts:
        approve(at(sqlite_store, HEAD), text, ask_approval(work, text, 1))
    record_published(work, texts[0], 3)
    go(work, campaign_id, S.PLANNED, S.PREPARING, S.RUNNING)
    campaign_tasks.end_task(work, task, done=True)
    go(work, campaign_id, S.FINISHED)

    record_published(at(sqlite_store, now=days_on(40)), texts[1], 3, "https://vk.com/wall-1_6", START)

    assert {text_of(sqlite_store, text).state for text in texts} == {"published"}
    with pytest.raises(BadMove, match="завершена"):
        add_text(work, campaign_id)


def test_a_week_over_its_budget_needs_a_reason_that_is_kept(store: Store) -> None:
    """The third post of a week in one channel is refused; with a reason it stands, and text and history say why."""
    work = at(store)
    first, second = planned(work), planned(work, title="Другая")
    add_text(work, first, post_on=START)
    add_text(work, second, post_on=START + timedelta(days=1))

    with pytest.raises(OverBudget, match=r"«Администрация округа», неделя 30.11–06.12.2026: с этой публикацией 3"):
        add_text(work, first, post_on=START)
    kept = add_text(work, first, post_on=START, over_budget="провалился человек")
    free = add_text(work, first, post_on=START + timedelta(days=7))
    with pytest.raises(OverBudget):
        change_message(work, free, 1, post_on=START)
    add_text(work, first, channel="Газета", post_on=START)
    with pytest.raises(OverBudget, match="«газета».* с этой публикацией 2, а бюджет внимания — 1"):
        add_text(work, second, channel="газета", post_on=START)

    assert text_of(store, kept).note == "Сверх бюджета внимания: провалился человек"
    assert [e.note for e in events(store, first) if e.what == "over_budget"] == [
        "Сверх бюджета внимания: провалился человек"
    ]
    version = change_message(work, kept, 1, post_on=START + timedelta(days=8))
    assert (text_of(store, kept).note, version) == ("", 2), "inside the budget nothing has to be excused"


def test_cancelled_campaigns_and_withdrawn_texts_use_no_budget(sqlite_store: Store) -> None:
    """What will not be posted leaves its room to others."""
    work = at(sqlite_store)
    first, second = planned(work), planned(work, title="Другая")
    gone = add_text(work, first)
    add_text(work, first)
    withdraw(work, gone, 1)
    add_text(work, second)
    with pytest.raises(OverBudget):
        add_text(work, second)

    go(work, first, S.CANCELLED)

    assert add_text(work, second)
    with sqlite_store.read() as tx:
        assert {one.campaign_id for one in messages_between(tx, START, END)} == {second}


BLOCKED = [
    ("Приходите, адрес: __улица и дом__.", "незаполненным"),
    (TELEPHONE, "Личные данные"),
]


@pytest.mark.parametrize(("text", "words"), BLOCKED, ids=["blank", "person's phone"])
def test_blanks_and_personal_data_are_never_approved(sqlite_store: Store, text: str, words: str) -> None:
    """Such a text does not even go to approval, whatever the reason."""
    work = at(sqlite_store)
    message = add_text(work, planned(work), text=text)

    with pytest.raises(BadMove, match=words):
        ask_approval(work, message, 1)

    assert text_of(sqlite_store, message).state == "draft"


def test_an_election_campaign_only_informs(sqlite_store: Store) -> None:
    """Agitation stops a text of an election campaign, a named candidate needs a reason; elsewhere both words pass."""
    work = at(sqlite_store)
    day = date(2027, 9, 12)
    elections = planned(work, threat_id="elections", starts_on=day, ends_on=day)
    call = add_text(work, elections, text="Жители, поддержите кандидата от округа!", post_on=day)
    named = add_text(work, elections, text="Встреча: кандидат Петров ответит на вопросы жителей.", post_on=day)

    with pytest.raises(BadMove, match="Это агитация: «поддержите кандидата»"):
        ask_approval(work, call, 1)
    asked = ask_approval(work, named, 1)
    with pytest.raises(ReasonNeeded, match="назван кандидат"):
        approve(at(sqlite_store, HEAD), named, asked)
    approve(at(sqlite_store, HEAD), named, asked, "список всех встреч от комиссии")

    ice = planned(work)
    assert ask_approval(work, add_text(work, ice, text="Поддержите нашу команду спасателей добрым словом."), 1) == 2


def test_hints_of_a_text(sqlite_store: Store) -> None:
    """Long for its place, last year's days, a long title of an act: hints that stop nothing."""
    row = row_of(sqlite_store, planned(at(sqlite_store)))
    old = check_text("Запрет действует с 1 декабря 2025 года по всему округу.", row, "Доски объявлений")
    long = check_text("Лёд тонкий. " * 60, row, "Доски объявлений")
    act = check_text("Постановление Администрации от 01.12.2026 № 12 «О запрете выхода граждан на лёд водоёмов»", row)

    assert [f.code for f in old] == ["other_year"]
    assert "long_for_channel" in {f.code for f in long}
    assert "long_act" in {f.code for f in act}
    assert {f.severity for f in (*old, *long, *act)} == {"should"}
    assert check_text(GOOD, row, PAGE) == ()


def test_wrong_days_and_empty_words_are_refused(sqlite_store: Store) -> None:
    """A day outside the campaign, no words, no audience, too long a text; nothing is written."""
    work = at(sqlite_store)
    campaign_id = planned(work)
    for changes, words in (
        ({"post_on": END + timedelta(days=1)}, "вне кампании"),
        ({"text": "   "}, "текст"),
        ({"audience": ""}, "к кому обращён"),
        ({"channel": "п" * 121}, "длиннее 120"),
        ({"text": "т" * 4001}, "Сократите на 1"),
    ):
        with pytest.raises((BadMove, ReasonNeeded), match=words):
            add_text(work, campaign_id, **changes)

    assert whats(sqlite_store, campaign_id) == ["created"]
    with pytest.raises(UnknownSubject):
        ask_approval(work, 999, 1)
    with pytest.raises(NotAllowed):
        add_text(at(sqlite_store, READER), campaign_id)
    executor = a_staff(9, "executor", blocks=("works",), login="vera")
    assert add_text(at(sqlite_store, executor), campaign_id)


def test_a_stale_text_is_refused_by_name(store: Store) -> None:
    """The second form is told who changed this very text, not another of the campaign."""
    work = at(store)
    campaign_id = planned(work)
    text, other = add_text(work, campaign_id), add_text(work, campaign_id)
    change_message(at(store, BORIS), text, 1, text="Лёд тонкий. Не выходите на него.")
    change_message(at(store, HEAD), other, 1, text="Другой текст о том же самом.")

    with pytest.raises(StaleCampaign, match="«Текст для «рыбаки»» уже изменили: boris"):
        campaign_messages.ask_approval(work, text, 1)

    assert row_of(store, campaign_id).version == 1, "texts have versions of their own"

"""Hours of a chat: what may wait leaves when the offices open, the rest at once; the preview says so beforehand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from casework.alerts import troubles
from casework.chat_preview import preview, send_try
from casework.telling import tell
from casework.work import Work
from district.profile import AlertChat, ChatHours
from storage.engine import Store
from tests.casework.alert_build import Keeper, deliver, left, write
from tests.casework.staff_build import NOW, a_chat, a_profile, a_staff, a_work
from tests.storage.build import a_risk

OFFICER = a_staff(2, "officer")
QUIET = (ChatHours.OFF, ChatHours.WORKING, ChatHours.ALWAYS, ChatHours.ALWAYS)
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""NOW is a Saturday; the offices open on Monday at 9:00 in Moscow."""


def _chat(**changes: object) -> AlertChat:
    return a_chat(hours=QUIET, from_level=1, **changes)


def _work(store: Store, at: datetime = NOW, **changes: object) -> Work:
    return a_work(store, OFFICER, at, a_profile(chats=(_chat(**changes),)))


def test_what_may_wait_leaves_on_monday(store: Store) -> None:
    """On Saturday levels 3 and 4 leave, level 2 waits for Monday 9:00 and is no trouble meanwhile."""
    work, keeper = _work(store), Keeper()
    write(work, [2, 3, 4])

    assert deliver(work, keeper).sent == 2
    assert left(work) == [("2026-000001", False)]
    assert troubles(_work(store, NOW + timedelta(hours=20))) == ()
    assert deliver(_work(store, MONDAY - timedelta(seconds=1)), keeper).sent == 0
    assert deliver(_work(store, MONDAY), keeper).sent == 1


def test_a_level_that_is_off_is_never_written(sqlite_store: Store) -> None:
    """Level 1 is off in this chat: no line is written for it, whatever its threshold."""
    with sqlite_store.write() as tx:
        ids = [a_risk(tx, level=level) for level in (1, 2)]
        assert tell(tx, _work(sqlite_store), ids, "new") == 1


def test_lines_that_stand_still_in_working_hours_are_a_trouble(sqlite_store: Store) -> None:
    """What waits for the morning is meant to; once the offices are open it must leave."""
    write(_work(sqlite_store), [2])

    assert troubles(_work(sqlite_store, MONDAY + timedelta(hours=1)))[0].waiting == 1


def test_the_preview_tells_words_and_moments(sqlite_store: Store) -> None:
    """Level 4 now, level 3 with its neighbours in two seconds, level 2 on Monday; texts as they will read."""
    work = _work(sqlite_store)
    write(work, [2, 4])
    write(work, [3], first=9, after=timedelta(seconds=2))

    coming = preview(work, work.profile.chats[0], "https://mcu.example").messages

    assert [(one.level, one.at, one.waits_for_morning) for one in coming] == [
        (4, NOW, False), (3, NOW + timedelta(seconds=2), False), (2, MONDAY, True),
    ]  # fmt: skip
    assert coming[0].text.startswith("🔴 2026-000002 · уровень 4")
    assert "https://mcu.example/risk/2" in coming[0].text
    assert coming[1].buttons == ("Взял в работу", "Не риск", "Тише до роста")


def test_the_preview_groups_as_the_sending_does(sqlite_store: Store) -> None:
    """Three a minute: of ten lines two leave alone and the third message tells the other eight — both times."""
    work, keeper = _work(sqlite_store, per_minute=3), Keeper()
    write(work, [3] * 10)

    told = preview(work, work.profile.chats[0])
    deliver(work, keeper)

    assert [one.text for one in told.messages] == [message.line.text for message in keeper.got]
    assert told.more == 0


def test_the_preview_of_many_ends(sqlite_store: Store) -> None:
    """Two hundred waiting lines: ten messages are shown and the rest is counted."""
    work = _work(sqlite_store, per_minute=60)
    write(work, [3] * 60 + [2] * 60)

    told = preview(work, work.profile.chats[0])

    assert len(told.messages) == 10
    assert told.more > 0


def test_a_try_leaves_at_any_hour(sqlite_store: Store) -> None:
    """A try on a Saturday night arrives at once and says who sent it."""
    work, keeper = _work(sqlite_store), Keeper()
    send_try(work, "duty")

    deliver(work, keeper)

    assert "пробное сообщение Отклика. Отправил(а): Сотрудник 2" in keeper.got[0].line.text

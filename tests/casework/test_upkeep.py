"""The register of official pages: what is read, what is typed in, and what is told when nothing is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import upkeep
from casework.errors import BadMove, NotAllowed, UnknownSubject
from casework.work import Staff
from preventive.upkeep import Asked, MonthFigures, PageState, Reading, Rhythm
from storage.engine import Store
from storage.find.upkeep import page_talk
from storage.tables import journal, publication
from tests.casework.upkeep_build import NOW, PAGE, SCHOOL, a_listed_source, a_row, a_run, a_work, write

DAY = timedelta(days=1)
OFFICER = Staff(7, "officer", "Специалист", frozenset({"officer"}))


def states(store: Store, now: datetime = NOW, **changes: Any) -> dict[str, PageState]:
    return {s.page.id: s for s in upkeep.register(a_work(store, now=now), **changes).pages}


def month(state: PageState, wanted: str) -> MonthFigures:
    return next(m for m in state.months if m.month == wanted)


def read_daily(store: Store) -> None:
    """The official source has been read since spring, the last time an hour ago."""
    a_listed_source(store)
    a_run(store, datetime(2026, 3, 1, tzinfo=UTC))
    a_run(store, NOW - timedelta(hours=1))


def test_a_page_that_is_read_is_counted(store: Store) -> None:
    """Posts by month of the district, the rhythm of four weeks, questions with and without the page's reply."""
    read_daily(store)
    asked = NOW - 3 * DAY
    write(
        store,
        *(a_row(n, NOW - n * 2 * DAY) for n in range(1, 13)),
        a_row(30, datetime(2026, 9, 30, 21, 30, tzinfo=UTC)),  # 1 October in Moscow
        a_row(1, asked, comment=101, text="Когда откроют дорогу?"),
        a_row(1, asked, comment=102, text="Спасибо"),
        a_row(1, asked, comment=103, text="Опять яма, безобразие", negative=True),
        a_row(1, asked + timedelta(hours=2), comment=104, text="Завтра.", voice="page", reply_to="101"),
        a_row(1, asked + timedelta(hours=1), comment=105, text="Тоже хочу знать?", reply_to="101"),
    )

    state = states(store)["vk"]

    assert (state.reading, state.rhythm, state.last_post, state.silent_days) == (
        Reading.READ,
        Rhythm.GOOD,
        date(2026, 10, 18),
        2,
    )
    assert state.week_posts == pytest.approx(14 / 4, abs=0.3)
    october = month(state, "2026-10")
    assert (october.posts, october.asked) == (10, Asked(2, 1, 1, 0))
    assert month(state, "2026-09").posts == 3
    assert month(state, "2026-06") == MonthFigures("2026-06", 0, Asked(), Reading.READ)


def test_silence_is_since_the_last_post(store: Store) -> None:
    """A page that is read and wrote nothing for more than a week is silent, for as long as it is, however long ago."""
    read_daily(store)
    write(store, a_row(1, datetime(2026, 2, 3, 9, 0, tzinfo=UTC)))

    register = upkeep.register(a_work(store))

    first = register.pages[0]
    assert (first.page.id, first.rhythm, first.last_post) == ("vk", Rhythm.SILENT, date(2026, 2, 3))
    assert first.silent_days == (date(2026, 10, 20) - date(2026, 2, 3)).days
    assert register.months == ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")


@pytest.mark.parametrize(
    ("source", "last", "note"),
    [
        ({}, NOW - 3 * DAY, "не читается с 17.10.2026"),
        ({}, None, "ещё ни разу не прочитан"),
        ({"state": "paused"}, NOW - timedelta(hours=1), "остановлено"),
        ({"state": "stopped"}, NOW - timedelta(hours=1), "остановлено"),
    ],
)
def test_what_is_not_read_is_not_called_silent(
    store: Store, source: dict[str, str], last: datetime | None, note: str
) -> None:
    """A source that stands, failed for days or was never read says nothing of its page's silence."""
    a_listed_source(store, **source)
    if last:
        a_run(store, last)
    a_run(store, NOW - timedelta(hours=1), outcome="failed")

    state = states(store)["vk"]

    assert (state.reading, state.rhythm, state.week_posts) == (Reading.BEHIND, Rhythm.UNKNOWN, None)
    assert note in state.note
    assert month(state, "2026-08").posts is None


def test_months_before_the_first_reading_are_unknown(store: Store) -> None:
    """A source that is read since September says nothing of August, unless it brought posts of then."""
    a_listed_source(store)
    a_run(store, datetime(2026, 9, 10, tzinfo=UTC))
    a_run(store, NOW - timedelta(hours=1))
    write(store, a_row(1, datetime(2026, 7, 5, tzinfo=UTC)))

    state = states(store)["vk"]

    assert [m.posts for m in state.months] == [None, None, 1, None, 0, 0]


def test_a_loaded_history_is_known_without_readings(store: Store) -> None:
    """Posts that were brought in without any run (a moved base) count as they are."""
    a_listed_source(store)
    write(store, *(a_row(n, NOW - n * DAY) for n in range(1, 15)))

    assert states(store)["vk"].rhythm is Rhythm.GOOD


def test_forgotten_texts_leave_questions_unknown(store: Store) -> None:
    """When the texts of a month are gone by the term of keeping, its posts still count and its questions are unknown."""
    read_daily(store)
    write(
        store,
        a_row(1, NOW - 2 * DAY), a_row(2, NOW - 60 * DAY, voice=None, text="", forgotten_at=NOW - DAY),
        a_row(2, NOW - 60 * DAY, comment=1, voice=None, text="", forgotten_at=NOW - DAY),
    )  # fmt: skip

    state = states(store)["vk"]

    assert month(state, "2026-08") == MonthFigures("2026-08", 1, None, Reading.READ)
    assert month(state, "2026-10").asked == Asked()
    assert "по сроку хранения" in state.note


def test_a_page_without_comments_can_have_them_typed(store: Store) -> None:
    """Posts come from the source, questions from a person; figures typed over counted ones do not hide these."""
    a_listed_source(store, comments=False)
    a_run(store, datetime(2026, 3, 1, tzinfo=UTC))
    a_run(store, NOW - timedelta(hours=1))
    write(store, a_row(1, NOW - DAY))
    work = a_work(store, OFFICER)

    assert month(states(store)["vk"], "2026-10").asked is None
    upkeep.type_in(work, "vk", "2026-10", posts=99, questions=4, answered=3, last_post_on=None)

    october = month(states(store)["vk"], "2026-10")
    assert (october.posts, october.asked) == (1, Asked(4, 3, 3, 0))


def test_what_is_typed_is_shown_and_written_down(store: Store) -> None:
    """A page that nobody reads lives by typed figures; typing again replaces them, and the journal keeps both."""
    work = a_work(store, OFFICER)
    assert states(store)["school"].reading is Reading.NOT_READ

    upkeep.type_in(work, "school", "2026-09", posts=1, questions=0, answered=0, last_post_on=date(2026, 9, 3))
    upkeep.type_in(work, "school", "2026-09", posts=0, questions=5, answered=2, last_post_on=None)

    state = states(store)["school"]
    assert (state.reading, state.rhythm) == (Reading.TYPED, Rhythm.SILENT)
    assert month(state, "2026-09") == MonthFigures("2026-09", 0, Asked(5, 2, 2, 0), Reading.TYPED)
    assert month(state, "2026-10").posts is None
    with store.read() as tx:
        told = tx.execute(
            sa.select(journal.c.subject, journal.c.after).where(journal.c.what == "page.figures_typed")
        ).all()
    assert [(subject, after["posts"]) for subject, after in told] == [("page:school", 1), ("page:school", 0)]
    upkeep.clear_figures(work, "school", "2026-09")
    upkeep.clear_figures(work, "school", "2026-09")
    assert states(store)["school"].reading is Reading.NOT_READ


def test_old_figures_say_nothing_of_today(store: Store) -> None:
    """Figures of the last month but one do not make a page silent or good today, however short the report is."""
    work = a_work(store, OFFICER)
    upkeep.type_in(work, "school", "2026-08", posts=0, questions=0, answered=0, last_post_on=None)

    for count in (1, 6):
        assert states(store, count=count)["school"].rhythm is Rhythm.UNKNOWN
    upkeep.type_in(work, "school", "2026-09", posts=9, questions=0, answered=0, last_post_on=date(2026, 9, 30))
    for count in (1, 6):
        assert states(store, count=count)["school"].rhythm is Rhythm.GOOD


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"posts": -1}, "от 0 до"),
        ({"posts": 10**9}, "от 0 до"),
        ({"questions": 1, "answered": 2}, "больше, чем вопросов"),
        ({"month": "2026-13"}, "Не месяц"),
        ({"month": "октябрь"}, "Не месяц"),
        ({"month": "2026-11"}, "ещё не начался"),
        ({"last_post_on": date(2026, 9, 30)}, "не в этом месяце"),
        ({"last_post_on": date(2026, 10, 21)}, "ещё не наступила"),
        ({"posts": 0, "last_post_on": date(2026, 10, 1)}, "записей 0"),
    ],
)
def test_impossible_figures_are_refused(sqlite_store: Store, changes: dict[str, Any], words: str) -> None:
    """Each refusal names what is wrong, and nothing is written."""
    good: dict[str, Any] = {"month": "2026-10", "posts": 3, "questions": 0, "answered": 0, "last_post_on": None}
    told = good | changes

    with pytest.raises(BadMove, match=words):
        upkeep.type_in(a_work(sqlite_store, OFFICER), "school", told.pop("month"), **told)

    assert states(sqlite_store)["school"].reading is Reading.NOT_READ


def test_who_may_type(sqlite_store: Store) -> None:
    """A reader may not; a page outside of the profile is not there."""
    reader = Staff(8, "reader", "Читатель", frozenset({"reader"}))
    with pytest.raises(NotAllowed):
        upkeep.type_in(
            a_work(sqlite_store, reader), "school", "2026-10", posts=1, questions=0, answered=0, last_post_on=None
        )
    with pytest.raises(UnknownSubject):
        upkeep.type_in(
            a_work(sqlite_store, OFFICER), "nowhere", "2026-10", posts=1, questions=0, answered=0, last_post_on=None
        )


@pytest.mark.parametrize("wanted", ["2026-11", "x", "2026-00", "202610"])
def test_a_month_that_is_none_is_refused(sqlite_store: Store, wanted: str) -> None:
    """The month of a report is YYYY-MM and has begun."""
    with pytest.raises(BadMove):
        upkeep.register(a_work(sqlite_store), wanted)


def test_the_page_is_told_from_residents_by_its_own_token(store: Store) -> None:
    """The page's comments carry the token of its posts, also when keys of tokens changed in between; nobody else's do."""
    read_daily(store)
    rows = [a_row(n, NOW - timedelta(days=n), voice="old" if n > 15 else "new") for n in range(1, 31)]
    asked = NOW - 20 * DAY
    write(
        store, *rows, a_row(99, NOW - 5 * DAY, voice="neighbour"),  # a lone post on an open wall
        a_row(1, asked, comment=1, text="А?"), a_row(1, asked + timedelta(hours=1), comment=2, voice="old", reply_to="1"),
        a_row(2, asked, comment=3, text="Б?"), a_row(2, asked + timedelta(hours=1), comment=4, voice="new", reply_to="3"),
        a_row(3, asked, comment=5, text="В?"), a_row(3, asked + timedelta(hours=1), comment=6, voice="neighbour", reply_to="5"),
        a_row(4, asked, comment=7, text="Г?"), a_row(4, asked + timedelta(hours=1), comment=8, voice=None, reply_to="7"),
        a_row(5, asked, comment=9, text="Удалено?", gone_at=NOW),
    )  # fmt: skip

    with store.read() as tx:
        talk = page_talk(tx, "official", NOW - 40 * DAY)

    assert {c.id for c in talk.comments if c.by_page} == {"2", "4"}
    assert "9" not in {c.id for c in talk.comments}
    assert month(states(store)["vk"], "2026-09").asked == Asked(4, 2, 2, 0)


def test_an_answer_of_the_register_counts_whoever_wrote_it(store: Store) -> None:
    """A reply from a private account counts when its address stands in the register of publications."""
    read_daily(store)
    asked = NOW - 3 * DAY
    write(
        store, a_row(1, NOW - 4 * DAY), a_row(1, asked, comment=1, text="Когда?"),
        a_row(1, asked + timedelta(hours=3), comment=2, voice="private", reply_to="1"),
    )  # fmt: skip
    assert month(states(store)["vk"], "2026-10").asked == Asked(1, 0, 0, 0)

    with store.write() as tx:
        tx.execute(sa.insert(publication).values(
            risk_id=1, answer_id=1, source_id="official", place="Администрация", place_kind="official",
            url="https://vk.com/wall-1_1?reply=2", state="standing", made_at=NOW, made_by=1,
        ))  # fmt: skip

    assert month(states(store)["vk"], "2026-10").asked == Asked(1, 1, 1, 0)


def test_months_are_counted_back_over_the_new_year() -> None:
    """Six months that end in February begin in September of the year before."""
    assert upkeep.months_back("2027-02", 6) == ("2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02")
    assert upkeep.months_back("2026-12", 1) == ("2026-12",)
    assert (PAGE.source, SCHOOL.source) == ("official", None)

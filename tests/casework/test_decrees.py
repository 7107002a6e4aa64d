"""Documents open and close things; overlaps are told, mistakes are struck out, and nobody's change is lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.decrees import (
    NewDecree,
    StaleDecree,
    add,
    add_many,
    change,
    close,
    listed,
    span_words,
    subject_key,
    subjects,
    withdraw,
)
from casework.errors import BadMove, NotAllowed, ReasonNeeded, UnknownSubject
from casework.weather import Refused
from casework.year_facts import year_facts
from district.profile import Profile, Territory
from district.seasons import DateRule, Prevention, RuleKind, Threat, YearDay
from preventive.dates import occasions
from preventive.facts import Basis, DecreeSpan
from storage.engine import Store
from storage.find.facts import decree_by_id, decree_rows, decrees_between
from tests.casework.chat_build import journaled
from tests.casework.risk_build import ANNA, BORIS, HEAD, LEAD, READER, hire
from tests.casework.staff_build import a_profile, a_work

DAY = date(2026, 11, 20)
D = timedelta(days=1)
ICE = NewDecree("thin-ice", "512", "О запрете выхода на лёд", DAY, DAY + D, DAY + 24 * D, (), "https://example.org/512")
ICE_RULE = DateRule(RuleKind.DECREE, since=YearDay(11, 1), until=YearDay(12, 10), subject="thin-ice")


def a_threat(code: str, name: str, rule: DateRule = ICE_RULE) -> Threat:
    return Threat(code, name, ("emergency",), rule, 10)


def with_threats() -> Profile:
    places = (Territory("beloe", "Беловский отдел", ("Белое",)), Territory("bor", "Борский отдел", ("Бор",)))
    flood = replace(ICE_RULE, subject="flood")
    threats = (
        a_threat("ice", "Тонкий лёд"),
        a_threat("fishing", "Рыбаки на льду"),
        a_threat("flood", "Паводок", flood),
    )
    return a_profile(prevention=Prevention(threats=threats), territories=places)


def test_a_document_is_kept_and_found(store: Store, request: pytest.FixtureRequest) -> None:
    """What was told is there, in the journal too, and the rules of dates are told its span."""
    hire(request)
    work = a_work(store, ANNA)
    kept = add(work, ICE)
    with store.read() as tx:
        row = decree_by_id(tx, kept.id)
    assert row is not None
    assert (row.subject, row.number, row.title, row.url) == (ICE.subject, ICE.number, ICE.title, ICE.url)
    assert (row.issued_on, row.opens_on, row.closes_on, row.territories) == (DAY, DAY + D, DAY + 24 * D, ())
    assert (row.origin, row.by_staff, row.version, row.withdrawn_at) == ("hand", ANNA.id, 1, None)
    assert year_facts(work, DAY, DAY + D).decrees == (DecreeSpan(kept.id, "thin-ice", "512", DAY + D, DAY + 24 * D),)
    [(by, subject, after)] = journaled(store, "decree.added")
    assert (by, subject, after["opens_on"]) == (ANNA.id, f"decree:{kept.id}", "2026-11-21")


@pytest.mark.parametrize(
    ("first", "last", "there"),
    [(-30, 0, False), (-30, 1, True), (1, 1, True), (24, 40, True), (25, 40, False), (10, 12, True)],
)
def test_the_edges_of_a_span(store: Store, first: int, last: int, there: bool) -> None:
    """A document holds from its first to its last day, both included."""
    add(a_work(store), ICE)
    with store.read() as tx:
        assert bool(decrees_between(tx, DAY + first * D, DAY + last * D)) is there


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"closes_on": DAY}, r"20\.11\.2026 раньше первого 21\.11\.2026"),
        ({"number": "  № "}, "номер документа"),
        ({"title": ""}, "название"),
        ({"subject": " "}, "предмет"),
        ({"number": "1" * 61}, "не больше 60 знаков"),
        ({"title": "т" * 501}, "не больше 500 знаков"),
        ({"subject": "т" * 121}, "не больше 120 знаков"),
        ({"issued_on": date(206, 11, 20)}, "Проверьте год"),
        ({"opens_on": date(2062, 11, 20), "closes_on": None}, "Проверьте год"),
        ({"closes_on": date(2099, 1, 1)}, "Проверьте год"),
        ({"territories": ("moon",)}, "Территории «moon» нет"),
        ({"url": "javascript:alert(1)"}, "не годится"),
        ({"url": "example.org/512"}, "не годится"),
        ({"url": "https://user:pass@example.org/"}, "не годится"),
        ({"url": "https://example.org/ две"}, "не годится"),
        ({"url": "https://" + "a" * 1000}, "не годится"),
    ],
)
def test_what_is_wrong_is_named(sqlite_store: Store, changes: dict[str, Any], words: str) -> None:
    """Each mistake is refused with what to mend, by adding and by changing, and nothing is written."""
    work = a_work(sqlite_store)
    kept = add(work, ICE)
    with pytest.raises((BadMove, ReasonNeeded), match=words):
        add(work, replace(ICE, **changes))
    with pytest.raises((BadMove, ReasonNeeded), match=words):
        change(work, kept.id, 1, replace(ICE, **changes))
    with sqlite_store.read() as tx:
        assert [row.version for row in decree_rows(tx)] == [1]


def test_one_document_is_entered_once(store: Store) -> None:
    """The same number, date and first day are refused, also with «№» and other letters; another first day is another span."""
    work = a_work(store)
    add(work, replace(ICE, number="512-п"))
    with pytest.raises(BadMove, match="уже внесён"):
        add(work, replace(ICE, number="№ 512-П"))
    assert add(work, replace(ICE, number="512-п", opens_on=DAY + 60 * D, closes_on=None)).overlaps == ()


@pytest.mark.parametrize(
    ("first", "last", "territories", "overlaps"),
    [
        (25, 40, (), False),  # begins on the day after
        (24, 40, (), True),  # the last day is shared
        (-9, 0, (), False),
        (-9, 1, (), True),
        (-9, None, (), True),
        (2, 3, ("beloe",), True),  # the whole district holds the part
    ],
)
def test_overlapping_documents_are_told_and_kept(
    sqlite_store: Store, first: int, last: int | None, territories: tuple[str, ...], overlaps: bool
) -> None:
    """A second document of one subject on the same days is written, and the first one is named."""
    work = a_work(sqlite_store)
    add(work, ICE)
    end = None if last is None else DAY + last * D
    kept = add(work, replace(ICE, number="600", opens_on=DAY + first * D, closes_on=end, territories=territories))
    assert [row.number for row in kept.overlaps] == (["512"] if overlaps else [])
    assert ("№ 512 (с 21.11.2026 по 14.12.2026)" in kept.warning) is overlaps
    with sqlite_store.read() as tx:
        assert len(decree_rows(tx)) == 2


def test_other_places_and_subjects_do_not_overlap(sqlite_store: Store) -> None:
    """Two territories, or two subjects, may have their documents on the same days without a word."""
    work = a_work(sqlite_store, profile=with_threats())
    add(work, replace(ICE, territories=("beloe",)))
    assert add(work, replace(ICE, number="2", territories=("bor",))).overlaps == ()
    assert add(work, replace(ICE, number="3", subject="flood")).overlaps == ()
    assert len(add(work, replace(ICE, number="4", territories=("bor", "beloe"))).overlaps) == 2


def test_another_document_closes_one(store: Store, request: pytest.FixtureRequest) -> None:
    """An open document holds until another one closes it: its last day and the number of that one are kept."""
    hire(request)
    work = a_work(store, ANNA, profile=with_threats())
    kept = add(work, replace(ICE, closes_on=None))
    close(work, kept.id, 1, DAY + 40 * D, "№ 77")
    with store.read() as tx:
        row = decree_by_id(tx, kept.id)
    assert row is not None
    assert (row.closes_on, row.closed_by, row.version) == (DAY + 40 * D, "77", 2)
    [(_, _, after)] = journaled(store, "decree.closed")
    assert after == {"closes_on": "2026-12-30", "closed_by": "77"}
    with pytest.raises(BadMove, match="раньше первого"):
        close(work, kept.id, 2, DAY, "78")
    with pytest.raises(ReasonNeeded):
        close(work, kept.id, 2, DAY + 2 * D, " ")


def test_the_days_of_a_threat_follow_its_document(store: Store) -> None:
    """A document makes the threat's days known at once; closing it ends them, striking it out brings the usual days back."""
    work = a_work(store, profile=with_threats())
    threat = work.profile.prevention.threats[0]

    def days() -> tuple[Basis, date, date]:
        facts = year_facts(work, date(2026, 1, 1), date(2027, 12, 31))
        one = next(o for o in occasions(threat, 2026, facts))
        return one.basis, one.start, one.end

    usual = (Basis.EXPECTED, date(2026, 11, 1), date(2026, 12, 10))
    assert days() == usual
    kept = add(work, ICE)
    assert days() == (Basis.KNOWN, DAY + D, DAY + 24 * D)
    close(work, kept.id, 1, DAY + 4 * D, "600")
    assert days() == (Basis.KNOWN, DAY + D, DAY + 4 * D)
    withdraw(work, kept.id, 2, "не тот округ")
    assert days() == usual


def test_a_mistake_is_struck_out(store: Store) -> None:
    """A withdrawn document opens nothing and is listed no more; it cannot be changed; the same may be entered again."""
    work = a_work(store)
    kept = add(work, ICE)
    with pytest.raises(ReasonNeeded):
        withdraw(work, kept.id, 1, "")
    withdraw(work, kept.id, 1, "внесён дважды")
    with store.read() as tx:
        assert decrees_between(tx, date.min, date.max) == ()
        assert [row.number for row in decree_rows(tx, withdrawn=True)] == ["512"]
    assert listed(work) == ()
    with pytest.raises(UnknownSubject, match="уже убран"):
        change(work, kept.id, 2, ICE)
    assert add(work, ICE).id != kept.id
    [(_, _, after)] = journaled(store, "decree.withdrawn")
    assert after["why"] == "внесён дважды"


STALE: list[Callable[[Any, int], object]] = [
    lambda work, number: change(work, number, 1, replace(ICE, title="Иначе")),
    lambda work, number: close(work, number, 1, DAY + 2 * D, "7"),
    lambda work, number: withdraw(work, number, 1, "ошибка"),
]


@pytest.mark.parametrize("late", STALE)
def test_who_was_slower_changes_nothing(
    store: Store, request: pytest.FixtureRequest, late: Callable[[Any, int], object]
) -> None:
    """A form that was opened before another's change is refused and says who changed it and what stands now."""
    hire(request)
    kept = add(a_work(store, ANNA), ICE)
    change(a_work(store, BORIS), kept.id, 1, replace(ICE, closes_on=DAY + 10 * D))
    with pytest.raises(StaleDecree, match=rf"уже изменил {BORIS.name_shown}.*по 30\.11\.2026"):
        late(a_work(store, ANNA), kept.id)
    with store.read() as tx:
        row = decree_by_id(tx, kept.id)
    assert row is not None
    assert (row.closes_on, row.version, row.title) == (DAY + 10 * D, 2, ICE.title)


def test_subjects_are_written_one_way(store: Store) -> None:
    """A key or a name of the register in any letters is its key; free words keep the writing of the first document."""
    work = a_work(store, profile=with_threats())
    assert subjects(work) == {"thin-ice": "Тонкий лёд / Рыбаки на льду", "flood": "Паводок"}
    assert [subject_key(work, told) for told in ("THIN-ICE", " паводок ", "Flood")] == ["thin-ice", "flood", "flood"]
    add(work, replace(ICE, subject="Карантин по  птичьему гриппу"))
    assert subject_key(work, "карантин по птичьему ГРИППУ") == "Карантин по птичьему гриппу"


def test_the_list_begins_with_what_holds(store: Store) -> None:
    """In force first, then those to come, then the past; today is the district's day (21 November)."""
    work = a_work(store)
    spans = {"past": (-40, -2), "coming": (5, None), "now": (0, 3), "open": (-100, None), "tomorrow": (2, 3)}
    for number, (first, last) in spans.items():
        end = None if last is None else DAY + last * D
        add(work, replace(ICE, number=number, opens_on=DAY + first * D, closes_on=end))
    assert [row.number for row in listed(work)] == ["now", "open", "coming", "tomorrow", "past"]


def test_a_file_of_documents(store: Store) -> None:
    """Good rows are added, known ones are counted, overlaps are counted, wrong ones are named; again nothing is added."""
    rows = [
        (2, ICE), (3, replace(ICE, number="513")), (4, replace(ICE, number="514", closes_on=DAY)),
        (5, replace(ICE, number="515", territories=("moon",))), (6, replace(ICE, number="№512")),
    ]  # fmt: skip
    done = add_many(a_work(store), rows, "file")
    assert (len(done.added), done.known, done.overlapping) == (2, 1, 1)
    assert [one.row for one in done.refused] == [4, 5]
    assert all(isinstance(one, Refused) and one.why for one in done.refused)
    again = add_many(a_work(store), rows, "file")
    assert (again.added, again.known) == ((), 3)


@pytest.mark.parametrize("who", [READER, LEAD])
def test_who_may_write(sqlite_store: Store, who: Any) -> None:
    """Readers and block leads read the list and change nothing."""
    kept = add(a_work(sqlite_store, HEAD), ICE)
    work = a_work(sqlite_store, who)
    acts: list[Callable[[], object]] = [
        lambda: add(work, replace(ICE, number="2")), lambda: change(work, kept.id, 1, ICE),
        lambda: close(work, kept.id, 1, DAY + 2 * D, "7"), lambda: withdraw(work, kept.id, 1, "так"),
        lambda: add_many(work, [(1, ICE)], "file"),
    ]  # fmt: skip
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    assert len(listed(work)) == 1


@given(st.integers(1, 400), st.one_of(st.none(), st.integers(0, 400)))
def test_words_name_both_days(first: int, long: int | None) -> None:
    """The sentence names the first day and either the last one or that it is open."""
    opens = date(2026, 1, 1) + first * D
    closes = None if long is None else opens + long * D
    words = span_words(DecreeSpan(1, "s", "1", opens, closes))
    assert f"с {opens:%d.%m.%Y}" in words
    assert ("пока не закрыт" in words) == (closes is None)
    assert closes is None or words.endswith(f"по {closes:%d.%m.%Y}")

"""The register of threats: what staff add, change or switch off outweighs the profile, on both databases, with a trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import threats
from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleThreat, UnknownSubject
from casework.journal_words import JOURNAL_LABELS
from casework.threats import BadThreat, Origin
from casework.work import MACHINE, Staff, Work
from district.load_seasons import Calendar, shipped
from district.load_threats import body_of
from district.profile import Profile
from district.seasons import RuleKind, YearDay
from risk.reading import Reader
from storage.engine import Store
from storage.keep.staff import add_staff
from storage.tables import journal, threat

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
FAIR: dict[str, Any] = {
    "name": "Ярмарка", "topics": ["culture"], "lead_days": 10, "kind": "window", "since": "06-01", "until": "06-10",
    "evidence": [{"kind": "history", "words": "июнь трёх лет"}], "territories": ["beloe"],
}  # fmt: skip


@pytest.fixture(scope="module")
def reader(demo_profile: Profile) -> Reader:
    """Its dictionaries take a moment."""
    return Reader(demo_profile)


def head_of(store: Store, profile: Profile, reader: Reader) -> Work:
    """Return the work of the head of the demo district."""
    with store.write() as tx:
        values = {"login": "head", "name_shown": "Руководитель", "password_hash": "x", "roles": ["head"], "blocks": [],
                  "active": True, "must_change": False, "created_at": NOW}  # fmt: skip
        made = add_staff(tx, values)
    return Work(store, profile, NOW, Staff(made, "head", "Руководитель", frozenset({"head"})), reader)


@pytest.fixture
def work(store: Store, demo_profile: Profile, reader: Reader) -> Work:
    """The head on a store of each kind."""
    return head_of(store, demo_profile, reader)


@pytest.fixture
def sqlite_work(sqlite_store: Store, demo_profile: Profile, reader: Reader) -> Work:
    """The same where the database does not matter."""
    return head_of(sqlite_store, demo_profile, reader)


def kept(work: Work) -> dict[str, Any]:
    """Return the stored bodies by id."""
    with work.store.read() as tx:
        return {row.id: row.body for row in tx.execute(sa.select(threat))}


def changed(work: Work, code: str, **keys: Any) -> dict[str, Any]:
    """Return the keys of a threat with some written anew."""
    return {key: value for key, value in (body_of(threats.one(work, code).threat) | keys).items() if key != "id"}


def test_a_new_installation_has_the_profiles_threats(work: Work) -> None:
    """Nothing stored: every threat of the profile counts, as shipped, version 0."""
    found = threats.all_threats(work)

    assert tuple(r.threat for r in found) == work.profile.prevention.threats == threats.register(work)
    assert {(r.origin, r.version) for r in found} == {(Origin.SHIPPED, 0)}
    assert threats.unread(work) == ()


def test_an_own_threat_is_added_with_its_reason(work: Work) -> None:
    """It gets a number of its own, stands last in the register, and the journal tells who wrote what and why."""
    first, second = threats.add(work, FAIR, "пробки"), threats.add(work, FAIR | {"name": "Вторая"}, "шум")

    assert (first, second) == ("own-1", "own-2")
    assert [t.id for t in threats.register(work)][-2:] == ["own-1", "own-2"]
    found = threats.one(work, first)
    assert (found.origin, found.version, found.note, found.by) == (Origin.OWN, 1, "пробки", "Руководитель")
    assert found.threat.rule.since == YearDay(6, 1)
    with work.store.read() as tx:
        lines = list(tx.execute(sa.select(journal).where(journal.c.subject == "threat:own-1")))
    assert [(line.what, line.after["why"], line.by_staff) for line in lines] == [("threat.added", "пробки", work.by.id)]
    assert lines[0].what in JOURNAL_LABELS


def test_a_change_keeps_only_what_differs_from_the_profile(work: Work) -> None:
    """Days typed over the profile's are kept alone, so that a later profile still changes the words and the topics."""
    version = threats.change(work, "ticks", 0, changed(work, "ticks", lead_days=30), "нужно раньше")

    assert version == 1
    assert kept(work)["ticks"] == {"lead_days": 30}
    found = threats.one(work, "ticks")
    assert (found.origin, found.threat.lead_days, found.note) == (Origin.CHANGED, 30, "нужно раньше")
    newer = tuple(replace(t, words=("новое",)) if t.id == "ticks" else t for t in work.profile.prevention.threats)
    later = replace(work, profile=replace(work.profile, prevention=replace(work.profile.prevention, threats=newer)))
    assert (threats.one(later, "ticks").threat.words, threats.one(later, "ticks").threat.lead_days) == (("новое",), 30)


def test_a_changed_rule_is_kept_whole(work: Work) -> None:
    """Another kind of rule replaces the profile's altogether; a key taken away is gone."""
    body = {
        key: value
        for key, value in changed(work, "ticks", kind="decree", subject="ticks").items()
        if key not in ("since", "until", "words")
    }

    threats.change(work, "ticks", 0, body, "теперь по документу")

    found = threats.one(work, "ticks").threat
    assert (found.rule.kind, found.rule.since, found.words) == (RuleKind.DECREE, None, ())


def test_typing_the_profiles_keys_again_follows_the_profile_again(work: Work) -> None:
    """A change taken back is no change: the threat is the profile's own again, with its history in the journal."""
    usual = changed(work, "ticks")
    threats.change(work, "ticks", 0, usual | {"lead_days": 30}, "раньше")

    threats.change(work, "ticks", 1, usual, "как было")

    found = threats.one(work, "ticks")
    assert (found.origin, found.version, found.threat.lead_days) == (Origin.SHIPPED, 2, usual["lead_days"])


def test_an_all_year_threat_keeps_its_lead_of_no_days(work: Work) -> None:
    """Zero lead days are a value, not an absence."""
    threats.change(work, "stray-dogs", 0, changed(work, "stray-dogs", note="смотрим рост"), "уточнили")

    assert threats.one(work, "stray-dogs").threat.lead_days == 0
    assert kept(work)["stray-dogs"] == {"note": "смотрим рост"}


def test_a_threat_is_switched_off_and_on_with_reasons(work: Work) -> None:
    """Off, it counts nowhere and stays in the register with the reason; on, it is as it was, changes included."""
    threats.change(work, "ticks", 0, changed(work, "ticks", lead_days=30), "раньше")
    threats.switch_off(work, "ticks", 1, "у нас их нет")

    assert "ticks" not in {t.id for t in threats.register(work)}
    found = threats.one(work, "ticks")
    assert (found.origin, found.note) == (Origin.OFF, "у нас их нет")
    with pytest.raises(BadMove, match="уже в этом состоянии"):
        threats.switch_off(work, "ticks", 2, "ещё раз")
    assert threats.switch_on(work, "ticks", 2, "появились") == 3
    assert threats.one(work, "ticks").threat.lead_days == 30
    with work.store.read() as tx:
        query = sa.select(journal.c.what).where(journal.c.subject == "threat:ticks").order_by(journal.c.id)
        assert list(tx.execute(query).scalars()) == ["threat.changed", "threat.switched_off", "threat.switched_on"]


def test_who_comes_second_hears_of_the_first(work: Work) -> None:
    """A step over an older version is refused with who was faster, what they did and why; nothing is overwritten."""
    threats.change(work, "ticks", 0, changed(work, "ticks", lead_days=30), "нужно раньше")

    for step in (
        lambda: threats.change(work, "ticks", 0, changed(work, "ticks", lead_days=7), "позже"),
        lambda: threats.switch_off(work, "ticks", 0, "не нужна"),
        lambda: threats.switch_off(work, "ticks", 7, "не нужна"),
    ):
        with pytest.raises(StaleThreat, match="«Клещи и комары» уже изменена: Руководитель, «нужно раньше»"):
            step()
    threats.switch_off(work, "ticks", 1, "убрали")
    with pytest.raises(StaleThreat, match="уже выключена: Руководитель, «убрали»"):
        threats.switch_off(work, "ticks", 1, "тоже")
    assert threats.one(work, "ticks").threat.lead_days == 30


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"topics": []}, "topics"),
    ({"topics": ["weather"]}, "topics"),
    ({"evidence": []}, "evidence"),
    ({"since": "02-30"}, "ни в одном году"),
    ({"kind": "weather"}, "opens"),
    ({"kind": "nth_weekday", "month": 9, "weekday": "sunday", "nth": 6}, "nth"),
    ({"territories": ["atlantis"]}, "atlantis"),
    ({"lead_days": -1}, "lead_days"),
    ({"lead_days": 10**400}, "lead_days"),
    ({"note": "x" * 5000}, "note"),
    ({"words": ["a\x00b"]}, "words"),
]


@pytest.mark.parametrize(("keys", "said"), REFUSED, ids=[r[1] + str(i) for i, r in enumerate(REFUSED)])
def test_what_is_no_threat_is_not_kept(sqlite_work: Work, keys: dict[str, Any], said: str) -> None:
    """Each mistake is named and nothing is written, neither as a new threat nor over an old one."""
    with pytest.raises(BadThreat, match=said):
        threats.add(sqlite_work, FAIR | keys, "нужна")
    with pytest.raises(BadThreat, match=said):
        threats.change(sqlite_work, "ticks", 0, FAIR | keys, "нужна")
    assert kept(sqlite_work) == {}


def test_a_reason_and_a_right_are_needed(work: Work) -> None:
    """Without a reason nothing is kept; who may not keep the register is refused; the machine keeps it for the demo."""
    officer = replace(work, by=Staff(7, "officer", "Специалист", frozenset({"officer"})))

    with pytest.raises(ReasonNeeded):
        threats.add(work, FAIR, " ")
    with pytest.raises(ReasonNeeded):
        threats.switch_off(work, "ticks", 0, "")
    for step in (
        lambda: threats.add(officer, FAIR, "нужна"),
        lambda: threats.change(officer, "ticks", 0, FAIR, "нужна"),
        lambda: threats.switch_off(officer, "ticks", 0, "нет"),
        lambda: threats.switch_on(officer, "ticks", 0, "да"),
    ):
        with pytest.raises(NotAllowed):
            step()
    with pytest.raises(UnknownSubject):
        threats.switch_off(work, "no-such", 0, "нет")
    with pytest.raises(UnknownSubject):
        threats.one(work, "no-such")
    assert kept(work) == {}
    threats.add(replace(work, by=MACHINE), FAIR, "пример")
    assert threats.one(work, "own-1").by == "машина"


def test_what_no_longer_reads_is_told_and_not_lost(work: Work) -> None:
    """A stored key of another version leaves the profile's threat as it is; an own one is told of and stays stored."""
    with work.store.write() as tx:
        for code, body in (("ticks", {"lead_days": "soon"}), ("own-5", {"name": "Без темы"})):
            row = {"id": code, "body": body, "is_on": True, "note": "", "made_at": NOW, "changed_at": NOW, "version": 1}
            tx.execute(sa.insert(threat).values(row))

    assert threats.one(work, "ticks").threat == next(t for t in work.profile.prevention.threats if t.id == "ticks")
    assert {code for code, why in threats.unread(work) if why} == {"ticks", "own-5"}
    assert "own-5" not in {t.id for t in threats.register(work)}
    assert threats.add(work, FAIR, "нужна") == "own-6"


def test_a_territory_that_left_the_profile_leaves_its_threats(work: Work) -> None:
    """An own threat of two territories stays for the one that is still there."""
    code = threats.add(work, FAIR | {"territories": ["beloe", "zaozerye"]}, "нужна")
    fewer = tuple(t for t in work.profile.territories if t.id != "zaozerye")

    assert threats.one(replace(work, profile=replace(work.profile, territories=fewer)), code).threat.territories == (
        "beloe",
    )


def test_a_document_of_its_own_needs_no_subject(work: Work) -> None:
    """A threat that documents open gets a subject of its own, its id, when none is typed."""
    body = {key: value for key, value in FAIR.items() if key not in ("since", "until")} | {"kind": "decree"}

    assert threats.one(work, threats.add(work, body, "нужна")).threat.rule.subject == "own-1"


def test_an_own_threat_keeps_its_id_when_a_calendar_learns_it(work: Work) -> None:
    """Rows outweigh whatever a later profile ships under the same id, and nothing is doubled."""
    threats.switch_off(work, "ticks", 0, "нет")
    later = work.at(NOW + timedelta(days=400))

    assert [r.threat.id for r in threats.all_threats(later)].count("ticks") == 1
    assert len(threats.register(later)) == len(work.profile.prevention.threats) - 1
    assert "ticks" in shipped(Calendar.NORTHWEST)

"""Own history proposes to the register of threats, a person decides, and what was decided is not proposed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from casework.errors import NotAllowed, ReasonNeeded, StaleThreat, UnknownSubject
from casework.peaks import (
    History,
    accept,
    comings,
    history_of,
    proposals,
    refusals,
    refuse,
    subject_names,
)
from casework.threats import all_threats, one
from casework.weeks import keep_counts
from casework.work import Staff, Work
from district.profile import Profile
from district.seasons import DateRule, Evidence, EvidenceKind, Prevention, RuleKind, Threat, Trigger, YearDay
from preventive.proposals import ProposalKind
from storage.engine import Store
from storage.find.accounts import journal_lines
from storage.find.weeks import Counted
from tests.casework.posts_build import a_work
from tests.preventive.history_build import a_series, every

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HEAD = Staff(1, "head", "Руководитель", frozenset({"head"}))
OFFICER = Staff(2, "officer", "Специалист", frozenset({"officer"}))
PRACTICE = (Evidence(EvidenceKind.PRACTICE, "опыт"),)
LATE = Threat(
    "late",
    "Листва",
    ("landscaping",),
    DateRule(RuleKind.WINDOW, YearDay(10, 25), YearDay(11, 20)),
    7,
    evidence=PRACTICE,
)
COLD = Threat(
    "cold", "Начало отопления", ("housing",),
    DateRule(RuleKind.WEATHER, YearDay(10, 20), YearDay(11, 20), opens=Trigger.COLD_FIVE), 21, evidence=PRACTICE,
)  # fmt: skip
NEVER = Threat(
    "never", "Не бывает", ("roads",), DateRule(RuleKind.NTH_WEEKDAY, month=2, weekday=0, nth=5), 7, evidence=PRACTICE
)


@pytest.fixture
def work(sqlite_store: Store, demo_profile: Profile) -> Work:
    """Five years in which autumn is loud in three topics, of which two have threats that begin later."""
    work = replace(
        a_work(sqlite_store, replace(demo_profile, prevention=Prevention((LATE, COLD, NEVER))), NOW), by=HEAD
    )
    for topic, posts in (("landscaping", 14), ("housing", 30), ("waste", 12), ("roads", 4)):
        series = a_series(2021, 2025, every(range(2021, 2026), range(40, 44), posts))
        keep_counts(work, [Counted(topic, "", w.week, w.posts, w.voices) for w in series.weeks])
    return work


@pytest.fixture
def history(work: Work) -> History:
    return history_of(work)


def _key(work: Work, history: History, topic: str) -> str:
    return next(p.key for p in proposals(work, history) if p.topic == topic)


def test_the_history_tells_what_it_knows(work: Work, history: History) -> None:
    """First and last week, how many, and the years that can be compared."""
    assert (history.first, history.last) == (date(2021, 1, 4), date(2025, 12, 22))
    assert (history.weeks, history.years) == (260, (2021, 2022, 2023, 2024, 2025))
    assert {(p.subject, p.repeated) for p in history.peaks} == {
        ("landscaping", True),
        ("housing", True),
        ("waste", True),
    }
    assert history.heats["waste", ""].usual == 4


def test_a_kept_history_fits_until_a_week_is_counted(work: Work, history: History) -> None:
    """What a page keeps stays right for as long as no week was counted or brought in."""
    assert history.fits(work)

    keep_counts(replace(work, now=NOW + timedelta(hours=1)), [Counted("waste", "", date(2021, 1, 4), 5, 4)])

    assert not history.fits(work)


def test_no_history_proposes_nothing(sqlite_store: Store, demo_profile: Profile) -> None:
    """An empty memory has no weeks, no peaks and no proposals."""
    work = a_work(sqlite_store, demo_profile, NOW)
    empty = history_of(work)

    assert (empty.first, empty.weeks, empty.years, empty.peaks) == (None, 0, (), ())
    assert proposals(work, empty) == ()


def test_peaks_meet_the_register(work: Work, history: History) -> None:
    """What has no threat is new, a window begins earlier, the weather is prepared for sooner; the loudest is first."""
    found = proposals(work, history)

    assert [(p.topic, p.kind) for p in found] == [
        ("housing", ProposalKind.LEAD), ("landscaping", ProposalKind.EARLIER), ("waste", ProposalKind.NEW),
    ]  # fmt: skip
    assert [p.topic for p in proposals(work, history, frozenset({"waste"}))] == ["waste"]
    assert {o.threat_id for o in comings(work, (LATE, NEVER))} == {"late"}


def test_a_new_threat_is_added_with_its_evidence(work: Work, history: History) -> None:
    """Accepting adds an own threat over the weeks of the peak, founded on own history, and the proposal is gone."""
    threat_id = accept(work, history, _key(work, history, "waste"), 0)

    threat = one(work, threat_id).threat
    assert (threat.topics, threat.rule.kind, threat.lead_days) == (("waste",), RuleKind.WINDOW, 14)
    assert threat.evidence[0].kind is EvidenceKind.HISTORY
    assert threat.evidence[0].words.startswith("в 5 из 5 лет")
    assert "waste" not in {p.topic for p in proposals(work, history)}


def test_a_window_begins_earlier(work: Work, history: History) -> None:
    """Accepting moves the first day, keeps the last one and the other grounds, and adds the ground of history."""
    accept(work, history, _key(work, history, "landscaping"), 0, "так и есть")

    changed = one(work, "late")
    assert (str(changed.threat.rule.since), str(changed.threat.rule.until)) < ("10-25", "11-21")
    assert [e.kind for e in changed.threat.evidence] == [EvidenceKind.PRACTICE, EvidenceKind.HISTORY]
    assert changed.note == "так и есть"
    assert "landscaping" not in {p.topic for p in proposals(work, history)}


def test_the_weather_is_prepared_for_sooner(work: Work, history: History) -> None:
    """A threat whose day is not ours to choose keeps its rule and gets more days of preparing."""
    before = one(work, "cold").threat

    accept(work, history, _key(work, history, "housing"), 0)

    after = one(work, "cold").threat
    assert after.rule == before.rule
    assert after.lead_days > before.lead_days
    assert one(work, "cold").version == 1


def test_a_threat_changed_meanwhile_is_not_overwritten(work: Work, history: History) -> None:
    """The version that the person saw is asked for; somebody faster is told of and nothing changes."""
    with pytest.raises(StaleThreat):
        accept(work, history, _key(work, history, "landscaping"), 3)

    assert str(one(work, "late").threat.rule.since) == "10-25"


def test_refused_with_a_reason_it_does_not_come_back(work: Work, history: History) -> None:
    """A refusal needs a reason, is written with who and why, and takes the proposal off the page."""
    key = _key(work, history, "waste")
    with pytest.raises(ReasonNeeded):
        refuse(work, history, key, "  ")

    refuse(work, history, key, "вывозит другой оператор")

    assert "waste" not in {p.topic for p in proposals(work, history)}
    (kept,) = refusals(work)
    assert (kept.why, kept.by, kept.on) == ("вывозит другой оператор", "Руководитель", "2026-03-02")
    with work.store.read() as tx:
        (line,) = journal_lines(tx, f"proposal:{key}")
    assert line.what == "peaks.refused"


def test_what_is_gone_cannot_be_accepted(work: Work, history: History) -> None:
    """A proposal that was decided in another window is told as gone."""
    key = _key(work, history, "waste")
    refuse(work, history, key, "не наше")

    with pytest.raises(UnknownSubject, match="больше нет"):
        accept(work, history, key, 0)


@pytest.mark.parametrize("act", ["accept", "refuse"])
def test_only_who_keeps_the_register_decides(work: Work, history: History, act: str) -> None:
    """An officer sees proposals and may not decide them."""
    key, officer = _key(work, history, "waste"), replace(work, by=OFFICER)

    with pytest.raises(NotAllowed):
        accept(officer, history, key, 0) if act == "accept" else refuse(officer, history, key, "x")

    assert "waste" in {p.topic for p in proposals(work, history)}


def test_every_subject_has_a_name(work: Work) -> None:
    """Topics are called by the classifier, threats with words of their own by their names."""
    worded = replace(LATE, id="ticks", name="Клещи", words=("клещ",))
    more = replace(work, profile=replace(work.profile, prevention=Prevention((worded,))))

    names = subject_names(all_threats(more))

    assert (names["roads"], names["threat:ticks"]) == ("Дороги", "Угроза «Клещи»")

"""Peaks propose new threats and other beginnings, with their evidence in a sentence; what is foreseen is not proposed again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from district.seasons import DateRule, Evidence, EvidenceKind, RuleKind, Threat, Trigger, YearDay
from preventive.facts import Basis, Occasion
from preventive.peaks import Peak
from preventive.proposals import ProposalKind, evidence, propose

PEAK = Peak("housing", "", 40, 43, (2021, 2022, 2024, 2025), (2021, 2022, 2023, 2024, 2025), 12.6, 6.0, (37, 52))
ONCE = Peak("roads", "", 10, 11, (2024,), (2021, 2022, 2023, 2024), 20.0, 5.0, (9, 9))
WINDOW = DateRule(RuleKind.WINDOW, YearDay(10, 20), YearDay(12, 1))
HEATING = Threat("heating", "Начало отопления", ("housing", "energy"), WINDOW, 21)


def _comes(threat: Threat, start: date, days: int = 40) -> Occasion:
    return Occasion(
        threat.id,
        start.year,
        start,
        start + timedelta(days=days),
        start - timedelta(days=threat.lead_days),
        Basis.KNOWN,
        "x",
    )


def test_the_evidence_is_one_sentence() -> None:
    """Years, weeks, days, times and voices stand in the sentence that a person checks."""
    assert evidence(PEAK) == (
        "в 4 из 5 лет с 40-й по 43-ю неделю (1–28 октября) пишут в 2,1 раза больше обычного "
        "(12,6 сообщ. в неделю против 6), 37–52 голоса"
    )


SENTENCES = (
    (replace(PEAK, first=2, last=2, voices=(5, 5)), "в 4 из 5 лет на 2-й неделе (8–14 января) пишут в 2,1 раза больше обычного (12,6 сообщ. в неделю против 6), 5 голосов"),
    (replace(PEAK, first=2, last=3, voices=None), "в 4 из 5 лет со 2-й по 3-ю неделю (8–21 января) пишут в 2,1 раза больше обычного (12,6 сообщ. в неделю против 6), число голосов неизвестно"),
    (replace(PEAK, mean=12.0, voices=(3, 21)), "в 4 из 5 лет с 40-й по 43-ю неделю (1–28 октября) пишут в 2 раза больше обычного (12 сообщ. в неделю против 6), 3–21 голос"),
    (replace(PEAK, usual=0.0, mean=3.0, first=51, last=2), "в 4 из 5 лет с 51-й по 2-ю неделю (17 декабря – 14 января) пишут 3 сообщ. в неделю, а обычно почти не пишут, 37–52 голоса"),
    (ONCE, "один год (2024) из 4 с 10-й по 11-ю неделю (5–18 марта) пишут в 4 раза больше обычного (20 сообщ. в неделю против 5), 9 голосов"),
)  # fmt: skip


@pytest.mark.parametrize(("peak", "words"), SENTENCES)
def test_numbers_agree_with_their_nouns(peak: Peak, words: str) -> None:
    """Every form of the sentence is Russian as people write it."""
    assert evidence(peak) == words


def test_a_peak_without_a_threat_is_a_new_one() -> None:
    """Nothing of the register stands at the time: a window over the weeks of the peak is proposed."""
    (found,) = propose([PEAK], [], [])

    assert (found.kind, found.threat_id, found.topic, found.territories) == (ProposalKind.NEW, "", "housing", ())
    assert (found.start, found.until, found.lead_days) == (YearDay(10, 1), YearDay(10, 28), 14)
    assert found.words == evidence(PEAK)


def test_one_loud_year_proposes_nothing() -> None:
    """An accident of one year is not put into the register."""
    assert propose([ONCE], [], []) == ()


@pytest.mark.parametrize("topic", ["politics", "authorities", "control-centre"])
def test_what_people_say_of_power_is_no_threat(topic: str) -> None:
    """Peaks of politics and of the administration are told and never proposed as threats."""
    assert propose([replace(PEAK, subject=topic)], [], []) == ()


DATES = (
    ("begins with the peak", date(2026, 10, 3), 40, None),
    ("began a month before and still stands", date(2026, 9, 5), 40, None),
    ("began in spring and still stands", date(2026, 5, 15), 180, ProposalKind.NEW),
    ("lasts all year round", date(2026, 1, 1), 364, ProposalKind.NEW),
    ("begins nineteen days later", date(2026, 10, 20), 40, ProposalKind.EARLIER),
    ("of the year before begins nineteen days later", date(2025, 10, 20), 40, ProposalKind.EARLIER),
    ("is over when the peak begins", date(2026, 9, 1), 20, ProposalKind.NEW),
    ("begins much later: another thing", date(2026, 12, 25), 40, ProposalKind.NEW),
)


@pytest.mark.parametrize(("words", "start", "days", "kind"), DATES)
def test_the_register_is_compared_with_the_peak(words: str, start: date, days: int, kind: ProposalKind | None) -> None:
    """A threat that began lately and stands foresees the peak; one a little late is to begin earlier; others do not count."""
    found = propose([PEAK], [HEATING], [_comes(HEATING, start, days)])

    assert [p.kind for p in found] == ([] if kind is None else [kind]), words


def test_an_earlier_beginning_names_the_threat_and_the_days() -> None:
    """The proposal says which threat, from which day to which, and how many days sooner people write."""
    (found,) = propose([PEAK], [HEATING], [_comes(HEATING, date(2026, 10, 20))])

    assert (found.threat_id, found.start, found.until, found.lead_days) == (
        "heating",
        YearDay(10, 1),
        YearDay(12, 1),
        21,
    )
    assert (
        found.advice
        == "Угроза «Начало отопления» начинается 20 октября, пишут на 19 дн. раньше: перенести начало на 1 октября."
    )


BOUND = (
    replace(HEATING, rule=DateRule(RuleKind.WEATHER, YearDay(9, 15), YearDay(10, 31), opens=Trigger.COLD_FIVE)),
    replace(HEATING, evidence=(Evidence(EvidenceKind.LAW, "354, п. 5"),)),
    replace(HEATING, rule=DateRule(RuleKind.FIXED, YearDay(10, 20), days=5)),
)


@pytest.mark.parametrize("threat", BOUND)
def test_what_is_not_ours_to_move_is_prepared_sooner(threat: Threat) -> None:
    """Days of the law, of the weather and of a feast stay; the preparing begins sooner by as many days."""
    (found,) = propose([PEAK], [threat], [_comes(threat, date(2026, 10, 20))])

    assert (found.kind, found.lead_days) == (ProposalKind.LEAD, 40)


def test_a_threat_with_its_own_words_may_begin_later() -> None:
    """Only what is counted for the threat alone may move it later: a topic holds many other things."""
    ticks = replace(
        HEATING, id="ticks", words=("клещ",), rule=DateRule(RuleKind.WINDOW, YearDay(9, 1), YearDay(11, 30))
    )
    comes = [_comes(ticks, date(2026, 9, 1), 90)]

    (found,) = propose([replace(PEAK, subject="threat:ticks")], [ticks], comes)

    assert (found.kind, found.start) == (ProposalKind.LATER, YearDay(10, 1))
    assert propose([PEAK], [ticks], comes) == ()


def test_a_threat_of_all_the_year_is_not_moved() -> None:
    """What is counted for a threat that never ends moves nothing: it has no beginning."""
    dogs = replace(
        HEATING, id="dogs", words=("собака",), rule=DateRule(RuleKind.WINDOW, YearDay(1, 1), YearDay(12, 31))
    )

    assert propose([replace(PEAK, subject="threat:dogs")], [dogs], [_comes(dogs, date(2026, 1, 1), 364)]) == ()


def test_a_territory_speaks_only_where_the_district_is_silent() -> None:
    """A peak of a territory at the time of the district's is the same thing; at another time it is a proposal of its own."""
    north = replace(PEAK, territory="north")
    spring = replace(north, first=15, last=17)

    found = propose([PEAK, north, spring], [], [])

    assert [(p.territories, p.peak.first) for p in found] == [((), 40), (("north",), 15)]


def test_a_threat_elsewhere_foresees_nothing_here() -> None:
    """A threat of the south does not cover a peak of the north."""
    south = replace(HEATING, territories=("south",))
    north = replace(PEAK, territory="north")

    assert [p.kind for p in propose([north], [south], [_comes(south, date(2026, 10, 1))])] == [ProposalKind.NEW]


def test_the_loudest_comes_first() -> None:
    """Proposals are ordered by how many messages above the usual stand behind them; their keys differ."""
    small = replace(PEAK, subject="waste", mean=7.0)

    found = propose([small, PEAK], [], [])

    assert [p.topic for p in found] == ["housing", "waste"]
    assert len({p.key for p in found}) == 2

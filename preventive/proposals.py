"""What own history proposes to the register of threats: new threats and earlier or later beginnings, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from district.seasons import EvidenceKind, RuleKind, Threat, YearDay
from district.topics import TOPICS
from preventive.facts import Occasion
from preventive.peaks import Peak, first_day, last_day

LEAD_DAYS = 14
"""Days of preparing for a new threat: the usual of DOMAIN 3 [P]."""
CLOSE = timedelta(days=42)
"""A threat that begins so much after the peak is the same one, told too late [P]; a later one is another."""
ENOUGH = timedelta(days=7)
"""Days of one week do not matter: a week of the year lies up to three days off."""
TOO_EARLY = timedelta(days=21)
"""A threat with words of its own that begins so much before its peak may begin later [P]."""
LONG_AGO = timedelta(days=56)
"""A threat that began so much before the peak does not foresee it [P]: its campaign is over, or it lasts all year round."""
ALL_YEAR = timedelta(days=300)
"""What lasts so long has no beginning to be moved [P]."""
NEVER = frozenset({"politics", "authorities", "control-centre"})
"""Topics that are told and never proposed as threats: what people say of those in power is no threat."""
_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


class ProposalKind(StrEnum):
    """What is proposed."""

    NEW = "new"
    EARLIER = "earlier"
    LATER = "later"
    LEAD = "lead"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return {
            ProposalKind.NEW: "новая угроза",
            ProposalKind.EARLIER: "начинать раньше",
            ProposalKind.LATER: "начинать позже",
            ProposalKind.LEAD: "готовиться раньше",
        }[self]


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing for a person to decide; nothing of it is done by itself."""

    kind: ProposalKind
    peak: Peak
    threat_id: str
    """The threat that is to be changed; "" for a new one."""
    name: str
    topic: str
    territories: tuple[str, ...]
    start: YearDay
    """The first day that is proposed."""
    until: YearDay
    lead_days: int
    words: str
    """The evidence, one Russian sentence: years, weeks, times, voices."""
    advice: str
    """What is proposed, one Russian sentence."""

    @property
    def key(self) -> str:
        """Return what a form names it by: stays the same while the evidence does."""
        return "-".join((self.kind, self.threat_id or self.topic, *self.territories, str(self.peak.first)))


def propose(peaks: Iterable[Peak], threats: Sequence[Threat], occasions: Sequence[Occasion]) -> tuple[Proposal, ...]:
    """Return what the peaks that come again ask for, the loudest first.

    `occasions` are the comings of the threats in about a year; a threat without any is taken to come at another time. A
    peak of a territory is passed over where the whole district has one at the same time.
    """
    again = [peak for peak in peaks if peak.repeated]
    whole = [peak for peak in again if not peak.territory]
    comings = _comings(threats, occasions)
    found = []
    for peak in again:
        if peak.territory and any(p.subject == peak.subject and _share_weeks(p, peak) for p in whole):
            continue
        proposal = _proposal(peak, comings)
        if proposal is not None:
            found.append(proposal)
    return tuple(sorted(found, key=lambda p: (p.peak.usual - p.peak.mean, p.key)))


@dataclass(frozen=True, slots=True)
class _Coming:
    """A threat on its days, or against a peak: how long after its first day the threat begins and ends."""

    threat: Threat
    occasion: Occasion
    starts: timedelta = timedelta(0)
    ends: timedelta = timedelta(0)


def _comings(threats: Sequence[Threat], occasions: Sequence[Occasion]) -> list[_Coming]:
    by_id = {threat.id: threat for threat in threats}
    return [_Coming(by_id[o.threat_id], o) for o in occasions if o.threat_id in by_id]


def _near(peak: Peak, comings: Sequence[_Coming]) -> list[_Coming]:
    """Return the comings of the peak's subject and place, each against the peak's first day nearest to it."""
    found = []
    for coming in comings:
        if not (_of_subject(peak, coming.threat) and _of_place(peak, coming.threat)):
            continue
        start, end = coming.occasion.start, coming.occasion.end
        for year in (start.year - 1, start.year, start.year + 1):
            first = first_day(peak.first).on(year)
            if abs(start - first) <= timedelta(days=183):
                found.append(_Coming(coming.threat, coming.occasion, start - first, end - first))
    return found


def _of_subject(peak: Peak, threat: Threat) -> bool:
    return peak.subject == threat.subject or peak.subject in threat.topics


def _of_place(peak: Peak, threat: Threat) -> bool:
    return not threat.territories or not peak.territory or peak.territory in threat.territories


def _share_weeks(one: Peak, other: Peak) -> bool:
    return not set(one.weeks).isdisjoint(other.weeks)


def _proposal(peak: Peak, comings: Sequence[_Coming]) -> Proposal | None:
    near = _near(peak, comings)
    if any(_foresees(peak, c) and not _too_early(peak, c) for c in near):
        return None
    early = [c for c in near if _too_early(peak, c)]
    late = [c for c in near if ENOUGH < c.starts <= CLOSE]
    if early:
        return _shifted(peak, early[0], ProposalKind.LATER)
    if late:
        coming = min(late, key=lambda c: (c.starts, c.threat.id))
        return _shifted(peak, coming, ProposalKind.EARLIER if _movable(coming.threat) else ProposalKind.LEAD)
    return None if peak.subject in NEVER or peak.subject not in TOPICS else _new(peak)


def _foresees(peak: Peak, coming: _Coming) -> bool:
    """A threat stands when the peak begins, and began not long ago, or is counted for this very peak."""
    stands = coming.starts <= ENOUGH and coming.ends >= timedelta(0)
    return stands and (coming.starts >= -LONG_AGO or peak.subject not in TOPICS)


def _too_early(peak: Peak, coming: _Coming) -> bool:
    """A topic's peak within a long threat is that threat; only what is counted for the threat alone may move it later."""
    own = peak.subject == coming.threat.subject and peak.subject not in TOPICS
    stands = coming.starts <= -TOO_EARLY and timedelta(0) <= coming.ends <= coming.starts + ALL_YEAR
    return own and stands and _movable(coming.threat)


def _movable(threat: Threat) -> bool:
    """Whether its first day is ours to choose: a law, a document, the weather and the school are not moved by history."""
    fixed = any(e.kind in (EvidenceKind.LAW, EvidenceKind.DECREE) for e in threat.evidence)
    return threat.rule.kind is RuleKind.WINDOW and not fixed


def _new(peak: Peak) -> Proposal:
    first, last = peak.days()
    name = TOPICS[peak.subject]
    return Proposal(
        ProposalKind.NEW, peak, "", f"{name}: пик с {day_words(first)}", peak.subject, _places(peak), first, last,
        LEAD_DAYS, evidence(peak),
        f"В реестре на эти недели по теме «{name}» ничего нет: добавить угрозу {_span(first, last)}, готовиться за {LEAD_DAYS} дней.",
    )  # fmt: skip


def _shifted(peak: Peak, coming: _Coming, kind: ProposalKind) -> Proposal:
    threat, days = coming.threat, abs(coming.starts.days)
    start, until = first_day(peak.first), threat.rule.until or last_day(peak.last)
    lead = threat.lead_days + days if kind is ProposalKind.LEAD else threat.lead_days
    begins = day_words(YearDay(coming.occasion.start.month, coming.occasion.start.day))
    how = {
        ProposalKind.EARLIER: f"Угроза «{threat.name}» начинается {begins}, пишут на {days} дн. раньше: перенести начало на {day_words(start)}.",
        ProposalKind.LATER: f"Угроза «{threat.name}» начинается {begins}, пишут на {days} дн. позже: перенести начало на {day_words(start)}.",
        ProposalKind.LEAD: f"Угроза «{threat.name}» ожидается {begins}, её день задан нормой, погодой или календарём, а пишут на {days} дн. раньше: "
        f"готовиться за {lead} дней вместо {threat.lead_days}.",
    }  # fmt: skip
    return Proposal(
        kind, peak, threat.id, threat.name, threat.topics[0], _places(peak), start, until, lead, evidence(peak), how[kind]
    )  # fmt: skip


def _places(peak: Peak) -> tuple[str, ...]:
    return (peak.territory,) if peak.territory else ()


def evidence(peak: Peak) -> str:
    """Return one Russian sentence, without the subject: in how many years, which weeks, how much more, how many voices."""
    known, loud = len(peak.of_years), len(peak.years)
    when = (
        f"в {loud} из {known} {_of(known, 'года', 'лет')}"
        if peak.repeated
        else f"один год ({peak.years[0]}) из {known}"
    )
    return f"{when} {weeks_words(peak)} {how_much(peak)}, {voices_words(peak)}"


def how_much(peak: Peak) -> str:
    """Return how much more than usual, in words."""
    if peak.usual < 0.5:
        return f"пишут {_n(peak.mean)} сообщ. в неделю, а обычно почти не пишут"
    return f"пишут в {_n(peak.times)} {_times(peak.times)} больше обычного ({_n(peak.mean)} сообщ. в неделю против {_n(peak.usual)})"


def voices_words(peak: Peak) -> str:
    """Return how many distinct voices, from the quietest year to the loudest."""
    if peak.voices is None:
        return "число голосов неизвестно"
    low, high = peak.voices
    return (
        f"{low} {_of(low, 'голос', 'голоса', 'голосов')}"
        if low == high
        else f"{low}–{high} {_of(high, 'голос', 'голоса', 'голосов')}"
    )


def weeks_words(peak: Peak) -> str:
    """Return the weeks of the year with their days."""
    first, last = peak.days()
    numbers = (
        f"на {peak.first}-й неделе"
        if peak.first == peak.last
        else f"{_from(peak.first)} {peak.first}-й по {peak.last}-ю неделю"
    )
    return f"{numbers} ({_span(first, last)})"


def _from(number: int) -> str:
    return "со" if number == 2 else "с"


def day_words(day: YearDay) -> str:
    """Return a day of the year in words: «1 октября»."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def _span(first: YearDay, last: YearDay) -> str:
    return (
        f"{first.day}–{day_words(last)}"
        if first.month == last.month and first.day < last.day
        else f"{day_words(first)} – {day_words(last)}"
    )


def _times(value: float) -> str:
    shown = _n(value)
    return "раза" if "," in shown else _of(int(shown), "раз", "раза", "раз")


def _of(number: int, one: str, few: str, many: str = "") -> str:
    """Return the form of a noun after a number; with two forms the second is that of «из пяти»."""
    if not many:
        return one if number % 10 == 1 and number % 100 != 11 else few
    if number % 10 == 1 and number % 100 != 11:
        return one
    return few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many


def _n(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")

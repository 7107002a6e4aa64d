"""The check of a campaign's text: what stops it, what would be better, by the rules of replies that make sense here."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casework.errors import BadMove, ReasonNeeded
from district.profile import Profile
from feedback.findings import Finding
from feedback.quality import LONGEST, check_reply
from preventive.agitation import agitation_in, named_candidates
from preventive.channels import kind_of
from storage.find.campaigns import CampaignRow

_OF_REPLIES = frozenset(
    {
        "blank", "too_long", "personal_data", "maybe_personal", "blame", "long_act", "long_body", "gerunds",
        "long_sentence", "vague_term", "shouting", "abbreviation",
    }
)  # fmt: skip
"""Rules of feedback.quality that hold for any official text; a greeting, a measure and a signature are a reply's."""
_HINTS = frozenset({"maybe_personal", "blame"})
"""Of these a campaign is only warned: it accuses nobody, and a street without «улица» looks like a name."""
ALWAYS_BLOCK = frozenset({"blank", "personal_data", "too_long", "agitation"})
"""Findings that no reason outweighs."""
_YEAR = re.compile(r"(?<![\d.№/-])20\d\d(?=\s*(?:год|г\.))")


def check_text(text: str, row: CampaignRow, channel: str = "") -> tuple[Finding, ...]:
    """Return what is wrong with a text of this campaign, in the order of the text; `channel` is "" for a material.

    A finding of ALWAYS_BLOCK may not be approved at all, another «must» only with a reason, «should» is a hint.
    """
    found = [*_as_reply(text), *_agitation(text, row), *_years(text, row), *_length(text, channel)]
    return tuple(sorted(found, key=lambda f: (f.start, f.end, f.code)))


def refuse_blocked(found: tuple[Finding, ...]) -> None:
    """Raise BadMove when a text holds what no reason outweighs."""
    stops = [f for f in found if f.code in ALWAYS_BLOCK]
    if stops:
        raise BadMove(" ".join(f"{f.words.rstrip('.')}." for f in stops))


def require_reason(found: tuple[Finding, ...], note: str) -> None:
    """Raise ReasonNeeded when a text must be mended and nobody said why it goes out as it is."""
    musts = [f for f in found if f.severity == "must"]
    if musts and not note.strip():
        told = "; ".join(f.words[:1].lower() + f.words[1:].rstrip(".") for f in musts)
        raise ReasonNeeded(f"причину, почему текст выходит, хотя {told}")


def clean_text(text: str, what: str = "текст") -> str:
    """Return the text without stray spaces; ReasonNeeded when nothing is left, BadMove when no platform takes it."""
    lines = (line.rstrip() for line in text.replace("\0", "").replace("\r\n", "\n").split("\n"))
    plain = "\n".join(lines).strip()
    if not plain:
        raise ReasonNeeded(what)
    if len(plain) > LONGEST:
        raise BadMove(f"Длиннее {LONGEST} знаков: здесь {len(plain)}. Сократите на {len(plain) - LONGEST}.")
    return plain


def channel_name(profile: Profile, channel: str) -> str:
    """Return a channel as people call it: the name of an official source, else the words themselves."""
    return next((source.name for source in profile.sources if source.id == channel), channel)


def _as_reply(text: str) -> Iterator[Finding]:
    for one in check_reply(text, solved=True, signature="", kind="holding"):
        if one.code in _OF_REPLIES:
            words = one.words.replace("Личные данные в ответе", "Личные данные в тексте")
            soft = one.code in _HINTS
            yield Finding(one.code, "should" if soft else one.severity, one.start, one.end, words, one.example)


def _agitation(text: str, row: CampaignRow) -> Iterator[Finding]:
    if not row.inform_only:
        return
    for call in agitation_in(text):
        yield Finding(
            "agitation", "must", call.start, call.end, f"Это агитация: «{call.words}». О выборах можно только сообщать.",
            "Когда и где голосуют, как проголосовать на дому, куда звонить: без имён и оценок.",
        )  # fmt: skip
    for call in named_candidates(text):
        yield Finding(
            "named_candidate", "must", call.start, call.end, f"Назван кандидат: «{call.words}».",
            "Уберите имя: списки кандидатов публикует избирательная комиссия.",
        )  # fmt: skip


def _years(text: str, row: CampaignRow) -> Iterator[Finding]:
    own = {row.prepare_from.year, row.starts_on.year, row.ends_on.year}
    for hit in _YEAR.finditer(text):
        if int(hit.group()) not in own:
            yield Finding(
                "other_year", "should", *hit.span(), f"Назван {hit.group()} год, а кампания {row.starts_on.year}-го.",
                "Проверьте, не остались ли в тексте прошлогодние дни.",
            )  # fmt: skip


def _length(text: str, channel: str) -> Iterator[Finding]:
    if not channel:
        return
    most = kind_of(channel).longest
    if len(text) > most:
        yield Finding(
            "long_for_channel", "should", most, len(text), f"Для этой площадки длинно: {len(text)} знаков.",
            f"До {most} знаков дочитывают до конца: оставьте главное — что, когда, что делать.",
        )  # fmt: skip

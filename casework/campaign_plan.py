"""The plan of a campaign as it is checked and written: words, topics, places, days, who answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from casework.campaign_errors import AlreadyPlanned
from casework.campaign_moves import CREATED, note_event, refuse_far
from casework.errors import BadMove, ReasonNeeded
from casework.moves import reasoned
from casework.roles import NO_BLOCK, Act, blocks_for, require
from casework.work import Work
from district.profile import Profile
from district.seasons import Threat
from district.topics import TOPICS
from preventive.campaign import CampaignState
from reports.wording import one_line
from storage.engine import Tx
from storage.find.campaigns import campaigns_of_threats
from storage.find.staff import staff_by_id
from storage.keep.campaigns import add_campaign

USUAL_LEAD = timedelta(days=14)
"""How long before its first day a campaign without a threat begins to be prepared: the usual lead of DOMAIN 3 [P]."""
LONGEST_TITLE, LONGEST_GOAL, LONGEST_NAME, MOST = 200, 2000, 120, 30
LONGEST_RUN = timedelta(days=366)
"""The longest threats of the year last a winter; more than a year is a slip of the pen [P]."""


def write_plan(tx: Tx, work: Work, threat: Threat | None, plan: Mapping[str, Any], note: str = "") -> int:
    """Write a new campaign as an idea with its first event; return its id.

    `plan` holds the columns that a person chooses; missing ones get their defaults. Raises BadMove, ReasonNeeded or
    NotAllowed naming what is wrong; AlreadyPlanned when a campaign of this threat stands on these days.
    """
    given = _defaults(work, threat, plan)
    values = checked(tx, work, given)
    require(work.by, Act.PLAN_CAMPAIGN, values["block"] or NO_BLOCK)
    refuse_second(tx, threat, values["starts_on"], values["ends_on"])
    campaign_id = add_campaign(
        tx,
        {
            "threat_id": threat.id if threat else None,
            "inform_only": bool(threat and threat.inform_only),
            "template": given.get("template", ""),
            "copied_from": given.get("copied_from"),
            "last_lessons": given.get("last_lessons", ""),
            "state": CampaignState.IDEA.value,
            "made_at": work.now,
            "made_by": work.by.id,
            "changed_at": work.now,
        }
        | values,
    )
    note_event(tx, work, campaign_id, CREATED, note, {"starts_on": values["starts_on"], "ends_on": values["ends_on"]})
    return campaign_id


def _defaults(work: Work, threat: Threat | None, plan: Mapping[str, Any]) -> dict[str, Any]:
    given = dict(plan)
    if threat is not None and not given.get("topics"):
        given["topics"] = threat.topics
    lead = timedelta(days=threat.lead_days) if threat else USUAL_LEAD
    given["prepare_from"] = given.get("prepare_from") or given["starts_on"] - lead
    topics = given.get("topics") or ()
    given["subject"] = given.get("subject") or (threat.subject if threat else next(iter(topics), ""))
    given["block"] = given.get("block") or usual_block(work, topics)
    return given


def usual_block(work: Work, topics: Sequence[str]) -> str | None:
    """Return the block that answers for the first topic; for who is bound to blocks, the first one of their own."""
    found = [block.id for topic in topics if (block := work.profile.block_of(topic)) is not None]
    own = blocks_for(work.by, Act.PLAN_CAMPAIGN)
    if own is not None:
        found = [block for block in found if block in own] or found or list(own)
    return found[0] if found else None


def refuse_second(tx: Tx, threat: Threat | None, first: date, last: date) -> None:
    """Raise AlreadyPlanned when a campaign of this threat that is not cancelled stands on any of these days."""
    if threat is None:
        return
    for row in campaigns_of_threats(tx, [threat.id], first, last):
        state = CampaignState(row.state)
        if state is not CampaignState.CANCELLED:
            raise AlreadyPlanned(row.id, row.title, state.label)


def checked(tx: Tx, work: Work, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a plan, cleaned; BadMove or ReasonNeeded names the first thing that is wrong."""
    profile = work.profile
    starts_on, ends_on, prepare_from = given["starts_on"], given["ends_on"], given["prepare_from"]
    refuse_days(work, prepare_from, starts_on, ends_on)
    topics = _known(given.get("topics") or (), TOPICS, "Темы")
    if not topics:
        raise ReasonNeeded("хотя бы одну тему кампании")
    territories = _known(given.get("territories") or (), {t.id for t in profile.territories}, "Территории")
    return {
        "title": _short(reasoned(given["title"], "название кампании"), LONGEST_TITLE, "Название"),
        "goal": _long(given.get("goal", "")),
        "topics": topics,
        "territories": territories,
        "audiences": _names(given.get("audiences") or (), "Групп людей"),
        "channels": _names(given.get("channels") or (), "Площадок"),
        "starts_on": starts_on,
        "ends_on": ends_on,
        "prepare_from": prepare_from,
        "owner_staff": checked_owner(tx, given.get("owner_staff")),
        "block": _block(profile, given.get("block")),
        "subject": _subject(given["subject"]),
    }


def refuse_days(work: Work, prepare_from: date, starts_on: date, ends_on: date) -> None:
    """Raise BadMove for days that cannot be: an end before the start, preparing after it, a year or more of campaign."""
    refuse_far(work, starts_on, "Первый день кампании")
    if ends_on < starts_on:
        raise BadMove(
            f"Последний день {ends_on:%d.%m.%Y} раньше первого {starts_on:%d.%m.%Y}. Поменяйте их местами или исправьте год."
        )
    if ends_on - starts_on > LONGEST_RUN:
        raise BadMove(
            f"С {starts_on:%d.%m.%Y} по {ends_on:%d.%m.%Y} — больше года. Разбейте кампанию на части или исправьте год."
        )
    if prepare_from > starts_on:
        raise BadMove(
            f"Подготовка с {prepare_from:%d.%m.%Y} начинается позже самой кампании ({starts_on:%d.%m.%Y}). "
            "Укажите более ранний день."
        )
    if starts_on - prepare_from > LONGEST_RUN:
        raise BadMove(f"Подготовка с {prepare_from:%d.%m.%Y} — больше чем за год до начала. Исправьте год.")


def checked_owner(tx: Tx, staff_id: int | None) -> int | None:
    """Return the owner's id when they work here; BadMove for somebody unknown or who left."""
    if staff_id is None:
        return None
    found = staff_by_id(tx, staff_id)
    if found is None:
        raise BadMove(f"Сотрудника № {staff_id} нет. Выберите ответственного из списка.")
    if not found.active:
        raise BadMove(f"{found.name_shown} здесь больше не работает. Выберите другого ответственного.")
    return staff_id


def checked_name(text: str, what: str) -> str:
    """Return one short line; ReasonNeeded when it is empty, BadMove when too long. `what` is Russian, in the accusative."""
    return _short(reasoned(one_line(text), what), LONGEST_NAME, f"«{what}»")


def _known(codes: Sequence[str], allowed: Mapping[str, str] | set[str], what: str) -> tuple[str, ...]:
    strange = [code for code in codes if code not in allowed]
    if strange:
        raise BadMove(f"{what} «{strange[0][:60]}» нет в профиле округа. Выберите из списка.")
    return tuple(dict.fromkeys(codes))


def _names(names: Sequence[str], what: str) -> tuple[str, ...]:
    clean = tuple(dict.fromkeys(_short(line, LONGEST_NAME, "Строка") for name in names if (line := one_line(name))))
    if len(clean) > MOST:
        raise BadMove(f"{what} отмечено {len(clean)}, больше {MOST} в одной кампании не бывает: снимите лишние.")
    return clean


def _short(line: str, most: int, what: str) -> str:
    if len(line) > most:
        raise BadMove(f"{what} длиннее {most} знаков: здесь {len(line)}. Сократите.")
    return line


def _long(text: str) -> str:
    return _short(text.replace("\0", "").strip(), LONGEST_GOAL, "Цель")


def _block(profile: Profile, block: str | None) -> str | None:
    if block and block not in {b.id for b in profile.blocks}:
        raise BadMove(f"Блока «{block[:60]}» в профиле округа нет. Выберите из списка.")
    return block or None


def _subject(subject: str) -> str:
    if subject in TOPICS or subject.startswith("threat:"):
        return subject
    raise BadMove(f"Эффект считается по теме или угрозе, а «{subject[:60]}» — ни то ни другое. Выберите из списка.")

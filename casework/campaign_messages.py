"""Texts of a campaign for an audience and a channel: draft, approval by a second person, a link where it was published.

The program publishes nothing: a person posts the approved text on the official page and records the link.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from casework.campaign_errors import OverBudget, StaleCampaign
from casework.campaign_moves import enter, load, note_event, refuse_over
from casework.campaign_plan import checked_name
from casework.campaign_texts import channel_name, check_text, clean_text, refuse_blocked, require_reason
from casework.errors import BadMove, ReasonNeeded, UnknownSubject
from casework.moves import person_of, reasoned
from casework.roles import NO_BLOCK, Act, require
from casework.work import Work
from preventive.attention import Planned, budgets_of, overbooked, same, week_words
from preventive.calendar import monday
from preventive.campaign import CampaignState
from storage.engine import Tx
from storage.find.campaign_parts import events_of, message_by_id, messages_between
from storage.find.campaigns import CampaignRow, MessageRow
from storage.keep import campaigns as keep

UNFINISHED = ("draft", "waiting", "returned")
STATES = {
    "draft": "черновик", "waiting": "ждёт утверждения", "approved": "утверждён", "returned": "возвращён на доработку",
    "published": "опубликован", "withdrawn": "снят",
}  # fmt: skip
"""State of a text → Russian words."""
_SIX_DAYS = timedelta(days=6)


def add_message(
    work: Work, campaign_id: int, *, audience: str, channel: str, text: str, post_on: date, over_budget: str = ""
) -> int:
    """Write a text as a draft; return its id.

    `channel` is the id of an official source or the name of another place, `post_on` a day of the district between the
    beginning of preparing and the campaign's last day. A post over the channel's budget of the week is refused with
    OverBudget unless `over_budget` says why, which the history keeps. Raises BadMove, ReasonNeeded, NotAllowed.
    """
    with work.store.write() as tx:
        row = enter(tx, work, campaign_id, Act.WORK_CAMPAIGN)
        values: dict[str, Any] = {
            "audience": checked_name(audience, "к кому обращён текст"),
            "channel": checked_name(channel, "где он выйдет"),
            "text": clean_text(text),
            "post_on": _day(row, post_on),
        }
        note = _within_budget(tx, work, values["channel"], post_on, over_budget)
        return write_message(tx, work, row, values | {"note": note}, person_of(work, "Машина текстов не пишет."))


def write_message(tx: Tx, work: Work, row: CampaignRow, values: dict[str, Any], made_by: int | None) -> int:
    """Write a draft whose values are checked, with its events; return its id."""
    made = {
        "campaign_id": row.id, "state": "draft", "url": "", "made_at": work.now, "made_by": made_by,
        "changed_at": work.now,
    }  # fmt: skip
    message_id = keep.add_message(tx, {"note": ""} | values | made)
    told = {"message": message_id, "channel": values["channel"], "post_on": values["post_on"]}
    note_event(tx, work, row.id, "message_added", str(values["audience"]), told)
    if values.get("note"):
        note_event(tx, work, row.id, "over_budget", str(values["note"]), told)
    return message_id


def change_message(
    work: Work,
    message_id: int,
    version: int,
    *,
    audience: str | None = None,
    channel: str | None = None,
    text: str | None = None,
    post_on: date | None = None,
    over_budget: str = "",
) -> int:
    """Change a text that is not published; return its new version; what is None stays.

    Another text is a draft again and needs a new approval; another day, channel or audience leaves the approval.
    """
    with work.store.write() as tx:
        found, row = _open(tx, work, message_id, version, Act.WORK_CAMPAIGN)
        _must_be(found, (*UNFINISHED, "approved"), "изменить")
        values: dict[str, Any] = {
            "audience": found.audience if audience is None else checked_name(audience, "к кому обращён текст"),
            "channel": found.channel if channel is None else checked_name(channel, "где он выйдет"),
            "text": found.text if text is None else clean_text(text),
            "post_on": found.post_on if post_on is None else _day(row, post_on),
        }
        changed = {name: value for name, value in values.items() if value != getattr(found, name)}
        if not changed:
            return found.version
        if changed.keys() & {"post_on", "channel"}:
            note = _within_budget(tx, work, values["channel"], values["post_on"], over_budget, but=found.id)
            changed["note"] = note
        if "text" in changed:
            changed |= {"state": "draft", "made_by": person_of(work, "Машина текстов не пишет.")}
        new = keep.change_message(tx, found.id, found.version, work.now, changed)
        told = {name: value for name, value in changed.items() if name not in ("text", "made_by")}
        note_event(tx, work, row.id, "message_changed", values["audience"], {"message": found.id} | told)
        if changed.get("note"):
            note_event(tx, work, row.id, "over_budget", changed["note"], {"message": found.id})
        return new


def ask_approval(work: Work, message_id: int, version: int) -> int:
    """Send a draft to whoever may approve it; return its new version. Blanks and personal data are refused at once."""
    with work.store.write() as tx:
        found, row = _open(tx, work, message_id, version, Act.WORK_CAMPAIGN)
        _must_be(found, ("draft", "returned"), "отправить на утверждение")
        refuse_blocked(check_text(found.text, row, channel_name(work.profile, found.channel)))
        return _to(tx, work, row, found, "waiting", "message_asked", {})


def approve(work: Work, message_id: int, version: int, note: str = "") -> int:
    """Make a text ready for publishing; return its new version.

    A second person does it: who wrote the text as it stands may not. `note` is the reason for letting out a text with a
    «must» of its check; blanks, personal data, and agitation in a campaign that only informs no reason lets out.
    """
    with work.store.write() as tx:
        found, row = _open(tx, work, message_id, version, Act.APPROVE_MATERIAL)
        _must_be(found, ("waiting",), "утвердить")
        if found.made_by is not None and found.made_by == work.by.id:
            raise BadMove(
                "Текст утверждает второй человек, а этот написали вы. Его увидит каждый, кто может утверждать."
            )
        findings = check_text(found.text, row, channel_name(work.profile, found.channel))
        refuse_blocked(findings)
        require_reason(findings, note)
        return _to(tx, work, row, found, "approved", "message_approved", _decided(work), note.strip())


def return_message(work: Work, message_id: int, version: int, note: str) -> int:
    """Give a text back to its writer with what to mend; return its new version."""
    said = reasoned(note, "что исправить в тексте")
    with work.store.write() as tx:
        found, row = _open(tx, work, message_id, version, Act.APPROVE_MATERIAL)
        _must_be(found, ("waiting", "approved"), "вернуть")
        return _to(tx, work, row, found, "returned", "message_returned", _decided(work) | {"note": said}, said)


def record_published(work: Work, message_id: int, version: int, url: str = "", published_on: date | None = None) -> int:
    """Record that a person published an approved text; return its new version.

    `url` is where (https; "" only for a place without an address: a board, a paper), `published_on` the day, today when
    None and never later.
    """
    with work.store.write() as tx:
        found, row = _open(tx, work, message_id, version, Act.WORK_CAMPAIGN, late=True)
        _must_be(found, ("approved",), "отметить опубликованным")
        day = published_on or work.today
        if day > work.today:
            raise BadMove(f"Публикация {day:%d.%m.%Y} ещё впереди. Укажите сегодняшний или прошедший день.")
        values = {"url": _url(work, found, url), "published_on": day}
        return _to(tx, work, row, found, "published", "message_published", values)


def withdraw(work: Work, message_id: int, version: int, reason: str = "") -> int:
    """Take a text out of the campaign; return its new version. An approved one needs a reason, a published one stays."""
    with work.store.write() as tx:
        found, row = _open(tx, work, message_id, version, Act.WORK_CAMPAIGN)
        _must_be(found, (*UNFINISHED, "approved"), "снять")
        said = reasoned(reason, "почему утверждённый текст снимается") if found.state == "approved" else reason.strip()
        return _to(tx, work, row, found, "withdrawn", "message_withdrawn", _decided(work) | {"note": said}, said)


def planned_posts(tx: Tx, first: date, last: date, but: int | None = None) -> tuple[Planned, ...]:
    """Return every post of campaigns that is planned in the weeks of these days: what budgets are counted from."""
    rows = messages_between(tx, monday(first), monday(last) + _SIX_DAYS)
    return tuple((one.channel, one.post_on) for one in rows if one.id != but)


def over_words(work: Work, planned: Sequence[Planned], channel: str, post_on: date) -> tuple[str, ...]:
    """Return a Russian sentence when one more post on this day goes over the channel's budget of the week, else ()."""
    week = monday(post_on)
    theirs = [(place, day) for place, day in planned if same(place) == same(channel) and monday(day) == week]
    full = overbooked([*theirs, (channel, post_on)], budgets_of(work.profile.prevention))
    return tuple(
        f"«{channel_name(work.profile, channel)}», {week_words(one.week)}: с этой публикацией {one.planned}, "
        f"а бюджет внимания — {one.allowed}."
        for one in full
    )


def _within_budget(tx: Tx, work: Work, channel: str, day: date, reason: str, but: int | None = None) -> str:
    told = over_words(work, planned_posts(tx, day, day, but), channel, day)
    if told and not reason.strip():
        raise OverBudget(told)
    return f"Сверх бюджета внимания: {reasoned(reason, 'причину')}" if told else ""


def _day(row: CampaignRow, day: date) -> date:
    if not row.prepare_from <= day <= row.ends_on:
        raise BadMove(
            f"День публикации {day:%d.%m.%Y} вне кампании: она готовится с {row.prepare_from:%d.%m.%Y} "
            f"и кончается {row.ends_on:%d.%m.%Y}. Возьмите день между ними."
        )
    return day


def _url(work: Work, found: MessageRow, url: str) -> str:
    link = url.strip()
    named = any(source.id == found.channel for source in work.profile.sources)
    if not link and named:
        raise ReasonNeeded("ссылку на публикацию: у этой площадки есть адрес")
    if link and (not link.startswith(("https://", "http://")) or len(link) > 2000 or link.split() != [link]):
        raise BadMove(f"«{link[:80]}» — не адрес публикации. Скопируйте его из строки браузера: https://…")
    return link


def _decided(work: Work) -> dict[str, Any]:
    return {"decided_at": work.now, "decided_by": work.by.id}


def _to(
    tx: Tx,
    work: Work,
    row: CampaignRow,
    found: MessageRow,
    state: str,
    what: str,
    values: dict[str, Any],
    note: str = "",
) -> int:
    new = keep.change_message(tx, found.id, found.version, work.now, {"state": state} | values)
    told = {"message": found.id, "channel": found.channel, "url": values.get("url") or None}
    note_event(tx, work, row.id, what, note or found.audience, told)
    return new


def _open(
    tx: Tx, work: Work, message_id: int, version: int, act: Act, *, late: bool = False
) -> tuple[MessageRow, CampaignRow]:
    """`late` lets a text of a finished campaign through: a link is often recorded when all is over."""
    found = message_by_id(tx, message_id)
    if found is None:
        raise UnknownSubject(f"Текста № {message_id} нет. Обновите страницу кампании.")
    row = load(tx, found.campaign_id)
    require(work.by, act, row.block or NO_BLOCK)
    if found.version != version:
        last = next((e for e in events_of(tx, row.id) if e.detail.get("message") == found.id), None)
        raise StaleCampaign(
            f"Текст для «{found.audience}»", by=last.by_name if last else "машина", what=STATES[found.state],
            at=found.changed_at, version=version, now_version=found.version,
        )  # fmt: skip
    if not (late and row.state == CampaignState.FINISHED):
        refuse_over(row)
    return found, row


def _must_be(found: MessageRow, states: Sequence[str], what: str) -> None:
    if found.state not in states:
        raise BadMove(f"Текст сейчас {STATES[found.state]}: {what} его нельзя. Обновите страницу кампании.")

"""The effect of a campaign told from its weekly counts, and its evaluation with the lessons for next year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.campaign_moves import EVALUATED, begin, finish, load
from casework.effect_obstacles import notes_of, obstacles_of
from casework.errors import BadMove
from casework.moves import reasoned
from casework.roles import Act
from casework.work import Work
from district.topics import TOPICS
from preventive.campaign import CampaignState
from preventive.effect import Effect, Part, Span, Verdict, WeekSeen, effect, reached
from preventive.facts import WeekCount
from storage.engine import Tx
from storage.find.campaign_parts import messages_of
from storage.find.campaigns import CampaignRow
from storage.find.effects import other_topics, views_of
from storage.find.weeks import WHOLE, week_counts

DAY = timedelta(days=1)
BEFORE, AFTER = timedelta(weeks=8), timedelta(weeks=4)
"""How long before preparing and after the last day is looked at: eight weeks show the level, four whether it holds [P]."""
LEAST_WORDS = 3
"""«Всё хорошо» helps nobody next year."""


def effect_of(work: Work, campaign_id: int) -> Effect:
    """Return what can be said now of a campaign; of an evaluated one what was said then. UnknownCampaign when there is none."""
    with work.store.read() as tx:
        row = load(tx, campaign_id)
        if row.effect is not None:
            return kept_effect(row.effect)
        return _informed(tx, work, row) if row.inform_only else _compared(tx, work, row)


def evaluate(work: Work, campaign_id: int, version: int, lessons: str) -> int:
    """Keep what came of a finished campaign and the lessons for next year; it is evaluated then. Return its new version.

    Raises UnknownCampaign, StaleCampaign, NotAllowed, ReasonNeeded without lessons, BadMove when they are too short or the
    campaign is in another state.
    """
    told = effect_of(work, campaign_id)
    with work.store.write() as tx:
        row = begin(tx, work, campaign_id, version, Act.PLAN_CAMPAIGN)
        if row.state != CampaignState.FINISHED:
            raise BadMove(
                f"Итог подводят по завершённой кампании, а «{row.title[:80]}» {CampaignState(row.state).label}."
            )
        said = reasoned(lessons, "уроки: что повторить и что сделать иначе")
        if len(said.split()) < LEAST_WORDS:
            raise BadMove(f"Уроки слишком коротки: «{said}». Напишите, что повторить и что сделать иначе.")
        values = {
            "state": CampaignState.EVALUATED.value, "lessons": said, "effect": effect_kept(told), "evaluated_at": work.now,
        }  # fmt: skip
        detail = {"verdict": told.verdict.value, "seen": told.seen, "percent": told.percent}
        return finish(tx, work, row, EVALUATED, values, told.sentence, detail)


def spans_of(row: CampaignRow) -> tuple[Span, Span, Span]:
    """Return the days before preparing, of the campaign and after it."""
    first = min(row.prepare_from, row.starts_on)
    return (
        Span(first - BEFORE, first - DAY),
        Span(row.starts_on, row.ends_on),
        Span(row.ends_on + DAY, row.ends_on + AFTER),
    )


def _compared(tx: Tx, work: Work, row: CampaignRow) -> Effect:
    before, during, after = spans_of(row)
    obstacles = [*_too_early(work, row), *obstacles_of(tx, work, row, before, during)]
    others = other_topics(tx, row.topics, TOPICS)
    told = effect(history_of(tx, row), before, during, after, obstacles, others)
    added = notes_of(tx, work, row)
    return Effect(**_fields(told) | {"notes": (*told.notes, *added)})


def _too_early(work: Work, row: CampaignRow) -> list[str]:
    today = work.today
    if today < row.starts_on:
        return [f"кампания начнётся {row.starts_on:%d.%m.%Y}"]
    return [f"кампания идёт до {row.ends_on:%d.%m.%Y}"] if today <= row.ends_on else []


def history_of(tx: Tx, row: CampaignRow) -> tuple[WeekCount, ...]:
    """Return the weeks of a campaign's subject, in its territories together or in the whole district."""
    if not row.territories:
        return week_counts(tx, row.subject, WHOLE)
    return summed([week_counts(tx, row.subject, place) for place in row.territories])


def summed(places: Sequence[Sequence[WeekCount]]) -> tuple[WeekCount, ...]:
    """Return the weeks of several territories together, ascending; a week that any of them does not know is unknown."""
    by_week: dict[date, list[WeekCount]] = {}
    for place in places:
        for one in place:
            by_week.setdefault(one.week, []).append(one)
    return tuple(
        WeekCount(week, sum(r.posts for r in rows), sum(r.voices for r in rows), sum(r.risks for r in rows))
        for week, rows in sorted(by_week.items())
        if len(rows) == len(places)
    )


def _informed(tx: Tx, work: Work, row: CampaignRow) -> Effect:
    """A campaign that informs (elections) wants people to know, not to write less: it is told by its reach."""
    texts = [text for text in messages_of(tx, row.id) if text.state != "withdrawn"]
    published = [text for text in texts if text.state == "published"]
    urls = {text.url for text in published if text.url}
    since = datetime.combine(min(row.prepare_from, row.starts_on), time(), work.profile.timezone)
    views = views_of(tx, {text.channel for text in published}, urls, since) if urls else {}
    return reached(len(published), len(texts), sum(views.values()), len(views))


def effect_kept(told: Effect) -> dict[str, Any]:
    """Return an effect as the campaign's row keeps it: plain JSON."""
    plain: dict[str, Any] = _plain(asdict(told))
    return plain


def kept_effect(kept: dict[str, Any]) -> Effect:
    """Return the effect that a campaign's row keeps."""
    parts = tuple(_kept_part(part) for part in kept.get("parts", ()))
    fields = kept | {"verdict": Verdict(kept["verdict"]), "parts": parts, "notes": tuple(kept.get("notes", ()))}
    return Effect(**fields)


def _kept_part(kept: dict[str, Any]) -> Part:
    weeks = tuple(WeekSeen(**week | {"week": date.fromisoformat(week["week"])}) for week in kept["by_week"])
    days = {name: date.fromisoformat(kept[name]) for name in ("first", "last")}
    return Part(**kept | days | {"by_week": weeks})


def _fields(told: Effect) -> dict[str, Any]:
    return {name: getattr(told, name) for name in Effect.__slots__}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value

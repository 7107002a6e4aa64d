"""Russian words of campaigns: days and spans of days, states of their parts, and what each state waits for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from desk.wording import NBSP, Term
from preventive.campaign import CampaignState
from reports.wording import count

MONTHS = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
"""Short months after a number of a day."""
WEEKDAYS = ("пн", "вт", "ср", "чт", "пт", "сб", "вс")

TASK_STATES: Mapping[str, tuple[str, str]] = {
    "open": ("в работе", "calm"),
    "done": ("сделана", "ok"),
    "cancelled": ("снята", "quiet"),
}
MESSAGE_STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("черновик", "plain"),
    "waiting": ("ждёт утверждения", "soon"),
    "approved": ("утверждён: можно публиковать", "ok"),
    "returned": ("возвращён на доработку", "late"),
    "published": ("опубликован", "ok"),
    "withdrawn": ("снят", "quiet"),
}
MATERIAL_STATES: Mapping[str, tuple[str, str]] = {
    "draft": ("ждёт утверждения", "soon"),
    "approved": ("утверждён", "ok"),
    "returned": ("возвращён на доработку", "late"),
    "replaced": ("заменён новой версией", "quiet"),
}
STAGES = (
    CampaignState.IDEA,
    CampaignState.PLANNED,
    CampaignState.PREPARING,
    CampaignState.RUNNING,
    CampaignState.FINISHED,
    CampaignState.EVALUATED,
)
"""The whole way of a campaign, in order; a cancelled one left it."""

MOVE_WORDS: Mapping[CampaignState, tuple[str, str]] = {
    CampaignState.IDEA: ("Вернуть в идеи", "Кампания вернулась в идеи."),
    CampaignState.PLANNED: ("Запланировать", "Кампания запланирована."),
    CampaignState.PREPARING: ("Начать подготовку", "Подготовка началась."),
    CampaignState.RUNNING: ("Запустить", "Кампания идёт."),
    CampaignState.FINISHED: ("Завершить", "Кампания завершена. Теперь её надо оценить."),
    CampaignState.EVALUATED: ("Записать оценку", "Кампания оценена, уроки сохранены."),
    CampaignState.CANCELLED: ("Отменить кампанию", "Кампания отменена, причина записана."),
}
"""The button that leads to a state, and what is said when it is reached."""

BACK_WORDS: Mapping[tuple[CampaignState, CampaignState], str] = {
    (CampaignState.PLANNED, CampaignState.IDEA): "Вернуть в идеи",
    (CampaignState.PREPARING, CampaignState.PLANNED): "Вернуть в планы",
    (CampaignState.FINISHED, CampaignState.RUNNING): "Продолжить кампанию",
}
"""Moves against the way of a campaign have their own words."""


def day_words(day: date, today: date) -> str:
    """Return a day as «16 апр», with the year when it is not the present one."""
    year = "" if day.year == today.year else f"{NBSP}{day.year}"
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]}{year}"


def span_words(first: date, last: date, today: date) -> str:
    """Return days from the first to the last as «1–30 апр», «15 апр – 14 мая», «15 дек 2026 – 10 янв 2027»."""
    if first == last:
        return day_words(first, today)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day_words(last, today)}"
    if first.year == last.year:
        return f"{first.day}{NBSP}{MONTHS[first.month - 1]} – {day_words(last, today)}"
    return f"{first.day}{NBSP}{MONTHS[first.month - 1]}{NBSP}{first.year} – {last.day}{NBSP}{MONTHS[last.month - 1]}{NBSP}{last.year}"


def days(value: int) -> str:
    """Return a number of days in words."""
    return count(value, "день", "дня", "дней").replace(" ", NBSP)


def until(day: date, today: date) -> str:
    """Return how far a day is: «сегодня», «завтра», «через 5 дней», «вчера», «3 дня назад»."""
    left = (day - today).days
    near = {0: "сегодня", 1: "завтра", -1: "вчера"}
    if left in near:
        return near[left]
    return f"через {days(left)}" if left > 0 else f"{days(-left)} назад"


def task_term(day: date, today: date) -> Term:
    """Return the day of an open task: «сегодня», «через 4 дня», «просрочена на 2 дня»."""
    left = (day - today).days
    if left < 0:
        return Term(f"просрочена на {days(-left)}", "late")
    return Term(until(day, today), "soon" if left <= 1 else "calm")


def campaign_term(state: CampaignState, prepare_from: date, starts_on: date, ends_on: date, today: date) -> Term:
    """Return what of time presses on a campaign in this state; days are the district's."""
    if state in (CampaignState.IDEA, CampaignState.PLANNED):
        return _ahead("подготовку начать", "подготовку пора было начать", prepare_from, today)
    if state is CampaignState.PREPARING:
        return _ahead("начало", "должна была начаться", starts_on, today)
    if state is CampaignState.RUNNING:
        if ends_on < today:
            return Term(f"срок вышел {until(ends_on, today)}: завершите", "late")
        return Term("последний день" if ends_on == today else f"конец {until(ends_on, today)}", "calm")
    if state is CampaignState.FINISHED:
        return Term(f"кончилась {until(min(ends_on, today), today)}: оцените", "soon")
    return Term(span_words(starts_on, ends_on, today), "calm")


def _ahead(coming: str, missed: str, day: date, today: date) -> Term:
    left = (day - today).days
    if left < 0:
        return Term(f"{missed} {until(day, today)}", "late")
    return Term(f"{coming} {until(day, today)}", "soon" if left <= 7 else "calm")

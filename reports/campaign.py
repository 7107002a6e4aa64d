"""What the alert chats are told of campaigns: the topic and its plan in a fixed form, what to prepare, whose task is due.

S4 «Порядок», п. 3: «сотрудник МЦУ направляет в чат информацию об имеющихся социально-значимых темах, требующих проведения
превентивных кампаний»; the headings keep these words. No personal data: posts and blocks, never names of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.wording import clip, count, one_line

HEAD = "Социально значимая тема, требующая превентивной кампании"
LONGEST, SHOWN = 300, 15
"""Signs of one line, and lines of one list: more is read on the campaign's page."""


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task as the chats are told of it."""

    what: str
    due_on: date
    whose: str
    """A block, a post or a partner; "" is said to be nobody's."""


@dataclass(frozen=True, slots=True)
class CampaignFacts:
    """What the message of a plan says; days are the district's, names are Russian labels."""

    title: str
    goal: str
    topics: tuple[str, ...]
    threat: str
    """Name of the threat, "" when it is none of the register."""
    why: tuple[str, ...]
    """What the threat is founded on."""
    places: tuple[str, ...]
    """Empty: the whole district."""
    prepare_from: date
    starts_on: date
    ends_on: date
    audiences: tuple[str, ...]
    channels: tuple[str, ...]
    whose: str
    """The block or the post that answers for it."""
    tasks: tuple[TaskLine, ...]
    texts: int
    """Texts planned, withdrawn ones left out."""
    texts_ready: int
    agreed: tuple[str, ...]
    """Partners who agreed."""
    asked: tuple[str, ...]
    """Partners who have not agreed yet."""
    inform_only: bool = False
    changed: bool = False
    """True when an earlier message of this campaign said something else."""


def campaign_message(facts: CampaignFacts) -> str:
    """Return the plan as plain text of any length; what is missing is said to be missing, never left out."""
    again = " (план изменён: заменяет прежнее сообщение)" if facts.changed else ""
    lines = [
        f"{HEAD}{again}",
        clip(facts.title, LONGEST),
        "",
        f"Тема: {_list(facts.topics, 'не указана')}",
        f"Угроза года: {one_line(facts.threat) or 'не из перечня'}",
        f"Почему: {_list(facts.why, 'основание не записано', '; ')}",
        f"Где: {_list(facts.places, 'весь округ')}",
        f"Когда: с {facts.starts_on:%d.%m.%Y} по {facts.ends_on:%d.%m.%Y}, готовим с {facts.prepare_from:%d.%m.%Y}",
        f"Цель: {one_line(facts.goal) or 'не записана'}",
        f"К кому обращаемся: {_list(facts.audiences, 'не указано')}",
        f"Площадки: {_list(facts.channels, 'не указаны')}",
        f"Тексты: {_texts(facts)}",
        f"Отвечает: {one_line(facts.whose) or 'никто не назначен'}",
        f"Партнёры: {_partners(facts)}",
        *(["Только информирование: агитации в текстах быть не должно."] if facts.inform_only else []),
        "",
        "План:",
        *_plan(facts.tasks),
    ]
    return "\n".join(lines)


def _list(names: Sequence[str], none: str, between: str = ", ") -> str:
    return between.join(clip(name, LONGEST) for name in names[:SHOWN]) or none


def _texts(facts: CampaignFacts) -> str:
    if not facts.texts:
        return "ещё не написаны"
    return f"{count(facts.texts, 'текст', 'текста', 'текстов')}, утверждено {facts.texts_ready}"


def _partners(facts: CampaignFacts) -> str:
    told = [f"согласились — {_list(facts.agreed, '')}"] if facts.agreed else []
    told += [f"ещё не ответили — {_list(facts.asked, '')}"] if facts.asked else []
    return "; ".join(told) or "нет"


def _plan(tasks: Sequence[TaskLine]) -> list[str]:
    if not tasks:
        return ["задач ещё нет"]
    ordered = sorted(tasks, key=lambda task: task.due_on)
    lines = [
        f"{n}) до {task.due_on:%d.%m.%Y}: {clip(task.what, LONGEST)} — {clip(task.whose, LONGEST) or 'никто не назначен'}"
        for n, task in enumerate(ordered[:SHOWN], start=1)
    ]
    more = len(ordered) - SHOWN
    return [*lines, f"… и ещё {count(more, 'задача', 'задачи', 'задач')} — на странице кампании"] if more > 0 else lines


@dataclass(frozen=True, slots=True)
class DueThreat:
    """A threat for which it is time to prepare and no campaign is planned."""

    name: str
    start: date
    end: date
    prepare_from: date
    why: str
    """One Russian sentence on these days."""
    sure: bool
    """False when the days are only expected."""
    topics: tuple[str, ...]
    places: tuple[str, ...]
    whose: str


def due_message(due: DueThreat, today: date) -> str:
    """Return the machine's proposal to begin preparing; days are the district's."""
    left = (due.start - today).days
    when = "уже началось" if left <= 0 else f"осталось {count(left, 'день', 'дня', 'дней')}"
    basis = "" if due.sure else " (ожидается, точные дни ещё не известны)"
    lines = [
        f"Пора готовить: {clip(due.name, LONGEST)}",
        f"Когда: с {due.start:%d.%m.%Y} по {due.end:%d.%m.%Y}{basis}, {when}",
        f"Почему сейчас: готовиться нужно с {due.prepare_from:%d.%m.%Y}; {one_line(due.why)}",
        f"Тема: {_list(due.topics, 'не указана')}",
        f"Где: {_list(due.places, 'весь округ')}",
        f"Кому: {one_line(due.whose) or 'блок не определён, решает координатор'}",
        "Кампании на эти дни ещё нет. Готовый план по шаблону — на странице «Год», у этой угрозы.",
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class DueTask:
    """A task that is due soon or late, with its campaign."""

    what: str
    due_on: date
    whose: str
    campaign: str


def tasks_message(tasks: Sequence[DueTask], today: date) -> str:
    """Return one day's reminder, the late ones first; `tasks` must not be empty. Days are the district's."""
    told = sorted(tasks, key=lambda task: (task.due_on, task.campaign, task.what))
    lines = [
        f"• {_when(task.due_on, today)}: {clip(task.what, LONGEST)} — {clip(task.whose, 120) or 'никто не назначен'}. "
        f"Кампания «{clip(task.campaign, 120)}»"
        for task in told[:SHOWN]
    ]
    if len(told) > SHOWN:
        lines.append(f"И ещё {len(told) - SHOWN}: страница «Год», «Сегодня».")
    return "\n".join(["Задачи кампаний", *lines, "Сделано — отметьте в кампании, чтобы план был верным."])


def _when(due_on: date, today: date) -> str:
    day = f"{due_on:%d.%m.%Y}"
    if due_on < today:
        return f"срок прошёл ({day})"
    if due_on == today:
        return f"сегодня ({day})"
    return f"завтра ({day})" if due_on == today + timedelta(days=1) else f"до {day}"

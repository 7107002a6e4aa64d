"""The message «отработка» in the form of the Порядок (S4, п. 2): a comment with the text and the platforms, then the links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.wording import one_line

# «комментарий, содержащий текст отработки с указанием площадок для его размещения;
# ссылки на публикации (региональные и федеральные СМИ или страницу уполномоченного органа/персоны),
# где размещена отработка информационного риска» (Порядок, п. 2): the headings keep these words.
COMMENT, PLATFORMS, LINKS = "Комментарий", "Площадки для размещения", "Ссылки на публикации, где размещена отработка"


@dataclass(frozen=True, slots=True)
class WorkingOut:
    """What the message says; no author data."""

    number: str
    title: str
    level: int
    level_name: str
    worked_off: bool
    """True once the risk is closed as worked off."""
    checked: str
    """What the verification says, in Russian."""
    text: str
    """The approved answer, whole."""
    platforms: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
    """(name of the place, address), in the order of recording."""
    changed: bool = False
    """True when an earlier message of this risk said something else."""


def working_out_message(facts: WorkingOut) -> str:
    """Return the message as plain text of any length; what is missing is said to be missing, never left out."""
    state = "отработан" if facts.worked_off else "отработка"
    again = " (уточнение: заменяет прежнее сообщение)" if facts.changed else ""
    lines = [
        f"Риск № {facts.number} (уровень {facts.level}, {facts.level_name}) — {state}{again}",
        one_line(facts.title),
        f"Проверка: {facts.checked}",
        "",
        f"{COMMENT}:",
        facts.text.strip() or "текста нет",
        "",
        f"{PLATFORMS}: {'; '.join(one_line(name) for name in facts.platforms) or 'не указаны'}",
        "",
        f"{LINKS}:",
        *_numbered(facts.links),
    ]
    return "\n".join(lines)


def _numbered(links: Sequence[tuple[str, str]]) -> list[str]:
    told = [f"{i}) {one_line(place)} — {one_line(url)}" for i, (place, url) in enumerate(links, start=1)]
    return told or ["публикаций ещё нет"]

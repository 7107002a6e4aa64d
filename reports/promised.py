"""The daily word to the chats on promised days: what is overdue, what is due today and tomorrow, whom to ask again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports.wording import clip

SHOWN = 20
"""Lines of one message: more is a list, and lists are read on the page «Контроль»."""
LONGEST = 160


@dataclass(frozen=True, slots=True)
class PromisedLine:
    """One promised day as the chats are told of it."""

    number: str
    what: str
    body: str
    on: date
    outside: bool = False
    """True: a part handed over, of which we ask again; False: a measure that was promised."""


def promised_text(lines: Sequence[PromisedLine], today: date) -> str:
    """Return the message of one day, the overdue first; `lines` must not be empty. Days are the district's."""
    told = sorted(lines, key=lambda line: (line.on, line.number))
    shown = [_line(line, today) for line in told[:SHOWN]]
    if len(told) > SHOWN:
        shown.append(f"И ещё {len(told) - SHOWN}: страница «Контроль».")
    return "\n".join(["Обещанные сроки", *shown, "Выполнено — отметьте в карточке риска: «Поручения и меры»."])


def _line(line: PromisedLine, today: date) -> str:
    return f"• {_when(line, today)}: {clip(line.what, LONGEST)} — {clip(line.body, LONGEST)}. Риск № {line.number}"


def _when(line: PromisedLine, today: date) -> str:
    day = f"{line.on:%d.%m.%Y}"
    if line.outside:
        return f"спросить снова ({day})"
    if line.on < today:
        return f"просрочено обещание ({day})"
    if line.on == today:
        return f"сегодня обещано ({day})"
    return f"завтра обещано ({day})" if line.on == today + timedelta(days=1) else f"обещано к {day}"

"""Alert lines and a sender that follows a plan, for tests of their way out of the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from casework.alerts import Delivered, deliver_once
from casework.work import Work
from district.profile import AlertChat, ChatKind
from reports.alert import AlertFacts
from reports.message import Message, Sender, Sent
from storage.find.outbox import waiting_lines
from storage.keep.outbox import NewLine, add_lines
from tests.reports.build import some_facts


@dataclass
class Keeper:
    """A sender that keeps what it was given and fails or refuses as planned, message by message."""

    plan: list[Exception | str | None] = field(default_factory=list)
    got: list[Message] = field(default_factory=list)

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Follow the plan; without one take everything."""
        planned = self.plan.pop(0) if self.plan else None
        if isinstance(planned, Exception):
            raise planned
        self.got.append(message)
        return Sent(planned or "")

    @property
    def numbers(self) -> list[tuple[str, ...]]:
        return [message.line.numbers for message in self.got]


def write(
    work: Work, levels: Sequence[int], *, first: int = 1, chat: str = "duty", after: timedelta = timedelta(0)
) -> None:
    """Write a line per level, as casework.telling does; due `after` the work's moment."""
    lines = []
    for n, level in enumerate(levels, start=first):
        facts = some_facts(risk_id=n, number=f"2026-{n:06d}", level=level)
        lines.append(NewLine(f"{n}:{level}:{chat}", chat, n, level, "new", facts.pack(), work.now + after))
    with work.store.write() as tx:
        add_lines(tx, lines, work.now)


def deliver(work: Work, sender: Sender, seconds: float = 0) -> Delivered:
    return deliver_once(work.at(work.now + timedelta(seconds=seconds)), dict.fromkeys(ChatKind, sender))


def left(work: Work, chat: str = "duty") -> list[tuple[str, bool]]:
    """Unsent lines of a chat: number, refused."""
    with work.store.read() as tx:
        return [(AlertFacts.unpack(line.body).number, line.refused) for line in waiting_lines(tx, chat)]

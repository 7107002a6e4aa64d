"""Which messages claimed alert lines become: alone, grouped, or a long text in numbered parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from casework.chat_marks import mark_of
from reports.alert import CRITICAL, AlertFacts, AlertLine, alert_line, group_line
from reports.buttons import buttons_under
from reports.message import Button, Message
from reports.text_parts import text_parts
from storage.keep.outbox import OutboxLine


@dataclass(slots=True)
class Parcel:
    """One message and the lines it tells."""

    message: Message
    lines: tuple[OutboxLine, ...]
    risk_id: int | None = None
    """The only risk that it tells of, whose message is brought up to date later; None for groups and words."""
    mark: str = ""
    """What it says of that risk (casework.chat_marks)."""
    part: int = 1
    more: bool = False
    """True: further parts of the same line follow, so it is not told yet."""

    @property
    def ids(self) -> list[int]:
        """Ids of the lines in the outbox."""
        return [line.id for line in self.lines]


def parcels_of(
    zone: ZoneInfo, lines: Sequence[OutboxLine], room: int, desk: str
) -> tuple[list[Parcel], list[OutboxLine], list[OutboxLine]]:
    """Return the messages to send, the lines kept for later, and those nobody can read.

    A critical line is always a message of its own. Of the rest as many leave alone as the minute still takes; when there
    are more, the last message of the minute tells all the other risks together. Words are never grouped: they wait for the
    next minute. `zone` is the district's, `room` how many more messages the chat takes this minute.
    """
    told, texts, broken = _read(lines)
    urgent = [_alone(line, facts, zone, desk) for line, facts in told if line.level >= CRITICAL]
    urgent += [parcel for line in texts if line.level >= CRITICAL for parcel in _parts(line)]
    room = max(room - len(urgent), 0)
    words, room, later = _words([line for line in texts if line.level < CRITICAL], room)
    calm = [pair for pair in told if pair[0].level < CRITICAL]
    alone = calm if len(calm) <= room else calm[: max(room - 1, 0)]
    parcels = [*urgent, *(_alone(line, facts, zone, desk) for line, facts in alone), *words]
    rest = calm[len(alone) :]
    if rest and room:
        whole, fitted = group_line([facts for _, facts in rest], zone, desk)
        grouped = tuple(line for line, _ in rest[:fitted])
        bodies = tuple(line.body for line in grouped)
        parcels.append(Parcel(Message(f"group-{grouped[0].id}", whole, bodies), grouped))
        rest = rest[fitted:]
    return parcels, [*(line for line, _ in rest), *later], broken


def text_of(body: dict[str, object]) -> str | None:
    """Return the words of a line that is no alert of a risk, None for any other body."""
    text = body.get("text")
    return text if isinstance(text, str) and text.strip() else None


def _alone(line: OutboxLine, facts: AlertFacts, zone: ZoneInfo, desk: str) -> Parcel:
    buttons = buttons_under(facts.risk_id, facts.level, facts.emergency, waiting=not facts.owner, is_open=True)
    message = Message(f"{facts.number}-{line.id}", alert_line(facts, zone, desk), (line.body,), buttons)
    return Parcel(message, (line,), line.risk_id, mark_of(facts))


def _parts(line: OutboxLine) -> list[Parcel]:
    """Return the parts of a text that the chat does not have yet."""
    parts = text_parts(text_of(line.body) or "")
    told = line.body.get("told", 0)
    begin = min(told if isinstance(told, int) else 0, len(parts) - 1)
    return [
        Parcel(
            Message(
                f"text-{line.id}-{number}",
                AlertLine((), line.level, part.text, part.html),
                (line.body,),
                _buttons(line) if number == len(parts) else (),
            ),
            (line,),
            part=number,
            more=number < len(parts),
        )
        for number, part in enumerate(parts, start=1)
        if number > begin
    ]


def _buttons(line: OutboxLine) -> tuple[Button, ...]:
    """A personal call to take a risk has its button under it."""
    if line.risk_id is None or not line.body.get("ask"):
        return ()
    return buttons_under(line.risk_id, CRITICAL, True, waiting=True, is_open=True)


def _words(lines: Sequence[OutboxLine], room: int) -> tuple[list[Parcel], int, list[OutboxLine]]:
    """Return the texts that leave in this minute, the room they leave for alerts, and the texts that wait."""
    parcels: list[Parcel] = []
    for number, line in enumerate(lines):
        parts = _parts(line)
        # A text longer than a whole minute takes leaves in a minute of its own, or it would wait for ever.
        if room < len(parts) and (parcels or not room):
            return parcels, room, list(lines[number:])
        parcels += parts
        room = max(room - len(parts), 0)
    return parcels, room, []


def _read(
    lines: Sequence[OutboxLine],
) -> tuple[list[tuple[OutboxLine, AlertFacts]], list[OutboxLine], list[OutboxLine]]:
    told, texts, broken = [], [], []
    for line in lines:
        if text_of(line.body) is not None:
            texts.append(line)
            continue
        try:
            told.append((line, AlertFacts.unpack(line.body)))
        except (KeyError, TypeError, ValueError):
            broken.append(line)
    return told, texts, broken

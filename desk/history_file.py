"""The history of a risk as a table for a spreadsheet, in the words of the card."""

from __future__ import annotations

from casework.history import Told
from casework.moves import EVENT_LABELS
from desk.wording import Hours
from desk.words import changes
from district.profile import Profile
from reports.tables import csv_text

HEAD = ("Когда", "Кто", "Что", "Что изменилось", "Примечание", "Отпечаток")


def history_table(told: Told, profile: Profile, hours: Hours) -> str:
    """Return the history as CSV: when (district's time), who, what, what changed, note, hash; no cell is a formula."""
    rows = [
        (
            hours.full(e.at), e.by, EVENT_LABELS.get(e.kind, e.kind),
            "; ".join(changes(e.before, e.after, profile, hours)), e.note, e.hash,
        )
        for e in told.events
    ]  # fmt: skip
    return csv_text(HEAD, rows)

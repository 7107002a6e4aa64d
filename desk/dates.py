"""Days and moments that people type into forms, in the district's time."""

from __future__ import annotations

from datetime import date, datetime

from desk.forms import FormError
from desk.visit import Visit


def day_typed(visit: Visit, name: str, what: str) -> date | None:
    """Return the day of a field (YYYY-MM-DD, as browsers send it), None for an empty one; FormError for anything else."""
    text = visit.fields.text(name)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FormError(f"Не похоже на день: {what} — «{text[:40]}». Нужно, например, 2026-11-25.") from None


def moment_typed(visit: Visit, name: str, what: str) -> datetime | None:
    """Return the moment of a field (YYYY-MM-DDTHH:MM of the district), aware; None for an empty one, FormError else."""
    text = visit.fields.text(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise FormError(f"Не похоже на время: {what} — «{text[:40]}». Нужно, например, 2026-11-25T14:30.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=visit.desk.profile.timezone)

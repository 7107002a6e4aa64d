"""What a card knows that a reply may say: place, responsible post, measures and promised days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from casework.work import Work
from reports.replies import signature_of
from storage.engine import Tx
from storage.find.answers import measures_told
from storage.find.moves import RiskRow

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip


def facts_of(tx: Tx, work: Work, row: RiskRow) -> Mapping[str, str]:
    """Return the values of template variables that the card can fill, by their Russian names; the rest stay blank.

    место, округ, кто_отвечает, меры (taken), план (promised, with days), срок (the nearest promised day, «25 ноября»),
    подпись, телефон_едс (112 leads to the ЕДДС of the district: system-112).
    """
    profile = work.profile
    official = next((o.post for o in profile.officials if o.id == row.official), "")
    outside = profile.body_of(row.topic) if row.topic and profile.block_of(row.topic) is None else None
    measures = measures_told(tx, row.id)
    taken = [what for kind, what, _, _, state in measures if kind == "taken" or state == "done"]
    planned = [m for m in measures if m[0] == "planned" and m[4] == "open"]
    days = sorted(due for _, _, _, due, _ in planned if due)
    facts = {
        "место": row.settlement or profile.name,
        "округ": profile.name,
        "подпись": signature_of(profile),
        "телефон_едс": "112",
        "кто_отвечает": outside or official,
        "меры": "; ".join(_inside(what) for what in taken),
        "план": "; ".join(_planned(what, body, due) for _, what, body, due, _ in planned),
        "срок": day_words(days[0]) if days else "",
    }
    return {name: value for name, value in facts.items() if value}


def is_solved(tx: Tx, risk_id: int) -> bool:
    """Return whether something was done and nothing promised is left to do: only then people may be asked for a rating."""
    measures = measures_told(tx, risk_id)
    done = any(kind == "taken" or state == "done" for kind, _, _, _, state in measures)
    return done and not any(kind == "planned" and state == "open" for kind, _, _, _, state in measures)


def day_words(day: str) -> str:
    """Return a day (YYYY-MM-DD) as «25 ноября»; what is no day comes back as it is."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        return day
    return f"{found.day} {_MONTHS[found.month - 1]}"


def _planned(what: str, body: str, due: str | None) -> str:
    who = f" ({body})" if body else ""
    return f"{_inside(what)}{who}" + (f" — до {day_words(due)}" if due else "")


def _inside(what: str) -> str:
    """A measure as a part of a sentence: without its own full stop, its first letter small unless it is an abbreviation."""
    plain = what.strip().rstrip(".")
    small = plain[:1].islower() or plain[1:2].isupper()
    return plain if small else plain[:1].lower() + plain[1:]

"""The profile's sources come into the living list; what staff changed there stays as they left it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from casework.addresses import identity
from casework.work import Work
from district.profile import Platform, Source
from storage.engine import Tx
from storage.find.accounts import all_sources
from storage.keep.journal import add_journal
from storage.keep.sources import add_source, change_source

GIVEN = "profile"
"""Key of source.options under which the profile's last word is kept: what differs from it was changed by staff."""
LEFT_PROFILE = "убран из профиля округа"


@dataclass(frozen=True, slots=True)
class Synced:
    """What the profile brought."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    kept: tuple[str, ...]
    """Differ from the profile because staff decided otherwise."""
    doubles: tuple[tuple[str, str], ...]
    """(source of the profile, source of the list that reads the same page): not added a second time."""


def sync_profile_sources(work: Work) -> Synced:
    """Bring the profile's sources into the list: new ones are added, untouched ones follow it, changed ones stay.

    Each column follows the profile until staff change it. A source that left the profile is removed unless staff touched
    it; one that staff removed is never brought back. Runs at every start; a second run changes nothing.
    """
    added, changed, removed, kept, doubles = [], [], [], [], []
    with work.store.write() as tx:
        rows = {row["id"]: row for row in all_sources(tx)}
        pages = {identity(row["platform"], row["address"]): row["id"] for row in rows.values()}
        for source in work.profile.sources:
            row = rows.get(source.id)
            double = pages.get(identity(source.platform, source.address))
            if row is None and double is not None:
                doubles.append((source.id, double))
            elif row is None:
                _add(tx, work, source)
                pages[identity(source.platform, source.address)] = source.id
                added.append(source.id)
            elif _follow(tx, work, row, source):
                changed.append(source.id)
            if row is not None and _touched(row):
                kept.append(source.id)
        for row in _left(rows, work):
            if _touched(row):
                kept.append(row["id"])
            else:
                _remove(tx, work, row)
                removed.append(row["id"])
    return Synced(tuple(added), tuple(changed), tuple(removed), tuple(kept), tuple(doubles))


def _columns(source: Source) -> dict[str, Any]:
    """The columns that the profile decides about."""
    return {
        "platform": source.platform.value, "address": source.address, "name": source.name,
        "every_s": source.every.total_seconds(), "expect_low": float(source.expected.low),
        "expect_high": float(source.expected.high), "owner": source.owner, "approver": source.approver,
        "account": source.account, "territory": source.territory, "official": source.official, "media": source.media,
        "federal": source.federal, "comments": source.comments,
    }  # fmt: skip


def _options(source: Source) -> dict[str, Any]:
    selectors = asdict(source.selectors) if source.selectors else None
    return {"footers": list(source.footers), "series": list(source.series), "mode": source.mode, "selectors": selectors}


def _add(tx: Tx, work: Work, source: Source) -> None:
    columns = _columns(source)
    unread = source.platform is Platform.MAX
    state = {
        "state": "paused" if unread else "active",
        "state_reason": "площадка MAX пока не читается" if unread else "",
    }
    rest = {"id": source.id, "approved_at": work.now, "state_by": None, "next_due": work.now}
    add_source(tx, columns | state | rest | {"options": _options(source) | {GIVEN: columns}})
    _note(tx, work, "source.from_profile", source.id, {}, {"address": source.address, "approver": source.approver})


def _follow(tx: Tx, work: Work, row: dict[str, Any], source: Source) -> bool:
    """Let the columns that staff have not changed follow the profile; return whether anything changed."""
    columns, given = _columns(source), row["options"].get(GIVEN, {})
    free = {
        key: value for key, value in columns.items() if key in given and row[key] == given[key] and row[key] != value
    }
    options = _options(source) | {GIVEN: columns}
    back = row["state"] == "removed" and row["state_by"] is None
    if not free and not back and options == row["options"]:
        return False
    # What differs stays marked as the desk's own: the profile's word beside it is new, the column is not.
    state = {"state": "active", "state_reason": "", "next_due": work.now} if back else {}
    change_source(tx, row["id"], free | state | {"options": options})
    _note(
        tx,
        work,
        "source.from_profile",
        row["id"],
        {key: row[key] for key in free},
        free | ({"state": "active"} if back else {}),
    )
    return True


def _touched(row: dict[str, Any]) -> bool:
    """Whether staff changed a column or the state of a source that the profile gave."""
    given = row["options"].get(GIVEN, {})
    return row["state_by"] is not None or any(row[key] != value for key, value in given.items())


def _left(rows: dict[str, dict[str, Any]], work: Work) -> list[dict[str, Any]]:
    """Sources that the profile gave once and gives no more."""
    present = {source.id for source in work.profile.sources}
    return [
        row
        for row in rows.values()
        if row["id"] not in present and GIVEN in row["options"] and row["state"] != "removed"
    ]


def _remove(tx: Tx, work: Work, row: dict[str, Any]) -> None:
    change_source(tx, row["id"], {"state": "removed", "state_reason": LEFT_PROFILE, "state_by": None})
    _note(tx, work, "source.left_profile", row["id"], {"state": row["state"]}, {"state": "removed"})


def _note(tx: Tx, work: Work, what: str, source_id: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    add_journal(tx, work.now, work.by.id, what, f"source:{source_id}", before, after)

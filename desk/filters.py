"""The queue's filter in an address: read without guessing, written back for links, chips and saved filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from district.profile import Profile
from district.topics import TOPICS
from risk.states import State
from storage.find.queue import QueueFilter

LEVELS = (4, 3, 2, 1)
PER_PAGE = 50
MAX_PAGE = 10_000
MAX_SEARCH = 200
FIRST_SHIFT = timedelta(days=1)
"""Who has had no shift yet sees what came in the last day."""
_SINGLE = ("topic", "territory", "block", "source")
_FLAGS = ("mine", "shift", "all")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, understood; what was not understood is told, never silently dropped."""

    levels: tuple[int, ...] = ()
    states: tuple[str, ...] = ()
    topic: str = ""
    territory: str = ""
    block: str = ""
    source: str = ""
    mine: bool = False
    shift: bool = False
    all: bool = False
    """Closed risks too."""
    q: str = ""
    page: int = 1
    strange: tuple[str, ...] = ()
    """«level=7» — parts of the address that mean nothing here."""

    def pairs(self) -> list[tuple[str, str]]:
        """Return the filter as pairs of an address, without the page."""
        pairs = [("level", str(level)) for level in self.levels] + [("state", state) for state in self.states]
        pairs += [(name, value) for name in _SINGLE if (value := getattr(self, name))]
        pairs += [(name, "1") for name in _FLAGS if getattr(self, name)]
        return pairs + ([("q", self.q)] if self.q else [])

    def query(self) -> str:
        """Return the filter as the query of an address, without the page; "" for no filter."""
        return urlencode(self.pairs())

    def address(self, page: int = 1) -> str:
        """Return the queue's address with this filter."""
        pairs = self.pairs() + ([("page", str(page))] if page > 1 else [])
        return f"/?{urlencode(pairs)}" if pairs else "/"

    def toggled(self, **changes: object) -> str:
        """Return the address with fields changed, from its first page."""
        return replace(self, **changes).address()  # type: ignore[arg-type]

    def with_level(self, level: int) -> str:
        """Return the address that shows this level alone, or all levels when it is shown alone already."""
        return self.toggled(levels=() if self.levels == (level,) else (level,))

    @property
    def empty(self) -> bool:
        """True when nothing narrows the queue."""
        return not self.pairs()

    @property
    def narrowing(self) -> int:
        """How many filters of the folded-away panel are on (search, levels and quick filters stand outside of it)."""
        return len(self.states) + sum(1 for name in _SINGLE if getattr(self, name)) + self.all


def read_filter(pairs: Iterable[tuple[str, str]], profile: Profile, sources: Mapping[str, str]) -> Asked:
    """Return what the pairs of an address ask for; `sources` are id → name of the living list."""
    known: dict[str, Mapping[str, object] | frozenset[str]] = {
        "topic": TOPICS,
        "territory": frozenset(t.id for t in profile.territories),
        "block": frozenset(b.id for b in profile.blocks),
        "source": sources,
    }
    found: dict[str, str] = {}
    levels, states, strange = set[int](), set[str](), list[str]()
    for name, value in pairs:
        if value == "" or (name == "page" and value.isdecimal()):
            found[name] = value
        elif name == "level" and value in ("1", "2", "3", "4"):
            levels.add(int(value))
        elif name == "state" and value in set(State):
            states.add(value)
        elif name == "q" or (name in _FLAGS and value == "1") or (name in known and value in known[name]):
            found[name] = value
        elif name != "shown":
            strange.append(f"{name}={value}"[:60])
    return Asked(
        levels=tuple(sorted(levels, reverse=True)),
        states=tuple(s.value for s in State if s.value in states),
        topic=found.get("topic", ""),
        territory=found.get("territory", ""),
        block=found.get("block", ""),
        source=found.get("source", ""),
        mine=found.get("mine") == "1",
        shift=found.get("shift") == "1",
        all=found.get("all") == "1",
        q=" ".join(found.get("q", "").split())[:MAX_SEARCH],
        page=_page(found.get("page", "")),
        strange=tuple(strange),
    )


def read_query(query: str, profile: Profile, sources: Mapping[str, str]) -> Asked:
    """Return the filter of a saved query string."""
    return read_filter(parse_qsl(query, max_num_fields=100), profile, sources)


def queue_filter(asked: Asked, staff_id: int | None, last_shift: datetime | None, now: datetime) -> QueueFilter:
    """Return the filter for storage, for this member of staff at this moment."""
    closed = any(not State(s).is_open for s in asked.states)
    return QueueFilter(
        levels=asked.levels,
        states=asked.states,
        topic=asked.topic or None,
        territory=asked.territory or None,
        block=asked.block or None,
        source=asked.source or None,
        mine=staff_id if asked.mine else None,
        since=(last_shift or now - FIRST_SHIFT) if asked.shift else None,
        search=asked.q,
        open_only=not (asked.all or closed),
        page=asked.page,
        per_page=PER_PAGE,
    )


def _page(text: str) -> int:
    return min(max(int(text), 1), MAX_PAGE) if text.isdecimal() and len(text) < 8 else 1

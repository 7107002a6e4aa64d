"""What members of staff set for themselves: saved filters of the queue, the keyboard on or off."""

from __future__ import annotations

from casework.errors import BadMove, ReasonNeeded
from casework.work import Work
from storage.find.accounts import setting_value
from storage.find.staff import SavedFilter, saved_filters
from storage.keep import journal

MOST_FILTERS = 12
"""Each saved filter is counted on every view of the queue: a dozen is a set of habits, a hundred is a burden."""
LONGEST_NAME = 60
LONGEST_QUERY = 1000


def filters_of(work: Work) -> tuple[SavedFilter, ...]:
    """Return the saved filters of `work.by` by name; none for the machine."""
    if work.by.id is None:
        return ()
    with work.store.read() as tx:
        return saved_filters(tx, work.by.id)


def save_filter(work: Work, name: str, query: str) -> None:
    """Save a filter of the queue (its query string) under a name, over an older one of the same name.

    ReasonNeeded without a name; BadMove when there are too many or the filter is empty.
    """
    shown = " ".join(name.split())[:LONGEST_NAME]
    if not shown:
        raise ReasonNeeded("имя фильтра")
    if not query or len(query) > LONGEST_QUERY:
        raise BadMove("Сохранять нечего: сначала выберите, что показывать.")
    if work.by.id is None:
        return
    with work.store.write() as tx:
        names = {f.name for f in saved_filters(tx, work.by.id)}
        if shown not in names and len(names) >= MOST_FILTERS:
            raise BadMove(f"Сохранено уже {MOST_FILTERS} фильтров. Удалите лишний и повторите.")
        journal.save_filter(tx, work.by.id, shown, query)


def drop_filter(work: Work, filter_id: int) -> None:
    """Delete one of the own saved filters; nothing happens when it is not there or not one's own."""
    if work.by.id is None:
        return
    with work.store.write() as tx:
        journal.drop_filter(tx, work.by.id, filter_id)


def keys_on(work: Work) -> bool:
    """Return whether `work.by` wants the keyboard; everybody does until they switch it off."""
    with work.store.read() as tx:
        return bool(setting_value(tx, _keys(work)) != "off")


def set_keys(work: Work, on: bool) -> None:
    """Switch the keyboard of `work.by` on or off (WCAG 2.1.4: single-key shortcuts must be possible to switch off)."""
    if work.by.id is None:
        return
    with work.store.write() as tx:
        journal.put_setting(tx, _keys(work), "on" if on else "off")


def _keys(work: Work) -> str:
    return f"desk.keys:{work.by.id}"

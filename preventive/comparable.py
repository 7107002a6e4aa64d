"""Whether the counts of two stretches of weeks may be compared: the same sources must have been read in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from preventive.words import plural

WEIGHTY = 0.1
"""A source that gives less than a tenth moves the counts less than their own scatter does [P]."""
READ = 0.5
"""Posts of half of the weeks before must still be there, or nothing is known of the sources of that time."""
SILENT = 0.5
"""A source is silent when it gave nothing in half of the weeks."""


def sources_moved(
    before: Mapping[str, Sequence[int]],
    during: Mapping[str, Sequence[int]],
    complaints: Mapping[str, int],
    names: Mapping[str, str],
) -> tuple[str, ...]:
    """Return Russian reasons why the weeks cannot be compared: sources that came, sources that fell silent.

    `before` and `during` are posts of any kind by source, week by week (all of one length); `complaints` are those of the
    campaign's topics during it. Nothing is said when the weeks before are not known.
    """
    if not _known(before):
        return ()
    came, whole = [], sum(complaints.values())
    for source_id in sorted(complaints):
        share = complaints[source_id] / whole if whole else 0.0
        if share >= WEIGHTY and not sum(before.get(source_id, ())):
            came.append(
                f"источник «{names.get(source_id, source_id)}» прибавился и дал {round(100 * share)} % сообщений"
            )
    return (*came, *_silent(before, during, names))


def _known(before: Mapping[str, Sequence[int]]) -> bool:
    weeks = [sum(week) for week in zip(*before.values(), strict=True)]
    return bool(weeks) and sum(bool(posts) for posts in weeks) >= READ * len(weeks)


def _silent(
    before: Mapping[str, Sequence[int]], during: Mapping[str, Sequence[int]], names: Mapping[str, str]
) -> list[str]:
    whole, told = sum(map(sum, before.values())), []
    for source_id, posts in sorted(before.items()):
        weeks = during.get(source_id, ())
        empty = sum(not week for week in weeks) if weeks else _length(during)
        length = len(weeks) or _length(during)
        if sum(posts) >= WEIGHTY * whole and length and empty >= SILENT * length:
            share, name = round(100 * sum(posts) / whole), names.get(source_id, source_id)
            silent = f"{empty} из {plural(length, 'недели', 'недель', 'недель')}"
            told.append(f"источник «{name}» молчал {silent}, а до кампании давал {share} % записей")
    return told


def _length(weeks: Mapping[str, Sequence[int]]) -> int:
    return max((len(posts) for posts in weeks.values()), default=0)

"""What official pages wrote and what was asked under their posts; the figures that were typed in for pages nobody reads.

Who wrote a comment is known only as a keyed token. The page's own is the token under which its posts stand (on VK and
Telegram a comment in the page's name carries the same), and an answer of our register of publications is known by its
address. A reply that somebody of the staff wrote under a private account cannot be told from a resident's comment and is
not counted. Tokens stay inside these queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from preventive.upkeep import Comment
from storage.bulk import marks, rows_of
from storage.engine import Tx
from storage.moments import from_db, maybe_from_db, to_db
from storage.tables import page_figure, publication, run, source, staff

_MONTH_US = 30 * 86_400_000_000
_OWN_SHARE = 5
"""A token under a fifth of a month's posts is the page's own; a lone post of a resident on an open wall is not."""


@dataclass(slots=True)
class PageTalk:
    """What one source brought since a moment; moments are aware, in UTC."""

    posts: list[datetime] = field(default_factory=list)
    """Its posts, in no order."""
    comments: list[Comment] = field(default_factory=list)
    """Comments under its posts, those of the page itself too."""
    forgotten: list[datetime] = field(default_factory=list)
    """Comments whose text is gone by the term of keeping: what they asked is not known any more."""


_POSTS = (
    "SELECT published_at, voice FROM post "
    "WHERE source_id = @ AND seen_at >= @ AND comment_id = '' AND published_at >= @"
)
_COMMENTS = (
    "SELECT external_id, comment_id, reply_to, published_at, (negative OR text LIKE @), voice, forgotten_at FROM post "
    "WHERE source_id = @ AND seen_at >= @ AND comment_id > '' AND published_at >= @ AND gone_at IS NULL"
)
_ADDRESSES = (
    "SELECT external_id, comment_id, url FROM post "
    "WHERE source_id = @ AND seen_at >= @ AND comment_id > '' AND published_at >= @"
)


def page_talk(tx: Tx, source_id: str, since: datetime) -> PageTalk:
    """Return posts and comments of one source published since a moment, by the index of what a source brought.

    What was published since then was seen since then, so that the walk begins there.
    """
    mark, at = marks(tx), to_db(since)
    posts = rows_of(tx, _POSTS.replace("@", mark), (source_id, at, at))
    talk = PageTalk([from_db(moment) for moment, _ in posts])
    own, ours = _own_tokens(posts), _our_answers(tx, source_id, at)
    told = rows_of(tx, _COMMENTS.replace("@", mark), ("%?%", source_id, at, at))
    for post, number, reply_to, moment, asks, voice, forgotten in told:
        if forgotten is not None:
            talk.forgotten.append(from_db(moment))
        else:
            by_page = voice in own or (post, number) in ours
            talk.comments.append(Comment(post, number, reply_to, from_db(moment), bool(asks), by_page))
    return talk


def _own_tokens(posts: Sequence[tuple[int, str | None]]) -> frozenset[str]:
    """The keys of tokens change by the month, so months are looked at one by one."""
    months: dict[int, Counter[str]] = {}
    for at, voice in posts:
        if voice is not None:
            months.setdefault(at // _MONTH_US, Counter())[voice] += 1
    found: set[str] = set()
    for counted in months.values():
        most, total = max(counted.values()), counted.total()
        found |= {v for v, n in counted.items() if n == most or (n > 1 and n * _OWN_SHARE >= total)}
    return frozenset(found)


def _our_answers(tx: Tx, source_id: str, since: int) -> frozenset[tuple[str, str]]:
    """Comments that stand in the register of publications, whoever wrote them; most pages have none."""
    query = sa.select(publication.c.url).where(
        publication.c.source_id == source_id, publication.c.state.not_in(("withdrawn", "gone"))
    )
    answers = frozenset(tx.execute(query).scalars())
    if not answers:
        return frozenset()
    told = rows_of(tx, _ADDRESSES.replace("@", marks(tx)), (source_id, since, since))
    return frozenset((post, number) for post, number, url in told if url in answers)


def last_post(tx: Tx, source_id: str) -> datetime | None:
    """Return when the newest post of a source was published, None when it has none."""
    sql = "SELECT max(published_at) FROM post WHERE source_id = @ AND comment_id = ''".replace("@", marks(tx))
    ((at,),) = rows_of(tx, sql, (source_id,))
    return maybe_from_db(at)


@dataclass(frozen=True, slots=True)
class SourceRead:
    """How well a source is read."""

    id: str
    state: str
    """active | paused | stopped | removed."""
    comments: bool
    """Whether its comments are read."""
    first_read: datetime | None
    """When it was first read; None: never by a run that is known (a loaded history)."""
    last_good: datetime | None
    """When it was last read well."""


def sources_read(tx: Tx, source_ids: Sequence[str]) -> dict[str, SourceRead]:
    """Return how these sources are read; those that are not in the living list are left out."""
    first = sa.select(sa.func.min(run.c.started_at)).where(run.c.source_id == source.c.id).scalar_subquery()
    last = (
        sa.select(run.c.ended_at)
        .where(run.c.source_id == source.c.id, run.c.outcome.in_(("ok", "partial")))
        .order_by(run.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = sa.select(source.c.id, source.c.state, source.c.comments, first, last).where(source.c.id.in_(source_ids))
    return {r[0]: SourceRead(r[0], r[1], bool(r[2]), r[3], r[4]) for r in tx.execute(query)}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """Figures of one page in one month that somebody typed in."""

    page_id: str
    month: str
    """YYYY-MM."""
    posts: int
    questions: int
    answered: int
    last_post_on: str | None
    """YYYY-MM-DD."""
    by_name: str
    at: datetime


def figures(tx: Tx, first: str, last: str) -> dict[tuple[str, str], FigureRow]:
    """Return the typed figures of the months first..last (YYYY-MM, both included), by page and month."""
    columns = (
        page_figure.c.page_id, page_figure.c.month, page_figure.c.posts, page_figure.c.questions,
        page_figure.c.answered, page_figure.c.last_post_on, sa.func.coalesce(staff.c.name_shown, ""), page_figure.c.at,
    )  # fmt: skip
    query = sa.select(*columns).join(staff, staff.c.id == page_figure.c.by_staff, isouter=True)
    rows = tx.execute(query.where(page_figure.c.month >= first, page_figure.c.month <= last))
    return {(r[0], r[1]): FigureRow(*r) for r in rows}

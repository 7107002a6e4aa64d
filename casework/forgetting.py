"""Retention: texts go when their time is over, numbers stay, and the journal says what was forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from casework.work import Work
from risk.facts import TextFacts
from risk.group import prepare
from risk.post import Post
from storage import forget as strip
from storage.find.accounts import setting_value
from storage.keep.journal import add_journal, put_setting
from storage.keep.near import drop_keys, keys_of
from storage.moments import from_db, to_db

AT_ONCE = 500
"""Posts a transaction: writers wait for none longer than some tens of milliseconds."""
_DONE_UNTIL = "forgotten_until"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much was forgotten."""

    posts: int
    groups: int
    risks: int
    alert_lines: int
    refused_items: int


def forget_old(work: Work, text_days: int) -> Forgotten:
    """Forget every text seen more than `text_days` days ago, with its author token, keys and search words.

    Works in short transactions and may be stopped at any point: the next call goes on. One journal line says how much.
    """
    before = to_db(work.now - timedelta(days=text_days))
    with work.store.read() as tx:
        since = int(setting_value(tx, _DONE_UNTIL) or 0)
    posts = 0
    while done := _forget_some(work, since, before):
        posts += done
    with work.store.write() as tx:
        groups = [(_without_words(packed), group_id) for group_id, packed in strip.old_groups(tx, before)]
        strip.forget_facts(tx, groups)
        risks = strip.forget_titles(tx, before)
        lines, items = strip.forget_lines(tx, before)
        forgotten = Forgotten(posts, len(groups), risks, lines, items)
        if any(asdict(forgotten).values()):
            told = asdict(forgotten) | {"before": from_db(before).isoformat()}
            add_journal(tx, work.now, work.by.id, "удалены тексты по сроку хранения", "retention", {}, told)
        put_setting(tx, _DONE_UNTIL, max(since, before))
    return forgotten


def _forget_some(work: Work, since: int, before: int) -> int:
    with work.store.write() as tx:
        old = strip.old_posts(tx, since, before, AT_ONCE)
        if old:
            ids = [p.id for p in old]
            drop_keys(tx, keys_of(ids, prepare(_posts(old), {})))
            strip.forget_posts(tx, ids, to_db(work.now))
    return len(old)


def _posts(old: Sequence[strip.OldPost]) -> list[Post]:
    """Return the posts as their keys were once made from them."""
    return [
        Post(
            p.platform, p.source_id, p.external_id, p.comment_id, p.url, p.text, from_db(p.published_at),
            from_db(p.seen_at), attachments=p.attachments, copy_of=p.copy_of,
        )
        for p in old
    ]  # fmt: skip


def _without_words(packed: str) -> str:
    """Keep of the facts only what counts are made of: kind and topics."""
    facts = TextFacts.unpack(packed)
    return TextFacts(kind=facts.kind, topics=facts.topics).pack()

"""Writes the new posts of a batch with all that hangs on them: words, keys, counters, judgements."""

from __future__ import annotations

from casework.arrivals import Arrival
from casework.intake import Intake
from casework.seen import reach_row
from risk.group import Batch
from storage.bulk import Row
from storage.keep import posts as keep
from storage.keep.jsons import json_text
from storage.keep.near import add_keys
from storage.moments import maybe_to_db, to_db

MOST_WORDS = 32_000
"""What the column holds; a longer text is no less long for it."""


def write_new(intake: Intake) -> None:
    """Write the new posts; their groups are written once they are scored."""
    new, placed, tx = intake.arrivals.new, intake.placed, intake.tx
    if not new:
        return
    keep.add_posts(tx, [_post_row(a, placed.batch, index) for index, a in enumerate(new)])
    add_keys(tx, [a.id for a in new], placed.batch, placed.near)
    keep.add_words(tx, [(a.id, a.facts.stems) for a in new])
    reached = (reach_row(a.id, to_db(a.post.seen_at), a.post.reach) for a in new)
    keep.add_reach(tx, [row for row in reached if row is not None], first=True)
    keep.add_judgements(tx, _judgement_rows(intake))


def _post_row(arrival: Arrival, batch: Batch, index: int) -> Row:
    post, group = arrival.post, arrival.group
    reach = post.reach
    return (
        arrival.id, post.platform, post.source_id, post.external_id, post.comment_id, post.reply_to, post.url, post.text,
        arrival.sha, batch.norms[index], batch.norm_hashes[index], min(batch.words[index], MOST_WORDS), to_db(post.published_at),
        to_db(post.seen_at), maybe_to_db(post.edited_at), post.voice, attachments_json(post.attachments), post.copy_of,
        group.id if group else 0, arrival.facts.negative, reach.views, reach.likes, reach.reposts, reach.comments,
    )  # fmt: skip


def attachments_json(attachments: tuple[str, ...]) -> str:
    """Return identities of attachments as JSON text."""
    return json_text(attachments) if attachments else "[]"


def _judgement_rows(intake: Intake) -> list[Row]:
    """Each link as a judgement of the machine: the earlier post on the left, the newcomer on the right."""
    new = intake.arrivals.new
    return [
        (
            link.other if link.other > 0 else new[-1 - link.other].id, new[index].id, link.verdict, link.method,
            link.score, link.reason, None, intake.now,
        )
        for index, link in intake.placed.links
    ]  # fmt: skip

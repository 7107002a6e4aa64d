"""Edited posts: the old text's hash stays as a revision, the new text is read, scored and, if it is another text, regrouped.

What is decided: an edit keeps the post in its group (a correction, an update, a longer text are the same news), unless
less than half of the characters are kept in order and the group holds other posts: then the post has become another
text and leaves for a group of its own. A group of one simply says from now on what its post says.
"""

from __future__ import annotations

from casework.arrivals import Arrival
from casework.counting import new_group, tell_best
from casework.intake import Intake
from casework.writing import MOST_WORDS
from risk.group import Batch, prepare
from storage.bulk import Row
from storage.find.arrivals import norms
from storage.find.groups import Group
from storage.keep import groups as keep_groups
from storage.keep import posts as keep
from storage.keep.near import add_keys
from storage.moments import maybe_to_db
from texts.clean import plain
from texts.similar import ratios

OTHER_TEXT = 50.0
"""Below this likeness (0..100) an edited text is another text."""
_COLUMNS = ("text", "text_sha", "norm", "norm_hash", "words", "negative", "group_id")
LEFT = "После правки это другой текст"


def take_edits(intake: Intake) -> None:
    """Write the edited posts of a batch: revision, new text, new words and keys, and a new group where it must be."""
    edited = [a for a in intake.arrivals.edited if a.known is not None]
    if not edited:
        return
    ids = [a.known.id for a in edited if a.known]
    batch = prepare([a.post for a in edited], intake.styles)
    old = norms(intake.tx, ids)
    alike = ratios([plain(old.get(i, b"")) for i in ids], batch.plains, 0.0)
    rows: list[Row] = []
    for index, arrival in enumerate(edited):
        _regroup(intake, arrival, float(alike[index]))
        rows.append(_row(arrival, batch, index))
    keep.add_revisions(intake.tx, [_revision(intake, a) for a in edited])
    keep.change_posts(intake.tx, _COLUMNS, rows)
    keep.drop_words(intake.tx, ids)
    keep.add_words(intake.tx, [(a.id, a.facts.stems) for a in edited])
    add_keys(intake.tx, ids, batch)  # the old text's keys stay: they only propose, texts themselves are compared


def _revision(intake: Intake, arrival: Arrival) -> Row:
    known = arrival.known
    if known is None:
        raise RuntimeError("правка без прежнего текста")
    return (known.id, known.text_sha, known.seen_at, maybe_to_db(arrival.post.edited_at), intake.now)


def _row(arrival: Arrival, batch: Batch, index: int) -> Row:
    group = arrival.group
    return (
        arrival.post.text, arrival.sha, batch.norms[index], batch.norm_hashes[index], min(batch.words[index], MOST_WORDS),
        arrival.facts.negative, group.id if group else 0, arrival.id,
    )  # fmt: skip


def _regroup(intake: Intake, arrival: Arrival, likeness: float) -> None:
    """Decide the group of an edited post, and let its new text speak."""
    known = arrival.known
    if known is None:
        return
    arrival.id = known.id
    group = intake.group(known.group_id)
    arrival.group = group
    _recount_comment(intake, arrival)
    if group.posts == 1:
        group.facts, group.facts_packed = arrival.facts, ""
        group.facts_post_id, group.facts_points = arrival.id, arrival.facts.points_text
    elif likeness >= OTHER_TEXT or group.judged:
        # A person has looked at this group: only a person takes posts out of it.
        tell_best(group, arrival)
    else:
        _leave(intake, arrival, group, likeness)


def _leave(intake: Intake, arrival: Arrival, group: Group, likeness: float) -> None:
    fresh = new_group(_free_id(intake), arrival, intake.now)
    intake.placed.groups[fresh.id] = intake.touched[fresh.id] = arrival.group = fresh
    intake.recount |= {group.id, fresh.id}
    group.posts -= 1  # counted anew below; the last post of a group never leaves it
    if group.facts_post_id == arrival.id:
        intake.retell.add(group.id)
    other = group.first_post_id if group.first_post_id != arrival.id else group.facts_post_id
    judged = (other, arrival.id, "different", "edited", likeness, LEFT, None, intake.now)
    keep.add_judgements(intake.tx, [judged])


def _free_id(intake: Intake) -> int:
    stored = keep_groups.next_group_id(intake.tx)
    return max([stored, *(i + 1 for i in intake.placed.groups)])


def _recount_comment(intake: Intake, arrival: Arrival) -> None:
    """An edited comment may have become, or ceased to be, a complaint under its post."""
    post, known = arrival.post, arrival.known
    parent = intake.arrivals.parents.get((post.platform, post.source_id, post.external_id, ""))
    if known is not None and post.is_comment and parent is not None and known.negative != arrival.facts.negative:
        intake.group(parent.group_id).negative_comments += 1 if arrival.facts.negative else -1

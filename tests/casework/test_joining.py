"""Merging and splitting: people's words about what is one thing and what is two are remembered for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.errors import BadMove, NotAllowed, ReasonNeeded, StaleRisk, TakenByOther
from casework.take_in import take_in
from casework.triage import decide_suggestion, dismiss, merge, reopen, set_level, split, take
from casework.work import Work
from risk.states import MoveNotAllowed
from storage.engine import Store
from storage.find.groups import groups_kept_apart
from storage.find.outbox import waiting_lines
from storage.keep.events import verify_chain
from storage.keep.outbox import NewLine, add_lines
from storage.keep.posts import add_judgements
from storage.moments import to_db
from tests.casework.risk_build import (
    ANNA,
    CALM,
    HEAD,
    LEAD,
    a_post,
    card_of,
    groups_of_posts,
    judgements,
    open_risk,
    post_ids,
    risk_of,
)
from tests.casework.staff_build import NOW, a_work


@pytest.fixture
def anna(store: Store) -> Work:
    return a_work(store, ANNA, NOW + timedelta(minutes=5))


def version_of(store: Store, risk_id: int) -> int:
    return risk_of(store, risk_id).version


def numbers_on(store: Store, risk_id: int) -> list[int]:
    """The posts of a risk by their numbers."""
    return sorted(int(post.url.rsplit("_", 1)[1]) for post in card_of(store, risk_id).posts)


def kinds(store: Store, risk_id: int) -> list[str]:
    return [event.kind for event in card_of(store, risk_id).events]


def suggest(store: Store, left: int, right: int) -> int:
    """A question of the machine about two posts (numbers); returns its id."""
    ids = post_ids(store, [left]) + post_ids(store, [right])
    with store.write() as tx:
        add_judgements(tx, [(*ids, "suggest", "near", 74.0, "похоже на 74 из 100", None, to_db(NOW))])
    return len(judgements(store))


def test_merged_risks_live_on_in_one(store: Store, anna: Work) -> None:
    """Groups, posts, sources and views move to the one; the others are dismissed, lead to it, and keep their history."""
    into, other, third = (open_risk(anna, {n: CALM[n]}) for n in (1, 2, 3))

    merge(anna, into, 1, [other, third], "всё о фестивале")

    row = card_of(store, into).row
    assert numbers_on(store, into) == [1, 2, 3]
    assert (row.posts, row.sources, row.views, row.voices) == (3, 3, 60, 3)
    for gone in (other, third):
        assert (risk_of(store, gone).state, risk_of(store, gone).merged_into, risk_of(store, gone).is_open) == (
            "dismissed",
            into,
            False,
        )
        assert kinds(store, gone) == ["merged"]
    event = card_of(store, into).events[0]
    assert (event.by, event.kind, event.after["numbers"]) == ("№ 1", "merged_here", ["2026-000002", "2026-000003"])
    with store.read() as tx:
        assert [verify_chain(tx, i) for i in (into, other, third)] == [None] * 3


def test_merge_leaves_the_outbox_as_it_is(sqlite_store: Store) -> None:
    """Lines already written for a merged risk leave under its own number."""
    work = a_work(sqlite_store, ANNA)
    into, other = (open_risk(work, {n: CALM[n]}, level=3, level_machine=3) for n in (1, 2))
    with sqlite_store.write() as tx:
        add_lines(tx, [NewLine(f"{other}:3:duty", "duty", other, 3, "new", {"a": 1}, NOW)], NOW)

    merge(work, into, 1, [other], "одно и то же")

    with sqlite_store.read() as tx:
        assert [(line.risk_id, line.kind) for line in waiting_lines(tx, "duty")] == [(other, "new")]


def test_a_copy_of_a_merged_risk_comes_to_the_living_one(store: Store, anna: Work) -> None:
    """A repost of what was merged joins the risk it lives on in; the dismissed one stays quiet."""
    into, other = (open_risk(anna, {n: CALM[n]}) for n in (1, 2))
    merge(anna, into, 1, [other], "одно и то же")

    take_in(anna, [a_post(7, CALM[2])])

    assert numbers_on(store, into) == [1, 2, 7]
    assert card_of(store, other).posts == ()


def test_a_chain_of_merges_leads_to_its_end(store: Store, anna: Work) -> None:
    """What was merged into a risk that is merged itself leads to the last one."""
    first, second, third = (open_risk(anna, {n: CALM[n]}) for n in (1, 2, 3))
    merge(anna, second, 1, [third], "одно")

    merge(anna, first, 1, [second], "и это одно")

    assert [risk_of(store, i).merged_into for i in (second, third)] == [first, first]
    with pytest.raises(BadMove, match="уже объединён"):
        merge(anna, first, version_of(store, first), [third], "ещё раз")


def test_what_cannot_be_merged(store: Store, anna: Work) -> None:
    """Itself, nothing, closed risks, held ones, a stale version and no reason are refused, and nothing is moved."""
    into, other, closed, held = (open_risk(anna, {n: CALM[n]}) for n in (1, 2, 3, 4))
    dismiss(anna, closed, 1, "settled")
    take(a_work(store, HEAD, anna.now), [held])

    for ids, reason, version, error in (
        ([into], "так", 1, BadMove), ([], "так", 1, BadMove), ([other, closed], "так", 1, MoveNotAllowed),
        ([other, held], "так", 1, TakenByOther), ([other], " ", 1, ReasonNeeded), ([other], "так", 9, StaleRisk),
    ):  # fmt: skip
        with pytest.raises(error):
            merge(anna, into, version, ids, reason)
    with pytest.raises(NotAllowed):
        merge(a_work(store, LEAD), into, 1, [other], "так")
    with pytest.raises(BadMove, match="закрыт"):
        merge(anna, closed, version_of(store, closed), [other], "так")
    assert [numbers_on(store, i) for i in (into, other, closed, held)] == [[1], [2], [3], [4]]


def test_split_posts_live_in_a_risk_of_their_own(store: Store, anna: Work) -> None:
    """Two of four copies leave: a new group, a new risk with a new number, found and unverified; both are counted anew."""
    old = open_risk(anna, {1: CALM[0], 2: CALM[0], 3: CALM[0], 4: CALM[0]})
    assert len(set(groups_of_posts(store, [1, 2, 3, 4]))) == 1

    new = split(anna, old, 1, post_ids(store, [3, 4]), "это в другом районе")

    assert (numbers_on(store, old), numbers_on(store, new)) == ([1, 2], [3, 4])
    assert (card_of(store, old).row.posts, card_of(store, new).row.posts) == (2, 2)
    assert (card_of(store, old).row.views, card_of(store, new).row.views) == (30, 70)
    row = risk_of(store, new)
    assert (row.number, row.state, row.veracity, row.title) == ("2026-000002", "found", "unconfirmed", CALM[0])
    assert (kinds(store, old)[0], kinds(store, new)[0]) == ("split_off", "split_from")
    assert card_of(store, new).events[0].after["from"] == "2026-000001"
    assert len(set(groups_of_posts(store, [1, 2]))) == len(set(groups_of_posts(store, [3, 4]))) == 1
    assert set(groups_of_posts(store, [1, 2])) != set(groups_of_posts(store, [3, 4]))


def test_the_machine_never_rejoins_what_was_split(store: Store, anna: Work) -> None:
    """After a split the same words come ten times more, also in one batch with both sides: two risks stay two."""
    old = open_risk(anna, {1: CALM[0], 2: CALM[0]})
    new = split(anna, old, 1, post_ids(store, [2]), "это в другом районе")

    for day in range(1, 6):
        later = anna.at(NOW + timedelta(days=day))
        take_in(later, [a_post(10 * day + n, CALM[0], seen_at=later.now) for n in range(2)])
    take_in(anna, [a_post(1, CALM[0] + " уточнение"), a_post(2, CALM[0] + " уточнение")])

    with store.read() as tx:
        apart = groups_kept_apart(tx, groups_of_posts(store, [1, 2]))
    first, second = groups_of_posts(store, [1, 2])
    assert first != second
    assert frozenset((first, second)) in apart
    assert 1 in numbers_on(store, old)
    assert 2 in numbers_on(store, new)
    assert not {risk_of(store, i).merged_into for i in (old, new)} - {None}


def test_a_whole_group_may_leave(sqlite_store: Store) -> None:
    """When all copies of a text leave their group goes with them; nothing is counted twice."""
    work = a_work(sqlite_store, ANNA)
    old = open_risk(work, {1: CALM[0], 2: CALM[0], 3: CALM[1]})
    groups = groups_of_posts(sqlite_store, [1, 2, 3])

    new = split(work, old, 1, post_ids(sqlite_store, [1, 2]), "другая тема")

    assert groups_of_posts(sqlite_store, [1, 2, 3]) == groups
    assert (numbers_on(sqlite_store, new), numbers_on(sqlite_store, old)) == ([1, 2], [3])


def test_what_cannot_be_split(store: Store, anna: Work) -> None:
    """Nothing, everything, posts of another risk, no reason and a stale version are refused."""
    old, other = open_risk(anna, {1: CALM[0], 2: CALM[1]}), open_risk(anna, {5: CALM[4]})
    mine, foreign = post_ids(store, [1, 2]), post_ids(store, [5])

    for ids, reason, version, error in (
        ([], "так", 1, BadMove), (mine, "так", 1, BadMove), (mine[:1] + foreign, "так", 1, BadMove),
        (mine[:1], "", 1, ReasonNeeded), (mine[:1], "так", 2, StaleRisk),
    ):  # fmt: skip
        with pytest.raises(error):
            split(anna, old, version, ids, reason)
    assert (numbers_on(store, old), numbers_on(store, other)) == ([1, 2], [5])


def test_a_later_merge_outweighs_an_earlier_split(store: Store, anna: Work) -> None:
    """A person may change the own mind: merging what was split takes «different» back, which stays on record."""
    old = open_risk(anna, {1: CALM[0], 2: CALM[0]})
    new = split(anna, old, 1, post_ids(store, [2]), "показалось")

    merge(anna, old, version_of(store, old), [new], "всё-таки одно")

    with store.read() as tx:
        assert groups_kept_apart(tx, groups_of_posts(store, [1, 2])) == set()
    assert numbers_on(store, old) == [1, 2]
    assert [(verdict, gone) for _, _, verdict, method, gone in judgements(store) if method == "person"] == [
        ("different", True), ("same", False),
    ]  # fmt: skip


def test_same_makes_one_group_and_one_risk(store: Store, anna: Work) -> None:
    """«Да, это копия»: the posts share a group, the younger risk goes into the older, the question is answered."""
    older, younger = open_risk(anna, {1: CALM[0]}), open_risk(anna, {2: CALM[1]})
    question = suggest(store, 1, 2)

    decide_suggestion(anna, question, True, "то же собрание")

    assert len(set(groups_of_posts(store, [1, 2]))) == 1
    assert numbers_on(store, older) == [1, 2]
    assert risk_of(store, younger).merged_into == older
    assert card_of(store, older).row.posts == 2
    assert "suggestion_decided" in kinds(store, older)
    with pytest.raises(BadMove, match="уже решён"):
        decide_suggestion(anna, question, False)


def test_same_with_a_post_of_no_risk_grows_the_risk(store: Store, anna: Work) -> None:
    """A post that had no risk comes to the risk of its copy."""
    risk_id = open_risk(anna, {1: CALM[0]})
    take_in(anna, [a_post(2, CALM[1])])

    decide_suggestion(anna, suggest(store, 1, 2), True)

    assert numbers_on(store, risk_id) == [1, 2]
    assert card_of(store, risk_id).row.posts == 2


def test_different_is_remembered(store: Store, anna: Work) -> None:
    """«Нет, это другое»: nothing moves, the question is gone, and the machine keeps the two apart."""
    one, two = open_risk(anna, {1: CALM[0]}), open_risk(anna, {2: CALM[1]})

    decide_suggestion(anna, suggest(store, 1, 2), False)

    assert card_of(store, one).suggestions == ()
    assert (numbers_on(store, one), numbers_on(store, two)) == ([1], [2])
    with store.read() as tx:
        assert groups_kept_apart(tx, groups_of_posts(store, [1, 2])) == {frozenset(groups_of_posts(store, [1, 2]))}


def test_same_with_a_closed_risk_keeps_the_open_one(sqlite_store: Store) -> None:
    """The open risk lives on even when the dismissed one is older; the dismissed one leads to it."""
    work = a_work(sqlite_store, ANNA)
    closed, living = open_risk(work, {1: CALM[0]}), open_risk(work, {2: CALM[1]})
    dismiss(work, closed, 1, "settled")

    decide_suggestion(work, suggest(sqlite_store, 1, 2), True)

    assert numbers_on(sqlite_store, living) == [1, 2]
    assert (risk_of(sqlite_store, closed).state, risk_of(sqlite_store, closed).merged_into) == ("dismissed", living)
    with pytest.raises(BadMove, match="объединён"):
        reopen(work, closed, version_of(sqlite_store, closed), "так")


def test_questions_need_an_officer_and_a_question(sqlite_store: Store) -> None:
    """Block leads do not decide what is a copy; an unknown question is told."""
    work = a_work(sqlite_store, ANNA)
    open_risk(work, {1: CALM[0]})
    take_in(work, [a_post(2, CALM[1])])

    with pytest.raises(NotAllowed):
        decide_suggestion(a_work(sqlite_store, LEAD), suggest(sqlite_store, 1, 2), True)
    with pytest.raises(BadMove, match="Такого вопроса нет"):
        decide_suggestion(work, 999, True)


def test_a_persons_level_survives_a_merge(sqlite_store: Store) -> None:
    """Counting anew after a merge does not wipe what a person said of the level."""
    work = a_work(sqlite_store, ANNA)
    into, other = open_risk(work, {1: CALM[0]}, level_machine=0), open_risk(work, {2: CALM[1]}, level_machine=0)
    set_level(work, into, 1, 3, "важный гость")

    merge(work, into, 2, [other], "одно")

    assert risk_of(sqlite_store, into).level == 3

"""The queue's filter survives the way through an address; what is not understood is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from hypothesis import given
from hypothesis import strategies as st

from desk.filters import Asked, queue_filter, read_filter, read_query
from district.profile import Profile
from district.topics import TOPICS
from risk.states import State

SOURCES = {"vk-a": "А", "tg-b": "Б"}
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

ASKED = st.builds(
    Asked,
    levels=st.sets(st.sampled_from([1, 2, 3, 4])).map(lambda s: tuple(sorted(s, reverse=True))),
    states=st.sets(st.sampled_from(list(State))).map(lambda s: tuple(x.value for x in State if x in s)),
    topic=st.sampled_from(["", *TOPICS]),
    source=st.sampled_from(["", *SOURCES]),
    mine=st.booleans(),
    shift=st.booleans(),
    all=st.booleans(),
    q=st.text(max_size=60).map(lambda t: " ".join(t.split())).filter(lambda t: max(t, default="") < "\ud800" or not t),
)


@given(asked=ASKED)
def test_a_filter_survives_its_address(demo_profile: Profile, asked: Asked) -> None:
    """Read back from its own address, a filter is the same filter."""
    assert read_query(asked.query(), demo_profile, SOURCES) == asked


def test_a_stranger_in_the_address_is_told(demo_profile: Profile) -> None:
    """An unknown level, state, topic or name is neither applied nor hidden."""
    asked = read_filter(
        [("level", "7"), ("state", "sleeping"), ("topic", "ufo"), ("colour", "red"), ("level", "4")],
        demo_profile,
        SOURCES,
    )

    assert asked.levels == (4,)
    assert asked.strange == ("level=7", "state=sleeping", "topic=ufo", "colour=red")


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=30)), max_size=12))
def test_any_address_is_read(demo_profile: Profile, pairs: list[tuple[str, str]]) -> None:
    """No address breaks the queue."""
    asked = read_filter(pairs, demo_profile, SOURCES)

    assert 1 <= asked.page <= 10_000
    assert parse_qsl(asked.query()) == asked.pairs()


def test_what_closed_states_ask_for(demo_profile: Profile) -> None:
    """Asking for a closed state shows closed risks without a second tick."""
    dismissed = queue_filter(Asked(states=("dismissed",)), 1, None, NOW)
    found = queue_filter(Asked(states=("found",)), 1, None, NOW)

    assert not dismissed.open_only
    assert found.open_only


def test_since_the_last_shift(demo_profile: Profile) -> None:
    """«Since my last shift» begins at its end, and a day ago for who has had none."""
    ended = NOW - timedelta(hours=9)

    assert queue_filter(Asked(shift=True), 1, ended, NOW).since == ended
    assert queue_filter(Asked(shift=True), 1, None, NOW).since == NOW - timedelta(days=1)


def test_a_level_chip_switches_on_and_off() -> None:
    """Pressing a level shows it alone; pressing it again shows all."""
    assert Asked().with_level(4) == "/?level=4"
    assert Asked(levels=(4,)).with_level(4) == "/"

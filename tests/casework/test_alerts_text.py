"""Words that are no alert of a risk reach the chats too: whole, in order, cut at line ends, each part told once."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from casework.telling import tell_text
from casework.work import Work
from reports.message import SendFailed, SendRefused
from reports.text_parts import text_parts
from reports.wording import length
from storage.engine import Store
from tests.casework.alert_build import Keeper, deliver, write
from tests.casework.staff_build import a_chat, a_profile, a_work

LONG = "\n".join(
    f"{number}. Строка сообщения об отработке риска со ссылкой https://vk.com/wall-1_{number}" for number in range(80)
)


def _tell(work: Work, text: str, key: str = "t:1", level: int = 3) -> None:
    with work.store.write() as tx:
        tell_text(tx, work, key, text, risk_id=None, level=level, kind="text")


def _texts(keeper: Keeper) -> list[str]:
    return [message.line.text for message in keeper.got]


def test_a_short_text_is_one_message(store: Store) -> None:
    """What fits leaves as it was written, once, with the angle brackets kept as letters."""
    work, keeper = a_work(store), Keeper()
    _tell(work, "Ответ исчез <b>с площадки</b>")
    _tell(work, "Ответ исчез <b>с площадки</b>")

    first, again = deliver(work, keeper, 3), deliver(work, keeper, 70)

    assert (first.sent, again.sent) == (1, 0)
    assert _texts(keeper) == ["Ответ исчез <b>с площадки</b>"]
    assert keeper.got[0].line.html == "Ответ исчез &lt;b&gt;с площадки&lt;/b&gt;"


def test_a_message_of_4100_letters_leaves_in_two_numbered_parts(store: Store) -> None:
    """4,100 letters do not fit a message of 4,000: two parts, numbered, cut at a line end, nothing lost."""
    work, keeper = a_work(store), Keeper()
    text = (LONG * 2)[:4100]
    _tell(work, text)

    done = deliver(work, keeper, 3)

    assert (done.sent, done.messages) == (1, 2)
    assert [told.split("\n", 1)[0] for told in _texts(keeper)] == ["1/2", "2/2"]
    assert all(len(told) <= 4000 for told in _texts(keeper))
    assert "\n".join(told.split("\n", 1)[1] for told in _texts(keeper)) == text


def test_a_failure_between_parts_says_nothing_twice(store: Store) -> None:
    """When the second part fails, the next try goes on with the second part."""
    work, keeper = a_work(store), Keeper([None, SendFailed("нет связи")])
    _tell(work, LONG)
    write(work, [2], first=9)

    failed, later = deliver(work, keeper, 3), deliver(work, keeper, 9)

    assert (failed.failed, later.sent) == (1, 2 - failed.sent)
    parts = [told.split("\n", 1)[0] for told in _texts(keeper) if re.match(r"\d/\d", told)]
    assert parts == ["1/2", "2/2"]


def test_a_refused_part_ends_the_text_and_not_the_chat(store: Store) -> None:
    """A part that the chat will not take leaves the text to staff; the other lines leave."""
    work, keeper = a_work(store), Keeper([SendRefused("сообщение не принято", whole_chat=False)])
    _tell(work, LONG, level=4)
    write(work, [3], first=9)

    done = deliver(work, keeper, 3)

    assert (done.refused, done.sent) == (1, 1)
    assert keeper.numbers == [("2026-000009",)]


def test_texts_wait_for_the_minute_like_alerts(sqlite_store: Store) -> None:
    """Beyond the chat's measure words wait; a text of more parts than a minute takes leaves all the same."""
    profile = a_profile(chats=(a_chat(per_minute=1),))
    work, keeper = a_work(sqlite_store, profile=profile), Keeper()
    _tell(work, LONG, "a")
    _tell(work, "Коротко", "b")

    rounds = [deliver(work, keeper, 61 * number).sent for number in (1, 2, 3)]

    assert rounds == [1, 1, 0]
    assert len(keeper.got) == 3


@given(st.text(alphabet=st.sampled_from("абв \n😀x"), min_size=1, max_size=400), st.integers(40, 90))
def test_any_text_is_cut_without_losing_a_letter(text: str, limit: int) -> None:
    """Every part fits and the letters of the parts are those of the text; only spaces at the cuts go."""
    parts = text_parts(text, limit)

    bodies = [part.text.split("\n", 1)[1] if len(parts) > 1 else part.text for part in parts]
    assert all(length(part.text) <= limit for part in parts)
    if text.strip():
        assert "".join("".join(bodies).split()) == "".join(text.split())

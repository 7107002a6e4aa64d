"""An answer is measured against its risk: too quiet below a floor, too loud above a ceiling, unknown views never as nought."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from risk.proportion import LEAST_SHARE, Answered, Measure, Proportion, proportion

RESIDENTS = 12_000
DAY = timedelta(days=1)


def an_answer(
    kind: str = "community", covers: str | None = "a", views: int | None = 300, stood: timedelta = DAY
) -> Answered:
    return Answered(kind, covers, views, stood)


def measured(
    *answers: Answered, level: int = 2, platforms: tuple[str, ...] = ("a", "b"), views: int | None = 900
) -> Proportion:
    return proportion(level, RESIDENTS, platforms, views, answers)


CASES: list[tuple[str, Proportion, Measure, str]] = [
    ("нет ответа", measured(), Measure.NONE, "ответа ещё не видно"),
    ("одна площадка из двух, средний", measured(an_answer()), Measure.FITTING, "соразмерен"),
    ("одна из двух, критический", measured(an_answer(), level=4), Measure.UNDER, "1 из 2 площадок"),
    ("одна из четырёх, средний", measured(an_answer(), platforms=("a", "b", "c", "d")), Measure.UNDER, "1 из 4"),
    ("одна из четырёх, низкий", measured(an_answer(), level=1, platforms=("a", "b", "c", "d")), Measure.FITTING, ""),
    ("только чужое место", measured(an_answer(covers=None), level=1), Measure.UNDER, "0 из 2 площадок"),
    ("площадок не осталось", measured(an_answer(covers=None), platforms=()), Measure.FITTING, "соразмерен"),
    ("40 просмотров и региональное СМИ", measured(
        an_answer(), an_answer("regional_media", None, None), views=40), Measure.OVER, "региональном СМИ"),
    ("высокий уровень и региональное СМИ", measured(
        an_answer(), an_answer("regional_media", None, None), level=3, views=40), Measure.FITTING, ""),
    ("видела десятая часть и региональное СМИ", measured(
        an_answer(), an_answer("regional_media", None, None), views=1200), Measure.FITTING, ""),
    ("федеральное СМИ при высоком уровне", measured(
        an_answer(), an_answer("federal_media", None, None), level=3, views=1200), Measure.OVER, "федеральном СМИ"),
    ("федеральное СМИ при критическом", measured(
        an_answer(), an_answer(covers="b"), an_answer("federal_media", None, None), level=4), Measure.FITTING, ""),
    ("громче малого риска", measured(an_answer(views=900), views=60), Measure.OVER, "в 15 раз чаще"),
    ("громче большого риска", measured(an_answer(views=9000), views=900), Measure.FITTING, ""),
    ("не услышан за сутки", measured(an_answer(views=20), views=900), Measure.UNDER, "2 % тех"),
    ("ещё не прошли сутки", measured(an_answer(views=20, stood=timedelta(hours=3)), views=900), Measure.FITTING, ""),
    ("просмотры ответа неизвестны", measured(an_answer(views=None)), Measure.FITTING, "Просмотры ответа неизвестны"),
    ("просмотры риска неизвестны", measured(an_answer(), views=None), Measure.FITTING, "Просмотры риска неизвестны"),
    ("неизвестны, а ответ в СМИ", measured(
        an_answer(), an_answer("federal_media", None, None), views=None), Measure.FITTING, "решайте сами"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "measure", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_table_of_answers(found: Proportion, measure: Measure, words: str) -> None:
    """Each way of answering has its measure and its sentence."""
    assert found.measure is measure, found
    assert words in " ".join(found.words)


VIEWS = st.none() | st.integers(0, 10**7)
KINDS = st.sampled_from(["community", "official", "regional_media", "federal_media"])
ANSWERS = st.lists(
    st.builds(Answered, KINDS, st.sampled_from(["a", "b", "c", None]), VIEWS, st.timedeltas(timedelta(0), 9 * DAY)),
    max_size=6,
)


@given(st.integers(0, 4), st.integers(0, 10**6), st.sets(st.sampled_from("abc")), VIEWS, ANSWERS)
def test_any_answers_are_measured(
    level: int, residents: int, platforms: set[str], views: int | None, answers: list[Answered]
) -> None:
    """A measure and a sentence come out always; sums are of known counters alone; an unknown risk is never «too loud»."""
    found = proportion(level, residents, sorted(platforms), views, answers)
    known = [a.views for a in answers if a.views is not None]
    assert found.answer_views == (sum(known) if known and answers else None)
    assert 0 <= found.covered <= found.platforms == len(platforms)
    assert found.words
    assert (found.measure is Measure.NONE) == (not answers)
    if views is None:
        assert found.measure is not Measure.OVER


@given(st.integers(1, 4), st.integers(1, 12))
def test_an_answer_everywhere_is_never_too_narrow(level: int, count: int) -> None:
    """Who has answered on every platform is told of no platform; who answered on none is."""
    names = [f"p{i}" for i in range(count)]
    everywhere = [an_answer(covers=name) for name in names]
    assert "площадок риска" not in " ".join(proportion(level, RESIDENTS, names, 900, everywhere).words)
    assert "площадок риска" in " ".join(proportion(level, RESIDENTS, names, 900, [an_answer(covers=None)]).words)


def test_the_floor_rises_with_the_level() -> None:
    """A graver risk asks for more of its platforms."""
    assert list(LEAST_SHARE.values()) == sorted(LEAST_SHARE.values())

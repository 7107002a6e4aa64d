"""The score: levels of DOMAIN 1 row by row, spread that cannot be forged, opinion that does not count."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.levels import Level
from risk.score import RULE_SET, SIGNALS, Score, Spread, score, text_points
from risk.states import Kind
from tests.risk.danger_cases import HAPPENING
from tests.risk.danger_cases_people import QUIET as SMOKE
from tests.risk.opinion_cases import OPINION, OPINION_WITH_TROUBLE
from tests.risk.rules_build import NOW, RESIDENTS, a_district, a_reader, scored

COMPLAINTS = (
    "Яма на ул. Ленина, когда отремонтируют?",
    "На Лесной не горят фонари, темно вечером",
    "Почему не чистят тротуар у почты?",
    "Мусор валяется по всему двору, уберите",
    "Опять не пришёл автобус в 7:10",
    "В подъезде течёт крыша, управляющая компания молчит",
)
SERIOUS = {
    "three sources": {"sources": 3},
    "growth": {"views": 900, "views_before": 300, "hours_between": 3.0},
    "media": {"media": True},
}
"""Criteria of level 3 that come from the spread; the others come from the text."""
TOUCHED = "Яма на дороге у школы, дети падают"
BROKEN_NORM = "Вторую неделю не вывозят мусор с Советской"
TOUCHED_AND_BROKEN = "Вторые сутки нет отопления, дети мёрзнут"


@pytest.mark.parametrize("text", COMPLAINTS)
def test_an_ordinary_complaint_is_level_one(text: str) -> None:
    """One source, few views, no danger words: level 1 (DOMAIN 1, first row)."""
    result = scored(text, views=100)

    assert result.level is Level.LOW
    assert not result.emergency


@pytest.mark.parametrize("text", COMPLAINTS)
@pytest.mark.parametrize(
    "spread",
    [{"sources": 2}, {"views": RESIDENTS // 20}, {"negative_comments": 10}],
    ids=["two sources", "5 % of residents", "ten negative comments"],
)
def test_one_criterion_of_spread_makes_level_two(text: str, spread: dict[str, object]) -> None:
    """Two sources, or 5 % of residents, or ten negative comments (DOMAIN 1, second row)."""
    assert scored(text, **spread).level is Level.MEDIUM


@pytest.mark.parametrize(("first", "second"), list(combinations(SERIOUS, 2)))
def test_any_two_criteria_of_the_third_row_make_level_three(first: str, second: str) -> None:
    """Three sources, growth twice in three hours, regional media: any two (DOMAIN 1, third row)."""
    assert scored(COMPLAINTS[0], **SERIOUS[first], **SERIOUS[second]).level is Level.HIGH


@pytest.mark.parametrize("text", [TOUCHED, BROKEN_NORM], ids=["vulnerable group", "broken norm"])
@pytest.mark.parametrize("criterion", SERIOUS)
def test_a_serious_text_and_a_serious_spread_make_level_three(text: str, criterion: str) -> None:
    """A vulnerable group or a broken norm together with one criterion of spread (DOMAIN 1, third row)."""
    assert scored(text, **SERIOUS[criterion]).level >= Level.HIGH


def test_a_broken_norm_and_children_make_level_three_alone() -> None:
    """Both criteria of the text's own are two as well."""
    assert scored(TOUCHED_AND_BROKEN).level is Level.HIGH


@pytest.mark.parametrize("criterion", SERIOUS)
def test_one_criterion_of_the_third_row_is_not_enough(criterion: str) -> None:
    """One of them alone is level 2."""
    assert scored(COMPLAINTS[0], **SERIOUS[criterion]).level is Level.MEDIUM


@pytest.mark.parametrize("text", [TOUCHED, BROKEN_NORM])
def test_one_serious_word_of_the_text_is_not_enough(text: str) -> None:
    """A vulnerable group or a broken norm alone is level 2."""
    assert scored(text).level is Level.MEDIUM


@pytest.mark.parametrize(("text", "danger"), HAPPENING, ids=[text[:40] for text, _ in HAPPENING])
def test_danger_words_raise_the_level_at_once(text: str, danger: str) -> None:
    """Danger to life is level 4 from one source with no views (requirement 17); other dangers are level 3 or more."""
    result = scored(text, views=1)

    if danger in {"dogs", "beasts", "missing", "violence"}:
        assert result.level >= Level.HIGH
    else:
        assert result.level is Level.CRITICAL
        assert result.emergency
        assert result.reasons[0].signal == "danger"


@pytest.mark.parametrize("text", COMPLAINTS)
def test_federal_media_make_level_four_and_regional_ones_do_not(text: str) -> None:
    """Federal media are one of the criteria of level 4, regional ones one of two of level 3 (DOMAIN 1); ЕДДС is not told."""
    assert scored(text, media=True).level is Level.MEDIUM
    assert scored(text, media=True, federal=True).level is Level.CRITICAL
    assert not scored(text, media=True, federal=True).emergency
    assert scored("Доброе утро, соседи!", media=True, federal=True).level is Level.NONE


def test_a_panic_rumour_is_critical() -> None:
    """«Говорят, вода отравлена» is a rumour by kind and critical by level (DOMAIN 1, fourth row)."""
    text = "Говорят, вода отравлена! Правда ли?"

    assert scored(text).level is Level.CRITICAL
    assert a_reader().read(text).kind is Kind.RUMOUR


@pytest.mark.parametrize(
    "text",
    [
        "Авария на водопроводе, без воды детский сад и сорок домов", "Порыв теплотрассы, без тепла школа и двадцать домов",
        "В больнице нет тепла, мороз минус тридцать", "В садике холодно, дети в куртках", "Авария на теплотрассе, мёрзнет садик",
        "В роддоме отключили воду", "Отключили воду в школе, детей отпустили домой", "Дом престарелых без света",
        "Детский дом без горячей воды неделю", "Канализация затопила школу", "Во всей деревне нет света", "Вся деревня без света с ночи",
        "Посёлок без воды вторые сутки", "В деревню третью неделю не привозят хлеб", "В село не завозят лекарства, пенсионеры без таблеток",
        "Вся деревня без хлеба, автолавка не приезжает", "В аптеке посёлка нет инсулина вторую неделю",
        "Школьный автобус не пришёл, дети ждали на морозе", "Школьный автобус опять не приехал, дети остались дома",
    ],
)  # fmt: skip
def test_an_outage_that_cannot_be_borne_is_level_three(text: str) -> None:
    """A utility missing in a school, a hospital or a whole settlement: outage and vulnerable group are two criteria."""
    result = scored(text)

    assert result.level is Level.HIGH
    assert "left_without" in {r.signal for r in result.reasons}


@pytest.mark.parametrize(
    "text",
    [
        "Нет света на Лесной", "На улице Школьной нет воды", "Возле школы не горят фонари", "Нет воды в доме 5 на Больничной",
        "Плановое отключение света в школе: администрация информирует", "В школе дали тепло, спасибо", "Весь город без интернета",
    ],
)  # fmt: skip
def test_an_outage_elsewhere_is_not_level_three(text: str) -> None:
    """A street named after a school, a lamp beside it, a planned outage, a network: none of them is that."""
    assert scored(text).level <= Level.MEDIUM
    assert "left_without" not in {r.signal for r in scored(text).reasons}


@pytest.mark.parametrize("text", [text for text in SMOKE if "дым" in text.lower()])
def test_a_smoking_chimney_is_a_complaint(text: str) -> None:
    """Smoke from a chimney or a boiler house is a matter of ecology: noticed, and level 2 at most."""
    assert Level.LOW <= scored(text).level <= Level.MEDIUM


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Запах газа, люди выходят на улицу", "«запах газа»"), ("В подъезде запах газа на всех этажах, люди выходят", "«запах газа»"),
        ("Горит дом, помогите", "«горит дом»"), ("Пропал ребёнок, ушёл в лес", "«пропал ребенок»"),
    ],
)  # fmt: skip
def test_a_reason_quotes_no_more_than_the_danger(text: str, quoted: str) -> None:
    """The quotation ends at the comma and not with a word that only leads on."""
    assert quoted in scored(text).reasons[0].why


@pytest.mark.parametrize(
    "text",
    ["Боимся, что обрушится крыша школы", "Балкон вот-вот рухнет", "На Садовой открыт люк, кто-нибудь провалится"],
)
def test_a_danger_that_is_feared_is_a_hazard(text: str) -> None:
    """A danger that has not come is no emergency but more than an ordinary complaint."""
    result = scored(text)

    assert not result.emergency
    assert result.level is Level.MEDIUM
    assert "hazard" in {r.signal for r in result.reasons}


def test_points_alone_reach_level_four_only_in_the_media() -> None:
    """Without danger, level 4 needs the interest of media, however many pages repeat the complaint (DOMAIN 1)."""
    text = "Вторые сутки нет отопления во всём посёлке, дети мёрзнут, угроза жизни и здоровью"

    assert scored(text, negative_comments=60, sources=9, posts=9).level is Level.HIGH
    assert scored(text, negative_comments=60, media=True).level is Level.CRITICAL


@pytest.mark.parametrize("text", [*COMPLAINTS, TOUCHED, BROKEN_NORM])
@pytest.mark.parametrize("sources", [1, 40, 400])
def test_many_copies_with_few_views_stay_low(text: str, sources: int) -> None:
    """480 copies of 5 views each, however many channels and however fast, stay at level 2 or lower (requirement 16)."""
    result = scored(
        text, posts=480, sources=sources, views=2400, views_before=50, hours_between=3.0, first_published=NOW
    )

    assert result.level <= Level.MEDIUM


def test_copies_with_few_views_do_not_hide_a_danger() -> None:
    """The cut of hardly seen copies never touches danger words."""
    assert scored("Горит дом на Советской!", posts=480, sources=400, views=2400).level is Level.CRITICAL


def test_a_cut_spread_is_explained() -> None:
    """The reasons of a cut spread say that the copies are hardly seen."""
    result = scored(BROKEN_NORM, posts=480, sources=400, views=2400, views_before=50, hours_between=3.0)

    assert any("почти нет" in reason.why for reason in result.reasons)


def test_unknown_views_are_not_few_views() -> None:
    """Sources without counters count in full: unknown differs from 0."""
    many = {"posts": 40, "sources": 4, "negative_comments": 10}

    assert scored(COMPLAINTS[0], **many, views=None).level is Level.HIGH
    assert scored(COMPLAINTS[0], **many, views=0).level is Level.MEDIUM
    assert scored(COMPLAINTS[0], **many, views=100, posts_with_views=1).level is Level.HIGH


@pytest.mark.parametrize(
    ("views", "before", "hours", "grows"),
    [
        (900, 300, 3.0, True), (900, 450, 3.0, True), (900, 500, 3.0, False), (1800, 450, 6.0, True), (900, 450, 6.0, False),
        (100, 10, 3.0, False), (900, 0, 3.0, False), (900, None, 3.0, False), (None, 300, 3.0, False), (900, 300, None, False),
        (900, 300, 0.0, False),
    ],
)  # fmt: skip
def test_growth_is_twice_in_three_hours(
    views: int | None, before: int | None, hours: float | None, *, grows: bool
) -> None:
    """Growth counts from twice in three hours and from 1 % of residents; anything unknown is no growth."""
    result = scored(COMPLAINTS[0], views=views, views_before=before, hours_between=hours)

    assert ("growth" in {r.signal for r in result.reasons}) is grows


@pytest.mark.parametrize("text", OPINION)
def test_opinion_about_officials_brings_no_points(text: str) -> None:
    """Political opinion is never scored up, however far it spreads (requirement 21)."""
    assert scored(text).points == 0
    wide = scored(
        text, posts=90, sources=7, views=15_000, views_before=900, hours_between=2.0, negative_comments=99, media=True
    )
    assert wide.points == 0
    assert wide.level is Level.NONE


@pytest.mark.parametrize(("text", "signal"), OPINION_WITH_TROUBLE)
def test_a_real_trouble_inside_opinion_counts(text: str, signal: str) -> None:
    """The outage, the pit or the fire counts, and the opinion around it adds nothing."""
    result = scored(text)

    assert signal in {r.signal for r in result.reasons}
    assert not {"anger", "appeal", "again"} & {r.signal for r in result.reasons}
    assert result.level >= Level.LOW


def test_there_are_enough_sentences_of_opinion() -> None:
    """The set of requirement 21 holds at least thirty different sentences."""
    assert len(set(OPINION)) >= 30


@pytest.mark.parametrize(
    "text",
    [
        "Скидки до 50 % на шторы, только до воскресенья!",
        "Продам картофель домашний, ведро 300 рублей, самовывоз",
        "Приглашаем на концерт в дом культуры, вход свободный, начало в 15:00",
        "Поздравляем ветеранов с праздником, здоровья и долгих лет!",
        "Гороскоп: Овен, Телец, Близнецы, удачный день",
        "Выражаем соболезнования родным и близким",
        "Администрация информирует: в связи с ремонтом будет отключена холодная вода с 9 до 17 часов",
        "Подскажите, до скольки работает аптека на Советской?",
        "Найдены ключи на остановке, хозяин, отзовись",
        "Спасибо коммунальщикам, дорожку к школе наконец почистили!",
        "Доброе утро, соседи! Хорошего всем дня",
        "Рыбаки, как лёд? Уже ходит кто?",
        "",
        "😡😡😡",
        "!!!",
    ],
)
def test_adverts_notices_greetings_and_small_talk_are_no_risk(text: str) -> None:
    """They are level 0 and stay there however many people see them."""
    assert scored(text).level is Level.NONE
    assert scored(text, sources=5, views=9000, negative_comments=50).level is Level.NONE


def test_an_advert_that_names_a_danger_is_not_silenced() -> None:
    """Danger that goes on outweighs the look of an advert."""
    assert scored("Продам дом. Люди, у соседей горит баня, вызывайте пожарных!").level is Level.CRITICAL


@pytest.mark.parametrize(
    ("spread", "signal"),
    [
        ({"asked_after_answer": True}, "after_answer"),
        ({"first_published": NOW - timedelta(hours=30)}, "unanswered"),
    ],
)
def test_silence_and_complaints_after_an_answer_count(spread: dict[str, object], signal: str) -> None:
    """No answer for longer than the first line may take, or complaints after the answer, are signals."""
    assert signal in {r.signal for r in scored(COMPLAINTS[0], **spread).reasons}


def test_an_official_answer_ends_the_silence() -> None:
    """With an official answer the age of the complaint is no signal."""
    result = scored(COMPLAINTS[0], first_published=NOW - timedelta(hours=30), official_answer=True)

    assert "unanswered" not in {r.signal for r in result.reasons}


def test_tone_and_answers_cannot_lift_a_single_complaint() -> None:
    """Anger, despair, threats to complain and broken promises together leave one source at level 1."""
    text = (
        "Безобразие! Опять яма на Советской, обращались трижды, ответа нет, одни отписки. Помогите, не знаем, куда "
        "обратиться, подадим жалобу в прокуратуру!"
    )

    assert scored(text, views=50).level is Level.LOW


def _check(result: Score) -> None:
    assert result.points == pytest.approx(sum(r.points for r in result.reasons))
    assert [r.points for r in result.reasons] == sorted((r.points for r in result.reasons), reverse=True)
    assert sum(result.share(r) for r in result.reasons) == pytest.approx(1.0 if result.points else 0.0)
    assert all(r.signal in SIGNALS and r.why.endswith((".", "не всё.")) for r in result.reasons)
    assert result.rule_set == RULE_SET
    assert (result.level is Level.CRITICAL) or not result.emergency


_spreads = st.builds(
    Spread,
    posts=st.integers(1, 1000),
    sources=st.integers(0, 500),
    views=st.none() | st.integers(0, 100_000),
    views_before=st.none() | st.integers(0, 100_000),
    hours_between=st.none() | st.floats(0, 100),
    negative_comments=st.integers(0, 500),
    media=st.booleans(),
    asked_after_answer=st.booleans(),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*COMPLAINTS, TOUCHED, BROKEN_NORM, *OPINION, *(text for text, _ in HAPPENING)]), _spreads)
def test_reasons_always_add_up(text: str, spread: Spread) -> None:
    """Whatever the spread, the reasons add up to the points, heaviest first, each known and in words."""
    _check(score(a_reader().read(text), spread, a_district(), NOW))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_scored(text: str) -> None:
    """No text breaks the rules, and the facts carry the text's own points."""
    facts = a_reader().read(text)

    _check(score(facts, Spread(), a_district(), NOW))
    assert facts.points_text == text_points(facts, a_district())


@pytest.mark.parametrize("text", [*COMPLAINTS, TOUCHED, TOUCHED_AND_BROKEN, *(text for text, _ in HAPPENING)])
def test_the_points_of_a_text_are_those_of_a_lonely_post(text: str) -> None:
    """The quick sum over the text's own signals equals the score of one post of which nothing else is known."""
    facts = a_reader().read(text)

    assert facts.points_text == pytest.approx(score(facts, Spread(), a_district(), NOW).points)

"""Reading: what the words of a text say, and what they only seem to say."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.dictionary import Dictionary
from risk.facts import Hit, Outage, TextFacts
from risk.reading import Reader
from risk.states import Kind
from tests.risk.danger_cases import HAPPENING, QUIET
from tests.risk.rules_build import a_district, a_reader
from texts.places import Place
from texts.stems import stem_text


@pytest.mark.parametrize(("text", "danger"), HAPPENING, ids=[text[:40] for text, _ in HAPPENING])
def test_danger_that_goes_on_is_found(text: str, danger: str) -> None:
    """Words of a danger, in any form and with typos, are found as that danger."""
    assert danger in {hit.id for hit in a_reader().read(text).dangers}


@pytest.mark.parametrize("text", QUIET, ids=[text[:40] for text in QUIET])
def test_what_only_looks_like_danger_is_not_danger(text: str) -> None:
    """Denied, over, long ago, a drill, a leaflet, an advert, a figure of speech: no danger."""
    assert a_reader().read(text).dangers == ()


def test_the_table_of_danger_sentences_is_large() -> None:
    """The table holds at least 150 different sentences, both sides of it well filled."""
    assert len({text for text, _ in HAPPENING} | set(QUIET)) >= 150
    assert min(len(HAPPENING), len(QUIET)) >= 70


@pytest.mark.parametrize(
    ("text", "guard"),
    [
        ("Никакого пожара не было", "negation"), ("Слухи о взрыве не подтвердились", "refuted"),
        ("Пожар на Лесной потушен", "over"), ("Пропала девочка семи лет. Нашлась, всем спасибо!", "found"),
        ("Десять лет назад здесь сгорел дом", "ago"), ("По легенде учений загорелся склад", "drill"),
        ("Памятка: при пожаре звоните 101", "leaflet"), ("Двор тонет, взрыв эмоций на концерте", "figure"),
        ("Боимся, что обрушится крыша школы", "hypothetical"), ("За сутки 12 пожаров в области", "figures"),
        ("В Турции прогремел взрыв", "far"), ("Премьера: «Взрыв» в субботу", "quote"),
        ("Сегодня в доме горит дом культуры огни на ёлке", "light"),
    ],
)  # fmt: skip
def test_a_held_word_names_its_guard(text: str, guard: str) -> None:
    """A danger word that does not count is kept with the reason why."""
    facts = a_reader().read(text)

    assert facts.dangers == ()
    assert guard in {hit.id for hit in facts.held}


@pytest.mark.parametrize(
    ("text", "outage", "hours"),
    [
        ("третий день нет воды", "water", 48), ("Вторые сутки сидим без света", "power", 24), ("нет света 5 часов", "power", 5),
        ("Уже неделю не вывозят мусор", "waste", 168), ("нет тепла со вчерашнего дня", "heating", 18),
        ("15 дней нет связи в деревне", "telecom", 360), ("3-й день нет воды", "water", 48), ("Нет воды. Третий день!", "water", 48),
        ("две недели без горячей воды", "hot_water", 336), ("с утра нет газа", "gas_supply", 5), ("Вырубили свет, когда дадут?", "power", None),
        ("Через неделю отключат воду", None, None), ("В 10 часов отключили свет", "power", None), ("батареи ледяные вторые сутки", "heating", 24),
        ("В группе 14 градусов, детей водят в куртках", "heating", None), ("Автобус не пришёл, ждали час", "transport", None),
        ("Дорогу не чистят третий день", "snow", 48), ("Тротуар не посыпан песком вторые сутки", "ice", 24),
        ("Из крана идёт ржавая вода", "dirty_water", None), ("Интернет не работает с понедельника", "telecom", 30),
        ("Неделю назад не было света", "power", None), ("Воду дали, спасибо", None, None), ("Не было воды, к обеду дали", None, None),
        ("нееет водыыы", "water", None), ("нeт вoды", "water", None), ("Контейнеры переполнены с прошлой недели", "waste", 30),
        ("Обесточена вся улица", "power", None), ("Отключения света каждый вечер", "power", None),
    ],
)  # fmt: skip
def test_outages_are_found_with_their_hours(text: str, outage: str | None, hours: float | None) -> None:
    """A missing utility is found, with the fewest hours its words can mean and None when they do not say."""
    found = {o.id: o.hours for o in a_reader().read(text).outages}

    if outage is None:
        assert found == {}
    else:
        assert outage in found
        assert found[outage] == hours


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Яма на дороге у школы", Kind.PROBLEM), ("Нет воды", Kind.PROBLEM), ("Горит сарай!", Kind.EMERGENCY),
        ("Спасибо, дорожку почистили!", Kind.PRAISE), ("Подскажите, где купить дрова?", Kind.QUESTION),
        ("Говорят, закроют школу, это правда?", Kind.RUMOUR), ("Слышали, что вода отравлена?", Kind.RUMOUR),
        ("Слухи о взрыве не подтвердились", Kind.RUMOUR), ("Доброе утро", Kind.QUESTION), ("", Kind.QUESTION),
    ],
)  # fmt: skip
def test_the_kind_of_a_text(text: str, kind: Kind) -> None:
    """Problem, rumour, question, emergency and praise are told apart."""
    assert a_reader().read(text).kind is kind


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("дети мёрзнут в классе", "children"), ("у нас грудной ребёнок, а воды нет", "children"), ("Лифт сломан, инвалиду не выйти из дома", "sick"),
        ("Гололёд на тротуаре, пожилые падают на льду", "elderly"), ("маме 84 года, соцработник не приходит", "elderly"), ("весь посёлок без света", "many"),
        ("двадцать домов, 20 домов без воды", "many"),
    ],
)  # fmt: skip
def test_who_is_touched(text: str, row: str) -> None:
    """Children, the sick, the old and whole settlements are noticed."""
    assert row in {hit.id for hit in a_reader().read(text).weight}


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("Яма на дороге, обращались трижды, ответа нет", "asked"), ("Мусор не вывозят, писали в администрацию, тишина", "asked"), ("Дорогу разбили, обещали и не сделали", "promised"),
        ("Крыша течёт, одни отписки", "brushed_off"), ("Опять яма на дороге", "again"), ("До сих пор не вывезли мусор", "again"),
    ],
)  # fmt: skip
def test_words_about_us(text: str, row: str) -> None:
    """Asked without an answer, promised, brushed off and repeated are noticed."""
    assert row in {hit.id for hit in a_reader().read(text).answer}


def test_a_place_is_found_in_a_complaint() -> None:
    """Settlement, street and house of a complaint come with the facts."""
    facts = a_reader().read("В Белом на ул. Советской, 12 третий день нет воды")

    assert facts.places == (Place("Белое", "beloe", "Советской", "12"),)


def test_stems_are_those_of_the_search() -> None:
    """The stems of the facts equal the stems that the full-text search is asked with."""
    text = "Третий день нет воды: на «Советской», 12 — дети мёрзнут!"

    assert a_reader().read(text).stems == stem_text(text)


def test_reading_many_is_reading_each() -> None:
    """A batch gives the same facts as one text after another, in order."""
    texts = [text for text, _ in HAPPENING] + list(QUIET)
    alone = Reader(a_district())

    assert Reader(a_district()).read_many(texts) == [alone.read(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=120) | st.sampled_from([*QUIET, *(text for text, _ in HAPPENING)]), max_size=8))
def test_no_text_changes_its_neighbours(texts: list[str]) -> None:
    """Whatever stands beside a text in a batch (NUL, emoji, nothing at all), its facts are those of the text alone."""
    batch = Reader(a_district()) if not texts else a_reader()

    assert [facts.pack() for facts in batch.read_many(texts)] == [_alone(text) for text in texts]
    assert [facts.stems for facts in batch.read_many(texts)] == [stem_text(text) for text in texts]


def _alone(text: str) -> str:
    """Return the facts of a text read by a reader that remembers none of the batch."""
    _FRESH.read_many([f"{text} "])
    return _FRESH.read(text).pack()


_FRESH = Reader(a_district())


def test_a_long_text_is_read_at_its_beginning() -> None:
    """The first 400 tokens tell the matter; what stands beyond them is indexed and not judged."""
    quiet = "слово " * 500

    assert a_reader().read("Горит дом! " + quiet).dangers
    assert not a_reader().read(quiet + "Горит дом!").dangers
    assert a_reader().read(quiet + "Горит дом!").stems.endswith("дом")


def test_a_full_memory_of_forms_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the memory of forms is full it starts anew, and every text reads the same as before."""
    texts = [text for text, _ in HAPPENING[:30]]
    before = [a_reader().read(text) for text in texts]
    monkeypatch.setattr("risk.forms._LIMIT", 5)

    assert [Reader(a_district()).read(text) for text in texts[:5]] == before[:5]
    small = Reader(a_district())
    assert [small.read(text) for text in texts] == before


def test_the_most_telling_text_has_most_points() -> None:
    """points_text orders the texts of one group by how much they say."""
    points = [
        a_reader().read(text).points_text
        for text in ("Доброе утро", "Яма на дороге", "Третий день нет воды, дети мёрзнут", "Горит дом!")
    ]

    assert points == sorted(points)
    assert points[0] == 0


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_can_be_read_and_packed(text: str) -> None:
    """No text breaks the reader (NUL, right-to-left, emoji), and packed facts come back without their stems."""
    facts = a_reader().read(text)

    assert TextFacts.unpack(facts.pack()).pack() == facts.pack()
    assert TextFacts.unpack(facts.pack()).stems == ""


def test_packed_facts_are_compact_and_complete() -> None:
    """Every field but the stems survives packing; empty ones take no room."""
    facts = TextFacts(
        kind=Kind.RUMOUR, topics=(("roads", 0.75),), places=(Place("Белое", "beloe", None, "5"),), dangers=(Hit("fire", "пожар"),),
        held=(Hit("drill", "учения"),), outages=(Outage("water", 48.0, "нет воды"),), troubles=(Hit("road", "яма"),),
        tone=(Hit("anger", "позор"),), weight=(Hit("children", "дети"),), answer=(Hit("asked", "писали"),), flags=("politics",), points_text=12.5,
    )  # fmt: skip

    assert TextFacts.unpack(facts.pack()) == facts
    assert json.loads(TextFacts().pack()) == {"k": "question"}


@pytest.mark.parametrize(
    ("text", "negative"),
    [("Безобразие, сколько можно!", True), ("Яма на дороге", True), ("Спасибо!", False), ("Доброе утро", False)],
)
def test_negative_comments_are_told_from_calm_ones(text: str, *, negative: bool) -> None:
    """Anger and complaints are negative; thanks and greetings are not."""
    assert a_reader().read(text).negative is negative


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("утечка газа", "сильная утечка газа", True), ("утечка газа", "утечку бытового газа", True), ("утечка газа", "утечка. Газа нет", False),
        ("утечка газа", "газа утечка", False), ("вода ~ ржавая", "ржавая у нас вода", True), ("вода ~ ржавая", "вода ржавая", True),
        ("нет|без воды", "без воды", True), ("отключ*", "отключили", True), ("=нет", "нету", False), ("сколько_можно", "сколько можно", True),
        ("сколько_можно", "сколько это можно", False), ("дтп & пострадал*", "ДТП у моста. Пострадали двое", True), ("дтп & пострадал*", "ДТП у моста", False),
        ("вся + деревня|село", "вся деревня", True), ("вся + деревня|село", "вся наша деревня", False), ("#число домов", "12 домов", True),
        ("#год", "в 1943 году", True), ("#год", "в 2026 году", False), ("ул ленина", "ул. Ленина", True), ("дом|торговый_центр", "торговый центр", True),
    ],
)  # fmt: skip
def test_how_a_phrase_is_written(phrase: str, text: str, *, found: bool) -> None:
    """Each sign of the language of phrases means what the page of risk/phrases.py says."""
    book = Dictionary()
    book.add("row", phrase)
    book.ready()

    assert bool(book.find(book.tokens(text))) is found


@pytest.mark.parametrize("phrase", ["a | ", "дом &", "~", "=", "сколько__можно"])
def test_a_slip_in_a_table_is_reported(phrase: str) -> None:
    """An empty word or part in a table is an error at start, with the mend."""
    with pytest.raises(ValueError, match="уберите лишний знак"):
        Dictionary().add("row", phrase)

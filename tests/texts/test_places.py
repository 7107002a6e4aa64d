"""Places: settlements in any case, streets and houses without a list of streets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from texts.places import Place, Places
from texts.streets import TOKEN, Words, streets

SETTLEMENTS = {
    "Белое": "beloe", "Сосново": "beloe", "Новая Слобода": "beloe", "Каменный Бор": "bor", "Верхняя Речка": "bor", "Мостовая": "bor",
    "Заозёрье": "zaozerye", "Малые Луга": "zaozerye", "Усть-Луга": "zaozerye", "Берёзовка": "",
}  # fmt: skip
PLACES = Places(SETTLEMENTS)


@pytest.mark.parametrize(
    ("text", "settlement"),
    [
        ("В Белом нет воды", "Белое"), ("из Белого не выехать", "Белое"), ("до Белого десять километров", "Белое"), ("в деревне белое темно", "Белое"),
        ("Белое сидит без света", "Белое"), ("В БЕЛОМ НЕТ ВОДЫ ТРЕТИЙ ДЕНЬ", "Белое"), ("в Сосново яма", "Сосново"), ("сосново опять без света", "Сосново"),
        ("живём в сосново", "Сосново"), ("из посёлка Каменный Бор", "Каменный Бор"), ("в Каменном Бору темно", "Каменный Бор"),
        ("в каменном бору нет света", "Каменный Бор"), ("жители Малых Лугов просят", "Малые Луга"), ("до Заозёрья не доехать", "Заозёрье"),
        ("в заозерье нет связи", "Заозёрье"), ("В НОВОЙ СЛОБОДЕ ПОЖАР", "Новая Слобода"), ("в Усть-Луге нет дороги", "Усть-Луга"),
        ("В Мостовой третий день без света", "Мостовая"), ("пос. Верхняя Речка", "Верхняя Речка"),
    ],
)  # fmt: skip
def test_a_settlement_is_found_in_any_case(text: str, settlement: str) -> None:
    """The name comes as the profile has it, with its territory, however the text bends it."""
    (place,) = PLACES.find(text)

    assert place == Place(settlement, SETTLEMENTS[settlement])


@pytest.mark.parametrize(
    "text",
    [
        "белое платье продам", "Белое платье продам", "мостовая разбита", "в белом зале концерт", "на ул. Сосновой яма", "малые луга цветут",
        "каменный мост", "новая слобода мысли", "верхняя полка", "", "!!!", "😡",
    ],
)  # fmt: skip
def test_everyday_words_are_no_settlements(text: str) -> None:
    """An adjective, a street or a noun that only looks like a name is none."""
    assert [p for p in PLACES.find(text) if p.settlement] == []


def test_a_name_of_several_territories_has_none() -> None:
    """A settlement whose name stands in two territories is named without a territory."""
    assert PLACES.find("в деревне Берёзовка темно") == (Place("Берёзовка", None),)


@pytest.mark.parametrize(
    ("text", "street", "house"),
    [
        ("яма на ул. Ленина, 5", "Ленина", "5"), ("на Советской 12 темно", "Советской", "12"), ("улица Мира, дом 7а", "Мира", "7а"),
        ("пер. Садовый д. 3/2", "Садовый", "3/2"), ("на улице 8 Марта темно", "8 Марта", None), ("Гоголя 151 нет света", "Гоголя", "151"),
        ("возле дома 23 на улице Шевченко", "Шевченко", "23"), ("Советская улица не чищена", "Советская", None), ("пр-т Победы, 10 к 2", "Победы", "10к2"),
        ("улица абая 52 без света", "абая", "52"), ("на проспекте Кулакова фонари не горят", "Кулакова", None), ("по Лесной не пройти", "Лесной", None),
        ("пл. Труда", "Труда", None), ("ул Карла Маркса д.15", "Карла Маркса", "15"),
    ],
)  # fmt: skip
def test_a_street_and_its_house(text: str, street: str, house: str | None) -> None:
    """A street is known by its word, by a house number or by a preposition; the house stays with it."""
    (place,) = PLACES.find(text)

    assert (place.street, place.house) == (street, house)


@pytest.mark.parametrize(
    "text",
    [
        "Привезли 5 машин",
        "Цена 300 рублей",
        "Автобус 12 не пришёл",
        "Прошло 3 года",
        "В группе 20 человек",
        "Группа 7 класс",
        "на улице темно",
    ],
)
def test_numbers_that_are_no_houses(text: str) -> None:
    """Counts, prices, routes and years are no houses, and «на улице» alone is no street."""
    assert PLACES.find(text) == ()


def test_a_crossing_gives_both_streets() -> None:
    """Both streets of a crossing are found."""
    assert {p.street for p in PLACES.find("лужа на углу Чехова и Пушкина")} == {"Чехова", "Пушкина"}


def test_a_street_belongs_to_the_settlement_named_before_it() -> None:
    """Two settlements with a street each keep their streets apart."""
    found = PLACES.find("В Сосново на ул. Лесной яма, а в Заозёрье на ул. Мира, 3 темно")

    assert found == (
        Place("Сосново", "beloe", "Лесной", None),
        Place("Заозёрье", "zaozerye", "Мира", "3"),
    )


def test_a_list_of_addresses_is_cut() -> None:
    """At most five places of one text are kept."""
    text = "; ".join(
        f"ул. {name}, {n}"
        for n, name in enumerate(("Мира", "Ленина", "Гоголя", "Чехова", "Труда", "Победы", "Лесная"), 1)
    )

    assert len(PLACES.find(text)) == 5


@given(st.text(max_size=200))
def test_any_text_may_be_searched(text: str) -> None:
    """No text breaks the search, and only settlements of the profile are named."""
    assert all(place.settlement is None or place.settlement in SETTLEMENTS for place in PLACES.find(text))


def test_streets_of_real_messages_are_found(shared_data: Path) -> None:
    """On marked messages of residents (a foreign city): F1 of streets at least .90, of houses at least .90, by overlap."""
    hits = {"Street": [0, 0, 0], "NUM": [0, 0, 0]}
    for line in (shared_data / "address-spans" / "messages.jsonl").read_text(encoding="utf-8").splitlines():
        message = json.loads(line)
        _count(message["text"], message["spans"], hits)

    for true, false, missed in hits.values():
        assert 2 * true / (2 * true + false + missed) >= 0.90


def _count(text: str, spans: list[tuple[int, int, str]], hits: dict[str, list[int]]) -> None:
    at = [(m.start(), m.end()) for m in TOKEN.finditer(text)]
    found = streets(Words(text))
    spoken = {
        "Street": [(at[s.first][0], at[s.last][1]) for s in found],
        "NUM": [(at[s.house_first][0], at[s.house_last][1]) for s in found if s.house],
    }
    other = [(a, b) for a, b, kind in spans if kind not in hits]
    for kind, counts in hits.items():
        gold = [(a, b) for a, b, marked in spans if marked == kind]
        mine = list(dict.fromkeys(s for s in spoken[kind] if not any(a <= s[0] and s[1] <= b for a, b in other)))
        right = [m for m in mine if any(a < m[1] and m[0] < b for a, b in gold)]
        counts[0] += len(right)
        counts[1] += len(mine) - len(right)
        counts[2] += sum(not any(a < m[1] and m[0] < b for m in mine) for a, b in gold)

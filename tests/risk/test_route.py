"""Route: topic and place to block, post and territory; doubt is said, not hidden."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from district.topics import TOPICS
from risk.facts import TextFacts
from risk.route import Route, route
from tests.risk.rules_build import a_district, a_reader


def _route(text: str) -> Route:
    return route(a_reader().read(text), a_district())


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("Яма на дороге, асфальт разбит, светофор не работает", "roads"), ("Автобус не пришёл, маршрутка не ходит", "transport"),
        ("В подъезде батареи холодные, управляющая компания молчит", "housing"), ("Третий день нет света, провода искрят", "energy"),
        ("Фонари не горят, лавочки сломаны на детской площадке", "landscaping"), ("Мусор не вывозят, контейнеры переполнены", "waste"),
        ("Самовольная стройка, застройщик бросил котлован", "construction"), ("Просим выделить земельный участок под межевание", "property"),
        ("Интернета нет, сотовая связь не ловит", "telecom"), ("Завод сливает стоки в реку, загрязняет озеро, дохнет рыба", "ecology"),
        ("В детском саду нет воспитателя, очередь в садик", "education"), ("В поликлинике нет врача, талонов к терапевту не дают", "health"),
        ("Не платят детское пособие, соцзащита отказала в выплате", "welfare"), ("Дом культуры закрыт, библиотека без отопления, концерта не будет", "culture"),
        ("На стадионе нет тренера, спортивная секция закрыта", "sport"), ("Волонтёры и молодёжный отряд просят помещение", "youth"),
        ("Мигранты живут в бытовках, нелегалы", "interethnic"), ("Задерживают зарплату, работодатель уволил людей", "labour"),
        ("В магазине просроченные продукты, цены в магазине выросли, ларёк торгует алкоголем", "economy"),
        ("Фермер травит пчёл, коровы гибнут, сельхозугодья заброшены", "farming"), ("Туристы оставляют мусор на турбазе, туризм растёт, экскурсоводы", "tourism"),
        ("Бродячие собаки у школы, стая собак", "safety"), ("В МФЦ очередь, на госуслугах ошибка", "authorities"),
        ("На выборах голосование шло без избирательной комиссии", "politics"), ("Военкомат прислал повестку по мобилизации", "military"),
        ("Почему ЦУР не отвечает, центр управления регионом", "control-centre"),
    ],
)  # fmt: skip
def test_each_group_is_known_by_its_own_words(text: str, topic: str) -> None:
    """A text in the words of a topic group is of that group."""
    assert _route(text).topic == topic


def test_every_group_is_tried_above() -> None:
    """The table of the test above names all 26 groups."""
    (marker,) = [m for m in test_each_group_is_known_by_its_own_words.pytestmark if m.name == "parametrize"]  # type: ignore[attr-defined]

    assert {topic for _, topic in marker.args[1]} == set(TOPICS)


def test_topic_and_place_give_block_post_and_territory() -> None:
    """A complaint from a settlement goes to the block of its topic, its lead and the settlement's territory."""
    found = _route("В Сосново третий день не вывозят мусор, контейнеры переполнены")

    assert (found.topic, found.block, found.official) == ("waste", "works", "works")
    assert (found.settlement, found.territory) == ("Сосново", "beloe")
    assert found.competence
    assert "Обращение с отходами" in found.why


def test_danger_goes_to_the_duty_service_at_once() -> None:
    """An emergency goes to the ЕДДС whatever its topic (requirement 17)."""
    found = _route("В Белом горит дом на Советской!")

    assert found.official == "edds"
    assert found.competence
    assert "ЕДДС" in found.why


def test_a_lesser_danger_goes_to_its_block() -> None:
    """A dog that bit is a matter of the block of safety, a pack that attacked a child one of the ЕДДС."""
    assert _route("Собака покусала прохожего").official == "core"
    assert _route("Стая собак покусала школьника").official == "edds"


def test_a_topic_that_nobody_here_serves_is_said_to_be_foreign() -> None:
    """«Не наша компетенция» is told and the topic kept, so that it is passed on and not hidden."""
    found = _route("В поликлинике нет врача, талонов к терапевту не дают")

    assert found.topic == "health"
    assert found.block is None
    assert found.official is None
    assert not found.competence
    assert "не наша компетенция" in found.why


@pytest.mark.parametrize("text", ["Доброе утро всем", "", "Ну и дела", "Возле школы, у больницы"])
def test_the_rules_abstain_when_unsure(text: str) -> None:
    """Without a word of any topic, or with topics nearly level, a person chooses, and the top three are there."""
    found = _route(text)

    assert found.topic is None
    assert found.block is None
    assert found.competence
    assert "выбирает человек" in found.why
    assert len(found.topics) <= 3


@pytest.mark.parametrize("topics", [(("roads", 0.36), ("housing", 0.34)), (("roads", 0.3), ("housing", 0.1))])
def test_nearly_level_or_weak_topics_are_left_to_a_person(topics: tuple[tuple[str, float], ...]) -> None:
    """Two topics with nearly the same share, or a best one below a third, are a guess."""
    found = route(TextFacts(topics=topics), a_district())

    assert found.topic is None
    assert found.topics == topics
    assert "темы почти равны" in found.why


def test_the_top_three_are_shown_best_first() -> None:
    """At most three topics with falling shares that do not exceed the whole."""
    topics = _route("Автобус застрял в яме у школы, мусор, фонари не горят, дорога разбита").topics

    shares = [share for _, share in topics]
    assert 1 <= len(topics) <= 3
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.0001


def test_a_landmark_is_not_the_topic() -> None:
    """«У школы» says where, not what."""
    assert _route("Яма на дороге у школы, напротив детского сада").topic == "roads"


def test_an_ambiguous_settlement_has_no_territory() -> None:
    """Facts without a settlement leave territory empty."""
    found = route(TextFacts(topics=(("roads", 1.0),)), a_district())

    assert (found.settlement, found.territory, found.block) == (None, None, "works")


# Categories of the measuring set as groups of ours; a category may be several groups and a group several categories.
_CATEGORIES = {
    "0.0": {"roads"}, "1.0": {"safety"}, "2.0": {"authorities"}, "3.0": {"housing", "energy", "landscaping", "waste"},
    "4.0": {"health"}, "5.0": {"culture"}, "6.0": {"welfare"}, "7.0": {"education"}, "8.0": {"transport"}, "9.0": {"telecom"},
    "10.0": {"welfare"}, "11.0": {"construction"}, "13.0": {"economy"}, "14.0": {"labour"}, "15.0": {"sport"},
    "16.0": {"ecology", "waste"},
}  # fmt: skip


def test_topics_of_real_complaints_are_found(shared_data: Path) -> None:
    """On a labelled set of complaints: top three right for 90 % of those not abstained, first right for 79 %, at most 20 % abstained."""
    with (shared_data / "kursk-appeals" / "appeals.csv").open(encoding="utf-8", newline="") as lines:
        rows = [
            (row["text"], _CATEGORIES[row["category"]])
            for row in csv.DictReader(lines)
            if row["category"] in _CATEGORIES
        ]
    facts = a_reader().read_many([text for text, _ in rows])
    routed = [(route(f, a_district()), groups) for f, (_, groups) in zip(facts, rows, strict=True)]
    sure = [(found, groups) for found, groups in routed if found.topic is not None]

    assert len(sure) >= 0.80 * len(rows)
    assert sum(found.topic in groups for found, groups in sure) >= 0.79 * len(sure)
    assert sum(any(t in groups for t, _ in found.topics) for found, groups in sure) >= 0.90 * len(sure)

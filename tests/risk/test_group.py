"""Copies join, templates and short texts are asked about, quotes stay apart, people outweigh the machine, order does not matter."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from risk.group import Judged, SourceStyle, place, prepare
from tests.bench.stream import CHANGES, base_text, change
from tests.risk.copies import Memory, a_post, relation

WATER = (
    "Завтра в посёлке Сосново с 9 до 18 часов отключат холодную воду из-за ремонта водопровода на улице Лесной, "
    "просим запастись водой заранее и предупредить соседей"
)
LONG = (
    WATER + ". Работы ведёт районный водоканал, бригада приедет утром, подвоз воды будет у магазина и у школы. "
    "Телефон диспетчера тот же, что и всегда, вопросы можно задать старосте посёлка или под этой публикацией"
)

JOINED = {
    "the same text": WATER,
    "a link added": WATER + " https://vk.com/wall-5_77",
    "labels added": "#Сосново #вода\n" + WATER,
    "emoji and case": "⚠️ " + WATER.upper() + " ⚠️",
    "look-alike letters": WATER.translate(str.maketrans("аеорсх", "aeopcx")),
    "misprints": WATER.replace("водопровода", "водопрвода").replace("соседей", "соседи"),
    "a prefix": "Передаём сообщение подписчика: " + WATER,
    "cut": WATER[:-35],
    "swapped words": WATER.replace("холодную воду", "воду холодную"),
    "number written with a leading zero": WATER.replace("с 9 до", "с 09 до"),
}
ASKED = {
    "another day": ("template", WATER.replace("Завтра", "Послезавтра")),
    "other hours": ("template", WATER.replace("с 9 до 18", "с 10 до 17")),
    "another place": ("template", WATER.replace("Сосново", "Белое")),
    "another street in small letters": ("template", WATER.replace("улице Лесной", "улице лесопарковой")),
}


@pytest.mark.parametrize("name", JOINED)
def test_the_usual_ways_of_copying_join(name: str) -> None:
    """A copy joins its original whatever copying did to it, in both orders, with method, score and a Russian reason."""
    one, two = a_post(WATER), a_post(JOINED[name], source="club2", hours=2)

    assert relation(one, two).startswith("same ")
    assert relation(two, one).startswith("same ")


@pytest.mark.parametrize("name", ASKED)
def test_a_template_filled_anew_is_asked_about(name: str) -> None:
    """The same words about another day, hour or place never join by themselves."""
    method, text = ASKED[name]

    assert relation(a_post(WATER), a_post(text, source="club2", hours=1)) == f"suggest {method}"


def test_the_link_tells_method_score_and_reason() -> None:
    """Each link carries how, how sure and why."""
    memory = Memory()
    memory.take([a_post(WATER)])
    (near,) = memory.take([a_post(JOINED["misprints"], source="club2")])
    (template,) = memory.take([a_post(ASKED["other hours"][1], source="club3")])

    assert near.joins is not None
    assert (near.joins.method, near.joins.other) == ("near", 1)
    assert 95 < near.joins.score < 100
    assert near.joins.reason.startswith("Почти тот же текст")
    assert "различаются числа" in template.others[0].reason


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [
        (a_post("Где вода?"), a_post("Где вода?", source="club2"), "suggest short"),
        (a_post("Спасибо вам большое за помощь"), a_post("Спасибо большое за помощь!", source="club2"), "suggest short"),
        (a_post("Где вода?"), a_post("Когда починят дорогу на Озёрную?", source="club2"), ""),
        (a_post("Где вода?", number="-1_5"), a_post("Ужас", source="club2", copy_of="vk:-1_5"), "same repost"),
        (a_post("", number="-1_5"), a_post("", source="club2", copy_of="vk:-1_5"), "same repost"),
        (a_post("", source="club2", copy_of="vk:-1_5"), a_post("", number="-1_5"), "same repost"),
        (a_post("", copy_of="vk:-9_9"), a_post("", source="club2", copy_of="vk:-9_9"), "same repost"),
        (a_post(WATER, number="-1_5"), a_post("А у нас в подъезде своя беда: " + LONG[150:], source="club2", copy_of="vk:-1_5"),
         "quote repost"),
        (a_post("", attachments=("photo:-1_5",)), a_post("", source="club2", attachments=("photo:-1_5",)), "same attachment"),
        (a_post("Авария", attachments=("photo:-1_5",)), a_post("Авария!", source="club2", attachments=("photo:-1_5",)),
         "same attachment"),
        (a_post("Авария", attachments=("photo:-1_5",)), a_post("Соседи, гляньте", source="club2", attachments=("photo:-1_5",)),
         "suggest attachment"),
        (a_post("", attachments=("photo:-1_5",)), a_post("", source="club2", attachments=("photo:-1_6",)), ""),
        (a_post("", attachments=("photo:-1_5",)), a_post("", source="club2", hours=24 * 90, attachments=("photo:-1_5",)),
         "suggest attachment"),
        (a_post(""), a_post("", source="club2"), ""),
        (a_post("", number="5", platform="telegram"), a_post("", source="club2", number="5", platform="telegram"), ""),
    ],
)  # fmt: skip
def test_short_and_empty_texts_join_on_the_platforms_word_only(one: object, two: object, expected: str) -> None:
    """Below eight words a person is asked, unless the platform says that it is a repost or the same attachment."""
    assert relation(one, two) == expected  # type: ignore[arg-type]


def test_a_quote_is_a_link_of_its_own_kind() -> None:
    """A text that stands whole inside a much longer one is a quote in both orders, and stays another group."""
    digest = (
        "Сводка дня. На стадионе прошли соревнования, победили гости. "
        + WATER
        + ". В библиотеке открылась выставка о лесе. " * 4
    )
    short, long = a_post(WATER), a_post(digest, source="club2")

    assert relation(short, long) == "quote quote"
    assert relation(long, short) == "quote quote"


@pytest.mark.parametrize(
    ("hours", "source", "expected"),
    [
        (2, "club2", "same exact"),
        (24 * 10, "club2", "suggest gap"),
        (24 * 70, "club2", "suggest gap"),
        (30, "club1", "same exact"),
    ],
)
def test_the_same_words_long_after_are_a_new_occasion(hours: float, source: str, expected: str) -> None:
    """«Завтра» travels between pages for three days; two months later the same words are asked about."""
    assert relation(a_post(WATER), a_post(WATER, source=source, hours=hours)) == expected


def test_issues_of_a_series_stay_apart() -> None:
    """Two issues of a daily digest of one source are asked about, whether its opening is declared or seen."""
    first = "Доброе утро, Белое! Сегодня ясно, ветер слабый, на дорогах спокойно, а в клубе вечером покажут хорошее кино для всех"
    second = "Доброе утро, Белое! Сегодня пасмурно, ветер слабый, на дорогах спокойно, а в клубе вечером покажут хорошее кино для всех"
    style = {"club1": SourceStyle(series=("Доброе утро, Белое!",))}

    assert relation(a_post(first), a_post(second, hours=24)) == "suggest series"
    assert relation(a_post(first), a_post(first, hours=24), style) == "suggest series"
    assert relation(a_post(first), a_post(first, hours=1), style) == "same exact"


def test_signatures_of_a_source_are_stripped() -> None:
    """Posts of one source do not resemble one another by its signature, and signed copies are exact."""
    styles = {"club1": SourceStyle(footers=("Подписаться на Белое онлайн", "Прислать новость"))}
    signed = WATER + "\n\n👉 [Подписаться на Белое онлайн](https://t.me/x) | Прислать новость"
    other = "Концерт в клубе начнётся позже, чем думали\n\nПодписаться на Белое онлайн | Прислать новость"

    batch = prepare([a_post(WATER), a_post(signed), a_post(other)], styles)

    assert batch.norms[0] == batch.norms[1]
    assert batch.words[2] == 7


def test_another_message_of_a_channel_with_the_same_signature_stays_apart() -> None:
    """A long signature that is not declared does not make two short posts of a channel one."""
    sign = " Подписывайтесь на наш канал и присылайте новости редактору в личные сообщения группы"
    one = a_post("Евро снова дороже на бирже сегодня." + sign)
    two = a_post("Доллар снова дороже на бирже сегодня." + sign, hours=3)

    assert relation(one, two).startswith("suggest")


def test_a_split_by_a_person_holds_for_ever() -> None:
    """A copy that would tie two groups split by a person joins one of them, and a person is asked about the other."""
    memory = Memory()
    memory.take([a_post(WATER)])
    memory.take([a_post(WATER.replace("с 9 до 18", "с 10 до 17"), source="club2")])
    copies = [a_post(WATER, source="club3"), a_post(WATER.replace("с 9 до 18", "с 10 до 17"), source="club4")]
    memory.judged = Judged(frozenset({(1, 2)}))

    placements = memory.take(copies)

    assert [p.joins.other for p in placements if p.joins] == [1, 2]
    assert all(not p.others for p in placements), "на вопрос, на который человек ответил, машина больше не спрашивает"
    assert memory.groups() == {frozenset({1, 3}), frozenset({2, 4})}


def test_groups_split_by_a_person_are_not_joined_by_a_bridge() -> None:
    """One text, two groups that a person has split: the newcomer goes to one, and the reason says who split them."""
    memory = Memory(judged=Judged(frozenset({(1, 2)})))
    memory.take([a_post(WATER)])
    memory.posts[2] = memory.posts[1]._replace(post_id=2, group_id=2)
    for ids in memory._keys.values():
        ids.append(2)

    (placement,) = memory.take([a_post(WATER, source="club3")])

    assert placement.joins is not None
    assert [(link.verdict, link.method) for link in placement.others] == [("suggest", "apart")]
    assert "разделил человек" in placement.others[0].reason


def test_a_post_ties_two_groups_together() -> None:
    """When a newcomer is a copy of two groups, both links are «same», so that they become one group."""
    memory = Memory()
    memory.take([a_post(LONG)])
    memory.take([a_post(LONG, source="club2", hours=24 * 5)])

    assert len(memory.groups()) == 2
    memory.take([a_post(LONG, source="club3", hours=24 * 2.5)])

    assert len(memory.groups()) == 1


def test_a_template_seen_often_asks_few_questions() -> None:
    """Of hundreds of issues of a template a newcomer asks about three at most."""
    memory = Memory()
    memory.take(
        [a_post(WATER.replace("с 9 до 18", f"с {n} до {n + 30}"), source=f"club{n}", hours=n) for n in range(40)]
    )

    (placement,) = memory.take([a_post(WATER.replace("с 9 до 18", "с 5 до 99"), source="club99")])

    assert placement.joins is None
    assert len(placement.others) == 3


def test_an_empty_batch_is_fine() -> None:
    """Nothing in, nothing out."""
    batch = prepare([], {})

    assert place(batch, Memory().near(batch), Judged()) == []


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), order=st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_order_or_batches(seed: int, order: random.Random) -> None:
    """Clear copies and clear strangers end in the same groups in whatever order and batches they come."""
    dice = random.Random(seed)
    posts = []
    for family in range(3):
        text = base_text(dice)
        kinds = dice.sample(sorted(CHANGES), 3)
        for place_, kind in enumerate(["exact", *kinds]):
            number = f"{family}_{place_}"
            posts.append(
                a_post(change(dice, text, kind), source=f"club{number}", number=number, hours=dice.random() * 6)
            )

    def partition(some: list[object], sizes: random.Random) -> set[frozenset[str]]:
        memory = Memory()
        rest = list(some)
        names: list[str] = []
        while rest:
            count = sizes.randrange(1, len(rest) + 1)
            names += [post.external_id for post in rest[:count]]  # type: ignore[attr-defined]
            memory.take(rest[:count])  # type: ignore[arg-type]
            rest = rest[count:]
        return {frozenset(names[one - 1] for one in group) for group in memory.groups()}

    shuffled = list(posts)
    order.shuffle(shuffled)

    assert partition(list(posts), random.Random(1)) == partition(list(shuffled), order)

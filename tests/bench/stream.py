"""A made-up stream of posts of a district and of their real-looking copies; no real text is in it.

Its phrases are as common as those of real walls: of 43,000 posts 12 % of the keys are shared by 16 posts or more, as on the two real
streams (12 % and 12 %), and a key meets 43 postings a post (real: 35 and 41).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from risk.post import Post

START = datetime(2026, 9, 1, tzinfo=UTC)


def _list(words: str) -> list[str]:
    return words.split()


_PLACES = _list(
    "Белое Сосново Заречье Новинка Луговое Каменка Боровичок Озерки Ивушки Песчаное Дубровка Ольховка Сельцо Раздолье Быстринка "
    "Малиновка Медвежье Верховье Устье Погорелово Крутой-Яр Ключи Родники Верба"
)
_STREETS = _list(
    "Лесная Садовая Речная Школьная Полевая Набережная Заводская Молодёжная Луговая Озёрная Южная Кооперативная Весенняя"
)
_WHO = (
    "жители", "соседи", "родители школьников", "дачники", "пенсионеры нашего дома", "водители автобуса", "дежурная служба", "рыбаки",
    "продавцы магазина", "волонтёры", "фельдшер", "староста деревни", "мастер участка", "библиотекарь", "тренер секции", "молодые мамы",
)  # fmt: skip
_DID = (
    "сообщают, что", "просят разобраться, почему", "пишут второй день, что", "жалуются:", "напоминают, что", "рассказали, как",
    "обратились в администрацию, потому что", "спрашивают, до каких пор", "заметили, что", "благодарят за то, что", "уверяют, что",
)  # fmt: skip
_WHAT = (
    "нет горячей воды", "отключили свет", "не убирают снег во дворе", "дорога разбита до ямы на яме", "автобус снова не пришёл",
    "контейнеры переполнены мусором", "бродячие собаки гоняют детей", "крыша протекает после дождя", "в подъезде холодно",
    "фонари не горят целую неделю", "закрыли единственную аптеку", "открыли новую площадку", "мост перекрыт на ремонт",
    "в школе ввели карантин", "вода из крана идёт ржавая", "поликлиника не берёт трубку", "тротуар покрыт льдом", "прорвало трубу",
    "концерт перенесли в дом культуры", "праздник удался на славу", "сгорел сарай на краю деревни", "паром не ходит из-за ветра",
)  # fmt: skip
_MORE = (
    "Обещали исправить до конца недели", "Телефон диспетчера всё время занят", "Фотографии прилагаем", "Когда это кончится",
    "Просим всех быть осторожнее", "Собрание назначено у клуба", "Подробности у старосты", "Ответа пока нет", "Бригада уже выехала",
    "Дети ходят в обход через лес", "Такого не было много лет", "Спасибо всем, кто помог", "Приходите и приводите соседей",
    "Справки в окне номер три", "Запись открыта на сайте", "Расписание висит на остановке", "Деньги выделили ещё весной",
)  # fmt: skip
_SMALL = (
    "утром", "вечером", "после обеда", "совсем", "опять", "наконец", "вроде бы", "как обычно", "на прошлой неделе", "к сожалению",
    "без предупреждения", "у самой школы", "возле магазина", "за клубом", "около пруда", "на въезде", "рядом с почтой", "прямо сейчас",
)  # fmt: skip
_GREETING = ("Доброе утро, наш район!", "Внимание! Важно!", "Скидки на окна только сегодня!", "Подслушано у нас.")
_EMOJI = _list("😡 ⚡️ ❗️ 🔥 🙏 👇 ✅ 📢 😢 🚌")
_LATIN = str.maketrans("аеорсухАЕОРСХКМТНВ", "aeopcyxAEOPCXKMTHB")


_HEADS = _list(
    "вод дом кот лес рек мор гор сад пол стро прав груз свет зем куст мост ветр снег рыб хлеб зав лод кам бер тро ключ пас вер"
)
_MIDDLES = _list("ов ен ик ал ит от ан еж ущ ист овн ельн ив ок арн очн ург ерт имб оль")
_TAILS = _list("а ый ого ами ется ила ость ения у ом ой ые ать ил ах ую ник ница ство ки")


def _vocabulary() -> tuple[list[str], list[float]]:
    """Return 40,000 words that look Russian, and how often each is met (Zipf, flattened)."""
    dice = random.Random(0)
    words = [
        head + one + two + tail for head in _HEADS for one in _MIDDLES for two in ("", *_MIDDLES) for tail in _TAILS
    ]
    words = dice.sample(words, 40_000)
    return words, list(accumulate(1 / (rank + 500) for rank in range(len(words))))


_WORDS, _OFTEN = _vocabulary()


def _sentence(dice: random.Random) -> str:
    """Return a sentence: one of ten is framed by common phrases, the rest is free."""
    pick = dice.choice
    told = dice.choices(_WORDS, cum_weights=_OFTEN, k=dice.randrange(7, 16))
    told.insert(dice.randrange(len(told)), pick(_SMALL))
    free = " ".join(told)
    if dice.random() > 0.1:
        return f"{free.capitalize()}."
    where = (
        f"в селе {pick(_PLACES)}" if dice.random() < 0.5 else f"на улице {pick(_STREETS)}, {dice.randrange(1, 140)},"
    )
    return f"{pick(_WHO).capitalize()} {where} {pick(_DID)} {pick(_WHAT)}, {free}."


def base_text(dice: random.Random) -> str:
    """Return a new message of 9 to 120 words; one of twenty begins as adverts and greetings of a whole channel do."""
    text = " ".join(_sentence(dice) for _ in range(dice.choices((1, 2, 3, 5), (5, 6, 4, 1))[0]))
    if dice.random() < 0.4:
        text = f"{text} {dice.choice(_MORE)} {dice.randrange(2, 10_000)}."
    return f"{dice.choice(_GREETING)} {text}" if dice.random() < 0.05 else text


def _link(dice: random.Random, text: str) -> str:
    return f"{text} https://vk.com/wall-{dice.randrange(10**8)}_{dice.randrange(10**5)}"


def _hashtag(dice: random.Random, text: str) -> str:
    return f"#{dice.choice(_PLACES)} #новости\n{text}" if dice.random() < 0.5 else f"{text}\n#{dice.choice(_PLACES)}"


def _cut(dice: random.Random, text: str) -> str:
    return text[: int(len(text) * dice.uniform(0.7, 0.95))]


def _emoji(dice: random.Random, text: str) -> str:
    words = text.split()
    for _ in range(3):
        words.insert(dice.randrange(len(words)), dice.choice(_EMOJI))
    return " ".join(words)


def _typos(dice: random.Random, text: str) -> str:
    signs = list(text)
    for _ in range(1 + len(signs) // 80):
        at = dice.randrange(len(signs) - 1)
        if signs[at].isalpha():
            signs[at] = dice.choice(("", signs[at] * 2, "о", "и"))
    return "".join(signs)


def _swap(dice: random.Random, text: str) -> str:
    words = text.split()
    at = dice.randrange(len(words) - 1)
    words[at], words[at + 1] = words[at + 1], words[at]
    return " ".join(words)


def _prefix(dice: random.Random, text: str) -> str:
    return f"{dice.choice(('Перепост.', 'Нам пишут:', 'Из соседней группы:', 'Максимальный репост!'))} {text}"


def _case(dice: random.Random, text: str) -> str:
    return text.upper() if dice.random() < 0.5 else text.lower()


def _lookalike(_dice: random.Random, text: str) -> str:
    return text.translate(_LATIN)


def _exact(_dice: random.Random, text: str) -> str:
    return text


CHANGES: dict[str, Callable[[random.Random, str], str]] = {
    "exact": _exact, "link": _link, "hashtag": _hashtag, "cut": _cut, "emoji": _emoji, "typos": _typos, "swap": _swap,
    "prefix": _prefix, "case": _case, "lookalike": _lookalike,
}  # fmt: skip


def change(dice: random.Random, text: str, kind: str) -> str:
    """Return a text as a copier of this kind would leave it."""
    return CHANGES[kind](dice, text)


@dataclass(frozen=True, slots=True)
class Made:
    """A made post and what it was made of."""

    post: Post
    original: int | None
    """Number of the post it copies; None for a new message."""
    kind: str


def stream(posts: int, seed: int = 1, copies: float = 0.3, sources: int = 400) -> Iterator[Made]:
    """Yield made posts in order of time, a quarter of a minute apart; `copies` of them repeat one of the last 20,000."""
    dice = random.Random(seed)
    kinds = sorted(CHANGES)
    texts: list[str] = []
    origin: list[int] = []
    for number in range(posts):
        original, kind = None, ""
        if number and dice.random() < copies:
            earlier = dice.randrange(max(0, number - 20_000), number)
            original, kind = origin[earlier], dice.choice(kinds)
            text = change(dice, texts[original], kind)
        else:
            text = base_text(dice)
        texts.append(text)
        origin.append(number if original is None else original)
        yield Made(_post(number, dice.randrange(sources), text), original, kind)


def _post(number: int, source: int, text: str) -> Post:
    moment = START + timedelta(seconds=15 * number)
    owner = f"-{source}"
    return Post(
        "vk", f"club{source}", f"{owner}_{number}", "", f"https://vk.com/wall{owner}_{number}", text, moment, moment
    )

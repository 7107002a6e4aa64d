"""First names, surname endings and the words around them: what tells a person from a street or a town (data)."""

from __future__ import annotations

import re

_NAMES = """
александр алексей анатолий андрей антон аркадий артём артем артур борис вадим валентин валерий василий виктор виталий
владимир владислав всеволод вячеслав геннадий георгий герман глеб григорий данил даниил денис дмитрий евгений егор
захар иван игорь илья кирилл константин лев леонид макар максим марат марк матвей михаил никита николай олег павел
пётр петр роман руслан рустам савелий святослав семён семен сергей станислав степан тарас тимофей тимур тихон фёдор
федор филипп эдуард юрий яков ярослав
александра алёна алена алина алиса алла анастасия ангелина анжела анна антонина валентина валерия варвара василиса вера
вероника виктория галина дарья диана ева евгения евдокия екатерина елена елизавета жанна зинаида зоя инна ирина карина
кира клавдия кристина ксения лариса лидия лилия любовь людмила маргарита марина мария надежда наталия наталья нина оксана
олеся ольга полина раиса регина римма светлана снежана софия софья таисия тамара татьяна ульяна фаина элеонора эльвира юлия яна
"""
_SURNAME = re.compile(
    r"(?:[оеё]в|[иы]н|[сц]к(?:ий|ой|ого|ому|им|ом|ая|ую)|[оеё]в(?:а|у|ым|е|ой|ых|ы)|[иы]н(?:а|у|ым|е|ой|ых|ы)"
    r"|енко|чук|[иыу]к|юк|дзе|швили|ян|[иы]х|ич|ко)$"
)
_PATRONYMIC = re.compile(r"(?:[оеё]вич|льич|[кмт]ич|[оеё]вн|иничн|ичн)(?:а|у|ем|е|ы|ой)?$")
# Before a name these say that a place, a ship or a feast is meant, not a living person.
_NAMESAKES = re.compile(
    r"(?:^|[\s(«\"])(?:ул|улиц\w{1,3}|пер|переул\w{1,4}|пр|просп\w{0,6}|пр-т\w?|пл|площад\w{1,3}|наб|набережн\w{1,3}|б-р|бульвар\w{0,2}"
    r"|шоссе|мост\w{0,2}|сквер\w{0,2}|парк\w{0,2}|мкр|микрорайон\w{0,2}|им|имен\w{1,2}|памятник\w{0,2}|храм\w{0,2}|собор\w{0,2}"
    r"|церк\w{1,4}|монастыр\w{1,2}|свят\w{1,5}|музе\w{1,3}|дом-музе\w{1,2}|посёл\w{1,3}|посел\w{1,3}|пос|дер|деревн\w{1,3}|сел[оае]|д|с|г)\.?\s*$",
    re.IGNORECASE,
)


_TOWNS = """
Пскова Ростова Саратова Тамбова Кирова Азова Чехова Пушкина Королёва Королева Щёлкова Серпухова Калинина Львова Киева Харькова Чернигова
Могилёва Борисова Козлова Дмитрова Кашина Тутаева Мурома Белёва Белева Холма Боровичей
"""
TOWNS = frozenset(_TOWNS.split())
"""Towns in the genitive that end like a surname: «глава Ростова» is nobody's name."""
_TRADES = """
врач фельдшер учитель учительница воспитатель воспитательница тренер участковый сосед соседка пенсионер пенсионерка водитель
депутат директор терапевт педиатр заведующая заведующий староста глава мэр начальник председатель
"""
TRADES = frozenset(_TRADES.split())
"""Words after which a capitalised word that ends like a surname is one."""


def _forms(name: str) -> set[str]:
    """Return the case forms of a first name that its ending allows (nominative, genitive, dative, instrumental …)."""
    if name.endswith(("а", "я")):
        stem = name[:-1]
        return {name, *(stem + e for e in ("ы", "и", "е", "у", "ю", "ой", "ей", "ии", "ию", "ией"))}
    if name.endswith("й"):
        stem = name[:-1]
        return {name, *(stem + e for e in ("я", "ю", "ем", "е", "и"))}
    if name.endswith("ь"):
        stem = name[:-1]
        return {name, *(stem + e for e in ("я", "ю", "ем", "е", "и", "ью"))}
    special = {"лев": ("льва", "льву", "львом", "льве"), "павел": ("павла", "павлу", "павлом", "павле")}
    special |= {p: ("петра", "петру", "петром", "петре") for p in ("пётр", "петр")}
    return {name, *special.get(name, tuple(name + e for e in ("а", "у", "ом", "е")))}


FIRST_NAMES = frozenset(form for name in _NAMES.split() for form in _forms(name))
# Forms that are also ordinary words or places at the head of a sentence.
FIRST_NAMES -= {
    "марта",
    "марте",
    "марту",
    "вер",
    "роман",
    "романа",
    "романе",
    "романы",
    "лев",
    "май",
    "света",
    "любви",
    "львов",
    "яне",
}


def is_first_name(word: str) -> bool:
    """Return True for a common Russian first name in any case; `word` may be capitalised."""
    return word.lower() in FIRST_NAMES


def is_surname(word: str) -> bool:
    """Return True when a word has the ending of a surname (many place names have it too: never decide by it alone)."""
    return _SURNAME.search(word.lower()) is not None


def is_patronymic(word: str) -> bool:
    """Return True when a word has the ending of a patronymic in any case."""
    return len(word) >= 5 and _PATRONYMIC.search(word.lower()) is not None


def names_a_place(before: str) -> bool:
    """Return True when the words just before a name say that a street, a school or a church is named so."""
    return _NAMESAKES.search(before[-24:]) is not None

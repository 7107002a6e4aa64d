"""The check of a reply before it leaves: what a resident will stumble over, with the place and a better example.

Sources: the governor's rules of Ryazan (no full names of acts and bodies, no strings of деепричастия, no request for a rating on an
unsolved matter) and the checklist of DOMAIN 2 «Quality of a reply»; requirements 30-33.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from feedback.findings import Finding, Severity
from feedback.gerunds import gerunds_in
from feedback.personal import personal_places
from feedback.quality_words import (
    ACT,
    BLAME,
    BLANK,
    BODY,
    DATE,
    EXPLAINED,
    FOLLOWED,
    FORWARDED,
    GREETING,
    KNOWN_SHORT,
    LONG_BODY,
    MEASURE,
    PLAIN_WORDS,
    RATING,
    SIGNED,
    VAGUE,
)
from feedback.questions import unanswered
from feedback.sentences import Sentence, sentences

__all__ = ["LONGEST", "Finding", "check_reply"]

LONGEST = 4000
"""Signs of an answer: a message of the smallest platform (Telegram, 4,096) with room for a link."""
LONG_SENTENCE = 40
"""Words: a longer sentence is read twice [P]."""
MOST_GERUNDS = 2
LONG_ACT = 60
"""Signs: «постановление № 354» is short enough, the full date, number and title are not [P]."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """A reply cut up once for all rules."""

    text: str
    body: str
    """Without the signature at the end."""
    lines: tuple[Sentence, ...]
    solved: bool
    signature: str
    kind: str
    questions: tuple[str, ...]

    def find(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Return the first hit in the reply without its signature."""
        return pattern.search(self.body)


def check_reply(
    text: str, *, solved: bool, signature: str, kind: str = "answer", questions: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return what is wrong with a reply, in the order of the text.

    `solved` says that the matter is settled (only then a rating may be asked for), `signature` is the official line that
    must stand under it ("" takes any), `kind` is answer, update or holding («проверяем» owes no measure, day or body yet),
    `questions` are the residents' posts whose questions must be answered. Raises nothing: any string is a reply.
    """
    reply = _cut(text, solved, signature, kind, tuple(questions))
    found = [finding for rule in _RULES for finding in rule(reply)]
    return tuple(sorted(found, key=lambda f: (f.start, f.end, f.code)))


def _cut(text: str, solved: bool, signature: str, kind: str, questions: tuple[str, ...]) -> _Reply:
    body = text.rstrip()
    last = body.rfind("\n")
    # A signature is the last line when it is short and names an office; what it names is no measure's responsible body.
    if last > 0 and len(body) - last < 120 and (_holds(body[last:], signature) or SIGNED.search(body[last:])):
        body = body[:last]
    elif signature and body.endswith(signature):
        body = body[: -len(signature)]
    return _Reply(text, body, sentences(body), solved, signature, kind, questions)


def _holds(text: str, signature: str) -> bool:
    return bool(signature.strip()) and _flat(signature) in _flat(text)


def _flat(text: str) -> str:
    return " ".join(re.sub(r"[^\w]+", " ", text.lower().replace("ё", "е")).split())


def _at(code: str, severity: Severity, place: tuple[int, int], words: str, example: str) -> Finding:
    return Finding(code, severity, *place, words, example)


# --- What must not leave ---


def _blanks(reply: _Reply) -> Iterator[Finding]:
    """All blanks as one finding, at the first of them."""
    hits = list(BLANK.finditer(reply.text))
    if hits:
        names = ", ".join(dict.fromkeys(hit.group().strip("_{}") or "пропуск" for hit in hits))
        yield _at("blank", "must", hits[0].span(), f"Осталось незаполненным: {names}.",
                  "Впишите сведения вместо пропуска или уберите эту фразу.")  # fmt: skip


def _too_long(reply: _Reply) -> Iterator[Finding]:
    if len(reply.text) > LONGEST:
        yield _at("too_long", "must", (LONGEST, len(reply.text)), f"Ответ длиннее {LONGEST} знаков: здесь {len(reply.text)}.",
                  "Оставьте главное: что сделано, кто отвечает, когда будет закончено.")  # fmt: skip


def _personal(reply: _Reply) -> Iterator[Finding]:
    for start, end, what, sure in personal_places(reply.text):
        code, told = (
            ("personal_data", "Личные данные в ответе") if sure else ("maybe_personal", "Похоже на личные данные")
        )
        yield _at(code, "must", (start, end), f"{told}: {what}.",
                  "Называйте должность или службу, а не человека: «начальник отдела ЖКХ», «дежурный ЕДДС».")  # fmt: skip


def _rating(reply: _Reply) -> Iterator[Finding]:
    hit = None if reply.solved else reply.find(RATING)
    if hit:
        yield _at("rating_request", "must", hit.span(), "Просьба об оценке, хотя вопрос ещё не решён.",
                  "Уберите просьбу. Когда всё сделано: «Если что-то осталось не так, напишите здесь».")  # fmt: skip


def _blame(reply: _Reply) -> Iterator[Finding]:
    for hit in BLAME.finditer(reply.body):
        yield _at("blame", "must", hit.span(), "Упрёк жителю: после него остальное уже не читают.",
                  "«Понимаем, что из объявления это было неясно. Поясняем: …»")  # fmt: skip


def _signature(reply: _Reply) -> Iterator[Finding]:
    tail = reply.text.rstrip()[-300:]
    if _holds(tail, reply.signature) if reply.signature else SIGNED.search(tail.rsplit("\n", 1)[-1]):
        return
    end = len(reply.text)
    wanted = reply.signature or "Администрация округа"
    yield _at("no_signature", "must", (end, end), "Нет официальной подписи.", f"Последней строкой: «{wanted}».")


# --- What an answer owes: a measure, a day, who does it ---


def _substance(reply: _Reply) -> Iterator[Finding]:
    if reply.kind == "holding":
        return
    forwarded = _bare_forwarding(reply)
    if forwarded:
        yield _at("bare_forwarding", "must", forwarded, "Ответ только о том, что сообщение кому-то передали.",
                  "«Передали в Россети 21 ноября: бригада приедет до 23 ноября. Мы проверим и напишем здесь».")  # fmt: skip
        return
    end = len(reply.body)
    missing = [rule for rule in _OWED if not reply.find(rule[1])]
    if len(missing) == len(_OWED) and not reply.find(EXPLAINED):
        yield _at("no_substance", "must", (end, end), "Нет ни дела, ни срока, ни того, кто отвечает: это отписка.",
                  "«Комитет ЖКХ 21 ноября вывез мусор с площадки. Следующий вывоз — 24 ноября».")  # fmt: skip
        return
    for code, _, words, example in missing:
        yield _at(code, "should", (end, end), words, example)


_OWED = (
    ("no_measure", MEASURE, "Не сказано, что сделано или делается.", "«Бригада заменила насос, давление восстановлено»."),
    ("no_date", DATE, "Нет ни одной даты: когда сделано или когда будет.", "«Закончим до 25 ноября» — и поставьте срок на контроль."),
    ("no_body", BODY, "Не названо, кто это делает.", "«Ремонт ведёт комитет ЖКХ» или «подрядчик по содержанию дорог»."),
)  # fmt: skip


def _bare_forwarding(reply: _Reply) -> tuple[int, int] | None:
    """Forwarded, nothing done by anybody, and nobody says that they will see what becomes of it."""
    hit = reply.find(FORWARDED)
    if hit is None or reply.find(FOLLOWED):
        return None
    for line in reply.lines:
        done = MEASURE.search(FORWARDED.sub(" ", line.text))
        if done and not _inside_forwarding(line.text):
            return None
    return hit.span()


def _inside_forwarding(sentence: str) -> bool:
    """«Направлено для принятия мер»: the measure named is only the purpose of the forwarding."""
    return FORWARDED.search(sentence) is not None


# --- How it reads ---


def _greeting(reply: _Reply) -> Iterator[Finding]:
    if not GREETING.search(reply.text[:120]):
        yield _at("no_greeting", "should", (0, 0), "Нет приветствия.", "Первой строкой: «Здравствуйте!»")


def _acts(reply: _Reply) -> Iterator[Finding]:
    for hit in ACT.finditer(reply.body):
        if hit["title"] or hit["named"] or len(hit.group()) >= LONG_ACT:
            yield _at("long_act", "should", hit.span(), "Полное название акта: читать его никто не станет.",
                      "Скажите, что из него следует: «По правилам перерыв в подаче воды — не дольше 4 часов».")  # fmt: skip
    for hit in LONG_BODY.finditer(reply.body):
        yield _at("long_body", "should", hit.span(), "Полное официальное название учреждения.",
                  "Обычным именем: «областной Минздрав», «районная больница», «комитет ЖКХ».")  # fmt: skip


def _gerund_strings(reply: _Reply) -> Iterator[Finding]:
    for line in reply.lines:
        found = gerunds_in(line.text)
        if len(found) > MOST_GERUNDS:
            place = (line.start + found[0][0], line.start + found[-1][1])
            told = ", ".join(word.lower() for _, _, word in found)
            yield _at("gerunds", "should", place, f"Цепочка деепричастий в одном предложении: {told}.",
                      "Разбейте: «Рассмотрели обращение. Проверили дом. Заменили трубу».")  # fmt: skip


def _long_sentences(reply: _Reply) -> Iterator[Finding]:
    for line in reply.lines:
        if line.words > LONG_SENTENCE:
            yield _at("long_sentence", "should", (line.start, line.end), f"Предложение из {line.words} слов.",
                      "Одна мысль — одно предложение, до 20 слов.")  # fmt: skip


def _vague(reply: _Reply) -> Iterator[Finding]:
    for hit in VAGUE.finditer(reply.body):
        yield _at("vague_term", "should", hit.span(), f"«{hit.group()}» ничего не говорит о сроке и деле.",
                  "Назовите день: «до 25 ноября». Если день неизвестен: «срок сообщим 22 ноября».")  # fmt: skip


_CAPS = re.compile(r"(?<![\w«\"])[А-ЯЁ]{4,}(?:[\s,]+[А-ЯЁ]{2,})*(?!\w)")
_CRIES = re.compile(r"!{2,}|\?!|!\?|\?{2,}")
MOST_CRIES = 3
"""Exclamation marks of a calm reply: the greeting has one of them."""


def _shouting(reply: _Reply) -> Iterator[Finding]:
    places = [hit.span() for hit in _CRIES.finditer(reply.body)]
    for hit in _CAPS.finditer(reply.body):
        words = re.findall(r"[А-ЯЁ]+", hit.group())
        loud = [w for w in words if len(w) > 3 and w not in KNOWN_SHORT and w not in PLAIN_WORDS]
        if len(loud) >= 2 or (loud and len(loud[0]) > 6):
            places.append(hit.span())
    if not places and reply.body.count("!") > MOST_CRIES:
        places = [(reply.body.rfind("!"), reply.body.rfind("!") + 1)]
    for place in sorted(places)[:3]:
        yield _at("shouting", "should", place, "Читается как крик: прописные буквы или лишние восклицательные знаки.",
                  "Спокойно: обычные буквы и точка в конце.")  # fmt: skip


_SHORT = re.compile(r"(?<![\w«\"№.\-])[А-ЯЁ]{2,6}(?![\w.\-»])")
_COMPANY = re.compile(r"(?:МУП|ГУП|ООО|П?АО|ЗАО|ГБУЗ?|МБУ|МКУ|МБОУ|ИП)\s*[«\"]?\s*$")


def _abbreviations(reply: _Reply) -> Iterator[Finding]:
    told: set[str] = set()
    for hit in _SHORT.finditer(reply.body):
        short = hit.group()
        if short in told or (short in KNOWN_SHORT and short not in PLAIN_WORDS) or not _is_riddle(reply.body, hit):
            continue
        told.add(short)
        plain = PLAIN_WORDS.get(short)
        example = f"Напишите «{plain}»." if plain else f"Напишите полностью или поясните: «{short} (что это)»."
        yield _at("abbreviation", "should", hit.span(), f"Непонятное сокращение: {short}.", example)


def _is_riddle(text: str, hit: re.Match[str]) -> bool:
    """An abbreviation is explained by brackets, belongs to the name of a firm, or is a word that somebody shouts."""
    short = hit.group()
    explained = f"({short}" in text or re.match(r"\s*\(", text[hit.end() : hit.end() + 3]) is not None
    shouted = short not in PLAIN_WORDS and len(short) > 5
    loud = re.search(r"[А-ЯЁ]{4,}[\s,]+$", text[max(0, hit.start() - 20) : hit.start()]) is not None
    return not (explained or shouted or loud or _COMPANY.search(text[max(0, hit.start() - 12) : hit.start()]))


def _questions(reply: _Reply) -> Iterator[Finding]:
    end = len(reply.body)
    for asked in unanswered(reply.body, reply.questions):
        yield _at("unanswered", "should", (end, end), f"Похоже, нет ответа на вопрос: «{asked}»",
                  "Ответьте на каждый вопрос по порядку, хотя бы «пока не знаем, скажем 22 ноября».")  # fmt: skip


_RULES: tuple[Callable[[_Reply], Iterator[Finding]], ...] = (
    _blanks, _too_long, _personal, _rating, _blame, _signature, _substance, _greeting, _acts, _gerund_strings, _long_sentences,
    _vague, _shouting, _abbreviations, _questions,
)  # fmt: skip

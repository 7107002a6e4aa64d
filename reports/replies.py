"""Ready replies by topic and state: plain text with variables of the card; what the card does not know stays a visible blank."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from district.profile import Profile
from risk.states import Veracity
from texts.stems import words

FOLDER = Path(__file__).parent / "replies"
KINDS = ("holding", "answer", "update")
STATES = ("checking", "confirmed", "partly", "refuted", "outside", "update", "thanks")
"""What a template is for; «outside» is not our competence, «thanks» a signal or a praise."""
_VARIABLE = re.compile(r"\{([а-яё_]+)\}")


class BadTemplate(ValueError):
    """Шаблон ответа записан неверно."""


@dataclass(frozen=True, slots=True)
class ReplyTemplate:
    """One shipped reply."""

    id: str
    title: str
    """A few Russian words for the list."""
    kind: str
    """holding | answer | update."""
    state: str
    """One of STATES."""
    topics: tuple[str, ...]
    """Codes of district.topics; () fits every topic."""
    text: str
    """With variables in curly brackets."""
    words: tuple[str, ...] = ()
    """Beginnings of words of a risk that it was written for («фонар», «гололед»); () for the topic as a whole."""

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of its variables, each once, in order."""
        return tuple(dict.fromkeys(_VARIABLE.findall(self.text)))


def templates_for(
    topic: str | None, kind: str, veracity: str, outside: bool = False, about: str = ""
) -> tuple[ReplyTemplate, ...]:
    """Return the templates that fit, the most fitting first: for this topic before general ones.

    `kind` is holding, answer or update; `veracity` a value of risk.states.Veracity: a refuted rumour gets no reply that
    confirms it. `outside` puts what is not the district's competence first. `about` is the risk's title: a template whose
    words are in it comes before the others of its topic, one written for other words after them all.
    """
    wanted = _states(kind, veracity, outside)
    fitting = [
        t for t in all_templates() if t.kind == kind and t.state in wanted and (not t.topics or topic in t.topics)
    ]
    said = [word for word in words(about) if len(word) > 2]
    hits = {t.id: _hits(t, said) for t in fitting}
    return tuple(sorted(fitting, key=lambda t: (wanted.index(t.state), -hits[t.id], bool(t.words), not t.topics, t.id)))


def _hits(template: ReplyTemplate, said: Sequence[str]) -> int:
    """How many of the risk's words a template was written for; each of its words counts once."""
    return sum(any(word.startswith(begin) for word in said) for begin in template.words)


def _states(kind: str, veracity: str, outside: bool) -> list[str]:
    if kind != "answer":
        return ["checking"] if kind == "holding" else ["update"]
    if veracity == Veracity.REFUTED:
        return ["refuted", "thanks"]
    first = {Veracity.PARTLY: ["partly", "confirmed"], Veracity.UNCONFIRMED: ["confirmed", "partly", "refuted"]}
    states = first.get(Veracity(veracity), ["confirmed"])
    return ["outside", *states, "thanks"] if outside else [*states, "outside", "thanks"]


def template_by_id(template_id: str) -> ReplyTemplate | None:
    """Return a shipped template, or None when there is none (any more) under this id."""
    return next((t for t in all_templates() if t.id == template_id), None)


def fill(template: ReplyTemplate, facts: Mapping[str, str]) -> str:
    """Return the text with the facts in; a variable without a fact becomes a visible blank «___срок___»."""
    return _VARIABLE.sub(lambda m: facts.get(m[1], "").strip() or f"___{m[1].replace('_', ' ')}___", template.text)


def signature_of(profile: Profile) -> str:
    """Return the line under an official answer of this district: the profile's own, else «Администрация» and its name."""
    return profile.signature or _administration(profile.name)


def _administration(name: str) -> str:
    """«Беловский муниципальный округ» → «Администрация Беловского муниципального округа»; other names stay as they are."""
    named = re.search("«([^»]+)»", name)
    words = (named[1] if named else name).split()
    if words and words[-1] in _GENITIVE and all(re.search("(?:ий|ый|ой)$", word) for word in words[:-1]):
        owned = [word[:-2] + ("его" if word.endswith("ний") else "ого") for word in words[:-1]]
        return " ".join(["Администрация", *owned, _GENITIVE[words[-1]]])
    return f"Администрация: {name}"


_GENITIVE = {"округ": "округа", "район": "района"}


@lru_cache(maxsize=1)
def all_templates() -> tuple[ReplyTemplate, ...]:
    """Return every shipped template in the order of files and places; BadTemplate names what is written wrong."""
    found: list[ReplyTemplate] = []
    for path in sorted(FOLDER.glob("*.toml")):
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["reply"]
        found += [_template(path.name, row) for row in rows]
    ids = [t.id for t in found]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise BadTemplate(f"Шаблоны ответов: одно имя у двух — {', '.join(twice)}")
    return tuple(found)


def _template(file: str, row: Mapping[str, object]) -> ReplyTemplate:
    name = str(row.get("id", "без имени"))
    try:
        made = ReplyTemplate(
            id=str(row["id"]), title=str(row["title"]), kind=str(row["kind"]), state=str(row["state"]),
            topics=_strings(row.get("topics")), text=str(row["text"]).strip(),
            words=_strings(row.get("words")),
        )  # fmt: skip
    except KeyError as e:
        raise BadTemplate(f"{file}, «{name}»: нет поля {e.args[0]}") from None
    if made.kind not in KINDS or made.state not in STATES:
        raise BadTemplate(f"{file}, «{name}»: вид «{made.kind}» или состояние «{made.state}» не из списка")
    return made


def _strings(values: object) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()

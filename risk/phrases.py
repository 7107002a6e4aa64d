"""Phrases: how the tables of words are written, in a language that staff can read.

A phrase is written in plain words, each in any grammatical form:

- `утечка газа` — in this order, at most two other words between, in one sentence;
- `вода ~ ржавая` — in any order, at most three words between;
- `нет|без|отключили воды` — any of the words;
- `отключ*` — any word that begins so;
- `=нет` — exactly this form;
- `сколько_можно` — nothing between; `вся|весь + деревня|село` — the same between lists;
- `дтп & пострадал*` — both anywhere in the text;
- `#число`, `#год` — any number; a year up to 2019 (longer ago than any present trouble).

Phrases are parted by `;` or by a new line.
"""

from __future__ import annotations

from itertools import product

NUMBER, YEAR = "#число", "#год"
LAST_OLD_YEAR = 2019
GAP = 2
"""Words that may stand between two words of a phrase; with 3 a fifth more hits, most across clauses (measured)."""
GAP_ANY_ORDER = 3
WHOLE = frozenset(
    """а без бы в вам вас во все вот где дай для до ее ей ему если еле еще же за и из или их к как ко кто куда ли меня
    мне мы на над надо нам нас не нее ней нет нету ни но о об он она они от по под пока при про раз с со так там то тут
    у уже чем что чуть это я""".split()  # noqa: SIM905
)
"""Little words that stand only for themselves: their stems catch others («не» and «неё»)."""
_SHORT_STEM = 6
_VERB_ENDS = frozenset(
    """ит ят ет ют ут ат ить ать еть ять ыть уть ть ил ила ило или ал ала ало али ел ела ело ели ял яла яло яли ыл ыла
    ыло ыли ул ула ули л ла ло ли ишь ешь ите ете йте ает ают яет яют ует уют ывает ай айте уй уйте аем уем""".split()  # noqa: SIM905
)
_EITHER_ENDS = frozenset(("ем", "им", "ом", "ен", "ена", "ено", "ены", "ей", "ю", "у", "ив", "ав"))


def split(phrases: str) -> list[str]:
    """Return the phrases of a table's cell; a line that ends with `|` goes on in the next one."""
    whole = "".join(line.strip() if line.rstrip().endswith("|") else line.strip() + ";" for line in phrases.split("\n"))
    return [phrase.strip() for phrase in whole.split(";") if phrase.strip()]


def plain(phrase: str) -> list[str]:
    """Return the phrase once for each choice among alternatives of several words (`дом|торговый_центр`)."""
    choices = []
    for part in phrase.split():
        words = part.split("|") if part != "+" else [part]
        several = [word for word in words if "_" in word] if len(words) > 1 else []
        single = "|".join(word for word in words if word not in several)
        choices.append([*several, *([single] if single else [])])
    return [" ".join(chosen) for chosen in product(*choices)]


def stem_keys(word: str, stem: str) -> tuple[str, ...]:
    """Return the keys of a form among stems; short stems keep verbs and names apart («горит» and «гора»)."""
    if len(stem) > _SHORT_STEM:
        return (stem,)
    ending = word[len(stem) :].removesuffix("ся").removesuffix("сь")
    if ending in _VERB_ENDS:
        return (stem + "+verb",)
    return (stem + "+name",) if ending not in _EITHER_ENDS else (stem + "+verb", stem + "+name")

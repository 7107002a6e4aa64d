"""What is wrong with a profile, told all at once: where, why and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time

from rapidfuzz import fuzz, process

_SHOWN = 60  # characters of a wrong value that are repeated in a message; the rest does not help to find it
_ALIKE = 70.0  # rapidfuzz ratio from which «возможно, …» is a help and not a riddle (tried on 40 typos of keys)


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake of a profile; `fatal` ones keep it from loading, the others are remarks."""

    file: str
    key: str
    """Path of the key, as `sources[2].address`; counted from 1, as people count."""
    value: str
    reason: str
    mend: str
    fatal: bool = True

    def __str__(self) -> str:
        """Return «файл: ключ: причина — как исправить»."""
        where = f"{self.file}: {self.key}" if self.key else self.file
        return f"{where}: {self.reason} — {self.mend}"

    def as_dict(self) -> dict[str, str | bool]:
        """Return the parts of the problem for --json."""
        return asdict(self)


class DistrictError(Exception):
    """Ошибка в описании округа."""


class ProfileErrors(DistrictError):
    """Профиль округа не загружен: в нём есть ошибки."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class Report:
    """Collects the problems of one file while it is being read."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def add(self, key: str, value: object, reason: str, mend: str, *, fatal: bool = True) -> None:
        """Note one problem; `value` is shortened for showing."""
        self.problems.append(Problem(self.file, key, shown(value), reason, mend, fatal))

    @property
    def fatal(self) -> bool:
        """True when something found here keeps the profile from loading."""
        return any(p.fatal for p in self.problems)


def shown(value: object) -> str:
    """Return a value as the reader wrote it, at most 60 characters."""
    text = _as_toml(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _as_toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"«{value}»"
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, dict):
        return "таблица"
    if isinstance(value, list):
        return f"список ({len(value)})"
    if isinstance(value, int) and value.bit_length() > 200:
        return "слишком большое число"  # str() of such a number is refused by Python or takes a line
    return str(value)


def alike(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that was probably meant, or None when nothing is near."""
    found = process.extractOne(word.lower(), list(known), scorer=fuzz.ratio, processor=str.lower, score_cutoff=_ALIKE)
    return None if found is None else str(found[0])


def choose(word: str, known: Mapping[str, str]) -> str:
    """Return the advice for an unknown code: the one meant by its spelling or by its Russian name, else the list."""
    meant = alike(word, known)
    if meant is None:
        by_name = {name: code for code, name in known.items() if name}
        name = alike(word, by_name)
        meant = by_name[name] if name else None
    if meant is not None:
        return f"возможно, имелось в виду «{meant}»" + (f" ({known[meant]})" if known[meant] else "")
    if not known:
        return "сначала опишите его в профиле"
    listed = ", ".join(list(known)[:12])
    return f"укажите одно из: {listed}" + (" …" if len(known) > 12 else "")

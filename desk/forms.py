"""From the fields of a form to values, with the mistake named in Russian and what was typed kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from starlette.datastructures import FormData

LONGEST = 4000
"""Signs of one field: a note is a paragraph, not a book."""
MOST_IDS = 200


class FormError(Exception):
    """Форма заполнена не так."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What a form sent, as text."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, data: FormData) -> Fields:
        """Return the text fields of a parsed form; files are not expected anywhere and are left out."""
        values: dict[str, tuple[str, ...]] = {}
        for name, value in data.multi_items():
            if isinstance(value, str):
                values[name] = (*values.get(name, ()), value)
        return cls(values)

    def text(self, name: str) -> str:
        """Return a field without spaces around and without NULs; "" when it was not sent."""
        return self.raw(name).replace("\0", "").replace("\r\n", "\n").strip()[:LONGEST]

    def raw(self, name: str) -> str:
        """Return a field as it was sent (a password may begin with a space); "" when it was not sent."""
        return self.values.get(name, ("",))[-1]

    def all(self, name: str) -> tuple[str, ...]:
        """Return every value of a repeated field."""
        return self.values.get(name, ())

    def needed(self, name: str, what: str) -> str:
        """Return a field that must be filled; `what` is named in the error: «Укажите: …»."""
        value = self.text(name)
        if not value:
            raise FormError(f"Укажите: {what}.")
        return value

    def one_of(self, name: str, allowed: Collection[str], what: str) -> str:
        """Return a field that must be one of the allowed values."""
        value = self.text(name)
        if value not in allowed:
            raise FormError(f"Выберите: {what}." if not value else f"Выберите {what}: «{value[:60]}» здесь нет.")
        return value

    def whole(self, name: str, what: str) -> int:
        """Return a field that must be a whole number of at most 18 digits."""
        value = self.text(name)
        if not (value.isdecimal() and value.isascii() and len(value) <= 18):
            raise FormError(f"Нужно число: {what}. Пришло «{value[:60]}».")
        return int(value)

    def ids(self, name: str) -> tuple[int, ...]:
        """Return ticked ids in order, each once; FormError when there are too many or one is no number."""
        values = dict.fromkeys(self.all(name))
        if len(values) > MOST_IDS:
            raise FormError(f"Отмечено больше {MOST_IDS} строк. Снимите часть отметок.")
        if not all(v.isdecimal() and v.isascii() and len(v) <= 18 for v in values):
            raise FormError("Среди отмеченных есть строка без номера. Обновите страницу и отметьте снова.")
        return tuple(int(v) for v in values)

"""Keys of the queue and the card: one table for the help sheet; the page itself marks which element a key presses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """One key by its place on the keyboard (event.code), so that ЙЦУКЕН and QWERTY press the same."""

    code: str
    shown: tuple[str, ...]
    """Letters printed on the key: Latin and Russian."""
    what: str


KEYS = (
    Key("KeyJ", ("J", "О"), "следующий риск"),
    Key("KeyK", ("K", "Л"), "предыдущий риск"),
    Key("Enter", ("Enter",), "открыть карточку"),
    Key("KeyX", ("X", "Ч"), "отметить или снять отметку"),
    Key("KeyT", ("T", "Е"), "взять в работу"),
    Key("KeyV", ("V", "М"), "записать итог проверки"),
    Key("KeyD", ("D", "В"), "снять риск с причиной"),
    Key("KeyL", ("L", "Д"), "изменить уровень"),
    Key("KeyM", ("M", "Ь"), "объединить (отмеченные или этот с другим)"),
    Key("KeyS", ("S", "Ы"), "разделить"),
    Key("KeyR", ("R", "К"), "изменить тему, место, блок"),
    Key("KeyO", ("O", "Щ"), "открыть закрытый риск повторно"),
    Key("KeyG", ("G", "П"), "показать новое в очереди"),
    Key("KeyP", ("P", "З"), "остановить или продолжить обновление"),
    Key("Slash", ("/", "."), "искать"),
    Key("KeyN", ("N", "Т"), "из карточки — к следующему непроверенному"),
    Key("KeyQ", ("Q", "Й"), "вернуться в очередь"),
    Key("Help", ("?",), "эта подсказка"),
    Key("Escape", ("Esc",), "закрыть окно или выйти из поля"),
)

"""What can go wrong with the memory, in words for the technician."""

from __future__ import annotations


class StorageError(Exception):
    """Ошибка хранилища."""


class NewerDatabase(StorageError):
    """База создана более новой версией программы."""

    def __init__(self, revision: str, known: str) -> None:
        super().__init__(
            f"База данных новее программы: в базе версия «{revision}», программа знает «{known}». "
            "Установите ту версию программы, которая обновила базу, или верните базу из резервной копии."
        )


class StaleVersion(StorageError):
    """Запись изменена другим после того, как её прочли."""

    def __init__(self, what: str, expected: int, found: int | None) -> None:
        self.expected, self.found = expected, found
        super().__init__(
            f"{what}: ждали версию {expected}, в базе {'нет записи' if found is None else found}. Перечитайте и повторите."
        )

"""Error codes of the VK API in words for the desk, and what each of them ends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawlers.refusal import Refusal, Scope

HOUR_S = 3600.0
"""How long an account rests after error 29: in practice the day's quota opens again after about an hour (prototypes)."""

_AGAIN = "повторим"
_NEW_KEY = "получите новый ключ и добавьте его: otklik account add vk"
_SEE = "войдите в эту учётную запись на сайте ВКонтакте, выполните проверку, затем otklik account check"

_CODES: Mapping[int, tuple[int, Scope, float | None, str]] = {
    1: (503, Scope.MOMENT, None, f"ВКонтакте сообщает о неизвестной ошибке: {_AGAIN}"),
    5: (401, Scope.ACCOUNT, None, f"ВКонтакте не принимает ключ: он отозван или просрочен; {_NEW_KEY}"),
    6: (429, Scope.MOMENT, 1.0, f"ВКонтакте просит реже обращаться (запросов в секунду слишком много): {_AGAIN}"),
    7: (403, Scope.SOURCE, None, "У ключа ВКонтакте нет права читать эту стену: нужен ключ пользователя или сервисный ключ"),
    9: (429, Scope.MOMENT, 10.0, f"ВКонтакте ограничил одинаковые запросы: {_AGAIN} позже"),
    10: (503, Scope.MOMENT, None, f"Внутренняя ошибка ВКонтакте: {_AGAIN}"),
    13: (413, Scope.PLACE, None, "Ответ ВКонтакте на пакет запросов слишком велик: запросы пойдут по одному"),
    14: (403, Scope.ACCOUNT, None, f"ВКонтакте просит ввести код с картинки; Отклик их не разгадывает: {_SEE}"),
    15: (403, Scope.SOURCE, None, "Стена закрыта: сообщество частное, скрыло записи или доступно только участникам; замените источник"),
    17: (401, Scope.ACCOUNT, None, f"ВКонтакте просит подтвердить вход: {_SEE}"),
    18: (404, Scope.SOURCE, None, "Страница удалена или заблокирована ВКонтакте; замените источник"),
    19: (403, Scope.SOURCE, None, "Содержимое заблокировано ВКонтакте; замените источник"),
    27: (
        403, Scope.SOURCE, None,
        "Ключ сообщества не читает стены: ВКонтакте разрешает ему только сообщения своего сообщества. "
        "Укажите для источника ключ пользователя или сервисный ключ приложения",
    ),
    28: (403, Scope.SOURCE, None, "Сервисному ключу ВКонтакте этот запрос не разрешён: укажите для источника ключ пользователя"),
    29: (429, Scope.ACCOUNT, HOUR_S, "Суточный лимит запросов ВКонтакте исчерпан: учётная запись отдыхает час"),
    30: (403, Scope.SOURCE, None, "Страница закрыта настройками приватности; замените источник"),
    36: (504, Scope.MOMENT, None, f"ВКонтакте не успел ответить: {_AGAIN}"),
    37: (403, Scope.ACCOUNT, None, f"Учётная запись заблокирована ВКонтакте: {_SEE}"),
    100: (404, Scope.SOURCE, None, "ВКонтакте не нашёл такой стены: проверьте адрес источника"),
    113: (404, Scope.SOURCE, None, "Такой страницы ВКонтакте нет: проверьте адрес источника"),
    125: (404, Scope.SOURCE, None, "Такого сообщества ВКонтакте нет: проверьте адрес источника"),
    203: (403, Scope.SOURCE, None, "Сообщество закрыто для этого ключа; замените источник"),
    210: (403, Scope.PLACE, None, "К записи нет доступа"),
    212: (403, Scope.PLACE, None, "Комментарии к записи закрыты"),
}  # fmt: skip


def refusal_of(error: Mapping[str, Any]) -> Refusal:
    """Return our refusal for the `error` object of a VK answer; an unknown code fails this run and names itself."""
    code = error.get("error_code")
    known = _CODES.get(code) if isinstance(code, int) else None
    if known is None:
        return Refusal(
            502, f"vk-{code}", f"ВКонтакте ответил ошибкой {code}, которой мы не знаем: сообщите технику", Scope.PLACE
        )
    status, scope, wait_s, reason = known
    return Refusal(status, f"vk-{code}", reason, scope, wait_s)


def broken(what: str) -> Refusal:
    """Return our refusal for an answer that is no VK answer at all; it may be asked again."""
    return Refusal(502, "vk-broken", f"ВКонтакте: {what}. Если повторится, проверьте шлюз или прокси (OTKLIK_VK_BASE)")


def unreachable(what: str, status: int = 504) -> Refusal:
    """Return our refusal for an answer that never came; it may be asked again."""
    return Refusal(status, "vk-unreachable", f"ВКонтакте не отвечает: {what}")

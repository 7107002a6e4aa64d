"""What the journal calls by codes, in Russian words for staff."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

JOURNAL_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "staff.added": "учётная запись заведена",
        "staff.changed": "роли или блоки изменены",
        "staff.switched_off": "учётная запись выключена",
        "staff.switched_on": "учётная запись включена",
        "staff.password_reset": "пароль сброшен",
        "staff.password_changed": "пароль изменён владельцем",
        "account.added": "учётная запись площадки добавлена",
        "account.renewed": "токен площадки заменён",
        "account.checked": "учётная запись площадки проверена",
        "account.resumed": "учётная запись площадки снова в работе",
        "account.removed": "учётная запись площадки удалена",
        "keys.rotated": "ключи сейфа заменены",
        "voice_key.renewed": "ключ псевдонимов заменён, прежний уничтожен",
        "source.added": "источник добавлен",
        "source.approved": "источник утверждён",
        "source.paused": "источник приостановлен",
        "source.resumed": "источник снова читается",
        "source.removed": "источник убран",
        "source.changed": "источник изменён",
        "source.from_profile": "источник взят из профиля округа",
        "source.left_profile": "источник убран из профиля округа",
        "chat.press_refused": "нажатие кнопки в чате отклонено",
        "contact.proved": "контакт подтверждён",
        "contact.removed": "контакт удалён",
        "contact.added": "контакт добавлен",
        "duty.added": "дежурство записано",
        "duty.withdrawn": "дежурство отменено",
        "silence.made": "тревоги приглушены",
        "silence.ended": "тревоги снова идут",
        "weather.typed": "погода внесена",
        "weather.read": "погода прочитана",
        "weather.withdrawn": "день погоды убран",
        "decree.added": "документ внесён",
        "decree.changed": "документ исправлен",
        "decree.closed": "документ закрыт другим документом",
        "decree.withdrawn": "документ убран как ошибочный",
        "threat.added": "угроза добавлена в реестр",
        "threat.changed": "угроза изменена",
        "threat.switched_off": "угроза выключена",
        "threat.switched_on": "угроза включена",
        "alerts.try_sent": "отправлена пробная тревога",
        "peaks.refused": "предложение своей истории отклонено",
        "feed.made": "сделан адрес календаря",
        "feed.revoked": "адрес календаря отозван",
        "page.figures_typed": "внесены показатели официальной страницы",
        "history.exported": "история риска выгружена",
        "alerts.sent_again": "отложенные тревоги отправлены снова",
    }
)


def journal_label(what: str) -> str:
    """Return the Russian words of a journal line's code; a line written in words is shown as it is."""
    return JOURNAL_LABELS.get(what, what)

"""Errors of Telegram in words for the desk, and what each of them ends."""

from __future__ import annotations

import re
from collections.abc import Mapping

from telethon import errors

from crawlers.refusal import Refusal, Scope

_SIGN_IN = "войдите заново: otklik account add telegram"
_PLACE = "замените источник или добавьте другой"

_KNOWN: Mapping[type[Exception], tuple[int, Scope, str]] = {
    errors.ChannelPrivateError: (403, Scope.SOURCE, f"Канал или чат закрыт, либо эта учётная запись в нём заблокирована; {_PLACE}"),
    errors.ChatAdminRequiredError: (403, Scope.SOURCE, f"Читать этот чат могут только его администраторы; {_PLACE}"),
    errors.UserBannedInChannelError: (403, Scope.SOURCE, f"Учётная запись заблокирована в этом чате; {_PLACE}"),
    errors.ChannelPublicGroupNaError: (403, Scope.SOURCE, f"Чат больше не открыт; {_PLACE}"),
    errors.UsernameNotOccupiedError: (404, Scope.SOURCE, "Такого имени в Telegram нет: проверьте адрес источника"),
    errors.UsernameInvalidError: (404, Scope.SOURCE, "Имя написано с ошибкой: проверьте адрес источника"),
    errors.ChannelInvalidError: (404, Scope.PLACE, "Telegram не узнал канал по сохранённому номеру: имя будет найдено заново"),
    errors.MsgIdInvalidError: (404, Scope.PLACE, "Такого сообщения нет"),
    errors.AuthKeyUnregisteredError: (401, Scope.ACCOUNT, f"Telegram не узнаёт вход: сеанс завершён; {_SIGN_IN}"),
    errors.SessionRevokedError: (401, Scope.ACCOUNT, f"Сеанс завершён с другого устройства; {_SIGN_IN}"),
    errors.SessionExpiredError: (401, Scope.ACCOUNT, f"Срок сеанса истёк; {_SIGN_IN}"),
    errors.AuthKeyDuplicatedError: (401, Scope.ACCOUNT, f"Один сеанс использован с двух адресов, Telegram его закрыл; {_SIGN_IN}"),
    errors.AuthKeyInvalidError: (401, Scope.ACCOUNT, f"Telegram не принимает ключ сеанса; {_SIGN_IN}"),
    errors.UserDeactivatedError: (401, Scope.ACCOUNT, "Учётная запись Telegram удалена: нужна другая (otklik account add telegram)"),
    errors.UserDeactivatedBanError: (
        401, Scope.ACCOUNT, "Учётная запись Telegram заблокирована: нужна другая (otklik account add telegram)",
    ),
    errors.PhoneNumberBannedError: (401, Scope.ACCOUNT, "Номер заблокирован Telegram: нужна другая учётная запись"),
    errors.ApiIdInvalidError: (
        401, Scope.ACCOUNT, "Telegram не принимает api_id и api_hash: проверьте OTKLIK_TELEGRAM_API_ID и OTKLIK_TELEGRAM_API_HASH",
    ),
}  # fmt: skip


def refusal_of(error: BaseException) -> Refusal:
    """Return our refusal for anything Telethon raises; an unknown error names itself and ends only this run."""
    if isinstance(error, errors.FloodError) and getattr(error, "seconds", None) is not None:
        return _flood(error)
    for kind in type(error).__mro__:
        if kind in _KNOWN:
            status, scope, reason = _KNOWN[kind]
            return Refusal(status, code_of(error), reason, scope)
    if isinstance(error, errors.ServerError | errors.TimedOutError | errors.RPCError):
        return _of_rpc(error)
    if isinstance(error, TimeoutError):
        return Refusal(504, "tg-timeout", "Telegram не ответил вовремя")
    if isinstance(error, OSError | errors.InvalidBufferError | errors.SecurityError | EOFError):
        return Refusal(503, "tg-unreachable", "Нет связи с Telegram: проверьте сеть и OTKLIK_TELEGRAM_DC")
    return Refusal(502, "tg-broken", f"Telegram ответил не по правилам ({type(error).__name__}): сообщите технику")


def code_of(error: BaseException) -> str:
    """Return a short id of an error, e.g. "tg-CHANNEL_PRIVATE"; never its full text, which may quote a request."""
    # Telethon keeps the platform's own word only for errors it has no class for; the name of the class is that word.
    word = (
        vars(error).get("message")
        or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__.removesuffix("Error")).upper()
    )
    return f"tg-{str(word).split(' ')[0][:40]}"


def _flood(error: BaseException) -> Refusal:
    seconds = max(float(getattr(error, "seconds", 0)), 1.0)
    reason = f"Telegram просит подождать {_span(seconds)} (FloodWait): учётная запись отдыхает это время"
    return Refusal(429, "tg-FLOOD_WAIT", reason, Scope.ACCOUNT, seconds)


def _of_rpc(error: BaseException) -> Refusal:
    code = code_of(error)
    number = getattr(error, "code", 0) or 0
    if code.startswith("tg-FROZEN"):
        reason = "Учётная запись Telegram «заморожена»: откройте приложение Telegram и посмотрите, что просят сделать"
        return Refusal(401, code, reason, Scope.ACCOUNT)
    if abs(int(number)) == 401:
        return Refusal(401, code, f"Telegram не принимает вход ({code[3:]}); {_SIGN_IN}", Scope.ACCOUNT)
    if isinstance(error, errors.ServerError | errors.TimedOutError) or abs(int(number)) >= 500:
        return Refusal(503, code, "Внутренняя ошибка Telegram")
    return Refusal(
        502, code, f"Telegram ответил ошибкой {code[3:]}, которой мы не знаем: сообщите технику", Scope.PLACE
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    if seconds < 120:
        return f"{round(seconds)} с"
    return f"{minutes} мин" if minutes < 120 else f"{round(seconds / 3600)} ч"

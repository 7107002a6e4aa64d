"""Keys and sessions tried out against their platform: what kind it is, what it may read, or why it is of no use."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from telethon import errors

from crawlers.clients.gateway import check_base
from crawlers.clients.telegram import ReadOnlyClient, guarded, make_client
from crawlers.clients.telegram_refusals import refusal_of
from crawlers.handlers.vk import open_client
from crawlers.limits import gap_of
from crawlers.readonly import READ_REQUESTS, SIGN_IN_REQUESTS, check_path
from crawlers.refusal import Refusal, Scope
from district.settings import Settings

TRIES = 3
"""How often a mistyped code or password may be typed again before Telegram itself would grow angry."""
ANSWER_S = 20.0
WALLS = ("стены сообществ, своих и чужих", "комментарии и ответы в ветках")
TELEGRAM_CAN = ("открытые каналы", "открытые чаты без вступления", "комментарии каналов")


@dataclass(frozen=True, slots=True)
class Probe:
    """What a key or session turned out to be."""

    platform: str
    kind: str
    """user | service | community (VK), session (Telegram), bot (MAX); "" when the platform refused it."""
    can: tuple[str, ...]
    """What it may read, in Russian; empty means that it is of no use to the crawlers."""
    reason: str = ""
    """Why it is of no use, or what is missing; in Russian."""
    secret: str = field(default="", repr=False)
    """The key, or the new session: to be sealed at once."""
    sure: bool = True
    """False when the platform could not be asked just now, or asked to wait: that says nothing about the key."""


def _useless(platform: str, refusal: Refusal) -> Probe:
    return Probe(platform, "", (), refusal.reason, sure=refusal.scope is not Scope.MOMENT and refusal.wait_s is None)


def probe_vk(settings: Settings, token: str, sleep: Callable[[float], None] = time.sleep) -> Probe:
    """Find out what kind of VK key this is and whether it reads walls; three calls at most. Blocks."""
    try:
        client = open_client(settings, token)
    except Refusal as refusal:
        return _useless("vk", refusal)

    def read(method: str, params: Mapping[str, Any]) -> Any:
        sleep(gap_of("vk", "user"))  # the slowest pace: the kind is what is being found out
        return client.read(method, params)

    try:
        kind = _vk_kind(read)
        if kind == "community":
            read("groups.getTokenPermissions", {})
            reason = (
                "Ключ сообщества не читает стены: ВКонтакте разрешает ему только сообщения своего сообщества. "
                "Нужен ключ пользователя или сервисный ключ приложения"
            )
            return Probe("vk", kind, (), reason, token)
        read("wall.getById", {"posts": "-1_1"})
    except Refusal as refusal:
        return _useless("vk", refusal)
    finally:
        client.close()
    return Probe("vk", kind, (*WALLS, *(("до 25 запросов за один",) if kind == "user" else ())), "", token)


def _vk_kind(read: Callable[[str, Mapping[str, Any]], Any]) -> str:
    """Only a user's key may ask what its application may do; VK refuses the other two kinds with a code for each."""
    try:
        read("account.getAppPermissions", {})
    except Refusal as refusal:
        kinds = {"vk-27": "community", "vk-28": "service"}
        if refusal.code not in kinds:
            raise
        return kinds[refusal.code]
    return "user"


async def sign_in_telegram(
    settings: Settings,
    phone: str,
    ask_code: Callable[[], str],
    ask_password: Callable[[], str],
    say: Callable[[str], None],
) -> Probe:
    """Sign in with the code that Telegram sends and, where there is one, the cloud password; the session is the secret.

    The callbacks block; a mistyped code or password may be typed again twice.
    """
    try:
        client = await asyncio.to_thread(make_client, settings, "", allowed=READ_REQUESTS | SIGN_IN_REQUESTS)
    except Refusal as refusal:
        return _useless("telegram", refusal)
    try:
        await guarded(client.connect())
        await _enter(client, phone, ask_code, ask_password, say)
        return Probe("telegram", "session", TELEGRAM_CAN, "", client.session.save())
    except Refusal as refusal:
        return _useless("telegram", refusal)
    finally:
        await client.disconnect()


async def _enter(
    client: ReadOnlyClient,
    phone: str,
    ask_code: Callable[[], str],
    ask_password: Callable[[], str],
    say: Callable[[str], None],
) -> None:
    await _step(client.send_code_request(phone))

    async def enter_code() -> bool:
        code = await asyncio.to_thread(ask_code)
        try:
            await _step(client.sign_in(phone, code.strip()))
        except errors.SessionPasswordNeededError:
            return True
        return False

    async def enter_password() -> None:
        await _step(client.sign_in(password=await asyncio.to_thread(ask_password)))

    if await _again(enter_code, errors.PhoneCodeInvalidError, "Код не подошёл", say):
        await _again(enter_password, errors.PasswordHashInvalidError, "Облачный пароль не подошёл", say)


async def _again(enter: Callable[[], Any], mistyped: type[Exception], words: str, say: Callable[[str], None]) -> Any:
    for left in range(TRIES - 1, -1, -1):
        try:
            return await enter()
        except mistyped:
            say(f"{words}. Осталось попыток: {left}")
    raise Refusal(401, "tg-mistyped", f"{words} три раза: начните заново немного позже")


_SIGN_IN_WORDS: Mapping[type[Exception], str] = {
    errors.PhoneNumberInvalidError: "Номер написан неверно: нужен международный вид, например +79001234567",
    errors.PhoneNumberUnoccupiedError: "На этот номер нет учётной записи Telegram: заведите её в приложении",
    errors.PhoneNumberFloodError: "С этого номера просили код слишком часто: попробуйте через сутки",
    errors.PhoneCodeExpiredError: "Код устарел: начните заново",
    errors.PhonePasswordFloodError: "Слишком много попыток ввести пароль: попробуйте через сутки",
}


async def _step(call: Any) -> Any:
    """Await one step of a sign-in; what the person can mend comes out as it is or as a Refusal with the mend."""
    try:
        return await asyncio.wait_for(call, ANSWER_S)
    except (errors.SessionPasswordNeededError, errors.PhoneCodeInvalidError, errors.PasswordHashInvalidError):
        raise
    except tuple(_SIGN_IN_WORDS) as e:
        raise Refusal(401, "tg-sign-in", next(w for kind, w in _SIGN_IN_WORDS.items() if isinstance(e, kind))) from None
    except Exception as e:
        # The platform's door: Telethon raises hundreds of kinds, and each has its words in one place.
        raise refusal_of(e) from None


async def probe_session(settings: Settings, session: str) -> Probe:
    """Tell whether a kept Telegram session still reads."""
    client: ReadOnlyClient | None = None
    try:
        client = await asyncio.to_thread(make_client, settings, session)
        await guarded(client.connect())
        if await guarded(client.get_me()) is None:
            return Probe("telegram", "", (), "Telegram не узнаёт вход: войдите заново (otklik account add telegram)")
        return Probe("telegram", "session", TELEGRAM_CAN, "", session)
    except Refusal as refusal:
        return _useless("telegram", refusal)
    finally:
        if client is not None:
            await client.disconnect()


def probe_max(settings: Settings, token: str) -> Probe:
    """Ask MAX who the bot is and which chats it has been let into. Blocks."""
    try:
        check_base(settings.max_api_base, settings)
        trust = ssl.create_default_context(cafile=str(settings.ca_bundle) if settings.ca_bundle else None)
        with httpx.Client(
            base_url=settings.max_api_base,
            headers={"Authorization": token},
            verify=trust,
            timeout=ANSWER_S,
            trust_env=False,
        ) as http:
            _max(http, "/me")
            count = _chats(http)
    except Refusal as refusal:
        return _useless("max", refusal)
    reason = "Бот ещё не добавлен ни в один чат или канал: его добавляет владелец чата" if count == 0 else ""
    can = "чаты и каналы, куда добавлен бот" + (f": {count}" if count is not None else "")
    return Probe("max", "bot", (can,), reason, token)


def _chats(http: httpx.Client) -> int | None:
    """Count the chats the bot was let into; None when MAX does not tell."""
    try:
        chats = _max(http, "/chats").get("chats")
    except Refusal:
        return None
    return len(chats) if isinstance(chats, list) else None


def _max(http: httpx.Client, path: str) -> dict[str, Any]:
    check_path(path)
    try:
        answer = http.get(path)
        told = answer.json() if answer.status_code == 200 else {}
    except httpx.HTTPError as e:
        where = "сертификат не проверен, укажите OTKLIK_CA_BUNDLE" if "CERTIFICATE" in str(e) else "нет связи"
        raise Refusal(503, "max-unreachable", f"MAX не отвечает: {where}") from None
    except ValueError:
        raise Refusal(
            502, "max-broken", "MAX: вместо ответа API пришло что-то другое (OTKLIK_MAX_API_BASE верен?)"
        ) from None
    if answer.status_code in (401, 403):
        raise Refusal(401, "max-token", "MAX не принимает ключ бота: получите новый у @MasterBot в MAX")
    if answer.status_code != 200 or not isinstance(told, dict):
        raise Refusal(502, "max-broken", f"MAX ответил не по правилам ({answer.status_code})")
    return told

"""What people press and write to the Telegram bot: long polling of getUpdates, answers to presses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.message import Heard, Press, Said, SendFailed, SendRefused
from reports.senders.http import Answer, Caller

LONGEST_ANSWER = 200
"""Characters of answerCallbackQuery (Bot API)."""


class TelegramEar:
    """Asks for updates; one process at a time may (the platform answers 409 to a second)."""

    def __init__(self, token: str, base: str, ca_bundle: Path | None = None) -> None:
        """`base` is the address of the Bot API without the token."""
        self._caller = Caller(token, ca_bundle)
        self._base = f"{base.rstrip('/')}/bot{token}"
        self._name: str | None = None

    def hear(self, after: int | None, wait: float) -> Heard:
        """Return what came after an update's number; what was asked for once with a higher number never comes again."""
        body: dict[str, Any] = {"timeout": int(wait), "limit": 100, "allowed_updates": ["callback_query", "message"]}
        if after is not None:
            body["offset"] = after + 1
        answer = self._caller.post(f"{self._base}/getUpdates", body)
        found = answer.body.get("result")
        if answer.status != 200 or not isinstance(found, list):
            raise _error(answer)
        updates = [u for u in found if isinstance(u, dict) and isinstance(u.get("update_id"), int)]
        presses = [p for u in updates if (p := _press(u.get("callback_query"))) is not None]
        said = [s for u in updates if (s := _said(u.get("message"))) is not None]
        last = max((u["update_id"] for u in updates), default=after)
        return Heard(tuple(presses), tuple(said), last, len(found) - len(presses) - len(said))

    def answer(self, press: Press, text: str) -> None:
        """Show a sentence to who pressed, as a window that must be closed: a tired officer does not overlook it."""
        body = {"callback_query_id": press.key, "text": text[:LONGEST_ANSWER], "show_alert": True}
        answer = self._caller.post(f"{self._base}/answerCallbackQuery", body)
        if answer.status not in (200, 400):  # 400: too old to be answered
            raise _error(answer)

    def reply(self, person: str, text: str) -> None:
        """Write to a person who wrote to the bot."""
        answer = self._caller.post(f"{self._base}/sendMessage", {"chat_id": person, "text": text})
        if answer.status != 200:
            raise _error(answer)

    def name(self) -> str:
        """Return «@name» of the bot, asked once; "" while the platform does not answer."""
        if self._name is None:
            try:
                result = self._caller.post(f"{self._base}/getMe", {}).body.get("result")
            except SendFailed:
                return ""
            found = result.get("username") if isinstance(result, dict) else None
            if not isinstance(found, str):
                return ""
            self._name = f"@{found}"
        return self._name

    def close(self) -> None:
        """Close the connections; a waiting question ends with SendFailed."""
        self._caller.close()


def _press(query: Any) -> Press | None:
    if not isinstance(query, dict):
        return None
    person, message = query.get("from"), query.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    key, code = query.get("id"), query.get("data")
    if not isinstance(person, dict) or not isinstance(key, str) or not isinstance(code, str):
        return None
    return Press(f"{key}", str(chat.get("id", "")) if isinstance(chat, dict) else "", str(person.get("id", "")), code)


def _said(message: Any) -> Said | None:
    """Only what is written in private: a group's talk is none of ours."""
    if not isinstance(message, dict):
        return None
    chat, person, text = message.get("chat"), message.get("from"), message.get("text")
    private = isinstance(chat, dict) and chat.get("type") == "private"
    if not private or not isinstance(person, dict) or not isinstance(text, str):
        return None
    return Said(str(person.get("id", "")), text[:200])


def _error(answer: Answer) -> SendFailed | SendRefused:
    if answer.status == 429:
        return SendFailed("бот Telegram: платформа просит подождать", answer.retry_after)
    if answer.status == 409:
        return SendFailed("бот Telegram: его ответы уже читает другая программа или задан webhook бота", 30)
    if answer.status in (401, 404) and answer.body:
        return SendRefused("бот Telegram: токен не принят; проверьте OTKLIK_BOT_TOKEN", whole_chat=True)
    if answer.status == 403 and answer.body:
        return SendRefused("бот Telegram: человек не начал разговор с ботом или запретил его", whole_chat=True)
    return SendFailed(
        f"бот Telegram: неожиданный ответ {answer.status}; проверьте OTKLIK_BOT_API_BASE", answer.retry_after
    )

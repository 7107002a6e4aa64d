"""What people press and write to the MAX bot: long polling of GET /updates, answers to presses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reports.message import Heard, Press, Said, SendFailed, SendRefused
from reports.senders.http import Answer, Caller

_TYPES = "message_callback,message_created,bot_started"


class MaxEar:
    """Asks for updates; the marker of the last answer says from where on."""

    def __init__(self, token: str, base: str, ca_bundle: Path | None = None) -> None:
        """`base` is the platform's address; its certificate is signed by the national root: give it as `ca_bundle`."""
        self._caller = Caller(token, ca_bundle)
        self._base = base.rstrip("/")
        self._headers = {"Authorization": token}
        self._name: str | None = None

    def hear(self, after: int | None, wait: float) -> Heard:
        """Return what came after a marker."""
        params = {"timeout": str(int(wait)), "limit": "100", "types": _TYPES}
        if after is not None:
            params["marker"] = str(after)
        answer = self._caller.ask("GET", f"{self._base}/updates", None, params, self._headers)
        found, marker = answer.body.get("updates"), answer.body.get("marker")
        if answer.status != 200 or not isinstance(found, list):
            raise _error(answer)
        presses = [p for u in found if (p := _press(u)) is not None]
        said = [s for u in found if (s := _said(u)) is not None]
        last = marker if isinstance(marker, int) else after
        return Heard(tuple(presses), tuple(said), last, len(found) - len(presses) - len(said))

    def answer(self, press: Press, text: str) -> None:
        """Show a sentence to who pressed."""
        params = {"callback_id": press.key}
        answer = self._caller.post(
            f"{self._base}/answers", {"notification": text[:200]}, params=params, headers=self._headers
        )
        if answer.status not in (200, 400, 404):  # 400, 404: too old to be answered
            raise _error(answer)

    def reply(self, person: str, text: str) -> None:
        """Write to a person who wrote to the bot."""
        answer = self._caller.post(
            f"{self._base}/messages", {"text": text}, params={"user_id": person}, headers=self._headers
        )
        if answer.status != 200:
            raise _error(answer)

    def name(self) -> str:
        """Return the name of the bot, asked once; "" while the platform does not answer."""
        if self._name is None:
            try:
                body = self._caller.ask("GET", f"{self._base}/me", headers=self._headers).body
            except SendFailed:
                return ""
            found = body.get("username") or body.get("first_name") or body.get("name")
            if not isinstance(found, str):
                return ""
            self._name = f"@{found}" if body.get("username") else f"«{found}»"
        return self._name

    def close(self) -> None:
        """Close the connections; a waiting question ends with SendFailed."""
        self._caller.close()


def _press(update: Any) -> Press | None:
    callback = update.get("callback") if isinstance(update, dict) else None
    if not isinstance(callback, dict) or update.get("update_type") != "message_callback":
        return None
    person, key, code = callback.get("user"), callback.get("callback_id"), callback.get("payload")
    if not isinstance(person, dict) or not isinstance(key, str) or not isinstance(code, str):
        return None
    return Press(
        key, str(_inside(update, "message", "recipient", "chat_id") or ""), str(person.get("user_id", "")), code
    )


def _said(update: Any) -> Said | None:
    """Only what is written in private, and the code with which a person started the bot."""
    if not isinstance(update, dict):
        return None
    if update.get("update_type") == "bot_started":
        person, text = _inside(update, "user", "user_id"), update.get("payload")
        return Said(str(person), text[:200]) if person is not None and isinstance(text, str) else None
    if update.get("update_type") != "message_created":
        return None
    private = _inside(update, "message", "recipient", "chat_type") == "dialog"
    person, text = _inside(update, "message", "sender", "user_id"), _inside(update, "message", "body", "text")
    return Said(str(person), text[:200]) if private and person is not None and isinstance(text, str) else None


def _inside(value: Any, *names: str) -> Any:
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _error(answer: Answer) -> SendFailed | SendRefused:
    if answer.status == 429:
        return SendFailed("бот MAX: платформа просит подождать", answer.retry_after)
    if answer.status == 401 and answer.body:
        return SendRefused("бот MAX: токен не принят; проверьте OTKLIK_MAX_TOKEN", whole_chat=True)
    if answer.status == 403 and answer.body:
        return SendRefused("бот MAX: человек не начал разговор с ботом или запретил его", whole_chat=True)
    return SendFailed(f"бот MAX: неожиданный ответ {answer.status}; проверьте OTKLIK_MAX_API_BASE", answer.retry_after)

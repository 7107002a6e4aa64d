"""MAX chat through the platform's bot API: POST /messages with buttons under it, PUT /messages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from district.profile import AlertChat
from reports.message import Edited, Message, SendFailed, SendRefused, Sent
from reports.senders.http import Answer, Caller


class MaxBot:
    """Sends plain text; the token goes in the Authorization header (in the address it is no longer taken)."""

    def __init__(self, token: str, base: str, ca_bundle: Path | None = None) -> None:
        """`base` is the platform's address; its certificate is signed by the national root: give it as `ca_bundle`."""
        self._caller = Caller(token, ca_bundle)
        self._url = f"{base.rstrip('/')}/messages"
        self._headers = {"Authorization": token}

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Hand the message to the chat whose number is `chat.address` ("user:17" is a person)."""
        params = {**_whom(chat.address.strip()), "disable_link_preview": "true"}
        body = {"text": message.line.text, "notify": True, **_keyboard(message)}
        answer = self._caller.post(self._url, body, params=params, headers=self._headers)
        sent = answer.body.get("message")
        if answer.status == 200 and isinstance(sent, dict):
            inside = sent.get("body")
            return Sent(remote_id=str(inside.get("mid", "")) if isinstance(inside, dict) else "")
        raise self._error(chat, answer)

    def edit(self, chat: AlertChat, remote_id: str, message: Message) -> Edited:
        """Change the words and buttons of a message that was sent; the platform allows it for 24 hours."""
        body = {"text": message.line.text, "notify": False, **(_keyboard(message) or {"attachments": []})}
        told = json.dumps(body, ensure_ascii=False).encode()
        answer = self._caller.ask("PUT", self._url, told, {"message_id": remote_id}, self._headers)
        if answer.status == 200:
            return Edited.DONE if answer.body.get("success") is True else Edited.NEVER
        code = str(answer.body.get("code", ""))
        if (
            answer.status == 404
            and answer.body
            or code in ("message.not.found", "message.edit.denied", "proto.payload")
        ):
            return Edited.NEVER
        raise self._error(chat, answer)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _error(self, chat: AlertChat, answer: Answer) -> SendFailed | SendRefused:
        code = self._caller.hide(str(answer.body.get("code", "")))[:60]
        said = self._caller.hide(f"{code} {answer.body.get('message', '')}".strip())[:200]
        where = f"чат «{chat.name}» (MAX)"
        if answer.status == 429:
            return SendFailed(f"{where}: платформа просит подождать", answer.retry_after)
        if answer.status == 401 and answer.body:
            return SendRefused(f"{where}: токен бота не принят; проверьте OTKLIK_MAX_TOKEN", whole_chat=True)
        if (answer.status == 403 and answer.body) or code.startswith("chat.denied"):
            return SendRefused(
                f"{where}: бот удалён из чата или не может писать; верните бота в чат ({said})", whole_chat=True
            )
        if answer.status in (400, 404) and answer.body:
            if answer.status == 404 or code.startswith("chat."):
                return SendRefused(
                    f"{where}: чат недоступен боту; проверьте адрес {chat.address} ({said})", whole_chat=True
                )
            return SendRefused(f"{where}: сообщение не принято ({said})", whole_chat=False)
        return SendFailed(
            f"{where}: неожиданный ответ {answer.status}; проверьте OTKLIK_MAX_API_BASE", answer.retry_after
        )


def _whom(address: str) -> dict[str, str]:
    kind, _, number = address.rpartition(":")
    return {"user_id": number} if kind == "user" else {"chat_id": address}


def _keyboard(message: Message) -> dict[str, Any]:
    """Two buttons in a row fit a phone."""
    if not message.buttons:
        return {}
    keys = [{"type": "callback", "text": b.label, "payload": b.code} for b in message.buttons]
    rows = [keys[i : i + 2] for i in range(0, len(keys), 2)]
    return {"attachments": [{"type": "inline_keyboard", "payload": {"buttons": rows}}]}

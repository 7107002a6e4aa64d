"""MAX chat through the platform's bot API (POST /messages)."""

from __future__ import annotations

from pathlib import Path

from district.profile import AlertChat
from reports.message import Message, SendFailed, SendRefused, Sent
from reports.senders.http import Answer, Caller


class MaxBot:
    """Sends plain text; the token goes in the Authorization header (in the address it is no longer taken)."""

    def __init__(self, token: str, base: str, ca_bundle: Path | None = None) -> None:
        """`base` is the platform's address; its certificate is signed by the national root: give it as `ca_bundle`."""
        self._caller = Caller(token, ca_bundle)
        self._url = f"{base.rstrip('/')}/messages"
        self._headers = {"Authorization": token}

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Hand the message to the chat whose number is `chat.address`."""
        params = {"chat_id": chat.address.strip(), "disable_link_preview": "true"}
        body = {"text": message.line.text, "notify": True}
        answer = self._caller.post(self._url, body, params=params, headers=self._headers)
        if answer.status == 200 and isinstance(answer.body.get("message"), dict):
            return Sent()
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

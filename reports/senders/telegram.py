"""Telegram chat through the Bot API (sendMessage)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from district.profile import AlertChat
from reports.message import Message, SendFailed, SendRefused, Sent
from reports.senders.http import Answer, Caller

# Words of the platform's 400 answers after which no message can reach this chat (others concern the message alone).
WHOLE_CHAT = ("chat not found", "group is deactivated", "have no rights", "not enough rights", "chat_write_forbidden",
              "peer_id_invalid", "chat_restricted", "chat_id is empty", "topic_closed", "upgraded to a supergroup")  # fmt: skip


class TelegramBot:
    """Sends as HTML; when the platform cannot read the mark-up, sends the same words as plain text."""

    def __init__(self, token: str, base: str, ca_bundle: Path | None = None) -> None:
        """`base` is the address of the Bot API without the token, e.g. https://api.telegram.org."""
        self._caller = Caller(token, ca_bundle)
        self._url = f"{base.rstrip('/')}/bot{token}/sendMessage"

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Hand the message to the chat whose id or @name is `chat.address`."""
        return self._send(chat, message, chat.address.strip(), moved=False)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _send(self, chat: AlertChat, message: Message, address: str, *, moved: bool) -> Sent:
        answer = self._post(address, message.line.html, "HTML")
        if answer.status == 400 and "can't parse entities" in _said(answer).lower():
            answer = self._post(address, message.line.text, None)
        if answer.status == 200 and answer.body.get("ok") is True:
            return Sent(
                f"группа стала супергруппой: впишите в профиль чата «{chat.id}» адрес {address}" if moved else ""
            )
        new = _new_address(answer)
        if new and not moved:
            return self._send(chat, message, new, moved=True)
        raise self._error(chat, answer)

    def _post(self, address: str, text: str, mode: str | None) -> Answer:
        body: dict[str, Any] = {"chat_id": address, "text": text, "link_preview_options": {"is_disabled": True}}
        if mode:
            body["parse_mode"] = mode
        return self._caller.post(self._url, body)

    def _error(self, chat: AlertChat, answer: Answer) -> SendFailed | SendRefused:
        said = self._caller.hide(_said(answer))
        where = f"чат «{chat.name}» (Telegram)"
        if answer.status == 429:
            return SendFailed(f"{where}: платформа просит подождать", answer.retry_after)
        if answer.status in (401, 404) and answer.body:
            return SendRefused(f"{where}: токен бота не принят; проверьте OTKLIK_BOT_TOKEN", whole_chat=True)
        if answer.status == 403 and answer.body:
            return SendRefused(
                f"{where}: бот удалён из чата или не может писать; верните бота в чат ({said})", whole_chat=True
            )
        if answer.status == 400 and answer.body:
            if any(words in said.lower() for words in WHOLE_CHAT):
                return SendRefused(
                    f"{where}: чат недоступен боту; проверьте адрес {chat.address} ({said})", whole_chat=True
                )
            return SendRefused(f"{where}: сообщение не принято ({said})", whole_chat=False)
        return SendFailed(
            f"{where}: неожиданный ответ {answer.status}; проверьте OTKLIK_BOT_API_BASE", answer.retry_after
        )


def _said(answer: Answer) -> str:
    return str(answer.body.get("description", ""))[:200]


def _new_address(answer: Answer) -> str:
    parameters = answer.body.get("parameters")
    new = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    return str(new) if isinstance(new, int) else ""

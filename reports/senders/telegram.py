"""Telegram chat through the Bot API: sendMessage with buttons under it, editMessageText."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from district.profile import AlertChat
from reports.message import Button, Edited, Message, SendFailed, SendRefused, Sent
from reports.senders.http import Answer, Caller

# Words of the platform's 400 answers after which no message can reach this chat (others concern the message alone).
WHOLE_CHAT = ("chat not found", "group is deactivated", "have no rights", "not enough rights", "chat_write_forbidden",
              "peer_id_invalid", "chat_restricted", "chat_id is empty", "topic_closed", "upgraded to a supergroup")  # fmt: skip
# After these a message will never be changed: it was deleted, or it is too old (48 hours in some chats).
NEVER_EDITED = ("message can't be edited", "message to edit not found", "message_id_invalid")
SAME = "message is not modified"


class TelegramBot:
    """Sends as HTML; when the platform cannot read the mark-up, sends the same words as plain text."""

    def __init__(self, token: str, base: str, ca_bundle: Path | None = None) -> None:
        """`base` is the address of the Bot API without the token, e.g. https://api.telegram.org."""
        self._caller = Caller(token, ca_bundle)
        self._base = f"{base.rstrip('/')}/bot{token}"

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Hand the message to the chat whose id or @name is `chat.address`."""
        return self._send(chat, message, chat.address.strip(), moved=False)

    def edit(self, chat: AlertChat, remote_id: str, message: Message) -> Edited:
        """Change the words and buttons of a message that was sent."""
        where = {"chat_id": chat.address.strip(), "message_id": int(remote_id)}
        answer = self._say("editMessageText", where, message)
        said = _said(answer).lower()
        if answer.status == 200 and answer.body.get("ok") is True:
            return Edited.DONE
        if answer.status == 400 and SAME in said:
            return Edited.SAME
        if answer.status == 400 and any(words in said for words in NEVER_EDITED):
            return Edited.NEVER
        raise self._error(chat, answer)

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

    def _send(self, chat: AlertChat, message: Message, address: str, *, moved: bool) -> Sent:
        answer = self._say("sendMessage", {"chat_id": address}, message)
        if answer.status == 200 and answer.body.get("ok") is True:
            note = f"группа стала супергруппой: впишите в профиль чата «{chat.id}» адрес {address}" if moved else ""
            return Sent(note, _message_id(answer))
        new = _new_address(answer)
        if new and not moved:
            return self._send(chat, message, new, moved=True)
        raise self._error(chat, answer)

    def _say(self, method: str, where: dict[str, Any], message: Message) -> Answer:
        """Call with mark-up, and without it when the platform cannot read it."""
        buttons = {"reply_markup": _keyboard(message.buttons)} if message.buttons or "message_id" in where else {}
        body = {**where, "link_preview_options": {"is_disabled": True}, **buttons}
        marked = {"text": message.line.html, "parse_mode": "HTML"}
        answer = self._caller.post(f"{self._base}/{method}", body | marked)
        if answer.status == 400 and "can't parse entities" in _said(answer).lower():
            answer = self._caller.post(f"{self._base}/{method}", body | {"text": message.line.text})
        return answer

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


def _keyboard(buttons: tuple[Button, ...]) -> dict[str, Any]:
    """Two buttons in a row fit a phone; no buttons take away those that stood there."""
    keys = [{"text": button.label, "callback_data": button.code} for button in buttons]
    return {"inline_keyboard": [keys[i : i + 2] for i in range(0, len(keys), 2)]}


def _message_id(answer: Answer) -> str:
    result = answer.body.get("result")
    found = result.get("message_id") if isinstance(result, dict) else None
    return str(found) if isinstance(found, int) else ""


def _said(answer: Answer) -> str:
    return str(answer.body.get("description", ""))[:200]


def _new_address(answer: Answer) -> str:
    parameters = answer.body.get("parameters")
    new = parameters.get("migrate_to_chat_id") if isinstance(parameters, dict) else None
    return str(new) if isinstance(new, int) else ""

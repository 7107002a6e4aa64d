"""Webhook: each message as one JSON object, signed so that the receiver knows who speaks."""

from __future__ import annotations

import hmac
import json
from pathlib import Path

from district.profile import AlertChat
from reports.message import Message, SendFailed, SendRefused, Sent
from reports.senders.http import Caller

SIGNATURE = "X-Otklik-Signature"
MESSAGE_ID = "X-Otklik-Message"


class Webhook:
    """Posts to the address of the chat; 2xx is accepted, 4xx is refused, everything else is tried again."""

    def __init__(self, secret: str, ca_bundle: Path | None = None) -> None:
        """`secret` is the key of HMAC-SHA256 over the body, sent as «sha256=<hex>»."""
        self._secret = secret.encode()
        self._caller = Caller(secret, ca_bundle)

    def send(self, chat: AlertChat, message: Message) -> Sent:
        """Post the message; the same id comes again when it is sent again."""
        body = {
            "id": message.id, "chat": chat.id, "numbers": list(message.line.numbers), "level": message.line.level,
            "text": message.line.text, "risks": list(message.facts),
        }  # fmt: skip
        told = json.dumps(body, ensure_ascii=False).encode()
        headers = {SIGNATURE: f"sha256={hmac.new(self._secret, told, 'sha256').hexdigest()}", MESSAGE_ID: message.id}
        answer = self._caller.ask("POST", chat.address, told, headers=headers)
        where = f"«{chat.name}» (webhook)"
        if 200 <= answer.status < 300:
            return Sent()
        if answer.status in (408, 429) or answer.status >= 500:
            raise SendFailed(f"{where}: приёмник просит повторить позже ({answer.status})", answer.retry_after)
        if answer.status in (400, 413, 422):
            raise SendRefused(f"{where}: приёмник не принял сообщение ({answer.status})", whole_chat=False)
        raise SendRefused(
            f"{where}: приёмник отказал ({answer.status}); проверьте адрес и ключ подписи", whole_chat=True
        )

    def close(self) -> None:
        """Close the connections."""
        self._caller.close()

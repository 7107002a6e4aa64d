"""The loopback bot API refuses what the platform refuses, so that tests against it mean something."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.peers.bot_api import MAX_TOKEN, TOKEN, BotApi, running


def ask(api: BotApi, method: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{api.base}/bot{TOKEN}/{method}", json=body, trust_env=False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"chat_id": "нет", "text": "а"}, "chat not found"),
        ({"chat_id": "-1", "text": " "}, "empty"),
        ({"chat_id": "-1", "text": "<i>а</i>", "parse_mode": "HTML"}, "can't parse entities"),
        ({"chat_id": "-1", "text": "я" * 4097}, "too long"),
        ({"chat_id": "-1", "text": "😀" * 2049}, "too long"),
    ],
)
def test_peer_refuses_like_telegram(body: dict[str, Any], said: str) -> None:
    """Odd chats, empty and long texts and unknown mark-up are 400."""
    with running(BotApi()) as api:
        answer = ask(api, "sendMessage", **body)

    assert answer.status_code == 400
    assert said in answer.json()["description"]


def test_peer_edits_its_messages() -> None:
    """An edit changes the message; an unknown or equal one is refused; a wrong token is 401 on both platforms."""
    with running(BotApi()) as api:
        sent = ask(api, "sendMessage", chat_id="-1", text="было").json()["result"]
        edited = ask(api, "editMessageText", chat_id="-1", message_id=sent["message_id"], text="стало")
        same = ask(api, "editMessageText", chat_id="-1", message_id=sent["message_id"], text="стало")
        unknown = ask(api, "editMessageText", chat_id="-1", message_id=99, text="стало")
        strange = httpx.post(f"{api.base}/botnobody/sendMessage", json={}, trust_env=False)
        me = httpx.get(f"{api.base}/me", headers={"Authorization": MAX_TOKEN}, trust_env=False)
        nobody = httpx.post(f"{api.base}/messages?chat_id=1", json={"text": "а"}, trust_env=False)

    assert edited.status_code == 200
    assert (api.got[0].text, api.got[0].edited) == ("стало", True)
    assert [r.status_code for r in (same, unknown, strange, me, nobody)] == [400, 400, 401, 200, 401]

"""A page over the loopback bot API: the messages of both chats with buttons that a person can press, and a line to write."""

from __future__ import annotations

from html import escape

from aiohttp import web

from tests.peers.bot_api import BotApi, Got

PERSON = "501"


def add_page(app: web.Application, api: BotApi) -> None:
    """Serve the page at / beside the platforms' own routes."""

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=_page(api), content_type="text/html")

    async def press(request: web.Request) -> web.Response:
        form = await request.post()
        got = api.got[int(str(form["n"]))]
        api.press(got, str(form["label"]), int(str(form["person"])))
        raise web.HTTPSeeOther("/")

    async def write(request: web.Request) -> web.Response:
        form = await request.post()
        api.write(str(form["platform"]), int(str(form["person"])), str(form["text"]))
        raise web.HTTPSeeOther("/")

    app.router.add_get("/", show)
    app.router.add_post("/-/press", press)
    app.router.add_post("/-/write", write)


def _page(api: BotApi) -> str:
    told = "".join(_message(number, got) for number, got in reversed(list(enumerate(api.got))))
    answers = "".join(f"<li>{escape(text)}</li>" for text, _ in list(api.answers.values())[-5:])
    return (
        "<!doctype html><meta charset=utf-8><title>Чаты на этой машине</title><body>"
        "<h1>Чаты на этой машине</h1><form method=post action=/-/write><select name=platform><option>telegram<option>max</select> "
        f"от человека № <input name=person value={PERSON} size=6> боту: <input name=text placeholder='/start КОД'> <button>Написать</button></form>"
        f"<h2>Ответы бота на нажатия</h2><ul>{answers}</ul><h2>Сообщения</h2>{told}"
    )


def _message(number: int, got: Got) -> str:
    buttons = "".join(
        f"<form method=post action=/-/press><input type=hidden name=n value={number}><input name=person value={PERSON} size=6>"
        f"<button name=label value='{escape(label)}'>{escape(label)}</button></form>"
        for label, _ in got.buttons
    )
    edited = f" (исправлено: {got.edits})" if got.edited else ""
    text = got.text if got.html else escape(got.text)
    return f"<hr><p>{got.platform} {escape(got.chat)}{edited}</p><pre>{text}</pre>{buttons}"

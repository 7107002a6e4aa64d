"""Signing in: one form, no hints, a session on the server, a one-time password changed before anything else."""

from __future__ import annotations

import httpx
import pytest

from casework import accounts
from tests.desk import build
from tests.desk.conftest import House


def sign_in(client: httpx.Client, login: str, password: str, next_page: str = "") -> httpx.Response:
    page = client.get("/login", params={"next": next_page} if next_page else None)
    fields = {"login": login, "password": password, "next": next_page, "csrf": build.token_of(page.text)}
    return client.post("/login", data=fields, headers={"Origin": str(client.base_url).rstrip("/")})


def test_who_is_not_signed_in_is_asked_to(house: House) -> None:
    """Any page leads to the sign-in form and back to the page that was asked for."""
    answer = house.stranger().get("/risk/1?x=2")

    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=%2Frisk%2F1%3Fx%3D2"


def test_signing_in_opens_the_page_that_was_asked_for(house: House) -> None:
    """The right password opens a session whose cookie scripts cannot read and other sites cannot send."""
    client = house.stranger()

    answer = sign_in(client, " Officer ", build.PASSWORD, "/risk/1")

    assert (answer.status_code, answer.headers["location"]) == (303, "/risk/1")
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("otklik="))
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert client.get("/risk/1").status_code == 200


@pytest.mark.parametrize("login", ["officer", "nobody", "", "' or 1=1 --"])
def test_a_wrong_password_tells_nothing(house: House, login: str) -> None:
    """A wrong password and an unknown login get the same page; the login typed is kept, the password is not."""
    answer = sign_in(house.stranger(), login, "не тот пароль")

    assert answer.status_code == 403
    assert "Логин или пароль не подходит" in answer.text
    assert "не тот пароль" not in answer.text


def test_a_forged_form_opens_nothing(house: House) -> None:
    """A sign-in form without this browser's own token is refused even with the right password."""
    client = house.stranger()
    client.get("/login")

    answer = client.post("/login", data={"login": "officer", "password": build.PASSWORD, "csrf": "forged"})

    assert answer.status_code == 403
    assert "otklik" not in client.cookies


def test_too_many_tries_are_told_in_plain_words(house: House) -> None:
    """After five failures the form says how long to wait, and says it to the right password too."""
    build.add_staff(house.store, "tired", ["officer"])
    client = house.stranger()
    for _ in range(5):
        sign_in(client, "tired", "мимо")

    answer = sign_in(client, "tired", build.PASSWORD)

    assert answer.status_code == 429
    assert "Слишком много неудачных попыток входа. Попробуйте через" in answer.text


def test_a_one_time_password_must_be_changed_first(house: House) -> None:
    """Until the one-time password is changed, every page leads to where it is changed; then the work opens."""
    made = accounts.add_staff(house.work("technician"), "newcomer", "Новый специалист", ["officer"])
    client = house.stranger()
    origin = {"Origin": house.served.url}

    assert sign_in(client, "newcomer", made.password).headers["location"] == "/me"
    assert client.get("/").headers["location"] == "/me"
    page = client.get("/me")
    assert "Смените одноразовый пароль" in page.text
    fields = {"csrf": build.token_of(page.text), "old": made.password, "new": "коротко", "again": "коротко"}
    weak = client.post("/me/password", data=fields, headers=origin)
    assert weak.status_code == 422
    assert "короче" in weak.text
    fields = {"csrf": build.token_of(weak.text), "old": made.password, "new": build.PASSWORD, "again": build.PASSWORD}
    done = client.post("/me/password", data=fields, headers=origin)
    assert done.status_code == 303
    assert "Очередь рисков" in client.get("/").text


def test_signing_out_ends_the_session_on_the_server(house: House) -> None:
    """After signing out the old cookie opens nothing, and the end of the shift is kept."""
    client = house.stranger()
    build.add_staff(house.store, "leaver", ["officer"])
    sign_in(client, "leaver", build.PASSWORD)
    token = client.cookies["otklik"]
    page = client.get("/me")

    client.post("/logout", data={"csrf": build.token_of(page.text)}, headers={"Origin": house.served.url})

    client.cookies.set("otklik", token, domain="127.0.0.1")
    assert client.get("/").status_code == 303
    fresh = house.stranger()
    sign_in(fresh, "leaver", build.PASSWORD)
    assert "С прошлой смены" in fresh.get("/").text


def test_a_link_from_another_site_opens_without_signing_in_again(house: House) -> None:
    """A strict cookie stays behind on a link from a messenger: the page asks for itself once more and gets it."""
    answer = house.stranger().get("/risk/1", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert 'http-equiv="refresh"' in answer.text
    assert "Школьной" not in answer.text


def test_keys_are_switched_off_for_a_person(house: House) -> None:
    """Who switches the keyboard off gets pages without its script, others keep it."""
    mine, others = house.by("second"), house.by("officer")

    mine.post("/me/keys", {"keys": "off"})

    assert "keys.js" not in mine.get("/").text
    assert "keys.js" in others.get("/").text
    mine.post("/me/keys", {"keys": "on"})
    assert "keys.js" in mine.get("/").text

"""Every route has a door: signed in, the form's token right, the role allowed — asked on the server each time."""

from __future__ import annotations

import re

import pytest
from fastapi.routing import APIRoute

from casework.roles import TABLE, Act, Role
from desk.shield import POLICY
from desk.visit import Needs
from tests.desk.conftest import House

OPEN = {
    ("GET", "/login"), ("POST", "/login"), ("GET", "/healthz"), ("GET", "/readyz"),
    # A calendar program cannot sign in: who knows the secret address reads the calendar (tests/desk/test_feeds_page.py).
    ("GET", "/ical/{secret}.ics"), ("HEAD", "/ical/{secret}.ics"),
}  # fmt: skip
EXAMPLE = {
    "risk_id": "1",
    "name": "verify",
    "judgement_id": "1",
    "source_id": "vk-podslushano",
    "staff_id": "9",
    "topic": "housing",
    "feed_id": "1",
    "threat_id": "ticks",
    "page_id": "okrug-ok",
}


def routes(house: House) -> list[tuple[str, str, Needs | None]]:
    found = []
    for room in house.app.router.routes:
        for route in getattr(getattr(room, "original_router", None), "routes", [room]):
            if isinstance(route, APIRoute):
                doors = [d.call for d in route.dependant.dependencies if isinstance(d.call, Needs)]
                found += [(method, route.path, doors[0] if doors else None) for method in sorted(route.methods)]
    return found


def address(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda m: EXAMPLE.get(m[1], "1"), path)


def test_only_a_few_routes_are_open(house: House) -> None:
    """Whatever is not the sign-in form, a health answer or a calendar's secret address stands behind a door."""
    found = routes(house)

    assert len(found) > 35
    assert {(method, path) for method, path, door in found if door is None} == OPEN


@pytest.mark.parametrize("role", list(Role))
def test_each_role_passes_only_its_doors(house: House, role: Role) -> None:
    """For every route and role: 403 exactly when the table of roles does not give the act that the route needs."""
    browser = house.by(role.value)
    wrong = []
    for method, path, door in routes(house):
        if door is None or path in ("/logout", "/live"):
            continue
        allowed = door.act is None or role in TABLE[door.act]
        if method == "POST" and path.startswith("/staff/{staff_id}/") and allowed and not path.endswith("/change"):
            continue  # without any field these would really switch an account off and on
        # A POST without fields goes through the door and is then refused for what it lacks, so nothing is changed.
        answer = browser.get(address(path)) if method == "GET" else browser.post(address(path))
        refused = answer.status_code == 403
        own_block = role in (Role.BLOCK_LEAD, Role.EXECUTOR) and refused and allowed
        if refused == allowed and not own_block:
            wrong.append((method, path, door.act, answer.status_code))

    assert not wrong


def test_a_form_without_its_token_changes_nothing(house: House) -> None:
    """Every POST behind a door refuses a form whose token is missing or another session's."""
    mine, other = house.by("coordinator"), house.by("officer")
    token = re.search(r'name="csrf" value="([^"]+)"', other.get("/me").text)
    assert token
    for method, path, door in routes(house):
        if method == "POST" and door is not None:
            for fields in ({}, {"csrf": token[1]}):
                answer = mine.client.post(address(path), data=fields, headers={"Origin": house.served.url})
                assert answer.status_code == 403, path
                assert "Форма устарела" in answer.text


def test_a_form_from_another_site_is_refused_at_the_gate(house: House) -> None:
    """Even with the right token, a form that the browser says came from elsewhere is refused."""
    mine = house.by("officer")
    page = mine.get("/me").text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token

    answer = mine.client.post("/risk/1/take", data={"csrf": token[1]}, headers={"Origin": "http://evil.example"})

    assert answer.status_code == 403
    assert "другой сайт" in answer.text


@pytest.mark.parametrize("path", ["/", "/risk/1", "/login", "/nope", "/static/desk.css", "/healthz"])
def test_every_answer_carries_the_headers(house: House, path: str) -> None:
    """The strict policy and its companions come with every answer; pages are never kept by a cache."""
    answer = house.by("officer").get(path)

    assert answer.headers["content-security-policy"] == POLICY
    assert "unsafe" not in POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert ("no-store" in answer.headers["cache-control"]) == (not path.startswith("/static/"))


def test_a_block_lead_sees_the_own_block_only(house: House) -> None:
    """Risks of other blocks are neither in a block lead's queue nor behind their addresses, whatever is asked for."""
    lead = house.by("block_lead")
    page = lead.get("/?block=social&all=1").text

    assert "Когда откроют каток" not in page
    assert "Сильный запах газа" in lead.get("/").text
    assert lead.get("/risk/9").status_code == 403
    assert lead.get("/risk/2").status_code == 403
    assert lead.get("/risk/1").status_code == 200


@pytest.mark.parametrize("path", ["/risk/999999", "/risk/0", "/risk/99999999999999999999999", "/risk/x", "/sources/none", "/static/../app.py", "/static/none.css"])  # fmt: skip
def test_what_is_not_there_is_told_plainly(house: House, path: str) -> None:
    """A wrong address gets a Russian page without a trace of the inside."""
    answer = house.by("head").get(path)

    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert "В очередь" in answer.text


def test_who_has_no_queue_is_led_to_their_work(house: House) -> None:
    """A technician's first page is the sources; risks stay closed to them."""
    technician = house.by("technician")

    answer = technician.get("/?q=газ")

    assert (answer.status_code, answer.headers["location"]) == (303, "/sources")
    assert technician.get("/risk/1").status_code == 403
    assert technician.get("/next").status_code == 403


def test_no_page_of_the_machinery_is_served(house: House) -> None:
    """There is no description of the interface for strangers and no way to list files."""
    for path in ("/docs", "/redoc", "/openapi.json", "/static/"):
        assert house.by("officer").get(path).status_code == 404


def test_a_form_too_big_is_refused(house: House) -> None:
    """A form of a megabyte is refused before anybody reads it."""
    answer = house.by("officer").client.post(
        "/risk/1/dismiss", data={"note": "а" * 600_000}, headers={"Origin": house.served.url}
    )

    assert answer.status_code == 413


def test_every_act_of_the_desk_has_a_role() -> None:
    """Every act of the table is given to somebody."""
    assert all(TABLE[act] for act in Act)

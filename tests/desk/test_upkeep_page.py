"""The page of official pages: silent ones first, figures typed in by a form, a table to take away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from storage.tables import page_figure
from tests.casework.upkeep_build import a_row, write
from tests.desk.conftest import House


@pytest.fixture(scope="module", autouse=True)
def _talk(house: House) -> None:
    """The administration wrote yesterday, a question under that post waits for two days, the site has been silent for long."""
    now = datetime.now(UTC)
    common = {"source_id": "vk-okrug"}
    write(
        house.store,
        a_row(9001, now - timedelta(days=2, hours=2), **common),
        a_row(9001, now - timedelta(days=2), comment=1, text="Когда починят мост?", **common),
        a_row(9002, now - timedelta(days=40), source_id="site-okrug"),
    )


def month(house: House) -> str:
    return f"{datetime.now(UTC).astimezone(house.profile.timezone):%Y-%m}"


def test_the_page_tells_what_to_do(house: House) -> None:
    """Each page stands with its state; what nobody reads is «не читается» and never «молчит»."""
    page = " ".join(house.by("officer").get("/upkeep").text.split())

    assert all(one.name in page for one in house.profile.prevention.pages)
    assert "не читается" in page
    assert "Внесите показатели за месяц" in page
    assert "Как это считается" in page
    assert page.index("Сайт Администрации округа") < page.index("Детский сад")  # silent before unknown


def test_figures_are_typed_in_and_taken_back(house: House) -> None:
    """A form with good numbers is written down and shown; taking back makes the month unknown again."""
    browser, now = house.by("officer"), month(house)
    fields = {"month": now, "posts": "0", "questions": "3", "answered": "1", "last_post_on": ""}

    done = browser.post("/upkeep/school-1/figures", fields, page="/upkeep")

    assert (done.status_code, done.headers["location"]) == (303, "/upkeep#typed")
    shown = " ".join(browser.get("/upkeep").text.split())
    assert "без ответа 2" in shown
    browser.post("/upkeep/school-1/figures", {"month": now, "clear": "1"}, page="/upkeep")
    with house.store.read() as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(page_figure)).scalar_one() == 0


def test_a_wrong_form_keeps_what_was_typed(house: House) -> None:
    """More answers than questions: the reason is told, the form is open and holds the numbers."""
    fields = {"month": month(house), "posts": "7", "questions": "1", "answered": "5"}

    page = house.by("officer").post("/upkeep/library/figures", fields, page="/upkeep")

    assert page.status_code == 422
    assert "больше, чем вопросов" in page.text
    assert '<details class="move" open>' in page.text
    assert 'value="7"' in page.text
    for wrong in ({"posts": "-1"}, {"posts": "много"}, {"month": "x"}, {"last_post_on": "вчера"}, {"posts": "1" * 30}):
        assert house.by("officer").post("/upkeep/library/figures", fields | wrong, page="/upkeep").status_code == 422


def test_who_may_what(house: House) -> None:
    """A reader sees and may not type; a technician does not see; an unknown page is 404."""
    fields = {"month": month(house), "posts": "1", "questions": "0", "answered": "0"}

    assert "Показатели вносят" in house.by("reader").get("/upkeep").text
    assert house.by("reader").post("/upkeep/library/figures", fields).status_code == 403
    assert house.by("technician").get("/upkeep").status_code == 403
    assert house.by("officer").post("/upkeep/nowhere/figures", fields, page="/upkeep").status_code == 404


def test_the_table_is_taken_away(house: House) -> None:
    """The CSV holds every page for six months and comes as a file; a wrong month is told in words."""
    answer = house.by("officer").get("/upkeep.csv")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert f'filename="official-pages-{month(house)}.csv"' in answer.headers["content-disposition"]
    assert len(answer.text.strip().splitlines()) == 1 + 6 * len(house.profile.prevention.pages)
    assert house.by("officer").get("/upkeep.csv?month=2999-01").status_code == 422
    assert house.by("officer").get("/upkeep?month=x").status_code == 422

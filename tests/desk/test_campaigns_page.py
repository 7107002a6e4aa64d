"""The list, the making and the card of campaigns show what is next, to whom it belongs, and only to whom it may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from casework import campaign_messages, campaign_tasks, campaigns
from casework.year import plan
from preventive.campaign import CampaignState
from tests.desk.campaign_build import TEXT, make, move_to, row_of, staff_of, texts, today_of
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of


def test_an_empty_list_leads_to_the_threats(house: House) -> None:
    """Before the first campaign the page says where it begins, to a planner with a button, to a reader with a link."""
    planner, reader = house.by("head").get("/campaigns").text, house.by("reader").get("/campaigns").text

    assert "Кампаний пока нет" in planner
    assert 'href="/campaigns/new">Выбрать угрозу' in planner
    assert "/campaigns/new" not in reader
    assert "Посмотреть угрозы года" in reader


def test_campaigns_stand_by_what_to_do_now(house: House) -> None:
    """Running ones are above prepared, planned and ideas; a filter leaves what it says, an address with nonsense shows all."""
    running = make(house, "Паводок идёт", starts=0)
    move_to(house, running, CampaignState.RUNNING)
    planned = make(house, "Клещи в мае")
    move_to(house, planned, CampaignState.PLANNED)
    make(house, "Стрижка газонов", block="works")

    page = house.by("head").get("/campaigns").text

    heads = [head for head in re.findall(r"<h2 id=\"g-(\w+)\"", page) if head != "mine"]
    assert heads == ["running", "planned", "idea"]
    assert "текстов готово 2 из 2" in text_of(page)
    works = text_of(house.by("head").get("/campaigns?block=works").text)
    assert "Стрижка газонов" in works
    assert "Паводок идёт" not in works
    assert "Паводок идёт" in house.by("head").get("/campaigns?block=nowhere&year=x&page=zz&state=none").text
    assert "Стрижка газонов" not in house.by("officer").get("/campaigns?mine=1").text
    assert "По этим условиям кампаний нет" in house.by("head").get(f"/campaigns?year={today_of(house).year - 5}").text


def test_a_long_group_is_paged(house: House) -> None:
    """One state shows its first twelve with a link to all, and all of them in pages of fifty."""
    for number in range(52):
        make(house, f"Идея № {number}", block="economy", starts=40)

    page = house.by("head").get("/campaigns?block=economy").text
    first, second = (house.by("head").get(f"/campaigns?block=economy&state=idea&page={n}").text for n in (1, 2))

    assert page.count('class="campaign"') == 12
    assert "Все: 52" in text_of(page)
    assert (first.count('class="campaign"'), second.count('class="campaign"')) == (50, 2)
    assert "страница 2 из 2" in text_of(second)


def test_a_block_sees_and_plans_only_its_own(house: House) -> None:
    """A block lead sees campaigns of the own block in the list and behind the address; of another only with a task in it."""
    theirs, other = make(house, "Ямы", block="works"), make(house, "Выпускной", block="social")
    lead = house.by("block_lead")

    listed = lead.get("/campaigns").text
    closed = lead.get(f"/campaigns/{other}")

    assert "Ямы" in listed
    assert "Выпускной" not in listed
    assert lead.get(f"/campaigns/{theirs}").status_code == 200
    assert closed.status_code == 403
    made = campaign_tasks.add_task(
        house.work("head"), other, what="Осветить площадь", due_on=row_of(house, other).starts_on, block="works"
    )
    shown = lead.get(f"/campaigns/{other}")
    assert shown.status_code == 200
    assert f"/task/{made}/end" in shown.text
    assert "/move" not in shown.text
    assert "/message" not in shown.text
    refused = lead.post(f"/campaigns/{other}/move", {"version": "1", "to": "planned"})
    assert (refused.status_code, row_of(house, other).state) == (403, "idea")


def test_a_reader_sees_no_forms(house: House) -> None:
    """Who only reads finds the plan, the texts and the history, and nothing to press."""
    campaign_id = make(house, "Купание")

    page = house.by("reader").get(f"/campaigns/{campaign_id}").text

    assert "Никто не провалился под лёд" in page
    assert f'action="/campaigns/{campaign_id}' not in page
    assert "Что дальше" in page


def test_the_card_says_what_lacks_and_where_to_mend_it(house: House) -> None:
    """A bare campaign names everything that lacks at once, each with the place, and its button does not press."""
    first = today_of(house) + timedelta(days=9)
    bare = campaigns.create(
        house.work("head"), title="Пусто", goal="", topics=["safety"], starts_on=first, ends_on=first
    )

    page = house.by("head").get(f"/campaigns/{bare}").text

    for words in ("не назначен ответственный", "не записана цель", "не отмечено, к кому", "нет ни одной задачи"):
        assert words in page
    assert 'href="#task-new">нет ни одной задачи' in page
    assert 'href="?edit=plan#plan">не записана цель' in page
    assert re.search(r"<button class=\"main-act\" disabled[^>]*>Запланировать", page)


@pytest.mark.parametrize(
    ("state", "next_words", "button"),
    [
        (CampaignState.PLANNED, "Пора начинать подготовку", "Начать подготовку"),
        (CampaignState.PREPARING, "Напишите и утвердите тексты", "Запустить"),
        (CampaignState.RUNNING, "записывайте ссылки", "Завершить"),
        (CampaignState.FINISHED, "запишите уроки", "Подвести итог"),
    ],
)
def test_each_state_names_its_next_step(house: House, state: CampaignState, next_words: str, button: str) -> None:
    """The panel of each state says what is done in it and holds the button that leads on."""
    campaign_id = make(house, f"Состояние {state.value}", starts=0)
    move_to(house, campaign_id, state)

    page = house.by("head").get(f"/campaigns/{campaign_id}").text

    assert next_words in text_of(page)
    assert f">{button}</button>" in page
    assert f'aria-current="step">{state.label}<' in page


def test_what_waits_for_this_person_is_told_first(house: House) -> None:
    """Late tasks and texts for approval stand in the panel and unfolded; the writer is told that another approves."""
    campaign_id = make(house, "Ждёт", starts=0)
    one = texts(house, campaign_id)[0]
    house.by("officer").post(f"/campaigns/{campaign_id}/message/{one.id}/ask", {"version": str(one.version)})

    writer = house.by("officer").get(f"/campaigns/{campaign_id}").text
    approver = house.by("head").get(f"/campaigns/{campaign_id}").text

    assert "1 текст ждёт вашего утверждения" in approver
    assert f'id="message-{one.id}" open' in approver
    assert "Утверждает второй человек" in writer
    assert f"/message/{one.id}/decide" not in writer


def test_the_list_says_what_waits_for_this_very_person(house: House) -> None:
    """Texts of others to approve and the own tasks of the week stand above the list, each leading to its place."""
    campaign_id = make(house, "Для вас", starts=2)
    one = texts(house, campaign_id)[0]
    campaign_messages.ask_approval(house.work("officer"), one.id, one.version)
    task = campaign_tasks.add_task(
        house.work("head"),
        campaign_id,
        what="Обзвонить школы",
        due_on=today_of(house),
        owner_staff=staff_of(house, "second"),
    )

    curator, second = house.by("curator").get("/campaigns").text, house.by("second").get("/campaigns").text

    assert f'href="/campaigns/{campaign_id}#message-{one.id}">Утвердить текст' in curator
    assert f'href="/campaigns/{campaign_id}#task-{task}">Задача: Обзвонить школы' in second
    assert "Утвердить текст" not in second
    assert "Для вас: " not in house.by("reader").get("/campaigns").text


def test_the_picture_says_in_words_what_it_shows(house: House) -> None:
    """The plan's picture carries its days and counts for who does not see it."""
    page = house.by("reader").get(f"/campaigns/{make(house, 'Картина')}").text

    (said,) = re.findall(r'class="plan-picture"[^>]*aria-label="([^"]+)"', page)
    assert said.startswith("План: подготовка с ")
    assert "1 задача, 2 публикации" in said


def test_a_threat_becomes_a_campaign_with_one_press(house: House) -> None:
    """The page of a new campaign lists threats with their days; one form makes the plan, and a second time leads to it."""
    head = house.by("head")
    page = head.get("/campaigns/new").text
    years = re.findall(r'name="threat" value="elections"><input type="hidden" name="year" value="(\d{4})"', page)

    confirm = head.get(f"/campaigns/new?threat=elections&year={years[0]}").text
    made = head.post("/campaigns/new/threat", {"threat": "elections", "year": years[0]})
    again = head.post("/campaigns/new/threat", {"threat": "elections", "year": years[0]}, follow_redirects=True)

    assert "Создать кампанию" in confirm
    assert made.status_code == 303
    card = head.get(made.headers["location"]).text
    assert "только информирование" in card
    assert "Кампания уже есть" in head.get("/campaigns/new").text
    assert again.url.path == made.headers["location"]
    assert "такая кампания уже есть" in text_of(again.text)
    assert head.get("/campaigns/new?threat=nothing").status_code == 200
    assert "Такой угрозы впереди нет" in head.get("/campaigns/new?threat=nothing").text


def test_each_coming_of_a_year_may_have_its_campaign(house: House) -> None:
    """May holidays come twice: the first day that the form names says which of them is meant."""
    year = today_of(house).year + 1
    comings = next(t.comings for t in plan(house.work(), year).threats if t.threat.id == "may-holidays")
    starts = [c.start for c in comings if c.start.year == year]

    made = [
        house.by("head").post(
            "/campaigns/new/threat", {"threat": "may-holidays", "year": str(year), "start": start.isoformat()}
        )
        for start in reversed(starts)
    ]

    assert len(starts) > 1
    assert [row_of(house, int(m.headers["location"].rsplit("/", 1)[1])).starts_on for m in made] == starts[::-1]


def test_last_years_lessons_are_shown_before_copying(house: House) -> None:
    """A finished campaign is offered for a copy with its lessons in sight, and the copy carries them."""
    campaign_id = make(house, "Первый лёд", starts=0)
    move_to(house, campaign_id, CampaignState.FINISHED)
    head = house.by("head")
    head.post(
        f"/campaigns/{campaign_id}/result",
        {"version": str(row_of(house, campaign_id).version), "lessons": "Начать на неделю раньше"},
    )

    shown = head.get(f"/campaigns/new?copy={campaign_id}").text
    year = today_of(house).year + 1
    made = head.post("/campaigns/new/copy", {"campaign": str(campaign_id), "year": str(year)})

    assert "Начать на неделю раньше" in shown
    assert made.status_code == 303
    card = head.get(made.headers["location"]).text
    assert "Уроки прошлого раза" in card
    assert "Начать на неделю раньше" in card


@pytest.mark.parametrize(
    "path", ["/campaigns/999999", "/campaigns/0", "/campaigns/99999999999999999999", "/campaigns/x"]
)
def test_a_campaign_that_is_not_there_is_told(house: House, path: str) -> None:
    """A wrong address gets a page in Russian."""
    answer = house.by("head").get(path)

    assert answer.status_code == 404
    assert "Traceback" not in answer.text


def test_the_card_asks_the_memory_as_often_for_much_as_for_little(house: House) -> None:
    """Sixty tasks and texts cost no more questions to the database than one: the card stays fast."""
    small, big = make(house, "Мало", starts=300), make(house, "Много", starts=330, lasts=60)
    first = row_of(house, big).starts_on
    for number in range(60):
        day = first + timedelta(days=number)
        campaign_tasks.add_task(house.work("head"), big, what=f"Задача {number}", due_on=day)
        campaign_messages.add_message(
            house.work("officer"), big, audience="рыбаки", channel=f"Доска № {number % 9}", text=TEXT, post_on=day
        )
    asked: dict[int, int] = {}
    house.by("head").get(f"/campaigns/{small}")
    for campaign_id in (small, big):
        with _counted(house) as questions:
            assert house.by("head").get(f"/campaigns/{campaign_id}").status_code == 200
        asked[campaign_id] = len(questions)

    assert 0 < asked[big] <= asked[small] + 3  # a session may note the minute in between


@contextmanager
def _counted(house: House) -> Iterator[list[str]]:
    """Collect what is asked of the database meanwhile."""
    heard: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        heard.append(statement)

    sa.event.listen(house.store.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        sa.event.remove(house.store.engine, "before_cursor_execute", hear)


def test_only_planners_make_campaigns(house: House) -> None:
    """Readers, executors and technicians are refused at the door of a new campaign."""
    assert [house.by(r).get("/campaigns/new").status_code for r in ("reader", "executor", "technician")] == [403] * 3
    assert staff_of(house, "head")

"""The step «Реакция» shows what people answered the answer with, what a closing needs, and takes the closing itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import sqlalchemy as sa

from casework.closing import work_off
from casework.watching import look
from casework.work import Work
from desk.pictures_reaction import by_days, reaction_picture, share_line
from desk.wording import Hours
from district.load import load_profile
from storage.engine import Store
from storage.tables import risk, run, source, watch
from storage.upgrade import upgrade
from tests.casework import posts_build, watch_build
from tests.casework.posts_build import a_work
from tests.casework.watch_build import ANGRY, HOUR, by, comments_at, copy_at, machine, set_state, the_risk, watched_risk
from tests.desk import build
from tests.desk.conftest import ROOT, House
from tests.storage.build import a_source

DAYS = timedelta(days=5)


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[House, Work]]:
    """A served desk with one risk, watched for five days."""
    start = datetime.now(UTC) - DAYS
    for module in (posts_build, watch_build):
        monkeypatch.setattr(module, "NOW", start)
    url = f"sqlite:///{tmp_path / 'otklik.sqlite3'}"
    upgrade(url)
    store, profile = Store(url), load_profile(ROOT / "district" / "demo.toml")
    for login, roles in (("anna", ["officer"]), ("boris", ["officer"]), ("reader", ["reader"])):
        build.add_staff(store, login, roles)
    work = a_work(store, profile, start)
    watched_risk(work, comments=10)
    app = build.the_app(store, profile, tmp_path)
    with ExitStack() as stack:
        served = stack.enter_context(build.Served(app))
        yield House(app, served, store, profile, {}, stack), work
    store.close()


def cut(html: str) -> str:
    found = re.search(r'<h2 id="h-reaction".*?</section>', html, re.S)
    assert found, "no step on the card"
    return unescape(re.sub(r"\s+", " ", found[0]))


def section(house: House, by_login: str = "anna") -> str:
    page = house.by(by_login).get("/risk/1")
    assert page.status_code == 200
    return cut(page.text)


def version(house: House) -> str:
    with house.store.read() as tx:
        return str(tx.execute(sa.select(risk.c.version).where(risk.c.id == 1)).scalar_one())


def looked(work: Work, after: timedelta = DAYS) -> None:
    with work.store.write() as tx:
        tx.execute(sa.update(watch).values(next_look=watch_build.NOW))
    look(machine(work, after))


def test_before_an_answer_the_step_says_what_will_come(answered: tuple[House, Work]) -> None:
    """A risk that is still checked shows what a closing will need, with links to the steps, and no form."""
    house, work = answered
    with work.store.write() as tx:
        tx.execute(sa.delete(watch))
    set_state(work, "verifying", veracity="unconfirmed")

    shown = section(house)

    assert "здесь будет видно, успокоились ли люди" in shown
    assert 'href="#checking">сделать' in shown
    assert "<form" not in shown


def test_a_quiet_reaction_may_be_closed_and_is(answered: tuple[House, Work]) -> None:
    """Reasons with signs, the picture, both shares; the closing is signed with a note and the step is done."""
    house, work = answered
    looked(work)

    shown = section(house)
    assert "Можно закрывать" in shown
    for words in (
        "Новых публикаций после ответа нет",
        "50 % недовольных (5 из 10)",
        "комментариев нет",
        "Чтобы закрыть",
    ):
        assert words in shown
    assert shown.count("<svg") == 3
    assert "style=" not in shown

    sent = house.by("anna").post("/risk/1/reaction/close", {"version": version(house), "note": "люди благодарят"})

    assert (sent.status_code, sent.headers["location"]) == (303, "/risk/1#reaction")
    shown = section(house)
    assert "люди успокоились, риск закрыт" in shown
    assert "Прошлое наблюдение" in shown
    assert the_risk(work).state == "worked_off"


def test_a_refused_closing_names_what_is_missing_and_keeps_the_words(answered: tuple[House, Work]) -> None:
    """A copy came today: the form comes back open, with the note and with what is missing."""
    house, work = answered
    copy_at(work, DAYS - HOUR, 70)
    looked(work)

    sent = house.by("anna").post(
        "/risk/1/reaction/close", {"version": version(house), "note": "пора бы", "closing": "1"}
    )

    assert sent.status_code == 422
    shown = cut(sent.text)
    assert re.search(r"Закрыть пока нельзя\. Не хватает: 1\) Тихо [01] ч из", shown)
    assert ">пора бы</textarea>" in shown
    assert the_risk(work).state == "watched"


def test_the_slower_of_two_is_told_and_loses_nothing(answered: tuple[House, Work]) -> None:
    """Boris closed while Anna's form was open: she sees who and what, her note stays, nothing is written twice."""
    house, work = answered
    seen = version(house)
    boris = by(work, DAYS, watch_build.OTHER)
    work_off(boris, 1, int(seen))

    sent = house.by("anna").post("/risk/1/reaction/close", {"version": seen, "note": "и я за", "closing": "1"})

    assert sent.status_code == 409
    assert "уже изменён: boris, риск отработан" in unescape(sent.text)
    assert the_risk(work).state == "worked_off"


def test_what_gets_worse_is_shown_with_the_posts_behind(answered: tuple[House, Work]) -> None:
    """Angry comments and new copies: the reasons first, the posts and comments with links to the originals."""
    house, work = answered
    for n, where in enumerate(("tg-chat", "site-gazeta", "vk-typical", "tg-novosti"), start=60):
        copy_at(work, DAYS - 3 * HOUR + n * timedelta(minutes=1), n, source_id=where, url=f"https://example.org/{n}")
    comments_at(work, DAYS - 2 * HOUR, [ANGRY] * 9)
    looked(work)

    shown = section(house)

    assert "Становится хуже" in shown
    assert "Новые записи после ответа" in shown
    assert "Ещё 1" in shown
    assert 'href="https://example.org/63"' in shown
    assert "Недовольные комментарии после ответа" in shown
    assert "становится хуже</small>" in shown


def test_back_to_the_answer_needs_a_reason(answered: tuple[House, Work]) -> None:
    """Without a reason the form is shown again; with one the risk is being answered anew."""
    house, work = answered
    anna = house.by("anna")

    assert anna.post("/risk/1/reaction/again", {"version": version(house), "again": "1"}).status_code == 422
    sent = anna.post("/risk/1/reaction/again", {"version": version(house), "reason": "спрашивают о подвозе"})

    assert (sent.status_code, sent.headers["location"]) == (303, "/risk/1#answer")
    assert the_risk(work).state == "preparing"


def test_the_watch_may_be_begun_by_hand(answered: tuple[House, Work]) -> None:
    """An answer where no crawler reads: the button begins the watch."""
    house, work = answered
    with work.store.write() as tx:
        tx.execute(sa.delete(watch))
    set_state(work, "answered")
    assert "Начать наблюдение" in section(house)

    sent = house.by("anna").post("/risk/1/reaction/watch", {"version": version(house)})

    assert sent.status_code == 303
    assert the_risk(work).state == "watched"
    assert "Первый вывод" in section(house)


def test_a_spread_anew_asks_for_cause_and_forecast(answered: tuple[House, Work]) -> None:
    """The reopened card says what came and how often, asks why, keeps what was typed, and shows the words afterwards."""
    house, work = answered
    work_off(by(work, DAYS - 3 * HOUR), 1, the_risk(work).version)
    copy_at(work, DAYS - 2 * HOUR, 80)

    shown = section(house)
    assert "Распространилось повторно: 1 раз." in shown
    assert "1 новая запись, 1 источник" in shown
    anna = house.by("anna")
    refused = anna.post("/risk/1/reaction/cause", {"version": version(house), "cause": "авария повторилась"})
    assert refused.status_code == 422
    assert ">авария повторилась</textarea>" in cut(refused.text)
    sent = anna.post(
        "/risk/1/reaction/cause",
        {"version": version(house), "cause": "авария повторилась", "forecast": "стихнет к вечеру"},
    )
    assert sent.status_code == 303
    shown = section(house)
    assert "стихнет к вечеру" in shown
    assert "Записать причину" not in shown


def test_a_risk_and_its_follower_link_to_each_other(answered: tuple[House, Work]) -> None:
    """After the window a new risk goes on: both cards say so with a link."""
    house, work = answered
    set_state(work, "worked_off", at=watch_build.NOW - timedelta(days=16))
    with work.store.write() as tx:
        tx.execute(sa.update(risk).where(risk.c.id == 1).values(closed_at=watch_build.NOW - timedelta(days=16)))
    copy_at(work, DAYS - HOUR, 81)
    with work.store.read() as tx:
        (new,) = tx.execute(sa.select(risk.c.id).where(risk.c.follows == 1)).scalars()

    assert f'История продолжается в риске <a href="/risk/{new}">' in section(house)
    assert 'Продолжает риск <a href="/risk/1">' in cut(house.by("anna").get(f"/risk/{new}").text)


def test_a_reader_sees_and_presses_nothing(answered: tuple[House, Work]) -> None:
    """The step is there for who only reads, without a form; a forged one is refused."""
    house, work = answered
    looked(work)

    assert "<form" not in section(house, "reader")
    sent = house.by("reader").post("/risk/1/reaction/close", {"version": version(house)})
    assert sent.status_code == 403
    assert the_risk(work).state == "watched"


def test_late_arrivals_are_shown_on_the_closed_card(answered: tuple[House, Work]) -> None:
    """A post of before the closing that came in afterwards is counted, in words."""
    house, work = answered
    work_off(by(work, DAYS - 3 * HOUR), 1, the_risk(work).version)
    copy_at(work, DAYS - HOUR, 90, published_at=watch_build.NOW - HOUR)

    shown = section(house)

    assert "После закрытия дошло: 1 запись" in shown
    assert the_risk(work).state == "worked_off"


def test_silence_of_a_source_that_nobody_reads_is_told_as_unknown(answered: tuple[House, Work]) -> None:
    """A paused source and one not read since yesterday are named; those read an hour ago and never read are not."""
    house, work = answered
    now = datetime.now(UTC)
    with work.store.write() as tx:
        for source_id, state in (("vk-podslushano", "paused"), ("vk-typical", "active"), ("tg-novosti", "active")):
            tx.execute(sa.insert(source).values(a_source(id=source_id, name=source_id, state=state)))
            age = HOUR if source_id == "tg-novosti" else 30 * HOUR
            ended = now - age
            tx.execute(sa.insert(run).values(
                source_id=source_id, started_at=ended, ended_at=ended, outcome="ok", counts={},
            ))  # fmt: skip
    looked(work)

    shown = section(house)

    assert "Тишина проверена не везде" in shown
    assert "«vk-podslushano» сейчас не читается" in shown
    assert "«vk-typical» последний раз прочитан" in shown
    assert "tg-novosti" not in shown


NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_days_are_the_districts_and_none_is_left_out() -> None:
    """Counts are gained per local day; an empty day between stands there with nothing; no more than a fortnight."""
    profile = load_profile(ROOT / "district" / "demo.toml")
    hours = Hours(NOW, profile.timezone)
    late = datetime(2026, 11, 18, 22, 30, tzinfo=UTC)  # already the 19th there
    days = by_days([(late, 2, 100), (NOW, 5, 350)], hours)

    assert [(d.day.day, d.posts, d.views) for d in days] == [(19, 2, 100), (20, 0, 0), (21, 3, 250)]
    assert by_days([], hours) == []
    assert len(by_days([(NOW - timedelta(days=40), 1, 1), (NOW, 2, 2)], hours)) == 14


def test_the_picture_marks_the_answer_and_speaks_without_eyes() -> None:
    """A line where the answer stood, words for who cannot see; nothing to draw is nothing."""
    hours = Hours(NOW, load_profile(ROOT / "district" / "demo.toml").timezone)
    points = [(NOW - timedelta(days=2), 3, 900), (NOW, 4, 950)]

    drawn = str(reaction_picture(points, NOW - timedelta(days=1), hours))

    assert "pic-answer" in drawn
    assert "Ответ 20.11.2026 12:00" in drawn
    assert "записей 3, просмотров 900" in drawn
    assert reaction_picture([], NOW, hours) == ""
    assert "pic-answer" not in str(reaction_picture(points, NOW - timedelta(days=30), hours))
    assert 'width="0.0"' in str(share_line(None, "pic-after"))
    assert 'width="200.0"' in str(share_line(1.0, "pic-after"))

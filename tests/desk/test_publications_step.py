"""The step «Публикации» shows each platform with its answer or without, takes links, and sends the «отработка»."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
import sqlalchemy as sa

from casework.link_checks import Found, note_check
from casework.publications import record
from storage.find.publications import coverage, publications_of
from storage.tables import risk
from tests.casework.publication_build import TEXT, an_answer, told_in_chats
from tests.desk.conftest import House

ICE, GAS, WASTE, BUS = 4, 1, 5, 6
"""Numbers of the morning's cases: under the ice, the smell of gas, rubbish, the bus."""
SITE = "https://beloe.example.ru/news/2026/otvet/"


def section(house: House, risk_id: int, by: str = "officer", status: int = 200) -> str:
    page = house.by(by).get(f"/risk/{risk_id}")
    assert page.status_code == status
    return cut(page.text)


def cut(html: str) -> str:
    found = re.search(
        r'<details class="sheet step [a-z]+"[^>]*><summary><h2 id="h-publications".*?</section>', html, re.S
    )
    assert found, "no step on the card"
    return unescape(re.sub(r"\s+", " ", found[0]))


def version(house: House, risk_id: int) -> int:
    with house.store.read() as tx:
        return int(tx.execute(sa.select(risk.c.version).where(risk.c.id == risk_id)).scalar_one())


def answered(house: House, risk_id: int, **given: str) -> int:
    """Approve an answer of a risk that is being answered; return its id."""
    with house.store.write() as tx:
        tx.execute(sa.update(risk).where(risk.c.id == risk_id).values(state="preparing"))
    return an_answer(house.store, risk_id, **given)


def fields(house: House, risk_id: int, answer: int, **given: str) -> dict[str, str]:
    row = {"version": str(version(house, risk_id)), "answer": str(answer), "place_kind": "community"}
    return row | given


def test_without_an_answer_the_platforms_wait(house: House) -> None:
    """Before there is a text the step says what is first, and offers no form."""
    shown = section(house, BUS)
    assert "сначала утвердите ответ" in shown
    assert "ответа ещё нет" in shown
    assert "Открыть площадку" in shown
    assert "<form" not in shown


def test_a_link_is_recorded_beside_its_platform(house: House) -> None:
    """The form of a platform is open where an answer is missing; a link to the page of the platform fills the row."""
    answer = answered(house, ICE)
    with house.store.read() as tx:
        platform = coverage(tx, ICE)[0]
    shown = section(house, ICE)
    assert "✗</span> нет ответа" in shown
    assert "нет ни одной ссылки" in shown
    assert f'name="source" value="{platform.source_id}"' in shown
    officer = house.by("officer")
    name = platform.address.rstrip("/").rpartition("/")[2]
    bad = officer.post(
        f"/risk/{ICE}/publication",
        fields(house, ICE, answer, source=platform.source_id, pub_row=platform.source_id, url="https://t.me/chuzhoy/5"),
    )
    assert bad.status_code == 422
    told = cut(bad.text)
    assert 'role="alert"' in told
    assert "площадку «Telegram»" in told
    assert 'value="https://t.me/chuzhoy/5"' in told
    good = officer.post(
        f"/risk/{ICE}/publication",
        fields(house, ICE, answer, source=platform.source_id, url=f"https://vk.com/{name}?w=wall-55_7_r9"),
    )
    assert (good.status_code, good.headers["location"]) == (303, f"/risk/{ICE}#publications")
    shown = section(house, ICE)
    assert "ждёт проверки" in shown
    assert "vk.com/wall-55_7?reply=9" in shown
    assert "записано" in shown
    assert "Officer" in shown
    with house.store.read() as tx:
        assert tx.execute(sa.select(risk.c.state).where(risk.c.id == ICE)).scalar() == "answered"


def test_what_the_crawler_saw_is_shown(house: House) -> None:
    """A standing, a vanished and an unread answer each show sign, word and reason; the strip warns of the vanished one."""
    answer = answered(house, GAS)
    work = house.work("head")
    numbers = [
        record(work, GAS, version(house, GAS), answer, f"{SITE}{i}", f"Сайт {i}", "official") for i in range(3)
    ]  # fmt: skip
    later = house.work().at(work.now + timedelta(minutes=1))
    note_check(later, numbers[0], Found(TEXT, 1200, "read"))
    note_check(later, numbers[1], Found(None, None, "gone", "такой страницы нет (404)"))
    note_check(later, numbers[2], Found(None, None, "closed", "MAX программа пока не читает"))
    shown = section(house, GAS)
    assert shown.count("Вижу сам: ответ стоит") == 1
    given = {"version": str(version(house, GAS)), "publication": str(numbers[2])}
    assert house.by("officer").post(f"/risk/{GAS}/publication/seen", given).status_code == 303
    assert "Видел сотрудник: Officer" in section(house, GAS)
    for words in (
        "✓</span> стоит", "1 200 просмотров".replace(" ", "\u00a0", 1), "✗</span> ответа нет", "Такой страницы нет (404)",
        "?</span> не проверить", "MAX программа пока не читает", "Соразмерность", "ответ исчез или изменён: Сайт 1",
    ):  # fmt: skip
        assert words in shown or words.replace("\u00a0", " ") in shown, words


def test_a_publication_is_struck_out_with_a_reason(house: House) -> None:
    """Without a reason the form comes back open; with one the publication leaves the register."""
    answer = answered(house, WASTE)
    officer = house.by("officer")
    made = officer.post(
        f"/risk/{WASTE}/publication",
        fields(house, WASTE, answer, place="Сайт округа", place_kind="official", url=SITE, pub_row="other"),
    )
    assert made.status_code == 303
    with house.store.read() as tx:
        (one,) = publications_of(tx, WASTE)
    given = {
        "version": str(version(house, WASTE)),
        "publication": str(one.id),
        "pub_row": f"off-{one.id}",
        "reason": "",
    }
    refused = officer.post(f"/risk/{WASTE}/publication/withdraw", given)
    assert refused.status_code == 422
    assert "почему публикация убирается" in cut(refused.text)
    assert re.search(r"<details open><summary class=\"small\">Убрать", cut(refused.text))
    assert officer.post(f"/risk/{WASTE}/publication/withdraw", given | {"reason": "не туда"}).status_code == 303
    assert "Сайт округа" not in re.sub(r"<option.*?</option>", "", section(house, WASTE))


def test_the_working_out_is_seen_and_sent(house: House) -> None:
    """What is missing stands above the button, the message is shown as it will be sent, and it is sent once."""
    risk_id = 7
    answer = answered(house, risk_id)
    officer = house.by("officer")
    shown = section(house, risk_id)
    assert "Нет ни одной ссылки на публикацию" in shown
    assert "Отправить «отработку»" not in shown
    given = fields(house, risk_id, answer, place="Сайт округа", place_kind="official", url=SITE)
    assert officer.post(f"/risk/{risk_id}/publication", given).status_code == 303
    shown = section(house, risk_id)
    assert "Проверка не завершена" in shown
    assert "Комментарий:" in shown
    assert f"1) Сайт округа — {SITE}" in shown
    before = len(told_in_chats(house.store, "working_out"))
    sent = officer.post(f"/risk/{risk_id}/working-out", {"version": str(version(house, risk_id))})
    assert sent.headers["location"] == f"/risk/{risk_id}#publications"
    assert len(told_in_chats(house.store, "working_out")) > before
    assert "С тех пор ничего не изменилось" in section(house, risk_id)
    again = officer.post(f"/risk/{risk_id}/working-out", {"version": str(version(house, risk_id))})
    assert again.status_code == 422
    assert "уже отправлено" in cut(again.text)


def test_two_officers_at_once(house: House) -> None:
    """The slower one is told who was quicker and keeps the pasted link."""
    risk_id = 8
    answer = answered(house, risk_id)
    stale = fields(house, risk_id, answer, place="Сайт округа", place_kind="official", url=SITE, pub_row="other")
    first = house.by("second").post(f"/risk/{risk_id}/publication", stale)
    assert first.status_code == 303
    late = house.by("officer").post(f"/risk/{risk_id}/publication", stale | {"url": f"{SITE}2"})
    assert late.status_code == 409
    assert f'value="{SITE}2"' in cut(late.text)


@pytest.mark.parametrize("login", ["reader", "technician"])
def test_who_may_not_publish_gets_no_form(house: House, login: str) -> None:
    """A reader sees the register without forms and is refused at the door; the technician does not judge risks at all."""
    answer = answered(house, 9)
    browser = house.by(login)
    refused = browser.post(
        "/risk/9/publication", fields(house, 9, answer, place="Сайт", place_kind="official", url=SITE)
    )
    assert refused.status_code == 403
    if login == "reader":
        assert "<form" not in section(house, 9, "reader")

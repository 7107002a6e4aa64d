"""The card tells everything of a risk and lets each person do what their role and its state allow."""

from __future__ import annotations

import html as markup
import re

import httpx
import pytest

from casework import triage
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of


def fields(page: str, act: str) -> dict[str, str]:
    """Return the hidden fields of a form of the card."""
    form = page.split(f'action="/risk/{act}"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="(version|shown|back)" value="([^"]*)"', form))


def send(house: House, login: str, act: str, page: str = "", **typed: object) -> httpx.Response:
    browser = house.by(login)
    shown = page or browser.get(f"/risk/{act.split('/')[0]}").text
    return browser.post(f"/risk/{act}", fields(shown, act) | {k: v for k, v in typed.items() if v is not None})


def test_the_card_tells_why(house: House) -> None:
    """Each reason stands with its points, its share in words and a bar; the machine's level is named as its own."""
    page = text_of(house.by("reader").get("/risk/2").text)

    for said in (
        "Решение машины",
        "Слух об опасности для жизни",
        "68 % оценки",
        "+60",
        "−8",
        "снижает оценку",
        "Набор правил 2026-11-21",
    ):
        assert said in page, said


def test_the_card_tells_where_it_goes(house: House) -> None:
    """Topic with its rivals, place, block and responsible post are told; what is not ours names who answers."""
    own, foreign = (text_of(house.by("reader").get(f"/risk/{n}").text) for n in (3, 2))

    assert "похоже на: ЖКХ 70 %, Безопасность и правопорядок 20 %" in own
    assert "Заместитель Главы Администрации по жилищно-коммунальным вопросам" in own
    assert "Беловский территориальный отдел" in own
    assert "Не наша компетенция" in foreign


def test_posts_keep_their_links_and_never_an_author(house: House) -> None:
    """Originals open in a window that cannot reach back; copies say how alike they are; edits are marked."""
    page = house.by("reader").get("/risk/1").text

    assert re.search(r'href="https://example.org/[^"]+" rel="noopener noreferrer" target="_blank"', page)
    assert "Почти тот же текст: 93 из 100" in page
    assert "изменена" in page
    assert "104 вызвали, едут." in page
    assert "Тревоги" in page


def test_text_of_posts_is_only_text(house: House) -> None:
    """Markup in a post is shown as it was written."""
    from sqlalchemy import update

    from storage.tables import post

    evil = '<img src=x onerror=alert(1)> {{ 7*7 }} <a href="javascript:alert(1)">x</a>'
    with house.store.write() as tx:
        tx.execute(update(post).where(post.c.id == 6000).values(text=evil, url="javascript:alert(1)"))

    page = house.by("reader").get("/risk/6").text

    assert "<img src=x" not in page
    assert "{{ 7*7 }}" in page
    assert 'href="javascript' not in page


def test_taking_leads_to_the_card_that_says_what_next(house: House) -> None:
    """Taking opens the card; there the verification form waits."""
    officer = house.by("officer")

    answer = officer.post("/risk/7/take")

    assert answer.headers["location"] == "/risk/7"
    page = officer.get("/risk/7").text
    assert "Риск у вас до" in page
    assert re.search(r'<details class="move" id="verify" open>', page)
    assert "в работе: Officer" in house.by("second").get("/risk/7").text
    officer.post("/risk/7/release")


def test_verification_is_written_with_its_source(house: House) -> None:
    """The verdict needs who says so; then state, veracity and history tell it, and the next step is named."""
    empty = send(house, "officer", "7/verify", veracity="confirmed", note="Заплатка завтра")
    assert empty.status_code == 422
    assert "Укажите: откуда известен факт" in empty.text
    assert "Заплатка завтра" in empty.text

    done = send(
        house, "officer", "7/verify", veracity="confirmed", source_of_fact="Комитет ЖКХ", note="Заплатка завтра"
    )

    assert done.status_code == 303
    page = text_of(house.by("officer").get("/risk/7").text)
    assert "готовится ответ, подтверждено" in page
    assert "состояние: найден → готовится ответ" in page
    assert "откуда известно: Комитет ЖКХ" in page
    assert "«Заплатка завтра»" in page
    assert "Ответ готовит Заместитель Главы" in page


def test_dismissing_returns_to_the_queue_and_reopening_brings_it_back(house: House) -> None:
    """A dismissed risk leaves the open queue with its reason and comes back with another."""
    done = send(house, "officer", "9/dismiss", reason="not-a-risk")
    assert done.headers["location"] == "/"
    assert "Когда откроют каток" not in house.by("officer").get("/").text.split('id="list"')[1]
    assert "причина: не риск" in text_of(house.by("officer").get("/risk/9").text)

    back = send(house, "officer", "9/reopen", reason="спросили снова")

    assert back.status_code == 303
    assert "открыт повторно" in house.by("officer").get("/risk/9").text


def test_another_reason_needs_words(house: House) -> None:
    """«Другое» without words is refused, with the choice kept."""
    answer = send(house, "officer", "9/dismiss", reason="other")

    assert answer.status_code == 422
    assert re.search(r'value="other" required checked', answer.text)


def test_a_persons_level_stands_beside_the_machines(house: House) -> None:
    """A level by a person's word keeps the machine's visible and the reason in the history."""
    done = send(house, "coordinator", "5/level", level="3", reason="рядом школа")

    assert done.status_code == 303
    page = text_of(house.by("reader").get("/risk/5").text)
    assert "Решение человека: 3 высокий" in page
    assert "Машина считает: 2 средний" in page
    assert "уровень: 2 → 3" in page
    assert "рядом школа" in page


def test_the_route_is_changed_in_words(house: House) -> None:
    """Topic, place and block are chosen from lists, and the history tells them by name."""
    done = send(
        house, "officer", "10/route", topic="safety", settlement="Ветрово", block="core", reason="это к ЕДДС"
    )  # fmt: skip

    assert done.status_code == 303
    page = text_of(house.by("reader").get("/risk/10").text)
    assert "тема: нет → Безопасность и правопорядок" in page
    assert "блок: нет → Управление делами" in page


def test_merging_by_number_names_the_number_that_is_not_there(house: House) -> None:
    """A mistyped number is named; nothing is merged."""
    answer = send(house, "officer", "4/merge", numbers="2026-000003, 2026-999999", reason="одно и то же")

    assert answer.status_code == 422
    assert "Риска № 2026-999999 нет" in answer.text
    assert "одно и то же" in answer.text


def test_splitting_makes_a_risk_of_its_own(house: House) -> None:
    """The ticked posts go into a new risk, whose card opens; the old one keeps the rest."""
    page = house.by("officer").get("/risk/3").text
    nothing = send(house, "officer", "3/split", page=page, reason="другой дом")
    assert "Отметьте записи" in nothing.text

    done = send(house, "officer", "3/split", page=page, post=["3002", "3003"], reason="другой дом")

    assert done.status_code == 303, text_of(done.text)[:3000]
    page = text_of(house.by("officer").get(done.headers["location"]).text)
    assert "Записи: 2" in page
    assert "выделен из другого риска" in page


def test_a_suggestion_is_decided_by_a_person(house: House) -> None:
    """«Похоже — решите» offers both answers and is gone once answered."""
    officer = house.by("officer")
    page = officer.get("/risk/4").text
    number = re.search(r'action="/suggestion/(\d+)"', page)
    assert number
    assert "Похоже на 81 из 100, но различаются места" in page

    done = officer.post(f"/suggestion/{number[1]}", {"card": "4", "same": "no"})

    assert done.headers["location"] == "/risk/4#like"
    assert f'action="/suggestion/{number[1]}"' not in officer.get("/risk/4").text


def test_who_was_slower_sees_what_changed_and_keeps_the_typed_text(house: House) -> None:
    """A form of an old card changes nothing: it shows what happened meanwhile and holds what was typed."""
    slow = house.by("officer").get("/risk/2").text
    triage.set_level(house.work("head"), 2, int(fields(slow, "2/verify")["version"]), 3, "звонила больница: двоих нет")

    answer = send(
        house, "officer", "2/verify", page=slow, veracity="refuted", source_of_fact="ЦРБ", note="Никого не привозили"
    )

    assert answer.status_code == 409
    page = markup.unescape(text_of(answer.text))
    assert "уже изменён: head" in page
    assert "Пока форма была открыта" in page
    assert "уровень: 4 → 3" in page
    assert 'value="ЦРБ"' in answer.text
    assert "Никого не привозили" in answer.text
    again = send(house, "officer", "2/verify", page=answer.text, veracity="refuted", source_of_fact="ЦРБ")
    assert again.status_code == 303


def test_a_risk_in_other_hands_is_left_alone(house: House) -> None:
    """A form sent for a risk that somebody else holds is refused with the holder's name; a coordinator may step in."""
    house.by("second").post("/risk/8/take")
    page = house.by("officer").get("/risk/8").text

    refused = send(house, "officer", "8/level", page=page, level="2", reason="проверка")
    done = send(house, "coordinator", "8/level", level="2", reason="проверка")

    assert refused.status_code == 409
    assert "second" in refused.text
    assert done.status_code == 303


def test_a_move_that_the_state_does_not_allow(house: House) -> None:
    """A step that the table of moves does not have is refused with what is possible."""
    answer = house.by("officer").post("/risk/4/reopen", {"version": "1", "reason": "так"})

    assert answer.status_code == 409
    assert "невозмож" in answer.text


@pytest.mark.parametrize("act", ["verify", "dismiss", "level", "route", "merge", "split"])
def test_each_form_has_a_page_of_its_own(house: House, act: str) -> None:
    """Without JavaScript each form opens as a page; its way back leads where it came from."""
    page = house.by("head").get(f"/risk/1/{act}")

    assert page.status_code == 200
    assert f'action="/risk/1/{act}"' in page.text
    assert 'id="sheet-body"' in page.text


def test_a_form_that_does_not_fit_says_so(house: House) -> None:
    """A form for another state is a page that says so; a name that is no form is not found."""
    assert house.by("head").get("/risk/1/reopen").status_code == 409
    assert house.by("head").get("/risk/1/destroy").status_code == 404


@pytest.mark.parametrize(
    "body", ["version=x&reason=a", "version=1", "", "version=1&level=9&reason=a", "version=" + "9" * 40]
)
def test_a_broken_form_is_told_not_thrown(house: House, body: str) -> None:
    """Whatever a form lacks or holds, the answer is a page with a sentence."""
    officer = house.by("officer")
    officer.post("/me")  # remembers the token
    answer = officer.client.post(
        "/risk/1/level", content=f"csrf={officer.token}&{body}",
        headers={"Origin": house.served.url, "Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip

    assert answer.status_code in (409, 422)
    assert "Traceback" not in answer.text

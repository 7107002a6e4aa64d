"""The step «Ответ» leads a tired officer: «проверяем» in two presses, a draft with its faults beside it, a second person, a ready text."""

from __future__ import annotations

import html as markup
import re

import httpx
import pytest
import sqlalchemy as sa

from casework import answers
from storage.find.answers import AnswerRow, answers_of
from storage.tables import answer, risk
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of

SIGNED = "Администрация Демонстрационного муниципального округа"
GOOD = f"Здравствуйте! Бригада дорожников заделает яму до 25 ноября.\n\n{SIGNED}"


def of(house: House, risk_id: int) -> tuple[AnswerRow, ...]:
    with house.store.read() as tx:
        return answers_of(tx, risk_id)


def card(house: House, login: str, risk_id: int) -> str:
    page = house.by(login).get(f"/risk/{risk_id}")
    assert page.status_code == 200
    return page.text


def section(page: str) -> str:
    """The step's section of a card."""
    return page.split('id="answer"', 1)[1].split('id="publications"')[0]


def fields(page: str, act: str) -> dict[str, str]:
    form = page.split(f'action="{act}"')[1].split("</form>")[0]
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)) | {"csrf": ""}


def ticked(page: str, act: str) -> list[str]:
    form = page.split(f'action="{act}"')[1].split("</form>")[0]
    return re.findall(r'name="platform" value="([^"]+)" checked', form)


def send(house: House, login: str, act: str, page: str = "", **typed: object) -> httpx.Response:
    browser = house.by(login)
    shown = page or browser.get("/risk/" + act.split("/")[2]).text
    hidden = {name: value for name, value in fields(shown, act).items() if name != "csrf"}
    return browser.post(act, hidden | {"platform": ticked(shown, act)} | typed)


@pytest.fixture
def clean(house: House) -> House:
    """The house without answers; risk 7 (a pothole, level 2) is checked."""
    with house.store.write() as tx:
        tx.execute(sa.delete(answer))
        tx.execute(
            sa.update(risk).where(risk.c.id.in_([7, 3])).values(state="preparing", veracity="confirmed", taken_by=None)
        )
    return house


def test_checking_is_two_presses(clean: House) -> None:
    """Unchecked: the phrase stands open with the first one chosen; one press makes it the ready text, at level 4 too."""
    page = card(clean, "officer", 1)
    part = section(page)
    assert re.search(r'<details class="move" id="say-checking" open>', part)
    assert re.search(r'name="template" value="housing-gas-checking" required checked', part)
    assert "Видим сообщения" in part

    done = send(clean, "officer", "/risk/1/answer/checking", page, template="housing-house-checking")

    assert done.headers["location"] == "/risk/1#answer"
    (said,) = of(clean, 1)
    assert (said.state, said.kind) == ("approved", "holding")
    assert said.text.endswith(SIGNED)
    part = section(card(clean, "officer", 1))
    assert "готов — Officer" in text_of(part)
    assert f'<textarea id="ready-{said.id}" readonly' in part
    assert f'data-copy="ready-{said.id}" hidden' in part
    assert re.search(r'<a href="https://[^"]+" rel="noopener noreferrer" target="_blank">Открыть площадку', part)
    assert 'href="#publications"' in part
    assert "Сказать «проверяем» сейчас" not in part


def test_a_draft_begins_from_a_template_of_the_topic(clean: House) -> None:
    """The road's own templates come first; the draft carries what the card knows and shows what it does not."""
    page = card(clean, "officer", 7)
    listed = re.findall(r'<option value="([a-z-]+)"', section(page).split("answer/start")[1])
    assert listed[0] == "roads-confirmed"
    assert ticked(page, "/risk/7/answer/start")

    send(clean, "officer", "/risk/7/answer/start", page, template="roads-confirmed")

    (draft,) = of(clean, 7)
    assert draft.state == "draft"
    assert draft.template == "roads-confirmed"
    assert "(Белое)" in draft.text
    part = section(card(clean, "officer", 7))
    assert "___срок___" in part
    assert "Осталось незаполненным: причина, меры, срок." in part
    assert "<b>Нельзя.</b>" in part
    assert "Пример:" in part


def test_check_then_ready(clean: House) -> None:
    """«Проверить» saves and tells what is wrong with its place; a clean text is ready with one press more."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    act = f"/risk/7/answer/{draft.id}/save"
    send(clean, "officer", act, text=f"Здравствуйте! Направлено для рассмотрения.\n\n{SIGNED}", do="check")
    part = section(card(clean, "officer", 7))
    assert "<q>Направлено</q>" in part
    assert "Почему текст выходит с замечаниями" in part

    refused = send(clean, "officer", act, text=f"Здравствуйте! Направлено в область.\n\n{SIGNED}", do="ready")
    assert refused.status_code == 422
    assert "Направлено в область." in refused.text
    assert "Укажите: причину, почему ответ выходит" in refused.text

    done = send(clean, "officer", act, text=GOOD, do="ready")

    assert done.status_code == 303
    (ready,) = of(clean, 7)
    assert (ready.state, ready.text, ready.findings) == ("approved", GOOD, ())
    assert "готов — Officer" in text_of(section(card(clean, "officer", 7)))


def test_a_high_level_waits_for_another_person(clean: House) -> None:
    """At level 3 the writer sends it; the head sees a number in the menu, the page «Ответы» and two buttons on the card."""
    send(clean, "officer", "/risk/3/answer/start", template="housing-heating-confirmed")
    (draft,) = of(clean, 3)
    part = section(card(clean, "officer", 3))
    assert "Отправить на утверждение" in part
    assert 'value="ready"' not in part
    text = f"Здравствуйте! Тепла нет: порвало трубу. Бригада теплосети вернёт тепло до 22 ноября.\n\n{SIGNED}"
    send(clean, "officer", f"/risk/3/answer/{draft.id}/save", text=text, do="ask")
    part = section(card(clean, "officer", 3))
    assert "Утверждает второй человек" in part
    assert "Утвердить</button>" not in part

    listed = clean.by("head").get("/answers").text
    assert "Тепла нет: порвало трубу" in listed
    assert '<b class="badge">1' in listed
    act = f"/risk/3/answer/{draft.id}/decide"
    empty = send(clean, "head", act, do="return")
    assert empty.status_code == 422
    assert "Укажите: что исправить" in empty.text
    send(clean, "head", act, do="return", note="Назовите час")
    assert "Что исправить: Назовите час" in section(card(clean, "officer", 3))
    send(clean, "officer", f"/risk/3/answer/{draft.id}/save", text=text.replace("до 22", "до 18:00 22"), do="ask")
    done = send(clean, "head", act, do="approve")

    assert done.status_code == 303
    assert of(clean, 3)[0].state == "approved"
    assert '<b class="badge">' not in clean.by("head").get("/answers").text
    assert "Ничего не ждёт" in clean.by("head").get("/answers").text


def test_the_slower_of_two_keeps_the_typed_text(clean: House) -> None:
    """Who saved later is told, sees both texts, and loses neither."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    act = f"/risk/7/answer/{draft.id}/save"
    old_page = card(clean, "second", 7)
    send(clean, "officer", act, text=GOOD, do="check")

    late = send(clean, "second", act, old_page, text="Мой вариант <b>ответа</b>", do="check")

    assert late.status_code == 409
    assert "Ответ уже изменён: officer" in late.text
    assert "Мой вариант &lt;b&gt;ответа&lt;/b&gt;</textarea>" in late.text
    assert "сравните с вашим" in late.text
    assert "заделает яму до 25 ноября" in late.text
    assert of(clean, 7)[0].text == GOOD


def test_a_text_too_long_is_told_and_kept(clean: House) -> None:
    """4,001 signs are not cut silently: the sum is named and every sign comes back."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    long = "Ж" * 4001

    answer_ = send(clean, "officer", f"/risk/7/answer/{draft.id}/save", text=long, do="check")

    assert answer_.status_code == 422
    assert "здесь 4001. Сократите на 1" in answer_.text
    assert long in answer_.text


def test_platforms_are_ticked_by_views_and_may_be_named(clean: House) -> None:
    """Where it was seen most is ticked, official pages are offered, another place may be typed; all of it is kept."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    act = f"/risk/7/answer/{draft.id}/save"

    send(clean, "officer", act, text=GOOD, do="check", place="Доска у магазина")

    kept = of(clean, 7)[0].platforms
    assert "Доска у магазина" in kept
    assert "Доска у магазина" in ticked(card(clean, "officer", 7), act)
    official = {s.id for s in clean.profile.sources if s.official}
    assert official & set(re.findall(r'name="platform" value="([^"]+)"', section(card(clean, "officer", 7))))


def test_an_earlier_answer_is_found_and_taken(clean: House) -> None:
    """A like risk that was answered stands with how it ended; its text becomes a draft."""
    with clean.store.write() as tx:
        title = tx.execute(sa.select(risk.c.title).where(risk.c.id == 7)).scalar_one()
        tx.execute(sa.update(risk).where(risk.c.id == 8).values(title=title, topic="roads", veracity="confirmed"))
    with clean.store.read() as tx:
        version = tx.execute(sa.select(risk.c.version).where(risk.c.id == 8)).scalar_one()
    earlier = answers.write(clean.work("officer"), 8, version, "answer", GOOD, [])
    answers.approve(clean.work("officer"), earlier, 1)

    part = section(card(clean, "officer", 7))
    assert "Как отвечали раньше: 1" in part
    assert "за реакцией не следили" in part
    done = send(clean, "officer", "/risk/7/answer/again", past=str(earlier))

    assert done.status_code == 303
    assert [(a.state, a.text) for a in of(clean, 7)] == [("draft", GOOD)]
    draft = of(clean, 7)[0].id
    version = fields(card(clean, "officer", 7), f"/risk/7/answer/{draft}/save")["version"]
    unknown = clean.by("officer").post("/risk/7/answer/again", {"version": version, "past": "999999"})
    assert unknown.status_code == 422
    assert "среди прежних больше нет" in unknown.text


def test_who_only_reads_sees_and_changes_nothing(clean: House) -> None:
    """A reader sees the ready text and no form; the doors refuse them; the page «Ответы» is for who approves."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    send(clean, "officer", f"/risk/7/answer/{draft.id}/save", text=GOOD, do="ready")

    part = section(card(clean, "reader", 7))
    assert "заделает яму" in part
    assert "<form" not in part
    for login, act in (("reader", "start"), ("technician", "checking")):
        assert clean.by(login).post(f"/risk/7/answer/{act}", {"template": "any-checking"}).status_code == 403
    assert clean.by("officer").post(f"/risk/7/answer/{draft.id}/decide", {"do": "approve"}).status_code == 403
    assert clean.by("officer").get("/answers").status_code == 403
    assert "/answers" not in clean.by("officer").get("/").text


def test_what_was_withdrawn_stays_to_be_seen(clean: House) -> None:
    """A withdrawn draft is folded among the earlier texts, an approved one with its reason."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    send(clean, "officer", f"/risk/7/answer/{draft.id}/save", text=GOOD, do="ready")
    act = f"/risk/7/answer/{draft.id}/withdraw"
    assert send(clean, "officer", act, reason="").status_code == 422

    send(clean, "officer", act, reason="Назвали не ту улицу")

    part = section(card(clean, "officer", 7))
    assert "Прежние тексты: 1" in part
    assert "«Назвали не ту улицу»" in part
    assert "Скопировать" not in part


def test_after_publishing_there_is_news_and_after_a_spread_anew_everything(clean: House) -> None:
    """An answered risk offers «что нового»; one that spread again offers «проверяем» and an answer, the old text folded."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    send(clean, "officer", f"/risk/7/answer/{draft.id}/save", text=GOOD, do="ready")
    assert "Написать другой ответ" in section(card(clean, "officer", 7))
    with clean.store.write() as tx:
        tx.execute(sa.update(risk).where(risk.c.id == 7).values(state="watched"))
    part = section(card(clean, "officer", 7))
    assert "Сообщить, что нового" in part
    assert 'value="any-update"' in part

    with clean.store.write() as tx:
        tx.execute(sa.update(risk).where(risk.c.id == 7).values(state="worked_off", is_open=False))
    send(clean, "officer", "/risk/7/reopen", reason="снова пишут")

    part = section(card(clean, "officer", 7))
    assert "Сказать «проверяем» сейчас" in part
    assert "Написать ответ" in part
    assert "Прежние тексты: 1" in part
    assert "Скопировать" not in part


@pytest.mark.parametrize(
    "bad",
    [
        {"template": "no-such", "version": "1"},
        {"template": "", "version": "1"},
        {"template": "roads-confirmed", "version": "-"},
        {"template": "roads-confirmed"},
    ],
)
def test_bad_forms_are_told_on_the_card(clean: House, bad: dict[str, str]) -> None:
    """An unknown template or a missing version is a sentence in the step, never a fault of ours."""
    got = clean.by("officer").post("/risk/7/answer/start", bad)

    assert got.status_code in (409, 422)
    assert 'role="alert"' in section(got.text)
    assert of(clean, 7) == ()


def test_a_residents_markup_is_only_text(clean: House) -> None:
    """Markup in an answer and in a platform's name is shown, not obeyed."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    evil = "</textarea><script>alert(1)</script>"

    send(clean, "officer", f"/risk/7/answer/{draft.id}/save", text=GOOD + evil, do="check", place=evil)

    page = card(clean, "officer", 7)
    assert "<script>alert" not in page
    assert page.count(markup.escape(evil, quote=False)) >= 2


def test_the_history_tells_the_way_of_an_answer(clean: House) -> None:
    """Writing and approving stand in the history in words."""
    send(clean, "officer", "/risk/7/answer/start", template="roads-confirmed")
    (draft,) = of(clean, 7)
    send(clean, "officer", f"/risk/7/answer/{draft.id}/save", text=GOOD, do="ready")

    page = text_of(card(clean, "officer", 7))

    assert "ответ утверждён" in page
    assert "написан ответ" in page

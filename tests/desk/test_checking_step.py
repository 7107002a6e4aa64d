"""The card leads through the check and the parts: whom to call, what was heard, who does what and by when."""

from __future__ import annotations

import html as markup
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from casework import checking, parts, triage
from storage.find.working import assignments_of, facts_of, measures_of
from tests.desk.conftest import House
from tests.desk.test_card_page import send
from tests.desk.test_queue_page import text_of


def step_of(house: House, risk_id: int, step: str, login: str = "officer", page: str = "") -> str:
    """Return what a person reads in a step of the card."""
    return text_of(section(page or house.by(login).get(f"/risk/{risk_id}").text, step))


def section(page: str, step: str) -> str:
    return page.split(f'id="h-{step}">')[1].split('<details class="sheet step')[0].split('<section class="sheet')[0]


def newest(house: House, kind: str, risk_id: int) -> int:
    find = {"fact": facts_of, "part": assignments_of, "measure": measures_of}[kind]
    with house.store.read() as tx:
        return max(row.id for row in find(tx, risk_id))


def local(house: House, **ahead: int) -> str:
    """Return a moment as a browser's field sends it."""
    return (datetime.now(UTC) + timedelta(**ahead)).astimezone(house.profile.timezone).strftime("%Y-%m-%dT%H:%M")


def day(house: House, ahead: int) -> str:
    return (datetime.now(UTC).astimezone(house.profile.timezone).date() + timedelta(days=ahead)).isoformat()


def test_danger_calls_the_dispatcher_first(house: House) -> None:
    """A smell of gas asks the ЕДДС, then the gas service; a calm topic asks its own people."""
    gas, bus = step_of(house, 1, "checking"), step_of(house, 6, "checking")

    assert "ещё никого не спросили" in gas
    assert gas.index("Принят ли вызов о запахе газа") < gas.index("Найдена ли утечка")
    assert "Какие рейсы не вышли" in bus
    assert "Спросить: перевозчик" in bus


def test_answers_are_kept_beside_their_questions(house: House) -> None:
    """Two answers sent at once are two facts with who and when; the risk is on verification, and the rest is still asked."""
    said = {"answer-transport.trips": "Сломался автобус, рейс 7:10 снят на два дня", "answer-transport.school": ""}

    done = send(
        house, "officer", "6/facts", **said, **{"whom-transport.trips": "перевозчик", "heard-transport.trips": ""},
        **{"ask-own": "Где школьники?", "answer-own": "На уроках", "whom-own": "Школа", "heard-own": local(house, hours=-1)},
    )  # fmt: skip

    assert done.status_code == 303
    assert done.headers["location"] == "/risk/6#checking"
    told = step_of(house, 6, "checking")
    assert "отвечено 1 из 4" in told
    assert "перевозчик: Сломался автобус, рейс 7:10 снят на два дня" in told
    assert "Школа: На уроках" in told
    assert "записал Officer" in told
    assert "Уже отвечено, дополнить: 1" in told
    card = text_of(house.by("officer").get("/risk/6").text)
    assert "на верификации" in card
    assert "вопрос: Где школьники?" in card


def test_a_mistake_is_struck_out_and_stays_to_be_read(house: House) -> None:
    """A struck-out answer is still on the card, with the reason; it is no longer counted."""
    send(house, "officer", "5/facts", **{"answer-waste.last": "в среду", "whom-waste.last": "оператор"})
    fact = newest(house, "fact", 5)

    empty = send(house, "officer", f"5/fact/{fact}/strike", **{f"why-{fact}": ""})
    done = send(house, "officer", f"5/fact/{fact}/strike", **{f"why-{fact}": "это другой двор"})

    assert empty.status_code == 422
    assert "Укажите: в чём ошибка" in empty.text
    assert done.status_code == 303
    told = step_of(house, 5, "checking")
    assert "Вычеркнуто: это другой двор" in told
    assert "в среду" in told
    assert "отвечено" not in told


def test_who_was_slower_keeps_what_was_typed(house: House) -> None:
    """A fact recorded while another card was open: the second is told who was first, and no word of theirs is lost."""
    slow = house.by("officer").get("/risk/4").text
    head = house.work("head")
    version = int(re.findall(r'name="version" value="(\d+)"', slow)[0])
    checking.record_fact(head, 4, version, "ice.called", "ЕДДС", "вызов принят в 7:40")

    answer = send(
        house, "officer", "4/facts", page=slow,
        **{"answer-ice.called": "Вызова не было", "whom-ice.called": "дежурный", "heard-ice.called": "2026-11-21T06:30"},
    )  # fmt: skip

    assert answer.status_code == 409
    page = markup.unescape(answer.text)
    assert "уже изменён: head, записан факт проверки" in text_of(page)
    assert ">Вызова не было</textarea>" in page
    assert 'value="дежурный"' in page
    assert 'value="2026-11-21T06:30"' in page
    with house.store.read() as tx:
        assert [f.answer for f in facts_of(tx, 4)] == ["вызов принят в 7:40"]


def test_a_conclusion_that_came_second_is_not_lost(house: House) -> None:
    """Two conclude at once: the second is told what was concluded, and their words stand there to be read and used."""
    slow = house.by("officer").get("/risk/7").text
    version = int(re.findall(r'name="version" value="(\d+)"', slow)[0])
    triage.verify(house.work("head"), 7, version, "confirmed", "Комитет ЖКХ")

    answer = send(
        house, "officer", "7/verify", page=slow, veracity="refuted", source_of_fact="Выезд", note="Яма засыпана вчера"
    )

    assert answer.status_code == 409
    page = text_of(markup.unescape(answer.text))
    assert "уже изменён: head" in page
    kept = section(answer.text, "checking")
    assert "Яма засыпана вчера" in kept
    assert "Выезд" in kept
    assert 'id="verify"' not in answer.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({}, "Записывать нечего"),
        ({"answer-waste.site": "чисто", "whom-waste.site": ""}, "Укажите: кто сказал"),
        ({"answer-waste.site": "чисто", "whom-waste.site": "я", "heard-waste.site": "вчера"}, "Не похоже на время"),
        (
            {"answer-waste.site": "чисто", "whom-waste.site": "я", "heard-waste.site": "2099-01-01T10:00"},
            "не наступило",
        ),
        (
            {"answer-waste.site": "чисто", "whom-waste.site": "я", "heard-waste.site": "0001-01-01T00:00"},
            "Проверьте год",
        ),
        ({"answer-own": "да", "whom-own": "ЕДДС"}, "Укажите: что спросили"),
        ({"ask-own": "Кто?", "whom-own": "ЕДДС"}, "Укажите: что ответили"),
    ],
)
def test_a_broken_answer_is_named_and_kept(house: House, typed: dict[str, str], told: str) -> None:
    """What is missing is told in the step itself; what was typed is still there; nothing is recorded."""
    with house.store.read() as tx:
        before = len(facts_of(tx, 5))

    answer = send(house, "second", "5/facts", **typed)

    assert answer.status_code == 422
    assert told in section(answer.text, "checking")
    for value in typed.values():
        assert value in answer.text
    with house.store.read() as tx:
        assert len(facts_of(tx, 5)) == before


def test_a_checked_risk_no_longer_begins_the_check(house: House) -> None:
    """After the conclusion the card tells it and by whose word; checking anew is there, but not what comes next."""
    send(house, "officer", "8/verify", veracity="partly", source_of_fact="Отдел", note="три фонаря из пяти")

    page = house.by("officer").get("/risk/8").text

    told = text_of(section(page, "checking"))
    assert "Итог проверки: подтверждено частично — Отдел" in told
    assert "Проверить заново" in told
    side = page.split('id="h-next"')[1].split("</section>")[0]
    assert "Начать проверку" not in side
    assert "Кому позвонить" not in side
    assert 'id="verify"' not in page
    assert '<details class="move" id="asking">' in page


def test_a_reader_sees_facts_and_no_forms(house: House) -> None:
    """Who only reads sees what was heard; questions to ask and forms are not theirs."""
    told = section(house.by("reader").get("/risk/6").text, "checking")

    assert "Сломался автобус" in told
    assert "<form" not in told
    assert "<form" not in section(house.by("reader").get("/risk/6").text, "parts")


def give(house: House, risk_id: int, login: str = "head", **typed: object) -> httpx.Response:
    return send(house, login, f"{risk_id}/part", **({"part-form": "1", "part-block": "", "part-post": ""} | typed))


def test_a_part_is_entrusted_and_the_missing_contact_is_told(house: House) -> None:
    """Block, post, person and term stand on the card; a person nothing can reach is told at once and stays marked."""
    with house.store.read() as tx:
        assert assignments_of(tx, 3) == ()
    executor = house.work("executor").by.id

    first = give(house, 3, **{"part-block": "works", "part-due": local(house, hours=5), "part-what": "устранить порыв"})
    second = give(house, 3, **{"part-staff": str(executor), "part-what": "сказать родителям"})

    assert (first.status_code, second.status_code) == (303, 303)
    assert second.headers["location"] == "/risk/3#parts"
    assert "сообщите ему сами" in house.by("head").get("/risk/3").text
    told = step_of(house, 3, "parts", "head")
    assert "в работе: 2" in told
    assert "Заместитель Главы Администрации по жилищно-коммунальным вопросам ответственный" in told
    assert "Executor" in told
    assert "контакта нет: сообщите сами" in told


def test_what_is_not_ours_is_handed_over_with_a_day(house: House) -> None:
    """The body of the profile is offered; without a day to ask again it is refused and what was typed is kept."""
    page = house.by("officer").get("/risk/2").text
    assert 'value="Министерство здравоохранения области и районная больница"' in section(page, "parts")

    refused = send(
        house, "officer", "2/hand-over", **{"outside-form": "1", "outside-body": "Больница", "outside-due": ""}
    )
    done = send(
        house, "officer", "2/hand-over",
        **{"outside-form": "1", "outside-body": "Больница", "outside-due": local(house, days=2), "outside-what": "сколько"},
    )  # fmt: skip

    assert refused.status_code == 422
    assert "когда спросить снова" in text_of(section(refused.text, "parts"))
    assert re.search(r'id="hand-over" open', refused.text)
    assert 'value="Больница"' in refused.text
    assert done.status_code == 303
    assert "Больница передано вне округа" in step_of(house, 2, "parts")


def test_who_has_a_part_opens_the_card_and_ends_it(house: House) -> None:
    """A block lead sees a risk of another block once a part is theirs, returns it with words, and sees it no more."""
    assert house.by("block_lead").get("/risk/9").status_code == 403
    give(house, 9, **{"part-block": "works", "part-what": "залить лёд"})
    part = newest(house, "part", 9)

    told = step_of(house, 9, "parts", "block_lead")
    assert "залить лёд" in told
    done = send(house, "block_lead", f"9/part/{part}/end", state="returned", **{f"end-{part}": "каток у отдела спорта"})

    assert done.status_code == 303
    assert house.by("block_lead").get("/risk/9").status_code == 403
    assert "возвращено без исполнения: каток у отдела спорта" in step_of(house, 9, "parts")


def test_a_promised_day_is_red_when_it_has_passed(house: House) -> None:
    """A planned measure counts the days; overdue it is told in the strip; kept, it is done with its result."""
    early = house.work("head").at(datetime.now(UTC) - timedelta(days=4))
    version = int(re.findall(r'name="version" value="(\d+)"', house.by("head").get("/risk/10").text)[0])
    today = datetime.now(UTC).astimezone(house.profile.timezone).date()
    parts.record_measure(
        early, 10, version, kind="planned", what="Отловить стаю", body="Отлов", due_on=today - timedelta(days=2)
    )
    measure = newest(house, "measure", 10)

    told = step_of(house, 10, "parts")
    assert "просрочено: 1" in told
    assert "просрочено на 2 дня" in told
    refused = send(
        house, "officer", f"10/measure/{measure}/move", **{f"day-{measure}": day(house, -1), f"why-{measure}": "а"}
    )
    assert refused.status_code == 422
    moved = send(
        house,
        "officer",
        f"10/measure/{measure}/move",
        **{f"day-{measure}": day(house, 1), f"why-{measure}": "нет машины"},
    )
    assert moved.status_code == 303
    assert "завтра" in step_of(house, 10, "parts")
    kept = send(house, "officer", f"10/measure/{measure}/end", done="yes", **{f"kept-{measure}": "поймали шесть"})
    assert kept.status_code == 303
    assert "выполнена: поймали шесть" in step_of(house, 10, "parts")
    assert "срок меры перенесён" in house.by("officer").get("/risk/10").text


def test_a_measure_is_written_down(house: House) -> None:
    """Taken or planned, with who does it; a plan without a day is refused with what was typed kept."""
    typed = {
        "measure-form": "1",
        "measure-kind": "planned",
        "measure-what": "Вернуть рейс",
        "measure-body": "Перевозчик",
    }

    refused = send(house, "officer", "6/measure", **typed, **{"measure-day": ""})
    done = send(house, "officer", "6/measure", **typed, **{"measure-day": day(house, 3)})
    taken = send(house, "officer", "6/measure", **(typed | {"measure-kind": "taken", "measure-what": "Дали автобус"}))

    assert refused.status_code == 422
    assert "к какому дню" in text_of(section(refused.text, "parts"))
    assert re.search(r'id="measure" open', refused.text)
    assert ">Вернуть рейс</textarea>" in refused.text
    assert (done.status_code, taken.status_code) == (303, 303)
    told = step_of(house, 6, "parts")
    assert "Вернуть рейс Перевозчик" in told
    assert "через 3 дня" in told
    assert "принята" in told

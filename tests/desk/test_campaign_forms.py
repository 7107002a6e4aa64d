"""Every form of a campaign does what it says; a refused one keeps what was typed and says where the mistake is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework import campaign_messages, campaigns
from preventive.campaign import CampaignState
from storage.find.campaigns import materials_of, partners_of
from tests.desk.campaign_build import TEXT, make, move_to, row_of, staff_of, tasks, texts, today_of
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of


def _plan(house: House, campaign_id: int, **changes: str) -> dict[str, str]:
    row = row_of(house, campaign_id)
    return {
        "version": str(row.version), "title": row.title, "goal": row.goal, "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(), "prepare_from": row.prepare_from.isoformat(), "owner": str(row.owner_staff or ""),
        "block": row.block or "", "audiences": "\n".join(row.audiences), "channel": "vk-okrug", "topic": "safety",
    } | changes  # fmt: skip


def test_a_plan_is_changed_in_its_place(house: House) -> None:
    """The form opens by its address, writes what was typed, and tells it in the history."""
    campaign_id = make(house, "План")
    head = house.by("head")

    form = head.get(f"/campaigns/{campaign_id}?edit=plan").text
    changes = {"title": "План новый", "audiences": "дачники\n\nдачники\nрыбаки", "places": "Районная газета"}
    answer = head.post(f"/campaigns/{campaign_id}/change", _plan(house, campaign_id, **changes))

    row = row_of(house, campaign_id)
    assert "Сохранить план" in form
    assert answer.headers["location"] == f"/campaigns/{campaign_id}#plan"
    assert (row.title, row.audiences, row.channels) == (
        "План новый",
        ("дачники", "рыбаки"),
        ("vk-okrug", "Районная газета"),
    )
    assert "план изменён" in head.get(f"/campaigns/{campaign_id}").text


def test_a_refused_plan_keeps_what_was_typed(house: House) -> None:
    """An end before the start is named, the form stands open with every typed word, and nothing is written."""
    campaign_id = make(house, "Дни")
    before = row_of(house, campaign_id)
    first = today_of(house) + timedelta(days=20)
    typed = {
        "goal": "Долго думали над целью",
        "starts_on": first.isoformat(),
        "ends_on": (first - timedelta(days=3)).isoformat(),
    }

    answer = house.by("head").post(f"/campaigns/{campaign_id}/change", _plan(house, campaign_id, **typed))

    assert answer.status_code == 422
    assert "раньше первого" in answer.text
    assert "Долго думали над целью" in answer.text
    assert typed["ends_on"] in answer.text
    assert row_of(house, campaign_id) == before


def test_the_whole_plan_moves_with_its_first_day(house: House) -> None:
    """With the tick the task and the texts move too; without it the page names what would lie outside."""
    campaign_id = make(house, "Сдвиг", lasts=2)
    row = row_of(house, campaign_id)
    later = {
        "starts_on": (row.starts_on - timedelta(days=9)).isoformat(),
        "ends_on": (row.ends_on - timedelta(days=9)).isoformat(),
    }

    refused = house.by("head").post(f"/campaigns/{campaign_id}/change", _plan(house, campaign_id, **later))
    moved = house.by("head").post(f"/campaigns/{campaign_id}/change", _plan(house, campaign_id, **later, shift="yes"))

    assert (refused.status_code, "Вне новых дней останутся" in refused.text) == (422, True)
    assert moved.status_code == 303
    assert tasks(house, campaign_id)[0].due_on == row.starts_on - timedelta(days=9)


def test_who_was_slower_sees_what_changed(house: House) -> None:
    """A form of an older version is refused with who changed what meanwhile, and the typed reason is still there."""
    campaign_id = make(house, "Опоздавший")
    old = row_of(house, campaign_id).version
    shown = house.work().now - timedelta(seconds=5)
    campaigns.change(house.work("coordinator"), campaign_id, old, title="Опередили")

    form = {"version": str(old), "to": "cancelled", "reason": "крыши чистит подрядчик", "shown": shown.isoformat()}
    answer = house.by("head").post(f"/campaigns/{campaign_id}/move", form)

    assert answer.status_code == 409
    assert "уже изменили: coordinator" in text_of(answer.text)
    assert "Пока форма была открыта" in answer.text
    assert "крыши чистит подрядчик" in answer.text
    assert row_of(house, campaign_id).state == "idea"


def test_steps_are_taken_and_explained(house: House) -> None:
    """Forward with one press; cancelling needs a reason, which the card shows afterwards; a step that is not is refused."""
    campaign_id = make(house, "Шаги")
    head = house.by("head")

    def step(to: str, reason: str = "") -> int:
        form = {"version": str(row_of(house, campaign_id).version), "to": to, "reason": reason}
        return head.post(f"/campaigns/{campaign_id}/move", form).status_code

    assert [step("planned"), step("preparing"), step("evaluated"), step("nonsense")] == [303, 303, 422, 422]
    assert step("cancelled") == 422
    assert step("cancelled", "лёд встал раньше") == 303
    page = head.get(f"/campaigns/{campaign_id}").text
    assert "Кампания отменена: лёд встал раньше" in text_of(page)
    assert "/task/" not in page


def test_tasks_are_added_changed_and_ended(house: House) -> None:
    """A task is written, changed in its place, done with a result, another taken off only with a reason."""
    campaign_id = make(house, "Задачи")
    head, day = house.by("head"), row_of(house, campaign_id).starts_on.isoformat()
    add = {"what": "Расклеить памятки", "due_on": day, "owner": str(staff_of(house, "officer"))}

    missing = head.post(f"/campaigns/{campaign_id}/task", add | {"due_on": "завтра"})
    made = head.post(f"/campaigns/{campaign_id}/task", add)
    first, second = tasks(house, campaign_id)
    changed = head.post(f"/campaigns/{campaign_id}/task/{second.id}/change", add | {"what": "Раздать памятки"})
    silent = head.post(f"/campaigns/{campaign_id}/task/{first.id}/end", {"state": "cancelled"})
    done = house.by("officer").post(
        f"/campaigns/{campaign_id}/task/{second.id}/end", {"state": "done", "result": "роздано 200"}
    )

    assert (missing.status_code, "Не похоже на день" in missing.text, "Расклеить памятки" in missing.text) == (
        422,
        True,
        True,
    )
    assert (made.status_code, changed.status_code, silent.status_code, done.status_code) == (303, 303, 422, 303)
    assert "почему задача отменена" in silent.text
    page = text_of(head.get(f"/campaigns/{campaign_id}").text)
    assert "Задачи: сделано 1 из 2" in page
    assert "роздано 200" in page


def test_a_text_goes_to_the_second_person_and_out(house: House) -> None:
    """Written, sent, returned with a remark, mended, approved by another, copied, its link recorded: the card follows."""
    campaign_id = make(house, "Тексты", starts=0)
    officer, head = house.by("officer"), house.by("head")
    where = f"/campaigns/{campaign_id}/message"
    form = {
        "audience": "школьники",
        "post_on": row_of(house, campaign_id).starts_on.isoformat(),
        "place": "Школьный чат",
        "text": TEXT,
    }

    def one() -> tuple[str, dict[str, str]]:
        found = next(m for m in texts(house, campaign_id) if m.audience == "школьники")
        return f"{where}/{found.id}", {"version": str(found.version)}

    officer.post(where, form)
    path, version = one()
    assert officer.post(f"{path}/ask", version).status_code == 303
    path, version = one()
    assert head.post(f"{path}/decide", version | {"do": "return"}).status_code == 422
    assert head.post(f"{path}/decide", version | {"do": "return", "note": "Добавьте телефон ЕДДС"}).status_code == 303
    assert "Что исправить: Добавьте телефон ЕДДС" in officer.get(f"/campaigns/{campaign_id}").text
    path, version = one()
    assert officer.post(f"{path}/change", version | form | {"text": f"{TEXT} ЕДДС ждёт."}).status_code == 303
    path, version = one()
    officer.post(f"{path}/ask", version)
    path, version = one()
    assert head.post(f"{path}/decide", version | {"do": "approve"}).status_code == 303
    ready = officer.get(f"/campaigns/{campaign_id}").text
    assert "Скопировать текст" in ready
    path, version = one()
    bad = officer.post(f"{path}/published", version | {"url": "на стене"})
    assert (bad.status_code, "не адрес публикации" in bad.text, "на стене" in bad.text) == (422, True, True)
    assert officer.post(f"{path}/published", version | {"url": "https://vk.com/wall-1_9"}).status_code == 303
    assert 'href="https://vk.com/wall-1_9"' in officer.get(f"/campaigns/{campaign_id}").text


def test_the_writer_does_not_approve_the_own_text(house: House) -> None:
    """The button is not there, and the form pressed all the same is refused with the reason."""
    campaign_id = make(house, "Сам себе")
    found = campaign_messages.add_message(
        house.work("head"), campaign_id, audience="рыбаки", channel="Магазин", text=TEXT,
        post_on=row_of(house, campaign_id).starts_on,
    )  # fmt: skip
    version = campaign_messages.ask_approval(house.work("head"), found, 1)

    answer = house.by("head").post(
        f"/campaigns/{campaign_id}/message/{found}/decide", {"version": str(version), "do": "approve"}
    )

    assert answer.status_code == 422
    assert "Текст утверждает второй человек" in answer.text


def test_a_text_over_the_budget_asks_why(house: House) -> None:
    """The sixth publication of a week is refused, the form then has a field for the reason, and with it the text is kept."""
    campaign_id = make(house, "Бюджет", starts=200)
    day = row_of(house, campaign_id).starts_on.isoformat()
    form = {"audience": "рыбаки", "post_on": day, "place": "Лодочная станция", "text": TEXT}
    officer = house.by("officer")
    most = house.profile.prevention.posts_a_week

    codes = [officer.post(f"/campaigns/{campaign_id}/message", form).status_code for _ in range(most + 1)]
    refused = officer.post(f"/campaigns/{campaign_id}/message", form)
    kept = officer.post(f"/campaigns/{campaign_id}/message", form | {"over_reason": "штормовое предупреждение"})

    assert codes == [303] * most + [422]
    assert 'name="over_reason"' in refused.text
    assert "Лодочная станция" in refused.text
    assert kept.status_code == 303
    assert "штормовое предупреждение" in officer.get(f"/campaigns/{campaign_id}").text


def test_materials_have_versions_and_partners_agree(house: House) -> None:
    """A second version replaces the first; a leader of opinion is not written without consent; an agreed partner says when."""
    campaign_id = make(house, "Материалы")
    officer, head = house.by("officer"), house.by("head")
    for body in ("Первая", "Вторая"):
        officer.post(f"/campaigns/{campaign_id}/material", {"title": "Памятка", "body": body})
    with house.store.read() as tx:
        newest = materials_of(tx, campaign_id)[0]
    head.post(f"/campaigns/{campaign_id}/material/{newest.id}/decide", {"do": "approve"})
    leader = head.post(
        f"/campaigns/{campaign_id}/partner", {"kind": "leader", "name": "тренер секции", "does": "говорит с детьми"}
    )
    head.post(f"/campaigns/{campaign_id}/partner", {"kind": "gims", "name": "ГИМС района", "does": "рейды"})
    with house.store.read() as tx:
        (partner,) = partners_of(tx, campaign_id)
    officer.post(f"/campaigns/{campaign_id}/partner/{partner.id}/agree", {"agreed_on": today_of(house).isoformat()})

    page = text_of(head.get(f"/campaigns/{campaign_id}").text)

    assert "Памятка версия 2 утверждён" in page
    assert "Прежние версии: 1" in page
    assert (leader.status_code, "без согласия его не записывают" in leader.text) == (422, True)
    assert "тренер секции" in leader.text
    assert "согласие " in page
    assert head.post(f"/campaigns/{campaign_id}/partner/{partner.id}/end", {"reason": "ушли"}).status_code == 303


def test_the_plan_goes_to_the_chat_once(house: House) -> None:
    """The card shows the message as it will read; after one press it is told when it went, a second press is refused."""
    campaign_id = make(house, "В чат")
    move_to(house, campaign_id, CampaignState.PLANNED)
    head = house.by("head")
    before = head.get(f"/campaigns/{campaign_id}").text

    sent = head.post(f"/campaigns/{campaign_id}/chat", {"version": str(row_of(house, campaign_id).version)})
    again = head.post(f"/campaigns/{campaign_id}/chat", {"version": str(row_of(house, campaign_id).version)})

    assert "Социально значимая тема, требующая превентивной кампании" in before
    assert "план ещё не отправлен в алерт-чат" in before
    assert (sent.status_code, again.status_code) == (303, 422)
    assert "План отправлен" in head.get(f"/campaigns/{campaign_id}").text


def test_an_empty_campaign_is_made_by_hand(house: House) -> None:
    """The whole form makes a campaign; without a topic it is refused with every typed word kept."""
    first = today_of(house) + timedelta(days=5)
    form = {
        "title": "День округа",
        "goal": "Все знают о перекрытиях",
        "starts_on": first.isoformat(),
        "ends_on": first.isoformat(),
    }
    head = house.by("head")

    refused = head.post("/campaigns/new/empty", form)
    made = head.post("/campaigns/new/empty", form | {"topic": "culture"})

    assert (refused.status_code, "хотя бы одну тему" in refused.text) == (422, True)
    assert "Все знают о перекрытиях" in refused.text
    assert made.status_code == 303
    assert row_of(house, int(made.headers["location"].rsplit("/", 1)[1])).block == "social"


@pytest.mark.parametrize(
    ("login", "path"),
    [
        ("reader", "task"), ("executor", "move"), ("technician", "message"), ("executor", "chat"), ("reader", "result"),
        ("officer", "message/1/decide"), ("executor", "partner"), ("executor", "material/1/decide"),
    ],
)  # fmt: skip
def test_who_may_not_is_refused(house: House, login: str, path: str) -> None:
    """The table of roles stands behind every form."""
    campaign_id = make(house, "Двери")

    assert house.by(login).post(f"/campaigns/{campaign_id}/{path}", {"version": "1"}).status_code == 403

"""A month of the district: a rumour, an outage that comes back, adverts and a flood of copies, each to its end, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework import closing, history, respread, triage, working_out
from casework.errors import BadMove, StaleRisk
from casework.publications import Found
from district.profile import Profile
from storage.engine import Store
from storage.find.publications import coverage, publications_of
from storage.find.queue import QueueFilter, queue
from tests.story.month import BEGIN, DAY, HOUR, Month

RUMOUR = (
    "Срочно! Говорят, в посёлке Озерки отравлена вода в колонках, несколько человек увезли в больницу. Из-под крана не "
    "пейте, предупредите соседей и родных!"
)
REFUTED = (
    "Здравствуйте!\n\nСообщения об отравлении воды в посёлке Озерки не подтвердились. Лаборатория водоканала 5 октября "
    "взяла пробы из трёх колонок: вода соответствует нормам. Больница обращений с отравлением не принимала. Отвечает "
    "Единая дежурно-диспетчерская служба, результаты повторных проб сообщим до 7 октября.\n\nАдминистрация Демонстрационного муниципального округа"
)
COLD = (
    "Третий день нет отопления в посёлке Сосново, в квартирах двенадцать градусов, у всех маленькие дети. В управляющей "
    "компании трубку не берут, сколько ещё мёрзнуть всему посёлку?"
)
WARM = (
    "Здравствуйте!\n\nОтопления в посёлке Сосново нет из-за порыва на теплотрассе. Бригада теплосети работает с утра: "
    "заменили 12 метров трубы. Тепло в дома подадут до 8 октября, отвечает комитет жилищно-коммунального хозяйства. В "
    "доме культуры открыт пункт обогрева.\n\nАдминистрация Демонстрационного муниципального округа"
)
WARM_AGAIN = WARM.replace("заменили 12 метров трубы", "нашли второй порыв и меняют весь участок").replace(
    "8 октября", "16 октября"
)
ADVERT = "Скидки на шторы и постельное бельё! Огонь скидки только до воскресенья, заходите в магазин на улице Ленина."
CHAIN = "Внимание, перешлите всем! В округе скоро отключат мобильную связь, это точно, знакомая из конторы сказала."


@pytest.fixture
def month(store: Store, demo_profile: Profile) -> Iterator[Month]:
    """The demo district before its month begins."""
    return Month(store, demo_profile)


def _there(text: str, views: int = 900) -> Found:
    return Found(text, views, "read")


def test_a_rumour_is_refuted_answered_and_worked_off(month: Month) -> None:
    """Poisoned water: level 4, told at once, checked, refuted where it was written, watched in quiet for 72 hours, signed."""
    first = month.post("vk-podslushano", RUMOUR, BEGIN, views=5200)
    seen = month.see(BEGIN + timedelta(minutes=1), first)
    (water,) = seen.opened
    month.see(BEGIN + HOUR, *(month.post(s, RUMOUR, BEGIN + HOUR) for s in ("vk-typical", "tg-chat")))
    assert (month.row(water).level, month.row(water).state, seen.alerts > 0) == (4, "found", True)

    month.check(BEGIN + 2 * HOUR, water, "refuted", "ЕДДС, дежурный", "Пробы взяты, больница обращений не принимала")
    answer = month.answer(BEGIN + 3 * HOUR, water, REFUTED, ("vk-podslushano", "vk-typical", "tg-chat"))
    at = BEGIN + 4 * HOUR
    places = [month.publish(at, water, answer, s) for s in ("vk-podslushano", "vk-typical", "tg-chat")]
    assert month.row(water).state == "answered"

    assert month.look_at_links(at + timedelta(minutes=1), dict.fromkeys(places, _there(REFUTED))) == ["standing"] * 3
    assert month.row(water).state == "watched"
    with pytest.raises(BadMove, match=r"Тихо \d+ ч из 72"):
        month.close(at + 20 * HOUR, water)

    thanks = month.post("vk-podslushano", "Спасибо, что проверили воду и ответили, успокоили всех!", at + 30 * HOUR)
    month.see(at + 30 * HOUR, thanks)
    for hours in range(1, 75, 3):
        month.watch(at + hours * HOUR)
    month.close(at + 74 * HOUR, water, "Тихо трое суток")

    row = month.row(water)
    assert (row.state, row.veracity, row.is_open) == ("worked_off", "refuted", False)
    assert month.column(water, "reopened") == 0


def test_an_outage_is_answered_lost_answered_again_and_comes_back(month: Month) -> None:
    """Heating: one platform without an answer, a vanished answer is an alarm, a spread anew on day 9 opens the same risk, day 13 ends it."""
    month.see(
        BEGIN,
        *(
            month.post(s, COLD, BEGIN - timedelta(minutes=n))
            for n, s in enumerate(("vk-podslushano", "vk-typical", "tg-chat"))
        ),
    )
    with month.store.read() as tx:
        (cold,) = [r.id for r in queue(tx, QueueFilter(), BEGIN).rows]
    assert month.row(cold).level >= 3

    month.check(BEGIN + HOUR, cold, "confirmed", "теплосеть, диспетчер", "Порыв на теплотрассе")
    answer = month.answer(BEGIN + 2 * HOUR, cold, WARM, ("vk-podslushano", "vk-typical", "tg-chat"))
    at = BEGIN + 3 * HOUR
    here, there = (month.publish(at, cold, answer, s) for s in ("vk-podslushano", "vk-typical"))
    month.look_at_links(at + timedelta(minutes=1), {here: _there(WARM), there: _there(WARM)})
    with month.store.read() as tx:
        answered_at = {p.source_id for p in publications_of(tx, cold)}
        uncovered = [p.name for p in coverage(tx, cold) if p.source_id not in answered_at]
    assert uncovered == ["Открытый чат округа"]
    assert month.row(cold).state == "watched"
    working_out.send_working_out(month.work(at + HOUR, month.officer), cold, month.row(cold).version)
    (told,) = {text for text in month.told("working_out", cold)}
    assert WARM in told
    assert month.link("vk-podslushano", 1).rsplit("_", 1)[0] in told

    month.look_at_links(at + DAY, {here: Found(None, None, "gone", "запись удалена"), there: _there(WARM)})
    assert any("исчез" in text for text in month.told("answer_gone", cold))
    again = month.publish(at + DAY + HOUR, cold, answer, "vk-podslushano")
    month.look_at_links(
        at + DAY + 2 * HOUR, {again: _there(WARM), here: Found(None, None, "gone"), there: _there(WARM)}
    )
    for hours in range(26, 100, 3):
        month.watch(at + hours * HOUR)
    month.close(at + 99 * HOUR, cold)
    assert month.row(cold).state == "worked_off"

    late = month.post("vk-zaozerye", COLD, BEGIN + 5 * HOUR)
    month.see(BEGIN + 6 * DAY, late)
    assert month.row(cold).state == "worked_off"

    day9 = BEGIN + 8 * DAY
    month.see(day9, month.post("tg-novosti", COLD, day9, views=2000))
    assert (month.row(cold).state, month.column(cold, "reopened")) == ("reopened", 1)
    assert len(month.told("reopened", cold)) > 0

    month.check(day9 + HOUR, cold, "confirmed", "теплосеть, диспетчер", "Второй порыв на том же участке")
    answer = month.answer(day9 + 2 * HOUR, cold, WARM_AGAIN, ("vk-typical",))
    new = month.publish(day9 + 3 * HOUR, cold, answer, "vk-typical")
    pages = {new: _there(WARM_AGAIN), again: _there(WARM), there: _there(WARM), here: Found(None, None, "gone")}
    month.look_at_links(day9 + 4 * HOUR, pages)
    for hours in range(4, 97, 3):
        month.watch(day9 + hours * HOUR)
    day13 = day9 + 4 * DAY
    with pytest.raises(BadMove, match="причину и прогноз"):
        month.close(day13, cold)
    version = month.row(cold).version
    respread.tell_cause(
        month.work(day13, month.officer), cold, version, "Изношенный участок трассы", "Повторится до замены участка"
    )
    with pytest.raises(StaleRisk):
        closing.work_off(month.work(day13, month.head), cold, version)
    month.close(day13, cold)

    assert month.row(cold).state == "worked_off"
    with month.store.read() as tx:
        states = {p.id: p.state for p in publications_of(tx, cold)}
    assert (states[here], states[new]) == ("gone", "standing")


def test_after_the_window_a_new_risk_follows_the_old_one(month: Month) -> None:
    """What comes back after the fourteen days is a new risk with a link to the old one, which keeps its closing."""
    first = month.see(BEGIN, month.post("vk-podslushano", COLD, BEGIN))
    (old,) = first.opened
    triage.dismiss(month.work(BEGIN + DAY, month.officer), old, month.row(old).version, "settled")

    later = BEGIN + 20 * DAY
    month.see(later, month.post("vk-typical", COLD, later))

    with month.store.read() as tx:
        (new,) = [r.id for r in queue(tx, QueueFilter(), later).rows]
    assert new != old
    assert month.column(new, "follows") == old
    assert month.row(old).state == "dismissed"


def test_adverts_open_nothing_and_a_flood_of_copies_stays_low(month: Month) -> None:
    """«Огонь скидки» is no fire, and 480 copies with five views each are one group of level 2 at most."""
    adverts = month.see(BEGIN, *(month.post("vk-typical", ADVERT, BEGIN + timedelta(minutes=n)) for n in range(20)))
    copies = [
        month.post(("vk-podslushano", "vk-typical", "tg-chat")[n % 3], CHAIN, BEGIN + timedelta(minutes=n), 5)
        for n in range(480)
    ]
    flood = [month.see(BEGIN + 9 * HOUR, *copies[n : n + 100]) for n in range(0, 480, 100)]

    assert adverts.opened == ()
    with month.store.read() as tx:
        rows = queue(tx, QueueFilter(open_only=False), BEGIN + 10 * HOUR).rows
    assert len(rows) <= 1
    assert all(row.level <= 2 for row in rows)
    assert sum(len(f.opened) for f in flood) == len(rows)


def test_every_history_of_the_month_is_whole(month: Month) -> None:
    """After people and the machine have worked, the chain of every risk still holds and tells who did what."""
    test_a_rumour_is_refuted_answered_and_worked_off(month)

    report = history.verify_history(month.work(BEGIN + 30 * DAY, month.officer))

    assert report.whole
    assert (report.risks, report.events > 8) == (1, True)

"""The queue shows what matters first, in words, and each line says what to do next."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from casework import triage
from casework.work import Work
from storage.find import queue
from storage.keep.posts import add_words
from tests.desk import build
from tests.desk.conftest import House
from texts.stems import stem_text


def titles(html: str) -> list[str]:
    return re.findall(r"data-main>([^<]+)</a>", html)


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def row(html: str, number: int) -> str:
    return html.split(f'id="r{number}"')[1].split("</li>\n<li class")[0]


def test_the_worst_and_most_urgent_stand_first(house: House) -> None:
    """Critical before high, a fresh threat to life before an overdue rumour, overdue before what still has time."""
    found = titles(house.by("reader").get("/").text)

    assert found[0].startswith("Сильный запах газа")
    assert found[1].startswith("Говорят, в колонках")
    assert found[2].startswith("Третий день нет отопления")
    assert len(found) == len(build.MORNING)


def test_levels_are_counted_in_words(house: House) -> None:
    """Each level has its number, its word and its count; colour only repeats them."""
    page = text_of(house.by("reader").get("/").text)

    for said in ("2 — 4 критический", "2 — 3 высокий", "3 — 2 средний", "3 — 1 низкий"):
        assert said in page


def test_a_line_says_what_why_where_how_much_and_by_when(house: House) -> None:
    """One line holds level, reason, place, topic, block, spread, first seen, deadline and state."""
    line = text_of(row(house.by("reader").get("/").text, 1))

    for said in ("4 критический", "угроза жизни", "запах газа", "Сосново", "ЖКХ", "Дороги, транспорт", "2 источника", "4 записи",
                 "312 просмотров", "рост ×2,4", "26 мин назад", "осталось 3", "найден", "№ 2026-000001"):  # fmt: skip
        assert said in line, said


def test_overdue_is_said_and_not_only_coloured(house: House) -> None:
    """A missed deadline is told in words."""
    assert "просрочено на 1 ч" in text_of(row(house.by("reader").get("/").text, 2))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("level=4", 2),
        ("level=4&level=3", 4),
        ("state=preparing", 1),
        ("topic=transport", 1),
        ("territory=vetrovo", 2),
        ("block=social", 1),
        ("mine=1", 0),
        ("source=vk-podslushano", 10),
        ("q=2026-000007", 1),
    ],
)
def test_filters_narrow_the_queue(house: House, query: str, expected: int) -> None:
    """Each filter leaves what it names, and says how many there are."""
    page = house.by("curator").get(f"/?{query}")

    assert len(titles(page.text)) == expected
    assert f"найдено: {expected} " in page.text.replace("\u00a0", " ")


def test_an_unknown_filter_is_told(house: House) -> None:
    """A filter that means nothing here is named on the page, and the queue is shown without it."""
    page = house.by("reader").get("/?level=9&colour=red")

    assert "level=9, colour=red" in page.text
    assert len(titles(page.text)) == len(build.MORNING)


def test_a_search_for_markup_is_only_text(house: House) -> None:
    """What is searched for comes back as text, whatever it is."""
    page = house.by("reader").get("/", params={"q": '"><script>alert(1)</script>'})

    assert "<script>alert" not in page.text
    assert "По этим фильтрам ничего нет" in page.text


def test_a_page_beyond_the_last_leads_to_the_last(house: House) -> None:
    """A page number that is too great is not an empty queue."""
    answer = house.by("reader").get("/?level=4&page=7")

    assert (answer.status_code, answer.headers["location"]) == (303, "/?level=4")


def test_a_reader_sees_no_buttons(house: House) -> None:
    """Who may only read is offered nothing that would be refused."""
    page = house.by("reader").get("/").text

    assert "Взять" not in page
    assert "Объединить" not in page
    assert "Другое" not in page


def test_taking_the_top_five_gives_them_to_one_person(house: House) -> None:
    """Five free risks from the top are mine for five minutes; the next officer gets others, not the same."""
    mine, other = house.by("officer"), house.by("second")

    answer = mine.post("/queue/take", {"top": "5", "back": "/"})

    assert answer.headers["location"] == "/?mine=1"
    page = mine.get("/?mine=1")
    assert len(titles(page.text)) == 5
    assert "у вас до" in page.text
    assert "У вас в работе 5 рисков на 5 минут" in page.text.replace("\u00a0", " ")
    seen = row(other.get("/").text, 1)
    assert "Officer, до" in seen
    assert "Взять в работу" not in seen
    other.post("/queue/take", {"top": "5", "back": "/"})
    both = set(titles(mine.get("/?mine=1").text)) & set(titles(other.get("/?mine=1").text))
    assert not both
    refused = other.post("/queue/take", {"risk": ["1"], "back": "/?level=4"})
    assert refused.headers["location"] == "/?level=4"
    assert "Уже в работе у другого: 2026-000001" in other.get("/?level=4").text
    for browser in (mine, other):
        browser.post("/queue/release", {"risk": [str(i) for i in range(1, 11)]})
    assert not titles(mine.get("/?mine=1").text)


def test_taking_nothing_is_told(house: House) -> None:
    """A press without a tick says what to tick, and keeps the filter."""
    officer = house.by("officer")

    answer = officer.post("/queue/take", {"back": "/?level=2"})

    assert answer.headers["location"] == "/?level=2"
    assert "Отметьте риски, которые берёте." in officer.get("/?level=2").text


def test_a_saved_filter_stands_above_the_queue_with_its_count(house: House) -> None:
    """A filter is saved under a name, counted, pressed, and deleted; others do not see it."""
    curator = house.by("curator")

    curator.post("/filters/save", {"name": "Тепло  и вода", "query": "topic=housing&level=3"})

    chip = re.search(r'<a class="chip" href="([^"]+)">Тепло и вода <b>(\d+)</b>', curator.get("/").text)
    assert chip
    assert chip.groups() == ("/?level=3&amp;topic=housing", "1")
    assert "Тепло и вода" not in house.by("officer").get("/").text
    number = re.search(r'<option value="(\d+)">Тепло и вода', curator.get("/").text)
    assert number
    house.by("officer").post("/filters/drop", {"id": number[1]})
    assert "Тепло и вода" in curator.get("/").text
    curator.post("/filters/drop", {"id": number[1]})
    assert "Тепло и вода" not in curator.get("/").text


def test_ticked_risks_are_merged_into_the_chosen_one(house: House) -> None:
    """Merging asks which stays and why, and the others lead there."""
    officer = house.by("officer")
    ask = officer.post("/queue/merge", {"risk": ["8", "10"]})
    assert "Который остаётся" in ask.text
    versions = dict(re.findall(r'name="(version-\d+)" value="(\d+)"', ask.text))

    done = officer.post("/queue/merge/done", {"risk": ["8", "10"], "into": "8", "reason": "одна улица", **versions})

    assert done.headers["location"] == "/risk/8"
    assert "объединён с другим" in officer.get("/risk/10").text
    assert "Собаки стаей" not in "".join(titles(officer.get("/").text))


def test_what_is_new_is_told_without_moving_the_list(house: House) -> None:
    """A list that was shown earlier learns how many risks appeared and changed since, under its own filter."""
    reader = house.by("reader")
    shown = re.search(r'data-shown="([^"]+)"', reader.get("/").text)
    assert shown
    assert 'id="news" role="status" aria-live="polite"></div>' in reader.get("/", params={"shown": shown[1]}).text
    with house.store.write() as tx:
        case = build.Case("Новая беда в Озерках", 3, 1, 200, settlement="Озерки")
        build.add_case(tx, house.profile, 500, case, datetime.now(UTC) + timedelta(minutes=2))
    work = house.work("officer")
    triage.take(Work(work.store, work.profile, datetime.now(UTC) + timedelta(seconds=2), work.by, work.reader), [5])

    told = reader.get("/", params={"shown": shown[1]}).text
    other = reader.get("/", params={"shown": shown[1], "level": "4"}).text

    assert "Появился 1 новый риск" in told.replace("\u00a0", " ")
    assert "Появился" not in other
    assert "Появился" not in reader.get("/", params={"shown": "вчера"}).text


def test_an_empty_queue_says_so(house: House) -> None:
    """A filter without finds offers the way back to the whole queue."""
    page = house.by("reader").get("/?state=worked_off").text

    assert "По этим фильтрам ничего нет" in page
    assert "Показать всю очередь" in page


def test_next_leads_to_what_nobody_has_verified(house: House) -> None:
    """«Next» skips the card at hand and risks in other hands, and leads to the most urgent of the rest."""
    officer = house.by("officer")
    first = officer.get("/next").headers["location"]
    assert first == "/risk/1"
    house.by("second").post("/risk/1/take")

    second = officer.get("/next").headers["location"]

    assert second == "/risk/2"
    assert officer.get("/next?after=2").headers["location"] not in ("/risk/1", "/risk/2")
    house.by("second").post("/risk/1/release")


def test_a_search_for_a_common_word_says_how_far_it_looked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The officer learns that only the newest posts were looked at, and what to do about it."""
    monkeypatch.setattr(queue, "SEARCHED", 1)
    with house.store.write() as tx:
        add_words(tx, [(1, stem_text("нет воды"))])
    told = house.by("reader").get("/", params={"q": "вода"}).text

    assert "по 1 самым новым записям" in told
    assert "самым новым записям" not in house.by("reader").get("/").text


@pytest.mark.parametrize(("due_in", "said"), [(-60, "посмотрите, можно ли закрыть"), (600, "посмотреть ")])
def test_a_watched_risk_is_not_called_late(house: House, due_in: int, said: str) -> None:
    """After the answer nothing is owed: the end of the quiet window is a time to look, and no delay."""
    number = 700 + due_in % 7
    with house.store.write() as tx:
        case = build.Case("Фонари у школы снова горят, ответ опубликован", 1, 600, due_in, state="watched")
        build.add_case(tx, house.profile, number, case, datetime.now(UTC))

    page = text_of(house.by("reader").get(f"/risk/{number}").text)

    assert said in page
    assert "просрочено" not in page

"""The pages of the year tell what to do today, what comes when, what clashes, and print on one sheet."""

from __future__ import annotations

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest

from casework.year import plan
from desk.pictures_year import Axis, campaign_bars, threat_bars
from desk.pictures_year_sheet import PAPERS, sheet
from desk.year_words import coming_words, long_day, span_in_year, year_days
from preventive.calendar import weeks_of
from preventive.facts import Basis, Occasion
from tests.casework.year_build import add_campaign, add_message, add_task
from tests.desk.conftest import House
from tests.desk.test_queue_page import text_of

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def planned(house: House) -> House:
    """A living campaign with a late task, a task and a publication of today; five campaigns of one block ahead."""
    day = house.work().today
    ice = add_campaign(
        house.store, "Тонкий лёд: не выходите", day - 5 * DAY, state="running", block="works", topics=["safety"]
    )
    add_task(house.store, ice, "Поставить щиты у воды", day - 2 * DAY, block="works")
    add_task(house.store, ice, "Обойти спуски к воде", day, block="works")
    add_message(house.store, ice, house.profile.sources[0].id, day)
    for n in range(5):
        add_campaign(
            house.store, f"Соседняя {n}", day + 3 * DAY, prepare_from=day, block="social", topics=["education"]
        )
    return house


def section(page: str, ident: str) -> str:
    """Return the words of the part of a page whose head has this id."""
    return text_of(page.split(f'id="{ident}"', 1)[1].split("</section>", 1)[0])


def test_today_stands_first_with_next_steps(planned: House) -> None:
    """What is late, due and running is above the picture, each with the way to where it is done."""
    page = planned.by("coordinator").get("/year").text

    assert page.index('id="h-today"') < page.index('id="h-year"')
    assert "Поставить щиты у воды" in section(page, "h-late")
    assert "2 дня назад" in section(page, "h-late").replace("\u00a0", " ")
    assert "Обойти спуски к воде" in section(page, "h-due")
    assert planned.profile.sources[0].name in section(page, "h-due")
    assert "Тонкий лёд: не выходите" in section(page, "h-runs")
    assert re.search(r'href="/campaigns/1#tasks">задача: Обойти спуски', page)
    assert re.search(r'href="/campaigns/1#messages">публикация', page)


def test_every_threat_without_a_campaign_leads_to_planning(planned: House) -> None:
    """A planner gets a link to a new campaign against each threat ahead; a reader sees the threats without it."""
    ahead = [one for one in plan(planned.work(), planned.work().today.year).threats if one.comings]
    page = planned.by("coordinator").get("/year").text
    read = planned.by("reader").get("/year").text

    assert len(ahead) > 20
    assert all(f'href="/threats/{one.threat.id}"' in read for one in ahead)
    assert 'href="/campaigns/new?threat=' in page
    assert "/campaigns/new" not in read


def test_the_picture_says_in_words_what_it_draws(planned: House) -> None:
    """Every row of the picture has its name and its days as text; the bars themselves are hidden from a reader of text."""
    page = planned.by("reader").get("/year").text
    table = page.split('<table class="y-table">', 1)[1].split("</table>", 1)[0]
    rows = table.split("<tbody>", 1)[1].split("</tr>")[:-1]

    assert len(rows) > 25
    for row in rows:
        if "Другие кампании" not in row:
            assert re.search(r"<th scope=\"row\">.*</th><td>.*\w+.*</td>", row, re.S), row
            assert 'aria-hidden="true"' in row
    assert "style=" not in page


def test_clashes_and_load_are_told(planned: House) -> None:
    """Five campaigns of one block at once are a clash with its figure and advice; tasks stand with their block."""
    page = planned.by("head").get("/year").text

    clashes = section(page, "h-clash")
    assert "Социальная" in clashes or "блок «" in clashes
    assert "до 5, посильно 4" in clashes
    assert "Что сделать: сдвиньте начало" in clashes
    assert "Блок «" in section(page, "h-load")


def test_filters_narrow_the_year(planned: House) -> None:
    """By topic, block and person only theirs stays, links keep the filter, and a filter that is none is told."""
    reader = planned.by("reader")

    topic = reader.get("/year?topic=education").text
    assert "Соседняя 1" in topic
    assert "Тонкий лёд: не выходите" not in topic
    assert f'href="/year/{planned.work().today.year + 1}?topic=education"' in topic
    block = reader.get("/year?block=works").text
    assert "Тонкий лёд: не выходите" in block
    assert "Соседняя 1" not in block
    strange = reader.get("/year?block=none&topic=nothing&person=999999&paper=").text
    assert "Такого отбора нет: block=none, topic=nothing, person=999999" in text_of(strange)
    assert "Соседняя 1" in strange


def test_a_block_sees_its_own_campaigns(planned: House) -> None:
    """Who is bound to a block sees neither the campaigns nor the clashes of another."""
    page = planned.by("executor").get("/year").text

    assert "Тонкий лёд: не выходите" in page
    assert "Соседняя 1" not in page
    assert "посильно" not in section(page, "h-clash")


def test_links_of_the_year_lead_somewhere(planned: House) -> None:
    """Every address that the year, the month and the sheet offer to a planner opens."""
    planner = planned.by("coordinator")
    day = planned.work().today
    offered = set()
    for page in ("/year", f"/year/{day.year + 1}", f"/year/{day.year}/{day.month}", f"/year/{day.year}/print"):
        offered |= set(re.findall(r'href="(/[^"#]*)', planner.get(page).text))

    broken = [
        at for at in sorted(offered) if planner.get(at.replace("&amp;", "&"), follow_redirects=True).status_code != 200
    ]

    assert len([at for at in offered if at.startswith("/campaigns/new?threat=")]) > 20
    assert broken == []


@pytest.mark.parametrize("year", [2024, 2040, 2096])
def test_other_years_open_without_today(planned: House, year: int) -> None:
    """Leap years and a year of 54 weeks are drawn; today's list belongs to the present year alone."""
    page = planned.by("reader").get(f"/year/{year}").text

    assert f"Год {year}" in text_of(page)
    assert 'id="h-today"' not in page
    assert page.count('class="y-week"') >= 53


def test_a_month_stands_day_by_day(planned: House) -> None:
    """The month of today has all its days, ISO weeks, what is due and what goes on."""
    day = planned.work().today
    page = planned.by("reader").get(f"/year/{day.year}/{day.month}").text
    told = text_of(page)

    assert len(re.findall(r'class="y-date"', page)) == ((day.replace(day=1) + 31 * DAY).replace(day=1) - DAY).day
    assert f"Неделя {day.isocalendar().week}" in told
    assert "Обойти спуски к воде" in told
    assert "сегодня" in told


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/year/1999", "2000–2100"),
        ("/year/99999", "2000–2100"),
        ("/year/2026/13", "от 1 до 12"),
        ("/year/2026/0", "от 1 до 12"),
        ("/year/2026/print?paper=A5", "A4"),
        ("/year/soon", "адрес"),
        ("/year/99999999999999999999999", "2000–2100"),
    ],
)
def test_a_wrong_address_is_told(planned: House, path: str, words: str) -> None:
    """A year, a month or a paper that is not there is a clear page, not a fault."""
    answer = planned.by("reader").get(path)

    assert answer.status_code == 404
    assert words in text_of(answer.text)


@pytest.mark.parametrize("paper", ["A3", "A4"])
def test_the_sheet_is_one_picture_of_its_paper(planned: House, paper: str) -> None:
    """The printed year is one well-formed picture no bigger than the paper; nothing is drawn outside of it."""
    page = planned.by("reader").get(f"/year/{planned.work().today.year}/print?paper={paper}").text
    drawn = ElementTree.fromstring(re.search(r'<svg class="y-sheet".*?</svg>', page, re.S)[0])  # type: ignore[index]
    sizes = {"A3": (404.0, 281.0), "A4": (281.0, 194.0)}[paper]

    assert float(drawn.attrib["width"].removesuffix("mm")) <= sizes[0]
    assert float(drawn.attrib["height"].removesuffix("mm")) <= sizes[1]
    for one in drawn.iter():
        assert float(one.attrib.get("y", 0)) <= sizes[1], one.attrib
        assert (
            0 <= float(one.attrib.get("x", 0)) + float(one.attrib.get("width", "0").removesuffix("mm")) <= sizes[0] + 1
        )
    assert f"/static/paper-{paper.lower()}.css" in page


def test_what_has_no_room_is_told(planned: House) -> None:
    """A year too full for letters that can be read leaves the campaigns that are over out, and says how many lines."""
    whole = plan(planned.work(), planned.work().today.year)
    over = whole.campaigns[0].__class__
    old = [
        over(
            **{n: getattr(whole.campaigns[0], n) for n in over.__slots__}
            | {"id": k, "title": f"Было {k}", "ends_on": date(2026, 1, 1)}
        )
        for k in range(200)
    ]
    from dataclasses import replace

    drawn = str(sheet(replace(whole, others=(*whole.others, *old)), PAPERS["A4"], "Округ"))

    assert "Не поместилось: 200 строк" in drawn.replace("\u00a0", " ")
    assert "Было 1" not in drawn
    assert "Соседняя 1" in drawn


def test_a_name_cannot_break_the_picture(planned: House) -> None:
    """Whatever a title holds, the sheet stays well-formed text."""
    whole = plan(planned.work(), planned.work().today.year)
    drawn = str(sheet(whole, PAPERS["A3"], '<script>&"]]>'))

    assert "<script>" not in drawn
    assert ElementTree.fromstring(drawn).tag == "svg"


AXIS = Axis.of(weeks_of(2026))


def coming(start: date, end: date, basis: Basis = Basis.KNOWN, **changes: object) -> Occasion:
    values: dict[str, object] = {"territories": (), "open_end": False}
    return Occasion("ice", start.year, start, end, start - 10 * DAY, basis, "правило", **(values | changes))  # type: ignore[arg-type]


def test_known_and_expected_days_look_different() -> None:
    """Known days are a whole bar, expected ones a dashed one, preparing a pale one before; days outside are cut."""
    drawn = str(
        threat_bars(
            (coming(date(2026, 4, 1), date(2026, 4, 30)), coming(date(2026, 12, 1), date(2027, 3, 31), Basis.EXPECTED)),
            AXIS,
        )
    )

    assert re.findall(r'class="(y-[a-z]+)"', drawn) == ["y-row", "y-lead", "y-known", "y-lead", "y-expected"]
    ends = [float(x) + float(w) for x, w in re.findall(r'x="([\d.]+)%" width="([\d.]+)%"', drawn)]
    assert max(ends) <= 100.01
    assert str(threat_bars((coming(date(2024, 1, 1), date(2024, 2, 1)),), AXIS)).count("<rect") == 0


def test_an_end_before_the_start_draws_nothing(planned: House) -> None:
    """A campaign whose days are the wrong way round is a row without a bar instead of a fault."""
    row = plan(planned.work(), planned.work().today.year).campaigns[0]
    values = {n: getattr(row, n) for n in row.__slots__}
    turned = row.__class__(
        **values | {"starts_on": date(2026, 6, 9), "ends_on": date(2026, 6, 1), "prepare_from": date(2026, 6, 20)}
    )

    assert "<rect" not in str(campaign_bars(turned, AXIS))


@pytest.mark.parametrize(
    ("first", "last", "year", "words"),
    [
        (date(2026, 4, 1), date(2026, 4, 30), 2026, "1–30 апр"),
        (date(2026, 4, 15), date(2026, 5, 14), 2026, "15 апр – 14 мая"),
        (date(2025, 12, 15), date(2026, 1, 10), 2026, "по 10 янв"),
        (date(2026, 12, 15), date(2027, 1, 10), 2026, "с 15 дек"),
        (date(2028, 2, 29), date(2028, 2, 29), 2028, "29 фев"),
    ],
)
def test_days_are_told_from_inside_the_year(first: date, last: date, year: int, words: str) -> None:
    """Days of a year are told without the year, and what begins or ends outside of it by its other end."""
    assert span_in_year(first, last, year).replace("\u00a0", " ") == words


def test_how_sure_the_days_are_is_told() -> None:
    """Expected days bear «≈», an open document says so, what lasts all year is no span."""
    expected = coming(date(2026, 4, 1), date(2026, 5, 31), Basis.EXPECTED)
    opened = coming(date(2026, 4, 16), date(2026, 6, 1), open_end=True)
    always = coming(date(2026, 1, 1), date(2026, 12, 31))

    told = [words.replace("\u00a0", " ") for words in year_days((expected, opened, always), 2026)]
    assert told == ["≈ 1 апр – 31 мая", "с 16 апр", "весь год"]
    assert year_days((expected,), 2027) == ()
    assert coming_words(opened, date(2026, 5, 1)).replace("\u00a0", " ") == "с 16 апр, пока не отменят"
    assert long_day(date(2026, 11, 21)) == "суббота, 21 ноября"

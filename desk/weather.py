"""Weather and documents: what they open today, a quick form for yesterday, a month of weather, documents in force first."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import decrees, weather
from casework.decrees import Kept, NewDecree, StaleDecree
from casework.errors import BadMove, ReasonNeeded, UnknownSubject
from casework.fact_tables import number_of
from casework.roles import Act
from casework.weather import NAMES, ORIGINS, VALUES
from casework.weather_reading import last_read
from casework.weather_state import state
from desk.dates import day_typed
from desk.forms import Fields, FormError
from desk.pictures_weather import month_picture
from desk.visit import Needs, Visit
from desk.weather_words import degrees, plain
from preventive.facts import WeatherDay
from preventive.weather import is_counted, mean_of
from storage.find.facts import DecreeRow, WeatherRow, decree_by_id

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_YEAR))]
Setting = Annotated[Visit, Depends(Needs(Act.SET_FACTS))]

_DAY = timedelta(days=1)
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")
_MONTHS = ("январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь")  # fmt: skip
LATELY = timedelta(days=29)
"""Days before today that are shown when no month is asked for."""
PAST_SHOWN = 10
"""Past documents on the page; the others open by a link."""


@router.get("/weather")
def show(visit: Seeing) -> Response:
    """Show the page; `month` and `day` of the address choose the month shown and the day of the form."""
    return _page(visit)


@router.post("/weather/day")
def record(visit: Setting) -> Response:
    """Write the weather of one day as it was typed."""
    try:
        told = WeatherDay(_day_of(visit), **{name: _value(visit, name) for name in VALUES})
        kept = weather.record_day(visit.work, told)
    except (BadMove, FormError) as e:
        return _page(visit, str(e), "day", visit.fields)
    mean = mean_of(kept)
    said = "" if mean is None else f" Средняя {degrees(mean)}{' (посчитана)' if is_counted(kept) else ''}."
    return visit.go(f"/weather?month={kept.day:%Y-%m}", f"Погода за {kept.day:%d.%m.%Y} записана.{said}")


@router.post("/weather/day/withdraw")
def withdraw_day(visit: Setting) -> Response:
    """Take a day out."""
    try:
        day = _day_of(visit)
        weather.withdraw_day(visit.work, day, visit.fields.text("reason"))
    except (BadMove, FormError, ReasonNeeded, UnknownSubject) as e:
        return _page(visit, str(e), "withdraw", visit.fields)
    return visit.go(f"/weather?month={day:%Y-%m}", f"Погода за {day:%d.%m.%Y} убрана.")


@router.post("/weather/decree/add")
def add_decree(visit: Setting) -> Response:
    """Write a document that opens something."""
    try:
        kept = decrees.add(visit.work, _decree(visit))
    except (BadMove, FormError, ReasonNeeded) as e:
        return _page(visit, str(e), "decree", visit.fields)
    return visit.go("/weather#decrees", f"Документ внесён. {kept.warning}".strip(), _tone(kept))


@router.get("/weather/decree/{decree_id}")
def show_decree(decree_id: int, visit: Seeing) -> Response:
    """Show one document with the forms that change it."""
    return _decree_page(visit, decree_id)


@router.post("/weather/decree/{decree_id}/change")
def change_decree(decree_id: int, visit: Setting) -> Response:
    """Change all that a document says."""

    def do() -> Response:
        kept = decrees.change(visit.work, decree_id, _version(visit), _decree(visit))
        return visit.go("/weather#decrees", f"Документ исправлен. {kept.warning}".strip(), _tone(kept))

    return _carried(visit, decree_id, "change", do)


@router.post("/weather/decree/{decree_id}/close")
def close_decree(decree_id: int, visit: Setting) -> Response:
    """End a document by another one."""

    def do() -> Response:
        last = _needed_day(visit, "closes_on", "последний день действия")
        decrees.close(visit.work, decree_id, _version(visit), last, visit.fields.text("closed_by"))
        return visit.go("/weather#decrees", f"Документ закрыт: действует по {last:%d.%m.%Y}.")

    return _carried(visit, decree_id, "close", do)


@router.post("/weather/decree/{decree_id}/withdraw")
def withdraw_decree(decree_id: int, visit: Setting) -> Response:
    """Strike out a document that was entered by mistake."""

    def do() -> Response:
        decrees.withdraw(visit.work, decree_id, _version(visit), visit.fields.text("reason"))
        return visit.go("/weather#decrees", "Документ убран как внесённый по ошибке.")

    return _carried(visit, decree_id, "withdraw", do)


def _page(visit: Visit, trouble: str = "", form: str = "", typed: Fields | None = None) -> Response:
    now, listed = state(visit.work), decrees.listed(visit.work)
    shown = _shown(visit, now.today, typed)
    rows = weather.days_between(visit.work, shown.first, shown.last)
    day = _shown_day(visit, now.today, now.missing, typed)
    stood = next(iter(weather.days_between(visit.work, day, day)), None)
    past = [row for row in listed if row.closes_on is not None and row.closes_on < now.today]
    all_past = bool(visit.request.query_params.get("past"))
    return visit.page(
        "weather.html", 422 if trouble else 200, now=now, read=last_read(visit.work), named=visit.desk.profile.prevention.weather,
        shown=shown, picture=month_picture([row.weather for row in rows], shown.first, shown.last),
        rows=_whole(rows, shown.first, shown.last), day=day, stood=stood, stands=_fields_of(stood),
        open_rows=[row for row in listed if row not in past], holding=sum(row.holds_on(now.today) for row in listed), past=past if all_past else past[:PAST_SHOWN],
        more_past=0 if all_past else max(0, len(past) - PAST_SHOWN), subjects=decrees.subjects(visit.work),
        may_set=visit.may(Act.SET_FACTS), trouble=trouble, form=form, typed=typed or Fields(), **_words(),
    )  # fmt: skip


def _decree_page(
    visit: Visit, decree_id: int, trouble: str = "", form: str = "", status: int = 200, typed: Fields | None = None
) -> Response:
    with visit.desk.store.read() as tx:
        row = decree_by_id(tx, decree_id)
    if row is None:
        raise UnknownSubject(f"Документа с номером записи {decree_id} нет. Вернитесь к списку документов.")
    return visit.page(
        "decree.html", status, row=row, today=visit.work.today, subjects=decrees.subjects(visit.work),
        may_set=visit.may(Act.SET_FACTS) and row.withdrawn_at is None, trouble=trouble, form=form, stands=_typed_of(row), typed=typed or _typed_of(row), **_words(),
    )  # fmt: skip


def _carried(visit: Visit, decree_id: int, form: str, do: Callable[[], Response]) -> Response:
    """Do it, or show the document again with what went wrong and what was typed."""
    try:
        return do()
    except StaleDecree as e:
        return _decree_page(visit, decree_id, str(e), form, 409, visit.fields)
    except (BadMove, FormError, ReasonNeeded) as e:
        return _decree_page(visit, decree_id, str(e), form, 422, visit.fields)


def _fields_of(stood: WeatherRow | None) -> dict[str, str]:
    """What stands on a day, as its form shows it."""
    return {name: "" if stood is None else plain(getattr(stood.weather, name)) for name in VALUES}


def _words() -> dict[str, object]:
    return {
        "names": NAMES, "origins": ORIGINS, "degrees": degrees, "plain": plain, "mean_of": mean_of, "is_counted": is_counted,
        "span": decrees.span_words, "values": VALUES,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """The days on the page."""

    name: str
    first: date
    last: date
    before: str
    """The month before, as the address has it."""
    after: str
    """The month after; "" for the last one."""


def _shown(visit: Visit, today: date, typed: Fields | None) -> Shown:
    """The month that was asked for, or of the day that was typed wrong; else the last LATELY days."""
    asked = visit.request.query_params.get("month", "") if typed is None else typed.text("day")[:7]
    if not _MONTH.fullmatch(asked) or not f"{weather.EARLIEST:%Y-%m}" <= asked <= f"{today:%Y-%m}":
        first = today - LATELY
        return Shown("за последние 30 дней", first, today, f"{first:%Y-%m}", "")
    first = date.fromisoformat(f"{asked}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    after = f"{last + _DAY:%Y-%m}" if last < today else ""
    return Shown(f"за {_MONTHS[first.month - 1]} {first.year}", first, min(last, today), f"{first - _DAY:%Y-%m}", after)


def _whole(rows: tuple[WeatherRow, ...], first: date, last: date) -> list[tuple[date, WeatherRow | None]]:
    """Every day from the last to the first; None where nobody entered it."""
    known = {row.weather.day: row for row in rows}
    return [(day, known.get(day)) for day in (last - n * _DAY for n in range((last - first).days + 1))]


def _shown_day(visit: Visit, today: date, missing: tuple[date, ...], typed: Fields | None) -> date:
    """The day of the form: the one asked for, else the oldest missing one, else yesterday."""
    asked = typed.text("day") if typed is not None else visit.request.query_params.get("day", "")
    try:
        day = date.fromisoformat(asked)
    except ValueError:
        day = missing[0] if missing else today - _DAY
    return day if weather.EARLIEST <= day <= today + weather.AHEAD else today - _DAY


def _day_of(visit: Visit) -> date:
    return _needed_day(visit, "day", "день")


def _needed_day(visit: Visit, name: str, what: str) -> date:
    day = day_typed(visit, name, what)
    if day is None:
        raise FormError(f"Укажите: {what}.")
    return day


def _value(visit: Visit, name: str) -> float | None:
    try:
        return number_of(visit.fields.text(name))
    except ValueError as e:
        raise FormError(f"{NAMES[name].capitalize()}: {e}.") from None


def _decree(visit: Visit) -> NewDecree:
    fields = visit.fields
    subject = fields.text("subject_other") or fields.text("subject")
    issued = _needed_day(visit, "issued_on", "дата документа")
    opens = day_typed(visit, "opens_on", "первый день действия") or issued
    return NewDecree(
        subject, fields.text("number"), fields.text("title"), issued, opens, day_typed(visit, "closes_on", "последний день"),
        tuple(fields.all("territory")), fields.text("url"),
    )  # fmt: skip


def _typed_of(row: DecreeRow) -> Fields:
    told = {
        "subject": row.subject, "number": row.number, "title": row.title, "url": row.url, "issued_on": row.issued_on.isoformat(),
        "opens_on": row.opens_on.isoformat(), "closes_on": row.closes_on.isoformat() if row.closes_on else "",
    }  # fmt: skip
    return Fields({name: (value,) for name, value in told.items()} | {"territory": row.territories})


def _version(visit: Visit) -> int:
    return visit.fields.whole("version", "версия записи")


def _tone(kept: Kept) -> str:
    return "plain" if kept.overlaps else "good"

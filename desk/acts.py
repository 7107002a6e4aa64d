"""What staff do with risks: each form is one command of casework; who was slower sees what changed and keeps the typed text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import habits, triage
from casework.errors import BadMove, TakenByOther, UnknownRisk
from casework.roles import Act
from desk.card import find_card, form_context, moves_of, route_context
from desk.carrying import carry_out, version_of
from desk.forms import FormError
from desk.queue import page_at
from desk.visit import Needs, Visit
from district.topics import TOPICS
from reports.wording import count
from risk.states import MoveNotAllowed, Veracity
from storage.find.queue import QueueFilter, queue

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]
Taking = Annotated[Visit, Depends(Needs(Act.TAKE))]
Verifying = Annotated[Visit, Depends(Needs(Act.VERIFY))]
Dismissing = Annotated[Visit, Depends(Needs(Act.DISMISS))]
Reopening = Annotated[Visit, Depends(Needs(Act.REOPEN))]
Merging = Annotated[Visit, Depends(Needs(Act.MERGE))]
Splitting = Annotated[Visit, Depends(Needs(Act.SPLIT))]
Levelling = Annotated[Visit, Depends(Needs(Act.SET_LEVEL))]
Routing = Annotated[Visit, Depends(Needs(Act.SET_ROUTE))]
Deciding = Annotated[Visit, Depends(Needs(Act.DECIDE_SUGGESTION))]

TAKE_MINUTES = 5
"""A batch is held this long, so that two officers do not do the same work and a forgotten batch frees itself (§6)."""
FORMS = ("verify", "dismiss", "level", "route", "merge", "split", "reopen")


@router.post("/queue/take")
def take_batch(visit: Taking) -> Response:
    """Take the ticked risks, or the first free ones of the list the form was under, for five minutes."""
    top = visit.fields.text("top")
    ids = _first_free(visit, min(int(top), 50)) if top.isdecimal() and len(top) < 4 else visit.fields.ids("risk")
    if not ids:
        return _queue_trouble(visit, "Отметьте риски, которые берёте." if not top else "Свободных рисков здесь нет.")
    try:
        triage.take(visit.work, ids, minutes=TAKE_MINUTES)
    except (TakenByOther, BadMove, MoveNotAllowed) as e:
        return _queue_trouble(visit, str(e))
    told = count(len(ids), "риск", "риска", "рисков")
    return visit.go(
        "/?mine=1" if top else _back(visit),
        f"У вас в работе {told} на {TAKE_MINUTES} минут. Не успеете — они освободятся сами.",
    )


@router.post("/queue/release")
def release_batch(visit: Taking) -> Response:
    """Free the ticked risks."""
    ids = visit.fields.ids("risk")
    if not ids:
        return _queue_trouble(visit, "Отметьте риски, которые освобождаете.")
    try:
        triage.release(visit.work, ids)
    except (TakenByOther, BadMove) as e:
        return _queue_trouble(visit, str(e))
    return visit.go(_back(visit), "Освобождено: " + count(len(ids), "риск", "риска", "рисков") + ".")


@router.post("/queue/merge")
def merge_batch(visit: Merging) -> Response:
    """Ask into which of the ticked risks the others go."""
    ids = visit.fields.ids("risk")
    if len(ids) < 2:
        return _queue_trouble(visit, "Отметьте два риска или больше, чтобы объединить их.")
    cards = [find_card(visit, risk_id) for risk_id in ids[:20]]
    return visit.page("merge.html", cards=cards, back=_back(visit), typed=visit.fields)


@router.post("/queue/merge/done")
def merge_ticked(visit: Merging) -> Response:
    """Join the ticked risks into the chosen one."""
    into = visit.fields.whole("into", "в какой риск объединить")
    others = tuple(i for i in visit.fields.ids("risk") if i != into)
    version = visit.fields.whole(f"version-{into}", "версия карточки")

    def do() -> None:
        triage.merge(visit.work, into, version, others, visit.fields.needed("reason", "почему это одно и то же"))

    return carry_out(visit, into, "merge", do, "Риски объединены.", f"/risk/{into}")


@router.post("/filters/save")
def save_filter(visit: Seeing) -> Response:
    """Save the filter under a name; it stands above the queue with its count."""
    query = visit.fields.text("query")
    habits.save_filter(visit.work, visit.fields.text("name"), query)
    return visit.go(f"/?{query}", "Фильтр сохранён: он стоит над очередью со счётчиком.")


@router.post("/filters/drop")
def drop_filter(visit: Seeing) -> Response:
    """Delete a saved filter."""
    habits.drop_filter(visit.work, visit.fields.whole("id", "номер фильтра"))
    return visit.go("/", "Фильтр удалён.")


@router.get("/risk/{risk_id}/{name}")
def form_page(risk_id: int, name: str, visit: Seeing) -> Response:
    """Show one form of a card alone: a page without JavaScript, a window over the queue with it."""
    found = find_card(visit, risk_id)
    move = next((m for m in moves_of(found, visit) if m.name == name), None)
    if name not in FORMS:
        raise UnknownRisk(risk_id)
    context = form_context(visit, visit.fields) | route_context(found, visit)
    return visit.page("move.html", 200 if move else 409, card=found, row=found.row, move=move, trouble=None, **context)


@router.post("/risk/{risk_id}/take")
def take(risk_id: int, visit: Taking) -> Response:
    """Take one risk and go on to its card."""
    return carry_out(
        visit, risk_id, "take", lambda: triage.take(visit.work, (risk_id,), minutes=TAKE_MINUTES), "", "", True
    )


@router.post("/risk/{risk_id}/release")
def release(risk_id: int, visit: Taking) -> Response:
    """Free one risk."""
    return carry_out(visit, risk_id, "take", lambda: triage.release(visit.work, (risk_id,)), "Риск свободен.", "/")


@router.post("/risk/{risk_id}/start")
def start(risk_id: int, visit: Verifying) -> Response:
    """Note that verification has begun."""

    def do() -> None:
        triage.start_verification(visit.work, risk_id, version_of(visit))

    return carry_out(visit, risk_id, "start", do, "Проверка начата: другие это видят.", "", True)


@router.post("/risk/{risk_id}/verify")
def verify(risk_id: int, visit: Verifying) -> Response:
    """Write down what verification found."""
    fields = visit.fields
    told = {v.value: v.label for v in Veracity if v is not Veracity.UNCONFIRMED}

    def do() -> None:
        veracity = fields.one_of("veracity", told, "итог проверки")
        fact = fields.needed("source_of_fact", "откуда известен факт")
        triage.verify(visit.work, risk_id, version_of(visit), Veracity(veracity), fact, fields.text("note"))

    return carry_out(
        visit, risk_id, "verify", do, "Итог проверки записан: {}.".format(told.get(fields.text("veracity"), ""))
    )


@router.post("/risk/{risk_id}/dismiss")
def dismiss(risk_id: int, visit: Dismissing) -> Response:
    """Take the risk off the queue with a reason."""
    fields = visit.fields

    def do() -> None:
        reason = fields.one_of("reason", triage.DISMISS_REASONS, "причина")
        triage.dismiss(visit.work, risk_id, version_of(visit), reason, fields.text("note"))

    return carry_out(visit, risk_id, "dismiss", do, "Риск снят. Вернуть его можно в карточке: «Открыть повторно».", "/")


@router.post("/risk/{risk_id}/reopen")
def reopen(risk_id: int, visit: Reopening) -> Response:
    """Open a closed risk again."""

    def do() -> None:
        triage.reopen(visit.work, risk_id, version_of(visit), visit.fields.needed("reason", "почему открываете вновь"))

    return carry_out(visit, risk_id, "reopen", do, "Риск снова в очереди.")


@router.post("/risk/{risk_id}/merge")
def merge(risk_id: int, visit: Merging) -> Response:
    """Join other risks, named by their numbers, into this one."""

    def do() -> None:
        others = _by_numbers(visit, visit.fields.needed("numbers", "номера рисков, которые войдут в этот"))
        reason = visit.fields.needed("reason", "почему это одно и то же")
        triage.merge(visit.work, risk_id, version_of(visit), others, reason)

    return carry_out(visit, risk_id, "merge", do, "Риски объединены.")


@router.post("/risk/{risk_id}/split")
def split(risk_id: int, visit: Splitting) -> Response:
    """Move the ticked posts into a risk of their own and go there."""
    made: list[int] = []

    def do() -> None:
        posts = visit.fields.ids("post")
        if not posts:
            raise FormError("Отметьте записи, которые уйдут в новый риск.")
        reason = visit.fields.needed("reason", "почему это другое")
        made.append(triage.split(visit.work, risk_id, version_of(visit), posts, reason))

    response = carry_out(visit, risk_id, "split", do, "")
    told = "Записи отделены: это новый риск. Прежний остался в очереди."
    return visit.go(f"/risk/{made[0]}", told) if made else response


@router.post("/risk/{risk_id}/level")
def level(risk_id: int, visit: Levelling) -> Response:
    """Set the level by a person's word; the machine's stays beside it."""

    def do() -> None:
        chosen = visit.fields.one_of("level", ("1", "2", "3", "4"), "уровень")
        reason = visit.fields.needed("reason", "почему такой уровень")
        triage.set_level(visit.work, risk_id, version_of(visit), int(chosen), reason)

    return carry_out(visit, risk_id, "level", do, "Уровень изменён. Решение машины видно рядом.")


@router.post("/risk/{risk_id}/route")
def route(risk_id: int, visit: Routing) -> Response:
    """Set topic, place and block by a person's word."""
    fields, profile = visit.fields, visit.desk.profile

    def do() -> None:
        topic = fields.one_of("topic", ("", *TOPICS), "тема") or None
        settlement = fields.one_of(
            "settlement", ("", *(s for t in profile.territories for s in t.settlements)), "место"
        )
        block = fields.one_of("block", ("", *(b.id for b in profile.blocks)), "блок") or None
        reason = fields.needed("reason", "почему маршрут другой")
        triage.set_route(visit.work, risk_id, version_of(visit), topic, settlement or None, block, reason)

    return carry_out(visit, risk_id, "route", do, "Маршрут изменён.")


@router.post("/suggestion/{judgement_id}")
def decide(judgement_id: int, visit: Deciding) -> Response:
    """Say whether two posts are about the same; the machine remembers it for ever."""
    card_id = visit.fields.whole("card", "номер карточки")
    same = visit.fields.one_of("same", ("yes", "no"), "то же или другое") == "yes"
    told = "Запомнено: это одно и то же." if same else "Запомнено: это разное."

    def do() -> None:
        triage.decide_suggestion(visit.work, judgement_id, same=same)

    return carry_out(visit, card_id, "suggestion", do, told, f"/risk/{card_id}#like")


def _back(visit: Visit) -> str:
    return visit.fields.text("back") or "/"


def _queue_trouble(visit: Visit, text: str) -> Response:
    """Tell above the queue what did not go through, with the filter kept."""
    return visit.go(_back(visit), text, "bad")


def _first_free(visit: Visit, most: int) -> tuple[int, ...]:
    """Return the first risks nobody holds in the list as it is now: what came a second ago may be the most urgent."""
    rows = page_at(visit, _back(visit)).rows
    return tuple(row.id for row in rows if not visit.hours.in_future(row.taken_until))[:most]


def _by_numbers(visit: Visit, text: str) -> tuple[int, ...]:
    """Return the ids of risks named by number; FormError names the number that nobody has."""
    found: list[int] = []
    with visit.desk.store.read() as tx:
        for number in text.replace(",", " ").replace(";", " ").replace("№", " ").split()[:20]:
            rows = queue(tx, QueueFilter(search=number, open_only=False, per_page=2), visit.work.now).rows
            exact = [row.id for row in rows if row.number == number]
            if not exact:
                raise FormError(f"Риска № {number[:40]} нет. Номер стоит в карточке и в очереди, например 2026-000123.")
            found += exact
    return tuple(dict.fromkeys(found))

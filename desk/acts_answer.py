"""Forms of the step «Ответ»: say «проверяем», begin from a template or an earlier answer, save and check, send, approve, return."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework import answers
from casework.answer_facts import facts_of
from casework.errors import UnknownSubject
from casework.roles import Act, seen_blocks
from desk.carrying import carry_out, version_of
from desk.forms import FormError
from desk.visit import Needs, Visit
from reports.replies import fill, template_by_id
from reports.wording import count
from storage.find.answers import AnswerRow, answer_by_id
from storage.find.moves import risk_rows
from storage.find.past_answers import past_answers

router = APIRouter()
Writing = Annotated[Visit, Depends(Needs(Act.WRITE_ANSWER))]
Deciding = Annotated[Visit, Depends(Needs(Act.APPROVE_ANSWER))]

STEP = "answer"
READY = "Текст готов. Скопируйте его, откройте площадки и опубликуйте, потом впишите ссылки на шаге «Публикации»."


@router.post("/risk/{risk_id}/answer/checking")
def say_checking(risk_id: int, visit: Writing) -> Response:
    """Make a ready «проверяем» the text to be posted."""

    def do() -> None:
        template = visit.fields.needed("template", "какую фразу взять")
        answers.say_checking(visit.work, risk_id, version_of(visit), template, _places(visit))

    return carry_out(visit, risk_id, STEP, do, READY, _there(risk_id))


@router.post("/risk/{risk_id}/answer/start")
def start(risk_id: int, visit: Writing) -> Response:
    """Begin a draft from a template, filled with what the card knows."""

    def do() -> None:
        chosen = template_by_id(visit.fields.needed("template", "шаблон"))
        if chosen is None:
            raise FormError("Такого шаблона нет. Выберите из списка.")
        with visit.desk.store.read() as tx:
            row = risk_rows(tx, [risk_id]).get(risk_id)
            text = fill(chosen, facts_of(tx, visit.work, row)) if row else chosen.text
        answers.write(visit.work, risk_id, version_of(visit), chosen.kind, text, _places(visit), chosen.id)

    told = "Черновик начат. Впишите сведения вместо пропусков и нажмите «Проверить текст»."
    return carry_out(visit, risk_id, STEP, do, told, _there(risk_id))


@router.post("/risk/{risk_id}/answer/again")
def start_from_past(risk_id: int, visit: Writing) -> Response:
    """Begin a draft from the answer to an earlier risk."""

    def do() -> None:
        wanted = visit.fields.whole("past", "номер прежнего ответа")
        with visit.desk.store.read() as tx:
            row = risk_rows(tx, [risk_id]).get(risk_id)
            shown = (
                past_answers(tx, risk_id, row.title, row.topic, row.settlement, seen_blocks(visit.me)) if row else ()
            )
        text = next((p.text for p in shown if p.answer_id == wanted), None)
        if text is None:
            raise FormError("Этого ответа среди прежних больше нет. Обновите карточку.")
        answers.write(visit.work, risk_id, version_of(visit), "answer", text, _places(visit))

    told = "Прежний ответ взят за основу. Замените даты, места и меры: они от прошлого случая."
    return carry_out(visit, risk_id, STEP, do, told, _there(risk_id))


@router.post("/risk/{risk_id}/answer/{answer_id}/save")
def save(risk_id: int, answer_id: int, visit: Writing) -> Response:
    """Save the text and then check it, send it for approval, or make it ready."""
    fields, told = visit.fields, [""]

    def do() -> None:
        wanted = fields.one_of("do", ("check", "ask", "ready"), "что сделать с текстом")
        text = fields.raw("text")
        saved_id = answers.change(visit.work, answer_id, _answer_version(visit), text, _places(visit))
        saved = _stored(visit, saved_id)
        if wanted == "ready":
            answers.approve(visit.work, saved.id, saved.version, fields.text("note"))
            told[0] = READY
        elif wanted == "ask":
            answers.ask_approval(visit.work, saved.id, saved.version)
            told[0] = "Отправлено на утверждение. Кто может утверждать, увидит это на странице «Ответы» и в чате."
        else:
            told[0] = _checked(saved)

    response = carry_out(visit, risk_id, STEP, do, "", _there(risk_id))
    return visit.go(_there(risk_id), told[0]) if response.status_code == 303 else response


@router.post("/risk/{risk_id}/answer/{answer_id}/withdraw")
def withdraw(risk_id: int, answer_id: int, visit: Writing) -> Response:
    """Take an answer back."""

    def do() -> None:
        answers.withdraw(visit.work, answer_id, _answer_version(visit), visit.fields.text("reason"))

    return carry_out(visit, risk_id, STEP, do, "Ответ отозван. Он виден среди прежних.", _there(risk_id))


@router.post("/risk/{risk_id}/answer/{answer_id}/decide")
def decide(risk_id: int, answer_id: int, visit: Deciding) -> Response:
    """Approve an answer of somebody else, or return it with what to mend."""
    fields = visit.fields
    approving = fields.text("do") == "approve"

    def do() -> None:
        wanted = fields.one_of("do", ("approve", "return"), "решение")
        act = answers.approve if wanted == "approve" else answers.return_
        act(visit.work, answer_id, _answer_version(visit), fields.text("note"))

    told = "Ответ утверждён: текст готов к публикации." if approving else "Ответ возвращён автору с замечанием."
    return carry_out(visit, risk_id, STEP, do, told, _there(risk_id))


def _there(risk_id: int) -> str:
    return f"/risk/{risk_id}#{STEP}"


def _answer_version(visit: Visit) -> int:
    return visit.fields.whole("answer_version", "версия ответа")


def _places(visit: Visit) -> tuple[str, ...]:
    """Return the ticked platforms and the place that was typed."""
    own = visit.fields.text("place")
    return (*visit.fields.all("platform"), *([own] if own else []))


def _stored(visit: Visit, answer_id: int) -> AnswerRow:
    with visit.desk.store.read() as tx:
        found = answer_by_id(tx, answer_id)
    if found is None:
        raise UnknownSubject(f"Ответа № {answer_id} нет. Обновите карточку.")
    return found


def _checked(saved: AnswerRow) -> str:
    if not saved.findings:
        return "Текст сохранён и проверен: замечаний нет."
    noted = count(len(saved.findings), "замечание", "замечания", "замечаний")
    return f"Текст сохранён и проверен: {noted}. Они рядом с текстом, с примерами."

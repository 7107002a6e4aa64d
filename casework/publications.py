"""The register of publications: where the official answers of a risk stand, checked again and again (S4, «Порядок», п. 2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from types import MappingProxyType

from casework.errors import AddressRefused, BadMove
from casework.link_checks import CheckJob, Found, due_checks, note_check
from casework.links import Link, belongs, link_of, same_writing
from casework.moves import begin, finish, load, reasoned, step
from casework.roles import NO_BLOCK, Act, may
from casework.terms import on_published
from casework.watching import begin_watch
from casework.work import Work
from casework.working_out import send_working_out
from district.profile import Platform
from risk.states import Event, State, allowed_events
from storage.engine import Tx
from storage.find.answers import AnswerRow, answer_by_id
from storage.find.moves import RiskRow
from storage.find.publications import (
    PublicationRow,
    complaint_at,
    publication_by_id,
    publications_of,
    source_known,
)
from storage.keep.events import NewEvent, add_events
from storage.keep.publications import (
    STANDING,
    UNREAD,
    WITHDRAWN,
    NewCheck,
    NewPublication,
    add_check,
    add_publication,
    change_publication,
)

__all__ = [
    "PLACE_KINDS", "PUBLICATION_STATES", "CheckJob", "Found", "due_checks", "note_check", "record", "see_publication", "send_working_out",
    "withdraw_publication",
]  # fmt: skip

PLACE_KINDS = MappingProxyType(
    {
        "community": "паблик, чат или канал жителей",
        "official": "страница органа власти",
        "regional_media": "региональное СМИ",
        "federal_media": "федеральное СМИ",
    }
)
"""Kind of a place where an answer stands → Russian words."""
PUBLICATION_STATES = MappingProxyType(
    {
        "waiting": "ждёт проверки",
        "standing": "стоит",
        "changed": "изменён",
        "gone": "ответа нет",
        "unread": "не проверить",
        WITHDRAWN: "убрана",
    }
)
"""State of a publication → Russian words."""
FIRST_LOOK = timedelta(seconds=30)
"""A platform shows a fresh post to everybody within seconds; sooner it would often be «ответа нет»."""


def record(
    work: Work,
    risk_id: int,
    version: int,
    answer_id: int,
    url: str,
    place: str,
    place_kind: str,
    source_id: str | None = None,
    *,
    allowed: Collection[str] = (),
) -> int:
    """Write down at which address an approved answer stands; return the id of the publication.

    `source_id` is the platform of the risk that it covers (None: any other place, then `place` names it), `allowed` the
    internal addresses that the technician has opened. The first one of a real answer moves the risk to «ответ опубликован»;
    a holding line («проверяем») does not. AddressRefused says what is wrong with the link, BadMove anything else.
    """
    if place_kind not in PLACE_KINDS:
        raise BadMove(f"Вид площадки «{place_kind}» неизвестен; бывает: {', '.join(PLACE_KINDS.values())}.")
    try:
        return _record(work, risk_id, version, answer_id, link_of(url, allowed), place, place_kind, source_id)
    except AddressRefused as e:
        _note_try(work, risk_id, e)
        raise


def _record(
    work: Work,
    risk_id: int,
    version: int,
    answer_id: int,
    link: Link,
    place: str,
    place_kind: str,
    source_id: str | None,
) -> int:
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.PUBLISH)
        answer = _publishable(tx, row, answer_id)
        named = _place(tx, link, place, source_id)
        _fitting(tx, row, link, answer, place_kind)
        new = NewPublication(
            risk_id=risk_id, answer_id=answer_id, source_id=source_id, place=named, place_kind=place_kind, url=link.url,
            made_at=work.now, made_by=work.by.id or 0, next_check=work.now + FIRST_LOOK,
        )  # fmt: skip
        publication_id = add_publication(tx, new)
        told = {"answer_kind": answer.kind, "place": named, "url": link.url}
        if answer.kind == "answer" and Event.ANSWERED in allowed_events(State(row.state)):
            add_events(tx, [NewEvent(risk_id, work.now, work.by.id, "published", {}, told)])
            finish(tx, work, row, Event.ANSWERED.value, {"state": step(row, Event.ANSWERED)})
        else:
            finish(tx, work, row, "published", {}, told=told)
        on_published(tx, work, risk_id, answer.kind)
    return publication_id


def _note_try(work: Work, risk_id: int, refused: AddressRefused) -> None:
    """Keep the attempt in the history without the pasted text: it may be somebody's own page."""
    with work.store.write() as tx:
        if may(work.by, Act.PUBLISH, load(tx, risk_id).block or NO_BLOCK):
            told = {"what": "ссылка на публикацию"}
            add_events(tx, [NewEvent(risk_id, work.now, work.by.id, "refused_try", {}, told, refused.why)])


def withdraw_publication(work: Work, risk_id: int, version: int, publication_id: int, reason: str) -> int:
    """Strike a publication out of the register, with the reason; return the risk's new version.

    When no publication of a real answer is left and nobody watches the reaction yet, the risk goes back to «готовится ответ».
    """
    why = reasoned(reason, "почему публикация убирается из реестра")
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.PUBLISH)
        found = publication_by_id(tx, publication_id)
        if found is None or found.risk_id != risk_id:
            raise BadMove("Такой публикации у этого риска нет. Обновите карточку.")
        if found.state == WITHDRAWN:
            raise BadMove(f"Публикация на площадке «{found.place}» уже убрана из реестра.")
        change_publication(
            tx, publication_id, {"state": WITHDRAWN, "reason": why, "next_check": None, "lease_until": None}
        )
        told = {"place": found.place, "url": found.url}
        if State(row.state) is State.ANSWERED and not _answered(tx, publications_of(tx, risk_id)):
            gone = NewEvent(risk_id, work.now, work.by.id, "publication_withdrawn", {}, told, why)
            add_events(tx, [gone])
            return finish(tx, work, row, Event.PREPARING.value, {"state": step(row, Event.PREPARING)})
        return finish(tx, work, row, "publication_withdrawn", {}, why, told)


def see_publication(work: Work, risk_id: int, version: int, publication_id: int) -> int:
    """Note that a person has opened a link that the program cannot read and seen the answer there; return the new version.

    Only for a publication in the state «не проверить» (MAX, a closed chat, a silent site): where the program can look, its
    own eyes count. The history keeps who looked; the watch of the reaction begins as after any first sight.
    """
    with work.store.write() as tx:
        row = begin(tx, work, risk_id, version, Act.PUBLISH)
        found = publication_by_id(tx, publication_id)
        if found is None or found.risk_id != risk_id or found.state != UNREAD:
            raise BadMove("Глазами проверяют только ссылки, которые не может прочитать программа. Обновите карточку.")
        why = f"видел сотрудник: {work.by.name_shown}"
        seen = {"state": STANDING, "reason": why, "stood_at": found.stood_at or work.now, "checked_at": work.now}
        change_publication(tx, publication_id, seen)
        add_check(tx, NewCheck(publication_id, work.now, STANDING, None, None, why))
        told = {"place": found.place, "url": found.url}
        new = finish(tx, work, row, "publication_stands", {}, why, told)
        answer = answer_by_id(tx, found.answer_id)
        begun = answer is not None and answer.kind == "answer" and begin_watch(tx, work, risk_id)
        return load(tx, risk_id).version if begun else new


def _answered(tx: Tx, standing: Collection[PublicationRow]) -> bool:
    answers = {p.answer_id: answer_by_id(tx, p.answer_id) for p in standing}
    return any(a is not None and a.kind == "answer" for a in answers.values())


def _publishable(tx: Tx, row: RiskRow, answer_id: int) -> AnswerRow:
    if not row.is_open:
        raise BadMove(f"Риск {row.number} закрыт. Чтобы записать новую публикацию, откройте его повторно.")
    answer = answer_by_id(tx, answer_id)
    if answer is None or answer.risk_id != row.id:
        raise BadMove("Такого ответа у этого риска нет. Обновите карточку и выберите ответ из списка.")
    if answer.state != "approved":
        raise BadMove("Ответ ещё не утверждён: в реестр записываются публикации утверждённого текста.")
    return answer


def _place(tx: Tx, link: Link, place: str, source_id: str | None) -> str:
    """Return the name of the place; a link that leads elsewhere than it claims is refused."""
    if source_id is None:
        return reasoned(place, "название площадки")[:200]
    source = source_known(tx, source_id)
    if source is None:
        raise BadMove(f"Площадки «{source_id}» нет в списке источников. Обновите карточку.")
    strange = belongs(link, source.platform, source.address, source.sample)
    if strange:
        mend = f"Вставьте ссылку с площадки «{source.name}» или запишите её как другую площадку."
        raise AddressRefused(link.url, strange, mend)
    return source.name


def _fitting(tx: Tx, row: RiskRow, link: Link, answer: AnswerRow, place_kind: str) -> None:
    """Refuse an address that is on the register already, or that is what people wrote and not what they were answered."""
    for known in publications_of(tx, row.id):
        if known.url == link.url and known.answer_id == answer.id:
            raise BadMove(f"Эта ссылка уже записана: «{known.place}», {PUBLICATION_STATES[known.state]}.")
    if link.platform is Platform.VK and not link.owner.startswith("-") and place_kind != "official":
        mend = "Записывается ответ в сообществе; на личной странице — только уполномоченного лица («страница органа власти»)."
        raise AddressRefused(link.url, "это запись на странице человека", mend)
    if complaint_at(tx, row.id, same_writing(link)):
        mend = "Вставьте ссылку на сам ответ: у комментария ВКонтакте она кончается на «?reply=номер»."
        raise AddressRefused(link.url, "это запись жителя из этого риска, а не ответ на неё", mend)

"""The page «Рискогенные темы»: what people write of more than usual, where, since when, and by how many."""

from __future__ import annotations

from typing import Annotated
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Depends
from starlette.responses import Response

from casework.errors import UnknownSubject
from casework.growth import Past, Picture, TopicLine, past_of, picture_of
from casework.roles import Act, seen_blocks
from desk.pictures import sparkline
from desk.visit import Needs, Visit
from district.topics import TOPICS
from risk.growth import BASE_DAYS, LEAST_VOICES, Verdict
from storage.engine import Store
from storage.find.growth import examples
from storage.moments import from_db

router = APIRouter()
Seeing = Annotated[Visit, Depends(Needs(Act.SEE_RISKS))]

PLACES_SHOWN, EXAMPLES_SHOWN = 3, 12
TONES = {Verdict.TENSE: "late", Verdict.USUAL: "plain", Verdict.CALMER: "ok"}
_PASTS: WeakKeyDictionary[Store, Past] = WeakKeyDictionary()
_PICTURES: WeakKeyDictionary[Store, Picture] = WeakKeyDictionary()
"""What each open store's pages keep: the past for a quarter of an hour, the picture for a minute (casework.growth)."""


@router.get("/growth")
def show(visit: Seeing) -> Response:
    """Show all topics, growing ones first; who sees only their own block sees only its topics."""
    picture = picture_now(visit)
    lines = [line for line in picture.topics if _seen(visit, line.topic)]
    growing = [line for line in lines if line.growth.verdict is Verdict.TENSE]
    rest = [line for line in lines if line.growth.verdict is not Verdict.TENSE]
    return visit.page(
        "growth.html", whole=picture.growth, growing=growing, rest=rest, tones=TONES, draw=sparkline,
        known=picture.known_days, needed=BASE_DAYS, places_shown=PLACES_SHOWN, least_voices=LEAST_VOICES,
        own_only=seen_blocks(visit.me) is not None,
    )  # fmt: skip


@router.get("/growth/{topic}")
def show_topic(topic: str, visit: Seeing) -> Response:
    """Show one topic: hours as a table, places, the newest posts."""
    line = _line(picture_now(visit), topic) if _seen(visit, topic) else None
    if line is None:
        raise UnknownSubject("О такой теме сейчас не пишут, или её нет в классификаторе. Вернитесь к списку тем.")
    with visit.desk.store.read() as tx:
        posts = examples(tx, visit.work.now, topic, EXAMPLES_SHOWN)
    return visit.page(
        "growth_topic.html",
        line=line,
        tones=TONES,
        draw=sparkline,
        posts=posts,
        moment=from_db,
        least_voices=LEAST_VOICES,
    )


def picture_now(visit: Visit) -> Picture:
    """Return the picture of this minute; what is old is counted anew."""
    store = visit.desk.store
    shown = _PICTURES.get(store)
    if shown is not None and shown.fits(visit.work.now):
        return shown
    past = _PASTS.get(store)
    if past is None or not past.fits(visit.work.now):
        past = _PASTS[store] = past_of(visit.work)
    picture = _PICTURES[store] = picture_of(visit.work, past)
    return picture


def _line(picture: Picture, topic: str) -> TopicLine | None:
    return next((line for line in picture.topics if line.topic == topic), None)


def _seen(visit: Visit, topic: str) -> bool:
    """Block leads and executors see the topics of their blocks only."""
    blocks = seen_blocks(visit.me)
    if blocks is None:
        return topic in TOPICS
    own = visit.desk.profile.block_of(topic)
    return own is not None and own.id in blocks

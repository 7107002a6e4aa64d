"""Addresses of calendars: made and shown once, kept as a hash, revoked; who comes with one gets the days of its owner."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from casework.errors import BadMove, CaseworkError, UnknownSubject
from casework.feed_days import days_of
from casework.moves import person_of
from casework.roles import Act, may, require
from casework.work import Staff, Work
from reports.ical import calendar
from storage.find.feeds import FeedKey, key_by_hash, key_by_id, keys_listed
from storage.keep.feeds import add_key, note_use, revoke_key
from storage.keep.journal import add_journal

__all__ = ["MOST", "FeedKey", "Made", "RevokedFeed", "UnknownFeed", "content", "find", "keys", "make", "note", "revoke"]

MOST = 10
"""Good addresses of one person: one for each device and some to spare; more would be forgotten ones."""
_NOTED_AFTER = timedelta(hours=1)


class UnknownFeed(CaseworkError):
    """Такого календаря нет."""

    def __init__(self) -> None:
        super().__init__("Такого календаря нет. Возьмите адрес на странице «Подписка».")


class RevokedFeed(CaseworkError):
    """Адрес календаря отозван."""

    def __init__(self) -> None:
        super().__init__("Адрес календаря отозван. Уберите подписку; новый адрес даёт страница «Подписка».")


@dataclass(frozen=True, slots=True)
class Made:
    """A new address; the secret is shown once and stored nowhere."""

    id: int
    secret: str
    block: str
    """"" is the person's own calendar."""


def make(work: Work, block: str = "") -> Made:
    """Make an address of the own calendar, or of a block that `work.by` sees; BadMove when there are MOST already."""
    staff_id = person_of(work, "Календарь бывает у сотрудника, у машины его нет.")
    if block and block not in {b.id for b in work.profile.blocks}:
        raise BadMove(f"Блока «{block[:60]}» в профиле округа нет. Выберите блок из списка.")
    require(work.by, Act.SEE_YEAR, block or None)
    secret = secrets.token_urlsafe(32)
    with work.store.write() as tx:
        if sum(key.staff_id == staff_id for key in keys_listed(tx, staff_id, ())) >= MOST:
            raise BadMove(f"У вас уже {MOST} адресов. Отзовите те, которыми не пользуетесь, и повторите.")
        made = add_key(tx, staff_id, block, _hash(secret), work.now)
        add_journal(tx, work.now, work.by.id, "feed.made", f"feed:{made}", {}, {"block": block} if block else {})
    return Made(made, secret, block)


def revoke(work: Work, feed_id: int) -> None:
    """Revoke an own address, or one of a block whose campaigns `work.by` plans; a second time changes nothing."""
    with work.store.write() as tx:
        key = key_by_id(tx, feed_id)
        if key is None or not _keeps(work.by, key):
            raise UnknownSubject("Такого адреса у вас нет. Обновите страницу.")
        if revoke_key(tx, feed_id, work.now):
            told = {"block": key.block} if key.block else {}
            add_journal(tx, work.now, work.by.id, "feed.revoked", f"feed:{feed_id}", told, {})


def keys(work: Work) -> tuple[FeedKey, ...]:
    """Return the good addresses that `work.by` may revoke: own ones and those of the blocks they plan for."""
    blocks = [b.id for b in work.profile.blocks if may(work.by, Act.PLAN_CAMPAIGN, b.id)]
    with work.store.read() as tx:
        return keys_listed(tx, person_of(work, "У машины подписок нет."), blocks)


def find(work: Work, secret: str) -> FeedKey:
    """Return the key of an address. UnknownFeed when there never was one, RevokedFeed when it is good no more.

    Any text takes the same way: one hash, one look into the index of hashes, of which the time tells nothing. A person
    who was switched off, or who may not see the year or the block any more, has revoked addresses.
    """
    with work.store.read() as tx:
        key = key_by_hash(tx, _hash(secret))
    if key is None:
        raise UnknownFeed
    if key.revoked_at is not None or not key.active or not may(_owner(key), Act.SEE_YEAR, key.block or None):
        raise RevokedFeed
    return key


def note(work: Work, key: FeedKey) -> None:
    """Note that a program came, once an hour: the page shows which addresses are in use."""
    if key.used_at is None or work.now - key.used_at >= _NOTED_AFTER:
        with work.store.write(alone=False) as tx:
            note_use(tx, key.id, work.now)


def content(work: Work, key: FeedKey, desk: str) -> bytes:
    """Return the calendar of a key; `desk` is the address of the staff's pages without a slash at the end.

    Stamped with the day of the district, so that a calendar in which nothing changed is the same all day.
    """
    name, entries = days_of(work, _owner(key), key.block, desk)
    today = work.today
    return calendar(name, entries, datetime(today.year, today.month, today.day, tzinfo=work.profile.timezone))


def _keeps(by: Staff, key: FeedKey) -> bool:
    return key.staff_id == by.id or (bool(key.block) and may(by, Act.PLAN_CAMPAIGN, key.block))


def _owner(key: FeedKey) -> Staff:
    return Staff(key.staff_id, key.login, key.name_shown, frozenset(key.roles), key.blocks)


def _hash(secret: str) -> str:
    """The secret has 256 random bits: a plain hash cannot be turned back."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

"""Signing in and out: counted tries, sessions kept on the server, only hashes of their tokens stored."""

from __future__ import annotations

import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from casework.errors import SignInRefused, TooManyTries, WeakPassword
from casework.passwords import check_strength, fits, hash_password, outdated
from casework.work import Staff, Work
from storage.engine import Store, Tx
from storage.find.staff import StaffRow, session_staff, staff_by_id, staff_by_login
from storage.keep.journal import add_journal
from storage.keep.staff import add_session, change_staff, end_expired_sessions, end_session, end_sessions, touch_session
from storage.keep.staff import drop_tries as forget_tries
from storage.keep.tries import Failures, begin_try, failures_of_address, failures_of_login, mark_try_good
from storage.vault import Vault

IDLE = timedelta(hours=8)
"""A session unused for a working day ends."""
LONGEST = timedelta(hours=24)
"""A session ends after a day whatever happens."""
WINDOW = timedelta(minutes=15)
PER_LOGIN = 5
"""Failed tries of one login in the window; with 12 signs of password guessing is hopeless long before."""
PER_ADDRESS = 20
"""Failed tries from one address in the window: an office shares an address, so it is more than for a login."""
_TOUCH_AFTER = timedelta(minutes=1)
_TRIES_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; the token is given to the browser and stored nowhere."""

    token: str
    csrf: str
    staff: Staff
    must_change: bool
    """True when the password has to be changed before anything else."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A living session as found by its token."""

    staff: Staff
    csrf: str
    must_change: bool
    last_shift_at: datetime | None
    expires_at: datetime


def staff_of(row: StaffRow) -> Staff:
    """Return who acts from an account's row."""
    return Staff(row.id, row.login, row.name_shown, frozenset(row.roles), row.blocks)


def plain_login(login: str) -> str:
    """Return a login as it is stored: without spaces around, in lower case, never longer than a login can be."""
    return login.strip().lower()[:64]


def sign_in(work: Work, vault: Vault, login: str, password: str, address: str) -> SignedIn:
    """Return a new session at `work.now`; SignInRefused, or TooManyTries with the moment of the next try.

    `address` is the network address of the browser; only a keyed hash of it is kept, for a day. Unknown logins, switched-off
    accounts and wrong passwords take the same way and give the same answer.
    """
    name = plain_login(login)
    with work.store.write() as tx:
        try_id = _count_try(tx, name, vault.tag(address, "sign-in"), work.now)
    with work.store.read() as tx:
        row = staff_by_login(tx, name)
    good = fits(row.password_hash if row else None, password)
    if row is None or not row.active or not good:
        raise SignInRefused
    fresh = hash_password(password) if outdated(row.password_hash) else None
    with work.store.write() as tx:
        now_row = staff_by_id(tx, row.id)
        # Between the look and now the account may have been switched off or given another password.
        if now_row is None or not now_row.active or now_row.password_hash != row.password_hash:
            raise SignInRefused
        mark_try_good(tx, try_id)
        if fresh:
            change_staff(tx, row.id, {"password_hash": fresh})
        end_expired_sessions(tx, work.now)
        return _open(tx, now_row, work.now)


def session_of(store: Store, token: str, now: datetime) -> Session | None:
    """Return the living session of a token and note that it was used (once a minute); None when there is none."""
    token_hash = _hash(token)
    with store.read() as tx:
        row = session_staff(tx, token_hash, now)
    if row is None:
        return None
    expires = _expires(row.created_at, now)
    if now - row.seen_at >= _TOUCH_AFTER:
        with store.write(alone=False) as tx:
            touch_session(tx, token_hash, now, expires)
    else:
        expires = row.expires_at
    return Session(staff_of(row.staff), row.csrf, row.staff.must_change, row.staff.last_shift_at, expires)


def sign_out(store: Store, token: str) -> None:
    """End the session of a token; nothing happens when there is none."""
    with store.write(alone=False) as tx:
        end_session(tx, _hash(token))


def change_password(work: Work, vault: Vault, old: str, new: str, address: str) -> SignedIn:
    """Change the own password of `work.by`, end all its sessions, and return a fresh one.

    SignInRefused when the old password is wrong (such tries are counted like sign-ins), WeakPassword when the new one is weak.
    """
    login = plain_login(work.by.login)
    check_strength(new, login)
    with work.store.write() as tx:
        try_id = _count_try(tx, login, vault.tag(address, "sign-in"), work.now)
    with work.store.read() as tx:
        row = staff_by_login(tx, login)
    good = fits(row.password_hash if row else None, old)
    if row is None or not row.active or not good:
        raise SignInRefused
    if old == new:
        raise WeakPassword("Новый пароль совпадает с прежним. Придумайте другой.")
    hashed = hash_password(new)
    with work.store.write() as tx:
        mark_try_good(tx, try_id)
        change_staff(tx, row.id, {"password_hash": hashed, "must_change": False})
        end_sessions(tx, row.id)
        add_journal(tx, work.now, row.id, "staff.password_changed", f"staff:{row.id}")
        changed = staff_by_id(tx, row.id)
        if changed is None or not changed.active:
            raise SignInRefused
        return _open(tx, changed, work.now)


def _open(tx: Tx, row: StaffRow, now: datetime) -> SignedIn:
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    expires = _expires(now, now)
    add_session(tx, _hash(token), row.id, csrf, now, expires)
    return SignedIn(token, csrf, staff_of(row), row.must_change, expires)


def _expires(created: datetime, seen: datetime) -> datetime:
    return min(seen + IDLE, created + LONGEST)


def _hash(token: str) -> str:
    """The token has 256 random bits: a plain hash cannot be turned back."""
    return sha256(token.encode()).hexdigest()


def _count_try(tx: Tx, login: str, address_hash: str, now: datetime) -> int:
    """Write the try, unless too many failed before it; refused tries are not written, so that the lock ends by itself."""
    forget_tries(tx, now - _TRIES_KEPT)
    since = now - WINDOW
    _refuse(failures_of_login(tx, login, since), PER_LOGIN, now)
    _refuse(failures_of_address(tx, address_hash, since), PER_ADDRESS, now)
    return begin_try(tx, login, address_hash, now)


def _refuse(failures: Failures, most: int, now: datetime) -> None:
    if failures.count >= most and failures.first is not None:
        until = failures.first + WINDOW
        raise TooManyTries(until, max(1, math.ceil((until - now).total_seconds() / 60)))

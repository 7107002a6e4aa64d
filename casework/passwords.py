"""Passwords: kept as argon2id hashes, judged by length, made at random where a first one is needed."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from casework.errors import WeakPassword

SHORTEST = 12
"""Length beats sets of characters (NIST SP 800-63B 3.1.1.2 asks for 15 without and 8 with a second factor)."""
LONGEST = 256
"""A megabyte of password would be a way to keep the server busy."""

# OWASP's least figures for argon2id (19 MiB, 2 passes, 1 lane): about 25 ms, and ten sign-ins at once fit the memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Without letters and digits that look alike when copied from a screen.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def hash_password(password: str) -> str:
    """Return the argon2id hash to keep."""
    return _HASHER.hash(_plain(password))


def fits(password_hash: str | None, password: str) -> bool:
    """Return whether the password is the hashed one; without a hash spend the same time and return False."""
    nobody = _nobody()
    try:
        _HASHER.verify(password_hash or nobody, _plain(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Return whether the hash was made with other figures than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def check_strength(password: str, login: str) -> None:
    """Raise WeakPassword with the mend when a new password is too short, too long, or the login itself."""
    plain = _plain(password)
    if len(plain) < SHORTEST:
        raise WeakPassword(f"Пароль короче {SHORTEST} знаков. Возьмите несколько слов подряд: длина важнее знаков.")
    if len(plain) > LONGEST:
        raise WeakPassword(f"Пароль длиннее {LONGEST} знаков. Сократите его.")
    if plain.casefold() == login.casefold() or len(set(plain)) < 4:
        raise WeakPassword("Пароль совпадает с логином или состоит из повторов. Возьмите несколько разных слов.")


def one_time_password() -> str:
    """Return a random password of 20 signs in four groups (99 bits), to be shown once and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def _plain(password: str) -> str:
    """The same letters typed on another keyboard must give the same password (é as one sign or two)."""
    return unicodedata.normalize("NFC", password)


@cache
def _nobody() -> str:
    """A hash that nobody's password gives, so that an unknown login takes as long as a known one."""
    return _HASHER.hash(secrets.token_urlsafe(32))

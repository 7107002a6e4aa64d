"""An author becomes a keyed one-way token: enough to count distinct voices, not enough to find a person."""

from __future__ import annotations

from hashlib import blake2b


def voice(author_id: str, platform: str, secret: bytes) -> str:
    """Return the token of an author: 16 hex digits of keyed BLAKE2b.

    The same author on the same platform under the same secret always gives the same token; another platform or
    another secret gives an unrelated one, so rotating the secret (OTKLIK_VOICE_DAYS) cuts old tokens loose.
    `secret` is 16 to 64 random bytes; ValueError when it is shorter: a guessable key would make tokens reversible.
    """
    if not 16 <= len(secret) <= 64:
        raise ValueError(f"Секрет псевдонимов — от 16 до 64 байт, получено {len(secret)}")
    # Length-prefixed, so that ("vk", "1x") and ("vk1", "x") cannot meet.
    message = b"%d:%s:%s" % (len(platform.encode()), platform.encode(), author_id.encode("utf-8", "surrogatepass"))
    return blake2b(message, key=secret, digest_size=8, person=b"otklik.voice").hexdigest()

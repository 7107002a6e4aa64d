"""Sign-in at the Telegram peer: a code to a phone, then a cloud password proved by SRP, which the peer really verifies."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Any

from telethon import password as srp
from telethon import types
from telethon.tl.types.account import Password
from telethon.tl.types.auth import Authorization, SentCode

from tests.peers.mtproto_keys import GENERATOR, PRIME, octets


class RpcFault(Exception):
    """An error that Telegram answers."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message


def hashed(*parts: bytes) -> bytes:
    """Return SHA-256 of some parts in a row."""
    return sha256(b"".join(parts)).digest()


class SignIn:
    """One account: its phone, the code that "arrives", its cloud password ("" for none)."""

    def __init__(self, phone: str, code: str = "12345", password: str = "") -> None:
        self.phone, self.code, self.password = phone, code, password
        self.signed_in: set[int] = set()
        """Keys (sessions) that may read."""
        self._algo = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
            salt1=os.urandom(16), salt2=os.urandom(16), g=GENERATOR, p=octets(PRIME)
        )
        self._b = int.from_bytes(os.urandom(256), "big")

    @property
    def user(self) -> types.User:
        """Who has signed in."""
        return types.User(id=1, is_self=True, access_hash=1, first_name="МЦУ", phone=self.phone)

    def send_code(self, request: Any) -> SentCode:
        """Say that the code is on its way."""
        if request.phone_number != self.phone:
            raise RpcFault(400, "PHONE_NUMBER_INVALID")
        return SentCode(types.auth.SentCodeTypeApp(length=5), phone_code_hash="hash")

    def sign_in(self, request: Any, key: int) -> Authorization:
        """Take the code; a cloud password is asked for next where there is one."""
        if request.phone_code != self.code or request.phone_code_hash != "hash":
            raise RpcFault(400, "PHONE_CODE_INVALID")
        if self.password:
            raise RpcFault(401, "SESSION_PASSWORD_NEEDED")
        return self._welcome(key)

    def get_password(self) -> Password:
        """The server's side of SRP: its salt, its group and B."""
        secure = types.SecurePasswordKdfAlgoUnknown()
        if not self.password:
            return Password(types.PasswordKdfAlgoUnknown(), secure, os.urandom(8), has_password=False)
        return Password(
            self._algo,
            secure,
            os.urandom(8),
            has_password=True,
            current_algo=self._algo,
            srp_B=octets(self._public(), 256),
            srp_id=7,
        )

    def check_password(self, request: Any, key: int) -> Authorization:
        """Verify the client's proof: M1 must follow from A and the password that only both sides know."""
        proof = request.password
        a, prime = int.from_bytes(proof.A, "big"), octets(PRIME, 256)
        u = int.from_bytes(hashed(octets(a, 256), octets(self._public(), 256)), "big")
        shared = hashed(octets(pow(a * pow(self._verifier(), u, PRIME), self._b, PRIME), 256))
        group = bytes(x ^ y for x, y in zip(hashed(prime), hashed(octets(GENERATOR, 256)), strict=True))
        salts = hashed(self._algo.salt1), hashed(self._algo.salt2)
        wanted = hashed(group, *salts, octets(a, 256), octets(self._public(), 256), shared)
        if proof.srp_id != 7 or wanted != proof.M1:
            raise RpcFault(400, "PASSWORD_HASH_INVALID")
        return self._welcome(key)

    def _verifier(self) -> int:
        x = int.from_bytes(srp.compute_hash(self._algo, self.password), "big")
        return pow(GENERATOR, x, PRIME)

    def _public(self) -> int:
        k = int.from_bytes(hashed(octets(PRIME, 256), octets(GENERATOR, 256)), "big")
        return (k * self._verifier() + pow(GENERATOR, self._b, PRIME)) % PRIME

    def _welcome(self, key: int) -> Authorization:
        self.signed_in.add(key)
        return Authorization(self.user)

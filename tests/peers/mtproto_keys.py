"""Numbers of the Telegram peer: its own RSA key and the group of its key exchange."""

from __future__ import annotations

import rsa

# A key made for these tests and for nothing else: it opens no door outside of them, so it is no secret.
_P = int(
    "e6b779a48f8955a4879b44e3df3f31ee477c106b07cd8746341de32f55aca4d971e8e4553e4e4945a7cd6de7a45094ca5d55f7457a79706de3d2"
    "c3ea89b709b28b0dc2d8da79bb222164aecc20b28976aa29d4933929b0552d2ed9df0725a02dbf4a02a7e3e7626f3d4dc62daedab12dcd33ef98"
    "8b084ba22bb8e311c8872ef29db16c1e80b36c5b",
    16,
)
_Q = int(
    "ab3feaa677d4fcc989a2ac491c4174a4dfe7f9d8b74ca4c458a58482a2c78a4633dc5064aa6a9ca243bd62c7d5564d24fbd8d2287f454d450df2"
    "cac06cdb12cce87309389b034592427c1964996b73e68560fc05619bbb53b7082e3ce1346ac6fa2dd2f43f9454ee2f994b3757e18fc4c16c5327"
    "aed77a4b",
    16,
)
_E = 65537
PRIVATE = rsa.PrivateKey(_P * _Q, _E, pow(_E, -1, (_P - 1) * (_Q - 1)), _P, _Q)
PUBLIC = rsa.PublicKey(PRIVATE.n, _E)
PUBLIC_PEM = PUBLIC.save_pkcs1().decode()

# The prime that Telegram itself uses and publishes; Telethon accepts it at once instead of proving that it is prime.
PRIME = int(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543"
    "aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b"
    "378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1"
    "178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850ce929851f0d8115f635b105ee"
    "2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b",
    16,
)
GENERATOR = 3
EXCHANGE_P, EXCHANGE_Q = 1229739323, 1402015859


def octets(number: int, size: int = 0) -> bytes:
    """Return a number as big-endian bytes, as short as it goes or of a given size."""
    return number.to_bytes(size or (number.bit_length() + 7) // 8, "big")

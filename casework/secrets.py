"""Secrets of this installation: tokens and sessions of platform accounts, and the key of author tokens; all sealed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from casework.errors import BadMove, UnknownSubject
from casework.roles import Act, require
from casework.work import Work
from district.profile import Platform
from district.settings import Settings
from storage.engine import Tx
from storage.find.accounts import AccountRow, VoiceKey, account_by_id, accounts, voice_keys
from storage.keep.journal import add_journal
from storage.keep.sources import add_account as write_account
from storage.keep.sources import add_voice_key, change_account, drop_account, reseal_voice_key
from storage.vault import CannotOpen, Vault

SAFE_GAP_S = 0.4
"""Seconds between two requests of an account: 1/3 s let 4 requests into a second, 0.36-0.40 s hold 3 (measured)."""
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


def vault_of(settings: Settings) -> Vault:
    """Return the vault of this installation, making its key file at the first call; VaultError when it is unsafe."""
    return _vault(settings.key_file.resolve())


@lru_cache(maxsize=4)
def _vault(key_file: Path) -> Vault:
    return Vault(key_file)


def add_account(
    work: Work, settings: Settings, account_id: str, platform: str, kind: str, secret: str, can: Sequence[str],
    gap_s: float = SAFE_GAP_S,
) -> None:  # fmt: skip
    """Keep an account of a platform with its secret sealed; an account with the id gets the new secret and works again.

    `kind` is the platform's own word (user, service, community, session), `can` what it may read, in Russian words for staff.
    """
    require(work.by, Act.MANAGE_ACCOUNTS)
    if not _ID.fullmatch(account_id):
        raise BadMove(
            f"Имя учётной записи «{account_id[:60]}» не годится: 2-40 знаков, латинские буквы, цифры, точка, дефис."
        )
    if not secret.strip():
        raise BadMove("Токен пуст. Скопируйте его целиком.")
    sealed = vault_of(settings).seal(secret.encode())
    told: dict[str, object] = {"platform": Platform(platform).value, "kind": kind, "can": list(can)}
    with work.store.write() as tx:
        known = account_by_id(tx, account_id)
        if known is not None and known.platform != platform:
            raise BadMove(
                f"Имя «{account_id}» уже у учётной записи другой площадки ({known.platform}). Возьмите другое имя."
            )
        values = told | {
            "sealed": sealed,
            "state": "active",
            "reason": "",
            "gap": gap_s,
            "stopped_until": None,
            "checked_at": work.now,
        }
        if known is None:
            write_account(tx, values | {"id": account_id, "created_at": work.now})
        else:
            change_account(tx, account_id, values)
        _note(work, tx, "account.added" if known is None else "account.renewed", account_id, _shown(known), told)


def note_check(work: Work, account_id: str, can: Sequence[str], reason: str = "") -> None:
    """Note what a test of an account found: what it may read, or the reason why it is good for nothing."""
    require(work.by, Act.MANAGE_ACCOUNTS)
    with work.store.write() as tx:
        known = _known(tx, account_id)
        state = "active" if can else "stopped"
        values = {"can": list(can), "reason": reason, "state": state, "stopped_until": None, "checked_at": work.now}
        change_account(tx, account_id, values)
        _note(
            work, tx, "account.checked", account_id, _shown(known), {"can": list(can), "state": state, "reason": reason}
        )


def resume_account(work: Work, account_id: str) -> None:
    """Let a stopped account be used again."""
    require(work.by, Act.MANAGE_ACCOUNTS)
    with work.store.write() as tx:
        known = _known(tx, account_id)
        change_account(tx, account_id, {"state": "active", "reason": "", "stopped_until": None})
        _note(work, tx, "account.resumed", account_id, _shown(known), {"state": "active"})


def remove_account(work: Work, account_id: str) -> None:
    """Delete an account with its secret."""
    require(work.by, Act.MANAGE_ACCOUNTS)
    with work.store.write() as tx:
        known = _known(tx, account_id)
        drop_account(tx, account_id)
        _note(work, tx, "account.removed", account_id, _shown(known), {})


def open_secret(work: Work, settings: Settings, account_id: str) -> str:
    """Return the token or session of an account; UnknownSubject when there is none, CannotOpen under another key file."""
    with work.store.read() as tx:
        return vault_of(settings).open(_known(tx, account_id).sealed).decode()


def rotate_keys(work: Work, settings: Settings) -> int:
    """Put a new first key into the key file and seal every secret anew; return how many there were.

    Killed in the middle it loses nothing: old keys stay in the file until everything is sealed with the new one.
    """
    require(work.by, Act.MANAGE_ACCOUNTS)
    vault = vault_of(settings)
    vault.rotate()
    count = 0
    with work.store.write() as tx:
        for row in accounts(tx):
            change_account(tx, row.id, {"sealed": vault.reseal(row.sealed)})
            count += 1
        for key in voice_keys(tx):
            if key.sealed is not None:
                reseal_voice_key(tx, key.id, vault.reseal(key.sealed))
                count += 1
        add_journal(tx, work.now, work.by.id, "keys.rotated", "keys", {}, {"secrets": count})
    vault.forget_old_keys()
    return count


def voice_secret(work: Work, settings: Settings) -> bytes:
    """Return the present key of author tokens; a new one every settings.voice_days, when the old one is destroyed."""
    with work.store.read() as tx:
        found = _living(voice_keys(tx), settings, work.now)
    secret = _opened(found, settings)
    return secret if secret is not None else _renewed(work, settings)


def renew_voice_key(work: Work, settings: Settings) -> bool:
    """Change the key of author tokens when its days are over; return whether it was changed (a chore of the worker)."""
    with work.store.read() as tx:
        found = _living(voice_keys(tx), settings, work.now)
    if found is not None:
        return False
    _renewed(work, settings)
    return True


def _renewed(work: Work, settings: Settings) -> bytes:
    """Make a new key unless another process just did; destroy all older ones: their tokens can never be linked again."""
    vault, fresh = vault_of(settings), secrets.token_bytes(32)
    with work.store.write() as tx:
        known = voice_keys(tx)
        secret = _opened(_living(known, settings, work.now), settings)
        if secret is not None:
            return secret
        add_voice_key(tx, vault.seal(fresh), work.now)
        gone = [key.id for key in known if key.sealed is not None]
        for key_id in gone:
            reseal_voice_key(tx, key_id, None)
        add_journal(tx, work.now, work.by.id, "voice_key.renewed", "keys", {"destroyed": len(gone)}, {})
    return fresh


def _living(keys: Sequence[VoiceKey], settings: Settings, now: datetime) -> VoiceKey | None:
    """The current key, when its days are not over (a key from the future was written under a broken clock)."""
    for key in keys:
        if (
            key.until_at is None
            and key.sealed is not None
            and abs(now - key.from_at) < timedelta(days=settings.voice_days)
        ):
            return key
    return None


def _opened(key: VoiceKey | None, settings: Settings) -> bytes | None:
    """A key sealed under a lost key file is as good as destroyed: crawling goes on with a new one."""
    if key is None or key.sealed is None:
        return None
    try:
        return vault_of(settings).open(key.sealed)
    except CannotOpen:
        return None


def _known(tx: Tx, account_id: str) -> AccountRow:
    row = account_by_id(tx, account_id)
    if row is None:
        raise UnknownSubject(f"Учётной записи площадки «{account_id}» нет. Список: otklik account list.")
    return row


def _shown(row: AccountRow | None) -> dict[str, object]:
    """What the journal may hold of an account: everything but the secret."""
    return {} if row is None else {"platform": row.platform, "kind": row.kind, "can": list(row.can), "state": row.state}


def _note(work: Work, tx: Tx, what: str, account_id: str, before: dict[str, object], after: dict[str, object]) -> None:
    add_journal(tx, work.now, work.by.id, what, f"account:{account_id}", before, after)

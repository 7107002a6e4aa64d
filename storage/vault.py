"""The key file (mode 0600) and what it seals: tokens, sessions and secrets are never in the database in the clear."""

from __future__ import annotations

import os
import stat
from hashlib import blake2b
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from storage.errors import StorageError

KEPT_KEYS = 2
"""After a rotation the former key stays: a process that sealed with it a moment ago must still be read."""


class VaultError(StorageError):
    """Сейф с ключами недоступен."""


class KeyFileUnsafe(VaultError):
    """Файл ключей доступен посторонним."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(
            f"Файл ключей {path} открыт другим пользователям (права {mode:04o}). Выполните: chmod 600 {path}"
        )


class KeyFileBroken(VaultError):
    """Файл ключей испорчен или не читается."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"Файл ключей {path} {why}. Верните его из резервной копии или заведите заново учётные записи площадок."
        )


class CannotOpen(VaultError):
    """Секрет не открывается ни одним ключом файла."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Секрет не открывается ключами из {path}: файл ключей от другой установки? Верните прежний или введите токен заново."
        )


class Vault:
    """Seals and opens secrets with the newest key of the file; opens with any of its keys."""

    def __init__(self, key_file: Path) -> None:
        """Make the key file (0600, in a folder 0700) when there is none; VaultError when the present one is unsafe or broken."""
        self._path = key_file
        self._stamp: tuple[int, int, int] | None = None
        self._fernet: MultiFernet | None = None
        self._newest = b""
        if not key_file.exists():
            _create(key_file)
        self._keys()

    def seal(self, secret: bytes) -> bytes:
        """Return the secret encrypted with the newest key."""
        return self._keys().encrypt(secret)

    def open(self, sealed: bytes) -> bytes:
        """Return the secret; CannotOpen when no key of the file fits."""
        try:
            return self._keys().decrypt(bytes(sealed))
        except InvalidToken:
            raise CannotOpen(self._path) from None

    def reseal(self, sealed: bytes) -> bytes:
        """Return the same secret under the newest key; CannotOpen when no key fits."""
        try:
            return self._keys().rotate(bytes(sealed))
        except InvalidToken:
            raise CannotOpen(self._path) from None

    def tag(self, value: str, purpose: str) -> str:
        """Return a keyed one-way mark of a value (32 hex), for comparing without keeping; changes when the keys rotate."""
        self._keys()
        return blake2b(value.encode(), key=self._newest, person=purpose.encode()[:16], digest_size=16).hexdigest()

    def rotate(self) -> None:
        """Put a new first key into the file; old secrets still open. Re-seal them all, then `forget_old_keys`."""
        _replace(self._path, [Fernet.generate_key(), *_read(self._path)])

    def forget_old_keys(self) -> None:
        """Keep the newest KEPT_KEYS keys only; call when everything has been sealed anew."""
        _replace(self._path, _read(self._path)[:KEPT_KEYS])

    def _keys(self) -> MultiFernet:
        """Read the file again when it has changed: another process may have rotated the keys."""
        stamp = _stamp(self._path)
        if self._fernet is None or stamp != self._stamp:
            keys = _read(self._path)
            try:
                self._fernet = MultiFernet([Fernet(key) for key in keys])
            except ValueError:
                raise KeyFileBroken(self._path, "содержит не ключ") from None
            self._stamp, self._newest = stamp, blake2b(keys[0], digest_size=32).digest()
        return self._fernet


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise KeyFileBroken(path, f"не читается ({error.strerror})") from error
    if not stat.S_ISREG(found.st_mode):
        raise KeyFileBroken(path, "не обычный файл")
    if found.st_mode & 0o077:
        raise KeyFileUnsafe(path, stat.S_IMODE(found.st_mode))
    return found.st_ino, found.st_mtime_ns, found.st_size


def _read(path: Path) -> list[bytes]:
    try:
        keys = path.read_bytes().split()
    except OSError as error:
        raise KeyFileBroken(path, f"не читается ({error.strerror})") from error
    if not keys:
        raise KeyFileBroken(path, "пуст")
    return keys


def _create(path: Path) -> None:
    """Make the file whole or not at all; when another process was first, its file stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = _part(path, [Fernet.generate_key()])
    try:
        os.link(part, path)
    except FileExistsError:
        return
    finally:
        part.unlink()
    _settle(path)


def _replace(path: Path, keys: list[bytes]) -> None:
    _part(path, keys).replace(path)
    _settle(path)


def _part(path: Path, keys: list[bytes]) -> Path:
    part = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b"\n".join(keys) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return part


def _settle(path: Path) -> None:
    """Make the new name itself survive a power cut."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

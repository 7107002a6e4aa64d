"""The vault: secrets open only with the key file, the file is private, and keys change without losing anything."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from storage.vault import CannotOpen, KeyFileBroken, KeyFileUnsafe, Vault


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "vault.keys"


def _make(path: Path, answers: multiprocessing.Queue[bytes]) -> None:
    answers.put(Vault(path).seal(b"token"))


def test_key_file_is_private_and_kept(key_file: Path) -> None:
    """The key file is made once with mode 0600; another vault on it opens what the first sealed."""
    first = Vault(key_file)
    sealed = first.seal("токен".encode())

    assert key_file.stat().st_mode & 0o777 == 0o600
    assert key_file.parent.stat().st_mode & 0o077 == 0
    assert b"token" not in sealed
    assert Vault(key_file).open(sealed) == "токен".encode()
    assert [path.name for path in key_file.parent.iterdir()] == ["vault.keys"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_open_key_file_is_refused_with_the_mend(key_file: Path, mode: int) -> None:
    """A key file that others may read is refused until its mode is mended, also by a vault already open."""
    vault = Vault(key_file)
    key_file.chmod(mode)

    with pytest.raises(KeyFileUnsafe, match=f"chmod 600 {key_file}"):
        Vault(key_file)
    with pytest.raises(KeyFileUnsafe):
        vault.seal(b"x")
    key_file.chmod(0o600)
    assert vault.open(vault.seal(b"x")) == b"x"


def test_rotation_keeps_old_secrets_readable(key_file: Path) -> None:
    """After a rotation new secrets use the new key, old ones open, also in a process that was running all along."""
    vault, running = Vault(key_file), Vault(key_file)
    old = vault.seal(b"secret")

    vault.rotate()

    assert running.open(vault.seal(b"new")) == b"new"
    assert vault.open(old) == b"secret"
    fresh = vault.reseal(old)
    newest = key_file.read_bytes().split()[0]
    assert Fernet(newest).decrypt(fresh) == b"secret"
    assert key_file.stat().st_mode & 0o777 == 0o600


def test_old_keys_are_forgotten_but_the_last(key_file: Path) -> None:
    """After re-sealing only the former key stays beside the new one; what was sealed two keys ago no longer opens."""
    vault = Vault(key_file)
    oldest = vault.seal(b"secret")
    for _ in range(2):
        vault.rotate()
        vault.forget_old_keys()

    assert len(key_file.read_bytes().split()) == 2
    with pytest.raises(CannotOpen, match="другой установки"):
        vault.open(oldest)
    with pytest.raises(CannotOpen):
        vault.reseal(oldest)


@pytest.mark.parametrize(("content", "said"), [(b"", "пуст"), (b"not a key\n", "содержит не ключ")])
def test_broken_key_file_is_told(key_file: Path, content: bytes, said: str) -> None:
    """An empty or spoilt file is named, not replaced: replacing it would lose every secret."""
    key_file.parent.mkdir()
    key_file.write_bytes(content)
    key_file.chmod(0o600)

    with pytest.raises(KeyFileBroken, match=said):
        Vault(key_file)


def test_a_folder_or_nothing_is_no_key_file(key_file: Path) -> None:
    """A folder in its place, or a file that vanished, is a reason in words."""
    key_file.mkdir(parents=True, mode=0o700)
    with pytest.raises(KeyFileBroken, match="не обычный файл"):
        Vault(key_file)
    key_file.rmdir()
    vault = Vault(key_file)
    key_file.unlink()
    with pytest.raises(KeyFileBroken, match="не читается"):
        vault.seal(b"x")


def test_processes_that_start_together_share_one_key(key_file: Path) -> None:
    """Several processes at their first start end up with one key file that opens what each of them sealed."""
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[bytes] = context.Queue()
    workers = [context.Process(target=_make, args=(key_file, answers)) for _ in range(4)]
    for worker in workers:
        worker.start()
    sealed = [answers.get(timeout=30) for _ in workers]
    for worker in workers:
        worker.join(30)

    vault = Vault(key_file)
    assert {vault.open(one) for one in sealed} == {b"token"}


def test_tags_are_keyed_and_tell_purposes_apart(key_file: Path, tmp_path: Path) -> None:
    """A mark is the same for the same value and purpose, and different under another purpose or key."""
    vault, other = Vault(key_file), Vault(tmp_path / "other" / "vault.keys")

    mark = vault.tag("203.0.113.5", "sign-in")

    assert mark == Vault(key_file).tag("203.0.113.5", "sign-in")
    assert (
        len(
            {
                mark,
                vault.tag("203.0.113.5", "else"),
                vault.tag("203.0.113.6", "sign-in"),
                other.tag("203.0.113.5", "sign-in"),
            }
        )
        == 4
    )

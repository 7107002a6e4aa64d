"""Secrets: stored sealed, opened only with the key file, and author tokens become unlinkable on time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from casework.errors import BadMove, NotAllowed, UnknownSubject
from casework.secrets import (
    add_account,
    note_check,
    open_secret,
    remove_account,
    renew_voice_key,
    resume_account,
    rotate_keys,
    vault_of,
    voice_secret,
)
from district.settings import Settings
from storage.engine import Store
from storage.find.accounts import account_by_id, accounts, journal_lines, voice_keys
from storage.vault import CannotOpen
from tests.casework.staff_build import NOW, a_staff, a_work
from texts.pseudonym import voice

TECHNICIAN = a_staff(1, "technician")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "var", voice_days=30, _env_file=None)


def test_a_token_is_stored_sealed_and_opens(store: Store, settings: Settings) -> None:
    """The database holds no readable token, the journal none at all, and the house can open it."""
    work = a_work(store, TECHNICIAN)

    add_account(work, settings, "vk-service", "vk", "service", "vk1.a.секрет", ["стены", "комментарии"])

    assert open_secret(work, settings, "vk-service") == "vk1.a.секрет"
    with store.read() as tx:
        row = account_by_id(tx, "vk-service")
        told = str(journal_lines(tx))
    assert row is not None
    assert row.can == ("стены", "комментарии")
    assert "секрет".encode() not in row.sealed
    assert "секрет" not in told
    assert "account.added" in told


def test_a_new_token_replaces_the_old_and_wakes_the_account(sqlite_store: Store, settings: Settings) -> None:
    """Signing in again under the same name keeps one account, with the new secret, at work again."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_account(work, settings, "tg-1", "telegram", "session", "old", ["каналы"])
    note_check(work, "tg-1", [], "сессия отозвана")

    add_account(work, settings, "tg-1", "telegram", "session", "new", ["каналы"])

    assert open_secret(work, settings, "tg-1") == "new"
    with sqlite_store.read() as tx:
        (row,) = accounts(tx)
    assert (row.state, row.reason) == ("active", "")


@pytest.mark.parametrize(
    ("account_id", "platform", "secret", "said"),
    [("я", "vk", "t", "не годится"), ("ok", "vk", "  ", "Токен пуст"), ("tg-1", "vk", "t", "другой площадки")],
)
def test_wrong_accounts_are_refused(sqlite_store: Store, settings: Settings, account_id: str, platform: str, secret: str, said: str) -> None:  # fmt: skip
    """A bad name, an empty token and a name of another platform are told."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_account(work, settings, "tg-1", "telegram", "session", "t", [])

    with pytest.raises(BadMove, match=said):
        add_account(work, settings, account_id, platform, "x", secret, [])


def test_check_resume_and_remove_leave_their_lines(sqlite_store: Store, settings: Settings) -> None:
    """A failed test stops the account with its reason, the technician wakes it, removing deletes the secret."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_account(work, settings, "vk-1", "vk", "service", "t", ["стены"])

    note_check(work, "vk-1", [], "токен отозван")
    with sqlite_store.read() as tx:
        stopped = account_by_id(tx, "vk-1")
    resume_account(work, "vk-1")
    remove_account(work, "vk-1")

    assert stopped is not None
    assert (stopped.state, stopped.reason) == ("stopped", "токен отозван")
    with pytest.raises(UnknownSubject, match="otklik account list"):
        open_secret(work, settings, "vk-1")
    with sqlite_store.read() as tx:
        assert [line.what for line in journal_lines(tx)] == [
            "account.removed",
            "account.resumed",
            "account.checked",
            "account.added",
        ]


def test_only_the_technician_touches_accounts(sqlite_store: Store, settings: Settings) -> None:
    """A head of the centre cannot add, remove or rotate secrets."""
    work = a_work(sqlite_store, a_staff(2, "head"))

    for act in (
        lambda: add_account(work, settings, "vk-1", "vk", "service", "t", []),
        lambda: remove_account(work, "vk-1"),
        lambda: resume_account(work, "vk-1"),
        lambda: note_check(work, "vk-1", []),
        lambda: rotate_keys(work, settings),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_rotation_seals_everything_anew(store: Store, settings: Settings) -> None:
    """After two rotations every secret opens although the first key is gone from the file."""
    work = a_work(store, TECHNICIAN)
    add_account(work, settings, "vk-1", "vk", "service", "token", [])
    spoken = voice_secret(work, settings)
    first_key = settings.key_file.read_bytes().split()[0]

    assert [rotate_keys(work, settings) for _ in range(2)] == [2, 2]

    assert first_key not in settings.key_file.read_bytes()
    assert open_secret(work, settings, "vk-1") == "token"
    assert voice_secret(work, settings) == spoken


def test_rotation_killed_before_the_database_loses_nothing(sqlite_store: Store, settings: Settings) -> None:
    """A new first key in the file and nothing sealed anew yet: everything still opens, and the next rotation heals it."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_account(work, settings, "vk-1", "vk", "service", "token", [])
    vault_of(settings).rotate()

    assert open_secret(work, settings, "vk-1") == "token"
    assert rotate_keys(work, settings) == 1
    assert open_secret(work, settings, "vk-1") == "token"


def test_author_tokens_of_two_periods_cannot_be_linked(store: Store, settings: Settings) -> None:
    """The same author has one token for 30 days, another after; the old key is destroyed in the database."""
    work = a_work(store)
    first = voice_secret(work, settings)

    assert voice_secret(work.at(NOW + timedelta(days=29)), settings) == first
    assert not renew_voice_key(work.at(NOW + timedelta(days=29)), settings)
    assert renew_voice_key(work.at(NOW + timedelta(days=30)), settings)
    second = voice_secret(work.at(NOW + timedelta(days=30)), settings)

    assert first != second
    assert voice("42", "vk", first) != voice("42", "vk", second)
    with store.read() as tx:
        keys = voice_keys(tx)
    assert [(key.sealed is None, key.until_at) for key in keys] == [(True, NOW + timedelta(days=30)), (False, None)]


def test_a_lost_key_file_does_not_stop_the_crawl(sqlite_store: Store, settings: Settings) -> None:
    """Without the key file tokens of accounts say so, while author tokens go on under a new key."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_account(work, settings, "vk-1", "vk", "service", "token", [])
    first = voice_secret(work, settings)
    elsewhere = Settings(home=settings.home / "other", _env_file=None)

    assert voice_secret(work, elsewhere) not in (first, b"")
    with pytest.raises(CannotOpen):
        open_secret(work, elsewhere, "vk-1")

"""Staff accounts: nobody gets in by a default password, by guessing, or after being switched off."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from casework import passwords
from casework import sign_in as door
from casework.accounts import (
    OneTime,
    add_staff,
    change_password,
    change_staff,
    first_account,
    note_shift,
    reset_password,
    session_of,
    sign_in,
    sign_out,
    switch_off,
    switch_on,
)
from casework.errors import BadMove, NotAllowed, SignInRefused, TooManyTries, UnknownSubject, WeakPassword
from casework.passwords import SHORTEST, check_strength, fits, hash_password, one_time_password
from casework.work import Staff, Work
from storage.engine import Store
from storage.find.accounts import journal_lines
from storage.find.staff import staff_by_id, staff_list
from storage.vault import Vault
from tests.casework.staff_build import GOOD, NOW, a_staff, a_vault, a_work

HOME = "203.0.113.5"
TECHNICIAN = a_staff(1, "technician")


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return a_vault(tmp_path)


@pytest.fixture(autouse=True)
def _cheap_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest argon2 figures: what is tested here is the way, not the price."""
    monkeypatch.setattr(passwords, "_HASHER", passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobody.cache_clear()


def settled(work: Work, vault: Vault, one: OneTime, password: str = GOOD) -> Staff:
    """The account with its one-time password already changed."""
    signed = sign_in(work, vault, one.login, one.password, HOME)
    changed = change_password(a_work(work.store, signed.staff, work.now), vault, one.password, password, HOME)
    return changed.staff


def test_first_account_is_made_once_with_a_random_password(store: Store, vault: Vault) -> None:
    """The very first account has a random password that must be changed; a second call makes nothing."""
    work = a_work(store)

    one, again = first_account(work), first_account(work)

    assert one is not None
    assert again is None
    assert one.login == "admin"
    assert len(one.password) == 23
    signed = sign_in(work, vault, " Admin ", one.password, HOME)
    assert signed.must_change
    assert signed.staff.roles == {"head", "technician"}
    with store.read() as tx:
        assert [line.what for line in journal_lines(tx)] == ["staff.added"]
        stored = staff_list(tx)[0].password_hash
    assert one.password not in stored
    assert stored.startswith("$argon2id$")


def test_technician_makes_an_account_and_nobody_else_does(store: Store, vault: Vault) -> None:
    """Accounts are made by the technician only, and their rights are those that were given."""
    work = a_work(store, TECHNICIAN)

    one = add_staff(work, "Ivanova", "Руководитель  блока", ["block_lead"], ["works"])

    signed = sign_in(work, vault, "ivanova", one.password, HOME)
    assert (signed.staff.login, signed.staff.name_shown, signed.staff.blocks) == (
        "ivanova",
        "Руководитель блока",
        ("works",),
    )
    with pytest.raises(NotAllowed, match="вести учётные записи сотрудников"):
        add_staff(a_work(store, signed.staff), "petrov", "Дежурный", ["officer"])


@pytest.mark.parametrize(
    ("login", "name", "roles", "blocks", "said"),
    [
        ("ya", "Дежурный", ["officer"], [], "Логин «ya»"),
        ("иванов", "Дежурный", ["officer"], [], "латинские"),
        ("a b", "Дежурный", ["officer"], [], "не годится"),
        ("ivanov", " ", ["officer"], [], "должность или имя"),
        ("ivanov", "Дежурный", [], [], "хотя бы одну роль"),
        ("ivanov", "Дежурный", ["root", "boss"], ["moon"], "boss, root, moon"),
        ("ivanov", "Дежурный", ["executor"], [], "отраслевой блок"),
    ],
)
def test_wrong_account_is_refused_with_the_mend(sqlite_store: Store, login: str, name: str, roles: list[str], blocks: list[str], said: str) -> None:  # fmt: skip
    """Each mistake in a new account is named."""
    with pytest.raises(BadMove, match=said):
        add_staff(a_work(sqlite_store, TECHNICIAN), login, name, roles, blocks)


def test_a_login_is_taken_once(sqlite_store: Store) -> None:
    """Two accounts cannot share a login, whatever its case."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_staff(work, "ivanov", "Дежурный", ["officer"])

    with pytest.raises(BadMove, match="уже занят"):
        add_staff(work, "IVANOV", "Дежурный", ["officer"])


def test_session_lives_eight_idle_hours_and_a_day_at_most(store: Store, vault: Vault) -> None:
    """A used session goes on until its 24th hour, an unused one ends after eight; only a hash of the token is stored."""
    work = a_work(store)
    one = first_account(work)
    assert one is not None
    token = sign_in(work, vault, one.login, one.password, HOME).token
    idle = sign_in(work, vault, one.login, one.password, HOME).token

    assert session_of(store, idle, NOW + timedelta(hours=7, minutes=59)) is not None
    assert session_of(store, token, NOW + timedelta(hours=8, seconds=1)) is None
    token = sign_in(work, vault, one.login, one.password, HOME).token
    alive = [session_of(store, token, NOW + timedelta(hours=h)) is not None for h in (0, 7, 14, 21, 23.9, 24.1)]
    assert alive == [True, True, True, True, True, False]
    with store.read() as tx:
        from sqlalchemy import select

        from storage.tables import session

        assert token not in set(tx.execute(select(session.c.token_hash)).scalars())


def test_sign_out_ends_one_session(sqlite_store: Store, vault: Vault) -> None:
    """Signing out ends this session and leaves the others; an unknown token is nobody."""
    work = a_work(sqlite_store)
    one = first_account(work)
    assert one is not None
    first, second = (sign_in(work, vault, one.login, one.password, HOME) for _ in range(2))

    sign_out(sqlite_store, first.token)
    sign_out(sqlite_store, "nobody")

    assert session_of(sqlite_store, first.token, NOW) is None
    assert session_of(sqlite_store, second.token, NOW) is not None
    assert first.csrf != second.csrf
    assert session_of(sqlite_store, "", NOW) is None


def test_a_changed_password_ends_all_other_sessions(store: Store, vault: Vault) -> None:
    """After a change of password old sessions and the old password are worth nothing; the changer goes on in a new session."""
    work = a_work(store)
    one = first_account(work)
    assert one is not None
    old = [sign_in(work, vault, one.login, one.password, HOME) for _ in range(2)]

    fresh = change_password(a_work(store, old[0].staff), vault, one.password, GOOD, HOME)

    assert [session_of(store, s.token, NOW) for s in old] == [None, None]
    living = session_of(store, fresh.token, NOW)
    assert living is not None
    assert not living.must_change
    with pytest.raises(SignInRefused):
        sign_in(work, vault, one.login, one.password, HOME)
    assert not sign_in(work, vault, one.login, GOOD, HOME).must_change


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("коротко", f"короче {SHORTEST}"),
        ("x" * 300, "длиннее"),
        ("Dlinnyj.login", "совпадает с логином"),
        ("абаабаабабабаб", "повтор"),
    ],
)
def test_weak_passwords_are_refused(password: str, said: str) -> None:
    """A password is judged by its length, and must not be the login or a repetition."""
    with pytest.raises(WeakPassword, match=said):
        check_strength(password, "dlinnyj.login")


def test_new_password_differs_from_the_old(sqlite_store: Store, vault: Vault) -> None:
    """The one-time password cannot be kept as the lasting one."""
    work = a_work(sqlite_store)
    one = first_account(work)
    assert one is not None
    me = sign_in(work, vault, one.login, one.password, HOME).staff

    with pytest.raises(WeakPassword, match="совпадает с прежним"):
        change_password(a_work(sqlite_store, me), vault, one.password, one.password, HOME)
    with pytest.raises(SignInRefused):
        change_password(a_work(sqlite_store, me), vault, "не тот пароль!!", GOOD, HOME)


def test_five_failures_lock_a_login_for_fifteen_minutes(store: Store, vault: Vault) -> None:
    """The sixth try is refused even with the right password, from any address; after fifteen minutes it is taken."""
    work = a_work(store)
    one = first_account(work)
    assert one is not None
    for n in range(5):
        with pytest.raises(SignInRefused):
            sign_in(work.at(NOW + timedelta(minutes=n)), vault, one.login, "wrong password", f"198.51.100.{n}")

    with pytest.raises(TooManyTries, match="через 10 мин") as caught:
        sign_in(work.at(NOW + timedelta(minutes=5)), vault, one.login, one.password, HOME)

    assert caught.value.until == NOW + timedelta(minutes=15)
    assert sign_in(work.at(NOW + timedelta(minutes=15, seconds=1)), vault, one.login, one.password, HOME)


def test_twenty_failures_lock_an_address(sqlite_store: Store, vault: Vault) -> None:
    """Twenty failures over different logins close the address, and a good sign-in between does not wash them."""
    work = a_work(sqlite_store)
    one = first_account(work)
    assert one is not None
    for n in range(20):
        if n == 10:
            sign_in(work, vault, one.login, one.password, HOME)
        with pytest.raises(SignInRefused):
            sign_in(work, vault, f"login{n}", "wrong password", HOME)

    with pytest.raises(TooManyTries):
        sign_in(work, vault, one.login, one.password, HOME)
    assert sign_in(work, vault, one.login, one.password, "198.51.100.7")


def test_a_good_sign_in_clears_the_failures_of_its_login(sqlite_store: Store, vault: Vault) -> None:
    """Four slips, a success and four slips again do not lock a login."""
    work = a_work(sqlite_store)
    one = first_account(work)
    assert one is not None
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                sign_in(work, vault, one.login, "wrong password", HOME)
        assert sign_in(work, vault, one.login, one.password, HOME)


def test_a_flood_of_parallel_tries_is_counted_exactly(store: Store, vault: Vault) -> None:
    """Twelve tries at once get exactly five looks at the password."""
    work = a_work(store)
    assert first_account(work)
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            sign_in(work, vault, "admin", "wrong password", HOME)
        except (SignInRefused, TooManyTries) as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(outcomes) == ["SignInRefused"] * 5 + ["TooManyTries"] * 7


def test_addresses_are_not_stored(sqlite_store: Store, vault: Vault) -> None:
    """The table of tries holds a keyed mark instead of the network address."""
    with pytest.raises(SignInRefused):
        sign_in(a_work(sqlite_store), vault, "nobody", "wrong password", HOME)

    with sqlite_store.read() as tx:
        from sqlalchemy import select

        from storage.tables import sign_in_try

        marks = list(tx.execute(select(sign_in_try.c.address_hash)).scalars())
    assert marks == [vault.tag(HOME, "sign-in")]
    assert HOME not in marks[0]


def test_unknown_login_takes_the_same_way(sqlite_store: Store, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unknown login, a wrong password and a switched-off account cost one verification each and give one answer."""
    work = a_work(sqlite_store, TECHNICIAN)
    add_staff(work, "known", "Дежурный", ["officer"])
    off = add_staff(work, "switched", "Дежурный", ["officer"])
    switch_off(work, off.staff_id)
    looked: list[bool] = []
    monkeypatch.setattr(
        door, "fits", lambda hashed, password: bool(looked.append(hashed is None)) or fits(hashed, password)
    )

    answers = set()
    for login, password in (("unknown", "wrong password"), ("known", "wrong password"), ("switched", off.password)):
        with pytest.raises(SignInRefused) as caught:
            sign_in(work, vault, login, password, HOME)
        answers.add(str(caught.value))

    assert looked == [True, False, False]
    assert len(answers) == 1


def test_a_switched_off_account_is_out_at_once(store: Store, vault: Vault) -> None:
    """Switching an account off ends its sessions; switching it on needs a new one-time password."""
    work = a_work(store, TECHNICIAN)
    one = add_staff(work, "ivanov", "Дежурный", ["officer"])
    signed = sign_in(work, vault, one.login, one.password, HOME)

    switch_off(work, one.staff_id)

    assert session_of(store, signed.token, NOW) is None
    with pytest.raises(SignInRefused):
        sign_in(work, vault, one.login, one.password, HOME)
    with pytest.raises(BadMove, match="выключена"):
        reset_password(work, one.staff_id)
    new = switch_on(work, one.staff_id)
    assert session_of(store, signed.token, NOW) is None
    assert sign_in(work, vault, new.login, new.password, HOME).must_change


def test_reset_password_ends_sessions(sqlite_store: Store, vault: Vault) -> None:
    """A reset password throws the old sessions out and has to be changed."""
    work = a_work(sqlite_store, TECHNICIAN)
    one = add_staff(work, "ivanov", "Дежурный", ["officer"])
    me = settled(work, vault, one)
    token = sign_in(work, vault, "ivanov", GOOD, HOME).token

    again = reset_password(work, one.staff_id)

    assert session_of(sqlite_store, token, NOW) is None
    assert me.id == again.staff_id
    assert sign_in(work, vault, "ivanov", again.password, HOME).must_change


def test_changed_roles_hold_in_living_sessions(sqlite_store: Store, vault: Vault) -> None:
    """Roles are read anew for each request, and the journal keeps what they were."""
    work = a_work(sqlite_store, TECHNICIAN)
    one = add_staff(work, "ivanov", "Дежурный", ["officer"])
    token = sign_in(work, vault, one.login, one.password, HOME).token

    change_staff(work, one.staff_id, "Наблюдатель", ["reader"])

    living = session_of(sqlite_store, token, NOW)
    assert living is not None
    assert living.staff.roles == {"reader"}
    with sqlite_store.read() as tx:
        line = journal_lines(tx, f"staff:{one.staff_id}")[0]
    assert (line.before["roles"], line.after["roles"]) == (["officer"], ["reader"])


def test_the_last_technician_stays(sqlite_store: Store) -> None:
    """The only technician can neither be switched off nor lose the role; a second one frees the first."""
    work = a_work(sqlite_store, TECHNICIAN)
    one = add_staff(work, "tech1", "Программист", ["technician"])

    with pytest.raises(BadMove, match="последний технический"):
        switch_off(work, one.staff_id)
    with pytest.raises(BadMove, match="последний технический"):
        change_staff(work, one.staff_id, "Программист", ["officer"])
    add_staff(work, "tech2", "Программист", ["technician"])
    switch_off(work, one.staff_id)
    with sqlite_store.read() as tx:
        row = staff_by_id(tx, one.staff_id)
    assert row is not None
    assert not row.active


def test_unknown_account_is_told(sqlite_store: Store) -> None:
    """Changing an account that is not there says so."""
    with pytest.raises(UnknownSubject, match="№ 77"):
        switch_off(a_work(sqlite_store, TECHNICIAN), 77)


def test_note_shift_remembers_the_last_one(sqlite_store: Store, vault: Vault) -> None:
    """Beginning a shift returns when the last one began; the machine has no shifts."""
    work = a_work(sqlite_store)
    one = first_account(work)
    assert one is not None
    me = sign_in(work, vault, one.login, one.password, HOME).staff

    assert note_shift(a_work(sqlite_store, me)) is None
    assert note_shift(a_work(sqlite_store, me, NOW + timedelta(hours=12))) == NOW
    assert note_shift(work) is None


def test_passwords_are_told_apart_and_hashes_renewed() -> None:
    """A hash fits only its password, in any composition of letters; one-time passwords do not repeat."""
    hashed = hash_password("пароль с й в нём")

    assert fits(hashed, "пароль с и\u0306 в не\u0308м")
    assert not fits(hashed, "пароль с и в нём")
    assert not fits("not a hash", "x")
    assert not fits(None, "x")
    assert len({one_time_password() for _ in range(100)}) == 100

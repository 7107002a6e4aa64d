"""Commands of the technician: accounts of platforms, accounts of staff."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer
from rich.prompt import Prompt
from rich.table import Table

from casework.roles import Role
from casework.work import MACHINE, Staff
from otklik.cli import AsJson, app, door, err, out, read_settings, say_json
from otklik.wiring import build

account_app = typer.Typer(help="Учётные записи площадок: ключи VK и MAX, вход в Telegram.", no_args_is_help=True)
staff_app = typer.Typer(help="Учётные записи сотрудников.", no_args_is_help=True)
app.add_typer(account_app, name="account")
app.add_typer(staff_app, name="staff")

# Whoever has the command line of the server is its technician: the history shows «машина».
TECHNICIAN: Staff = replace(MACHINE, roles=frozenset({Role.TECHNICIAN.value}))


class Terminal:
    """Asks and tells on the terminal."""

    def say(self, text: str) -> None:
        """Show a Russian text."""
        out.print(text, highlight=False, markup=False)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Return the answer typed; hidden answers are not shown."""
        return Prompt.ask(question, password=hidden, console=out)


@account_app.command("add")
@door
def account_add(
    platform: Annotated[str, typer.Argument(help="vk, telegram или max.")],
    name: Annotated[str | None, typer.Option("--id", help="Имя записи в профиле (поле account источника).")] = None,
) -> None:
    """Добавить ключ площадки: проверить его, сказать, что он может читать, и сохранить зашифрованным."""
    from crawlers.accounts import add_account

    settings = read_settings()
    house = build(settings)
    try:
        probe = add_account(house.work(by=TECHNICIAN), settings, platform, name or f"{platform}-main", Terminal())
    except ValueError as e:
        err.print(str(e), highlight=False, markup=False)
        raise typer.Exit(2) from None
    finally:
        house.close()
    if not probe.can:
        raise typer.Exit(1)


@account_app.command("list")
@door
def account_list(as_json: AsJson = False) -> None:
    """Показать учётные записи площадок (без ключей)."""
    from storage.find.accounts import accounts

    house = build(read_settings(), migrate=False)
    with house.store.read() as tx:
        rows = accounts(tx)
    house.close()
    told = [{k: v for k, v in asdict(row).items() if k != "sealed"} for row in rows]
    if as_json:
        say_json(told)
        return
    table = Table("имя", "площадка", "вид", "может читать", "состояние", "причина")
    for row in rows:
        table.add_row(row.id, row.platform, row.kind, ", ".join(row.can), row.state, row.reason)
    out.print(table)


@account_app.command("check")
@door
def account_check(name: Annotated[str, typer.Argument(help="Имя записи.")]) -> None:
    """Проверить сохранённый ключ ещё раз; годный снова работает."""
    from crawlers.accounts import check_account

    settings = read_settings()
    house = build(settings)
    probe = check_account(house.work(by=TECHNICIAN), settings, name)
    house.close()
    out.print(f"{name}: может читать {', '.join(probe.can) or 'ничего'}. {probe.reason}", highlight=False, markup=False)
    if not probe.can:
        raise typer.Exit(1)


@account_app.command("remove")
@door
def account_remove(name: Annotated[str, typer.Argument(help="Имя записи.")]) -> None:
    """Удалить учётную запись площадки вместе с ключом."""
    from casework.secrets import remove_account

    house = build(read_settings())
    remove_account(house.work(by=TECHNICIAN), name)
    house.close()
    out.print(f"Учётная запись {name} удалена.", highlight=False, markup=False)


@account_app.command("rotate")
@door
def account_rotate() -> None:
    """Сменить ключ шифрования и перешифровать все сохранённые токены."""
    from casework.secrets import rotate_keys

    settings = read_settings()
    house = build(settings)
    count = rotate_keys(house.work(by=TECHNICIAN), settings)
    house.close()
    out.print(f"Ключ сменён, перешифровано записей: {count}.", highlight=False)


@staff_app.command("add")
@door
def staff_add(
    login: Annotated[str, typer.Argument(help="Логин: латинские буквы, цифры, точка, дефис.")],
    post: Annotated[str, typer.Argument(help="Должность, как её покажет история.")],
    role: Annotated[list[str], typer.Option("--role", help="Роль (можно несколько): " + ", ".join(Role))],
    block: Annotated[list[str] | None, typer.Option("--block", help="Отраслевой блок (можно несколько).")] = None,
) -> None:
    """Завести сотрудника; одноразовый пароль показывается один раз."""
    from casework.accounts import add_staff

    house = build(read_settings())
    made = add_staff(house.work(by=TECHNICIAN), login, post, role, block or ())
    house.close()
    out.print(f"{made.login}: одноразовый пароль {made.password}", highlight=False, markup=False)


@staff_app.command("list")
@door
def staff_show(as_json: AsJson = False) -> None:
    """Показать сотрудников и их роли."""
    from storage.find.staff import staff_list

    house = build(read_settings(), migrate=False)
    with house.store.read() as tx:
        rows = staff_list(tx)
    house.close()
    if as_json:
        say_json([{k: v for k, v in asdict(row).items() if k != "password_hash"} for row in rows])
        return
    table = Table("логин", "должность", "роли", "блоки", "включён")
    for row in rows:
        roles = ", ".join(Role(r).label for r in row.roles)
        table.add_row(row.login, row.name_shown, roles, ", ".join(row.blocks), "да" if row.active else "нет")
    out.print(table)


@staff_app.command("password")
@door
def staff_password(login: Annotated[str, typer.Argument(help="Логин.")]) -> None:
    """Сбросить пароль сотрудника: новый одноразовый показывается один раз."""
    from casework.accounts import reset_password
    from storage.find.staff import staff_by_login

    house = build(read_settings())
    with house.store.read() as tx:
        row = staff_by_login(tx, login)
    if row is None:
        house.close()
        err.print(f"Сотрудника с логином «{login}» нет. Список: otklik staff list", highlight=False, markup=False)
        raise typer.Exit(1)
    made = reset_password(house.work(by=TECHNICIAN), row.id)
    house.close()
    out.print(f"{login}: одноразовый пароль {made.password}", highlight=False, markup=False)

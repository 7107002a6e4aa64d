"""Platform accounts: guided adding and checking; what is kept is sealed, and only when it can read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from casework.secrets import add_account as keep_account
from casework.secrets import note_check, open_secret
from casework.work import Work
from crawlers.limits import gap_of
from crawlers.probes import Probe, probe_max, probe_session, probe_vk, sign_in_telegram
from district.settings import Settings
from storage.find.accounts import account_by_id

WORDS = {
    "vk": (
        "Ключ ВКонтакте. Подойдёт сервисный ключ вашего приложения (id.vk.com → «Мои приложения» → «Ключи доступа») или ключ "
        "пользователя. Ключ сообщества стен не читает. Подробно: docs/howto/vk.md"
    ),
    "telegram": (
        "Вход в Telegram. Нужна отдельная служебная учётная запись: Отклик только читает открытые каналы, никуда не вступает и "
        "ничего не отправляет. Подробно: docs/howto/telegram.md"
    ),
    "max": "Ключ бота MAX: его выдаёт @MasterBot в приложении MAX. Бот читает чаты, в которые его добавил владелец",
}


class Dialog(Protocol):
    """Someone who can be told and asked: the command line, or a test."""

    def say(self, text: str) -> None:
        """Show a Russian text."""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Return the answer; `hidden` answers (keys, passwords) are not shown while typed."""


def add_account(work: Work, settings: Settings, platform: str, account_id: str, dialog: Dialog) -> Probe:
    """Guide through adding a VK key, a Telegram sign-in or a MAX bot; it is kept, sealed, only when it can read.

    `work.by` must be allowed to manage accounts. ValueError for another platform. Blocks, asks and says in Russian.
    """
    if platform not in WORDS:
        raise ValueError(f"Площадку «{platform}» добавить нельзя: укажите одну из {', '.join(WORDS)}")
    dialog.say(WORDS[platform])
    probe = _asked(settings, platform, dialog)
    if not probe.can:
        dialog.say(f"Не добавлено. {probe.reason}.")
        return probe
    keep_account(
        work, settings, account_id, platform, probe.kind, probe.secret, probe.can, gap_of(platform, probe.kind)
    )
    dialog.say(
        f"Добавлено: «{account_id}». Может читать: {'; '.join(probe.can)}.{' ' + probe.reason + '.' if probe.reason else ''}"
    )
    return probe


def _asked(settings: Settings, platform: str, dialog: Dialog) -> Probe:
    if platform == "vk":
        return _said(dialog, lambda: probe_vk(settings, dialog.ask("Ключ ВКонтакте", hidden=True).strip()))
    if platform == "max":
        return _said(dialog, lambda: probe_max(settings, dialog.ask("Ключ бота MAX", hidden=True).strip()))
    phone = dialog.ask("Номер телефона служебной учётной записи, например +79001234567").strip()
    return asyncio.run(
        sign_in_telegram(
            settings, phone,
            lambda: dialog.ask("Код, который прислал Telegram"),
            lambda: dialog.ask("Облачный пароль", hidden=True),
            dialog.say,
        )
    )  # fmt: skip


def _said(dialog: Dialog, probe: Callable[[], Probe]) -> Probe:
    found = probe()
    kinds = {
        "user": "ключ пользователя",
        "service": "сервисный ключ",
        "community": "ключ сообщества",
        "bot": "ключ бота",
    }
    if found.kind:
        dialog.say(f"Это {kinds[found.kind]}.")
    return found


def check_account(work: Work, settings: Settings, account_id: str) -> Probe:
    """Try a kept account again and note what was found: a good one works again, a bad one is stopped.

    Nothing is noted while the platform cannot be asked. UnknownSubject when there is no such account. Blocks.
    """
    secret = open_secret(work, settings, account_id)
    with work.store.read() as tx:
        row = account_by_id(tx, account_id)
    assert row is not None
    if row.platform == "telegram":
        probe = asyncio.run(probe_session(settings, secret))
    else:
        probe = (probe_vk if row.platform == "vk" else probe_max)(settings, secret)
    if probe.sure:
        note_check(work, account_id, probe.can, probe.reason)
    return probe

"""The section [[chats]] of a profile: where alert lines go, and at which hours each level is told."""

from __future__ import annotations

import re
from datetime import timedelta

from district.errors import shown
from district.load_parts import unique
from district.load_table import Table
from district.profile import AlertChat, ChatHours, ChatKind

_ADDRESS = {
    ChatKind.TELEGRAM: (re.compile(r"-?\d{1,19}|@[A-Za-z]\w{3,31}"), 'номер чата "-100…" или имя канала "@имя"'),
    ChatKind.MAX: (re.compile(r"-?\d{1,19}"), 'номер чата MAX: "-123"'),
    ChatKind.FOLDER: (re.compile(r"[\w-]{1,60}"), 'имя папки внутри папки выгрузок: "alerts"'),
    ChatKind.CONSOLE: (re.compile(r""), "у экрана адреса нет: уберите ключ address"),
    ChatKind.EMAIL: (re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]+\.[^@\s<>,;\"]{2,}"), 'почта службы: "dezhurny@okrug.example.org"'),
    ChatKind.WEBHOOK: (re.compile(r"https?://[^\s@/]+(?:/[^\s@]*)?"), 'адрес приёмника без имени и пароля: "https://…"'),
}  # fmt: skip
_LEVELS = ("1", "2", "3", "4")
_MEND = 'запишите hours = "always", "working" или таблицу { 1 = "off", 2 = "working" }'


def chats(root: Table) -> tuple[tuple[AlertChat, ...], dict[str, str]]:
    """Read [[chats]]; returns them with their ids and names."""
    tables, made = root.tables("chats"), []
    for table in tables:
        code, name, kind = table.slug(), table.text("name"), table.one_of("kind", ChatKind)
        address = _address(table, kind)
        made.append(
            AlertChat(
                code, name, kind, address, table.whole("from_level", low=1, high=4, default=2),
                table.whole("per_minute", low=1, high=60, default=10),
                table.span("group_for", default=timedelta(seconds=2), low=timedelta(0), high=timedelta(minutes=10)),
                _hours(table),
            )
        )  # fmt: skip
        table.close()
    if not tables:
        root.wrong("chats", "", "тревоги некуда отправлять", "добавьте раздел [[chats]]", fatal=False)
    unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])
    return tuple(made), {c.id: c.name for c in made if c.id}


def _address(table: Table, kind: ChatKind) -> str:
    value = table.text("address", default={ChatKind.CONSOLE: "", ChatKind.FOLDER: "alerts"}.get(kind))
    form, mend = _ADDRESS[kind]
    if (value or kind is ChatKind.CONSOLE) and not form.fullmatch(value):
        table.wrong("address", value, f"адрес {shown(value)} не подходит чату вида «{kind}»", mend)
    return value


def _hours(table: Table) -> tuple[ChatHours, ...]:
    """Read `hours`: one word for levels 1-3, or a table with a word per level; level 4 is told at once, always."""
    value = table.pop("hours")
    if isinstance(value, str):
        value = dict.fromkeys(_LEVELS[:3], value)
    if value is None:
        value = {}
    if not isinstance(value, dict):
        table.wrong("hours", value, f"непонятные часы {shown(value)}", _MEND)
        value = {}
    return (
        tuple(_hour(table, level, value.pop(level, ChatHours.ALWAYS)) for level in _LEVELS)
        if _known(table, value)
        else (ChatHours.ALWAYS,) * 4
    )


def _known(table: Table, value: dict[str, object]) -> bool:
    strange = [level for level in value if level not in _LEVELS]
    for level in strange:
        table.wrong("hours", level, f"уровня {shown(level)} нет", "уровни — 1, 2, 3 и 4")
    return not strange


def _hour(table: Table, level: str, value: object) -> ChatHours:
    known = {hours.value for hours in ChatHours}
    if not isinstance(value, str) or value not in known:
        table.wrong(f"hours.{level}", value, f"непонятные часы {shown(value)}", _MEND)
        return ChatHours.ALWAYS
    if level == "4" and value != ChatHours.ALWAYS:
        mend = "уберите уровень 4 из hours: об угрозе жизни сообщают сразу"
        table.wrong("hours.4", value, "критический уровень нельзя откладывать", mend)
        return ChatHours.ALWAYS
    return ChatHours(value)

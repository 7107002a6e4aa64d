"""The sections of a profile, each from its tables: territories, officials, blocks, channels, terms, levels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import time
from itertools import pairwise

from district.defaults import LEVELS, deadline_of
from district.errors import Report, choose, shown
from district.load_table import Table
from district.profile import (
    ROLES,
    Block,
    Channel,
    DeadlineRule,
    Hours,
    LevelRule,
    Official,
    Outside,
    Territory,
)
from district.terms import TERM
from district.topics import TOPICS

_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")


def unique(report: Report, tables: Iterable[tuple[Table, str]]) -> dict[str, str]:
    """Refuse equal ids inside one section; return the ids with no name, for choose()."""
    seen: dict[str, str] = {}
    for table, code in tables:
        if code and code in seen:
            report.add(table.path("id"), code, f"код «{code}» уже занят ({seen[code]})", "дайте другой код")
        elif code:
            seen[code] = table.key
    return dict.fromkeys(seen, "")


def refer(table: Table, name: str, value: str, known: Mapping[str, str], what: str) -> None:
    """Refuse a reference to something that is not described; `what` is it in the genitive («должности»)."""
    if value and value not in known:
        where = {"темы": "в классификаторе нет", "роли": "среди ролей нет"}.get(what, "в профиле нет")
        table.wrong(name, value, f"{what} «{value}» {where}", choose(value, known))


def territories(root: Table) -> tuple[tuple[Territory, ...], dict[str, str]]:
    """Read [[territories]]; a settlement of two territories is a remark, because villages do share names."""
    tables, made = root.tables("territories"), []
    owner: dict[str, str] = {}
    for table in tables:
        code, name = table.slug(), table.text("name")
        settlements = table.texts("settlements", required=True, what="населённых пунктов")
        residents = table.whole("residents", low=1, high=20_000_000) if table.has("residents") else None
        table.close()
        for place in settlements:
            if place in owner:
                mend = "места будут относиться к первой: уточните названия"
                table.wrong("settlements", place, f"«{place}» уже есть у «{owner[place]}»", mend, fatal=False)
            owner.setdefault(place, code)
        made.append(Territory(code, name, settlements, residents))
    if not tables:
        root.wrong("territories", "", "нет ни одной территории", "добавьте раздел [[territories]]")
    return tuple(made), unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])


def officials(root: Table) -> tuple[tuple[Official, ...], dict[str, str]]:
    """Read [[officials]]: posts only; returns them with their ids and posts."""
    tables, made = root.tables("officials"), []
    for table in tables:
        official = Official(table.slug(), table.text("post"), table.texts("roles", what="ролей"))
        if table.has("name"):
            table.wrong("name", "", "здесь не место именам людей", "перенесите имя в officials.local.toml")
            table.pop("name")
        table.close()
        for number, role in enumerate(official.roles, start=1):
            refer(table, f"roles[{number}]", role, ROLES, "роли")
        made.append(official)
    if not tables:
        root.wrong("officials", "", "нет ни одной должности", "добавьте раздел [[officials]]")
    unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])
    return tuple(made), {o.id: o.post for o in made if o.id}


def blocks(root: Table, posts: Mapping[str, str]) -> tuple[tuple[Block, ...], dict[str, str]]:
    """Read [[blocks]]; returns them with «topic -> block», so that no topic has two masters."""
    tables, made = root.tables("blocks"), []
    served: dict[str, str] = {}
    for table in tables:
        block = Block(
            table.slug(), table.text("name"), table.texts("topics", required=True, what="тем"),
            table.text("lead", example='"код должности"'), table.text("curator", default="") or None, table.texts("committees"),
        )  # fmt: skip
        table.close()
        refer(table, "lead", block.lead, posts, "должности")
        refer(table, "curator", block.curator or "", posts, "должности")
        for number, topic in enumerate(block.topics, start=1):
            refer(table, f"topics[{number}]", topic, TOPICS, "темы")
            if topic in served:
                reason = f"тема «{topic}» уже у блока «{served[topic]}»"
                table.wrong(f"topics[{number}]", topic, reason, "оставьте её одному блоку")
            served.setdefault(topic, block.id)
        made.append(block)
    if not tables:
        root.wrong("blocks", "", "нет ни одного отраслевого блока", "добавьте раздел [[blocks]]")
    unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])
    return tuple(made), served


def outside(root: Table, served: Mapping[str, str]) -> tuple[Outside, ...]:
    """Read [outside]: topics of others; what is left without any master is a remark."""
    table = root.table("outside")
    made = []
    for topic in table.names() if table else ():
        assert table is not None
        made.append(Outside(topic, table.text(topic)))
        refer(table, topic, topic, TOPICS, "темы")
        if topic in served:
            table.wrong(topic, topic, f"тема уже у блока «{served[topic]}»", "уберите её здесь или у блока")
    orphans = [t for t in TOPICS if t not in served and t not in {o.topic for o in made}]
    if orphans:
        named = ", ".join(f"{t} ({TOPICS[t]})" for t in orphans)
        mend = "добавьте их в topics блока или в раздел [outside], если они не в ведении округа"
        root.wrong("blocks", ", ".join(orphans), f"за темы никто не отвечает: {named}", mend, fatal=False)
    return tuple(made)


def channels(root: Table) -> tuple[tuple[Channel, ...], dict[str, str]]:
    """Read [[channels]]."""
    tables, made = root.tables("channels"), []
    for table in tables:
        made.append(Channel(table.slug(), table.text("name")))
        table.close()
    unique(root.report, [(t, m.id) for t, m in zip(tables, made, strict=True)])
    return tuple(made), {c.id: c.name for c in made if c.id}


def deadlines(root: Table, known: Mapping[str, str]) -> tuple[DeadlineRule, ...]:
    """Read [deadlines.<channel>]; a channel without its table gets the default of DOMAIN 1-2."""
    table = root.table("deadlines")
    set_here: dict[str, DeadlineRule] = {}
    for channel in table.names() if table else ():
        assert table is not None
        refer(table, channel, channel, known, "канала")
        if inner := table.table(channel):
            set_here[channel] = _deadline(inner, channel)
    return tuple(set_here.get(channel) or deadline_of(channel) for channel in known)


def _deadline(table: Table, channel: str) -> DeadlineRule:
    reply_in, fast = _term(table, "reply_in"), table.table("fast")
    table.close()
    if fast is None:
        return DeadlineRule(channel, reply_in)
    rule = DeadlineRule(channel, reply_in, _term(fast, "reply_in"), fast.texts("topics", what="тем"))
    fast.close()
    for number, topic in enumerate(rule.fast_topics, start=1):
        refer(fast, f"topics[{number}]", topic, TOPICS, "темы")
    return rule


def _term(table: Table, name: str) -> str:
    value = table.text(name, example='"10 working days"')
    if value and not TERM.fullmatch(value):
        table.wrong(
            name, value, f"непонятный срок {shown(value)}", 'запишите "10 working days", "9 working hours", "30 days"'
        )
    return value


def levels(root: Table, chats: Mapping[str, str]) -> tuple[LevelRule, ...]:
    """Read [levels.gray|yellow|orange|red]; what is not written keeps the default of DOMAIN 1."""
    table = root.table("levels")
    made = []
    for key, usual in LEVELS.items():
        inner = table.table(key) if table else None
        made.append(usual if inner is None else _level(inner, usual, chats))
    if table:
        table.close()
    for (lower, upper), key in zip(pairwise(made), list(LEVELS)[1:], strict=True):
        if upper.from_points <= lower.from_points:
            reason = f"порог {upper.from_points} не выше порога предыдущего уровня ({lower.from_points})"
            root.wrong(
                f"levels.{key}.from_points",
                upper.from_points,
                reason,
                "пороги должны возрастать: gray < yellow < orange < red",
            )
    return tuple(made)


def _level(table: Table, usual: LevelRule, chats: Mapping[str, str]) -> LevelRule:
    rule = LevelRule(
        usual.level, table.text("name", default=usual.name),
        table.whole("from_points", low=1, high=1000, default=usual.from_points),
        table.span("first_line", default=usual.first_line), table.span("verify_in", default=usual.verify_in),
        table.span("watch_for", default=usual.watch_for), table.texts("alert", what="чатов"),
        first_line_working=table.flag("first_line_working", default=usual.first_line_working),
        holding_in=table.span("holding_in", default=usual.holding_in),
        next_update=table.span("next_update", default=usual.next_update) if table.has("next_update") else usual.next_update,
        final_in=_term(table, "final_in") if table.has("final_in") else usual.final_in,
        second_approval=table.flag("second_approval", default=usual.second_approval),
        take_in=table.span("take_in", default=usual.take_in),
        repeat_every=table.span("repeat_every", default=usual.repeat_every) if table.has("repeat_every") else usual.repeat_every,
    )  # fmt: skip
    table.close()
    for number, chat in enumerate(rule.alert, start=1):
        refer(table, f"alert[{number}]", chat, chats, "чата")
    return rule


def calendar(root: Table) -> tuple[frozenset[str], frozenset[str]]:
    """Read [calendar]: days off and working days that differ from the country's calendar."""
    table = root.table("calendar")
    if table is None:
        return frozenset(), frozenset()
    off, working = table.days("extra_off"), table.days("extra_working")
    table.close()
    for day in sorted(off & working):
        table.wrong("extra_off", day, f"день {day} записан и выходным, и рабочим", "оставьте его в одном списке")
    return off, working


def hours(root: Table) -> Hours:
    """Read [hours]: when the district's offices work; 9:00-18:00 when the profile is silent."""
    table = root.table("hours")
    if table is None:
        return Hours()
    usual = Hours()
    made = Hours(_hour(table, "start", usual.day_start), _hour(table, "end", usual.day_end))
    table.close()
    if made.day_end <= made.day_start:
        table.wrong("end", f"{made.day_end:%H:%M}", "конец рабочего дня не позже его начала", 'например "18:00"')
        return Hours()
    return made


def _hour(table: Table, name: str, usual: time) -> time:
    value = table.text(name, default=f"{usual:%H:%M}", example='"09:00"')
    if not _HOUR.fullmatch(value):
        table.wrong(name, value, f"непонятное время {shown(value)}", 'запишите часы и минуты: "09:00"')
        return usual
    return time.fromisoformat(value)

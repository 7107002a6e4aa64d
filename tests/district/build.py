"""A small valid profile as text, and ways to spoil it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from district.load import Problem, check_profile

TOML = """\
[district]
id = "small"
name = "Малый округ"
timezone = "Europe/Moscow"
residents = 5000
form = "working-group"
regulation = "Постановление № 1"
emergency_post = "edds"

[calendar]
extra_off = [2026-07-08]
extra_working = ["2026-07-11"]

[[territories]]
id = "north"
name = "Северный отдел"
settlements = ["Белое", "Сосново"]

[[territories]]
id = "south"
name = "Южный отдел"
residents = 900
settlements = ["Озерки"]

[[officials]]
id = "edds"
post = "Начальник ЕДДС"

[[officials]]
id = "deputy"
post = "Заместитель Главы"
roles = ["block_lead"]

[[blocks]]
id = "works"
name = "Дороги и ЖКХ"
topics = ["roads", "housing"]
lead = "deputy"
curator = "edds"
committees = ["Комитет ЖКХ"]

[[blocks]]
id = "social"
name = "Социальная политика"
topics = ["education"]
lead = "deputy"

[outside]
health = "Районная больница"

[[channels]]
id = "pos"
name = "ПОС"

[deadlines.pos]
reply_in = "10 working days"
fast = { topics = ["roads"], reply_in = "3 working days" }

[[chats]]
id = "screen"
name = "Экран"
kind = "console"

[[chats]]
id = "folder"
name = "Папка"
kind = "folder"
address = "alerts"
from_level = 1
per_minute = 5
group_for = "5s"

[levels.red]
from_points = 70
first_line = "1h"
verify_in = "30m"
watch_for = "3d"
alert = ["screen"]

[[sources]]
id = "vk-one"
name = "Паблик"
platform = "vk"
address = "https://vk.com/otklik_demo_one"
every = "15m"
expect = { posts_per_day = [3, 400] }
owner = "жители"
approver = "Руководитель"
account = "vk-main"
territory = "north"
official = false
media = false
comments = true
footers = ["Подпишись"]
series = ["Доброе утро"]

[[sources]]
id = "site-one"
name = "Сайт"
platform = "site"
address = "https://okrug.example.org/news"
every = "1h"
expect = { posts_per_day = [0, 20.5] }
owner = "Администрация"
approver = "Руководитель"
mode = "selectors"
[sources.selectors]
item = "article"
link = "a::attr(href)"
title = "h2::text"
text = "p"
date = "time"
date_format = "%d.%m.%Y"

[prevention]
calendar = "northwest"
off = ["hogweed"]
posts_a_week = 4
[prevention.budgets]
vk-one = 2
[prevention.weather]
kind = "feed"
address = "https://pogoda.example.org/days.csv"

[[threats]]
id = "road-thaw"
until = "05-14"

[[threats]]
id = "fair"
name = "Ярмарка"
topics = ["culture"]
lead_days = 10
kind = "nth_weekday"
month = 6
weekday = "saturday"
nth = 1
days = 2
audience = ["гости"]
territories = ["south"]
words = ["ярмарка"]
inform_only = true
template = "fair"
note = "каждый год"
evidence = [{ kind = "practice", words = "из опыта" }]

[[school_days]]
what = "autumn-break"
first = 2026-10-26
last = 2026-11-04
"""


def spoiled(old: str, new: str) -> str:
    """Return the small profile with one piece replaced; the piece must be there exactly once."""
    assert TOML.count(old) == 1, (old, TOML.count(old))
    return TOML.replace(old, new)


def problems(folder: Path, text: str) -> list[Problem]:
    """Write a profile and return everything that is said of it."""
    path = folder / "small.toml"
    path.write_text(text, encoding="utf-8")
    return check_profile(path)


def parsed() -> dict[str, Any]:
    """Return the small profile as parsed tables, to be changed by the test."""
    return tomllib.loads(TOML)

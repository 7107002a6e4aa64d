"""Writes docs/signals.md from the tables of risk/: `python -m tests.risk.signals_page > docs/signals.md`."""

from __future__ import annotations

import sys

from risk.score import RULE_SET, SIGNALS
from risk.words.danger import DANGERS
from risk.words.flags import IDLE
from risk.words.guards import GUARDS
from risk.words.norms import NORMS
from risk.words.outages import OUTAGES
from risk.words.troubles import HAZARDS, TROUBLES

_HEAD = f"""# Признаки риска: за что начисляются баллы

Страница собрана из таблиц комнаты `risk/` и сверяется с ними тестом; руками её не правят.
Набор правил: **{RULE_SET}**. Он хранится рядом с каждой оценкой, поэтому старую оценку можно объяснить и через год.

Баллы складываются. Уровень берётся из порогов профиля; пороги по умолчанию — 10 / 30 / 55 / 80 для уровней 1–4.
Веса подобраны под таблицу уровней: жалоба из одного источника — уровень 1; с двумя источниками, охватом 5 % жителей или
десятью недовольными комментариями — 2; с любыми двумя признаками из «три источника, рост вдвое за 3 часа, дети, больные,
пожилые или весь посёлок, нарушена норма, областное издание» — 3. Опасность для жизни — всегда уровень 4 и ЕДДС.
Одними баллами до уровня 4 не дойти: нужны издание, быстрый рост или три источника. Множество копий почти без просмотров
выше уровня 2 не поднимает. Признаки с нулём баллов только объясняют, почему слово не засчитано. Мнение о власти баллов не даёт: ни возмущение, ни распространение без самой беды не считаются.
"""


def page() -> str:
    """Return the whole page in Markdown."""
    return "\n".join([_HEAD, *_signals(), *_dangers(), *_guards(), *_troubles(), *_norms(), *_idle(), ""])


def _signals() -> list[str]:
    rows = [
        f"| `{s.id}` | {s.title} | {s.weight:g} | {_most(s.weight * s.most)} | {s.meaning} |" for s in SIGNALS.values()
    ]
    return [
        "## Признаки",
        "",
        "| код | признак | баллов | самое большее | что это значит |",
        "|---|---|---|---|---|",
        *rows,
        "",
    ]


def _most(points: float) -> str:
    return f"{points:.1f}".removesuffix(".0").replace(".", ",")


def _dangers() -> list[str]:
    seen: dict[str, tuple[str, int]] = {}
    for danger in DANGERS:
        seen.setdefault(danger.id, (danger.title, danger.level))
    rows = [f"| `{key}` | {title} | {level} |" for key, (title, level) in seen.items()]
    return ["## Опасности", "", "| код | опасность | уровень |", "|---|---|---|", *rows, ""]


def _guards() -> list[str]:
    seen: dict[str, list[str]] = {}
    for guard in GUARDS:
        if guard.title not in seen.setdefault(guard.id, []):
            seen[guard.id].append(guard.title)
    rows = [f"- {', '.join(titles)} (`{key}`)" for key, titles in seen.items() if key != "now"]
    return ["## Когда слово об опасности не засчитывается", "", *rows, ""]


def _troubles() -> list[str]:
    rows = [f"- {row.title} (`{row.id}`)" for row in (*OUTAGES, *TROUBLES, HAZARDS)]
    return ["## Перебои и жалобы", "", *rows, ""]


def _norms() -> list[str]:
    titles = {row.id: row.title for row in OUTAGES}
    rows = [
        f"| {titles[key]} | {hours:.0f} ч | {whose} |" for key, norm in NORMS.items() for hours, whose in norm.steps
    ]
    return ["## Нормы", "", "| перебой | дольше | правило |", "|---|---|---|", *rows, ""]


def _idle() -> list[str]:
    return ["## Что риском не считается", "", *(f"- {row.title} (`{row.id}`)" for row in IDLE)]


if __name__ == "__main__":
    sys.stdout.write(page())

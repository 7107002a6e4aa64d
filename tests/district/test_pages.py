"""The pages about the profile, the settings, privacy and the regulations say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from district.defaults import DEADLINES, LEVELS
from district.load import check_profile
from district.load_table import Table, as_span
from district.profile import ROLES, ChatKind, Form, Platform
from district.settings import Settings
from district.topics import TOPICS

ROOT = Path(__file__).resolve().parents[2]
PROFILE = (ROOT / "docs/howto/profile.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs/howto/settings.md").read_text(encoding="utf-8")
REGULATIONS = (ROOT / "docs/regulations.md").read_text(encoding="utf-8")
ROOMS = "casework|crawlers|desk|district|feedback|inbox|otklik|preventive|reports|risk|storage|texts|tests"


def _row(text: str, first: str) -> list[str]:
    """Return the cells of the table row that begins with a word in backticks."""
    (line,) = [ln for ln in text.splitlines() if ln.startswith(f"| `{first}`")]
    return [cell.strip(" `") for cell in line.strip("|").split("|")]


def test_every_key_of_a_profile_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each key that the loader asks for stands in docs/howto/profile.md."""
    asked: set[str] = set()
    pop = Table.pop

    def noting(self: Table, name: str) -> object:
        codes = self.key == "prevention.budgets" or (
            self.key.startswith(("outside", "deadlines")) and "." not in self.key
        )
        if not codes:
            asked.add(name)
        return pop(self, name)

    monkeypatch.setattr(Table, "pop", noting)

    check_profile(ROOT / "district" / "demo.toml")

    assert len(asked) > 60
    assert not [key for key in sorted(asked) if not re.search(rf"[`\[. ]{re.escape(key)}[`\]. =<]", PROFILE)]


def test_every_value_of_a_choice_is_explained() -> None:
    """Forms, platforms, chats, roles and topics are listed with their codes."""
    for kinds in (Form, Platform, ChatKind):
        assert all(f'"{kind}"' in PROFILE for kind in kinds)
    assert all(f"`{role}` | {label} |" in PROFILE for role, label in ROLES.items())
    assert all(f"`{code}` | {name} |" in PROFILE for code, name in TOPICS.items())


def test_the_defaults_told_are_the_defaults_meant() -> None:
    """The tables of levels and terms in the page are those of district/defaults.py."""
    for key, rule in LEVELS.items():
        spans = [as_span(s) for s in (rule.first_line, rule.verify_in, rule.watch_for)]
        assert _row(PROFILE, key) == [key, rule.name, str(rule.from_points), *[s.replace("1d", "24h").replace("2d", "48h").replace("3d", "72h") for s in spans]]  # fmt: skip
    for channel, term in DEADLINES.items():
        (line,) = [ln for ln in PROFILE.splitlines() if f"`{channel}`" in ln and term.reply_in in ln]
        assert term.fast is None or term.fast in line


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_the_default_of_a_setting_is_told(name: str) -> None:
    """docs/howto/settings.md tells what holds when a variable is not set."""
    default = Settings.model_fields[name].default
    told = _row(SETTINGS, f"OTKLIK_{name.upper()}")[1]

    if default in (None, "", ()):
        assert told in ("нет", "пусто")
    else:
        assert str(default).endswith(told)


def test_the_regulations_point_at_things_that_exist() -> None:
    """Every file and room named in docs/regulations.md is in the house, and what is «есть» has a check."""
    named = set(re.findall(rf"`((?:{ROOMS})/[\w/*.]*)`", REGULATIONS))
    missing = [n for n in sorted(named) if not list(ROOT.glob(n.rstrip("/")))]
    ready = [ln for ln in REGULATIONS.splitlines() if re.search(r"\| есть[^|]*\|$", ln)]

    assert not missing
    assert len(ready) > 10
    assert all("`tests/" in ln for ln in ready)


def test_every_part_of_the_five_regulations_is_spoken_of() -> None:
    """No section of S0-S4 that asks for something is left out of the table."""
    wanted = {
        "S0": ["1.1", "1.5", "1.6", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2-3.5", "4", "5", "прил. 2"],
        "S1": ["1.1", "1.2", "1.3", "1.4", "2.2", "3.1", "3.2-3.6"],
        "S2": ["1.1", "1.5", "1.6", "2.1", "2.2", "2.3", "2.4", "3.1", "3.2", "3.3-3.7", "4", "5", "состав"],
        "S3": ["п. 1", "п. 3", "п. 7", "п. 8", "п. 11-15", "п. 16", "структура"],
        "S4": [
            "1.1",
            "2.2.1",
            "2.2.3",
            "2.2.11",
            "2.2.14",
            "2.4",
            "3.1",
            "Порядок п. 1",
            "Порядок п. 2",
            "Порядок п. 3",
        ],
    }
    cells = [ln.split("|")[1] for ln in REGULATIONS.splitlines() if ln.startswith("| S")]
    told = {key: " ".join(p for c in cells for p in c.split(";") if p.strip().startswith(key)) for key in wanted}

    assert {key: [c for c in clauses if c not in told[key]] for key, clauses in wanted.items()} == dict.fromkeys(
        wanted, []
    )


def test_the_privacy_page_keeps_its_promises_in_numbers() -> None:
    """Terms told in docs/privacy.md are the defaults of the settings."""
    page = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")

    assert f"`OTKLIK_TEXT_DAYS` ({Settings.model_fields['text_days'].default} дней)" in page
    assert f"`OTKLIK_VOICE_DAYS` ({Settings.model_fields['voice_days'].default} дней)" in page

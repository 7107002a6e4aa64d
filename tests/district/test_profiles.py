"""The six shipped profiles load, say what the regulations say, and name no person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from district.load import check_profile, load_profile
from district.profile import Form, Platform, Profile
from district.topics import TOPICS
from district.workdays import WorkCalendar

FOLDER = Path(__file__).resolve().parents[2] / "district"
FILES = sorted(FOLDER.glob("*.toml"))
REAL = {
    # id: form (clause 1.1), zone, residents (census of 2020), roles that the regulation names, channels
    "khvoyninsky": (Form.COORDINATING_BODY, "Europe/Moscow", 13594, {"curator", "head", "coordinator", "block_lead"}, {"pos", "incident"}),
    "kholmsky": (
        Form.WORKING_GROUP, "Asia/Sakhalin", 33955, {"curator", "head", "coordinator", "block_lead"},
        {"pos", "incident", "sm-ls", "sakhalin-online"},
    ),
    "babaevsky": (Form.PROJECT_OFFICE, "Europe/Moscow", 19398, {"curator", "head", "executor", "technician", "block_lead"}, {"pos", "incident"}),
    "dedovichsky": (
        Form.WORKING_GROUP, "Europe/Moscow", 12020, {"curator", "head", "coordinator", "officer", "technician", "executor"},
        {"pos", "incident", "official"},
    ),
    "demyansky": (Form.PROJECT_OFFICE, "Europe/Moscow", 9932, {"curator", "head", "officer"}, {"pos", "incident", "official"}),
}  # fmt: skip
# A name as documents write it: initials with dots, or three words ending like a patronymic.
PERSON = re.compile(r"[А-ЯЁ]\.\s?[А-ЯЁ]\.|[А-ЯЁ][а-яё]+(?:ович|евич|овна|евна|ична)\b")


def _load(name: str) -> Profile:
    return load_profile(FOLDER / f"{name}.toml")


def test_six_profiles_are_shipped() -> None:
    """The demo district and the five founding municipalities are there."""
    assert {f.stem for f in FILES} >= {"demo", *REAL}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_shipped_profile_loads_and_names_no_person(file: Path) -> None:
    """No fatal problem, the file's name is its id, every topic has a master, and no name of a person is inside."""
    problems = check_profile(file)
    profile = load_profile(file)

    assert not [str(p) for p in problems if p.fatal]
    assert {p.key for p in problems} <= {"sources"}
    assert profile.id == file.stem
    assert {t for b in profile.blocks for t in b.topics} | {o.topic for o in profile.outside} == set(TOPICS)
    assert not PERSON.search(file.read_text(encoding="utf-8"))
    assert profile.official(profile.emergency_post).id == "edds"
    assert WorkCalendar.of(profile).zone.key == profile.timezone.key


@pytest.mark.parametrize("name", REAL)
def test_a_real_profile_says_what_its_regulation_says(name: str) -> None:
    """Form, time zone, residents, roles and channels are those of the document."""
    form, zone, residents, roles, channels = REAL[name]

    profile = _load(name)

    assert (profile.form, profile.timezone.key, profile.residents) == (form, zone, residents)
    assert roles <= {role for official in profile.officials for role in official.roles}
    assert {c.id for c in profile.channels} == channels
    assert {d.channel for d in profile.deadlines} == channels
    assert not profile.is_demo
    assert sum(t.residents or 0 for t in profile.territories) in (0, 6090, residents)


def test_khvoyninsky_has_its_ten_departments_and_three_blocks() -> None:
    """Ten territorial departments, and three sector blocks with the committees of the annex."""
    profile = _load("khvoyninsky")
    departments = {t.name.split()[0] for t in profile.territories if "территориальный отдел" in t.name}

    assert departments == {
        "Анциферовский", "Боровский", "Дворищинский", "Звягинский", "Кабожский", "Миголощский", "Минецкий", "Остахновский",
        "Песский", "Юбилейнинский",
    }  # fmt: skip
    assert [b.id for b in profile.blocks] == ["works", "social", "economy", "core"]
    assert all(b.committees for b in profile.blocks)


def test_kholmsky_has_leads_and_curators_of_blocks() -> None:
    """Seven heads of blocks of clause 3.1, each block with a curator among the vice-mayors."""
    profile = _load("kholmsky")
    sector = [b for b in profile.blocks if b.id != "core"]

    assert len({b.lead for b in sector}) == 7
    assert {b.curator for b in sector} <= {"first-vice-mayor", "vice-mayor"}


def test_babaevsky_has_its_six_departments() -> None:
    """The six territorial departments of the composition."""
    names = {t.name for t in _load("babaevsky").territories}

    assert names == {
        f"Территориальный отдел «{n}»"
        for n in ("Бабаевский", "Борисовский", "Вепсский национальный", "Пяжозерский", "Санинский", "Тороповский")
    }


def test_demyansky_has_its_chat_and_its_order_of_work() -> None:
    """Finds go to «МЦУ-ПИЛОТ» from the lowest level up; the order of work with risks is told step by step."""
    profile = _load("demyansky")

    assert [(c.name, c.from_level) for c in profile.chats if c.id == "mcu-pilot"] == [("МЦУ-ПИЛОТ", 1)]
    assert len(profile.order_of_work) == 7
    assert "Верификация" in profile.order_of_work[1]


def test_the_demo_district_is_fictional_and_uses_every_platform(demo_profile: Profile) -> None:
    """Addresses of the demo are reserved or invented, and every platform we read is shown once at least."""
    assert demo_profile.is_demo
    assert {s.platform for s in demo_profile.sources} == set(Platform) - {Platform.MAX}
    assert 10 <= len(demo_profile.sources) <= 12
    assert len(demo_profile.territories) >= 4
    assert sum(len(t.settlements) for t in demo_profile.territories) >= 14
    assert all(
        "otklik_demo" in s.address or "example.org" in s.address or "club99" in s.address for s in demo_profile.sources
    )
    assert {c.kind.value for c in demo_profile.chats} == {"console", "folder"}


def test_unknown_codes_of_a_profile_are_key_errors(demo_profile: Profile) -> None:
    """Looking for what the profile does not have is told, not guessed."""
    for look in (demo_profile.official, demo_profile.territory, demo_profile.level):
        with pytest.raises(KeyError):
            look("nobody")  # type: ignore[operator]
    assert demo_profile.territory("beloe").name.startswith("Беловский")
    assert demo_profile.level(4).name == "критический"
    assert demo_profile.form.label == "проектный офис"
    assert {p.label for p in Platform} >= {"ВКонтакте", "MAX"}

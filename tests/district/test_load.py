"""A profile is read whole, or every mistake of it is told with file, key, reason and mend."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from district.load import ProfileErrors, check_profile, load_profile
from district.profile import ChatKind, Form, Platform
from tests.district.build import TOML, problems, spoiled

# old text, new text, key, part of the reason, part of the mend
BROKEN = [
    # unknown keys and sections, with the one that was meant
    ('residents = 5000', 'residents = 5000\nresidens = 5', "district.residens", "неизвестный ключ", "«residents»"),
    ('owner = "жители"', 'owner = "жители"\nownr = "x"', "sources[1].ownr", "неизвестный ключ", "«owner»"),
    ("[calendar]", "[calender]", "calender", "неизвестный ключ", "«calendar»"),
    ('item = "article"', 'item = "article"\nimage = "img"', "sources[2].selectors.image", "неизвестный ключ", "здесь бывают"),
    ("posts_per_day = [3, 400]", "posts_per_day = [3, 400], per_week = 3", "sources[1].expect.per_week", "неизвестный", "уберите"),
    ("from_points = 70", "from_points = 70\npoints = 1", "levels.red.points", "неизвестный ключ", "from_points"),
    ("[levels.red]", "[levels.crimson]\nfrom_points = 80\n[levels.red]", "levels.crimson", "неизвестный ключ", "gray"),
    # missing keys
    ('name = "Малый округ"\n', "", "district.name", "ключ не указан", "name ="),
    ('residents = 5000\n', "", "district.residents", "ключ не указан", "residents ="),
    ('lead = "deputy"\ncurator', "curator", "blocks[1].lead", "ключ не указан", "lead ="),
    ('owner = "жители"\n', "", "sources[1].owner", "ключ не указан", "owner ="),
    ('approver = "Руководитель"\naccount', "account", "sources[1].approver", "ключ не указан", "approver ="),
    ('expect = { posts_per_day = [3, 400] }\n', "", "sources[1].expect", "раздел не указан", "sources[1].expect"),
    ('settlements = ["Озерки"]\n', "", "territories[2].settlements", "ключ не указан", "settlements ="),
    # wrong types
    ("residents = 5000", 'residents = "5000"', "district.residents", "нужно целое число", "без кавычек"),
    ("residents = 5000", "residents = true", "district.residents", "нужно целое число", "без кавычек"),
    ("residents = 5000", "residents = 0", "district.residents", "вне пределов", "от 1"),
    ("residents = 5000", "residents = -3", "district.residents", "вне пределов", "от 1"),
    ("residents = 900", "residents = 0", "territories[2].residents", "вне пределов", "от 1"),
    ('name = "Малый округ"', "name = 7", "district.name", "нужна строка", "в кавычках"),
    ('name = "Малый округ"', 'name = "  "', "district.name", "строка пуста", "впишите"),
    ('name = "Малый округ"', 'name = "Малый\\u0000округ"', "district.name", "управляющие знаки", "заново"),
    ('settlements = ["Озерки"]', 'settlements = "Озерки"', "territories[2].settlements", "нужен список", "settlements = ["),
    ('settlements = ["Озерки"]', "settlements = []", "territories[2].settlements", "список пуст", "хотя бы одно"),
    ('settlements = ["Озерки"]', 'settlements = ["Озерки", 5]', "territories[2].settlements[2]", "нужна строка", "в кавычках"),
    ('settlements = ["Озерки"]', 'settlements = ["Озерки", ""]', "territories[2].settlements[2]", "строка пуста", "впишите"),
    ("official = false", 'official = "нет"', "sources[1].official", "true или false", "official ="),
    ("posts_per_day = [3, 400]", "posts_per_day = 3", "sources[1].expect.posts_per_day", "нужны два числа", "[3, 400]"),
    ("posts_per_day = [3, 400]", "posts_per_day = [400, 3]", "sources[1].expect.posts_per_day", "по возрастанию", "[3, 400]"),
    ("posts_per_day = [3, 400]", "posts_per_day = [-1, 3]", "sources[1].expect.posts_per_day", "по возрастанию", "[3, 400]"),
    ("posts_per_day = [3, 400]", "posts_per_day = [0, inf]", "sources[1].expect.posts_per_day", "нужны два числа", "[3, 400]"),
    ("[deadlines.pos]\n", "[deadlines]\npos = 5\n[x]\n", "deadlines.pos", "нужна таблица", "[deadlines.pos]"),
    # enumerations
    ('form = "working-group"', 'form = "working_group"', "district.form", "неизвестное значение", "«working-group»"),
    ('form = "working-group"', 'form = "рабочая группа"', "district.form", "неизвестное значение", "«working-group»"),
    ('platform = "vk"', 'platform = "vkontakte"', "sources[1].platform", "неизвестное значение", "укажите одно из: vk"),
    ('kind = "folder"', 'kind = "foldr"', "chats[2].kind", "неизвестное значение", "«folder»"),
    # identifiers
    ('id = "north"', 'id = "Север 1"', "territories[1].id", "недопустимый код", "латинские"),
    ('id = "north"', 'id = "north-"', "territories[1].id", "недопустимый код", "дефис между"),
    ('id = "south"', 'id = "north"', "territories[2].id", "уже занят", "другой код"),
    ('id = "social"', 'id = "works"', "blocks[2].id", "уже занят", "другой код"),
    ('id = "site-one"', 'id = "vk-one"', "sources[2].id", "уже занят", "другой код"),
    ('id = "folder"', 'id = "screen"', "chats[2].id", "уже занят", "другой код"),
    # references
    ('emergency_post = "edds"', 'emergency_post = "eds"', "district.emergency_post", "должности «eds» в профиле нет", "«edds»"),
    ('lead = "deputy"\ncurator', 'lead = "deputi"\ncurator', "blocks[1].lead", "должности «deputi»", "«deputy»"),
    ('curator = "edds"', 'curator = "nobody"', "blocks[1].curator", "должности «nobody»", "укажите одно из: edds, deputy"),
    ('territory = "north"', 'territory = "nort"', "sources[1].territory", "территории «nort»", "«north»"),
    ('topics = ["education"]', 'topics = ["educaton"]', "blocks[2].topics[1]", "темы «educaton»", "«education»"),
    ('topics = ["education"]', 'topics = ["Образование"]', "blocks[2].topics[1]", "темы «Образование»", "«education»"),
    ('topics = ["education"]', 'topics = ["roads"]', "blocks[2].topics[1]", "уже у блока «works»", "одному блоку"),
    ('health = "Районная больница"', 'roads = "Область"', "outside.roads", "уже у блока «works»", "уберите"),
    ('health = "Районная больница"', 'helth = "Больница"', "outside.helth", "темы «helth»", "«health»"),
    ('alert = ["screen"]', 'alert = ["scren"]', "levels.red.alert[1]", "чата «scren»", "«screen»"),
    ('fast = { topics = ["roads"]', 'fast = { topics = ["road"]', "deadlines.pos.fast.topics[1]", "темы «road»", "«roads»"),
    ("[deadlines.pos]", "[deadlines.poss]", "deadlines.poss", "канала «poss»", "«pos»"),
    ('roles = ["block_lead"]', 'roles = ["block-lead"]', "officials[2].roles[1]", "роли «block-lead»", "«block_lead»"),
    # numbers that must agree
    ("from_points = 70", "from_points = 50", "levels.red.from_points", "порог 50 не выше", "возрастать"),
    ("from_points = 70", "from_points = 0", "levels.red.from_points", "вне пределов", "от 1"),
    ('every = "15m"', 'every = "30s"', "sources[1].every", "вне пределов", "от 1m до 7d"),
    ('every = "15m"', 'every = "8d"', "sources[1].every", "вне пределов", "от 1m до 7d"),
    ('every = "15m"', 'every = "15 минут"', "sources[1].every", "непонятный промежуток", '"15m"'),
    ('every = "15m"', "every = 15", "sources[1].every", "непонятный промежуток", '"15m"'),
    ('watch_for = "3d"', 'watch_for = "0h"', "levels.red.watch_for", "вне пределов", "от 1m до 7d"),
    ('reply_in = "10 working days"', 'reply_in = "10 рабочих дней"', "deadlines.pos.reply_in", "непонятный срок", "working days"),
    ("from_level = 1", "from_level = 5", "chats[2].from_level", "вне пределов", "от 1 до 4"),
    # time
    ('timezone = "Europe/Moscow"', 'timezone = "Europe/Moskow"', "district.timezone", "пояса «Europe/Moskow» нет", "«Europe/Moscow»"),
    ('timezone = "Europe/Moscow"', 'timezone = "МСК"', "district.timezone", "пояса «МСК» нет", "Asia/Sakhalin"),
    ('timezone = "Europe/Moscow"', 'timezone = "Europe"', "district.timezone", "пояса «Europe» нет", "Europe/"),
    ('timezone = "Europe/Moscow"', 'timezone = "/etc/passwd"', "district.timezone", "пояса", "Europe/Moscow"),
    ("extra_off = [2026-07-08]", 'extra_off = ["8 июля"]', "calendar.extra_off[1]", "не день", "2026-05-08"),
    ("extra_off = [2026-07-08]", "extra_off = [2026-07-08T10:00:00]", "calendar.extra_off[1]", "не день", "2026-05-08"),
    ("extra_off = [2026-07-08]", "extra_off = [2026-07-11]", "calendar.extra_off", "и выходным, и рабочим", "одном списке"),
    # sources and chats
    ("https://vk.com/otklik_demo_one", "https://vk.com/id12345", "sources[1].address", "страница человека", "club123"),
    ("https://okrug.example.org/news", "http://192.168.0.7/news", "sources[2].address", "внутренний адрес", "OTKLIK_ALLOW_INTERNAL"),
    ("https://okrug.example.org/news", "file:///etc/passwd", "sources[2].address", "только адреса http", "https://"),
    ('platform = "site"', 'platform = "feed"', "sources[2].mode", "бывает только у сайта", "уберите"),
    ('mode = "selectors"', 'mode = "list"', "sources[2].mode", "не согласуются", "selectors"),
    ('date = "time"\n', "", "sources[2].selectors.date_format", "самой даты нет", "date"),
    ('address = "alerts"', 'address = "../../etc"', "chats[2].address", "не подходит", "имя папки"),
    ('kind = "console"', 'kind = "telegram"', "chats[1].address", "ключ не указан", "address ="),
    ('kind = "console"', 'kind = "console"\naddress = "x"', "chats[1].address", "не подходит", "уберите ключ"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "key", "reason", "mend"), BROKEN, ids=[f"{b[2]}={b[1][:30]}" for b in BROKEN])
def test_a_mistake_is_told_with_its_key_reason_and_mend(
    tmp_path: Path, old: str, new: str, key: str, reason: str, mend: str
) -> None:
    """Each mistake is named by its key, says why, says how to mend it, and keeps the profile from loading."""
    told = [p for p in problems(tmp_path, spoiled(old, new)) if p.key == key and p.fatal]

    assert len(told) == 1, told
    assert reason in told[0].reason
    assert mend in told[0].mend
    assert str(told[0]).startswith(f"{tmp_path / 'small.toml'}: {key}: ")
    with pytest.raises(ProfileErrors):
        load_profile(tmp_path / "small.toml")


def test_a_problem_can_be_told_as_json(tmp_path: Path) -> None:
    """Scripts get the parts of a problem by name."""
    (told,) = [p for p in problems(tmp_path, spoiled("residents = 5000", "residents = 0")) if p.fatal]

    parts = told.as_dict()

    assert (parts["key"], parts["value"], parts["fatal"]) == ("district.residents", "0", True)
    assert set(parts) == {"file", "key", "value", "reason", "mend", "fatal"}


def test_the_small_profile_says_what_was_written(tmp_path: Path) -> None:
    """Every value of the file arrives in the profile, with its type."""
    (tmp_path / "p.toml").write_text(TOML, encoding="utf-8")

    profile = load_profile(tmp_path / "p.toml")

    assert (profile.id, profile.residents, profile.form) == ("small", 5000, Form.WORKING_GROUP)
    assert profile.timezone == ZoneInfo("Europe/Moscow")
    assert profile.extra_off == {"2026-07-08"}
    assert profile.extra_working == {"2026-07-11"}
    assert [t.settlements for t in profile.territories] == [("Белое", "Сосново"), ("Озерки",)]
    assert profile.block_of("housing") == profile.blocks[0]
    assert profile.block_of("health") is None
    assert profile.body_of("health") == "Районная больница"
    assert profile.body_of("roads") is None
    vk, site = profile.sources
    assert (vk.platform, vk.every, vk.expected.high) == (Platform.VK, timedelta(minutes=15), 400)
    assert (site.mode, site.selectors and site.selectors.item) == ("selectors", "article")
    assert [c.kind for c in profile.chats] == [ChatKind.CONSOLE, ChatKind.FOLDER]
    assert profile.chats[1].group_for == timedelta(seconds=5)
    assert profile.deadlines[0].fast_topics == ("roads",)


def test_a_silent_profile_gets_the_levels_and_terms_of_the_domain(tmp_path: Path) -> None:
    """Levels and deadlines that the file does not write are the defaults, and a partial level keeps the rest."""
    text = TOML.replace('first_line = "1h"\n', "").split("[deadlines.pos]")[0] + "[levels.gray]\nfrom_points = 5\n"
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")

    profile = load_profile(tmp_path / "p.toml")

    assert [rule.level for rule in profile.levels] == [1, 2, 3, 4]
    assert [rule.from_points for rule in profile.levels] == [5, 30, 55, 80]
    assert [rule.first_line for rule in profile.levels] == [timedelta(hours=h) for h in (24, 9, 4, 1)]
    assert [rule.watch_for for rule in profile.levels] == [timedelta(hours=h) for h in (24, 24, 48, 72)]
    assert profile.deadlines[0].reply_in == "30 days"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Nine mistakes in nine places are nine lines of one exception, in the order of the file's sections."""
    text = TOML
    for old, new in [
        ("residents = 5000", "residents = 0"), ("Europe/Moscow", "Moscow"), ('form = "working-group"', 'form = "office"'),
        ('territory = "north"', 'territory = "west"'), ('curator = "edds"', 'curator = "boss"'), ('every = "15m"', 'every = "1s"'),
        ("otklik_demo_one", "id7"), ("from_points = 70", "from_points = 7"), ("[outside]", "[otside]"),
    ]:  # fmt: skip
        text = text.replace(old, new)
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")

    with pytest.raises(ProfileErrors) as caught:
        load_profile(tmp_path / "p.toml")

    fatal = [p for p in caught.value.problems if p.fatal]
    assert [p.key for p in fatal] == [
        "district.timezone", "district.residents", "district.form", "blocks[1].curator", "levels.red.from_points",
        "sources[1].address", "sources[1].every", "sources[1].territory", "otside",
    ]  # fmt: skip
    assert all(str(p) in str(caught.value) for p in fatal)


def test_remarks_do_not_keep_a_profile_from_loading(tmp_path: Path) -> None:
    """Topics without a master, shared village names, no chats, no sources, MAX: remarks, not refusals."""
    text = spoiled('["Озерки"]', '["Озерки", "Белое"]').replace('platform = "vk"', 'platform = "max"')
    text = text.replace("https://vk.com/otklik_demo_one", "https://max.ru/otklik_demo")
    (tmp_path / "p.toml").write_text(text, encoding="utf-8")

    remarks = check_profile(tmp_path / "p.toml")

    assert {p.key for p in remarks} == {"blocks", "territories[2].settlements", "sources[1].platform"}
    assert not any(p.fatal for p in remarks)
    assert "military" in next(p for p in remarks if p.key == "blocks").reason
    assert load_profile(tmp_path / "p.toml").residents == 5000


def test_an_empty_profile_names_every_section(tmp_path: Path) -> None:
    """An empty file is told which sections a profile has."""
    keys = {p.key for p in problems(tmp_path, "")}

    assert {"district", "territories", "officials", "blocks", "sources", "chats"} <= keys


@pytest.mark.parametrize(
    ("raw", "where", "reason"),
    [
        (b"id = \n", "строка 1, столбец 6", "непонятное значение"),
        (b'[district]\nname = "\xd0\xb0\n', "строка 2, столбец 10", "строка не закрыта"),
        (b"[district]\nid = 1\nid = 2\n", "строка 3, столбец 7", "ключ записан дважды"),
        (b"[a]\n[a]\n", "строка 2, столбец 3", "раздел записан дважды"),
        (b"name \n", "строка 1, столбец 6", "нет знака ="),
        (b"a = [1, 2", "конец файла", "не закрыт"),
        (b'a = "C:\\path"', "строка 1, столбец ", "косая черта"),
        (b"a = 1 b = 2", "строка 1, столбец 7", "лишнее"),
        ("имя = 1".encode(), "строка 1, столбец 1", "не похожа"),
        ("a = «x»".encode(), "строка 1, столбец 5", "непонятное значение"),
        ("name = 'Хвойная'".encode("cp1251"), "", "UTF-8"),
        (b"a = " + b"9" * 5000, "запись TOML", "ошибка записи"),
        (b"a = " + b"[" * 5000, "", "вложенность"),
    ],
    ids=lambda v: str(v)[:25],
)
def test_a_broken_file_is_told_with_its_line(tmp_path: Path, raw: bytes, where: str, reason: str) -> None:
    """A file that is no TOML is refused in Russian with line and column, never with another exception."""
    path = tmp_path / "p.toml"
    path.write_bytes(raw)

    (told,) = check_profile(path)

    assert told.key.startswith(where)
    assert bool(told.key) == bool(where)
    assert reason in told.reason
    with pytest.raises(ProfileErrors, match="p.toml"):
        load_profile(path)


def test_a_missing_file_and_a_folder_are_problems_too(tmp_path: Path) -> None:
    """Nothing to read is told like any other mistake."""
    for path in (tmp_path / "no.toml", tmp_path):
        (told,) = check_profile(path)

        assert told.fatal
        assert "не читается" in told.reason


def test_a_mark_of_notepad_is_no_mistake(tmp_path: Path) -> None:
    """A file saved by Windows Notepad with its invisible mark loads."""
    path = tmp_path / "p.toml"
    path.write_text(TOML, encoding="utf-8-sig")

    assert load_profile(path).id == "small"


def test_an_internal_address_opened_by_the_technician_is_taken(tmp_path: Path) -> None:
    """OTKLIK_ALLOW_INTERNAL opens one internal address for a source, and only that one."""
    path = tmp_path / "p.toml"
    path.write_text(spoiled("https://okrug.example.org/news", "http://127.0.0.1:8099/news"), encoding="utf-8")

    assert load_profile(path, allow_internal=("127.0.0.1:8099",)).sources[1].address.startswith("http://127")
    assert [p.key for p in check_profile(path, ("127.0.0.1:8098",)) if p.fatal] == ["sources[2].address"]


def test_no_person_and_no_secret_is_repeated_in_messages(tmp_path: Path) -> None:
    """A name, a phone or a password written into a profile is refused without being repeated."""
    text = spoiled('post = "Начальник ЕДДС"', 'post = "Начальник ЕДДС"\nname = "Иванов"\nphone = "89110000000"')
    text = text.replace("https://okrug.example.org/news", "https://boss:hunter2@okrug.example.org/")

    told = [p for p in problems(tmp_path, text) if p.fatal]

    assert {p.key for p in told} == {"officials[1].name", "officials[1].phone", "sources[2].address"}
    assert "officials.local.toml" in told[0].mend
    said = "\n".join(f"{p} {p.value}" for p in told)
    assert not any(secret in said for secret in ("Иванов", "89110000000", "hunter2"))


def test_the_same_page_twice_is_refused(tmp_path: Path) -> None:
    """Two writings of one address are one source."""
    twin = TOML.split("[[sources]]")[1].replace("vk-one", "vk-two").replace("https://vk.com/", "m.vk.com/")

    told = [p for p in problems(tmp_path, TOML + "[[sources]]" + twin) if p.fatal]

    assert [(p.key, "vk-one" in p.reason) for p in told] == [("sources[3].address", True)]


@pytest.mark.parametrize(
    ("told", "media", "federal"),
    [("true", True, False), ("false", False, False), ('"regional"', True, False), ('"federal"', True, True)],
)
def test_federal_media_are_told_from_regional(tmp_path: Path, told: str, *, media: bool, federal: bool) -> None:
    """`media = true` goes on to mean regional media; "federal" is a kind of its own (DOMAIN 1, level 4)."""
    path = tmp_path / "small.toml"
    path.write_text(TOML.replace("media = false", f"media = {told}"), encoding="utf-8")

    source = load_profile(path).sources[0]

    assert (source.media, source.federal) == (media, federal)

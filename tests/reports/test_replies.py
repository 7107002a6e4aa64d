"""Ready replies: every topic has its own, what the card does not know stays visible, and each reads as a reply should."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from district.load import load_profile
from district.profile import Profile
from district.topics import TOPICS
from feedback.quality import check_reply
from reports import replies
from reports.replies import BadTemplate, ReplyTemplate, all_templates, fill, signature_of, template_by_id, templates_for
from risk.states import Veracity

ROOT = Path(__file__).resolve().parents[2]
SIGNATURE = "Администрация Беловского округа"
SAMPLE = {
    "место": "посёлок Сосново", "округ": "Беловский округ", "подпись": SIGNATURE, "телефон_едс": "112",
    "причина": "порвало трубу у котельной", "меры": "бригада перекрыла участок и сварила трубу",
    "план": "проверка всей линии (комитет ЖКХ) — до 27 ноября", "срок": "25 ноября", "кто_отвечает": "комитет ЖКХ",
    "что_подтвердилось": "не горят три фонаря", "что_не_подтвердилось": "обрыва провода нет",
    "кто_проверил": "дежурный ЕДДС", "когда_проверили": "21 ноября в 9:00", "как_на_самом_деле": "пробы чистые",
    "когда_передали": "21 ноября", "куда_обратиться": "сайт областного Минтранса", "когда_сделали": "21 ноября",
    "что_изменилось": "трубу заменили", "где_взять_воду": "у школы с 10:00 до 18:00",
}  # fmt: skip
HOLDING_FACTS = {name: SAMPLE[name] for name in ("место", "округ", "подпись", "телефон_едс")}
TEMPLATES = all_templates()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.id)
def test_each_shipped_reply_leaves_without_a_must(template: ReplyTemplate) -> None:
    """Filled with a sample, no shipped reply has a finding that would stop it, and none is too long or too vague."""
    text = fill(template, SAMPLE)

    found = check_reply(text, solved=False, signature=SIGNATURE, kind=template.kind)

    assert "___" not in text
    assert [f.words for f in found if f.severity == "must"] == []
    assert {f.code for f in found} <= {"no_date", "no_measure"}, [f.words for f in found]
    assert len(text) < 1000


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("kind", ["holding", "answer"])
def test_every_topic_has_a_reply_of_its_own(topic: str, kind: str) -> None:
    """Each of the 26 groups has replies written for it, and general ones beside them."""
    found = templates_for(topic, kind, "confirmed")

    assert any(topic in t.topics for t in found)
    assert any(not t.topics for t in found)
    assert all(not t.topics or topic in t.topics for t in found)


@pytest.mark.parametrize("template", [t for t in TEMPLATES if t.kind == "holding"], ids=lambda t: t.id)
def test_checking_is_ready_without_typing(template: ReplyTemplate) -> None:
    """«Проверяем» needs nothing that a card may lack: two presses and it can be told."""
    assert set(template.variables) <= set(HOLDING_FACTS)
    assert "роверяем" in fill(template, HOLDING_FACTS)


@pytest.mark.parametrize(
    ("kind", "veracity", "outside", "states"),
    [
        ("holding", "unconfirmed", False, {"checking"}),
        ("holding", "confirmed", False, {"checking"}),
        ("answer", "confirmed", False, {"confirmed", "outside", "thanks"}),
        ("answer", "partly", False, {"partly", "confirmed", "outside", "thanks"}),
        ("answer", "refuted", False, {"refuted", "thanks"}),
        ("answer", "refuted", True, {"refuted", "thanks"}),
        ("answer", "unconfirmed", False, {"confirmed", "partly", "refuted", "outside", "thanks"}),
        ("answer", "confirmed", True, {"outside", "confirmed", "thanks"}),
        ("update", "confirmed", False, {"update"}),
        ("update", "refuted", False, {"update"}),
    ],
)
def test_a_reply_fits_what_the_check_found(kind: str, veracity: str, outside: bool, states: set[str]) -> None:
    """A refuted rumour is never «confirmed» by a template; «проверяем» and updates are of one sort."""
    assert {t.state for t in templates_for("housing", kind, veracity, outside)} == states


def test_what_is_not_ours_comes_first_for_what_is_not_ours() -> None:
    """Outside our competence the list begins with «передали и следим», of the topic before the general."""
    found = templates_for("roads", "answer", "confirmed", outside=True)

    assert [t.id for t in found[:2]] == ["roads-regional-outside", "any-outside"]


@pytest.mark.parametrize(
    ("topic", "about", "kind", "first"),
    [
        ("housing", "Сильный запах газа в подъезде", "holding", "housing-gas-checking"),
        ("housing", "Третий день нет отопления, батареи холодные", "holding", "housing-heating-checking"),
        ("housing", "Из крана течёт ржавая вода", "answer", "housing-water-confirmed"),
        ("housing", "Сосульки над подъездом", "answer", "housing-house-confirmed"),
        ("roads", "Яма на Заводской", "holding", "roads-checking"),
        ("roads", "Дорогу не чистят, сугробы и гололёд", "answer", "roads-snow-confirmed"),
        ("landscaping", "Фонари не горят", "holding", "landscaping-light-checking"),
        ("landscaping", "Сломаны качели", "holding", "landscaping-checking"),
        ("safety", "Собаки стаей у школы", "answer", "safety-dogs-confirmed"),
        ("safety", "Рыбак провалился под лёд", "holding", "safety-ice-checking"),
        ("safety", "Подозрительный человек у школы", "holding", "safety-checking"),
    ],
)
def test_what_the_risk_is_about_chooses_the_first(topic: str, about: str, kind: str, first: str) -> None:
    """Words of the title bring their own reply to the top; without them the topic's plain one stands there."""
    assert templates_for(topic, kind, "confirmed", about=about)[0].id == first


@pytest.mark.parametrize("veracity", [v.value for v in Veracity])
@pytest.mark.parametrize("topic", [None, "no-such-topic"])
def test_a_risk_without_a_topic_has_general_replies(topic: str | None, veracity: str) -> None:
    """An unknown topic leaves the general ones."""
    for kind in ("holding", "answer", "update"):
        found = templates_for(topic, kind, veracity)
        assert found
        assert all(t.topics == () for t in found)


def test_an_unfilled_variable_is_seen_and_stops_the_answer() -> None:
    """A blank carries its name, and the check of the reply says that it must not leave."""
    template = template_by_id("any-confirmed")
    assert template is not None
    text = fill(template, SAMPLE | {"срок": " "} | {"кто_отвечает": ""})

    assert "___срок___" in text
    assert "___кто отвечает___" in text
    codes = [f.code for f in check_reply(text, solved=False, signature=SIGNATURE)]
    assert codes.count("blank") == 1


def test_a_value_is_never_taken_for_a_variable() -> None:
    """Curly brackets in a fact stay as they are."""
    template = ReplyTemplate("t", "t", "answer", "confirmed", (), "Место: {место}.")

    assert fill(template, {"место": "{срок}", "срок": "завтра"}) == "Место: {срок}."
    assert template.variables == ("место",)


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("Беловский округ", "Администрация Беловского округа"),
        ("Хвойнинский муниципальный округ", "Администрация Хвойнинского муниципального округа"),
        ("Муниципальное образование «Дедовичский район»", "Администрация Дедовичского района"),
        ("Муниципальное образование «Холмский городской округ»", "Администрация Холмского городского округа"),
        ("Дальний район", "Администрация Дальнего района"),
        ("Город Мышкин", "Администрация: Город Мышкин"),
    ],
)
def test_the_signature_is_the_administrations(name: str, signature: str) -> None:
    """Without a line of its own the district signs as its administration, in the right case where the name allows it."""
    profile = load_profile(ROOT / "district" / "demo.toml")

    assert signature_of(replace(profile, name=name)) == signature
    assert signature_of(replace(profile, name=name, signature="МЦУ округа")) == "МЦУ округа"


def test_every_shipped_profile_signs_in_plain_words(demo_profile: Profile) -> None:
    """No shipped district ends with a colon for a signature."""
    for path in sorted((ROOT / "district").glob("*.toml")):
        if not path.name.endswith(".local.toml"):
            assert signature_of(load_profile(path)).startswith("Администрация "), path.name


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ('id = "a"\ntitle = "A"\nkind = "answer"\nstate = "confirmed"\n', "a.toml, «a»: нет поля text"),
        ('id = "a"\ntitle = "A"\nkind = "letter"\nstate = "confirmed"\ntext = "x"\n', "вид «letter»"),
        ('id = "a"\ntitle = "A"\nkind = "answer"\nstate = "happy"\ntext = "x"\n', "состояние «happy»"),
    ],
)
def test_a_badly_written_template_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: str, told: str
) -> None:
    """The file, the template and the fault are told."""
    (tmp_path / "a.toml").write_text("[[reply]]\n" + row, encoding="utf-8")
    monkeypatch.setattr(replies, "FOLDER", tmp_path)

    with pytest.raises(BadTemplate, match=told):
        all_templates.__wrapped__()


def test_two_templates_of_one_name_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An id that stands twice is told: a draft could not say which one it came from."""
    row = '[[reply]]\nid = "a"\ntitle = "A"\nkind = "answer"\nstate = "confirmed"\ntext = "x"\n'
    (tmp_path / "a.toml").write_text(row + row, encoding="utf-8")
    monkeypatch.setattr(replies, "FOLDER", tmp_path)

    with pytest.raises(BadTemplate, match="одно имя у двух — a"):
        all_templates.__wrapped__()

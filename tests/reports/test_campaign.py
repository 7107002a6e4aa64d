"""What the alert chats are told of campaigns: one fixed form, nothing left out in silence, nobody's name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.campaign import (
    SHOWN,
    CampaignFacts,
    DueTask,
    DueThreat,
    TaskLine,
    campaign_message,
    due_message,
    tasks_message,
)
from reports.text_parts import text_parts

FACTS = CampaignFacts(
    title="Тонкий лёд, 2026",
    goal="Никто не выходит на лёд",
    topics=("Безопасность и правопорядок",),
    threat="Первый лёд, рыбаки на льду",
    why=("запрет выхода на лёд вводит муниципальный акт",),
    places=("Каменноборский территориальный отдел",),
    prepare_from=date(2026, 10, 22),
    starts_on=date(2026, 11, 1),
    ends_on=date(2026, 12, 31),
    audiences=("рыбаки", "родители"),
    channels=("Администрация округа", "Доски объявлений"),
    whose="блок «Управление делами», Управляющий делами",
    tasks=(
        TaskLine("Передать школам текст", date(2026, 10, 28), "Школы"),
        TaskLine("Обновить знаки", date(2026, 10, 26), "блок «Управление делами»"),
    ),
    texts=4,
    texts_ready=1,
    agreed=("ГИМС",),
    asked=("Школы",),
)

GOLDEN = """\
Социально значимая тема, требующая превентивной кампании
Тонкий лёд, 2026

Тема: Безопасность и правопорядок
Угроза года: Первый лёд, рыбаки на льду
Почему: запрет выхода на лёд вводит муниципальный акт
Где: Каменноборский территориальный отдел
Когда: с 01.11.2026 по 31.12.2026, готовим с 22.10.2026
Цель: Никто не выходит на лёд
К кому обращаемся: рыбаки, родители
Площадки: Администрация округа, Доски объявлений
Тексты: 4 текста, утверждено 1
Отвечает: блок «Управление делами», Управляющий делами
Партнёры: согласились — ГИМС; ещё не ответили — Школы

План:
1) до 26.10.2026: Обновить знаки — блок «Управление делами»
2) до 28.10.2026: Передать школам текст — Школы"""

EMPTY = """\
Социально значимая тема, требующая превентивной кампании (план изменён: заменяет прежнее сообщение)
Идея

Тема: не указана
Угроза года: не из перечня
Почему: основание не записано
Где: весь округ
Когда: с 01.11.2026 по 31.12.2026, готовим с 22.10.2026
Цель: не записана
К кому обращаемся: не указано
Площадки: не указаны
Тексты: ещё не написаны
Отвечает: никто не назначен
Партнёры: нет
Только информирование: агитации в текстах быть не должно.

План:
задач ещё нет"""


def test_the_form_of_a_plan() -> None:
    """The words of the Порядок (S4, п. 3) head the message; the plan stands by day, whoever typed it in which order."""
    assert campaign_message(FACTS) == GOLDEN


def test_what_is_missing_is_said_to_be_missing() -> None:
    """An idea with nothing in it has every line of the form."""
    bare = CampaignFacts(
        "Идея", "", (), "", (), (), FACTS.prepare_from, FACTS.starts_on, FACTS.ends_on, (), (), "", (), 0, 0, (), (),
        inform_only=True, changed=True,
    )  # fmt: skip

    assert campaign_message(bare) == EMPTY


def test_a_long_plan_is_counted_not_cut_in_silence() -> None:
    """More tasks than fit one screen are told as a number; the message is cut into parts that the platforms take."""
    many = tuple(TaskLine(f"Задача {n} " + "слово " * 60, date(2026, 10, 1), "") for n in range(SHOWN + 3))

    text = campaign_message(replace(FACTS, tasks=many))

    assert text.endswith("… и ещё 3 задачи — на странице кампании")
    assert "никто не назначен" in text
    assert all(len(part.text) <= 4000 for part in text_parts(text))


def test_lines_of_people_break_nothing() -> None:
    """A title with line ends and hidden marks stays on its line."""
    text = campaign_message(replace(FACTS, title="Лёд\nТема: подделка\u202e", goal="Раз\n\nдва"))

    assert "Лёд Тема: подделка" in text.splitlines()[1]
    assert text.count("\nТема: ") == 1
    assert "Цель: Раз два" in text


DUE = DueThreat(
    name="Крещенские купания", start=date(2027, 1, 18), end=date(2027, 1, 19), prepare_from=date(2027, 1, 8),
    why="каждый год 18 января", sure=True, topics=("Культура",), places=(), whose="блок «Социальная политика»",
)  # fmt: skip


def test_the_proposal_to_prepare() -> None:
    """It says what, when, how long there is left, why now and whose; an expected day is told to be expected."""
    assert due_message(DUE, date(2027, 1, 8)) == (
        "Пора готовить: Крещенские купания\n"
        "Когда: с 18.01.2027 по 19.01.2027, осталось 10 дней\n"
        "Почему сейчас: готовиться нужно с 08.01.2027; каждый год 18 января\n"
        "Тема: Культура\n"
        "Где: весь округ\n"
        "Кому: блок «Социальная политика»\n"
        "Кампании на эти дни ещё нет. Готовый план по шаблону — на странице «Год», у этой угрозы."
    )
    late = due_message(replace(DUE, sure=False, whose="", topics=()), date(2027, 1, 18))
    assert "ожидается, точные дни ещё не известны" in late
    assert "уже началось" in late
    assert "блок не определён, решает координатор" in late


def test_the_reminder_of_tasks() -> None:
    """Late ones come first, tomorrow is called tomorrow, a day further off by its date."""
    today = date(2026, 11, 20)
    tasks = [
        DueTask("Проверить знаки", date(2026, 11, 23), "блок «Дороги»", "Лёд"),
        DueTask("Собрать список", date(2026, 11, 18), "", "Лёд"),
        DueTask("Раздать памятки", date(2026, 11, 21), "Школы", "Лёд"),
        DueTask("Позвонить", date(2026, 11, 20), "ЕДДС", "Лёд"),
    ]

    assert tasks_message(tasks, today) == (
        "Задачи кампаний\n"
        "• срок прошёл (18.11.2026): Собрать список — никто не назначен. Кампания «Лёд»\n"
        "• сегодня (20.11.2026): Позвонить — ЕДДС. Кампания «Лёд»\n"
        "• завтра (21.11.2026): Раздать памятки — Школы. Кампания «Лёд»\n"
        "• до 23.11.2026: Проверить знаки — блок «Дороги». Кампания «Лёд»\n"
        "Сделано — отметьте в кампании, чтобы план был верным."
    )
    many = tasks_message(tasks[:1] * 20, today)
    assert "И ещё 5: страница «Год», «Сегодня»." in many


@given(st.text(max_size=400), st.text(max_size=400), st.integers(-400, 400))
def test_any_words_make_a_message(words: str, more: str, days: int) -> None:
    """No text breaks a form: its heads stay where they are and lines of people stay lines."""
    plan = campaign_message(replace(FACTS, title=words, goal=more, tasks=(TaskLine(words, FACTS.ends_on, more),)))
    due = due_message(replace(DUE, name=words, why=more), DUE.start - timedelta(days=days))

    assert len(plan.splitlines()) == len(GOLDEN.splitlines()) - 1
    assert len(due.splitlines()) == 7

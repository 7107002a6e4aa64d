"""What the invented staff of the demo district hear and answer: whole replies with a measure, a day and who is responsible."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from casework.answer_facts import day_words
from district.profile import Profile
from district.topics import TOPICS
from reports.replies import signature_of
from storage.find.queue import QueueRow

FACTS: Mapping[bool, str] = MappingProxyType(
    {
        True: "Сведения не подтвердились: обращений не было, пробы и приборы в норме",
        False: "Сообщение подтвердили, специалисты выехали на место",
    }
)
"""What was heard of hearsay (True) and of everything else."""
_WORK: Mapping[str, str] = MappingProxyType(
    {
        "housing": "Управляющая организация осмотрела дом и начала ремонт",
        "roads": "Дорожная служба вывела технику и отсыпает участок",
        "waste": "Перевозчик вывез контейнеры и добавил рейс",
        "landscaping": "Подрядчик проверил линию и меняет светильники",
        "energy": "Аварийная бригада проверила сети и перекрыла повреждённый участок",
        "health": "Больница открыла дополнительную запись",
        "education": "Школа и отдел образования проверили здание",
        "transport": "Перевозчик вернул на маршрут второй автобус",
    }
)
_ANY_WORK = "Специалисты осмотрели место и приступили к работе"


def reply_of(row: QueueRow, profile: Profile, now: datetime) -> str:
    """Return the official reply to a demo risk at a moment: a refutation for what was refuted, else measures with a day."""
    place = row.settlement or profile.name
    day = day_words((now + timedelta(days=2)).astimezone(profile.timezone).date().isoformat())
    who = next((b.name.split(",")[0].lower() for b in profile.blocks if b.id == row.block), "единая дежурная служба")
    topic = TOPICS.get(row.topic or "", "обращение").lower()
    if row.veracity == "refuted":
        body = (
            f"Сообщения ({place}) не подтвердились. Дежурная служба опросила больницу и коммунальные организации: "
            f"происшествий нет. Повторную проверку проведём до {day} и расскажем о ней здесь. Отвечает {who}."
        )
    else:
        work = _WORK.get(row.topic or "", _ANY_WORK)
        body = f"Проверили сообщения ({place}, {topic}). {work}. Закончим до {day}, отвечает {who}. О результате напишем здесь."
    return f"Здравствуйте!\n\n{body}\n\n{signature_of(profile)}"

"""The 26 groups of topics of the federal classifier, with stable Latin codes."""

from __future__ import annotations

from types import MappingProxyType

# Names are facts of the «Классификатор» (26 groups, 359 topics); the codes are ours and never change.
TOPICS = MappingProxyType(
    {
        "roads": "Дороги",
        "transport": "Общественный транспорт",
        "housing": "ЖКХ",
        "energy": "Энергетика",
        "landscaping": "Благоустройство",
        "waste": "Обращение с отходами",
        "construction": "Строительство и архитектура",
        "property": "Имущественные и земельные отношения",
        "telecom": "Связь и телевидение",
        "ecology": "Экология",
        "education": "Образование",
        "health": "Здравоохранение",
        "welfare": "Социальное обслуживание и защита",
        "culture": "Культура",
        "sport": "Физическая культура и спорт",
        "youth": "Молодёжная политика",
        "interethnic": "Межнациональные отношения",
        "labour": "Труд и занятость",
        "economy": "Экономика и бизнес",
        "farming": "Сельское хозяйство и охота",
        "tourism": "Туризм",
        "safety": "Безопасность и правопорядок",
        "authorities": "Органы власти и подведомственные учреждения",
        "politics": "Внутренняя политика",
        "military": "Военная служба",
        "control-centre": "ЦУР",
    }
)


def topic_name(code: str) -> str:
    """Return the Russian name of a topic group; KeyError for an unknown code."""
    return TOPICS[code]

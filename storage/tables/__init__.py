"""All tables of the memory under one MetaData."""

from __future__ import annotations

from storage.tables.base import meta
from storage.tables.chatting import chat_message, contact, duty, escalation, press, silence
from storage.tables.near import post_key
from storage.tables.posts import grp, judgement, post, reach, revision
from storage.tables.prevention import (
    campaign,
    campaign_event,
    campaign_material,
    campaign_message,
    campaign_partner,
    campaign_task,
    decree,
    feed_key,
    page_figure,
    threat,
    weather_day,
    week_count,
)
from storage.tables.risks import numbering, outbox, risk, risk_event, risk_source
from storage.tables.sources import account, quarantine, run, source
from storage.tables.staff import journal, saved_filter, session, setting, sign_in_try, staff, voice_key
from storage.tables.words import words_ddl
from storage.tables.working import answer, assignment, deadline, fact, measure, publication, publication_check, watch

__all__ = [
    "account",
    "answer",
    "assignment",
    "campaign",
    "campaign_event",
    "campaign_material",
    "campaign_message",
    "campaign_partner",
    "campaign_task",
    "chat_message",
    "contact",
    "deadline",
    "decree",
    "duty",
    "escalation",
    "fact",
    "feed_key",
    "grp",
    "journal",
    "judgement",
    "measure",
    "meta",
    "numbering",
    "outbox",
    "page_figure",
    "post",
    "post_key",
    "press",
    "publication",
    "publication_check",
    "quarantine",
    "reach",
    "revision",
    "risk",
    "risk_event",
    "risk_source",
    "run",
    "saved_filter",
    "session",
    "setting",
    "sign_in_try",
    "silence",
    "source",
    "staff",
    "threat",
    "voice_key",
    "watch",
    "weather_day",
    "week_count",
    "words_ddl",
]

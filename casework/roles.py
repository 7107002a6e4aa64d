"""Who may do what: one table of acts and roles that a lawyer can read, checked on the server for every move."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from casework.errors import NotAllowed
from casework.work import MACHINE, Staff
from district.profile import ROLES

__all__ = ["BOUND_TO_BLOCK", "NO_BLOCK", "ROLES", "TABLE", "Act", "Role", "may", "require", "seen_blocks"]

NO_BLOCK = ""
"""The block of a risk that routing has not given to anybody."""


class Role(StrEnum):
    """Roles of the five regulations (S0-S4 section 3), under one set of names."""

    HEAD = "head"
    CURATOR = "curator"
    COORDINATOR = "coordinator"
    OFFICER = "officer"
    BLOCK_LEAD = "block_lead"
    EXECUTOR = "executor"
    TECHNICIAN = "technician"
    READER = "reader"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return ROLES[self]

    @property
    def duty(self) -> str:
        """One Russian sentence on what the role is for, shown where roles are given out."""
        return _DUTIES[self]


_DUTIES: Mapping[Role, str] = MappingProxyType(
    {
        Role.HEAD: "Отвечает за МЦУ: решает по любому риску, утверждает источники.",
        Role.CURATOR: "Надзирает: решает по любому риску, утверждает источники.",
        Role.COORDINATOR: "Раздаёт работу: берёт, проверяет, объединяет и разделяет риски, предлагает источники.",
        Role.OFFICER: "Смотрит очередь: берёт риски, проверяет, снимает, предлагает источники.",
        Role.BLOCK_LEAD: "Работает с рисками своего блока.",
        Role.EXECUTOR: "Проверяет факты по рискам своего блока.",
        Role.TECHNICIAN: "Ведёт учётные записи, источники и ключи; о рисках не судит.",
        Role.READER: "Только читает очередь и карточки.",
    }
)

BOUND_TO_BLOCK = frozenset({Role.BLOCK_LEAD, Role.EXECUTOR})
"""These roles see and touch only risks of their own blocks (staff.blocks)."""


class Act(StrEnum):
    """Everything that somebody may or may not do."""

    SEE_RISKS = "see_risks"
    TAKE = "take"
    VERIFY = "verify"
    DISMISS = "dismiss"
    REOPEN = "reopen"
    MERGE = "merge"
    SPLIT = "split"
    SET_LEVEL = "set_level"
    SET_ROUTE = "set_route"
    DECIDE_SUGGESTION = "decide_suggestion"
    STEP_IN = "step_in"
    ASSIGN = "assign"
    WRITE_ANSWER = "write_answer"
    APPROVE_ANSWER = "approve_answer"
    PUBLISH = "publish"
    WORK_OFF = "work_off"
    PAUSE_CLOCK = "pause_clock"
    EXPORT_HISTORY = "export_history"
    SILENCE = "silence"
    SET_DUTY = "set_duty"
    SEE_YEAR = "see_year"
    PLAN_CAMPAIGN = "plan_campaign"
    WORK_CAMPAIGN = "work_campaign"
    APPROVE_MATERIAL = "approve_material"
    SET_THREATS = "set_threats"
    SET_FACTS = "set_facts"
    SEE_SOURCES = "see_sources"
    SEE_QUARANTINE = "see_quarantine"
    PROPOSE_SOURCE = "propose_source"
    APPROVE_SOURCE = "approve_source"
    CHANGE_SOURCE = "change_source"
    SEE_ALERTS = "see_alerts"
    RESEND_ALERTS = "resend_alerts"
    MANAGE_ACCOUNTS = "manage_accounts"
    MANAGE_STAFF = "manage_staff"
    SEE_JOURNAL = "see_journal"

    @property
    def label(self) -> str:
        """Russian label shown to staff."""
        return _ACTS[self]


_ACTS: Mapping[Act, str] = MappingProxyType(
    {
        Act.SEE_RISKS: "смотреть очередь и карточки",
        Act.TAKE: "брать риски в работу",
        Act.VERIFY: "проверять риск",
        Act.DISMISS: "снимать риск",
        Act.REOPEN: "открывать риск вновь",
        Act.MERGE: "объединять риски",
        Act.SPLIT: "разделять риск",
        Act.SET_LEVEL: "менять уровень",
        Act.SET_ROUTE: "менять тему, место и блок",
        Act.DECIDE_SUGGESTION: "решать, копия ли это",
        Act.STEP_IN: "действовать с риском, взятым другим",
        Act.ASSIGN: "поручать и записывать меры",
        Act.WRITE_ANSWER: "готовить ответ",
        Act.APPROVE_ANSWER: "утверждать ответ",
        Act.PUBLISH: "вести реестр публикаций и отправлять «отработку»",
        Act.WORK_OFF: "закрывать риск отработкой",
        Act.PAUSE_CLOCK: "приостанавливать сроки",
        Act.EXPORT_HISTORY: "выгружать историю риска",
        Act.SILENCE: "приглушать тревоги",
        Act.SET_DUTY: "вести график дежурств",
        Act.SEE_YEAR: "смотреть год: угрозы, кампании, итоги",
        Act.PLAN_CAMPAIGN: "планировать и вести кампании",
        Act.WORK_CAMPAIGN: "выполнять задачи кампаний и писать их тексты",
        Act.APPROVE_MATERIAL: "утверждать тексты и материалы кампаний",
        Act.SET_THREATS: "вести реестр угроз",
        Act.SET_FACTS: "вносить погоду, документы и показатели страниц",
        Act.SEE_SOURCES: "смотреть источники",
        Act.SEE_QUARANTINE: "смотреть отклонённые записи источника",
        Act.PROPOSE_SOURCE: "предлагать источник",
        Act.APPROVE_SOURCE: "утверждать источник",
        Act.CHANGE_SOURCE: "приостанавливать, возобновлять и убирать источники",
        Act.SEE_ALERTS: "смотреть отправку тревог",
        Act.RESEND_ALERTS: "отправлять отложенные тревоги",
        Act.MANAGE_ACCOUNTS: "вести учётные записи площадок и ключи",
        Act.MANAGE_STAFF: "вести учётные записи сотрудников",
        Act.SEE_JOURNAL: "смотреть журнал",
    }
)

_H, _C, _K, _O, _B, _E, _T, _R = Role
_JUDGES = frozenset({_H, _C, _K, _O})
"""Who answers for the whole district: head, curator, coordinator, officer."""

# fmt: off
TABLE: Mapping[Act, frozenset[Role]] = MappingProxyType({
    Act.SEE_RISKS:         _JUDGES | {_B, _E, _R},
    Act.TAKE:              _JUDGES | {_B, _E},
    Act.VERIFY:            _JUDGES | {_B, _E},
    Act.DISMISS:           _JUDGES | {_B},
    Act.REOPEN:            _JUDGES | {_B},
    Act.MERGE:             _JUDGES,
    Act.SPLIT:             _JUDGES,
    Act.SET_LEVEL:         _JUDGES | {_B},
    Act.SET_ROUTE:         _JUDGES | {_B},
    Act.DECIDE_SUGGESTION: _JUDGES,
    Act.STEP_IN:           frozenset({_H, _C, _K}),
    Act.ASSIGN:            _JUDGES | {_B},
    Act.WRITE_ANSWER:      _JUDGES | {_B, _E},
    Act.APPROVE_ANSWER:    frozenset({_H, _C, _K, _B}),
    Act.PUBLISH:           _JUDGES | {_B, _E},
    Act.WORK_OFF:          _JUDGES | {_B},
    Act.PAUSE_CLOCK:       frozenset({_H, _C, _K}),
    Act.EXPORT_HISTORY:    _JUDGES | {_B, _R},
    Act.SILENCE:           _JUDGES,
    Act.SET_DUTY:          frozenset({_H, _C, _K, _T}),
    Act.SEE_YEAR:          _JUDGES | {_B, _E, _R},
    Act.PLAN_CAMPAIGN:     _JUDGES | {_B},
    Act.WORK_CAMPAIGN:     _JUDGES | {_B, _E},
    Act.APPROVE_MATERIAL:  frozenset({_H, _C, _K, _B}),
    Act.SET_THREATS:       frozenset({_H, _C, _K}),
    Act.SET_FACTS:         _JUDGES,
    Act.SEE_SOURCES:       _JUDGES | {_T, _R},
    Act.SEE_QUARANTINE:    _JUDGES | {_T},
    Act.PROPOSE_SOURCE:    _JUDGES | {_T},
    Act.APPROVE_SOURCE:    frozenset({_H, _C}),
    Act.CHANGE_SOURCE:     _JUDGES | {_T},
    Act.SEE_ALERTS:        _JUDGES | {_T},
    Act.RESEND_ALERTS:     _JUDGES | {_T},
    Act.MANAGE_ACCOUNTS:   frozenset({_T}),
    Act.MANAGE_STAFF:      frozenset({_T}),
    Act.SEE_JOURNAL:       frozenset({_H, _C, _T}),
})
# fmt: on


def may(staff: Staff, act: Act, block: str | None = None) -> bool:
    """Return whether this person may do this.

    `block` is the sector block of the risk at hand (NO_BLOCK when it has none); None asks whether it is possible at all,
    e.g. for showing a menu. The machine may everything: it acts only through rules.
    """
    if staff == MACHINE:
        return True
    granting = TABLE[act] & _known(staff)
    if granting - BOUND_TO_BLOCK:
        return True
    return bool(granting) and (block is None or block in staff.blocks)


def require(staff: Staff, act: Act, block: str | None = None) -> None:
    """Raise NotAllowed unless `may`."""
    if may(staff, act, block):
        return
    roles = tuple(role.label for role in Role if role in _known(staff))
    # The act itself is theirs: then it is the block that stands in the way.
    where = (block or "без блока") if may(staff, act) else None
    raise NotAllowed(act.label, staff.name_shown or staff.login, roles, where)


def seen_blocks(staff: Staff) -> tuple[str, ...] | None:
    """Return the only blocks whose risks this person may see; None for all, () for none."""
    return blocks_for(staff, Act.SEE_RISKS)


def blocks_for(staff: Staff, act: Act) -> tuple[str, ...] | None:
    """Return the only blocks in whose risks this person may do this; None for all, () for none."""
    if staff == MACHINE:
        return None
    granting = TABLE[act] & _known(staff)
    if granting - BOUND_TO_BLOCK:
        return None
    return staff.blocks if granting else ()


def _known(staff: Staff) -> frozenset[Role]:
    """A role that no longer exists gives no rights."""
    return frozenset(Role(role) for role in staff.roles if role in ROLES)

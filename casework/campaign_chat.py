"""The plan of a campaign goes to the alert chats in the fixed form of the Порядок (S4, п. 3); nothing personal in it."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from casework.campaign_moves import TOLD, begin, finish, load, refuse_over
from casework.campaign_texts import channel_name
from casework.campaign_threats import find_threat
from casework.errors import BadMove
from casework.roles import Act
from casework.telling import tell_text
from casework.work import Work
from district.profile import AlertChat, Profile
from district.topics import TOPICS
from reports.alert import chats_for
from reports.campaign import CampaignFacts, TaskLine, campaign_message
from storage.engine import Tx
from storage.find.campaign_parts import last_event_of
from storage.find.campaigns import CampaignRow, PartnerRow, TaskRow, messages_of, partners_of, tasks_of

LEVEL = 2
"""Words about campaigns keep the hours of the second level: they can wait for the morning, and nobody is woken [P]."""
_HIGHER = (LEVEL, 3, 4)
KIND = "campaign"
"""How the outbox calls a plan."""


def tell_plan(work: Work, campaign_id: int, version: int) -> int:
    """Send the topic and its plan to the alert chats; return the campaign's new version.

    The same plan is sent once; a changed one says that it replaces the earlier message. Raises BadMove when the plan is
    there already, the campaign is over or no chat is told of anything, and StaleCampaign, NotAllowed.
    """
    threat_name, why = _threat(work, campaign_id)
    with work.store.write() as tx:
        row = begin(tx, work, campaign_id, version, Act.PLAN_CAMPAIGN)
        refuse_over(row)
        facts = plan_facts(tx, work.profile, row, threat_name, why)
        mark = blake2b(campaign_message(facts).encode(), digest_size=8).hexdigest()
        last = last_event_of(tx, row.id, (TOLD,))
        if last is not None and last.detail.get("mark") == mark:
            raise BadMove("Этот план уже в чате и с тех пор не менялся. Отправьте снова, когда что-то изменится.")
        chats = [chat.id for chat in told_chats(work.profile)]
        if not chats:
            raise BadMove("Ни одному чату округа не сообщают о рисках: укажите чат в профиле, в разделе [[chats]].")
        text = campaign_message(replace(facts, changed=last is not None))
        key = f"{KIND}:{row.id}:{row.version}"
        tell_text(tx, work, key, text, risk_id=None, level=LEVEL, kind=KIND, chats=chats)
        return finish(tx, work, row, TOLD, {"told_at": work.now}, detail={"mark": mark, "chats": chats})


def plan_text(work: Work, row: CampaignRow) -> str:
    """Return the message as it would be sent now, for showing before it is sent."""
    threat_name, why = _threat(work, row.id)
    with work.store.read() as tx:
        return campaign_message(plan_facts(tx, work.profile, row, threat_name, why))


def told_chats(profile: Profile) -> tuple[AlertChat, ...]:
    """Return the chats that are told of campaigns: those of the second level, where there is none of the next."""
    return next((chats for level in _HIGHER if (chats := chats_for(profile, level))), ())


def plan_facts(tx: Tx, profile: Profile, row: CampaignRow, threat: str, why: tuple[str, ...]) -> CampaignFacts:
    """Return what the message of a plan says, as labels; `threat` is its name and `why` what it is founded on."""
    texts = [one for one in messages_of(tx, row.id) if one.state != "withdrawn"]
    partners = [one for one in partners_of(tx, row.id) if one.ended_at is None]
    places = {t.id: t.name for t in profile.territories}
    tasks = [task for task in tasks_of(tx, row.id) if task.state != "cancelled"]
    return CampaignFacts(
        title=row.title,
        goal=row.goal,
        topics=tuple(TOPICS.get(topic, topic) for topic in row.topics),
        threat=threat,
        why=why,
        places=tuple(places.get(i, i) for i in row.territories),
        prepare_from=row.prepare_from,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        audiences=row.audiences,
        channels=tuple(channel_name(profile, channel) for channel in row.channels),
        whose=whose_campaign(profile, row.block),
        tasks=tuple(TaskLine(task.what, task.due_on, whose_task(profile, task)) for task in tasks),
        texts=len(texts),
        texts_ready=sum(one.state in ("approved", "published") for one in texts),
        agreed=tuple(dict.fromkeys(_named(p) for p in partners if p.agreed_on is not None)),
        asked=tuple(p.name for p in partners if p.agreed_on is None),
        inform_only=row.inform_only,
    )


def _named(partner: PartnerRow) -> str:
    """An opinion leader is a person: the chat is told that there is one, not who."""
    return "лидер мнений" if partner.kind == "leader" else partner.name


def whose_campaign(profile: Profile, block: str | None) -> str:
    """Return who answers, as a block with its leading post; the centre itself without a block. Never a person's name."""
    found = next((b for b in profile.blocks if b.id == block), None)
    if found is None:
        return "МЦУ"
    post = next((o.post for o in profile.officials if o.id == found.lead), "")
    return f"блок «{found.name}»" + (f", {post}" if post else "")


def whose_task(profile: Profile, task: TaskRow) -> str:
    """Return whose a task is: a partner, a block, else who answers for the campaign. Never a person's name."""
    block = next((b.name for b in profile.blocks if b.id == (task.block or "")), "")
    named = " и ".join(part for part in (task.partner, f"блок «{block}»" if block else "") if part)
    return named or ("ответственный за кампанию" if task.owner_staff else whose_campaign(profile, task.campaign_block))


def _threat(work: Work, campaign_id: int) -> tuple[str, tuple[str, ...]]:
    """The register is read before the transaction of the telling begins."""
    with work.store.read() as tx:
        row = load(tx, campaign_id)
    found = find_threat(work, row.threat_id) if row.threat_id else None
    return ("", ()) if found is None else (found.name, tuple(e.words for e in found.evidence))

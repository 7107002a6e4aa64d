"""What the forms of campaigns offer to choose from: people, blocks, topics, territories, channels, kinds of partners."""

from __future__ import annotations

from typing import Any

from casework.campaign_partners import KINDS
from desk.visit import Visit
from district.topics import TOPICS
from storage.find.campaigns import CampaignRow
from storage.find.staff import staff_list


def choices_of(visit: Visit, row: CampaignRow | None = None) -> dict[str, Any]:
    """Return the choices; what a campaign already has stands among them though the profile has dropped it."""
    profile = visit.desk.profile
    with visit.desk.store.read() as tx:
        people = [(p.id, p.name_shown) for p in staff_list(tx) if p.active]
    if row and row.owner_staff and row.owner_staff not in {number for number, _ in people}:
        people.append((row.owner_staff, f"{row.owner_name or row.owner_staff} (не работает)"))
    official = [(s.id, s.name) for s in profile.sources if s.official]
    own = [(name, name) for name in (row.channels if row else ()) if name not in {code for code, _ in official}]
    names = {s.id: s.name for s in profile.sources}
    return {
        "people": people, "blocks": [(b.id, b.name) for b in profile.blocks],
        "topics_all": sorted(TOPICS.items(), key=lambda pair: pair[1]),
        "territories_all": [(t.id, t.name) for t in profile.territories],
        "channels_all": official + [(code, names.get(code, name)) for code, name in own],
        "partner_kinds": list(KINDS.items()),
    }  # fmt: skip

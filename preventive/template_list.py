"""All shipped templates, and which of them a threat is met with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from district.seasons import Threat
from preventive.template_general import GENERAL_PLAN
from preventive.template_people import PEOPLE
from preventive.template_spring import SPRING
from preventive.template_utility import UTILITY
from preventive.template_warm import WARM
from preventive.template_wild import WILD
from preventive.template_winter import WINTER
from preventive.templates import GENERAL, CampaignTemplate

_ALL = (GENERAL_PLAN, *WINTER, *SPRING, *WARM, *PEOPLE, *UTILITY, *WILD)
TEMPLATES: Mapping[str, CampaignTemplate] = MappingProxyType({plan.id: plan for plan in _ALL})
"""Template by id."""
MOST_GROUPS = 3


def plan_of(threat: Threat) -> CampaignTemplate:
    """Return the template of a threat: the one it names, else the one of its own id, else the general one.

    The general one takes the threat's name and its audience. A template that does not exist is the general one too: a
    campaign with plain texts is better than none.
    """
    found = TEMPLATES.get(threat.template) or TEMPLATES.get(threat.id)
    if found is not None and found.id != GENERAL:
        return found
    return _for_threat(TEMPLATES[GENERAL], threat)


def _for_threat(plan: CampaignTemplate, threat: Threat) -> CampaignTemplate:
    groups = threat.audience[:MOST_GROUPS] or ("жители",)
    texts = tuple(replace(one, audience=groups[min(at, len(groups) - 1)]) for at, one in enumerate(plan.messages))
    return replace(plan, title=threat.name, messages=texts)

"""One form of a campaign becomes one command of casework; a refused one is shown again with what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from starlette.responses import Response

from casework.campaign_errors import OverBudget, StaleCampaign, UnknownCampaign
from casework.errors import CaseworkError, NotAllowed
from desk.campaign_card import CampaignTrouble, campaign_page, find_campaign
from desk.forms import FormError
from desk.visit import Visit


def carry(visit: Visit, campaign_id: int, form: str, do: Callable[[], object], told: str, then: str = "") -> Response:
    """Do a command and go back to the card; when it is refused, show the card with the form as it was typed.

    `form` is the name of the form, `then` the part of the card to go to, `told` the sentence for the next page. A
    campaign that is not there or not this person's is told as its own page.
    """
    find_campaign(visit, campaign_id)
    try:
        do()
    except (NotAllowed, UnknownCampaign):
        raise
    except StaleCampaign as e:
        return campaign_page(visit, campaign_id, CampaignTrouble(form, str(e), 409, visit.fields, _shown(visit)))
    except (FormError, CaseworkError) as e:
        over = isinstance(e, OverBudget)
        return campaign_page(visit, campaign_id, CampaignTrouble(form, str(e), 422, visit.fields, over_budget=over))
    return visit.go(f"/campaigns/{campaign_id}{then}", told)


def _shown(visit: Visit) -> datetime | None:
    try:
        moment = datetime.fromisoformat(visit.fields.text("shown"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None

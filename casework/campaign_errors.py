"""What can go wrong with a campaign, in words for the person who works on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from casework.errors import BadMove, StaleRisk, UnknownSubject


class UnknownCampaign(UnknownSubject):
    """Такой кампании нет."""

    def __init__(self, campaign_id: int) -> None:
        super().__init__(f"Кампании № {campaign_id} нет. Обновите список кампаний.")


class StaleCampaign(StaleRisk):
    """Кампанию изменили, пока страница была открыта; введённое не потеряно."""

    def __init__(self, title: str, *, by: str, what: str, at: datetime, version: int, now_version: int) -> None:
        """`title` names the campaign or its text, `by` who changed it, `what` the last change in Russian, `at` in UTC."""
        super().__init__(title, by=by, what=what, at=at, version=version, now_version=now_version)
        self.args = (
            f"«{title[:80]}» уже изменили: {by}, {what}. Ваше действие не выполнено и ничего не затёрто: "
            "посмотрите, что стоит сейчас, и повторите.",
        )


class NotReady(BadMove):
    """Для этого шага кампании чего-то не хватает."""

    def __init__(self, step: str, missing: Sequence[str]) -> None:
        """`step` is the Russian name of the state; `missing` are Russian half-sentences, each with its mend."""
        self.missing = tuple(missing)
        super().__init__(f"Кампания ещё не может стать «{step}»: {'; '.join(self.missing)}.")


class OverBudget(BadMove):
    """Бюджет внимания канала на этой неделе исчерпан."""

    def __init__(self, told: Sequence[str]) -> None:
        """`told` are Russian sentences, one for each channel and week."""
        self.told = tuple(told)
        super().__init__(
            f"{' '.join(self.told)} Лишние публикации перестают читать: выберите другой день или укажите причину."
        )


class AlreadyPlanned(BadMove):
    """Кампания на этот случай уже есть."""

    def __init__(self, campaign_id: int, title: str, state: str) -> None:
        """`state` is the Russian label of where that campaign is."""
        self.campaign_id = campaign_id
        super().__init__(
            f"На эти дни такая кампания уже есть: № {campaign_id} «{title[:80]}» ({state}). Откройте её, второй не нужно."
        )

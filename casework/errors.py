"""What can go wrong with the work, in words for the person who asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class CaseworkError(Exception):
    """Действие не выполнено."""


class NotAllowed(CaseworkError):
    """Роль не позволяет это действие."""

    def __init__(self, act: str, who: str, roles: Sequence[str], block: str | None = None) -> None:
        """`act` and `roles` are Russian labels; `block` is set when only the block stands in the way."""
        self.act, self.block = act, block
        said = ", ".join(roles) or "без роли"
        where = f" в блоке «{block}»" if block else ""
        super().__init__(f"Действие «{act}»{where} недоступно: {who} — {said}. Права выдаёт технический специалист.")


class UnknownRisk(CaseworkError):
    """Такого риска нет."""

    def __init__(self, risk_id: int) -> None:
        super().__init__(f"Риска с номером записи {risk_id} нет. Обновите очередь.")


class StaleRisk(CaseworkError):
    """Риск изменили, пока карточка была открыта; введённое не потеряно."""

    def __init__(self, number: str, *, by: str, what: str, at: datetime, version: int, now_version: int) -> None:
        """`by` is the login of who changed it or «машина», `what` the last event's Russian label, `at` its moment in UTC."""
        self.number, self.by, self.what, self.at = number, by, what, at
        self.version, self.now_version = version, now_version
        super().__init__(
            f"Риск {number} уже изменён: {by}, {what}. Ваше действие не выполнено и ничего не затёрто: "
            "посмотрите свежую карточку и повторите."
        )


class StaleAnswer(StaleRisk):
    """Ответ изменили, пока он был открыт; введённое не потеряно."""

    def __init__(self, number: str, *, by: str, state: str, at: datetime, version: int, now: int) -> None:
        """`number` is the risk's; `by` is the login of who changed the answer, `state` where it is now."""
        super().__init__(number, by=by, what=_ANSWER_STATES.get(state, state), at=at, version=version, now_version=now)
        self.args = (
            f"Ответ уже изменён: {by}, {self.what}. Ваше действие не выполнено и ничего не затёрто: "
            "сравните с тем, что стоит сейчас, и повторите.",
        )


_ANSWER_STATES = {
    "draft": "черновик переписан",
    "waiting": "отправлен на утверждение",
    "approved": "утверждён",
    "returned": "возвращён на доработку",
    "withdrawn": "отозван",
}


@dataclass(frozen=True, slots=True)
class TakenRisk:
    """A risk that somebody else holds."""

    risk_id: int
    number: str
    by: str
    """Login of the holder."""
    until: datetime


class TakenByOther(CaseworkError):
    """Риск уже взял в работу другой сотрудник."""

    def __init__(self, taken: Sequence[TakenRisk]) -> None:
        self.taken = tuple(taken)
        names = ", ".join(f"{t.number} — {t.by}" for t in taken)
        super().__init__(f"Уже в работе у другого: {names}. Возьмите остальные или дождитесь, пока освободят.")


class ReasonNeeded(CaseworkError):
    """Нужна причина."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Укажите: {what}. Без этого запись в истории ничего не объяснит.")


class BadMove(CaseworkError):
    """Так сделать нельзя."""


class StaleThreat(CaseworkError):
    """Угрозу изменили, пока форма была открыта; введённое не потеряно."""

    def __init__(self, name: str, *, by: str, what: str, why: str) -> None:
        """`by` is who was faster, `what` a Russian participle («изменена», «выключена»), `why` the reason they gave."""
        self.by = by
        super().__init__(
            f"Угроза «{name}» уже {what}: {by}, «{why}». Ваше действие не выполнено и ничего не затёрто: "
            "сравните с тем, что стоит сейчас, и повторите."
        )


class UnknownSubject(CaseworkError):
    """Запись не найдена."""


class AddressRefused(CaseworkError):
    """Такой адрес не может быть источником."""

    def __init__(self, address: str, why: str, mend: str) -> None:
        """`why` and `mend` are Russian half-sentences."""
        self.address, self.why, self.mend = address, why, mend
        super().__init__(f"Адрес «{address[:200]}» не годится: {why}. {mend}")


class DuplicateSource(CaseworkError):
    """Такой источник уже есть."""

    def __init__(self, address: str, source_id: str, name: str, state: str) -> None:
        self.source_id = source_id
        super().__init__(
            f"Адрес «{address}» уже в списке: источник «{name}» ({source_id}, {state}). Измените его вместо добавления."
        )


class NotApproved(CaseworkError):
    """Источник не утверждён."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Источник «{name}» не утверждён: читать его можно только после утверждения руководителем или куратором МЦУ."
        )


class WeakPassword(CaseworkError):
    """Пароль не подходит."""


class SignInRefused(CaseworkError):
    """Вход не выполнен."""

    def __init__(self) -> None:
        super().__init__(
            "Логин или пароль не подходит. Проверьте раскладку и регистр; забытый пароль сбрасывает технический специалист."
        )


class TooManyTries(CaseworkError):
    """Слишком много попыток входа."""

    def __init__(self, until: datetime, minutes: int) -> None:
        """`until` is when the next try is taken (UTC); `minutes` is how long that is, rounded up."""
        self.until = until
        super().__init__(f"Слишком много неудачных попыток входа. Попробуйте через {minutes} мин.")

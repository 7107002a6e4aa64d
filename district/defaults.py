"""What a profile means when it is silent: levels and terms of DOMAIN 1-2, marked there as proposals [P] or norms [R]."""

from __future__ import annotations

from datetime import timedelta
from types import MappingProxyType

from district.profile import DeadlineRule, LevelRule

_H = timedelta(hours=1)

# Key of [levels.<key>] -> the rule. First line and quiet window: the [P] table and «Closing [P]» of DOMAIN 1
# (24 h / 9 h / 4 h / 1 h and 24/24/48/72 h). Points are the scale of risk/score.py; verification is given half of the
# time of the first line, so that there is something to say when it is due. If these change, docs/howto/profile.md does.
# «Проверяем» is due in a quarter of the first line; updates daily at level 3, every 4 h at level 4; the final answer in 7 working
# days (DOMAIN 1). Nobody took it: 8 h, 2 h, 30 min, 10 min [P]. A second person approves answers of levels 3 and 4 [P].
# The chats hear of an untaken risk again every 2 h at level 3, every 30 min at level 4 [P].
LEVELS = MappingProxyType(
    {
        "gray": LevelRule(1, "низкий", 10, 24 * _H, 12 * _H, 24 * _H, holding_in=6 * _H, take_in=8 * _H),
        "yellow": LevelRule(
            2, "средний", 30, 9 * _H, 4 * _H, 24 * _H, first_line_working=True, holding_in=2 * _H, take_in=2 * _H,
        ),
        "orange": LevelRule(
            3, "высокий", 55, 4 * _H, 2 * _H, 48 * _H, holding_in=_H, next_update=24 * _H, second_approval=True, take_in=_H / 2,
            repeat_every=2 * _H,
        ),
        "red": LevelRule(
            4, "критический", 80, _H, _H / 2, 72 * _H, holding_in=_H / 4, next_update=4 * _H, second_approval=True, take_in=_H / 6,
            repeat_every=_H / 2,
        ),
    }
)  # fmt: skip

# ПОС: the term of 30 days and the fast track of the sample row received 06.01, planned 16.01 (DOMAIN 2, [R CON1, POS2]).
# «Инцидент»: 9 working hours, 4 for the topics named in `fast_topics` (DOMAIN 1, [R SEV1, SEV2]).
# СМ ЛС, Сахалин.Онлайн, official pages: no term was found, 24 hours [P]. Letters: 59-ФЗ, 30 days [K].
DEADLINES = MappingProxyType(
    {
        "pos": DeadlineRule("pos", "30 days", "10 days"),
        "incident": DeadlineRule("incident", "9 working hours", "4 working hours"),
        "sm-ls": DeadlineRule("sm-ls", "24 hours"),
        "sakhalin-online": DeadlineRule("sakhalin-online", "24 hours"),
        "official": DeadlineRule("official", "24 hours"),
        "letters": DeadlineRule("letters", "30 days"),
    }
)


def deadline_of(channel: str) -> DeadlineRule:
    """Return the term of a channel that the profile does not set; an unknown channel gets 24 hours [P]."""
    return DEADLINES.get(channel) or DeadlineRule(channel, "24 hours")

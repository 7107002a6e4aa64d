"""Words of agitation in texts that may only inform: calls to vote for or against, praise of a candidate or a party.

Elections are informed of, never agitated for (DOMAIN 3, the threat's `inform_only`). The table is ours [P]: it looks for
the plain calls that the law on the rights of voters names agitation; when and where to vote is information.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """A place of a text that reads as agitation."""

    start: int
    end: int
    words: str
    """The words themselves."""


_VOTE = r"(?:про)?голосу(?:й|йте|ем|ешь|ете)"
_WHOM = r"(?:кандидат\w*|парти[юяие]\w*|команд\w+|списо?к\w*|депутат\w*|главу|мэра|губернатора|президента)"
_OUR = r"(?:наш\w*|нужн\w+|достойн\w+|лучш\w+|сильн\w+|честн\w+|единственн\w+|опытн\w+|настоящ\w+)"
_CALLS = re.compile(
    r"(?<!\w)(?:"
    + "|".join(
        (
            rf"не\s+{_VOTE}",
            rf"{_VOTE}\s+(?:на\s+выборах\s+)?(?:за|против)(?!\w)",
            rf"{_VOTE}\s+(?:правильно|с\s+умом|сердцем)",
            r"отда(?:й|йте|дим|ть|вайте)\s+(?:(?:свой|свои|ваш|ваши)\s+)?голос\w*\s+(?:за|против)(?!\w)",
            r"(?:ваш|твой|наш|мой)\s+голос\s*(?:—|-|–)?\s*за(?!\w)",
            rf"поддерж(?:ите|и|им|ивайте|ать|иваем)\s+(?:{_OUR}\s+)?{_WHOM}",
            rf"выб(?:ирай|ирайте|ерите|ери|ерем|ерём|ираем)\s+(?:{_OUR}\s+)?{_WHOM}",
            rf"(?:за|против)\s+{_OUR}\s+{_WHOM}",
            rf"{_OUR}\s+(?:кандидат\w*|парти[яию]\w*)",
            r"кандидат\w*\s+от\s+(?:власти|народа)",
            r"(?:наша|эта)\s+партия\s+(?:сделала|построила|победит|поможет|заботится)",
            r"не\s+(?:ходи|ходите|приходи|приходите|идите)\s+(?:на\s+(?:выборы|участ\w+)|голосовать)",
            r"бойкот\w*\s+выбор\w*",
            r"(?:победит|победим|победа)\s+(?:нашего|нашей|наша)\s+\w+",
            r"вернём\s+власть|сменим\s+власть|сохраним\s+власть",
        )
    )
    + r")",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<!\w)[Кк]андидат(?:а|у|ом|е|ы|ов|ам|ами|ах)?\s+[А-ЯЁ][а-яё]+(?:\s+[А-ЯЁ][а-яё.]+)*")


def agitation_in(text: str) -> tuple[Call, ...]:
    """Return the calls of a text in order; empty when it only informs. Any string is a text."""
    return tuple(Call(*hit.span(), hit.group()) for hit in _CALLS.finditer(text))


def named_candidates(text: str) -> tuple[Call, ...]:
    """Return the places where a candidate is named: equal mention of all belongs to the commissions, not to us [P]."""
    return tuple(Call(*hit.span(), hit.group()) for hit in _NAMED.finditer(text))

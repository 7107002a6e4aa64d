"""Pages out of templates: one environment, autoescaped, with the same words and numbers everywhere."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from desk import wording
from desk.keys import KEYS
from district.profile import Profile
from reports.wording import count

HERE = Path(__file__).parent
STATIC = HERE / "static"


def noun(value: int, one: str, few: str, many: str) -> str:
    """Return the noun alone in the form that fits a number."""
    return count(value, one, few, many).rsplit(" ", 1)[-1]


class Pages:
    """Makes pages of one district's desk; built once per process."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        # Addresses carry the file's fingerprint: browsers keep a file for a year and yet see a new one at once.
        marks = {p.name: blake2b(p.read_bytes(), digest_size=6).hexdigest() for p in sorted(STATIC.iterdir())}
        self.env = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.env.globals.update(
            profile=profile,
            keys=KEYS,
            count=count,
            noun=noun,
            number=wording.number,
            short=wording.short,
            times=wording.times,
            every=wording.every,
            level_names={0: "не риск"} | {rule.level: rule.name for rule in profile.levels},
            static=lambda name: f"/static/{name}?v={marks[name]}",
        )

    def render(self, template: str, status: int = 200, **context: Any) -> HTMLResponse:
        """Return a page; `hours`, `me`, `menu`, `csrf`, `said` and `keys_on` must be among the context."""
        return HTMLResponse(self.env.get_template(template).render(context), status_code=status)

"""Numbers of the weather as staff read and type them: signs, commas, and a dash for what is unknown."""

from __future__ import annotations


def degrees(value: float | None) -> str:
    """Return a temperature as «−3,2», «0», «+5»; «—» when it is unknown."""
    if value is None:
        return "—"
    shown = f"{value:+.1f}".replace(".", ",").removesuffix(",0").replace("-", "−")
    return "0" if shown in ("+0", "−0") else shown


def plain(value: float | None) -> str:
    """Return a number for a field of a form, with a comma; "" when it is unknown."""
    return "" if value is None else f"{value:g}".replace(".", ",").replace("-", "−")

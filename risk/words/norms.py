"""Norms: how long a utility or a service may be missing (DOMAIN 3); facts usable in scoring and in replies."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Norm:
    """Hours of a permitted break; several steps, from the usual one to the longest that any rule forgives."""

    steps: tuple[tuple[float, str], ...]
    """Hours and whose norm it is, rising."""

    def broken(self, hours: float | None) -> tuple[float, str] | None:
        """Return the highest step that the hours exceed, or None; hours exactly at the norm do not exceed it."""
        passed = [step for step in self.steps if hours is not None and hours > step[0]]
        return passed[-1] if passed else None


NORMS = {
    # Heating: not more than 16 h at once when rooms are at +12 °C or more, 24 h in all within a month [R NAV].
    "heating": Norm(
        ((16, "перерыв отопления не больше 16 ч подряд"), (24, "перерыв отопления не больше 24 ч за месяц"))
    ),
    # Water: 4 h at once, 8 h a month, 24 h after an accident on a dead-end main [R ASH, STJ].
    "water": Norm(
        (
            (4, "перерыв подачи воды не больше 4 ч подряд"),
            (8, "перерыв подачи воды не больше 8 ч за месяц"),
            (23.9, "24 ч даже при аварии на тупиковой магистрали"),
        )
    ),
    "hot_water": Norm(
        (
            (4, "перерыв подачи воды не больше 4 ч подряд"),
            (8, "перерыв подачи воды не больше 8 ч за месяц"),
            (23.9, "24 ч даже при аварии на тупиковой магистрали"),
        )
    ),
    # Power: 2 h with two feeds, 24 h with one [R NAV]; villages have one.
    "power": Norm(((23.9, "перерыв электричества не больше 24 ч при одном источнике"),)),
    # Snow after snowfall: 6 h on roads III-IV, 12 h on V [R KAR]. People seldom know the category: the longer one.
    "snow": Norm(((12, "снег с дороги убирают за 6–12 ч после снегопада"),)),
    # Slipperiness: 5/6/12 h on III/IV/V [R KAR].
    "ice": Norm(((12, "скользкость на дороге устраняют за 5–12 ч"),)),
    # Waste: daily at +5 °C and above, once in three days at +4 °C and below [R SPZ]; the season is unknown: the longer.
    "waste": Norm(((72, "мусор вывозят не реже раза в трое суток в холод и каждый день в тепло"),)),
    # Bulky waste: 7-10 days [R SPZ].
    "bulky": Norm(((240, "крупный мусор вывозят не реже раза в 10 дней"),)),
}

"""Counts that scatter more than pure chance: quantiles and likelihood of the gamma-Poisson law, by plain summation.

A count with mean m and spread v has the variance m + m²·v: v = 0 is Poisson's law, v = 0.25 is a level that itself goes up
and down by half (the negative binomial law with r = 1/v). Compared with scipy.stats.nbinom in the tests.
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

LEAST_SPREAD = 1e-4
"""Below this the law is Poisson's for any count that a district can have."""
MOST = 200_000
"""No week of a district has more messages: the summation ends here."""


def interval(mean: float, spread: float, share: float) -> tuple[int, int]:
    """Return (low, high) of the middle `share`, as near to it as whole numbers go; the mean is always inside.

    A bound counts with half of its own chance (the mid-P convention): otherwise of small means far more than `share`
    would be inside. ValueError for a negative mean or a share outside 0..1.
    """
    if mean < 0 or not 0 < share < 1:
        raise ValueError(f"Среднее {mean} и доля {share}: среднее не бывает меньше нуля, доля — между 0 и 1.")
    tail, low, high, before = (1 - share) / 2, -1, 0, 0.0
    for number, below in enumerate(_sums(mean, max(spread, LEAST_SPREAD))):
        middle = (before + below) / 2
        if low < 0 and middle > tail:
            low = number
        if middle < 1 - tail:
            high = number
        before = below
    return min(max(low, 0), int(mean)), max(high, -int(-mean // 1))


def chance_below(number: int, mean: float, spread: float) -> float:
    """Return the chance of fewer than `number`."""
    if number <= 0:
        return 0.0
    for at, below in enumerate(_sums(mean, max(spread, LEAST_SPREAD))):
        if at == number - 1:
            return min(below, 1.0)
    return 1.0


def _sums(mean: float, spread: float) -> list[float]:
    """Return the chances of 0, of at most 1, of at most 2 … up to all but a millionth."""
    r = 1 / spread
    share = log(mean / (r + mean)) if mean > 0 else float("-inf")
    term = r * log(r / (r + mean))
    whole, sums, number = 0.0, list[float](), 0
    while whole < 1 - 1e-6 and number < MOST:
        whole += exp(term)
        sums.append(whole)
        term += log((r + number) / (number + 1)) + share
        number += 1
        if share == float("-inf"):
            break
    return sums


def likelihood(counts: Whole, means: Floats, spread: float) -> Floats:
    """Return the logarithm of the chance of each count under its mean; means above zero."""
    r = 1 / max(spread, LEAST_SPREAD)
    most = int(counts.max(initial=0))
    rises, factorials = _rises(r, most), _factorials(most)
    told: Floats = (
        rises[counts] - factorials[counts] + r * np.log(r / (r + means)) + counts * np.log(means / (r + means))
    )
    return told


def _rises(r: float, most: int) -> Floats:
    """Return log of r·(r+1)·…·(r+k-1) for k = 0 … most."""
    return np.concatenate(([0.0], np.cumsum(np.log(r + np.arange(most)))))


@lru_cache(maxsize=8)
def _factorials(most: int) -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.log(1.0 + np.arange(most)))))

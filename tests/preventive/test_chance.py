"""The law of counts: quantiles and likelihood against another library, bounds that hold what they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from preventive.chance import LEAST_SPREAD, chance_below, interval, likelihood

means = st.floats(0, 3000, allow_nan=False)
spreads = st.floats(0, 3, allow_nan=False)


@pytest.mark.parametrize("mean", [0.05, 0.7, 3.0, 19.4, 240.0])
@pytest.mark.parametrize("spread", [0.001, 0.05, 0.3, 2.0])
def test_the_law_is_the_negative_binomial_one(mean: float, spread: float) -> None:
    """Chances and likelihood agree with scipy's negative binomial to nine digits."""
    stats = pytest.importorskip("scipy.stats", reason="scipy стоит только в окружении для измерений")
    law = stats.nbinom(1 / spread, 1 / (1 + mean * spread))
    counts = np.array([0, 1, int(mean), int(3 * mean) + 2])

    assert [chance_below(int(n), mean, spread) for n in counts] == pytest.approx(law.cdf(counts - 1), abs=1e-6)
    assert likelihood(counts, np.full(4, mean), spread) == pytest.approx(law.logpmf(counts), rel=1e-9, abs=1e-9)


def test_without_spread_the_law_is_poissons() -> None:
    """A spread of zero is pure chance: the bounds are those of Poisson's law."""
    stats = pytest.importorskip("scipy.stats", reason="scipy стоит только в окружении для измерений")
    law = stats.poisson(20)

    assert chance_below(15, 20, 0) == pytest.approx(law.cdf(14), abs=1e-3)
    middle = [float(law.cdf(n - 1) + law.pmf(n) / 2) for n in range(60)]
    inside = [n for n, below in enumerate(middle) if 0.1 < below < 0.9]
    assert interval(20, 0, 0.8) == (inside[0], inside[-1])
    assert LEAST_SPREAD > 0


@given(means, spreads, st.floats(0.1, 0.95))
def test_the_bounds_hold_the_mean_and_are_in_order(mean: float, spread: float, share: float) -> None:
    """Whatever the mean, the spread and the share: 0 <= low <= mean <= high."""
    low, high = interval(mean, spread, share)

    assert 0 <= low <= mean <= high


@given(st.floats(1, 500), st.floats(0.01, 1))
def test_a_wider_share_and_a_wider_spread_make_wider_bounds(mean: float, spread: float) -> None:
    """95 % holds 80 % inside, and the bounds do not shrink when the counts scatter more."""
    low, high = interval(mean, spread, 0.8)
    wider_low, wider_high = interval(mean, spread, 0.95)
    _, scattered = interval(mean, spread * 2, 0.95)

    assert wider_low <= low
    assert high <= wider_high
    assert wider_high - 1 <= scattered


@pytest.mark.parametrize(("mean", "share"), [(5.0, 0.8), (40.0, 0.8), (40.0, 0.5)])
def test_the_bounds_hold_about_their_share(mean: float, share: float) -> None:
    """The chance inside the bounds is the share they are named by, as near as whole numbers go."""
    low, high = interval(mean, 0.1, share)
    inside = chance_below(high + 1, mean, 0.1) - chance_below(low, mean, 0.1)

    assert inside == pytest.approx(share, abs=0.07)


@pytest.mark.parametrize(("mean", "share"), [(-1.0, 0.8), (3.0, 0.0), (3.0, 1.0)])
def test_nonsense_is_refused_in_words(mean: float, share: float) -> None:
    """A negative mean and a share of nothing or of everything are named in the error."""
    with pytest.raises(ValueError, match="среднее не бывает меньше нуля"):
        interval(mean, 0.1, share)

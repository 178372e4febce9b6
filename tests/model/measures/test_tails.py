import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri
from scipy.stats import binom

from briefing.model.measures.tails import (
    TooFewDraws,
    _binomial_quantile,
    least_draws,
    percentile,
    tail,
)

NORMAL = ndtri((np.arange(100_000) + 0.5) / 100_000)


def test_the_tail_of_a_normal_position_is_that_of_the_tables():
    worst = tail(NORMAL, 0.05)
    assert worst.value_at_risk.value == pytest.approx(-1.64485, abs=2e-4)
    assert worst.expected_shortfall == pytest.approx(-2.06271, abs=2e-4)


def test_a_percentile_is_as_sure_as_repeated_samples_say():
    samples = np.random.default_rng(1).standard_normal((500, 400))
    found = [percentile(sample, 0.1) for sample in samples]
    held = np.mean([each.low <= ndtri(0.1) <= each.high for each in found])
    assert held == pytest.approx(0.95, abs=3 * (0.95 * 0.05 / 500) ** 0.5)


def test_the_error_of_a_shortfall_is_its_spread_over_repeated_samples():
    samples = np.random.default_rng(2).standard_normal((400, 1000))
    found = [tail(sample, 0.1) for sample in samples]
    spread = np.std([each.expected_shortfall for each in found])
    assert np.mean([each.standard_error for each in found]) == pytest.approx(spread, rel=0.12)


@given(st.integers(2, 5000), st.floats(0.001, 0.999), st.sampled_from([0.025, 0.5, 0.975]))
def test_binomial_quantiles_are_those_of_scipy(count, share, probability):
    found, expected = (
        _binomial_quantile(probability, count, share),
        binom.ppf(probability, count, share),
    )
    # Where the chance is reached to the last digit, rounding decides on which side.
    tied = binom.cdf(min(found, expected), count, share) == pytest.approx(probability, abs=1e-13)
    assert found == expected or (tied and abs(found - expected) == 1)


@given(st.lists(st.floats(-1e9, 1e9), min_size=80, max_size=120), st.floats(-1e6, 1e6))
def test_the_mean_of_a_tail_is_no_better_than_its_edge_and_moves_with_the_position(draws, more):
    position = np.array(draws)
    worst, moved = tail(position, 0.05), tail(position + more, 0.05)
    assert worst.expected_shortfall <= worst.value_at_risk.value + 1e-3
    assert worst.value_at_risk.low <= worst.value_at_risk.value <= worst.value_at_risk.high
    assert moved.expected_shortfall == pytest.approx(worst.expected_shortfall + more, abs=1e-3)


def test_too_few_draws_for_a_percentile_are_refused_with_the_number_needed():
    assert least_draws(0.01) == 368
    assert 0.99**367 > 0.025 >= 0.99**368
    with pytest.raises(TooFewDraws, match=r"367 draws are too few .* at least 368"):
        tail(np.arange(367.0), 0.01)
    assert tail(np.arange(368.0), 0.01).value_at_risk.value == 3
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile(np.arange(9.0), 0.0)


def test_infinite_draws_have_percentiles_too():
    known = percentile(np.append(np.arange(100.0), np.full(300, np.inf)), 0.5)
    assert known.value == known.low == known.high == np.inf
    assert known.error == 0

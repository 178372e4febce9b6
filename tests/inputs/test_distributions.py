import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from briefing.inputs.distributions import FARTHEST, LogNormal, Pert


@given(
    low=st.floats(0.01, 1e6),
    times=st.floats(1.1, 100),
    high_share=st.floats(0.5, 0.99),
)
def test_a_lognormal_meets_both_of_its_quantiles(low, times, high_share):
    found = LogNormal.of_quantiles(low, low * times, high_share=high_share)
    ends = found.quantile(np.array([0.05, high_share]))
    assert ends == pytest.approx([low, low * times])
    assert found.median <= found.mean


def test_a_lognormal_is_known_by_its_mean_of_draws():
    found = LogNormal.of_quantiles(50, 200)
    shares = (np.arange(100_000) + 0.5) / 100_000
    assert found.quantile(shares).mean() == pytest.approx(found.mean, rel=1e-4)


@given(mode=st.floats(0, 1), share=st.floats(2.0**-53, 1 - 2.0**-53))
def test_fast_draws_of_a_pert_are_its_quantiles(mode, share):
    pert = Pert(0.0, mode, 1.0)
    found = pert.quantile_of_normal(ndtri(np.array([share])))
    assert found == pytest.approx(pert.quantile(np.array([share])), abs=1e-9)


def test_fast_draws_of_a_pert_never_fall_and_keep_to_its_ends():
    drawn = Pert(2.0, 2.0, 5.0).quantile_of_normal(np.linspace(-9, 9, 50_001))
    assert np.all(np.diff(drawn) >= -1e-15)
    # With its mode at an end it is 1 − (1 − share)^(1/5), scaled.
    assert (drawn[0], drawn[-1]) == pytest.approx((2.0, 5 - 3 * ndtr(-FARTHEST) ** 0.2), abs=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "share", "told"),
    [(0, 1, 0.95, "above zero"), (2, 1, 0.95, "below high"), (1, 2, 0.05, "rise between")],
)
def test_ends_that_no_lognormal_has_are_refused(low, high, share, told):
    with pytest.raises(ValueError, match=told):
        LogNormal.of_quantiles(low, high, high_share=share)

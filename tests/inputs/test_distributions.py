import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.inputs.distributions import LogNormal


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


@pytest.mark.parametrize(
    ("low", "high", "share", "told"),
    [(0, 1, 0.95, "above zero"), (2, 1, 0.95, "below high"), (1, 2, 0.05, "rise between")],
)
def test_ends_that_no_lognormal_has_are_refused(low, high, share, told):
    with pytest.raises(ValueError, match=told):
        LogNormal.of_quantiles(low, high, high_share=share)

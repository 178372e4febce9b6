import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.returns import internal_rate, payback

YEARS = np.arange(3.0)[None, :]


def rate_of(*flows):
    found = internal_rate(np.array([flows]), YEARS)
    return found.rate.item(), found.roots.item()


def test_a_loan_at_ten_percent_returns_ten_percent():
    rate, roots = rate_of(-100.0, 10.0, 110.0)
    assert (rate, roots) == (pytest.approx(0.10), 1)


def test_a_stream_that_only_costs_has_no_rate():
    rate, roots = rate_of(-100.0, -1.0, -2.0)
    assert np.isnan(rate)
    assert roots == 0


def test_two_rates_are_told_and_neither_is_picked():
    # Hirshleifer's pump: −100 + 230/1.1 − 132/1.1² = −100 + 230/1.2 − 132/1.2² = 0.
    rate, roots = rate_of(-100.0, 230.0, -132.0)
    assert np.isnan(rate)
    assert roots == 2


def test_nothing_paid_has_no_rate():
    assert rate_of(0.0, 0.0, 0.0)[1] == 0


def test_a_lost_stake_returns_minus_half():
    assert rate_of(-100.0, 50.0, 0.0)[0] == pytest.approx(-0.5)


@given(rate=st.floats(-0.9, 5.0), flows=st.lists(st.floats(0.1, 10), min_size=2, max_size=5))
def test_the_rate_that_prices_a_stream_is_found(rate, flows):
    years = np.arange(len(flows) + 1.0)[None, :]
    price = sum(flow * (1 + rate) ** -year for year, flow in enumerate(flows, start=1))
    found = internal_rate(np.array([[-price, *flows]]), years)
    assert found.rate.item() == pytest.approx(rate, abs=1e-7)


@given(scale=st.floats(1e-3, 1e9))
def test_the_unit_of_money_changes_no_rate(scale):
    flows = np.array([[-100.0, 30.0, 90.0], [-100.0, 230.0, -132.0]])
    found, scaled = internal_rate(flows, YEARS), internal_rate(flows * scale, YEARS)
    assert np.allclose(found.rate, scaled.rate, equal_nan=True)
    assert np.array_equal(found.roots, scaled.roots)


def test_payback_is_when_the_sum_turns_for_good():
    flows = np.array([[-2.0, 3.0, -2.0, 2.0]])
    assert payback(flows, np.arange(1.0, 5.0)[None, :]).item() == 4.0


def test_what_costs_nothing_is_paid_back_at_once():
    assert payback(np.array([[1.0, 2.0, 3.0]]), YEARS).item() == 0.0


def test_what_never_comes_back_is_never_paid_back():
    assert payback(np.array([[-1.0, 0.2, 0.2]]), YEARS).item() == np.inf

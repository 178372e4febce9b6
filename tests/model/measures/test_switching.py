"""The right to change: published values, limits with a formula, and what always holds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.model.measures.switching import (
    exchange_option,
    ratio_volatility,
    required_gain,
    spending_present_value,
    switching_value,
)

prices = st.floats(1, 100)
volatilities = st.floats(0.05, 0.8)
spans = st.floats(0.1, 10)
few = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize(
    ("years", "other_volatility", "correlation", "published"),
    [
        (0.1, 0.15, -0.5, 2.125),
        (0.1, 0.25, 0.0, 2.152),
        (0.1, 0.20, 0.5, 1.989),
        (0.5, 0.15, -0.5, 2.762),
        (0.5, 0.25, 0.0, 2.847),
        (0.5, 0.20, 0.5, 2.231),
    ],
)
def test_values_of_the_table_that_quantlib_tests_its_formula_with(
    years, other_volatility, correlation, published
):
    # test-suite/margrabeoption.cpp of QuantLib, "Exchange-One-Asset-for-Another European Options":
    # 22 for 20, paying out 6% and 4% a year, the first with a volatility of 20%.
    value = exchange_option(
        22 * np.exp(-0.06 * years),
        20 * np.exp(-0.04 * years),
        ratio_volatility(0.20, other_volatility, correlation),
        years,
    )
    assert value == pytest.approx(published, abs=1e-3)


@given(prices, prices, volatilities, spans)
def test_a_right_to_exchange_is_worth_at_least_what_it_brings_now_and_at_most_what_it_gives(
    received, given_, volatility, years
):
    value = exchange_option(received, given_, volatility, years)
    assert max(received - given_, 0) - 1e-9 <= value <= received


@given(prices, prices, volatilities, spans)
def test_both_rights_to_exchange_differ_by_what_is_exchanged(one, other, volatility, years):
    there = exchange_option(one, other, volatility, years)
    back = exchange_option(other, one, volatility, years)
    assert there - back == pytest.approx(one - other, abs=1e-7)


@given(prices, prices, volatilities, spans, st.floats(0.1, 1e3))
def test_a_right_to_exchange_scales_with_money(one, other, volatility, years, k):
    usual = exchange_option(one, other, volatility, years)
    assert exchange_option(k * one, k * other, volatility, years) == pytest.approx(k * usual)


@pytest.mark.parametrize("ratio", [0.7, 1.0, 1.3])
@pytest.mark.parametrize("locked", [1.0, 3.0])
def test_with_one_quarter_left_the_tree_is_the_formula(ratio, locked):
    # The work ends a quarter after the lock, so the only day to move is the one it ends on.
    tree = switching_value(ratio, 0.3, 0.0, locked + 0.25, locked, 0.0)
    formula = 0.25 * exchange_option(1.0, ratio, 0.3, locked)
    assert tree == pytest.approx(formula, rel=0.07, abs=2e-4)


def test_without_a_cost_or_a_lock_a_cheaper_way_is_taken_at_least_today():
    # Half the cost for four years, at no interest: two years of spending saved by moving today.
    assert switching_value(0.5, 0.01, 0.0, 4.0, 0.0, 0.0) == pytest.approx(2.0)
    # After a lock of one year three are left to save on.
    assert switching_value(0.5, 0.01, 0.0, 4.0, 1.0, 0.0) == pytest.approx(1.5)
    assert switching_value(0.5, 0.01, 0.75, 4.0, 1.0, 0.0) == pytest.approx(0.75)


def test_spending_is_an_annuity_in_quarters():
    assert spending_present_value(3.0, 0.0) == pytest.approx(3.0)
    paid = sum(0.25 * 1.1 ** (-quarter / 4) for quarter in range(8))
    assert spending_present_value(2.0, 0.1) == pytest.approx(paid)


works = {
    "ratio": st.floats(0.5, 2),
    "volatility": volatilities,
    "cost": st.floats(0, 1),
    "years": st.floats(1, 6),
    "rate": st.floats(0, 0.15),
}


@few
@given(**works)
def test_a_longer_lock_never_leaves_more(ratio, volatility, cost, years, rate):
    locks = np.array([0.0, 1.0, 2.0, 4.0, 6.0])
    left = switching_value(ratio, volatility, cost, years, locks, rate)
    assert np.all(np.diff(left) <= 1e-12)
    assert left[-1] == 0.0


@few
@given(**works)
def test_wandering_costs_make_the_right_worth_more_and_moving_makes_it_worth_less(
    ratio, volatility, cost, years, rate
):
    usual = switching_value(ratio, volatility, cost, years, 1.0, rate)
    wilder = switching_value(ratio, volatility * 1.5, cost, years, 1.0, rate)
    dearer = switching_value(ratio, volatility, cost + 0.2, years, 1.0, rate)
    # A tree of few steps may miss the kink by a little.
    assert wilder >= usual - 0.02
    assert dearer <= usual + 1e-12
    now = spending_present_value(years, rate) * (1 - ratio) - cost
    assert switching_value(ratio, volatility, cost, years, 0.0, rate) >= now - 1e-9


@few
@given(**works)
def test_at_the_gain_required_tuned_work_costs_what_free_work_does(
    ratio, volatility, cost, years, rate
):
    gain = required_gain(ratio, volatility, cost, years, 2.0, rate)
    whole = spending_present_value(years, rate)
    free = whole - switching_value(ratio, volatility, cost, years, 0.0, rate)
    kept = 1 - gain
    tuned = kept * (
        whole - switching_value(ratio / kept, volatility, cost / kept, years, 2.0, rate)
    )
    assert 0 <= gain < 1
    assert tuned == pytest.approx(free, rel=1e-3)


def test_no_lock_needs_no_gain():
    assert required_gain(1.0, 0.3, 0.25, 5.0, 0.0, 0.08) == 0.0


def test_costs_that_cannot_wander_have_no_tree():
    with pytest.raises(ValueError, match="more than zero"):
        switching_value(1.0, 0.0, 0.0, 5.0, 0.0, 0.08)

"""Ceilings and invariants of tracing; the arithmetic ceilings stand in the announcement itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import amounts, paths, shares

from briefing.case import Case
from briefing.model.measures.tracing import (
    lower_traced_cumulative,
    pro_rata_mix,
    provenance,
    source_share,
    upper_traced_cumulative,
)


@pytest.fixture(scope="module")
def headline():
    """Every ceiling counted as cash, nothing but the thirty billions bought."""
    return Case("latest", firmness="headline", gw_reading="nested")


def test_microsofts_own_money_is_at_most_five_of_thirty(headline):
    assert headline.upper_self_funded_revenue_share == pytest.approx(5 / 30)
    assert headline.self_funded_revenue_share <= 5 / 30


def test_both_investors_money_is_at_most_fifteen_of_thirty(headline):
    assert headline.upper_investor_funded_revenue_share == pytest.approx(15 / 30)
    assert headline.investor_funded_revenue_share <= 15 / 30


def test_the_press_ratio_is_five_of_thirty(headline):
    assert headline.round_trip_share == pytest.approx(5 / 30)


def test_a_pool_without_customers_or_other_investors_reaches_the_ceiling():
    # All of a purse of 5 + 10 is spent on one seller: its own part is 5 of 15.
    inflow = np.array([[[5.0, 10.0]]])
    mix = pro_rata_mix(inflow, np.array([[15.0]]), np.zeros((1, 2)))
    assert mix[0, 0].tolist() == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest", "bear", "bull", "funding_stops"])
def test_bounds_hold_in_every_draw(parameter_set):
    drawn = Case(parameter_set).draws(300, 11)
    for of in ("self_funded", "investor_funded", "nvidia_self_funded"):
        low, middle, high = (
            getattr(drawn, f"{bound}{of}_revenue_share") for bound in ("lower_", "", "upper_")
        )
        assert np.all(low <= middle + 1e-12)
        assert np.all(middle <= high + 1e-12)


def test_no_more_comes_back_than_was_paid_in():
    drawn = Case("latest").draws(300, 5)
    assert np.all(drawn.traced_return_usd <= drawn.microsoft_equity_total_usd * (1 + 1e-12))


def test_without_equity_nothing_is_self_funded():
    nothing = {
        f"{who}_equity_{what}": 0
        for who in ("microsoft", "nvidia")
        for what in ("placed_usd", "drawn_share")
    }
    case = Case("latest", **nothing)
    assert case.upper_self_funded_revenue_share == 0
    assert case.upper_nvidia_self_funded_revenue_share == 0


def test_more_money_from_customers_lowers_the_pro_rata_share(latest):
    richer = latest.what_if(recognised_revenue_share=1.0)
    poorer = latest.what_if(recognised_revenue_share=0.8)
    assert richer.self_funded_revenue_share < poorer.self_funded_revenue_share


def test_one_treasury_gives_a_smaller_share_than_a_ring_fence(latest):
    treasury = latest.treasury_nvidia_self_funded_revenue_share
    assert 0 < treasury < latest.nvidia_self_funded_revenue_share


@given(tagged=paths(), others=paths(), spent=st.lists(shares, min_size=6, max_size=6))
def test_the_pro_rata_share_lies_between_its_bounds(tagged, others, spent):
    inflow = np.stack([tagged, others], axis=-1)
    spend, held = np.zeros((1, 6)), 0.0
    for quarter, share in enumerate(spent):
        held += inflow[0, quarter].sum()
        spend[0, quarter] = share * held
        held -= spend[0, quarter]
    traced = pro_rata_mix(inflow, spend, np.zeros((1, 2)))[..., 0] * spend
    slack = 1e-9 * (1 + inflow.sum())
    cumulated = np.cumsum(traced, axis=-1)
    assert np.all(lower_traced_cumulative(others, spend) <= cumulated + slack)
    assert np.all(cumulated <= upper_traced_cumulative(tagged, spend) + slack)


@given(tagged=paths(), others=paths())
def test_when_all_cash_is_spent_the_three_rules_agree(tagged, others):
    spend = tagged + others
    low = lower_traced_cumulative(others, spend)[0, -1]
    high = upper_traced_cumulative(tagged, spend)[0, -1]
    assert low == pytest.approx(high, rel=1e-9, abs=1)


def matrices(n=4):
    cells = st.lists(amounts, min_size=n * n, max_size=n * n)
    return cells.map(lambda flat: np.array(flat).reshape(n, n) * (1 - np.eye(n)))


external = st.lists(st.floats(1, 1e11), min_size=4, max_size=4).map(np.array)


@given(external=external, financing=matrices(), operating=matrices())
def test_steady_shares_lie_between_zero_direct_and_one(external, financing, operating):
    traced = provenance(external, financing, operating)
    assert np.all(traced.direct_share >= -1e-9)
    assert np.all(traced.direct_share <= traced.self_funded_share + 1e-9)
    assert np.all(traced.self_funded_share <= 1 + 1e-9)
    mix = source_share(external, financing, operating, np.arange(4))
    assert np.all(mix.sum(axis=1) <= 1 + 1e-9)


@given(external=external, financing=matrices(), operating=matrices(), by=st.floats(0.01, 100))
def test_steady_shares_do_not_depend_on_the_currency(external, financing, operating, by):
    shares_ = provenance(external, financing, operating).self_funded_share
    scaled = provenance(by * external, by * financing, by * operating).self_funded_share
    assert np.allclose(shares_, scaled, atol=1e-9)


@given(external=external, operating=matrices())
def test_without_financing_no_revenue_is_self_funded(external, operating):
    assert not provenance(external, np.zeros((4, 4)), operating).self_funded_share.any()


def test_no_dollar_of_nvidia_comes_back_before_it_has_left(latest):
    # Equity after every chip is paid for can have paid for none of them.
    late = latest.what_if(
        equity_start_years=9, gw_reading="nested", azure_start_years=0, capacity_delay_years=0
    )
    assert late.chip_purchases_usd["2034Q4":].sum() == 0
    assert late.upper_nvidia_self_funded_revenue_share == 0


def test_customers_and_investors_make_up_all_of_the_commitment(latest):
    shares_ = latest.customer_funded_revenue_share + latest.investor_funded_revenue_share
    others = latest.traced_to_commitment_usd[..., 2].sum() / latest.commitment_receipts_total_usd
    assert shares_ + others == pytest.approx(1)


def test_where_nothing_is_received_there_is_no_share(latest):
    nothing = latest.what_if(firmness="firm", azure_take_or_pay_share=0)
    assert np.isnan(nothing.self_funded_revenue_share)
    assert max(nothing.identity_residuals.values()) < 1e-9


def test_a_pool_that_would_fall_below_zero_is_refused_and_not_clipped():
    with pytest.raises(ValueError, match="period 1: the pool spends 5 more than it holds"):
        pro_rata_mix(np.array([[[10.0], [0.0]]]), np.array([[10.0, 5.0]]), np.zeros((1, 1)))

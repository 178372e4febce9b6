import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import paths, rates

from briefing.model.measures.discounting import gordon_value, present_value


def test_thirty_level_over_six_years_at_six_percent():
    # Closed form of an annuity: 5 (1 − 1.06⁻⁶) / 0.06.
    value = present_value(np.full(6, 5.0), 0.06, np.arange(1, 7))
    assert value.item() == pytest.approx(5 * (1 - 1.06**-6) / 0.06)


@given(flows=paths(), rate=rates)
def test_a_higher_rate_never_raises_the_value_of_receipts(flows, rate):
    years = np.arange(1, 7)
    assert present_value(flows, rate + 0.01, years) <= present_value(flows, rate, years)


@given(flows=paths())
def test_at_no_rate_value_is_the_sum(flows):
    assert present_value(flows, 0.0, np.arange(1, 7)).item() == pytest.approx(flows.sum())


def test_growth_at_the_discount_rate_is_refused():
    with pytest.raises(ValueError, match=r"must stay below discount rate 5\.0%"):
        gordon_value(np.array(1.0), 0.05, 0.05)


@given(rate=st.floats(0.09, 0.15))
def test_a_higher_discount_rate_lowers_the_enterprise_value(latest, rate):
    lower, higher = (
        latest.what_if(discount_rate=r).enterprise_value_usd for r in (rate, rate + 0.01)
    )
    assert higher < lower


def test_certain_failure_leaves_what_is_recovered(latest):
    failed = latest.what_if(failure_share=1, recovery_share=0.25)
    assert failed.enterprise_value_usd == pytest.approx(0.25 * failed.going_concern_value_usd)


def test_what_is_past_is_not_valued(latest):
    ahead = latest.years_ahead_years
    assert latest.future_free_cash_flow_usd[ahead <= 0].abs().max() == 0


def test_forward_revenue_is_four_quarters(deal_day):
    # As of 21 November the middle of 2025Q4 is past, so the next four quarters are those of 2026.
    assert deal_day.forward_revenue_usd == pytest.approx(
        deal_day.revenue_usd["2026Q1":"2026Q4"].sum()
    )


def test_the_terminal_value_is_what_six_hundred_more_years_are_worth(latest):
    rate, growth = latest.discount_rate, latest.mature_growth_rate
    final_year = latest.free_cash_flow_usd[-4:].sum()
    middle = latest.years_ahead_years[-4:].mean()
    years = np.arange(1, 601)
    later = (final_year * (1 + growth) ** years / (1 + rate) ** (middle + years)).sum()
    terminal = latest.going_concern_value_usd - latest.forecast_value_usd
    assert terminal == pytest.approx(later, rel=1e-6)


def test_equity_is_the_enterprise_and_its_cash(latest):
    value = latest.enterprise_value_usd + latest.cash_at_as_of_usd
    assert latest.equity_value_usd == pytest.approx(value)
    assert latest.cash_at_as_of_usd == latest.cash_usd["2026Q4"]


def test_owners_may_walk_away(latest):
    hopeless = latest.what_if(mature_gross_margin_share=0.05, opening_cash_usd=0)
    assert hopeless.enterprise_value_usd < 0
    assert hopeless.equity_value_usd == 0


def test_owing_more_is_never_worth_more(deal_day):
    commitments = (30e9, 100e9, 200e9, 250e9, 300e9)
    values = [deal_day.what_if(azure_commitment_usd=usd).equity_value_usd for usd in commitments]
    assert values == sorted(values, reverse=True)

import numpy as np
import pytest
from scipy.optimize import brentq

from briefing.case import Case


@pytest.mark.parametrize("party", ["microsoft", "nvidia"])
def test_the_bundle_is_its_margin_and_stake_less_its_equity(latest, party):
    draws = latest.draws(100)
    parts = {
        part: draws.value(f"{party}_{part}_present_value_usd")
        for part in ("margin", "stake", "equity")
    }
    assert draws.value(f"{party}_bundle_npv_usd") == pytest.approx(
        parts["margin"] + parts["stake"] - parts["equity"]
    )


def test_both_clocks_earn_the_same_in_the_end(latest):
    # Only the time of payment differs, so at no discount the sums agree.
    assert latest.microsoft_cash_margin_usd.sum() == pytest.approx(
        latest.microsoft_earned_margin_usd.sum()
    )


def test_the_cash_clock_is_never_the_kinder_one(latest):
    assert latest.draws(200).value("microsoft_clock_cost_usd").min() > 0


@pytest.mark.parametrize("parameter_set", ["latest", "deal_day"])
def test_at_the_published_margin_it_is_what_the_whole_model_says_at_that_margin(parameter_set):
    case = Case(parameter_set)
    margin = case.implied_azure_margin_share
    assert case.microsoft_npv_at_published_margin_usd == pytest.approx(
        case.what_if(azure_margin_share=margin).microsoft_bundle_npv_usd, rel=1e-6
    )


def test_the_margin_is_the_stated_share_of_receipts(latest):
    case = latest.what_if(azure_margin_share=0.25)
    assert case.microsoft_earned_margin_usd.sum() == pytest.approx(
        case.commitment_receipts_total_usd / 4
    )


def test_present_value_by_a_second_method(latest):
    rate = latest.investor_hurdle_rate
    by_hand = sum(
        usd / (1 + rate) ** (quarter / 4 + 0.125)
        for quarter, usd in enumerate(latest.microsoft_bundle_flow_usd)
    )
    assert latest.microsoft_bundle_npv_usd == pytest.approx(by_hand)


def test_the_rate_of_return_by_a_second_method(latest):
    years = latest.quarter_middle_years.to_numpy()
    flows = latest.microsoft_bundle_flow_usd.to_numpy()
    root = brentq(lambda rate: np.sum(flows * (1 + rate) ** -years), -0.5, 2.0)
    assert latest.microsoft_bundle_irr_rate == pytest.approx(root, abs=1e-9)


def test_at_its_own_rate_of_return_the_bundle_is_worth_nothing(latest):
    case = latest.what_if(investor_hurdle_rate=latest.microsoft_bundle_irr_rate)
    assert abs(case.microsoft_bundle_npv_usd) < 1e3


def test_no_equity_leaves_the_margin_alone(deal_day):
    case = deal_day.what_if(firmness="firm")
    assert case.microsoft_equity_total_usd == 0
    assert case.microsoft_bundle_npv_usd == pytest.approx(case.microsoft_margin_present_value_usd)
    assert np.isnan(case.microsoft_sales_per_equity_multiple)


def test_shares_at_fair_value_are_no_discount():
    # Bought at what they are worth with the money in, asked to earn what the company earns, and
    # sold in the middle of a quarter.
    case = Case(
        "deal_day",
        firmness="headline",
        pool_dilution_share=0,
        investor_hurdle_rate=0.12,
        discount_rate=0.12,
        stake_exit_years=4.125,
        equity_start_years=0,
        equity_spread_years=0.25,
    )
    fair = case.what_if(strategic_post_money_usd=case.fair_post_money_usd)
    assert fair.azure_effective_discount_share == pytest.approx(0, abs=0.001)


def test_a_higher_price_of_the_shares_is_a_larger_discount(deal_day):
    cheap, dear = (
        deal_day.what_if(strategic_post_money_usd=price).azure_effective_discount_share
        for price in (183e9, 350e9)
    )
    assert cheap < dear


def test_at_its_break_even_share_the_bundle_is_worth_nothing(deal_day):
    needed = deal_day.nvidia_break_even_additional_share
    case = deal_day.what_if(chips_additional_share=needed)
    assert abs(case.nvidia_bundle_npv_usd) < 1e3


def test_chips_inside_the_commitment_serve_its_largest_quarter(latest):
    case = latest.what_if(
        tenant_cost_usd_per_gw_year=10e9, nvidia_content_usd_per_gw=25e9, azure_nvidia_share=1
    )
    busiest_gw = case.azure_commitment_receipts_usd.max() * 4 / 10e9
    assert case.commitment_chips_usd.sum() == pytest.approx(busiest_gw * 25e9)


def test_without_margin_nothing_pays_back(latest):
    case = latest.what_if(nvidia_margin_share=0)
    assert case.nvidia_payback_years == np.inf
    assert case.nvidia_spill_over_needed_usd == 0  # the stake alone brings a gain
    losing = case.what_if(discount_rate=0.3)
    assert losing.nvidia_bundle_npv_usd < 0
    assert losing.nvidia_spill_over_needed_usd == np.inf
    assert "nan" not in case.nvidia_return_table.data.to_string()


def test_a_losing_bundle_asks_for_sales_elsewhere(deal_day):
    case = deal_day.what_if(chips_additional_share=0.2, nvidia_margin_share=0.7)
    assert case.nvidia_bundle_npv_usd < 0
    assert case.nvidia_spill_over_needed_usd == pytest.approx(-case.nvidia_bundle_npv_usd / 0.7)


def test_an_exit_beyond_the_model_falls_in_its_last_quarter(latest):
    case = latest.what_if(stake_exit_years=50)
    assert case.exit_quarter_share.iloc[-1] == 1
    assert case.exit_quarter_share.sum() == 1


def test_the_margin_that_a_gigawatt_implies_by_hand():
    case = Case(
        "latest",
        build_cost_usd_per_gw=40e9,
        chips_in_build_cost_share=0.75,
        gpu_life_years=5,
        building_life_years=20,
        azure_capital_cost_share=0.75,
        tenant_cost_usd_per_gw_year=13e9,
    )
    # Six billions of chips and half a billion of buildings a year are three quarters of the cost.
    assert case.implied_azure_margin_share == pytest.approx(1 - 6.5 / 0.75 / 13)


def test_a_price_above_our_value_makes_the_bundle_worth_more(latest):
    # The stake at the price over the stake at our value, in present value.
    ratio = latest.microsoft_stake_at_price_usd / latest.microsoft_look_through_value_usd
    dearer = latest.microsoft_stake_present_value_usd * (ratio - 1)
    assert latest.microsoft_npv_at_price_usd == pytest.approx(
        latest.microsoft_bundle_npv_usd + dearer
    )

import numpy as np
import pytest

from briefing.case import Case


def test_the_run_rate_passes_through_the_known_figure():
    # A known figure in the middle of the third quarter, 0.625 years after the start.
    case = Case("latest", known_run_rate_years=0.625, known_run_rate_usd_per_year=47e9)
    assert case.run_rate_usd_per_year["2026Q2"] == pytest.approx(47e9)


def test_growth_ends_at_its_mature_rate(latest):
    run_rate = latest.what_if(growth_half_life_years=0.5).run_rate_usd_per_year
    assert run_rate["2035Q4"] / run_rate["2034Q4"] - 1 == pytest.approx(0.04, abs=1e-4)


def test_revenue_modelled_for_deal_day_is_near_the_plan_known_then():
    # The investor deck of November 2025 had 15.2 billions for 2026.
    revenue = Case("deal_day").revenue_usd
    assert revenue["2026Q1":"2026Q4"].sum() == pytest.approx(15.2e9, rel=0.05)


def test_minimums_are_used_before_anything_else_is_bought(latest):
    slow = latest.what_if(
        growth_half_life_years=0.2, momentum_growth_rate=0.2, other_take_or_pay_share=0.9
    )
    quarters = zip(
        slow.compute_need_usd, slow.azure_used_usd, slow.capacity_option_used_usd,
        slow.azure_due_usd, slow.azure_minimum_usd, slow.elsewhere_minimum_usd,
        slow.compute_bought_usd, strict=True,
    )  # fmt: skip
    idle = 0.0
    for need, used, option, due, minimum, elsewhere, bought in quarters:
        left_elsewhere = max(elsewhere - (need - used - option), 0.0)
        assert bought == pytest.approx(due + option + max(need - used - option, elsewhere))
        assert min(max(used + option - minimum, 0.0), left_elsewhere) == pytest.approx(0, abs=1)
        idle += left_elsewhere
    assert idle > 1e10


def test_what_azure_is_owed_is_used_where_there_is_need_of_it(deal_day):
    firm = deal_day.what_if(azure_take_or_pay_share=1, other_take_or_pay_share=0)
    room = firm.azure_largest_compute_share * firm.compute_need_usd
    assert (room >= firm.azure_minimum_usd).all()
    assert firm.unused_minimum_usd == pytest.approx(0, abs=1)


def test_where_nothing_is_owed_unused_nothing_hangs_over(latest):
    soft = latest.what_if(azure_take_or_pay_share=0, other_take_or_pay_share=0)
    assert soft.compute_overhang_usd.abs().max() == 0
    assert (soft.compute_bought_usd == soft.compute_need_usd).all()


def test_slower_growth_and_firmer_contracts_never_lessen_the_overhang(latest):
    def overhang(half_life, share):
        changed = latest.what_if(growth_half_life_years=half_life, other_take_or_pay_share=share)
        return changed.compute_overhang_usd.sum()

    totals = [overhang(1.2, 0.5), overhang(0.4, 0.5), overhang(0.4, 0.9)]
    assert totals == sorted(totals)
    assert totals[0] < totals[-1]


def test_rounds_are_summed_and_not_rounds_plus_pledges(latest):
    everything = latest.other_investor_equity_usd.sum() + latest.microsoft_equity_usd.sum()
    everything += latest.nvidia_equity_usd.sum()
    # Series G and H together: thirty and sixty-five billions.
    assert everything == pytest.approx(95e9)


def test_no_pool_is_overdrawn():
    for name in ("deal_day", "funding_stops", "bear"):
        assert Case(name).draws(200, 3).cash_usd.min() >= -1e-3


def test_while_investors_pay_every_bill_is_paid():
    assert np.all(Case("bear").draws(200, 3).unpaid_usd <= 1)


def test_when_they_stop_a_company_that_burns_cash_leaves_bills_unpaid():
    case = Case("deal_day", funding_stops_years=0, opening_cash_usd=1e9, growth_half_life_years=0.5)
    assert case.unpaid_usd > 0
    assert case.paid_share.min() < 1


def test_a_richer_company_has_the_longer_runway():
    poor, rich = (
        Case("deal_day", growth_half_life_years=0.4, opening_cash_usd=cash).runway_years
        for cash in (1e9, 5e9)
    )
    assert poor <= rich
    assert np.isfinite(poor)

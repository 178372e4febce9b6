import numpy as np
import pytest

from briefing.case import Case


def test_at_the_break_even_correlation_the_backlog_is_as_risky_as_before(latest):
    before, after, new = (
        latest.openai_backlog_before_share,
        latest.openai_backlog_after_share,
        latest.anthropic_backlog_share,
    )
    covariance = np.array(
        [[1.0, latest.break_even_correlation], [latest.break_even_correlation, 1]]
    )
    weights = np.array([after, new])
    assert np.sqrt(weights @ covariance @ weights) == pytest.approx(before)


def test_the_deal_makes_the_largest_customer_smaller_and_the_two_labs_larger(latest):
    assert latest.openai_backlog_after_share < latest.openai_backlog_before_share
    assert latest.two_labs_backlog_share > latest.openai_backlog_before_share


def test_openai_has_no_more_of_the_backlog_than_anthropic_leaves():
    case = Case("latest", openai_backlog_share=1, anthropic_in_backlog_share=1)
    assert case.openai_backlog_before_share == 1
    assert case.two_labs_backlog_share == pytest.approx(1)


def test_what_is_in_the_backlog_already_is_not_counted_twice():
    case = Case("latest", anthropic_in_backlog_share=1)
    assert case.backlog_with_deal_usd == pytest.approx(case.microsoft_backlog_usd)


def test_one_supplier_is_a_monopoly_and_two_equal_ones_are_half_of_it(latest):
    # 100² and 50² + 50².
    assert latest.what_if(claude_supply_share=0).supplier_hhi == 10_000
    assert latest.what_if(claude_supply_share=0.5).supplier_hhi == 5_000


def test_thirty_billions_over_five_years_at_eleven_rent_half_a_gigawatt():
    case = Case("latest", azure_term_years=5, tenant_cost_usd_per_gw_year=11e9)
    # 30 / 5 / 11.
    assert case.commitment_level_gw == pytest.approx(0.5454545)


def test_azure_never_serves_more_than_all_compute(latest):
    assert 0 < latest.azure_compute_share < 1

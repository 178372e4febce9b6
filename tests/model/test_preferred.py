import numpy as np
import pytest

from briefing.inputs.files import BadInput
from briefing.model.preferred import PLAIN, PROTECTIONS, plain_terms
from briefing.model.venture import OUTCOMES, outcome_chance_share


def by_terms(case):
    return dict(zip(PROTECTIONS, case.value("fair_value_by_terms_usd")[0], strict=True))


@pytest.fixture(scope="module", params=["deal_day", "latest"])
def case(request):
    return request.getfixturevalue(request.param)


def test_no_terms_compared_leave_more_than_the_price(case):
    assert max(by_terms(case).values()) < case.last_round_value_usd


def test_every_protection_lowers_the_plain_value_and_a_pool_that_exists_raises_it(case):
    values = by_terms(case)
    plain = values.pop(PLAIN)
    assert values.pop("1×, no unissued pool") > plain
    # With neither bound by a preference, participation may leave the value as it is.
    assert max(values.values()) <= plain * (1 + 1e-9)


def test_the_plain_row_is_the_plain_value(case):
    assert by_terms(case)[PLAIN] == pytest.approx(case.fair_value_under_terms_usd)


def test_without_preferences_the_discount_is_the_pool(case):
    free = case.what_if(strong_preference_multiple=0, earlier_preferred_usd=1)
    values = by_terms(free)["Higher preference"]
    assert values == pytest.approx(
        case.last_round_value_usd * (1 - case.unissued_pool_share), rel=1e-6
    )


def test_backsolved_equity_lies_below_post_money_and_below_fair_value(case):
    # The backsolve counts preferences at every exit, the study of fair value not at a listing.
    assert case.backsolved_value_usd < case.fair_value_under_terms_usd < case.last_round_value_usd


def test_shares_at_the_last_price_and_the_pool_are_the_post_money_figure(case):
    shares = case.plain_terms.shares.sum() + case.plain_terms.common_shares.sum()
    pool = case.unissued_pool_share * case.last_round_value_usd
    assert shares + pool == pytest.approx(case.last_round_value_usd)


def test_rounds_that_leave_no_common_shares_are_refused(latest):
    with pytest.raises(BadInput, match="no common shares would be left"):
        latest.what_if(earlier_preferred_share=0.95)
    beyond = [np.array([[each]]) for each in (100.0, 10.0, 40.0, 0.95, 0.0)]
    with pytest.raises(ValueError, match="common_shares"):
        plain_terms(*beyond)


def test_chances_of_outcomes_sum_to_one(case):
    assert case.draws(50).value("outcome_chance_share").sum(axis=1) == pytest.approx(np.ones(50))


def test_more_listings_and_sales_than_survivors_are_refused(latest):
    with pytest.raises(BadInput, match="no company can be listed and sold in more futures"):
        latest.what_if(listed_share=0.8, sold_share=0.3)
    beyond = [np.array([[each]]) for each in (0.1, 0.8, 0.3)]
    with pytest.raises(ValueError, match="must not exceed all of them"):
        outcome_chance_share(*beyond)


def test_outcomes_by_hand(case):
    chance = dict(zip(OUTCOMES, case.value("outcome_chance_share")[0], strict=True))
    value = dict(zip(OUTCOMES, case.value("outcome_value_usd")[0], strict=True))
    later = (1 + case.discount_rate) ** case.holding_years
    sooner = later**0.5
    by_hand = chance["next round lower"] * value["next round lower"] / sooner + sum(
        chance[each] * value[each] / later for each in ("listed", "sold", "failed")
    )
    assert case.probability_weighted_value_usd == pytest.approx(by_hand)
    sale = case.exit_revenue_usd * case.sale_revenue_multiple * (1 - case.later_dilution_share)
    assert value["sold"] == pytest.approx(sale)
    assert value["failed"] == pytest.approx(sale * case.recovery_share)
    assert value["next round lower"] == case.last_round_value_usd * (1 - case.mark_down_share)


def test_revenue_of_the_year_before_the_exit_is_four_quarters(deal_day):
    # An exit at the end of 2029 from a briefing on that very first day of the model's calendar.
    years = 4.25 - deal_day.years_to_as_of
    exit_year = deal_day.what_if(holding_years=years)
    expected = deal_day.revenue_usd["2029Q1":"2029Q4"].sum()
    assert exit_year.exit_revenue_usd == pytest.approx(expected)


def test_the_venture_method_gives_the_required_return(case):
    sold = case.exit_revenue_usd * case.listing_revenue_multiple * (1 - case.later_dilution_share)
    grown = case.venture_method_value_usd * (1 + case.venture_return_rate) ** case.holding_years
    assert grown == pytest.approx(sold)


def test_the_discounted_cash_flow_is_a_plain_sum_of_what_is_still_to_come(case):
    rate, growth = case.discount_rate, case.mature_growth_rate
    flows, ahead = case.free_cash_flow_usd, case.years_ahead_years
    whole = sum(
        flow / (1 + rate) ** years
        for flow, years in zip(flows, np.ravel(ahead), strict=True)
        if years > 0
    )
    final, middle = flows[-4:].sum(), np.ravel(ahead)[-4:].mean()
    whole += final * (1 + growth) / (rate - growth) / (1 + rate) ** middle
    alive = 1 - case.failure_share * (1 - case.recovery_share)
    assert case.equity_value_usd == pytest.approx(whole * alive + case.cash_at_as_of_usd)


SCALED = ("equity_value_usd", "probability_weighted_value_usd", "venture_method_value_usd",
          "multiple_value_usd", "backsolved_value_usd")  # fmt: skip


def test_all_money_times_k_is_every_value_times_k(case):
    # Not the fair value: whether a company is listed depends on its size in dollars.
    money = {
        name: 3 * assumption.value
        for name, assumption in case._parameters.assumptions.items()
        if assumption.unit in ("usd", "usd_per_year")
    }
    larger = case.what_if(**money)
    for name in SCALED:
        assert getattr(larger, name) == pytest.approx(3 * getattr(case, name)), name

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.model.multiples import (
    _pace,
    last_round_day_trailing_multiple,
    last_round_day_trailing_revenue_usd,
    priced_rounds,
    revenue_with_past_usd,
    trailing_revenue_usd,
)
from briefing.model.valuation import forward_revenue_usd

QUARTERS = np.arange(1.0, 13.0)[None, :]
"""Revenue of 1 in the first of four earlier quarters, 5 in the model's first, 12 in its eighth."""


def test_rounds_are_those_of_the_ledger(latest):
    rounds = {each.name: each for each in latest.priced_rounds}
    assert [each.post_money_usd / 1e9 for each in rounds.values()] == [61.5, 183, 380, 965]
    assert [each.raised_usd / 1e9 for each in rounds.values()] == [3.5, 13, 30, 65]
    assert rounds["Series G"].run_rate_multiple == pytest.approx(380 / 14)
    assert rounds["Series H"].run_rate_multiple == pytest.approx(965 / 47)


def test_between_two_known_run_rates_growth_is_even(latest):
    # Series F falls in the middle of September, 31 of the 61 days from 15 August to 15 October.
    series_f = latest.priced_rounds[1]
    assert series_f.run_rate_usd_per_year == pytest.approx(5e9 * (7 / 5) ** (31 / 61))
    assert not series_f.is_run_rate_stated
    assert latest.priced_rounds[2].is_run_rate_stated


def test_deal_day_knows_two_rounds(deal_day):
    assert [each.name for each in deal_day.priced_rounds] == ["Series E", "Series F"]
    facts = [deal_day.facts[name] for each in deal_day.priced_rounds for name in each.facts]
    assert all(fact.known_since <= deal_day.as_of for fact in facts)


@pytest.mark.parametrize("name", ["deal_day", "latest"])
def test_the_last_round_is_the_one_that_the_valuation_uses(name, request):
    case = request.getfixturevalue(name)
    assert case.priced_rounds[-1].post_money_usd == case.last_round_value_usd


def test_before_the_first_known_run_rate_growth_goes_on_backwards(ledger):
    # From 1 to 5 billion within 212 days; as many days earlier it was a fifth of one.
    january = ledger["anthropic-runrate-2025-01"].as_of_years
    assert _pace(ledger, np.array([january - 212 / 365.25])).item() == pytest.approx(0.2e9)


@pytest.mark.parametrize(
    ("day", "trailing"),
    # The middle of the model's first quarter lies an eighth of a year from its first day.
    [(0.1, 1 + 2 + 3 + 4), (0.125, 2 + 3 + 4 + 5), (0.3, 2 + 3 + 4 + 5), (1.14, 6 + 7 + 8 + 9)],
)
def test_trailing_revenue_is_of_four_quarters_whose_middle_is_past(day, trailing):
    assert trailing_revenue_usd(QUARTERS, np.array([[day]])).item() == trailing


def test_past_and_coming_year_meet_without_gap_or_overlap(latest, deal_day):
    for case in (latest, deal_day):
        whole = case.revenue_with_past_usd[0]
        both = case.trailing_revenue_usd + case.forward_revenue_usd
        starts = [
            start for start in range(37) if math.isclose(whole[start : start + 8].sum(), both)
        ]
        assert len(starts) == 1


def test_the_quarters_after_the_round_are_those_that_the_forecast_counts(latest):
    # A second way: the formula of the forward multiple, counted from the round's day.
    ahead = (np.arange(41) + 0.5) / 4 - latest.last_round_years
    other = forward_revenue_usd(latest.value("revenue_usd"), ahead[None, :])
    assert latest.last_round_day_forward_revenue_usd == pytest.approx(other.item())


def test_the_year_before_deal_day_lies_below_what_was_expected_for_all_of_2025(deal_day, ledger):
    # Run-rates joined by even growth leave out the bends; the plan for the year had 4.7 billion.
    expected = ledger["anthropic-revenue-2025-alt"].value
    assert 0.7 * expected < deal_day.trailing_revenue_usd < expected


def test_the_year_2025_is_three_quarters_before_the_model_and_its_first(deal_day):
    path = deal_day.revenue_with_past_usd[0]
    assert deal_day.revenue_of_2025_usd == pytest.approx(path[1] + path[2] + path[3] + path[4])
    # As of 21 November the middle of the fourth quarter is past, so the year before is this year.
    assert deal_day.revenue_of_2025_usd == pytest.approx(deal_day.trailing_revenue_usd)


def test_reported_quarters_are_near_those_of_the_path(latest, ledger):
    quarters = latest.revenue_usd
    assert quarters["2026Q1"] == pytest.approx(ledger["anthropic-revenue-q1-26"].value, rel=0.06)
    assert quarters["2026Q2"] == pytest.approx(ledger["anthropic-revenue-q2-26"].value, rel=0.06)


def test_a_price_is_dearer_over_the_past_than_over_the_pace_and_cheapest_over_what_comes(latest):
    assert (
        latest.last_round_day_trailing_multiple
        > latest.last_round_day_run_rate_multiple
        > latest.last_round_day_forward_multiple
    )


def test_the_ranges_of_multiples_are_those_that_the_ledger_gives(latest, deal_day, ledger):
    usd = {name: fact.value for name, fact in ledger.items()}
    openai = usd["msft-openai-stake-value"] / usd["msft-openai-stake"]
    then = deal_day._parameters.assumptions["peer_run_rate_multiple"]
    assert then.high == pytest.approx(openai / 20e9, rel=0.01)
    assert then.value == pytest.approx(
        usd["nvda-mcap-nov25"] / (4 * usd["nvda-rev-q3fy26"]), rel=0.01
    )
    now = latest._parameters.assumptions
    assert now["peer_run_rate_multiple"].high == pytest.approx(852 / 25, rel=0.01)
    assert now["peer_trailing_multiple"].high == pytest.approx(852 / 13.1, rel=0.01)
    assert now["peer_trailing_multiple"].value == pytest.approx(5340 / 215.9, rel=0.02)


@given(k=st.floats(0.01, 100), day=st.floats(0.0, 1.9))
def test_in_another_money_revenue_scales_and_multiples_stay(k, day):
    day_years = np.array([[day]])
    one = last_round_day_trailing_revenue_usd(QUARTERS, day_years)
    same = last_round_day_trailing_revenue_usd(k * QUARTERS, day_years)
    price = np.array([[100.0]])
    assert same.item() == pytest.approx(k * one.item())
    assert last_round_day_trailing_multiple(k * price, same).item() == pytest.approx(
        last_round_day_trailing_multiple(price, one).item()
    )


@settings(max_examples=15)
@given(k=st.floats(0.01, 100))
def test_in_another_money_rounds_keep_their_multiples(ledger, k):
    other = replace(
        ledger,
        facts=tuple(
            fact.model_copy(update={"value": fact.value and fact.value * k})
            for fact in ledger.facts
        ),
    )
    for one, same in zip(priced_rounds(ledger), priced_rounds(other), strict=True):
        assert same.post_money_usd == pytest.approx(k * one.post_money_usd)
        assert same.run_rate_multiple == pytest.approx(one.run_rate_multiple)


def test_what_is_not_recognised_is_missing_from_the_past_as_well():
    past = revenue_with_past_usd(np.full((1, 4), 8.0), np.array([[0.5]]), np.ones((3, 2)))
    assert past.shape == (3, 6)
    assert past[2].tolist() == [1, 1, 1, 1, 1, 1]

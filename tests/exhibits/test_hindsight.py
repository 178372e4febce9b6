"""What the deal's day said, against what came."""

import numpy as np
import pytest


def test_nothing_is_scored_on_the_deals_day(deal_day):
    assert deal_day.value("hindsight_outcomes") == ()
    assert deal_day.value("hindsight_events") == ()
    assert "nothing that it says has met an outcome" in deal_day.hindsight_table.body


def test_a_loss_is_the_mean_over_three_quantiles_and_over_the_outcome(latest):
    scored = {each.fact.id: each for each in latest.value("hindsight_outcomes")}
    row = scored["anthropic-runrate-2026-05"]
    low, middle, high = row.quantiles_usd
    came = 47e9  # as the company stated it
    assert came > high > middle > low > 7e9  # the run-rate known on the deal's day
    by_hand = (0.05 * (came - low) + 0.5 * (came - middle) + 0.95 * (came - high)) / 3 / came
    assert row.loss_share == pytest.approx(by_hand)
    # Saying 7 for all three: the weights add up to 1.5, so half of 40 over 47.
    assert row.naive_loss_share == pytest.approx(20 / 47)


def test_growth_carried_on_is_a_rival_that_the_title_counts(latest):
    """5bn in August and 7bn in October: some three and a half such steps to May."""
    rows = {each.label: each for each in latest.value("hindsight_outcomes") if each.trend_usd}
    assert len(rows) == 4
    last = rows["Run-rate, May 2026"]
    assert last.trend_usd == pytest.approx(7e9 * 1.4**3.5, rel=0.05)
    assert last.trend_loss_share == pytest.approx((47e9 - last.trend_usd) / 2 / 47e9)
    beaten = sum(each.trend_loss_share < each.loss_share for each in rows.values())
    title = latest.hindsight_table.title
    assert f"{beaten} of 4 for run-rates lose to growth carried on" in title


def test_ranges_are_those_of_the_set_on_the_deals_day(latest, deal_day):
    scored = {each.fact.id: each for each in latest.value("hindsight_outcomes")}
    draws = deal_day.value("revenue_usd_draws")[:, 1]
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95])
    assert scored["anthropic-revenue-q1-26"].quantiles_usd == pytest.approx([low, middle, high])


def test_every_outcome_was_unknown_on_the_deals_day(latest):
    assert len(latest.value("hindsight_outcomes")) == 9
    assert all(
        str(each.fact.known_since) > "2025-11-21" for each in latest.value("hindsight_outcomes")
    )


def test_events_have_chances_and_outcomes_of_the_ledger(latest):
    events = latest.value("hindsight_events")
    assert [each.has_happened for each in events] == [True, True, True, False, True]
    assert all(0 <= each.chance_share <= 1 for each in events)


def test_the_front_page_says_how_earlier_ranges_did(latest, deal_day):
    rows = latest.hindsight_table.data
    rounds = rows["Quantity"].str.startswith("Value, against the price")
    inside = (rows.loc[~rounds, "Outcome"] == "inside").sum()
    (note,) = latest.key_takeaways.notes
    assert f"held {inside} of {(~rounds).sum()} (E45)" in note
    assert "E45" not in deal_day.key_takeaways.notes[0]

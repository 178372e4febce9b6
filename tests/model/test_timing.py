"""When money comes back: hand-made purses, and what must hold in every draw."""

import numpy as np
import pytest
from hypothesis import given
from tests.strategies import paths, shares

from briefing.case import Case
from briefing.model.measures.schedules import spread_share
from briefing.model.measures.tracing import pro_rata_injection_time
from briefing.model.timing import chip_use_usd, round_trip_lag_years

STARTS = np.arange(6)[None, :] / 4


def test_cumulated_shares_end_where_the_horizon_ends(latest):
    for name in ("self_funded", "upper_self_funded", "lower_self_funded"):
        path = getattr(latest, f"cumulative_{name}_revenue_share")
        assert path.iloc[-1] == pytest.approx(getattr(latest, f"{name}_revenue_share"))


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest", "bear", "funding_stops"])
def test_bounds_hold_at_every_quarters_end(parameter_set):
    drawn = Case(parameter_set).draws(200, 3)
    for seller in ("", "nvidia_"):
        low, middle, high = (
            drawn.value(f"cumulative_{bound}{seller}self_funded_revenue_share")
            for bound in ("lower_", "", "upper_")
        )
        known = ~np.isnan(np.broadcast_arrays(low, middle, high)[1])
        low, middle, high = (
            np.broadcast_to(each, known.shape)[known] for each in (low, middle, high)
        )
        assert np.all(low <= middle + 1e-9)
        assert np.all(middle <= high + 1e-9)


def test_money_that_is_spent_at_once_has_no_lag():
    equity = np.array([[10.0, 0, 0, 0, 0, 0]])
    back = np.zeros((1, 6, 4))
    back[0, 0, 0] = 10.0
    lag = round_trip_lag_years(equity, back, np.zeros((1, 6)), equity + 1, STARTS)
    assert lag.item() == 0


def test_half_spent_now_and_half_a_year_later_is_half_a_year_on_average():
    equity = np.array([[10.0, 0, 0, 0, 0, 0]])
    back = np.zeros((1, 6, 4))
    back[0, [0, 4], 0] = 5.0
    cash, paid = np.array([[5.0, 5, 5, 5, 0, 0]]), np.array([[5.0, 0, 0, 0, 5, 1]])
    assert round_trip_lag_years(equity, back, cash, paid, STARTS).item() == pytest.approx(0.5)


def test_no_dollar_is_away_for_less_than_no_time_or_longer_than_the_horizon():
    lag = Case("latest").draws(200, 4).round_trip_lag_years
    known = lag[~np.isnan(lag)]
    assert np.all((known >= 0) & (known <= 10.25))


@given(tagged=paths(), kept=paths().map(lambda path: path / (1 + path)))
def test_money_in_a_pool_was_paid_in_before_it_is_spent(tagged, kept):
    time = pro_rata_injection_time(tagged, kept, STARTS)
    assert np.all(time >= 0)
    assert np.all(time <= STARTS + 1e-9)


def test_chips_wear_out_evenly_over_their_life():
    purchases = np.zeros((1, 41))
    purchases[0, 0] = 20.0
    starts = np.arange(41)[None, :] / 4
    used = chip_use_usd(purchases, np.array([[0.5]]), np.array([[5.0]]), starts)
    assert used[0, :2].tolist() == [0, 0]
    assert used[0, 2:22] == pytest.approx(np.full(20, 1.0))
    assert not used[0, 22:].any()


def test_no_more_wears_out_than_was_bought():
    drawn = Case("latest").draws(100, 8)
    used, bought = drawn.value("chip_use_usd"), drawn.value("chip_purchases_usd")
    assert np.all(np.cumsum(used, axis=-1) <= np.cumsum(bought, axis=-1) * (1 + 1e-9))


@given(start=shares, length=shares)
def test_an_amount_is_spread_whole_or_not_at_all(start, length):
    quarters = np.arange(20) / 4
    shares_ = spread_share(quarters, 0.25, np.array([start]), np.array([4 * length]))
    assert shares_.min() >= 0
    assert shares_.sum() == pytest.approx(1)


def test_a_purse_for_compute_only_lies_between_pro_rata_and_the_upper_bound(deal_day):
    assert (
        deal_day.self_funded_revenue_share
        <= deal_day.compute_purse_self_funded_revenue_share
        <= deal_day.upper_self_funded_revenue_share
    )


def test_sources_of_chip_money_add_up_to_the_chips(latest):
    assert latest.chip_money_by_source_usd.sum() == pytest.approx(latest.chip_purchases_usd.sum())
    own = latest.chip_money_by_source_usd[0, 1] / latest.chip_purchases_usd.sum()
    assert own == pytest.approx(latest.nvidia_self_funded_revenue_share)


def test_without_equity_no_clock_finds_own_money(latest):
    nothing = latest.what_if(microsoft_equity_placed_usd=0, microsoft_equity_drawn_share=0)
    assert nothing.economic_self_funded_revenue_share == 0
    assert nothing.compute_purse_self_funded_revenue_share == 0
    assert nothing.peak_self_funded_share == 0

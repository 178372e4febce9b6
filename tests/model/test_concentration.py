"""Concentration: hand arithmetic of each layer, and what stakes of this deal can and cannot add."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model import concentration
from briefing.model.concentration import StakeCurve, screened_stake_share
from briefing.model.measures.concentration import readings_by_draw, readings_of_control
from briefing.model.obligations import Promise

LAYERS = ("model_market", "cloud_market", "accelerator_market")


@given(st.lists(st.lists(st.floats(0, 0.2), min_size=9, max_size=9), min_size=1, max_size=4))
def test_many_markets_at_once_are_each_market_alone(stakes):
    held = np.array(stakes).reshape(-1, 3, 3) * (1 - np.eye(3))
    shares = np.linspace(0.1, 0.5, held.shape[0] * 3).reshape(-1, 3) / 2
    together = readings_by_draw(shares, held)
    for draw, (sold, owned) in enumerate(zip(shares, held, strict=True)):
        alone = readings_of_control(sold, owned)
        assert [each[draw, 0] for each in together] == pytest.approx(list(alone))


def test_a_company_held_in_full_is_refused():
    held = np.array([[[0.0, 1.0], [0.0, 0.0]]])
    with pytest.raises(ValueError, match="leave something"):
        readings_by_draw(np.array([[0.5, 0.5]]), held)


def test_the_index_of_the_cloud_is_that_of_its_three_shares(deal_day, latest):
    # Squares of 30, 20 and 13 percent, later of 28, 21 and 15.
    assert deal_day.cloud_market_hhi == pytest.approx(900 + 400 + 169)
    assert latest.cloud_market_hhi == pytest.approx(784 + 441 + 225)


def test_googles_stake_in_its_rival_is_all_that_counts_without_a_say(deal_day):
    # 14 percent of Anthropic at shares of 18 and 25 percent; its holders gain from both.
    market = deal_day.value("model_market")
    assert (market.silent - market.none).item() == pytest.approx(1e4 * 0.14 * 0.18 * 0.25)
    assert market.silent.item() == pytest.approx(market.silent_without.item())


@pytest.mark.parametrize("layer", LAYERS)
def test_stakes_never_lower_an_index_and_this_deal_s_least_of_all(latest, layer):
    market = latest.draws(200, 3).value(layer)
    assert np.all(market.none <= market.silent + 1e-9)
    assert np.all(market.silent <= market.proportional + 1e-9)
    assert np.all(market.proportional_without <= market.proportional + 1e-9)
    assert np.all((market.none > 0) & (market.none <= 10_000))
    assert np.all(market.shares.sum(axis=1) <= 1 + 1e-12)


def test_clouds_and_makers_of_chips_hold_no_stakes_in_one_another(latest):
    for layer in ("cloud_market", "accelerator_market"):
        market = latest.value(layer)
        assert market.proportional.item() == pytest.approx(market.none.item())


def test_without_money_paid_in_the_deal_adds_nothing(deal_day):
    unpaid = deal_day.what_if(microsoft_equity_drawn_share=0, nvidia_equity_drawn_share=0)
    assert unpaid.model_market_mhhi_rise == 0


def test_the_curve_of_stakes_meets_the_stake_that_is_held(latest):
    curve = latest.value("stake_curve")
    at = np.interp(latest.microsoft_stake_share, curve.stakes, curve.proportional[0])
    assert at == pytest.approx(latest.model_market_mhhi_rise, rel=0.05)
    assert np.all(np.diff(curve.proportional[0]) > 0)
    assert np.allclose(curve.silent, 0)
    points = np.interp(latest.screened_stake_share, curve.stakes, curve.proportional[0])
    assert points == pytest.approx(100)
    assert latest.screened_stake_share not in curve.stakes


def test_where_no_stake_adds_enough_none_is_named():
    curve = StakeCurve((0.0, 0.1), np.zeros((2, 2)), np.array([[0.0, 99.0], [10.0, 110.0]]))
    assert screened_stake_share(curve)[:, 0].tolist() == [np.inf, pytest.approx(0.09)]


def promise(supplier, usd):
    path = np.full((1, 4), usd / 4)
    return Promise(supplier, "announced", path, path, path, ())


def test_suppliers_are_counted_once_each_by_all_that_was_announced():
    given_ = (promise("microsoft", 30), promise("amazon", 20), promise("microsoft", 10))
    bought = concentration.anthropic_suppliers_usd(given_)
    assert {name: usd.item() for name, usd in bought.items()} == {"microsoft": 40, "amazon": 20}
    index = concentration.anthropic_supplier_hhi(bought).item()
    assert index == pytest.approx(1e4 * (4 / 9 + 1 / 9))
    assert np.isnan(concentration.anthropic_supplier_without_deal_hhi(bought)).all()


def test_fewer_than_two_amounts_have_no_index():
    for others in ((), (promise("amazon", 20),), (promise("amazon", 20), promise("google", 0))):
        bought = concentration.anthropic_suppliers_usd((promise("microsoft", 30), *others))
        assert np.isnan(concentration.anthropic_supplier_without_deal_hhi(bought)).all()

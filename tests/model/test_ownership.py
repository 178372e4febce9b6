import numpy as np
import pytest

from briefing.case import Case


def test_five_billions_at_350_buy_a_seventieth():
    case = Case(
        "deal_day",
        firmness="headline",
        strategic_post_money_usd=350e9,
        later_rounds_dilution_share=0,
    )
    # Five over 350 and ten over 350.
    assert case.microsoft_stake_share == pytest.approx(1 / 70)
    assert case.nvidia_stake_share == pytest.approx(1 / 35)


def test_series_h_leaves_nine_hundred_parts_of_965(latest):
    # 65 of 965 billion are new.
    assert latest.stake_kept_share == pytest.approx(900 / 965, abs=5e-4)


def test_two_rounds_and_a_pool_multiply():
    case = Case(
        "deal_day", raise_to_mark_share=0.08, future_rounds_multiple=2, pool_dilution_share=0.1
    )
    assert case.stake_kept_at_exit_share == pytest.approx(0.92**2 * 0.9)


def test_dilution_never_adds_to_a_stake(latest):
    draws = latest.draws(200)
    for party in ("microsoft", "nvidia"):
        entry, today, exit_ = (
            draws.value(f"{party}_{when}stake_share") for when in ("entry_", "", "exit_")
        )
        assert np.all(exit_ <= today)
        assert np.all(today <= entry)


def test_a_stake_at_its_own_price_is_the_money_paid(deal_day):
    # Before any later round the price is the one at which the stake was bought.
    assert deal_day.microsoft_stake_at_price_usd == pytest.approx(
        deal_day.microsoft_equity_total_usd
    )


def test_look_through_takes_the_fair_value(latest):
    assert latest.nvidia_look_through_value_usd == pytest.approx(
        latest.nvidia_stake_share * latest.equity_value_usd
    )


def test_money_still_to_be_paid_in_is_part_of_what_the_shares_own(deal_day):
    case = deal_day.what_if(firmness="headline")
    # Nothing was paid by the day, so all fifteen billions are still to come.
    assert case.fair_post_money_usd - case.equity_value_usd == pytest.approx(15e9)


def test_only_prices_known_on_the_day_are_shown(deal_day, latest):
    assert [price.label for price in deal_day.entry_prices] == ["Series F", "Press"]
    assert [price.value_usd for price in latest.entry_prices] == [183e9, 350e9, 380e9, 965e9]

"""Grounds to renegotiate, from small contracts counted by hand."""

import numpy as np
import pytest

from briefing.model.renegotiation import (
    azure_minimum_left_usd,
    azure_minimum_worth_left_usd,
    leaving_pays_share,
    money_spent_share,
    renegotiation_share,
)

STARTS = np.array([[0.0, 1.0, 2.0]])
AHEAD = np.array([[0.125, 1.125, 2.125]])
MINIMUM = np.array([[11e9, 11e9, 12.1e9]])
RATE = np.array([[0.1]])


def share(value):
    return np.array([[value]])


def left():
    return azure_minimum_left_usd(MINIMUM, RATE, STARTS)


def test_what_is_left_is_in_money_of_its_own_quarter():
    assert left() == pytest.approx(np.array([[31e9, 22e9, 12.1e9]]))


@pytest.mark.parametrize(("fee", "pays"), [(0.49, 1.0), (0.51, 0.0)])
def test_leaving_pays_where_idle_capacity_loses_more_than_the_fee(fee, pays):
    # Nothing is needed and idle capacity fetches half of its price: half of the minimum is lost.
    worth = azure_minimum_worth_left_usd(
        MINIMUM, share(1.0), np.zeros((1, 3)), share(1.0), share(0.5), RATE, STARTS
    )
    assert worth == pytest.approx(left() / 2)
    assert leaving_pays_share(left(), worth, share(fee), AHEAD).tolist() == [[pays] * 3]


def test_what_is_past_gives_no_grounds():
    past = AHEAD - 1
    spent = money_spent_share(np.array([[-1.0, 1.0, 1.0]]), past)
    assert spent.tolist() == [[0, 0, 0]]
    assert leaving_pays_share(left(), 0 * left(), share(0.0), past).tolist() == [[0, 1, 1]]


def test_money_that_is_spent_gives_grounds_only_while_a_minimum_is_owed():
    spent = money_spent_share(np.array([[1.0, -1.0, 1.0]]), AHEAD)
    assert spent.tolist() == [[0, 1, 1]]
    nothing = np.zeros((1, 3))
    assert renegotiation_share(nothing, spent, left(), AHEAD).tolist() == [[0, 1, 1]]
    assert renegotiation_share(nothing, spent, nothing, AHEAD).tolist() == [[0, 0, 0]]


def test_chances_never_fall_and_either_ground_is_one(deal_day):
    draws = deal_day.draws(300, 1)
    leaving, spent, both = (
        draws.value(name)
        for name in ("leaving_pays_share", "money_spent_share", "renegotiation_share")
    )
    assert all(np.all(np.diff(path, axis=-1) >= 0) for path in (leaving, spent, both))
    assert np.all(both[:, -1] <= np.maximum(leaving, spent)[:, -1])
    assert np.all(both >= leaving)


def test_without_a_minimum_there_are_no_grounds(deal_day):
    soft = deal_day.what_if(azure_take_or_pay_share=0.0).draws(100, 1)
    assert not soft.value("renegotiation_share").any()

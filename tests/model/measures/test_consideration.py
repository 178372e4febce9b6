import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.consideration import net_revenue

amounts = st.floats(0, 100)


def test_shares_bought_above_fair_value_reduce_revenue_by_the_excess():
    # Five paid for shares worth four around thirty: one thirtieth of every invoice.
    found = net_revenue(30.0, 5.0, 4.0, (6.0, 3.0, 21.0))
    assert found.reduction == 1.0
    assert found.revenue.tolist() == pytest.approx([5.8, 2.9, 20.3])


def test_a_bargain_adds_no_revenue():
    found = net_revenue(30.0, 5.0, 9.0, (6.0,))
    assert (found.reduction, found.revenue.tolist()) == (0.0, [6.0])


def test_no_payment_no_reduction():
    assert net_revenue(30.0, 0.0, 0.0, (6.0,)).revenue.tolist() == [6.0]


@given(price=st.floats(1, 100), paid=st.floats(0, 1), bought=amounts)
def test_what_is_billed_in_full_loses_the_whole_reduction(price, paid, bought):
    found = net_revenue(price, paid, bought, np.array([price / 2, price / 2]))
    assert found.revenue.sum() == pytest.approx(price - found.reduction)


def test_a_payment_above_the_price_is_refused():
    with pytest.raises(ValueError, match="must not be more than the contract price 15"):
        net_revenue(15.0, 16.0)


def test_a_payment_above_the_price_that_buys_its_worth_is_fine():
    assert net_revenue(15.0, 16.0, 16.0).reduction == 0.0


@pytest.mark.parametrize(
    ("given_", "told"),
    [
        ((-1.0, 1.0, 0.0), "contract price -1 must not be negative"),
        ((15.0, -1.0, 0.0), "payment -1 must not be negative"),
        ((15.0, 1.0, -2.0), "fair value -2 must not be negative"),
        ((0.0, 0.0, 0.0), "contract price 0 must be positive"),
        ((15.0, float("nan"), 0.0), "payment nan must not be negative"),
    ],
)
def test_amounts_that_make_no_sense_are_refused(given_, told):
    with pytest.raises(ValueError, match=told):
        net_revenue(*given_)

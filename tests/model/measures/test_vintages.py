import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.vintages import vintages

charges = st.lists(st.floats(0, 10), min_size=3, max_size=12).map(lambda path: np.array([path]))
lives = st.integers(1, 15)
leads = st.integers(0, 4)


@given(charge=charges, life=lives, lead=leads)
def test_all_that_is_bought_is_depreciated_or_left(charge, life, lead):
    found = vintages(charge, np.array([[life]]), np.array([[lead]]))
    used = charge.sum() + found.idle_charge.sum() + found.book_left.sum()
    assert found.purchases.sum() == pytest.approx(used)


@given(charge=charges, life=lives, lead=leads)
def test_enough_stands_and_nothing_is_bought_twice(charge, life, lead):
    found = vintages(charge, np.array([[life]]), np.array([[lead]]))
    assert found.idle_charge.min() >= -1e-9
    assert found.purchases.min() >= -1e-9


@given(charge=charges, life=lives)
def test_a_lead_only_moves_payments_forward(charge, life):
    late, early = (
        vintages(charge, np.array([[life]]), np.array([[lead]])).purchases for lead in (0, 2)
    )
    assert np.all(np.cumsum(early) >= np.cumsum(late) - 1e-9)
    assert early.sum() == pytest.approx(late.sum())


def test_draws_do_not_mix():
    charge = np.array([[0.0, 2.0, 2.0, 1.0], [1.0, 0.0, 3.0, 3.0]])
    life, lead = np.array([[2], [3]]), np.array([[1], [0]])
    both = vintages(charge, life, lead)
    for draw in range(2):
        alone = vintages(charge[[draw]], life[[draw]], lead[[draw]])
        assert np.array_equal(both.purchases[[draw]], alone.purchases)


def test_a_level_need_is_bought_once_per_life():
    # Four quarters of life at a charge of one: four dollars at once, and again a year later.
    found = vintages(np.ones((1, 8)), np.array([[4]]), np.array([[0]]))
    assert found.purchases.tolist() == [[4, 0, 0, 0, 4, 0, 0, 0]]
    assert found.book_left.item() == 0

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import networks

from briefing.model.measures import walks
from briefing.model.measures.flows import as_flows
from briefing.model.measures.walks import (
    is_leaking,
    passed_on,
    refuse_trapped,
    round_trips,
    scaled_rows,
    walk_sums,
)


def leaking(flows, leak=0.2):
    """Chances of the next step, with at least `leak` lost on each."""
    return scaled_rows(as_flows(flows), flows.sum(axis=1) / (1 - leak))


@given(flows=networks(), start=st.lists(st.floats(0, 10), min_size=5, max_size=5))
def test_what_is_passed_on_solves_the_system(flows, start):
    walk, begun = leaking(flows), np.array(start)
    expected = np.linalg.solve(np.eye(5) - walk.toarray(), begun)
    assert np.allclose(passed_on(walk, begun), expected, rtol=1e-9, atol=1e-9)


@given(flows=networks(), left=networks(), right=networks())
def test_round_trips_are_the_diagonal_of_the_inverse(flows, left, right):
    walk = leaking(flows)
    dense = left @ np.linalg.inv(np.eye(5) - walk.toarray()) @ right
    found = round_trips(as_flows(left), walk, as_flows(right))
    assert np.allclose(found.value, np.diag(dense), rtol=1e-9, atol=1e-6)
    assert not found.standard_error.any()


@given(flows=networks(), others=networks())
def test_sums_of_dense_walks_are_those_of_the_inverse(flows, others):
    walk = np.array([leaking(each).toarray() for each in (flows, others)])
    expected = np.linalg.inv(np.eye(5) - walk) - np.eye(5)
    assert np.allclose(walk_sums(walk), expected, rtol=1e-9, atol=1e-9)


RING = np.array([[0, 1.0, 0], [1, 0, 0], [0, 0, 0]])


def test_money_that_can_never_leave_is_refused():
    with pytest.raises(ValueError, match=r"parties \[0, 1\] only pay one another"):
        refuse_trapped(as_flows(RING))
    assert is_leaking(np.array([RING, RING / 2])).tolist() == [False, True]


def test_money_that_leaks_by_less_than_a_rounding_has_no_sum():
    with pytest.raises(ValueError, match="leaks too slowly"):
        walk_sums(RING[None])


def test_the_estimate_lies_within_its_stated_error(monkeypatch):
    random = np.random.default_rng(5)
    flows = random.random((120, 120)) * (random.random((120, 120)) < 0.1)
    np.fill_diagonal(flows, 0)
    walk = leaking(flows)
    exact = round_trips(walk, walk, walk)
    monkeypatch.setattr(walks, "EXACT_UP_TO", 10)
    estimated = round_trips(walk, walk, walk)
    off = np.abs(estimated.value - exact.value) / estimated.standard_error
    assert np.all(estimated.standard_error > 0)
    assert np.mean(off < 2) > 0.9
    assert np.max(off) < 6


def test_the_estimate_is_the_same_for_the_same_seed(monkeypatch):
    monkeypatch.setattr(walks, "EXACT_UP_TO", 1)
    walk = leaking(np.array([[0, 1, 2], [2, 0, 1], [1, 1, 0.0]]))
    one, again, other = (round_trips(walk, walk, walk, seed=seed).value for seed in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import networks

from briefing.model.measures.debtrank import debtrank

buffers = st.lists(st.floats(50, 1e4), min_size=5, max_size=5).map(np.array)
shocks = st.lists(st.floats(0, 1), min_size=5, max_size=5).map(np.array)


@given(exposures=networks(), buffer=buffers, shock=shocks)
def test_distress_stays_between_the_shock_and_one(exposures, buffer, shock):
    for variant in ("single_hit", "linear"):
        final = debtrank(exposures, buffer, shock, variant=variant).final_stress
        assert np.all(final >= shock)
        assert np.all(final <= 1)


@given(exposures=networks(), buffer=buffers, shock=shocks)
def test_one_hit_spreads_no_more_than_all_of_them(exposures, buffer, shock):
    once = debtrank(exposures, buffer, shock).final_stress
    on = debtrank(exposures, buffer, shock, variant="linear").final_stress
    assert np.all(once <= on + 1e-9)


@given(exposures=networks(), buffer=buffers, shock=shocks, part=st.floats(0, 1))
def test_a_smaller_shock_never_spreads_further_in_the_linear_form(exposures, buffer, shock, part):
    small = debtrank(exposures, buffer, part * shock, variant="linear").final_stress
    large = debtrank(exposures, buffer, shock, variant="linear").final_stress
    assert np.all(small <= large + 1e-9)


def test_distress_runs_from_the_lost_to_those_exposed_to_it():
    exposures = np.array([[0, 5.0], [0, 0]])
    final = debtrank(exposures, np.array([10.0, 10.0]), np.array([0, 1.0])).final_stress
    assert final.tolist() == [0.5, 1.0]
    final = debtrank(exposures, np.array([10.0, 10.0]), np.array([1.0, 0])).final_stress
    assert final.tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("buffer", "shock", "variant", "told"),
    [
        ([0, 1], [0, 0], "linear", "party 0 needs a buffer"),
        ([1, 1], [2, 0], "linear", "between 0 and 1"),
        ([1, 1], [0, 0], "cubic", "single_hit or linear"),
    ],
)
def test_wrong_input_is_named(buffer, shock, variant, told):
    with pytest.raises(ValueError, match=told):
        debtrank(np.zeros((2, 2)), np.array(buffer), np.array(shock), variant=variant)


def test_a_short_buffer_or_a_negative_weight_is_refused():
    with pytest.raises(ValueError, match="2 in all"):
        debtrank(np.zeros((2, 2)), np.ones(1), np.zeros(2))
    with pytest.raises(ValueError, match="party 1 has -1"):
        debtrank(np.zeros((2, 2)), np.ones(2), np.zeros(2), np.array([1.0, -1.0]))


def test_weights_of_nothing_weigh_nothing():
    assert debtrank(np.zeros((2, 2)), np.ones(2), np.ones(2), np.zeros(2)).additional_stress == 0

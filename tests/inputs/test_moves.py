"""Moves of assumptions: which values a reader may try, and the rows that compute them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.inputs.moves import POSITIONS, columns, ends, is_movable, one_or_two, positions


@pytest.fixture(scope="module")
def term(latest):
    return latest._parameters.assumptions["azure_term_years"]


@pytest.fixture(scope="module")
def share(latest):
    return latest._parameters.assumptions["opening_training_share"]


def test_positions_step_from_low_to_high_through_the_own_value(term):
    # Steps of half a year; the own value, 5, takes the place of the nearest.
    asked = replace(term, low=3.0, value=5.1, high=7.0)
    assert positions(asked) == (3.0, 3.5, 4.0, 4.5, 5.1, 5.5, 6.0, 6.5, 7.0)


def test_an_own_value_at_an_end_is_no_further_position(term):
    assert positions(replace(term, low=3.0, value=3.0, high=7.0))[:2] == (3.0, 3.5)


def test_steps_finer_than_what_is_printed_are_left_out(term):
    assert positions(replace(term, low=4.0, value=4.1, high=4.3)) == (4.0, 4.1, 4.2, 4.3)


@given(st.tuples(*[st.floats(0.01, 1000)] * 3).map(sorted))
def test_positions_rise_keep_the_range_and_print_apart(term, three):
    low, own, high = three
    found = positions(replace(term, low=low, value=own, high=high))
    assert {low, own, high} <= set(found)
    assert len(found) <= POSITIONS
    assert list(found) == sorted(set(found))
    between = [f"{each:.2g}" for each in found if each not in three]
    assert len(set(between)) == len(between)


def test_a_number_without_a_range_has_no_positions(term):
    fixed = replace(term, low=None, high=None, distribution="fixed")
    assert not is_movable(fixed)
    with pytest.raises(ValueError, match="azure_term_years has no range"):
        positions(fixed)


def test_words_are_not_moved(latest):
    assert not is_movable(latest._parameters.assumptions["gw_reading"])


def test_ends_are_those_of_the_range_one_at_a_time(term, share):
    low, high = share.low, share.high
    assert ends([term, share]) == (
        (),
        (("azure_term_years", 3.0),), (("azure_term_years", 8.0),),
        (("opening_training_share", low),), (("opening_training_share", high),),
    )  # fmt: skip


def test_one_or_two_are_moved_at_a_time_and_never_to_the_own_value(term, share):
    moves = one_or_two([term, share])
    others = POSITIONS - 1
    assert [sum(len(move) == n for move in moves) for n in range(3)] == [1, 2 * others, others**2]
    assert len(set(moves)) == len(moves)
    assert ("azure_term_years", term.value) not in {moved for move in moves for moved in move}


def test_a_row_has_the_own_value_of_whatever_its_move_leaves_in_place(term, share):
    assumptions = {each.name: each for each in (term, share)}
    moves = [(), (("azure_term_years", 3.0),), (("opening_training_share", 0.4),)]
    found = columns(moves, assumptions)
    np.testing.assert_array_equal(found["azure_term_years"], [[term.value], [3.0], [term.value]])
    np.testing.assert_array_equal(
        found["opening_training_share"], [[share.value], [share.value], [0.4]]
    )

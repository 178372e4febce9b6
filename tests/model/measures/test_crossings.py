import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.model.measures.crossings import crossings


def found(margin, low, high, **more):
    ends = np.atleast_1d(low).astype(float), np.atleast_1d(high).astype(float)
    return crossings(lambda _, x: margin(x).reshape(len(x), -1), *ends, **more)


@settings(max_examples=20)
@given(st.floats(-50, 50), st.floats(0.1, 20), st.booleans())
def test_a_line_crosses_where_arithmetic_says(place, slope, falls):
    sign = -1 if falls else 1
    result = found(lambda x: sign * slope * (x - place), -60, 61)
    assert result.at.shape == (1, 1, 1)
    assert result.at.item() == pytest.approx(place, abs=1e-8)
    assert result.holds_first.item() == falls


def test_all_crossings_are_found_in_rising_order():
    result = found(np.sin, 1, 13)
    assert result.at[0, 0] == pytest.approx(np.pi * np.array([1, 2, 3, 4]))
    assert result.holds_first.item()


def test_where_nothing_crosses_there_is_no_number():
    result = found(lambda x: np.stack([x + 10, x - 10], axis=1), 0, 5)
    assert np.isnan(result.at).all()
    assert result.holds_first[0].tolist() == [True, False]


def test_a_clipped_quantity_crosses_where_it_leaves_its_floor():
    result = found(lambda x: np.maximum(x - 3, 0) - 1e-3, 0, 10)
    assert result.at.item() == pytest.approx(3.001)


def test_the_place_of_a_jump_is_a_crossing():
    assert found(lambda x: np.where(x < 2.7, -1.0, 1.0), 0, 10).at.item() == pytest.approx(2.7)


def test_where_there_is_no_margin_nothing_is_searched():
    result = found(lambda x: np.where(x > 1, 2 - x, np.nan), 0, 4, scanned=9)
    assert (result.low.item(), result.high.item()) == (1.5, 4.0)
    assert result.at.item() == pytest.approx(2)
    nowhere = found(lambda x: np.full(len(x), np.nan), 0, 4)
    assert np.isnan([nowhere.low.item(), nowhere.high.item(), nowhere.at.item()]).all()


def test_questions_keep_their_own_ends_and_answers():
    targets = np.array([2.0, 9.0, 200.0])

    def margins(question, x):
        return (x**2 - targets[question])[:, None]

    result = crossings(margins, np.zeros(3), np.array([2.0, 4.0, 10.0]))
    assert result.at[:2, 0, 0] == pytest.approx([np.sqrt(2), 3])
    assert np.isnan(result.at[2, 0, 0])

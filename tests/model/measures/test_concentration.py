from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.concentration import (
    herfindahl_points,
    merger,
    modified_herfindahl_points,
    readings_of_control,
)

markets = st.lists(st.floats(0.01, 1), min_size=3, max_size=6).map(
    lambda raw: np.array(raw) / np.sum(raw)
)


def stakes(owners, sellers):
    row = st.lists(st.floats(0.01, 1), min_size=sellers, max_size=sellers)
    return st.lists(row, min_size=owners, max_size=owners).map(np.array)


@given(shares=markets)
def test_a_whole_market_lies_between_equal_sellers_and_a_single_one(shares):
    assert 10_000 / len(shares) - 1e-6 <= herfindahl_points(shares) <= 10_000 + 1e-6


@given(shares=markets)
def test_a_merger_of_two_adds_twice_the_product_of_their_shares(shares):
    found = merger(shares, (0, 2))
    assert found.change_points == pytest.approx(20_000 * shares[0] * shares[2])
    assert found.after_points == pytest.approx(found.before_points + found.change_points)


@given(shares=markets, data=st.data())
def test_stakes_never_lower_the_index(shares, data):
    interests = data.draw(stakes(3, len(shares)))
    control = data.draw(stakes(3, len(shares)))
    for weight in (None, control):
        modified = modified_herfindahl_points(shares, interests, weight)
        assert modified >= herfindahl_points(shares) * (1 - 1e-12)


@given(shares=markets, data=st.data(), unit=st.floats(0.01, 100))
def test_the_unit_of_interests_does_not_matter(shares, data, unit):
    interests = data.draw(stakes(3, len(shares)))
    usual = modified_herfindahl_points(shares, interests)
    assert modified_herfindahl_points(shares, unit * interests) == pytest.approx(usual)


@given(shares=markets, data=st.data())
def test_sellers_may_be_named_in_any_order(shares, data):
    interests = data.draw(stakes(2, len(shares)))
    usual = modified_herfindahl_points(shares, interests)
    turned = modified_herfindahl_points(shares[::-1], interests[:, ::-1])
    assert turned == pytest.approx(usual)


@given(shares=markets, stake=st.floats(0, 0.9))
def test_a_silent_stake_adds_its_part_of_the_product_of_both_shares(shares, stake):
    held = np.zeros((len(shares), len(shares)))
    held[0, 1] = stake
    found = readings_of_control(shares, held)
    assert found.none == herfindahl_points(shares)
    # Of two numbers of up to 10,000 points, which have twelve digits after the point.
    exactly = partial(pytest.approx, abs=1e-11)
    assert found.silent - found.none == exactly(10_000 * stake * shares[0] * shares[1])
    # O'Brien and Salop: with its part of the say the holder also makes the rival spare itself.
    controlled = stake * 1 / (stake**2 + (1 - stake) ** 2)
    added = 10_000 * (stake + controlled) * shares[0] * shares[1]
    assert found.proportional - found.none == exactly(added)


def test_owners_who_care_more_for_rivals_lift_the_index_above_ten_thousand():
    interests, control = [[0.01, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]]
    found = modified_herfindahl_points(np.array([0.5, 0.5]), interests, control)
    assert found == pytest.approx(10_000 * 0.25 * (1 + 100 + 0.01 + 1))


@pytest.mark.parametrize(
    ("shares", "merging", "is_presumed"),
    [
        ([0.3, 0.3, 0.2, 0.2], (2, 3), True),  # 3,400 points after a change of 800
        ([0.3, 0.01, 0.1, 0.1], (0, 1), False),  # a share of 31%, a change of 60 only
        ([0.2, 0.11, 0.1, 0.1], (0, 1), True),  # 1,161 points, a share of 31%, a change of 440
        ([0.1, 0.1, 0.1, 0.1], (0, 1), False),  # 600 points and a share of 20%
        ([0.4, 0.3, 0.02, 0.02], (2, 3), False),  # 2,516 points, a change of 8
    ],
)
def test_the_guidelines_presume_harm_by_level_or_share_and_change(shares, merging, is_presumed):
    assert merger(np.array(shares), merging).is_presumed_harmful == is_presumed


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: herfindahl_points(np.array([0.6, 0.6])), "sum to 1.2"),
        (lambda: herfindahl_points(np.array([30, 70])), "between 0 and 1"),
        (lambda: merger(np.array([0.5, 0.5]), (0, 2)), "places from 0 to 1"),
        (lambda: modified_herfindahl_points(np.array([0.5, 0.5]), np.eye(3)), "2 in a row"),
        (
            lambda: modified_herfindahl_points(np.array([0.5, 0.5]), np.array([[1, 0]])),
            "seller 1 is controlled by nobody",
        ),
    ],
)
def test_markets_that_cannot_be_are_refused(act, told):
    with pytest.raises(ValueError, match=told):
        act()

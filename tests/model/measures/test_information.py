"""Value of information: closed forms, and what must hold for every decision."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.information import (
    binned_worth,
    estimate_benefit,
    known_together,
    known_worths,
    normal_worth,
    over_best,
    partial_worth,
    perfect_worth,
)

DRAWS = 4000


def known_worth(net_benefit, parameters):
    (worth,) = known_worths([over_best(net_benefit)], known_together(parameters))
    return worth


@pytest.fixture(scope="module")
def toy():
    """The toy of the R package voi: a net benefit that is a sum of two normals, or nothing."""
    stream = np.random.default_rng(1)
    first, second, other = stream.standard_normal((3, DRAWS))
    benefit = np.column_stack([np.zeros(DRAWS), first + 2 * second])
    return benefit, first, 2 * second, other


def test_the_regression_finds_the_published_values(toy):
    benefit, first, second, _ = toy
    # 0.398942 and 0.797885 in closed form; the sampling error of 4,000 draws is about 0.02.
    assert known_worth(benefit, [first]).fitted == pytest.approx(0.398942, abs=0.03)
    assert known_worth(benefit, [second]).fitted == pytest.approx(0.797885, abs=0.04)
    assert known_worth(benefit, [first, second]).fitted == pytest.approx(0.892062, abs=0.04)


def test_bins_agree_with_the_regression(toy):
    benefit, first, second, _ = toy
    for known in (first, second):
        # Bins lose what differs within them and gain what is noise.
        assert binned_worth(benefit, known) == pytest.approx(
            known_worth(benefit, [known]).fitted, abs=0.03
        )


def test_a_curved_gain_is_followed():
    # |x| − ¾ for x between −1 and 1: the mean of what is above nothing is 1/32, its own mean −¼.
    stream = np.random.default_rng(2)
    known, noise = stream.uniform(-1, 1, DRAWS), stream.standard_normal(DRAWS)
    benefit = np.column_stack([np.zeros(DRAWS), np.abs(known) - 0.75 + 0.2 * noise])
    worth = known_worth(benefit, [known])
    assert worth.fitted == pytest.approx(1 / 32, abs=0.004)
    assert worth.held_out == pytest.approx(1 / 32, abs=3 * worth.error)


def test_what_says_nothing_is_worth_nothing(toy):
    benefit, _, _, other = toy
    worth = known_worth(benefit, [other])
    assert worth.fitted == 0
    assert abs(worth.held_out) <= 3 * worth.error


def test_two_that_tell_only_together_are_worth_nothing_alone():
    stream = np.random.default_rng(3)
    first, second = stream.choice([-1.0, 1.0], (2, DRAWS))
    benefit = np.column_stack([np.zeros(DRAWS), first * second])
    assert known_worth(benefit, [first]).fitted < 0.02
    # Their product is known then, and half of the time it is one.
    assert known_worth(benefit, [first, second]).fitted == pytest.approx(0.5, abs=0.03)


def test_words_are_known_like_numbers():
    words = np.array(["nested", "additional"])[np.arange(DRAWS) % 2]
    benefit = np.column_stack([np.zeros(DRAWS), np.where(words == "nested", -2.0, 1.0)])
    assert known_worth(benefit, [words]).fitted == pytest.approx(0.5)


def test_nothing_known_is_worth_nothing(toy):
    assert known_worth(toy[0], [np.full(DRAWS, 3.0)]).fitted == 0


def test_a_decision_that_is_clear_is_worth_no_knowledge(toy):
    benefit, first, *_ = toy
    clear = benefit + np.array([0.0, 100.0])
    assert perfect_worth(clear) == known_worth(clear, [first]).fitted == 0


@given(st.integers(0, 2**32 - 1), st.floats(1e-3, 1e12), st.integers(2, 4))
def test_worth_lies_between_nothing_and_all_and_has_the_unit_of_the_gain(seed, unit, options):
    stream = np.random.default_rng(seed)
    known = stream.standard_normal((300, 2))
    benefit = known @ stream.standard_normal((2, options)) + stream.standard_normal((300, options))
    worth = known_worth(benefit, [known[:, 0]]).fitted
    assert 0 <= worth <= perfect_worth(benefit)
    scaled = known_worth(unit * benefit + 7 * unit, [known[:, 0]]).fitted
    assert scaled == pytest.approx(unit * worth, rel=1e-6, abs=1e-9 * unit)


chances = st.lists(st.floats(0.01, 1), min_size=12, max_size=12)
gains = st.lists(st.floats(-100, 100), min_size=24, max_size=24)


@given(chances, gains)
def test_part_is_never_worth_more_than_all(chances, gains):
    joint, benefit = np.array(chances).reshape(3, 4), np.array(gains).reshape(3, 4, 2)
    joint /= joint.sum()
    all_known = perfect_worth(benefit.reshape(12, 2), joint.reshape(12))
    part = partial_worth(benefit, joint)
    assert 0 <= part <= all_known + 1e-9
    # Knowing a coarser x, the first two states taken for one, is worth no more.
    coarse_joint = np.concatenate([joint[:2].reshape(1, 8), np.pad(joint[2:], ((0, 0), (0, 4)))])
    coarse = np.concatenate(
        [benefit[:2].reshape(1, 8, 2), np.pad(benefit[2:], ((0, 0), (0, 4), (0, 0)))]
    )
    assert partial_worth(coarse, coarse_joint) <= part + 1e-9


def test_knowing_x_alone_by_hand():
    # x is good or bad with equal chance; y adds 30 or takes it. Acting gains 10 or −20 on average.
    benefit = np.array([[[0, 40], [0, -20]], [[0, 10], [0, -50]]])
    joint = np.full((2, 2), 0.25)
    assert partial_worth(benefit, joint) == pytest.approx(5)
    assert perfect_worth(benefit.reshape(4, 2), joint.reshape(4)) == pytest.approx(12.5)


def test_a_state_that_never_comes_changes_nothing():
    benefit = np.array([[[0, 40], [0, -20]], [[0, 10], [0, -50]], [[0, 1e9], [0, 1e9]]])
    joint = np.array([[0.25, 0.25], [0.25, 0.25], [0, 0]])
    assert partial_worth(benefit, joint) == pytest.approx(5)


def test_the_normal_loss_integral_falls_away_from_zero():
    # Raiffa and Schlaifer's table: 0.3989 at nothing, 0.0833 at one, 0.0085 at two deviations.
    assert normal_worth(np.array([0.0, 1.0, -1.0, 2.0]), 1.0) == pytest.approx(
        [0.3989, 0.0833, 0.0833, 0.0085], abs=5e-5
    )
    assert normal_worth(5.0, 0.0) == normal_worth(0.0, 0.0) == 0


def test_to_know_an_outcome_takes_away_its_mean_error():
    # Even on [0, 1] the median is a quarter wrong on average; a guess in 40 leaves 1/160.
    outcome = (np.arange(DRAWS) + 0.5) / DRAWS
    benefit = estimate_benefit(outcome)
    assert np.max(np.mean(benefit, axis=0)) == pytest.approx(-0.25, abs=1e-6)
    assert perfect_worth(benefit) == pytest.approx(0.25 - 1 / 160, rel=0.02)
    worth = known_worth(benefit, [outcome])
    # A smooth fit rounds off the kink of the loss; who chooses by it loses next to nothing.
    assert worth.held_out == pytest.approx(0.25 - 1 / 160, rel=0.02)
    assert 0.9 * perfect_worth(benefit) < worth.fitted <= perfect_worth(benefit)

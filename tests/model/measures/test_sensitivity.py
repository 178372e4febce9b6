"""Published indices and effects, and estimates that know how far off they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from briefing.model.measures.sensitivity import (
    estimated_indices,
    g_function_indices,
    ishigami_indices,
    linear_effects,
    linear_indices,
    shapley_effects,
)

numbers = st.lists(st.floats(0.1, 10), min_size=2, max_size=5)


def ishigami(x):
    return np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])


def angle(share):
    return np.pi * (2 * share - 1)


def test_ishigami_as_printed():
    found = ishigami_indices(7, 0.1)
    assert np.round(found.first, 4).tolist() == [0.3139, 0.4424, 0]
    assert np.round(found.total, 4).tolist() == [0.5576, 0.4424, 0.2437]
    assert found.first.sum() + found.first_and_third == pytest.approx(1)


def test_the_g_function_of_eight_inputs_as_printed():
    # Saltelli and others (2010) and Sobol (2007): a = 0, 1, 4.5, 9 and four times 99.
    found = g_function_indices([0, 1, 4.5, 9, 99, 99, 99, 99])
    assert np.round(found.first[:4], 3).tolist() == [0.716, 0.179, 0.024, 0.007]


@given(a=st.lists(st.floats(0, 99), min_size=1, max_size=6))
def test_first_indices_sum_to_at_most_one_and_totals_to_at_least(a):
    found = g_function_indices(a)
    assert found.first.sum() <= 1 + 1e-9
    assert found.total.sum() >= 1 - 1e-9
    assert np.all(found.first <= found.total * (1 + 1e-12))


@given(coefficients=numbers)
def test_a_sum_has_no_interactions(coefficients):
    found = linear_indices(coefficients, np.ones(len(coefficients)))
    assert found.first.sum() == pytest.approx(1)
    assert np.array_equal(found.first, found.total)


def test_estimates_lie_within_their_intervals_of_the_closed_forms():
    found, known = estimated_indices(ishigami, [angle] * 3, seed=1), ishigami_indices(7, 0.1)
    assert np.all(np.abs(found.first - known.first) <= 2 * found.first_error)
    assert np.all(np.abs(found.total - known.total) <= 2 * found.total_error)
    assert max(found.first_error.max(), found.total_error.max()) < 0.05


def test_the_same_seed_gives_the_same_estimates_bit_for_bit():
    first, again = (estimated_indices(ishigami, [angle] * 3, 64, 3, seed=4) for _ in range(2))
    assert all(np.array_equal(one, two) for one, two in zip(first, again, strict=True))


@given(slopes=st.tuples(st.floats(-5, 5), st.floats(-5, 5)), rho=st.floats(-0.99, 0.99))
def test_two_correlated_inputs_get_what_iooss_and_prieur_derive(slopes, rho):
    # Iooss & Prieur (2019), Int. J. Uncertainty Quantification 9: half of what both share.
    one, two = slopes
    due = linear_effects(slopes, np.array([[1, rho], [rho, 1]])).due
    shared = rho * one * two
    assert due[0] == pytest.approx(one**2 * (1 - rho**2 / 2) + shared + two**2 * rho**2 / 2)
    assert due[1] == pytest.approx(two**2 * (1 - rho**2 / 2) + shared + one**2 * rho**2 / 2)


@given(weights=st.lists(st.floats(-5, 5), min_size=3, max_size=3), seed=st.integers(0, 99))
def test_exact_effects_sum_to_the_variance_and_are_never_negative(weights, seed):
    rows = np.random.default_rng(seed).standard_normal((3, 3))
    found = linear_effects(weights, rows @ rows.T)
    assert found.due.sum() == pytest.approx(found.variance, abs=1e-9)
    assert found.due.min() >= -1e-6


def test_without_correlation_the_effects_of_a_sum_are_its_parts():
    assert linear_effects([1, 2], np.eye(2)).due == pytest.approx([1, 4])


def test_sampled_effects_lie_near_the_exact_ones_and_sum_to_the_variance():
    spearman = 6 / np.pi * np.arcsin(0.5 / 2)  # of normals with a correlation of one half
    ranks = np.array([[1, spearman, 0], [spearman, 1, 0], [0, 0, 1]])
    pearson = np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]])
    found = shapley_effects(lambda x: x[0] + 2 * x[1] + x[2], [ndtri] * 3, ranks, seed=2)
    exact = linear_effects([1, 2, 1], pearson)
    assert np.all(np.abs(found.due - exact.due) <= 4 * found.standard_error)
    assert found.due.sum() == pytest.approx(found.variance, rel=1e-9)


def test_effects_grow_with_the_square_of_the_unit():
    def effects(unit):
        return shapley_effects(lambda x: unit * x[0] * x[1], [ndtri] * 2, np.eye(2), n=256).due

    assert effects(10.0) == pytest.approx(100 * effects(1.0))


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: estimated_indices(ishigami, [angle] * 3, n=100), "power of two"),
        (lambda: estimated_indices(ishigami, [angle] * 3, designs=1), "at least 2"),
        (lambda: estimated_indices(lambda x: 0 * x[0], [angle], n=8), "never varies"),
        (lambda: linear_indices([0], [1]), "never varies"),
        (lambda: shapley_effects(ishigami, [angle] * 3, np.eye(3), n=8), "at least two batches"),
    ],
)
def test_questions_without_an_answer_are_refused(act, told):
    with pytest.raises(ValueError, match=told):
        act()

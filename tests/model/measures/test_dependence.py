"""Kruskal's formulas, Higham's example, and margins that no reordering may touch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, kstest, spearmanr

from briefing.model.measures.dependence import (
    correlated_uniforms,
    kendall_of_normals,
    pearson_of_normals,
    rank_correlations,
    reordered,
    repaired,
    spearman_of_normals,
    symmetric_root,
)

correlations = st.floats(-1, 1)


def pair(correlation):
    return np.array([[1.0, correlation], [correlation, 1.0]])


@st.composite
def matrices(draw, size=4):
    """Correlations of four numbers written down without thinking: mostly impossible."""
    given = np.eye(size)
    for one in range(size):
        for two in range(one):
            given[one, two] = given[two, one] = draw(correlations)
    return given


@given(spearman=correlations)
def test_ranks_and_normals_know_the_way_back(spearman):
    assert spearman_of_normals(pearson_of_normals(spearman)) == pytest.approx(spearman, abs=1e-9)


@given(spearman=correlations)
def test_kendall_lies_between_nothing_and_spearman(spearman):
    kendall = kendall_of_normals(pearson_of_normals(spearman))
    assert abs(kendall) <= abs(spearman) + 1e-9
    assert kendall * spearman >= 0


def test_normals_show_the_rank_correlations_of_the_formulas():
    normals = symmetric_root(pair(0.7)) @ np.random.default_rng(3).standard_normal((2, 20_000))
    assert spearmanr(*normals).statistic == pytest.approx(spearman_of_normals(0.7), abs=0.02)
    assert kendalltau(*normals).statistic == pytest.approx(kendall_of_normals(0.7), abs=0.02)


def test_highams_example_is_repaired_as_printed():
    # Higham (2002), IMA J. Numer. Anal. 22: the nearest to the tridiagonal matrix of ones.
    found = repaired(np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]]))
    wanted = [[1, 0.7607, 0.1573], [0.7607, 1, 0.7607], [0.1573, 0.7607, 1]]
    assert np.allclose(found.matrix, wanted, atol=5e-5)
    assert found.largest_change == pytest.approx(1 - 0.7607, abs=5e-5)
    assert found.least_eigenvalue == pytest.approx(1 - 2**0.5)


@settings(max_examples=25)
@given(given=matrices())
def test_a_repaired_matrix_is_possible_and_needs_no_second_repair(given):
    found = repaired(given)
    assert np.linalg.eigvalsh(found.matrix)[0] >= -1e-9
    assert np.allclose(np.diag(found.matrix), 1)
    assert found.largest_change == pytest.approx(np.abs(found.matrix - given).max(), abs=1e-12)
    assert (found.largest_change == 0) == (found.least_eigenvalue >= -1e-12)
    assert repaired(found.matrix).largest_change <= 1e-6


def test_no_other_matrix_of_three_is_nearer_than_the_repaired():
    given = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    distance = np.linalg.norm(repaired(given).matrix - given)
    generator = np.random.default_rng(0)
    for _ in range(500):
        rows = generator.standard_normal((3, 3))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        assert np.linalg.norm(rows @ rows.T - given) >= distance - 1e-9


def test_correlated_uniforms_stay_uniform_and_are_correlated_as_wanted():
    uniforms = np.random.default_rng(1).random((10_000, 2))
    found = correlated_uniforms(uniforms, pair(pearson_of_normals(-0.6)))
    assert rank_correlations(found)[0, 1] == pytest.approx(-0.6, abs=0.02)
    assert all(kstest(column, "uniform").pvalue > 0.01 for column in found.T)


def test_a_row_depends_on_its_own_row_alone_bit_for_bit():
    uniforms = np.random.default_rng(1).random((1_000, 3))
    matrix = repaired(np.full((3, 3), 0.5) + np.eye(3) / 2).matrix
    many, few = correlated_uniforms(uniforms, matrix), correlated_uniforms(uniforms[:7], matrix)
    assert np.array_equal(many[:7], few)


def test_uniforms_at_the_very_ends_stay_numbers():
    found = correlated_uniforms(np.array([[0.0, 0.5], [1.0, 0.0]]), pair(1.0))
    assert np.all((found >= 0) & (found <= 1))


@settings(max_examples=25)
@given(matrix=matrices(3), seed=st.integers(0, 99), count=st.integers(4, 60))
def test_reordering_keeps_every_margin_exactly(matrix, seed, count):
    possible = spearman_of_normals(repaired(pearson_of_normals(matrix)).matrix)
    sample = np.random.default_rng(seed).exponential(size=(count, 3))
    found = reordered(sample, possible, seed).sample
    assert np.array_equal(np.sort(found, axis=0), np.sort(sample, axis=0))


def test_reordering_achieves_the_rank_correlations_within_two_hundredths():
    generator = np.random.default_rng(5)
    sample = np.column_stack([generator.lognormal(size=10_000), generator.beta(2, 5, 10_000)])
    found = reordered(sample, pair(0.8), seed=2)
    assert found.spearman[0, 1] == pytest.approx(0.8, abs=0.02)
    assert found.spearman[0, 1] == pytest.approx(spearmanr(found.sample).statistic)
    assert np.array_equal(found.sample, reordered(sample, pair(0.8), seed=2).sample)


IMPOSSIBLE = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: pearson_of_normals(1.5), "1.5 must lie between -1 and 1"),
        (lambda: pearson_of_normals(float("nan")), "nan must lie between"),
        (lambda: symmetric_root(IMPOSSIBLE), "contradict each other"),
        (lambda: reordered(np.ones((9, 3)), IMPOSSIBLE), "contradict each other"),
        (lambda: reordered(np.ones((2, 2)), pair(0.5)), "more draws than numbers"),
        (lambda: repaired(np.array([[1, 0.5], [0.1, 1]])), "symmetric"),
        (lambda: repaired(np.array([[2, 0.5], [0.5, 1]])), "with itself must be 1"),
    ],
)
def test_correlations_that_cannot_be_are_refused(act, told):
    with pytest.raises(ValueError, match=told):
        act()

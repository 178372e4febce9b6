"""Parts of a variance from given draws, against results whose parts are known."""

import numpy as np
import pytest

from briefing.model.measures.explained import BATCHES, STUDENT, alone, explained
from briefing.model.measures.sensitivity import linear_effects

N = 4_000


def normals(covariance, seed=1):
    root = np.linalg.cholesky(covariance)
    return root @ np.random.default_rng(seed).standard_normal((len(root), N))


def values(shares):
    return np.array([each.value for each in shares])


def test_a_polynomial_of_independent_inputs_has_the_parts_counted_by_hand():
    x, y, idle = np.random.default_rng(1).uniform(-1, 1, (3, N))
    found = explained(x + y**2 + x * y, [x, y, idle])
    # Variances of x, y² and x y are 1/3, 4/45 and 1/9: 24/45 together.
    total = 1 / 3 + 4 / 45 + 1 / 9
    assert values(found.alone) == pytest.approx(np.array([1 / 3, 4 / 45, 0]) / total, abs=0.03)
    due = np.array([1 / 3 + 1 / 18, 4 / 45 + 1 / 18, 0]) / total
    assert values(found.due) == pytest.approx(due, abs=0.03)
    last = np.array([1 / 3 + 1 / 9, 4 / 45 + 1 / 9, 0]) / total
    assert values(found.last) == pytest.approx(last, abs=0.03)
    assert found.unexplained.value == pytest.approx(0, abs=1e-6)


def test_shapley_effects_of_correlated_normals_are_those_of_the_closed_form():
    covariance = np.array([[1, 0.6, 0], [0.6, 1, -0.3], [0, -0.3, 1]])
    x = normals(covariance)
    found = explained(np.array([2.0, 1.0, -1.0]) @ x, list(x))
    exact = linear_effects([2.0, 1.0, -1.0], covariance)
    assert values(found.due) == pytest.approx(exact.due / exact.variance, abs=0.03)


def test_shares_and_what_is_left_sum_to_one_and_noise_is_unexplained():
    covariance = np.eye(4)
    x = normals(covariance)
    found = explained(x[0] + x[1] + x[2] + x[3], [x[0], x[1]], [x[2]])
    assert values(found.due) == pytest.approx([0.25, 0.25], abs=0.03)
    assert found.rest.value == pytest.approx(0.25, abs=0.03)
    assert found.unexplained.value == pytest.approx(0.25, abs=0.03)
    whole = values(found.due).sum() + found.rest.value + found.unexplained.value
    assert whole == pytest.approx(1, abs=1e-9)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    held, runs = 0, 60
    for seed in range(runs):
        x = np.random.default_rng(seed).standard_normal((3, 600))
        found = explained(x[0] + x[1] + 2 * x[2], [x[0], x[1]])
        held += abs(found.due[0].value - 1 / 6) <= found.due[0].error
    assert held >= 0.95 * runs - 3 * (0.95 * 0.05 * runs) ** 0.5


def test_student_is_that_of_the_batches():
    from scipy.stats import t

    assert pytest.approx(t.ppf(0.975, BATCHES - 1), abs=1e-6) == STUDENT


def test_words_explain_too_and_a_constant_explains_nothing():
    generator = np.random.default_rng(1)
    word = np.where(generator.random(N) < 0.5, "nested", "additional")
    x = generator.standard_normal(N)
    result = x + np.where(word == "nested", 1.0, -1.0)
    assert alone(result, [word, x, np.ones(N)]) == pytest.approx([0.5, 0.5, 0], abs=0.03)
    assert values(explained(result, [word, x]).due) == pytest.approx([0.5, 0.5], abs=0.03)


def test_too_few_draws_and_a_constant_result_are_refused():
    x = np.random.default_rng(1).random((5, 50))
    with pytest.raises(ValueError, match="50 draws are too few"):
        explained(x[0], list(x))
    with pytest.raises(ValueError, match="never varies"):
        explained(np.ones(N), [np.arange(N)])

"""Draws of assumptions that move together, and of all others that do not."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr

from briefing.draws import joint_draws
from briefing.inputs.correlations import Correlation
from briefing.inputs.files import BadInput

GROWTH, MARGIN, USE = (
    "growth_half_life_years", "mature_gross_margin_share", "azure_commitment_drawn_share",
)  # fmt: skip


def correlation(first, second, value):
    return Correlation((first, second), value, "for the sake of the test", "test")


PAIRS = [correlation(GROWTH, MARGIN, 0.6), correlation(USE, GROWTH, -0.5)]


@pytest.fixture(scope="session")
def assumptions(latest):
    return latest._parameters.assumptions


@pytest.fixture(scope="session")
def joint(assumptions):
    return joint_draws(assumptions, PAIRS, 20_000, 1)


def test_ranks_are_as_correlated_as_stated(joint):
    for pair, wanted in (((GROWTH, MARGIN), 0.6), ((USE, GROWTH), -0.5)):
        achieved = spearmanr(*(joint[name][:, 0] for name in pair)).statistic
        assert achieved == pytest.approx(wanted, abs=3 / 20_000**0.5)


def test_what_is_not_named_keeps_its_draws_and_what_is_keeps_its_distribution(assumptions, joint):
    alone = joint_draws(assumptions, [], 20_000, 1)
    for name, draws in alone.items():
        if name in (GROWTH, MARGIN, USE):
            assert not np.array_equal(draws, joint[name])
            shares = np.linspace(0.05, 0.95, 7)
            width = assumptions[name].high - assumptions[name].low
            assert np.quantile(joint[name], shares) == pytest.approx(
                np.quantile(draws, shares), abs=0.02 * width
            )
        else:
            assert np.array_equal(draws, joint[name])


def test_holding_one_fixed_changes_no_draw_of_what_it_moves_with(assumptions):
    free = joint_draws(assumptions, PAIRS, 50, 1)
    held = joint_draws(assumptions, PAIRS, 50, 1, fixed=[GROWTH])
    as_set = {**assumptions, GROWTH: replace(assumptions[GROWTH], distribution="fixed")}
    for less in (held, joint_draws(as_set, PAIRS, 50, 1)):
        assert free.keys() - less.keys() == {GROWTH}
        assert all(np.array_equal(draws, free[name]) for name, draws in less.items())


def test_blocks_of_draws_make_up_the_whole_bit_for_bit(assumptions):
    whole = joint_draws(assumptions, PAIRS, 30, 1)
    blocks = [joint_draws(assumptions, PAIRS, n, 1, first) for first, n in ((0, 7), (7, 23))]
    for name, draws in whole.items():
        assert np.concatenate([block[name] for block in blocks]).tobytes() == draws.tobytes()


def test_other_correlations_or_another_seed_are_not_taken_from_kept_draws(assumptions):
    first = joint_draws(assumptions, PAIRS, 50, 1)[GROWTH]
    again = joint_draws(assumptions, PAIRS, 50, 1)[GROWTH]
    assert again.tobytes() == first.tobytes()
    looser = [correlation(GROWTH, MARGIN, 0.2), PAIRS[1]]
    for others in (
        joint_draws(assumptions, looser, 50, 1),
        joint_draws(assumptions, PAIRS, 50, 2),
        joint_draws(assumptions, [], 50, 1),
    ):
        assert not np.array_equal(others[GROWTH], first)
    narrow = {**assumptions, GROWTH: replace(assumptions[GROWTH], low=1.0)}
    assert joint_draws(narrow, PAIRS, 50, 1)[GROWTH].min() >= 1.0


def test_contradictory_correlations_are_drawn_as_the_nearest_possible(assumptions):
    pairs = [
        correlation(GROWTH, MARGIN, 0.9), correlation(USE, GROWTH, 0.9),
        correlation(USE, MARGIN, -0.9),
    ]  # fmt: skip
    draws = joint_draws(assumptions, pairs, 20_000, 1)
    achieved = spearmanr(np.hstack([draws[name] for name in (GROWTH, MARGIN, USE)])).statistic
    # By symmetry the nearest matrix has one size throughout: 1/2 for the normals behind.
    expected = 6 / np.pi * np.arcsin(0.25)
    assert np.abs(achieved[np.triu_indices(3, 1)]) == pytest.approx([expected] * 3, abs=0.02)


FIGURES = ("equity_value_usd", "lowest_cash_usd", "self_funded_revenue_share")


def test_a_distribution_has_the_same_bytes_for_any_number_of_workers(latest):
    one, two = (latest.distribution(*FIGURES, draws=10_007, workers=n) for n in (1, 2))
    assert one.to_numpy().tobytes() == two.to_numpy().tobytes()
    assert list(one) == list(FIGURES)
    drawn = latest.draws(10_007)
    whole = np.hstack([drawn.value(name) for name in FIGURES])
    assert one.to_numpy().tobytes() == whole.tobytes()
    assert one.drop_duplicates().shape == one.shape


def test_a_distribution_keeps_to_what_is_replaced_and_to_its_seed(latest):
    held = latest.what_if(azure_take_or_pay_share=0.0).distribution("unused_minimum_usd", draws=50)
    assert not held.to_numpy().any()
    first, other = (latest.distribution(FIGURES[0], draws=50, seed=n) for n in (1, 2))
    assert not first.equals(other)


@pytest.mark.parametrize(
    ("asked", "more", "told"),
    [
        (["equity_value"], {}, "did you mean 'equity_value_usd'"),
        (["revenue_usd"], {}, "revenue_usd must be one number per case"),
        (["equity_value_usd"], {"draws": -1}, "draws -1 must be a whole number from 1 on"),
        (["equity_value_usd"], {"workers": 0}, "workers 0 must be a whole number from 1 on"),
    ],
)
def test_a_distribution_of_what_is_no_figure_is_refused(latest, asked, more, told):
    with pytest.raises(BadInput, match=told):
        latest.distribution(*asked, **more)

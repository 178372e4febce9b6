import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import block_diag, csr_array
from tests.strategies import networks

from briefing.model.measures.clearing import clearing

cash = st.lists(st.floats(0.01, 1e3), min_size=5, max_size=5).map(np.array)
recovery = st.floats(0.3, 1)


def plain(owed, assets, outside, alpha=1.0, beta=1.0):
    """The textbook iteration from above, dense: the map applied until nothing moves."""
    promised = owed.sum(axis=1) + outside
    share = owed / np.where(promised > 0, promised, 1)[:, None]
    paid = promised.copy()
    for _ in range(20_000):
        incoming = share.T @ paid
        solvent = assets + incoming >= promised * (1 - 1e-12)
        paid = np.where(solvent, promised, np.minimum(alpha * assets + beta * incoming, promised))
    return paid


@given(owed=networks(), assets=cash, outside=cash)
def test_nobody_pays_more_than_owed_and_owners_come_last(owed, assets, outside):
    found = clearing(owed, assets, outside)
    promised = owed.sum(axis=1) + outside
    assert np.all(found.payments >= 0)
    assert np.all(found.payments <= promised * (1 + 1e-12))
    assert np.all(found.equity >= 0)
    assert not np.any((found.equity > 1e-6) & found.default)
    assert np.allclose(found.payments[~found.default], promised[~found.default])


@given(owed=networks(), assets=cash, outside=cash)
def test_no_value_is_lost_without_costs_of_default(owed, assets, outside):
    found = clearing(owed, assets, outside)
    promised = owed.sum(axis=1) + outside
    to_outside = found.payments * outside / promised
    assert found.equity.sum() + to_outside.sum() == pytest.approx(assets.sum(), rel=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_payments_are_those_of_the_plain_iteration(seed):
    random = np.random.default_rng(seed)
    owed = random.exponential(10, (6, 6)) * (random.random((6, 6)) < 0.5) * (1 - np.eye(6))
    assets, outside = random.exponential(8, 6), random.exponential(5, 6)
    alpha, beta = (1.0, 1.0) if seed % 2 else (0.7, 0.8)
    found = clearing(owed, assets, outside, alpha, beta)
    assert np.allclose(found.payments, plain(owed, assets, outside, alpha, beta), rtol=1e-8)


@given(owed=networks(), assets=cash, more=cash, alpha=recovery, beta=recovery)
def test_more_money_or_better_recovery_never_lowers_a_payment(owed, assets, more, alpha, beta):
    poor = clearing(owed, assets, None, alpha, beta).payments
    slack = 1e-6 * (1 + owed.sum())
    assert np.all(clearing(owed, assets + more, None, alpha, beta).payments >= poor - slack)
    assert np.all(clearing(owed, assets).payments >= poor - slack)


@given(owed=networks(), assets=cash, order=st.permutations(range(5)))
def test_names_and_storage_do_not_matter(owed, assets, order):
    found = clearing(owed, assets).payments
    renamed = clearing(owed[np.ix_(order, order)], assets[order]).payments
    assert np.allclose(renamed, found[order], rtol=1e-6, atol=1e-6)
    assert np.array_equal(clearing(csr_array(owed), assets).payments, found)


@given(owed=networks(), other=networks(), assets=cash, alpha=recovery, beta=recovery)
def test_networks_that_owe_one_another_nothing_clear_together_as_alone(
    owed, other, assets, alpha, beta
):
    apart = [clearing(owed, assets, None, alpha, beta), clearing(other, assets, None, beta, alpha)]
    together = clearing(
        block_diag([owed, other]),
        np.tile(assets, 2),
        external_recovery_share=np.repeat([alpha, beta], 5),
        network_recovery_share=np.repeat([beta, alpha], 5),
    )
    expected = np.concatenate([each.payments for each in apart])
    assert np.allclose(together.payments, expected, rtol=1e-6, atol=1e-6)


@given(owed=networks(), assets=cash, by=st.floats(0.1, 1e6))
def test_payments_scale_with_the_currency(owed, assets, by):
    found = clearing(owed, assets).payments
    assert np.allclose(clearing(by * owed, by * assets).payments, by * found, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize(
    ("owed", "assets", "alpha", "told"),
    [
        ([[0, -1], [0, 0]], [1, 1], 1, "party 0 pays 1 -1"),
        ([[2, 0], [0, 0]], [1, 1], 1, "party 0 owes itself"),
        ([[0, 1], [0, 0]], [1, -1], 1, "party 1 has -1"),
        ([[0, 1], [0, 0]], [1], 1, "2 in all"),
        ([[0, 1], [0, 0]], [1, 1], 2, "must lie between 0 and 1"),
    ],
)
def test_wrong_debts_are_named(owed, assets, alpha, told):
    with pytest.raises(ValueError, match=r"nothing|in all") as refused:
        clearing(np.array(owed, dtype=float), np.array(assets), external_recovery_share=alpha)
    assert told in str(refused.value)

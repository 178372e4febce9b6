import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array
from tests.strategies import networks

from briefing.model.measures import null_model
from briefing.model.measures.circulation import max_circulation_shares
from briefing.model.measures.null_model import null_distribution, rewired


@given(flows=networks(size=6), seed=st.integers(0, 50))
def test_partners_change_and_everything_else_stays(flows, seed):
    drawn = rewired([csr_array(flows)], np.random.default_rng(seed))
    if drawn is None:
        return
    new = drawn[0].toarray()
    assert not np.diag(new).any()
    for axis in (0, 1):
        assert np.array_equal((new > 0).sum(axis=axis), (flows > 0).sum(axis=axis))
        assert np.allclose(new.sum(axis=axis), flows.sum(axis=axis), rtol=1e-3, atol=0.01)


@given(flows=networks(size=6), seed=st.integers(0, 50))
def test_only_what_no_amounts_would_fit_is_given_up_early(flows, seed):
    early = rewired([csr_array(flows)], np.random.default_rng(seed))
    with pytest.MonkeyPatch.context() as patient:
        patient.setattr(null_model, "_is_beyond_fit", lambda *_: False)
        late = rewired([csr_array(flows)], np.random.default_rng(seed))
    assert (early is None) == (late is None)
    assert early is None or np.array_equal(early[0].toarray(), late[0].toarray())


def test_the_same_seed_draws_the_same_networks():
    flows = [csr_array(np.array([[0, 1, 2, 0], [0, 0, 1, 3], [4, 0, 0, 1], [1, 1, 0, 0.0]]))]
    one, again = (
        null_distribution(flows, max_circulation_shares, 10, seed=3).values for _ in range(2)
    )
    assert np.array_equal(one, again)


def test_balanced_networks_circulate_whole_however_partners_are_drawn():
    rings = np.kron(np.eye(4), np.roll(np.eye(3), 1, axis=1))
    found = null_distribution([csr_array(rings)], max_circulation_shares, 30, seed=1)
    assert found.observed == 1
    assert found.values.tolist() == [1] * 30
    assert found.share_at_least == 1
    assert found.unlike > 0


def test_a_circle_that_chance_would_rarely_close_stands_out():
    # One heavy pair pays back and forth; the others pay on to parties that never pay.
    flows = np.zeros((12, 12))
    flows[0, 1] = flows[1, 0] = 5.0
    flows[range(2, 7), range(7, 12)] = 5.0
    found = null_distribution([csr_array(flows)], max_circulation_shares, 60, seed=1)
    assert found.share_at_least < 0.2


def test_two_flows_leave_nothing_to_draw():
    found = null_distribution(
        [csr_array(np.array([[0, 5], [30, 0.0]]))], max_circulation_shares, 5, seed=1
    )
    assert found.unlike == 0
    assert found.share_at_least == 1


def small(generator):
    flows = np.zeros((7, 7))
    while np.count_nonzero(flows) < 9:
        payer, payee = generator.integers(7, size=2)
        if payer != payee:
            flows[payer, payee] = generator.integers(1, 3)
    return csr_array(flows)


def test_kinds_refused_one_by_one_give_the_networks_of_kinds_refused_together():
    generator = np.random.default_rng(7)
    kinds = [small(generator), small(generator)]
    found = null_distribution(kinds, max_circulation_shares, 400, seed=1)
    together = []
    while len(together) < 400:
        drawn = rewired(kinds, generator)
        if drawn is not None:
            together.append(sum(drawn).toarray())
    values = max_circulation_shares(np.array(together))
    assert found.refused > 0
    assert values.std() > 0.01
    error = np.hypot(values.std(), found.values.std()) / np.sqrt(400)
    assert abs(values.mean() - found.values.mean()) < 3.5 * error

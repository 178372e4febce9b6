import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.strategies import downhill, networks

from briefing.model.measures.circulation import (
    balanced_flow_forwarding,
    max_circulation,
    max_circulation_shares,
)


def whole(flows):
    return np.round(flows)


@given(flows=networks(most=30).map(whole))
def test_the_largest_circulation_is_that_of_the_network_simplex(flows):
    # A second method: a circulation of least cost when every unit that flows earns one.
    graph = nx.from_numpy_array(flows, create_using=nx.DiGraph)
    for _, _, edge in graph.edges(data=True):
        edge |= {"capacity": int(edge["weight"]), "weight": -1}
    cost, _ = nx.network_simplex(graph) if graph.number_of_edges() else (0, {})
    assert max_circulation(flows).total == pytest.approx(-cost, abs=1e-6)


@given(flows=downhill())
def test_nothing_circulates_downhill(flows):
    assert max_circulation(flows).total == balanced_flow_forwarding(flows).total == 0


@given(flows=networks())
def test_balanced_networks_circulate_whole(flows):
    assume(flows.any())
    assert max_circulation(flows + flows.T).share == pytest.approx(1)


@given(flows=networks(), by=st.floats(0.01, 1e6))
def test_the_share_ignores_the_currency_and_the_direction(flows, by):
    share = max_circulation(flows).share
    assert max_circulation(by * flows).share == pytest.approx(share, abs=1e-7)
    assert max_circulation(flows.T).share == pytest.approx(share, abs=1e-7)


@given(flows=networks())
def test_both_splits_are_circulations_within_the_flows(flows):
    most = max_circulation(flows)
    for found in (most, balanced_flow_forwarding(flows)):
        part, slack = found.flows.toarray(), 1e-7 * (1 + flows.sum())
        assert np.all(part >= -slack)
        assert np.all(part <= flows + slack)
        assert np.allclose(part.sum(axis=0), part.sum(axis=1), atol=slack)
        assert found.total <= most.total + slack


@given(flows=networks())
def test_what_the_largest_circulation_leaves_has_no_circle(flows):
    rest = flows - max_circulation(flows).flows.toarray()
    assert max_circulation(np.where(rest > 1e-6, rest, 0.0)).total <= 1e-5


@given(flows=networks(size=4), amount=st.floats(0.1, 100))
def test_a_flow_that_closes_no_circle_only_dilutes(flows, amount):
    wider = np.zeros((5, 5))
    wider[:4, :4] = flows
    before = max_circulation(wider)
    wider[0, 4] = amount
    after = max_circulation(wider)
    assert after.total == pytest.approx(before.total, abs=1e-6)
    assert after.share <= before.share + 1e-9


@given(flows=networks(), payer=st.integers(0, 4), payee=st.integers(0, 4))
def test_removing_a_flow_cannot_raise_the_circulation(flows, payer, payee):
    fewer = flows.copy()
    fewer[payer, payee] = 0
    assert max_circulation(fewer).total <= max_circulation(flows).total + 1e-6


@given(flows=networks(), order=st.permutations(range(5)))
def test_names_do_not_matter(flows, order):
    renamed = flows[np.ix_(order, order)]
    assert max_circulation(renamed).total == pytest.approx(max_circulation(flows).total, abs=1e-6)
    assert balanced_flow_forwarding(renamed).total == pytest.approx(
        balanced_flow_forwarding(flows).total, abs=1e-6
    )


def test_an_empty_network_has_no_circulation():
    assert max_circulation(np.zeros((3, 3))).share == 0


@given(flows=st.lists(networks(size=5), min_size=1, max_size=4))
def test_many_networks_at_once_have_the_shares_of_each_alone(flows):
    alone = [max_circulation(each).share for each in flows]
    assert max_circulation_shares(np.array(flows)) == pytest.approx(alone, abs=1e-7)


def test_a_small_network_beside_a_huge_one_keeps_its_share():
    flows = np.array([[0, 1, 1], [0, 0, 1], [1, 0, 0.0]])
    assert max_circulation_shares(np.array([flows, 1e12 * flows])) == pytest.approx([0.75, 0.75])


def test_a_network_without_payments_among_others_has_no_circulation():
    ring = np.roll(np.eye(3), 1, axis=1)
    assert max_circulation_shares(np.array([ring, 0 * ring, 2 * ring])).tolist() == [1, 0, 1]

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.strategies import downhill, networks

from briefing.model.measures.direction import (
    flow_hierarchy,
    hodge_loop_share,
    improved_trophic_levels,
    trophic_levels,
)


@given(flows=networks(), by=st.floats(0.01, 1e6))
def test_the_loop_share_lies_between_zero_and_one_and_ignores_scale_and_sign(flows, by):
    share = hodge_loop_share(flows)
    assert 0 <= share <= 1
    assert hodge_loop_share(by * flows) == pytest.approx(share, abs=1e-6)
    assert hodge_loop_share(flows.T) == pytest.approx(share, abs=1e-6)


@given(flows=networks())
def test_what_pairs_pay_each_other_alike_nets_out(flows):
    assert hodge_loop_share(flows + flows.T) == 0


def test_a_chain_has_no_loops():
    assert hodge_loop_share(np.diag([1.0, 5.0, 2.0], k=1)) == pytest.approx(0, abs=1e-9)


@given(flows=networks())
def test_hierarchy_is_what_networkx_computes(flows):
    assume(flows.any())
    graph = nx.from_numpy_array(flows, create_using=nx.DiGraph)
    expected = nx.flow_hierarchy(graph, weight="weight")
    assert flow_hierarchy(flows) == pytest.approx(expected, abs=1e-9)


@given(flows=downhill())
def test_downhill_networks_are_all_hierarchy(flows):
    assert flow_hierarchy(flows) == 1


@given(flows=downhill())
def test_classic_levels_are_those_of_networkx(flows):
    graph = nx.from_numpy_array(flows, create_using=nx.DiGraph)
    expected = nx.trophic_levels(graph, weight="weight")
    found = trophic_levels(flows)
    assert np.allclose(found, [expected[party] for party in range(5)], atol=1e-6)


def test_a_ring_that_nobody_feeds_has_no_classic_level():
    with pytest.raises(ValueError, match="improved levels"):
        trophic_levels(np.array([[0, 1], [1, 0]]))


@given(flows=networks(), by=st.floats(0.01, 1e4))
def test_incoherence_lies_between_zero_and_one_and_ignores_scale(flows, by):
    found = improved_trophic_levels(flows)
    assert 0 <= found.incoherence <= 1
    assert improved_trophic_levels(by * flows).incoherence == pytest.approx(
        found.incoherence, abs=1e-6
    )


@given(flows=networks())
def test_balanced_networks_are_wholly_incoherent(flows):
    assume(flows.any())
    assert improved_trophic_levels(flows + flows.T).incoherence == pytest.approx(1, abs=1e-6)


def test_layers_are_coherent():
    layered = np.zeros((5, 5))
    layered[0, [2, 3]] = layered[1, 3] = layered[[2, 3], 4] = 1.0
    assert improved_trophic_levels(layered).incoherence == pytest.approx(0, abs=1e-12)
    assert improved_trophic_levels(layered).levels.tolist() == pytest.approx([0, 0, 1, 1, 2])


@given(flows=networks(), order=st.permutations(range(5)))
def test_levels_go_with_their_parties(flows, order):
    renamed = improved_trophic_levels(flows[np.ix_(order, order)]).levels
    assert np.allclose(renamed, improved_trophic_levels(flows).levels[order], atol=1e-6)

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.strategies import downhill, networks

from briefing.model.measures.cycling import finn
from briefing.model.measures.flows import flow_matrix


def steady(flows):
    """The least flows across the border that balance `flows`, and a little through each party."""
    lacking = flows.sum(axis=1) - flows.sum(axis=0)
    through = 0.1 * (1 + flows.sum(axis=1))
    return flows, np.maximum(lacking, 0) + through, np.maximum(-lacking, 0) + through


@pytest.fixture(scope="module")
def ecosystems(root):
    file = root.parent / "shared" / "reference" / "ena_models.json"
    if not file.exists():
        pytest.skip("ecological networks stay with their authors' collection, which is not here")
    return json.loads(file.read_text("utf-8"))["models"]


def test_ecosystems_cycle_as_published(ecosystems):
    compared = 0
    for model in ecosystems:
        if not (model.get("published") or {}).get("matches_raw_recompute"):
            continue  # stored unbalanced; its published figures are those after balancing
        flows = flow_matrix(model["flows"], model["n"])
        found = finn(flows, model["input"], model["output"])
        assert abs(found.cycling_index - model["published"]["FCI_2dp"]) <= 0.0051, model["id"]
        compared += 1
    assert compared == 42


def test_oyster_reef_has_the_index_that_enar_prints(ecosystems):
    oyster = next(model for model in ecosystems if model["name"] == "Oyster Reef")
    found = finn(flow_matrix(oyster["flows"], oyster["n"]), oyster["input"], oyster["output"])
    assert found.cycling_index == pytest.approx(0.1101686, abs=1e-7)
    assert found.average_path_length == pytest.approx(2.015512, abs=1e-6)


@given(flows=networks())
def test_an_open_network_cycles_less_than_all_of_its_money(flows):
    found = finn(*steady(flows))
    assert 0 <= found.cycling_index < 1
    assert np.all((found.return_probability >= 0) & (found.return_probability < 1))


@given(flows=downhill())
def test_money_that_only_moves_downhill_never_returns(flows):
    assert finn(*steady(flows)).cycling_index == pytest.approx(0, abs=1e-12)


@given(flows=networks(), by=st.floats(0.01, 1e6))
def test_the_index_does_not_depend_on_the_currency(flows, by):
    network = steady(flows)
    one, other = finn(*network), finn(*(by * part for part in network))
    assert one.cycling_index == pytest.approx(other.cycling_index, abs=1e-9)


@given(flows=networks(), order=st.permutations(range(5)))
def test_the_index_does_not_depend_on_names(flows, order):
    network = steady(flows)
    renamed = (network[0][np.ix_(order, order)], network[1][order], network[2][order])
    assert np.allclose(
        finn(*renamed).return_probability, finn(*network).return_probability[order], atol=1e-9
    )


@given(flows=networks())
def test_looking_back_gives_the_same_returns_as_looking_ahead(flows):
    paid, inflow, outflow = steady(flows)
    back = finn(paid.T, outflow, inflow)
    assert np.allclose(back.return_probability, finn(paid, inflow, outflow).return_probability)


@given(flows=networks())
def test_returns_are_those_of_the_dense_inverse(flows):
    paid, inflow, outflow = steady(flows)
    share = paid / (inflow + paid.sum(axis=0))[:, None]
    visits = np.diag(np.linalg.inv(np.eye(5) - share))
    assert np.allclose(finn(paid, inflow, outflow).return_probability, 1 - 1 / visits, atol=1e-9)


@given(flows=networks())
def test_how_far_from_steady_is_said(flows):
    assume(flows.any())
    paid, inflow, outflow = steady(flows)
    assert finn(paid, inflow, outflow).imbalance_share == pytest.approx(0, abs=1e-9)
    assert finn(paid, inflow, 2 * outflow).imbalance_share > 0


def test_money_that_would_multiply_is_refused():
    grows = np.array([[0, 3.0], [3.0, 0]])
    with pytest.raises(ValueError, match="nothing enters or leaves"):
        finn(grows, np.zeros(2), np.zeros(2))

import numpy as np
import pytest

from briefing.model.measures.flows import as_flows, checked_border, circle_labels, flow_matrix


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        ((0, 1, -5), "flow 0 (0 pays 1 -5)"),
        ((0, 1, float("nan")), "finite number"),
        ((0, 7, 1), "whole number from 0 to 2"),
        ((-1, 0, 1), "whole number from 0 to 2"),
        ((0.5, 1, 1), "whole number from 0 to 2"),
    ],
)
def test_a_wrong_flow_is_named_with_its_rule(flow, told):
    with pytest.raises(ValueError, match="nothing was measured") as refused:
        flow_matrix([flow], 3)
    assert told in str(refused.value)


def test_equal_pairs_add_up_and_nothing_is_no_flow():
    assert flow_matrix([(0, 1, 2), (0, 1, 3), (1, 0, 0)], 2).nnz == 1


def test_no_flows_are_a_network_too():
    assert flow_matrix([], 3).shape == (3, 3)


def test_a_negative_entry_of_a_matrix_is_named_by_its_parties():
    with pytest.raises(ValueError, match="party 1 pays 0 -2"):
        as_flows(np.array([[0, 1], [-2, 0]]))


def test_a_matrix_must_be_square_and_a_border_as_long_as_it():
    with pytest.raises(ValueError, match="square"):
        as_flows(np.zeros((2, 3)))
    with pytest.raises(ValueError, match="2 in all"):
        checked_border(np.zeros(3), 2)


def test_parties_that_can_reach_each_other_share_a_label():
    labels = circle_labels(flow_matrix([(0, 1, 1), (1, 0, 1), (1, 2, 1)], 3))
    assert labels[0] == labels[1] != labels[2]

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import networks

from briefing.model.measures import tracing
from briefing.model.measures.tracing import provenance, provenance_by_draw

amounts = st.one_of(st.just(0.0), st.floats(0.01, 1e3))
entering = st.lists(amounts, min_size=5, max_size=5).map(np.array)
# Where nothing enters, money may go round without end, which is refused.
draw = st.one_of(
    st.tuples(entering, networks(), networks()),
    st.tuples(st.just(np.zeros(5)), st.just(np.zeros((5, 5))), networks()),
)
draws = st.lists(draw, min_size=1, max_size=4)


def found(measure, *flows):
    """Shares, or what the refusal says."""
    try:
        return measure(*flows)
    except ValueError as refused:
        return str(refused)


def stacked(drawn):
    return [np.array(part) for part in zip(*drawn, strict=True)]


@given(drawn=draws)
def test_many_networks_at_once_are_traced_as_each_one_alone(drawn):
    together = found(provenance_by_draw, *stacked(drawn))
    alone = [found(provenance, *network) for network in drawn]
    refusals = [each for each in alone if isinstance(each, str)]
    if refusals:
        assert together == refusals[0]
        return
    for field in ("self_funded_share", "direct_share", "standard_error"):
        expected = np.array([getattr(each, field) for each in alone])
        assert np.allclose(getattr(together, field), expected, rtol=1e-9, atol=1e-9)
        assert np.array_equal(getattr(together, field) > 0, expected > 0)


def test_parties_without_sales_or_partners_have_no_share_of_their_own():
    drawn = np.zeros((2, 3)), np.zeros((2, 3, 3)), np.zeros((2, 3, 3))
    traced = provenance_by_draw(*drawn)
    assert not traced.self_funded_share.any()
    assert not traced.direct_share.any()


@pytest.mark.parametrize("amount", [-1.0, np.nan, np.inf])
@pytest.mark.parametrize("part", [0, 1, 2], ids=["external", "financing", "operating"])
def test_one_wrong_amount_among_the_draws_is_refused_by_name(part, amount):
    drawn = [np.ones((3, 2)), np.zeros((3, 2, 2)), np.zeros((3, 2, 2))]
    drawn[part][2, 1] = amount
    with pytest.raises(ValueError, match=f"party 1 .*{amount:g}.*finite"):
        provenance_by_draw(*drawn)


def test_money_that_goes_round_for_ever_in_one_draw_is_refused():
    operating = np.array([[[0, 5.0], [0, 0]], [[0, 5.0], [5.0, 0]]])
    with pytest.raises(ValueError, match=r"parties \[0, 1\] only pay one another"):
        provenance_by_draw(np.array([[5.0, 0], [0, 0]]), np.zeros((2, 2, 2)), operating)


@given(drawn=draws)
def test_large_networks_are_traced_one_by_one_to_the_same_end(drawn):
    flows = stacked([(external + 1, *pair) for external, *pair in drawn])
    dense = provenance_by_draw(*flows)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(tracing, "DENSE_UP_TO", 0)
        sparse = provenance_by_draw(*flows)
    assert np.allclose(dense.self_funded_share, sparse.self_funded_share, rtol=1e-9, atol=1e-12)

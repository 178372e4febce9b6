import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.venture import probability_weighted_value, venture_value

amounts = st.lists(st.floats(0, 1e9), min_size=4, max_size=4)
spans = st.lists(st.floats(0, 20), min_size=4, max_size=4)
weights = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(
    lambda raw: np.array(raw) / np.sum(raw)
)


@given(chances=weights, values=amounts, years=spans, rate=st.floats(0, 1))
def test_a_weighted_value_lies_between_its_outcomes_and_is_a_plain_loop(
    chances, values, years, rate
):
    found = probability_weighted_value(chances, values, years, rate)
    each = [value / (1 + rate) ** year for value, year in zip(values, years, strict=True)]
    assert min(each) * (1 - 1e-9) <= found <= max(each) * (1 + 1e-9) + 1e-6
    looped = sum(chance * one for chance, one in zip(chances, each, strict=True))
    assert found == pytest.approx(looped)


@given(chances=weights, values=amounts, years=spans, unit=st.floats(0.01, 100))
def test_all_money_times_k_is_the_value_times_k(chances, values, years, unit):
    usual = probability_weighted_value(chances, values, years, 0.1)
    scaled = probability_weighted_value(chances, unit * np.array(values), years, 0.1)
    assert scaled == pytest.approx(unit * usual)


@given(
    post=st.floats(1, 1e9), part=st.floats(0.01, 0.99), rate=st.floats(0, 1), years=st.floats(0, 9)
)
def test_an_investor_gets_the_required_return_on_the_part_that_is_bought(post, part, rate, years):
    terminal = post * (1 + rate) ** years
    found = venture_value(terminal, 1, rate, years, investment=part * post, old_shares=1_000)
    assert found.post_money == pytest.approx(post)
    assert found.ownership_share == pytest.approx(part)
    owned = found.new_shares / (found.new_shares + 1_000)
    assert owned * found.terminal_value == pytest.approx(part * post * (1 + rate) ** years)
    assert found.price * (found.new_shares + 1_000) == pytest.approx(post)


@pytest.mark.parametrize(
    ("chances", "years", "rate", "told"),
    [
        ([0.5, 0.6], [1, 1], 0.1, "probabilities sum to 1.1 and must sum to 1"),
        ([0.5, 0.4], [1, 1], 0.1, "name the outcome that is left"),
        ([1.5, -0.5], [1, 1], 0.1, "must lie between 0 and 1"),
        ([0.5, 0.5], [1, -1], 0.1, "years -1 must be at least 0, for an outcome lies ahead"),
        ([0.5, 0.5], [1, 1], -1.0, "discount_rate -100.0% must stay above"),
    ],
)
def test_outcomes_that_cannot_be_are_named(chances, years, rate, told):
    with pytest.raises(ValueError, match=told):
        probability_weighted_value(chances, [1, 1], years, rate)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"investment": 6}, "would buy more than the whole company"),
        ({"years": -1}, "the terminal year lies ahead"),
        ({"earnings_multiple": -15}, "a multiple has no sign"),
        ({"old_shares": -1}, "a number of shares has no sign"),
        ({"investment": -1}, "money is paid in"),
        ({"required_return_rate": -2}, "must stay above"),
    ],
)
def test_a_venture_that_cannot_be_is_named(changes, told):
    usual = {"terminal_earnings": 2.5, "earnings_multiple": 15, "required_return_rate": 0.5}
    with pytest.raises(ValueError, match=told):
        venture_value(**{**usual, "years": 5, "investment": 3.5, **changes})

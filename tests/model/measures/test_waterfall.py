import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.measures.second_way import paid_to_last

from briefing.model.measures.waterfall import Terms, listing_payoffs, sale_payoffs, terms

money = st.floats(1e6, 1e9)
share_counts = st.floats(1e6, 1e9)


@st.composite
def contracts(draw, rounds=(1, 2, 3)):
    """Terms of one set, with every protection that there is or is not."""
    count = draw(st.sampled_from(rounds))

    def each(strategy):
        return draw(st.lists(strategy, min_size=count, max_size=count))

    return terms(
        each(money),
        each(share_counts),
        draw(share_counts),
        liquidation_multiple=each(st.sampled_from([0.0, 1.0, 1.5, 3.0])),
        participation_cap_multiple=each(st.sampled_from([1.0, 2.5, np.inf])),
        seniority=each(st.sampled_from([1.0, 2.0, 3.0])),
        ratchet_multiple=each(st.sampled_from([0.0, 0.0, 1.0, 1.25])),
        veto_below=each(st.sampled_from([0.0, 3e8, 1e9])),
    )


def as_rounds(stated):
    names = [name for name in Terms._fields if name != "common_shares"]
    columns = zip(*(getattr(stated, name)[0] for name in names), strict=True)
    return [dict(zip(names, map(float, column), strict=True)) for column in columns]


values = st.floats(1e5, 1e11)


@given(stated=contracts(), value=values)
def test_payoffs_sum_to_the_value_and_nobody_pays_in(stated, value):
    for payoffs in (sale_payoffs(stated), listing_payoffs(stated)):
        paid = payoffs.at(value)
        assert paid.sum() == pytest.approx(value)
        assert paid.min() >= -1e-9 * value


@given(stated=contracts(), value=values)
def test_the_last_round_gets_what_a_root_finder_says(stated, value):
    rounds, common = as_rounds(stated), float(stated.common_shares[0, 0])
    for payoffs, listed in ((sale_payoffs(stated), False), (listing_payoffs(stated), True)):
        expected = paid_to_last(value, rounds, common, listed)
        assert payoffs.at(value)[0, -2] == pytest.approx(expected, rel=1e-6, abs=1e-6 * value)


@given(stated=contracts(), value=values, more=st.floats(1, 3))
def test_nobody_loses_by_a_higher_price_of_a_sale(stated, value, more):
    lower, higher = (sale_payoffs(stated).at(each) for each in (value, more * value))
    assert np.all(higher >= lower - 1e-9 * value)


@given(stated=contracts(), value=values)
def test_a_preferred_share_never_gets_less_than_a_common_one_unless_preferences_fall_short(
    stated, value
):
    paid = sale_payoffs(stated).at(value)[0]
    common = paid[-1] / stated.common_shares[0, 0]
    assert np.all(paid[:-1] / stated.shares[0] >= common * (1 - 1e-9) - 1e-9)


@given(stated=contracts(), value=values, unit=st.floats(0.01, 100))
def test_all_money_times_k_is_all_payoffs_times_k(stated, value, unit):
    larger = stated._replace(invested=unit * stated.invested, veto_below=unit * stated.veto_below)
    for payoffs in (sale_payoffs, listing_payoffs):
        paid = payoffs(stated).at(value)
        assert payoffs(larger).at(unit * value) == pytest.approx(
            unit * paid, abs=1e-8 * unit * value
        )


def test_two_and_a_half_times_capped_participation_by_hand():
    # 100 for a tenth of 1,000 shares, preference 100, at most 250. At 700 the round takes 100 and a
    # tenth of the other 600. At 2,000 the cap binds; from 2,500 on, a tenth is more than the cap.
    stated = terms(100, 100, 900, participation_cap_multiple=2.5)
    paid = [sale_payoffs(stated).at(value)[0, 0] for value in (700, 2_000, 2_500, 3_000)]
    assert paid == pytest.approx([160, 250, 250, 300])


def test_the_senior_round_is_paid_before_the_junior_one():
    stated = terms([100, 100], [100, 100], 800, seniority=[1, 2])
    assert sale_payoffs(stated).at(150.0)[0] == pytest.approx([100, 50, 0])


def test_a_ratchet_makes_a_listing_pay_back_the_money():
    # Worth 500, a tenth would be 50; the ratchet promises 100, the others share 400.
    stated = terms(100, 100, 900, ratchet_multiple=1)
    assert listing_payoffs(stated).at(500.0)[0] == pytest.approx([100, 400])


def test_below_its_veto_a_round_keeps_its_preference_and_above_it_must_convert():
    stated = terms(100, 100, 900, veto_below=500)
    payoffs = listing_payoffs(stated)
    assert payoffs.at(499.0)[0, 0] == pytest.approx(100)
    assert payoffs.at(500.0)[0, 0] == pytest.approx(50)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"shares": [100, -1]}, "shares -1: a number of shares must be at least 0"),
        ({"common_shares": -750}, "common_shares -750: a number of shares"),
        ({"invested": [-50, 100]}, "invested -50"),
        ({"invested": [50, np.nan]}, "invested nan"),
        ({"liquidation_multiple": -1}, "liquidation_multiple -1"),
        ({"participation_cap_multiple": 0.5}, "a cap below the preference contradicts it"),
        ({"ratchet_multiple": [0, -0.5]}, "ratchet_multiple -0.5"),
        ({"veto_below": -1}, "veto_below -1"),
        ({"seniority": np.nan}, "a rank must be a number"),
        ({"shares": [100, 100, 100]}, "of as many rounds and sets each"),
        ({"shares": [100, 0]}, "last round's money and shares must be more than zero"),
    ],
)
def test_terms_that_cannot_be_are_named(given, told):
    usual = {"invested": [50, 100], "shares": [100, 100], "common_shares": 750}
    with pytest.raises(ValueError, match=told) as refused:
        terms(**{**usual, **given})
    assert "nothing was valued" in str(refused.value)

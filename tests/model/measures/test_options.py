import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from tests.model.measures.test_waterfall import contracts

from briefing.model.measures.options import backsolved_equity, black_scholes_call, class_values
from briefing.model.measures.waterfall import sale_payoffs, terms

volatilities = st.floats(0.05, 1.5)
spans = st.floats(0.1, 10)
interest = st.floats(-0.02, 0.1)
equities = st.floats(1e6, 1e11)


@given(spot=st.floats(1, 1e3), strike=st.floats(1, 1e3), r=interest, s=volatilities, years=spans)
def test_a_call_is_worth_no_more_than_the_spot_and_no_less_than_waiting(spot, strike, r, s, years):
    call = black_scholes_call(spot, strike, r, s, years)
    assert max(spot - strike * np.exp(-r * years), 0) * (1 - 1e-9) - 1e-9 <= call <= spot


@given(strike=st.floats(10, 300), r=interest, s=st.floats(0.1, 1), years=st.floats(0.2, 5))
def test_a_call_is_the_discounted_average_of_its_payoff(strike, r, s, years):
    def paid(z):
        end = 100 * np.exp((r - s**2 / 2) * years + s * years**0.5 * z)
        return max(end - strike, 0) * np.exp(-(z**2) / 2) / (2 * np.pi) ** 0.5

    kink = (np.log(strike / 100) - (r - s**2 / 2) * years) / (s * years**0.5)
    average = quad(paid, max(kink, -12), max(kink, -12) + 25)[0] if kink < 12 else 0.0
    call = black_scholes_call(100, strike, r, s, years)
    assert call == pytest.approx(np.exp(-r * years) * average, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((50, 40, 0.0, 0.0, 1), 10),
        ((50, 40, 0.0, 0.5, 0), 10),
        ((30, 40, 0.0, 0.0, 1), 0),
        ((50, 0, 0.1, 0.5, 2), 50),
        ((0, 40, 0.1, 0.5, 2), 0),
        ((0, 0, 0.1, 0.5, 2), 0),
    ],
)
def test_without_chance_time_or_strike_a_call_is_what_is_left(given, expected):
    assert black_scholes_call(*given) == pytest.approx(expected)


@given(stated=contracts(), equity=equities, r=interest, s=volatilities, years=spans)
def test_class_values_sum_to_equity_and_none_is_negative(stated, equity, r, s, years):
    worth = class_values(equity, stated, r, s, years)
    assert worth.sum() == pytest.approx(equity)
    assert worth.min() >= -1e-9 * equity


@given(stated=contracts(), equity=equities, s=volatilities, years=spans)
def test_a_preferred_share_is_worth_at_least_a_common_one_of_equal_rank(stated, equity, s, years):
    equal = stated._replace(seniority=np.ones_like(stated.seniority))
    worth = class_values(equity, equal, 0.0, s, years)
    per_share = worth / np.hstack([stated.shares, stated.common_shares])
    assert np.all(per_share[:, :-1] >= per_share[:, -1:] - 1e-9 * equity / stated.shares.sum())


@given(stated=contracts(), equity=equities)
def test_with_hardly_any_chance_classes_get_what_a_sale_today_pays(stated, equity):
    worth = class_values(equity, stated, 0.0, 1e-9, 1)
    assert worth == pytest.approx(sale_payoffs(stated).at(equity), rel=1e-6, abs=1e-6 * equity)


@given(stated=contracts(), equity=equities, unit=st.floats(0.01, 100), s=volatilities)
def test_all_money_times_k_is_all_values_times_k(stated, equity, unit, s):
    larger = stated._replace(invested=unit * stated.invested)
    worth = class_values(equity, stated, 0.03, s, 4)
    scaled = class_values(unit * equity, larger, 0.03, s, 4)
    assert scaled == pytest.approx(unit * worth, abs=1e-9 * unit * equity)


favoured = st.builds(
    lambda old, new, multiple: terms([old, new], [2 * old, new], 1e9, [1, multiple]),
    st.floats(1e6, 1e8),
    st.floats(1e7, 5e8),
    st.floats(1, 3),
)


@settings(max_examples=25)
@given(stated=favoured, s=st.floats(0.2, 1.2), years=st.floats(0.5, 8))
def test_backsolved_equity_prices_the_last_round_and_stays_below_post_money(stated, s, years):
    equity = backsolved_equity(1.0, stated, 0.03, s, years)
    worth = class_values(equity, stated, 0.03, s, years)[0, -2]
    assert worth == pytest.approx(stated.shares[0, -1])
    assert equity < stated.shares.sum() + stated.common_shares.sum()


def test_without_preferences_backsolved_equity_is_post_money():
    plain = terms([50, 100], [100, 100], 800, liquidation_multiple=0)
    assert backsolved_equity(1.0, plain, 0.03, 0.6, 4) == pytest.approx(1_000)


def test_many_backsolves_at_once_are_each_of_them_alone():
    many = terms(100, 100, np.full((3, 1), 900.0))
    volatility = np.array([[0.3], [0.6], [0.9]])
    together = backsolved_equity(1.0, many, 0.03, volatility, 4)
    alone = [backsolved_equity(1.0, terms(100, 100, 900), 0.03, s, 4) for s in (0.3, 0.6, 0.9)]
    assert together == pytest.approx(np.ravel(alone))


def test_what_no_option_can_have_is_named():
    with pytest.raises(ValueError, match="strike -1 must be at least zero"):
        black_scholes_call(1, -1, 0.0, 0.5, 1)
    with pytest.raises(ValueError, match="years -1 must be at least zero"):
        class_values(100, terms(20, 20, 80), 0.0, 0.5, -1)
    for spoilt in ((0, 0.5, 1), (1, 0, 1), (1, 0.5, 0)):
        with pytest.raises(ValueError, match="must be more than zero"):
            backsolved_equity(spoilt[0], terms(20, 20, 80), 0.0, *spoilt[1:])

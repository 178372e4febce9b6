import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.crossholdings import cross_holdings, debt_dependency, failure_waves

held = st.lists(st.floats(0, 0.22), min_size=16, max_size=16).map(
    lambda flat: np.array(flat).reshape(4, 4) * (1 - np.eye(4))
)
assets = st.lists(st.floats(1, 100), min_size=4, max_size=4).map(np.array)

# Debt of France, Germany, Greece, Italy, Portugal and Spain in each other's hands at the end of
# 2011 (Bank for International Settlements, million dollars), debtors by row, and their product of
# 2011 and 2008 over Portugal's: the inputs of Elliott, Golub & Jackson (2014), as collected by
# P. Veeraraghavan (2017).
DEBT = np.array(
    [
        [0, 174862, 1960, 40311, 6679, 27015],
        [198304, 0, 2663, 227813, 2271, 54178],
        [39458, 32977, 0, 2302, 8077, 1001],
        [329550, 133954, 444, 0, 2108, 29938],
        [21817, 30208, 51, 3188, 0, 78005],
        [115162, 146096, 292, 26939, 21620, 0],
    ]
)
PRODUCT_2011 = np.array([11.61506276, 14.88284519, 1.267782427, 9.20083682, 1, 6.251046025])
PRODUCT_2008 = np.array([11.98745, 15.27615, 1.468619, 9.65272, 1.058577, 6.698745])
GREECE = 2


@given(held=held, assets=assets)
def test_cross_holdings_inflate_gross_values_and_no_market_value(held, assets):
    found = cross_holdings(held, assets)
    assert found.inflation_factor >= 1
    assert np.allclose(found.dependency.sum(axis=0), 1)
    assert found.market.sum() == pytest.approx(assets.sum())


@given(assets=assets)
def test_without_holdings_nothing_is_inflated(assets):
    assert cross_holdings(np.zeros((4, 4)), assets).inflation_factor == 1


def test_a_company_held_in_full_has_no_owners_left():
    with pytest.raises(ValueError, match="company 1 is held by others to 100%"):
        cross_holdings(np.array([[0, 1.0], [0, 0]]), np.ones(2))


@given(held=held, assets=assets, low=st.floats(0.2, 0.9), more=st.floats(0, 0.1))
def test_a_lower_threshold_fails_no_more_companies(held, assets, low, more):
    dependency = cross_holdings(held, assets).dependency
    fallen = assets * np.array([0.5, 0.9, 1, 1])
    few, many = (
        {party for wave in failure_waves(dependency, fallen, assets, at) for party in wave}
        for at in (low, low + more)
    )
    assert few <= many


def test_nobody_fails_when_nothing_has_fallen():
    assert not failure_waves(np.eye(3), np.ones(3), np.ones(3), 1.0)


def test_europes_debts_belong_to_somebody():
    assert np.allclose(debt_dependency(DEBT, 1 / 3).sum(axis=0), 1)


def test_greece_fails_first_and_at_nine_tenths_alone():
    # Greece's own product fell to 86 % of that of 2008, nobody else's below 93 %.
    waves = failure_waves(debt_dependency(DEBT, 1 / 3), PRODUCT_2011, PRODUCT_2008, 0.90)
    assert waves == ((GREECE,),)


def test_a_higher_threshold_carries_greeces_failure_further():
    waves = failure_waves(debt_dependency(DEBT, 1 / 3), PRODUCT_2011, PRODUCT_2008, 0.94)
    assert GREECE in waves[0]
    assert len(waves) > 1


@pytest.mark.parametrize("assets", [[1.0, np.nan], [1.0], [1.0, np.inf]])
def test_assets_that_are_no_numbers_or_too_few_are_refused(assets):
    with pytest.raises(ValueError, match="one finite number per company, 2 in all"):
        cross_holdings(np.zeros((2, 2)), np.array(assets))
    with pytest.raises(ValueError, match="one finite number per company"):
        failure_waves(np.eye(2), np.array(assets), np.ones(2), 0.9)


def test_a_debt_that_is_no_number_is_refused_wherever_it_stands():
    with pytest.raises(ValueError, match="finite number"):
        debt_dependency(np.array([[np.nan, 1.0], [1.0, 0.0]]), 0.5)

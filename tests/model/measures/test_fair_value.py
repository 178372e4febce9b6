import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.model.measures.second_way import fair_value_of, listing_chance, worth_of_last
from tests.model.measures.test_waterfall import as_rounds, contracts

from briefing.model.measures.fair_value import Exits, fair_value, listing_share
from briefing.model.measures.waterfall import Terms, terms

POST = 1_000e6


def company(new=100e6, old=50e6, pool=0.05, post=POST, **protections):
    """The paper's company: an old round at half the price of the new one, a pool, and common."""
    price, old_price = 1.0, 0.5
    common = post * (1 - pool) - new / price - old / old_price
    return terms([old, new], [old / old_price, new / price], common, **protections)


new_money = st.floats(10e6, 400e6)
old_money = st.floats(1e6, 100e6)
pools = st.floats(0, 0.2)

PROTECTIONS = {
    "liquidation_multiple": ([1, 1], [1, 1.5], [1, 2]),
    "participation_cap_multiple": ([1, 1], [1, 2.5], [1, np.inf]),
    "ratchet_multiple": ([0, 0], [0, 1], [0, 1.25]),
    "veto_below": ([0, 0], [0, 500e6], [0, 1000e6]),
    "seniority": ([1, 2], [1, 1], [2, 1]),
}  # fmt: skip
"""Each protection of the last round, ever stronger."""


few = settings(max_examples=20)
"""A fair value takes milliseconds, alone or with thousands of others."""


def total(stated, exits=None):
    return fair_value(stated, exits).total.item()


@few
@given(new=new_money, old=old_money, pool=pools)
def test_fair_value_stays_below_post_money_when_terms_favour_the_last_round(new, old, pool):
    assert total(company(new, old, pool)) <= POST * (1 + 1e-9)


@pytest.mark.parametrize("protection", PROTECTIONS)
@few
@given(new=new_money, old=old_money)
def test_each_added_protection_lowers_fair_value(protection, new, old):
    one = company(new, old)
    ever_stronger = np.array(PROTECTIONS[protection], dtype=float)
    stated = terms(one.invested, one.shares, one.common_shares, **{protection: ever_stronger})
    assert np.all(np.diff(fair_value(stated).total) <= 1e-9 * POST)


@few
@given(new=new_money, old=old_money, pool=pools)
def test_without_preferences_fair_value_is_post_money_less_the_pool(new, old, pool):
    plain = company(new, old, pool, liquidation_multiple=0)
    assert total(plain) == pytest.approx((1 - pool) * POST)


@few
@given(old=st.floats(1e3, 1e5))
def test_fair_value_nears_post_money_as_the_last_round_nears_the_whole_company(old):
    assert total(company(POST - 4 * old, old, pool=0)) == pytest.approx(POST, rel=4e-3)


@few
@given(stated=contracts())
def test_classes_sum_to_fair_value_the_last_is_worth_its_price_and_common_never_owes(stated):
    found = fair_value(stated)
    assert found.holders.sum() == pytest.approx(found.total.item())
    assert found.holders[0, -2] == pytest.approx(stated.invested[0, -1])
    assert found.holders.min() >= -1e-9 * found.total


@few
@given(stated=contracts())
def test_value_per_share_times_shares_is_the_value(stated):
    found = fair_value(stated)
    shares = np.hstack([stated.shares, stated.common_shares])
    per_share = found.holders / shares
    assert (per_share * shares).sum() == pytest.approx(found.total.item())


@few
@given(new=new_money, old=old_money, pool=pools)
def test_a_preferred_share_is_worth_at_least_a_common_one(new, old, pool):
    stated = company(new, old, pool)
    found = fair_value(stated)
    per_share = found.holders / np.hstack([stated.shares, stated.common_shares])
    assert np.all(per_share[:, :-1] >= per_share[:, -1:] * (1 - 1e-9))


@few
@given(stated=contracts(), unit=st.floats(1e-3, 1e3))
def test_money_in_another_unit_is_the_same_value(stated, unit):
    money = {"invested", "veto_below"}
    other = stated._replace(**{name: unit * getattr(stated, name) for name in money})
    usual = Exits()
    exits = usual._replace(
        listing_never=unit * usual.listing_never,
        listing_often=unit * usual.listing_often,
        listing_certain=unit * usual.listing_certain,
    )
    assert total(other, exits) == pytest.approx(unit * total(stated))


@settings(max_examples=6)
@given(stated=contracts(rounds=(2, 3)))
def test_the_last_round_is_worth_its_price_by_quadrature_too(stated):
    found = total(stated)
    assume(found > stated.invested.sum() / 100)
    worth = worth_of_last(found, as_rounds(stated), float(stated.common_shares[0, 0]))
    assert worth == pytest.approx(stated.invested[0, -1], rel=2e-5)


def test_a_root_finder_over_quadrature_finds_the_same_value():
    stated = company(participation_cap_multiple=[1, 2.5])
    slow = fair_value_of(as_rounds(stated), float(stated.common_shares[0, 0]))
    assert total(stated) == pytest.approx(slow, rel=1e-5)


def test_simulated_exits_agree():
    # A million of the paper's own paths: exponential time, lognormal value, then the waterfall.
    random, fair, n = np.random.default_rng(1), 771.236e6, 1_000_000
    years = random.exponential(4.0, n)
    moves = random.standard_normal(n)
    value = fair * np.exp(0.9 * np.sqrt(years) * moves + (0.025 - 0.9**2 / 2) * years)
    chance = np.array(listing_share(value))
    sold = np.where(value < 150e6, value * 100 / 150, np.maximum(100e6, value * 100 / 950))
    # Between 150 and the value at which both rounds convert, only the old round's choice matters.
    old_converts = np.maximum(50e6, (value - 100e6) * 100 / 850)
    waits = (value >= 150e6) & (value < 950e6)
    sold = np.where(waits, np.minimum(100e6, value - old_converts), sold)
    paid = np.exp(-0.025 * years) * (chance * value * 100 / 950 + (1 - chance) * sold)
    error = paid.std() / n**0.5
    assert abs(paid.mean() - 100e6) < 4 * error


def test_many_sets_at_once_are_each_of_them_alone():
    cap = np.array([[1, 1], [1, 2.5], [1, np.inf]])
    multiple = np.array([[1, 1], [1, 1.5], [1, 2]])
    rate = np.array([[0.5], [0.9], [1.2]])
    usual = company()
    many = terms(
        np.tile(usual.invested, (3, 1)),
        usual.shares,
        usual.common_shares,
        liquidation_multiple=multiple,
        participation_cap_multiple=cap,
    )
    together = fair_value(many, Exits(volatility_rate=rate)).total
    for row in range(3):
        own = Terms(*(each[row : row + 1] for each in many))
        alone = total(own, Exits(volatility_rate=rate[row]))
        assert together[row] == pytest.approx(alone)


def test_a_chance_of_listing_that_rises_on_takes_more_off():
    # The authors' own formula stays below one above 100bn, so that preferences matter longer.
    large = company(13e9, 3e9, post=183e9)
    usual = total(large)
    authors = total(large, Exits(listing_certain=10**12.5))
    assert authors < usual < 183e9


@given(value=st.floats(1e5, 1e13))
def test_the_chance_of_a_listing_is_that_of_the_replication(value):
    assert listing_share(np.array([[value]])).item() == pytest.approx(listing_chance(value))


@pytest.mark.parametrize(
    ("exits", "told"),
    [
        (Exits(volatility_rate=0), "volatility_rate 0 must be more than zero"),
        (Exits(wait_years=-1), "wait_years -1 must be more than zero"),
        (Exits(risk_free_rate=-0.5), "must exceed −1 / wait_years"),
        (Exits(listing_certain=1e8), "must rise"),
        (Exits(listing_certain=1e13), "would exceed one"),
    ],
)
def test_exits_that_cannot_be_are_named(exits, told):
    with pytest.raises(ValueError, match=told):
        fair_value(company(), exits)


def test_a_round_without_a_price_is_refused():
    with pytest.raises(ValueError, match="price of the last round must be more than zero"):
        fair_value(company(), price=0)

"""The tornado: each bar ends where the case with that one assumption moved ends."""

import pytest

from briefing.exhibits.sensitivity import equity_tornado
from briefing.exhibits.tornado import range_text, swings
from briefing.exhibits.words import money

TORNADOES = {
    "equity_tornado": "equity_value_usd",
    "cash_tornado": "lowest_cash_usd",
    "demand_tornado": "self_funded_revenue_share",
    "bundle_tornado": "microsoft_bundle_npv_usd",
}


@pytest.fixture(scope="module", params=["latest", "deal_day"])
def case(request):
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(("exhibit", "quantity"), TORNADOES.items())
def test_the_longest_bar_ends_where_its_own_case_does(case, exhibit, quantity):
    first = getattr(case, exhibit).data.iloc[0]
    for end, figure in ((first.low, first.at_low), (first.high, first.at_high)):
        alone = case.what_if(**{first.assumption: end})
        assert getattr(alone, quantity) == pytest.approx(figure, rel=1e-9)


@pytest.mark.parametrize(("exhibit", "quantity"), TORNADOES.items())
def test_bars_shrink_and_hold_every_assumption_with_a_range(case, exhibit, quantity):
    rows = getattr(case, exhibit).data
    assert rows.swing.is_monotonic_decreasing
    with_range = {
        each.name
        for each in case.assumptions(quantity)
        if not each.is_fixed and each.low is not None
    }
    assert with_range <= set(rows.assumption)


def test_the_title_names_the_longest_bar_with_both_ends(case):
    first = case.equity_tornado.data.iloc[0]
    reached = first[["at_low", "at_high", "own"]]
    assert f"from {money(min(reached))} to {money(max(reached))}" in case.equity_tornado.title


def moved(**ends):
    return {(): 5e9} | {
        ((name, at),): usd
        for name, (low, high) in ends.items()
        for at, usd in ((1, low), (2, high))
    }


def test_a_bar_runs_to_the_farther_end_where_both_lie_on_one_side():
    (swing,) = swings(moved(tax_rate=(7e9, 9e9)))
    assert (swing.least, swing.most, swing.width) == (5e9, 9e9, 4e9)


def test_titles_say_how_far_the_next_one_goes():
    still, half, all_ = (5e9, 5e9), (4e9, 6.5e9), (1e9, 6e9)
    assert equity_tornado(moved(tax_rate=still)).title.startswith("No single assumption moves")
    assert "nothing else moves it" in equity_tornado(moved(tax_rate=all_, debt_rate=still)).title
    two = moved(tax_rate=half, debt_rate=all_)
    assert "next is the tax rate, from $4bn to $6.5bn" in equity_tornado(two).title
    small = moved(tax_rate=(5e9, 6e9), debt_rate=all_)
    assert "with no other half as far" in equity_tornado(small).title


def test_a_range_says_its_unit_once():
    assert range_text("azure_term_years", 3, 8) == "3 to 8 years"
    assert range_text("a_usd_per_gw", 1e9, 2e9) == "$1bn to $2bn per GW"
    assert range_text("tax_rate", 0.1, 0.2) == "10% to 20%"

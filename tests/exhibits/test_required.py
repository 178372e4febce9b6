"""What an assumption would have to be: solved, checked by a second route, and said in words."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from briefing.case import Case
from briefing.exhibits.required import ACROSS, CONDITIONS, FREE, INSIDE, Required
from briefing.graph import functions, graph
from briefing.inputs.files import BadInput

PRICE = {"quantity": "equity_value_usd", "at_least": "last_round_value_usd"}
MARGIN = "mature_gross_margin_share"


def results(case):
    return [(free, each) for free in FREE for each in case.value(f"{free}_by_condition").values()]


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_at_the_required_value_a_what_if_reaches_the_threshold(parameter_set, request):
    case, checked = request.getfixturevalue(parameter_set), 0
    for free, required in results(case):
        if np.isnan(required.value.item()):
            continue
        changed = case.what_if(**{free: required.value.item()})
        reached = changed.value(required.condition.quantity).item()
        assert reached == pytest.approx(required.threshold.item(), rel=1e-7, abs=1e4)
        revenue = required.implied["revenue_2030_usd"].item()
        assert revenue == pytest.approx(changed.revenue_2030_usd)
        checked += 1
    assert checked > 10


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_the_own_value_lies_in_what_is_required_exactly_where_the_condition_holds(
    parameter_set, request
):
    case = request.getfixturevalue(parameter_set)
    for _, required in results(case):
        own = required.own.item()
        inside = any(low <= own <= high for low, high in required.spans())
        margin = case.value(required.condition.quantity).item() - required.threshold.item()
        assert inside == required.holds.item() == (margin >= 0)


def test_a_solver_for_single_numbers_finds_the_same(deal_day):
    def margin(share):
        return deal_day.what_if(mature_gross_margin_share=share).equity_value_usd - 183e9

    required = deal_day.required(MARGIN, "equity_value_usd", at_least=183e9)
    assert required.value.item() == pytest.approx(brentq(margin, 0.5, 1.0), abs=1e-9)


def test_what_is_proportional_is_a_division(latest):
    required = latest.required(
        "forward_revenue_multiple", "multiple_value_usd", at_least="last_round_value_usd"
    )
    expected = latest.last_round_value_usd / latest.forward_revenue_usd
    assert required.value.item() == pytest.approx(expected)


def test_a_chance_of_failure_is_solved_by_hand(latest):
    going, recovered = latest.going_concern_value_usd, latest.recovery_share
    wanted = 0.8 * going
    required = latest.required("failure_share", "enterprise_value_usd", at_least=wanted)
    assert required.value.item() == pytest.approx(0.2 / (1 - recovered))
    assert required.in_words().startswith("at most ")


def test_a_higher_price_needs_more_growth_and_more_margin(latest):
    for free in ("growth_half_life_years", "momentum_growth_rate", MARGIN):
        needed = [
            latest.required(free, "equity_value_usd", at_least=price).value.item()
            for price in (300e9, 500e9, 700e9, 900e9)
        ]
        assert needed == sorted(set(needed))


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_more_growth_needs_less_margin_for_a_price(parameter_set, request):
    case = request.getfixturevalue(parameter_set)
    frontier = case.value(f"{MARGIN}_by_condition_by_pace")
    for label in ("Last priced round", "Press figure"):
        line = frontier[label].value[:, 0]
        known = line[~np.isnan(line)]
        assert len(known) > 20
        assert np.all(np.diff(known) < 0)
        # What is out of reach with little growth never is so again with more.
        assert np.all(np.diff(np.isnan(line).astype(int)) <= 0)


def test_a_dearer_price_asks_for_more_margin_at_every_growth(latest):
    frontier = latest.value(f"{MARGIN}_by_condition_by_pace")
    last, press = (frontier[label].value for label in ("Last priced round", "Press figure"))
    both = ~np.isnan(last) & ~np.isnan(press)
    assert both.any()
    assert np.all(press[both] > last[both])


def test_every_draw_is_solved_as_a_case_of_its_own(latest):
    drawn = latest.draws(3, 7)
    together = drawn.required(MARGIN, "equity_value_usd", at_least=300e9)
    for draw in range(3):
        own = {
            name: leaf[draw : draw + 1]
            for name, leaf in drawn._leaves.items()
            if name in latest._parameters.assumptions and len(leaf) == 3
        }
        alone = latest._with_columns(own).required(MARGIN, "equity_value_usd", at_least=300e9)
        assert together.value[draw].item() == pytest.approx(alone.value.item(), nan_ok=True)


def test_what_cannot_be_is_said_and_is_no_number(latest):
    required = latest.required(MARGIN, "equity_value_usd", at_least=5e12)
    assert math.isnan(required.value.item())
    assert required.in_words() == "no value from 0% to 100%"
    assert required.verdict() == "is out of reach"
    assert "nan" not in repr(required)


def test_what_always_holds_is_said(latest):
    required = latest.required(MARGIN, "equity_value_usd", at_least=0.0)
    assert required.in_words() == "any value from 0% to 100%"
    assert required.verdict() == ACROSS


def test_without_a_value_the_search_stops_and_nothing_is_infinite(latest):
    # At and below the growth rate of 4% a discount rate gives no value.
    required = latest.required("discount_rate", **PRICE, within=(0.01, 0.5))
    assert 0.04 < required.low.item() < required.value.item() < 0.12
    assert math.isfinite(required.value.item())
    everywhere = latest.required("discount_rate", **PRICE, within=(0.005, 0.03))
    assert everywhere.in_words() == "the model gives no value"
    assert "nan" not in repr(everywhere)


def test_a_search_takes_in_a_what_if_beyond_the_range(latest):
    slow = latest.what_if(growth_half_life_years=30)
    required = slow.required("growth_half_life_years", **PRICE)
    assert required.high.item() == 30
    assert required.holds.item()


def test_several_stretches_are_all_named(latest):
    known = latest.required("growth_half_life_years", **PRICE)
    several = replace(known, crossings=np.array([[1.0, 2.0, 3.0]]), holds_at_low=np.array([[True]]))
    assert several.in_words() == "at most 1 year or 2 to 3 years"
    assert several.spans()[0][1] == 1
    assert several.value.item() == 1


@pytest.mark.parametrize(
    ("crossing", "holds", "verdict"),
    [
        (1.0, True, "holds, though not across our range"),
        (0.3, True, ACROSS),
        (1.5, False, INSIDE),
        (1.9, False, "is outside our range"),
    ],
)
def test_a_verdict_compares_with_the_own_range(latest, crossing, holds, verdict):
    known = latest.required("growth_half_life_years", **PRICE)
    assert (known.assumption.low, known.assumption.high) == (0.4, 1.8)
    at, held = np.array([[crossing]]), np.array([[holds]])
    assert replace(known, crossings=at, holds=held).verdict() == verdict


@pytest.mark.parametrize(
    ("free", "more", "told"),
    [
        ("mature_gros_margin_share", {}, "did you mean 'mature_gross_margin_share'?"),
        ("equity_value_usd", {}, "no assumption 'equity_value_usd'"),
        (MARGIN, {"quantity": "equity_valu_usd"}, "did you mean 'equity_value_usd'?"),
        (MARGIN, {"at_least": "last_round_valu_usd"}, "did you mean 'last_round_value_usd'?"),
        (MARGIN, {"quantity": "revenue_usd"}, "one number per case"),
        (MARGIN, {"quantity": "football_field"}, "one number per case"),
        (MARGIN, {"quantity": "gw_reading"}, "gw_reading is a word"),
        ("gw_reading", {}, "gw_reading is a choice (nested, additional)"),
        ("web_equity_spread_years", {}, "web_equity_spread_years changes nothing about"),
        (MARGIN, {"within": (0.8, 0.2)}, "within must rise"),
        (MARGIN, {"within": (0.2, 1.2)}, "out of range"),
        (MARGIN, {"within": (0.2, math.nan)}, MARGIN),
        ("capacity_delay_years", {}, "give within=(low, high)"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(latest, free, more, told):
    with pytest.raises(BadInput) as refused:
        latest.required(free, **(PRICE | more))
    assert told in str(refused.value)
    assert str(refused.value).startswith("required: ")


def test_it_reads_well_in_a_notebook(deal_day):
    required = deal_day.required(MARGIN, **PRICE)
    assert repr(required) == (
        "Mature gross margin share for equity value of at least the last round value, $183bn: at "
        "least 73%. Ours is 62% (50% to 77%), so it is inside our range. That means an operating "
        "margin of 38% in the end"
    )
    assert "$" not in required._repr_markdown_()
    grid = repr(deal_day.value(f"{MARGIN}_by_condition_by_pace")["Last priced round"])
    assert "of 49 points" in grid


def test_exhibits_that_ask_for_what_is_required_rest_on_the_conditions(latest):
    edges = set(graph().predecessors("required_table"))
    compared = {name for each in CONDITIONS.values() for name in each.rests_on}
    assert compared <= edges
    names = {each.name for each in latest.assumptions("required_table")}
    assert {"tax_rate", "azure_margin_share", "last_round_value_usd", "discount_rate"} <= names
    facts = {fact.id for fact in latest.required_table.facts}
    assert {"anthropic-gm-2028-plan", "alliance-azure-commit"} <= facts
    assert "equity_value_usd" in latest.required_table.figures


def test_conditions_and_free_assumptions_have_names_of_the_model(latest):
    for condition in CONDITIONS.values():
        assert condition.quantity in functions()
    assert set(FREE) <= set(latest._parameters.assumptions)


def test_where_an_assumption_moves_nothing_it_is_not_asked(latest):
    assert "Cash in sight lasts" not in latest.value("discount_rate_by_condition")
    assert "Cash in sight lasts" in latest.value("azure_term_years_by_condition")


def test_a_what_if_moves_what_is_required(latest):
    cheaper = latest.what_if(discount_rate=0.10)
    before, after = (case.required(MARGIN, **PRICE).value.item() for case in (latest, cheaper))
    assert after < before
    assert isinstance(cheaper.value(f"{MARGIN}_by_condition")["Last priced round"], Required)


def test_a_set_of_ones_own_can_be_asked():
    assert Case("bull").required(MARGIN, **PRICE).in_words()

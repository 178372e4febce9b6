import re

import pytest

from briefing.case import Case
from briefing.exhibits.words import money


def test_the_title_says_what_revenue_the_price_needs(latest):
    growth = latest.value("growth_half_life_years_by_condition")["Last priced round"]
    needed = latest.what_if(growth_half_life_years=growth.value.item()).revenue_2030_usd
    title = latest.value_frontier.title
    assert f"{money(latest.last_round_value_usd)} needs {money(needed)} of revenue" in title
    assert title.endswith(money(latest.revenue_2030_usd))


def test_a_price_that_no_growth_reaches_is_said(latest):
    title = latest.what_if(mature_gross_margin_share=0.1).value_frontier.title
    assert title == "At our margins no growth that we searched gives the last round's $965bn"


def test_each_point_of_the_map_lies_on_its_own_growth(latest):
    data = latest.value_frontier.data
    row = data[(data.condition == "Last priced round, $965bn")].iloc[-1]
    changed = latest.what_if(
        growth_half_life_years=row.half_life_years, mature_gross_margin_share=row.low
    )
    assert changed.revenue_2030_usd == pytest.approx(row.revenue_2030_usd)
    assert changed.equity_value_usd == pytest.approx(latest.last_round_value_usd)


def test_the_plan_is_marked_only_while_it_is_known(latest):
    exhibit = latest.value_frontier
    assert "anthropic-gm-2028-plan" in {fact.id for fact in exhibit.facts}
    assert "Plan, as we extend it" in str(exhibit.body.to_dict())
    assert any("There these hold: " in note for note in exhibit.notes)


def test_conditions_that_hold_nowhere_on_the_map_are_named_below_it(latest):
    exhibit = latest.value_frontier
    assert "Chips pay Nvidia back" not in set(exhibit.data.condition)
    assert "Holds nowhere on the map: Chips pay Nvidia back" in " ".join(exhibit.notes)


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, r"Changed one at a time .*, 1 of 6 assumptions gives .*: momentum growth rate"),
        ({"last_round_value_usd": 9e12}, r".*, none of 6 assumptions gives the last round's .*tn"),
        ({"last_round_value_usd": 400e9}, r".*\$400bn holds at our values, .* of 6 assumptions .*"),
    ],
)
def test_the_table_says_how_many_changes_alone_would_do(latest, changes, title):
    assert re.fullmatch(title, latest.what_if(**changes).required_table.title)


def test_the_table_has_a_row_for_each_assumption_that_moves_a_condition(latest):
    data = latest.required_table.data
    assert len(data) == 6 + 6 + 5 + 6 + 5
    assert set(data["Our range"]) >= {"fixed", "50% to 77%", "3 to 8 years"}
    assert not data.map(lambda cell: "nan" in str(cell)).any(axis=None)


def test_a_frame_is_named_only_where_it_is_drawn(latest):
    fixed = Case("bear").value_frontier
    assert "dashed frame" in " ".join(latest.value_frontier.notes)
    assert "dashed frame" not in " ".join(fixed.notes)

import re
from dataclasses import replace

import numpy as np
import pytest

from briefing.case import Case


@pytest.fixture(scope="module")
def few(deal_day):
    """The day of the deal with so few draws that deep tails have no edge."""
    return Case.of(replace(deal_day._parameters, draws=100))


def test_the_chance_of_running_out_is_that_of_the_chapters_answer(deal_day):
    data = deal_day.chance_by_quarter.data
    until = deal_day.draws().value("committed_cash_usd")[:, :29]
    assert data["Money in sight is spent"].iloc[-1] == np.mean((until < 0).any(axis=-1))
    assert data.quarter.iloc[-1] == deal_day.cash_fan.data.quarter.iloc[-1]


def test_chances_that_never_rise_are_a_table_and_no_empty_chart(deal_day, latest):
    assert deal_day.chance_by_quarter.kind == "chart"
    level = latest.chance_by_quarter
    first, last = level.data.iloc[0], level.data.iloc[-1]
    assert (first.drop("quarter") == last.drop("quarter")).all()
    assert level.body.heads == ("", f"By {first.quarter}", f"By {last.quarter}")


def test_levels_of_a_fan_are_in_order_and_those_of_the_draws(deal_day):
    frame = deal_day.revenue_fan.data.set_index("quarter")
    levels = frame[["p05", "p25", "p50", "p75", "p95"]].to_numpy()
    assert np.all(np.diff(levels, axis=1) >= 0)
    year = deal_day.draws().value("revenue_usd")[
        :, list(deal_day.value("quarters")).index("2030Q1")
    ]
    assert frame.p50["2030Q1"] == pytest.approx(4e-9 * np.median(year), abs=1e-3)


def test_headline_percentiles_agree_with_the_front_page(deal_day):
    data = deal_day.headline_distribution.data.set_index("id")
    front = {each.id: each for each in deal_day.value("headline_figures")}
    own = data.loc["equity_value_usd"]
    assert own.p50 == pytest.approx(front["equity_value_usd"].value, rel=0.01)
    assert own.p05 < front["equity_value_usd"].low < own.p50 < front["equity_value_usd"].high
    assert own.p50_low < own.p50 < own.p50_high
    share = front["self_funded_revenue_share"]
    assert data.central["self_funded_revenue_share"] == share.value
    assert {each for each in front if front[each].low} <= {*data.index, "last_round_value_usd"}


def test_positions_at_risk_are_quantiles_and_means_of_the_draws(deal_day):
    data = deal_day.positions_at_risk.data
    draws = np.sort(deal_day.draws().value("microsoft_bundle_npv_usd")[:, 0])
    own = data[data.position.str.startswith("Microsoft") & (data.tail_share == 0.05)].iloc[0]
    assert own.value_at_risk_usd == draws[99]
    assert own.expected_shortfall_usd == pytest.approx(draws[:100].mean())


def test_too_few_draws_leave_a_field_empty_and_say_how_many_it_takes(few):
    shown = few.positions_at_risk
    deep = shown.data[shown.data.tail_share == 0.01]
    assert deep.value_at_risk_usd.isna().all()
    assert "Worst 1 in 100 too few draws" in shown.alt
    assert "368 draws for 1 in 100" in " ".join(shown.notes)
    assert shown.data[shown.data.tail_share == 0.05].value_at_risk_usd.notna().all()


def test_money_that_runs_out_in_no_draw_is_said_to_last(deal_day, latest):
    assert "runs out by 2032Q4 in" in deal_day.cash_fan.title
    assert latest.cash_fan.title == "The money in sight lasts beyond 2032Q4 in all draws"
    assert "lasts beyond 2035 in **all draws**" in latest.risk_answer.body


def test_a_heaviest_quarter_above_the_fan_is_explained(latest):
    exhibit = latest.azure_bill_fan
    heaviest = float(re.search(r"takes ([\d.]+)%", exhibit.title)[1])
    ahead = exhibit.data[exhibit.data.quarter > "2026Q4"]
    assert heaviest > ahead.p50.max()
    assert "another time in each draw" in exhibit.notes[-1]

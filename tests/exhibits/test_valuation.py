import re

import numpy as np
import pytest

from briefing.exhibits.ranges import _ticks
from briefing.exhibits.valuation import FORECAST
from briefing.exhibits.words import money, money_span
from briefing.render.charts import chart_svg


def test_the_field_counts_the_methods_whose_median_lies_below_the_last_round(latest):
    rows = latest.football_field.data
    own = rows[rows["rests_on"] == FORECAST]
    below = int((own["point_usd"] < latest.last_round_value_usd).sum())
    count = {0: "none of the", len(own): "all"}.get(below, f"{below} of the")
    assert f"{count} {len(own)} methods" in latest.football_field.title


@pytest.mark.parametrize(("times", "told"), [(1e-2, "none of the 3"), (1, "all 3")])
def test_the_title_follows_the_last_round(latest, times, told):
    price = times * latest.last_round_value_usd
    # The smaller the price, the smaller the money that was paid before; the order must hold.
    case = latest.what_if(last_round_value_usd=price, earlier_preferred_usd=1e8)
    assert told in case.football_field.title


def test_the_field_has_ranges_in_order_with_medians_inside(deal_day, latest):
    for case in (deal_day, latest):
        rows = case.football_field.data
        assert np.all(rows["low_usd"] <= rows["point_usd"])
        assert np.all(rows["point_usd"] <= rows["high_usd"])


def test_words_stand_left_of_all_that_is_drawn(latest):
    # The dashed line of the last round once crossed its own label, and a phone cut off a column.
    spec = latest.football_field.body.to_dict(validate=False)
    assert not [layer for layer in spec["layer"] if layer["mark"]["type"] == "text"]
    svg = chart_svg(spec)
    for name, low, high, *_ in latest.football_field.data.itertuples(index=False):
        assert f">{name}<" in svg
        assert f">{money_span(low, high)}<" in svg


def test_terms_are_told_as_scenarios_and_no_average_of_the_study_is_quoted(latest):
    exhibit = latest.price_under_terms
    assert exhibit.notes[0].startswith("Scenarios, no findings")
    assert not re.search(r"\b48 ?%", " ".join((exhibit.title, *exhibit.notes)))


def test_ticks_are_round_and_lie_within_the_axis():
    assert _ticks(0, 1521) == [0, 500, 1000, 1500]
    assert _ticks(0, 0) == [0]
    assert _ticks(0, 2040) == [0, 500, 1000, 1500, 2000]
    assert _ticks(0, 0.55) == [0, 0.2, 0.4]


@pytest.mark.parametrize(
    ("margin", "told"),
    [
        (None, "central case would reach it with"),
        (0.99, "central case stays above it down to"),
        (0.2, "No growth that we searched would bring the central case there"),
    ],
)
def test_the_answer_says_what_would_turn_it(latest, margin, told):
    case = latest if margin is None else latest.what_if(mature_gross_margin_share=margin)
    body = case.valuation_answer.body
    assert told in body
    if margin is None:
        needed = re.search(r"with \$(\d+)bn of revenue in 2030, where it has \$(\d+)bn", body)
        assert needed
        assert int(needed[1]) > int(needed[2])
        assert case.equity_value_usd < case.last_round_value_usd


def test_no_draw_reaches_a_price_that_several_reach(latest):
    assert re.search(r"[\d.]+% of draws reach that price", latest.valuation_answer.body)
    dear = latest.what_if(last_round_value_usd=100 * latest.last_round_value_usd)
    assert "No draw reaches that price" in dear.valuation_answer.body


def test_the_map_says_which_way_growth_would_have_to_move(latest):
    assert latest.value_frontier.title.startswith("If growth fades more slowly")
    cheap = latest.what_if(last_round_value_usd=4e11, earlier_preferred_usd=1e8)
    assert cheap.value_frontier.title.startswith("If growth fades sooner")


def test_leads_say_how_much_of_a_value_or_a_promise_is_forecast_cash(latest, deal_day):
    assert f"Cash is in it: {money(latest.cash_at_as_of_usd)} " in latest.valuation_answer.body
    assert "run-rate that we know, of 2026-05." in latest.valuation_answer.body
    for case in (latest, deal_day):
        ahead = case.value("years_ahead_years")[0] > 0
        burnt = ahead & (case.value("free_cash_flow_usd")[0] < 0)
        until = f"until {case.value('quarters')[np.flatnonzero(burnt)[-1]]}" if burnt.any() else ""
        assert until in case.risk_answer.body
        assert ("in every quarter ahead" in case.risk_answer.body) is not burnt.any()

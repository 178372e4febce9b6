import numpy as np
import pytest

from briefing.case import Case
from briefing.inputs.facts import DEAL_DAY


def test_each_method_of_the_field_stands_there_as_on_both_days(latest, deal_day):
    rows = latest.field_then_and_now.data.set_index("method")
    now, then = (case.football_field.data.set_index("method") for case in (latest, deal_day))
    assert len(rows) == 8
    for end in ("low_usd", "high_usd", "point_usd"):
        assert np.array_equal(rows[f"{end}_now"], now.loc[rows.index, end])
        assert np.array_equal(rows[f"{end}_then"], then.loc[rows.index, end])
    ratios = rows["point_usd_now"] / rows["point_usd_then"]
    assert rows["median_ratio"].tolist() == pytest.approx(ratios.tolist())


def test_the_main_inputs_moved_as_the_ledger_says(latest):
    rows = latest.field_then_and_now.data.set_index("main_input")["main_input_ratio"]
    # Series F and H, and the run-rates of October 2025 and May 2026.
    assert rows["last price"].tolist() == pytest.approx([965 / 183] * 2)
    assert rows["run-rate"] == pytest.approx(47 / 7)
    assert "$183bn to $965bn, 5.3 times as much" in latest.field_then_and_now.title


def test_on_the_day_of_the_deal_there_is_nothing_to_compare(deal_day):
    exhibit = deal_day.field_then_and_now
    assert exhibit.kind == "prose"
    assert "nothing has become known since" in exhibit.body


def test_sources_of_both_days_are_named(latest):
    shown = {fact.id: fact for fact in latest.field_then_and_now.facts}
    assert {"anthropic-val-series-f", "anthropic-val-series-h"} <= shown.keys()
    before = {fact.id for fact in latest.football_field.facts}
    assert all(shown[each].known_since <= DEAL_DAY for each in shown.keys() - before)


def test_a_method_without_a_value_on_the_day_has_no_ratio_and_is_drawn_at_the_edge():
    exhibit = Case("latest", failure_share=1.0, recovery_share=0.0).field_then_and_now
    row = exhibit.data.set_index("method").loc["Discounted cash flow"]
    assert np.isfinite(row["median_ratio"])  # cash is left
    broke = Case("latest", mature_gross_margin_share=0.0).field_then_and_now
    row = broke.data.set_index("method").loc["Discounted cash flow"]
    assert row["point_usd_then"] == 0
    assert np.isnan(row["median_ratio"])
    assert "nan" not in broke.title + broke.alt
    spec = broke.body.to_dict(validate=False)
    drawn = [row for rows in spec["datasets"].values() for row in rows if "low" in row]
    assert min(row["low"] for row in drawn) > 0

import json
import re

import nbformat
import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.exhibit import CHART_MIME, EXHIBIT_MIME
from briefing.exhibits.words import money, percent
from briefing.graph import arguments, functions, plain
from briefing.inputs.files import BadInput
from briefing.runs.notebooks import faults, notebook_files

TWO = "grid: {azure_term_years: [3, 5, 8], growth_half_life_years: [0.4, 1.2]}"
ONE = "grid: {growth_half_life_years: [0.4, 0.8, 1.2]}"
MANY = (
    "latin_hypercube: {points: 12, seed: 3, assumptions: [azure_term_years, azure_ramp_years, "
    "gw_reading, opening_training_share]}"
)


@pytest.fixture
def swept(project):
    """The summary of a sweep of the copied project."""
    folder = project / "params" / "sweeps"
    folder.mkdir(exist_ok=True)

    def summary(points, *quantities, parameter_set="deal_day", **overrides):
        head = f"title: My sweep\nset: {parameter_set}\nquantities: [{', '.join(quantities)}]\n"
        (folder / "mine.yaml").write_text(head + points, encoding="utf-8")
        return Case(parameter_set, **overrides).sweep("mine")

    return summary


def singles(case, exhibit, axes, quantity):
    """The quantity in one case for each row of the data."""
    rows = exhibit.data[list(axes)].to_dict("records")
    return [getattr(case.what_if(**row), quantity) for row in rows]


@pytest.mark.parametrize(
    ("points", "axes"),
    [
        (ONE, ["growth_half_life_years"]),
        (TWO, ["azure_term_years", "growth_half_life_years"]),
        (
            "grid: {firmness: [firm, expected, headline], gw_reading: [nested, additional]}",
            ["firmness", "gw_reading"],
        ),
        (
            MANY,
            ["azure_term_years", "azure_ramp_years", "gw_reading", "opening_training_share"],
        ),
        ("list: [{}, {azure_term_years: 3}, {tax_rate: 0.3}]", ["azure_term_years", "tax_rate"]),
    ],
)
def test_all_points_at_once_give_what_single_cases_give(swept, deal_day, points, axes):
    quantities = ("self_funded_revenue_share", "chip_purchases_total_usd", "runway_years")
    exhibit = swept(points, *quantities)
    for quantity in quantities:
        alone = singles(deal_day, exhibit, axes, quantity)
        assert np.allclose(exhibit.data[quantity], alone, rtol=1e-9, atol=0, equal_nan=True)


def test_a_list_keeps_the_set_s_value_where_a_point_names_none(swept):
    exhibit = swept("list: [{}, {azure_term_years: 3}, {tax_rate: 0.3}]", "equity_value_usd")
    assert exhibit.data["azure_term_years"].tolist() == [5, 3, 5]
    assert exhibit.data["tax_rate"].tolist() == [0.21, 0.21, 0.3]


def test_overrides_of_the_case_hold_at_every_point_and_are_told(swept, deal_day):
    exhibit = swept(ONE, "equity_value_usd", discount_rate=0.15)
    alone = deal_day.what_if(discount_rate=0.15, growth_half_life_years=0.8).equity_value_usd
    assert exhibit.data["equity_value_usd"][1] == pytest.approx(alone)
    assert "with discount rate at 15%" in " ".join(exhibit.notes)


def test_no_quantity_of_the_model_asks_for_a_family_whose_cases_would_forget_the_points():
    for name, function in functions().items():
        if function.__module__.startswith("briefing.model"):
            assert [plain(argument) for argument in arguments(name)] == list(arguments(name))


def test_the_title_names_the_range_and_the_point_that_is_really_the_highest(swept, deal_day):
    exhibit = swept(TWO, "self_funded_revenue_share")
    found = {
        (term, half_life): deal_day.what_if(
            azure_term_years=term, growth_half_life_years=half_life
        ).self_funded_revenue_share
        for term in (3, 5, 8)
        for half_life in (0.4, 1.2)
    }
    term, half_life = max(found, key=found.__getitem__)
    low, high = min(found.values()), max(found.values())
    assert exhibit.title == (
        f"Self-funded revenue share runs from {percent(low)} to {percent(high)}; it is highest at "
        f"an Azure term of {term} years and a growth half-life of {half_life} years"
    )


def test_what_does_not_matter_at_the_highest_point_is_said_not_to(swept):
    # Equity value knows nothing of the term of the Azure commitment while nothing goes unused.
    title = swept(TWO, "equity_value_usd").title
    assert title.endswith("highest at a growth half-life of 1.2 years, whatever the Azure term")


def test_many_axes_are_ranked_by_how_closely_the_quantity_follows_them(swept):
    exhibit = swept(MANY, "self_funded_revenue_share")
    ranks = exhibit.data.drop(columns=["point", "gw_reading"]).rank()
    terms = np.corrcoef(ranks["azure_term_years"], ranks["self_funded_revenue_share"])[0, 1]
    shown = f"{terms:.2f}".replace("-", "−")
    assert f"the Azure term moves it most (rank correlation {shown})" in exhibit.title


def test_a_list_of_few_points_and_many_axes_names_the_point(swept):
    points = (
        "list: [{azure_term_years: 3}, {azure_ramp_years: 3, firmness: firm}, {tax_rate: 0.3}, "
        "{growth_half_life_years: 0.4}]"
    )
    exhibit = swept(points, "equity_value_usd")
    best = exhibit.data["point"][int(exhibit.data["equity_value_usd"].argmax())]
    assert f"it is highest at point {best}" in exhibit.title


def test_the_alternative_text_tells_both_ends_of_every_quantity(swept):
    exhibit = swept(TWO, "equity_value_usd", "self_funded_revenue_share")
    for name, written in (("equity_value_usd", money), ("self_funded_revenue_share", percent)):
        low, high = exhibit.data[name].min(), exhibit.data[name].max()
        assert f"runs from {written(low)} to {written(high)}" in exhibit.alt
    assert "over Azure term (3 to 8 years) and growth half-life (0.4 to 1.2 years)" in exhibit.alt


def test_a_quantity_that_never_changes_is_said_to_stay(swept):
    exhibit = swept(TWO, "peak_funding_gap_usd")
    assert exhibit.title == "Peak funding gap stays at $0 at every point"
    both = swept(ONE, "peak_funding_gap_usd", "unpaid_usd").title
    assert both.startswith("None of the 2 quantities varies: peak funding gap stays at $0")


def test_a_quantity_that_never_changes_gives_way_to_one_that_does(swept):
    title = swept(ONE, "peak_funding_gap_usd", "equity_value_usd").title
    assert title.startswith("Peak funding gap stays at $0 at every point; equity value runs from $")


def test_a_quantity_on_which_no_axis_bears_has_a_value_at_every_point(swept, deal_day):
    exhibit = swept(ONE, "microsoft_equity_total_usd")
    assert exhibit.data["microsoft_equity_total_usd"].tolist() == (
        [deal_day.microsoft_equity_total_usd] * 3
    )


def test_a_time_beyond_the_horizon_is_the_longest_and_left_blank(swept):
    points = "grid: {opening_gross_margin_share: [0.5, 0.2, 0.0]}"
    exhibit = swept(points, "runway_years", "lowest_cash_usd")
    lasts = (exhibit.data["lowest_cash_usd"] >= 0).tolist()
    assert np.isinf(exhibit.data["runway_years"]).tolist() == lasts == [True, True, False]
    assert "to beyond 2035; it is lowest at an opening gross margin share of 0%" in exhibit.title
    assert "Runway lies beyond 2035 at 2 of 3 points, left blank." in exhibit.notes


def test_points_without_a_value_are_counted(swept):
    # Firm and without a minimum nothing is received, and a share of nothing is no number.
    exhibit = swept(
        "grid: {azure_take_or_pay_share: [0, 0.5], firmness: [firm, expected]}",
        "self_funded_revenue_share",
    )
    assert exhibit.data["self_funded_revenue_share"].isna().sum() == 1
    assert "where it has a value" in exhibit.title
    assert "Self-funded revenue share has no value at 1 of 4 points, left blank." in exhibit.notes


@pytest.mark.parametrize("points", [ONE, TWO, MANY, "list: [{}, {firmness: firm}]"])
def test_a_summary_reads_as_sentences_and_carries_its_data(swept, points):
    exhibit = swept(points, "runway_years", "lowest_cash_usd", "self_funded_revenue_share")
    words = " ".join([exhibit.title, exhibit.alt, *exhibit.notes])
    assert not re.search(r"\bnan\b|\binf\b|\$-|-\$|%%|_years|_usd", words)
    bundle = exhibit._repr_mimebundle_()
    assert len(bundle[EXHIBIT_MIME]["data"]["data"]) == len(exhibit.data)
    assert "NaN" not in json.dumps(bundle[CHART_MIME])


@pytest.mark.parametrize(
    ("points", "mark"),
    [
        (ONE, "line"),
        (TWO, "rect"),
        (MANY, "point"),
        ("list: [{}, {tax_rate: 0.3, firmness: firm}]", "point"),
    ],
)
def test_one_axis_gives_a_line_two_a_surface_and_more_give_dots(swept, points, mark):
    spec = json.dumps(swept(points, "equity_value_usd").body.to_dict())
    marks = set(re.findall(r'"type": "(line|rect|point)"', spec))
    assert mark in marks
    assert marks <= {mark, "point"}


def test_axes_of_which_only_one_varies_give_a_line(swept):
    points = "grid: {azure_term_years: [3, 5, 8], growth_half_life_years: [0.4]}"
    exhibit = swept(points, "self_funded_revenue_share")
    assert exhibit.alt.startswith("Line chart over Azure term (3 to 8 years).")


def test_small_surfaces_bear_their_values(swept):
    exhibit = swept(TWO, "equity_value_usd")
    labels = {row["label"] for row in exhibit.body.to_dict()["datasets"].popitem()[1]}
    assert labels == {f"{value / 1e9:.0f}" for value in exhibit.data["equity_value_usd"]}


def test_sources_and_assumptions_are_those_of_all_quantities(swept, deal_day):
    quantities = ("equity_value_usd", "nvidia_self_funded_revenue_share")
    exhibit = swept(ONE, *quantities)
    assert exhibit.name == "mine"
    assert set(exhibit.assumptions) == {
        each.name for name in quantities for each in deal_day.assumptions(name)
    }
    assert {fact.id for fact in exhibit.facts} == {
        fact.id for name in quantities for fact in deal_day.sources(name)
    }


def test_the_notes_name_the_sweep_its_points_the_set_and_the_day(swept):
    first, second, *_ = swept(TWO, "equity_value_usd").notes
    assert first.startswith("My sweep: 6 points, every combination (3 by 2) of Azure term and")
    assert second.startswith("Set deal_day, as known on 21 November 2025: every other assumption")


@pytest.mark.parametrize(
    ("quantity", "told"),
    [
        ("equity_valu_usd", "no quantity 'equity_valu_usd'; did you mean 'equity_value_usd'?"),
        ("azure_term_years", "no quantity 'azure_term_years'"),
        ("revenue_usd", "revenue_usd must be one number per case"),
        ("cash_fan", "cash_fan must be one number per case"),
        ("web_backed_revenue_share", "web_backed_revenue_share must be one number per case"),
    ],
)
def test_what_is_no_number_of_the_graph_is_refused(swept, quantity, told):
    with pytest.raises(BadInput) as refused:
        swept(ONE, quantity)
    [message] = refused.value.messages
    assert "mine.yaml: quantities: " in message
    assert told in message
    assert message.endswith("; nothing was built")


@pytest.mark.parametrize("name", ["term_by_growth", "undisclosed_terms"])
def test_the_sweeps_that_ship_vary(latest, name):
    exhibit = latest.sweep(name)
    assert "runs from" in exhibit.title
    assert exhibit.name == name


def test_the_notebook_of_a_sweep_keeps_the_rules_and_is_no_part_of_a_briefing(root):
    file = root / "notebooks" / "sweep.ipynb"
    assert file not in notebook_files(root / "notebooks")
    broken = list(faults(nbformat.read(file, as_version=4)))
    assert not [each for each in broken if "must set exactly the parameters" not in each]

import json
import re

import altair as alt
import numpy as np
import pytest
from jsonschema import Draft7Validator, ValidationError

from briefing.case import Case
from briefing.exhibits.exhibit import CHART_MIME, EXHIBIT_MIME, Exhibit
from briefing.exhibits.risk import coverage_heat_map
from briefing.exhibits.terms import amount_text
from briefing.exhibits.words import percent, quantity_text
from briefing.graph import functions

CHARTS = (
    "money_flow_map", "commitment_profile", "azure_money_by_source", "football_field", "cash_fan",
    "coverage_heat_map", "ownership_grid", "microsoft_waterfall", "nvidia_waterfall",
    "microsoft_sensitivity", "nvidia_sensitivity", "value_frontier",
    "horizon_grid", "minimum_grid", "firmness_ladder", "commitment_coverage",
    "stake_chart", "expected_loss_chart", "vendor_finance_chart", "lock_in_grid",
    "required_gain_grid", "equity_tornado", "cash_tornado", "demand_tornado", "bundle_tornado",
)  # fmt: skip

SCHEMA = Draft7Validator(alt.LayerChart._rootschema)


@pytest.fixture(scope="module")
def soft():
    return Case("soft_target")


def test_a_title_follows_its_parameters(latest):
    larger = latest.what_if(azure_commitment_usd=60e9).commitment_profile.title
    assert "$30bn peaks at" in latest.commitment_profile.title
    assert "$60bn peaks at" in larger


def test_the_same_share_is_printed_alike_wherever_it_stands(deal_day):
    share = percent(deal_day.self_funded_revenue_share)
    cells = deal_day.circularity_scorecard.data.to_string()
    tiles = deal_day.headline_tiles.body
    assert share in deal_day.circularity_scorecard.title
    assert share in deal_day.circularity_answer.body
    assert share in deal_day.key_takeaways.data.to_string()
    assert share in cells
    assert tiles[0].value == share


def test_the_sheet_of_deal_day_shows_no_later_fact(deal_day, latest):
    assert all(fact.known_since <= deal_day.as_of for fact in deal_day.deal_fact_sheet.facts)
    assert len(latest.deal_fact_sheet.data) > len(deal_day.deal_fact_sheet.data)


@pytest.mark.parametrize("of", ["source_register", "circularity_scorecard", "key_takeaways"])
def test_no_exhibit_of_deal_day_rests_on_a_later_fact(deal_day, of):
    assert all(fact.known_since <= deal_day.as_of for fact in getattr(deal_day, of).facts)


def test_both_wordings_of_the_gigawatt_stand_in_the_sheet(deal_day):
    notes = " ".join(deal_day.deal_fact_sheet.data["What was said"])
    assert "described as additional" in notes
    assert "option to scale" in notes


def test_the_scenario_table_has_a_column_for_each_scenario(latest, soft):
    names = ["Quantity", "Growth fades", "Base case", "Growth holds", "Power arrives late"]
    assert list(latest.scenario_table.data)[:5] == names
    assert "The commitment is a volume target" in soft.scenario_table.data


def test_the_commitment_profile_adds_up_for_every_term(latest):
    profile = latest.commitment_profile.data
    totals = profile.groupby("term")["usd_bn_a_year"].sum() / 4
    assert totals.to_numpy() == pytest.approx(30, abs=0.01)


def test_the_map_shows_the_payments_of_the_legs(latest):
    flows = latest.money_flow_map.data
    azure = flows.query("payer == 'Anthropic' and payee == 'Microsoft'")["amount_usd"].sum()
    assert azure == pytest.approx(latest.azure_receipts_usd[:9].sum())


def test_every_assumption_stands_in_the_register(latest):
    assert len(latest.assumption_register.data) == len(latest._parameters.assumptions)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_carries_its_finding_its_data_and_no_address(latest, name):
    exhibit = getattr(latest, name)
    bundle = exhibit._repr_mimebundle_()
    heading = " ".join(bundle[CHART_MIME]["title"]["text"])
    assert heading == f"Exhibit {exhibit.id} · {exhibit.standing} {exhibit.title}"
    assert bundle[EXHIBIT_MIME]["data"]["data"]
    assert not re.search(r"https?://(?!vega\.github\.io/schema)", str(bundle[CHART_MIME]))


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_every_chart_obeys_the_schema_which_nobody_checks_when_it_is_shown(parameter_set, request):
    case = request.getfixturevalue(parameter_set)
    values = [getattr(case, name) for name in (*functions(), "model_map")]
    charts = [each for each in values if isinstance(each, Exhibit) and each.kind == "chart"]
    assert len(charts) > len(CHARTS)
    for exhibit in charts:
        shown = exhibit._repr_mimebundle_()[CHART_MIME]
        for spec in (shown, *exhibit.steps.values()):
            SCHEMA.validate(json.loads(json.dumps(spec)))


def test_next_to_nothing_missing_is_nothing_and_not_minus_nothing(deal_day):
    cash = 10.0 ** -np.arange(1.0, 12.0)  # down to a cent
    lowest = np.append(-cash, 3.0)[:, None] * 1e9
    axis = np.arange(float(len(lowest)))[:, None]
    shown = json.dumps(coverage_heat_map(axis + 1, axis / 20, lowest).body.to_dict())
    assert "\\u22120" not in shown


def test_a_chart_against_the_schema_is_found():
    with pytest.raises(ValidationError):
        SCHEMA.validate({"mark": "bar", "encoding": {"x": 3}})


@pytest.mark.parametrize(
    "changes",
    [
        {"firmness": "firm"},
        {"firmness": "headline"},
        {"microsoft_equity_placed_usd": 0, "microsoft_equity_drawn_share": 0},
        {"azure_take_or_pay_share": 1, "azure_commitment_drawn_share": 0},
        {"growth_half_life_years": 0.4, "funding_stops_years": 0},
        {"azure_commitment_usd": 0},
    ],
)
def test_extreme_parameters_still_read_as_sentences(changes):
    case = Case("deal_day", **changes)
    for name in dir(case):
        value = getattr(case, name) if not name.startswith("_") else None
        if isinstance(value, Exhibit):
            words = f"{value.title} {value.alt} {value.body if value.kind == 'prose' else ''}"
            assert not re.search(r"\bnan\b|\binf\b|\$-|-\$|%%", words), (name, words)


@pytest.mark.parametrize("name", ["headline_tiles", "valuation_answer", "scenario_table"])
def test_jupyterlab_sees_no_formula_between_two_dollars(latest, name):
    bundle = getattr(latest, name)._repr_mimebundle_()
    shown = bundle.get("text/html") or bundle["text/markdown"]
    assert "&#36;" in shown
    assert "$" not in shown


def test_notes_of_a_table_are_told_once_in_each_medium(latest):
    bundle = latest.scenario_table._repr_mimebundle_()
    inside = bundle["text/html"].split("</table>")[0]
    assert not any(note[:30] in inside for note in latest.scenario_table.notes)
    assert all(note[:30] in bundle["text/html"] for note in latest.scenario_table.notes)


def test_the_map_steps_through_its_quarters_on_one_scale(latest):
    steps = latest.money_flow_map.steps
    assert list(steps) == ["2025Q4 to 2027Q4", *latest.quarters[:9]]
    charts = [alt.LayerChart.from_dict(dict(step)) for step in steps.values()]
    assert len({chart.to_dict()["width"] for chart in charts}) == 1


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest", "funding_stops"])
def test_every_answer_of_the_question_lists_names_exhibits_that_exist(
    parameter_set, deal_day, latest
):
    case = {"deal_day": deal_day, "latest": latest}.get(parameter_set) or Case(parameter_set)
    made = (name for name, of in functions().items() if of.__annotations__["return"] is Exhibit)
    exhibits = {getattr(case, name).id for name in made}
    tables = case.circularity_questions, case.commitment_questions, case.valuation_questions
    for shown in (each for questions in tables for each in questions.data["Shown in"]):
        assert shown == "—" or set(shown.split(", ")) <= exhibits


def test_the_web_and_the_scorecard_agree_on_the_alliance(latest):
    azure = latest.capital_backed_revenue.data.query("sale.str.startswith('Azure')")
    own = azure.query("source == 'Microsoft'")["usd_bn"].item()
    assert own == pytest.approx(latest.traced_return_usd / 1e9, abs=1e-3)


def test_a_seller_of_the_web_has_the_shares_of_the_model(latest):
    table = latest.web_sellers_table.data.set_index("Seller")
    place = latest.web_parties.index("amazon")
    share = latest.value("web_direct_revenue_share")[0, place]
    low, high = table.loc["Amazon", "Own, direct"].removesuffix("%").split("–")
    assert float(low) / 100 - 1e-3 <= share <= float(high) / 100 + 1e-3


def test_exhibits_say_whether_they_show_facts_estimates_assumptions_or_opinions(latest):
    standing = {
        name: getattr(latest, name).standing
        for name in (
            "deal_fact_sheet", "source_register", "football_field", "circularity_scorecard",
            "assumption_register", "key_takeaways",
        )
    }  # fmt: skip
    assert standing == {
        "deal_fact_sheet": "Facts",
        "source_register": "Facts",
        "football_field": "Estimate",
        "circularity_scorecard": "Estimate",
        "assumption_register": "Assumptions",
        "key_takeaways": "Opinion",
    }


def test_a_fact_of_one_year_is_written_so(ledger):
    assert amount_text(ledger["cooling-lead-2025"]) == "1 to 1.5 years"


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("lucent-revenue-fall", "−69%"),
        ("score-claude-opus-4-1-swe-verified", "74.5%"),
        ("rubin-claim", "up to 90%"),
        ("util-mfu", "35% to 45%"),
        ("msft-bookings-230", "2.3"),
    ],
)
def test_a_part_of_something_is_told_in_percent_to_its_last_digit(ledger, fact, words):
    assert amount_text(ledger[fact]) == words


@pytest.mark.parametrize("name", ["deal_day", "latest"])
def test_every_figure_reads_as_a_number_or_says_why_it_is_none(request, name):
    for figure in request.getfixturevalue(name).figures:
        for value in (figure.value, figure.median, figure.low, figure.high):
            assert not re.search("inf|nan", quantity_text(figure.name, value)), figure.name


@pytest.mark.parametrize("name", ["deal_day", "latest"])
def test_what_labs_can_pay_together_is_told_apart_by_lab(request, name):
    # In both sets Anthropic's customers pay all, so that its cash makes no difference.
    case = request.getfixturevalue(name)
    due = case.purchases_due_usd[0]
    labs = [case.web_parties.index(lab) for lab in ("anthropic", "openai")]
    parts = [case.anthropic_paid_by_customers_share, case.openai_paid_by_customers_share]
    paid = sum(part * due[lab].sum() for part, lab in zip(parts, labs, strict=True))
    together = case.labs_paid_without_funding_share * due[labs].sum()
    assert paid == pytest.approx(together, rel=1e-9)
    assert all(0 <= part <= 1 for part in parts)


def test_what_rounding_leaves_of_an_identity_is_named_and_its_size_is_data(latest):
    exhibit = latest.identity_table
    assert "e-1" not in str(exhibit.body) + exhibit.alt
    assert "below rounding" in exhibit.alt
    sizes = exhibit.data["Largest residual"].astype(float)
    assert sizes.to_numpy() == pytest.approx(list(latest.identity_residuals.values()), rel=0.1)


def test_webs_drawn_by_chance_that_do_not_vary_test_nothing(deal_day, latest):
    assert "chance cannot be told apart" in deal_day.network_measures_table.title
    assert "tests nothing" in " ".join(deal_day.network_measures_table.notes)
    assert "than among partners drawn by chance" in latest.network_measures_table.title


def test_a_letter_of_intent_is_told_as_no_promise(deal_day):
    assert "or said it intends" in deal_day.bubble_table.title
    assert "revenue, spanning Lucent's 21% and Cisco's 12%" in deal_day.bubble_table.title
    assert "announced or intend for them" in deal_day.web_answer.body


def test_a_note_on_a_purchase_cites_the_rule_on_purchases(latest):
    rows = latest.accounting_explorer.data.set_index("Treatment")
    assert rows["Rule"]["A service not yet given"] == "ASC 440-10-50-2*"

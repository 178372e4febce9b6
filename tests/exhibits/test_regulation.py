"""Exhibits of regulation and lock-in say what is known on their date, and claim no more."""

import re

import pytest

from briefing.case import Case
from briefing.exhibits.concentration import SEATS
from briefing.exhibits.remedies import INQUIRIES
from briefing.exhibits.words import money, percent

SHOWN = (
    "concentration_table", "stake_chart", "supplier_table", "interlock_table", "inquiry_table",
    "remedy_table", "expected_loss_chart", "precedent_table", "vendor_finance_chart",
    "regulation_questions", "regulation_answer", "lock_in_answer", "lock_in_grid", "freedom_table",
    "required_gain_grid", "gain_table", "lock_in_questions",
)  # fmt: skip

BAD = r"\b(nan|inf)\b|−\$0(?![.\d])|—|∞"


@pytest.mark.parametrize("name", SHOWN)
def test_nothing_of_deal_day_rests_on_a_later_fact(deal_day, name):
    shown = getattr(deal_day, name)
    assert all(fact.known_since <= deal_day.as_of for fact in shown.facts)
    told = f"{shown.title} {shown.body if isinstance(shown.body, str) else ''} {shown.data}"
    assert not re.search(r"(?<![.\d])2026(?!\d)", told)


def test_each_matter_shows_the_last_step_known_by_then(deal_day, latest):
    status = {
        case.as_of: case.inquiry_table.data.set_index("About")["Status"]
        for case in (deal_day, latest)
    }
    matter = "Azure and AWS as gatekeepers"
    assert "opened" in status[deal_day.as_of][matter]
    assert "Preliminary view" in status[latest.as_of][matter]
    assert "Anthropic as a supplier" not in status[deal_day.as_of]


def test_every_step_and_seat_names_a_fact_of_the_ledger(latest):
    steps = {fact for inquiry in INQUIRIES for fact in inquiry.steps}
    seats = {fact for *_, fact, _ in SEATS if fact}
    known = {fact.id for fact in latest._everything.facts}
    assert (steps | seats) <= known


def test_steps_stand_in_the_order_of_time(latest):
    for inquiry in INQUIRIES:
        days = [latest._everything[fact].known_since for fact in inquiry.steps]
        assert days == sorted(days)


def test_an_index_of_suppliers_wants_two_amounts_and_names_who_has_none(deal_day, latest):
    then, now = (case.supplier_table for case in (deal_day, latest))
    assert "not computable" in then.title
    assert "1 of 3 known ones" in then.title
    assert then.data["Without the deal"][0] == "not computable"
    assert "Amazon and Google left out" in then.data["Counted by"][0]
    assert "CoreWeave left out" in now.data["Counted by"][0]
    assert "the index falls with the deal" in now.title
    asked = {row["Id"]: row["Answer"] for row in _rows(deal_day.regulation_questions)}
    assert "clouds and sites not computable" in asked["S045"]


@pytest.mark.parametrize("name", ["deal_day", "latest"])
def test_material_influence_is_told_as_a_level_of_control_and_not_as_none(name, request):
    case = request.getfixturevalue(name)
    told = f"{case.inquiry_table.data} {case.precedent_table.data}".lower()
    status = case.inquiry_table.data.set_index("About")["Status"]["Stakes in laboratories"]
    assert "no control" not in told.replace("no control, so no merger", "")
    assert "material influence" in status
    assert "de facto control" in status
    assert any("three levels of control" in note for note in case.inquiry_table.notes)


def test_what_only_unnamed_sources_expect_is_no_matter(latest):
    for inquiry in INQUIRIES:
        assert "fr-nvda-2024" not in inquiry.steps
    assert "confirmed" in latest.inquiry_table.data.set_index("Where")["Status"]["France"]


def test_the_uk_test_that_anthropic_failed_is_that_of_its_day(deal_day):
    unlike = deal_day.precedent_table.data.set_index("Before")["Not alike"]["Amazon and Anthropic"]
    assert "UK turnover test of that day" in unlike
    assert "not public" in unlike


def test_both_courts_are_named_where_they_differ(latest):
    status = latest.inquiry_table.data.set_index("About")["Status"]["Anthropic as a supplier"]
    assert all(each in status for each in ("California", "D.C. Circuit", "supply-chain risk"))


def test_no_case_on_the_deal_is_known_and_what_is_not_known_says_so(latest):
    assert "No authority is known" in latest.inquiry_table.title
    rows = latest.interlock_table.data.query("In == 'Anthropic'").set_index("Investor")
    assert rows.loc["Microsoft", "Votes and seats"] == "not known"
    assert rows.loc["Nvidia", "Votes and seats"] == "not known"


def test_expected_loss_is_likelihood_times_loss(latest):
    frame = latest.expected_loss_chart.data
    assert frame.expected_bn.to_numpy() == pytest.approx(frame.loss_bn * frame.likelihood)
    total = frame.query("party == 'Microsoft'").expected_bn.sum() * 1e9
    assert money(total) in latest.expected_loss_chart.title
    assert money(total) in latest.regulation_answer.body


def test_ratios_of_then_are_those_of_the_ledger(latest):
    frame = latest.vendor_finance_chart.data.set_index("case").share
    assert frame["Lucent, loans, 2000"] == pytest.approx(8.1 / 37.92)
    assert frame["Cisco, loans, 2000"] == pytest.approx(2.4 / 20)


def test_a_claim_is_shown_as_a_claim_and_only_once_it_is_known(deal_day, latest):
    early, late = deal_day.gain_table.data, latest.gain_table.data
    assert not (early["Eight draws in ten"] == "claim").any()
    assert (late["Eight draws in ten"] == "claim").sum() == 2
    assert percent(latest.required_co_optimisation_gain_share) in late.iloc[0]["Figure"]


@pytest.mark.parametrize(
    "changes",
    [
        {"azure_commitment_usd": 0},
        {"firmness": "firm"},
        {"azure_term_years": 2, "lock_in_years": 6},
        {"microsoft_equity_drawn_share": 0, "nvidia_equity_drawn_share": 0},
        {"cloud_amazon_share": 0.6, "cloud_microsoft_share": 0.4, "cloud_google_share": 0.3},
    ],
)
def test_exhibits_stand_at_the_edges(deal_day, changes):
    moved = deal_day.what_if(**changes)
    titles = [getattr(moved, name).title for name in SHOWN]
    assert not any(re.search(BAD, title) for title in titles)


@pytest.mark.parametrize("name", ["bear", "bull", "firm_take_or_pay", "funding_stops"])
def test_titles_read_well_for_other_sets(name):
    case = Case(name)
    for exhibit in SHOWN:
        title = getattr(case, exhibit).title
        assert not re.search(BAD, title)


def test_a_lock_that_no_tuning_pays_for_says_so(latest):
    # Work that lasts long, an alternative that wanders far and costs little to move to.
    far = latest.what_if(relative_cost_volatility_rate=1.5, switching_cost_share=0.0)
    notes = " ".join(far.required_gain_grid.notes)
    assert "no tuning that we think possible" in notes
    assert "No cell asks for more" in " ".join(latest.required_gain_grid.notes)


def test_every_question_of_these_chapters_has_a_row_and_names_exhibits_that_exist(latest):
    asked = {
        "S011", "S018", "S019", "S024", "S039", "S041", "S044", "S045", "S046", "S049", "S052",
        "S060", "S087", "S088", "S089", "S090", "S112", "S113", "S123", "S124", "S132", "S134",
    }  # fmt: skip
    rows = [*_rows(latest.regulation_questions), *_rows(latest.lock_in_questions)]
    assert {row["Id"] for row in rows} == asked
    elsewhere = ("deal_fact_sheet", "loop_gain_chart", "anthropic_table")
    ids = {getattr(latest, name).id for name in (*SHOWN, *elsewhere)}
    assert {each for row in rows for each in row["Shown in"].split(", ")} <= ids


def _rows(exhibit):
    return exhibit.data.to_dict("records")


def test_a_precedent_of_weak_evidence_says_so(latest):
    told = latest.precedent_table.data.set_index("Before").loc["Lucent's sales", "Outcome"]
    assert "by a blog's summary" in told
    assert "$8bn of them were of units to be spun off" in told
    assert any("not checked against filings" in note for note in latest.bubble_table.notes)


def test_plans_of_unlike_length_are_compared_by_year(latest, deal_day):
    """1.4 trillion over eight years are 175 billion a year, 600 over five are 120."""
    rows = latest.bubble_table.data.set_index("Indicator")["Now"]
    told = rows["Part left of sums in headlines"]
    assert f"{percent(120 / 175)} a year ($1.40tn over 8 years" in told
    assert "about $600bn over 5 years" in told
    before = deal_day.bubble_table.data.set_index("Indicator")["Now"]
    assert before["Part left of sums in headlines"] == "not known yet"


def test_a_stake_is_diluted_by_the_round_that_followed_it(deal_day, latest, ledger):
    """The round took 122 of 852 billion from all who held shares before."""
    stated = ledger["msft-openai-stake"].value
    taken = ledger["openai-round-122b"].value / ledger["openai-val-852"].value
    assert deal_day.microsoft_openai_stake_share == stated == 0.27
    assert latest.microsoft_openai_stake_share == pytest.approx(stated * (1 - taken), abs=0.005)
    told = "27% before the round of March 2026"
    for exhibit in ("stake_chart", "interlock_table"):
        assert told in " ".join(getattr(latest, exhibit).notes)
        assert told not in " ".join(getattr(deal_day, exhibit).notes)

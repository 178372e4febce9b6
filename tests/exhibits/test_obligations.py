"""Exhibits of obligations say what their quantities say, in words that follow the parameters."""

import re

import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.words import money


def test_the_horizon_grid_repeats_the_profile_for_every_term(latest):
    grid, profile = latest.horizon_grid.data, latest.commitment_profile.data
    assert set(grid.term_years) == {float(term.split()[0]) for term in set(profile.term)}
    assert money(grid.peak_usd_per_year.max()) in latest.horizon_grid.title


def test_the_minimum_grid_owes_nothing_without_take_or_pay(deal_day):
    soft = deal_day.minimum_grid.data.query("take_or_pay_share == 0")
    assert soft.present_value_usd.max() == 0
    assert soft.onerous_usd.max() == 0


def test_coverage_is_operating_cash_over_expected_payments(deal_day):
    frame = deal_day.commitment_coverage.data
    assert frame.coverage_multiple.to_numpy() == pytest.approx(
        frame.operating_cash_usd / frame.expected_due_usd
    )
    assert np.all(frame.firm_due_usd <= frame.expected_due_usd)
    assert frame.year.min() == "2026"


def test_the_title_of_coverage_names_the_years_that_fall_short(deal_day, latest):
    assert "falls short of the payments expected in 2026" in deal_day.commitment_coverage.title
    assert "in every year" in latest.commitment_coverage.title
    assert "1.05 times in 2027" in Case("bear").commitment_coverage.title
    slow = latest.what_if(growth_half_life_years=0.4, momentum_growth_rate=0.4)
    assert "falls short" in slow.commitment_coverage.title


def test_the_first_short_year_of_the_model_is_that_of_the_exhibit(deal_day):
    short = deal_day.commitment_coverage.data.query("expected_due_usd > operating_cash_usd")
    year = 2025.75 + deal_day.years_to_as_of + deal_day.first_uncovered_years
    assert int(short.year.iloc[0]) == pytest.approx(year)


def test_the_ladder_adds_up_purchases_and_equity_apart(latest):
    frame, title = latest.firmness_ladder.data, latest.firmness_ladder.title
    equity = frame[frame.leg.str.endswith("equity")]
    bought = frame.drop(equity.index)
    contracted = bought[bought.rung.isin(["take_or_pay", "cancellable"])]
    assert f"Of {money(bought.headline_usd.sum())} of purchases" in title
    assert f"{money(contracted.headline_usd.sum())} under contract" in title
    assert f"{money(contracted.firm_usd.sum())} of it owed whatever happens" in title
    assert title.endswith(
        f"of {money(equity.headline_usd.sum())} of equity all is reported as paid"
    )


def test_on_deal_day_nothing_is_contracted_or_paid(deal_day):
    title = deal_day.firmness_ladder.title
    assert "public evidence shows none; " in title
    assert title.endswith("of equity nothing is reported as paid")


def test_a_pledge_one_rung_lower_costs_the_investor_a_claim_and_no_sales(deal_day):
    rows = deal_day.rung_loss_table.data.set_index("Leg")
    assert rows.loc["Nvidia’s equity", "Nvidia"] == "its claim"
    assert "funding" in rows.loc["Nvidia’s equity", "Anthropic"]
    assert "sales" in rows.loc["Azure", "Microsoft"]


def test_debt_and_assets_grow_alike_but_for_the_onerous_part(latest):
    tight = latest.what_if(azure_take_or_pay_share=1, other_take_or_pay_share=1)
    rows = tight.obligation_table.data.set_index("Measure")["All suppliers"]
    assert rows["Added to debt: minimum, present value"] == money(
        tight.obligation_present_value_usd
    )
    assert rows["Onerous: what it costs beyond its worth"] == money(tight.onerous_obligation_usd)
    worth = tight.obligation_present_value_usd - tight.onerous_obligation_usd
    assert rows["Added to assets: the capacity"] == money(worth)


def test_the_questions_on_the_commitment_name_only_contracts_known_by_then(deal_day, latest):
    ends = {
        case.as_of: case.commitment_questions.data.set_index("Id").loc["S074", "Answer"]
        for case in (deal_day, latest)
    }
    assert "90 days" not in ends[deal_day.as_of]
    assert "SpaceX and xAI (90 days)" in ends[latest.as_of]


def test_a_nested_gigawatt_adds_nothing_to_the_answer(latest):
    answer = latest.what_if(gw_reading="nested").commitment_questions.data.set_index("Id")
    assert "adds nothing" in answer.loc["S021", "Answer"]


def test_a_table_of_obligations_reads_as_english_at_its_ends(deal_day, latest):
    assert "every commitment is take-or-pay" in latest.obligation_table.title
    firm = latest.what_if(azure_take_or_pay_share=1)
    assert "50–100% of the commitments are take-or-pay" in firm.obligation_table.title
    contracted = latest.what_if(firmness="firm")
    assert "50% of Azure's commitment is take-or-pay" in contracted.obligation_table.title
    soft = deal_day.what_if(azure_take_or_pay_share=0, other_take_or_pay_share=0)
    assert "In the central case none of it lies idle." in " ".join(soft.obligation_table.notes)
    assert re.search(
        r"none of it lies idle, in \d+% of draws some, in one of ten more than \$",
        " ".join(latest.obligation_table.notes),
    )
    assert "from the press alone" in " ".join(latest.obligation_table.notes)


def test_one_question_on_chips_and_term_has_one_answer(deal_day, latest):
    for case in (deal_day, latest):
        answers = [
            questions.data.set_index("Id").loc["X05", "Answer"]
            for questions in (case.commitment_questions, case.buildout_questions)
        ]
        assert answers[0] == answers[1] == f"{case.chip_life_grid.title}."

"""The chapter on what to watch: signals seen by a date, and risks as rows of a register."""

import pytest

from briefing import Case
from briefing.exhibits.words import money
from briefing.inputs.questions import FRONT_PAGE

MINE = """
my_risk:
  title: A risk of my own
  what_happens: Margins fall by a tenth for a reason of my own
  shocks:
    mature_gross_margin_share: {times: 0.9, reason: a tenth less for a test}
  likelihood: {low: 0.1, high: 0.2, horizon_years: 3, reason: chosen for a test}
  trigger: Something that one can see
  breaks_the_deal: true
"""


def test_a_block_in_a_file_is_a_row_of_the_register_and_of_its_pairs(project):
    before = Case("latest").risk_register.data
    (project / "params" / "risks" / "mine.yaml").write_text(MINE, encoding="utf-8")
    case = Case("latest")
    row = case.risk_register.data.set_index("Risk").loc["A risk of my own"]
    assert len(case.risk_register.data) == len(before) + 1
    assert row["Likelihood"] == "10–20% in 3 years"
    own = case.mature_gross_margin_share
    lost = (
        case.equity_value_usd - case.what_if(mature_gross_margin_share=0.9 * own).equity_value_usd
    )
    pairs = case.risk_pairs.data.query("party == 'Anthropic'")
    late = pairs[pairs["second"].eq("A risk of my own") & pairs["first"].str.startswith("Power,")]
    # What comes late moves no value of the discounted cash flow here, so the pair loses as one.
    assert late.loss_usd.item() == pytest.approx(lost)
    assert any("in the 4 risks that break one" in note for note in case.risk_register.notes)


def test_a_clause_that_ties_the_legs_moves_only_what_is_not_paid_in(latest, deal_day):
    """All equity is paid in `latest`, and none on the day of the deal."""
    (now,), (then,) = (
        [note for note in case.risk_register.notes if note.startswith("A clause")]
        for case in (latest, deal_day)
    )
    assert "would change nothing for any party in the 3 risks" in now
    # Nvidia keeps what it has not paid for shares that slow sales made cheaper.
    worst = "contractual_overhang"
    npv = deal_day.value("nvidia_bundle_npv_usd_by_risk")
    spared = npv[worst, "cross_default"] - npv[worst,]
    assert f"spare Nvidia up to {money(spared)}" in then


def test_a_dearer_rent_does_not_move_the_value_and_the_register_says_so(latest):
    dear = latest.what_if(tenant_cost_usd_per_gw_year=1.1 * latest.tenant_cost_usd_per_gw_year)
    assert dear.equity_value_usd == latest.equity_value_usd
    assert any("not from the rent" in each for each in latest.risk_register.notes)


def test_an_inquiry_that_ends_rounds_costs_what_that_risk_costs_and_one_without_end_nothing(latest):
    rows = latest.signal_effects.data.set_index(["Signal", "If it turns out"])
    inquiry = rows.loc["A public inquiry takes up such deals"]
    risk = latest.risk_register.data.set_index("Risk").loc["The market for rounds closes"]
    parties = ["Anthropic", "Microsoft", "Nvidia"]
    assert inquiry.loc["rounds dry up", parties].tolist() == risk[parties].tolist()
    assert inquiry.loc["nothing follows", [*parties, "Paid to Azure"]].eq("0").all()


def test_what_an_authority_leaves_alone_moves_nothing(latest):
    rows = latest.signal_effects.data
    left = rows[rows["If it turns out"].str.endswith("and all stays as it is")]
    assert len(left) == 2
    assert left[["Anthropic", "Microsoft", "Nvidia", "Paid to Azure"]].eq("0").all(axis=None)


def test_a_lock_on_chips_costs_about_what_the_freedom_that_it_takes_is_worth(latest):
    lock = latest.risk_register.data.set_index("Risk").loc[
        "Tuning to one maker's chips locks work in", "Anthropic"
    ]
    lost_usd = float(lock.removeprefix("−$").removesuffix("bn")) * 1e9
    # E25 looks at the term of the commitment and E38 at all years to come, so it may be more.
    assert lost_usd < 10 * latest.freedom_lost_usd


def test_the_status_of_a_signal_is_that_of_the_sets_date(latest, deal_day):
    then, now = (case.watch_list.data.set_index("Signal")["Status"] for case in (deal_day, latest))
    assert now["Most of the pledged equity is paid in"] == "Seen, known since 2026-03-31"
    assert then["Most of the pledged equity is paid in"] == "Not seen"
    assert then.str.startswith("Seen").sum() < now.str.startswith("Seen").sum()


def test_a_signal_moves_what_a_what_if_moves_and_says_what_flips(latest):
    rows = latest.signal_effects.data.set_index(["Signal", "If it turns out"])
    row = rows.loc[("Azure becomes a gatekeeper in the EU", "access on equal terms")]
    low = latest.parameters.assumptions["azure_margin_share"].low
    moved = latest.what_if(azure_margin_share=low).microsoft_bundle_npv_usd
    assert row["What flips"] == ("Microsoft loses" if moved <= 0 else "—")
    assert row["Anthropic"] == "0"
    assert ("Claude is offered in Microsoft Foundry", "Either way") in rows.index
    all_of_it = rows.loc[("The gigawatt is contracted", "all of it")]
    assert all_of_it["Paid to Azure"].startswith("+$")


def test_an_answer_of_the_front_page_says_what_ends_it_and_when_that_was_seen(latest, deal_day):
    column = "What would overturn it"
    now, then = (
        case.key_takeaways.data.set_index("Question")[column]["What can go wrong?"]
        for case in (latest, deal_day)
    )
    # A run-rate above the plan is known now, and is no year's revenue.
    for each in (now, then):
        assert "Reopened once seen: sales run ahead" in each


def test_signals_end_answers_that_stand_on_the_front_page(latest):
    questions = set(latest.key_takeaways.data["Question"])
    assert questions == set(FRONT_PAGE)
    assert {each for signal in latest.signals.values() for each in signal.ends} == questions

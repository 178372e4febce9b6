"""The enterprise desk and competition: what is shown is what pages and formulas say."""

import re

import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.offers import NOT_FOUND, answer, known_terms, worth_span
from briefing.exhibits.words import money, percent, unit_price

SHOWN = (
    "enterprise_answer", "price_table", "routing_grid", "worth_table", "access_table",
    "migration_grid", "data_terms", "changed_terms", "care_terms", "terms_to_ask",
    "enterprise_questions", "cloud_promises", "competition_questions", "market_moves",
)  # fmt: skip

BAD = r"\bnan\b|\binf\b|\b0 of 0|\bNone(?! of)|\$0\b(?!\.)|  "


@pytest.mark.parametrize(
    "name", ["latest", "deal_day", "bear", "bull", "firm_take_or_pay", "funding_stops"]
)
def test_titles_and_notes_read_well_for_all_sets(name):
    case = Case(name)
    for exhibit in SHOWN:
        shown = getattr(case, exhibit)
        assert shown.title
        for text in (shown.title, *shown.notes):
            assert not re.search(BAD, text), (exhibit, text)


@pytest.mark.parametrize(
    "changes",
    [
        {"routed_task_share": 0},
        {"small_failure_share": 1.0},
        {"missed_failure_share": 0},
        {"large_solved_share": 0.1},
        {"middle_input_usd_per_mtok": 40, "middle_output_usd_per_mtok": 200},
        {"price_gap_share": 0},
        {"commitment_unused_share": 0.9, "commitment_discount_share": 0},
        {"azure_commitment_usd": 0},
        {"firmness": "firm"},
    ],
)
def test_exhibits_stand_at_the_edges(latest, changes):
    moved = latest.what_if(**changes)
    for name in SHOWN:
        assert getattr(moved, name).title


@pytest.mark.parametrize("name", ["data_terms", "care_terms"])
def test_every_answer_leads_to_the_page_that_gives_it(latest, ledger, name):
    shown = getattr(latest, name)
    pages = {fact.source.url for fact in known_terms(ledger).values()}
    cells = [cell for row in shown.body.rows for cell in row[1:]]
    told = [run for cell in cells for run in cell if run.text != NOT_FOUND]
    assert told
    assert all(run.url in pages for run in told)
    assert len(shown.data) == len(told)
    for row in shown.data.to_dict("records"):
        assert row["Answer"] == answer(ledger[row["Fact"]])


def test_what_came_later_is_not_in_the_briefing_of_the_deals_day(deal_day):
    assert "Foundry on Azure" not in deal_day.data_terms.body.heads
    assert "outside Azure" in deal_day.enterprise_answer.body
    assert "stands in the week of the announcement" in deal_day.changed_terms.body
    for questions in (deal_day.enterprise_questions, deal_day.all_questions):
        assert not questions.data.map(lambda cell: "E32b" in cell).to_numpy().any()


def test_changed_terms_are_microsofts_and_differ(latest):
    frame = latest.changed_terms.data
    assert set(frame["Bought from"]) <= {
        "Foundry on Azure", "Foundry at Anthropic", "Microsoft 365 Copilot",
    }  # fmt: skip
    for row in frame.to_dict("records"):
        assert row["Week of the deal"].split(":")[0] != row["Now"].split(",")[0]
        (page,) = re.findall(r"page of (\d{4}-\d\d-\d\d):", row["Now"])
        assert "2025-11-21" < row["Answer first known"] <= page
    ranked = frame[frame["Term"] != "Used unless somebody forbids it"]
    better = ranked["Now"].str.startswith("Yes") | ranked["Week of the deal"].str.startswith("No:")
    assert f"; {better.sum()} are better for the buyer" in latest.changed_terms.title


def test_what_is_now_on_by_default_is_told_and_called_neither_better_nor_worse(latest):
    rows = latest.changed_terms.data.set_index("Term")
    switched = rows.loc["Used unless somebody forbids it"]
    assert switched["Week of the deal"].startswith("No: Off until")
    assert "On by default" in switched["Now"]
    assert latest.changed_terms.title.startswith(f"{len(rows)} of Microsoft's terms")
    assert "Claude in Microsoft 365 Copilot is now on by default" in latest.changed_terms.title


def test_a_page_that_no_longer_answers_is_no_answer_and_is_told(latest, ledger):
    fact = ledger["copilot-uptime-credit"]
    assert answer(fact) == "Does not say"
    assert ("copilot", "uptime_credit") not in known_terms(ledger)
    assert "“Service level with credits” at Microsoft 365 Copilot (No)" in " ".join(
        latest.changed_terms.notes
    )


@pytest.mark.parametrize("parameter_set", ["latest", "deal_day"])
def test_a_title_tells_apart_what_is_better_elsewhere_and_what_is_left_unsaid(parameter_set):
    case = Case(parameter_set)
    asked = case.terms_to_ask.data.set_index("Term")
    (own,) = (name for name in asked if name.startswith("Foundry"))
    for exhibit in (case.data_terms, case.care_terms):
        rows = asked[asked.index.isin([row[0][0].text for row in exhibit.body.rows])]
        elsewhere = rows[rows["Better at"] != NOT_FOUND]
        unsaid = elsewhere[own] == NOT_FOUND
        told = {"none": 0} | {str(n): n for n in range(20)}
        (count,) = re.findall(r"terms; (\w+) (?:is|are) better elsewhere", exhibit.title)
        assert told[count] == sum(~unsaid)
        (more,) = re.findall(r"on (?:(\d+) of )?the other", exhibit.title)
        assert (int(more) if more else 1) == sum(unsaid)


def test_what_was_better_for_a_time_is_told(latest):
    # Copilot's terms were Microsoft's for all models from January 2026, and for most from June.
    told = " ".join(latest.changed_terms.notes)
    assert "better still than they are now" in told
    assert "“Platform's own data terms apply” at Microsoft 365 Copilot" in told


def test_buying_from_the_maker_is_no_better_platform(latest):
    rows = latest.terms_to_ask.data.set_index("Term")
    for term in ("Platform's own data terms apply", "Covered by the platform's audits"):
        assert "Anthropic" not in rows.loc[term, "Better at"]


def test_what_to_ask_for_leaves_out_what_is_a_yes(latest, ledger):
    known = known_terms(ledger)
    asked = latest.terms_to_ask.data
    assert not (asked["Foundry on Azure"] == "Yes").any()
    row = asked.set_index("Term").loc["Processed in the EU alone"]
    assert row["Foundry on Azure"] == answer(known["foundry_on_azure", "eu_only"]) == "No"
    assert row["Better at"] == "Amazon Bedrock, Google Vertex AI"


def test_prices_of_both_days_stand_beside_each_other(latest):
    rows = latest.price_table.data.set_index("Tier")
    assert rows.loc["Large", "Week of the deal"] == "Claude Opus 4.1, $15 / $75"
    assert rows.loc["Large", "Now"] == "Claude Opus 5.5, $4 / $20"
    # 36 tenths of a cent after 135, for a text that counts as 1.3 times the tokens.
    assert rows.loc["Large", "Change"] == percent(1.3 * 36 / 135 - 1)
    assert "2025-11-24, by 67%, with Claude Opus 4.5" in " ".join(latest.price_table.notes)


def test_what_counts_to_a_commitment_is_not_taken_as_discounted_and_is_asked_for(
    latest,
):
    assert latest.commitment_discount_share == 0
    assert "not discounted here" in latest.access_table.notes[0]
    discounted = latest.what_if(commitment_discount_share=0.05)
    assert "as discounted by 5.0%" in discounted.access_table.notes[0]
    asked = latest.terms_to_ask.data.set_index("Term").loc["At the discount agreed with the cloud"]
    assert asked["What to ask for"] == "That the cloud's discount, too, applies"


def test_what_a_way_in_is_worth_is_told_with_its_middle_draw_and_its_condition(latest, deal_day):
    # Paid once over three years, a tenth of a year's spending; three in a hundred would lapse.
    worth = percent((1 + 0.1 / 3) / (1 - 0.03) - 1)
    for case in (latest, deal_day):
        middle = percent(np.median(case.draws().value("one_platform_advantage_share")))
        told = f"{worth} of the list price (middle draw {middle}, "
        assert told in case.access_table.title
        assert told in case.enterprise_answer.body
        answers = case.enterprise_questions.data.set_index("Id")["Answer"]
        assert answers["S130"].startswith("For one with an open commitment, if its usage counts")


def test_what_beats_routing_stands_beside_it_wherever_routing_is_told(latest, deal_day):
    for case, told in (
        (latest, "save 50% of the large one's bill and solve 8.6 of a hundred fewer."),
        (
            deal_day,
            "save 80% of the large one's bill and solve 2.7 of a hundred more, so",
        ),
    ):
        answers = case.enterprise_questions.data.set_index("Id")["Answer"]
        assert told in case.enterprise_answer.body
        assert told in " ".join(case.routing_grid.notes)
        assert told in answers["S033"]
        assert told in answers["S118"]
    assert deal_day.routing_grid.title.endswith("; the middle one for all would save 80%")
    assert "middle" not in latest.routing_grid.title


def test_shares_of_clouds_sum_to_one_and_are_the_models(latest, deal_day):
    for case, days in ((latest, 2), (deal_day, 1)):
        frame = case.cloud_promises.data
        sums = frame.groupby(["lab", "day"]).share.sum()
        assert len(sums) == 2 * days
        assert sums.to_numpy() == pytest.approx(1.0)
        now = frame[frame.day == frame.day.iloc[-1]]
        azure = now.purchases_usd[now.key == "microsoft"].sum() / now.purchases_usd.sum()
        assert azure == pytest.approx(case.azure_promised_share)


def test_the_fall_is_told_against_all_that_was_pledged(latest, ledger):
    rows = latest.market_moves.data.set_index("Company")
    falls = [
        -fact.value
        for fact in ledger.matching(kind="market_reaction", subject="microsoft").values()
        if fact.unit == "ratio"
    ]
    value = latest._on_deal_day().microsoft_market_value_usd
    times = [round(fall * value / 5e9) for fall in (min(falls), max(falls))]
    assert rows.loc["Microsoft", "Fall over pledge"] == f"{times[0]} to {times[1]} times"
    assert np.isclose(
        latest.microsoft_pledge_of_value_share, 5e9 / latest.microsoft_market_value_usd
    )


def test_every_question_of_these_chapters_names_exhibits_that_exist(latest):
    ids = {getattr(latest, name).id for name in (*SHOWN, "backlog_table", "remedy_table")}
    ids |= {"E21", "E28"}
    for exhibit in (latest.enterprise_questions, latest.competition_questions):
        for row in exhibit.data.to_dict("records"):
            assert set(row["Shown in"].split(", ")) <= ids, row
            assert re.match(r"[A-Z0-9]", row["Answer"]), row


def test_deals_with_clouds_without_an_amount_are_named(latest, deal_day):
    """Anthropic's rent of Google's chips had none until 2026; CoreWeave's has none now."""
    then, now = deal_day.cloud_promises.notes[0], latest.cloud_promises.notes[0]
    assert "week of the deal, Anthropic with Google." in then
    assert "week of the deal, Anthropic with Google; now, Anthropic with CoreWeave." in now
    for case in (deal_day, latest):
        assert "where an amount is stated" in case.cloud_promises.title


def test_azure_need_not_lose_dollars_where_its_part_falls(latest):
    frame = latest.cloud_promises.data
    azure = frame[frame.key == "microsoft"].groupby("day").purchases_usd.sum()
    assert azure["Now"] == pytest.approx(azure["Week of the deal"], rel=0.05)
    title = latest.cloud_promises.title
    assert f"stayed at about {money(azure['Now'])}; its part fell" in title
    more = latest.what_if(azure_commitment_usd=300e9).cloud_promises.title
    assert "rose from" in more.split(";")[0]


def test_a_deal_that_had_no_amount_then_is_said_to_count_as_growth(latest, deal_day):
    told = "the whole amount of Anthropic with Google counts as growth"
    assert told in latest.cloud_promises.notes[0]
    assert told not in deal_day.cloud_promises.notes[0]


def test_what_a_solved_task_must_be_worth_is_told_as_a_range(latest, deal_day):
    for case in (latest, deal_day):
        span = worth_span(case.value("middle_model_least_usd_per_task_draws"))
        assert f"({span})" in case.worth_table.title
    span = worth_span(latest.value("large_model_least_usd_per_task_draws"))
    assert f"({span} in eight draws of ten)" in latest.worth_table.title
    answers = latest.enterprise_questions.data.set_index("Id")["Answer"]
    assert f"in eight draws of ten {span}" in answers["S034"]


def test_what_a_task_costs_is_told_as_a_range(latest):
    low, high = np.quantile(latest.value("large_usd_per_task_draws"), [0.1, 0.9]).tolist()
    assert f"large {unit_price(low)} to {unit_price(high)}" in " ".join(latest.price_table.notes)

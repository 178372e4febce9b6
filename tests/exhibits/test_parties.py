import math
import re

import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.accounting import EXPLAINED, RULES
from briefing.exhibits.heat import Cell, heat_map
from briefing.exhibits.parties import _needed
from briefing.exhibits.waterfall import Step, waterfall_frame
from briefing.exhibits.words import money, money_span, percent
from briefing.render.charts import chart_svg

BY_PARTY = ("microsoft_waterfall", "nvidia_waterfall")


def test_a_waterfall_begins_each_bar_where_the_last_one_ended():
    frame = waterfall_frame([Step("Paid", -5.0), Step("Shares", 3.0), Step("Margin", 4.0)], "Net")
    assert frame["start_usd"].tolist() == [0, -5, -2, 0]
    assert frame["end_usd"].tolist() == [-5, -2, 2, 2]
    assert frame["is"].tolist() == ["Cost", "Gain", "Gain", "Net"]


@pytest.mark.parametrize("name", BY_PARTY)
def test_a_waterfall_ends_at_the_net_present_value(deal_day, name):
    party = name.split("_")[0]
    worth = getattr(deal_day, f"{party}_bundle_npv_usd")
    assert getattr(deal_day, name).data["amount_usd"].iloc[-1] == pytest.approx(worth)


@pytest.mark.parametrize("name", BY_PARTY)
def test_no_step_of_a_waterfall_hides_behind_another(latest, name):
    labels = getattr(latest, name).data["label"]
    assert labels.is_unique


def test_a_title_says_less_where_the_bundle_loses(deal_day):
    assert deal_day.microsoft_bundle_npv_usd < 0
    assert "less than it costs" in deal_day.microsoft_waterfall.title
    gain = deal_day.what_if(azure_margin_share=0.45, azure_additional_share=1)
    assert "more than it costs" in gain.microsoft_waterfall.title


def test_several_rates_of_return_are_told_as_such(deal_day):
    # Chips are paid for before all of the equity is, so the payments change sign twice.
    row = deal_day.nvidia_return_table.data.set_index("Nvidia").loc["Internal rate of return"]
    assert row["Expected"] == "several"
    assert math.isnan(deal_day.nvidia_bundle_irr_rate)


def test_where_nothing_is_paid_nothing_has_to_be_earned_back(deal_day):
    table = deal_day.nvidia_return_table.data.set_index("Nvidia")
    assert table.loc["Payback from margin alone", "Firm"] == "no money at risk"
    assert table.loc["Must be additional", "Firm"] == "none"


def test_the_grid_of_deal_day_knows_two_prices_and_that_of_today_four(deal_day, latest):
    assert deal_day.ownership_grid.data["price"].nunique() == 2
    assert latest.ownership_grid.data["price"].nunique() == 4
    assert len(latest.ownership_grid.data) == 2 * 4 * 4


def test_a_stake_bought_in_the_newest_round_is_not_diluted_by_it(latest):
    grid = latest.ownership_grid.data
    newest = grid.query("investor == 'Nvidia' and money_usd == 1e10 and price == 'Series H'")
    # Ten of 965 billion.
    assert newest["stake_share"].item() == pytest.approx(10 / 965)


def test_a_sensitivity_covers_the_whole_range_of_both_assumptions(latest):
    drawn = latest.microsoft_sensitivity.data
    for name in ("azure_additional_share", "azure_margin_share"):
        known = latest._parameters.assumptions[name]
        assert drawn[name].min() == pytest.approx(known.low)
        assert drawn[name].max() == pytest.approx(known.high)


def test_a_map_without_losses_has_no_colour_for_them():
    cells = [Cell("a", "b", 1.0, "one"), Cell("c", "b", 2.0, "two")]
    scale = heat_map(cells, "x", "y", "usd").to_dict()["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == [0, 2.0]


def test_the_rule_and_the_money_stand_side_by_side(deal_day):
    title = deal_day.accounting_explorer.title
    assert "both are right" in title
    books = " ".join(deal_day.accounting_explorer.data["In the books"])
    assert f"revenue {money(deal_day.commitment_receipts_total_usd)}" in books


def test_every_rule_is_cited_with_its_paragraph_and_page(latest):
    table = latest.accounting_explorer
    cited = [rule for rule in table.data["Rule"] if rule]
    assert all(rule.startswith("ASC ") for rule in cited)
    assert len([run for row in table.body.rows for cell in row for run in cell if run.url]) == len(
        cited
    )


def test_the_explorer_of_deal_day_cites_no_later_fact(deal_day):
    assert all(fact.known_since <= deal_day.as_of for fact in deal_day.accounting_explorer.facts)


def test_a_large_part_of_a_market_value_is_not_called_small():
    small = Case("latest")
    large = small.what_if(nvidia_revenue_usd_per_year=20e9)
    assert " is small" in small.circular_value_table.title
    assert " is not small" in large.circular_value_table.title


def test_value_on_own_money_is_not_called_money(latest):
    """Own money in a year's sales is less than the sales; the value on it need not be."""
    row = latest.circular_value_table.data.set_index("Party").loc["Microsoft"]
    own = latest.most_own_receipts_usd_per_year
    worth = own * latest.microsoft_sales_multiple
    assert own <= latest.busiest_receipts_usd_per_year
    assert row["Value on own money, bounds"] == money_span(0.0, worth)
    assert worth > latest.busiest_receipts_usd_per_year


def test_the_backlog_table_names_the_correlation_in_its_title(latest):
    assert f"below {latest.break_even_correlation:.2f}" in latest.backlog_table.title


def test_the_answer_agrees_with_the_tables(latest):
    body = latest.parties_answer.body
    assert money(abs(latest.microsoft_bundle_npv_usd)) in body
    assert f"{np.mean(latest.draws().value('nvidia_bundle_npv_usd') > 0):.0%} of draws" in body


def test_a_paragraph_that_was_not_read_says_so(latest):
    table = latest.accounting_explorer
    cited = {each for each in table.data["Rule"] if each}
    assert {each for each in cited if each.endswith("*")} == {f"{each}*" for each in EXPLAINED}
    assert {each for each in cited if not each.endswith("*")} == set(RULES)
    told = " ".join(table.notes)
    assert all(each.removeprefix("ASC ") in told for each in (*RULES, *EXPLAINED))
    addresses = {run.url for row in table.body.rows for cell in row for run in cell if run.url}
    assert addresses == {*RULES.values(), *EXPLAINED.values()}


@pytest.mark.parametrize(("share", "told"), [(0.0, "none"), (1.2, "more than all")])
def test_the_answer_says_how_much_has_to_be_additional(latest, share, told):
    assert _needed(share) == told
    assert _needed(math.inf) == "more than all"
    body = latest.parties_answer.body
    own = latest.microsoft_break_even_additional_share
    assert f"**{_needed(own)}** of its sales to have come because of the money" in body


def test_without_a_minimum_nothing_is_paid_and_not_used(deal_day):
    soft = deal_day.what_if(azure_take_or_pay_share=0)
    idle = soft.anthropic_table.data.set_index("What").loc["Risk of idle capacity", "How much"]
    owed = soft.anthropic_table.data.set_index("What").loc["Promise", "How much"]
    assert owed.endswith("taken as owed whether used or not: none")
    assert idle == "nothing paid and not used, in nine draws of ten"
    assert "no revenue" in set(soft.accounting_explorer.data["In the books"])


def test_both_tables_of_returns_say_what_a_negative_discount_means(latest):
    for exhibit in (latest.microsoft_return_table, latest.nvidia_return_table):
        assert any("negative discount means" in note for note in exhibit.notes)


def test_a_grid_of_one_column_claims_one_range_and_prints_each_cell_once(latest):
    grid = Case("bear").nvidia_sensitivity
    assert grid.title.startswith("Over all that additional chips may be")
    assert "one column" in grid.notes[0]
    (lowest,) = re.findall(r"−\$[\d.]+bn", grid.title)
    assert chart_svg(grid.body.to_dict()).count(f">{lowest}<") == 1
    assert latest.nvidia_sensitivity.title.startswith("Over all that growth and additional")


def test_shares_sold_cheaply_by_today_s_value_may_have_been_dear_on_the_deal_s_day(
    latest, deal_day
):
    def told(case):
        return case.anthropic_table.data.set_index("What").loc["Price", "How much"]

    now, then = (case.both_effective_discount_share for case in (latest, deal_day))
    assert now < 0 < then
    assert f"cheap, as if Azure cost {percent(-now)} more" in told(latest)
    assert told(latest).endswith(f"dear, as if Azure cost {percent(then)} less")
    assert told(deal_day).startswith(
        f"by today's value the shares were dear, as if Azure cost {percent(then)} less"
    )
    assert "deal's day" not in told(deal_day)

"""Undisclosed terms: worth what they would change, and nothing where they change nothing."""

import numpy as np
import pytest

from briefing.exhibits.disclosure import disclosure_wish_list, information_table
from briefing.exhibits.information import ALL_TERMS, GROUPS, Decision
from briefing.exhibits.words import stated_money
from briefing.model.measures.information import Worth, binned_worth


@pytest.fixture(scope="module", params=["latest", "deal_day"])
def case(request):
    return request.getfixturevalue(request.param)


def test_no_term_is_worth_more_than_everything_nor_less_than_nothing(case):
    rows = case.information_table.data
    assert (rows.usd >= 0).all()
    assert (rows.usd <= rows.everything_usd * (1 + 1e-9)).all()


def test_a_group_is_worth_no_less_than_any_of_its_terms(case):
    for decision in case.decisions:
        for group, terms in decision.alone.items():
            assert decision.together[group].usd >= max(each.usd for each in terms.values())
            if GROUPS[group].document:
                assert decision.together[ALL_TERMS].usd >= decision.together[group].usd


def test_bins_agree_on_what_the_margin_is_worth_to_the_bundle(case):
    gain = case.value("microsoft_bundle_npv_usd_draws")
    benefit = np.hstack([np.zeros_like(gain), gain])
    worth = case.decisions[1].alone["azure_price"]["azure_margin_share"]
    by_bins = binned_worth(benefit, case.value("azure_margin_share_draws"))
    assert worth.usd > 0
    assert by_bins == pytest.approx(worth.usd, abs=2 * worth.error)


def test_what_bears_on_nothing_of_a_decision_is_worth_nothing_to_it(case):
    receipts = case.decisions[2]
    bearing = {each.name for each in case.assumptions("commitment_receipts_total_usd")}
    others = {
        name: worth
        for terms in receipts.alone.values()
        for name, worth in terms.items()
        if name not in bearing
    }
    assert "azure_margin_share" in others
    assert all(each.fitted == 0 for each in others.values())


def test_every_range_on_an_undisclosed_term_of_the_deal_stands_in_a_group(case):
    grouped = {name for terms in case.decisions[0].alone.values() for name in terms}
    of_the_deal = {"Equity", "Azure commitment", "The gigawatt"}
    missing = {
        each.name
        for each in case.assumptions("decisions")
        if each.group in of_the_deal
        and not each.is_fixed
        and any(fact.status == "undisclosed" for fact in each.facts)
    }
    assert missing <= grouped


def test_what_is_fixed_is_worth_nothing_to_know(case):
    known = case.what_if(azure_margin_share=0.25)
    assert known.decisions[1].alone["azure_price"]["azure_margin_share"] == Worth(0, 0, 0)


def decision(worth, head="First", who="one reader"):
    known = Worth(worth, worth, 0.0)
    return Decision(
        who, head, "", "", 100e6,
        {group: {"azure_term_years": known} for group in GROUPS},
        dict.fromkeys([*GROUPS, ALL_TERMS], known),
    )  # fmt: skip


def test_titles_say_where_terms_change_nothing():
    still, moved = decision(0.0), decision(50e6, "Second", "another")
    assert information_table([still]).title == (
        "No undisclosed term would change any of these decisions"
    )
    assert disclosure_wish_list([still]).title.startswith("None of")
    both = information_table([still, moved]).title
    assert "adds $50m to another" in both
    assert both.endswith("; to one reader they change nothing")
    title = disclosure_wish_list([moved]).title
    assert title.endswith("first comes the Azure term, which is worth $50m to another")
    title = disclosure_wish_list([moved._replace(is_estimate=True)]).title
    assert title.endswith("first comes the Azure term, which spares another $50m of error")


def test_the_front_page_names_the_term_that_the_list_puts_first(case):
    first = disclosure_wish_list(case.decisions).data.iloc[0]
    answer = case.key_takeaways.data.set_index("Question")["Our answer"]["What do we not know?"]
    reader = f"{first['Helps'][:1].lower()}{first['Helps'][1:]}"
    told = f"it spares {reader} {first['Worth']} of error (E15b)"
    assert f"To know the {first['Term']} would help most: {told}" in answer


def test_the_list_says_how_far_chance_may_move_each_worth(case):
    first = disclosure_wish_list(case.decisions).data.iloc[0]
    errors = {
        worth.error
        for each in case.decisions
        for terms in each.alone.values()
        for worth in terms.values()
    }
    assert first["Give or take"] in {stated_money(float(f"{1.96 * e:.1g}")) for e in errors}

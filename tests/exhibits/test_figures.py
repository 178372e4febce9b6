"""The register of figures: what each printed number leads home to."""

import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.headlines import IDS
from briefing.exhibits.words import money, money_span, percent
from briefing.graph import functions


@pytest.fixture(scope="module")
def register(deal_day):
    return deal_day.figure_register.data.set_index("id")


def test_a_figure_stands_there_as_the_model_has_it(deal_day, register):
    assert register.value["self_funded_revenue_share"] == deal_day.self_funded_revenue_share
    assert register.shown["self_funded_revenue_share"] == percent(
        deal_day.self_funded_revenue_share
    )


def test_its_range_is_the_one_that_the_front_page_prints(deal_day, register):
    row = register.loc["equity_value_usd"]
    answers = deal_day.key_takeaways.data["Our answer"].to_string()
    tiles = [tile.value for tile in deal_day.headline_tiles.body]
    assert f"{money(row.low)} to {money(row.high)}" in answers
    assert money(row["median"]) in tiles


def test_each_exhibit_names_the_figures_that_it_is_made_of_and_the_register_has_them(
    deal_day, register
):
    named = {
        name: getattr(deal_day, name).figures
        for name, function in functions().items()
        if function.__module__ == "briefing.exhibits.summary"
    }
    assert "customer_funded_revenue_share" in named["key_takeaways"]
    assert set().union(*named.values()) <= set(register.index)


def test_every_tile_of_the_front_page_leads_to_a_figure(deal_day, register):
    leads = [tile.figure for tile in deal_day.headline_tiles.body]
    assert set(leads) <= set(deal_day.headline_tiles.figures) <= set(register.index)


def test_those_who_watch_headline_figures_know_them_by_name(deal_day):
    assert tuple(each.id for each in deal_day.value("headline_figures")) == IDS


def test_headline_figures_of_the_register_are_those_that_builds_record(deal_day, register):
    recorded = deal_day.headline_tiles.data.set_index("id")
    headline = register[register.headline]
    assert set(headline.index) == set(recorded.index) & set(register.index) != set()
    shares = headline[headline.unit == "share"]
    assert list(shares.shown) == list(recorded.shown[shares.index])


def test_labels_are_unique_because_links_go_by_them(register):
    assert register.label.is_unique


def test_a_range_holds_its_median(register):
    finite = register[np.isfinite(register[["low", "median", "high"]]).all(axis=1)]
    assert (finite.low <= finite["median"]).all()
    assert (finite["median"] <= finite.high).all()
    assert (register.low < register.high).sum() > 30


def test_all_ranges_come_from_the_same_draws(deal_day, register):
    draws = deal_day.draws()
    drawn = {name: draws.value(name) for name in register.index}
    medians = {name: np.median(each) for name, each in drawn.items() if np.isfinite(each).all()}
    assert len(medians) > 0.9 * len(register)
    assert register["median"][list(medians)].to_dict() == pytest.approx(medians)


def test_sources_of_deal_day_were_known_by_then(deal_day, register):
    facts = deal_day._everything
    used = {each for row in register.sources for each in row.split()}
    assert used
    assert all(facts[each].known_since <= deal_day.as_of for each in used)


def test_a_what_if_moves_its_figures(deal_day, register):
    name = "commitment_receipts_total_usd"
    larger = deal_day.what_if(azure_commitment_usd=60e9).figure_register.data.set_index("id")
    assert larger.value[name] == pytest.approx(2 * register.value[name])


def test_an_end_that_is_nothing_beside_the_other_reads_so_everywhere_and_leads_home():
    case, name = Case("slow_buildout", tax_rate=0.26), "nvidia_bundle_npv_usd"
    figure = next(each for each in case.figures if each.name == name)
    assert 0 < figure.low < 0.005 * figure.high
    span = money_span(figure.low, figure.high)
    assert span.startswith("about $0 to ")
    front = case.key_takeaways
    told = front.data.set_index("Question")["Our answer"]["What do the two investors get?"]
    effects = case.effects_table.data.set_index("quantity")["Eight draws of ten"]
    assert f"{span} for Nvidia" in told
    assert effects[name] == span
    assert f"; {span}" in str(case.figure_register.body)
    assert front.printed["about $0"] == name

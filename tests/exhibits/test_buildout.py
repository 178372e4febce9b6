"""Exhibits of the gigawatt, its date and its energy say what their quantities say."""

import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.buildout_questions import QUESTIONS
from briefing.exhibits.words import energy, money, percent, unit_price

ASKED = [
    "S007", "S014", "S021", "S027", "S028", "S051", "S073", "S077", "S078", "S079", "S096", "S097",
    "S098", "S099", "S100", "S101", "S102", "S103", "S104", "S121", "S122", "X05", "X11",
]  # fmt: skip


@pytest.fixture(scope="module")
def nested():
    return Case("latest", gw_reading="nested")


def test_the_decoder_has_both_readings_and_both_generations(latest):
    heads = list(latest.gigawatt_decoder.data)[1:]
    assert {head.split(", ")[0] for head in heads} == {"Grace Blackwell", "Vera Rubin"}
    assert {head.split(", ")[1] for head in heads} == {"whole site", "computers"}


def test_every_published_price_of_building_known_that_day_has_a_bar(deal_day, latest):
    assert len(deal_day.gigawatt_price_bars.data) == 4
    prices = latest.gigawatt_price_bars.data
    assert (prices.low.min(), prices.high.max()) == (20e9, 100e9)
    assert "$20bn to $100bn" in latest.gigawatt_price_bars.title
    assert all(fact.known_since <= deal_day.as_of for fact in deal_day.gigawatt_price_bars.facts)


def test_gigawatts_times_rent_times_term_are_the_commitment(latest):
    grid = latest.rented_gigawatts_grid.data
    spent = grid.average_gw * grid.rent_usd_per_gw_year * grid.term_years
    assert spent.to_numpy() == pytest.approx(latest.azure_commitment_usd)


def test_an_hour_costs_less_over_a_longer_term_and_more_when_less_is_used(latest):
    grid = latest.gpu_hour_grid.data.pivot(
        index="busy_share", columns="term_years", values="usd_per_gpu_hour"
    )
    assert np.all(np.diff(grid, axis=1) < 0)
    assert np.all(np.diff(grid, axis=0) < 0)
    assert unit_price(latest.nested_usd_per_gpu_hour) in latest.gpu_hour_grid.title


def test_nested_by_choice_leaves_no_weight_beyond_the_commitment(latest, nested):
    assert "0.00 GW" in nested.weighted_gigawatts.title
    weighted = latest.weighted_gigawatts.data.set_index("name").point["Beyond it, weighted"]
    assert 0 < weighted < latest.capacity_option_gw


def test_the_timeline_names_the_step_that_is_last(latest):
    steps = latest.build_timeline.data
    shares = [float(each.removeprefix("last in ").strip("%<")) for each in steps.binding if each]
    assert sum(shares) == pytest.approx(100, abs=1)
    assert "power" in latest.build_timeline.title
    ahead = latest.what_if(grid_connection_years=0.5, chip_delivery_years=1.5)
    assert "the chips" in ahead.build_timeline.title


def test_chance_by_quarter_rises_and_the_whole_never_comes_before_its_part(latest):
    curves = latest.gigawatt_by_quarter.data.pivot(
        index="end_years", columns="kind", values="share"
    )
    assert np.all(np.diff(curves, axis=0) >= 0)
    assert (curves["Whole gigawatt could draw"] <= curves["First part could draw"]).all()


def test_no_region_has_a_date_and_only_known_sites_stand_there(deal_day, latest):
    assert set(latest.region_table.data["Date"]) == {"not disclosed"}
    for case in (deal_day, latest):
        assert "2 sites of the right kind are in the ledger" in case.region_table.title
    public = "Public about Microsoft's sites"
    then, now = (case.region_table.data[public][1] for case in (deal_day, latest))
    assert "power not stated" in then
    assert "350 MW" in now


def test_places_on_an_axis_of_small_parts_are_told_apart(deal_day, latest):
    for case in (deal_day, latest):
        axis = case.regional_load_bars.body.to_dict()["layer"][0]["encoding"]["x"]["axis"]
        written = [format(place, axis["format"]) for place in axis["values"]]
        assert len(set(written)) == len(written)


def test_water_is_what_a_page_of_the_day_gives(deal_day, latest):
    used = [case.water_litres_per_kwh for case in (deal_day, latest)]
    assert used == [0.30, 0.27]


def test_delay_costs_of_the_chart_are_medians_of_the_draws(latest):
    bars = latest.delay_cost_bars.data.set_index("name")
    draws = latest.draws().microsoft_idle_cost_usd
    assert bars.point["Chips delivered and idle"] == pytest.approx(float(np.median(draws)))
    assert bars.point["Chips delivered and idle"] > bars.point["Margin a quarter later"]


def test_a_later_build_out_never_helps_nvidia(latest):
    table = latest.delay_table.data
    assert np.all(np.diff(table["Nvidia's bundle"]) < 0)
    assert table["Nvidia's bundle"][0] == pytest.approx(
        latest.what_if(capacity_delay_years=0).nvidia_bundle_npv_usd
    )


def test_the_account_prints_the_electricity_of_the_model(latest):
    rows = latest.energy_account.data.set_index("In a year")["Central case"]
    assert rows["Electricity"] == energy(latest.electricity_mwh_per_year)
    assert rows["… over the rent"] == percent(latest.power_bill_rent_share)


def test_a_gigawatt_at_full_load_is_8_76_terawatt_hours(latest):
    grid = latest.energy_grid.data
    full = grid.query("load_share == 1 and usage_effectiveness == 1").mwh_per_year
    assert full.item() == 8.76e6


def test_regions_are_compared_with_what_the_ledger_states(deal_day, latest):
    bars = latest.regional_load_bars.data.set_index("name").point
    # 7.008 TWh of 4,191, and one of 14.6 gigawatts.
    assert bars["United States, use"] == pytest.approx(0.8 * 8.76 / 4191)
    assert bars["Wisconsin, peak"] == pytest.approx(1 / 14.6)
    assert "Wisconsin, peak" not in set(deal_day.regional_load_bars.data.name)


def test_goals_without_a_statement_are_said_to_be_missing(latest):
    rows = latest.sustainability_table.data.set_index("Who")
    assert rows.loc["Anthropic", "Stated goal"] == "None in the ledger"
    assert "Missing" in rows.loc["Anthropic", "Where it stands"]


def test_carbon_is_divided_by_a_total_of_the_same_account(latest, ledger):
    """Microsoft's total counts power as bought by contract; what a grid emits is another count."""
    total = ledger["msft-emissions-fy23"].value
    by_contract = np.quantile(latest.value("market_tco2_per_year_draws"), 0.9)
    title = latest.sustainability_table.title
    assert f"{percent(by_contract / total)} or less of its emissions" in title
    told = title + latest.sustainability_table.data.to_string()
    assert percent(latest.location_tco2_per_year / total) not in told


def test_a_review_of_a_goal_is_told_from_the_day_on_which_it_was_reported(deal_day, latest):
    def told(case):
        return case.sustainability_table.data["Where it stands"].to_string()

    assert "under review" in told(latest)
    assert "under review" not in told(deal_day)


def test_dearer_power_and_carbon_cost_what_they_say(latest):
    grid = latest.price_exposure_grid.data.set_index(["power_price", "carbon_price"]).usd_per_year
    assert grid[0.05, 0] == pytest.approx(latest.electricity_mwh_per_year * 50)
    assert grid[0.05, 60] - grid[0.05, 0] == pytest.approx(latest.location_tco2_per_year * 60)


def test_the_questions_asked_of_this_chapter_are_answered(latest):
    assert [each.id for each in QUESTIONS] == ASKED
    assert all(latest.buildout_questions.data["Answer"].str.len() > 20)


def test_the_questions_name_exhibits_that_exist(latest):
    own = {
        latest.value(name).id
        for name in (
            "gigawatt_decoder", "gigawatt_price_bars", "rented_gigawatts_grid", "gpu_hour_grid",
            "weighted_gigawatts", "chip_life_grid", "build_timeline", "gigawatt_by_quarter",
            "region_table", "delay_cost_bars", "delay_table", "energy_account", "energy_grid",
            "regional_load_bars", "sustainability_table", "price_exposure_grid",
        )
    }  # fmt: skip
    elsewhere = {"E01", "E07", "E09c", "E36"}
    named = {each for question in QUESTIONS for each in question.shown.split(", ")}
    assert named <= own | elsewhere


def test_the_answer_of_the_chapter_follows_the_commitment(latest):
    larger = latest.what_if(azure_commitment_usd=60e9).buildout_answer.body
    assert money(60e9) in larger
    assert money(30e9) in latest.buildout_answer.body

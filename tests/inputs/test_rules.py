"""What assumptions may not say beside one another, wherever it is said: set, what-if or sweep."""

import numpy as np
import pytest

from briefing.case import Case
from briefing.inputs.files import BadInput
from briefing.inputs.rules import ABOVE_ZERO, LEAST, MOST, RULES, TOTALS
from briefing.inputs.sweeps import load_sweep

BROKEN = {
    "more paid in than the ceiling": (
        {"microsoft_equity_placed_usd": 6e9},
        "microsoft_equity_placed_usd: up to 6e+09 it must not exceed microsoft_equity_cap_usd, "
        "which starts at 5e+09; more would be paid in than the ceiling allows",
    ),
    "a ceiling below what is paid in": (
        {"nvidia_equity_cap_usd": 9e9},
        "nvidia_equity_placed_usd: up to 1e+10 it must not exceed nvidia_equity_cap_usd",
    ),
    "a ramp longer than the term": (
        {"azure_term_years": 3, "azure_ramp_years": 4},
        "azure_ramp_years: 4 must not exceed azure_term_years, which is 3; the commitment would "
        "end before it is ramped up",
    ),
    "outcomes that exceed all outcomes": (
        {"listed_share": 0.95},
        "listed_share: with sold_share it comes to up to 1.05 and must not exceed 1; no company "
        "can be listed and sold in more futures than there are",
    ),
    "preferred shares and pool that leave no common ones": (
        {"earlier_preferred_share": 0.85},
        "earlier_preferred_share: with unissued_pool_share and raise_to_mark_share it comes to "
        "up to 1.04 and must stay below 1; no common shares would be left",
    ),
    "money for more than the whole company": (
        {"strategic_post_money_usd": 14e9},
        "microsoft_equity_cap_usd: with nvidia_equity_cap_usd it comes to up to 1.5e+10 and must "
        "not exceed strategic_post_money_usd, which starts at 1.4e+10; the two would buy more",
    ),
    "a newest run-rate older than the first": (
        {"known_run_rate_years": 0},
        "opening_run_rate_years: up to 0.0383299 it must not exceed known_run_rate_years",
    ),
    "a value that never moves": (
        {"exit_volatility_rate": 0},
        "exit_volatility_rate: 0 must be at least 0.2; a value that hardly moves leaves an option",
    ),
    "a run-rate of nothing": (
        {"known_run_rate_usd_per_year": 0},
        "known_run_rate_usd_per_year: 0 must be above 0; nothing can be stated as a part",
    ),
    "gigawatts that cost nothing": (
        {"tenant_cost_usd_per_gw_year": 0},
        "tenant_cost_usd_per_gw_year: 0 must be above 0; payments rent no number of gigawatts",
    ),
    "a company that the market gives away": (
        {"nvidia_market_value_usd": 0},
        "nvidia_market_value_usd: 0 must be above 0",
    ),
    "an exit after the forecast": (
        {"holding_years": 12},
        "holding_years: 12 must be at most 9; the sales of a later year lie beyond the forecast",
    ),
    "an investor who asks for a loss": (
        {"venture_return_rate": -0.5},
        "venture_return_rate: -0.5 must be at least 0; who lends or invests asks for no loss",
    ),
    "a tax of more than everything": ({"tax_rate": 3}, "tax_rate: 3 must be at most 1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_what_if_that_contradicts_itself_is_refused(latest, name):
    overrides, told = BROKEN[name]
    with pytest.raises(BadInput) as refused:
        latest.what_if(**overrides)
    assert f"overrides: {told}" in str(refused.value)
    assert str(refused.value).endswith("; nothing was computed")


@pytest.mark.parametrize("name", BROKEN)
def test_so_is_a_parameter_set(load, project, name):
    overrides, told = BROKEN[name]
    stated = "".join(
        f"  {each}: {{value: {value}, distribution: fixed, reason: said by a careless hand}}\n"
        for each, value in overrides.items()
    )
    file = project / "params" / "mine.yaml"
    file.write_text(f"extends: latest\ntitle: Mine\nassumptions:\n{stated}", "utf-8")
    with pytest.raises(BadInput) as refused:
        load("mine")
    assert f"mine.yaml: assumptions.{told}" in str(refused.value)


@pytest.mark.parametrize("name", BROKEN)
def test_so_is_a_point_of_a_sweep(load, project, name):
    overrides, told = BROKEN[name]
    file = project / "params" / "sweeps" / "mine.yaml"
    listed = ", ".join(f"{each}: {value}" for each, value in overrides.items())
    file.write_text(
        "title: Mine\nset: latest\nquantities: [equity_value_usd]\n"
        f"list:\n- {{discount_rate: 0.11}}\n- {{{listed}}}\n",
        "utf-8",
    )
    with pytest.raises(BadInput) as refused:
        load_sweep("mine", project / "params").points(load("latest"))
    assert f"mine.yaml: list: {told}" in str(refused.value)


def test_ranges_that_exceed_together_are_refused_though_their_values_do_not(load, project):
    file = project / "params" / "mine.yaml"
    file.write_text(
        "extends: latest\ntitle: Mine\nassumptions:\n"
        "  sold_share: {value: 0.05, low: 0, high: 0.3, reason: a buyer may well be found}\n",
        "utf-8",
    )
    with pytest.raises(BadInput, match=r"listed_share: with sold_share it comes to up to 1\.2 "):
        load("mine")


def test_a_draw_that_ramps_for_longer_than_its_term_ramps_for_the_whole_of_it(latest):
    case = latest.what_if(azure_term_years=2).draws(400)
    ramp = case.value("azure_ramp_years")
    assert 1.5 < np.max(ramp) > 2
    scheduled = case.value("azure_schedule_share")
    assert np.allclose(np.sum(scheduled, axis=1), 1)
    assert np.all(np.isfinite(case.value("equity_value_usd")))


def test_a_compared_set_that_ramps_beyond_a_term_asked_for_is_shown_all_the_same(latest):
    """`slow_buildout` ramps for two and a half years; the set that is asked does not."""
    case = latest.what_if(azure_term_years=2)
    values = case.value("equity_value_usd_by_scenario").values()
    assert len(values) > 3
    assert np.all(np.isfinite(np.concatenate(list(values))))
    with pytest.raises(BadInput, match=r"azure_ramp_years: 2\.5 must not exceed"):
        Case("slow_buildout", azure_term_years=2)


def test_every_rule_names_assumptions_that_there_are(latest):
    named = {*LEAST, *MOST, *ABOVE_ZERO}
    named |= {each for rule in RULES for each in (rule.lesser, rule.greater)}
    named |= {each for total in TOTALS for each in total.parts}
    named |= {total.whole for total in TOTALS if isinstance(total.whole, str)}
    assert named <= set(latest._parameters.assumptions)


@pytest.mark.parametrize("name", ["base", "bear", "bull", "deal_day", "funding_stops"])
@pytest.mark.filterwarnings("error")
def test_no_least_that_a_rule_allows_ends_in_a_warning(name):
    """The smallest values above zero, where division would break first."""
    case = Case(name, tenant_cost_usd_per_gw_year=1e6, exit_volatility_rate=0.2)
    case = case.what_if(
        exit_wait_years=0.25, nvidia_market_value_usd=1e9, microsoft_quarterly_revenue_usd=1e9
    )
    for quantity in ("fair_value_under_terms_usd", "chip_purchases_usd", "investor_sales_multiple"):
        assert np.all(np.isfinite(case.value(quantity)))

import os
import re
from dataclasses import replace
from datetime import date, datetime

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_equal

from briefing.case import Case
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.explanation import SHOWN_LINES
from briefing.graph import (
    CONTEXT,
    SWEEPS,
    arguments,
    functions,
    graph,
    plain,
    plain_arguments,
    rests_on_leaves,
    with_ancestors,
)
from briefing.inputs.facts import DEAL_DAY
from briefing.inputs.files import BadInput, did_you_mean
from briefing.inputs.parameters import as_on_deal_day


def is_exhibit(name):
    return functions()[name].__annotations__.get("return") is Exhibit


QUANTITIES = [name for name in functions() if not is_exhibit(name)]
EXHIBITS = [name for name in functions() if is_exhibit(name)]


def test_every_argument_is_a_function_or_an_assumption_or_the_calendar(latest):
    provided = {*functions(), *latest._parameters.assumptions, *CONTEXT}
    asked = {plain(argument) for name in functions() for argument in arguments(name)}
    assert asked <= provided


def test_every_assumption_is_used(latest):
    assert set(latest._parameters.assumptions) <= set(graph())


def test_every_swept_assumption_has_a_range(deal_day, latest):
    for case in (deal_day, latest):
        for sweep in SWEEPS.values():
            ranged = [name for name, axis in sweep.axes.items() if isinstance(axis, int)]
            assert not any(case._parameters.assumptions[name].is_fixed for name in ranged)


def test_only_ancestors_are_computed():
    case = Case("latest")
    assert case.azure_schedule_share.sum() == pytest.approx(1)
    assert "enterprise_value_usd" not in case._values


def test_a_timeless_number_is_a_float_and_a_path_a_series_by_quarter(latest):
    assert isinstance(latest.enterprise_value_usd, float)
    path = latest.revenue_usd
    assert isinstance(path, pd.Series)
    assert (path.index[0], path.index[-1], len(path)) == ("2025Q4", "2035Q4", 41)


def test_a_case_never_changes(latest):
    with pytest.raises(AttributeError, match="what_if"):
        latest.azure_term_years = 3


def test_what_if_replaces_a_leaf_and_leaves_the_case_alone(latest):
    changed = latest.what_if(azure_term_years=3)
    assert changed.azure_scheduled_usd.max() > latest.azure_scheduled_usd.max()
    assert latest.azure_term_years == 5


def test_a_what_if_takes_over_whatever_rests_on_nothing_that_it_changes():
    case = Case("latest")
    changed, alone = case.what_if(azure_term_years=3), Case("latest", azure_term_years=3)
    for name in filter(rests_on_leaves, QUANTITIES):
        assert_equal(changed.value(name), alone.value(name))
        is_moved = "azure_term_years" in with_ancestors(name)
        assert (changed.value(name) is case.value(name)) is not is_moved, name


def test_overrides_are_what_ifs():
    assert Case("latest", azure_term_years=3).azure_due_usd.equals(
        Case("latest").what_if(azure_term_years=3).azure_due_usd
    )


def test_a_saved_what_if_is_a_parameter_set_with_the_same_values(project):
    changed = Case("deal_day", azure_term_years=3, gw_reading="nested")
    saved = changed.save("my_set", title="Three: years, not five", reason="several means three")
    assert (project / "params" / "my_set.yaml").is_file()
    assert repr(saved) == repr(Case("my_set"))
    assert saved.azure_due_usd.equals(changed.azure_due_usd)
    assert (saved.as_of, saved.gw_reading) == (changed.as_of, "nested")
    drawn, expected = saved.draws(20, 1), changed.draws(20, 1)
    assert np.array_equal(drawn.azure_due_usd.sum(), expected.azure_due_usd.sum())


def test_a_saved_case_of_an_earlier_day_stays_there(project):
    early = Case("latest", as_of="2025-11-21", azure_term_years=3)
    assert early.save("my_set", title="Then", reason="as it looked then").as_of == early.as_of


def test_saving_twice_is_saving_once_and_nothing_else_is_ever_overwritten(project):
    case, words = Case("latest"), {"title": "Shorter", "reason": "several means fewer"}
    for _ in range(2):
        case.what_if(azure_term_years=3).save("my_set", **words)
    before = (project / "params" / "my_set.yaml").read_text("utf-8")
    with pytest.raises(BadInput, match=r"my_set\.yaml: this file exists and says something else"):
        case.what_if(azure_term_years=4).save("my_set", **words)
    assert (project / "params" / "my_set.yaml").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("name", "changes", "title", "told"),
    [
        ("My set", {"azure_term_years": 3}, "Shorter", "small letters, digits and underscores"),
        ("../x", {"azure_term_years": 3}, "Shorter", "small letters, digits and underscores"),
        ("a" * 61, {"azure_term_years": 3}, "Shorter", "at most 60 small letters"),
        ("my_set", {}, "Shorter", "nothing differs from 'latest'"),
        ("my_set", {"azure_term_years": 3}, "S", "title"),
        ("my_set", {"azure_term_years": 3}, "Shorter \u202e", "cannot be printed"),
        ("base", {"azure_term_years": 3}, "Shorter", "says something else"),
        ("term_by_growth", {"azure_term_years": 3}, "Shorter", "a sweep has this name"),
        ("my_set", {"azure_term_years": 3}, "Shorter \u2028", "cannot be printed"),
    ],
)
def test_a_set_that_cannot_be_is_not_written(project, name, changes, title, told):
    files = {file: file.read_bytes() for file in project.rglob("*.yaml")}
    with pytest.raises(BadInput, match=told):
        Case("latest", **changes).save(name, title=title, reason="several means fewer")
    assert files == {file: file.read_bytes() for file in project.rglob("*.yaml")}


def test_a_number_of_numpy_is_saved_as_what_it_is(project):
    saved = Case("latest", azure_term_years=np.int64(4)).save("my_set", "Shorter", "means fewer")
    assert saved.azure_term_years == 4
    assert "value: 4\n" in (project / "params" / "my_set.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda: Case(None), "must be a name such as 'latest'"),
        (lambda: Case("latest", as_of=datetime(2026, 1, 1)), "must be a day such as 2025-11-21"),  # noqa: DTZ001
        (lambda: Case("latest", azure_term_years=10**400), "must be at most 1e"),
        (lambda: Case("latest").draws("many"), "draws 'many' must be a whole number"),
        (lambda: Case("latest").draws(10, seed=-1), "seed -1 must be a whole number"),
        (lambda: Case("latest").distribution(), "name at least one quantity"),
        (lambda: Case("latest").distribution("equity_value_usd", workers=0), "workers 0 must be"),
    ],
)
def test_what_cannot_be_asked_is_told_in_words(ask, told):
    with pytest.raises(BadInput, match=told):
        ask()


def test_a_disk_that_is_full_leaves_no_part_of_a_set(project, monkeypatch):
    files = sorted(project.rglob("*"))

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        Case("latest", azure_term_years=3).save("my_set", "Shorter", "several means fewer")
    assert sorted(project.rglob("*")) == files


@pytest.mark.parametrize("count", [0, -1])
def test_no_draws_at_all_are_refused(latest, count):
    with pytest.raises(BadInput, match="whole number from 1 on"):
        latest.draws(count)
    with pytest.raises(BadInput, match="whole number from 1 on"):
        latest.distribution("equity_value_usd", draws=count)


def test_capacity_that_never_comes_leaves_an_empty_picture_and_a_true_title(deal_day):
    never = deal_day.what_if(capacity_delay_years=10).self_funded_over_time
    assert "None of Microsoft's own money" in never.title


def test_a_word_finds_the_names_that_contain_it():
    names = ["microsoft_bundle_npv_usd", "nvidia_bundle_npv_usd", "microsoft_equity_total_usd"]
    told = "; did you mean one of microsoft_bundle_npv_usd, microsoft_equity_total_usd?"
    assert did_you_mean("microsoft", names) == told
    assert did_you_mean("npv", names) == ""  # too short a word to search for


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        ({"azure_term_yeers": 3}, "did you mean 'azure_term_years'?"),
        ({"azure_take_or_pay_share": 2}, "out of range"),
        ({"azure_term_years": "three"}, "must be a number"),
        ({"azure_term_years": True}, "must be a number"),
        ({"gw_reading": "inside"}, "one of its options"),
        ({"enterprise_value_usd": 1}, "no assumption"),
        ({"mature_growth_rate": 0.2}, "must stay below discount_rate, which starts at 0.09"),
    ],
)
def test_a_wrong_override_is_refused(overrides, told):
    with pytest.raises(BadInput, match="overrides") as refused:
        Case("latest", **overrides)
    assert told in str(refused.value)


def test_a_misspelt_quantity_gets_a_hint(latest):
    with pytest.raises(AttributeError, match="did you mean 'enterprise_value_usd'"):
        _ = latest.enterprise_valu_usd


def test_tab_completion_offers_quantities_and_assumptions(latest):
    assert {"enterprise_value_usd", "azure_term_years", "what_if"} <= set(dir(latest))


def test_an_earlier_day_is_replayed():
    assert Case("latest", as_of="2025-11-21").known_run_rate_usd_per_year == 7e9


def test_the_same_seed_gives_the_same_draws_and_another_seed_others(latest):
    first, again, other = (latest.draws(50, seed).enterprise_value_usd for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_first_draws_do_not_depend_on_how_many_are_drawn(latest):
    few, many = latest.draws(10, 1).azure_term_years, latest.draws(100, 1).azure_term_years
    assert np.array_equal(few, many[:10])


def test_draws_keep_to_their_range_and_what_ifs_stay_fixed(latest):
    drawn = latest.what_if(azure_take_or_pay_share=0.2).draws(200, 1)
    term = latest._parameters.assumptions["azure_term_years"]
    assert drawn.azure_take_or_pay_share == 0.2
    assert term.low <= drawn.azure_term_years.min() < drawn.azure_term_years.max() <= term.high


def _leaf(value, draw):
    array = np.asarray(value)
    return array[draw : draw + 1] if array.ndim >= 2 and len(array) == 3 else value


def _parts(value):
    if isinstance(value, dict):
        return list(value.values())
    if isinstance(value, tuple):
        return [part for each in value for part in _parts(each)]
    return [value] if isinstance(value, np.ndarray | float) else []


OF_THE_POINT_CASE = {
    "web_loops", "web_chance", "scenario_arithmetic", "headline_figures", "remedy_losses",
}  # fmt: skip
"""Quantities that describe the first case only, as their docstrings say."""

OF_ALL_DRAWS = {"decisions", "hindsight_outcomes"}
"""Quantities that describe all draws together."""


@pytest.mark.parametrize(
    "name", [name for name in QUANTITIES if name not in OF_THE_POINT_CASE | OF_ALL_DRAWS]
)
def test_three_draws_give_what_three_single_runs_give(latest, name):
    drawn = latest.draws(3, 7)
    together = _parts(drawn.value(name))
    for draw in range(3):
        leaves = {key: _leaf(value, draw) for key, value in drawn._leaves.items()}
        alone = _parts(latest._relative(latest._parameters, {}, leaves).value(name))
        for many, one in zip(together, alone, strict=True):
            if np.ndim(many) == 0:
                assert many >= one  # an identity's residual is the largest of all draws
                continue
            many = np.broadcast_to(many, (max(3, len(many)), *np.shape(many)[1:]))
            if many.dtype.kind == "U":
                assert many[draw] == one[0]
                continue
            assert np.allclose(many[draw], one[0], rtol=1e-9, atol=1e-3, equal_nan=True)


def test_firm_money_is_at_most_expected_and_expected_at_most_headline(deal_day, latest):
    for case in (deal_day, latest):
        for name in ("microsoft_equity_total_usd", "nvidia_equity_total_usd", "azure_due_usd"):
            by_reading = case.value(f"{name}_by_firmness").values()
            firm, expected, headline = (float(np.sum(value)) for value in by_reading)
            assert firm <= expected <= headline * (1 + 1e-12)


def test_scenarios_keep_the_date_of_the_case(deal_day):
    scenarios = deal_day._family("_by_scenario").values()
    assert {case._parameters.as_of for case in scenarios} == {deal_day._parameters.as_of}


def test_the_day_of_the_deal_is_that_of_the_set_that_is_named_after_it(deal_day):
    assert deal_day._parameters.as_of == DEAL_DAY


def test_what_was_known_on_the_day_of_the_deal_is_what_that_day_would_have_shown(latest, deal_day):
    assert latest._parameters.as_of > DEAL_DAY
    for name in ("equity_value_usd", "equity_value_usd_draws", "last_round_value_usd"):
        then = latest.value(f"{name}_on_deal_day")
        assert np.array_equal(then, deal_day.value(name))
        assert not np.array_equal(then, latest.value(name))
    member = latest._family("_on_deal_day")["_on_deal_day"]
    assert max(fact.known_since for fact in member.facts.values()) <= DEAL_DAY
    assert all(fact.known_since <= DEAL_DAY for fact in member.sources("equity_value_usd"))


def test_no_earlier_day_sees_what_the_day_of_the_deal_knew(deal_day, latest):
    assert deal_day._family("_on_deal_day")["_on_deal_day"] is deal_day
    earlier = replace(latest._parameters, as_of=date(2025, 11, 18))
    assert as_on_deal_day(earlier, latest._root / "params", latest._everything) is None


def test_what_was_replaced_stays_so_on_the_day_of_the_deal(latest):
    changed = latest.what_if(azure_term_years=3)
    assert changed.value("azure_term_years_on_deal_day").item() == 3


def test_what_contradicts_the_day_of_the_deal_is_left_out_of_it(latest):
    """No later round was known then, so none of another date could be."""
    changed = latest.what_if(later_round_years=0.5, azure_term_years=3)
    assert changed.value("later_round_years_on_deal_day").item() == 99
    assert changed.value("azure_term_years_on_deal_day").item() == 3
    assert changed.field_then_and_now.id == "E08e"


def test_a_set_of_ones_own_stands_beside_the_scenarios():
    names = [each.name for each in Case("soft_target")._scenario_sets()]
    assert names == ["soft_target", "bear", "base", "bull", "slow_buildout", "funding_stops"]


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda case: case.value(None), "value: None must be a name"),
        (lambda case: case.explain(None), "explain: None must be a name"),
        (lambda case: case.explain("revenue_2030_usd", depth="x"), "explain: depth 'x' must be"),
        (lambda case: case.graph(5), "graph: 5 must be a name"),
        (lambda case: case.sweep(None), "sweep: None must be a name"),
        (lambda case: case.distribution(["tax_usd"]), "['tax_usd'] must be a name"),
        (lambda case: case.assumptions(None), "assumptions: None must be a name"),
        (lambda case: case.required(None, "equity_value_usd", at_least=1e9), "None must be a name"),
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused_in_words(latest, ask, told):
    with pytest.raises(BadInput, match=re.escape(told)):
        ask(latest)


def test_what_is_required_is_compared_with_its_own_unit_only(latest):
    name = "commitment_trailing_revenue_multiple"
    told = f"equity_value_usd is in usd and {name} in multiple, which cannot be compared"
    with pytest.raises(BadInput, match=told):
        latest.required("azure_term_years", "equity_value_usd", at_least=name)
    for within in ((1,), 5, "ab"):
        with pytest.raises(BadInput, match="must be two numbers"):
            latest.required("azure_term_years", "equity_value_usd", at_least=1e9, within=within)


def test_an_explanation_leads_from_the_number_to_the_page(latest):
    text = str(latest.explain("self_funded_revenue_share"))
    assert "traced_return_usd" in text
    assert "microsoft_equity_cap_usd = $5bn" in text
    assert "ndtvprofit.com" in text.replace("\n", "")


@pytest.mark.parametrize("asked", ["explain", "graph"])
def test_at_a_prompt_only_the_first_lines_of_a_tree_are_shown(deal_day, asked):
    tree = getattr(deal_day, asked)("azure_due_usd")
    *first, more = repr(tree).splitlines()
    whole = str(tree).splitlines()
    assert first == whole[: len(first)]
    assert len(first) == SHOWN_LINES
    assert more.startswith(f"… {len(whole) - len(first)} more lines: print(…) shows them")
    short = getattr(deal_day, asked)("azure_commitment_usd")
    assert repr(short) == str(short).rstrip()


def test_below_its_depth_an_explanation_names_what_it_rests_on(latest):
    shown = latest.explain("equity_value_usd", depth=1)
    assert [each.name for each in shown.rests_on] == list(arguments("equity_value_usd"))
    assert {each.rests_on[0].how for each in shown.rests_on} == {
        f"rests on {', '.join(plain_arguments(each.name))}" for each in shown.rests_on
    }
    # What was cut was not explained above.
    names = [node.name for node in shown.rests_on if node.how == "explained above"]
    assert names == []
    assert latest.explain("equity_value_usd_draws") == latest.explain("equity_value_usd")


def test_an_assumption_that_many_ask_for_is_explained_once(latest):
    text = str(latest.explain("fair_value_under_terms_usd"))
    assert text.count("last_round_value_usd = $965bn") > 1
    assert text.count("Newest priced round, post-money") == 1
    assert "assumption, explained above" in text


def test_an_explanation_in_jupyterlab_is_escaped_html(latest):
    html = latest.explain("self_funded_revenue_share")._repr_mimebundle_()["text/html"]
    assert html.startswith("<details open")
    assert "$" not in html  # between two dollars JupyterLab would see a formula


def test_what_a_formula_asks_of_the_ledger_itself_is_explained_with_its_pages(latest):
    shown = latest.explain("announced_legs")
    named = {each.name: each for each in shown.rests_on}
    cited = {fact for leg in latest.announced_legs for fact in leg.facts}
    assert cited <= set(named)
    assert named["coreweave-openai-22b"].link == latest.facts["coreweave-openai-22b"].source.url
    assert "facts" not in named


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Microsoft bundle net present value", "microsoft_bundle_npv_usd"),
        ("azure take-or-pay share", "azure_take_or_pay_share"),
        ("money_runs_out_share", "lowest_cash_usd"),
        ("equity_value_usd_draws", "equity_value_usd"),
        ("e12b", "commitment_coverage"),
        ("Exhibit E12b ", "commitment_coverage"),
        ("E41", "assumption_register"),
    ],
)
def test_a_quantity_is_explained_by_the_name_that_is_printed_too(latest, asked, meant):
    assert latest.explain(asked, depth=1).name == meant


def test_an_exhibit_is_explained_by_its_finding_and_not_by_how_it_is_drawn(latest):
    told = latest.explain("E12b", depth=1)
    assert told.how == latest.commitment_coverage.title
    assert told.why.startswith("E12b: ")
    with pytest.raises(KeyError, match="E41c is made of the whole case and by no formula"):
        latest.explain("E41c")
    with pytest.raises(KeyError, match="no exhibit 'E12Z'; did you mean 'E12'"):
        latest.explain("Exhibit E12z")


def test_every_figure_of_the_register_is_explained_by_its_printed_name(latest):
    for row in latest.figure_register.data.itertuples():
        assert latest._meant(row.label) in (row.id, latest._meant(row.id))
    for figure in latest.value("headline_figures"):
        assert latest._meant(figure.id) in dir(latest)


def test_the_ledger_as_a_whole_is_explained_as_such(latest):
    (leaf,) = (each for each in latest.explain("web_parties").rests_on if each.name == "facts")
    assert "register: E41b" in leaf.how


def test_every_fact_that_an_exhibit_cites_stands_in_the_register(latest):
    told = set(latest.source_register.data["Fact"])
    cited = {fact.id for name in EXHIBITS for fact in getattr(latest, name).facts}
    assert cited <= told == set(latest.facts)


def test_the_sources_of_a_quantity_are_the_facts_of_its_assumptions(latest):
    facts = {fact.id for fact in latest.sources("azure_commitment_usd")}
    assert facts == {"alliance-azure-commit", "undisclosed-duration", "undisclosed-unit-price"}


@pytest.mark.parametrize("name", EXHIBITS)
def test_every_exhibit_has_a_title_sources_and_words_for_those_who_cannot_see_it(latest, name):
    exhibit = getattr(latest, name)
    assert exhibit.title
    assert exhibit.name == name
    assert exhibit.kind in ("prose", "tiles") or (exhibit.alt and exhibit.id and exhibit.notes)
    knows_facts = {"facts", "parameters"} & {plain(each) for each in arguments(name)}
    assert exhibit.facts or knows_facts


@pytest.mark.parametrize("name", ["headline_tiles", "commitment_coverage", "tenant_chart"])
def test_an_exhibit_of_many_draws_says_whom_to_ask(latest, name):
    with pytest.raises(BadInput, match="an exhibit shows one case, and this one is 3 draws"):
        getattr(latest.draws(3), name)


def test_a_what_if_of_a_single_draw_stays_that_draw(latest):
    one, two = latest.draws(1), latest.draws(2)
    changed = one.what_if(azure_term_years=3.0)
    assert changed.value("equity_value_usd")[0, 0] != latest.value("equity_value_usd")[0, 0]
    both = two.what_if(azure_term_years=3.0)
    assert changed.value("equity_value_usd")[0, 0] == both.value("equity_value_usd")[0, 0]


def test_numbered_exhibits_have_distinct_numbers(latest):
    numbers = [getattr(latest, name).id for name in EXHIBITS if getattr(latest, name).id]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"as_of": "x"}, "as_of 'x' must be a day such as 2025-11-21; nothing was computed"),
        ({"as_of": "9999-12-31"}, "as_of 9999-12-31 must not lie after 2034-12-31"),
        (
            {"azure_term_years": 0},
            "azure_term_years: 0 must be at least 0.05; nothing can be spread",
        ),
    ],
)
def test_what_has_no_meaning_is_refused_with_its_rule(asked, told):
    with pytest.raises(BadInput, match=re.escape(told)):
        Case("latest", **asked)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 1e300, True, None, (1, 2)])
def test_a_threshold_that_is_no_amount_is_refused(latest, value):
    with pytest.raises(BadInput, match="must be a finite number or the name of a quantity"):
        latest.required("discount_rate", "equity_value_usd", at_least=value)


def test_a_what_if_of_draws_keeps_the_draws(latest):
    drawn = latest.draws(20, seed=1).what_if(azure_term_years=3)
    other = latest.what_if(azure_term_years=3).draws(20, seed=1)
    share = "self_funded_revenue_share"
    assert drawn.value(share).shape == (20, 1)
    assert np.array_equal(drawn.value(share), other.value(share))
    assert repr(drawn).endswith("azure_term_years=3) in 20 draws")


def test_terms_that_are_all_fixed_are_valued_beside_drawn_markets(latest):
    names = (
        "earlier_preferred_usd", "unissued_pool_share", "earlier_preferred_share",
        "raise_to_mark_share",
    )  # fmt: skip
    fixed = latest.what_if(**{name: getattr(latest, name) for name in names})
    assert fixed.football_field.title
    values = fixed.value("backsolved_value_usd_draws")
    assert len(np.unique(values)) > 100
    assert fixed.backsolved_value_usd == pytest.approx(latest.backsolved_value_usd)


def test_nothing_to_build_has_a_picture_too(latest):
    assert latest.what_if(capacity_option_gw=0).regional_load_bars.body


def test_a_number_leads_home_only_where_its_text_means_nothing_else(latest):
    answers = latest.valuation_questions
    assert "building alone was priced at $20bn to $100bn" in answers.data.to_string()
    assert "$20bn" not in answers.printed  # a run-rate of the same size stands there too
    then = latest.bubble_table
    assert "33% to 80% of vendor loans" in then.data.to_string()
    assert "33%" not in then.printed  # as much of customers' promises is not covered


def test_a_quantity_rests_on_all_that_arrows_lead_from():
    for name in graph():
        assert with_ancestors(name) == {name} | nx.ancestors(graph(), name)

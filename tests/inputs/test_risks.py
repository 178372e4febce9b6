"""Risks and signals as data: what a block may say, and what is refused before any work."""

import json
from datetime import date

import pytest
import yaml
from pydantic import ValidationError

from briefing.case import Case
from briefing.inputs.facts import load_facts
from briefing.inputs.files import BadInput, read_yaml
from briefing.inputs.parameters import parameter_set_names
from briefing.inputs.risks import check_risks, load_risks, risk_schema
from briefing.inputs.signals import (
    Signal,
    check_signals,
    fired,
    load_signals,
    seen_in,
    short_of,
    signal_schema,
)
from briefing.runs.plan import plan

MARGIN = "mature_gross_margin_share"

MINE = """
my_risk:
  title: A risk of my own
  what_happens: Margins fall by a fifth for a reason of my own
  shocks:
    mature_gross_margin_share: {times: 0.9, reason: a tenth less for a test}
  likelihood: {low: 0.1, high: 0.2, horizon_years: 3, reason: chosen for a test}
  trigger: Something that one can see
"""


@pytest.fixture
def risk(project):
    """Write a block into the copied project, changed, and plan a build as commands do."""

    def written(*changes, text=MINE):
        for before, after in changes:
            assert before in text
            text = text.replace(before, after)
        (project / "params" / "risks" / "mine.yaml").write_text(text, encoding="utf-8")
        return plan(["latest"])

    return written


def refusal(act):
    with pytest.raises(BadInput) as refused:
        act()
    return "\n".join(refused.value.messages)


def test_what_ships_fits_every_set_that_ships(load, project):
    params = project / "params"
    ledger, risks, signals = load_facts(params / "facts"), load_risks(params), load_signals(params)
    for name in parameter_set_names(params):
        check_risks(risks, load(name), ledger, signals)
        check_signals(signals, params, load(name), ledger)
    assert len(risks.stated) == 8
    assert risks.cross_default


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("low: 0.1", "low: 1.1"), "my_risk.likelihood.low: must be a probability, from 0 to 1"),
        (("high: 0.2", "high: -0.1"), "my_risk.likelihood.high: must be a probability"),
        (("low: 0.1", "low: 0.3"), "my_risk.likelihood: low 0.3 must not exceed high 0.2"),
        ((MARGIN, "mature_gross_margn_share"), f"did you mean '{MARGIN}'"),
        (("times: 0.9", "times: 9"), "my_risk.shocks.mature_gross_margin_share"),
        (("times: 0.9", "times: 0.9, to: 0.5"), "must have exactly one of to, by, times"),
        (("  trigger:", "  article: [S138]\n  trigger:"), "my_risk.article.0: no question of the"),
        (("title: A risk", "titel: A risk"), "my_risk.titel: no such field here"),
        (("A risk of my own", "Power and carbon get dear"), "energy_and_carbon has it too"),
        (("  trigger:", "  signals: [rubin_shipps]\n  trigger:"), "did you mean 'rubin_ships'"),
        (("  trigger:", "  facts: [ftc-6c]\n  trigger:"), "my_risk.facts: no fact 'ftc-6c'"),
        ((MARGIN, "firmness"), "this is a choice of words"),
        ((f"{MARGIN}: {{times: 0.9", "mature_growth_rate: {to: 0.2"), "below discount_rate"),
    ],
)  # fmt: skip
def test_a_wrong_risk_is_refused_with_file_entry_rule_and_consequence(risk, change, told):
    message = refusal(lambda: risk(change))
    assert "mine.yaml: my_risk" in message
    assert told in message
    assert "nothing was built" in message


def test_an_empty_register_is_refused_before_any_work(project):
    for file in (project / "params" / "risks").glob("*.yaml"):
        file.write_text("")
    with pytest.raises(BadInput, match="holds no risk, and E38 shows at least one"):
        plan(["latest"])


def test_two_risks_that_contradict_each_other_are_named_together(risk):
    low = ("mature_gross_margin_share: {times: 0.9", "discount_rate: {to: 0.055")
    high = MINE.replace("my_risk", "other").replace("of my own", "of others")
    high = high.replace("mature_gross_margin_share: {times: 0.9", "mature_growth_rate: {to: 0.06")
    message = refusal(lambda: risk(low, text=MINE + high))
    assert "other.shocks" in message
    assert "together with my_risk" in message


def test_of_two_shocks_on_one_assumption_the_one_counts_that_moves_it_further(risk, project):
    further = MINE.replace("my_risk", "other").replace("of my own", "of others")
    risk(text=MINE + further.replace("times: 0.9", "times: 0.85"))
    values = Case("latest").value("equity_value_usd_by_risk")
    assert values["my_risk", "other"] == values["other",] < values["my_risk",] < values[()]


def test_a_risk_that_moves_nothing_elsewhere_is_a_what_if(risk):
    risk()
    case = Case("latest")
    own = case.mature_gross_margin_share
    under = case.value("equity_value_usd_by_risk")["my_risk",]
    assert under == case.what_if(mature_gross_margin_share=own * 0.9).equity_value_usd


def test_an_edited_risk_changes_the_key_of_a_build(risk):
    (before,) = risk()
    (after,) = risk(("low: 0.1", "low: 0.15"))
    assert before.key != after.key


def test_the_schemas_that_ship_know_every_field_and_assumption(root):
    params = root / "params"
    for folder, made in (("risks", risk_schema(params)), ("watch", signal_schema(params))):
        assert json.loads((params / folder / "schema.json").read_text("utf-8")) == made
        assert "azure_term_years" in json.dumps(made)


def test_on_the_deals_day_only_what_was_out_has_fired(ledger, root):
    signals = load_signals(root / "params")
    assert fired(signals, ledger, date(2025, 11, 17)) == ()
    assert fired(signals, ledger, date(2025, 11, 21)) == ("claude_in_foundry",)
    assert set(fired(signals, ledger, date(2026, 7, 31))) == {
        "claude_in_foundry",
        "policy_inquiry",
        "equity_paid_in",
    }


def pace(**level):
    told = {"title": "A pace", "threshold": "A run-rate of some height", "where": "Rounds"}
    return Signal.model_validate({**told, "why_no_number": "a test", "level": level})


def test_a_level_is_reached_by_the_newest_figure_alone(ledger):
    series = ("anthropic-runrate-2026-02", "anthropic-runrate-2026-04")
    # 14 billion in February; 30 announced on 7 April.
    signal = pace(newest=series, at_least=15e9)
    assert seen_in(signal, ledger, date(2026, 4, 6)) == ()
    assert seen_in(signal, ledger, date(2026, 4, 7)) == ("anthropic-runrate-2026-04",)
    assert seen_in(pace(newest=series, at_most=15e9), ledger, date(2026, 4, 7)) == ()


def test_parts_of_a_year_add_up_to_a_level(ledger):
    quarters = ("anthropic-revenue-q1-26", "anthropic-revenue-q2-26")
    # 4.8 billion, and 10.9 which became known ten days later: 15.7 together.
    signal = pace(total=quarters, at_least=15.7e9)
    assert seen_in(signal, ledger, date(2026, 5, 30)) == ()
    assert seen_in(signal, ledger, date(2026, 5, 31)) == ("anthropic-revenue-q2-26",)
    assert seen_in(pace(total=quarters, at_least=15.8e9), ledger, date(2026, 5, 31)) == ()


def test_a_run_rate_is_no_years_revenue(ledger, root):
    signal = load_signals(root / "params")["growth_ahead_of_plan"]
    # A run-rate of 47 billion against 15.2 planned for the year, of which 4.8 is reported.
    assert seen_in(signal, ledger, date(2026, 7, 31)) == ()
    assert "anthropic-runrate-2026-05" in short_of(signal, ledger, date(2026, 7, 31))


@pytest.mark.parametrize(
    "level", [{"at_least": 1.0}, {"newest": ("one",), "total": ("two",), "at_least": 1.0}]
)
def test_a_level_measures_a_series_or_a_sum(level):
    with pytest.raises(ValidationError, match="must have one of newest and total"):
        pace(**level)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("any", "mine.yaml: any: is what schedules call each signal"),
        ("mine", "mine.yaml: mine.title: rubin_ships has it too"),
    ],
)
def test_a_signal_that_could_be_taken_for_others_is_refused(project, name, told):
    folder = project / "params" / "watch"
    blocks = {k: v for file in folder.glob("*.yaml") for k, v in read_yaml(file).items()}
    text = yaml.safe_dump({name: blocks["rubin_ships"]})
    (folder / "mine.yaml").write_text(text, encoding="utf-8")
    assert told in refusal(lambda: load_signals(project / "params"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("so_far: [maia-talks]", "so_far: [maia-talk]", "did you mean 'maia-talks'"),
        ("azure_nvidia_share: {to: low", "azure_nvida_share: {to: low", "no such assumption"),
        ("why_no_number: the model", "why_none: the model", "no such field here"),
        ("Is the demand real?", "Is demand real?", "did you mean 'Is the demand real?'"),
    ],
)
def test_a_wrong_signal_is_refused_before_any_work(project, before, after, told):
    file = project / "params" / "watch" / "alliance.yaml"
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    message = refusal(lambda: plan(["latest"]))
    assert told in message
    assert "nothing was built" in message

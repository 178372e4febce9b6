import json
from datetime import date

import pytest

from briefing.inputs.files import BadInput
from briefing.inputs.parameters import load_parameter_set, parameter_schema, parameter_set_names

SETS = (
    "base", "bear", "bull", "deal_day", "firm_take_or_pay", "funding_stops", "latest",
    "slow_buildout", "soft_target",
)  # fmt: skip

MINE = "extends: base\ntitle: My set\nassumptions:\n  "


def set_file(project, assumptions, name="mine"):
    (project / "params" / f"{name}.yaml").write_text(MINE + assumptions, encoding="utf-8")


def edit(project, name, old, new):
    file = project / "params" / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def refusal(load, name="mine"):
    with pytest.raises(BadInput) as refused:
        load(name)
    return "\n".join(refused.value.messages)


def test_these_sets_ship(root):
    assert parameter_set_names(root / "params") == SETS


@pytest.mark.parametrize("name", SETS)
def test_every_set_that_ships_is_valid(load, name):
    assert load(name).assumptions


def test_every_number_has_a_reason(load):
    assert all(len(each.reason) >= 10 for each in load("base").assumptions.values())


def test_deal_day_and_latest_differ_only_in_date_and_words(root):
    texts = [
        (root / "params" / f"{name}.yaml").read_text("utf-8") for name in ("deal_day", "latest")
    ]
    assert all("assumptions:" not in text for text in texts)


def test_latest_knows_the_newest_run_rate_and_deal_day_that_of_its_time(load):
    run_rate = {
        s: load(s).assumptions["known_run_rate_usd_per_year"] for s in ("deal_day", "latest")
    }
    assert (run_rate["deal_day"].value, run_rate["latest"].value) == (7e9, 47e9)


def test_deal_day_rests_on_no_later_fact(load):
    parameters = load("deal_day")
    known = {f.known_since for a in parameters.assumptions.values() for f in a.facts}
    assert max(known) <= parameters.as_of == date(2025, 11, 21)


def test_an_assumption_is_revised_once_its_fact_is_known(load):
    placed = {
        s: load(s).assumptions["nvidia_equity_placed_usd"].value for s in ("deal_day", "latest")
    }
    assert placed == {"deal_day": 0, "latest": 10e9}


def test_a_changed_value_without_a_range_is_held_fixed(load, project):
    set_file(project, "azure_term_years: {value: 4, reason: a term of four years}")
    changed = load("mine").assumptions["azure_term_years"]
    assert (changed.value, changed.is_fixed, changed.set_by) == (4, True, "mine")


def test_what_a_file_gives_no_range_is_held_by_that_set_alone(load, project):
    set_file(
        project,
        "azure_term_years: {value: 4, reason: a term of four years}\n"
        "  tax_rate: {value: 0.2, low: 0.1, high: 0.3, reason: some rate of tax}\n",
    )
    text = "extends: mine\ntitle: Mine again\n"
    (project / "params" / "again.yaml").write_text(text)
    assert (load("mine").held, load("again").held) == (("azure_term_years",), ())
    assert load("base").held == load("latest").held == ()


def test_a_set_may_extend_a_difference(load, project):
    set_file(project, "azure_term_years: {value: 4, reason: a term of four years}")
    text = "extends: mine\ntitle: Mine again\n"
    (project / "params" / "again.yaml").write_text(text)
    assert load("again").assumptions["azure_term_years"].value == 4


def test_an_earlier_day_hides_what_became_known_later(root, ledger):
    params = load_parameter_set("latest", root / "params", ledger, date(2026, 3, 1))
    assert params.assumptions["later_round_usd"].value == 0
    assert params.assumptions["next_round_usd"].value == 30e9


REFUSALS = {
    "unknown name": (
        "azure_term_yeers: {value: 4, reason: a term of four years}",
        ["mine.yaml", "azure_term_yeers", "did you mean 'azure_term_years'?"],
    ),
    "wrong type": (
        "azure_term_years: {value: four, reason: a term of four years}",
        ["mine.yaml", "azure_term_years", "must be a number"],
    ),
    "number written as YAML text": (
        "azure_commitment_usd: {value: 30e9, reason: thirty billion dollars}",
        ["azure_commitment_usd", "3.0e+10 for 3e10"],
    ),
    "wrong unit of a fact": (
        "azure_commitment_usd: {value: {fact: msft-openai-stake}, reason: a share is no sum}",
        ["azure_commitment_usd", "is in ratio, the assumption in usd"],
    ),
    "out of range": (
        "azure_take_or_pay_share: {value: 1.5, reason: more than everything}",
        ["azure_take_or_pay_share", "1.5 is out of range: share runs from 0 to 1"],
    ),
    "low above high": (
        "azure_term_years: {value: 4, low: 6, high: 5, reason: a term of years}",
        ["azure_term_years", "low 6 must stay below high 5"],
    ),
    "value outside its range": (
        "azure_term_years: {value: 9, low: 3, high: 5, reason: a term of years}",
        ["azure_term_years", "value 9 must lie within its own range, 3 to 5"],
    ),
    "missing reason": (
        "azure_term_years: {value: 4}",
        ["mine.yaml", "azure_term_years.reason", "is missing"],
    ),
    "no such fact": (
        "azure_term_years: {value: 4, reason: a term of years, facts: [undisclosed-durration]}",
        ["azure_term_years", "did you mean 'undisclosed-duration'?"],
    ),
    "misspelt field": (
        "azure_term_years: {value: 4, lo: 3, reason: a term of years}",
        ["azure_term_years.lo", "no such field here; did you mean 'low'?"],
    ),
    "misspelt value": (
        "azure_term_years: {vaule: 4, reason: a term of years}",
        ["mine.yaml: assumptions.azure_term_years.vaule", "did you mean 'value'?"],
    ),
    "misspelt field of a reference": (
        "azure_commitment_usd: {value: {fact: alliance-azure-commit, tkae: low}, reason: the sum}",
        ["azure_commitment_usd.value.tkae", "did you mean 'take'?"],
    ),
    "number without a reason": (
        "azure_term_years: 3",
        ["azure_term_years: must be a mapping of value, low, high", "reason", "(given: 3)"],
    ),
    "unknown option": (
        "gw_reading: {value: inside, reason: one of two readings}",
        ["gw_reading", "must be one of its options (nested, additional)"],
    ),
    "infinite number": (
        "azure_term_years: {value: .inf, reason: a term without end}",
        ["azure_term_years", "must be a finite number"],
    ),
    "truth for a number": (
        "azure_term_years: {value: yes, reason: a term of years}",
        ["azure_term_years", "must be a number"],
    ),
    "number of four hundred digits": (
        "azure_term_years: {value: 1" + 400 * "0" + ", reason: a term of ages}",
        ["azure_term_years", "must be a finite number"],
    ),
    "no value": (
        "azure_take_or_pay_share: {value: null, reason: nothing at all}",
        ["azure_take_or_pay_share", "must have a value"],
    ),
    "shape of a choice for a number": (
        "azure_take_or_pay_share: {value: 0.5, distribution: choice, reason: no options}",
        ["azure_take_or_pay_share", "cannot have the distribution choice"],
    ),
    "options for a number": (
        "azure_take_or_pay_share: {value: foo, options: {foo: 1}, reason: a word for a number}",
        ["azure_take_or_pay_share", "options belong to the unit choice"],
    ),
    "option that the model does not know": (
        "gw_reading: {value: foo, options: {foo: 1, additional: 1}, reason: a third reading}",
        ["gw_reading", "options may only be nested, additional"],
    ),
    "options without weight": (
        "gw_reading: {value: nested, options: {nested: 0, additional: 0}, distribution: choice,"
        " reason: neither reading}",
        ["gw_reading", "must not all be zero"],
    ),
    "value of itself": (
        "azure_commitment_usd: {value: {of_value: 2}, reason: twice itself}",
        ["azure_commitment_usd", "must have a value"],
    ),
    "reason of spaces": (
        "azure_term_years: {value: 4, reason: '              '}",
        ["azure_term_years.reason"],
    ),
    "escape code in a reason": (
        'azure_term_years: {value: 4, reason: "red \\e[31m text here"}',
        ["cannot be printed"],
    ),
    "picture in a reason": (
        "azure_term_years: {value: 4, reason: to the moon 🚀🚀}",
        ["cannot be printed"],
    ),
    "only one end of a range": (
        "azure_term_years: {value: 4, low: 3, reason: a term of years}",
        ["azure_term_years", "needs both low and high"],
    ),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_broken_set_is_refused_with_file_entry_rule_and_consequence(load, project, fault):
    assumptions, told = REFUSALS[fault]
    set_file(project, assumptions)
    text = refusal(load)
    assert all(words in text for words in [*told, "nothing was built"])


def test_a_later_fact_is_refused(load, project):
    (project / "params" / "mine.yaml").write_text(
        "extends: deal_day\ntitle: My set\nassumptions:\n"
        "  azure_term_years: {value: 4, reason: a term of years, facts: [anthropic-series-h]}\n"
    )
    text = refusal(load)
    assert "'anthropic-series-h' became known on 2026-05-28, later than as_of" in text


def test_sets_that_extend_each_other_are_refused(load, project):
    for name, other in (("one", "two"), ("two", "one")):
        text = f"extends: {other}\ntitle: A circle\n"
        (project / "params" / f"{name}.yaml").write_text(text)
    assert "must not extend in a circle (one → two → one)" in refusal(load, "one")


def test_an_unknown_set_is_refused_with_a_hint(load):
    assert "did you mean 'latest'?" in refusal(load, "lastest")


def test_an_unknown_parent_is_refused_by_the_entry_that_names_it(load, project):
    file = project / "params" / "mine.yaml"
    for asked, hint in (("bass", "did you mean 'base'?"), ("miin", "there are base, bear, bull")):
        file.write_text(f"extends: {asked}\ntitle: My set\n")
        told = f"{file}: extends: no parameter set {asked!r}; {hint}"
        assert told in refusal(load)
        assert "mine," not in refusal(load)  # no set extends itself
        assert refusal(load).endswith("nothing was built")


def test_extends_itself_may_be_misspelt(load, project):
    (project / "params" / "mine.yaml").write_text("extend: base\ntitle: My set\n")
    assert "mine.yaml: extend: no such field here; did you mean 'extends'?" in refusal(load)


def test_a_name_must_end_in_its_unit(load, project):
    edit(project, "base.yaml", "  azure_term_years:", "  azure_term:")
    assert "the name must end in its unit, _years" in refusal(load, "base")


def test_every_fault_is_told_at_once(load, project):
    set_file(
        project,
        "azure_term_years: {value: -1, reason: a term of years}\n"
        "  azure_take_or_pay_share: {value: 7, reason: seven times all}\n"
        "  no_such_thing_usd: {value: 7, reason: seven of nothing}\n",
    )
    assert len(refusal(load).splitlines()) == 3


@pytest.mark.parametrize("text", ["", "- a list", "title: [", "extends: base\ntitle: x\n\tbad"])
def test_a_file_that_is_no_set_is_refused(load, project, text):
    (project / "params" / "mine.yaml").write_text(text)
    assert "mine.yaml" in refusal(load)


def test_the_schema_that_ships_knows_every_assumption(root):
    schema = json.loads((root / "params" / "schema.json").read_text("utf-8"))
    assert schema == parameter_schema(root / "params")
    names = schema["$defs"]["DifferenceFile"]["properties"]["assumptions"]["properties"]
    assert "azure_term_years" in names


def test_a_revision_that_waits_for_no_fact_is_refused(load, project):
    edit(
        project,
        "base.yaml",
        "- fact: alliance-msft-equity-done",
        "- fact: alliance-msft-equity-dnoe",
    )
    assert "did you mean 'alliance-msft-equity-done'?" in refusal(load, "base")


def test_two_scenarios_of_one_title_are_refused(load, project):
    edit(project, "bear.yaml", "title: Growth fades", "title: Growth holds")
    assert "'bear' and 'bull' need titles of their own" in refusal(load, "base")


def test_a_set_with_the_title_of_a_scenario_is_refused(project, load):
    title = load("bear").title
    mine = "extends: bear\ntitle: {}\nassumptions: {{}}\n"
    (project / "params" / "my_bear.yaml").write_text(mine.format(title))
    told = refusal(load, "my_bear")
    assert f"my_bear.yaml: title: the scenario 'bear' has the title '{title}' too" in told
    (project / "params" / "my_bear.yaml").write_text(mine.format("Growth fades, mine"))
    assert load("my_bear").title == "Growth fades, mine"


def test_aliases_that_unfold_without_end_are_refused(load, project):
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    (project / "params" / "mine.yaml").write_text("\n".join(layers))
    assert "mine.yaml: holds too many values" in refusal(load)


def test_a_merge_is_refused_with_its_line(load, project):
    text = "a: &a {value: 1}\nassumptions:\n  <<: *a\n"
    (project / "params" / "mine.yaml").write_text(text)
    assert "mine.yaml, line 3: not valid YAML: a merge (<<) is not read" in refusal(load)


@pytest.mark.parametrize("number", ["1:30", "010", "-1:30.5"])
def test_a_number_that_yaml_would_read_as_another_is_refused(load, project, number):
    set_file(project, f"azure_term_years: {{value: {number}, reason: written by hand}}")
    assert f"{number} is no plain number" in refusal(load)


def test_a_value_far_from_its_usual_range_is_noted(load, project):
    set_file(project, "azure_term_years: {value: 36, reason: months taken for years}")
    (note,) = load("mine").notes
    assert (
        "mine.yaml: assumptions.azure_term_years: 36 lies outside its usual range, 3 to 8" in note
    )


def test_the_sets_that_ship_need_no_note(load):
    assert not [load(name).notes for name in SETS if load(name).notes]


@pytest.mark.parametrize(
    ("assumptions", "told"),
    [
        (
            "mature_growth_rate: {value: 0.12, reason: grows like a start-up for ever}",
            "assumptions.mature_growth_rate: up to 0.12 it must stay below discount_rate, which "
            "starts at 0.09; the terminal value would be infinite; nothing was built",
        ),
        (
            "discount_rate: {value: 0.05, low: 0.04, high: 0.06, reason: money costs nothing}",
            "assumptions.mature_growth_rate: up to 0.05 it must stay below discount_rate, which "
            "starts at 0.04",
        ),
        (
            "next_round_years: {value: 2, reason: the next round is late}\n"
            "  later_round_years: {value: 1, reason: the later round is early}",
            "assumptions.next_round_years: up to 2 it must not exceed later_round_years, which "
            "starts at 1; the later round would come before the next one",
        ),
        (
            "strong_participation_cap_multiple: {value: 0.5, reason: half of the preference}",
            "strong_participation_cap_multiple: 0.5 must be at least 1; a cap below the preference "
            "contradicts it",
        ),
        (
            "mature_gross_margin_share: {value: 1.2, reason: sells for more than it gets}",
            "mature_gross_margin_share: value 1.2 is out of range: share runs from 0 to 1",
        ),
    ],
)
def test_assumptions_that_contradict_each_other_are_refused(load, project, assumptions, told):
    set_file(project, assumptions)
    assert told in refusal(load)
    assert "mine.yaml" in refusal(load)


def test_the_desk_can_stand_on_any_day_since_the_deal(root, ledger):
    days = sorted({fact.known_since for fact in ledger.values()})
    later = [day for day in days if day >= date(2025, 11, 21)]
    assert len(later) > 20
    for day in later:
        for assumption in load_parameter_set(
            "latest", root / "params", ledger, day
        ).assumptions.values():
            assert all(fact.known_since <= day for fact in assumption.facts)


def test_a_day_after_the_forecast_is_told_of_the_file_that_states_it(load, project):
    (project / "params" / "mine.yaml").write_text(
        "extends: latest\ntitle: My set\nas_of: 9999-01-01\n", encoding="utf-8"
    )
    assert str(project / "params" / "mine.yaml") + ": as_of 9999-01-01" in refusal(load)

"""Pairs of assumptions that move together: how files state them, and which are refused."""

import numpy as np
import pytest

from briefing.inputs.correlations import blocs
from briefing.inputs.files import BadInput

GROWTH, MARGIN, USE = (
    "growth_half_life_years", "mature_gross_margin_share", "azure_commitment_drawn_share",
)  # fmt: skip

OPENING = "extends: base\ntitle: My set\n"


def pair(first, second, correlation=0.3):
    stated = f"between: [{first}, {second}], rank_correlation: {correlation}"
    return f"  - {{{stated}, reason: for the sake of the test}}\n"


def own_set(project, *pairs, more=""):
    text = f"{OPENING}correlations:\n{''.join(pairs)}{more}"
    (project / "params" / "mine.yaml").write_text(text, encoding="utf-8")


def stated(load, name="mine"):
    return {each.between: each.rank_correlation for each in load(name).correlations}


def refusal(load):
    with pytest.raises(BadInput) as refused:
        load("mine")
    return "\n".join(refused.value.messages)


def test_a_set_keeps_the_pairs_of_the_one_it_extends(load):
    assert load("bear").correlations == load("base").correlations != ()


def test_a_set_restates_a_pair_in_either_order_and_adds_others(load, project):
    own_set(project, pair(MARGIN, GROWTH, -0.1), pair("tax_rate", "discount_rate"))
    with pytest.raises(BadInput, match="tax_rate is fixed"):
        load("mine")
    own_set(project, pair(MARGIN, GROWTH, -0.1), pair(MARGIN, "discount_rate", 0.2))
    found = stated(load)
    assert found[GROWTH, MARGIN] == -0.1
    assert found["discount_rate", MARGIN] == 0.2
    assert len(found) == len(load("base").correlations) + 1


def test_zero_takes_a_pair_back(load, project):
    own_set(project, pair(GROWTH, MARGIN, 0))
    assert stated(load).keys() == stated(load, "base").keys() - {(GROWTH, MARGIN)}


@pytest.mark.parametrize(
    ("pairs", "told"),
    [
        ([pair(GROWTH, MARGIN, 1.2)], "correlations.0.rank_correlation: Input should be less"),
        ([pair(GROWTH, MARGIN, ".nan")], "correlations.0.rank_correlation"),
        ([pair(GROWTH, MARGIN, "true")], "correlations.0.rank_correlation"),
        ([pair("growth_half_live_years", MARGIN)], f"did you mean '{GROWTH}'?"),
        ([pair(GROWTH, "tax_rate")], "correlations.0: tax_rate is fixed, so it moves with nothing"),
        ([pair(GROWTH, "gw_reading")], "gw_reading is a reading in words"),
        ([pair(GROWTH, GROWTH)], "correlated with itself"),
        ([pair(GROWTH, MARGIN), pair(MARGIN, GROWTH)], "correlations.1: "),
        (["  - {between: [a], rank_correlation: 0.1, reason: for the test}\n"], "between"),
    ],
)
def test_pairs_that_mean_nothing_are_refused_by_file_and_entry(load, project, pairs, told):
    own_set(project, *pairs)
    message = refusal(load)
    assert told in message
    assert "mine.yaml: correlations" in message
    assert "nothing was built" in message


def test_a_set_may_not_fix_what_it_correlates_but_may_fix_what_another_does(load, project):
    fixed = f"assumptions:\n  {GROWTH}: {{value: 1.0, reason: fixed for the test}}\n"
    own_set(project, pair(GROWTH, "discount_rate"), more=fixed)
    assert f"{GROWTH} is fixed" in refusal(load)
    own_set(project, pair(USE, "discount_rate"), more=fixed)
    assert load("mine").assumptions[GROWTH].is_fixed


def test_correlations_that_contradict_each_other_are_told_and_not_refused(load, project):
    own_set(project, pair(GROWTH, MARGIN, 0.9), pair(GROWTH, USE, 0.9), pair(MARGIN, USE, -0.9))
    (note,) = load("mine").notes
    assert note.startswith("mine.yaml: correlations: ")
    assert "nearest" in note
    assert load("base").notes == ()


def test_blocs_hold_what_is_connected_and_do_not_depend_on_order(load):
    correlations = load("base").correlations
    found = blocs(correlations)
    names = [name for bloc in found for name in bloc.names]
    assert len(names) == len(set(names))
    assert set(names) == {name for each in correlations for name in each.between}
    for one, other in zip(found, blocs(reversed(correlations)), strict=True):
        assert one.names == other.names
        assert np.array_equal(one.spearman, other.spearman)

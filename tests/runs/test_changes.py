"""Facts, assumptions and exhibits that are not what they were."""

import json
from dataclasses import replace

import pytest

from briefing.runs.changes import (
    changed_assumptions,
    changed_exhibits,
    changed_facts,
    exhibits_of,
    moves_figures,
)

MIME = "application/vnd.briefing.exhibit+json"


@pytest.fixture
def fact(ledger):
    return ledger["alliance-azure-commit"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"note": "said otherwise"}, {"wording"}),
        ({"value": 1.0, "high": 2.0}, {"amount"}),
        ({"status": "disputed"}, {"grade", "status"}),
        ({"end": "2030"}, {"end"}),
    ],
)
def test_a_changed_fact_says_what_of_it_changed(fact, changes, what):
    (found,) = changed_facts({fact.id: fact}, {fact.id: fact.model_copy(update=changes)})
    assert set(found.what) == what


def test_facts_are_added_and_withdrawn(fact, ledger):
    other = ledger["undisclosed-duration"]
    found = changed_facts({fact.id: fact}, {other.id: other})
    assert [(each.id, each.what) for each in found] == [
        ("alliance-azure-commit", ("withdrawn",)),
        ("undisclosed-duration", ("added",)),
    ]


def test_a_fact_that_stayed_is_no_change(fact):
    assert changed_facts({fact.id: fact}, {fact.id: fact.model_copy()}) == ()


@pytest.fixture
def assumption(latest):
    return latest._parameters.assumptions["azure_term_years"]


@pytest.mark.parametrize(
    ("changes", "what", "is_seen"),
    [
        ({"value": 4.0}, ("value",), True),
        ({"high": 9.0}, ("range",), True),
        ({"distribution": "uniform"}, ("shape",), True),
        ({"facts": ()}, ("facts",), False),
        ({"reason": "another reason"}, ("reason",), False),
    ],
)
def test_a_changed_assumption_says_what_of_it_changed(assumption, changes, what, is_seen):
    name = assumption.name
    (found,) = changed_assumptions({name: assumption}, {name: replace(assumption, **changes)})
    assert found.what == what
    assert moves_figures(found) == is_seen


def test_options_in_another_order_take_other_draws(latest):
    reading = latest._parameters.assumptions["gw_reading"]
    turned = replace(reading, options=dict(reversed(reading.options.items())))
    (found,) = changed_assumptions({"gw_reading": reading}, {"gw_reading": turned})
    assert found.what == ("options",)
    assert moves_figures(found)


def test_the_same_reason_on_other_lines_and_in_another_file_is_no_change(assumption):
    again = replace(assumption, reason=assumption.reason.replace(" ", "\n "), set_by="other")
    assert changed_assumptions({"x": assumption}, {"x": again}) == ()


def test_assumptions_are_added_and_removed(assumption):
    found = changed_assumptions({"old": assumption}, {"new": assumption})
    assert {each.name: each.what for each in found} == {"old": ("removed",), "new": ("added",)}


def shown(**described):
    """Exhibits of a notebook that shows one exhibit with a picture."""
    picture = described.pop("picture", "same")
    data = {MIME: {"name": "map", "id": "E02", "title": "A map", **described}, "text/html": picture}
    cells = [{"outputs": [{"data": data}]}, {"outputs": [{"data": {"text/plain": "1"}}]}, {}]
    return dict(exhibits_of("deal.ipynb", json.dumps({"cells": cells})))


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"title": "Another map"}, "changed"),
        ({"picture": "other"}, "changed"),
        ({"data": [1]}, "changed"),
        ({"sources": [{"id": "fact"}]}, "only its sources"),
        ({"assumptions": ["term"]}, "only its sources"),
    ],
)
def test_an_exhibit_changed_when_a_reader_sees_it(changes, what):
    (found,) = changed_exhibits(shown(), shown(**changes))
    assert (found.id, found.what, found.notebook) == ("E02", what, "deal.ipynb")


def test_exhibits_appear_and_disappear():
    (new,) = changed_exhibits({}, shown())
    (gone,) = changed_exhibits(shown(), {})
    assert (new.what, new.title_before, new.title) == ("new", "", "A map")
    assert (gone.what, gone.title_before, gone.title) == ("gone", "A map", "")


def test_the_same_exhibit_is_no_change():
    assert changed_exhibits(shown(), shown()) == ()


def test_an_exhibit_shown_twice_is_compared_with_its_like():
    cell = {"outputs": [{"data": {MIME: {"name": "map"}}}]}
    text = json.dumps({"cells": [cell, cell]})
    assert [place for place, _ in exhibits_of("a", text)] == [("a", "map", 0), ("a", "map", 1)]

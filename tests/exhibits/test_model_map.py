"""The picture of the model: parts, what they ask for, and in which order they stand."""

import re

import networkx as nx
import pytest

from briefing.exhibits.model_map import parts_of
from briefing.graph import functions, graph


@pytest.fixture
def small():
    """Two assumptions, two parts and an exhibit: `profit` asks `revenue` and `cost`."""
    links = nx.DiGraph(
        [
            ("price", "revenue"), ("price", "cost"), ("wage", "cost"),
            ("revenue", "profit"), ("cost", "profit"),
            ("profit", "chart"), ("revenue", "chart"),
        ]
    )  # fmt: skip
    modules = {"profit": "results", "revenue": "sales", "cost": "sales"}
    return parts_of(links, modules, {"price", "wage"}, {"chart"})


def test_a_part_counts_what_goes_in_and_what_comes_out(small):
    sales, results = small
    assert (sales.name, sales.formulas, sales.assumptions, sales.exhibits) == ("Sales", 2, 2, 1)
    assert (results.formulas, results.assumptions, results.exhibits) == (1, 0, 1)
    assert (sales.asks, results.asks) == ({}, {"Sales": 2})


def test_a_part_stands_below_those_that_it_asks():
    chain = nx.DiGraph([("a", "b"), ("b", "c"), ("c", "d")])
    modules = {"d": "fourth", "b": "second", "a": "first", "c": "third"}
    parts = parts_of(chain, modules, (), ())
    assert [part.name for part in parts] == ["First", "Second", "Third", "Fourth"]


def test_where_parts_ask_each_other_the_smaller_debt_leads_back():
    both = nx.DiGraph([("a1", "b1"), ("a2", "b1"), ("a3", "b1"), ("b2", "a1")])
    modules = {"b1": "below", "b2": "below", "a1": "above", "a2": "above", "a3": "above"}
    assert [part.name for part in parts_of(both, modules, (), ())] == ["Above", "Below"]


def test_every_formula_of_the_model_is_in_one_part(latest):
    data = latest.model_map.data
    model = [name for name, f in functions().items() if f.__module__.startswith("briefing.model.")]
    assert data.formulas.sum() == len(model)
    assert data.part.is_unique
    assert f"{len(model)} formulas in {len(data)} parts" in latest.model_map.title


def test_its_words_tell_every_part_and_every_count(latest):
    for row in latest.model_map.data.itertuples():
        counted = rf"{row.formulas} formulas? on ({row.assumptions or 'no'}) assumptions?"
        assert re.search(f"{re.escape(row.part)}: {counted}", latest.model_map.alt)
    assert not re.search(r"\b(1 \w+s\b|0 )", latest.model_map.alt)


def test_no_two_quantities_ask_each_other():
    # The picture's note says so, although parts do.
    assert nx.is_directed_acyclic_graph(graph())

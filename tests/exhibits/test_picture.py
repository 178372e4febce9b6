import re
from itertools import pairwise
from xml.etree import ElementTree

import networkx as nx
import numpy as np
import pytest

from briefing.case import Case
from briefing.exhibits.picture import (
    BOX,
    MOST_SHOWN,
    NAME_CHARACTER,
    ROW,
    VALUE_CHARACTER,
    pictured,
    svg,
)
from briefing.graph import functions, graph
from briefing.inputs.files import BadInput

SOME = (
    "azure_term_years", "commitment_revenue_multiple", "azure_due_usd", "peak_funding_gap_usd",
    "circularity_questions",
)  # fmt: skip


def drawn(inputs, name="a", **options):
    """The picture of a made-up model, in which every formula is 1."""
    return pictured(
        name,
        formulas=dict.fromkeys(inputs, np.sum),
        arguments=lambda each: tuple(inputs[each]),
        assumptions={},
        value=lambda _: 1.0,
        **options,
    )


def names(picture):
    return [node.name for node in picture.nodes]


def parts(picture):
    """The drawing's elements by tag, without the namespace."""
    found = re.search(r"<svg.*</svg>", svg(picture), re.DOTALL)
    root = ElementTree.fromstring(found.group())
    return lambda tag: list(root.iter("{http://www.w3.org/2000/svg}" + tag))


def boxes(picture):
    """Left, top and right of each name's box with what stands beside it."""
    groups = [group for group in parts(picture)("g") if group.find("*[@textLength]") is not None]
    for group, node in zip(groups, picture.nodes, strict=True):
        box = group.find("{*}rect").attrib
        left, width = float(box["x"]), float(box["width"])
        assert width > NAME_CHARACTER * len(node.name)
        yield left, float(box["y"]), left + width + VALUE_CHARACTER * len(node.told)


def lines(picture):
    """Each line's ends, as x and y of either."""
    for path in parts(picture)("path"):
        shape = path.attrib["d"]
        if found := re.fullmatch(r"M([\d.]+) ([\d.]+)([VH])([\d.]+)", shape):
            x, y, end = float(found[1]), float(found[2]), float(found[4])
            yield (x, y, x, end) if found[3] == "V" else (x, y, end, y)


def test_a_name_stands_below_all_that_use_it_and_once():
    picture = drawn({"a": "bc", "b": "cd", "c": "de"})
    assert sorted(names(picture)) == list("abcde")
    assert names(picture)[0] == "a"
    place = names(picture).index
    assert place("a") < place("b") < place("c") < min(place("d"), place("e"))


@pytest.mark.parametrize("name", SOME)
def test_the_picture_shows_the_ancestors_of_the_graph_and_its_arrows(latest, name):
    picture = latest.graph(name, depth=99)
    upstream = {name} | nx.ancestors(graph(), name)
    assert set(names(picture)) == upstream
    shown = {(below, node.name) for node in picture.nodes for below in node.rests_on}
    assert shown == set(graph().subgraph(upstream).edges)


@pytest.mark.parametrize("name", SOME)
def test_no_two_names_meet_and_no_line_runs_behind_one(latest, name):
    picture = latest.graph(name)
    placed = list(boxes(picture))
    assert all(below[1] - above[1] == ROW > BOX for above, below in pairwise(placed))
    for x, y, to_x, to_y in lines(picture):
        for left, top, right in placed:
            runs_through = y < top + BOX / 2 < to_y and left < x < right
            assert not runs_through
            assert not (top < y == to_y < top + BOX and to_x > left)


@pytest.mark.parametrize("name", SOME)
def test_everything_lies_within_the_picture(latest, name):
    picture = latest.graph(name)
    frame = parts(picture)("svg")[0].attrib
    for left, top, right in boxes(picture):
        assert left > 0
        assert right <= float(frame["width"])
        assert 0 < top <= float(frame["height"]) - BOX


@pytest.mark.parametrize("name", SOME)
def test_every_arrow_is_a_joint_on_the_line_of_its_user(latest, name):
    picture = latest.graph(name)
    joints = len(parts(picture)("circle"))
    assert joints == sum(len(node.rests_on) for node in picture.nodes)


def test_a_deep_graph_is_folded_and_says_how_much_lies_behind():
    chain = {"a": "b", "b": "c", "c": "de", "d": "e"}
    picture = drawn(chain, depth=2)
    assert names(picture) == list("abc")
    assert [node.hidden for node in picture.nodes] == [0, 0, 2]
    assert picture.hidden == 2
    for told in (picture.alt, str(picture), svg(picture)):
        assert "2 more names lie behind" in told
        assert "depth=3" in told


def test_a_graph_of_a_few_names_is_shown_whole(latest):
    assert latest.graph("azure_due_usd").hidden == 0
    assert latest.graph("azure_due_usd").folded == ""


def test_a_large_graph_folds_by_itself_to_what_can_be_read():
    wide = {"a": ["b0", "b1"]} | {f"b{n}": [f"c{n}-{m}" for m in range(70)] for n in range(2)}
    picture = drawn(wide)
    assert names(picture) == ["a", "b0", "b1"]
    assert picture.hidden == 140
    assert len(drawn(wide, depth=2).nodes) == 143


@pytest.mark.parametrize("name", functions())
def test_no_quantity_is_too_large_for_a_picture(name):
    links = {each: [] for each in graph()} | {
        each: list(graph().predecessors(each)) for each in functions()
    }
    assert len(drawn(links, name).nodes) <= MOST_SHOWN


def test_a_depth_below_one_is_refused(latest):
    for depth in (0, -1, "x", 1.5, True):
        told = f"graph: depth {depth!r} must be a whole number from 1 on; nothing was computed"
        with pytest.raises(BadInput, match=re.escape(told)):
            latest.graph("azure_due_usd", depth=depth)


def test_a_misspelt_name_gets_a_hint(latest):
    with pytest.raises(KeyError, match="did you mean 'azure_due_usd'"):
        latest.graph("azure_deu_usd")


def test_a_family_is_pictured_as_its_quantity(latest):
    assert names(latest.graph("azure_due_usd_draws")) == names(latest.graph("azure_due_usd"))


def test_target_formulas_assumptions_and_what_is_given_look_different(latest):
    picture = latest.graph("azure_schedule_share")
    kinds = {node.name: node.kind for node in picture.nodes}
    assert kinds["azure_schedule_share"] == "target"
    assert kinds["azure_term_years"] == "assumption"
    assert kinds["quarter_start_years"] == "given"
    assert {node.kind for node in latest.graph("azure_due_usd").nodes} >= {"formula"}
    for kind in set(kinds.values()):
        assert f".{kind} rect{{" in svg(picture)


def test_a_replaced_assumption_says_so_and_others_name_their_facts():
    told = {node.name: node.told for node in Case("latest", azure_term_years=3).graph(
        "azure_schedule_share").nodes}  # fmt: skip
    assert told["azure_term_years"] == "3 years · what if"
    assert told["azure_start_years"].endswith(" facts")


def test_the_picture_is_told_to_those_who_cannot_see_it(latest):
    drawing = parts(latest.graph("azure_schedule_share"))("svg")[0]
    assert drawing.attrib["role"] == "img"
    told = drawing.attrib["aria-label"]
    assert told.startswith("azure_schedule_share (")
    assert "rests on 0 formulas and 4 assumptions, directly on quarter_start_years" in told
    assert "azure_ramp_years" in told


def test_elsewhere_the_picture_is_a_tree_of_names(latest):
    text = latest.graph("azure_schedule_share")._repr_mimebundle_()["text/plain"]
    assert text == str(latest.graph("azure_schedule_share"))
    first, *branches = text.splitlines()
    assert first.startswith("azure_schedule_share = ")
    assert all(line[:4] in ("├── ", "└── ") for line in branches)
    assert any("azure_term_years = 5 years" in line for line in branches)


def test_a_quantity_met_again_in_the_tree_is_not_grown_again():
    text = str(drawn({"a": "bc", "b": "c", "c": "d"}))
    assert text.count("d = 1") == 1
    assert text.count("c = 1 (above)") == 1


def test_what_a_name_means_is_escaped_and_no_dollar_is_left_to_typesetters(latest):
    hostile = '<script>alert("$5")</script>'
    picture = drawn({hostile: ["b"]}, name=hostile)
    assert "<script>" not in svg(picture)
    assert "&lt;script&gt;" in svg(picture)
    assert "$" not in svg(latest.graph("peak_funding_gap_usd"))
    assert "mathjax_ignore" in svg(picture)

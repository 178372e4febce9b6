"""Asks of the flow map: are widths honest, directions clear and words legible?"""

import itertools
import json
import math
import re
from itertools import pairwise

import numpy as np
import pytest
import vl_convert
from hypothesis import given, settings
from hypothesis import strategies as st

from briefing.exhibits.flow_map import Flow, flow_map, flow_map_specs
from briefing.exhibits.words import money

COLORS = {"Equity": "#2e57a4", "Compute": "#b94e1a", "Sales": "#1f7a63", "Claude": "#7c5898"}
SIX = {
    "Microsoft": "Cloud supplier and investor",
    "Nvidia": "Chip supplier and investor",
    "Anthropic": "Model developer",
    "Other investors": "Funds and strategic holders",
    "Customers": "Firms and consumers",
    "Other suppliers": "Other clouds, staff, power",
}
ELEVEN = {
    "Nvidia": "Chip supplier and investor",
    "OpenAI": "Model developer",
    "Oracle": "Cloud supplier",
    "SoftBank": "Investor",
    "CoreWeave": "GPU cloud",
    "Microsoft": "Cloud supplier and investor",
    "Anthropic": "Model developer",
    "Amazon": "Cloud supplier and investor",
    "Google": "Cloud and chip supplier",
    "AMD": "Chip supplier",
    "xAI": "Model developer",
}


def alliance(revenue_usd=46e9):
    return [
        Flow("Customers", "Anthropic", "Sales", revenue_usd),
        Flow("Other investors", "Anthropic", "Equity", 12e9),
        Flow("Microsoft", "Anthropic", "Equity", 4.1e9, "$4.1 of $5bn"),
        Flow("Nvidia", "Anthropic", "Equity", 7.4e9, "$7.4 of $10bn"),
        Flow("Anthropic", "Microsoft", "Compute", 9.8e9),
        Flow("Microsoft", "Nvidia", "Compute", 13.6e9),
        Flow("Anthropic", "Other suppliers", "Compute", 38e9),
        Flow("Microsoft", "Anthropic", "Claude", 1e9),
    ]


def industry():
    rows = """OpenAI Oracle 300,OpenAI Microsoft 250,Nvidia OpenAI 100,OpenAI AMD 90,
    OpenAI Amazon 38,Oracle Nvidia 40,SoftBank OpenAI 30,OpenAI CoreWeave 22.4,Microsoft OpenAI 13,
    Anthropic Microsoft 30,Nvidia Anthropic 10,Microsoft Anthropic 5,Anthropic Google 52,
    Google Anthropic 3,Amazon Anthropic 8,Anthropic Amazon 21,CoreWeave Nvidia 18,
    Nvidia CoreWeave 6.3,Nvidia xAI 2,xAI Nvidia 18,Microsoft Nvidia 31"""
    parts = [row.split() for row in rows.split(",")]
    return [Flow(payer, payee, "Compute", float(usd) * 1e9) for payer, payee, usd in parts]


SETS = [(alliance(), SIX), (industry(), ELEVEN), (alliance(150e9), SIX)]
every_set = pytest.mark.parametrize(
    ("flows", "roles"), SETS, ids=["alliance", "industry", "big revenue"]
)

# Advance widths of Inter Semi-Bold in hundredths of the font size, read from the font.
ADVANCE = {
    26: "ijl",
    32: " I.,",
    40: "frt",
    42: "1",
    59: "acevykxzsFLJ7",
    67: "&bdghnopquBEPRSTZ$0234568946",
    77: "ACDGHKNOQUVXY",
    92: "mwM",
    103: "W",
}
EM = {letter: hundredths / 100 for hundredths, letters in ADVANCE.items() for letter in letters}


def drawn(flows, roles, **size):
    """Rows of every layer of the chart, with the layer's mark."""
    spec = flow_map(flows, roles, COLORS, **size).to_dict()
    rows = [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"]]
    return [(layer["mark"], row) for layer, row in zip(spec["layer"], rows, strict=True)]


def texts(layers):
    """Row and rectangle of every visible word, measured with the font's own widths."""
    for mark, rows in layers:
        if mark["type"] == "text" and "stroke" not in mark:
            for row in rows:
                size = mark["fontSize"]
                length = size * sum(EM[letter] for letter in row["text"])
                left = row["x"] - length * {"left": 0, "center": 0.5, "right": 1}[row["align"]]
                yield row, (left, row["y"] - size / 2, left + length, row["y"] + size / 2)


def ribbons(layers):
    return layers[0][1]


def points(path):
    return np.array(re.findall(r"([-\d.]+),([-\d.]+)(?=[A-Z])", path), dtype=float)


def width(path):
    start, *_, end = points(path)
    return math.dist(start, end) - 1  # half the white outline covers each edge


def tip(path):
    return np.array(re.findall(r"L([-\d.]+),([-\d.]+)", path)[1], dtype=float)


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@every_set
def test_ribbons_are_as_wide_as_their_amounts_are_large(flows, roles):
    amounts = {(f.payer, f.payee, f.kind): f.amount_usd for f in flows}
    rows = [
        (width(r["path"]), amounts[r["payer"], r["payee"], r["kind"]])
        for r in ribbons(drawn(flows, roles))
    ]
    broadest, largest = max(rows)
    assert broadest <= 46.05
    for breadth, amount in rows:
        assert breadth == pytest.approx(max(1.6, broadest * amount / largest), abs=0.03)


@every_set
def test_no_words_overlap_or_leave_the_chart(flows, roles):
    boxes = [box for _, box in texts(drawn(flows, roles))]
    assert not [pair for pair in itertools.combinations(boxes, 2) if overlap(*pair)]
    assert all(min(box) >= 0 and box[2] <= 640 and box[3] <= 560 for box in boxes)


@every_set
def test_every_flow_carries_its_label(flows, roles):
    words = [row["text"] for row, _ in texts(drawn(flows, roles))]
    assert all((flow.label or money(flow.amount_usd)) in words for flow in flows)


@every_set
def test_no_ribbon_runs_under_a_circle(flows, roles):
    layers = drawn(flows, roles)
    outline = np.vstack([points(row["path"]) for row in ribbons(layers)])
    for circle in layers[1][1]:
        distance = np.hypot(*(outline - [circle["x"], circle["y"]]).T)
        assert distance.min() >= math.sqrt(circle["size"]) / 2


@every_set
def test_no_label_or_name_covers_a_circle(flows, roles):
    layers = drawn(flows, roles)
    outside = [box for row, box in texts(layers) if not row["text"].startswith(("in ", "out "))]
    for circle, (x0, y0, x1, y1) in itertools.product(layers[1][1], outside):
        nearest = (min(max(circle["x"], x0), x1), min(max(circle["y"], y0), y1))
        assert math.dist(nearest, (circle["x"], circle["y"])) >= math.sqrt(circle["size"]) / 2


@every_set
def test_names_of_all_parties_are_printed_whole(flows, roles):
    assert set(roles) <= {row["text"] for row, _ in texts(drawn(flows, roles))}


def test_opposite_flows_do_not_share_a_port():
    there, back = Flow("A", "B", "Sales", 5e9), Flow("B", "A", "Equity", 4e9)
    one, other = (r["path"] for r in ribbons(drawn([there, back], dict.fromkeys("ABC", ""))))
    for start, end in [(one, other), (other, one)]:
        middle = (points(start)[0] + points(start)[-1]) / 2
        assert math.dist(middle, tip(end)) > (width(start) + width(end)) / 2


def test_zero_flows_are_omitted():
    nothing = Flow("Nvidia", "Microsoft", "Equity", 0.0)
    assert len(ribbons(drawn([*alliance(), nothing], SIX))) == len(alliance())


@pytest.mark.parametrize(
    "hostile",
    [
        Flow("Nvidia", "Anthropic", "Equity", math.nan),
        Flow("Nvidia", "Anthropic", "Equity", math.inf),
        Flow("Nvidia", "Anthropic", "Equity", -1.0),
        Flow("Nvidia", "Nvidia", "Equity", 1e9),
        Flow("Nvidia", "Nobody", "Equity", 1e9),
        Flow("Nvidia", "Anthropic", "Barter", 1e9),
    ],
    ids=["nan", "infinite", "negative", "to itself", "unknown party", "unknown kind"],
)
def test_hostile_flows_are_refused_by_name(hostile):
    with pytest.raises(ValueError, match=f"{hostile.payer} → {hostile.payee}"):
        flow_map([*alliance(), hostile], SIX, COLORS)


def test_a_map_without_money_is_refused():
    with pytest.raises(ValueError, match="no flow above zero"):
        flow_map([Flow("Nvidia", "Anthropic", "Equity", 0.0)], SIX, COLORS)


@every_set
def test_the_same_flows_give_the_same_small_vega_lite_5_chart(flows, roles):
    spec = json.dumps(flow_map(flows, roles, COLORS).to_dict())
    assert spec == json.dumps(flow_map(flows, roles, COLORS).to_dict())
    assert len(spec) < 60_000
    assert "Anthropic" in vl_convert.vegalite_to_svg(json.loads(spec), vl_version="5.20")


@st.composite
def any_flows(draw):
    names = [f"Company {i}" for i in range(draw(st.integers(3, 12)))]
    pairs = st.lists(st.sampled_from(names), min_size=2, max_size=2, unique=True)
    ends = draw(st.lists(pairs, min_size=3, max_size=30))
    usd = st.floats(1e7, 1e12)
    return [Flow(*pair, "Equity", draw(usd)) for pair in ends], dict.fromkeys(names, "Cloud")


@settings(max_examples=25, deadline=None)
@given(any_flows())
def test_labels_of_any_flows_keep_apart_and_all_coordinates_are_numbers(case):
    layers = drawn(*case)
    labels = layers[-1:]
    boxes = [box for _, box in texts(labels)]
    assert not [pair for pair in itertools.combinations(boxes, 2) if overlap(*pair)]
    assert "nan" not in json.dumps([rows for _, rows in layers]).lower()


def test_many_maps_at_once_are_the_same_as_each_alone():
    maps = {"all": alliance(), "sales": alliance()[:1], "two kinds": alliance()[1:6]}
    specs = flow_map_specs(maps, SIX, COLORS, reference=alliance(150e9))
    alone = {
        label: flow_map(flows, SIX, COLORS, reference=alliance(150e9)).to_dict()
        for label, flows in maps.items()
    }
    assert json.dumps(specs) == json.dumps(alone)


def test_a_broad_ribbon_of_a_short_way_does_not_fold():
    # Where a curve turned more sharply than a ribbon is broad, its inner edge ran back on itself.
    for height in (330, 440, 560):
        for row in ribbons(drawn(alliance(150e9), SIX, height=height)):
            outline = points(row["path"])
            edges = [*pairwise(outline[:5]), *pairwise(outline[-4:][::-1])]
            along = tip(row["path"]) - outline[0]
            assert all(np.dot(end - start, along) > 0 for start, end in edges), row

import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import vl_convert
from PIL import Image

from briefing.render.charts import chart_svg
from briefing.render.svg import alone, inline_svg, short_path

CHARTS = [
    "money_flow_map", "revenue_fan", "coverage_heat_map", "football_field", "driver_chart",
    "press_spread", "loop_gain_chart", "model_map", "microsoft_waterfall", "build_timeline",
]  # fmt: skip


def pixels(svg):
    image = Image.open(io.BytesIO(vl_convert.svg_to_png(svg, scale=2))).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(paper, image).convert("L"), float)


@pytest.mark.parametrize("name", CHARTS)
def test_what_is_taken_away_shows_nothing(latest, name):
    drawn = chart_svg(getattr(latest, name).body.to_dict())
    inline = inline_svg(drawn, "alt", "e01", ())
    assert len(inline) < 0.6 * len(drawn)
    # Coordinates are rounded to a tenth of a pixel, so edges are a little lighter or darker; a
    # letter or a line too few would differ by its whole ink.
    apart = np.abs(pixels(alone(inline)) - pixels(drawn))
    assert apart.max() < 100
    assert apart.mean() < 0.3


def inside(parts, **attributes):
    told = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><g {told}>{parts}</g></svg>'
    (group,) = ElementTree.fromstring(inline_svg(svg, "", "a", ()))
    return group


def test_what_all_parts_of_a_group_say_is_said_once():
    marks = "".join(f'<text fill="red" font-size="13px" transform="translate({n},2.04)">{n}</text>'
                    for n in range(2))  # fmt: skip
    group = inside(marks)
    assert group.attrib == {"fill": "red", "font-size": "13"}
    assert [part.attrib for part in group] == [{"y": "2"}, {"x": "1", "y": "2"}]


def test_of_what_parts_say_differently_a_group_says_what_most_do():
    colours = ["red", "blue", "blue"]
    group = inside("".join(f'<path fill="{colour}" d="M0,0h1"/>' for colour in colours))
    assert group.get("fill") == "blue"
    assert [part.get("fill", "blue") for part in group] == colours


def test_a_part_that_says_nothing_keeps_what_it_had():
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg"><g fill="blue">'
        '<path fill="red" d="M0,0"/><path d="M1,1"/></g></svg>'
    )
    (group,) = ElementTree.fromstring(inline_svg(svg, "", "a", ()))
    assert group.attrib == {"fill": "blue"}
    assert [part.get("fill") for part in group] == ["red", None]


def test_a_line_stays_where_it_was():
    line = '<line transform="translate(3.27,4)" x2="0" y2="-10" stroke="red"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{line}<g>{line}</g></svg>'
    assert re.findall(r' d="([^"]*)"', inline_svg(svg, "", "a", ())) == ["M3.3,4v-10"] * 2


def test_lines_that_differ_in_their_places_only_are_one_path():
    lines = '<path stroke="red" d="M0,0h9"/><path stroke="red" d="M0,5h9"/>'
    (path,) = inside(lines, fill="none", id="a")
    assert path.get("d") == "M0,0h9M0,5h9"


@pytest.mark.parametrize(
    ("whole", "own"), [("red", ""), ("none", 'fill="red"'), ("none", 'opacity="0.5"')]
)
def test_parts_that_show_where_they_overlap_are_drawn_one_by_one(whole, own):
    path = f'<path {own} stroke="red" d="M0,0h9v9h-9z"/>'
    assert len(inside(path * 2, fill=whole)) == 2


def test_how_sheer_marks_of_one_colour_are_is_said_once():
    group = inside('<path fill="red" opacity="0.5" d="M0,0h1"/>' * 2)
    assert group.attrib == {"fill": "red", "fill-opacity": "0.5"}


@pytest.mark.parametrize("part", ['path fill="red" stroke="blue"', 'g fill="none"', 'g fill="red"'])
def test_what_is_sheer_as_a_whole_stays_so(part):
    name = part.split()[0]
    group = inside(f'<{part} opacity="0.5"><path d="M0,0h1"/><path d="M1,1h1"/></{name}>', id="a")
    assert group[0].get("opacity") == "0.5"


def test_what_a_path_is_cut_off_by_stays_where_it_is():
    path = '<path clip-path="url(#a)" transform="translate(3,4)" d="M0,0L9,9"/>'
    (kept,) = inside(path, transform="scale(2)")
    assert (kept.get("transform"), kept.get("d")) == ("translate(3,4)", "M0,0l9,9")


@pytest.mark.parametrize(
    ("path", "short"),
    [
        ("M0,0L1,0L1,0L3,0L2,0", "M0,0h3-1"),
        ("M0,0h200v16h-200Z", "M0,0h200v16h-200z"),
        ("M0,0l4.2,4.2L8.4,8.4", "M0,0l8.4,8.4"),
        ("M1,1C2,2,3,3,4,4C5,5,6,6,7,7", "M1,1c1,1,2,2,3,3 1,1,2,2,3,3"),
        ("M9,9A3,3,0,1,1,3,9A3,3,0,0,1,9,9Z", "M9,9a3,3,0,1,1-6,0 3,3,0,0,1,6,0z"),
        ("M0,0L1,1ZL0,2", "M0,0l1,1zv2"),
        ("M2,2L2,2", "M2,2h0"),
    ],
)
def test_each_point_of_a_path_is_told_from_the_one_before(path, short):
    assert short_path(path) == short


def test_a_path_told_from_point_to_point_does_not_drift():
    path = "M0,0" + "".join(f"C0,0,0,0,{n * 0.04},{n * 0.04}" for n in range(1001))
    _, _, curves = short_path(path).partition("c")
    numbers = [float(each) for each in re.findall(r"-?\d*\.?\d+", curves)]
    ends = np.reshape(numbers, (-1, 6))[:, -2:]
    assert ends.sum(axis=0) == pytest.approx([40, 40])


def test_areas_of_one_look_that_lie_apart_are_one_path_whatever_stands_between():
    colours = ["red", "blue", "red"]
    areas = [f'<path fill="{c}" d="M{9 * n},0h9v9h-9z"/>' for n, c in enumerate(colours)]
    assert [part.get("d") for part in inside("".join(areas))] == [
        "M0,0h9v9h-9zM18,0h9v9h-9z", "M9,0h9v9h-9z",
    ]  # fmt: skip
    nearer = areas[1].replace("M9", "M8")
    assert len(inside(areas[0] + nearer + areas[2])) == 3


def test_parts_of_a_small_group_move_instead_of_it_and_turned_ones_about_their_own_place():
    parts = (
        '<path fill="red" d="M1,1h1v1z"/><text transform="translate(2,3)">a</text>'
        '<text transform="translate(4,5) rotate(-90) translate(0,-2)">b</text>'
    )
    group = f'<g transform="translate(10,0.5)">{parts}</g>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg">{group}</svg>'
    area, text, turned = ElementTree.fromstring(inline_svg(svg, "", "a", ()))
    assert area.get("d") == "M11,1.5h1v1z"
    assert text.attrib == {"x": "12", "y": "3.5"}
    assert turned.get("transform") == "translate(14,5.5) rotate(-90) translate(0,-2)"

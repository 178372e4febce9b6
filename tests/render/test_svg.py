import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import vl_convert
from PIL import Image

from briefing.render.charts import FONT, chart_svg
from briefing.render.svg import inline_svg

CHARTS = [
    "money_flow_map", "revenue_fan", "coverage_heat_map", "football_field", "driver_chart",
    "press_spread", "loop_gain_chart", "model_map", "microsoft_waterfall", "build_timeline",
]  # fmt: skip


def pixels(svg):
    named = svg.replace("<svg ", f'<svg font-family="{FONT}" ', 1)
    image = Image.open(io.BytesIO(vl_convert.svg_to_png(named, scale=2))).convert("RGBA")
    paper = Image.new("RGBA", image.size, "white")
    return np.asarray(Image.alpha_composite(paper, image).convert("L"), float)


@pytest.mark.parametrize("name", CHARTS)
def test_what_is_taken_away_shows_nothing(latest, name):
    drawn = chart_svg(getattr(latest, name).body.to_dict())
    inline = inline_svg(drawn, "alt", "e01", ())
    assert len(inline) < 0.6 * len(drawn)
    # Coordinates are rounded to a tenth of a pixel, so edges are a little lighter or darker; a
    # letter or a line too few would differ by its whole ink.
    apart = np.abs(pixels(inline) - pixels(drawn))
    assert apart.max() < 100
    assert apart.mean() < 0.3


def test_what_all_parts_of_a_group_say_is_said_once():
    marks = "".join(f'<text fill="red" font-size="11px" transform="translate({n},2.04)">{n}</text>'
                    for n in range(2))  # fmt: skip
    svg = f'<svg xmlns="http://www.w3.org/2000/svg"><g class="x">{marks}</g><g/></svg>'
    root = ElementTree.fromstring(inline_svg(svg, "", "a", ()))
    (group,) = root
    assert group.attrib == {"fill": "red", "font-size": "11px"}
    assert [part.attrib for part in group] == [{"x": "0", "y": "2"}, {"x": "1", "y": "2"}]


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
    assert re.findall(r' d="([^"]*)"', inline_svg(svg, "", "a", ())) == ["M3.3,4l0,-10"] * 2

import io
import json
import re
from xml.etree import ElementTree

import altair as alt
import pytest
import vl_convert
from PIL import Image

from briefing.exhibits import palette
from briefing.render import charts, html
from briefing.render.charts import (
    chart_png,
    chart_svg,
    compiled,
    drawing,
    drawn,
    for_phones,
    written,
)
from briefing.render.svg import inline_svg


def bars(data=None):
    rows = alt.Data(values=[{"a": "Azure", "v": 1}])
    return alt.Chart(data or rows).mark_bar(clip=True).encode(x="v:Q", y="a:N").to_dict()


def without_text(svg):
    return re.sub(r"<text.*?</text>", "", svg)


def ids(svg):
    return {element.attrib.get("id") for element in ElementTree.fromstring(svg).iter()} - {None}


def test_the_typeface_is_known_without_which_text_vanishes():
    svg = chart_svg(bars())
    assert vl_convert.svg_to_png(svg) != vl_convert.svg_to_png(without_text(svg))


def test_a_chart_without_a_typeface_of_its_own_gets_the_briefings():
    spec = bars()
    spec["config"].pop("font", None)
    assert set(re.findall(r'font-family="([^"]*)"', chart_svg(spec))) == {"Inter"}


def test_a_chart_may_not_fetch_data():
    with pytest.raises(PermissionError, match=r"example\.invalid"):
        chart_svg(bars(alt.UrlData("https://example.invalid/data.json")))


def test_a_chart_is_drawn_and_compiled_once_for_all_who_build_here(monkeypatch):
    rows = alt.Data(values=[{"a": "Kept", "v": 1}])
    first = chart_svg(bars(rows)), compiled(written(bars(rows)))
    assert {mark["type"] for mark in json.loads(first[1])["marks"]} == {"rect"}
    for remembered in (drawn, compiled):
        remembered.cache_clear()
    monkeypatch.setattr(charts, "drawing", None)
    assert (chart_svg(bars(rows)), compiled(written(bars(rows)))) == first
    with pytest.raises(TypeError):
        chart_svg(bars(alt.Data(values=[{"a": "Other", "v": 1}])))


def test_two_charts_on_a_page_share_no_id():
    svg = chart_svg(bars())
    first, second = (inline_svg(svg, "alt", prefix, ()) for prefix in ("e01", "e02"))
    assert ids(first)
    assert not ids(first) & ids(second)
    assert all(f"url(#{each})" in first for each in ids(first))


def test_a_screen_reader_meets_one_picture_with_its_words():
    svg = ElementTree.fromstring(inline_svg(chart_svg(bars()), 'One "bar" <a>', "e01", ()))
    assert svg.attrib["aria-label"] == 'One "bar" <a>'
    assert [element for element in svg.iter() if "role" in element.attrib] == [svg]


def test_a_text_with_control_characters_is_drawn_without_them():
    named = alt.Data(values=[{"a": "Az\x00ure \ud800", "v": 1}])
    assert ">Azure</text>" in chart_svg(bars(named)).replace(" </text>", "</text>")


def test_a_png_is_on_white_and_twice_as_large_as_it_is_shown():
    picture = chart_png(bars())
    image = Image.open(io.BytesIO(picture.png))
    assert image.size == (2 * picture.width, 2 * picture.height)
    assert image.convert("RGBA").getpixel((0, 0)) == (255, 255, 255, 255)


def test_equal_charts_give_equal_pngs_and_their_text_is_drawn():
    assert chart_png(bars()).png == chart_png(bars()).png
    other = alt.Data(values=[{"a": "Nvidia", "v": 1}])
    assert chart_png(bars()).png != chart_png(bars(other)).png


def test_a_chart_for_phones_is_narrow_and_its_letters_are_large():
    wide = bars() | {"width": 560}
    assert chart_png(for_phones(wide)).width < 0.6 * chart_png(wide).width
    sizes = re.findall(r'font-size="(\d+)px"', chart_svg(for_phones(wide)))
    assert set(sizes) == {"15"}
    assert for_phones(bars() | {"width": 100})["width"] == 100


def luminance(colour):
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("parameter_set", ["deal_day", "latest"])
def test_every_number_of_the_heat_map_is_in_the_ink_that_is_read_better(parameter_set, request):
    exhibit = request.getfixturevalue(parameter_set).coverage_heat_map
    svg = chart_svg(exhibit.body.to_dict())
    grounds = re.findall(r'<path[^>]* fill="(rgb\([^"]*\))" stroke="white"', svg)
    written = re.findall(r'<text text-anchor="middle"[^>]* fill="([^"]*)"[^>]*>([^<]*)</text>', svg)
    cells = written[: len(exhibit.data)]  # after them come the labels of legend and axes
    drawn = exhibit.data.sort_values("training_share", ascending=False, kind="stable")
    labels = [f"{cash:z.0f}".replace("-", "−") for cash in drawn.lowest_cash_usd_bn]
    assert len(grounds) == 42
    assert [label for _, label in cells] == labels
    dark = luminance(str([int(palette.INK[n : n + 2], 16) for n in (1, 3, 5)]))
    for ground, ink in zip(map(luminance, grounds), (ink for ink, _ in cells), strict=True):
        against = {
            palette.STILL_WHITE: 1.05 / (ground + 0.05),
            palette.STILL_INK: (ground + 0.05) / (dark + 0.05),
        }
        assert against[ink] == max(against.values()) > 3.5


def test_what_draws_keeps_its_steps_to_itself(caplog):
    drawing().javascript_bundle(html._script("vega.js"))
    chart_png(bars())
    assert not caplog.records

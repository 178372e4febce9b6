"""Charts as vector pictures: a Vega-Lite specification in, SVG out."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any
from xml.etree import ElementTree

from briefing.render.templates import FONTS

FONT = "Inter"

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"


def chart_svg(spec: Mapping[str, Any]) -> str:
    """The chart as an SVG document; equal specifications are drawn once."""
    # Vega writes labels for screen readers into its SVG unescaped; the page has its own.
    config = {"font": FONT, **spec.get("config", {}), "aria": False}
    return _drawn(json.dumps({**spec, "config": config}, sort_keys=True))


@lru_cache(maxsize=256)
def _drawn(spec: str) -> str:
    import vl_convert

    _register_fonts()
    # No addresses allowed: a chart brings its data along, and a briefing is built offline.
    return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])


@cache
def _register_fonts() -> None:
    """Without its font a chart loses all its text, and nothing says so."""
    import vl_convert

    vl_convert.register_font_directory(str(FONTS))


def inline_svg(svg: str, alt: str, prefix: str, colours: Mapping[str, str]) -> str:
    """`svg` for use inside a page: one picture to a screen reader, ids apart, colours replaced.

    `prefix` keeps its ids from those of other charts on the page.
    """
    root = ElementTree.fromstring(svg)
    ids = _new_ids(root, prefix)
    for element in root.iter():
        element.attrib = _page_attributes(element.attrib, ids, colours)
    root.attrib |= {"role": "img", "aria-label": alt}
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def _new_ids(root: ElementTree.Element, prefix: str) -> dict[str, str]:
    old = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    return {name: f"{prefix}-{number}" for number, name in enumerate(old, start=1)}


def _page_attributes(
    attributes: Mapping[str, str], ids: Mapping[str, str], colours: Mapping[str, str]
) -> dict[str, str]:
    references = {f"url(#{old})": f"url(#{new})" for old, new in ids.items()} | {
        f"#{old}": f"#{new}" for old, new in ids.items()
    }
    kept = {
        name: references.get(value, value)
        for name, value in attributes.items()
        if name != "role" and not name.startswith("aria-")
    }
    if "id" in kept:
        kept["id"] = ids[kept["id"]]
    for name in {"fill", "stroke", "stop-color"} & kept.keys():
        kept[name] = colours.get(kept[name].lower(), kept[name])
    return kept

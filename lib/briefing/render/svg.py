"""A drawn chart as part of a page: the same picture in as few characters as will do.

Vega draws for programs that move its parts, which a still picture has no use for; two thirds of
what it writes is of that kind, or is said of each mark though it holds for all of a group.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_UNUSED = {"role", "pointer-events", "font-family", "version"}
_USUAL = {("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)")}
"""What every part of a chart has, and what it would have without being told."""

_PLACES = {"d", "transform", "x", "y", "x1", "y1", "x2", "y2", "width", "height"}
"""Attributes that place or measure, in pixels."""

_INHERITED = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "font-size", "font-weight", "font-style", "text-anchor",
)  # fmt: skip
"""Attributes that hold for whatever is inside a group, unless it says otherwise."""

_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")

_MOVED = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_GROUP, _LINE, _PATH, _TEXT = (f"{{{_SVG}}}{name}" for name in ("g", "line", "path", "text"))


@lru_cache(maxsize=256)
def inline_svg(svg: str, alt: str, prefix: str, colours: tuple[tuple[str, str], ...]) -> str:
    """`svg` for use inside a page: one picture to a screen reader, ids apart, colours replaced.

    `prefix` keeps its ids from those of other charts on the page, whose typeface it has; `colours`
    are old and new ones in pairs. Kept, because lenses on a briefing show the same charts.
    """
    root = ElementTree.fromstring(svg)
    ids = _new_ids(root, prefix)
    named = dict(colours)
    for element in root.iter():
        element.attrib = _page_attributes(element.attrib, ids, named)
        _place(element)
    for shorten in (_prune, _share, _flatten):
        shorten(root)
    root.attrib |= {"role": "img", "aria-label": alt}
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


def _place(element: Element) -> None:
    """Say where a text or a line is in the shortest way."""
    moved = _MOVED.fullmatch(element.get("transform", ""))
    if element.tag == _TEXT and moved and not len(element):
        element.attrib.pop("transform")
        element.attrib |= {"x": moved[1], "y": moved[2]}
    elif element.tag == _LINE and moved and not {"x1", "y1"} & element.attrib.keys():
        ends = [element.attrib.pop(name, "0") for name in ("x2", "y2")]
        element.attrib.pop("transform")
        element.tag = _PATH
        element.set("d", f"M{moved[1]},{moved[2]}l{','.join(ends)}")


def _prune(element: Element) -> None:
    """Take away hidden and colourless parts."""
    for child in element:
        _prune(child)
    element[:] = [child for child in element if not _shows_nothing(child)]


def _share(element: Element) -> None:
    """Say once of a group what each of its parts says."""
    for child in element:
        _share(child)
    if element.tag != _GROUP or not len(element):
        return
    for name in _INHERITED:
        said = {child.get(name) for child in element}
        (value, *others) = said
        if value is not None and not others and name not in element.attrib:
            element.set(name, value)
            for child in element:
                del child.attrib[name]


def _shows_nothing(element: Element) -> bool:
    if element.tag == _GROUP:
        return not len(element)
    uncoloured = not {"fill", "stroke"} & element.attrib.keys()
    return element.get("display") == "none" or (
        element.tag == _PATH and uncoloured and element.get("class") == "background"
    )


def _flatten(element: Element) -> None:
    """Take away groups that say nothing, or something of one part only."""
    kept: list[Element] = []
    for child in element:
        _flatten(child)
        child.attrib.pop("class", None)
        if child.tag == _GROUP and not child.attrib:
            kept.extend(child)
        elif child.tag == _GROUP and len(child) == 1 and child.attrib.keys() <= {*_INHERITED}:
            child[0].attrib = {**child.attrib, **child[0].attrib}
            kept.append(child[0])
        else:
            kept.append(child)
    element[:] = kept


def _rounded(found: re.Match[str]) -> str:
    """A number of pixels to a tenth; nobody sees the difference.

    >>> _LONG.sub(_rounded, "M1029.98708666,6.499999999999984h58.25,-0.0001")
    'M1030,6.5h58.2,0'
    """
    short = f"{float(found[0]):.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def _new_ids(root: Element, prefix: str) -> dict[str, str]:
    old = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    return {name: f"{prefix}-{number}" for number, name in enumerate(old, start=1)}


def _page_attributes(
    attributes: Mapping[str, str], ids: Mapping[str, str], colours: Mapping[str, str]
) -> dict[str, str]:
    references = {f"url(#{old})": f"url(#{new})" for old, new in ids.items()} | {
        f"#{old}": f"#{new}" for old, new in ids.items()
    }
    kept = {
        name: references.get(value, _LONG.sub(_rounded, value) if name in _PLACES else value)
        for name, value in attributes.items()
        if name not in _UNUSED and not name.startswith("aria-") and (name, value) not in _USUAL
    }
    if "id" in kept:
        kept["id"] = ids[kept["id"]]
    for name in {"fill", "stroke", "stop-color"} & kept.keys():
        kept[name] = colours.get(kept[name].lower(), kept[name])
    return kept

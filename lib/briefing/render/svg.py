"""A drawn chart as part of a page: the same picture in as few characters as will do.

Vega draws for programs that move its parts, which a still picture has no use for; two thirds of
what it writes is of that kind, or is said of each mark though it holds for all of a group.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_UNUSED = {"role", "pointer-events", "font-family", "version"}
_TYPE = "11"
"""Pixels of most letters in a chart; its others say what they have."""

_USUAL = {
    ("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)"),
    ("text-anchor", "start"), ("font-weight", "normal"), ("font-size", f"{_TYPE}px"),
}  # fmt: skip
"""What every part of a chart has, and what it would have without being told."""

_PLACES = {"transform", "x", "y", "x1", "y1", "x2", "y2", "width", "height"}
"""Attributes that place or measure, in pixels; paths have their own way."""

_INHERITED = (
    "fill", "stroke", "fill-opacity", "stroke-opacity",
    "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "font-size", "font-weight", "font-style", "text-anchor",
)  # fmt: skip
"""Attributes that hold for whatever is inside a group, unless it says otherwise."""

_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?")
_BARE, _NEEDLESS = re.compile(r"\b0(?=\.)"), re.compile(r",(?=-)|(?<=\.\d),(?=\.)")
"""What a number does without before its point, and the commas that are clear without being told."""

_COMMAND = re.compile(r"([a-df-zA-DF-Z])([^a-df-zA-DF-Z]*)")

_RGB = re.compile(r"rgb\((\d+), (\d+), (\d+)\)")

_TAG, _QUOTED = re.compile("<[^>]*>"), re.compile(r"""="([^\s"'=<>`/]+)"(?=[ >])""")

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
        _thin(element)
    for shorten in (_prune, _share, _flatten, _join):
        shorten(root)
    root.attrib |= {"font-size": _TYPE, "role": "img", "aria-label": alt}
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode").replace(" />", "/>")


@lru_cache(maxsize=256)
def in_html(svg: str) -> str:
    """A picture as HTML spells it: in no name space, and quoted where it must be.

    >>> in_html(f'<svg xmlns="{_SVG}" id="a"><text x="0" y="a b">x="1"</text><path d="M0"/></svg>')
    '<svg id=a><text x=0 y="a b">x="1"</text><path d="M0"/></svg>'
    """
    bare = svg.replace(f' xmlns="{_SVG}"', "", 1)
    return _TAG.sub(lambda tag: _QUOTED.sub(r"=\1", tag[0]), bare)


def _place(element: Element) -> None:
    """Say where a text, a line or a path is in the shortest way."""
    is_cut = "clip-path" in element.attrib  # and what cuts it off stays where it is
    moved = None if is_cut else _MOVED.fullmatch(element.get("transform", ""))
    x, y = moved.groups() if moved else ("0", "0")
    if element.tag == _LINE and not {"x1", "y1"} & element.attrib.keys():
        ends = [element.attrib.pop(name, "0") for name in ("x2", "y2")]
        element.tag = _PATH
        element.set("d", f"M0,0L{','.join(ends)}")
    if element.tag == _PATH:
        element.set("d", _short_path(element.get("d", ""), (float(x), float(y))))
    elif element.tag == _TEXT and not len(element):
        element.attrib |= {name: at for name, at in (("x", x), ("y", y)) if at != "0"}
    else:
        return
    if moved:
        del element.attrib["transform"]


def _short_path(path: str, moved: tuple[float, float] = (0, 0)) -> str:
    """A path, `moved`, to a tenth of a pixel; nobody sees the difference.

    Each point is told from the one before, because small numbers are short ones.

    >>> _short_path("M0,0L1029.98708666,6.499999999999984L1029.987,0.25Z", moved=(1, 0))
    'M1,0l1030,6.5v-6.3z'
    """
    told = last = ""
    for command, numbers in _straightened(_steps(path, moved)):
        if command == "l" and 0 in numbers:
            command = "h" if numbers[1] == 0 else "v"
            numbers = (sum(numbers),)
        pixels = ",".join(f"{tenths / 10:g}" for tenths in numbers)
        said = _NEEDLESS.sub("", _BARE.sub("", pixels))
        between = "" if said.startswith("-") else " "
        told += (between if command == last else command) + said
        last = command
    return told


def _thin(element: Element) -> None:
    """Say how sheer a mark of one colour is in the form that a group can say for all its parts."""
    painted = [name for name in ("fill", "stroke") if element.get(name, "none") != "none"]
    has_one = element.tag in {_PATH, _TEXT} and len(painted) == 1
    if has_one and "opacity" in element.attrib and not _SHEER & element.attrib.keys():
        element.set(f"{painted[0]}-opacity", element.attrib.pop("opacity"))


Step = tuple[str, tuple[int, ...]]


def _steps(path: str, moved: tuple[float, float]) -> Iterator[Step]:
    """Each step of a path from where the one before ends, in tenths of a pixel."""
    here = start = moved
    for command, given in _COMMAND.findall(path):
        kind, numbers = command.lower(), [float(each) for each in _NUMBER.findall(given)]
        x, y = here if command == kind else moved
        if kind == "h":
            points = [(x + numbers[0], here[1])]
        elif kind == "v":
            points = [(here[0], y + numbers[0])]
        else:
            ends = numbers[_BEFORE_ENDS.get(kind, 0) :]
            points = [(x + dx, y + dy) for dx, dy in zip(ends[::2], ends[1::2], strict=True)]
        began = (0.0, 0.0) if kind == "m" else here
        bent = [round(10 * each) for each in numbers[: _BEFORE_ENDS.get(kind, 0)]]
        told = [
            round(10 * to) - round(10 * since)
            for point in points
            for to, since in zip(point, began, strict=True)
        ]
        yield {"m": "M", "h": "l", "v": "l"}.get(kind, kind), (*bent, *told)
        here = points[-1] if points else start
        start = here if kind == "m" else start


_BEFORE_ENDS = {"a": 5}
"""Numbers by which a step says how it is bent, before it says where it leads."""


def _straightened(steps: Iterable[Step]) -> Iterator[Step]:
    """`steps` with those in the same direction in one, and without those that lead nowhere."""
    last: Step | None = None
    for step in steps:
        if last and last[0] == step[0] == "l":
            (dx, dy), (ex, ey) = last[1], step[1]
            if dx * ey == dy * ex and dx * ex + dy * ey >= 0:
                last = ("l", (dx + ex, dy + ey))
                continue
        if last:
            yield last
        last = step
    if last:
        yield last


def _prune(element: Element) -> None:
    """Take away hidden and colourless parts."""
    for child in element:
        _prune(child)
    element[:] = [child for child in element if not _shows_nothing(child)]


def _share(element: Element) -> None:
    """Say once of a group what most of its parts say, where each says something."""
    for child in element:
        _share(child)
    if element.tag != _GROUP or not len(element):
        return
    for name in _INHERITED:
        said = [child.get(name) for child in element]
        if None in said or name in element.attrib:
            continue
        ((value, _),) = Counter(said).most_common(1)
        element.set(name, str(value))
        for child in element:
            if child.get(name) == value:
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


def _join(element: Element, look: Mapping[str, str] | None = None) -> None:
    """Draw in one path what differs in its places only.

    Not what is filled or lets through what lies below: there it shows where parts overlap.
    """
    look = {**(look or {}), **element.attrib}
    kept: list[Element] = []
    for child in element:
        _join(child, look)
        shown = look | child.attrib
        is_line = child.tag == _PATH and shown.get("fill") == "none"
        alike = kept and _but_place(kept[-1]) == _but_place(child)
        if alike and is_line and not _SHEER & shown.keys() and "opacity" not in child.attrib:
            kept[-1].attrib["d"] += child.attrib["d"]
        else:
            kept.append(child)
    element[:] = kept


_SHEER = {"fill-opacity", "stroke-opacity"}


def _but_place(element: Element) -> tuple[str, dict[str, str]]:
    return element.tag, {name: value for name, value in element.items() if name != "d"}


def _rounded(found: re.Match[str]) -> str:
    """A number of pixels to a tenth; nobody sees the difference.

    >>> _LONG.sub(_rounded, "M1029.98708666,6.499999999999984h58.25,-0.0001")
    'M1030,6.5h58.2,0'
    """
    short = f"{float(found[0]):.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def _in_hex(found: re.Match[str]) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in found.groups())


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
    if kept.get("stroke-width") == "0":
        del kept["stroke-width"], kept["stroke"]
    if "font-size" in kept:
        kept["font-size"] = kept["font-size"].removesuffix("px")
    if "id" in kept:
        kept["id"] = ids[kept["id"]]
    for name in {"fill", "stroke", "stop-color"} & kept.keys():
        kept[name] = colours.get(kept[name].lower(), _RGB.sub(_in_hex, kept[name]))
    return kept

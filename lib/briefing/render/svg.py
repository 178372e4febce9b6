"""A drawn chart as part of a page: the same picture in as few characters as will do.

Vega draws for programs that move its parts, which a still picture has no use for; two thirds of
what it writes is of that kind, or is said of each mark though it holds for all of a group.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import combinations
from math import inf
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from briefing.render.charts import FONT
from briefing.render.page import bare

_UNUSED = {"role", "pointer-events", "font-family", "version"}
_TYPE = "11"
"""Pixels of most letters in a chart; its others say what they have."""

_USUAL = {
    ("opacity", "1"), ("stroke-width", "1"), ("transform", "translate(0,0)"),
    ("text-anchor", "start"), ("font-weight", "normal"), ("font-size", f"{_TYPE}px"),
    ("stroke-miterlimit", "10"),
}  # fmt: skip
"""What every part has, and what it would have without being told or by a page's style sheet."""

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

_MOVED = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)")

_SVG = "http://www.w3.org/2000/svg"
_XLINK = "http://www.w3.org/1999/xlink"
_GROUP, _LINE, _PATH, _TEXT, _GRADIENT = (
    f"{{{_SVG}}}{name}" for name in ("g", "line", "path", "text", "linearGradient")
)


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
    for shorten in (_prune, _settle, _share, _flatten, _join, _flatten):
        shorten(root)
    for gradient in root.iter(_GRADIENT):
        gradient[:] = _needed([*gradient])
    for plot in root:
        if plot.get("fill") == "none":
            del plot.attrib["fill"]
    root.attrib |= {"role": "img", "aria-label": alt}
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    return ElementTree.tostring(root, encoding="unicode")


def alone(svg: str) -> str:
    """The same where no style sheet says what `.marks` of a page have."""
    look = {"font-family": FONT, "font-size": _TYPE, "fill": "none", "stroke-miterlimit": "10"}
    said = " ".join(f'{name}="{value}"' for name, value in look.items())
    return svg.replace("<svg ", f"<svg {said} ", 1)


@lru_cache(maxsize=256)
def in_html(svg: str) -> str:
    """A picture as HTML spells it: in no name space, and quoted where it must be.

    >>> in_html(f'<svg xmlns="{_SVG}" id="a"><text x="0" y="a b">x="1"</text><path d="M0"/></svg>')
    '<svg id=a><text x=0 y="a b">x="1"</text><path d="M0"/></svg>'
    """
    return bare(svg.replace(f' xmlns="{_SVG}"', "", 1))


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
        element.set("d", short_path(element.get("d", ""), (float(x), float(y))))
    elif element.tag == _TEXT:
        element.attrib |= {name: at for name, at in (("x", x), ("y", y)) if at != "0"}
        if len(element) and not element[0].attrib and not element.text:
            element.text = element[0].text
            element.remove(element[0])
        for line in element:
            line.attrib |= {"x": x} if "x" in line.attrib else {}
    else:
        return
    if moved:
        del element.attrib["transform"]


def short_path(path: str, moved: tuple[float, float] = (0, 0)) -> str:
    """A path, `moved`, to a tenth of a pixel; nobody sees the difference.

    Each point is told from the one before, because small numbers are short ones.

    >>> short_path("M0,0L1029.98708666,6.499999999999984L1029.987,0.25Z", moved=(1, 0))
    'M1,0l1030,6.5v-6.3z'
    """
    told = last = ""
    for command, numbers in _straightened(_steps(path, moved)):
        if command == "l" and 0 in numbers:
            command = "h" if numbers[1] == 0 else "v"
            numbers = (sum(numbers),)
        said = _said(tenths / 10 for tenths in numbers)
        between = "" if said.startswith("-") else " "
        told += (between if command == last else command) + said
        last = command
    return told


def _said(pixels: Iterable[float]) -> str:
    return _NEEDLESS.sub("", _BARE.sub("", ",".join(f"{round(each, 1):g}" for each in pixels)))


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


def _settle(element: Element) -> None:
    """Move the parts of small groups instead of the groups, which say where they are at length."""
    for child in element:
        _settle(child)
        moved = _MOVED.fullmatch(child.get("transform", ""))
        is_plain = child.tag == _GROUP and not {"clip-path", "id"} & child.attrib.keys()
        if moved and is_plain and 0 < _places(child) <= _FEW_PLACES:
            del child.attrib["transform"]
            _move(child, float(moved[1]), float(moved[2]))


_FEW_PLACES = 7


def _places(group: Element) -> float:
    """Places to be said anew if the parts of a group are moved, without end if one cannot be."""
    return sum(map(_places_of, group))


def _places_of(part: Element) -> float:
    if _TRANSLATED.match(part.get("transform", "")):
        return 0
    if {"transform", "clip-path"} & part.attrib.keys():
        return inf
    if part.tag == _GROUP:
        return _places(part)
    return part.get("d", "").count("M") if part.tag == _PATH else 1 if part.tag == _TEXT else inf


def _move(group: Element, x: float, y: float) -> None:
    for part in group:
        if "transform" in part.attrib:
            moved = partial(_translated, x, y)
            part.set("transform", _TRANSLATED.sub(moved, part.attrib["transform"], 1))
        elif part.tag == _GROUP:
            _move(part, x, y)
        elif part.tag == _PATH:
            part.set("d", _BEGUN.sub(partial(_begun, x, y), part.attrib["d"]))
        else:
            for name, more in (("x", x), ("y", y)):
                part.set(name, _said([float(part.get(name, 0)) + more]))
            for line in part:
                if "x" in line.attrib:
                    line.set("x", part.attrib["x"])


_TRANSLATED, _BEGUN = re.compile(r"translate\((-?[\d.]+),(-?[\d.]+)\)"), re.compile("M([^a-z]*)")


def _translated(x: float, y: float, found: re.Match[str]) -> str:
    return f"translate({_said([float(found[1]) + x])},{_said([float(found[2]) + y])})"


def _begun(x: float, y: float, found: re.Match[str]) -> str:
    own = _NUMBER.findall(found[1])
    return "M" + _said(float(at) + more for at, more in zip(own, (x, y), strict=True))


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

    What is filled or lets through what lies below only where no parts overlap, which would show.
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
    element[:] = _joined(kept, look) if _are_apart(kept, look) else kept


def _joined(parts: Iterable[Element], look: Mapping[str, str]) -> list[Element]:
    """`parts` that lie apart, those of one look in one path, whatever stands between them."""
    looks: dict[frozenset[tuple[str, str]], Element] = {}
    for part in parts:
        first = looks.setdefault(frozenset(_but_place(part)[1].items()), part)
        if first is not part:
            first.attrib["d"] += part.attrib["d"]
    return [*looks.values()]


def _are_apart(parts: Sequence[Element], look: Mapping[str, str]) -> bool:
    """Whether these are areas that touch at most, so that none hides anything of another."""
    if not 1 < len(parts) <= _MOST_COMPARED:
        return False
    strokes = {part.get("stroke", look.get("stroke", "none")) for part in parts}
    is_sheer = any({"opacity", *_SHEER} & {*part.attrib, *look} for part in parts)
    if len(strokes) > 1 or (is_sheer and strokes != {"none"}):
        return False
    boxes = [box for box in map(_box, parts) if box]
    return len(boxes) == len(parts) and not any(
        a[0] < b[2] - _CLOSE
        and b[0] < a[2] - _CLOSE
        and a[1] < b[3] - _CLOSE
        and b[1] < a[3] - _CLOSE
        for a, b in combinations(boxes, 2)
    )


_CLOSE = 0.11
"""Pixels by which neighbours may overlap: their ends are rounded to tenths."""

_MOST_COMPARED = 300
"""Parts of a group; comparing each with each takes as long as all else for more than that."""


def _box(part: Element) -> tuple[float, float, float, float] | None:
    """Left, top, right and bottom of a shortened path's area; of one with straight sides only.

    None for what is no such area, or whose colours depend on its size.
    """
    if part.tag != _PATH or "transform" in part.attrib or part.get("fill", "").startswith("url("):
        return None
    x = y = 0.0
    points: list[tuple[float, float]] = []
    for command, given in _COMMAND.findall(part.attrib["d"]):
        numbers = [float(each) for each in _NUMBER.findall(given)]
        if command == "M":
            steps, (x, y) = [(0.0, 0.0)], numbers
        elif command in _STRAIGHT:
            steps = _STRAIGHT[command](numbers)
        else:
            return None
        for dx, dy in steps:
            x, y = x + dx, y + dy
            points.append((x, y))
    xs, ys = zip(*points, strict=True)
    has_area = max(xs) > min(xs) and max(ys) > min(ys)
    return (min(xs), min(ys), max(xs), max(ys)) if has_area else None


_STRAIGHT: Mapping[str, Callable[[list[float]], Iterable[tuple[float, float]]]] = {
    "h": lambda numbers: [(each, 0.0) for each in numbers],
    "v": lambda numbers: [(0.0, each) for each in numbers],
    "l": lambda numbers: zip(numbers[::2], numbers[1::2], strict=True),
    "z": lambda _: [],
}
"""Where each straight command of a path leads, from where the one before ended."""


_SHEER = {"fill-opacity", "stroke-opacity"}


def _but_place(element: Element) -> tuple[str, dict[str, str]]:
    return element.tag, {name: value for name, value in element.items() if name != "d"}


def _needed(stops: Sequence[Element]) -> list[Element]:
    """Stops of a gradient without those whose colour lies on the way between others.

    >>> told = [("0", "#000000"), ("0.5", "#202020"), ("0.7", "#797979"), ("1", "#ffffff")]
    >>> made = [Element("stop", {"offset": at, "stop-color": colour}) for at, colour in told]
    >>> [stop.get("offset") for stop in _needed(made)]
    ['0', '0.5', '1']
    """
    if len(stops) < 3:
        return [*stops]
    told = [(float(stop.attrib["offset"]), *_levels(stop.attrib["stop-color"])) for stop in stops]
    first, *between, last = told
    way = last[0] - first[0] or 1

    def strays(stop: tuple[float, ...]) -> float:
        part = (stop[0] - first[0]) / way
        ends = zip(stop[1:], first[1:], last[1:], strict=True)
        return max(abs(level - start - part * (end - start)) for level, start, end in ends)

    most, at = max((strays(stop), at) for at, stop in enumerate(between, start=1))
    if most <= _UNSEEN_LEVELS:
        return [stops[0], stops[-1]]
    return [*_needed(stops[: at + 1])[:-1], *_needed(stops[at:])]


_UNSEEN_LEVELS = 1.5
"""Of 255 that a colour may be off by."""


def _levels(colour: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(colour.removeprefix("#")))


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

"""A quantity's part of the model as a picture: what it rests on, one row each, joined by lines.

Every row stands below all that use it, and to the right of every line that passes it. So no line
runs behind a name and no two names can meet, however large the graph is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import islice
from typing import Any, Literal

import networkx as nx
from rich.text import Text
from rich.tree import Tree

from briefing.exhibits.explanation import formula, in_short, plain_text, shown_value, summary
from briefing.exhibits.palette import BLUE, GREY, ORANGE
from briefing.inputs.assumptions import Assumption

MOST_SHOWN = 120
"""Names in a picture that nobody asked to be deeper; beyond, its far end is folded."""

Kind = Literal["target", "formula", "assumption", "given"]

ROW, BOX, STEP, MARGIN = 22, 17, 13, 12
"""Pixels: height of a row, of a box, distance between lines, and space around all."""

FONT_SIZE, NAME_CHARACTER, VALUE_CHARACTER = 11, 6.7, 6.2
"""Pixels. Names are set to their width whatever the font, values have nothing to their right."""


@dataclass(frozen=True)
class Node:
    """A name in the picture; `hidden` counts what it rests on that was folded away."""

    name: str
    kind: Kind
    value: str = ""
    about: str = ""
    rests_on: tuple[str, ...] = ()
    hidden: int = 0

    @property
    def folded(self) -> str:
        """How much of what it rests on was folded away; empty when nothing was."""
        return f"rests on {self.hidden} more" if self.hidden else ""

    @property
    def told(self) -> str:
        """What stands beside the name."""
        return " · ".join(filter(None, [self.value, self.folded]))


@dataclass(frozen=True)
class Picture:
    """Names in reading order, the target first and each below all that use it."""

    nodes: tuple[Node, ...]
    steps: int
    hidden: int = 0

    @property
    def alt(self) -> str:
        """The picture in words."""
        target = self.nodes[0]
        value = f" ({target.value})" if target.value else ""
        if not target.rests_on:
            return f"{target.name}{value} rests on no other quantity."
        counts = (
            f"{self._count('formula')} and {self._count('assumption')}, directly on "
            f"{', '.join(target.rests_on)}"
        )
        return f"{target.name}{value} rests on {counts}. {self.folded}".strip()

    @property
    def folded(self) -> str:
        """What the picture leaves out, and how to see it; empty when it is whole."""
        if not self.hidden:
            return ""
        return (
            f"Shown are {_counted(self.steps, 'step')} up; {self.hidden} more names lie behind "
            f"them (depth={self.steps + 1} shows another step)."
        )

    def __str__(self) -> str:
        by_name = {node.name: node for node in self.nodes}
        tree, told = Tree(Text(_line(self.nodes[0]))), {self.nodes[0].name}

        def grow(branch: Tree, node: Node) -> None:
            for name in node.rests_on:
                below = by_name[name]
                is_new = name not in told
                told.add(name)
                again = "" if is_new or not below.rests_on else " (above)"
                twig = branch.add(Text(_line(below) + again))
                if is_new:
                    grow(twig, below)

        grow(tree, self.nodes[0])
        return "\n".join(filter(None, [plain_text(tree).rstrip("\n"), self.folded]))

    def __repr__(self) -> str:
        return in_short(str(self))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": svg(self)}

    def _count(self, kind: Kind) -> str:
        return _counted(sum(node.kind == kind for node in self.nodes), kind)


def pictured(
    name: str,
    formulas: Mapping[str, Callable[..., Any]],
    arguments: Callable[[str], tuple[str, ...]],
    assumptions: Mapping[str, Assumption],
    value: Callable[[str], Any],
    changed: Collection[str] = (),
    depth: int | None = None,
) -> Picture:
    """The picture of `name` and of what lies up to `depth` steps behind it.

    Without `depth` all is shown, or as many whole steps as come to at most 120 names.
    """
    links = _links(name, lambda each: arguments(each) if each in formulas else ())
    distances = nx.single_source_shortest_path_length(links, name)
    steps = _steps(distances.values(), depth)
    below = {
        each: tuple(further for further in links[each] if distances[further] <= steps)
        for each in links
        if distances[each] <= steps
    }

    def node(each: str) -> Node:
        told = _told(each, value(each), assumptions.get(each), each in changed)
        hidden = 0
        if len(below[each]) < len(links[each]):
            hidden = sum(behind not in below for behind in nx.descendants(links, each))
        kind, about = _kind(each, name, formulas, assumptions), _about(each, formulas, assumptions)
        return Node(each, kind, " · ".join(told), about, below[each], hidden)

    nodes = tuple(node(each) for each in _ordered(name, below))
    return Picture(nodes, steps, hidden=len(links) - len(nodes))


def _links(name: str, inputs: Callable[[str], tuple[str, ...]]) -> nx.DiGraph:
    """An arrow from each quantity behind `name` to those that it asks for, in their order."""
    links = nx.DiGraph()
    links.add_node(name)
    waiting = [name]
    for each in waiting:
        new = [below for below in inputs(each) if below not in links]
        links.add_edges_from((each, below) for below in inputs(each))
        waiting += new
    return links


def _steps(distances: Collection[int], depth: int | None) -> int:
    """How many steps are shown: those asked for, or as many as stay readable."""
    deepest = max(distances)
    if depth is not None:
        return min(depth, deepest)
    readable = (
        steps
        for steps in range(deepest, 1, -1)
        if sum(distance <= steps for distance in distances) <= MOST_SHOWN
    )
    return next(readable, min(1, deepest))


def _ordered(name: str, below: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """What rests on others below all that use it, and each leaf right below its last user."""
    inner = nx.DiGraph()
    inner.add_node(name)
    inner.add_edges_from((user, each) for user in below for each in below[user] if below[each])

    def last_first(names: Iterator[str]) -> Iterator[str]:
        return reversed(list(names))  # the order turns round below

    users = list(nx.dfs_postorder_nodes(inner, name, sort_neighbors=last_first))[::-1]
    last_user = {each: user for user in users for each in below[user]}
    for user in users:
        yield user
        yield from (each for each in below[user] if not below[each] and last_user[each] == user)


def _kind(each: str, target: str, formulas: Collection[str], assumptions: Collection[str]) -> Kind:
    if each == target:
        return "target"
    if each in assumptions:
        return "assumption"
    return "formula" if each in formulas else "given"


def _told(name: str, value: Any, assumption: Assumption | None, is_changed: bool) -> Iterator[str]:
    if text := shown_value(name, value):
        yield text
    if is_changed:
        yield "what if"
    elif assumption and assumption.facts:
        yield _counted(len(assumption.facts), "fact")


def _about(
    name: str, formulas: Mapping[str, Callable[..., Any]], assumptions: Mapping[str, Assumption]
) -> str:
    if name in assumptions:
        assumption = assumptions[name]
        return f"assumption in {assumption.set_by}.yaml: {assumption.reason.strip()}"
    if name in formulas:
        return f"{summary(formulas[name])}\n= {formula(formulas[name])}"
    return "given by the calendar or the parameter set"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _line(node: Node) -> str:
    value = f" = {node.value}" if node.value else ""
    return f"{node.name}{value}" + (f" ({node.folded})" if node.folded else "")


# The picture


def svg(picture: Picture) -> str:
    """The picture as a scrolling box of HTML, in the colours of the page it stands in."""
    lanes = _lanes(picture.nodes)
    rows = {node.name: number for number, node in enumerate(picture.nodes)}
    users: dict[str, list[str]] = {node.name: [] for node in picture.nodes}
    for node in picture.nodes:
        for below in node.rests_on:
            users[below].append(node.name)

    def left(name: str) -> float:
        return MARGIN + STEP * lanes[name]

    def middle(name: str) -> float:
        return MARGIN + ROW * (rows[name] + 1.5)

    def line(name: str) -> float:
        return left(name) + STEP / 2

    drawn = [*_legend()]
    for node in picture.nodes:
        if node.rests_on:
            x, start = line(node.name), middle(node.name) + BOX / 2
            end = max(map(middle, node.rests_on))
            drawn.append(f'<path class="line" d="M{x:g} {start:g}V{end:g}"/>')
            drawn.append(f'<path class="end" d="M{x - 3:g} {start + 5:g}h6l-3 -5z"/>')
    for name, above in users.items():
        if above:
            y, joints = middle(name), sorted(map(line, above))
            drawn.append(f'<path class="line" d="M{joints[0]:g} {y:g}H{left(name):g}"/>')
            drawn += (f'<circle class="end" cx="{x:g}" cy="{y:g}" r="2"/>' for x in joints)
    drawn += (_drawn_node(node, left(node.name), middle(node.name)) for node in picture.nodes)
    width = max(left(node.name) + _width(node) for node in picture.nodes) + MARGIN
    width = max(width, _LEGEND_WIDTH)
    height = MARGIN + ROW * (len(picture.nodes) + 1) + MARGIN
    # Math typesetters see formulas between dollars; these classes ask them to look away.
    return (
        f'<div class="mathjax_ignore tex2jax_ignore" style="overflow-x:auto">'
        f'<svg class="briefing-picture" xmlns="http://www.w3.org/2000/svg" role="img" '
        f'aria-label="{_text(picture.alt)}" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" style="max-width:none">'
        f"<style>{STYLE}</style>{''.join(drawn)}</svg>{_caption(picture)}</div>"
    )


def _lanes(nodes: tuple[Node, ...]) -> dict[str, int]:
    """How far to the right each name starts: one further than any line that passes its row."""
    rows = {node.name: number for number, node in enumerate(nodes)}
    ends = {node.name: max((rows[each] for each in node.rests_on), default=-1) for node in nodes}
    lanes: dict[str, int] = {}
    for row, node in enumerate(nodes):
        passing = (lanes[above.name] for above in nodes[:row] if ends[above.name] >= row)
        lanes[node.name] = 1 + max(passing, default=-1)
    return lanes


def _drawn_node(node: Node, x: float, y: float) -> str:
    box = NAME_CHARACTER * len(node.name) + 12
    about = f"<title>{_text(node.about)}</title>" if node.about else ""
    told = f'<text class="told" x="{x + box + 6:g}" y="{y:g}">{_text(node.told)}</text>'
    return (
        f'<g class="{node.kind}">{about}{_box(node.kind, x, y, box)}'
        f'<text class="name" x="{x + 6:g}" y="{y:g}" '
        f'textLength="{NAME_CHARACTER * len(node.name):g}">{_text(node.name)}</text>'
        f"{told if node.told else ''}</g>"
    )


def _box(kind: Kind, x: float, y: float, width: float) -> str:
    rounded = BOX / 2 if kind in {"assumption", "given"} else 2
    return (
        f'<rect x="{x:g}" y="{y - BOX / 2:g}" width="{width:g}" height="{BOX}" rx="{rounded:g}"/>'
    )


def _width(node: Node) -> float:
    return NAME_CHARACTER * len(node.name) + 18 + VALUE_CHARACTER * len(node.told)


_LEGEND: Mapping[Kind, str] = {
    "target": "asked for", "formula": "formula", "assumption": "assumption",
    "given": "calendar, ledger or set",
}  # fmt: skip

_LEGEND_WIDTH = 460


def _legend() -> Iterator[str]:
    y, places = MARGIN + BOX / 2, islice((MARGIN, 110, 195, 300), len(_LEGEND))
    for (kind, told), x in zip(_LEGEND.items(), places, strict=True):
        yield f'<g class="{kind}">{_box(kind, x, y, 22)}'
        yield f'<text class="told" x="{x + 28:g}" y="{y:g}">{told}</text></g>'


def _caption(picture: Picture) -> str:
    return f"<p><small>{_text(picture.folded)}</small></p>" if picture.folded else ""


def _text(text: str) -> str:
    return escape(text).replace("$", "&#36;")


_RULES = {
    "text": f"font-size:{FONT_SIZE}px;dominant-baseline:central;fill:currentColor",
    "rect": "fill:var(--jp-layout-color0,Canvas);stroke-width:1.2",
    ".line": f"fill:none;stroke:{GREY};stroke-width:1",
    ".end": f"fill:{GREY}",
    ".name": "font-family:var(--jp-code-font-family,ui-monospace,monospace)",
    ".told": "font-family:var(--jp-content-font-family,system-ui,sans-serif);fill-opacity:.8",
    ".formula rect": f"stroke:var(--jp-brand-color1,{BLUE})",
    ".assumption rect": f"stroke:var(--jp-warn-color1,{ORANGE})",
    ".given rect": f"stroke:{GREY};stroke-dasharray:3 2",
    ".target rect": f"fill:var(--jp-brand-color1,{BLUE})",
    ".target .name": "font-weight:700;fill:var(--jp-ui-inverse-font-color0,#ffffff)",
}
"""In JupyterLab's own colours, which turn with its theme; elsewhere in the page's."""

STYLE = "".join(f".briefing-picture {part}{{{look}}}" for part, look in _RULES.items())

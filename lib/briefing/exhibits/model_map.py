"""The model as a picture: its parts as boxes, with what goes in, what comes out, who asks whom.

Parts stand below each other, those that others rest on above; an arc runs from a part to the one
that asks it. So no arc crosses a name, however many parts there are. No quantity of the graph asks
for the picture; it is made by `Case.model_map`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt
import networkx as nx
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.figures import GROUPS
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREY, INK, MUTED, ORANGE, PALE
from briefing.exhibits.words import opening, spoken

ROW = 27
"""Pixels for each part."""

LEFT, BOX, COLUMN = 84, 282, 64
"""Pixels before the boxes, for what goes in; width of a box, and of a column of counts in it."""

NEAREST, FARTHEST, BACK = 14, 165, 0.75
"""Pixels that an arc reaches to the right, between neighbours and between first and last; and the
part of that which one reaches that leads back."""

WIDEST = 7
"""Pixels of the widest arc."""

PATH_SIZE = 4
"""Vega draws a shape at half the root of its size: at this one, in pixels."""


@dataclass(frozen=True)
class Part:
    """A part of the model: how many formulas it has and assumptions it asks, who shows it."""

    name: str
    formulas: int
    assumptions: int
    exhibits: int
    asks: Mapping[str, int]
    """How many of their quantities it asks other parts for."""


def model_map(parts: Sequence[Part], assumptions: int, facts: int, exhibits: int) -> Exhibit:
    """E43c: who asks whom in the model, from assumptions to exhibits."""
    rows = {part.name: row for row, part in enumerate(parts)}
    asked = Counter(name for part in parts for name in part.asks)
    most, users = max(asked.items(), key=lambda each: each[1], default=("", 0))
    formulas = sum(part.formulas for part in parts)
    return Exhibit(
        id="E43c",
        title=f"{formulas} formulas in {len(parts)} parts turn {assumptions} assumptions into "
        f"{exhibits} exhibits and sentences; {users} parts ask “{most}”",
        body=_drawn(parts, rows),
        alt=" ".join(map(_sentence, parts)),
        data=pd.DataFrame(
            [
                {
                    "part": part.name,
                    "formulas": part.formulas,
                    "assumptions": part.assumptions,
                    "exhibits": part.exhibits,
                    "asks": "; ".join(f"{name} {count}" for name, count in part.asks.items()),
                }
                for part in parts
            ]
        ),
        notes=(
            f"Left of a part: the assumptions that it asks for; {facts} facts stand behind all of "
            "them. An arc leads from a part to one that asks it, and is the wider the more "
            "quantities that one asks for. Orange arcs lead back up: there two parts ask each "
            "other, though no two quantities do.",
        ),
    )


def parts_of(
    graph: nx.DiGraph,
    modules: Mapping[str, str],
    assumptions: Collection[str],
    exhibits: Collection[str],
) -> Sequence[Part]:
    """Parts of the model in an order in which few arcs lead back.

    `modules` has, for each formula of the model, the module that computes it.
    """
    of = {name: _part(module) for name, module in modules.items()}
    links: dict[str, Counter[str]] = {part: Counter() for part in dict.fromkeys(of.values())}
    given: dict[str, set[str]] = {part: set() for part in links}
    shown: dict[str, set[str]] = {part: set() for part in links}
    for name, part in of.items():
        given[part] |= {each for each in graph.predecessors(name) if each in assumptions}
        shown[part] |= {each for each in graph.successors(name) if each in exhibits}
        for user in {of[each] for each in graph.successors(name) if each in of} - {part}:
            links[user][part] += 1
    sizes = Counter(of.values())
    return [
        Part(part, sizes[part], len(given[part]), len(shown[part]), dict(links[part]))
        for part in _ordered(links)
    ]


def _part(module: str) -> str:
    return GROUPS.get(module, opening(spoken(module)))


def _ordered(asks: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Each part below those that it asks, as far as can be: by turns the part that asks the others
    least and is asked most (Eades, Lin and Smyth 1993).
    """
    left, order = list(asks), []
    while left:

        def balance(part: str) -> int:
            asked = sum(asks[user].get(part, 0) for user in left)
            return asked - sum(count for each, count in asks[part].items() if each in left)

        free = [part for part in left if not any(each in left for each in asks[part])]
        best = max(free or left, key=balance)
        left.remove(best)
        order.append(best)
    return order


def _sentence(part: Part) -> str:
    asks = ", ".join(f"{name} {count}" for name, count in part.asks.items())
    quantities = f" and quantities of {asks}" if asks else ""
    return (
        f"{part.name}: {_counted(part.formulas, 'formula')} on "
        f"{_counted(part.assumptions, 'assumption')}{quantities}, "
        f"shown in {_counted(part.exhibits, 'exhibit')}."
    )


def _counted(count: int, name: str) -> str:
    return f"{count or 'no'} {name}{'' if count == 1 else 's'}"


def _drawn(parts: Sequence[Part], rows: Mapping[str, int]) -> alt.TopLevelMixin:
    height = ROW * (len(parts) + 1)
    x = alt.Scale(domain=[0, WIDTH], nice=False, zero=False)
    y = alt.Scale(domain=[height, 0], nice=False, zero=False)
    across = {"scale": x, "axis": None}
    down = {"scale": y, "axis": None}
    boxes = pd.DataFrame(
        [
            {
                "name": part.name,
                "given": f"{part.assumptions} →" if part.assumptions else "",
                "formulas": part.formulas,
                "exhibits": part.exhibits,
                "y": _down(row, 0.5),
                "top": _down(row, 0.13),
                "bottom": _down(row, 0.87),
                "left": LEFT,
                "right": LEFT + BOX,
            }
            for part, row in zip(parts, rows.values(), strict=True)
        ]
    )
    box = (
        Chart(boxes)
        .mark_rect(fill=PALE, stroke=BLUE, cornerRadius=3)
        .encode(
            x=alt.X("left:Q", **across),
            x2=alt.X2("right:Q"),
            y=alt.Y("top:Q", **down),
            y2=alt.Y2("bottom:Q"),
        )
    )
    places: dict[str, tuple[str, int, Literal["left", "right"], str]] = {
        "given": ("assumptions", LEFT - 7, "right", MUTED),
        "name": ("part of the model", LEFT + 7, "left", INK),
        "formulas": ("formulas", LEFT + BOX - COLUMN - 7, "right", INK),
        "exhibits": ("exhibits", LEFT + BOX - 7, "right", INK),
    }
    heads = [
        Chart(pd.DataFrame({"text": [head], "x": [place], "y": [ROW / 2]}))
        .mark_text(align=align, color=MUTED)
        .encode(x=alt.X("x:Q", **across), y=alt.Y("y:Q", **down), text=alt.Text("text:N"))
        for head, place, align, _ in places.values()
    ]
    texts = [
        Chart(boxes.assign(x=place))
        .mark_text(align=align, color=ink, fontWeight=600 if name == "name" else 400)
        .encode(x=alt.X("x:Q", **across), y=alt.Y("y:Q", **down), text=alt.Text(f"{name}:N"))
        for name, (_, place, align, ink) in places.items()
    ]
    arcs = _arcs(parts, rows)
    colour = alt.Color("colour:N", scale=None, legend=None)
    lines = (
        Chart(arcs)
        .mark_point(filled=False, opacity=0.55)
        .encode(
            x=alt.X("x:Q", **across),
            y=alt.Y("from:Q", **down),
            shape=alt.Shape("path:N", scale=None, legend=None),
            size=alt.SizeValue(PATH_SIZE),
            color=colour,
            strokeWidth=alt.StrokeWidth("width:Q", scale=None, legend=None),
        )
    )
    ends = (
        Chart(arcs)
        .mark_point(shape="triangle-left", filled=True, size=38, opacity=1)
        .encode(x=alt.X("x:Q", **across), y=alt.Y("to:Q", **down), color=colour)
    )
    layers = [lines, ends, box, *heads, *texts]
    return alt.layer(*layers, width=WIDTH, height=height)


def _down(row: int, part: float) -> float:
    """Pixels from the top to a part of a row; the first line is for heads."""
    return ROW * (row + 1 + part)


def _arcs(parts: Sequence[Part], rows: Mapping[str, int]) -> pd.DataFrame:
    """Half an ellipse, nearly, from each part that is asked to the one that asks."""
    links = [(part.name, name, count) for part in parts for name, count in part.asks.items()]
    most = max((count for *_, count in links), default=1)
    arcs = []
    for user, name, count in links:
        is_back = rows[name] > rows[user]
        leaves, arrives = (0.32, 0.68) if is_back else (0.68, 0.32)
        first, last = _down(rows[name], leaves), _down(rows[user], arrives)
        apart = (abs(rows[user] - rows[name]) - 1) / max(1, len(parts) - 2)
        reach = (NEAREST + (FARTHEST - NEAREST) * apart) * (BACK if is_back else 1)
        # A cubic curve reaches three quarters of the way to its control points.
        bend, drop = round(reach * 4 / 3, 1), round(last - first, 1)
        arcs.append(
            {
                "x": LEFT + BOX + 4,
                "from": first,
                "to": last,
                "path": f"M0,0C{bend},0,{bend},{drop},0,{drop}",
                "width": round(max(0.8, WIDEST * count / most), 2),
                "colour": ORANGE if is_back else GREY,
            }
        )
    return pd.DataFrame(arcs, columns=["x", "from", "to", "path", "width", "colour"])

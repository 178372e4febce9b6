"""Flow map: who pays whom, how much and for what, as ribbons between circles."""

import hashlib
import json
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from briefing.exhibits import flow_geometry as geometry
from briefing.exhibits.look import Chart
from briefing.exhibits.palette import INK, MUTED, PALE
from briefing.exhibits.words import money

HALO, HALO_WIDTH = "#ffffff", 4
NAME_SIZE, ROLE_SIZE, LABEL_SIZE, FIGURE_SIZE = 13, 11, 11, 9.5
_NAME_HEIGHT, _ROLE_HEIGHT = 17, 14
_CAPTION_GAP = 9
_EDGE = 2
_LEGEND_MARK = 28
_EMS = {0.33: "ijlI .,:;'’", 0.43: "frt1()", 0.78: "ACDGHKNOQUVXY", 0.93: "mwM", 1.03: "W@%"}
_EM = {letter: width for width, letters in _EMS.items() for letter in letters}


@dataclass(frozen=True)
class Flow:
    """One payment stream; `label` is printed on the ribbon (left empty: the amount)."""

    payer: str
    payee: str
    kind: str
    amount_usd: float
    label: str = ""


@dataclass(frozen=True)
class _Party:
    """A party's circle and caption, seen from the centre of the circle.

    The caption stands left or right of the circle (`side` -1 or 1), else above or below it, moved
    by `slide` halves of its width.
    """

    name: str
    role_lines: tuple[str, ...]
    figures: tuple[str, ...]
    radius: float
    side: int
    above: bool
    slide: float

    @property
    def caption_width(self) -> float:
        role_widths = [text_width(line, ROLE_SIZE) for line in self.role_lines]
        return max([text_width(self.name, NAME_SIZE), *role_widths])

    @property
    def caption_height(self) -> float:
        return _NAME_HEIGHT + _ROLE_HEIGHT * len(self.role_lines)

    @property
    def caption_centre(self) -> tuple[float, float]:
        """Centre of the caption as seen from the centre of the circle."""
        if self.side:
            return self.side * (self.radius + _CAPTION_GAP + self.caption_width / 2), 0.0
        rise = self.radius + _CAPTION_GAP + self.caption_height / 2
        return self.slide * self.caption_width / 2, -rise if self.above else rise

    @property
    def extents(self) -> list[float]:
        """Reach of circle and caption from the centre: left, up, right, down."""
        x, y = self.caption_centre
        w, h, r = self.caption_width / 2, self.caption_height / 2, self.radius
        return [
            _EDGE + max(r, w - x),
            _EDGE + max(r, h - y),
            _EDGE + max(r, w + x),
            _EDGE + max(r, h + y),
        ]

    def boxes(self, x: float, y: float) -> list[list[float]]:
        """Boxes (left, top, right, bottom) that cover the circle at x, y and its caption."""
        dx, dy = self.caption_centre
        w, h, r = self.caption_width / 2, self.caption_height / 2, self.radius + 2
        steps = [(r, r / 2), (0.87 * r, 0.87 * r), (r / 2, r)]
        covers = [[x - a, y - b, x + a, y + b] for a, b in steps]
        return [*covers, [x + dx - w, y + dy - h, x + dx + w, y + dy + h]]


Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Drawing:
    """A map as data: the rows of its layers, from the ribbons up, and what the legend tells."""

    layers: tuple[tuple[Row, ...], ...]
    kinds: list[str]
    legend_columns: int


def text_width(text: str, size: float) -> float:
    """Pixels a semi-bold line of Inter needs, a little on the safe side."""
    return size * sum(_EM.get(letter, 0.67) for letter in text)


def flow_map(
    flows: Sequence[Flow],
    roles: Mapping[str, str],
    colors: Mapping[str, str],
    width: int = 640,
    height: int = 560,
    reference: Sequence[Flow] = (),
) -> alt.LayerChart:
    """Ribbons from payer to payee, as wide as the amounts, over parties on a ring.

    The biggest ribbon is at most 46 px wide (less in a crowd) and none is thinner than 1.6 px, so
    the smallest look bigger than they are. `roles` lists the parties clockwise from the top, with
    a line on each; `colors` gives every kind its colour. Flows of nothing are left out; a label
    that finds no free place is left to the tooltip. With `reference` flows circles, places and the
    scale of the ribbons are theirs, so that maps with the same reference can be compared.
    """
    drawing = _drawing(flows, roles, colors, width, height, reference)
    return _chart(drawing, colors, width, height)


def flow_map_specs(
    maps: Mapping[str, Sequence[Flow]],
    roles: Mapping[str, str],
    colors: Mapping[str, str],
    width: int = 640,
    height: int = 560,
    reference: Sequence[Flow] = (),
) -> dict[str, dict[str, Any]]:
    """Specifications of many maps by label, each the same as `flow_map` would give.

    They differ in nothing but data and legend, so that Altair converts only one.
    """
    drawings = {
        label: _drawing(flows, roles, colors, width, height, reference)
        for label, flows in maps.items()
    }
    pattern = _chart(next(iter(drawings.values())), colors, width, height).to_dict(validate=False)
    return {label: _spec(pattern, drawing, colors) for label, drawing in drawings.items()}


def _spec(
    pattern: Mapping[str, Any], drawing: _Drawing, colors: Mapping[str, str]
) -> dict[str, Any]:
    """The specification `pattern` with the data and the legend of another map."""
    names = [_dataset_name(rows) for rows in drawing.layers]
    ribbons, *others = (
        {**layer, "data": {"name": name}}
        for layer, name in zip(pattern["layer"], names, strict=True)
    )
    fill = ribbons["encoding"]["fill"]
    fill = {
        **fill,
        "legend": {**fill["legend"], "columns": drawing.legend_columns},
        "scale": {"domain": drawing.kinds, "range": [colors[kind] for kind in drawing.kinds]},
    }
    ribbons["encoding"] = {**ribbons["encoding"], "fill": fill}
    datasets = dict(zip(names, map(list, drawing.layers), strict=True))
    return {**pattern, "layer": [ribbons, *others], "datasets": datasets}


def _dataset_name(rows: Sequence[Row]) -> str:
    """The name that Altair gives to data."""
    told = json.dumps(rows, sort_keys=True, default=str)
    return "data-" + hashlib.sha256(told.encode()).hexdigest()[:32]


def _drawing(
    flows: Sequence[Flow],
    roles: Mapping[str, str],
    colors: Mapping[str, str],
    width: int,
    height: int,
    reference: Sequence[Flow],
) -> _Drawing:
    drawn = _checked(flows, roles, colors)
    sized = _checked(reference, roles, colors) if reference else drawn
    parties = _parties(drawn, sized, roles)
    ring = geometry.fitted_ring(
        np.array([party.radius for party in parties]),
        np.array([party.extents for party in parties]),
        width,
        height,
    )
    names = list(roles)
    ends = [(names.index(flow.payer), names.index(flow.payee)) for flow in drawn]
    amounts = np.array([flow.amount_usd for flow in drawn])
    sized_ends = [(names.index(flow.payer), names.index(flow.payee)) for flow in sized]
    scale = geometry.ribbon_scale(sized_ends, np.array([f.amount_usd for f in sized]), ring)
    ribbons = geometry.ribbons(ends, geometry.ribbon_widths(amounts, scale), ring)
    labels = [flow.label or money(flow.amount_usd) for flow in drawn]
    sizes = np.array(
        [[text_width(label, LABEL_SIZE) + HALO_WIDTH, LABEL_SIZE + HALO_WIDTH] for label in labels]
    )
    blocked = np.array(
        [box for p, c in zip(parties, ring.centres, strict=True) for box in p.boxes(*c)]
    )
    spots = geometry.place_labels(ribbons, sizes, blocked, width, height)
    written = [_row(*spot, text) for spot, text in zip(spots, labels, strict=True) if spot]
    kinds = [kind for kind in colors if kind in {flow.kind for flow in drawn}]
    entries = [text_width(kind, ROLE_SIZE) + _LEGEND_MARK for kind in kinds]
    return _Drawing(
        layers=tuple(
            tuple(rows)
            for rows in (
                _ribbon_rows(drawn, ribbons),
                _circle_rows(ring),
                *_caption_rows(parties, ring),
                written,
                written,
            )
        ),
        kinds=kinds,
        legend_columns=len(kinds) if sum(entries) <= width else max(1, int(width / max(entries))),
    )


def _chart(drawing: _Drawing, colors: Mapping[str, str], width: int, height: int) -> alt.LayerChart:
    ribbons, circles, names, roles, figures, halos, labels = drawing.layers
    halo = {"stroke": HALO, "strokeWidth": HALO_WIDTH, "strokeJoin": "round", "aria": False}
    layers = [
        _ribbon_marks(ribbons, drawing, colors),
        _circle_marks(circles),
        _text_marks(names, NAME_SIZE, INK, fontWeight=600),
        _text_marks(roles, ROLE_SIZE, MUTED),
        _text_marks(figures, FIGURE_SIZE, INK),
        _text_marks(halos, LABEL_SIZE, HALO, fontWeight=600, **halo),
        _text_marks(labels, LABEL_SIZE, INK, fontWeight=600),
    ]
    return alt.LayerChart(layer=layers, width=width, height=height)


def _checked(
    flows: Sequence[Flow], roles: Mapping[str, str], colors: Mapping[str, str]
) -> list[Flow]:
    """Flows to draw, biggest first so that small ones lie on top."""
    for flow in flows:
        named = f"flow {flow.payer} → {flow.payee} ({flow.kind})"
        if not 0 <= flow.amount_usd < math.inf:
            raise ValueError(
                f"{named}: no ribbon is {flow.amount_usd} wide; give dollars, 0 or more"
            )
        if flow.payer == flow.payee:
            raise ValueError(f"{named}: payer and payee must differ; a ribbon has two ends")
        if not {flow.payer, flow.payee} <= set(roles):
            raise ValueError(f"{named}: both parties must be in roles, which gives them a place")
        if flow.kind not in colors:
            raise ValueError(
                f"{named}: kind must be in colors; without one it cannot be told apart"
            )
    drawn = sorted((flow for flow in flows if flow.amount_usd), key=lambda flow: -flow.amount_usd)
    if not drawn:
        raise ValueError("no flow above zero; a flow map needs at least one")
    return drawn


def _parties(
    flows: Sequence[Flow], sized: Sequence[Flow], roles: Mapping[str, str]
) -> list[_Party]:
    """Parties with the figures of `flows` in circles as large as `sized` makes them."""
    shown, sizes = (
        {
            name: {
                "in": sum(f.amount_usd for f in of if f.payee == name),
                "out": sum(f.amount_usd for f in of if f.payer == name),
            }
            for name in roles
        }
        for of in (flows, sized)
    )
    largest = max(sum(totals.values()) for totals in sizes.values())
    cap = min(54.0, 112 * math.sin(math.pi / len(roles)))
    crowded = len(roles) > 8
    parties = []
    for (name, role), angle in zip(roles.items(), geometry.ring_angles(len(roles)), strict=True):
        figures, room = (
            tuple(f"{word} {money(usd)}" for word, usd in of[name].items() if usd)
            for of in (shown, sizes)
        )
        widest = max((text_width(f, FIGURE_SIZE) for f in (*figures, *room)), default=0)
        needed = math.hypot(widest / 2, 10)
        share = sum(sizes[name].values()) / largest
        beside = abs(math.sin(angle)) < 0.3
        parties.append(
            _Party(
                name,
                tuple(textwrap.wrap(role, 14 if beside else 18 if crowded else 28)),
                figures,
                radius=max(needed + 3, cap * (0.6 + 0.4 * math.sqrt(share))),
                side=int(math.copysign(beside, math.cos(angle))),
                above=math.sin(angle) < 0,
                slide=0.5 * math.cos(angle) if crowded else 0.0,
            )
        )
    return parties


def _row(x: float, y: float, text: str, align: str = "center") -> dict[str, Any]:
    return {"x": round(float(x), 2), "y": round(float(y), 2), "text": text, "align": align}


def _marks(rows: tuple[Row, ...], mark: Any, channels: Mapping[str, Any]) -> alt.Chart:
    """A layer whose rows carry their own pixels.

    It is plain Vega-Lite, with tuples for rows: Altair copies its own objects and lists again and
    again while it combines charts.
    """
    places = {
        axis: {"axis": None, "field": axis, "scale": None, "type": "quantitative"} for axis in "xy"
    }
    encoding = alt.FacetedEncoding(**channels, **places)
    return Chart(alt.InlineData(values=rows), mark=mark, encoding=encoding)


def _text_marks(rows: tuple[Row, ...], size: float, color: str, **style: Any) -> alt.Chart:
    mark = {"baseline": "middle", "fontSize": size, "color": color, **style}
    align = {"expr": "datum.align"}
    return _marks(
        rows,
        {"type": "text", "align": align, **dict(sorted(mark.items()))},
        {"text": {"field": "text", "type": "nominal"}},
    )


def _ribbon_rows(flows: Sequence[Flow], ribbons: Sequence[geometry.Ribbon]) -> list[Row]:
    return [
        {
            "x": 0,
            "y": 0,
            "path": ribbon.path,
            "payer": flow.payer,
            "payee": flow.payee,
            "kind": flow.kind,
            "amount": (amount := money(flow.amount_usd)),
            "description": f"{pays(flow.payer)} {flow.payee} {amount}, {flow.kind}",
        }
        for flow, ribbon in zip(flows, ribbons, strict=True)
    ]


def _ribbon_marks(rows: tuple[Row, ...], drawing: _Drawing, colors: Mapping[str, str]) -> alt.Chart:
    legend = {
        "columns": drawing.legend_columns,
        "orient": "top",
        "symbolSize": 140,
        "symbolStrokeWidth": 0,
        "symbolType": "square",
        "title": None,
    }
    scale = {"domain": drawing.kinds, "range": [colors[kind] for kind in drawing.kinds]}
    # Vega scales a path by sqrt(size) / 2, so size 4 draws it in pixels.
    mark = {
        "type": "point",
        "filled": True,
        "opacity": 1,
        "size": 4,
        "stroke": HALO,
        "strokeWidth": geometry.OUTLINE,
    }
    return _marks(
        rows,
        mark,
        {
            "description": {"field": "description", "type": "nominal"},
            "fill": {"field": "kind", "legend": legend, "scale": scale, "type": "nominal"},
            "shape": {"field": "path", "legend": None, "scale": None, "type": "nominal"},
            "tooltip": [
                {"field": field, "title": field.capitalize(), "type": "nominal"}
                for field in ("payer", "payee", "kind", "amount")
            ],
        },
    )


def _circle_rows(ring: geometry.Ring) -> list[Row]:
    return [
        {"x": round(x, 2), "y": round(y, 2), "size": round(4 * r * r, 2)}
        for (x, y), r in zip(ring.centres.tolist(), ring.radii.tolist(), strict=True)
    ]


def _circle_marks(rows: tuple[Row, ...]) -> alt.Chart:
    mark = {
        "type": "point",
        "aria": False,
        "fill": PALE,
        "opacity": 1,
        "shape": "circle",
        "stroke": INK,
        "strokeWidth": 1.25,
    }
    return _marks(rows, mark, {"size": {"field": "size", "scale": None, "type": "quantitative"}})


def _caption_rows(parties: Sequence[_Party], ring: geometry.Ring) -> tuple[list[Row], ...]:
    """Rows of the names, of the roles and of the figures within the circles."""
    names, roles, figures = [], [], []
    for party, (x, y) in zip(parties, ring.centres, strict=True):
        dx, dy = party.caption_centre
        align = {-1: "right", 0: "center", 1: "left"}[party.side]
        anchor = x + dx - party.side * party.caption_width / 2
        top = y + dy - party.caption_height / 2
        names.append(_row(anchor, top + _NAME_HEIGHT / 2, party.name, align))
        for i, line in enumerate(party.role_lines):
            roles.append(_row(anchor, top + _NAME_HEIGHT + (i + 0.5) * _ROLE_HEIGHT, line, align))
        for i, figure in enumerate(party.figures):
            figures.append(_row(x, y + 13 * (i - (len(party.figures) - 1) / 2), figure))
    return names, roles, figures


def pays(payer: str) -> str:
    """Who pays, with the verb that several take.

    >>> pays("Nvidia"), pays("Other investors")
    ('Nvidia pays', 'Other investors pay')
    """
    return f"{payer} pay{'' if payer == 'Customers' or payer.startswith('Other') else 's'}"

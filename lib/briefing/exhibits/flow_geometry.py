"""Where the parts of a flow map go: circles on a ring, ribbons between them, labels on ribbons.

All lengths are pixels, y runs downwards as on a screen, so growing angles turn clockwise.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

MAX_WIDTH = 46.0
MIN_WIDTH = 1.6
TAPER = 0.84
"""Width of a ribbon where its arrowhead begins, as a share of its width at the payer."""
OUTLINE = 1.0
"""Stroke that parts crossing ribbons; half of it would hide colour, so ribbons are drawn wider."""

_RIM_GAP = 4.0
_PORT_GAP = 4.0
_PORT_LIMIT = 1.55
"""Ports keep within this angle of the inward direction, so that names stand free."""
_OPPOSITE = 0.09
"""Payments leave a little clockwise of the straight direction and arrive a little against it."""
_BROAD = 0.3
"""Part of the gap between two circles from which on a ribbon is broad there."""
_BENDS = ((0.36, 0.0), (0.42, 0.1), (0.46, 0.2), (0.5, 0.35), (0.5, 0.5), (0.5, 0.65), (0.5, 0.8))
"""From slack to tight: how far a curve runs straight out, and how much the middle attracts it."""
_STRAIGHTER = ((0.24, 0.0), (0.12, 0.0), (0.0, 0.0))
"""For a ribbon so wide and short that its inner edge would turn back in a bend."""
_STATIONS, _EACH = np.linspace(0.0, 1.0, 41), 10
"""Where an edge's direction is measured, and every how many of these its drawing has a point."""


@dataclass(frozen=True)
class Ring:
    """Centres of the circles, one row each, their radii and the middle of the picture."""

    centres: Array
    radii: Array
    middle: Array


@dataclass(frozen=True)
class Ribbon:
    """A cubic Bézier from `curve[0]` to the base of an arrowhead that ends in `tip`."""

    curve: Array
    tip: Array
    width: float

    def line(self, stations: Array) -> Array:
        """Points on the centre line at stations between 0 (payer) and 1 (arrowhead)."""
        t = stations[:, None]
        a, b, c, d = self.curve
        return a * (1 - t) ** 3 + 3 * b * t * (1 - t) ** 2 + 3 * c * t**2 * (1 - t) + d * t**3

    @property
    def folds(self) -> bool:
        """Whether it bends more sharply somewhere than its inner edge can follow."""
        first = np.gradient(self.line(np.linspace(0, 1, 60)), axis=0)
        second = np.gradient(first, axis=0)
        turning = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0])
        return bool((turning * self.width / 2 > np.linalg.norm(first, axis=1) ** 3).any())

    def traces(self, width: float) -> Array:
        """Boxes of this width along the ribbon; the arrowhead counts for several."""
        points = np.vstack([self.line(np.linspace(0, 1, 60)), np.tile(self.tip, (40, 1))])
        return np.hstack([points - width / 2, points + width / 2])

    @property
    def path(self) -> str:
        """Outline as an SVG path, arrowhead included."""
        line = self.line(_STATIONS)
        normals, widths = _normals(line), self.width * np.linspace(1, TAPER, len(line))
        across = normals * (widths[:, None] + OUTLINE) / 2
        base, wing = line[-1], normals[-1] * head_width(self.width) / 2
        head = _polyline(np.array([base + wing, self.tip, base - wing, base - across[-1]]))
        return (
            f"M{_point(line[0] + across[0])}{_spline(line + across)}"
            f"{head}{_spline((line - across)[::-1])}Z"
        )


def head_width(width: float) -> float:
    """Span of an arrowhead; even a hairline gets one that survives print."""
    return 1.25 * width + 6.0


def directions(angles: Array) -> Array:
    """Unit vectors, one row per angle."""
    return np.column_stack([np.cos(angles), np.sin(angles)])


def ring_angles(count: int) -> Array:
    """Equal steps clockwise, the first at the top."""
    return 2 * np.pi * np.arange(count) / count - np.pi / 2


def fitted_ring(radii: Array, extents: Array, width: float, height: float) -> Ring:
    """The largest ring on which circles and captions stay inside the picture.

    `extents` tells how far circle and caption reach from the centre: left, up, right, down.
    """
    units = directions(ring_angles(len(radii)))
    x_scale, x_origin = _stretch(units[:, 0], extents[:, 0], extents[:, 2], width)
    y_scale, y_origin = _stretch(units[:, 1], extents[:, 1], extents[:, 3], height)
    middle = np.array([x_origin, y_origin])
    return Ring(units * [min(x_scale, 1.3 * y_scale), y_scale] + middle, radii, middle)


def ribbon_widths(amounts: Array, scale: float) -> Array:
    """Widths in proportion to amounts, at least 1.6 so that small ones stay visible."""
    return np.maximum(amounts * scale, MIN_WIDTH)


def ribbon_scale(ends: Sequence[tuple[int, int]], amounts: Array, ring: Ring) -> float:
    """Pixels per unit that make the widest ribbon at most 46.

    The scale shrinks for more than six parties, for rims that could not hold all their ribbons
    and for gaps between circles that could not hold an arrow.
    """
    rims = 2 * _PORT_LIMIT * (ring.radii + _RIM_GAP)
    scales = [MAX_WIDTH * min(1.0, 6 / len(rims)) / amounts.max()]
    for party, rim in enumerate(rims):
        own = np.array([party in pair for pair in ends])
        if own.any():
            room = max(rim - own.sum() * (_PORT_GAP + 3), rim / 3)
            scales.append(room / (1.15 * amounts[own].sum()))
    scales += [
        0.45 * max(_gap(ring, *pair), 10) / amount
        for pair, amount in zip(ends, amounts, strict=True)
    ]
    return min(scales)


def port_angles(ends: Sequence[tuple[int, int]], widths: Array, ring: Ring) -> Array:
    """Angle at which each ribbon leaves its payer and meets its payee, one row per ribbon.

    Every end gets a slot as wide as itself, as close as the others allow to the wanted direction
    (least squares, by isotonic regression).
    """
    angles = np.zeros((len(ends), 2))
    for party in range(len(ring.radii)):
        slots = [(i, side) for i, pair in enumerate(ends) for side in (0, 1) if pair[side] == party]
        if slots:
            inward = _bearing(ring.middle - ring.centres[party])
            turns = np.array([_turn(ring, party, ends[i][1 - side], side) for i, side in slots])
            # Ribbons of the same pair keep their order only if one end lists them backwards.
            order = np.lexsort([np.array([i if side == 0 else -i for i, side in slots]), turns])
            room = np.array([_gap(ring, *ends[i]) for i, _ in slots])
            # The less room there is, the more of a curve; but a broad ribbon has none to bend in.
            is_broad = np.array([widths[i] for i, _ in slots]) > _BROAD * room
            wanted = turns * np.where(is_broad, 0.9, np.clip(room / 110, 0.6, 0.9))
            spans = np.array(
                [widths[i] if side == 0 else head_width(widths[i]) for i, side in slots]
            )
            rim = ring.radii[party] + _RIM_GAP
            spare = (2 * _PORT_LIMIT * rim - spans.sum()) / len(slots) / 2
            spans = (spans + np.clip(spare, _PORT_GAP, 2.5 * _PORT_GAP)) / rim
            relaxed = _relaxed(wanted[order], spans[order])
            for slot, angle in zip(order, relaxed, strict=True):
                angles[slots[slot]] = inward + angle
    return angles


def ribbons(ends: Sequence[tuple[int, int]], widths: Array, ring: Ring) -> list[Ribbon]:
    """One ribbon per flow; each leaves and arrives radially, bent just enough to pass circles."""
    angles = port_angles(ends, widths, ring)
    return [
        _clear_ribbon(pair, ports, float(width), ring)
        for pair, ports, width in zip(ends, angles, widths, strict=True)
    ]


def place_labels(
    drawn: Sequence[Ribbon], sizes: Array, blocked: Array, width: float, height: float
) -> list[tuple[float, float] | None]:
    """Centre of each ribbon's label, widest ribbon first; None where no place is free.

    A label lies on its ribbon or, where that hides too much, beside it; off the rows of `blocked`
    (left, top, right, bottom) and off labels already placed; among free places it takes the one
    that hides least.
    """
    placed: list[tuple[float, float] | None] = [None] * len(drawn)
    traces = [ribbon.traces(ribbon.width) for ribbon in drawn]
    for i in sorted(range(len(drawn)), key=lambda i: -drawn[i].width):
        centres, cost, doubt = _label_candidates(drawn[i], sizes[i])
        boxes = np.hstack([centres - sizes[i] / 2, centres + sizes[i] / 2])
        inside = (boxes[:, :2] >= 0).all(axis=1) & (boxes[:, 2:] <= [width, height]).all(axis=1)
        free = inside & ~_touching(boxes, blocked).any(axis=1)
        for j, other in enumerate(drawn):
            trace = traces[j] if i != j else other.traces(0.0)
            hidden = _touching(boxes, trace).sum(axis=1)
            # A wide ribbon shows on both sides of its own label, a narrow one disappears under it.
            cost = cost + hidden * (doubt if i != j else min(0.5, 5 / other.width))
        if free.any():
            best = int(np.argmin(np.where(free, cost, np.inf)))
            placed[i] = (float(centres[best, 0]), float(centres[best, 1]))
            blocked = np.vstack([blocked, boxes[best]])
    return placed


def _label_candidates(ribbon: Ribbon, size: Array) -> tuple[Array, Array, Array]:
    """Places on a ribbon and on either side of it, with two costs for each.

    The first grows away from the middle. The second is for touching another ribbon: a label
    beside its own would then seem to belong to that one.
    """
    stations = np.linspace(0.08, 0.92, 43)
    line = ribbon.line(stations)
    normals = _normals(line)
    beside = normals * (np.abs(normals) @ size + ribbon.width + 2)[:, None] / 2
    aside = np.repeat([0.0, 1.0, 1.0], len(stations))
    cost = 8 * np.abs(np.tile(stations, 3) - 0.5) + 10 * aside
    return np.vstack([line, line + beside, line - beside]), cost, 1.5 + 6 * aside


def _touching(boxes: Array, others: Array) -> NDArray[np.bool_]:
    left, top, right, bottom = boxes.T[:, :, None]
    starts_x, starts_y, ends_x, ends_y = others.T[:, None]
    return (left < ends_x) & (starts_x < right) & (top < ends_y) & (starts_y < bottom)


def _stretch(units: Array, before: Array, after: Array, length: float) -> tuple[float, float]:
    """Largest scale, and origin, that keep every `units * scale` with its extents in `length`."""
    spread = units[:, None] - units[None, :]
    room = length - after[:, None] - before[None, :]
    apart = spread > 1e-9
    scale = float((room[apart] / spread[apart]).min(initial=length))
    lowest, highest = (before - units * scale).max(), (length - after - units * scale).min()
    return scale, float(lowest + highest) / 2


def _bearing(vector: Array) -> float:
    return float(np.arctan2(vector[1], vector[0]))


def _gap(ring: Ring, one: int, other: int) -> float:
    """Free space between the rims of two circles."""
    apart = float(np.linalg.norm(ring.centres[one] - ring.centres[other]))
    return apart - float(ring.radii[one] + ring.radii[other])


def _turn(ring: Ring, party: int, other: int, side: int) -> float:
    """Angle from the inward direction to another party, a little aside by direction of payment."""
    here = ring.centres[party]
    turn = _bearing(ring.centres[other] - here) - _bearing(ring.middle - here)
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    return turn + (_OPPOSITE if side == 0 else -_OPPOSITE)


def _relaxed(wanted: Array, spans: Array) -> Array:
    """Positions nearest to `wanted`, in that order, where no two spans share a place."""
    from scipy.optimize import isotonic_regression

    spans = spans * min(1.0, 2 * _PORT_LIMIT / spans.sum())
    offsets = np.cumsum(spans) - spans / 2
    level = isotonic_regression(wanted - offsets).x
    return np.clip(level, -_PORT_LIMIT, _PORT_LIMIT - spans.sum()) + offsets


def _clear_ribbon(pair: tuple[int, int], ports: Array, width: float, ring: Ring) -> Ribbon:
    """The slackest ribbon that passes no other circle; where all do, the one that hides least."""
    others = [party for party in range(len(ring.radii)) if party not in pair]

    def clearance(ribbon: Ribbon) -> float:
        line = ribbon.line(np.linspace(0, 1, 40))
        apart = np.linalg.norm(line[:, None] - ring.centres[None, others], axis=-1)
        spare = apart - ring.radii[others] - width / 2 - 4
        return float(min(spare.min(initial=0.0), 0.0))

    found: dict[float, Ribbon] = {}
    for bend in (*_BENDS, *_STRAIGHTER):
        ribbon = _ribbon(pair, ports, width, ring, *bend)
        if ribbon.folds:
            continue
        found.setdefault(hidden := clearance(ribbon), ribbon)
        if hidden == 0:
            break
    return found[max(found)]


def _ribbon(
    pair: tuple[int, int], ports: Array, width: float, ring: Ring, reach: float, pull: float
) -> Ribbon:
    outward, ends = directions(ports), list(pair)
    rims = ring.centres[ends] + outward * (ring.radii[ends, None] + _RIM_GAP)
    distance = float(np.linalg.norm(rims[1] - rims[0]))
    base = rims[1] + outward[1] * min(0.42 * head_width(width) + 4, 0.35 * distance)
    starts = np.array([rims[0], base])
    bends = starts + outward * reach * distance
    bends += pull * (ring.middle - bends)
    return Ribbon(np.array([starts[0], *bends, starts[1]]), rims[1], width)


def _normals(line: Array) -> Array:
    along = np.gradient(line, axis=0, edge_order=2)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    return np.column_stack([-along[:, 1], along[:, 0]])


def _spline(points: Array) -> str:
    """A smooth SVG curve along points, continuing from the first of them.

    A point in ten is enough where the curve's direction there is known from its neighbours.
    """
    slopes = np.gradient(points, axis=0, edge_order=2)[::_EACH] * _EACH / 3
    points = points[::_EACH]
    return "".join(
        f"C{_point(a + m)} {_point(b - n)} {_point(b)}"
        for a, b, m, n in zip(points, points[1:], slopes, slopes[1:], strict=False)
    )


def _polyline(points: Array) -> str:
    return "".join(f"L{_point(point)}" for point in points)


def _point(point: Array) -> str:
    return f"{round(float(point[0]), 2):g},{round(float(point[1]), 2):g}"

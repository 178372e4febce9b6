"""The summary of a sweep: how each of its quantities varies over its points.

One assumption that varies gives a line, a grid of two a surface, anything else each quantity
against each assumption. No quantity of the graph asks for it, so it stands outside of it and is
made by `Case.sweep`.
"""

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREY, INK, ORANGE, PALE
from briefing.exhibits.words import listed, opening, quantity_text, spanned, spoken
from briefing.inputs.parameters import ParameterSet
from briefing.inputs.sweeps import Sweep

MOST_COLUMNS, LEAST_ROW = 10, 14
"""A surface with more columns or lower rows has no room for values in its cells."""

TALLEST = 600
"""Pixels that the panels of an exhibit may take together, so that it fits on a page."""

MOST_PANELS = 5
"""Assumptions side by side; with more of them the panels would be too narrow to read."""

FEWEST_FOR_RANKS = 10
"""Points from which on a rank correlation says something."""

CHARACTER = 6.2
"""Pixels that a character of a label takes on average."""


@dataclass(frozen=True, eq=False)
class _Column:
    """An assumption or a quantity with its value at every point, as words and as drawn."""

    name: str
    values: np.ndarray
    options: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return spoken(self.name)

    def text(self, value: Any) -> str:
        return quantity_text(self.name, value)

    @cached_property
    def finite(self) -> np.ndarray:
        """Points with a number, which can be drawn."""
        return np.ones(len(self.values), bool) if self.options else np.isfinite(self.values)

    @cached_property
    def endless(self) -> np.ndarray:
        """Points at which a time lies beyond the model's horizon, later than any other."""
        if self.options or not self.name.endswith("_years"):
            return np.zeros(len(self.values), bool)
        return np.isposinf(self.values)

    @property
    def known(self) -> np.ndarray:
        """Points at which there is something to say."""
        return self.finite | self.endless

    @cached_property
    def distinct(self) -> tuple[Any, ...]:
        """Different values, in the order in which an axis shows them."""
        found = self.values[self.finite].tolist()
        return tuple(sorted(set(found), key=self.options.index if self.options else None))

    @property
    def low(self) -> Any:
        return self.distinct[0] if self.distinct else math.inf

    @property
    def high(self) -> Any:
        return math.inf if self.endless.any() else self.distinct[-1]

    @property
    def varies(self) -> bool:
        """Whether a reader would see a difference; rounding in the last digit is none."""
        return bool(self.known.any()) and self.text(self.low) != self.text(self.high)

    @property
    def is_flat(self) -> bool:
        """Whether what can be drawn shows no difference."""
        ends = {self.text(value) for value in (*self.distinct[:1], *self.distinct[-1:])}
        return len(ends) < 2

    @property
    def span(self) -> str:
        """Its values from the first to the last.

        >>> _Column("term_years", np.array([3.0, 8.0, 5.0])).span
        '3 to 8 years'
        """
        if self.options:
            return listed(self.distinct, "or")
        return spanned(self.text(self.low), self.text(self.high))

    def at(self, best: Any) -> np.ndarray:
        """Which points have the value `best`, but for rounding."""
        size = max((abs(value) for value in self.distinct), default=0.0)
        return np.isclose(self.values, best, rtol=0, atol=1e-9 * size)

    @cached_property
    def _unit(self) -> tuple[float, str, str]:
        """What a drawn value is divided by, its unit, and the format of axis labels."""
        if self.name.endswith(("_share", "_rate")):
            return 1.0, "", ".1~%"
        if "_usd" in self.name:
            most = max((abs(value) for value in self.distinct), default=0.0)
            prefix, size = ("$bn", 1e9) if most >= 0.95e9 or most < 5e6 else ("$m", 1e6)
            per = next((words for end, words in _PER.items() if self.name.endswith(end)), "")
            return size, prefix + per, ""
        unit = next((words for end, words in _PLAIN.items() if self.name.endswith(end)), "")
        return 1.0, unit, ".3~r"

    @property
    def label(self) -> str:
        """Title of its axis or panel, with the unit of what is drawn."""
        return opening(", ".join(filter(None, [self.words, self._unit[1]])))

    @property
    def axis_format(self) -> Any:
        return self._unit[2] or alt.Undefined

    @property
    def drawn(self) -> list[Any]:
        """Its values in the unit of the axis, None where there is no number."""
        if self.options:
            return self.values.tolist()
        size = self._unit[0]
        return [
            float(f"{value / size:.6g}") if known else None
            for value, known in zip(self.values.tolist(), self.finite, strict=True)
        ]

    @property
    def cell_texts(self) -> list[str]:
        """Its values as the cells of a surface bear them, short of the unit in the title."""
        if self.name.endswith(("_share", "_rate")):
            return [self.text(value) if np.isfinite(value) else "—" for value in self.values]
        most = max((abs(value) for value in self.drawn if value is not None), default=0.0)
        return ["—" if value is None else _short(value, most) for value in self.drawn]


_PER = {"_per_gw_year": " per GW and year", "_per_gw": " per GW", "_per_year": " a year"}
_PLAIN = {"_years": "years", "_gw": "GW", "_multiple": "×"}


def _short(value: float, most: float) -> str:
    """A number for a small cell, as precise as the largest one allows, with a true minus sign.

    >>> _short(1234.5, 2000), _short(-3.26, 40), _short(1e-15, 40), _short(0.0017, 0.004)
    ('1,234', '−3.3', '0', '0.0017')
    """
    digits = max(1, 1 - math.floor(math.log10(most))) if most else 1
    size = f"{abs(value):,.0f}" if abs(value) >= 9.95 else f"{abs(value):.{digits}f}"
    size = size.rstrip("0").rstrip(".") if "." in size else size
    return f"−{size}" if value < 0 and size != "0" else size


def sweep_summary(
    sweep: Sweep, parameters: ParameterSet, frame: pd.DataFrame, overrides: Mapping[str, Any]
) -> Exhibit:
    """How the quantities of `sweep` vary. `frame` holds a row for each point, with its name."""
    axes = [
        _Column(name, frame[name].to_numpy(), tuple(parameters.assumptions[name].options or ()))
        for name in sweep.axes
    ]
    quantities = [_Column(name, frame[name].to_numpy()) for name in sweep.quantities]
    moving = [axis for axis in axes if len(axis.distinct) > 1] or axes
    own = {
        axis.name: overrides.get(axis.name, parameters.assumptions[axis.name].value)
        for axis in axes
    }
    is_surface = sweep.way == "grid" and len(moving) == 2
    drawn = [each for each in quantities if each.distinct] or quantities
    if len(moving) == 1:
        kind = "Dots" if moving[0].options else "Line chart"
        body, more = _lines(moving[0], drawn, own), ()
    elif is_surface:
        body, kind, more = _surfaces(moving, drawn), "Heat map", _surface_note(moving, drawn)
    else:
        shown = _strongest(moving, drawn)
        body, kind, more = (
            _scatters(shown, drawn, own),
            "Scatter plots",
            _scatter_note(moving, shown),
        )
    where = _Where(moving, is_grid=sweep.way == "grid", points=frame["point"].tolist())
    return Exhibit(
        title=_title(where, quantities),
        body=body,
        alt=_alt(kind, where, quantities),
        data=frame,
        notes=(
            f"{sweep.title}: {_points_note(sweep, moving, len(frame))}",
            _case_note(parameters, overrides, axes),
            *more,
            *_dashed_note(moving, own, is_surface),
            *_gap_notes(quantities),
        ),
        name=sweep.name,
    )


# --- Words ---


@dataclass(frozen=True)
class _Where:
    """Says at which points something happens."""

    axes: Sequence[_Column]
    is_grid: bool
    points: Sequence[str]

    def says(self, chosen: np.ndarray) -> str:
        """The chosen points by what they have in common, as the end of a sentence."""
        count = int(chosen.sum())
        if len(self.axes) > 3:
            first = self.points[int(np.argmax(chosen))]
            return f"at point {first}" + (f" and {count - 1} more" if count > 1 else "")
        shared = [axis for axis in self.axes if len(set(axis.values[chosen].tolist())) == 1]
        free = [axis for axis in self.axes if axis not in shared]
        if not shared:
            return f"at {count} of the {len(self.points)} points"
        text = "at " + listed([_value_at(axis, axis.values[chosen][0]) for axis in shared])
        if free and self.is_grid and count == np.prod([len(axis.distinct) for axis in free]):
            return f"{text}, whatever {listed([f'the {axis.words}' for axis in free])}"
        return text if count == 1 else f"{text} ({count} points)"


def _value_at(axis: _Column, value: Any) -> str:
    if axis.options:
        return f"the {axis.words} “{value}”"
    article = "an" if axis.words[0].lower() in "aeiou" else "a"
    return f"{article} {axis.words} of {axis.text(value)}"


def _finding(quantity: _Column) -> str:
    if not quantity.known.any():
        return f"{quantity.words} has no value at any point"
    holes = "" if quantity.known.all() else " where it has a value"
    if quantity.varies:
        return f"{quantity.words} runs from {quantity.span}{holes}"
    said = quantity.text(quantity.high)
    verb = "lies" if math.inf == quantity.high else "stays at"
    return f"{quantity.words} {verb} {said}{holes or ' at every point'}"


def _title(where: _Where, quantities: Sequence[_Column]) -> str:
    leader = next((each for each in quantities if each.varies), None)
    said = [_finding(each) for each in dict.fromkeys([quantities[0], leader or quantities[0]])]
    if leader is None and len(quantities) > 1:
        return f"None of the {len(quantities)} quantities varies: {'; '.join(said)}"
    if leader is not None:
        said.append(_driver(where, leader))
    return opening("; ".join(filter(None, said)))


def _driver(where: _Where, quantity: _Column) -> str:
    """What decides it: the highest point of few axes, the strongest axis of many."""
    if len(where.axes) <= 3 or quantity.known.sum() < FEWEST_FOR_RANKS:
        if quantity.endless.any():
            return f"it is lowest {where.says(quantity.at(quantity.low))}"
        return f"it is highest {where.says(quantity.at(quantity.high))}"
    strength = {axis.name: _strength(axis, quantity) for axis in where.axes}
    axis = max(where.axes, key=lambda each: abs(strength[each.name]))
    kind = "correlation ratio" if axis.options else "rank correlation"
    shown = f"{strength[axis.name]:.2f}".replace("-", "−")
    return f"of the {len(where.axes)} assumptions, the {axis.words} moves it most ({kind} {shown})"


def _strength(axis: _Column, quantity: _Column) -> float:
    """How closely a quantity follows an axis: Spearman's rank correlation.

    For an axis of words, which have no order, it is the correlation ratio of the ranks (eta).
    """
    if not quantity.varies:
        return 0.0
    given = pd.Series(axis.values[quantity.known])
    ranks = pd.Series(quantity.values[quantity.known]).rank()
    if axis.options:
        between = ranks.groupby(given).transform("mean")
        return math.sqrt(float(np.var(between) / np.var(ranks)))
    ranked = given.rank()
    return float(np.corrcoef(ranks, ranked)[0, 1]) if np.ptp(ranked) else 0.0


def _strongest(axes: Sequence[_Column], quantities: Sequence[_Column]) -> list[_Column]:
    """The axes that get a panel: those that some quantity follows most closely, in their order."""
    most = {axis.name: max(abs(_strength(axis, each)) for each in quantities) for axis in axes}
    kept = sorted(most, key=most.__getitem__, reverse=True)[:MOST_PANELS]
    return [axis for axis in axes if axis.name in kept]


def _alt(kind: str, where: _Where, quantities: Sequence[_Column]) -> str:
    over = listed([f"{axis.words} ({axis.span})" for axis in where.axes])
    panels = f" of {len(quantities)} quantities" if len(quantities) > 1 else ""
    return f"{kind}{panels} over {over}. " + " ".join(
        f"{opening(_finding(each))}{_extremes(where, each)}." for each in quantities
    )


def _extremes(where: _Where, quantity: _Column) -> str:
    if not quantity.varies:
        return ""
    lowest, highest = (where.says(quantity.at(best)) for best in (quantity.low, quantity.high))
    return f"; lowest {lowest}; highest {highest}"


def _points_note(sweep: Sweep, axes: Sequence[_Column], count: int) -> str:
    names = listed([axis.words for axis in axes])
    match sweep.way:
        case "grid" if len(axes) == 1:
            return f"{count} points, one for each value of the {names}."
        case "grid":
            sizes = " by ".join(str(len(axis.distinct)) for axis in axes)
            return f"{count} points, every combination ({sizes}) of {names}."
        case "list":
            return f"{count} points as listed in the sweep, which differ in {names}."
        case _:
            return (
                f"{count} points of a Latin hypercube, spread evenly over the distributions of "
                f"{names}, which are taken as independent."
            )


def _case_note(
    parameters: ParameterSet, overrides: Mapping[str, Any], axes: Sequence[_Column]
) -> str:
    day = f"{parameters.as_of.day} {parameters.as_of:%B %Y}"
    others = {name: value for name, value in overrides.items() if name not in _names(axes)}
    changed = [f"{spoken(name)} at {quantity_text(name, value)}" for name, value in others.items()]
    held = f" with {listed(changed)};" if changed else ":"
    return (
        f"Set {parameters.name}, as known on {day}{held} every other assumption keeps the value "
        "that it has there."
    )


def _surface_note(axes: Sequence[_Column], quantities: Sequence[_Column]) -> tuple[str, ...]:
    told = "Each panel has a colour scale of its own." if len(quantities) > 1 else ""
    rest = "" if _row_height(axes, quantities) else "Cells are too small to bear their values."
    return tuple(filter(None, [f"{told} {rest}".strip()]))


def _scatter_note(axes: Sequence[_Column], shown: Sequence[_Column]) -> tuple[str, ...]:
    left = [axis.words for axis in axes if axis.name not in _names(shown)]
    told = "A dot is a point, in which all of these assumptions differ at once."
    if left:
        told += f" Not drawn, because they matter least: {listed(left)}."
    return (told,)


def _dashed_note(
    axes: Sequence[_Column], own: Mapping[str, Any], is_surface: bool
) -> tuple[str, ...]:
    drawn = not is_surface and any(_is_inside(axis, own[axis.name]) for axis in axes)
    return ("Dashed: the value of the set itself.",) if drawn else ()


def _gap_notes(quantities: Sequence[_Column]) -> Iterator[str]:
    for each in quantities:
        for missing, what in ((each.endless, "lies beyond 2035"), (~each.known, "has no value")):
            if count := int(missing.sum()):
                of = f"{count} of {len(missing)} points, left blank"
                yield f"{opening(each.words)} {what} at {of}."


def _names(columns: Sequence[_Column]) -> set[str]:
    return {column.name for column in columns}


# --- Pictures ---


def _drawn(columns: Sequence[_Column]) -> pd.DataFrame:
    return pd.DataFrame({column.name: column.drawn for column in columns})


def _is_inside(axis: _Column, own: Any) -> bool:
    return not axis.options and axis.low <= own <= axis.high


def _scale(column: _Column) -> alt.Scale:
    """Values that do not vary stand in the middle of their axis, however small the rounding."""
    if not column.is_flat:
        return alt.Scale(zero=False)
    middle = next((value for value in column.drawn if value is not None), 0.0)
    around = abs(middle) / 2 or 1.0
    return alt.Scale(domain=[middle - around, middle + around])


def _wrapped(text: str, pixels: float) -> list[str]:
    return textwrap.wrap(
        text, max(int(pixels / CHARACTER), 8), break_long_words=False, break_on_hyphens=False
    )


def _x(axis: _Column, width: float, is_last: bool) -> alt.X:
    """An axis with its title below the last panel only; words stand in the order of the file."""
    title = _wrapped(axis.label, width) if is_last else None
    if axis.options:
        return alt.X(
            f"{axis.name}:N",
            title=title,
            scale=alt.Scale(domain=list(axis.distinct), padding=0.5),
            axis=alt.Axis(labelAngle=0 if _fit(axis, width) else -40, labelLimit=200),
        )
    low, high = min(axis.drawn), max(axis.drawn)
    return alt.X(
        f"{axis.name}:Q",
        title=title,
        scale=alt.Scale(domain=[low, high], zero=False, nice=False, padding=8),
        axis=alt.Axis(
            format=axis.axis_format,
            tickCount=max(3, int(width / 50)),
            labelSeparation=4,
            grid=False,
            labelFlush=False,
        ),
    )


def _fit(axis: _Column, width: float) -> bool:
    """Whether words stand side by side below their dots."""
    longest = sorted(map(len, axis.distinct), reverse=True)[:2]
    return sum(longest) / 2 * CHARACTER < width / len(axis.distinct)


def _y(quantity: _Column, height: float, is_first: bool = True) -> alt.Y:
    return alt.Y(
        f"{quantity.name}:Q",
        title=_wrapped(quantity.label, height) if is_first else None,
        scale=_scale(quantity),
        axis=alt.Axis(
            format=quantity.axis_format,
            tickCount=4,
            labels=is_first,
            ticks=is_first,
            domain=False,
            minExtent=34 if is_first else 0,
        ),
    )


def _rule(axis: _Column, own: Any) -> list[alt.Chart]:
    if not _is_inside(axis, own):
        return []
    held = pd.DataFrame({axis.name: _Column(axis.name, np.array([own, axis.high])).drawn[:1]})
    return [Chart(held).mark_rule(color=GREY, strokeDash=[4, 3]).encode(x=alt.X(f"{axis.name}:Q"))]


def _tooltip(columns: Sequence[_Column]) -> list[alt.Tooltip]:
    return [alt.Tooltip(each.name, title=each.label, format=each.axis_format) for each in columns]


def _lines(
    axis: _Column, quantities: Sequence[_Column], own: Mapping[str, Any]
) -> alt.TopLevelMixin:
    height = 220 if len(quantities) == 1 else min(120, TALLEST / len(quantities))
    panels = []
    for quantity in quantities:
        base = Chart(_drawn([axis, quantity])).encode(
            x=_x(axis, WIDTH, quantity is quantities[-1]),
            y=_y(quantity, height),
            tooltip=_tooltip([axis, quantity]),
        )
        dots = base.mark_point(color=BLUE, filled=True, size=36, opacity=1)
        line = [] if axis.options else [base.mark_line(color=BLUE, strokeWidth=2)]
        layers = [*_rule(axis, own[axis.name]), *line, dots]
        panels.append(alt.layer(*layers, width=WIDTH, height=height))
    return panels[0] if len(panels) == 1 else alt.vconcat(*panels, spacing=14)


def _row_height(axes: Sequence[_Column], quantities: Sequence[_Column]) -> float:
    """Pixels for a row of a surface whose cells bear their values; 0 where they cannot."""
    columns, rows = (len(axis.distinct) for axis in axes)
    height = min(26, TALLEST / (len(quantities) * rows))
    return height if height >= LEAST_ROW and columns <= MOST_COLUMNS else 0


def _surfaces(axes: Sequence[_Column], quantities: Sequence[_Column]) -> alt.TopLevelMixin:
    row = _row_height(axes, quantities)
    height = row * len(axes[1].distinct) or min(220, TALLEST / len(quantities))
    panels = [
        _surface(axes, each, height, bool(row), is_last=each is quantities[-1])
        for each in quantities
    ]
    if len(panels) == 1:
        return panels[0]
    return alt.vconcat(*panels, spacing=16).resolve_scale(color="independent")


def _surface(
    axes: Sequence[_Column], quantity: _Column, height: float, labelled: bool, is_last: bool
) -> Any:
    across, up = axes
    width = WIDTH - 10
    cells = _drawn([across, up, quantity]).assign(label=quantity.cell_texts)
    base = Chart(cells).encode(
        x=_band(alt.X, across, width, is_last),
        y=_band(alt.Y, up, height, True),
        tooltip=_tooltip([across, up, quantity]),
    )
    low, high, shades, domain = _shades(quantity)
    legend = alt.Legend(format=quantity.axis_format, title=None, gradientLength=160)
    color = alt.Color(
        f"{quantity.name}:Q",
        scale=alt.Scale(range=shades, domain=domain, interpolate="rgb"),
        legend=None if labelled else legend,
    )
    edge = "white" if labelled else alt.Undefined
    layers = [base.mark_rect(stroke=edge).encode(color=color)]
    if labelled:
        most = max(abs(low), abs(high))
        dark = (
            f"abs(datum['{quantity.name}']) > {0.6 * most}"
            if len(shades) == 3
            else f"datum['{quantity.name}'] > {low + 0.6 * (high - low)}"
        )
        ink = alt.ColorValue(INK, condition={"test": dark, "value": "white"})
        layers.append(base.mark_text(fontSize=11).encode(text=alt.Text("label:N"), color=ink))
    title = alt.Title(
        quantity.label, anchor="start", fontSize=11, fontWeight="normal", color=INK, offset=6
    )
    return alt.layer(*layers, title=title, width=width, height=height)


def _shades(quantity: _Column) -> tuple[float, float, list[str], list[float]]:
    """Ends of the values, and colours: two hues where they cross zero, one where they do not."""
    known = [value for value in quantity.drawn if value is not None] or [0.0]
    low, high = min(known), max(known)
    if quantity.is_flat:
        return low, high + 1, [PALE, PALE], [low, low + 1]
    if low < 0 < high:
        most = max(-low, high)
        return low, high, [ORANGE, PALE, BLUE], [-most, 0, most]
    return low, high, [PALE, BLUE], [low, high]


def _band(channel: type, axis: _Column, pixels: float, is_titled: bool) -> Any:
    """A side of a surface. It shows every value, also where no cell has a colour."""
    shown = list(axis.distinct) if axis.options else sorted(set(axis.drawn))
    numbers = {"format": axis.axis_format, "formatType": "number"}
    return channel(
        f"{axis.name}:{'N' if axis.options else 'O'}",
        title=_wrapped(axis.label, pixels) if is_titled else None,
        scale=alt.Scale(domain=shown[::-1] if channel is alt.Y and not axis.options else shown),
        axis=alt.Axis(
            labelAngle=0,
            labelOverlap=True,
            labelSeparation=8 if channel is alt.X else 4,
            ticks=False,
            **({} if axis.options else numbers),
        ),
    )


def _scatters(
    axes: Sequence[_Column], quantities: Sequence[_Column], own: Mapping[str, Any]
) -> alt.TopLevelMixin:
    gap = 12
    width = (WIDTH - 10 - gap * (len(axes) - 1)) / len(axes)
    height = min(110, TALLEST / len(quantities))
    data = _drawn([*axes, *quantities])
    panels = []
    for quantity in quantities:
        for axis in axes:
            dots = (
                Chart(data)
                .mark_point(color=BLUE, filled=True, size=16, opacity=0.7)
                .encode(
                    x=_x(axis, width, quantity is quantities[-1]),
                    y=_y(quantity, height, axis is axes[0]),
                    tooltip=_tooltip([*axes, quantity]),
                )
            )
            layers = [*_rule(axis, own[axis.name]), dots]
            panels.append(alt.layer(*layers, width=width, height=height))
    return alt.concat(*panels, columns=len(axes), spacing=gap)

"""Sweeps: many cases of one parameter set, over a grid, a list or a Latin hypercube.

params/sweeps/<name>.yaml
title: Length of the commitment against growth
set: latest
grid: {azure_term_years: [3, 5, 7], growth_half_life_years: 5}   # values, or a number of them
quantities: [peak_funding_gap_usd]
"""

import itertools
import math
import re
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from briefing.inputs.assumptions import MOST_USD, Assumption
from briefing.inputs.files import BadInput, did_you_mean, read_yaml, validation_messages
from briefing.inputs.parameters import ParameterSet
from briefing.inputs.rules import contradictions

CONSEQUENCE = "nothing was built"

MOST_POINTS = 10_000


def _number_or_word(given: Any) -> Any:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ValueError("must be a number or the name of an option")
    if isinstance(given, int | float) and not -MOST_USD <= given <= MOST_USD:
        raise ValueError("must be a finite number of at most 1e15")
    return given if isinstance(given, str) else float(given)


def _values_or_count(given: Any) -> Any:
    if isinstance(given, list) and given:
        return tuple(_number_or_word(value) for value in given)
    if isinstance(given, bool) or not isinstance(given, int) or not 2 <= given <= 200:
        raise ValueError("must be a list of values, or a number of them from 2 to 200")
    return given


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise ValueError(f"must name each once, names {twice!r} twice")
    return names


Value = Annotated[float | str, BeforeValidator(_number_or_word)]
Axis = Annotated[Any, BeforeValidator(_values_or_count)]
Names = Annotated[tuple[str, ...], AfterValidator(_once)]


class LatinHypercube(BaseModel):
    """Points that spread evenly over every assumption's distribution (McKay et al. 1979)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    points: int = Field(ge=2, le=MOST_POINTS)
    seed: int = Field(ge=0)
    assumptions: Names = Field(min_length=1)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    title: str = Field(min_length=3)
    set: str
    grid: dict[str, Axis] | None = None
    list: tuple[dict[str, Value], ...] | None = None
    latin_hypercube: LatinHypercube | None = None
    quantities: Names = Field(min_length=1, max_length=6)
    notebooks: Names = ()

    @model_validator(mode="after")
    def _one_way(self) -> "_File":
        ways = [self.grid is not None, self.list is not None, self.latin_hypercube is not None]
        if sum(ways) != 1:
            raise ValueError("must have exactly one of grid, list, latin_hypercube")
        return self


@dataclass(frozen=True)
class Point:
    """One case of a sweep: the values that take the place of assumptions."""

    name: str
    overrides: Mapping[str, float | str]


@dataclass(frozen=True)
class Sweep:
    """A checked sweep. `axes` are the assumptions that vary, in the order of the file."""

    name: str
    file: Path
    title: str
    set: str
    way: str
    stated: Any
    quantities: tuple[str, ...]
    notebooks: tuple[str, ...]

    @property
    def content(self) -> tuple[Any, ...]:
        """All that the file says, wherever it lies."""
        said = self.title, self.set, self.way, self.stated, self.quantities, self.notebooks
        return self.name, *said

    def points(self, parameters: ParameterSet) -> tuple[Point, ...]:
        """Every case; raises BadInput when a value does not fit its assumption."""
        axes = self.axes
        unknown = [name for name in axes if name not in parameters.assumptions]
        if unknown:
            self.refuse(
                self.way,
                (
                    f"no assumption {name!r}{did_you_mean(name, parameters.assumptions)}"
                    for name in unknown
                ),
            )
        rows = self._rows(parameters)
        self._check_count(len(rows))
        held = parameters.assumptions
        values = dict.fromkeys(pair for row in rows for pair in row.items())
        faults = {fault: None for name, value in values for fault in held[name].faults_of(value)}
        if not faults:
            fixed = {
                (name, value): replace(held[name], value=value, distribution="fixed")
                for name, value in values
            }
            said = ({name: fixed[name, value] for name, value in row.items()} for row in rows)
            faults = {fault: None for row in said for fault in _contradictions(held, row)}
        if faults:
            self.refuse(self.way, faults)
        if self.way != "latin_hypercube" and (twice := _twice(rows)):
            self.refuse(self.way, [f"must give each point once, gives {twice} twice"])
        digits = len(str(len(rows)))
        return tuple(Point(f"{n:0{digits}}", row) for n, row in enumerate(rows, start=1))

    @property
    def axes(self) -> tuple[str, ...]:
        """The assumptions that vary."""
        match self.way:
            case "grid":
                return tuple(self.stated)
            case "list":
                return tuple(dict.fromkeys(name for row in self.stated for name in row))
            case _:
                return self.stated["assumptions"]

    def chosen(self, notebooks: Iterable[str]) -> tuple[str, ...]:
        """Notebooks that run at every point: those named, else all; BadInput for others."""
        known = tuple(notebooks)
        unknown = [name for name in self.notebooks if name not in known]
        if unknown:
            hints = (f"no notebook {name!r}{did_you_mean(name, known)}" for name in unknown)
            self.refuse("notebooks", hints)
        return self.notebooks or known

    def _rows(self, parameters: ParameterSet) -> list[dict[str, float | str]]:
        if self.way == "list":
            return [dict(row) for row in self.stated]
        if self.way == "grid":
            axes = {
                name: _values(parameters.assumptions[name], points)
                for name, points in self.stated.items()
            }
            if without := [name for name, values in axes.items() if not values]:
                self.refuse(
                    "grid",
                    (
                        f"{name} has no low and high, so its values must be listed"
                        for name in without
                    ),
                )
            self._check_count(math.prod(map(len, axes.values())))
            return [dict(zip(axes, row, strict=True)) for row in itertools.product(*axes.values())]
        return self._latin_rows(parameters)

    def _latin_rows(self, parameters: ParameterSet) -> list[dict[str, float | str]]:
        from scipy.stats.qmc import LatinHypercube as Sampler

        from briefing.inputs.distributions import quantile

        fixed = [name for name in self.axes if parameters.assumptions[name].is_fixed]
        if fixed:
            self.refuse(
                self.way, (f"{name} is held fixed and has no distribution" for name in fixed)
            )
        shares = Sampler(len(self.axes), rng=self.stated["seed"]).random(self.stated["points"])
        columns = {
            name: quantile(parameters.assumptions[name], shares[:, [number]])[:, 0].tolist()
            for number, name in enumerate(self.axes)
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    def _check_count(self, points: int) -> None:
        if not 2 <= points <= MOST_POINTS:
            self.refuse(self.way, [f"must have 2 to {MOST_POINTS:,} points, has {points:,}"])

    def refuse(self, entry: str, faults: Iterable[str]) -> NoReturn:
        """Raise BadInput with every fault of an entry of this sweep's file."""
        raise BadInput(f"{self.file}: {entry}: {fault}; {CONSEQUENCE}" for fault in faults)


def _contradictions(held: Mapping[str, Assumption], row: Mapping[str, Assumption]) -> Iterator[str]:
    """What a point says against the set's other assumptions, or against itself."""
    for _, fault in contradictions(ChainMap(row, held), about=row):  # pyright: ignore[reportArgumentType]
        yield fault


def _twice(rows: Iterable[Mapping[str, float | str]]) -> str:
    """The first point that came before, in words; nothing when every point is new."""
    seen = set()
    for row in rows:
        point = frozenset(row.items())
        if point in seen:
            words = (
                f"{name} {value if isinstance(value, str) else f'{value:g}'}"
                for name, value in row.items()
            )
            return ", ".join(words) or "the set as it is"
        seen.add(point)
    return ""


def _values(assumption: Assumption, points: Any) -> list[float | str]:
    if isinstance(points, tuple):
        return list(points)
    low, high = assumption.low, assumption.high
    if low is None or high is None:
        return []
    return [low + (high - low) * step / (points - 1) for step in range(points)]


def sweep_names(params: Path) -> tuple[str, ...]:
    """Names of all sweeps below the folder of parameters."""
    names = (file.stem for file in (params / "sweeps").glob("*.yaml"))
    return tuple(sorted(name for name in names if re.fullmatch(r"[a-z0-9_]+", name)))


def load_sweep(name: str, params: Path) -> Sweep:
    """Read and check the sweep `name`; its points are checked against the set that it names."""
    file = params / "sweeps" / f"{name}.yaml"
    if name not in sweep_names(params):
        known = sweep_names(params)
        hint = did_you_mean(name, known) or f"; there are {', '.join(known) or 'none'}"
        raise BadInput([f"{file.parent}: no sweep {name!r}{hint}; {CONSEQUENCE}"])
    content = read_yaml(file)
    if not isinstance(content, dict):
        raise BadInput([f"{file}: must be a mapping with a title and a set; {CONSEQUENCE}"])
    try:
        stated = _File.model_validate(content)
    except ValidationError as error:
        raise BadInput(validation_messages(file, error, _File, CONSEQUENCE)) from None
    way = next(w for w in ("grid", "list", "latin_hypercube") if getattr(stated, w) is not None)
    given = getattr(stated, way)
    return Sweep(
        name=name,
        file=file,
        title=stated.title,
        set=stated.set,
        way=way,
        stated=given.model_dump() if isinstance(given, BaseModel) else given,
        quantities=stated.quantities,
        notebooks=stated.notebooks,
    )

"""Correlations: which uncertain assumptions move together, stated in pairs, each with a reason."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from briefing.inputs.assumptions import Assumption, Definition
from briefing.inputs.files import did_you_mean

CONTRADICT = -1e-9
"""Eigenvalue of a matrix below which no numbers can be correlated like that."""


class PairEntry(BaseModel):
    """Two assumptions that move together, as a file states it; zero takes an earlier one back."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    between: tuple[str, str] = Field(description="names of two uncertain assumptions")
    rank_correlation: Annotated[float, Field(ge=-1, le=1, strict=True)] = Field(
        description="Spearman's correlation of their draws, between -1 and 1"
    )
    reason: str = Field(min_length=10, description="why the two move together, and how closely")


@dataclass(frozen=True)
class Correlation:
    """Spearman's correlation of two assumptions, `between` in the order of the alphabet."""

    between: tuple[str, str]
    rank_correlation: float
    reason: str
    set_by: str


def pair_faults(
    entries: Iterable[PairEntry],
    definitions: Mapping[str, Definition],
    assumptions: Mapping[str, Assumption],
    own: Iterable[str] = (),
) -> list[str]:
    """What speaks against the pairs of one file; mostly nothing.

    `own` are the assumptions that this file itself sets, so what it fixes it may not correlate. An
    assumption that another set or another day fixes may be: its partner then keeps its own draws.
    """
    faults, seen = [], set()
    for place, entry in enumerate(entries):
        pair = frozenset(entry.between)
        faults += [
            f"{place}: {fault}"
            for name in dict.fromkeys(entry.between)
            if (fault := _name_fault(name, definitions, assumptions, name in own))
        ]
        if len(pair) < 2:
            faults.append(f"{place}: {entry.between[0]} is correlated with itself; name two")
        if pair in seen:
            faults.append(f"{place}: {' and '.join(sorted(pair))} stand here twice; state one")
        seen.add(pair)
    return faults


def _name_fault(
    name: str,
    definitions: Mapping[str, Definition],
    assumptions: Mapping[str, Assumption],
    is_own: bool,
) -> str:
    if name not in definitions:
        return f"no assumption {name!r}{did_you_mean(name, definitions)}"
    definition = definitions[name]
    if definition.unit == "choice":
        return f"{name} is a reading in words, which have no ranks"
    is_fixed = is_own and name in assumptions and assumptions[name].is_fixed
    states = (definition, *definition.revised_by)
    is_ever_drawn = any(
        each.distribution != "fixed" and (each.low is not None or each.high is not None)
        for each in states
    )
    if is_fixed or not is_ever_drawn:
        return f"{name} is fixed, so it moves with nothing; give it a range or leave it out"
    return ""


def merged_pairs(files: Iterable[tuple[str, Iterable[PairEntry]]]) -> tuple[Correlation, ...]:
    """Pairs of all files, each given with its set's name, later ones in place of earlier ones."""
    found: dict[tuple[str, ...], Correlation] = {}
    for set_name, entries in files:
        for entry in entries:
            first, second = sorted(entry.between)
            stated = Correlation((first, second), entry.rank_correlation, entry.reason, set_name)
            found[first, second] = stated
    return tuple(each for each in found.values() if each.rank_correlation != 0)


class Bloc(NamedTuple):
    """Assumptions that pairs connect, and the correlations of all of them."""

    names: tuple[str, ...]
    spearman: np.ndarray
    """Correlations of ranks, (names, names); zero where no pair states one."""


def blocs(correlations: Iterable[Correlation]) -> tuple[Bloc, ...]:
    """Assumptions that move together, directly or through others, apart from all that do not.

    They are in the order of the alphabet, so that the order of pairs in a file changes no draw.
    """
    stated = {each.between: each.rank_correlation for each in correlations}
    groups: dict[str, set[str]] = {}
    for first, second in stated:
        together = groups.get(first, {first}) | groups.get(second, {second})
        groups |= dict.fromkeys(together, together)
    sorted_names = sorted({tuple(sorted(group)) for group in groups.values()})
    return tuple(Bloc(names, _matrix(names, stated)) for names in sorted_names)


def _matrix(names: tuple[str, ...], stated: Mapping[tuple[str, str], float]) -> np.ndarray:
    matrix = np.eye(len(names))
    for (first, second), correlation in stated.items():
        if first in names:
            one, other = names.index(first), names.index(second)
            matrix[one, other] = matrix[other, one] = correlation
    return matrix


def contradictory(correlations: Iterable[Correlation]) -> list[str]:
    """A word of caution for each bloc that no numbers can be correlated like.

    What counts is the matrix of the normal numbers behind the ranks (`model.measures.dependence`).
    """
    found = ((bloc, _least_eigenvalue(bloc.spearman)) for bloc in blocs(correlations))
    return [
        f"{', '.join(bloc.names)}: no numbers can be correlated like that (least eigenvalue "
        f"{least:.2g}, must be at least 0); the nearest correlations that are possible take "
        "their place, and the table of correlations shows the change"
        for bloc, least in found
        if least < CONTRADICT
    ]


def _least_eigenvalue(spearman: np.ndarray) -> float:
    behind = 2 * np.sin(np.pi * spearman / 6)
    return float(np.linalg.eigvalsh(behind)[0])

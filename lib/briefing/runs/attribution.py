"""Attribution: why a figure moved between two builds, in shares that sum to the move.

The move is a game (Shapley 1953) whose players are the causes: each assumption that changed, the
date with the facts known by then, the random draws, and what moves together in them. A coalition is
worth what today's code computes from a mixture, in which its members come from the later build and
all else from the earlier one. What the two builds printed may differ from what today's code
computes from their inputs; that part is due to the code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import fsum, isfinite

import networkx as nx

from briefing.case import Case
from briefing.graph import CONTEXT, functions, graph
from briefing.inputs.assumptions import Assumption
from briefing.inputs.parameters import ParameterSet
from briefing.model.measures.shapley import Coalition, Shares, shapley

DATE_AND_FACTS = "date and facts"
DRAWS = "number and seed of draws"
CORRELATIONS = "correlations of draws"
CODE = "model code"

OTHERS = "other assumptions"

FIGURES = "headline_figures"
"""The quantity whose figures are printed."""

PAIRS = 12
"""Of orders, where causes are too many for all coalitions; the error is told."""

ROUNDING = 1e-9
"""Relative difference below which two computations are the same."""

SEED = 42

Values = Mapping[str, float]


@dataclass(frozen=True)
class Cause:
    """Part of a move that is due to one cause; the error is that of sampled orders."""

    name: str
    move: float
    standard_error: float = 0.0


@dataclass(frozen=True)
class Attribution:
    """Causes of one move, the largest first; without any, `failure` says why."""

    causes: tuple[Cause, ...] = ()
    is_exact: bool = True
    failure: str = ""


Players = Mapping[str, tuple[str, ...]]
"""Causes that come and go together, by what they are called."""

Mixed = Callable[[Coalition], Values]
"""The headline figures where some causes are as they are later, and all others as before."""


def attributed(
    before: ParameterSet,
    after: ParameterSet,
    printed: Mapping[str, tuple[float, float]],
    players: Players | None = None,
    mixed: Mixed | None = None,
) -> Mapping[str, Attribution]:
    """Causes of the move of each printed figure, given as old and new by its id.

    Without `players` each cause stands for itself. `mixed` are the mixtures of the two, for who
    has asked for some of them already.
    """
    lacking = sorted(_needed() - before.assumptions.keys() - after.assumptions.keys())
    if lacking:
        told = f"today's code needs assumptions that neither build has: {', '.join(lacking)}"
        return {figure: Attribution(failure=told) for figure in printed}
    valued = mixed or mixtures(before, after)
    if players is None:
        players = {cause: (cause,) for cause in changed_causes(before, after)}

    def computed(coalition: Coalition) -> Values:
        return valued(frozenset(cause for player in coalition for cause in players[player]))

    names = tuple(players)
    return {figure: _one(figure, ends, names, computed) for figure, ends in printed.items()}


def mixtures(before: ParameterSet, after: ParameterSet) -> Mixed:
    """Figures of each mixture of two sets, computed once."""
    return cache(lambda later: figures(Case.of(mixture(before, after, later))))


def grouped(
    causes: Sequence[str],
    assumptions: Mapping[str, Assumption],
    most: int,
    effect: Callable[[tuple[str, ...]], float] = len,
) -> dict[str, tuple[str, ...]]:
    """At most `most` players, four or more, that hold all `causes`.

    Few causes stand for themselves. Many are taken together by the group of the parameter file
    that they belong to, those with the largest `effect` first, and what is left over as the others.
    """
    if most < 4:
        raise ValueError(
            f"date, draws, correlations and assumptions make four players, given: {most}"
        )
    if len(causes) <= most:
        return {cause: (cause,) for cause in causes}
    apart = [cause for cause in causes if cause in (DATE_AND_FACTS, DRAWS, CORRELATIONS)]
    groups: dict[str, tuple[str, ...]] = {}
    for name in causes:
        if name not in apart:
            group = assumptions[name].group
            groups[group] = (*groups.get(group, ()), name)
    free = most - len(apart)
    kept, left = list(groups.items()), []
    if len(kept) > free:
        ordered = sorted(kept, key=lambda each: -effect(each[1]))
        kept, left = ordered[: free - 1], ordered[free - 1 :]
    players = dict(_player(group, names) for group, names in kept)
    if left:
        players[OTHERS] = tuple(name for _, names in left for name in names)
    return players | {cause: (cause,) for cause in apart}


def _player(group: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """A group with one member is called by that member's name."""
    return (names[0] if len(names) == 1 else f"{group} ({len(names)} assumptions)"), names


def _one(
    figure: str,
    printed: tuple[float, float],
    causes: Sequence[str],
    computed: Callable[[Coalition], Values],
) -> Attribution:
    old, new = printed
    if not (isfinite(old) and isfinite(new)):
        return Attribution(failure="a move to or from a value that is no number has no parts")
    try:
        if figure not in computed(frozenset()):
            return Attribution(failure="today's code computes no figure of this name")
        shares = shapley(causes, lambda some: computed(some)[figure], pairs=PAIRS, seed=SEED)
    except (ArithmeticError, LookupError, ValueError) as error:
        return Attribution(failure=f"a mixture of old and new inputs has no value: {error}")
    if not all(map(isfinite, shares.due.values())):
        return Attribution(failure="a mixture of old and new inputs gives no number")
    return Attribution(summed(new - old, shares, max(abs(old), abs(new))), shares.is_exact)


def summed(move: float, shares: Shares, size: float) -> tuple[Cause, ...]:
    """The shares as causes, and what they leave of `move` as due to the code.

    What is within the rounding of numbers of that `size` goes to the largest cause.
    """
    least = ROUNDING * size
    due = {name: part for name, part in shares.due.items() if abs(part) > least}
    rest = fsum([move, *(-part for part in due.values())])
    if due and abs(rest) <= least:
        largest = max(due, key=lambda name: abs(due[name]))
        due[largest] += rest
    elif rest:
        due[CODE] = rest
    causes = (Cause(name, part, shares.standard_error.get(name, 0.0)) for name, part in due.items())
    return tuple(sorted(causes, key=lambda cause: (-abs(cause.move), cause.name)))


def figures(case: Case) -> Values:
    """The headline figures of a case, by id."""
    return {figure.id: figure.value for figure in case.value(FIGURES)}


def changed_causes(before: ParameterSet, after: ParameterSet) -> tuple[str, ...]:
    """What differs between two sets, and can move a figure of today's code."""
    upstream = nx.ancestors(graph(), FIGURES)
    both = [name for name in after.assumptions if name in before.assumptions and name in upstream]
    changed = [
        name
        for name in both
        if numbers(before.assumptions[name]) != numbers(after.assumptions[name])
    ]
    if before.as_of != after.as_of or _ledger(before) != _ledger(after):
        changed.append(DATE_AND_FACTS)
    if (before.seed, before.draws) != (after.seed, after.draws):
        changed.append(DRAWS)
    if correlated(before) != correlated(after):
        changed.append(CORRELATIONS)
    return tuple(changed)


def correlated(parameters: ParameterSet) -> dict[tuple[str, str], float]:
    """What of a set's correlations a computation can see; their order decides nothing."""
    return {each.between: each.rank_correlation for each in parameters.correlations}


def numbers(assumption: Assumption) -> tuple[object, ...]:
    """What of an assumption a computation can see; the order of options decides its draws."""
    options = None if assumption.options is None else tuple(assumption.options.items())
    return (
        assumption.value, assumption.low, assumption.high, assumption.distribution, options
    )  # fmt: skip


def _ledger(parameters: ParameterSet) -> tuple[object, ...]:
    return parameters.facts.facts, tuple(parameters.facts.parties.values())


def mixture(before: ParameterSet, after: ParameterSet, later: Coalition) -> ParameterSet:
    """`before`, with the causes in `later` as they are in `after`.

    An assumption that only one of the two knows is taken from that one.
    """

    def side(cause: str) -> ParameterSet:
        return after if cause in later else before

    known = {**before.assumptions, **after.assumptions}
    dated, drawn = side(DATE_AND_FACTS), side(DRAWS)
    return replace(
        before,
        assumptions={name: side(name).assumptions.get(name, known[name]) for name in known},
        as_of=dated.as_of,
        facts=dated.facts,
        seed=drawn.seed,
        draws=drawn.draws,
        correlations=side(CORRELATIONS).correlations,
    )


def _needed() -> set[str]:
    upstream = nx.ancestors(graph(), FIGURES)
    return {name for name in upstream if name not in functions() and name not in CONTEXT}

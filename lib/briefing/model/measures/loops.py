"""Loops: which circles can money take, and can it take them in order of time?"""

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import networkx as nx
import numpy as np

from briefing.model.measures.flows import Sparse, as_flows

Array = np.ndarray


class Loop(NamedTuple):
    """A circle of payments; the bottleneck is its smallest leg."""

    parties: tuple[int, ...]
    bottleneck: float


def loops(flows: Array | Sparse, longest: int = 5) -> tuple[Loop, ...]:
    """Every circle of at most `longest` legs, each party once, the widest first.

    Circles share legs, so bottlenecks must not be added up.

    >>> loops(np.array([[0, 5], [30, 0]]))
    (Loop(parties=(0, 1), bottleneck=5.0),)
    """
    graph = nx.from_scipy_sparse_array(as_flows(flows), create_using=nx.DiGraph)
    found = []
    for cycle in nx.simple_cycles(graph, length_bound=longest):
        first = cycle.index(min(cycle))
        parties = tuple(cycle[first:] + cycle[:first])
        legs = zip(parties, parties[1:] + parties[:1], strict=True)
        found.append(Loop(parties, min(graph.edges[leg]["weight"] for leg in legs)))
    return tuple(sorted(found, key=lambda loop: (-loop.bottleneck, loop.parties)))


class TimedFlow(NamedTuple):
    """A payment spread evenly over an interval, in years."""

    payer: int
    payee: int
    amount: float
    start_years: float
    end_years: float


class TimedLoop(NamedTuple):
    """A circle whose legs can follow each other, in the order in which money takes them."""

    parties: tuple[int, ...]
    bottleneck: float
    start_years: float
    lag_years: float
    """From the first dollar that leaves to the first that can be back."""


def time_respecting_loops(
    flows: Sequence[TimedFlow], first: Sequence[bool], longest: int = 5, window_years: float = 10.0
) -> tuple[TimedLoop, ...]:
    """Circles that begin with a payment marked in `first` and can be closed within the window.

    A dollar waits at each party until the next payment begins, and misses it once that has ended.
    From the circular trades of tax audits (Mathews, Mehta et al. 2017). The widest come first;
    each circle is given once, wherever it begins, by its widest and then its shortest way.

    >>> time_respecting_loops(
    ...     [TimedFlow(0, 1, 5.0, 0.0, 1.0), TimedFlow(1, 0, 30.0, 0.5, 5.0)], [True, False]
    ... )
    (TimedLoop(parties=(0, 1), bottleneck=5.0, start_years=0.0, lag_years=0.5),)
    """
    graph = nx.DiGraph([(flow.payer, flow.payee) for flow in flows])
    by_pair: dict[tuple[int, int], list[int]] = {}
    for number, flow in enumerate(flows):
        by_pair.setdefault((flow.payer, flow.payee), []).append(number)
    found: dict[tuple[int, ...], TimedLoop] = {}
    for cycle in nx.simple_cycles(graph, length_bound=longest):
        circle = tuple(cycle)
        for turn in range(len(cycle)):
            parties = tuple(cycle[turn:] + cycle[:turn])
            pairs = zip(parties, parties[1:] + parties[:1], strict=True)
            for route in product(*(by_pair[pair] for pair in pairs)):
                if not first[route[0]]:
                    continue
                loop = _closed(parties, [flows[number] for number in route], window_years)
                if loop and (circle not in found or _ranked(loop) < _ranked(found[circle])):
                    found[circle] = loop
    return tuple(sorted(found.values(), key=_ranked))


def _ranked(loop: TimedLoop) -> tuple[float, float, tuple[int, ...]]:
    return -loop.bottleneck, loop.lag_years, loop.parties


def _closed(
    parties: tuple[int, ...], legs: Sequence[TimedFlow], window_years: float
) -> TimedLoop | None:
    now = legs[0].start_years
    for leg in legs:
        now = max(now, leg.start_years)
        if now > leg.end_years:
            return None
    lag = now - legs[0].start_years
    if lag > window_years:
        return None
    return TimedLoop(parties, min(leg.amount for leg in legs), legs[0].start_years, lag)


def round_trip_share(flows: Array | Sparse, seller: int, customer: int) -> float:
    """The press's ratio over any number of hops: what can go out and come back, over what comes.

    Maximum flow from seller to customer, capped by that from customer to seller, over the latter;
    zero where either is zero. The customer is taken to have no other money.

    >>> round(round_trip_share(np.array([[0, 5], [30, 0]]), seller=0, customer=1), 4)
    0.1667
    """
    graph = nx.from_scipy_sparse_array(
        as_flows(flows), create_using=nx.DiGraph, edge_attribute="capacity"
    )
    out = nx.maximum_flow_value(graph, seller, customer)
    back = nx.maximum_flow_value(graph, customer, seller)
    return min(out, back) / back if back > 0 else 0.0

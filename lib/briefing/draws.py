"""Draws of all uncertain assumptions at once: most keep their own streams, a few move together.

Each assumption has a stream of its own, named by it. Those that stated correlations connect are
mixed by a Gaussian copula, which leaves every distribution as it is; all others stay as they are,
so that a correlation moves no figure that does not rest on it. An assumption that is held fixed
stays in the mixture unseen: holding it changes no draw of what it moves with.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import numpy as np

from briefing.inputs.assumptions import Assumption
from briefing.inputs.correlations import Bloc, Correlation, blocs
from briefing.inputs.distributions import drawn_quantile
from briefing.inputs.draws import MOST_KEPT_DRAWS, hashable, independent, shares
from briefing.model.measures.dependence import copula, correlated_uniforms

Array = np.ndarray


def joint_draws(
    assumptions: Mapping[str, Assumption],
    correlations: Sequence[Correlation],
    count: int,
    seed: int,
    first: int = 0,
    fixed: Collection[str] = (),
    only: Collection[str] | None = None,
) -> dict[str, Array]:
    """Draws of every assumption that is uncertain and not `fixed`, (count, 1) each.

    They start at draw number `first` of their streams, so that blocks make up a whole. Where few
    are wanted, `only` names them.
    """
    free = {
        name: each
        for name, each in assumptions.items()
        if not each.is_fixed and name not in fixed and (only is None or name in only)
    }
    bloc_of = {name: bloc for bloc in blocs(correlations) for name in bloc.names}
    return {
        name: _together(each, bloc_of[name], count, seed, first)
        if name in bloc_of
        else independent(each, count, seed, first)
        for name, each in free.items()
    }


def in_order(block: Callable[[int], Array], firsts: Iterable[int], workers: int) -> list[Array]:
    """Results of blocks in order, computed by so many threads; NumPy lets them run side by side."""
    if workers == 1:
        return [block(first) for first in firsts]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(block, firsts))


def _together(assumption: Assumption, bloc: Bloc, count: int, seed: int, first: int) -> Array:
    rows = tuple(map(tuple, bloc.spearman.tolist()))
    if count > MOST_KEPT_DRAWS or first:
        mixed = _mixed_once(bloc.names, rows, count, seed, first)
        return drawn_quantile(assumption, mixed[:, [bloc.names.index(assumption.name)]])
    return _kept_together(hashable(assumption), bloc.names, rows, count, seed)


Rows = tuple[tuple[float, ...], ...]


@lru_cache(maxsize=256)
def _kept_together(
    assumption: Assumption, names: tuple[str, ...], rows: Rows, count: int, seed: int
) -> Array:
    mixed = _kept_mixed(names, rows, count, seed)
    values = drawn_quantile(assumption, mixed[:, [names.index(assumption.name)]])
    values.flags.writeable = False
    return values


@lru_cache(maxsize=16)
def _kept_mixed(names: tuple[str, ...], rows: Rows, count: int, seed: int) -> Array:
    return _mixed(names, rows, count, seed, 0)


@lru_cache(maxsize=4)
def _mixed_once(names: tuple[str, ...], rows: Rows, count: int, seed: int, first: int) -> Array:
    # Every member of a bloc asks for the same block, one after the other.
    return _mixed(names, rows, count, seed, first)


def _mixed(names: tuple[str, ...], rows: Rows, count: int, seed: int, first: int) -> Array:
    streams = np.hstack([shares(name, count, seed, first) for name in names])
    return correlated_uniforms(streams, copula(np.array(rows)).pearson)

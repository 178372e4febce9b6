"""Cycling: how much of the money that is handled has been here before?"""

from typing import NamedTuple

import numpy as np

from briefing.model.measures.flows import Sparse, as_flows, checked_border
from briefing.model.measures.walks import refuse_trapped, round_trips, scaled_rows

Array = np.ndarray


class Finn(NamedTuple):
    """Finn's cycling index and what belongs to it."""

    cycling_index: float
    """Part of all throughflow that comes past again (FCI, throughflow convention)."""
    cycling_index_throughput: float
    """The same over throughput, which counts flows at both borders (FCIb)."""
    average_path_length: float
    """Throughflow per dollar that enters."""
    return_probability: Array
    """(party,): chance that a dollar that leaves a party ever comes back to it."""
    standard_error: float
    """Of the index; zero where no part of the network had to be estimated."""
    return_standard_error: Array
    """(party,): of the return probabilities."""
    imbalance_share: float
    """Largest gap between what enters and what leaves a party, over what enters it."""


def finn(
    flows: Array | Sparse,
    external_inflow: Array,
    external_outflow: Array,
    probes: int = 64,
    seed: int = 1,
) -> Finn:
    """Cycling of a network in steady flow (Finn 1976, 1980; Borrett & Lau 2014).

    Throughflow is what enters a party, from outside and from others. The index is meant for steady
    flow: where more leaves a party than enters it, or less, it is computed on what enters, and
    `imbalance_share` says how far that is from steady. ValueError where parties pay one another
    more than ever enters, so that money would multiply.

    >>> flows = np.array([[0, 62.5], [25, 0]])
    >>> round(float(finn(flows, np.array([100.0, 0]), np.array([62.5, 37.5])).cycling_index), 9)
    0.2
    """
    paid = as_flows(flows)
    inflow, outflow = (
        checked_border(given, paid.shape[0]) for given in (external_inflow, external_outflow)
    )
    through = inflow + paid.sum(axis=0)
    walk = scaled_rows(paid, through)
    refuse_trapped(walk)
    once_more = round_trips(walk, walk, walk, probes, seed)
    visits = 1 + walk.diagonal() + once_more.value
    if np.any(visits < 1 - 1e-9 - 20 * once_more.standard_error):
        party = int(np.argmin(visits))
        raise ValueError(
            f"party {party} and those it pays hand round more than enters them, so money would "
            "multiply and no index exists; add the missing flow from outside"
        )
    returning = (visits - 1) / visits
    total = through.sum()
    per_probe = (through / visits**2) @ once_more.probes / total if total else np.zeros(0)
    spread = per_probe.std(ddof=1) / np.sqrt(probes) if per_probe.size else 0.0
    # Unclipped, so that errors of single parties cancel instead of adding up.
    cycled = max(through @ returning, 0.0)
    throughput = paid.sum() + inflow.sum() + outflow.sum()
    return Finn(
        _ratio(cycled, total),
        _ratio(cycled, throughput),
        _ratio(total, inflow.sum()),
        np.clip(returning, 0.0, 1.0),
        float(spread),
        once_more.standard_error / visits**2,
        float(np.max(_gap(through, paid.sum(axis=1) + outflow), initial=0.0)),
    )


def _gap(entering: Array, leaving: Array) -> Array:
    return np.abs(entering - leaving) / np.where(entering > 0, entering, 1.0)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0 else 0.0

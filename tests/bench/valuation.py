"""Fair values of preferred terms against what people do today: `valuation.py [rounds]`.

Ten thousand sets of terms, all different, in one process. Usual ways are one root finder over one
quadrature per set (scipy), and simulated exits, as in the authors' own code and its replication.
Both are run on a sample and extrapolated to all sets, which the table says; rounds are interleaved
and ratios are those of medians. Simulation uses common exits for all trial values and as many of
them as give the error that the last column states; error falls with the root of their number, so
the time for any other error can be read off.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.model.measures.second_way import fair_value_of
from tests.model.measures.test_waterfall import as_rounds

from briefing.model.measures.fair_value import fair_value, listing_share
from briefing.model.measures.waterfall import Terms, listing_payoffs, sale_payoffs, terms

SETS = 10_000
QUADRATURE_SAMPLE, SIMULATED_SAMPLE = 2, 5
EXITS = 100_000


def contracts(sets: int) -> Terms:
    """Two rounds each, with preferences, caps, ranks and ratchets drawn by chance."""
    random = np.random.default_rng(1)
    size = (sets, 2)
    return terms(
        random.uniform(20e6, 200e6, size),
        100e6,
        np.full((sets, 1), 750e6),
        liquidation_multiple=random.uniform(1, 2, size),
        participation_cap_multiple=random.choice([1.0, 2.5], size),
        seniority=random.integers(1, 3, size),
        ratchet_multiple=random.choice([0.0, 0.0, 1.0], size),
    )


def one_of(many: Terms, row: int) -> Terms:
    """The set `row` alone."""
    return Terms(*(each[row : row + 1] for each in many))


def ours(many: Terms) -> np.ndarray:
    """All of them at once, in closed form."""
    return fair_value(many).total


def by_quadrature(many: Terms) -> np.ndarray:
    """One after another: a root finder over an integral over a root finder."""
    alone = (one_of(many, row) for row in range(QUADRATURE_SAMPLE))
    return np.array([fair_value_of(as_rounds(each), each.common_shares.item()) for each in alone])


def by_simulation(many: Terms, seed: int = 7) -> np.ndarray:
    """One after another: bisection over simulated exits, vectorised over the exits."""
    random = np.random.default_rng(seed)
    years = random.exponential(4.0, EXITS)
    moved = np.exp(0.9 * np.sqrt(years) * random.standard_normal(EXITS) - 0.38 * years)
    discount = np.exp(-0.025 * years)
    found = []
    for row in range(SIMULATED_SAMPLE):
        own = one_of(many, row)
        sale, listing, paid = sale_payoffs(own), listing_payoffs(own), own.invested[0, -1]
        low, high = paid, 12 * paid
        while high / low > 1 + 1e-5:
            middle = (low * high) ** 0.5
            value = middle * moved
            chance = listing_share(value)
            got = _last(sale, value) * (1 - chance) + _last(listing, value) * chance
            low, high = (low, middle) if np.mean(got * discount) > paid else (middle, high)
        found.append(middle)
    return np.array(found)


def _last(payoffs, value: np.ndarray) -> np.ndarray:
    piece = np.searchsorted(payoffs.edges[0], value, side="right") - 1
    return payoffs.intercept[0, piece, -2] + payoffs.slope[0, piece, -2] * value


WAYS: dict[str, tuple[Callable[[Terms], np.ndarray], int]] = {
    "ours": (ours, SETS),
    "quadrature": (by_quadrature, QUADRATURE_SAMPLE),
    "simulation": (by_simulation, SIMULATED_SAMPLE),
}


def main(rounds: int) -> None:
    """Print the table."""
    many = contracts(SETS)
    exact = ours(many)
    seconds: dict[str, list[float]] = {name: [] for name in WAYS}
    errors: dict[str, float] = {}
    for _ in range(rounds):
        for name, (way, sample) in WAYS.items():
            start = time.perf_counter()
            found = way(many)
            seconds[name].append((time.perf_counter() - start) * SETS / sample)
            errors[name] = float(np.max(np.abs(found / exact[:sample] - 1)))
    print(
        f"{'way':<14}{'sets timed':>12}{'s for 10,000':>14}{'times ours':>12}  largest difference"
    )
    for name, (_, sample) in WAYS.items():
        middle = statistics.median(seconds[name])
        ratio = middle / statistics.median(seconds["ours"])
        told = "" if sample == SETS else " (extrapolated)"
        print(f"{name:<14}{sample:>12,}{middle:>14,.2f}{ratio:>12,.0f}  {errors[name]:.1e}{told}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

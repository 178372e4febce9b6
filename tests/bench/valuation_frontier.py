"""The frontier of a price on a grid of 200 by 200: `python tests/bench/valuation_frontier.py`.

For each of 200 growth half-lives, the mature gross margin that the last priced round needs: 200
margins are looked at and each change of sign is closed in on. Beside it stands what one would
write first: scipy's scalar `brentq` on `Case.what_if`, growth by growth. That way is measured on
a sample of growths, spread evenly, and scaled up; it looks at the two ends only and would miss a
second crossing. A third way is the plain grid: a what-if for each of the 40,000 points, scaled up
from one. Times are the processor's, which other work on the machine lengthens less than a clock's;
all ways use one core. E11 and E11b are timed with their case read, as a notebook meets them.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import brentq

from briefing.case import Case
from briefing.exhibits.required import SCANNED, Condition, searched, solved

GRID = 200
SAMPLE = 20
FREE, GROWTH = "mature_gross_margin_share", "growth_half_life_years"
PRICE = Condition("equity_value_usd", "last_round_value_usd")
HALF_LIVES = np.linspace(0.2, 3.4, GRID)


def seconds(work: Callable[[], object], rounds: int) -> float:
    """Median processor time of `work`."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def frontier(case: Case, scanned: int = GRID) -> np.ndarray:
    """The required margin at each half-life, all at once."""
    grid = case._with_columns({GROWTH: HALF_LIVES[:, None]})
    leaves = {name: grid._leaves[name] for name in grid._parameters.assumptions}
    free = searched(grid._parameters.assumptions[FREE], leaves[FREE])
    found = solved(grid, grid._with_columns, leaves, [free], [PRICE], scanned)
    return found[FREE][0].value[:, 0]


def one_by_one(case: Case, half_lives: np.ndarray) -> np.ndarray:
    """The same with a scalar solver; not a number where its two ends have the same sign."""
    price = case.last_round_value_usd

    def required(half_life: float) -> float:
        def margin(share: float) -> float:
            changed = case.what_if(**{GROWTH: half_life, FREE: share})
            return changed.equity_value_usd - price

        return brentq(margin, 0, 1) if margin(0) * margin(1) < 0 else np.nan

    return np.array([required(float(each)) for each in half_lives])


def main(rounds: int) -> None:
    """Print times, their ratio, and how far both ways agree."""
    case = Case("latest")
    chosen = np.linspace(0, GRID - 1, SAMPLE).round().astype(int)
    ours, coarse = (seconds(lambda n=n: frontier(case, n), rounds) for n in (GRID, SCANNED))
    theirs = seconds(lambda: one_by_one(case, HALF_LIVES[chosen]), max(rounds // 3, 1))
    scaled = theirs * GRID / SAMPLE
    single = seconds(lambda: case.what_if(growth_half_life_years=1.0).equity_value_usd, 5 * rounds)
    apart = np.abs(frontier(case)[chosen] - one_by_one(case, HALF_LIVES[chosen]))
    reading = seconds(lambda: Case("latest").equity_value_usd, rounds)
    exhibits = seconds(lambda: _both(Case("latest")), rounds)
    print(f"{GRID} growths, {GRID} margins looked at: {ours:.3f} s; {SCANNED}: {coarse:.3f} s")
    print(f"brentq on what-ifs, {SAMPLE} of {GRID} growths: {theirs:.3f} s, all: {scaled:.2f} s")
    print(f"a what-if for each point: {single * GRID**2:.0f} s")
    print(f"brentq takes {scaled / ours:.0f} and {scaled / coarse:.0f} times as long")
    print(f"the two differ by at most {np.nanmax(apart):.1e}")
    print(f"E11 and E11b: {exhibits - reading:.3f} s beside {reading:.3f} s to read their case")


def _both(case: Case) -> None:
    _ = case.value_frontier, case.required_table


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)

"""Monte Carlo of the whole model against a loop and against memory: `draws.py [draws] [workers]`.

The model is what the chapter on risk asks for, over all quarters. The loop evaluates the same
functions draw by draw, on a sample, extrapolated to all draws. The floor copies every array that
the model's functions read and write once, block by block, and computes nothing. Times are of the
processor, because machines are shared; the time on the clock stands beside. Last comes the value of
knowing each undisclosed term, each group and all of them, to every stated decision.
"""

import os
import resource
import sys
import time
from collections.abc import Callable

# As every run has it: threads of linear algebra that wait for each other are counted as work.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from briefing.case import BLOCK, Case
from briefing.exhibits.information import decisions
from briefing.graph import arguments, functions, with_ancestors

FIGURES = (
    "equity_value_usd", "lowest_cash_usd", "runway_years", "self_funded_revenue_share",
    "azure_shortfall_usd", "commitment_receipts_total_usd", "microsoft_bundle_npv_usd",
    "nvidia_bundle_npv_usd", "held_stake_gain_usd", "onerous_obligation_usd",
)  # fmt: skip

LOOP_SAMPLE = 100

KNOWING = 100_000
"""Draws from which the value of information is found."""


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the processor and on the clock."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def one_by_one(case: Case, wanted: frozenset[str]) -> None:
    """The same functions on one draw after another."""
    for place in range(LOOP_SAMPLE):
        drawn = case._drawn(1, 1, place + 1, wanted)  # pyright: ignore[reportPrivateUsage]
        for name in FIGURES:
            drawn.value(name)


def touched(case: Case, wanted: frozenset[str]) -> list[np.ndarray]:
    """Every array that a function reads or writes, as often as one does, for one block."""
    drawn = case._drawn(BLOCK, 1, 0, wanted)  # pyright: ignore[reportPrivateUsage]
    for name in FIGURES:
        drawn.value(name)
    asked = [name for name in wanted if name in functions()]
    names = [*asked, *(each for name in asked for each in arguments(name))]
    values = (drawn.value(name) for name in names)
    flat = (part for value in values for part in (value if isinstance(value, tuple) else (value,)))
    return [each for each in flat if isinstance(each, np.ndarray) and each.dtype == np.float64]


def main(draws: int, workers: int) -> None:
    """Print the table."""
    case = Case("latest")
    wanted = frozenset(each for name in FIGURES for each in with_ancestors(name))
    case.distribution(*FIGURES, draws=BLOCK)
    runs = {
        f"{count:,} draws, {threads} worker{'s' * (threads > 1)}": (
            count,
            timed(lambda n=count, w=threads: case.distribution(*FIGURES, draws=n, workers=w)),
        )
        for count, threads in ((draws // 10, 1), (draws, 1), (draws, workers))
    }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    arrays = touched(case, wanted)
    scratch = [np.empty(each.shape) for each in arrays]
    floor = min(
        timed(lambda: [np.copyto(to, each) for to, each in zip(scratch, arrays, strict=True)])
        for _ in range(5)
    )
    runs["arrays copied once"] = (BLOCK, floor)
    runs["loop, extrapolated"] = (LOOP_SAMPLE, timed(lambda: one_by_one(case, wanted)))
    print(f"{'way':<28}{'processor µs a draw':>20}{'clock µs a draw':>18}")
    for name, (count, (processor, clock)) in runs.items():
        print(f"{name:<28}{processor / count * 1e6:>20,.1f}{clock / count * 1e6:>18,.1f}")
    ours = runs[f"{draws:,} draws, 1 worker"][1][0] / draws
    print(f"peak memory {peak:,.0f} MB; {len(arrays)} arrays read or written in a block")
    print(f"loop over ours {runs['loop, extrapolated'][1][0] / LOOP_SAMPLE / ours:,.0f}; ", end="")
    print(f"ours over copying {ours / (floor[0] / BLOCK):,.1f}")
    drawn, given = case.draws(KNOWING), {}
    names = {each: each.removesuffix("_draws") for each in arguments("decisions")}
    parts = {
        "the draws": timed(lambda: given.update({k: drawn.value(v) for k, v in names.items()})),
        "the values": timed(lambda: decisions(**given)),
    }
    print(f"value of knowing every undisclosed term, from {KNOWING:,} draws")
    for name, (processor, clock) in parts.items():
        print(f"  {name}: {processor:.1f} s of the processor, {clock:.1f} s on the clock")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 2,
    )

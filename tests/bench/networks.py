"""Network measures on generated economies against what people use today: `networks.py [rounds]`.

Every line is the median of interleaved rounds, each in a process of its own, so that its peak
memory is its own. The dense ways are textbook formulas in numpy, circulation is networkx's
network simplex. Both ways measure the same networks, so their values can be compared; the largest
self-funded share stands for provenance. ± is the standard error that our way reports.
"""

import multiprocessing
import resource
import statistics
import sys
import time
from collections.abc import Callable

import numpy as np

FLOWS_PER_POOL = 10
OURS = (5_000, 20_000, 100_000)
DENSE = (1_000, 2_500, 5_000)


def economy(pools: int, flows_per_pool: int = FLOWS_PER_POOL) -> tuple:
    """Flows, financing and money from outside; a few pools attract most payments."""
    from scipy.sparse import csr_array

    random = np.random.default_rng(pools)
    count = pools * flows_per_pool
    weight = random.pareto(1.5, pools) + 0.1
    payers = random.integers(pools, size=count)
    payees = random.choice(pools, size=count, p=weight / weight.sum())
    amounts = random.lognormal(0, 1.5, count)
    keep = payers != payees
    flows = csr_array(
        (amounts[keep], (payers[keep], payees[keep])), shape=(pools, pools), dtype=float
    )
    flows.sum_duplicates()
    financing = flows.copy()
    financing.data = np.where(random.random(flows.nnz) < 0.1, flows.data, 0.0)
    financing.eliminate_zeros()
    lacking = flows.sum(axis=1) - flows.sum(axis=0)
    outside = np.maximum(lacking, 0) + 0.2 * flows.sum(axis=1) + 0.01
    return flows, financing, outside


def finn_ours(pools: int) -> Callable[[], float]:
    """Finn index and all return probabilities, sparse."""
    from briefing.model.measures.cycling import finn

    flows, _, outside = economy(pools)

    def measure() -> tuple[float, float]:
        found = finn(flows, outside, outside)
        return found.cycling_index, found.standard_error

    return measure


def finn_dense(pools: int) -> Callable[[], float]:
    """The same by the dense inverse."""
    flows, _, outside = economy(pools)
    paid = flows.toarray()

    def measure() -> float:
        through = outside + paid.sum(axis=0)
        visits = np.diag(np.linalg.inv(np.eye(pools) - paid / through[:, None]))
        return float(through @ (1 - 1 / visits) / through.sum())

    return measure


def provenance_ours(pools: int) -> Callable[[], float]:
    """Every seller's self-funded share, all sources at once, sparse."""
    from briefing.model.measures.tracing import provenance

    flows, financing, outside = economy(pools)
    operating = flows - financing

    def measure() -> tuple[float, float]:
        found = provenance(outside, financing, operating)
        return float(found.self_funded_share.max()), float(found.standard_error.max())

    return measure


def provenance_dense(pools: int) -> Callable[[], float]:
    """The same by solving for the mix of every source in every pool."""
    flows, financing, outside = economy(pools)
    fin, ops = financing.toarray(), (flows - financing).toarray()

    def measure() -> float:
        through = outside + fin.sum(axis=0) + ops.sum(axis=0)
        mix = np.linalg.solve(np.eye(pools) - (ops / through).T, (fin / through).T)
        sales = ops.sum(axis=0)
        own = np.einsum("ji,ji->i", ops, mix)
        return float(np.divide(own, sales, out=np.zeros(pools), where=sales > 0).max())

    return measure


def circulation_ours(pools: int) -> Callable[[], float]:
    """Maximum circulation share."""
    from briefing.model.measures.circulation import max_circulation

    flows, _, _ = economy(pools)
    return lambda: max_circulation(flows).share


def circulation_networkx(pools: int) -> Callable[[], float]:
    """The same by networkx's network simplex, amounts in whole thousandths as it needs them."""
    import networkx as nx

    flows, _, _ = economy(pools)
    graph = nx.DiGraph()
    entries = flows.tocoo()
    for payer, payee, amount in zip(entries.row, entries.col, entries.data, strict=True):
        graph.add_edge(int(payer), int(payee), capacity=round(amount * 1000), weight=-1)
    total = sum(edge["capacity"] for _, _, edge in graph.edges(data=True))
    return lambda: -nx.network_simplex(graph)[0] / total


def clearing_ours(pools: int) -> Callable[[], float]:
    """Greatest clearing payments with costs of default; the share of debt paid."""
    from briefing.model.measures.clearing import clearing

    flows, _, _ = economy(pools)
    assets = 0.3 * flows.sum(axis=1)
    return lambda: float(clearing(flows, assets, None, 0.9, 0.9).payments.sum() / flows.sum())


def clearing_dense(pools: int) -> Callable[[], float]:
    """The same by the plain dense iteration from above."""
    flows, _, _ = economy(pools)
    owed = flows.toarray()
    promised = owed.sum(axis=1)
    assets = 0.3 * promised

    def measure() -> float:
        share = owed / np.where(promised > 0, promised, 1)[:, None]
        paid = promised.copy()
        for _ in range(100_000):
            incoming = share.T @ paid
            solvent = assets + incoming >= promised * (1 - 1e-12)
            new = np.where(solvent, promised, np.minimum(0.9 * (assets + incoming), promised))
            if np.max(np.abs(new - paid)) <= 1e-13 * promised.max():
                break
            paid = new
        return float(paid.sum() / promised.sum())

    return measure


PLAN = {
    "Finn and returns": (finn_dense, DENSE, finn_ours, OURS),
    "Provenance": (provenance_dense, DENSE, provenance_ours, OURS),
    "Circulation": (circulation_networkx, (300, 1_000), circulation_ours, (1_000, 3_000, 10_000)),
    "Clearing": (clearing_dense, DENSE, clearing_ours, OURS),
}


def _measure(made: Callable, pools: int, answer: multiprocessing.Queue) -> None:
    measure = made(pools)
    start = time.perf_counter()
    value = measure()
    value, error = value if isinstance(value, tuple) else (value, 0.0)
    seconds = time.perf_counter() - start
    answer.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, value, error))


def timed(made: Callable, pools: int) -> tuple[float, ...]:
    """Seconds, peak megabytes, value and its standard error, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    process = context.Process(target=_measure, args=(made, pools, answer))
    process.start()
    result = answer.get()
    process.join()
    return result


def main(rounds: int) -> None:
    """Print the table."""
    print(f"{'measure':<18}{'way':<8}{'pools':>8}{'flows':>10}{'seconds':>10}{'MB':>8}  value")
    for name, (usual, usual_sizes, ours, our_sizes) in PLAN.items():
        runs = [("usual", usual, n) for n in usual_sizes] + [("ours", ours, n) for n in our_sizes]
        runs += [("ours", ours, n) for n in usual_sizes if n not in our_sizes]
        found: dict[tuple[str, int], list[tuple[float, ...]]] = {}
        for _ in range(rounds):
            for way, made, pools in runs:
                found.setdefault((way, pools), []).append(timed(made, pools))
        for (way, pools), results in sorted(
            found.items(), key=lambda item: (item[0][0], item[0][1])
        ):
            seconds, megabytes, value, error = map(statistics.median, zip(*results, strict=True))
            flows = pools * FLOWS_PER_POOL
            print(
                f"{name:<18}{way:<8}{pools:>8,}{flows:>10,}{seconds:>10.2f}{megabytes:>8.0f}"
                f"  {value:.6f}" + (f" ± {error:.6f}" if error else "")
            )
        both = max(set(usual_sizes) & {n for way, n in found if way == "ours"})
        seconds = {
            way: statistics.median(r[0] for r in found[way, both]) for way in ("usual", "ours")
        }
        first, last = our_sizes[0], our_sizes[-1]
        growth = np.log(
            statistics.median(r[0] for r in found["ours", last])
            / statistics.median(r[0] for r in found["ours", first])
        ) / np.log(last / first)
        print(
            f"{name:<18}at {both:,} pools {seconds['usual'] / seconds['ours']:.0f} times as fast; "
            f"time grows with flows to the power {growth:.2f}"
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

"""Compare the model with published worked examples: `make cases CASES=<file or folder>`.

A case holds `id, kind, inputs, expected, tolerance{abs, rel}`. It passes when every expected value
is met: |got − expected| ≤ abs + rel · |expected|. Kinds that the model does not have yet are
counted as not implemented. Exit status 1 when a case fails, 2 when there is nothing to compare.
"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from briefing.inputs.distributions import Pert
from briefing.model.measures.discounting import gordon_value, present_value
from briefing.model.measures.tracing import (
    lower_traced_cumulative,
    pro_rata_mix,
    provenance,
    upper_traced_cumulative,
)

Values = Mapping[str, Any]

OTHER_CONVENTIONS = {"enterprise_value_financetoolkit_convention"}
"""Values that a case records of another tool's convention, which we do not adopt."""


def _annuity_pv(payments: list[float], rate: float, mid_year: bool = False) -> Values:
    years = np.arange(1, len(payments) + 1) - (0.5 if mid_year else 0)
    return {"pv": present_value(np.array(payments), rate, years).item()}


def _dcf_gordon(
    cash_flow: float, growth: float, wacc: float, perpetual_growth: float, periods: int
) -> Values:
    years = np.arange(1, periods + 1)
    flows = cash_flow * (1 + growth) ** years
    terminal = gordon_value(flows[-1], wacc, perpetual_growth)
    final = np.array([periods])
    enterprise = present_value(flows, wacc, years) + present_value(terminal, wacc, final)
    return {"terminal_value": terminal, "enterprise_value_standard": enterprise.item()}


def _ledger(
    tags: list[str], inflow: Values, spend: list[float], opening: Values | None = None
) -> Values:
    paid_in = np.array([inflow[tag] for tag in tags], dtype=float).T
    held = np.array([(opening or {}).get(tag, 0.0) for tag in tags])
    spent = np.array(spend, dtype=float)
    traced = pro_rata_mix(paid_in[None], spent[None], held[None])[0] * spent[:, None]
    paid_in[0] += held
    cumulated = np.cumsum(spent)
    found: dict[str, Any] = {}
    for number, tag in enumerate(tags):
        tagged, untagged = paid_in[:, number], np.delete(paid_in, number, axis=1).sum(axis=1)
        found |= {
            f"{tag}.traced": traced[:, number],
            f"{tag}.cumulative_share": np.cumsum(traced[:, number]) / cumulated,
            f"{tag}.upper_cumulative": upper_traced_cumulative(tagged, spent) / cumulated,
            f"{tag}.lower_cumulative": lower_traced_cumulative(untagged, spent) / cumulated,
        }
    return found


def _provenance(n: int, external_inflow: list[float], operating: Any, financing: Any) -> Values:
    external = np.array(external_inflow, dtype=float)
    traced = provenance(external, _matrix(n, financing), _matrix(n, operating))
    return {
        "self_funded_revenue_ratio": traced.self_funded_share,
        "direct_only_ratio": traced.direct_share,
        "source_share": traced.source_share,
    }


def _matrix(n: int, flows: list[tuple[int, int, float]]) -> np.ndarray:
    matrix = np.zeros((n, n))
    for payer, payee, amount in flows:
        matrix[payer, payee] += amount
    return matrix


def _pert(a: float, m: float, b: float) -> Values:
    shape = Pert(a, m, b)
    spread = shape.standard_deviation
    return {"alpha": shape.alpha, "beta": shape.beta, "mean": shape.mean, "sd": spread}


KINDS: Mapping[str, Callable[..., Values]] = {
    "annuity_pv": _annuity_pv,
    "dcf_gordon": _dcf_gordon,
    "ledger": _ledger,
    "provenance": _provenance,
    "pert": _pert,
}


def faults(case: Values) -> list[str]:
    """What of `case` is not met, in words; empty when it passes."""
    try:
        got = KINDS[case["kind"]](**case["inputs"])
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    tolerance = case.get("tolerance", {"abs": 1e-9, "rel": 1e-6})
    wanted = {k: v for k, v in case["expected"].items() if k not in OTHER_CONVENTIONS}
    return [
        f"{name}: expected {value}, got {got.get(name, 'nothing')}"
        for name, value in wanted.items()
        if name not in got or not _is_met(got[name], value, **tolerance)
    ]


def _is_met(got: Any, expected: Any, abs: float, rel: float) -> bool:
    got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    return got.shape == expected.shape and bool(
        np.all(np.abs(got - expected) <= abs + rel * np.abs(expected))
    )


def read_cases(path: Path) -> Iterator[Values]:
    """Every case of a file, or of each JSON file of a folder."""
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        content = json.loads(file.read_text("utf-8"))
        cases = content.get("cases") if isinstance(content, dict) else content
        if cases is None:
            print(f"{file.name}: not of this form (no `cases`), left out")
            continue
        yield from cases


def main(path: Path) -> int:
    """Print the tally per kind and every fault; return the exit status."""
    try:
        cases = list(read_cases(path))
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{path}: cannot be read as cases ({error}); nothing was compared")
        return 2
    if not cases:
        print(f"{path}: holds no cases; nothing was compared")
        return 2
    tally: Counter[tuple[str, str]] = Counter()
    for case in cases:
        kind = case.get("kind") or "quoted"
        if kind not in KINDS:
            tally[kind, "not implemented"] += 1
            continue
        found = faults(case)
        tally[kind, "failed" if found else "passed"] += 1
        for fault in found:
            print(f"{case['id']}: {fault}")
    _print_tally(tally)
    return 1 if any(outcome == "failed" for _, outcome in tally) else 0


def _print_tally(tally: Counter[tuple[str, str]]) -> None:
    outcomes = ("passed", "failed", "not implemented")
    for kind in sorted({kind for kind, _ in tally}):
        counts = [f"{tally[kind, each]:>4} {each}" for each in outcomes if tally[kind, each]]
        print(f"{kind:<22}" + ", ".join(counts))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

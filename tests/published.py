"""Compare the model with published worked examples: `make cases CASES=<file or folder>`.

A case holds `id, kind, inputs, expected, tolerance{abs, rel}`. It passes when every expected value
is met: |got − expected| ≤ abs + rel · |expected|. Kinds that the model does not have yet are
counted as not implemented. Exit status 1 when a case fails, 2 when there is nothing to compare.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tests.kinds import KINDS

Values = Mapping[str, Any]

OTHER_CONVENTIONS = {"enterprise_value_financetoolkit_convention"}
"""Values that a case records of another tool's convention, which we do not adopt."""


def faults(case: Values) -> list[str]:
    """What of `case` is not met, in words; empty when it passes."""
    try:
        got = KINDS[case["kind"]](**case["inputs"])
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    tolerance = {"abs": 1e-9, "rel": 1e-6} | case.get("tolerance", {})
    wanted = {k: v for k, v in case["expected"].items() if k not in OTHER_CONVENTIONS}
    return [
        f"{name}: expected {value}, got {got.get(name, 'nothing')}"
        for name, value in wanted.items()
        if name not in got or not _is_met(got[name], value, **tolerance)
    ]


def _is_met(got: Any, expected: Any, abs: float, rel: float) -> bool:
    if isinstance(got, list | tuple) and (_is_ragged(got) or _is_ragged(expected)):
        # Waves of parties differ in length; who is in which is met or not, there is no almost.
        return [sorted(wave) for wave in got] == [sorted(wave) for wave in expected]
    try:
        got, expected = np.asarray(got, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == expected.shape and bool(
        np.all(np.abs(got - expected) <= abs + rel * np.abs(expected))
    )


def _is_ragged(value: Any) -> bool:
    rows = value if isinstance(value, list | tuple) else []
    return len({len(row) for row in rows if isinstance(row, list | tuple)}) > 1


def read_cases(path: Path) -> Iterator[Values]:
    """Every case of a file, or of each JSON file of a folder."""
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        content = json.loads(file.read_text("utf-8"))
        cases = content.get("cases") if isinstance(content, dict) else content
        if isinstance(content, dict) and "models" in content:
            cases = [_ecosystem(model) for model in content["models"]]
        if cases is None:
            print(f"{file.name}: not of this form (no `cases`), left out")
            continue
        yield from cases


def _ecosystem(model: Values) -> Values:
    """An ecosystem network with its recomputed cycling, as a case of the kind finn."""
    names = {"FCI", "FCIb_throughput", "APL", "node_return_probability"}
    return {
        "id": model["id"],
        "kind": "finn",
        "inputs": {name: model[name] for name in ("flows", "n", "input", "output")},
        "expected": {name: value for name, value in model["recomputed"].items() if name in names},
        "tolerance": {"abs": 1e-9, "rel": 1e-6},
    }


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
    if formless := [case for case in cases if not _has_form(case)]:
        print(f"{path}: {json.dumps(formless[0])[:80]} is no case ({FORM}); nothing was compared")
        return 2
    for case in cases:
        kind = case.get("kind") or "quoted"
        if kind not in KINDS:
            tally[kind, "not implemented"] += 1
            continue
        found = faults(case)
        tally[kind, "failed" if found else "passed"] += 1
        for fault in found:
            print(f"{case.get('id', kind)}: {fault}")
    _print_tally(tally)
    return 1 if any(outcome == "failed" for _, outcome in tally) else 0


FORM = "id and kind are text; a kind that we have needs inputs, expected and tolerance by name"


def _has_form(case: Any) -> bool:
    """Whether `case` can be compared, or counted as one of a kind that we do not have."""
    if not isinstance(case, dict):
        return False
    named = all(isinstance(case.get(name, ""), str | None) for name in ("id", "kind"))
    parts = (case.get("inputs"), case.get("expected"), case.get("tolerance", {}))
    return named and (case.get("kind") not in KINDS or all(isinstance(x, dict) for x in parts))


def _print_tally(tally: Counter[tuple[str, str]]) -> None:
    outcomes = ("passed", "failed", "not implemented")
    for kind in sorted({kind for kind, _ in tally}):
        counts = [f"{tally[kind, each]:>4} {each}" for each in outcomes if tally[kind, each]]
        print(f"{kind:<22}" + ", ".join(counts))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

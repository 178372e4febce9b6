"""The run manifest: what a briefing was made from, by what, and how to make it again.

No quantity of the graph asks for it; it is made by `Case.run_manifest`. It names no machine and no
time, so equal inputs give equal manifests.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import table
from briefing.inputs.made_with import MadeWith
from briefing.inputs.parameters import ParameterSet

SHOWN_DIGITS = 16
"""Digits of a digest that are printed; the data has all."""


@dataclass(frozen=True)
class Extent:
    """How large the case is; `facts` are those known by then, `used_facts` behind assumptions."""

    facts: int
    used_facts: int
    assumptions: int
    ranges: int
    formulas: int
    exhibits: int


Row = tuple[str, str, str]
"""Group, what, and its value."""


def run_manifest(
    parameters: ParameterSet, overrides: Mapping[str, Any], extent: Extent, made: MadeWith
) -> Exhibit:
    """E43b: everything that decides what stands in a briefing, and the commands that repeat it."""
    rows = [*_asked(parameters, overrides, extent), *_made(made), *_repeated(parameters, overrides)]
    columns = ["Group", "What", "Value"]
    data = pd.DataFrame(rows, columns=columns)
    shown = data.assign(Value=data["Value"].map(_shortened))
    return Exhibit(
        id="E43b",
        title=f"{extent.formulas} formulas, {extent.assumptions} assumptions and the ledger of "
        f"{extent.facts} facts decide every number; {parameters.draws:,} draws come from one seed",
        body=table(shown, stub="What", groups="Group"),
        alt=f"Manifest of {len(data)} entries: "
        + ", ".join(dict.fromkeys(group.lower() for group in data["Group"]))
        + f". Set {parameters.name} as of {parameters.as_of}.",
        data=data,
        notes=(
            f"Digests are SHA-256, of which {SHOWN_DIGITS} digits are printed; the data has all. "
            "Where the desk built the briefing, a key made of all inputs stands at its end and "
            "names its folder: equal inputs give an equal key and equal bytes.",
        ),
    )


def _asked(parameters: ParameterSet, overrides: Mapping[str, Any], extent: Extent) -> Iterator[Row]:
    group = "What was asked"
    yield group, "Parameter set", f"{parameters.name}: {parameters.title}"
    yield group, "As of", str(parameters.as_of)
    replaced = (f"{name} = {value}" for name, value in overrides.items())
    yield group, "Replaced by hand", ", ".join(replaced) or "nothing"
    yield group, "Compared with", ", ".join(parameters.scenarios)
    yield group, "Draws", f"{parameters.draws:,} from seed {parameters.seed}"
    yield group, "Assumptions", f"{extent.assumptions}, of which {extent.ranges} are uncertain"
    yield (
        group,
        "Facts",
        f"{extent.facts} known by then, of which {extent.used_facts} stand behind assumptions",
    )
    shown = f"shown by {extent.exhibits} exhibits and sentences"
    yield group, "Formulas", f"{extent.formulas}, {shown}"


def _made(made: MadeWith) -> Iterator[Row]:
    group = "What made it"
    yield group, "Python", made.python
    yield from ((group, name, found) for name, found in made.packages.items())
    for kind, digest in made.code.items():
        yield group, kind.capitalize(), digest
    yield from (("Files", name, digest) for name, digest in made.files.items())


def _repeated(parameters: ParameterSet, overrides: Mapping[str, Any]) -> Iterator[Row]:
    group = "How to repeat it"
    given = ", ".join(f"{name}: {value}" for name, value in overrides.items())
    stated = f"{{parameter_set: {parameters.name}, overrides: {{{given}}}}}"
    if not overrides:
        yield group, "All of it", f"make briefing SETS={parameters.name}"
    yield group, "One notebook", f"papermill notebooks/NAME.ipynb NAME.ipynb -y '{stated}'"
    yield group, "Its document", "jupyter nbconvert --to briefing-pdf NAME.ipynb"


def _shortened(value: str) -> str:
    is_digest = len(value) == 64 and set(value) <= set("0123456789abcdef")
    return value[:SHOWN_DIGITS] if is_digest else value

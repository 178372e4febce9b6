"""Every figure that an exhibit shows, with its range, its formula and what it rests on.

A figure is a quantity that is one number per case and that some exhibit asks for. Their register
is where every printed number leads home to.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.lab import FIGURES
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import opening, quantity_span, quantity_text, spoken, unit_of
from briefing.inputs.assumptions import Assumption

GROUPS = {
    "deal": "The deal",
    "operations": "Anthropic's operations",
    "circularity": "Circularity",
    "timing": "Circularity in time",
    "feedback": "Feedback",
    "network": "The web of deals",
    "web": "The web of deals",
    "contagion": "A stop of funding",
    "valuation": "Valuation",
    "outlook": "Valuation",
    "multiples": "Multiples",
    "venture": "Valuation",
    "preferred": "Valuation",
    "risk": "Risk",
    "renegotiation": "Risk",
    "ownership": "What part the money buys",
    "bundle": "The bundle of shares and margin",
    "dollar": "What a dollar of equity buys",
    "circular_value": "Market value that rests on circles",
    "dependence": "Whom each party rests on",
    "accounting": "In the accounts",
    "obligations": "Obligations",
    "buildout": "The build-out",
    "energy": "Energy, water and carbon",
    "lockin": "Lock-in",
    "tenants": "What labs promise to clouds",
    "routing": "Choice of models",
    "access": "Ways to buy models",
    "concentration": "Concentration",
    "remedies": "Remedies",
    "decisions": "Decisions",
}
"""Module of the model → what its figures are about."""


@dataclass(frozen=True)
class Figure:
    """One number with the median, the 10th and the 90th percentile of draws, and what it rests on.

    `group` is the module that computes it, `meaning` the first line of its formula's docstring.
    """

    name: str
    group: str
    meaning: str
    value: float
    median: float
    low: float
    high: float
    assumptions: tuple[Assumption, ...]
    is_headline: bool = False

    @property
    def label(self) -> str:
        """The name as a reader says it."""
        return opening(spoken(self.name))

    @cached_property
    def grades(self) -> Counter[str]:
        """How many facts of each grade stand behind it."""
        facts = {fact.id: fact for each in self.assumptions for fact in each.facts}
        return Counter(fact.grade for fact in facts.values())

    @property
    def sources(self) -> tuple[str, ...]:
        """Ids of the facts behind it, in order."""
        return tuple(sorted({fact.id for each in self.assumptions for fact in each.facts}))


def ends_and_middle(draws: np.ndarray) -> tuple[float, float, float]:
    """The 10th percentile of draws, the median and the 90th percentile."""
    # Between two infinite draws there is nothing to interpolate.
    method = "linear" if np.isfinite(draws).all() else "closest_observation"
    low, median, high = np.quantile(draws, [0.1, 0.5, 0.9], method=method)
    return float(low), float(median), float(high)


def recognised(
    numbers: Iterable[tuple[str, float]], sizes: Mapping[str, Collection[float]]
) -> Mapping[str, str]:
    """Which printed numbers are which figure, told by their values to the last digit.

    `numbers` are texts with values, `sizes` the values at which each figure may be printed. A text
    that could also be something else is left out, and so is a number that says little, such as 0.

    >>> recognised([("25%", 0.251), ("25%", 0.251), ("7%", 0.07)], {"a_share": [0.251, 0.3]})
    {'25%': 'a_share'}
    >>> recognised([("25%", 0.251), ("25%", 0.249)], {"a_share": [0.251]})
    {}
    """
    owners: dict[float, set[str]] = {}
    for name, values in sizes.items():
        for value in values:
            owners.setdefault(value, set()).add(name)
    meant: dict[str, set[float]] = {}
    for text, value in numbers:
        meant.setdefault(text, set()).add(value)
    found: dict[str, str] = {}
    for text, values in meant.items():
        (value, *others) = values
        names = owners.get(value, set())
        if not others and len(names) == 1 and math.isfinite(value) and value not in (0, 1):
            found[text] = next(iter(names))
    return found


def figure_register(figures: Sequence[Figure]) -> Exhibit:
    """E41c: every figure with range, meaning and evidence, grouped by what computes it."""
    ordered = sorted(figures, key=lambda each: list(GROUPS).index(each.group))
    shown = pd.DataFrame(
        {
            "Group": [GROUPS[each.group] for each in ordered],
            "Figure": [each.label for each in ordered],
            "Central case": [quantity_text(each.name, each.value) for each in ordered],
            "Middle draw, and eight of ten": [_range(each) for each in ordered],
            "What it is": [each.meaning for each in ordered],
            "Assumptions; facts": [_evidence(each) for each in ordered],
        }
    )
    data = pd.DataFrame(
        {
            "id": [each.name for each in ordered],
            "label": shown["Figure"],
            "value": [each.value for each in ordered],
            "median": [each.median for each in ordered],
            "low": [each.low for each in ordered],
            "high": [each.high for each in ordered],
            "unit": [unit_of(each.name) for each in ordered],
            "shown": shown["Central case"],
            "grade": [max(each.grades, default="") for each in ordered],
            "sources": [" ".join(each.sources) for each in ordered],
            "headline": [each.is_headline for each in ordered],
        }
    )
    ranged = sum(each.low < each.high for each in ordered)
    return Exhibit(
        id=FIGURES,
        title=f"{len(ordered)} figures of the exhibits, {ranged} of them uncertain",
        body=table(shown, numbers=["Central case"], stub="Figure", groups="Group"),
        alt=read_aloud(shown),
        data=data,
        notes=(
            "The central case takes every assumption at its most likely value; where shapes are "
            "skewed, the middle draw lies elsewhere, and the middle of a sum need not be the sum "
            "of the middles. Eight draws of ten lie in the range.",
            "The last column counts the assumptions behind a figure, and the facts behind those by "
            "grade: A read in a primary source, B confirmed by the company, "
            "C reported, D estimated or disputed, E undisclosed.",
            "The command “briefing explain”, given a name as it stands here, tells a figure's "
            "formulas down to its assumptions and facts.",
        ),
    )


def _range(figure: Figure) -> str:
    middle = quantity_text(figure.name, figure.median)
    told = quantity_span(figure.name, figure.low, figure.high)
    return middle if told == middle else f"{middle}; {told}"


def _evidence(figure: Figure) -> str:
    grades = " ".join(f"{grade}{figure.grades[grade]}" for grade in sorted(figure.grades))
    return f"{len(figure.assumptions)}; {grades or 'none'}"

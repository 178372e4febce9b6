"""What a printed number may stand for, for a reader who has nothing but its text."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from briefing.exhibits.figures import Figure
from briefing.exhibits.terms import amount_text
from briefing.exhibits.words import quantity_text
from briefing.inputs.assumptions import Assumption
from briefing.inputs.facts import Fact


@dataclass(frozen=True)
class Meaning:
    """A figure, assumption or fact, which of its numbers is meant, and what it is about."""

    name: str
    which: str
    about: str


def meanings(
    text: str, figures: Iterable[Figure], assumptions: Iterable[Assumption], facts: Iterable[Fact]
) -> Iterator[Meaning]:
    """All of whose numbers one is printed as `text`, be minus or thousands written so or so."""
    for name, about, numbers in (*_figures(figures), *_assumptions(assumptions), *_facts(facts)):
        which = [which for which, printed in numbers if _bare(printed) == _bare(text)]
        if which:
            yield Meaning(name, ", ".join(dict.fromkeys(which)), about)


def _bare(text: str) -> str:
    return re.sub(r"[\s,]", "", text).replace("−", "-").casefold()


Told = tuple[str, str, Sequence[tuple[str, str]]]
"""Name, what it is about, and its numbers as printed, each with which it is."""


def _figures(figures: Iterable[Figure]) -> Iterator[Told]:
    for each in figures:
        numbers = {
            "central case": each.value, "middle of the draws": each.median,
            "low end": each.low, "high end": each.high,
        }  # fmt: skip
        yield each.name, each.meaning, _written(each.name, numbers)


def _assumptions(assumptions: Iterable[Assumption]) -> Iterator[Told]:
    for each in assumptions:
        numbers = {"most likely": each.value, "low end": each.low, "high end": each.high}
        yield each.name, f"Assumption. {each.reason}", _written(each.name, numbers)


def _written(name: str, numbers: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    there = {which: number for which, number in numbers.items() if number is not None}
    return [(which, quantity_text(name, number)) for which, number in there.items()]


def _facts(facts: Iterable[Fact]) -> Iterator[Told]:
    for each in facts:
        told = amount_text(each)
        parts = [told, *re.split(r"^up to |^at least | to ", told)]
        about = ", ".join(filter(None, (each.source.publisher, each.published)))
        yield each.id, about, [("fact", part) for part in parts]

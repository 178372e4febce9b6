"""Choices: what readers may move, and what every figure and conclusion then says, all in words.

Whoever shows them has nothing to compute and nothing to format.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from briefing.exhibits.words import opening, quantity_text, spoken
from briefing.inputs.moves import Move

Moved = Mapping[Move, float]
"""One number per case, by what was moved; under no move, the set's own."""


@dataclass(frozen=True)
class Figure:
    """A figure by what was moved; `head` is its short label."""

    label: str
    head: str
    values: Moved
    written: Callable[[float], str]

    def text(self, move: Move) -> str:
        """The figure as printed."""
        return self.written(self.values[move])


@dataclass(frozen=True)
class Conclusion:
    """A question with its answer in words, by what was moved."""

    label: str
    head: str
    answers: Mapping[Move, str]

    def text(self, move: Move) -> str:
        """The answer."""
        return self.answers[move]

    def flips(self, move: Move) -> bool:
        """Whether the answer is another than without any move."""
        return self.answers[move] != self.answers[()]


def choices(
    own: Mapping[str, float], figures: Sequence[Figure], conclusions: Sequence[Conclusion]
) -> Mapping[str, Any]:
    """Sliders for the assumptions in `own`, and every text that they can lead to.

    `points` has for each move, such as `0:3 2:5` (the first slider at its fourth position, the
    third at its sixth), the place of each figure's and then of each answer's text in its `texts`.
    """
    moves = list(figures[0].values)
    tried = {name: {value, *_tried(name, moves)} for name, value in own.items()}
    positions = {name: sorted(values) for name, values in tried.items()}
    places = {
        (name, value): f"{slider}:{place}"
        for slider, (name, values) in enumerate(positions.items())
        for place, value in enumerate(values)
    }
    told = [_told(each, moves) for each in (*figures, *conclusions)]
    found = zip(*(codes for _, codes in told), strict=True)
    columns = [column for column, _ in told]
    return {
        "sliders": [
            {
                "label": opening(spoken(name)),
                "texts": [quantity_text(name, value) for value in values],
                "start": values.index(own[name]),
            }
            for name, values in positions.items()
        ],
        "figures": columns[: len(figures)],
        "conclusions": columns[len(figures) :],
        "points": {
            " ".join(sorted(places[moved] for moved in move)): list(codes)
            for move, codes in zip(moves, found, strict=True)
        },
    }


def _tried(name: str, moves: Sequence[Move]) -> set[float]:
    return {value for move in moves for moved, value in move if moved == name}


def _told(each: Figure | Conclusion, moves: Sequence[Move]) -> tuple[Mapping[str, Any], list[int]]:
    codes, texts = pd.factorize(pd.Series([opening(each.text(move)) for move in moves]))
    return {"label": each.label, "texts": list(texts)}, codes.tolist()

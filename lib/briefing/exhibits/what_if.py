"""What if: the headline figures with one or two assumptions moved, each case computed on its own.

Effects are never added up: what a reader sees was computed for exactly the values that stand there.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from briefing.exhibits.choices import Conclusion, Figure, Moved, choices
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    money,
    opening,
    percent,
    quantity_text,
    spoken,
)
from briefing.inputs.moves import Move
from briefing.inputs.parameters import ParameterSet

MOST_SLIDERS = 6

EQUAL_SWINGS = 6
"""Decimals of a relative swing; what differs beyond them is rounding, and a tie."""


def what_if_sliders(
    self_funded_revenue_share_by_end: Moved,
    customer_funded_revenue_share_by_end: Moved,
    nvidia_self_funded_revenue_share_by_end: Moved,
    equity_value_usd_by_end: Moved,
    lowest_cash_usd_by_end: Moved,
    labs_paid_without_funding_share_by_end: Moved,
) -> tuple[str, ...]:
    """Assumptions that matter most: for each figure the one that moves it most over its own range,
    then those that move all figures most, each figure counted alike. Ties go in the set's order.
    """
    figures = (
        self_funded_revenue_share_by_end,
        customer_funded_revenue_share_by_end,
        nvidia_self_funded_revenue_share_by_end,
        equity_value_usd_by_end,
        lowest_cash_usd_by_end,
        labs_paid_without_funding_share_by_end,
    )
    swings = [each for each in map(_relative_swings, figures) if each]
    total = {name: sum(each[name] for each in swings) for name in next(iter(swings), {})}
    leaders = dict.fromkeys(max(each, key=each.__getitem__) for each in swings)
    ranked = sorted(total, key=total.__getitem__, reverse=True)
    chosen = list(dict.fromkeys([*leaders, *ranked]))[:MOST_SLIDERS]
    return tuple(name for name in ranked if name in chosen)


def _relative_swings(figure: Moved) -> Mapping[str, float]:
    """How far each assumption moves a figure, over the farthest; nothing where none does."""
    reached: dict[str, list[float]] = {}
    for move, value in figure.items():
        for name, _ in move:
            reached.setdefault(name, [figure[()]]).append(value)
    swings = {name: float(np.ptp(values)) for name, values in reached.items()}
    farthest = max(swings.values(), default=0.0)
    if not farthest > 0:
        return {}
    return {name: round(swing / farthest, EQUAL_SWINGS) for name, swing in swings.items()}


def what_if_table(
    self_funded_revenue_share_by_move: Moved,
    lower_self_funded_revenue_share_by_move: Moved,
    upper_self_funded_revenue_share_by_move: Moved,
    customer_funded_revenue_share_by_move: Moved,
    lower_customer_funded_revenue_share_by_move: Moved,
    upper_customer_funded_revenue_share_by_move: Moved,
    nvidia_self_funded_revenue_share_by_move: Moved,
    equity_value_usd_by_move: Moved,
    last_round_value_usd_by_move: Moved,
    lowest_cash_usd_by_move: Moved,
    labs_paid_without_funding_share_by_move: Moved,
    what_if_sliders: Sequence[str],
    parameters: ParameterSet,
) -> Exhibit:
    """E00s: the headline figures at both ends of the assumptions that move them most.

    On a screen they are sliders over all positions of one assumption, or of two at once.
    """
    payable = labs_paid_without_funding_share_by_move
    valued = Figure(
        "Anthropic, discounted cash flow", "Cash flow value", equity_value_usd_by_move, money
    )
    figures = (
        Figure(
            "Of the commitment, Microsoft's own money",
            "Microsoft's own money",
            self_funded_revenue_share_by_move,
            percent,
        ),
        Figure(
            "Of the commitment, customers' money",
            "Customers' money",
            customer_funded_revenue_share_by_move,
            percent,
        ),
        Figure(
            "Nvidia's own money in these chip sales",
            "Nvidia's own, of chips",
            nvidia_self_funded_revenue_share_by_move,
            percent,
        ),
        valued,
        Figure("Lowest cash, money in sight only", "Lowest cash", lowest_cash_usd_by_move, money),
        Figure("Of what labs promised, payable without funding", "Labs can pay", payable, percent),
    )
    conclusions = (
        Conclusion(
            "Is the commitment mostly Microsoft's own money?",
            "Microsoft's own money",
            _halves(
                lower_self_funded_revenue_share_by_move, upper_self_funded_revenue_share_by_move
            ),
        ),
        Conclusion(
            "Do customers pay most of the commitment?",
            "Customers' money",
            _halves(
                lower_customer_funded_revenue_share_by_move,
                upper_customer_funded_revenue_share_by_move,
            ),
        ),
        Conclusion(
            "Where does the last round lie beside the discounted cash flow?",
            "Last round",
            {
                move: "above it" if last_round_value_usd_by_move[move] > value else "not above it"
                for move, value in equity_value_usd_by_move.items()
            },
        ),
        Conclusion(
            "Does money in sight run out before 2036?",
            "Money in sight",
            {
                move: "it runs out" if lowest < 0 else "it lasts"
                for move, lowest in lowest_cash_usd_by_move.items()
            },
        ),
    )
    frame = _at_ends(what_if_sliders, figures, conclusions)
    own = {name: float(parameters.assumptions[name].value) for name in what_if_sliders}
    return Exhibit(
        id="E00s",
        title=_title(valued, conclusions),
        body=table(frame, numbers=["At", *(each.head for each in figures)], stub="Assumption"),
        alt=read_aloud(frame),
        data=_one_at_a_time(figures, conclusions),
        choices=choices(own, figures, conclusions),
        notes=(
            "Point values, as under “Central case” in E41c: every other assumption keeps its most "
            "likely value, and there are no draws. The key figure of the discounted cash flow is a "
            "median of draws, and differs.",
            "Chosen are, for each figure, the assumption that moves it most over its own range, "
            f"and then those that move all figures most: {len(own)} of "
            f"{len(parameters.assumptions)}. Every value was computed for exactly what stands "
            "beside it; effects are never added up.",
        ),
    )


def _halves(low: Moved, high: Moved) -> Mapping[Move, str]:
    """Whether a share is more than half, as far as its bounds say."""

    def answer(move: Move) -> str:
        if low[move] > 0.5:
            return "more than half, by every tracing rule"
        if high[move] <= 0.5:
            return "at most half, by every tracing rule"
        return "it depends on the rule"

    return {move: answer(move) for move in low}


def _alone(figure: Figure) -> Mapping[str, Sequence[float]]:
    """Values at which each assumption was tried with all others left in place."""
    tried: dict[str, list[float]] = {}
    for ((name, value),) in (move for move in figure.values if len(move) == 1):
        tried.setdefault(name, []).append(value)
    return tried


def _title(valued: Figure, conclusions: Sequence[Conclusion]) -> str:
    moves = [move for move in valued.values if len(move) < 2]
    moved = len(_alone(valued))
    if not moved:
        return "No assumption of this set has a range, so nothing flips"
    values = [valued.values[move] for move in moves]
    flipping = sum(any(map(each.flips, moves)) for each in conclusions)
    return (
        f"Each of {moved} assumptions moved alone leaves the discounted cash flow between "
        f"{money(min(values))} and {money(max(values))}; {flipping or 'none'} of "
        f"{len(conclusions)} conclusions flip{'s' if flipping <= 1 else ''}"
    )


def _at_ends(
    names: Sequence[str], figures: Sequence[Figure], conclusions: Sequence[Conclusion]
) -> pd.DataFrame:
    tried = _alone(figures[0])
    ends = [(name, end) for name in names for end in {min(tried[name]): 0, max(tried[name]): 0}]
    rows: list[tuple[str, str, Move]] = [("As in this set", "", ())]
    rows += [
        (opening(spoken(name)), quantity_text(name, end), ((name, end),)) for name, end in ends
    ]
    return pd.DataFrame(
        [
            {"Assumption": label, "At": at}
            | {each.head: each.text(move) for each in figures}
            | {"Flips": _flips(conclusions, move)}
            for label, at, move in rows
        ]
    )


def _flips(conclusions: Sequence[Conclusion], move: Move) -> str:
    return "; ".join(f"{each.head}: {each.text(move)}" for each in conclusions if each.flips(move))


def _one_at_a_time(figures: Sequence[Figure], conclusions: Sequence[Conclusion]) -> pd.DataFrame:
    """Every position of every slider, with all others left in place."""
    tried = [(name, value) for name, values in _alone(figures[0]).items() for value in values]
    return pd.DataFrame(
        [
            {"assumption": name, "value": value}
            | {each.label: each.values[((name, value),)] for each in figures}
            | {each.label: each.text(((name, value),)) for each in conclusions}
            for name, value in tried
        ]
    )

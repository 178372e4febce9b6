"""Exhibits of sensitivity: what moves the headline figures most, one assumption at a time."""

from collections.abc import Callable, Sequence

import pandas as pd

from briefing.exhibits.choices import Moved
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tornado import Swing, swings, tornado_chart
from briefing.exhibits.words import money, opening, percent, spoken

MOST_BARS = 10


def equity_tornado(equity_value_usd_by_end: Moved) -> Exhibit:
    """E14: what moves the discounted cash flow most."""
    return _tornado(
        "E14", "the discounted cash flow", "Discounted cash flow, $bn", equity_value_usd_by_end
    )


def cash_tornado(lowest_cash_usd_by_end: Moved) -> Exhibit:
    """E14b: what moves the lowest cash most."""
    return _tornado(
        "E14b",
        "Anthropic's lowest cash",
        "Lowest cash, money in sight only, $bn",
        lowest_cash_usd_by_end,
    )


def demand_tornado(self_funded_revenue_share_by_end: Moved) -> Exhibit:
    """E14c: what moves Microsoft's own money in the commitment most."""
    return _tornado(
        "E14c",
        "Microsoft's own money in the commitment",
        "Microsoft's own money, pro rata, percent",
        self_funded_revenue_share_by_end,
        percent,
        unit=0.01,
    )


def bundle_tornado(microsoft_bundle_npv_usd_by_end: Moved) -> Exhibit:
    """E14d: what moves the worth of Microsoft's bundle most."""
    return _tornado(
        "E14d",
        "the net present value of Microsoft's bundle",
        "Net present value, equity and margin together, $bn",
        microsoft_bundle_npv_usd_by_end,
    )


def _tornado(
    number: str,
    figure: str,
    axis: str,
    moved: Moved,
    written: Callable[[float], str] = money,
    unit: float = 1e9,
) -> Exhibit:
    found = [each for each in swings(moved) if written(each.least) != written(each.most)]
    shown = found[:MOST_BARS]
    rest = len(swings(moved)) - len(shown)
    told = [f"{each.name} {_ends(each, written)}" for each in shown]
    return Exhibit(
        id=number,
        title=_title(figure, found, written),
        body=tornado_chart(shown, written, axis, unit),
        alt=f"Bars of how far single assumptions move {figure}, {written(moved[()])} with none "
        f"moved: {'; '.join(told)}.",
        data=pd.DataFrame(
            [each._asdict() | {"swing": each.width} for each in swings(moved)],
            columns=[*Swing._fields, "swing"],
        ),
        notes=(
            "One assumption at a time at the low and at the high end of its range, all others at "
            "their point values; each end is computed, none is added up. Ranges differ in how "
            "likely their ends are, and what moves together is not shown.",
            f"{rest} further assumptions with a range move it less or not at all. Readings in "
            "words, such as whether the gigawatt comes on top, have no ends and are left out.",
        ),
    )


def _title(figure: str, found: Sequence[Swing], written: Callable[[float], str]) -> str:
    if not found:
        return f"No single assumption moves {figure}"
    first, *others = found
    title = f"{opening(figure)} swings most with the {_with_ends(first, written)}"
    if not others:
        return f"{title}; nothing else moves it"
    if others[0].width < first.width / 2:
        return f"{title}; with no other half as far"
    return f"{title}; next is the {_with_ends(others[0], written)}"


def _with_ends(swing: Swing, written: Callable[[float], str]) -> str:
    return f"{spoken(swing.assumption)}, {_ends(swing, written)}"


def _ends(swing: Swing, written: Callable[[float], str]) -> str:
    return f"from {written(swing.least)} to {written(swing.most)}"

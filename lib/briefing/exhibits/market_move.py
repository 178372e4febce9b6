"""Exhibit of the dip: can the deal be why the shares fell on its day?"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import listed, money, number, percent, percent_span
from briefing.inputs.facts import Fact, Ledger

Array = np.ndarray

BESIDE = {
    "msft-price-1118": "a downgrade of Microsoft",
    "nvda-move-1118": "a falling market",
    "nvda-rev-q3fy26": "the eve of Nvidia's report",
}
"""What else could move the shares, by the fact that says so."""


def market_moves(
    microsoft_market_value_usd_on_deal_day: Array,
    nvidia_market_value_usd_on_deal_day: Array,
    microsoft_equity_cap_usd: Array,
    nvidia_equity_cap_usd: Array,
    microsoft_pledge_of_value_share_on_deal_day: Array,
    nvidia_pledge_of_value_share_on_deal_day: Array,
    facts: Ledger,
) -> Exhibit:
    """E35: what the shares lost on the deal's day, beside all that was pledged."""
    values = {
        "microsoft": (
            microsoft_market_value_usd_on_deal_day.item(),
            microsoft_equity_cap_usd.item(),
            microsoft_pledge_of_value_share_on_deal_day.item(),
        ),
        "nvidia": (
            nvidia_market_value_usd_on_deal_day.item(),
            nvidia_equity_cap_usd.item(),
            nvidia_pledge_of_value_share_on_deal_day.item(),
        ),
    }
    moves = {party: _moves(facts, party) for party in values}
    rows = [
        {
            "Company": facts.parties[party].name,
            "Move printed": percent_span(*sorted(_fall(each) for each in _ends(prints))),
            "In market value": _span(value, prints),
            "Most it pledged": money(pledge),
            "Pledge in its value": percent(share),
            "Fall over pledge": _times(value, pledge, prints),
        }
        for party, (value, pledge, share) in values.items()
        for prints in [moves[party]]
        if prints
    ]
    used = [each for prints in moves.values() for each in prints]
    if not rows:
        return Exhibit(
            title="The day of the announcement",
            body="No page in the ledger prints how the shares moved on that day.",
        )
    frame = pd.DataFrame(rows)
    beside = [said for name, said in BESIDE.items() if name in facts]
    return Exhibit(
        id="E35",
        title=f"On the day of the deal{_beside(beside)} market value was down within the day by "
        f"{_lost(values, moves, facts)}",
        body=table(frame, numbers=list(frame.columns[1:]), stub="Company"),
        alt=read_aloud(frame),
        data=frame,
        stands_as="Estimate",
        notes=(
            "Falls are positive here. Pages print moves within the day, at hours that differ; none "
            "in the ledger has a close. Market value is as known in that week; “over pledge” sets "
            "the fall beside all that the company might pay in, as if every dollar were lost.",
            "What the deal did to the price could be told "
            "by daily prices of the shares and of their market before and after; these are not in "
            "the ledger, so no normal move is taken off and no test is made.",
        ),
        facts=(
            *used,
            *(facts[name] for name in BESIDE if name in facts and facts[name] not in used),
        ),
    )


def _moves(facts: Ledger, party: str) -> Sequence[Fact]:
    """Prints of that day's move of the party's share price, the smallest fall first."""
    found = facts.matching(kind="market_reaction", subject=party, unit="ratio").values()
    return sorted((each for each in found if each.value is not None), key=_fall)


def _fall(printed: Fact) -> float:
    return -(printed.value or 0.0)


def _ends(prints: Sequence[Fact]) -> Iterator[Fact]:
    yield prints[0]
    yield prints[-1]


def _span(value: float, prints: Sequence[Fact]) -> str:
    low, high = (_fall(each) * value for each in _ends(prints))
    return f"{money(low)} to {money(high)}" if low < high else money(low)


def _times(value: float, pledge: float, prints: Sequence[Fact]) -> str:
    low, high = (_fall(each) * value / pledge for each in _ends(prints))
    return (
        f"{number(round(low))} to {number(round(high))} times"
        if round(low) < round(high)
        else f"{number(round(low))} times"
    )


def _beside(beside: Sequence[str]) -> str:
    return f", beside {listed(beside)}," if beside else ""


def _lost(
    values: Mapping[str, tuple[float, float, float]],
    moves: Mapping[str, Sequence[Fact]],
    facts: Ledger,
) -> str:
    told = [
        f"{_times(value, pledge, prints)} {facts.parties[party].name}’s pledge"
        for party, (value, pledge, _) in values.items()
        for prints in [moves[party]]
        if prints
    ]
    return listed(told)

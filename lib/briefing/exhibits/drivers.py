"""Drivers: which assumptions the spread of a headline figure over all draws is due to.

No quantity of the graph asks for them, for which assumptions are behind a figure only the graph
knows; they are made by `Case.driver_chart` and `Case.driver_table`.
"""

from collections.abc import Collection, Mapping, Sequence
from math import ceil
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREY, INK
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import listed, opening, percent, percent_span, spanned, spoken
from briefing.model.measures.explained import Explained, Share, alone, explained

Array = np.ndarray

FIGURES: Mapping[str, str] = {
    "equity_value_usd": "the discounted cash flow",
    "lowest_cash_usd": "the lowest cash",
    "self_funded_revenue_share": "Microsoft's own money in the commitment",
    "microsoft_bundle_npv_usd": "the worth of Microsoft's bundle",
}
"""Figures whose spread is shared out, as a reader calls them."""

NAMED = 5
"""Assumptions that are told apart for each figure; all others are taken together."""

SMALL = 0.005
"""Part of a variance below which an assumption gets no line of its own."""

OTHERS = "All other assumptions"
UNEXPLAINED = "Kinks and joint effects not resolved"

DIGITS = 6
"""Digits of a part of the variance that are kept, far more than its interval leaves certain."""

LABELS = 235


class Drivers(NamedTuple):
    """What the spread of one figure is due to."""

    figure: str
    names: tuple[str, ...]
    """Assumptions told apart, those first to which most is due."""
    shares: Explained | None
    """In the same order; none where the figure never varies or draws are too few."""
    joined: frozenset[str]
    """Those of them that are drawn together with others."""
    assumptions: int
    """Uncertain ones behind the figure."""


def drivers(
    figure: str, result: Array, inputs: Mapping[str, Array], joined: Collection[str]
) -> Drivers:
    """Share out the spread of `result` among the draws of the assumptions behind it."""
    outcome = np.ravel(result)
    varying = {name: np.ravel(draws) for name, draws in inputs.items() if len(draws) > 1}
    nothing = Drivers(figure, (), None, frozenset(), len(varying))
    if not varying or len(outcome) < 2 or not np.all(np.isfinite(outcome)):
        return nothing
    first = alone(outcome, list(varying.values()))
    ranked = [name for _, name in sorted(zip(-first, varying, strict=True))]
    named = ranked[:NAMED]
    try:
        shares = explained(
            outcome,
            [varying[name] for name in named],
            [varying[name] for name in ranked[NAMED:]],
        )
    except ValueError:
        return nothing
    order = sorted(range(len(named)), key=lambda place: -shares.due[place].value)
    kept = [place for place in order if shares.due[place].value >= SMALL]
    by_themselves, due, last = (
        tuple(_rounded(own[place]) for place in kept)
        for own in (shares.alone, shares.due, shares.last)
    )
    told = Explained(by_themselves, due, last, _rounded(shares.rest), _rounded(shares.unexplained))
    names = tuple(named[place] for place in kept)
    return Drivers(figure, names, told, frozenset(joined) & {*names}, len(varying))


def _rounded(share: Share) -> Share:
    # The last digits of a regression depend on how many threads the machine computes it with.
    return Share(*(round(each, DIGITS) for each in share))


def _rows(found: Drivers) -> list[tuple[str, Share]]:
    """Lines of a figure: each assumption told apart, all others, and what is not resolved."""
    if found.shares is None:
        return []
    own = [
        (opening(spoken(name)), due)
        for name, due in zip(found.names, found.shares.due, strict=True)
    ]
    told = sum(share.value for _, share in own) + found.shares.unexplained.value
    others = Share(1 - told, found.shares.rest.error)
    return [*own, (OTHERS, others), (UNEXPLAINED, found.shares.unexplained)]


def driver_chart(found: Sequence[Drivers], draws: int) -> Exhibit:
    """E14e: Shapley effects of the assumptions behind four headline figures, with intervals."""
    known = [each for each in found if each.shares is not None]
    data = pd.DataFrame(
        [
            (each.figure, line, share.value, share.error)
            for each in known
            for line, share in _rows(each)
        ],
        columns=["figure", "assumption", "share", "error"],
    )
    return Exhibit(
        id="E14e",
        title=_title(known),
        body=_panels(known),
        alt="Bars of the part of each figure's variance that is due to an assumption. "
        + "; ".join(
            f"{opening(FIGURES[each.figure])}: "
            + ", ".join(f"{line.lower()} {_part(share.value)}" for line, share in _rows(each))
            for each in known
        )
        + ".",
        data=data,
        notes=(
            "Shapley effects: what an assumption adds to those known before it, averaged over all "
            "orders. They sum to the whole variance; what is correlated has a part even where it "
            "changes nothing by itself (E13c). Thin lines: intervals of confidence, from leaving "
            "out each tenth of the draws.",
            f"From the {draws:,} draws at hand, by regression on cubics and products of two; what "
            "that cannot resolve is shown as unresolved. The variance follows the far ends: in a "
            "figure with a long tail extreme draws weigh most.",
        ),
    )


def _part(share: float) -> str:
    return percent(max(share, 0.0))


def _panels(known: Sequence[Drivers]) -> alt.TopLevelMixin:
    ends = [share.value + share.error for each in known for _, share in _rows(each)]
    scale = alt.Scale(domain=[0, min(100, 10 * ceil(10 * max(ends, default=1) + 1))], clamp=True)
    panels = []
    for place, each in enumerate(known):
        rows = _rows(each)
        frame = pd.DataFrame(
            {
                "name": [line for line, _ in rows],
                "share": [round(max(share.value, 0) * 100, 2) for _, share in rows],
                "low": [round(max(share.value - share.error, 0) * 100, 2) for _, share in rows],
                "high": [round((share.value + share.error) * 100, 2) for _, share in rows],
                "text": [_part(share.value) for _, share in rows],
                "kind": [line in (OTHERS, UNEXPLAINED) for line, _ in rows],
            }
        )
        is_last = place == len(known) - 1
        axis = alt.Axis(
            title="Part of the variance, percent" if is_last else None,
            labels=is_last,
            ticks=is_last,
            tickCount=5,
        )
        base = Chart().encode(
            y=alt.Y(
                "name:N",
                sort=frame.name.tolist(),
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=LABELS, minExtent=LABELS),
            )
        )
        bars = base.mark_bar(height=11).encode(
            x=alt.X("share:Q", scale=scale, axis=axis),
            color=alt.ColorValue(BLUE, condition={"test": "datum.kind", "value": GREY}),
        )
        whiskers = base.mark_rule(color=INK).encode(
            x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q")
        )
        words = base.mark_text(align="left", dx=6).encode(
            x=alt.X("high:Q", scale=scale), text=alt.Text("text:N")
        )
        panel = alt.layer(bars, whiskers, words, data=frame)
        head = alt.TitleParams(
            opening(FIGURES[each.figure]), anchor="start", fontSize=12, color=INK, offset=4
        )
        panels.append(panel.properties(width=WIDTH - LABELS, height=18 * len(rows), title=head))
    if not panels:
        return Chart(pd.DataFrame({"none": [""]})).mark_text().encode(text=alt.Text("none:N"))
    return alt.vconcat(*panels, spacing=12)


def _title(known: Sequence[Drivers]) -> str:
    leading = [
        f"{percent(each.shares.due[0].value)} of the spread of {FIGURES[each.figure]} is due to "
        f"the {spoken(each.names[0])}"
        for each in known[:2]
        if each.shares is not None and each.names
    ]
    if not leading:
        return "No headline figure varies over these draws, so nothing drives its spread"
    return listed(leading)


def driver_table(found: Sequence[Drivers], draws: int) -> Exhibit:
    """E14f: the same as numbers, with Sobol's indices where an assumption is drawn by itself."""
    rows, data = [], []
    for each in found:
        if each.shares is None:
            continue
        head = opening(FIGURES[each.figure])
        for place, name in enumerate(each.names):
            parts = (each.shares.due[place], each.shares.alone[place], each.shares.last[place])
            is_joined = name in each.joined
            rows.append(
                (
                    head,
                    opening(spoken(name)),
                    _with_error(parts[0]),
                    _JOINED if is_joined else _with_error(parts[1]),
                    _JOINED if is_joined else _total(parts[2], each.shares.unexplained),
                )
            )
            data.append((each.figure, name, is_joined, *(x for part in parts for x in part)))
        for line, share in _rows(each)[-2:]:
            rows.append((head, line, _with_error(share), "", ""))
    columns = ["Figure", "Assumption", "Shapley effect", "Sobol, first", "Sobol, total"]
    frame = pd.DataFrame(rows, columns=columns)
    first = [each for each in found if each.shares is not None]
    return Exhibit(
        id="E14f",
        title=_table_title(first),
        body=table(frame, numbers=columns[2:], stub="Assumption", groups="Figure"),
        alt=read_aloud(frame, rows=len(frame)),
        data=pd.DataFrame(
            data,
            columns=[
                "figure", "assumption", "drawn_with_others", "shapley_share", "shapley_error_share",
                "first_share", "first_error_share", "last_share", "last_error_share",
            ],
        ),
        notes=(
            "Shapley effect: fair part of the variance, whether assumptions are correlated or not. "
            "Sobol, first: what goes away once this one is known. Sobol, total: what is left once "
            "all others are known, from what is surely its own to that with all that is not "
            "resolved. Each ± is an interval of confidence. What is correlated has a part even "
            "where it changes nothing by itself, for it comes with others that do.",
            f"{_JOINED.capitalize()}: Sobol's indices hold for independent assumptions only, and "
            f"are left out where E13c draws them with others. Estimated from {draws:,} draws at "
            "hand, without computing the model again.",
        ),
    )  # fmt: skip


_JOINED = "correlated"


def _with_error(share: Share) -> str:
    points = f"{share.error * 100:.0f}" if share.error >= 0.01 else f"{share.error * 100:.1f}"
    return f"{_part(share.value)} ± {points}"


def _total(last: Share, unexplained: Share) -> str:
    low, high = max(last.value, 0.0), max(last.value + max(unexplained.value, 0.0), 0.0)
    return spanned(percent(low), percent(high))


def _table_title(known: Sequence[Drivers]) -> str:
    if not known:
        return "No headline figure varies over these draws"
    resolved = [1 - each.shares.unexplained.value for each in known if each.shares is not None]
    most = max(each.assumptions for each in known)
    named = [len(each.names) for each in known]
    told = [sum(share.value for share in each.shares.due) for each in known if each.shares]
    return (
        f"Of up to {most} uncertain assumptions behind a figure the {max(named)} that "
        f"explain most account for {percent_span(min(told), max(told))} of its variance; the "
        f"regression resolves {percent(min(resolved))} or more"
    )

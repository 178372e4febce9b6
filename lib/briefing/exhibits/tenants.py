"""Exhibit of the price of a tenant: what suppliers put into the labs that buy from them."""

from collections.abc import Iterator, Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, ORANGE
from briefing.exhibits.words import listed, money, percent
from briefing.inputs.facts import Fact, Ledger
from briefing.model.tenants import Tenancy

SMALLEST_USD = 5e9
"""Purchases expected below which a supplier is not shown."""

MOST_NAMED = 3

OUTSIDE = ("amd-openai-warrant", "msft-openai-funded")
"""What suppliers gave that is no money, or was paid in before the model's first day."""

COLOURS = {"anthropic": BLUE, "openai": ORANGE}


def tenant_chart(
    tenancies: tuple[Tenancy, ...],
    tenancies_by_firmness: Mapping[str, tuple[Tenancy, ...]],
    quarters: tuple[str, ...],
    facts: Ledger,
) -> Exhibit:
    """E24: dollars that a supplier puts into a lab, per dollar that the lab promises to buy."""
    ordered = sorted(tenancies, key=lambda each: (each.lab, -each.purchases_usd.item()))
    shown = [each for each in ordered if each.purchases_usd.item() >= SMALLEST_USD]
    frame = pd.DataFrame(
        [
            {
                "lab": facts.parties[each.lab].name,
                "supplier": _supplier(each, facts),
                "purchases_usd": each.purchases_usd.item(),
                "put_in_usd": each.put_in_usd.item(),
                "cents": 100 * each.put_in_share.item(),
                **_ends(each, tenancies_by_firmness),
            }
            for each in shown
        ]
    )
    return Exhibit(
        id="E24",
        title=_title(frame),
        body=_chart(frame, {facts.parties[lab].name: colour for lab, colour in COLOURS.items()}),
        alt="Cents put in per dollar of purchases. "
        + "; ".join(
            f"{row['supplier']} for {row['lab']} {row['cents']:.0f} "
            f"({row['low']:.0f} to {row['high']:.0f})"
            for row in frame.to_dict("records")
        ),
        data=frame,
        notes=(
            "Point: expected reading of all promises, each counted once, to the end of "
            f"{quarters[-1][:4]}; bar: from one reading to the other of firm, expected and "
            "headline. The money buys shares and is no rebate: a supplier pays for its tenant only "
            "as much as the shares are worth less than their price (E21, E22). But it bounds how "
            "much of the tenant's bill the supplier could have paid itself.",
            f"Money paid in before {quarters[0]} is missing, such as Microsoft's in OpenAI, and so "
            "are AMD's warrants, which bring OpenAI shares and no money. Nvidia sells through "
            "clouds: its rows are chips that these would buy to serve the lab, and lie within "
            f"theirs. Purchases below {money(SMALLEST_USD)} are not shown.",
            *_together(tenancies),
            *_spread(ordered, facts),
        ),
        facts=_facts(tenancies, facts),
    )


def _title(frame: pd.DataFrame) -> str:
    paying = frame[frame.put_in_usd > 0]
    if paying.empty:
        return "No supplier is expected to put money into a lab that buys from it"
    low, high = f"{paying.cents.min():.0f}", f"{paying.cents.max():.0f}"
    cents = high if low == high else f"{low} to {high}"
    return (
        f"In {len(paying)} of {len(frame)} pairs of a lab and its supplier the supplier is "
        f"expected to put new money in: {cents} cents for each dollar of purchases expected"
    )


def _supplier(each: Tenancy, facts: Ledger) -> str:
    return facts.parties[each.supplier].name + ("" if each.is_direct else ", through clouds")


def _ends(each: Tenancy, by_firmness: Mapping[str, tuple[Tenancy, ...]]) -> Mapping[str, float]:
    """Least and most cents per dollar over the readings in which something is bought."""
    key = each.lab, each.supplier, each.is_direct
    read = [
        100 * other.put_in_share.item()
        for reading in by_firmness.values()
        for other in reading
        if (other.lab, other.supplier, other.is_direct) == key and other.purchases_usd.item() > 0
    ]
    return {"low": min(read), "high": max(read)}


def _together(tenancies: tuple[Tenancy, ...]) -> Iterator[str]:
    """The pact as one deal: both investors' money over what Azure is promised."""
    pact = {each.supplier: each for each in tenancies if each.lab == "anthropic"}
    if {"microsoft", "nvidia"} <= set(pact):
        bought = pact["microsoft"].purchases_usd.item()
        put_in = sum(pact[party].put_in_usd.item() for party in ("microsoft", "nvidia"))
        yield (
            f"Taken as one deal, Microsoft and Nvidia are expected to put {money(put_in)} into "
            f"Anthropic for the {money(bought)} that Azure is expected to receive, capacity "
            f"beyond the commitment included: {100 * put_in / bought:.0f} cents."
        )


def _spread(ordered: Sequence[Tenancy], facts: Ledger) -> Iterator[str]:
    """How a lab's promises are spread over suppliers: how little it rests on one of them."""
    told = []
    for lab in COLOURS:
        own = {
            facts.parties[each.supplier].name: each.purchases_usd.item()
            for each in ordered
            if each.lab == lab and each.is_direct
        }
        total = sum(own.values())
        if total:
            largest = list(own.items())[:MOST_NAMED]
            parts = [f"{name} {percent(usd / total)}" for name, usd in largest]
            told.append(f"of {facts.parties[lab].name}'s {listed(parts)}")
    if told:
        yield f"Of what is promised to clouds and makers of chips: {'; '.join(told)}."


def _facts(tenancies: tuple[Tenancy, ...], facts: Ledger) -> tuple[Fact, ...]:
    named = dict.fromkeys(fact for each in tenancies for fact in each.facts)
    return tuple(facts[name] for name in (*named, *OUTSIDE) if name in facts)


def _chart(frame: pd.DataFrame, colours: Mapping[str, str]) -> alt.TopLevelMixin:
    rows = frame.assign(
        row=frame.supplier + " → " + frame.lab,
        told=[
            f"{money(put_in)} for {money(bought)}" if put_in else f"nothing for {money(bought)}"
            for put_in, bought in zip(frame.put_in_usd, frame.purchases_usd, strict=True)
        ],
        end=np.maximum(frame.high, frame.cents),
    )
    base = Chart().encode(
        y=alt.Y(
            "row:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=230, ticks=False, labelPadding=8),
        ),
        color=alt.Color(
            "lab:N",
            title="Buyer",
            legend=alt.Legend(symbolOpacity=1),
            scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        ),
        tooltip=[
            alt.Tooltip("supplier"),
            alt.Tooltip("lab"),
            alt.Tooltip("told:N", title="Puts in"),
            alt.Tooltip("cents", title="Cents per dollar"),
            alt.Tooltip("low", title="From"),
            alt.Tooltip("high", title="To"),
        ],
    )
    x = alt.X(
        "low:Q",
        title="Cents put in per dollar of purchases, both expected",
        scale=alt.Scale(domain=[0, 1.4 * max(float(rows.end.max()), 1.0)]),
    )
    return alt.layer(
        base.mark_rule(strokeWidth=5, opacity=0.35).encode(x=x, x2=alt.X2("high:Q")),
        base.mark_point(size=60, filled=True, opacity=1).encode(x=alt.X("cents:Q")),
        base.mark_text(align="left", dx=8).encode(
            x=alt.X("end:Q"), text=alt.Text("told:N"), color=alt.ColorValue(INK)
        ),
        data=rows.round(2),
        width=WIDTH - 200,
        height=26 * len(rows),
    )

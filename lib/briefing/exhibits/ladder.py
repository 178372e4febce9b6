"""Exhibits of the ladder: how firm each promise is, and who loses if it is softer than it looks."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, MUTED
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import LEAST_USD, money
from briefing.inputs.facts import Ledger
from briefing.model.ladder import RUNGS, LadderLeg, RungLoss

RUNG_NAMES = {
    "paid": "Paid",
    "take_or_pay": "Contracted, take-or-pay",
    "cancellable": "Contracted, cancellable",
    "announced": "Announced commitment",
    "ceiling": "Ceiling, “up to”",
    "intent": "Letter of intent or press",
    "": "nothing",
}

READINGS = {"firm": "Firm", "expected": "Expected beyond", "headline": "Announced beyond"}

SHADES = [1.0, 0.55, 0.25]
"""The firmest is the darkest."""


def firmness_ladder(
    ladder_legs_by_firmness: Mapping[str, tuple[LadderLeg, ...]], facts: Ledger
) -> Exhibit:
    """E07: every leg of the deal and every commitment of Anthropic, by rung, in three readings."""
    legs = ladder_legs_by_firmness["headline"]
    frame = pd.DataFrame(
        [
            {
                "rung": leg.rung,
                "leg": _name(leg, facts),
                "grade": facts[leg.fact].grade,
                "is_equity": leg.kind == "equity",
                "has_price": leg.amount_usd is not None,
            }
            | {
                f"{key}_usd": 0.0 if same.amount_usd is None else same.amount_usd.item()
                for key, same in zip(ladder_legs_by_firmness, each, strict=True)
            }
            for leg, *each in zip(legs, *ladder_legs_by_firmness.values(), strict=True)
        ]
    ).sort_values("headline_usd", ascending=False)
    frame = frame.sort_values(
        "rung", key=lambda names: -names.map(RUNGS.index), kind="stable"
    ).reset_index(drop=True)
    unpriced = int((~frame.has_price).sum())
    press = frame.headline_usd[frame.rung == "intent"].sum()
    return Exhibit(
        id="E07",
        title=f"{_bought(frame.query('not is_equity'))}; {_put_in(frame.query('is_equity'))}",
        body=_ladder(frame),
        alt="; ".join(
            f"{RUNG_NAMES[rung]}: {leg}, "
            + (
                f"{money(firm)} firm, {money(expected)} expected, {money(headline)} announced"
                if has_price
                else "no price"
            )
            for rung, leg, has_price, firm, expected, headline in zip(
                *(frame[name] for name in ("rung", "leg", "has_price")),
                *(frame[f"{reading}_usd"] for reading in READINGS),
                strict=True,
            )
        ),
        data=frame,
        notes=(
            "Rungs follow the evidence in the ledger, amounts the whole term. Equity and "
            "purchases run in opposite directions and are not added up; the sum of purchases "
            "measures promises and is nobody's income. Letters grade the evidence, as in E01.",
            "Of Azure the firm reading counts our assumed take-or-pay share, for none is "
            "disclosed; of a contract that can be cancelled, the time of notice. More capacity at "
            "Microsoft is the gigawatt, priced at an assumed rent."
            + (
                f" {money(press)} rests on the press alone, and is expected like a promise of "
                "undisclosed firmness, because its wording is not known."
                if press > LEAST_USD
                else ""
            ),
            "No public filing says whether one leg frees a partner from another."
            + (
                f" Rows without a price ({unpriced}) name chips or power; they overlap with others "
                "and are not added up."
                if unpriced
                else ""
            ),
        ),
        facts=tuple(facts[leg.fact] for leg in legs),
    )


def _bought(purchases: pd.DataFrame) -> str:
    stands = purchases[purchases.rung.map(RUNGS.index) >= RUNGS.index("cancellable")]
    contracted, firm = stands.headline_usd.sum(), stands.firm_usd.sum()
    shown = f"{money(contracted)} under contract" if contracted > LEAST_USD else "none"
    if contracted > LEAST_USD and money(firm) != money(contracted):
        shown += f", {money(firm)} of it owed whatever happens"
    return (
        f"Of {money(purchases.headline_usd.sum())} of purchases announced or reported, the "
        f"gigawatt at our price, public evidence shows {shown}"
    )


def _put_in(equity: pd.DataFrame) -> str:
    pledged = equity.headline_usd.sum()
    paid = equity.headline_usd[equity.rung == "paid"].sum()
    part = (
        "all" if money(paid) == money(pledged) else money(paid) if paid > LEAST_USD else "nothing"
    )
    return f"of {money(pledged)} of equity {part} is reported as paid"


def _name(leg: LadderLeg, facts: Ledger) -> str:
    payer, payee = facts.parties[leg.payer].name, facts.parties[leg.payee].name
    if leg.kind == "equity":
        return f"{payer}’s equity"
    if leg.kind == "option":
        return f"{payee}, more capacity"
    return "Azure" if leg.payee == "microsoft" else f"{payee}, compute"


def _ladder(frame: pd.DataFrame) -> alt.TopLevelMixin:
    rows = frame.assign(
        row=[f"{leg} ({grade})" for leg, grade in zip(frame.leg, frame.grade, strict=True)],
        rung_name=[RUNG_NAMES[rung] for rung in frame.rung],
        text=[
            money(usd) if has_price else "no price"
            for usd, has_price in zip(frame.headline_usd, frame.has_price, strict=True)
        ],
        end=frame.headline_usd / 1e9,
    )
    order = [
        each
        for rung in dict.fromkeys(rows.rung_name)
        for each in (rung, *rows.row[rows.rung_name == rung])
    ]
    least = frame.firm_usd
    middle = np.maximum(frame.expected_usd - least, 0.0)
    rest = np.maximum(frame.headline_usd - np.maximum(frame.expected_usd, least), 0.0)
    parts = pd.concat(
        [
            rows[["row", "rung_name"]].assign(reading=label, usd_bn=usd / 1e9, order=place)
            for place, (label, usd) in enumerate(
                zip(READINGS.values(), (least, middle, rest), strict=True)
            )
        ]
    )
    is_rung = f"indexof({sorted(set(rows.rung_name))}, datum.label) >= 0"
    axis = alt.Axis(
        ticks=False,
        domain=False,
        labelLimit=190,
        labelFontWeight=_if(is_rung, "bold", "normal"),
        labelColor=_if(is_rung, INK, MUTED),
    )
    y = alt.Y("row:N", sort=order, title=None, axis=axis, scale=alt.Scale(domain=order))
    most = max(float(rows.end.max()), 1.0)
    x = alt.Scale(domain=[0, most * 1.12], nice=False)
    bars = (
        Chart(parts)
        .mark_bar(height=12, color=BLUE)
        .encode(
            y=y,
            x=alt.X(
                "usd_bn:Q",
                title="$bn over the whole term",
                scale=x,
                stack="zero",
                axis=alt.Axis(grid=False),
            ),
            opacity=alt.Opacity(
                "reading:O",
                title=None,
                sort=None,
                scale=alt.Scale(domain=list(READINGS.values()), range=SHADES),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("row"),
                alt.Tooltip("rung_name"),
                alt.Tooltip("reading"),
                alt.Tooltip("usd_bn", format=".1f"),
            ],
        )
    )
    amounts = (
        Chart(rows[["row", "text", "end"]])
        .mark_text(align="left", dx=5)
        .encode(y=y, x=alt.X("end:Q", scale=x, axis=alt.Axis(grid=False)), text=alt.Text("text:N"))
    )
    return alt.layer(bars, amounts, width=WIDTH - 110, height=18 * len(order))


def _if(test: str, value: str, otherwise: str) -> dict[str, object]:
    return {"condition": {"test": test, "value": value}, "value": otherwise}


def rung_loss_table(rung_losses: tuple[RungLoss, ...], facts: Ledger) -> Exhibit:
    """E07b: what each partner loses if a leg is one rung softer than the evidence suggests."""
    found = [loss for loss in rung_losses if loss.lost_usd.item() > LEAST_USD]
    frame = pd.DataFrame(
        [
            {
                "Leg": _name(loss.leg, facts),
                "Stands on": RUNG_NAMES[loss.leg.rung],
                "One rung lower": RUNG_NAMES[loss.falls_to],
                "Microsoft": _for_microsoft(loss),
                "Nvidia": _for_nvidia(loss),
                "Anthropic": _for_anthropic(loss),
            }
            for loss in found
        ],
        columns=["Leg", "Stands on", "One rung lower", "Microsoft", "Nvidia", "Anthropic"],
    )
    sales = sum(loss.lost_usd.item() for loss in found if loss.leg.payee == "microsoft")
    chips = sum(loss.chips_usd.item() for loss in found)
    compute = sum(loss.lost_usd.item() for loss in found if loss.leg.payer == "anthropic")
    equity = sum(loss.lost_usd.item() for loss in found if loss.leg.payee == "anthropic")
    funding = f" and {money(equity)} of funding" if equity > LEAST_USD else ""
    return Exhibit(
        id="E07b",
        title=f"If every leg were one rung softer, Microsoft would sell {money(sales)} less, "
        f"Nvidia {money(chips)}, and Anthropic would lack {money(compute)} of capacity{funding}"
        if found
        else "No leg would lose anything one rung lower",
        body=table(frame),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "What is expected of a leg shrinks as the share that its rung draws exceeds that of "
            "the rung below; from the lowest rung it falls away. Money reported as paid does not "
            "come back.",
            "A softer purchase costs the seller sales and the buyer capacity, and saves the buyer "
            "the same cash, so these losses must not be added up across partners. Chips: where "
            "the register says that the supplier buys from Nvidia.",
            "An investor whose pledge is softer keeps its cash; what it loses is a claim on the "
            "customer.",
        ),
        facts=tuple(facts[loss.leg.fact] for loss in rung_losses),
    )


def _for_microsoft(loss: RungLoss) -> str:
    if loss.leg.payee == "microsoft":
        return f"{money(loss.lost_usd.item())} of sales"
    return "its claim" if loss.leg.payer == "microsoft" else "—"


def _for_nvidia(loss: RungLoss) -> str:
    if loss.chips_usd.item() > LEAST_USD:
        return f"{money(loss.chips_usd.item())} of chips"
    return "its claim" if loss.leg.payer == "nvidia" else "—"


def _for_anthropic(loss: RungLoss) -> str:
    of = "funding" if loss.leg.payee == "anthropic" else "capacity"
    return f"{money(loss.lost_usd.item())} of {of}"

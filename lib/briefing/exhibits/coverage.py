"""Exhibits of coverage: what falls due to all suppliers of compute, and what is there to pay it."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, INK, MUTED, ORANGE, PURPLE, RED
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    LEAST_USD,
    listed,
    money,
    percent,
    percent_of_draws,
    percent_span,
)
from briefing.inputs.facts import Fact, Ledger
from briefing.model.measures.schedules import calendar_years
from briefing.model.obligations import Promise

Array = np.ndarray

BARS = (BLUE, ORANGE, PURPLE, GREEN, RED, GREY)

SMALLEST_YEAR_SHARE = 0.15
"""Years with less of the largest year's announced payments are left out of the chart."""


def commitment_coverage(
    compute_promises_by_firmness: Mapping[str, tuple[Promise, ...]],
    commitments_due_usd_by_firmness: Mapping[str, Array],
    compute_means_usd: Array,
    revenue_usd: Array,
    first_uncovered_years_by_firmness: Mapping[str, Array],
    commitments_forward_revenue_multiple_by_firmness: Mapping[str, Array],
    years_to_as_of: Array,
    quarters: tuple[str, ...],
    facts: Ledger,
) -> Exhibit:
    """E12b: what falls due to all suppliers by year, against operating cash and revenue."""
    due = {key: _by_year(path) for key, path in commitments_due_usd_by_firmness.items()}
    means, revenue = _by_year(compute_means_usd), _by_year(revenue_usd)
    first = int(quarters[1][:4])
    shown = [
        place
        for place in range(len(means))
        if place + 0.25 > years_to_as_of.item()
        and due["headline"][place] >= SMALLEST_YEAR_SHARE * max(due["headline"].max(), 1.0)
    ]
    frame = pd.DataFrame(
        {
            "year": [str(first + place) for place in shown],
            "revenue_usd": revenue[shown],
            "operating_cash_usd": means[shown],
        }
        | {f"{key}_due_usd": due[key][shown] for key in due}
    )
    frame["coverage_multiple"] = frame.operating_cash_usd / np.maximum(frame.expected_due_usd, 1.0)
    promises = compute_promises_by_firmness["expected"]
    known = dict.fromkeys(name for each in promises for name in each.facts)
    covered = {
        key: value.item() for key, value in commitments_forward_revenue_multiple_by_firmness.items()
    }
    short = {
        key: listed(years) if years else ""
        for key in due
        for years in [frame.year[frame[f"{key}_due_usd"] > frame.operating_cash_usd].tolist()]
    }
    never = [key for key, value in first_uncovered_years_by_firmness.items() if np.isinf(value)]
    return Exhibit(
        id="E12b",
        title=_coverage_title(frame, short),
        body=_coverage_chart(frame, _by_supplier(promises, shown, frame.year, facts)),
        alt="Bars of payments due by year with lines of operating cash and revenue. "
        + "; ".join(
            f"{year}: {money(expected)} expected ({money(firm)} firm, {money(headline)} "
            f"announced), operating cash {money(cash)}, revenue {money(sales)}"
            for year, expected, firm, headline, cash, sales in zip(
                frame.year,
                frame.expected_due_usd,
                frame.firm_due_usd,
                frame.headline_due_usd,
                frame.operating_cash_usd,
                frame.revenue_usd,
                strict=True,
            )
        ),
        data=frame,
        notes=(
            "Bars: what is expected to fall due; dashes: all that was announced; dots: the firm "
            "reading, which counts Azure's assumed minimum and the notice on a contract that can "
            "be cancelled. On top: operating cash before compute over expected payments. "
            "Cash in hand and new money come on top.",
            f"All that lies ahead is {covered['firm']:.1f} (firm), {covered['expected']:.1f} "
            f"(expected) or {covered['headline']:.1f} (announced) times the revenue of the coming "
            f"four quarters. Years not covered by operating cash: {_years_short(short, never)}.",
            "Commitments are no forecast of purchases: the model buys what it needs, and more "
            "where minimums exceed that. Deals without a price are left out.",
        ),
        facts=tuple(facts[name] for name in known if name in facts),
    )


def _by_year(path: Array) -> Array:
    return np.atleast_1d(calendar_years(np.broadcast_to(path, (1, path.shape[-1])))[0])


def _years_short(short: Mapping[str, str], never: list[str]) -> str:
    names = {"firm": "firm", "expected": "expected", "headline": "announced"}
    return "; ".join(
        f"{names[key]} {'none' if key in never or not years else years}"
        for key, years in short.items()
    )


def _coverage_title(frame: pd.DataFrame, short: Mapping[str, str]) -> str:
    if frame.empty:
        return "Nothing is promised to suppliers of compute after the briefing's date"
    tight = frame.loc[frame.coverage_multiple.idxmin()]
    if short["expected"]:
        least = f"at its tightest, in {tight.year}, it covers"
        covers = "of which it covers" if short["expected"] == tight.year else least
        return (
            "Operating cash before compute falls short of the payments expected in "
            f"{short['expected']}, {covers} {percent(tight.coverage_multiple)}"
        )
    tail = (
        f"; all that was announced exceeds it in {short['headline']}" if short["headline"] else ""
    )
    return (
        "Operating cash before compute covers the payments expected in every year, "
        f"{_digits(tight.coverage_multiple)} times in {tight.year}, the tightest{tail}"
    )


def _by_supplier(
    promises: tuple[Promise, ...], shown: list[int], year: pd.Series, facts: Ledger
) -> pd.DataFrame:
    """Expected payments by supplier and year; beyond the five largest they share one name."""
    rows: dict[str, Array] = {}
    for promise in promises:
        name = facts.parties[promise.supplier].name
        rows[name] = rows.get(name, 0.0) + _by_year(promise.due_usd)[shown]
    names = sorted(rows, key=lambda name: -float(np.sum(rows[name])))
    kept = names if len(names) <= len(BARS) else names[: len(BARS) - 1]
    if rest := names[len(kept) :]:
        rows["Others"] = sum((rows[name] for name in rest), np.zeros(len(shown)))
        kept = [*kept, "Others"]
    return pd.DataFrame(
        [
            {"year": label, "supplier": name, "usd_bn": usd / 1e9, "order": place}
            for place, name in enumerate(kept)
            for label, usd in zip(year, rows[name], strict=True)
        ],
        columns=["year", "supplier", "usd_bn", "order"],
    )


def _coverage_chart(frame: pd.DataFrame, bars: pd.DataFrame) -> alt.TopLevelMixin:
    lines = frame[["year"]].assign(
        revenue=frame.revenue_usd / 1e9,
        cash=frame.operating_cash_usd / 1e9,
        announced=frame.headline_due_usd / 1e9,
        firm=frame.firm_due_usd / 1e9,
        label=[_times(multiple) for multiple in frame.coverage_multiple],
    )
    names = list(dict.fromkeys(bars.supplier))
    most = max(float(lines[["revenue", "announced"]].max().max()), 1.0) if len(lines) else 1.0
    year = alt.X("year:N", title=None, axis=alt.Axis(labelAngle=0))
    stacked = (
        Chart(bars)
        .mark_bar(width=34)
        .encode(
            x=year,
            y=alt.Y("usd_bn:Q", title="$bn a year", scale=alt.Scale(domain=[0, most * 1.15])),
            color=alt.Color(
                "supplier:N",
                title="Due to",
                sort=None,
                scale=alt.Scale(domain=names, range=list(BARS[: len(names)])),
            ),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("year"),
                alt.Tooltip("supplier"),
                alt.Tooltip("usd_bn", format=".1f"),
            ],
        )
    )
    base = Chart(lines).encode(x=year)
    ends = Chart(lines.tail(1)).encode(x=year)
    return alt.layer(
        stacked,
        base.mark_line(color=GREY, strokeDash=[4, 3]).encode(y=alt.Y("revenue:Q")),
        base.mark_line(color=INK, strokeWidth=2).encode(y=alt.Y("cash:Q")),
        base.mark_tick(color=INK, width=44, thickness=2, opacity=1).encode(y=alt.Y("announced:Q")),
        base.mark_point(color=INK, fill="white", size=34, opacity=1).encode(y=alt.Y("firm:Q")),
        base.mark_text(fontWeight="bold").encode(y=alt.YValue(6), text=alt.Text("label:N")),
        ends.mark_text(align="right", dy=-9, dx=24, color=MUTED).encode(
            y=alt.Y("revenue:Q"), text=alt.TextValue("Revenue")
        ),
        # The line rises, so that words below it would lie on it.
        ends.mark_text(align="right", dy=-9, dx=24, color=INK).encode(
            y=alt.Y("cash:Q"), text=alt.TextValue("Operating cash")
        ),
        width=WIDTH,
        height=260,
    )


def obligation_table(
    compute_promises_by_firmness: Mapping[str, tuple[Promise, ...]],
    commitments_ahead_usd_by_firmness: Mapping[str, Array],
    azure_minimum_present_value_usd: Array,
    obligation_present_value_usd: Array,
    azure_onerous_usd: Array,
    onerous_obligation_usd: Array,
    azure_onerous_usd_draws: Array,
    onerous_obligation_usd_draws: Array,
    minimum_partner_equity_multiple: Array,
    trailing_revenue_usd: Array,
    forward_revenue_usd: Array,
    overhang_present_value_usd: Array,
    overhang_present_value_usd_draws: Array,
    capacity_worth_multiple: Array,
    resale_share: Array,
    firmness: Array,
    compute_promises: tuple[Promise, ...],
    azure_take_or_pay_share: Array,
    other_take_or_pay_share: Array,
    debt_rate: Array,
    years_ahead_years: Array,
    facts: Ledger,
) -> Exhibit:
    """E12c: the obligation as a rating agency would read it, for Azure and for all suppliers."""
    azure = {
        key: float(np.sum(np.where(years_ahead_years > 0, promises[0].due_usd, 0.0)))
        for key, promises in compute_promises_by_firmness.items()
    }
    every = {key: value.item() for key, value in commitments_ahead_usd_by_firmness.items()}
    values = azure_minimum_present_value_usd.item(), obligation_present_value_usd.item()
    onerous = azure_onerous_usd.item(), onerous_obligation_usd.item()
    tails = [
        float(np.quantile(draws, 0.9))
        for draws in (azure_onerous_usd_draws, onerous_obligation_usd_draws)
    ]
    forward, trailing = forward_revenue_usd.item(), trailing_revenue_usd.item()
    over_equity = minimum_partner_equity_multiple.item()
    rows = [
        ("Announced, still ahead by 2035", money(azure["headline"]), money(every["headline"])),
        ("… of it expected to fall due", money(azure["expected"]), money(every["expected"])),
        (
            "… over the coming four quarters' revenue",
            f"{azure['expected'] / forward:.1f}×",
            f"{every['expected'] / forward:.1f}×",
        ),
        ("Added to debt: minimum, present value", *map(money, values)),
        ("Added to assets: the capacity", *map(money, np.subtract(values, onerous))),
        ("Onerous: what it costs beyond its worth", *map(money, onerous)),
        ("… in one draw of ten more than", *map(money, tails)),
        (
            "Minimum over the partners' equity",
            f"{over_equity:.1f}×" if np.isfinite(over_equity) else "—",
            "",
        ),
        (
            "Announced over the past twelve months' revenue",
            f"{azure['headline'] / trailing:.1f}×",
            f"{every['headline'] / trailing:.1f}×",
        ),
    ]
    frame = pd.DataFrame(rows, columns=["Measure", "Azure", "All suppliers"])
    press = sum(
        float(np.sum(np.where(years_ahead_years > 0, promise.minimum_usd, 0.0)))
        for promise in compute_promises
        if promise.rung == "intent"
    )
    idle, most_idle = (
        float(np.mean(overhang_present_value_usd_draws > LEAST_USD)),
        float(np.quantile(overhang_present_value_usd_draws, 0.9)),
    )
    shares = percent_span(*sorted((azure_take_or_pay_share.item(), other_take_or_pay_share.item())))
    each_is = "the commitments are" if "–" in shares else "every commitment is"
    if firmness.item() == "firm":
        shares, each_is = percent(azure_take_or_pay_share.item()), "Azure's commitment is"
    names = dict.fromkeys(
        name for each in compute_promises_by_firmness["headline"] for name in each.facts
    )
    sourced: tuple[Fact, ...] = tuple(facts[name] for name in names if name in facts)
    return Exhibit(
        id="E12c",
        title=f"If {shares} of {each_is} take-or-pay, {money(values[1])} joins debt and "
        f"assets; {_part(onerous[1])} of it is onerous in the central case, more than "
        f"{money(tails[1])} in one draw of ten",
        body=table(frame, numbers=["Azure", "All suppliers"], stub="Measure"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            f"Discounted at {percent(debt_rate.item())}. A contract that can be cancelled counts "
            "its time of notice only, deals without a price are left out, and sums without a "
            "schedule fall due evenly."
            + (
                f" {money(press)} of the minimums, undiscounted, would be owed on what is known "
                "from the press alone."
                if press > LEAST_USD
                else ""
            ),
            "Minimums are used as far as the model needs compute, Azure's up to its assumed share. "
            f"What is in use is worth {percent(capacity_worth_multiple.item())} of its price in "
            f"the central case, what is idle is sold on at {percent(resale_share.item())} of that. "
            "Where the worth is drawn below the price, capacity in use is onerous, too.",
            "The discounted cash flow is not lowered once more: it pays for all compute in full, "
            f"and sells nothing on. In the central case {_part(overhang_present_value_usd.item())} "
            "of it lies idle"
            + (f", in {percent_of_draws(idle)} some" if idle else "")
            + (f", in one of ten more than {money(most_idle)}" if most_idle > LEAST_USD else "")
            + ".",
            "The gap between announced and added to debt is the point: a headline is no debt, and "
            "terms that would make it one are undisclosed.",
        ),
        facts=sourced,
    )


def _part(usd: float) -> str:
    return money(usd) if money(usd) != money(0) else "none"


def _times(multiple: float) -> str:
    return f"{_digits(multiple)}×"


def _digits(multiple: float) -> str:
    """A multiple with as many digits as tell it from one."""
    return f"{multiple:.2f}" if 0.95 <= multiple < 1.05 else f"{multiple:.1f}"

"""Exhibits of timing: when an investor's money comes back, and how much hangs on the clock."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, INK, ORANGE, PURPLE
from briefing.exhibits.readings import READINGS
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import first_day, money, percent, percent_span, years
from briefing.model.circularity import SOURCES
from briefing.model.timing import MICROSOFTS_CASH

Array = np.ndarray

ByFirmness = Mapping[str, Array]


def self_funded_over_time(
    cumulative_lower_self_funded_revenue_share_by_firmness: ByFirmness,
    cumulative_self_funded_revenue_share_by_firmness: ByFirmness,
    cumulative_upper_self_funded_revenue_share_by_firmness: ByFirmness,
    cumulative_lower_nvidia_self_funded_revenue_share_by_firmness: ByFirmness,
    cumulative_nvidia_self_funded_revenue_share_by_firmness: ByFirmness,
    cumulative_upper_nvidia_self_funded_revenue_share_by_firmness: ByFirmness,
    peak_self_funded_share: Array,
    peak_self_funded_years: Array,
    round_trip_lag_years: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E03c: bounds and pro-rata share of all money received by each quarter's end."""
    sellers = {
        "Microsoft, Azure": (
            cumulative_lower_self_funded_revenue_share_by_firmness,
            cumulative_self_funded_revenue_share_by_firmness,
            cumulative_upper_self_funded_revenue_share_by_firmness,
        ),
        "Nvidia, chips": (
            cumulative_lower_nvidia_self_funded_revenue_share_by_firmness,
            cumulative_nvidia_self_funded_revenue_share_by_firmness,
            cumulative_upper_nvidia_self_funded_revenue_share_by_firmness,
        ),
    }
    frame = pd.DataFrame(
        [
            {
                "seller": seller,
                "reading": label,
                "quarter": quarter,
                "start": first_day(quarter),
                "lower": low,
                "pro_rata": middle,
                "upper": high,
            }
            for seller, bounds in sellers.items()
            for reading, label in READINGS.items()
            for quarter, low, middle, high in zip(
                quarters, *(bound[reading][0] for bound in bounds), strict=True
            )
            if not np.isnan(middle)
        ],
        columns=["seller", "reading", "quarter", "start", "lower", "pro_rata", "upper"],
    ).round(5)
    peak = peak_self_funded_share.item()
    ever = peak > 0
    quarter = quarters[round(peak_self_funded_years.item() * 4)]
    lag = round_trip_lag_years.item()
    finding = (
        f"Microsoft's own money peaks at {percent(peak)} of what it is paid in {quarter} and "
        "thins out from there"
        if ever
        else "None of Microsoft's own money is in what Anthropic pays it"
    )
    return Exhibit(
        id="E03c",
        title=f"Expected reading, pro rata: {finding}" if ever else finding,
        body=_bands(frame, list(sellers)),
        alt="Six panels, two sellers by three readings: the band between the bounds and the "
        "pro-rata line of money received so far. At the horizon's end: "
        + "; ".join(
            f"{seller} {label.lower()} {percent(bounds[1][reading][0, -1])} pro rata, "
            f"at most {percent(bounds[2][reading][0, -1])}"
            for seller, bounds in sellers.items()
            for reading, label in READINGS.items()
        ),
        data=frame.drop(columns="start"),
        notes=(
            "Band: from this money spent last to this money spent first, of everything received up "
            "to the quarter's end. Line: every dollar counts alike. Azure counts receipts under "
            "the commitment, chips those bought for this capacity, on the cash clock.",
            f"A dollar of Microsoft's that comes back has been away {years(lag)} on average."
            if ever
            else "An empty panel has no receipts to trace.",
        ),
    )


def _bands(frame: pd.DataFrame, sellers: list[str]) -> alt.FacetChart:
    x = alt.X(
        "start:T",
        title=None,
        scale=alt.Scale(type="utc"),
        axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 3}),
    )
    is_peak = frame.groupby(["seller", "reading"]).pro_rata.transform("idxmax") == frame.index
    told = [percent(share) for share in frame.pro_rata]
    base = Chart(frame.assign(peak=pd.Series(told, frame.index, dtype=str).where(is_peak, "")))
    band = base.mark_area(opacity=0.25, interpolate="step-after").encode(
        x=x,
        y=alt.Y("lower:Q", title="Own money", axis=alt.Axis(format="%")),
        y2=alt.Y2("upper:Q"),
        color=alt.Color(
            "seller:N", legend=None, scale=alt.Scale(domain=sellers, range=[BLUE, ORANGE])
        ),
    )
    line = base.mark_line(strokeWidth=2, interpolate="step-after").encode(
        x=x,
        y=alt.Y("pro_rata:Q"),
        color=alt.Color("seller:N"),
        tooltip=[alt.Tooltip("seller"), alt.Tooltip("reading"), alt.Tooltip("quarter")]
        + [alt.Tooltip(name, format=".1%") for name in ("lower", "pro_rata", "upper")],
    )
    peak = base.mark_text(align="left", dx=3, dy=-7, color=INK).encode(
        x=x, y=alt.Y("pro_rata:Q"), text=alt.Text("peak:N")
    )
    return (
        alt.layer(band, line, peak)
        .properties(width=(WIDTH - 60) / 3, height=110)
        .facet(
            row=alt.Row("seller:N", title=None, sort=sellers),
            column=alt.Column("reading:N", title=None, sort=list(READINGS.values())),
        )
    )


def purse_and_clock_table(
    self_funded_revenue_share_by_firmness: ByFirmness,
    economic_self_funded_revenue_share_by_firmness: ByFirmness,
    compute_purse_self_funded_revenue_share_by_firmness: ByFirmness,
    upper_self_funded_revenue_share_by_firmness: ByFirmness,
    nvidia_self_funded_revenue_share_by_firmness: ByFirmness,
    economic_nvidia_self_funded_revenue_share_by_firmness: ByFirmness,
    treasury_nvidia_self_funded_revenue_share_by_firmness: ByFirmness,
) -> Exhibit:
    """E03d: the same payments, thought of in other purses and on another clock."""
    microsoft = "Microsoft's own money in its Azure receipts (direct)"
    nvidia = "Nvidia's own money in its chip sales (through Azure)"
    rows = [
        (microsoft, "One purse, cash clock", self_funded_revenue_share_by_firmness),
        (microsoft, "One purse, economic clock", economic_self_funded_revenue_share_by_firmness),
        (
            microsoft,
            "Equity pays for compute only",
            compute_purse_self_funded_revenue_share_by_firmness,
        ),
        (microsoft, "Equity pays for Azure only", upper_self_funded_revenue_share_by_firmness),
        (
            nvidia,
            "Azure's receipts apart, cash clock",
            nvidia_self_funded_revenue_share_by_firmness,
        ),
        (
            nvidia,
            "Azure's receipts apart, economic clock",
            economic_nvidia_self_funded_revenue_share_by_firmness,
        ),
        (
            nvidia,
            "One Microsoft treasury, cash clock",
            treasury_nvidia_self_funded_revenue_share_by_firmness,
        ),
    ]
    frame = pd.DataFrame(
        [
            {"Share": share, "Purse and clock": how}
            | {label: percent(values[key].item()) for key, label in READINGS.items()}
            for share, how, values in rows
        ]
    )
    microsofts, nvidias = (
        [values["expected"].item() for share, _, values in rows if share == seller]
        for seller in (microsoft, nvidia)
    )
    return Exhibit(
        id="E03d",
        title="Where the walls between purses stand decides: "
        f"{percent_span(min(microsofts), max(microsofts))} for Microsoft, "
        f"{percent_span(min(nvidias), max(nvidias))} for Nvidia, from the same payments",
        body=table(frame, numbers=list(READINGS.values()), groups="Share", stub="Purse and clock"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Cash clock: a payment counts when it is made, and chips are paid before the capacity "
            "earns. Economic clock: capacity counts when it is used, chips as they wear out. "
            "Nobody has disclosed whether the equity is earmarked.",
            "Microsoft's share is direct: its equity goes to Anthropic and from there to Azure. "
            "Nvidia sells nothing to Anthropic here, so all of its share runs through Azure.",
        ),
    )


def capital_backed_revenue(
    traced_to_commitment_usd: Array,
    chip_money_by_source_usd: Array,
    chip_use_by_source_usd: Array,
    microsoft_quarterly_revenue_usd: Array,
    nvidia_revenue_usd_per_year: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E04: what the sellers receive, from capital or from customers."""
    azure = [*traced_to_commitment_usd.sum(axis=1)[0], 0.0]
    bars = {
        "Azure receipts under the commitment": azure,
        "Chip sales, cash clock": chip_money_by_source_usd[0],
        "Chip sales, economic clock": chip_use_by_source_usd[0],
    }
    sources = (*SOURCES, MICROSOFTS_CASH)
    frame = pd.DataFrame(
        [
            {"sale": sale, "source": source, "usd_bn": float(usd) / 1e9, "rank": rank}
            for sale, amounts in bars.items()
            for rank, (source, usd) in enumerate(zip(sources, amounts, strict=True))
        ]
    )
    span = len(quarters) / 4
    own = [traced_to_commitment_usd.sum(axis=1)[0, 0], chip_money_by_source_usd[0, 1]]
    yearly = [4 * microsoft_quarterly_revenue_usd.item(), nvidia_revenue_usd_per_year.item()]
    of_all = [percent(usd / span / year) for usd, year in zip(own, yearly, strict=True)]
    capital = sum(azure[:3])
    return Exhibit(
        id="E04",
        title=f"Investors' capital pays {money(capital)} of the {money(sum(azure))} that Microsoft "
        f"receives under the commitment, customers {money(azure[3])}",
        body=_source_bars(frame, list(bars), sources),
        alt="; ".join(
            f"{sale}: "
            + ", ".join(
                f"{source} {money(usd)}"
                for source, usd in zip(sources, amounts, strict=True)
                if usd > 5e6
            )
            for sale, amounts in bars.items()
        ),
        data=frame.drop(columns="rank").round(4),
        notes=(
            "Pro rata, expected reading, up to 2035. Chips are those that Microsoft buys for this "
            "capacity; what Anthropic's payments of the same quarter do not cover, Microsoft pays "
            "ahead, and it is repaid later out of Azure receipts.",
            f"For scale: the own money that comes back each year is {of_all[0]} of Microsoft's "
            f"yearly revenue and {of_all[1]} of Nvidia's, at their newest pace.",
        ),
    )


def _source_bars(frame: pd.DataFrame, sales: list[str], sources: tuple[str, ...]) -> alt.Chart:
    return (
        Chart(frame)
        .mark_bar(height=26)
        .encode(
            y=alt.Y("sale:N", title=None, sort=sales, axis=alt.Axis(labelLimit=240)),
            x=alt.X("usd_bn:Q", title="$bn to 2035"),
            color=alt.Color(
                "source:N",
                title="Whose money",
                sort=list(sources),
                scale=alt.Scale(domain=list(sources), range=[BLUE, ORANGE, GREY, GREEN, PURPLE]),
                legend=alt.Legend(columns=3),
            ),
            order=alt.Order("rank:Q"),
            tooltip=[
                alt.Tooltip("sale"),
                alt.Tooltip("source"),
                alt.Tooltip("usd_bn", format=".2f"),
            ],
        )
        .properties(width=WIDTH - 160, height=130)
    )

"""Exhibits of obligations: what the commitment weighs, by the terms that nobody has disclosed."""

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map, told_cells
from briefing.exhibits.palette import ORANGE
from briefing.exhibits.words import money, money_span, percent, percent_span, years

Array = np.ndarray


def horizon_grid(
    azure_term_years_by_horizon: Array,
    azure_ramp_years_by_horizon: Array,
    azure_scheduled_usd_by_horizon: Array,
    commitment_present_value_usd_by_horizon: Array,
    azure_schedule_revenue_share_by_horizon: Array,
    azure_commitment_usd: Array,
    commitment_trailing_revenue_multiple: Array,
    debt_rate: Array,
    gpu_life_years: Array,
) -> Exhibit:
    """E06b: peak payment, present value and share of revenue for every term and ramp."""
    frame = pd.DataFrame(
        {
            "term_years": azure_term_years_by_horizon[:, 0],
            "ramp_years": azure_ramp_years_by_horizon[:, 0],
            "peak_usd_per_year": azure_scheduled_usd_by_horizon.max(axis=-1) * 4,
            "present_value_usd": commitment_present_value_usd_by_horizon[:, 0],
            "revenue_share": azure_schedule_revenue_share_by_horizon[:, 0],
        }
    )
    cells = [
        Cell(
            years(term),
            years(ramp),
            share * 100,
            money(peak),
            f"PV {worth / 1e9:.0f} · {percent(share)}",
        )
        for term, ramp, peak, worth, share in frame.to_numpy().tolist()
    ]
    peaks, shares = frame.peak_usd_per_year, frame.revenue_share
    pledge, life = money(azure_commitment_usd.item()), gpu_life_years.item()
    longer = ", ".join(f"{term:.0f}" for term in sorted(set(frame.term_years)) if term > life)
    outlast = (
        f"Terms of {longer} years outlast the chips' assumed life of {years(life)}: the last "
        "years then buy newer chips, or older ones at an old price. "
        if longer
        else ""
    )
    return Exhibit(
        id="E06b",
        title=f"By term and ramp {pledge} peaks at {money_span(peaks.min(), peaks.max())} a year, "
        f"{percent_span(shares.min(), shares.max())} of Anthropic's revenue at its heaviest",
        body=heat_map(
            cells,
            "Term",
            "Ramp",
            "Heaviest quarter, % of revenue",
            label="Peak, a year",
            below="Present value, $bn, and heaviest quarter",
        ),
        alt="Heat map by term and ramp. "
        + "; ".join(
            f"{cell.x}, ramp {cell.y}: peak {cell.label} a year, {cell.below}"
            for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            "Top of a cell: peak of the payments, at a yearly rate. PV: the whole in $bn, "
            f"discounted at {percent(debt_rate.item())} to the first day of the model. Then the "
            "heaviest quarter still ahead as a share of the revenue that the model expects in it.",
            f"{outlast}Term and ramp are undisclosed; every cell adds up to the same sum, "
            f"{commitment_trailing_revenue_multiple.item():.1f} times the revenue of about "
            "the past twelve months.",
        ),
    )


def minimum_grid(
    azure_term_years_by_minimum: Array,
    azure_take_or_pay_share_by_minimum: Array,
    azure_minimum_present_value_usd_by_minimum: Array,
    azure_onerous_usd_by_minimum: Array,
    debt_rate: Array,
    resale_share: Array,
) -> Exhibit:
    """E06c: Azure's minimum as a debt, and its onerous part, by term and take-or-pay share."""
    frame = pd.DataFrame(
        {
            "term_years": azure_term_years_by_minimum[:, 0],
            "take_or_pay_share": azure_take_or_pay_share_by_minimum[:, 0],
            "present_value_usd": azure_minimum_present_value_usd_by_minimum[:, 0],
            "onerous_usd": azure_onerous_usd_by_minimum[:, 0],
        }
    ).sort_values(["take_or_pay_share", "term_years"], ascending=[False, True])
    cells = [
        Cell(
            years(term),
            percent(share),
            worth / 1e9,
            money(worth),
            f"lost {money(lost)}" if lost > 5e6 else "",
        )
        for term, share, worth, lost in frame.to_numpy().tolist()
    ]
    worst, most = frame.onerous_usd.max(), frame.present_value_usd.max()
    onerous = (
        f"at most {money(worst)} of it buys nothing"
        if worst > 5e6
        else "at the point values all of it is used"
    )
    told = ", “lost” in a cell" if any(cell.below for cell in cells) else ""
    return Exhibit(
        id="E06c",
        title=f"Azure's minimum is a debt of nothing to {money(most)}, depending on the part that "
        f"is take-or-pay; {onerous}",
        body=heat_map(
            cells, "Term", "Owed used or not", "Present value, $bn", most=ORANGE, below="Of it"
        ),
        alt="Heat map by term and take-or-pay share. "
        + "; ".join(
            f"{cell.y} owed over {cell.x}: {cell.label} {cell.below}".strip()
            for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            "Minimum payments still ahead on the briefing's date, discounted at "
            f"{percent(debt_rate.item())}, Anthropic's assumed cost of debt. Rating agencies add "
            "this sum to debt and the capacity to assets, so it moves leverage and not equity.",
            f"Equity falls by the onerous part alone{told}: what the minimum costs "
            "beyond the worth of the capacity in use, or sold to others at "
            f"{percent(resale_share.item())} of its price. Whether any minimum exists is not "
            "public.",
        ),
    )

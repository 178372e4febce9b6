"""Exhibits of access: what a way to buy is worth beside the price, and what a move costs."""

import numpy as np
import pandas as pd

from briefing.exhibits.buyer_words import worth_in_draws
from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map, told_cells
from briefing.exhibits.offers import known_terms
from briefing.exhibits.palette import ORANGE
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import eight_in_ten, percent, years
from briefing.inputs.facts import Ledger

Array = np.ndarray

MONTHS_A_YEAR = 12

BOUGHT = ("counts_to_commitment", "one_bill", "list_price")
"""Clauses on which the comparison rests."""


ASK = (
    "No page that we found says whether a discount negotiated with the cloud covers what another "
    "company sells there, so ask (E33b)."
)


def access_table(
    commitment_discount_share: Array,
    commitment_discount_share_draws: Array,
    commitment_unused_share: Array,
    commitment_unused_share_draws: Array,
    platform_cost_share: Array,
    platform_cost_share_draws: Array,
    one_platform_advantage_share: Array,
    one_platform_advantage_share_draws: Array,
    buyer_freedom_share: Array,
    buyer_freedom_share_draws: Array,
    two_platform_freedom_share: Array,
    two_platform_freedom_share_draws: Array,
    one_maker_discount_share: Array,
    one_maker_discount_share_draws: Array,
    maker_lock_in_years: Array,
    buyer_plan_years: Array,
    facts: Ledger,
) -> Exhibit:
    """E31: what a customer of a cloud gains by buying models there, and what freedom is worth."""
    own, maker = (
        "For a customer with a commitment to the cloud",
        "For a buyer of several makers' models",
    )
    rows = [
        (own, "Discount negotiated with the cloud, if it covers others' models", commitment_discount_share, commitment_discount_share_draws),
        (own, "Commitment that would lapse unused otherwise", commitment_unused_share, commitment_unused_share_draws),
        (own, "Second platform that need not be connected, once", platform_cost_share, platform_cost_share_draws),
        (own, "Together, as a part of its list price", one_platform_advantage_share, one_platform_advantage_share_draws),
        (maker, "Right to change the model once, on one platform", buyer_freedom_share, buyer_freedom_share_draws),
        (maker, "… if the other model stands on another platform", two_platform_freedom_share, two_platform_freedom_share_draws),
        (maker, f"Discount that pays for {years(maker_lock_in_years.item())} with one maker", one_maker_discount_share, one_maker_discount_share_draws),
    ]  # fmt: skip
    frame = pd.DataFrame(
        [
            (group, label, percent(value.item()), eight_in_ten(draws))
            for group, label, value, draws in rows
        ],
        columns=["For", "Part of a year's or all spending", "Central", "Eight draws in ten"],
    )
    central = one_platform_advantage_share.item()
    known = known_terms(facts)
    used = tuple(fact for (_, clause), fact in known.items() if clause in BOUGHT)
    return Exhibit(
        id="E31",
        title="At our assumptions a way in whose usage counts to a commitment is worth "
        f"{worth_in_draws(central, one_platform_advantage_share_draws)}",
        body=table(
            frame, numbers=list(frame.columns[2:]), stub=str(frame.columns[1]), groups="For"
        ),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "To count to a commitment is one thing, to be discounted another; "
            f"{_discounted(commitment_discount_share.item())} {ASK}",
            "The central case takes the most likely value of each assumption, and ranges reach further "
            "on one side than on the other: "
            f"{percent(float(np.mean(one_platform_advantage_share_draws > central)))} of draws are "
            "worth more together.",
            "Discount, lapse and the value of freedom are parts of all spending over a plan of "
            f"{years(buyer_plan_years.item())}, connecting a platform is a part of one year's. None "
            "of them is public; each buyer knows its own, and can set it in their place.",
            "The right to change is valued as in E25, here over what two makers' models cost for the "
            "same work. One platform with several makers makes a move "
            "cheaper; that, and not the lower price, is the gain from a wider choice.",
        ),
        facts=used,
    )


def _discounted(share: float) -> str:
    if share <= 0:
        return "usage that counts is taken as not discounted here, and the range goes higher."
    return f"usage that counts is taken as discounted by {percent(share)}."


def migration_grid(
    migration_cost_share_by_migration: Array,
    price_gap_share_by_migration: Array,
    migration_payback_years_by_migration: Array,
    migration_payback_years: Array,
    migration_cost_share: Array,
    price_gap_share: Array,
) -> Exhibit:
    """E31b: months until a move to a cheaper model has earned back its cost."""
    frame = pd.DataFrame(
        {
            "cost_share": migration_cost_share_by_migration[:, 0],
            "gap_share": price_gap_share_by_migration[:, 0],
            "payback_months": migration_payback_years_by_migration[:, 0] * MONTHS_A_YEAR,
        }
    )
    cells = [
        Cell(percent(cost), percent(gap), months, f"{months:.0f}")
        for cost, gap, months in frame.to_numpy().tolist()
    ]
    months = migration_payback_years.item() * MONTHS_A_YEAR
    return Exhibit(
        id="E31b",
        title=f"A move is earned back in {months:.0f} months at our assumptions: it costs "
        f"{percent(migration_cost_share.item())} of a year's spending and saves "
        f"{percent(price_gap_share.item())} of it a year",
        body=heat_map(
            cells, "Cost of the move, of a year's spending", "Cheaper by", "Months", most=ORANGE
        ),
        alt="Heat map of months until a move is earned back. "
        + "; ".join(
            f"cost {cell.x}, cheaper by {cell.y}: {cell.label}" for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            "Prompts, tools and tests are written anew for another model, and both run side by side "
            "for a while. Interest is left out. A price that falls for all makers alike opens no gap.",
        ),
    )

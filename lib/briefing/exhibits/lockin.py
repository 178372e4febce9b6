"""Exhibits of lock-in: what freedom to move is worth, and what tuning must save to pay for it."""

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map, told_cells
from briefing.exhibits.palette import ORANGE
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    eight_in_ten,
    money,
    money_span,
    percent,
    percent_of_draws,
    percent_span,
    years,
)
from briefing.inputs.facts import Ledger

Array = np.ndarray

RIGHT = (
    "The right is to move the work once, whenever that pays: a tree of quarters over the ratio of "
    "what the alternative costs to what the chips in use cost, which wanders and is expected to "
    "stay where it is."
)


def lock_in_grid(
    lock_in_years_by_lock_in: Array,
    relative_cost_volatility_rate_by_lock_in: Array,
    freedom_lost_share_by_lock_in: Array,
    freedom_lost_usd_by_lock_in: Array,
    azure_term_years: Array,
    alternative_cost_multiple: Array,
    switching_cost_share: Array,
    switching_value_share: Array,
) -> Exhibit:
    """E25: what a lock takes away, by its length and by how far costs wander."""
    frame = pd.DataFrame(
        {
            "lock_in_years": lock_in_years_by_lock_in[:, 0],
            "volatility_rate": relative_cost_volatility_rate_by_lock_in[:, 0],
            "lost_share": freedom_lost_share_by_lock_in[:, 0],
            "lost_usd": freedom_lost_usd_by_lock_in[:, 0],
        }
    )
    cells = [
        Cell(years(lock), percent(volatility), lost * 100, percent(lost), money(usd))
        for lock, volatility, lost, usd in frame.to_numpy().tolist()
    ]
    term = azure_term_years.item()
    return Exhibit(
        id="E25",
        title=f"A lock takes up to {percent(frame.lost_share.max())} of what is spent on the "
        "work, by its length and by how far costs wander: the discount that would pay for it",
        body=heat_map(
            cells,
            "Lock",
            "Costs wander by, a year",
            "Freedom lost, %",
            most=ORANGE,
            below="Worth, if all of it is tuned",
        ),
        alt="Heat map of freedom lost by length of the lock and volatility. "
        + "; ".join(
            f"{cell.x} at {cell.y}: {cell.label}, {cell.below}" for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            f"{RIGHT} Over {years(term)} at the assumed volatility, being free throughout is worth "
            f"{percent(switching_value_share.item())} of all spending. A lock of that length or "
            "longer takes all of it.",
            "Alternative today: "
            f"{alternative_cost_multiple.item():.2f} times the cost. Moving costs "
            f"{percent(switching_cost_share.item())} of a year's spending. Dollars: if all "
            "Nvidia-based work under the commitment were tuned and locked; whether any is, is not "
            "disclosed.",
        ),
    )


def freedom_table(
    switching_value_share: Array,
    switching_value_share_draws: Array,
    locked_switching_value_share: Array,
    locked_switching_value_share_draws: Array,
    one_day_switching_value_share: Array,
    one_day_switching_value_share_draws: Array,
    freedom_lost_share: Array,
    freedom_lost_share_draws: Array,
    freedom_lost_usd: Array,
    freedom_lost_usd_draws: Array,
    both_effective_discount_share: Array,
    both_effective_discount_share_draws: Array,
    lock_in_years: Array,
) -> Exhibit:
    """E25b: value of being free, what a lock leaves of it, and what might pay for the rest."""
    lock = years(lock_in_years.item())
    rows = [
        ("Free from the first day", switching_value_share, switching_value_share_draws),
        (f"Free after {lock}", locked_switching_value_share, locked_switching_value_share_draws),
        (
            "… on the day the lock ends only (Margrabe)",
            one_day_switching_value_share,
            one_day_switching_value_share_draws,
        ),
        ("Freedom that the lock takes", freedom_lost_share, freedom_lost_share_draws),
        (
            "Discount on Azure in the investors' equity",
            both_effective_discount_share,
            both_effective_discount_share_draws,
        ),
    ]
    frame = pd.DataFrame(
        [(label, percent(value.item()), eight_in_ten(draws)) for label, value, draws in rows],
        columns=["Part of all spending on the work", "Central", "Eight draws in ten"],
    )
    low, high = np.quantile(freedom_lost_usd_draws, [0.1, 0.9])
    lost, discount = freedom_lost_share.item(), both_effective_discount_share.item()
    return Exhibit(
        id="E25b",
        title=f"A lock of {lock} takes freedom worth {percent(lost)} of the spending, "
        f"{money(freedom_lost_usd.item())}; {_paid_by_shares(discount, lost)}",
        body=table(frame, numbers=list(frame.columns[1:]), stub=str(frame.columns[0])),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "In dollars, if all Nvidia-based work under the commitment were locked: "
            f"{money_span(float(low), float(high))} in eight draws of ten. A minus at the discount "
            "means that the shares are worth more by our value of today than was paid; by that of "
            "the day of the deal it may be a plus (E23).",
            "Margrabe's formula is exact for a right on one day, so it lies a little below a right "
            "that goes on; that the two come near each other is a check of the tree.",
        ),
    )


def _paid_by_shares(discount: float, lost: float) -> str:
    if np.isnan(discount):
        return "there are no purchases to set a discount against"
    if discount <= 0:
        return "by today's value of the shares no discount in them pays for it"
    part = "all" if discount >= lost else "part"
    return (
        f"what the investors overpay for shares, as good as {percent(discount)} off Azure, would "
        f"pay for {part} of it"
    )


def required_gain_grid(
    lock_in_years_by_alternative: Array,
    alternative_cost_multiple_by_alternative: Array,
    required_co_optimisation_gain_share_by_alternative: Array,
    lock_in_years: Array,
    required_co_optimisation_gain_share: Array,
    required_co_optimisation_gain_share_draws: Array,
    co_optimisation_gain_share_draws: Array,
) -> Exhibit:
    """E26: what tuning must save to pay for its lock, by its length and the alternative's cost."""
    frame = pd.DataFrame(
        {
            "lock_in_years": lock_in_years_by_alternative[:, 0],
            "alternative_multiple": alternative_cost_multiple_by_alternative[:, 0],
            "required_gain_share": required_co_optimisation_gain_share_by_alternative[:, 0],
        }
    )
    most = float(np.max(co_optimisation_gain_share_draws))
    beyond = int(np.sum(frame.required_gain_share > most))
    cells = [
        Cell(years(lock), f"{multiple:.2f}×", gain * 100, _reached(gain, most))
        for lock, multiple, gain in frame.to_numpy().tolist()
    ]
    needed = required_co_optimisation_gain_share.item()
    low, high = np.quantile(required_co_optimisation_gain_share_draws, [0.1, 0.9])
    return Exhibit(
        id="E26",
        title=f"To pay for a lock of {years(lock_in_years.item())}, tuning must save "
        f"{percent(needed)} of the cost of the work ({percent(float(low))} to "
        f"{percent(float(high))} in eight draws of ten)",
        body=heat_map(cells, "Lock", "Alternative's cost today", "Saving needed, %", most=ORANGE),
        alt="Heat map of the saving that tuning must bring. "
        + "; ".join(
            f"{cell.x}, alternative at {cell.y}: {cell.label}" for cell in told_cells(cells)
        ),
        data=frame,
        notes=(
            "The saving lasts as long as the work stays, which may be longer than the lock; the "
            "alternative has no such saving. A lower latency counts here only as far as it makes a "
            "unit of work cheaper; what users would pay for speed is not known.",
            "Where the alternative is cheaper already, tuning has to make up for that as well. A "
            "buyer whose work moves within weeks has little to lose, and needs little. "
            f"{_feasible(beyond, len(frame), most)}",
        ),
    )


def _reached(gain: float, most: float) -> str:
    return percent(gain) if gain <= most else f"{percent(gain)} ✕"


def _feasible(beyond: int, of: int, most: float) -> str:
    if not beyond:
        return f"No cell asks for more than the {percent(most)} that tuning saves in our best draw."
    return (
        f"{beyond} of {of} cells, with a cross, ask for more than the {percent(most)} that tuning "
        "saves in our best draw: there no tuning that we think possible pays for the lock."
    )


def _claims(facts: Ledger) -> list[tuple[str, str, str, str]]:
    """Savings that were claimed and are known, and whether joint tuning would bring them."""
    rows = []
    if "rubin-claim" in facts:
        rows.append(
            (
                "Nvidia: new chips against its last ones",
                f"up to {percent(facts['rubin-claim'].high or 0.0)}",
                "claim",
                "No: every buyer of the chips gets it",
            )
        )
    if "trainium-claim" in facts:
        low, high = facts["trainium-claim"].low or 0.0, facts["trainium-claim"].high or 0.0
        # More for the same price, by this part, is less for the same work by a smaller one.
        rows.append(
            (
                f"Amazon: {percent_span(low, high)} more for the price on its chip than on an "
                "older one of Nvidia's",
                percent_span(low / (1 + low), high / (1 + high)),
                "claim",
                "No: it is what a lock to Nvidia would miss",
            )
        )
    return rows


def gain_table(
    facts: Ledger,
    co_optimisation_gain_share: Array,
    co_optimisation_gain_share_draws: Array,
    required_co_optimisation_gain_share: Array,
    required_co_optimisation_gain_share_draws: Array,
    co_optimisation_surplus_share_draws: Array,
) -> Exhibit:
    """E26b: the saving that is needed beside those that were claimed."""
    rows = [
        (
            "Needed to pay for the lock",
            percent(required_co_optimisation_gain_share.item()),
            eight_in_ten(required_co_optimisation_gain_share_draws),
            "Computed",
        ),
        ("Claimed by the three companies for joint tuning", "no figure", "—", "Goals named only"),
        (
            "Taken here for joint tuning",
            percent(co_optimisation_gain_share.item()),
            eight_in_ten(co_optimisation_gain_share_draws),
            "Our judgement",
        ),
    ]
    rows += _claims(facts)
    told = ("alliance-hardware", "rubin-claim", "trainium-claim")
    used = [facts[name] for name in told if name in facts]
    columns = ["Saving per unit of work", "Figure", "Eight draws in ten", "Of joint tuning?"]
    frame = pd.DataFrame(rows, columns=columns)
    pays = float(np.mean(co_optimisation_surplus_share_draws >= 0))
    return Exhibit(
        id="E26b",
        title=f"Nobody has put a figure on joint tuning; with ours it pays for its lock in "
        f"{percent_of_draws(pays)}",
        body=table(frame, numbers=columns[1:3], stub=columns[0]),
        alt=read_aloud(frame),
        data=frame,
        facts=tuple(used),
        notes=(
            "The goals announced are performance, efficiency and total cost, without a measure, a "
            "date or a base. Claims of makers are against bases of their own choice and are not "
            "verified here.",
            "That tuning pays in most draws says that our range for it is wide against what is "
            "needed, no more.",
        ),
    )

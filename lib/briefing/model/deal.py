"""The deal: what is pledged, when it is due, and how firmly.

Every dollar leg has three readings, chosen by `firmness`: `firm` counts only what is contracted or
already paid, `headline` counts every ceiling as if it were cash, `expected` lies between.
All quarterly amounts are (draws, quarters), in plain dollars per quarter.
"""

import numpy as np

from briefing.model.measures.queues import served_cumulative
from briefing.model.measures.schedules import spread_share

Array = np.ndarray

QUARTER_YEARS = 0.25


def _by_firmness(firmness: Array, firm: Array, expected: Array, headline: Array) -> Array:
    return np.where(firmness == "firm", firm, np.where(firmness == "headline", headline, expected))


def _paid_in(firmness: Array, cap: Array, placed: Array, drawn_share: Array) -> Array:
    """What is placed, and of the rest up to the ceiling what is drawn."""
    return _by_firmness(firmness, placed, placed + drawn_share * (cap - placed), cap)


def financing_open_share(
    quarter_start_years: Array, years_to_as_of: Array, funding_stops_years: Array
) -> Array:
    """One while investors still pay, zero from the quarter in which funding stops.

    The stop is counted from the briefing's date: what has been paid by then stays paid.
    """
    return np.where(quarter_start_years < years_to_as_of + funding_stops_years, 1.0, 0.0)


def microsoft_equity_total_usd(
    firmness: Array,
    microsoft_equity_cap_usd: Array,
    microsoft_equity_placed_usd: Array,
    microsoft_equity_drawn_share: Array,
) -> Array:
    """Equity that Microsoft pays in: a ceiling binds nobody, so the rest counts as drawn."""
    return _paid_in(
        firmness,
        microsoft_equity_cap_usd,
        microsoft_equity_placed_usd,
        microsoft_equity_drawn_share,
    )


def nvidia_equity_total_usd(
    firmness: Array,
    nvidia_equity_cap_usd: Array,
    nvidia_equity_placed_usd: Array,
    nvidia_equity_drawn_share: Array,
) -> Array:
    """Equity that Nvidia pays in; Nvidia's own filing gave no assurance that it would."""
    return _paid_in(
        firmness, nvidia_equity_cap_usd, nvidia_equity_placed_usd, nvidia_equity_drawn_share
    )


def equity_schedule_share(
    quarter_start_years: Array, equity_start_years: Array, equity_spread_years: Array
) -> Array:
    """Share of the two equity pledges that is paid in each quarter, in level tranches."""
    return spread_share(quarter_start_years, QUARTER_YEARS, equity_start_years, equity_spread_years)


def microsoft_equity_usd(
    microsoft_equity_total_usd: Array, equity_schedule_share: Array, financing_open_share: Array
) -> Array:
    """Microsoft's equity payments per quarter."""
    return microsoft_equity_total_usd * equity_schedule_share * financing_open_share


def nvidia_equity_usd(
    nvidia_equity_total_usd: Array, equity_schedule_share: Array, financing_open_share: Array
) -> Array:
    """Nvidia's equity payments per quarter."""
    return nvidia_equity_total_usd * equity_schedule_share * financing_open_share


def _used_years(
    quarter_start_years: Array,
    start_years: Array,
    ramp_years: Array,
    term_years: Array,
    delay_years: Array,
    years_to_as_of: Array,
) -> tuple[Array, Array]:
    """What is used per quarter, and in all, in years at full rate.

    Use grows in a straight line over the ramp and then stays. A delay begins at the briefing's
    date, because an earlier one would rewrite a past of which no figure is known; while it lasts,
    what stands is used and nothing is added. All that was promised is used in the end.
    """
    ramp = np.maximum(ramp_years, 1e-9)
    standing_share = np.clip((years_to_as_of - start_years) / ramp, 0, 1)

    def grown(elapsed: Array) -> Array:
        ramping = np.minimum(elapsed, ramp)
        return ramping**2 / (2 * ramp) + (elapsed - ramping)

    total = grown(term_years)

    def used_by(years: Array) -> Array:
        held_up = np.clip(years - years_to_as_of, 0, delay_years)
        elapsed = np.maximum(years - held_up - start_years, 0)
        return np.minimum(grown(elapsed) + standing_share * held_up, total)

    end = quarter_start_years + QUARTER_YEARS
    return used_by(end) - used_by(quarter_start_years), total


def azure_schedule_share(
    quarter_start_years: Array,
    azure_start_years: Array,
    azure_term_years: Array,
    azure_ramp_years: Array,
    capacity_delay_years: Array,
    years_to_as_of: Array,
) -> Array:
    """Share of the Azure commitment scheduled per quarter: a straight ramp, then a level rate.

    While a delay lasts, what stands at the briefing's date is used and nothing is added.
    """
    used, total = _used_years(
        quarter_start_years,
        azure_start_years,
        np.minimum(azure_ramp_years, azure_term_years),
        azure_term_years,
        capacity_delay_years,
        years_to_as_of,
    )
    return used / total


def azure_scheduled_usd(azure_commitment_usd: Array, azure_schedule_share: Array) -> Array:
    """The whole commitment as it would fall due per quarter if every dollar of it were spent."""
    return azure_commitment_usd * azure_schedule_share


def azure_minimum_usd(azure_scheduled_usd: Array, azure_take_or_pay_share: Array) -> Array:
    """Part of the schedule owed even if nothing is used. Whether any is owed is undisclosed."""
    return azure_scheduled_usd * azure_take_or_pay_share


def capacity_option_usd(
    firmness: Array,
    gw_reading: Array,
    capacity_option_gw: Array,
    capacity_option_drawn_share: Array,
    tenant_cost_usd_per_gw_year: Array,
    quarter_start_years: Array,
    capacity_option_start_years: Array,
    capacity_option_ramp_years: Array,
    capacity_option_term_years: Array,
    capacity_delay_years: Array,
    years_to_as_of: Array,
) -> Array:
    """Purchases of Nvidia-based capacity beyond the commitment, per quarter.

    Zero where the gigawatt is read as nested in the commitment. Power is not dollars: the price
    of a gigawatt-year is an assumption, and so is the term for which the capacity is rented.
    """
    used, _ = _used_years(
        quarter_start_years,
        capacity_option_start_years,
        capacity_option_ramp_years,
        capacity_option_term_years,
        capacity_delay_years,
        years_to_as_of,
    )
    drawn_share = _by_firmness(firmness, np.zeros(1), capacity_option_drawn_share, np.ones(1))
    drawn_gw = np.where(gw_reading == "additional", capacity_option_gw * drawn_share, 0.0)
    return used * drawn_gw * tenant_cost_usd_per_gw_year


def azure_usable_usd(
    azure_largest_compute_share: Array,
    compute_need_usd: Array,
    azure_minimum_usd: Array,
    elsewhere_minimum_usd: Array,
) -> Array:
    """Azure compute that Anthropic can put to use, per quarter.

    At most a stated share of its need and, beyond Azure's own minimum, what the minimums of other
    suppliers leave of it: what is owed anyway is used first.
    """
    left = np.maximum(compute_need_usd - elsewhere_minimum_usd, azure_minimum_usd)
    return np.minimum(azure_largest_compute_share * compute_need_usd, left)


def azure_used_usd(
    firmness: Array,
    azure_scheduled_usd: Array,
    azure_minimum_usd: Array,
    azure_commitment_drawn_share: Array,
    azure_usable_usd: Array,
) -> Array:
    """Azure compute that Anthropic puts to use under the commitment, per quarter.

    Expected use follows the schedule as far as it is drawn, and never plans for less than is owed;
    what cannot be used in a quarter waits for a later one. The headline reading counts the whole
    schedule, needed or not.
    """
    drawn = np.maximum(azure_scheduled_usd * azure_commitment_drawn_share, azure_minimum_usd)
    planned = np.where(firmness == "firm", azure_minimum_usd, drawn)
    planned, usable = np.broadcast_arrays(planned, azure_usable_usd)
    served = np.diff(served_cumulative(planned, usable), prepend=0.0, axis=-1)
    return np.where(firmness == "headline", azure_scheduled_usd, served)


def azure_due_usd(azure_used_usd: Array, azure_minimum_usd: Array) -> Array:
    """What Anthropic owes Azure per quarter: its use, or the minimum where that is more.

    A minimum paid for capacity not yet used is credited against later use.
    """
    used, minimum = np.cumsum(azure_used_usd, axis=-1), np.cumsum(azure_minimum_usd, axis=-1)
    return np.diff(np.maximum(used, minimum), prepend=0.0, axis=-1)


def capacity_option_used_usd(
    firmness: Array,
    capacity_option_usd: Array,
    azure_usable_usd: Array,
    azure_used_usd: Array,
) -> Array:
    """The part of the option for which Azure's commitment leaves room, per quarter.

    The headline reading counts the whole option, needed or not.
    """
    room = np.maximum(azure_usable_usd - azure_used_usd, 0)
    used = np.minimum(capacity_option_usd, room)
    return _by_firmness(firmness, used, used, capacity_option_usd)


def azure_capacity_gw(
    azure_used_usd: Array, capacity_option_used_usd: Array, tenant_cost_usd_per_gw_year: Array
) -> Array:
    """Gigawatts that the payments rent, at the tenant's price of a gigawatt-year."""
    per_year = (azure_used_usd + capacity_option_used_usd) / QUARTER_YEARS
    return per_year / tenant_cost_usd_per_gw_year


def chip_purchases_usd(
    azure_capacity_gw: Array,
    nvidia_content_usd_per_gw: Array,
    azure_nvidia_share: Array,
    build_lead_years: Array,
) -> Array:
    """Microsoft's purchases from Nvidia to build that capacity, per quarter, on the cash clock.

    Chips are paid for `build_lead_years` before the capacity earns; capacity that falls free is
    reused and not bought again. Systems already under way when the model starts fall in its first
    quarter.
    """
    quarters = azure_capacity_gw.shape[-1]
    lead = np.rint(build_lead_years / QUARTER_YEARS).astype(int)
    ahead = np.minimum(np.arange(quarters) + lead, quarters - 1)
    wanted = np.broadcast_to(azure_capacity_gw, (max(len(azure_capacity_gw), len(ahead)), quarters))
    built_gw = np.maximum.accumulate(
        np.take_along_axis(wanted, np.broadcast_to(ahead, wanted.shape), axis=-1), axis=-1
    )
    added_gw = np.diff(built_gw, prepend=0.0, axis=-1)
    return added_gw * nvidia_content_usd_per_gw * azure_nvidia_share

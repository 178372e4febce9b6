"""Build-out: what a gigawatt holds and costs, when one could stand, and what waiting costs whom.

The announcement names a gigawatt and no site, chip, price or date. So a gigawatt is decoded for
both of its readings (power at the meter, power of the computers) and both generations of chips
that were named, and its date is built up from the steps that have to be done before it draws.
Figures are (draws, 1), dates are years from the model's first day.
"""

from typing import NamedTuple

import numpy as np

from briefing.model.deal import QUARTER_YEARS
from briefing.model.measures.discounting import annuity
from briefing.model.measures.power import HOURS_PER_YEAR, site, site_gw_of_it

Array = np.ndarray

FACILITY, COMPUTERS = "facility", "computers"
"""A gigawatt at the meter of the site, and a gigawatt of computers alone."""


class DecodedGigawatt(NamedTuple):
    """What one gigawatt is, in one reading and with one generation of chips."""

    reading: str
    chips: str
    site_gw: Array
    it_gw: Array
    racks: Array
    gpus: Array
    build_usd: Array
    rent_usd_per_gpu_hour: Array
    """What the assumed rent of a gigawatt comes to for each hour of each chip, used or not."""


def decoded_gigawatts(
    usage_effectiveness_multiple: Array,
    compute_rack_share: Array,
    grace_blackwell_rack_kw: Array,
    vera_rubin_rack_kw: Array,
    rack_gpu_count: Array,
    grace_blackwell_build_usd_per_gw: Array,
    vera_rubin_build_usd_per_gw: Array,
    tenant_cost_usd_per_gw_year: Array,
) -> tuple[DecodedGigawatt, ...]:
    """One gigawatt in both readings, with either generation of chips.

    Published prices of building and of renting name a gigawatt and seldom say which; they are
    taken for the gigawatt of either reading.
    """
    generations = {
        "Grace Blackwell": (grace_blackwell_rack_kw, grace_blackwell_build_usd_per_gw),
        "Vera Rubin": (vera_rubin_rack_kw, vera_rubin_build_usd_per_gw),
    }
    sites = {
        FACILITY: np.ones_like(usage_effectiveness_multiple),
        COMPUTERS: site_gw_of_it(1.0, usage_effectiveness_multiple),
    }
    return tuple(
        _decoded(
            reading,
            chips,
            np.asarray(site_gw),
            usage_effectiveness_multiple,
            rack_kw / compute_rack_share,
            rack_gpu_count,
            build_usd,
            tenant_cost_usd_per_gw_year,
        )
        for reading, site_gw in sites.items()
        for chips, (rack_kw, build_usd) in generations.items()
    )


def _decoded(
    reading: str,
    chips: str,
    site_gw: Array,
    usage_effectiveness_multiple: Array,
    kw_for_each_rack: Array,
    rack_gpu_count: Array,
    build_usd: Array,
    rent_usd_per_year: Array,
) -> DecodedGigawatt:
    held = site(
        site_gw, usage_effectiveness_multiple, kw_for_each_rack, rack_gpu_count, 1.0, 0.0, 0.0
    )
    gpus = np.asarray(held.gpus)
    return DecodedGigawatt(
        reading,
        chips,
        site_gw,
        site_gw / usage_effectiveness_multiple,
        np.asarray(held.racks),
        gpus,
        build_usd,
        rent_usd_per_year / (gpus * HOURS_PER_YEAR),
    )


def nested_usd_per_gpu_hour(
    azure_commitment_usd: Array,
    azure_term_years: Array,
    gpu_busy_share: Array,
    decoded_gigawatts: tuple[DecodedGigawatt, ...],
) -> Array:
    """Price of a chip's hour of work if the commitment buys one whole gigawatt for its term.

    At the meter and with Grace Blackwell, which holds more chips. Nobody has disclosed how much
    capacity the commitment buys: this reading takes the gigawatt to be inside it.
    """
    hours = decoded_gigawatts[0].gpus * HOURS_PER_YEAR * azure_term_years
    return azure_commitment_usd / (hours * gpu_busy_share)


def commitment_gw_years(azure_commitment_usd: Array, tenant_cost_usd_per_gw_year: Array) -> Array:
    """Gigawatts times years that the commitment rents at the assumed price."""
    return azure_commitment_usd / tenant_cost_usd_per_gw_year


def commitment_average_gw(commitment_gw_years: Array, azure_term_years: Array) -> Array:
    """Gigawatts that the commitment rents on average over its term, if all of it is spent."""
    return commitment_gw_years / azure_term_years


def contracted_option_gw(
    firmness: Array,
    gw_reading: Array,
    capacity_option_gw: Array,
    capacity_option_drawn_share: Array,
) -> Array:
    """Gigawatts beyond the commitment; none if the gigawatt is inside it, or only firm counts."""
    drawn = np.where(firmness == "firm", 0.0, capacity_option_drawn_share)
    drawn = np.where(firmness == "headline", 1.0, drawn)
    return np.where(gw_reading == "additional", capacity_option_gw * drawn, 0.0)


def rented_gw(commitment_average_gw: Array, contracted_option_gw: Array) -> Array:
    """Gigawatts of the whole deal: what the commitment rents on average, and the option drawn."""
    return commitment_average_gw + contracted_option_gw


def needed_gw(
    compute_need_usd: Array, tenant_cost_usd_per_gw_year: Array, years_ahead_years: Array
) -> Array:
    """Gigawatts that all compute Anthropic needs in the coming four quarters would rent."""
    ahead = (years_ahead_years > 0) & (years_ahead_years < 1)
    need = np.sum(np.where(ahead, compute_need_usd, 0.0), axis=-1, keepdims=True)
    return need / tenant_cost_usd_per_gw_year


def commitment_beyond_chips_share(azure_term_years: Array, gpu_life_years: Array) -> Array:
    """Part of the commitment's term that is left when its first chips have worn out."""
    return np.maximum(azure_term_years - gpu_life_years, 0.0) / azure_term_years


def second_chips_usd(
    commitment_beyond_chips_share: Array,
    azure_term_years: Array,
    gpu_life_years: Array,
    commitment_average_gw: Array,
    build_cost_usd_per_gw: Array,
    chips_in_build_cost_share: Array,
) -> Array:
    """Further chips that serve the rest of the term, as far as it uses their life.

    At today's cost of chips; a newer generation does more for the same money.
    """
    lives = commitment_beyond_chips_share * azure_term_years / gpu_life_years
    return lives * commitment_average_gw * build_cost_usd_per_gw * chips_in_build_cost_share


# When a gigawatt could stand


class BuildStep(NamedTuple):
    """One thing that has to be done, and when it is done."""

    name: str
    starts_years: Array
    ready_years: Array


def option_contract_years(years_to_as_of: Array, option_contract_ahead_years: Array) -> Array:
    """When the further capacity is contracted, if it is: not before the briefing's date."""
    return years_to_as_of + option_contract_ahead_years


def build_steps(
    option_contract_years: Array,
    site_head_start_years: Array,
    grid_connection_years: Array,
    own_generation_years: Array,
    transformer_years: Array,
    cooling_years: Array,
    construction_years: Array,
    chip_delivery_years: Array,
    vera_rubin_ready_years: Array,
    capacity_delay_years: Array,
) -> tuple[BuildStep, ...]:
    """Steps side by side; the site has a head start before the contract, the chips have none.

    Power comes from the grid or from generators on the site, whichever is sooner. A delay of the
    whole build-out holds up power and buildings. Chips of the newer generation come no sooner than
    it is made in numbers; those of the older one are taken to fill the time until then.
    """
    ordered = option_contract_years - site_head_start_years
    power = ordered + np.minimum(grid_connection_years, own_generation_years)
    chips = np.maximum(option_contract_years + chip_delivery_years, vera_rubin_ready_years)
    return (
        BuildStep("Power", ordered, power + capacity_delay_years),
        BuildStep("Transformers", ordered, ordered + transformer_years),
        BuildStep("Cooling", ordered, ordered + cooling_years),
        BuildStep("Buildings", ordered, ordered + construction_years + capacity_delay_years),
        BuildStep("Chips", option_contract_years, chips),
    )


def grid_before_own_power_share(grid_connection_years: Array, own_generation_years: Array) -> Array:
    """One where the grid is sooner than generators on the site, else zero."""
    return np.where(grid_connection_years <= own_generation_years, 1.0, 0.0)


def whole_gigawatt_years(build_steps: tuple[BuildStep, ...], commissioning_years: Array) -> Array:
    """When the whole gigawatt could draw: after the last step, and its commissioning."""
    last = build_steps[0].ready_years
    for step in build_steps[1:]:
        last = np.maximum(last, step.ready_years)
    return last + commissioning_years


def first_capacity_years(
    whole_gigawatt_years: Array,
    capacity_option_ramp_years: Array,
    build_steps: tuple[BuildStep, ...],
    commissioning_years: Array,
) -> Array:
    """When its first part could draw: a ramp before the whole, and not before chips are in."""
    chips = build_steps[-1].ready_years + commissioning_years
    return np.maximum(chips, whole_gigawatt_years - capacity_option_ramp_years)


def scheduled_option_years(
    capacity_option_start_years: Array, capacity_delay_years: Array, years_to_as_of: Array
) -> Array:
    """When the dollar model lets the further capacity start: an assumption of its own.

    A delay holds up only what has not started by the briefing's date.
    """
    is_ahead = capacity_option_start_years >= years_to_as_of
    return capacity_option_start_years + np.where(is_ahead, capacity_delay_years, 0.0)


def build_gap_years(first_capacity_years: Array, scheduled_option_years: Array) -> Array:
    """How much later the steps let a first part draw than the dollar model has it."""
    return first_capacity_years - scheduled_option_years


# What a quarter's delay of one gigawatt costs


def anthropic_unserved_revenue_usd(
    tenant_cost_usd_per_gw_year: Array, marginal_revenue_per_compute_multiple: Array
) -> Array:
    """Revenue that a gigawatt would support in a quarter, at the margin; lost if it is late."""
    return tenant_cost_usd_per_gw_year * QUARTER_YEARS * marginal_revenue_per_compute_multiple


def anthropic_rent_saved_usd(tenant_cost_usd_per_gw_year: Array) -> Array:
    """Rent of a gigawatt for a quarter, which is not due before it stands."""
    return tenant_cost_usd_per_gw_year * QUARTER_YEARS


def anthropic_delay_cost_usd(
    anthropic_unserved_revenue_usd: Array, anthropic_rent_saved_usd: Array
) -> Array:
    """The revenue less the rent: negative where the marginal gigawatt costs more than it earns."""
    return anthropic_unserved_revenue_usd - anthropic_rent_saved_usd


def _later(rate: Array) -> Array:
    """Part of a present value that is lost when all of it comes a quarter later."""
    return 1 - (1 + rate) ** -QUARTER_YEARS


def microsoft_delay_cost_usd(
    tenant_cost_usd_per_gw_year: Array,
    azure_margin_share: Array,
    capacity_option_term_years: Array,
    investor_hurdle_rate: Array,
) -> Array:
    """Worth that Microsoft's margin over the term loses when all of it comes a quarter later.

    If it ordered nothing yet: spending moves along with the rent.
    """
    margin = tenant_cost_usd_per_gw_year * azure_margin_share
    worth = margin * annuity(investor_hurdle_rate, capacity_option_term_years)
    return worth * _later(investor_hurdle_rate)


def microsoft_idle_cost_usd(
    build_cost_usd_per_gw: Array,
    chips_in_build_cost_share: Array,
    gpu_life_years: Array,
    investor_hurdle_rate: Array,
) -> Array:
    """A quarter of wear and of return on chips that have been delivered and cannot be plugged in.

    They age on the shelf: what waits loses life, because newer ones come.
    """
    chips = build_cost_usd_per_gw * chips_in_build_cost_share
    return chips * (1 / gpu_life_years + investor_hurdle_rate) * QUARTER_YEARS


def nvidia_delay_cost_usd(
    nvidia_content_usd_per_gw: Array,
    azure_nvidia_share: Array,
    nvidia_margin_share: Array,
    investor_hurdle_rate: Array,
) -> Array:
    """Worth that Nvidia's margin on the chips loses when they are bought a quarter later.

    Nothing while others take the chips meanwhile.
    """
    margin = nvidia_content_usd_per_gw * azure_nvidia_share * nvidia_margin_share
    return margin * _later(investor_hurdle_rate)

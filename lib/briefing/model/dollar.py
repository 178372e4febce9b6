"""What a dollar of equity buys: the bundle's parts in present value, and the discount they hide.

All present values are of the model's first day, at the investor's hurdle rate, before tax.
"""

import numpy as np

from briefing.model.measures.discounting import present_value
from briefing.model.measures.tracing import share_of

Array = np.ndarray


def microsoft_equity_present_value_usd(
    microsoft_equity_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """What Microsoft pays for its shares."""
    return present_value(microsoft_equity_usd, investor_hurdle_rate, quarter_middle_years)


def nvidia_equity_present_value_usd(
    nvidia_equity_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """What Nvidia pays for its shares."""
    return present_value(nvidia_equity_usd, investor_hurdle_rate, quarter_middle_years)


def microsoft_stake_present_value_usd(
    microsoft_exit_value_usd: Array,
    exit_quarter_share: Array,
    investor_hurdle_rate: Array,
    quarter_middle_years: Array,
) -> Array:
    """What Microsoft's shares fetch at exit."""
    sale = microsoft_exit_value_usd * exit_quarter_share
    return present_value(sale, investor_hurdle_rate, quarter_middle_years)


def nvidia_stake_present_value_usd(
    nvidia_exit_value_usd: Array,
    exit_quarter_share: Array,
    investor_hurdle_rate: Array,
    quarter_middle_years: Array,
) -> Array:
    """What Nvidia's shares fetch at exit."""
    sale = nvidia_exit_value_usd * exit_quarter_share
    return present_value(sale, investor_hurdle_rate, quarter_middle_years)


def microsoft_full_margin_present_value_usd(
    microsoft_cash_margin_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Margin on the whole commitment, with equipment paid before it earns."""
    return present_value(microsoft_cash_margin_usd, investor_hurdle_rate, quarter_middle_years)


def nvidia_full_margin_present_value_usd(
    nvidia_chip_margin_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Gross profit on all chips inside the commitment."""
    return present_value(nvidia_chip_margin_usd, investor_hurdle_rate, quarter_middle_years)


def microsoft_margin_present_value_usd(
    microsoft_full_margin_present_value_usd: Array, azure_additional_share: Array
) -> Array:
    """Margin on the part of the sales that came because of the equity, cash clock."""
    return microsoft_full_margin_present_value_usd * azure_additional_share


def nvidia_margin_present_value_usd(
    nvidia_full_margin_present_value_usd: Array, chips_additional_share: Array
) -> Array:
    """Gross profit on the part of the chips that was sold because of the equity."""
    return nvidia_full_margin_present_value_usd * chips_additional_share


def microsoft_earned_margin_present_value_usd(
    microsoft_earned_margin_usd: Array,
    azure_additional_share: Array,
    investor_hurdle_rate: Array,
    quarter_middle_years: Array,
) -> Array:
    """The same on the economic clock: cost counts when the service is given."""
    margin = microsoft_earned_margin_usd * azure_additional_share
    return present_value(margin, investor_hurdle_rate, quarter_middle_years)


def azure_running_present_value_usd(
    azure_running_cost_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Power, people and repair for the whole commitment."""
    return present_value(azure_running_cost_usd, investor_hurdle_rate, quarter_middle_years)


def azure_equipment_present_value_usd(
    azure_capex_usd: Array,
    azure_freed_usd: Array,
    investor_hurdle_rate: Array,
    quarter_middle_years: Array,
) -> Array:
    """Equipment for the whole commitment when it is paid, less what others bear of it later."""
    paid = azure_capex_usd - azure_freed_usd
    return present_value(paid, investor_hurdle_rate, quarter_middle_years)


def microsoft_clock_cost_usd(
    microsoft_earned_margin_present_value_usd: Array, microsoft_margin_present_value_usd: Array
) -> Array:
    """What it costs Microsoft that equipment is paid before customers pay for it."""
    return microsoft_earned_margin_present_value_usd - microsoft_margin_present_value_usd


def microsoft_economic_npv_usd(
    microsoft_bundle_npv_usd: Array, microsoft_clock_cost_usd: Array
) -> Array:
    """Net present value of Microsoft's bundle with the margin on the economic clock."""
    return microsoft_bundle_npv_usd + microsoft_clock_cost_usd


def microsoft_npv_at_price_usd(
    microsoft_bundle_npv_usd: Array,
    microsoft_stake_present_value_usd: Array,
    newest_mark_usd: Array,
    fair_post_money_usd: Array,
) -> Array:
    """Net present value of Microsoft's bundle if the newest price, not our value, were right."""
    dearer = _dearer(newest_mark_usd, fair_post_money_usd)
    return microsoft_bundle_npv_usd + microsoft_stake_present_value_usd * dearer


def nvidia_npv_at_price_usd(
    nvidia_bundle_npv_usd: Array,
    nvidia_stake_present_value_usd: Array,
    newest_mark_usd: Array,
    fair_post_money_usd: Array,
) -> Array:
    """Net present value of Nvidia's bundle if the newest price, not our value, were right."""
    dearer = _dearer(newest_mark_usd, fair_post_money_usd)
    return nvidia_bundle_npv_usd + nvidia_stake_present_value_usd * dearer


def _dearer(price: Array, worth: Array) -> Array:
    """By what part a price exceeds what is worth something; not a number where nothing is."""
    return share_of(price, worth) - 1


def microsoft_equity_subsidy_usd(
    microsoft_equity_present_value_usd: Array, microsoft_stake_present_value_usd: Array
) -> Array:
    """What Microsoft pays beyond what its shares fetch; negative where they fetch more."""
    return microsoft_equity_present_value_usd - microsoft_stake_present_value_usd


def nvidia_equity_subsidy_usd(
    nvidia_equity_present_value_usd: Array, nvidia_stake_present_value_usd: Array
) -> Array:
    """What Nvidia pays beyond what its shares fetch; negative where they fetch more."""
    return nvidia_equity_present_value_usd - nvidia_stake_present_value_usd


def commitment_receipts_present_value_usd(
    azure_commitment_receipts_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Anthropic's purchases under the commitment."""
    return present_value(azure_commitment_receipts_usd, investor_hurdle_rate, quarter_middle_years)


def commitment_chips_present_value_usd(
    commitment_chips_usd: Array, investor_hurdle_rate: Array, quarter_middle_years: Array
) -> Array:
    """Nvidia's sales of chips inside them."""
    return present_value(commitment_chips_usd, investor_hurdle_rate, quarter_middle_years)


def azure_effective_discount_share(
    microsoft_equity_subsidy_usd: Array, commitment_receipts_present_value_usd: Array
) -> Array:
    """Discount on Azure that Microsoft's equity amounts to; negative where the shares were cheap.

    Anthropic keeps what Microsoft overpaid for shares, which is as good to it as a lower price.
    """
    return share_of(microsoft_equity_subsidy_usd, commitment_receipts_present_value_usd)


def chips_effective_discount_share(
    nvidia_equity_subsidy_usd: Array, commitment_chips_present_value_usd: Array
) -> Array:
    """Discount on chips that Nvidia's equity amounts to; negative where the shares were cheap.

    Anthropic receives it, not Microsoft, which buys the chips.
    """
    return share_of(nvidia_equity_subsidy_usd, commitment_chips_present_value_usd)


def both_effective_discount_share(
    microsoft_equity_subsidy_usd: Array,
    nvidia_equity_subsidy_usd: Array,
    commitment_receipts_present_value_usd: Array,
) -> Array:
    """Discount on Azure that both investors' equity together amounts to."""
    both = microsoft_equity_subsidy_usd + nvidia_equity_subsidy_usd
    return share_of(both, commitment_receipts_present_value_usd)


def microsoft_sales_per_equity_multiple(
    commitment_receipts_present_value_usd: Array, microsoft_equity_present_value_usd: Array
) -> Array:
    """Dollars of sales that come with a dollar of Microsoft's equity, additional or not."""
    return share_of(commitment_receipts_present_value_usd, microsoft_equity_present_value_usd)


def microsoft_break_even_additional_share(
    microsoft_equity_subsidy_usd: Array, microsoft_full_margin_present_value_usd: Array
) -> Array:
    """Part of the sales that must be additional for the bundle to pay; ∞ where none is enough.

    Zero where the shares pay for themselves, above one where all sales within the commitment are
    too few, infinite where sales leave no margin, so that no part of them is ever enough.
    """
    return _needed(microsoft_equity_subsidy_usd, microsoft_full_margin_present_value_usd)


def nvidia_break_even_additional_share(
    nvidia_equity_subsidy_usd: Array, nvidia_full_margin_present_value_usd: Array
) -> Array:
    """The same for Nvidia: part of the chips that must be additional; ∞ where none is enough."""
    return _needed(nvidia_equity_subsidy_usd, nvidia_full_margin_present_value_usd)


def _needed(subsidy: Array, margin: Array) -> Array:
    earning = margin > 1.0
    part = np.divide(subsidy, margin, out=np.full_like(subsidy + margin, np.inf), where=earning)
    return np.where(subsidy <= 0, 0.0, part)


def nvidia_spill_over_needed_usd(nvidia_bundle_npv_usd: Array, nvidia_margin_share: Array) -> Array:
    """Sales elsewhere, in present value, that would make up for a bundle that loses; else zero.

    Infinite where sales leave nothing.
    """
    loss = np.maximum(-nvidia_bundle_npv_usd, 0.0)
    earning = nvidia_margin_share > 0
    needed = loss / np.where(earning, nvidia_margin_share, 1.0)
    return np.where(earning | (loss == 0), needed, np.inf)

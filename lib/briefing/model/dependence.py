"""Dependence: on whom does each party rest before and after the deal?

Microsoft on OpenAI, in its backlog and as a buyer of models; Nvidia on what it finances; Anthropic
on Azure. Backlog is a stock of promises, no sales.
"""

import numpy as np

from briefing.model.measures.tracing import share_of

Array = np.ndarray


def backlog_without_deal_usd(
    microsoft_backlog_usd: Array, anthropic_in_backlog_share: Array, azure_commitment_usd: Array
) -> Array:
    """Microsoft's newest reported backlog without what of the commitment is in it."""
    return microsoft_backlog_usd - anthropic_in_backlog_share * azure_commitment_usd


def backlog_with_deal_usd(backlog_without_deal_usd: Array, azure_commitment_usd: Array) -> Array:
    """The same with the whole commitment, as if all of it were owed."""
    return backlog_without_deal_usd + azure_commitment_usd


def openai_backlog_usd(
    openai_backlog_share: Array, microsoft_backlog_usd: Array, backlog_without_deal_usd: Array
) -> Array:
    """What of Microsoft's backlog is OpenAI's: no more than Anthropic's part leaves."""
    return np.minimum(openai_backlog_share * microsoft_backlog_usd, backlog_without_deal_usd)


def openai_backlog_before_share(
    openai_backlog_usd: Array, backlog_without_deal_usd: Array
) -> Array:
    """OpenAI's part of the backlog without the deal."""
    return openai_backlog_usd / backlog_without_deal_usd


def openai_backlog_after_share(openai_backlog_usd: Array, backlog_with_deal_usd: Array) -> Array:
    """OpenAI's part of the backlog with the deal."""
    return openai_backlog_usd / backlog_with_deal_usd


def anthropic_backlog_share(azure_commitment_usd: Array, backlog_with_deal_usd: Array) -> Array:
    """Anthropic's part of the backlog with the deal."""
    return azure_commitment_usd / backlog_with_deal_usd


def two_labs_backlog_share(
    openai_backlog_after_share: Array, anthropic_backlog_share: Array
) -> Array:
    """Both laboratories' part of the backlog with the deal."""
    return openai_backlog_after_share + anthropic_backlog_share


def break_even_correlation(
    openai_backlog_before_share: Array,
    openai_backlog_after_share: Array,
    anthropic_backlog_share: Array,
) -> Array:
    """Correlation of both laboratories' shortfalls at which the deal adds the risk it spreads.

    Each is taken to fall short by the same standard deviation, all other customers by none. The
    relative spread of the backlog is then the OpenAI share a before the deal and √(b² + c² + 2ρbc)
    with it; both are equal at this ρ. Below it the deal diversifies, above it does not. Not a
    number where the deal adds nothing.
    """
    before, after, new = (
        openai_backlog_before_share,
        openai_backlog_after_share,
        anthropic_backlog_share,
    )
    both = 2 * after * new
    spread = before**2 - after**2 - new**2
    return np.divide(spread, both, out=np.full_like(spread + both, np.nan), where=both > 0)


def supplier_hhi(claude_supply_share: Array) -> Array:
    """Herfindahl index of Microsoft's model suppliers, 10,000 where OpenAI is the only one."""
    return 1e4 * (claude_supply_share**2 + (1 - claude_supply_share) ** 2)


def commitment_chips_total_usd(commitment_chips_usd: Array) -> Array:
    """All chips that Nvidia sells to serve the commitment."""
    return np.sum(commitment_chips_usd, axis=-1, keepdims=True)


def chips_secured_quarters_multiple(
    commitment_chips_total_usd: Array, nvidia_revenue_usd_per_year: Array
) -> Array:
    """Quarters of Nvidia's present sales that those chips equal."""
    return commitment_chips_total_usd / (nvidia_revenue_usd_per_year / 4)


def alliance_vendor_finance_share(
    nvidia_equity_total_usd: Array, nvidia_revenue_usd_per_year: Array
) -> Array:
    """Nvidia's equity in Anthropic over its yearly sales."""
    return nvidia_equity_total_usd / nvidia_revenue_usd_per_year


def vendor_finance_per_chip_multiple(
    nvidia_equity_total_usd: Array, commitment_chips_total_usd: Array
) -> Array:
    """Dollars of Nvidia's equity per dollar of the chips inside the commitment."""
    return share_of(nvidia_equity_total_usd, commitment_chips_total_usd)


def commitment_level_gw(
    azure_commitment_usd: Array, azure_term_years: Array, tenant_cost_usd_per_gw_year: Array
) -> Array:
    """Gigawatts that the commitment rents on average over its term."""
    return azure_commitment_usd / azure_term_years / tenant_cost_usd_per_gw_year


def alliance_equity_total_usd(
    microsoft_equity_total_usd: Array, nvidia_equity_total_usd: Array
) -> Array:
    """What both investors pay in."""
    return microsoft_equity_total_usd + nvidia_equity_total_usd


def alliance_stake_share(microsoft_stake_share: Array, nvidia_stake_share: Array) -> Array:
    """Part of Anthropic that both hold on the briefing's date, after known dilution."""
    return microsoft_stake_share + nvidia_stake_share


def alliance_look_through_value_usd(
    microsoft_look_through_value_usd: Array, nvidia_look_through_value_usd: Array
) -> Array:
    """What that part is worth at our fair value."""
    return microsoft_look_through_value_usd + nvidia_look_through_value_usd


def azure_compute_share(azure_receipts_usd: Array, compute_bought_usd: Array) -> Array:
    """Azure's part of all compute that Anthropic pays for until the commitment's last quarter."""
    spent = np.where(azure_receipts_usd > 1.0, compute_bought_usd, 0.0)
    return share_of(
        np.sum(azure_receipts_usd, axis=-1, keepdims=True),
        np.sum(spent, axis=-1, keepdims=True),
    )

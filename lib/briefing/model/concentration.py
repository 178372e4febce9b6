"""Concentration: how few sellers share each layer, and what stakes in them add.

Three markets, each drawn as its assumptions say: models that large companies pay for, cloud
infrastructure worldwide, accelerators in data centres. Sellers that are not named count as many
small ones. Readings of who controls whom are those of O'Brien & Salop (2000): a stake that gives
nothing, a part of the profit and no say, or as much of the say. The index screens mergers; it sees
stakes between sellers and no tie between a buyer and its supplier.
"""

from typing import NamedTuple

import numpy as np

from briefing.model.measures.concentration import (
    LARGE_CHANGE_POINTS,
    POINTS,
    readings_by_draw,
)
from briefing.model.obligations import Promise

Array = np.ndarray

PARTIES = ("openai", "anthropic", "google", "microsoft", "amazon", "nvidia", "amd")
"""Sellers of any layer and who holds stakes in them, in the order of the matrices of stakes."""

Held = tuple[str, str]

ALLIANCE: tuple[Held, ...] = (("microsoft", "anthropic"), ("nvidia", "anthropic"))
"""The stakes that this deal brings."""

HOLDINGS: tuple[Held, ...] = (
    ("microsoft", "openai"),
    ("nvidia", "openai"),
    ("amazon", "openai"),
    ("google", "anthropic"),
    ("amazon", "anthropic"),
    *ALLIANCE,
)
"""Every stake whose size is assumed or follows from the deal; zero where none is known."""


class Market(NamedTuple):
    """One layer: (draws, sellers) of shares, and the index by what stakes give, in points."""

    sellers: tuple[str, ...]
    shares: Array
    none: Array
    """(draws, 1): stakes count for nothing, the plain index."""
    silent: Array
    proportional: Array
    silent_without: Array
    """The same without the two stakes of this deal."""
    proportional_without: Array


def cross_stakes_share(
    microsoft_openai_stake_share: Array,
    nvidia_openai_stake_share: Array,
    amazon_openai_stake_share: Array,
    google_anthropic_stake_share: Array,
    amazon_anthropic_stake_share: Array,
    microsoft_stake_share: Array,
    nvidia_stake_share: Array,
) -> Array:
    """(draws, party, party): what each party holds of each other."""
    sizes = (
        microsoft_openai_stake_share,
        nvidia_openai_stake_share,
        amazon_openai_stake_share,
        google_anthropic_stake_share,
        amazon_anthropic_stake_share,
        microsoft_stake_share,
        nvidia_stake_share,
    )
    draws = max(map(len, sizes))
    matrix = np.zeros((draws, len(PARTIES), len(PARTIES)))
    for (holder, company), stake in zip(HOLDINGS, sizes, strict=True):
        matrix[:, PARTIES.index(holder), PARTIES.index(company)] = stake[:, 0]
    return matrix


def cross_stakes_without_deal_share(cross_stakes_share: Array) -> Array:
    """(draws, party, party): the same without the two stakes of this deal."""
    without = cross_stakes_share.copy()
    for holder, company in ALLIANCE:
        without[:, PARTIES.index(holder), PARTIES.index(company)] = 0.0
    return without


def _market(shares: dict[str, Array], stakes: Array, without: Array) -> Market:
    draws = max(len(share) for share in shares.values())
    sold = np.concatenate([np.broadcast_to(each, (draws, 1)) for each in shares.values()], axis=1)
    # Draws of one seller know nothing of the others'; together they are never more than the whole.
    sold = sold / np.maximum(sold.sum(axis=1, keepdims=True), 1.0)
    all_parties = np.zeros((draws, len(PARTIES)))
    all_parties[:, [PARTIES.index(seller) for seller in shares]] = sold
    none, silent, proportional = readings_by_draw(all_parties, stakes)
    _, silent_without, proportional_without = readings_by_draw(all_parties, without)
    return Market(
        tuple(shares), sold, none, silent, proportional, silent_without, proportional_without
    )


def model_market(
    model_openai_share: Array,
    model_anthropic_share: Array,
    model_google_share: Array,
    cross_stakes_share: Array,
    cross_stakes_without_deal_share: Array,
) -> Market:
    """Models: what large companies spend on language models."""
    shares = {
        "openai": model_openai_share,
        "anthropic": model_anthropic_share,
        "google": model_google_share,
    }
    return _market(shares, cross_stakes_share, cross_stakes_without_deal_share)


def cloud_market(
    cloud_amazon_share: Array,
    cloud_microsoft_share: Array,
    cloud_google_share: Array,
    cross_stakes_share: Array,
    cross_stakes_without_deal_share: Array,
) -> Market:
    """Cloud: what is spent on infrastructure services worldwide."""
    shares = {
        "amazon": cloud_amazon_share,
        "microsoft": cloud_microsoft_share,
        "google": cloud_google_share,
    }
    return _market(shares, cross_stakes_share, cross_stakes_without_deal_share)


def accelerator_market(
    accelerator_nvidia_share: Array,
    accelerator_google_share: Array,
    accelerator_amd_share: Array,
    accelerator_amazon_share: Array,
    cross_stakes_share: Array,
    cross_stakes_without_deal_share: Array,
) -> Market:
    """Accelerators: chips for AI in data centres, clouds' own chips among them."""
    shares = {
        "nvidia": accelerator_nvidia_share,
        "google": accelerator_google_share,
        "amd": accelerator_amd_share,
        "amazon": accelerator_amazon_share,
    }
    return _market(shares, cross_stakes_share, cross_stakes_without_deal_share)


def model_market_hhi(model_market: Market) -> Array:
    """Herfindahl index of models, 10,000 points for a single seller."""
    return model_market.none


class StakeCurve(NamedTuple):
    """Points that Microsoft's stake in Anthropic would add to models, by its size."""

    stakes: tuple[float, ...]
    silent: Array
    """(draws, stakes): if it gives a part of the profit and no say."""
    proportional: Array


def stake_curve(model_market: Market, cross_stakes_share: Array) -> StakeCurve:
    """What the index of models would rise by, if Microsoft held more of Anthropic than it does.

    Beside Nvidia's stake and all others as they are, up to half of the company or what is left.
    """
    holder, company = PARTIES.index("microsoft"), PARTIES.index("anthropic")
    others = cross_stakes_share.copy()
    others[:, holder, company] = 0.0
    left = 1 - others[:, :, company].sum(axis=1)
    shares = np.zeros((len(model_market.shares), len(PARTIES)))
    shares[:, [PARTIES.index(seller) for seller in model_market.sellers]] = model_market.shares
    stakes = tuple(np.linspace(0.0, 0.5, 26).tolist())
    silent, proportional = [], []
    for stake in stakes:
        held = others.copy()
        held[:, holder, company] = np.minimum(stake, 0.99 * left)
        _, one, other = readings_by_draw(shares, held)
        silent.append(one - model_market.silent_without)
        proportional.append(other - model_market.proportional_without)
    return StakeCurve(stakes, np.concatenate(silent, axis=1), np.concatenate(proportional, axis=1))


def screened_stake_share(stake_curve: StakeCurve) -> Array:
    """Smallest stake of Microsoft that adds the change screened for; infinite if none up to half.

    With as much of the say as of the profit; on a straight line between stakes that were computed.
    """
    sizes, points = np.array(stake_curve.stakes), stake_curve.proportional
    above = points > LARGE_CHANGE_POINTS
    after = np.maximum(np.argmax(above, axis=-1), 1)
    rows = np.arange(len(points))
    start, end = points[rows, after - 1], points[rows, after]
    way = np.clip((LARGE_CHANGE_POINTS - start) / np.where(end > start, end - start, 1.0), 0.0, 1.0)
    found = sizes[after - 1] + way * (sizes[after] - sizes[after - 1])
    return np.where(above.any(axis=-1), found, np.inf)[:, None]


def cloud_market_hhi(cloud_market: Market) -> Array:
    """Herfindahl index of cloud infrastructure, 10,000 points for a single seller."""
    return cloud_market.none


def accelerator_market_hhi(accelerator_market: Market) -> Array:
    """Herfindahl index of accelerators, 10,000 points for a single seller."""
    return accelerator_market.none


def model_market_mhhi_rise(model_market: Market) -> Array:
    """Points that this deal's stakes add to models if a stake gives its part of the say."""
    return model_market.proportional - model_market.proportional_without


def _suppliers(promises: tuple[Promise, ...]) -> dict[str, Array]:
    bought: dict[str, Array] = {}
    for each in promises:
        usd = np.sum(each.announced_usd, axis=-1, keepdims=True)
        bought[each.supplier] = bought.get(each.supplier, 0.0) + usd
    return bought


def _supplier_hhi(bought: dict[str, Array]) -> Array:
    total = np.asarray(sum(bought.values(), np.zeros((1, 1))))
    squares = sum((usd**2 for usd in bought.values()), np.zeros((1, 1)))
    # One amount tells what was published, not that nobody else supplies.
    several = sum((usd > 0 for usd in bought.values()), np.zeros((1, 1))) > 1
    return POINTS * np.divide(squares, total**2, out=np.full_like(squares, np.nan), where=several)


def anthropic_suppliers_usd(compute_promises: tuple[Promise, ...]) -> dict[str, Array]:
    """Compute that Anthropic has announced to buy, by supplier, in all."""
    return _suppliers(compute_promises)


def anthropic_supplier_hhi(anthropic_suppliers_usd: dict[str, Array]) -> Array:
    """Herfindahl index of Anthropic's suppliers of compute, by announced dollars.

    Not a number where fewer than two of them have an amount.
    """
    return _supplier_hhi(anthropic_suppliers_usd)


def anthropic_supplier_without_deal_hhi(anthropic_suppliers_usd: dict[str, Array]) -> Array:
    """The same without Microsoft; not a number where fewer than two others have an amount."""
    others = {name: usd for name, usd in anthropic_suppliers_usd.items() if name != "microsoft"}
    return _supplier_hhi(others)

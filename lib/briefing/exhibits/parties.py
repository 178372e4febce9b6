"""Exhibits by party: what the deal gives Microsoft and Nvidia, on stated assumptions."""

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.heat import Cell, heat_map
from briefing.exhibits.waterfall import Step, told, waterfall, waterfall_frame
from briefing.exhibits.words import (
    money,
    money_in_draws,
    money_span,
    percent,
    percent_of_draws,
    percent_span,
    years,
)

Array = np.ndarray

CLOCK = (
    "Present values at the model's first day, the quarter of the deal, from what is known on the "
    "briefing's, at the investor's hurdle rate and before tax. Until they are sold the shares grow "
    "at the discount rate of the valuation, which is mostly the higher one, so waiting adds value."
)


def _verdict(npv: float, subject: str) -> str:
    return f"{subject} is worth {_worth(npv)}"


def _worth(npv: float) -> str:
    if abs(npv) < 5e7:
        return "about what it costs"
    return f"{money(abs(npv))} {'more' if npv > 0 else 'less'} than it costs"


def _eight_in_ten(draws: Array) -> str:
    return f"{money_in_draws(draws)} in eight draws of ten"


def _middle(draws: Array) -> str:
    return f"The bars are the central case; the middle draw is {money(float(np.median(draws)))}."


def microsoft_waterfall(
    microsoft_equity_present_value_usd: Array,
    microsoft_stake_present_value_usd: Array,
    commitment_receipts_present_value_usd: Array,
    azure_running_present_value_usd: Array,
    azure_equipment_present_value_usd: Array,
    azure_additional_share: Array,
    microsoft_bundle_npv_usd: Array,
    microsoft_bundle_npv_usd_draws: Array,
    microsoft_clock_cost_usd: Array,
    azure_margin_share: Array,
    implied_azure_margin_share: Array,
    implied_azure_margin_share_draws: Array,
    microsoft_npv_at_published_margin_usd: Array,
    microsoft_npv_at_published_margin_usd_draws: Array,
) -> Exhibit:
    """E21: what Microsoft's equity buys: shares, and the margin on sales that came with them."""
    part = azure_additional_share.item()
    frame = waterfall_frame(
        [
            Step("Paid for the shares", -microsoft_equity_present_value_usd.item()),
            Step("Shares sold at our fair value", microsoft_stake_present_value_usd.item()),
            Step(
                "Sales that the money brought", part * commitment_receipts_present_value_usd.item()
            ),
            Step("Power, people, repair", -part * azure_running_present_value_usd.item()),
            Step("Equipment, paid ahead", -part * azure_equipment_present_value_usd.item()),
        ],
        "Worth beyond its cost",
    )
    npv, draws = microsoft_bundle_npv_usd.item(), microsoft_bundle_npv_usd_draws
    left = implied_azure_margin_share_draws
    published = microsoft_npv_at_published_margin_usd_draws
    thin, wide = np.quantile(left, [0.1, 0.9]).tolist()
    higher = float(np.mean(left < azure_margin_share))
    return Exhibit(
        id="E21",
        title=f"Microsoft: at our margin of {percent(azure_margin_share.item())} "
        f"{_verdict(npv, 'the bundle')} ({_eight_in_ten(draws)}), at the "
        f"{percent(float(np.median(left)))} that published prices and costs leave in the middle "
        f"draw {_worth(float(np.median(published)))} ({money_in_draws(published)})",
        body=waterfall(frame),
        alt=f"Waterfall of present values. {told(frame)}.",
        data=frame,
        notes=(
            CLOCK + f" {percent(part)} of the commitment counts as sales that Azure would not have "
            "made without the money; this share is our judgement, and E21c shows how much hangs on "
            f"it. {_middle(draws)}",
            f"Published prices and costs leave {percent_span(thin, wide)} in eight draws of ten, "
            f"and {percent(implied_azure_margin_share.item())} with all at their central value, "
            "where the bundle is worth "
            f"{_worth(microsoft_npv_at_published_margin_usd.item())}. In "
            f"{percent_of_draws(higher)} ours is higher; what Microsoft charges Anthropic and "
            "pays for building is not public.",
            "Cash clock: equipment is paid before Anthropic pays for its use. Matched to the "
            "service by depreciation instead, with no charge for the capital tied up, the bundle "
            f"would show {money(microsoft_clock_cost_usd.item())} more: the price of paying ahead.",
        ),
    )


def nvidia_waterfall(
    nvidia_equity_present_value_usd: Array,
    nvidia_stake_present_value_usd: Array,
    commitment_chips_present_value_usd: Array,
    nvidia_margin_share: Array,
    chips_additional_share: Array,
    nvidia_bundle_npv_usd: Array,
    nvidia_bundle_npv_usd_draws: Array,
) -> Exhibit:
    """E22: what Nvidia's equity buys: shares, and the margin on chips that came with them."""
    part, margin = chips_additional_share.item(), nvidia_margin_share.item()
    chips = part * commitment_chips_present_value_usd.item()
    frame = waterfall_frame(
        [
            Step("Paid for the shares", -nvidia_equity_present_value_usd.item()),
            Step("Shares sold at our fair value", nvidia_stake_present_value_usd.item()),
            Step("Chips that the money sold", chips),
            Step("Cost of making them", -chips * (1 - margin)),
        ],
        "Worth beyond its cost",
    )
    npv, draws = nvidia_bundle_npv_usd.item(), nvidia_bundle_npv_usd_draws
    return Exhibit(
        id="E22",
        title=f"Nvidia: {_verdict(npv, 'the bundle')} ({_eight_in_ten(draws)})",
        body=waterfall(frame),
        alt=f"Waterfall of present values. {told(frame)}.",
        data=frame,
        notes=(
            CLOCK + f" {percent(part)} of the chips inside the commitment count as sold because of "
            f"the money, at a gross margin of {percent(margin)}; research is not taken off. "
            f"{_middle(draws)}",
            "Nvidia is paid when it delivers, so cash and economic clock agree. Chips for capacity "
            "beyond the commitment are left out.",
        ),
    )


def microsoft_sensitivity(
    azure_additional_share_by_margin: Array,
    azure_margin_share_by_margin: Array,
    microsoft_bundle_npv_usd_by_margin: Array,
) -> Exhibit:
    """E21c: Microsoft's bundle over how much of the sales is additional and what they leave."""
    frame = pd.DataFrame(
        {
            "azure_additional_share": azure_additional_share_by_margin[:, 0],
            "azure_margin_share": azure_margin_share_by_margin[:, 0],
            "npv_usd": microsoft_bundle_npv_usd_by_margin[:, 0],
        }
    )
    cells = [
        Cell(percent(margin), percent(part), npv / 1e9, money(npv))
        for part, margin, npv in frame.to_numpy().tolist()
    ]
    spread = _spread(microsoft_bundle_npv_usd_by_margin)
    return Exhibit(
        id="E21c",
        title=f"Over all that its margin and its additional sales may be, {spread}",
        body=heat_map(
            cells, "Margin on the commitment", "Part that is additional", "Worth beyond cost, $bn"
        ),
        alt=f"Heat map of what Microsoft's bundle is worth beyond its cost: {spread}.",
        data=frame,
        notes=(
            "Both axes run over their assumption's own range; all other assumptions keep their "
            "point values. A thin margin on many additional sales is worse than on few, because "
            "equipment is paid ahead.",
        ),
    )


def nvidia_sensitivity(
    chips_additional_share_by_chips: Array,
    growth_half_life_years_by_chips: Array,
    fair_post_money_usd_by_chips: Array,
    nvidia_bundle_npv_usd_by_chips: Array,
) -> Exhibit:
    """E22c: Nvidia's bundle over how many chips are additional and what Anthropic is worth."""
    frame = pd.DataFrame(
        {
            "chips_additional_share": chips_additional_share_by_chips[:, 0],
            "growth_half_life_years": growth_half_life_years_by_chips[:, 0],
            "fair_post_money_usd": fair_post_money_usd_by_chips[:, 0],
            "npv_usd": nvidia_bundle_npv_usd_by_chips[:, 0],
        }
    )
    named = {
        fades: money(fair)
        for fades, fair in frame[["growth_half_life_years", "fair_post_money_usd"]].to_numpy()
    }
    if len(set(named.values())) < len(named):
        named = {fades: years(fades) for fades in named}
    cells = [
        Cell(named[fades], percent(part), npv / 1e9, money(npv))
        for part, fades, _, npv in frame.to_numpy()
    ]
    spread = _spread(nvidia_bundle_npv_usd_by_chips)
    fixed = len(named) == 1
    fading = "" if fixed else ", as its growth fades sooner or later"
    return Exhibit(
        id="E22c",
        title=f"Over all that {'' if fixed else 'growth and '}additional chips may be, {spread}",
        body=heat_map(
            cells,
            f"Our fair value of Anthropic{fading}",
            "Part that is additional",
            "Worth beyond cost, $bn",
        ),
        alt=f"Heat map of what Nvidia's bundle is worth beyond its cost: {spread}.",
        data=frame,
        notes=(
            (
                "This set fixes how fast Anthropic's growth fades, so the grid has one column. The "
                "part that is additional runs over its own range; all other assumptions keep their "
                "point values."
                if fixed
                else "Both axes run over their assumption's own range; all other assumptions keep "
                "their point values. How fast Anthropic's growth fades decides most of what its "
                "shares are worth."
            ),
        ),
    )


def _spread(npv: Array) -> str:
    low, high = float(npv.min()), float(npv.max())
    pays, span = float(np.mean(npv > 0)), money_span(low, high)
    if pays in (0.0, 1.0):
        return f"the bundle {'always' if pays else 'never'} pays: {span}"
    return f"the bundle pays in {percent(pays)} of the grid: {span}"


def parties_answer(
    microsoft_bundle_npv_usd: Array,
    nvidia_bundle_npv_usd: Array,
    microsoft_bundle_npv_usd_draws: Array,
    nvidia_bundle_npv_usd_draws: Array,
    microsoft_equity_subsidy_usd: Array,
    nvidia_equity_subsidy_usd: Array,
    both_effective_discount_share: Array,
    both_effective_discount_share_draws: Array,
    microsoft_break_even_additional_share: Array,
    nvidia_break_even_additional_share: Array,
    azure_additional_share: Array,
    chips_additional_share: Array,
    break_even_correlation: Array,
    upper_microsoft_circular_value_share: Array,
    upper_nvidia_circular_value_share: Array,
) -> Exhibit:
    """The chapter's answer: who gains what, and on which assumption it hangs."""
    subsidy = microsoft_equity_subsidy_usd.item() + nvidia_equity_subsidy_usd.item()
    discount = both_effective_discount_share.item()
    low, high = _low_high(both_effective_discount_share_draws)
    paid = (
        f"Discounted to the deal's quarter, the two pay **{money(subsidy)}** more for their shares "
        "than these fetch on our fair value, as if Azure cost Anthropic "
        f"**{percent(discount)}** less"
        if subsidy > 0
        else f"Discounted to the deal's quarter, the shares fetch **{money(-subsidy)}** more on "
        "our fair value than the two pay for them, as if Azure cost Anthropic "
        f"**{percent(-discount)}** more"
    )
    both = [
        f"{name}'s bundle of shares and margin is worth **{money(abs(npv.item()))} "
        f"{'more' if npv.item() > 0 else 'less'}** than it costs, and pays in "
        f"{percent_of_draws(float(np.mean(draws > 0)))}"
        for name, npv, draws in (
            ("Microsoft", microsoft_bundle_npv_usd, microsoft_bundle_npv_usd_draws),
            ("Nvidia", nvidia_bundle_npv_usd, nvidia_bundle_npv_usd_draws),
        )
    ]
    correlation = break_even_correlation.item()
    hedge = (
        ""
        if np.isnan(correlation)
        else " For Microsoft the deal spreads the risk in its backlog only while shortfalls of "
        f"OpenAI and Anthropic correlate by less than **{correlation:.2f}**."
    )
    most = max(
        upper_microsoft_circular_value_share.item(), upper_nvidia_circular_value_share.item()
    )
    return Exhibit(
        title="What each party gives and gets",
        body=(
            f"{paid}; eight draws in ten lie between {_off(low)} and {_off(high)}. "
            f"{both[0]}; {both[1]}. The price of the shares, the "
            "margins and how much of the sales would have come anyway are undisclosed. To be "
            "worth its cost, Microsoft's bundle needs "
            f"**{_needed(microsoft_break_even_additional_share.item())}** of its sales to have "
            f"come because of the money, where we take {percent(azure_additional_share.item())}, "
            f"and Nvidia's **{_needed(nvidia_break_even_additional_share.item())}**, where we "
            f"take {percent(chips_additional_share.item())}.{hedge} "
            "The market value that can rest on an investor's own money coming back "
            f"is at most **{percent(most)}** of either's."
        ),
    )


def _needed(share: float) -> str:
    if np.isinf(share) or share > 1:
        return "more than all"
    return "none" if share <= 0 else percent(share)


def _low_high(draws: Array) -> tuple[float, float]:
    known = draws[~np.isnan(draws)]
    low, high = np.quantile(known, [0.1, 0.9]) if known.size else (np.nan, np.nan)
    return float(low), float(high)


def _off(discount: float) -> str:
    if np.isnan(discount):
        return "nothing"
    return f"{percent(abs(discount))} {'more' if discount < 0 else 'less'}"

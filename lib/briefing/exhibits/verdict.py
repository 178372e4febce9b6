"""Exhibit of the verdict: what the deal gives and what it costs, side by side, and to whom."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import quantity_span, quantity_text, unit_of

Array = np.ndarray

PARTIES = ("Microsoft", "Nvidia", "Anthropic")

GAINS, BURDENS = "Gains", "Burdens"

SUPPLIERS = "Their suppliers"

NO_MEASURE = "no measure"


class _Effect(NamedTuple):
    side: str
    what: str
    who: str
    shown: str
    name: str = ""
    draws: Array = np.empty(0)

    @property
    def size(self) -> tuple[str, str]:
        """Middle draw and the range of eight draws in ten, in words."""
        if not self.name:
            return NO_MEASURE, ""
        low, middle, high = (
            each if unit_of(self.name) else round(each)  # an index has points, and no parts of them
            for each in np.quantile(self.draws, [0.1, 0.5, 0.9]).tolist()
        )
        span = quantity_span(self.name, low, high).replace(" a year", "")  # as the effect says
        return quantity_text(self.name, middle).removesuffix(" a year"), span


def _is_party(effect: _Effect) -> bool:
    return effect.who in PARTIES


def _is_supplier(effect: _Effect) -> bool:
    return effect.who == SUPPLIERS


def effects_table(
    microsoft_bundle_npv_usd_draws: Array,
    nvidia_bundle_npv_usd_draws: Array,
    alliance_equity_total_usd_draws: Array,
    commitment_average_gw_draws: Array,
    supplier_hhi_draws: Array,
    alliance_look_through_value_usd_draws: Array,
    minimum_present_value_usd_draws: Array,
    freedom_lost_usd_draws: Array,
    model_market_mhhi_rise_draws: Array,
    anthropic_unfunded_share_draws: Array,
    openai_unfunded_share_draws: Array,
    electricity_mwh_per_year_draws: Array,
    location_tco2_per_year_draws: Array,
) -> Exhibit:
    """E39: each effect that another chapter measures, its size, and who has it."""
    effects = (
        _Effect(GAINS, "Shares and margin together, less all they cost", "Microsoft", "E21",
                "microsoft_bundle_npv_usd", microsoft_bundle_npv_usd_draws),
        _Effect(GAINS, "Shares and margin together, less all they cost", "Nvidia", "E22",
                "nvidia_bundle_npv_usd", nvidia_bundle_npv_usd_draws),
        _Effect(GAINS, "Money that need not be paid back", "Anthropic", "E23",
                "alliance_equity_total_usd", alliance_equity_total_usd_draws),
        _Effect(GAINS, "Capacity, on average over the term", "Anthropic", "E18c",
                "commitment_average_gw", commitment_average_gw_draws),
        _Effect(GAINS, "A second maker of models: index of suppliers (OpenAI alone: 10,000)",
                "Microsoft", "E21d", "supplier_hhi", supplier_hhi_draws),
        _Effect(GAINS, "Choice of models on one platform", "Buyers of Azure", "E37"),
        _Effect(BURDENS, "Part of the company, at our fair value", "Anthropic", "E23",
                "alliance_look_through_value_usd", alliance_look_through_value_usd_draws),
        _Effect(BURDENS, "A minimum owed whether used or not, as a debt today", "Anthropic", "E23",
                "minimum_present_value_usd", minimum_present_value_usd_draws),
        _Effect(BURDENS, "Freedom to move work that is tuned to one maker's chips", "Anthropic",
                "E25", "freedom_lost_usd", freedom_lost_usd_draws),
        _Effect(BURDENS, "Points of concentration, if stakes give their part of the say",
                "Model buyers", "E27b", "model_market_mhhi_rise", model_market_mhhi_rise_draws),
        _Effect(BURDENS, "Part of Anthropic's promises that no known money covers",
                SUPPLIERS, "E44", "anthropic_unfunded_share",
                anthropic_unfunded_share_draws),
        _Effect(BURDENS, "Part of OpenAI's, to suppliers that both share",
                SUPPLIERS, "E44", "openai_unfunded_share",
                openai_unfunded_share_draws),
        _Effect(BURDENS, "Electricity of the whole gigawatt, a year", "Grid users", "E20",
                "electricity_mwh_per_year", electricity_mwh_per_year_draws),
        _Effect(BURDENS, "Its emissions a year by location, before contracts for clean power",
                "Everybody", "E20", "location_tco2_per_year", location_tco2_per_year_draws),
        _Effect(BURDENS, "Values that are harder to tell from prices", "Investors", "E09"),
    )  # fmt: skip
    frame = pd.DataFrame(
        [
            {
                "Side": each.side,
                "Effect": each.what,
                "Who has it": each.who,
                "Middle draw": each.size[0],
                "Eight draws of ten": each.size[1],
                "Shown in": each.shown,
            }
            for each in effects
        ]
    )
    gains, burdens = ([each for each in effects if each.side == side] for side in (GAINS, BURDENS))
    inside = sum(map(_is_party, gains))
    borne = [sum(who(each) for each in burdens) for who in (_is_party, _is_supplier)]
    return Exhibit(
        id="E39",
        title=f"Of {len(gains)} gains looked at {inside} go to the deal's three parties; of "
        f"{len(burdens)} burdens {borne[0]} fall on them, {borne[1]} on suppliers, Microsoft among "
        f"these, and {len(burdens) - sum(borne)} on others; no common unit nets them",
        stands_as="Estimate",
        body=table(frame, groups="Side", stub="Effect"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame.assign(quantity=[each.name for each in effects]),
        notes=(
            "A count of what this briefing looks at, not a sum: rows overlap, some would be there "
            "without the deal, a gain below zero is a loss, and dollars, points and tonnes do not "
            "add up. What promises leave uncovered and what the gigawatt draws is not this deal's "
            "alone.",
            "Whoever weighs the one side against the other needs weights that no model gives. "
            "What changes the balance can be read: the term and minimum of the commitment (E15b), "
            "what remedies would cost (E28c), which signals are still open (E37).",
        ),
    )

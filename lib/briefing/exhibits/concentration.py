"""Exhibits of concentration: three layers by index and stakes, suppliers, and who sits where."""

from collections.abc import Mapping
from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, MUTED, ORANGE
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import listed, number, percent, percent_span
from briefing.inputs.facts import Fact, Ledger
from briefing.model.concentration import ALLIANCE, PARTIES, Market, StakeCurve
from briefing.model.contagion import OPENAI_ROUND
from briefing.model.measures.concentration import (
    HIGHLY_CONCENTRATED_POINTS,
    LARGE_CHANGE_POINTS,
    LARGE_SHARE,
)

Array = np.ndarray

SCREEN = (
    f"The US guidelines of 2023 presume harm above {number(HIGHLY_CONCENTRATED_POINTS)} points, or "
    f"above a share of {percent(LARGE_SHARE)}, each with a rise of more than "
    f"{number(LARGE_CHANGE_POINTS)}. They screen mergers, can be rebutted and bind no court; a "
    "minority stake is no merger, so this is a yardstick and no finding."
)

MEANT = {
    "Models": "what large companies spend on language models",
    "Cloud": "what is spent on cloud infrastructure worldwide",
    "Accelerators": "chips for AI in data centres, clouds' own chips among them",
}
"""Which market is meant by the shares that are assumed."""


def concentration_table(
    model_market: Market,
    cloud_market: Market,
    accelerator_market: Market,
    model_market_draws: Market,
    cloud_market_draws: Market,
    accelerator_market_draws: Market,
    model_market_hhi: Array,
    cloud_market_hhi: Array,
    accelerator_market_hhi: Array,
    facts: Ledger,
) -> Exhibit:
    """E27: the index of each layer, and what stakes add, all of them and this deal's."""
    layers = {
        "Models": (model_market, model_market_draws),
        "Cloud": (cloud_market, cloud_market_draws),
        "Accelerators": (accelerator_market, accelerator_market_draws),
    }
    indices = (model_market_hhi, cloud_market_hhi, accelerator_market_hhi)
    index = dict(zip(layers, indices, strict=True))
    frame = pd.DataFrame(
        [
            {
                "Layer": f"{layer}: {MEANT[layer]}",
                "Largest sellers": _sellers(market, facts),
                "Index": number(index[layer].item()),
                "Eight draws in ten": _span(drawn.none),
                "No say": _added(market.silent - market.none),
                "With a say": _added(market.proportional - market.none),
                "This deal": _added(market.proportional - market.proportional_without),
            }
            for layer, (market, drawn) in layers.items()
        ]
    )
    above = [layer for layer in layers if index[layer].item() > HIGHLY_CONCENTRATED_POINTS]
    unsure = [
        layer.lower()
        for layer, (_, drawn) in layers.items()
        if np.min(drawn.none) <= HIGHLY_CONCENTRATED_POINTS < np.max(drawn.none)
    ]
    most = max(
        float(np.max(drawn.proportional - drawn.proportional_without))
        for _, drawn in layers.values()
    )
    return Exhibit(
        id="E27",
        title=f"{_layers(above, len(layers))} at our central shares; this deal's stakes add "
        f"{_at_most(most)}",
        body=table(frame, numbers=list(frame.columns[2:]), stub="Layer"),
        alt=read_aloud(frame),
        data=frame.assign(
            silent_without_deal=[
                (market.silent_without - market.none).item() for market, _ in layers.values()
            ]
        ),
        notes=(
            "Herfindahl index: sum of squared shares, ten thousand for a single seller. The last "
            "three columns are what stakes add: the modified index of O'Brien and Salop less the "
            "plain one. No say: all stakes give part of the profit, and only a seller that holds a "
            "rival's has a reason to spare it. With a say: as much of the control as of the "
            "profit, more than any known right in these companies gives. This deal: its two "
            "stakes, with a say.",
            BLOC,
            SCREEN,
            f"{_unsure(unsure)}Sellers that are not named count as many "
            "small ones; shares drawn beyond the whole are scaled down alike. The index sees "
            "stakes between rivals and in rivals; that a buyer owns its supplier, or a supplier "
            "its buyer, it does not see, and that is what is new in this deal.",
        ),
    )


BLOC = (
    "Holders of a lab that are not named count as one owner with all the rest of the say. The more "
    "of them there are, and the less they act together, the more weigh those that are named: split "
    "into many, this deal's stakes could add what is screened for."
)


def _sellers(market: Market, facts: Ledger) -> str:
    ranked = sorted(
        zip(market.sellers, market.shares[0].tolist(), strict=True), key=lambda pair: -pair[1]
    )
    return ", ".join(f"{facts.parties[name].name} {percent(share)}" for name, share in ranked)


def _span(points: Array) -> str:
    low, high = np.quantile(points, [0.1, 0.9])
    return f"{number(float(low))} to {number(float(high))}"


def _added(points: Array) -> str:
    amount = points.item()
    return f"+{amount:.0f}" if amount >= 0.5 else "nothing"


def _layers(above: list[str], of: int) -> str:
    level = f"above {number(HIGHLY_CONCENTRATED_POINTS)} points"
    if not above:
        return f"None of {of} layers lies {level}"
    names = listed([layer if not place else layer.lower() for place, layer in enumerate(above)])
    verb = "lies" if above == ["Cloud"] else "lie"
    return f"{names} {verb} {level}"


def _at_most(points: float) -> str:
    if points < 0.5:
        return "nothing in any draw"
    change = number(LARGE_CHANGE_POINTS)
    side = "below" if points <= LARGE_CHANGE_POINTS else "above"
    return (
        f"at most {points:.0f} in any draw, {side} the {change} that are screened for, if each "
        "lab's other holders act as one"
    )


def _unsure(layers: list[str]) -> str:
    if not layers:
        return ""
    return (
        f"Shares are ranges, because they depend on where the market ends: for {listed(layers)} "
        "they decide on which side of the level the index lies. "
    )


def stake_chart(
    stake_curve: StakeCurve,
    screened_stake_share: Array,
    screened_stake_share_draws: Array,
    microsoft_stake_share: Array,
    model_market_mhhi_rise: Array,
    microsoft_openai_stake_share: Array,
    facts: Ledger,
) -> Exhibit:
    """E27b: how large Microsoft's stake would have to be for the index to notice."""
    frame = pd.DataFrame(
        {
            "stake": stake_curve.stakes,
            "with_a_say": stake_curve.proportional[0],
            "no_say": stake_curve.silent[0],
        }
    )
    held, rise = microsoft_stake_share.item(), model_market_mhhi_rise.item()
    before = _stated_before(microsoft_openai_stake_share.item(), facts)
    needed = screened_stake_share.item()
    low, high = np.quantile(screened_stake_share_draws, [0.1, 0.9], method="nearest")
    lines = [
        *_line(frame, "with_a_say", BLUE, "as much of the say as of the profit"),
        *_line(frame, "no_say", ORANGE, "no say"),
    ]
    here = pd.DataFrame({"stake": [held], "points": [rise], "told": [f"this deal: {rise:.0f}"]})
    rule = pd.DataFrame({"points": [LARGE_CHANGE_POINTS], "told": ["rise that is screened for"]})
    at = alt.Y("points:Q", title="Points added to models")
    body = alt.layer(
        Chart(rule).mark_rule(color=MUTED, strokeDash=[4, 3]).encode(y=at),
        Chart(rule)
        .mark_text(align="right", dy=-7, color=MUTED)
        .encode(y=at, x=alt.XValue("width"), text=alt.Text("told:N")),
        *lines,
        Chart(here)
        .mark_point(color=INK, fill=INK, size=70, opacity=1)
        .encode(x=_stake_axis(), y=at),
        Chart(here)
        # Right of the point and as low, for the line rises above it.
        .mark_text(align="left", dx=24, dy=-1, color=INK)
        .encode(x=_stake_axis(), y=at, text=alt.Text("told:N")),
        width=WIDTH - 30,
        height=250,
    )
    finding = (
        f"{percent(needed)} of Anthropic with a say would add "
        f"{number(LARGE_CHANGE_POINTS)} points, the rise that is screened for"
        if np.isfinite(needed)
        else f"no stake up to half of Anthropic would add {number(LARGE_CHANGE_POINTS)} points"
    )
    return Exhibit(
        id="E27b",
        title=f"Microsoft's {percent(held)} adds little to concentration of models; {finding}",
        body=body,
        alt=f"Lines of points added by the size of Microsoft's stake in Anthropic. At "
        f"{percent(held)} the deal's stakes add {rise:.0f} points with a say and none without; "
        f"at half, {frame.with_a_say.iloc[-1]:.0f} with a say.",
        data=frame,
        notes=(
            f"Microsoft also holds {percent(microsoft_openai_stake_share.item())} of OpenAI"
            + (f" by what we assume, {before}" if before else "")
            + ", so whoever owns Microsoft gains from both; that, and not the size of the new "
            "stake alone, is what the index counts. In eight draws of ten the least stake that "
            f"the index would flag lies between {percent(float(low))} and {percent(float(high))}. "
            "Nvidia's stake is in the line, all others are below it.",
            BLOC,
            "What say Microsoft and Nvidia have is not disclosed. Without one the line is flat at "
            "nothing, as neither sells models that count here.",
        ),
    )


def _stake_axis() -> alt.X:
    return alt.X(
        "stake:Q",
        title="Microsoft's part of Anthropic",
        axis=alt.Axis(format="%"),
        scale=alt.Scale(domain=[0, 0.5]),
    )


def _line(frame: pd.DataFrame, column: str, color: str, told: str) -> list[alt.Chart]:
    path = frame.rename(columns={column: "points"})[["stake", "points"]].round(3)
    path["say"] = told
    at = alt.Y("points:Q", title="Points added to models")
    last = path.tail(1).assign(told=told)
    return [
        Chart(path)
        .mark_line(color=color, strokeWidth=2)
        .encode(
            x=_stake_axis(),
            y=at,
            tooltip=[
                alt.Tooltip("say:N", title="With"),
                alt.Tooltip("stake", title="Microsoft's part", format=".1%"),
                alt.Tooltip("points", title="Points added"),
            ],
        ),
        Chart(last)
        .mark_text(align="right", dy=-10, color=color)
        .encode(x=_stake_axis(), y=at, text=alt.Text("told:N")),
    ]


def supplier_table(
    anthropic_suppliers_usd: Mapping[str, Array],
    anthropic_supplier_hhi: Array,
    anthropic_supplier_without_deal_hhi: Array,
    supplier_hhi: Array,
    claude_supply_share: Array,
    claude_supply_share_draws: Array,
    azure_nvidia_share: Array,
    azure_nvidia_share_draws: Array,
    facts: Ledger,
) -> Exhibit:
    """E27c: on how few suppliers Anthropic and Microsoft rest, with the deal and without."""
    bought = {name: usd.item() for name, usd in anthropic_suppliers_usd.items() if usd.item() > 0}
    unpriced = _suppliers_without_amount(bought, facts)
    silent = [facts.parties[fact.counterparty or ""].name for fact in unpriced]
    total, first = sum(bought.values()), max(bought, key=lambda name: bought[name], default="")
    before, after = anthropic_supplier_without_deal_hhi.item(), anthropic_supplier_hhi.item()
    rows = [
        (
            "Anthropic, compute",
            f"{facts.parties[first].name}, {percent(bought[first] / total)}"
            if len(bought) > 1
            else "not known",
            _points(before),
            _points(after),
            f"Announced dollars of {len(bought)}"
            + (f"; {listed(silent)} left out, without a published amount" if silent else ""),
        ),
        (
            "Microsoft, models",
            "OpenAI, " + _low_high(1 - claude_supply_share_draws),
            "OpenAI alone",
            _points(supplier_hhi.item()),
            f"Two makers only; Claude's part {percent(claude_supply_share.item())}: our judgement",
        ),
        (
            "Azure for Anthropic, chips",
            "Nvidia, " + _low_high(azure_nvidia_share_draws),
            "—",
            f"at least {_points(1e4 * azure_nvidia_share.item() ** 2)}",
            "Announced as Nvidia-based; the part is our judgement",
        ),
    ]
    columns = ["Buyer", "Largest supplier", "Without the deal", "With it", "Counted by"]
    frame = pd.DataFrame(rows, columns=columns)
    return Exhibit(
        id="E27c",
        title="Anthropic's suppliers of compute: "
        f"{_change(before, after, bought, len(unpriced))}; a cloud is added and a maker of chips "
        "is named",
        body=table(frame, numbers=columns[2:4], stub="Buyer"),
        alt=read_aloud(frame),
        data=frame,
        notes=(
            "Index of each buyer's suppliers, ten thousand for a single one. Anthropic's counts "
            "every commitment with an amount in dollars that the ledger knows, to the end of the "
            "model's horizon. Deals announced in gigawatts, or as “tens of billions”, are left "
            "out, so the largest part may be overstated and cloud is mixed with data centres. With "
            "fewer than two amounts no index is computable: one amount tells what was published "
            "and not that nobody else supplies.",
            "Parts differ from those in E24: here all announced dollars count, and Azure's "
            "commitment alone; there the expected reading does, with capacity beyond it.",
            "How many makers of chips stand behind these suppliers, and with what parts, is not "
            "public; more clouds need not mean more makers.",
        ),
        facts=unpriced,
    )


UNPRICED = ("alliance-amazon-primary", "anthropic-google-tpu-2025", "anthropic-coreweave")
"""Facts that name a supplier of Anthropic and no amount in dollars."""


def _suppliers_without_amount(bought: Mapping[str, float], facts: Ledger) -> tuple[Fact, ...]:
    """What names a supplier of whom no commitment in dollars is known."""
    named = (facts[name] for name in UNPRICED if name in facts)
    return tuple(fact for fact in named if fact.counterparty not in bought)


def _change(before: float, after: float, bought: Mapping[str, float], unpriced: int) -> str:
    """How the index moves with the deal, or why that cannot be computed."""
    if np.isnan(before) or np.isnan(after):
        others = sum(name != "microsoft" for name in bought)
        return (
            "whether the deal concentrates them is not computable, for without it "
            f"{others} of {others + unpriced} known ones has a published amount"
        )
    side = "falls" if after < before - 1 else "rises" if after > before + 1 else "stays"
    where = "at" if side == "stays" else "to"
    return f"the index {side} with the deal, {where} {_points(after)} points"


def _points(index: float) -> str:
    return "not computable" if np.isnan(index) else f"{index:,.0f}"


def _low_high(draws: Array) -> str:
    low, high = np.quantile(draws, [0.1, 0.9])
    return percent_span(float(low), float(high))


def _stated_before(share: float, facts: Ledger) -> str:
    """What was stated of Microsoft's part of OpenAI, where a round has diluted it since."""
    stated, newest = facts.get("msft-openai-stake"), facts.get(OPENAI_ROUND)
    if not (stated and stated.value and newest and newest.as_of) or share >= stated.value:
        return ""
    month = date.fromisoformat(newest.as_of).strftime("%B %Y")
    return f"{percent(stated.value)} before the round of {month}"


SEATS = (
    ("microsoft", "anthropic", "", ""),
    ("nvidia", "anthropic", "", ""),
    ("amazon", "anthropic", "amazon-anthropic-8b", "No votes and no seat on the board"),
    ("google", "anthropic", "google-anthropic-14pct", "No votes, no seat, no observer"),
    ("microsoft", "openai", "msft-openai-observer", "Observer without a vote until July 2024"),
    ("nvidia", "openai", "", ""),
)
"""Investor, company, the fact that states its say, and that say in words; empty if none does."""


def interlock_table(cross_stakes_share: Array, facts: Ledger) -> Exhibit:
    """E27d: what say each investor has in each laboratory, as far as anyone has stated it."""
    rows, used = [], []
    for holder, company, fact, told in SEATS:
        stake = cross_stakes_share[0, PARTIES.index(holder), PARTIES.index(company)]
        known = fact in facts
        used += [facts[fact]] if known else []
        rows.append(
            {
                "Investor": facts.parties[holder].name,
                "In": facts.parties[company].name,
                "Part assumed": percent(float(stake)) if stake else "none known",
                "Votes and seats": told if known else "not known",
            }
        )
    frame = pd.DataFrame(rows)
    both = sum((holder, company) in ALLIANCE for holder, company, *_ in SEATS)
    known = sum(row["Votes and seats"].startswith("No votes") for row in rows)
    in_openai = cross_stakes_share[0, PARTIES.index("microsoft"), PARTIES.index("openai")]
    before = _stated_before(float(in_openai), facts)
    return Exhibit(
        id="E27d",
        title=f"What say {both} of the investors got in this deal is not known; for {known} of "
        f"{len(rows)} holdings a limit is stated",
        body=table(frame, numbers=["Part assumed"]),
        alt=read_aloud(frame),
        data=frame,
        facts=tuple(used),
        notes=(
            "Whether one person directs two of these companies is not in the ledger, so it is not "
            "known here. A part of the shares is no part of the votes."
            + (f" Microsoft's part of OpenAI was {before}." if before else ""),
        ),
    )

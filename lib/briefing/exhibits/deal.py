"""Exhibits of the deal: what was announced, how firm it is, and where the money goes."""

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.flow_map import Flow, flow_map, flow_map_specs, pays
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.terms import amount_text, undisclosed_terms
from briefing.exhibits.words import LEAST_USD, first_day, money, money_in_draws, percent
from briefing.inputs.facts import Ledger
from briefing.model.identities import Leg

Array = np.ndarray

MAP_QUARTERS = 9
"""The map covers the first nine quarters, in which the equity comes in on most schedules."""

SHEET = {
    "Azure purchases": ("alliance-azure-commit", "alliance-azure-commit-article"),
    "Microsoft's equity": ("alliance-msft-equity", "alliance-msft-equity-done"),
    "Nvidia's equity": ("alliance-nvda-equity", "alliance-nvda-equity-done"),
    "Nvidia-based capacity": ("alliance-capacity-option", "alliance-capacity-article"),
    "Claude on Azure": ("alliance-models-foundry",),
    "Chips": ("alliance-hardware", "maia-talks"),
    "Primary cloud": ("alliance-amazon-primary",),
    "Term": ("undisclosed-duration",),
    "Unit price": ("undisclosed-unit-price",),
    "Termination": ("undisclosed-termination",),
    "Deployment": ("undisclosed-deployment-timeline",),
    "Exclusivity": ("undisclosed-exclusivity",),
    "Revenue treatment": ("undisclosed-revenue-recognition",),
    "Equity conditions": ("undisclosed-equity-conditions",),
    "Order of payments": ("undisclosed-funding-order",),
    "Post-deal valuation": ("undisclosed-post-deal-valuation", "post-deal-valuation-350"),
    "Later rounds": ("alliance-series-g-includes",),
}
"""Facts that state each term of the deal, the announcement first, later or other wordings after."""


def deal_fact_sheet(facts: Ledger) -> Exhibit:
    """E01: every term with what was said, by whom, since when, and how good the evidence is."""
    stated = [
        (term, facts[fact_id])
        for term, fact_ids in SHEET.items()
        for fact_id in fact_ids
        if fact_id in facts
    ]
    frame = pd.DataFrame(
        {
            "Term": [term for term, _ in stated],
            "Amount": [amount_text(fact) for _, fact in stated],
            "What was said": [fact.note for _, fact in stated],
            "Known since": [str(fact.known_since) for _, fact in stated],
            "Grade": [fact.grade for _, fact in stated],
        }
    )
    frame["Term"] = frame["Term"].where(~frame["Term"].duplicated(), "")
    shown = frame.drop(columns="Known since")
    first = min(fact.known_since for _, fact in stated)
    return Exhibit(
        id="E01",
        title=f"The amounts are public, {undisclosed_terms(facts)} of the terms that decide their "
        "worth are not",
        body=table(shown),
        alt=read_aloud(shown),
        data=frame,
        notes=(
            "Grade A: confirmed, read in a primary source. B: confirmed, read through a relay. "
            "C: reported. D: estimate or disputed. E: undisclosed.",
            "An empty term repeats the one above in other words or at a later date. The data "
            f"say since when each is known, the first since {first.day} {first:%B %Y}.",
        ),
        facts=tuple(fact for _, fact in stated),
    )


ROLES = {
    "Microsoft": "Cloud, investor",
    "Nvidia": "Chips, investor",
    "Other suppliers": "Other clouds, staff, tax",
    "Customers": "Buyers of Claude",
    "Anthropic": "Model developer",
    "Other investors": "Rounds",
}

TERMS = [ORANGE, RED, PURPLE, BLUE, GREEN, GREY, INK]
"""Colours of the terms, the shortest first; all of them have a counterpart in dark mode."""

KINDS = {
    "Equity": BLUE,
    "Compute and chips": ORANGE,
    "Sales": GREEN,
    "Other costs": GREY,
    "Money still to be found": PURPLE,
}


def money_flow_map(legs: tuple[Leg, ...], quarters: tuple[str, ...]) -> Exhibit:
    """E02: who pays whom in the first nine quarters, expected amounts, quarter by quarter."""
    span = quarters[:MAP_QUARTERS]
    shown = [leg for leg in legs if leg.amount_usd[0, :MAP_QUARTERS].sum() > 5e7]
    flows = _flows(shown, slice(0, MAP_QUARTERS))
    frame = pd.DataFrame(
        [
            {"payer": leg.payer, "payee": leg.payee, "kind": leg.kind, "quarter": quarter}
            | {"amount_usd": float(usd)}
            for leg in shown
            for quarter, usd in zip(span, leg.amount_usd[0], strict=False)
        ]
    )
    used = {flow.payer for flow in flows} | {flow.payee for flow in flows}
    roles = {party: role for party, role in ROLES.items() if party in used}
    peaks = [
        Flow(leg.payer, leg.payee, leg.kind, float(leg.amount_usd[0, :MAP_QUARTERS].max()))
        for leg in shown
    ]
    between = {"Microsoft", "Nvidia", "Anthropic"}
    inside = sum(flow.amount_usd for flow in flows if {flow.payer, flow.payee} <= between)
    share = inside / sum(flow.amount_usd for flow in flows)
    whole = flow_map_specs({f"{span[0]} to {span[-1]}": flows}, roles, KINDS)
    by_quarter = {quarter: _flows(shown, slice(at, at + 1)) for at, quarter in enumerate(span)}
    steps = flow_map_specs(by_quarter, roles, KINDS, reference=peaks)
    return Exhibit(
        id="E02",
        title=f"Of every dollar that moves up to {span[-1]}, {percent(share)} moves between the "
        "three partners",
        body=alt.vconcat(
            flow_map(flows, roles, KINDS, height=440), _flows_in_time(frame)
        ).resolve_scale(x="independent", y="independent", fill="independent", shape="independent"),
        steps={**whole, **steps},
        alt="; ".join(f"{pays(f.payer)} {f.payee} {money(f.amount_usd)} ({f.kind})" for f in flows),
        data=frame,
        notes=(
            f"Payments in the model from {span[0]} to {span[-1]}, point values of the assumptions. "
            "Ribbon width is proportional to the amount, on one scale for all single quarters; "
            "very small ones are drawn at a visible least.",
            "Equity and sales are different things: a share bought is not a service sold. Where "
            "Anthropic pays out more than comes in, it draws on its opening cash. Other costs are "
            "all that it pays to others than Microsoft, other clouds' compute included.",
        ),
    )


def _flows(legs: list[Leg], quarters: slice) -> list[Flow]:
    """One flow per leg: what it pays in these quarters."""
    return [
        Flow(leg.payer, leg.payee, leg.kind, float(leg.amount_usd[0, quarters].sum()))
        for leg in legs
    ]


def _flows_in_time(shown: pd.DataFrame) -> alt.FacetChart:
    """When each flow runs: one small panel each, every panel on a scale of its own."""
    panels = shown.assign(
        flow=shown["payer"] + " → " + shown["payee"] + ", " + shown["kind"].str.lower(),
        start=[first_day(quarter) for quarter in shown["quarter"]],
        usd_bn=(shown["amount_usd"] / 1e9).round(4),
    )
    return (
        Chart(panels[["flow", "start", "kind", "usd_bn"]])
        .mark_bar(width=10)
        .encode(
            x=alt.X(
                "start:T",
                title=None,
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%Y", tickCount="year"),
            ),
            y=alt.Y("usd_bn:Q", title="$bn", axis=alt.Axis(tickCount=3)),
            color=alt.Color(
                "kind:N",
                legend=None,
                scale=alt.Scale(domain=list(KINDS), range=list(KINDS.values())),
            ),
        )
        .properties(width=165, height=38)
        .facet(
            alt.Facet(
                "flow:N", title=None, sort=None, header=alt.Header(labelLimit=190, labelFontSize=9)
            ),
            columns=3,
        )
        .resolve_scale(y="independent")
        # A shared axis would also stand where the last row has no panel.
        .resolve_axis(x="independent")
    )


def commitment_profile(
    azure_term_years_by_term: Array,
    azure_scheduled_usd_by_term: Array,
    quarters: tuple[str, ...],
    azure_commitment_usd: Array,
    azure_revenue_usd_per_year: Array,
    commitment_present_value_usd: Array,
    commitment_revenue_multiple: Array,
    azure_commitment_drawn_share: Array,
) -> Exhibit:
    """E06: the commitment by year, for every term that "several years" can mean."""
    yearly = azure_scheduled_usd_by_term * 4 / 1e9
    terms = azure_term_years_by_term[:, 0]
    frame = pd.DataFrame(
        {
            "term": np.repeat([f"{term:.0f} years" for term in terms], len(quarters)),
            "quarter": np.tile(quarters, len(terms)),
            "start": np.tile([first_day(quarter) for quarter in quarters], len(terms)),
            "usd_bn_a_year": yearly.ravel().round(4),
        }
    )
    peak = yearly.max(axis=-1)
    azure = azure_revenue_usd_per_year.item()
    pledge = money(azure_commitment_usd.item())
    chart = (
        Chart(frame)
        .mark_line(interpolate="step-after", strokeWidth=2)
        .encode(
            x=alt.X(
                "start:T",
                title=None,
                scale=alt.Scale(type="utc"),
                axis=alt.Axis(format="%Y", tickCount="year"),
            ),
            y=alt.Y("usd_bn_a_year:Q", title="Azure payments if all of it is spent, $bn a year"),
            color=alt.Color("term:N", title="Term", scale=alt.Scale(range=TERMS), sort=None),
            tooltip=[
                alt.Tooltip("term"),
                alt.Tooltip("quarter"),
                alt.Tooltip("usd_bn_a_year", format=".1f"),
            ],
        )
        .properties(width=WIDTH, height=230)
    )
    return Exhibit(
        id="E06",
        title=f"Over {terms[0]:.0f} years {pledge} peaks at {money(peak[0] * 1e9)} a year, over "
        f"{terms[-1]:.0f} years at {money(peak[-1] * 1e9)}",
        body=chart,
        alt="Step lines of yearly payments by term. Peaks: "
        + "; ".join(
            f"{term:.0f} years {money(p * 1e9)}" for term, p in zip(terms, peak, strict=True)
        ),
        data=frame.drop(columns="start"),
        notes=(
            "The term, ramp and unit price are undisclosed; the ramp is the same for all lines. "
            "They spend the whole pledge. What is expected to be used, elsewhere in this briefing, "
            f"is at most {percent(azure_commitment_drawn_share.item())} of it.",
            f"For scale: the peak is {percent(peak[-1] * 1e9 / azure)} to "
            f"{percent(peak[0] * 1e9 / azure)} of Azure's revenue of fiscal 2025. The whole is "
            f"{commitment_revenue_multiple.item():.1f} times the newest run-rate, and "
            f"{money(commitment_present_value_usd.item())} if discounted like a firm debt over the "
            "term that we take.",
        ),
    )


def deal_answer(
    azure_commitment_usd: Array,
    microsoft_equity_cap_usd: Array,
    nvidia_equity_cap_usd: Array,
    microsoft_equity_total_usd: Array,
    nvidia_equity_total_usd: Array,
    commitment_receipts_total_usd: Array,
    commitment_receipts_total_usd_draws: Array,
    azure_receipts_total_usd: Array,
    azure_receipts_total_usd_draws: Array,
    azure_minimum_usd: Array,
) -> Exhibit:
    """What the announcement amounts to once ceilings are not read as cash."""
    pledged = microsoft_equity_cap_usd.item() + nvidia_equity_cap_usd.item()
    counted = microsoft_equity_total_usd.item() + nvidia_equity_total_usd.item()
    beyond = azure_receipts_total_usd.item() - commitment_receipts_total_usd.item()
    under, in_all = (
        money_in_draws(draws)
        for draws in (commitment_receipts_total_usd_draws, azure_receipts_total_usd_draws)
    )
    middle = money(float(np.median(azure_receipts_total_usd_draws)))
    more = f", and with capacity beyond it {middle} in the middle draw ({in_all})"
    return Exhibit(
        title="What the announcement amounts to",
        body=(
            f"The two investors pledged up to **{money(pledged)}**; the model counts "
            f"**{money(counted)}**. Anthropic pledged **{money(azure_commitment_usd.item())}** of "
            "Azure purchases, of which the model takes "
            f"**{money(float(azure_minimum_usd.sum()))}** "
            "as owed whether used or not. By 2035 Microsoft receives "
            f"**{money(commitment_receipts_total_usd.item())}** ({under} in eight draws of ten) "
            f"under the commitment{more if beyond > LEAST_USD else ''}."
        ),
    )

"""Exhibits of the build-out: when a gigawatt could stand, what holds it up, who pays to wait."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, INK, ORANGE, PURPLE
from briefing.exhibits.ranges import Range, range_chart, range_of
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import (
    listed,
    money,
    number,
    percent,
    percent_of_draws,
    stated_money,
    years,
)
from briefing.inputs.facts import Ledger
from briefing.model.buildout import BuildStep

Array = np.ndarray

FIRST_YEAR = 2025.75
"""The model's first day as a year."""

COLOURS = {"Ordered with the site": BLUE, "From the contract": ORANGE, "Capacity": GREEN}


def _quarter_of(years_in: float, quarters: Sequence[str]) -> str:
    """The quarter in which a date falls, in words beyond the horizon.

    >>> _quarter_of(0.3, ["2025Q4", "2026Q1"]), _quarter_of(9.0, ["2025Q4", "2026Q1"])
    ('2026Q1', 'after 2026Q1')
    """
    place = int(np.floor(max(years_in, 0.0) * 4))
    return quarters[place] if place < len(quarters) else f"after {quarters[-1]}"


def _binding_shares(steps: Sequence[BuildStep]) -> dict[str, float]:
    """Part of the draws in which each step is the last to be ready; ties go to the first named."""
    draws = max(len(step.ready_years) for step in steps)
    ready = np.hstack([np.broadcast_to(step.ready_years, (draws, 1)) for step in steps])
    last = np.argmax(ready, axis=1)
    return {step.name: float(np.mean(last == place)) for place, step in enumerate(steps)}


def build_timeline(
    build_steps_draws: tuple[BuildStep, ...],
    whole_gigawatt_years_draws: Array,
    first_capacity_years_draws: Array,
    option_contract_years_draws: Array,
    grid_before_own_power_share_draws: Array,
    years_to_as_of: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E19: the steps side by side, with ranges, and which of them is last."""
    binding = _binding_shares(build_steps_draws)
    contract = float(np.median(option_contract_years_draws))
    rows = []
    for step in build_steps_draws:
        low, middle, high = np.quantile(step.ready_years, [0.1, 0.5, 0.9]).tolist()
        kind = "From the contract" if step.name == "Chips" else "Ordered with the site"
        start = float(np.median(step.starts_years))
        rows.append(
            (step.name, kind, start, low, middle, high, f"last in {percent(binding[step.name])}")
        )
    for name, draws, start in (
        ("First part draws", first_capacity_years_draws, contract),
        ("Whole gigawatt draws", whole_gigawatt_years_draws, contract),
    ):
        low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9]).tolist()
        rows.append((name, "Capacity", start, low, middle, high, ""))
    frame = pd.DataFrame(
        rows, columns=["step", "kind", "start", "low", "middle", "high", "binding"]
    )
    ends = [
        f"{_quarter_of(low, quarters)} to {_quarter_of(high, quarters)}"
        for low, high in zip(frame.low, frame.high, strict=True)
    ]
    frame["ready"] = ends
    frame["written"] = [
        f"{end} · {binds}" if binds else end for end, binds in zip(ends, frame.binding, strict=True)
    ]
    most = max(binding, key=lambda name: binding[name])
    low, middle, high = np.quantile(whole_gigawatt_years_draws, [0.1, 0.5, 0.9]).tolist()
    grid = float(np.mean(grid_before_own_power_share_draws))
    return Exhibit(
        id="E19",
        title=f"A whole gigawatt could draw in {_quarter_of(middle, quarters)}, in eight draws of "
        f"ten from {_quarter_of(low, quarters)} to {_quarter_of(high, quarters)}; last to be ready "
        f"is {_in_a_sentence(most)} in {percent_of_draws(binding[most])}",
        body=_spans(frame, years_to_as_of.item(), contract),
        alt="Steps of the build-out, each from its order to ready, in eight draws of ten. "
        + "; ".join(
            f"{step}: {text}" for step, text in zip(frame.step, frame.written, strict=True)
        ),
        data=frame.drop(columns="written"),
        notes=(
            "Bar: from the order to the median date on which a step is ready; line: eight draws of "
            "ten. Dashed: the briefing's date, and the median date of the contract. If the "
            "capacity is contracted at all; the companies have named neither date nor site, so "
            "all of it is built up from lead times and our judgement (E41).",
            f"Power comes from the grid or from generators on the site, whichever is sooner: in "
            f"{percent_of_draws(grid)} that is the grid. Sites are taken to have been ordered "
            "before the contract; without that head start all but the chips would come as much "
            "later.",
        ),
    )


def _in_a_sentence(step: str) -> str:
    return {"Power": "power", "Chips": "the chips", "Buildings": "the building"}.get(
        step, step.lower()
    )


NAMES, WRITTEN = 150, 215
"""Pixels for the names of the steps and for what is written after their bars."""


def _spans(frame: pd.DataFrame, today: float, contract: float) -> alt.TopLevelMixin:
    shown = frame.assign(
        **{name: (FIRST_YEAR + frame[name]).round(3) for name in ("start", "low", "middle", "high")}
    )
    first = float(np.floor(min(shown.start.min(), FIRST_YEAR)))
    last = float(np.ceil(shown.high.max() * 4) / 4)
    span = last - first
    scale = alt.Scale(domain=[first, last + span * WRITTEN / (WIDTH - NAMES - WRITTEN)], nice=False)
    years_shown = list(range(int(first), int(np.floor(last)) + 1))
    axis = alt.Axis(
        title=None,
        format="d",
        values=[year for year in years_shown if len(years_shown) < 9 or year % 2 == 0],
    )
    rows = alt.Y(
        "step:N", sort=list(shown.step), title=None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=NAMES, labelPadding=8),
    )  # fmt: skip
    base = Chart(shown).encode(
        y=rows, tooltip=[alt.Tooltip("step"), alt.Tooltip("ready"), alt.Tooltip("binding")]
    )
    colour = alt.Color(
        "kind:N", title=None, scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    )
    bar = base.mark_bar(height=13, opacity=0.85).encode(
        x=alt.X("start:Q", scale=scale, axis=axis), x2=alt.X2("middle:Q"), color=colour
    )
    line = base.mark_rule(color=INK, strokeWidth=1.5).encode(
        x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q")
    )
    tick = base.mark_tick(color=INK, thickness=2, height=18).encode(
        x=alt.X("middle:Q", scale=scale)
    )
    words = base.mark_text(align="left").encode(
        x=alt.datum(last + 0.02 * span, scale=scale), text=alt.Text("written:N")
    )
    days = pd.DataFrame({"day": [FIRST_YEAR + today, FIRST_YEAR + contract]}).round(3)
    dashed = (
        Chart(days)
        .mark_rule(color=GREY, strokeDash=[4, 3], strokeWidth=1.5)
        .encode(x=alt.X("day:Q", scale=scale))
    )
    return alt.layer(
        dashed, bar, line, tick, words, width=WIDTH - NAMES + 20, height=28 * len(shown)
    )


CURVES = {
    "Dollar model starts": GREY,
    "First part could draw": ORANGE,
    "Whole gigawatt could draw": BLUE,
}


def gigawatt_by_quarter(
    whole_gigawatt_years_draws: Array,
    first_capacity_years_draws: Array,
    scheduled_option_years_draws: Array,
    build_gap_years_draws: Array,
    quarters: tuple[str, ...],
) -> Exhibit:
    """E19b: chance by quarter that a first part, or the whole, could draw."""
    dates = dict(
        zip(
            CURVES,
            (scheduled_option_years_draws, first_capacity_years_draws, whole_gigawatt_years_draws),
            strict=True,
        )
    )
    last = max(int(np.ceil(np.quantile(draws, 0.99) * 4)) for draws in dates.values())
    shown = range(min(last + 1, len(quarters)))
    frame = pd.DataFrame(
        [
            (quarters[place], (place + 1) / 4, kind, float(np.mean(draws < (place + 1) / 4)))
            for kind, draws in dates.items()
            for place in shown
        ],
        columns=["quarter", "end_years", "kind", "share"],
    )
    half = _quarter_of(float(np.median(whole_gigawatt_years_draws)), quarters)
    gap = float(np.median(build_gap_years_draws))
    late = float(np.mean(build_gap_years_draws > 0))
    against = (
        f"the steps let its first part draw {years(abs(gap))} {'later' if gap > 0 else 'sooner'} "
        "than the dollar model has it"
        if abs(gap) > 0.05
        else "the dollar model has its first part as the steps have it"
    )
    return Exhibit(
        id="E19b",
        title=f"By the end of {half} a whole gigawatt could draw in half of the draws; {against}",
        body=_curves(frame),
        alt="Chance by quarter. "
        + "; ".join(
            f"{kind}: half by {_quarter_of(float(np.median(draws)), quarters)}, nine tenths by "
            f"{_quarter_of(float(np.quantile(draws, 0.9)), quarters)}"
            for kind, draws in dates.items()
        ),
        data=frame,
        notes=(
            "Part of the draws in which the date lies before a quarter's end. The dollar model "
            "starts the further capacity by an assumption of its own; the steps are a check on "
            f"it, and come out later in {percent_of_draws(late)}. Where they do, payments under "
            "the option are too early, and the slow build-out is the case to read.",
        ),
    )


def _curves(frame: pd.DataFrame) -> alt.TopLevelMixin:
    shown = frame.assign(date=(FIRST_YEAR + frame.end_years).round(3), share=frame.share.round(4))
    return (
        Chart(shown)
        .mark_line(strokeWidth=2.5, interpolate="monotone")
        .encode(
            x=alt.X(
                "date:Q", title=None, scale=alt.Scale(nice=False, zero=False),
                axis=alt.Axis(format="d", values=list(range(2026, int(shown.date.max()) + 1))),
            ),
            y=alt.Y("share:Q", title="Part of draws", axis=alt.Axis(format="%", tickCount=5)),
            color=alt.Color(
                "kind:N", title=None,
                scale=alt.Scale(domain=list(CURVES), range=list(CURVES.values())),
            ),
            strokeDash=alt.StrokeDash(
                "kind:N", title=None,
                scale=alt.Scale(domain=list(CURVES), range=[[4, 3], [1, 0], [1, 0]]),
            ),
            tooltip=[
                alt.Tooltip("quarter"), alt.Tooltip("kind"), alt.Tooltip("share", format=".0%"),
            ],
        )
        .properties(width=WIDTH - 60, height=230)
    )  # fmt: skip


SITES = {
    "Wisconsin, Mount Pleasant": ("site-fairwater-wisconsin",),
    "Georgia, Atlanta": ("site-fairwater-atlanta-2025", "site-fairwater-atlanta"),
}
"""Facts of each site in the order of time; the last one known counts."""


def region_table(
    facts: Ledger, capacity_option_gw: Array, commitment_average_gw_draws: Array
) -> Exhibit:
    """E19c: the schedule by region: what is public of sites, and what of this deal."""
    ceiling = capacity_option_gw.item()
    low, high = np.quantile(commitment_average_gw_draws, [0.1, 0.9]).tolist()
    hidden = "not disclosed"
    open_range = f"0 to {number(ceiling)} GW"
    sites = {
        region: [facts[name] for name in names if name in facts] for region, names in SITES.items()
    }
    newest = {region: known[-1] for region, known in sites.items() if known}
    used = {
        name: facts[name]
        for name in ("msft-gw-added-q2", "undisclosed-deployment-timeline")
        if name in facts
    }
    rows = [(region, site.note, hidden, hidden, open_range) for region, site in newest.items()]
    added = used.get("msft-gw-added-q2")
    rows += [
        ("Elsewhere in the United States", "No site in the ledger", hidden, hidden, open_range),
        ("Outside the United States", "No site in the ledger", hidden, hidden, open_range),
        (
            "All regions together",
            added.note if added else "Microsoft was short of capacity; no total in the ledger",
            f"{low:.2f} to {high:.2f} GW rented by the commitment, our estimate",
            hidden,
            f"0 to {number(ceiling)} GW beyond the commitment",
        ),
    ]
    columns = [
        "Region",
        "Public about Microsoft's sites",
        "For Anthropic",
        "Date",
        "Range left open",
    ]
    frame = pd.DataFrame(rows, columns=columns)
    return Exhibit(
        id="E19c",
        title=f"No region, site or date of this capacity is disclosed: {_sites(len(newest))}",
        body=table(frame, stub="Region"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "A range from nothing to the whole is what can honestly be said of any one region. A "
            "schedule by region would be a filing with a utility or a lease that names the "
            "customer; the watch list has both.",
        ),
        facts=(*(fact for known in sites.values() for fact in known), *used.values()),
    )


def _sites(count: int) -> str:
    if not count:
        return "no site of the right kind is in the ledger"
    are = "site of the right kind is" if count == 1 else "sites of the right kind are"
    return f"{count} {are} in the ledger, and none is said to be for Anthropic"


def delay_cost_bars(
    microsoft_delay_cost_usd_draws: Array,
    microsoft_idle_cost_usd_draws: Array,
    nvidia_delay_cost_usd_draws: Array,
    anthropic_unserved_revenue_usd_draws: Array,
    anthropic_rent_saved_usd_draws: Array,
    anthropic_delay_cost_usd_draws: Array,
) -> Exhibit:
    """E19d: what a quarter's delay of one gigawatt costs each party."""
    colours = {"Microsoft": BLUE, "Nvidia": GREEN, "Anthropic": PURPLE}
    rows = [
        range_of("Margin a quarter later", microsoft_delay_cost_usd_draws, "Microsoft"),
        range_of("Chips delivered and idle", microsoft_idle_cost_usd_draws, "Microsoft"),
        range_of("Sale a quarter later", nvidia_delay_cost_usd_draws, "Nvidia"),
        range_of("Revenue not served", anthropic_unserved_revenue_usd_draws, "Anthropic"),
        range_of("… less rent not due", anthropic_delay_cost_usd_draws, "Anthropic"),
    ]
    later, idle, nvidia, revenue, _ = (_two_digits(row.point) for row in rows)
    gains = float(np.mean(anthropic_delay_cost_usd_draws < 0))
    rent = _two_digits(float(np.median(anthropic_rent_saved_usd_draws)))
    return Exhibit(
        id="E19d",
        title=f"A quarter's delay of one gigawatt costs Microsoft {later}, or {idle} if the chips "
        f"are already there; Nvidia {nvidia}; Anthropic {revenue} of revenue against {rent} of "
        "rent",
        body=range_chart(
            rows,
            colours,
            _with_span,
            "Cost of one quarter, $bn",
            1e9,
            tick_format=".1f",
        ),
        alt="Cost of a quarter's delay of one gigawatt. "
        + "; ".join(f"{row.basis}, {row.name}: {_with_span(row)}" for row in rows),
        data=pd.DataFrame(rows),
        notes=(
            "Median, and eight draws of ten. Microsoft loses little while its spending moves along "
            "with the rent, and much when chips stand idle: they age all the same. Nvidia loses "
            "nothing while others take the chips meanwhile.",
            "Anthropic's figure is at the margin: what one more gigawatt earns less what it costs, "
            f"before any other cost. In {percent_of_draws(gains)} the delay even saves money, "
            "because the marginal gigawatt earns less than its rent; then it is customers who "
            "wait. Who bears a delay under the contract is not disclosed.",
            "One gigawatt, whoever rents it, in full use. E19e is another question: what a delay "
            "of this deal's own capacity does to the bundle of shares and margin, of which only a "
            "part counts as brought by the deal, and which in large part is not built yet.",
        ),
    )


def _two_digits(usd: float) -> str:
    return stated_money(float(f"{usd:.2g}"))


def _with_span(row: Range) -> str:
    return " ".join(
        (_two_digits(row.point), f"({_two_digits(row.low)} to {_two_digits(row.high)})")
    )


def delay_table(
    capacity_delay_years_by_delay: Array,
    microsoft_bundle_npv_usd_by_delay: Array,
    nvidia_bundle_npv_usd_by_delay: Array,
    commitment_receipts_total_usd_by_delay: Array,
    capacity_delay_years: Array,
) -> Exhibit:
    """E19e: what a delay of the whole build-out does to both sellers in the dollar model."""
    quarters = np.rint(capacity_delay_years_by_delay[:, 0] * 4).astype(int)
    rows = {
        "Microsoft's bundle": microsoft_bundle_npv_usd_by_delay,
        "Nvidia's bundle": nvidia_bundle_npv_usd_by_delay,
        "Paid under the commitment by 2035": commitment_receipts_total_usd_by_delay,
    }
    heads = [
        "On time",
        *(f"{late} quarter{'' if late == 1 else 's'} late" for late in quarters[1:]),
    ]
    paths = {
        label: np.broadcast_to(path, (len(quarters), path.shape[-1]))[:, 0]
        for label, path in rows.items()
    }
    frame = pd.DataFrame(
        [
            {"By 2035": label} | dict(zip(heads, map(money, path.tolist()), strict=True))
            for label, path in paths.items()
        ]
    )
    data = pd.DataFrame({"delay_years": capacity_delay_years_by_delay[:, 0]} | paths)
    lost = [
        (name, float(path[0] - path[-1]))
        for name, path in zip(("Microsoft", "Nvidia"), paths.values(), strict=False)
    ]
    longest = int(quarters[-1])
    own = capacity_delay_years.item()
    stands = (
        f"This parameter set has a delay of {years(own)} of its own; the columns replace it."
        if own
        else "This parameter set has no delay of its own."
    )
    told = listed(
        [f"{money(abs(usd))} {'less' if usd >= 0 else 'more'} to {name}" for name, usd in lost]
    )
    return Exhibit(
        id="E19e",
        title=f"Power {longest} quarters late makes the bundle of shares and margin worth {told}",
        body=table(frame, numbers=heads, stub="By 2035"),
        alt=read_aloud(frame, rows=len(frame)),
        data=data,
        notes=(
            "The whole model with commitment and further capacity moved together. Bundles as in "
            "E21 and E22: shares and additional margin less all they cost, in money of the first "
            f"day. {stands}",
            "The model lets Anthropic sell as much with late capacity as with capacity in time, "
            "since other clouds can serve; so its loss is shown at the margin only, in E19d.",
        ),
    )

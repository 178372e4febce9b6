"""What would have to be true: what prices, coverage and returns ask of growth and margin."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, RED
from briefing.exhibits.required import ACROSS, CONDITIONS, INSIDE, Required
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import listed, money, opening, percent, quantity_text, spoken
from briefing.inputs.facts import Ledger
from briefing.inputs.parameters import ParameterSet

Array = np.ndarray

ByCondition = Mapping[str, Required]

ROUND = "Last priced round"

PLAN = "Plan, as we extend it"

PLANNED_MARGIN = "anthropic-gm-2028-plan"

MOST_NAMED = 2
"""Assumptions that a title can name and stay short."""

SHOWN_MARGINS = (0.2, 0.9)
"""Margins that the map shows. Beyond them every line is steep and says no more."""


def value_frontier(
    mature_gross_margin_share_by_condition_by_pace: ByCondition,
    mature_gross_margin_share_by_condition: ByCondition,
    growth_half_life_years_by_condition: ByCondition,
    growth_half_life_years_by_pace: Array,
    revenue_2030_usd_by_pace: Array,
    revenue_2030_usd: Array,
    planned_revenue_2030_usd: Array,
    mature_gross_margin_share: Array,
    parameters: ParameterSet,
    facts: Ledger,
) -> Exhibit:
    """E11: the gross margin that each condition asks for, over the revenue that growth brings."""
    required = mature_gross_margin_share_by_condition_by_pace
    revenue, half_life = revenue_2030_usd_by_pace[:, 0], growth_half_life_years_by_pace[:, 0]
    frame = pd.DataFrame(
        [
            (_heading(label, each), half_life[point], revenue[point], part, low, high)
            for label, each in required.items()
            for point in range(len(revenue))
            for part, (low, high) in enumerate(each.spans(point))
        ],
        columns=["condition", "half_life_years", "revenue_2030_usd", "part", "low", "high"],
    )
    marks = {"This case": (revenue_2030_usd.item(), mature_gross_margin_share.item())}
    plan = facts.get(PLANNED_MARGIN)
    if plan is not None and plan.value is not None:
        marks[PLAN] = (planned_revenue_2030_usd.item(), plan.value)
    headings = {label: _heading(label, each) for label, each in required.items()}
    seen = [each for each in headings.values() if each in set(frame.condition)]
    never = [label for label, heading in headings.items() if heading not in seen]
    growth = growth_half_life_years_by_condition
    assumed = _assumed(parameters, half_life, revenue)
    framed = " The dashed frame is the range that we assume for both." if assumed else ""
    return Exhibit(
        id="E11",
        title=_growth_needed(growth[ROUND], revenue_2030_usd.item()),
        body=_map(frame, seen, marks, assumed),
        alt="Map of revenue in 2030 against mature gross margin, with the line above which each "
        "condition holds. At this case's growth: "
        + "; ".join(
            f"{headings[label]}: gross margin {each.in_words()}"
            for label, each in mature_gross_margin_share_by_condition.items()
        ),
        data=frame,
        notes=(
            "Each line is the least mature gross margin with which a condition holds, and above it "
            "the area is tinted: the darker, the more hold. Revenue moves with the half-life of "
            "growth alone, margin with its mature level; all else keeps its "
            f"value. Other ways to grow ask for other sums (E11b).{framed}",
            *(
                [f"Holds nowhere on the map: {listed(never)}; see E11b for what that hangs on."]
                if never
                else []
            ),
            *([_plan_in_words(frame, headings, marks[PLAN])] if PLAN in marks else []),
            "Prices are compared with our discounted cash flow, cash included.",
        ),
    )


def _heading(label: str, required: Required) -> str:
    """The condition, with what it asks for where that is a quoted figure."""
    asked = isinstance(required.condition.at_least, str)
    return f"{label}, {money(required.threshold[0, 0])}" if asked else label


def _growth_needed(growth: Required, own_usd: float) -> str:
    price = money(growth.threshold.item())
    revenue = growth.implied["revenue_2030_usd"].item()
    if np.isnan(revenue):
        word = "any" if growth.spans() else "no"
        return f"At our margins {word} growth that we searched gives the last round's {price}"
    fades = "more slowly" if revenue > own_usd else "sooner"
    return (
        f"If growth fades {fades}, the last round's {price} needs {money(revenue)} of revenue "
        f"in 2030 at our margins; our case has {money(own_usd)}"
    )


Span = tuple[float, float]


def _plan_in_words(frame: pd.DataFrame, headings: Mapping[str, str], plan: Span) -> str:
    """Where the plan's point comes from, and which conditions hold there, read off the lines."""
    usd, margin = plan
    held = []
    for label, heading in headings.items():
        line = frame[(frame.condition == heading) & (frame.part == 0)]
        revenue = line.revenue_2030_usd
        inside = len(line) > 1 and revenue.iloc[0] <= usd <= revenue.iloc[-1]
        if inside and np.interp(usd, revenue, line.low) <= margin:
            held.append(label)
    found = f"There these hold: {listed(held)}." if held else "None of the conditions holds there."
    return (
        "The plan's margin is the company's for 2028; its revenue is carried on to 2030 by us, for "
        f"no plan that far is public. {found}"
    )


def _assumed(
    parameters: ParameterSet, half_life: Array, revenue: Array
) -> tuple[Span, Span] | None:
    """The assumed ranges of growth, as revenue in 2030, and of margin; none where one is fixed."""
    growth = parameters.assumptions["growth_half_life_years"]
    margin = parameters.assumptions["mature_gross_margin_share"]
    if growth.low is None or growth.high is None or margin.low is None or margin.high is None:
        return None
    low, high = np.exp(np.interp([growth.low, growth.high], half_life, np.log(revenue)))
    return (float(low), float(high)), (margin.low, margin.high)


def _map(
    frame: pd.DataFrame,
    conditions: list[str],
    marks: Mapping[str, Span],
    assumed: tuple[Span, Span] | None,
) -> alt.TopLevelMixin:
    bottom, top = SHOWN_MARGINS
    drawn = frame.assign(
        revenue=frame.revenue_2030_usd / 1e9,
        edge=np.where(frame.low > 0, frame.low, np.nan),
        until=np.minimum(frame.high, top),
        needs=[percent(low) for low in frame.low],
        brings=[money(usd) for usd in frame.revenue_2030_usd],
    )
    x = alt.X(
        "revenue:Q",
        title="Revenue in 2030, $bn, logarithmic",
        scale=alt.Scale(type="log", nice=False, domain=_domain(drawn.revenue, marks)),
        axis=alt.Axis(values=_ticks(drawn.revenue), format=",d", grid=False),
    )
    margins = alt.Scale(domain=[bottom, top], nice=False)
    y_title, y_axis = "Mature gross margin", alt.Axis(format="%")
    color = alt.Color(
        "condition:N",
        title=None,
        scale=alt.Scale(domain=conditions, range=[BLUE, PURPLE, GREEN, ORANGE, RED]),
        legend=alt.Legend(columns=2, labelLimit=260, symbolType="stroke", symbolOpacity=1),
    )
    base = Chart(drawn).encode(x=x, color=color, detail=alt.Detail("part:N"))
    tint = Chart(drawn).mark_area(color=GREY, opacity=0.13, clip=True)
    area = tint.encode(
        x=x,
        y=alt.Y("low:Q", title=y_title, axis=y_axis, scale=margins),
        y2=alt.Y2("until:Q"),
        detail=[alt.Detail("condition:N"), alt.Detail("part:N")],
    )
    line = base.mark_line(strokeWidth=2, clip=True).encode(
        y=alt.Y("edge:Q", scale=margins),
        tooltip=[alt.Tooltip("condition"), alt.Tooltip("brings"), alt.Tooltip("needs")],
    )
    points = pd.DataFrame(
        [(name, usd / 1e9, margin) for name, (usd, margin) in marks.items()],
        columns=["mark", "revenue", "margin"],
    )
    spot = Chart(points).encode(x=x, y=alt.Y("margin:Q", scale=margins))
    # Beside the marks, words would lie on the lines.
    shape = alt.Shape(
        "mark:N",
        title=None,
        scale=alt.Scale(domain=list(marks), range=["circle", "diamond"]),
        legend=alt.Legend(labelLimit=260, symbolFillColor=INK, symbolStrokeColor=INK),
    )
    layers = [
        area,
        line,
        spot.mark_point(size=70, color=INK, fill=INK, opacity=1, clip=True).encode(shape=shape),
    ]
    if assumed:
        (left, right), (low, high) = assumed
        box = pd.DataFrame({"revenue": [left / 1e9], "to": [right / 1e9], "low": low, "high": high})
        frame_of = Chart(box).mark_rect(
            filled=False, stroke=INK, strokeDash=[4, 3], strokeWidth=1, clip=True
        )
        layers.append(
            frame_of.encode(
                x=x, x2=alt.X2("to:Q"), y=alt.Y("low:Q", scale=margins), y2=alt.Y2("high:Q")
            )
        )
    return alt.layer(*layers, width=WIDTH - 40, height=300)


def _domain(revenue: pd.Series, marks: Mapping[str, Span]) -> list[float]:
    shown = [*revenue, *(usd / 1e9 for usd, _ in marks.values())]
    return [min(shown), max(shown)]


def _ticks(revenue: pd.Series) -> list[float]:
    steps = [digit * 10**power for power in range(6) for digit in (1, 2, 3, 5, 7)]
    return [step for step in steps if revenue.min() <= step <= revenue.max()]


def required_table(
    growth_half_life_years_by_condition: ByCondition,
    momentum_growth_rate_by_condition: ByCondition,
    mature_gross_margin_share_by_condition: ByCondition,
    discount_rate_by_condition: ByCondition,
    azure_commitment_usd_by_condition: ByCondition,
    azure_term_years_by_condition: ByCondition,
) -> Exhibit:
    """E11b: what each single assumption would have to be for each condition, all others as is."""
    freed = (
        growth_half_life_years_by_condition,
        momentum_growth_rate_by_condition,
        mature_gross_margin_share_by_condition,
        discount_rate_by_condition,
        azure_commitment_usd_by_condition,
        azure_term_years_by_condition,
    )
    rows = [
        (_heading(label, each[label]), each[label])
        for label in CONDITIONS
        for each in freed
        if label in each
    ]
    frame = pd.DataFrame(
        [
            {
                "Condition": heading,
                "Assumption": opening(spoken(each.assumption.name)),
                "Ours": quantity_text(each.assumption.name, each.own.item()),
                "Our range": each.range_in_words,
                "It would have to be": each.in_words(),
                "Where it lies": each.verdict().removeprefix("is "),
                "Which means": each.meaning(),
            }
            for heading, each in rows
        ]
    )
    return Exhibit(
        id="E11b",
        title=_singles([each[ROUND] for each in freed if ROUND in each]),
        body=table(frame, numbers=["Ours"], stub="Assumption", groups="Condition"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "One assumption at a time; all others keep their value. The search runs well beyond "
            "our range, and where no value in it will do the table says so. Rows that could not "
            "move a condition are left out. What falls due after 2035 counts for nothing here. "
            "Growth a year is that of the five years after the coming four quarters.",
            "Cash in sight lasts where revenue and money known today pay for everything that falls "
            "due. Microsoft's hurdle counts its stake and the margin on sales that came because of "
            "it; chips pay Nvidia back where the margin on them alone covers its equity by 2035.",
        ),
    )


def _singles(freed: list[Required]) -> str:
    price = money(freed[0].threshold.item())
    if freed[0].holds.item():
        across = sum(each.verdict() == ACROSS for each in freed)
        return (
            f"The last round's {price} holds at our values, and across our whole range for "
            f"{across} of {len(freed)} assumptions taken alone"
        )
    enough = [spoken(each.assumption.name) for each in freed if each.verdict() == INSIDE]
    head = f"Changed one at a time within our range, {len(enough) or 'none'} of {len(freed)} "
    named = f": {listed(enough)}" if 0 < len(enough) <= MOST_NAMED else ""
    return f"{head}assumptions give{'s' * (len(enough) <= 1)} the last round's {price}{named}"

"""Exhibits of contagion: what stays when funding stops, who is hit twice, and what feeds itself."""

from collections.abc import Mapping

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, MUTED, ORANGE
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import money, money_in_draws, money_span, number, percent, percent_span
from briefing.inputs.facts import Fact, Ledger
from briefing.model.contagion import (
    LABS,
    OPENAI_ROUND,
    SalesAfterStop,
    ScenarioArithmetic,
    Stake,
)

Array = np.ndarray

ANSWERS = {
    "due": "Promised",
    "funded": "Payable with funding",
    "defaulted": "Stop: unpaid",
    "resold": "Stop: resold",
    "terminated": "Stop: ended for a fee",
}
"""What sellers take in, by how a stop of funding is answered."""


def funding_stop_table(
    sales_after_stop: SalesAfterStop,
    labs_due_usd: Array,
    labs_paid_with_funding_share: Array,
    labs_paid_without_funding_share: Array,
    labs_paid_without_funding_share_draws: Array,
    labs_paid_without_funding_share_by_stop: Array,
    anthropic_paid_by_customers_share: Array,
    openai_paid_by_customers_share: Array,
    openai_paid_with_round_share: Array,
    stress_start_years_by_stop: Array,
    web_parties: tuple[str, ...],
    stress_length_years: Array,
    facts: Ledger,
) -> Exhibit:
    """E05: sales of each seller inside the web if investors stop, by how the stop is answered."""
    due = sales_after_stop.due[0]
    shown = [index for index in np.argsort(-due) if due[index] > 5e8]
    frame = pd.DataFrame(
        {"Seller": [facts.parties[web_parties[index]].name for index in shown]}
        | {
            label: [money(getattr(sales_after_stop, field)[0, index]) for index in shown]
            for field, label in ANSWERS.items()
        }
    )
    promised = labs_due_usd.item()
    funded = labs_paid_with_funding_share.item()
    stopped = labs_paid_without_funding_share.item()
    low, high = np.quantile(labs_paid_without_funding_share_draws, [0.1, 0.9])
    kept = labs_paid_without_funding_share_by_stop[:, 0]
    starts = stress_start_years_by_stop[:, 0]
    length = f"{stress_length_years.item():.0f} years"
    return Exhibit(
        id="E05",
        title=f"Of {money(promised)} that the labs promised for {length} they can pay "
        f"{percent(funded)} with announced funding and {percent(stopped)} without any: "
        f"from customers alone Anthropic {percent(anthropic_paid_by_customers_share.item())} of "
        f"its part, OpenAI {percent(openai_paid_by_customers_share.item())}",
        body=table(frame, numbers=list(ANSWERS.values()), stub="Seller"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "A counterfactual, no forecast: equity stops as the window opens, growth of revenue "
            "does not. Labs pay from what customers leave them, Anthropic also from its cash, "
            "investors' money among it; OpenAI's cash is not in the ledger and counts as nothing"
            f"{_raised(facts, openai_paid_with_round_share.item())}. The parts of the two labs "
            "leave Anthropic's cash out as well. Suppliers of a lab are treated alike, and a "
            "default costs part of its money (Rogers and Veraart 2013). Without funding eight "
            f"draws in ten pay {percent_span(low, high)}. "
            "Nvidia's chips are paid out of what clouds take in, and rows also hold what others "
            "than labs promised, so sellers must not be added up.",
            "With funding counts announced equity, for Anthropic also the rounds that the model "
            "expects. Resold: what the stop frees goes to others at a discount. Ended for a fee: "
            "labs leave every commitment. A missed commitment is no default on debt, and terms of "
            "exit are not public.",
            "If the stop comes later, labs can pay without funding "
            + ", ".join(
                f"{percent(share)} of the window that begins in {start:.0f} "
                f"year{'' if start == 1 else 's'}"
                for start, share in zip(starts[1:], kept[1:], strict=True)
            )
            + ": customers' money then has had time to grow, if it grows as assumed.",
        ),
        facts=facts.payments,
    )


def _raised(facts: Ledger, paid_share: float) -> str:
    fact = facts.get(OPENAI_ROUND)
    if fact is None or fact.value is None:
        return ""
    return (
        f"; a round of {money(fact.value)} was closed by {fact.as_of}, and were all of it left, "
        f"OpenAI could pay {percent(paid_share)} of its part"
    )


def double_hit_table(
    sales_loss_usd: Array,
    sales_after_stop: SalesAfterStop,
    stake_value_usd: Array,
    stake_loss_usd: Array,
    stake_loss_usd_draws: Array,
    hit_twice: Array,
    stakes: tuple[Stake, ...],
    web_parties: tuple[str, ...],
    mark_down_share: Array,
    scenario_arithmetic: ScenarioArithmetic,
    facts: Ledger,
) -> Exhibit:
    """E16: who loses sales and stake value together when funding stops."""
    together = sales_loss_usd[0] + stake_loss_usd[0]
    shown = [
        index
        for index in np.argsort(-together)
        if together[index] > 5e8 and web_parties[index] not in LABS
    ]
    held = {
        party: [each for each in stakes if each.investor == party and each.value_usd.item() > 5e7]
        for party in web_parties
    }
    resold = sales_after_stop.funded - sales_after_stop.resold
    frame = pd.DataFrame(
        [
            {
                "Party": facts.parties[web_parties[index]].name,
                "Sales lost": money_span(
                    *sorted([max(resold[0, index], 0.0), sales_loss_usd[0, index]])
                ),
                "Stakes in labs, by last round": "; ".join(
                    f"{facts.parties[each.company].name} {money(each.value_usd.item())} "
                    f"({_basis(each)})"
                    for each in held[web_parties[index]]
                )
                or "none known",
                "As reported, or paid in": "; ".join(
                    f"{facts.parties[each.company].name} {beside}"
                    for each in held[web_parties[index]]
                    if (beside := _reported_or_paid(each))
                ),
                "Stake value lost": money(stake_loss_usd[0, index]),
                "Eight draws in ten": money_in_draws(stake_loss_usd_draws[:, index]),
                "Hit twice": "yes" if hit_twice[0, index] else "",
            }
            for index in shown
        ]
    )
    twice = [facts.parties[web_parties[i]].name for i in shown if hit_twice[0, i]]
    arithmetic = scenario_arithmetic
    used = tuple(facts[i] for stake in stakes for i in stake.facts if i in facts)
    return Exhibit(
        id="E16",
        title=f"{len(twice)} of {len(shown)} parties {'is' if len(twice) == 1 else 'are'} hit "
        "twice when funding stops: "
        f"{', '.join(twice)}"
        if twice
        else "When funding stops, no party loses sales and stakes together",
        body=table(
            frame, numbers=["Sales lost", "Stake value lost", "Eight draws in ten"], stub="Party"
        ),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Sales lost against what funded labs could pay: from freed capacity sold again to "
            f"left empty. Stakes are marked down by {percent(mark_down_share.item())} from the "
            "part of the lab that each investor holds, by E27d or as stated, times the price of "
            "the lab's last round: a price for one class of share. Parts are of different days and "
            "most are assumed, so the order of investors whose ranges overlap is open.",
            "Beside it stands what somebody reported, at the price of that day, else the equity "
            "that the ledger dates and we spread over time, which leaves out older money.",
            f"Scenario arithmetic on {len(arithmetic.parties)} companies with a known value, no "
            "estimate of systemic risk: cross-holdings lift the sum of values to "
            f"{number(arithmetic.inflation_multiple)} times what they rest on; if both labs "
            "lost everything, DebtRank puts "
            + " and ".join(
                f"{percent(stress)} of {facts.parties[party].name}'s value at stake"
                for party, stress in arithmetic.stress_share.items()
            )
            + f"; a fall by the mark-down sets off {arithmetic.later_failures} further "
            "failure"
            + ("" if arithmetic.later_failures == 1 else "s")
            + " among investors that break at nine tenths of their value.",
        ),
        facts=used,
    )


def _basis(stake: Stake) -> str:
    """What a stake's value rests on."""
    if stake.share is not None:
        return percent(stake.share.item())
    return "as reported" if stake.reported else "paid in"


def _reported_or_paid(stake: Stake) -> str:
    """What is known of a stake beside its part: a dated report, else the cost that is dated."""
    if stake.reported and stake.reported.value:
        return f"{money(stake.reported.value)} on {stake.reported.as_of}"
    paid = stake.paid_usd.item()
    return f"{money(paid)} paid in" if paid > 5e7 else ""


def loop_gain_chart(
    gain_per_revenue_multiple_share: Array,
    gain_per_revenue_multiple_share_draws: Array,
    customer_loop_gain_multiple: Array,
    customer_loop_gain_multiple_draws: Array,
    critical_run_rate_multiple: Array,
    last_round_run_rate_multiple: Array,
    capital_loop_gain_multiple: Array,
    capital_loop_gain_multiple_draws: Array,
) -> Exhibit:
    """E17: loop gain by the multiple at which revenue is priced, and the threshold of one."""
    multiples = np.arange(0, 61)
    low, high = np.quantile(gain_per_revenue_multiple_share_draws, [0.1, 0.9])
    middle = gain_per_revenue_multiple_share.item()
    frame = pd.DataFrame(
        {
            "multiple": multiples,
            "low": low * multiples,
            "gain": middle * multiples,
            "high": high * multiples,
        }
    ).round(5)
    at = last_round_run_rate_multiple.item()
    gain = customer_loop_gain_multiple.item()
    above = float(np.mean(customer_loop_gain_multiple_draws > 1))
    cents = np.quantile(capital_loop_gain_multiple_draws, [0.1, 0.9]) * 100
    without = capital_loop_gain_multiple.item() * 100
    return Exhibit(
        id="E17",
        title=f"A dollar more on the lab's price brings back {100 * gain:.0f} cents through "
        f"customers, a dollar more on its investors' own {without:.2g} cents without: the first "
        f"loop feeds itself above {critical_run_rate_multiple.item():.0f} times run-rate "
        f"({1 / high:.0f} to {1 / low:.0f} in eight draws of ten); the last round paid {at:.0f}",
        body=_gain_chart(frame, at),
        alt=f"Loop gain rises in a straight line with the price over run-rate. At the last "
        f"round's {at:.0f} times it is {gain:.2f}, eight draws in ten lie between "
        f"{low * at:.2f} and {high * at:.2f}; it passes one at "
        f"{critical_run_rate_multiple.item():.0f} times.",
        data=frame,
        notes=(
            "Gain per round: new money over price × part spent on compute × revenue per dollar of "
            "compute × price over run-rate. Above one each round supports a higher price than its "
            "own, and a fall grows the same way. Averages used at the margin: an order of "
            f"magnitude. {percent(above)} of draws lie above one at the last round's multiple.",
            "Without customers: of one more dollar of the investors' own market value, the part "
            "put into labs × the part that labs spend with them × market value over sales. Eight "
            f"draws in ten: {cents[0]:.2g} to {cents[1]:.2g} cents. That loop dies out at "
            "once; what keeps the other one going is what customers pay.",
        ),
    )


def _gain_chart(frame: pd.DataFrame, at: float) -> alt.TopLevelMixin:
    x = alt.X("multiple:Q", title="Price of the lab over its run-rate, multiple")
    base = Chart(frame).encode(
        tooltip=[
            alt.Tooltip("multiple", title="Price over run-rate"),
            alt.Tooltip("gain", title="Dollars back"),
            alt.Tooltip("low", title="One draw of ten below"),
            alt.Tooltip("high", title="One of ten above"),
        ]
    )
    one = Chart(pd.DataFrame({"gain": [1.0], "text": ["Feeds itself above one"]}))
    last = Chart(pd.DataFrame({"multiple": [at], "text": ["Last round"]}))
    return alt.layer(
        base.mark_area(opacity=0.25, color=BLUE).encode(
            x=x, y=alt.Y("low:Q", title="Dollars back per dollar of price"), y2=alt.Y2("high:Q")
        ),
        base.mark_line(color=BLUE, strokeWidth=2).encode(x=x, y=alt.Y("gain:Q")),
        one.mark_rule(color=INK, strokeDash=[4, 3]).encode(y=alt.Y("gain:Q")),
        one.mark_text(align="left", dy=-7, color=MUTED).encode(
            y=alt.Y("gain:Q"), x=alt.XValue(6), text=alt.Text("text:N")
        ),
        last.mark_rule(color=ORANGE, strokeWidth=1.5).encode(x=alt.X("multiple:Q")),
        last.mark_text(align="left", dx=5, color=ORANGE).encode(
            x=alt.X("multiple:Q"), y=alt.YValue(8), text=alt.Text("text:N")
        ),
        width=WIDTH,
        height=220,
    )


COMPARED = (
    "lucent-loans", "lucent-revenue-1999", "cisco-loans", "cisco-revenue-2000",
    "cisco-financed-share", "vendor-loan-loss", "lucent-revenue-fall", "lucent-avaya-sales-1999",
    "qwest-restate", "gx-swaps",
    "gx-revenue-2001-9m", "openai-commit-1-4t", "openai-commit-600b", "nvda-openai-loi",
    "nvda-openai-replaces",
)  # fmt: skip
"""Facts that stand in the comparison with 2000."""


def bubble_table(
    vendor_finance_share_by_firmness: Mapping[str, Array],
    web_backed_revenue_share_by_firmness: Mapping[str, Array],
    unfunded_commitment_share: Array,
    anthropic_unfunded_share: Array,
    openai_unfunded_share: Array,
    nvidia_revenue_usd_per_year: Array,
    web_parties: tuple[str, ...],
    last_round_run_rate_multiple: Array,
    facts: Ledger,
) -> Exhibit:
    """E44: the same indicators then and now, with what differs."""
    nvidia = web_parties.index("nvidia")
    vendor = vendor_finance_share_by_firmness
    backed = [values[0, nvidia] for values in web_backed_revenue_share_by_firmness.values()]
    spans = [vendor[key].item() for key in ("firm", "headline")]
    lucent = _ratio(facts, "lucent-loans", "lucent-revenue-1999")
    cisco = _ratio(facts, "cisco-loans", "cisco-revenue-2000")
    rows = [
        (
            "Supplier's money in its customers, over its yearly revenue",
            f"Nvidia {percent_span(*sorted(spans))}",
            f"Lucent {percent(lucent)}, Cisco {percent(cisco)} (loans)",
        ),
        (
            "Share of sales to financed customers that any investor of the web pays for",
            f"Nvidia {percent_span(min(backed), max(backed))}",
            f"Cisco {percent(_value(facts, 'cisco-financed-share'))} of revenue financed",
        ),
        (
            "Customers' promises that no known money covers",
            f"{percent(unfunded_commitment_share.item())} (Anthropic "
            f"{percent(anthropic_unfunded_share.item())}, OpenAI "
            f"{percent(openai_unfunded_share.item())})",
            "not known",
        ),
        (
            "Part left of sums in headlines",
            _haircuts(facts),
            "not known",
        ),
        (
            "What financing loses when it turns",
            "not known",
            f"{percent(facts['vendor-loan-loss'].low or 0)} to "
            f"{percent(facts['vendor-loan-loss'].high or 0)} of vendor loans",
        ),
        (
            "Revenue after the peak",
            "not known",
            f"Lucent {percent(_value(facts, 'lucent-revenue-fall'))} from 1999 to 2002, units "
            "that it spun off included",
        ),
        (
            "Revenue from round trips that had to be restated",
            "none alleged here",
            f"Qwest {money(_value(facts, 'qwest-restate'))}; Global Crossing "
            f"{percent(_ratio(facts, 'gx-swaps', 'gx-revenue-2001-9m'))} of nine months' revenue",
        ),
    ]
    frame = pd.DataFrame(rows, columns=["Indicator", "Now", "Around 2000"])
    firm, headline = spans

    def standing(share: float) -> str:
        return "above" if firm > share else "below" if headline < share else "spanning"

    verbs = standing(lucent), standing(cisco)
    second = "" if verbs[0] == verbs[1] else f"{verbs[1]} "

    return Exhibit(
        id="E44",
        title="What Nvidia promised its customers, or said it intends, comes to "
        f"{percent_span(*sorted(spans))} of a year's revenue, {verbs[0]} Lucent's "
        f"{percent(lucent)} and {second}Cisco's {percent(cisco)}; it is equity, not loans",
        body=table(frame, stub="Indicator"),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "Likeness is no forecast. Then carriers borrowed from suppliers to lay fibre ahead of "
            "demand; now suppliers buy shares, capacity is scarce and customers' revenue grows "
            "fast. Equity absorbs losses without a default, and it ranks last.",
            "Nvidia: firm to headline reading of equity promised to companies of the web, or meant "
            "for them by a letter of intent, over its newest yearly pace of revenue. Lucent: loans "
            "over the revenue of 1999, Cisco: over that of 2000, as the cited pages give them. "
            "Figures of Lucent and of losses on vendors' loans come from one blog's summary of "
            "another's and were not checked against filings; "
            f"{money(_value(facts, 'lucent-avaya-sales-1999'))} of Lucent's sales of 1999 were of "
            "units to be spun off in 2000 (press of the day).",
        ),
        facts=tuple(facts[name] for name in COMPARED if name in facts),
    )


def _value(facts: Ledger, name: str) -> float:
    value = facts[name].value
    if value is None:
        raise ValueError(f"fact {name} has no value, and E44 compares with it")
    return value


def _ratio(facts: Ledger, part: str, whole: str) -> float:
    return _value(facts, part) / _value(facts, whole)


def _haircuts(facts: Ledger) -> str:
    """How announced sums shrank, as far as the briefing's date knows."""
    told = []
    if "openai-commit-600b" in facts:
        first, later = facts["openai-commit-1-4t"], facts["openai-commit-600b"]
        share = _usd_per_year(later) / _usd_per_year(first)
        told.append(
            f"OpenAI's plans {percent(share)} a year ({_plan(first)}, then about {_plan(later)})"
        )
    if "nvda-openai-replaces" in facts:
        told.append(f"Nvidia's letter to OpenAI {percent(_value(facts, 'nvda-openai-replaces'))}")
    return "; ".join(told) or "not known yet"


def _plan(fact: Fact) -> str:
    return f"{money(fact.value or 0.0)} over {_length_years(fact):.0f} years"


def _usd_per_year(fact: Fact) -> float:
    return (fact.value or 0.0) / _length_years(fact)


def _length_years(fact: Fact) -> float:
    if fact.end_years is None:
        raise ValueError(f"fact {fact.id} has no end, and E44 compares its amount by year")
    return fact.end_years - fact.start_years

"""Exhibits of competition: which cloud holds the labs' promises, and what the others answered."""

from collections.abc import Iterator, Mapping
from datetime import date

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, GREEN, GREY, ORANGE, PURPLE, RED
from briefing.exhibits.words import listed, money, percent
from briefing.inputs.facts import DEAL_DAY, Fact, Ledger
from briefing.model.contagion import LABS
from briefing.model.tenants import AZURE, CHIP_MAKERS, Tenancy

Array = np.ndarray

COLOURS = {
    "microsoft": BLUE, "amazon": ORANGE, "google": GREEN, "oracle": RED, "other": GREY,
    "xai": PURPLE,
}  # fmt: skip

OTHER = "other"

THEN = "Week of the deal"

MOST_NAMED = 2

LEAST_CHANGE = 0.05
"""Change, of an amount or of all that was promised, below which nothing is said to have moved."""

WIDE_SHARE = 0.07
"""Part of the longest bar from which on a segment has room for its share."""


def cloud_promises(
    tenancies: tuple[Tenancy, ...],
    tenancies_on_deal_day: tuple[Tenancy, ...],
    azure_promised_share: Array,
    azure_promised_share_on_deal_day: Array,
    azure_anthropic_promised_share: Array,
    azure_anthropic_promised_share_on_deal_day: Array,
    azure_openai_promised_share: Array,
    azure_openai_promised_share_on_deal_day: Array,
    quarters: tuple[str, ...],
    as_of: date,
    facts: Ledger,
) -> Exhibit:
    """E34: what both labs promise to clouds, by cloud, in the week of the deal and now."""
    days = {THEN: tenancies_on_deal_day}
    days |= {"Now": tenancies} if as_of > DEAL_DAY else {}
    frame = pd.DataFrame([row for day, each in days.items() for row in _rows(day, each, facts)])
    shares = azure_promised_share_on_deal_day.item(), azure_promised_share.item()
    by_lab = {
        "Anthropic": (azure_anthropic_promised_share_on_deal_day, azure_anthropic_promised_share),
        "OpenAI": (azure_openai_promised_share_on_deal_day, azure_openai_promised_share),
    }
    return Exhibit(
        id="E34",
        title=_title(frame, *shares),
        body=_chart(frame, len(days)),
        alt="; ".join(
            f"{lab}, {day}: "
            + ", ".join(
                f"{name} {percent(share)}"
                for name, share in zip(rows.cloud, rows.share, strict=True)
            )
            + f" of {money(rows.purchases_usd.sum())}"
            for lab, of_lab in frame.groupby("lab", sort=False)
            for day, rows in of_lab.groupby("day", sort=False)
        ),
        data=frame,
        notes=(
            "Expected reading of all promises to clouds and owners of sites, each counted once, to "
            f"the end of {quarters[-1][:4]}; makers of chips are left out. "
            f"{_left_out(days, facts)} Money that clouds put into labs in return is in E24.",
            "A share of promises is no share of use: what runs where is not public, and a lab may "
            "rent in one cloud what it sells in another.",
            f"Azure’s part by lab: {_by_lab(by_lab, len(days))}.",
        ),
        facts=_facts((*tenancies, *tenancies_on_deal_day), facts),
    )


def _rows(
    day: str, tenancies: tuple[Tenancy, ...], facts: Ledger
) -> Iterator[Mapping[str, object]]:
    sold = [each for each in tenancies if each.is_direct and each.supplier not in CHIP_MAKERS]
    for lab in ("anthropic", "openai"):
        own = [each for each in sold if each.lab == lab and each.purchases_usd.item() > 0]
        total = sum(each.purchases_usd.item() for each in own)
        amounts: dict[str, float] = {}
        for each in sorted(own, key=lambda each: -each.purchases_usd.item()):
            key = each.supplier if each.supplier in COLOURS else OTHER
            amounts[key] = amounts.get(key, 0.0) + each.purchases_usd.item()
        for place, key in enumerate(sorted(amounts, key=[*COLOURS].index)):
            yield {
                "lab": facts.parties[lab].name,
                "day": day,
                "key": key,
                "cloud": "Others" if key == OTHER else facts.parties[key].name,
                "purchases_usd": amounts[key],
                "share": amounts[key] / total,
                "place": place,
            }


def _left_out(days: Mapping[str, tuple[Tenancy, ...]], facts: Ledger) -> str:
    """Whose deals with clouds the ledger knows, and no amount of them, then or ever."""
    told, without = [], []
    for day, tenancies in days.items():
        priced = {
            (each.lab, each.supplier)
            for each in tenancies
            if each.is_direct and each.purchases_usd.item() > 0
        }
        last = DEAL_DAY if day == THEN else date.max
        unpriced = dict.fromkeys(
            (fact.subject, fact.counterparty)
            for fact in facts.values()
            if fact.subject in LABS
            and fact.counterparty
            and fact.counterparty not in CHIP_MAKERS
            and fact.kind in ("purchase_commitment", "capacity_option")
            and fact.known_since <= last
            and (fact.subject, fact.counterparty) not in priced
        )
        names = [f"{facts.parties[lab].name} with {facts.parties[to].name}" for lab, to in unpriced]
        without.append(names)
        if names:
            told.append(f"{day.lower()}, {listed(names)}")
    if not told:
        return "Every deal with a cloud that the ledger knows has an amount."
    since = [name for name in without[0] if name not in without[-1]]
    return f"What was promised without an amount counts for nothing here: {'; '.join(told)}." + (
        f" So the whole amount of {listed(since)} counts as growth." if since else ""
    )


def _title(frame: pd.DataFrame, then: float, now: float) -> str:
    days = list(dict.fromkeys(frame.day))
    if len(days) == 1:
        total = float(frame.purchases_usd.sum())
        return (
            f"Azure holds {percent(then)} of the {money(total)} that the two labs promise to "
            "clouds, where an amount is stated"
        )
    before_usd, after_usd = (_by_cloud(frame, day) for day in days)
    totals = [sum(each.values()) for each in (before_usd, after_usd)]
    names = {**dict(zip(frame.key, frame.cloud, strict=True)), OTHER: "others"}
    rises = sorted(
        (
            (after_usd.get(key, 0.0) - before_usd.get(key, 0.0), name)
            for key, name in names.items()
            if key != AZURE
        ),
        reverse=True,
    )
    gainers = [name for rise, name in rises if rise >= LEAST_CHANGE * totals[0]][:MOST_NAMED]
    verb = "went" if percent(now) == percent(then) else "fell" if now < then else "rose"
    return (
        "What the two labs promise to Azure, where an amount is stated, "
        f"{_moved(before_usd.get(AZURE, 0.0), after_usd.get(AZURE, 0.0))}; its part "
        f"{verb} from {percent(then)} of {money(totals[0])} in the "
        f"week of the deal to {percent(now)} of {money(totals[1])}"
        + (f", and promises grew most to {listed(gainers)}" if gainers else "")
    )


def _by_cloud(frame: pd.DataFrame, day: str) -> Mapping[str, float]:
    rows = frame[frame.day == day]
    amounts: dict[str, float] = {}
    for key, usd in zip(rows.key, rows.purchases_usd, strict=True):
        amounts[key] = amounts.get(key, 0.0) + usd
    return amounts


def _moved(before_usd: float, after_usd: float) -> str:
    """What became of an amount, in words.

    >>> _moved(292e9, 295e9), _moved(292e9, 195e9)
    ('stayed at about $295bn', 'fell from $292bn to $195bn')
    """
    if abs(after_usd - before_usd) <= LEAST_CHANGE * before_usd:
        return f"stayed at about {money(after_usd)}"
    verb = "fell" if after_usd < before_usd else "rose"
    return f"{verb} from {money(before_usd)} to {money(after_usd)}"


def _by_lab(shares: Mapping[str, tuple[Array, Array]], days: int) -> str:
    return "; ".join(
        f"{lab} {percent(now.item())}"
        + (f", {percent(then.item())} in the week of the deal" if days > 1 else "")
        for lab, (then, now) in shares.items()
    )


def _facts(tenancies: tuple[Tenancy, ...], facts: Ledger) -> tuple[Fact, ...]:
    named = dict.fromkeys(name for each in tenancies if each.is_direct for name in each.facts)
    return tuple(facts[name] for name in named if name in facts)


def _chart(frame: pd.DataFrame, days: int) -> alt.TopLevelMixin:
    names = dict(zip(frame.key, frame.cloud, strict=True))
    keys = [key for key in COLOURS if key in names]
    rows = frame.assign(bn=frame.purchases_usd / 1e9, told=frame.share.map(percent))
    ends = rows.groupby(["lab", "day"], sort=False).bn.cumsum()
    rows = rows.assign(middle=ends - rows.bn / 2)
    longest = float(rows.groupby(["lab", "day"]).bn.sum().max())
    base = Chart(rows).encode(
        y=alt.Y("day:N", title=None, sort=None, axis=alt.Axis(domain=False, ticks=False)),
        tooltip=[
            alt.Tooltip("lab:N", title="Lab"),
            alt.Tooltip("day:N", title="As known"),
            alt.Tooltip("cloud:N", title="Cloud"),
            alt.Tooltip("bn:Q", title="Promised, $bn", format=",.0f"),
            alt.Tooltip("told:N", title="Part of its lab's"),
        ],
    )
    bars = base.mark_bar(height=22, stroke="white").encode(
        x=alt.X("bn:Q", title="Promised to clouds, expected reading, $bn", stack="zero"),
        order=alt.Order("place:Q"),
        color=alt.Color(
            "cloud:N",
            title=None,
            sort=None,
            scale=alt.Scale(
                domain=[names[key] for key in keys], range=[COLOURS[key] for key in keys]
            ),
        ),
    )
    words = (
        base.transform_filter(f"datum.bn >= {WIDE_SHARE * longest:.3f}")
        .mark_text(color="white")
        .encode(x=alt.X("middle:Q"), text=alt.Text("told:N"))
    )
    return alt.layer(bars, words, data=rows, width=WIDTH - 110, height=34 * days).facet(
        row=alt.Row(
            "lab:N", title=None, sort=None, header=alt.Header(labelAngle=0, labelAlign="left")
        )
    )

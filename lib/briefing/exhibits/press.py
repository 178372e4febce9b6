"""Exhibits of the press: how printed numbers come about, and which slip a reader should avoid."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from briefing.exhibits.exhibit import Exhibit
from briefing.exhibits.look import WIDTH, Chart
from briefing.exhibits.palette import BLUE, INK, ORANGE
from briefing.exhibits.press_words import ORDER, WORDS, arithmetic_text, said
from briefing.exhibits.tables import Cell, link, one_after_another, read_aloud, table
from briefing.exhibits.words import money_span, stated_money
from briefing.inputs.facts import Fact, Ledger
from briefing.model.press import PressFigure


def press_forensics(press_figures: tuple[PressFigure, ...], facts: Ledger) -> Exhibit:
    """E09: every headline as arithmetic, the slip it invites, and what to use instead."""
    figures = _sorted(press_figures)
    printed_by = [[facts[name] for name in each.read_at] for each in figures]
    frame = pd.DataFrame(
        {
            "Slip": [WORDS[each.id].slip for each in figures],
            "Headline": [said(each, WORDS[each.id].headline) for each in figures],
            "Printed by": [_pages(pages) for pages in printed_by],
            "How it comes out": [arithmetic_text(each) for each in figures],
            "Use instead": [said(each, WORDS[each.id].instead) for each in figures],
            "Spread": [_spread(each) for each in figures],
        }
    )
    used = tuple(facts[name] for each in figures for name in each.facts)
    kinds = len(dict.fromkeys(frame["Slip"]))
    return Exhibit(
        id="E09",
        title=f"{len(figures)} printed figures that are easily misread, in {kinds} ways: "
        f"{_widest(figures)}",
        body=table(frame, groups="Slip", numbers=["Spread"]),
        alt=read_aloud(frame.drop(columns="Printed by"), rows=len(frame)),
        data=frame.assign(
            **{
                "Printed by": ["; ".join(map(_page, pages)) for pages in printed_by],
                "Facts": [", ".join(each.facts) for each in figures],
            }
        ),
        notes=(
            "The figures are those of the pages; what the slip is and what to use instead is our "
            "judgement. A slip is often the reader's and not the page's. Spread: the largest over "
            "the smallest of the figures in a row.",
            "A row appears once all of its figures are known, gives way to the one that corrects "
            "it, and goes where the printed figure has held true.",
        ),
        facts=tuple({fact.id: fact for fact in used}.values()),
        stands_as="Opinion",
    )


def _sorted(figures: Sequence[PressFigure]) -> list[PressFigure]:
    return sorted(figures, key=lambda each: ORDER.index(WORDS[each.id].slip))


def _spread(figure: PressFigure) -> str:
    spread = figure.spread_multiple
    return f"{spread:.1f}×" if np.isfinite(spread) else "no floor"


def _widest(figures: Sequence[PressFigure]) -> str:
    finite = [each for each in figures if np.isfinite(each.spread_multiple)]
    if not finite:
        return "none has a figure to compare it with"
    widest = max(finite, key=lambda each: each.spread_multiple)
    headline = said(widest, WORDS[widest.id].headline)
    return f"those behind “{headline}” lie {widest.spread_multiple:.1f} times apart"


def _page(fact: Fact) -> str:
    return f"{_publisher(fact)} [{fact.id}]"


def _pages(facts: Sequence[Fact]) -> Cell:
    return one_after_another(link(_publisher(fact), fact.source.url) for fact in facts)


def _publisher(fact: Fact) -> str:
    return fact.source.publisher.partition(" (")[0]


def press_spread(press_figures: tuple[PressFigure, ...], facts: Ledger) -> Exhibit:
    """E09b: each headline's printed figures beside those to use, on one logarithmic scale."""
    figures = sorted(press_figures, key=lambda each: -each.spread_multiple)
    used = {name: facts[name] for each in figures for name in each.facts}
    frame = pd.DataFrame(
        [
            (said(each, WORDS[each.id].headline), kind, usd / 1e9, stated_money(usd))
            for each in figures
            for kind, amounts in (("printed", each.printed_usd), ("use instead", each.instead_usd))
            for usd in dict.fromkeys(amounts)
        ],
        columns=["headline", "kind", "usd_bn", "amount"],
    )
    wide = [each for each in figures if each.spread_multiple >= 2]
    bare = not all(any(usd > 0 for usd in each.instead_usd) for each in figures)
    return Exhibit(
        id="E09b",
        title=f"Behind {len(wide)} of {len(figures)} headlines lie figures that differ at least "
        "twofold",
        body=_dots(frame),
        alt="; ".join(
            f"{said(each, WORDS[each.id].headline)}: "
            f"{money_span(min(each.instead_usd), max(each.instead_usd))} instead, "
            f"spread {_spread(each)}"
            for each in figures
        ),
        data=frame,
        notes=(
            "Widest spread first; every step of the scale is tenfold."
            + (
                " A headline without a circle has nothing to stand on yet: nothing was paid in."
                if bare
                else ""
            ),
        ),
        facts=tuple(used.values()),
        stands_as="Opinion",
    )


def _dots(frame: pd.DataFrame) -> alt.TopLevelMixin:
    shown = frame.query("usd_bn > 0")
    ends = shown.groupby("headline", sort=False)["usd_bn"].agg(["min", "max"]).reset_index()
    least, most = (float(end(shown["usd_bn"].to_numpy())) for end in (np.min, np.max))
    scale = alt.Scale(type="log", domain=(least / 1.3, most * 1.3), nice=False)
    rows = alt.Y(
        "headline:N", sort=None, title=None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=290, grid=True),
    )  # fmt: skip
    line = Chart(ends).mark_rule(color=INK, opacity=0.35, strokeWidth=2)
    span = line.encode(y=rows, x=alt.X("min:Q", scale=scale), x2=alt.X2("max:Q"))
    dots = (
        Chart(shown)
        .mark_point(size=70, strokeWidth=2, opacity=1)
        .encode(
            y=rows,
            x=alt.X(
                "usd_bn:Q", title="$bn, each step tenfold", scale=scale,
                axis=alt.Axis(values=[1, 10, 100, 1000], format=","),
            ),
            color=alt.Color(
                "kind:N", title=None,
                scale=alt.Scale(domain=["printed", "use instead"], range=[ORANGE, BLUE]),
            ),
            shape=alt.Shape(
                "kind:N", title=None,
                scale=alt.Scale(domain=["printed", "use instead"], range=["diamond", "circle"]),
            ),
            tooltip=[alt.Tooltip("headline"), alt.Tooltip("kind"), alt.Tooltip("amount")],
        )
    )  # fmt: skip
    return alt.layer(span, dots, width=WIDTH - 200, height=17 * len(ends) + 10)


GIGAWATT = {
    "alliance-1gw-cost-execs": ("Building, with chips", "not stated", "no breakdown given"),
    "gw-cost-bernstein": ("Building, with chips", "Grace Blackwell (GB200)", "counted rack by rack"),
    "gw-cost-ms-gb300": ("Building, with chips", "Grace Blackwell (GB300)", "memory and processors left out of the racks"),
    "gw-cost-ms-vera-rubin": ("Building, with chips", "Vera Rubin", "memory and processors left out of the racks"),
    "gw-cost-barclays": ("Building, with chips", "not stated", "most of it computing and networks"),
    "gw-cost-nvidia-mid": ("Building, with chips", "later ones, says Bernstein", "of which Nvidia's content is stated"),
    "gw-cost-nvidia-2026": ("Building, with chips", "future sites", "remarks, no breakdown"),
    "gw-cost-nvidia-content": ("Nvidia's content alone", "later ones, says Bernstein", "a part of the building cost"),
    "gw-annual-cost": ("Owner's cost of one year", "NVL72 racks", "shell, hardware over its life, running costs"),
    "gw-tco-epoch": ("Owner's cost of one year", "Grace Blackwell (GB200)", "total cost of ownership"),
    "gw-5y-contract": ("Rent for five years", "NVL72 racks", "includes the provider's profit"),
}  # fmt: skip
"""What each published price of a gigawatt pays for, on which chips, and what to know of it."""


def gigawatt_prices(facts: Ledger) -> Exhibit:
    """E09c: the price of the same gigawatt, by what it includes."""
    known = {name: facts[name] for name in GIGAWATT if name in facts}
    frame = pd.DataFrame(
        [
            (GIGAWATT[name][0], _source(fact), _price(fact), *GIGAWATT[name][1:], fact.grade)
            for name, fact in known.items()
        ],
        columns=["Pays for", "Source", "Price", "Chips", "To know", "Grade"],
    )
    built = [
        end
        for name, fact in known.items()
        for end in _ends(fact)
        if GIGAWATT[name][0] == "Building, with chips"
    ]
    kinds = len(dict.fromkeys(frame["Pays for"]))
    return Exhibit(
        id="E09c",
        title=f"{len(known)} published prices of a gigawatt answer {kinds} different questions; "
        f"building alone was priced at {money_span(min(built), max(built))}",
        body=table(frame, groups="Pays for", numbers=["Price"]),
        alt=read_aloud(frame, rows=len(frame)),
        data=frame,
        notes=(
            "A price of building is paid once, a year's cost every year: they are never compared "
            "here. Grades as in E01.",
        ),
        facts=tuple(known.values()),
    )


def _source(fact: Fact) -> str:
    return fact.source.relays or fact.source.publisher


def _price(fact: Fact) -> str:
    per = (fact.unit or "").removeprefix("USD").replace("/", " per ")
    return f"{money_span(min(_ends(fact)), max(_ends(fact)))}{per}"


def _ends(fact: Fact) -> list[float]:
    return [end for end in (fact.low, fact.value, fact.high) if end is not None]

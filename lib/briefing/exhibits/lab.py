"""How an exhibit stands in JupyterLab: as in the page, under its finding and above its sources.

The page is made elsewhere (briefing.render) and in its own way, from an exhibit's data; what is
written here is read by JupyterLab, and by whoever opens an executed notebook.
"""

import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from html import escape, unescape
from typing import Any

import altair as alt

from briefing.exhibits.palette import BLUE, INK, MUTED, PALE, RULE
from briefing.exhibits.tables import Table, html, number_rules
from briefing.inputs.facts import Fact

SHOWN_SOURCES = 4
"""Sources named below an exhibit, as in the page."""

REGISTER, FACTS, FIGURES = "E41", "E41b", "E41c"
"""The exhibits that list every assumption, every fact and every figure."""


CHART_MIME = "application/vnd.vegalite.v5+json"
"""What JupyterLab draws. It knows Vega-Lite by this name only; our charts hold nothing newer."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

PAPER = {"background": "#ffffff", "padding": 12}
"""A chart's inks are dark, so it lies on paper, whatever theme JupyterLab has."""


def drawn(spec: Mapping[str, Any]) -> dict[str, Any]:
    """A chart's specification as JupyterLab draws it."""
    return {**spec, **PAPER, "$schema": SCHEMA}


def _renderer(spec: Mapping[str, Any], **_: Any) -> dict[str, Any]:
    return {CHART_MIME: drawn(spec), "text/plain": "<a chart, drawn by JupyterLab>"}


# Altair's own renderers load scripts from elsewhere, or use a name that JupyterLab does not know.
alt.renderers.register("briefing", _renderer)
alt.renderers.enable("briefing")


def without_formulas(text: str) -> str:
    """`text` whose dollars JupyterLab shows as such: between two of them it would see a formula."""
    return text.replace("$", "<span>&#36;</span>")


def figure(label: str, title: str, body: str, below: str) -> str:
    """An exhibit in HTML, of which `body` and `below` are HTML already."""
    numbered = f'<span class="label">{escape(label)}</span> ' if label else ""
    heading = f'<p class="finding">{numbered}{escape(title)}</p>' if title else ""
    return without_formulas(
        f'<div class="briefing-exhibit"><style>{STYLE}</style>{heading}{body}{below}</div>'
    )


def table_html(table: Table) -> str:
    """A table with the rules by which its numbers stand to the right."""
    rules = "".join(number_rules(table.numbers, ".briefing-exhibit .scroll table"))
    style = f"<style>{rules}</style>" if rules else ""
    return f'{style}<div class="scroll">{html(table)}</div>'


def tiles_html(tiles: Iterable[Mapping[str, str]]) -> str:
    """Key figures side by side."""
    return f'<dl class="tiles">{"".join(map(_tile, tiles))}</dl>'


def _tile(tile: Mapping[str, str]) -> str:
    context = f"<dd>{escape(tile['context'])}</dd>" if tile["context"] else ""
    return (
        f'<div class="tile"><dt>{escape(tile["label"])}</dt>'
        f'<dd class="value">{escape(tile["value"])}</dd>{context}</div>'
    )


def below_html(notes: Sequence[str], sources: str) -> str:
    """What stands below an exhibit: its notes, and the line of its sources (HTML already)."""
    lines = [*map(escape, notes), *filter(None, [sources])]
    return "".join(f'<p class="small">{line}</p>' for line in lines)


def source_line(facts: Iterable[Fact], assumptions: int, figures: int) -> str:
    """Publisher, date and link of the first sources, and how much else an exhibit rests on."""
    pages: dict[tuple[str, str | None], list[Fact]] = {}
    for fact in facts:
        pages.setdefault((fact.source.publisher, fact.source.url), []).append(fact)
    named = "; ".join(map(_credit, list(pages.values())[:SHOWN_SOURCES]))
    more = len(pages) - SHOWN_SOURCES
    told = f"Sources: {named}" if pages else ""
    told += f" and {more} more ({FACTS})" if more > 0 else ""
    if assumptions:
        told += "; rests" if told else "Rests"
        told += f" on {assumptions} assumption{'' if assumptions == 1 else 's'}"
        told += f" (register: {REGISTER})"
        through = f" through {figures} figure{'' if figures == 1 else 's'} ({FIGURES})"
        told += through if figures else ""
    return f"{told}." if told else ""


def _credit(facts: Sequence[Fact]) -> str:
    """A page with its address. It counts as disputed when anything that stands on it is."""
    source = facts[0].source
    text = escape(", ".join(filter(None, [source.publisher, facts[0].published])))
    text += " (disputed)" if any(fact.status == "disputed" for fact in facts) else ""
    # A dollar in an address stays out of sight of `without_formulas`.
    url = escape(source.url or "").replace("$", "&#36;")
    return f'<a href="{url}">{text}</a>' if url else text


def words(html: str) -> str:
    """The text of HTML that was made here."""
    return unescape(re.sub(r"<[^>]*>", "", re.sub(r"</p>", "\n", html))).strip()


def chart_title(heading: str, width: int = 80) -> dict[str, Any]:
    """A chart's finding as Vega-Lite wants it, in lines that fit above the chart."""
    lines = textwrap.wrap(heading, width, break_on_hyphens=False)
    return {"text": lines, "anchor": "start", "color": INK, "offset": 12}


_RULES = {
    ".finding": "margin:0 0 .6em;font-weight:700;line-height:1.4",
    ".label": f"margin-right:.4em;color:var(--jp-brand-color1,{BLUE});font-weight:600",
    ".small": f"margin:.5em 0 0;color:var(--jp-ui-font-color2,{MUTED});font-size:.85em;"
    "line-height:1.5",
    ".small a": "color:inherit;text-decoration:underline",
    ".tiles": "display:grid;grid-template-columns:repeat(auto-fit,minmax(11em,1fr));gap:.7em;"
    "margin:0;padding:0",
    ".tile": f"padding:.6em .7em;border-top:2px solid var(--jp-brand-color1,{BLUE});"
    f"background:var(--jp-layout-color2,{PALE});line-height:1.35",
    ".tile dt": f"float:none;width:auto;color:var(--jp-ui-font-color2,{MUTED});font-size:.85em;"
    "font-weight:400",
    ".tile dd": "float:none;width:auto;margin:0;font-size:.85em",
    ".tile .value": "margin:.15em 0;font-size:1.5em;font-weight:700",
    ".scroll": "overflow-x:auto",
    ".scroll table": "width:100%;margin:0;table-layout:auto;border-collapse:collapse;"
    "font-size:.9em;line-height:1.4;border:0;border-top:2px solid currentColor;"
    f"border-bottom:1px solid var(--jp-ui-font-color2,{MUTED})",
    "tr, .briefing-exhibit tbody tr:nth-child(n)": "background:none",
    ".scroll table :is(th, td)": "max-width:none;padding:.3em .6em;text-align:left;"
    "vertical-align:baseline;font-weight:400;white-space:normal;border:0;"
    f"border-bottom:1px solid var(--jp-border-color2,{RULE})",
    ".scroll table thead :is(th, td)": "font-weight:600;vertical-align:bottom",
    ".scroll table [scope=rowgroup]": f"font-weight:600;background:var(--jp-layout-color2,{PALE})",
}
"""As in the page, in JupyterLab's own colours, which turn with its theme."""

STYLE = "".join(f".briefing-exhibit {part}{{{look}}}" for part, look in _RULES.items())

"""An exhibit: one table, chart, row of tiles or paragraph, with its finding and its sources."""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

import altair as alt
import pandas as pd
from great_tables import GT

from briefing.exhibits.words import opening, spoken
from briefing.inputs.facts import Fact

EXHIBIT_MIME = "application/vnd.briefing.exhibit+json"
"""What exporters read: the exhibit's words, data and sources, without its picture."""

CHART_MIME = "application/vnd.vegalite.v5+json"
"""What JupyterLab draws. It knows Vega-Lite by this name only; our charts hold nothing newer."""


SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"

Standing = Literal["", "Facts", "Estimate", "Assumptions", "Opinion"]
"""What readers must tell apart: what somebody stated, what the model computes from assumptions,
what we assume, and what we think of it (EU 2016/958, Article 3)."""

NOTE_CHARACTERS = 100

Chart = alt.TopLevelMixin


@dataclass(frozen=True)
class Tile:
    """One key figure: `label` above `value`, with a line of context below."""

    label: str
    value: str
    context: str = ""
    figure: str = ""
    """Name of the quantity, where it is one."""


@dataclass(frozen=True, repr=False)
class Exhibit:
    """Frozen result of an exhibit function; the graph adds name, facts and assumptions.

    `title` is the finding, computed, because parameters change and titles must not lie.
    `body` decides the kind: an Altair chart, a great_tables table, tiles, or a paragraph.
    """

    title: str
    body: Chart | GT | tuple[Tile, ...] | str
    id: str = ""
    alt: str = ""
    data: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    stands_as: Standing = ""
    """Where it is neither an estimate, because assumptions are behind it, nor facts alone."""
    steps: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Specifications of further charts by label, for readers to step through.

    `body` is shown where none can.
    """
    name: str = ""
    facts: tuple[Fact, ...] = ()
    assumptions: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    """Names of the quantities, one number each, that it was made of."""

    def __repr__(self) -> str:
        return f"<Exhibit {self.id or self.name}: {self.title}>"

    @property
    def kind(self) -> str:
        """`chart`, `table`, `tiles` or `prose`."""
        match self.body:
            case str():
                return "prose"
            case tuple():
                return "tiles"
            case GT():
                return "table"
            case _:
                return "chart"

    @property
    def standing(self) -> Standing:
        """What its content is to a reader."""
        computed: Standing = "Estimate" if self.assumptions else "Facts" if self.facts else ""
        return self.stands_as or computed

    def _repr_mimebundle_(self, **_: Any) -> Mapping[str, Any]:
        described = {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "standing": self.standing,
            "title": self.title,
            "alt": self.alt,
            "notes": list(self.notes),
            "sources": [fact.model_dump(mode="json") for fact in self.facts],
            "assumptions": list(self.assumptions),
            "figures": {name: opening(spoken(name)) for name in self.figures},
            "data": None if self.data is None else _plain(self.data),
        }
        heading = " ".join(filter(None, [self.id, self.title]))
        match self.body:
            case str(text):
                shown = {"text/markdown": without_formulas(text), "text/plain": text}
                described["text"] = text
            case tuple(tiles):
                described["tiles"] = [vars(tile) for tile in tiles]
                text = " · ".join(f"{tile.label}: {tile.value}" for tile in tiles)
                shown = {"text/plain": text, "text/markdown": without_formulas(text)}
            case GT() as table:
                shown = {
                    "text/html": without_formulas(_table_in_jupyter(table, heading, self.notes)),
                    "text/plain": f"{heading}\n{self.alt}",
                }
            case chart:
                shown = {
                    CHART_MIME: _chart_in_jupyter(chart, heading, self.notes),
                    "text/plain": f"{heading}\n{self.alt}",
                }
                # A list, because notebooks sort the keys of a mapping.
                described["steps"] = [[label, spec] for label, spec in self.steps.items()]
        return {EXHIBIT_MIME: described, **shown}


def _table_in_jupyter(table: GT, heading: str, notes: tuple[str, ...]) -> str:
    """The table's HTML under its finding, with its notes below, outside of the table."""
    below = "".join(f"<p><small>{escape(note)}</small></p>" for note in notes)
    return table.tab_header(title=heading).as_raw_html() + below


def _chart_in_jupyter(
    chart: alt.TopLevelMixin, heading: str, notes: tuple[str, ...]
) -> dict[str, Any]:
    """The chart's specification under its finding, with its notes as subtitle."""
    subtitle = textwrap.wrap(" ".join(notes), NOTE_CHARACTERS)
    title = alt.Title(heading, anchor="start", subtitle=subtitle)
    # Put in at the end: a chart with properties is a copy, data and all.
    return {**chart.to_dict(validate=False), "title": title.to_dict(), "$schema": SCHEMA}


def without_formulas(text: str) -> str:
    """`text` whose dollars JupyterLab shows as such: between two of them it would see a formula."""
    return text.replace("$", "<span>&#36;</span>")


def _plain(frame: pd.DataFrame) -> Any:
    """Columns and rows as JSON has them, with null for what is not a number."""
    return json.loads(frame.to_json(orient="split", index=False) or "null")

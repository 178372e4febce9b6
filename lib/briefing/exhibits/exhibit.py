"""An exhibit: one table, chart, row of tiles or paragraph, with its finding and its sources."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import altair as alt
import pandas as pd

from briefing.exhibits import lab
from briefing.exhibits.lab import CHART_MIME
from briefing.exhibits.tables import Table
from briefing.exhibits.tooltips import named
from briefing.exhibits.words import opening, spoken
from briefing.inputs.facts import Fact

EXHIBIT_MIME = "application/vnd.briefing.exhibit+json"
"""What exporters read: the exhibit's words, data and sources, without its picture."""

Standing = Literal["", "Facts", "Estimate", "Assumptions", "Opinion"]
"""What readers must tell apart: what somebody stated, what the model computes from assumptions,
what we assume, and what we think of it (EU 2016/958, Article 3)."""

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
    `body` decides the kind: an Altair chart, a table, tiles, or a paragraph.
    """

    title: str
    body: Chart | Table | tuple[Tile, ...] | str
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
    choices: Mapping[str, Any] = field(default_factory=dict)
    """What readers may try beside the table and what comes of it, as `what_if.choices` says it."""
    name: str = ""
    facts: tuple[Fact, ...] = ()
    assumptions: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    """Names of the quantities, one number each, that it was made of."""
    printed: Mapping[str, str] = field(default_factory=dict)
    """Numbers as its words have them, each with the one figure that it can only be; and facts that
    it calls by their ids, each with itself."""

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
            case Table():
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
            "printed": dict(self.printed),
            "data": None if self.data is None else _plain(self.data),
        }
        match self.body:
            case str(text):
                described["text"] = text
                shown = {"text/markdown": self._prose_in_jupyter(text), "text/plain": text}
            case tuple(tiles):
                described["tiles"] = [vars(tile) for tile in tiles]
                text = " · ".join(f"{tile.label}: {tile.value}" for tile in tiles)
                body = lab.tiles_html(described["tiles"])
                shown = {"text/html": self._in_jupyter(body), "text/plain": text}
            case Table() as table:
                body = lab.table_html(table)
                described |= {"table": table.described()}
                described |= {"choices": self.choices} if self.choices else {}
                shown = {"text/html": self._in_jupyter(body), "text/plain": self._in_words}
            case chart:
                # Put in at the end: a chart with properties is a copy, data and all.
                heading = lab.chart_title(f"{self._label} {self.title}".strip())
                spec = named(chart.to_dict(validate=False)) | {"title": heading}
                shown = {CHART_MIME: lab.drawn(spec), "text/plain": self._in_words}
                # A list, because notebooks sort the keys of a mapping.
                described["steps"] = [[label, named(spec)] for label, spec in self.steps.items()]
        return {EXHIBIT_MIME: described, **shown}

    def _ipython_display_(self) -> None:
        """Show the exhibit; a chart can hold no links, so its notes and sources follow it."""
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)
        if self.kind == "chart" and self._below:
            below = lab.figure("", "", "", self._below)
            display({"text/html": below, "text/plain": lab.words(self._below)}, raw=True)

    @property
    def _label(self) -> str:
        numbered = f"Exhibit {self.id}" if self.id else ""
        return " · ".join(filter(None, [numbered, self.standing]))

    @property
    def _below(self) -> str:
        return lab.below_html(self.notes, self._source_line)

    @property
    def _source_line(self) -> str:
        figures = 0 if self.id == lab.FIGURES else len(self.figures)
        return lab.source_line(self.facts, len(self.assumptions), figures)

    @property
    def _in_words(self) -> str:
        return f"{self._label} {self.title}".strip() + f"\n{self.alt}"

    def _in_jupyter(self, body: str) -> str:
        return lab.figure(self._label, self.title, body, self._below)

    def _prose_in_jupyter(self, text: str) -> str:
        sources = self._source_line
        below = f"\n\n<p style='opacity:.75'><small>{sources}</small></p>" if sources else ""
        return lab.without_formulas(text + below)


def _plain(frame: pd.DataFrame) -> Any:
    """Columns and rows as JSON has them, with null for what is not a number."""
    return json.loads(frame.to_json(orient="split", index=False, double_precision=15) or "null")

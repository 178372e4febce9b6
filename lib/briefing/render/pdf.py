"""The briefing on paper: a notebook to an accessible, archival PDF, set by Typst.

The document travels to the template as data (JSON), never as Typst source, so no text that comes
from a notebook or a fact can become a command.
"""

import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from math import ceil
from typing import Any

from nbformat import NotebookNode
from traitlets import Unicode

from briefing.exhibits.tables import Row, Run, Table, words
from briefing.inputs.audiences import load_audience
from briefing.render.charts import chart_svg
from briefing.render.columns import GUTTER_CHARACTERS, LINE_CHARACTERS, column_shares
from briefing.render.data import csv_text
from briefing.render.document import FACTS as FACTS_REGISTER
from briefing.render.document import (
    FIGURES,
    REGISTER,
    Block,
    Document,
    ExhibitBlock,
    document,
    to_carry,
)
from briefing.render.exporter import ReadingExporter, uncollected
from briefing.render.lenses import params, seen_by
from briefing.render.svg import alone, inline_svg
from briefing.render.templates import FONTS, TEMPLATES

TABLE_TYPE_POINTS, CAPITAL, LINE, ROW_POINTS = 7.5, 0.73, 1.13, 6.4
"""Type of a table, its first and further lines as parts of that, and the space around a row."""

REGISTER_ROWS = 100
"""From so many rows on a table is looked up rather than compared down its columns."""

LONG_POINTS = 240
"""Estimated height from which on a table may break between rows: a third of a page."""


class BriefingPDFExporter(ReadingExporter):
    """`jupyter nbconvert --to briefing-pdf` makes an A4 PDF of an executed notebook."""

    export_from_notebook = "Briefing (PDF)"
    output_mimetype = "application/pdf"

    audience = Unicode("", help="One of params/audiences, for its lens on the briefing.").tag(
        config=True
    )

    def _file_extension_default(self) -> str:
        return ".pdf"

    # nbconvert's own exporters return text or bytes here too, whatever the base class declares.
    @uncollected()
    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """The PDF's bytes; equal notebooks give equal bytes."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        told = document(notebook)
        if self.audience:
            told = seen_by(told, load_audience(self.audience, params()))
        carried = json.dumps(to_carry(notebook), ensure_ascii=False, separators=(",", ":"))
        return pdf(told, carried), resources


def pdf(briefing: Document, notebook: str = "") -> bytes:
    """A document as PDF, with the `notebook` that it tells and its exhibits' data attached.

    Raises RuntimeError when Typst would fall back to another font.
    """
    import typst

    written, warnings = typst.compile_with_warnings(
        TEMPLATES / "pdf" / "briefing.typ",
        root=TEMPLATES / "pdf",
        font_paths=_fonts(),
        sys_inputs={
            "document": json.dumps(_as_data(briefing), default=vars),
            "register": REGISTER,
            "facts": FACTS_REGISTER,
            "figures": FIGURES,
            "notebook": notebook,
            "data": json.dumps([*_data_files(briefing)]),
        },
        # Accessible and archival: Typst refuses to write a file that falls short of either. Of the
        # archival kinds, a-3a is the one that may carry any file along.
        pdf_standards=["ua-1", "a-3a"],
        timestamp=briefing.metadata.timestamp,
    )
    _refuse_missing_fonts([warning.message for warning in warnings])
    return _packed(written)


def _data_files(briefing: Document) -> Iterator[Mapping[str, str]]:
    """The data of each exhibit that prints some, as the page gives them too."""
    for block in briefing.blocks:
        if isinstance(block, ExhibitBlock) and block.data:
            yield {
                "name": f"{block.anchor}.csv",
                "text": csv_text(block.data),
                "told": f"Data of exhibit {block.id}: {block.title}" if block.id else block.title,
            }


def _packed(written: bytes) -> bytes:
    """The same document with its thousands of tags in compressed streams: a third of the size.

    What travels along is packed as tightly as can be; pages would take half a second for a little.
    """
    import pikepdf

    packed = io.BytesIO()
    with pikepdf.open(io.BytesIO(written)) as opened:
        for file in opened.attachments.values():
            stream = file.get_file().obj
            tight = zlib.compress(stream.read_bytes(), 9)
            stream.write(tight, filter=pikepdf.Name.FlateDecode)
        opened.save(
            packed,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            recompress_flate=False,
            deterministic_id=True,
        )
    return packed.getvalue()


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[FONTS])


def _refuse_missing_fonts(warnings: list[str]) -> None:
    missing = [warning for warning in warnings if "font family" in warning]
    if missing:
        raise RuntimeError(f"{'; '.join(missing)}; the PDF would lack its typeface or its text")


def _as_data(briefing: Document) -> Mapping[str, Any]:
    return {
        "metadata": briefing.metadata,
        "blocks": [_block(block) for block in briefing.blocks],
        "notes": briefing.notes,
    }


def _block(block: Block) -> Mapping[str, Any]:
    if not isinstance(block, ExhibitBlock):
        return vars(block)
    # Paper has no use for what can be stepped through, moved or computed with: most of the data.
    printed = replace(block, steps=(), choices=None, data=None)
    match block.kind:
        case "chart":
            return vars(replace(printed, body=_drawn(block.body)))
        case "table":
            body = stacked(block.body)
            layout = column_shares(body)
            is_long = height_points(body, **layout) > LONG_POINTS
            return {**vars(printed), "body": body.described(), **layout, "is_long": is_long}
        case _:
            return vars(printed)


def stacked(table: Table) -> Table:
    """A register as paper has it: what stands before its sentences stands in one column.

    There one row is read at a time, so sentences get the room, in half as many lines.
    """
    rows = [*table.rows]
    if len(rows) < REGISTER_ROWS:
        return table
    letters = [sum(len(words(cell)) for cell in column) for column in zip(*rows, strict=True)]
    at = letters.index(max(letters))
    if at < 2:
        return table

    def together(row: Row) -> Row:
        below = " · ".join(filter(None, map(words, row[1:at])))
        return ((*row[0], Run(f"\n{below}")), *row[at:]) if below else (row[0], *row[at:])

    return replace(
        table,
        heads=(" · ".join(filter(None, table.heads[:at])), *table.heads[at:]),
        groups=tuple((name, tuple(map(together, rows))) for name, rows in table.groups),
        numbers=frozenset(number - at + 1 for number in table.numbers if number >= at),
    )


def _drawn(spec: Mapping[str, Any]) -> str:
    """A chart as the page has it: Typst makes an object of its own of each part that is sheer."""
    return alone(inline_svg(chart_svg(spec), "", "", ()))


def height_points(table: Table, shares: Sequence[float], scale: float) -> float:
    """About how high a table is on paper, rather too high, by up to a third, than too low.

    Typst could measure it, by laying out every table twice: a third of the time of a briefing.
    """
    size = TABLE_TYPE_POINTS * scale
    per_character = LINE_CHARACTERS / scale / max(sum(shares), 1)
    total = 0.0
    line_characters = [max(per_character * share - GUTTER_CHARACTERS, 1) for share in shares]
    for row in (table.heads, *(map(words, row) for row in table.rows)):
        each = zip(row, line_characters, strict=True)
        lines = max([1, *(ceil(len(text) / width) for text, width in each)])
        total += ROW_POINTS + size * (CAPITAL + (lines - 1) * LINE)
    named = sum(name != "" for name, _ in table.groups)
    return total + named * (ROW_POINTS + size * CAPITAL)

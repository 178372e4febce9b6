"""The figures of a briefing as a table for other programs: `figures.parquet`.

One row per figure of the register, with the columns id, label, value, median, low, high (10th and
90th percentile of draws), unit, shown, grade (of the weakest fact behind it), sources (ids of
facts) and headline.
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from briefing.render.document import EXHIBIT_MIME, FIGURES, refuse_errors
from briefing.render.exporter import ReadingExporter

TEXTS = ("id", "label", "unit", "shown", "grade", "sources")
NUMBERS = ("value", "median", "low", "high")


class BriefingFiguresExporter(ReadingExporter):
    """`jupyter nbconvert --to briefing-figures` makes a Parquet file of an executed notebook."""

    export_from_notebook = "Briefing figures (Parquet)"
    output_mimetype = "application/vnd.apache.parquet"

    def _file_extension_default(self) -> str:
        return ".parquet"

    # nbconvert's own exporters return text or bytes here too, whatever the base class declares.
    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """The table's bytes; without a register of figures in the notebook it has no rows."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        refuse_errors(notebook)
        return _parquet([figure for cell in notebook.cells for figure in _figures(cell)]), resources


def _figures(cell: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for output in cell.get("outputs", []):
        described = output.get("data", {}).get(EXHIBIT_MIME, {})
        if described.get("id") == FIGURES:
            columns = described["data"]["columns"]
            for row in described["data"]["data"]:
                yield dict(zip(columns, row, strict=True))


def _parquet(figures: list[Mapping[str, Any]]) -> bytes:
    import fastparquet
    import pandas as pd

    columns = {name: pd.Series([each[name] for each in figures], dtype=str) for name in TEXTS}
    numbers = {name: pd.Series([each[name] for each in figures], dtype=float) for name in NUMBERS}
    headline = pd.Series([each["headline"] for each in figures], dtype=bool)
    frame = pd.DataFrame(columns | numbers | {"headline": headline})
    file = _Kept()
    fastparquet.write(
        "figures.parquet", frame, open_with=lambda *_: file, write_index=False,
        object_encoding="utf8",
    )  # fmt: skip
    return file.getvalue()


class _Kept(io.BytesIO):
    """Bytes that can still be read when the writer has closed them."""

    def close(self) -> None: ...

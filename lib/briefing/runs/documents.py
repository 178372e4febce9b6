"""Documents: executed notebooks joined and rendered, in processes of their own."""

import json
import os
import signal
from collections.abc import Iterable, Iterator
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import Any

FORMATS = {"html": "briefing-html", "pdf": "briefing-pdf", "parquet": "briefing-figures"}
"""File ending → nbconvert exporter, found by its entry point."""

FIGURES = "figures"
"""What the table of a briefing's figures is called."""

EXHIBIT_MIME = "application/vnd.briefing.exhibit+json"

HEADLINE = ("id", "label", "value", "median", "low", "high", "unit", "shown")
"""What the record of a build says of each headline figure."""


def documents(briefings: Iterable[str], endings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Briefing, ending and file of each document.

    >>> list(documents(["briefing"], ["pdf", "parquet"]))
    [('briefing', 'pdf', 'briefing.pdf'), ('briefing', 'parquet', 'figures.parquet')]
    """
    for name in briefings:
        for ending in endings:
            folder, slash, own = name.rpartition("/")
            if ending == "parquet" and own != "briefing":
                continue
            called = FIGURES if ending == "parquet" else own
            yield name, ending, f"{folder}{slash}{called}.{ending}"


def headline_figures(notebooks: Iterable[Path]) -> list[dict[str, Any]]:
    """The headline figures that the register in one of the executed notebooks holds."""
    for file in notebooks:
        text = file.read_text("utf-8")
        if '"figure_register"' not in text:
            continue
        for cell in json.loads(text)["cells"]:
            for output in cell.get("outputs", []):
                shown = output.get("data", {}).get(EXHIBIT_MIME, {})
                if shown.get("name") == "figure_register":
                    columns, rows = shown["data"]["columns"], shown["data"]["data"]
                    figures = [dict(zip(columns, row, strict=True)) for row in rows]
                    return [{n: f[n] for n in HEADLINE} for f in figures if f["headline"]]
    return []


def render(sources: list[Path], target: Path, exporter_name: str, key: str) -> None:
    """Join executed notebooks into one document and write it to `target`."""
    import nbformat
    from nbconvert.exporters import get_exporter

    from briefing.runs.notebooks import joined

    exporter = get_exporter(exporter_name)()
    notebooks = [nbformat.read(source, as_version=4) for source in sources]
    content, _ = exporter.from_notebook_node(joined(notebooks, key))
    target.write_bytes(content if isinstance(content, bytes) else content.encode())


def prepare_to_render() -> None:
    """Import what rendering needs, while the notebooks still run."""
    import typst  # noqa: F401
    import vl_convert  # noqa: F401
    from nbconvert.exporters import get_exporter

    for name in FORMATS.values():
        get_exporter(name)


def end_with_parent() -> None:
    """Let this worker end when the build that started it is killed, and not before."""
    # Ctrl-C is for the build, which then tells its workers; each of them would only complain.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()

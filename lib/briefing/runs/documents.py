"""Documents: executed notebooks joined and rendered, in processes of their own."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

FORMATS = {
    "html": "briefing-html",
    "pdf": "briefing-pdf",
    "eml": "briefing-email",
    "parquet": "briefing-figures",
}
"""File ending → nbconvert exporter, found by its entry point."""

BRIEFING = "briefing"
"""What the whole of a set's notebooks is called."""

FIGURES = "figures"
"""What the table of a briefing's figures is called."""

EXHIBIT_MIME = "application/vnd.briefing.exhibit+json"

KEY_FIGURES = "headline_tiles"
"""The exhibit whose data are what the record of a build says of its headline figures."""


def documents(briefings: Iterable[str], endings: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """Briefing, ending and file of each document. An ending may begin with an audience.

    Points of a sweep are not mailed, nor told to audiences, and its summary has no figures.

    >>> list(documents(["briefing"], ["pdf", "cfo.pdf", "parquet"]))
    [('briefing', 'pdf', 'briefing.pdf'), ('briefing', 'cfo.pdf', 'briefing.cfo.pdf'), \
('briefing', 'parquet', 'figures.parquet')]
    """
    for name in briefings:
        folder, slash, own = name.rpartition("/")
        is_whole, is_point = own == BRIEFING, bool(folder)
        for ending in endings:
            if ending == "parquet" and is_whole:
                yield name, ending, f"{folder}{slash}{FIGURES}.{ending}"
            elif _is_made(ending, is_whole, is_point):
                yield name, ending, f"{name}.{ending}"


def _is_made(ending: str, is_whole: bool, is_point: bool) -> bool:
    if "." in ending:
        return is_whole and not is_point
    return ending in {"html", "pdf"} or (ending == "eml" and not is_point)


def endings_of(files: Iterable[str]) -> list[str]:
    """Which endings made these files of a folder, those of audiences included.

    >>> endings_of(["briefing.html", "briefing.cfo.pdf", "00_summary.ipynb"])
    ['html', 'cfo.pdf']
    """
    there = set(files)
    told = (re.fullmatch(rf"{BRIEFING}\.([a-z0-9_]+\.(?:html|pdf))", file) for file in there)
    for_audiences = sorted(found[1] for found in told if found)
    plain = [ending for ending in FORMATS if any(_ends(file, ending) for file in there)]
    return [*plain, *for_audiences]


def _ends(file: str, ending: str) -> bool:
    own = file.rpartition("/")[2]
    return own.count(".") == 1 and own.endswith(f".{ending}")


def headline_figures(notebooks: Iterable[Path]) -> list[dict[str, Any]]:
    """The headline figures: the data of the key figures in one of the executed notebooks."""
    for file in notebooks:
        text = file.read_text("utf-8")
        if f'"{KEY_FIGURES}"' not in text:
            continue
        for cell in json.loads(text)["cells"]:
            for output in cell.get("outputs", []):
                shown = output.get("data", {}).get(EXHIBIT_MIME, {})
                if shown.get("name") == KEY_FIGURES:
                    columns, rows = shown["data"]["columns"], shown["data"]["data"]
                    return [dict(zip(columns, row, strict=True)) for row in rows]
    return []


def render(
    sources: list[Path],
    target: Path,
    ending: str,
    key: str,
    home: str,
    changed: Mapping[str, Any] | None = None,
) -> None:
    """Join executed notebooks into the document with this `ending` and write it to `target`."""
    import nbformat
    from nbconvert.exporters import get_exporter

    from briefing.runs.notebooks import joined

    audience, _, kind = ending.rpartition(".")
    wanted = {"audience": audience} if audience else {}
    exporter = get_exporter(FORMATS[kind])(**wanted)
    notebooks = [nbformat.read(source, as_version=4) for source in sources]
    content, _ = exporter.from_notebook_node(joined(notebooks, key, home, changed))
    target.write_bytes(content if isinstance(content, bytes) else content.encode())


def draw(source: Path) -> None:
    """Draw the charts of an executed notebook, for `render` to find them drawn."""
    import nbformat
    from nbconvert.exporters import get_exporter

    get_exporter(FORMATS["html"])().draw(nbformat.read(source, as_version=4))

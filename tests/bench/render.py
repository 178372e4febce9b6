"""How fast a set is rendered beside the stock tools: `python tests/bench/render.py [rounds]`.

One executed set of notebooks, joined, in one warm process; every row is measured in the same run,
interleaved, after the garbage of the others is collected, and medians and ratios are printed.
"Charts new" means that no picture is kept from the round before. Chromium and WeasyPrint print our
own page, where they are installed.
"""

import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter

from briefing.render import charts, drawings, svg
from briefing.render.email import BriefingEmailExporter
from briefing.render.html import BriefingHTMLExporter
from briefing.render.pdf import BriefingPDFExporter
from briefing.runs.notebooks import joined

BIN = Path(sys.executable).parent


def executed(folder: Path) -> list[Path]:
    """The notebooks of `latest`, run."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run(
        [BIN / "briefing", "run", "latest", "--reports", folder],
        env=kept, check=True, capture_output=True,
    )  # fmt: skip
    return sorted(folder.glob("latest/*/*.ipynb"))


def main(rounds: int) -> None:
    """Measure all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = folder / "cache"
        os.environ["XDG_CACHE_HOME"] = str(kept)
        notebook = joined([nbformat.read(file, 4) for file in executed(folder)], "bench")
        exporters = {
            "stock HTML": HTMLExporter(),
            "HTML": BriefingHTMLExporter(),
            "PDF": BriefingPDFExporter(),
            "mail": BriefingEmailExporter(),
        }
        sizes: dict[str, int] = {}

        def rendered(kind: str) -> None:
            content, _ = exporters[kind].from_notebook_node(notebook)
            sizes[kind] = len(content if isinstance(content, bytes) else content.encode())

        def all_kept() -> None:
            for remembered in (charts.drawn, charts.compiled, charts._pixels, svg.inline_svg):
                remembered.cache_clear()
            for kind in ("HTML", "PDF", "mail"):
                rendered(kind)

        def all_new() -> None:
            with tempfile.TemporaryDirectory(dir=folder) as empty:
                os.environ["XDG_CACHE_HOME"] = empty
                drawings._make_room.cache_clear()
                all_kept()
            os.environ["XDG_CACHE_HOME"] = str(kept)

        def printed(command: list[object]) -> None:
            subprocess.run([str(part) for part in command], check=True, capture_output=True)

        rows: dict[str, Callable[[], None]] = {
            **{kind: lambda kind=kind: rendered(kind) for kind in exporters},
            "HTML, PDF and mail, charts new": all_new,
            "HTML, PDF and mail, charts kept": all_kept,
        }
        page, target = folder / "page.html", folder / "printed.pdf"
        page.write_text(exporters["HTML"].from_notebook_node(notebook)[0], encoding="utf-8")
        printers = {
            "Chromium": [
                "chromium", "--headless", "--no-sandbox", "--disable-gpu",
                f"--print-to-pdf={target}", page.as_uri(),
            ],
            "WeasyPrint": ["weasyprint", page, target],
        }  # fmt: skip
        for printer, command in printers.items():
            if shutil.which(str(command[0])):
                rows[f"{printer} prints our page"] = lambda command=command: printed(command)
        taken: dict[str, list[float]] = {name: [] for name in rows}
        for number in range(rounds + 1):
            for name, action in rows.items():
                gc.collect()
                started = time.perf_counter()
                action()
                if number:  # the first round warms up
                    taken[name].append(time.perf_counter() - started)
    for name, seconds in taken.items():
        print(f"{name:<32} {statistics.median(seconds) * 1e3:8.0f} ms  {sizes.get(name, 0):>10,} B")
    compared = ("HTML", "stock HTML"), *(("PDF", name) for name in taken if "prints" in name)
    for ours, other in compared:
        ratio = statistics.median(a / b for a, b in zip(taken[other], taken[ours], strict=True))
        print(f"{ours} against {other}: × {ratio:.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

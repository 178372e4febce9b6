"""Documents: executed notebooks joined and rendered, in processes of their own."""

import os
import signal
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread

FORMATS = {"html": "briefing-html", "pdf": "briefing-pdf"}
"""File ending → nbconvert exporter, found by its entry point."""


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

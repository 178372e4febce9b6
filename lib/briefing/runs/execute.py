"""Executing one notebook with papermill, and keeping what came of it either way."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Execution:
    """Outcome of one notebook: `message` is empty when every cell ran."""

    notebook: str
    seconds: float
    message: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether every cell ran without an error."""
        return not self.message


def execute(source: Path, target: Path, parameters: Mapping[str, Any]) -> Execution:
    """Run `source` with `parameters` and write it to `target`, also when a cell fails.

    The kernel is the interpreter that runs this, whatever kernel the notebook names.
    """
    # One computation per process: threads of numeric libraries would only fight for the cores.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import papermill

    started = time.perf_counter()
    message = ""
    try:
        papermill.execute_notebook(
            str(source),
            str(target),
            parameters=dict(parameters),
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            start_timeout=120,
            extra_arguments=["--log-level=50"],
        )
    except Exception as error:
        message = _message(error)
    if target.exists():
        _forget_time_and_place(target)
    return Execution(source.stem, time.perf_counter() - started, message)


def _message(error: Exception) -> str:
    name = getattr(error, "ename", type(error).__name__)
    value = str(getattr(error, "evalue", "") or error).strip()
    return f"{name}: {value}"


def _forget_time_and_place(file: Path) -> None:
    """Drop what papermill adds of times, paths and chance: equal inputs give equal files."""
    import nbformat

    notebook = nbformat.read(file, as_version=4)
    record = notebook.metadata.pop("papermill", {})
    notebook.metadata["papermill"] = {"parameters": record.get("parameters", {})}
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = "injected-parameters"
    file.write_text(nbformat.writes(notebook), encoding="utf-8")

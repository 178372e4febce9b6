"""Executing one notebook with papermill in a lane, and keeping what came of it either way."""

import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial as with_options
from pathlib import Path
from typing import Any

from briefing import THREADS
from briefing.inputs.files import put
from briefing.inputs.reads import AUDIT, READS, Notes, read_notes
from briefing.runs.prepared import SET
from briefing.runs.watch import is_ended

LANES: Mapping[str, str] = {
    "kernel": "briefing",
    "exec": "briefing-exec",
    "fresh": "briefing-fresh",
}
"""How a notebook runs → papermill's engine for it, found by its entry point."""


KERNEL_OPTIONS = ["--log-level=50", "--HistoryManager.hist_file=:memory:"]
"""Many kernels at once would wait for each other at the one file of history."""


@dataclass(frozen=True)
class Limits:
    """How long a cell and a notebook may run, and how long it may take to stop."""

    cell_seconds: float | None = None
    run_seconds: float | None = None
    grace_seconds: float = 5.0


@dataclass(frozen=True)
class Execution:
    """Outcome of one notebook: `message` is empty when every cell ran."""

    notebook: str
    seconds: float
    message: str = ""
    lane: str = ""
    """Where it ran in the end: a process that was lost is tried once more in a fresh kernel."""
    notes: Notes = field(default_factory=dict)
    """What it asked of the inputs, with digests of the answers."""
    opened: str = ""
    """In an audit, the files that it opened."""

    @property
    def succeeded(self) -> bool:
        """Whether every cell ran without an error."""
        return not self.message


def execute(
    source: Path,
    target: Path,
    parameters: Mapping[str, Any],
    lane: str = "fresh",
    limits: Limits | None = None,
    audit: bool = False,
) -> Execution:
    """Run `source` with `parameters` and write it to `target`, also when a cell fails.

    `target` appears whole or not at all. The kernel is the interpreter that runs this, whatever
    kernel the notebook names. Errors of cells are final; a lost process gets one fresh kernel.
    """
    started = time.perf_counter()
    outcome = _tried(source, target, parameters, lane, limits or Limits(), audit)
    if outcome.message.startswith("KernelDied") and not is_ended():
        outcome = _tried(source, target, parameters, "fresh", limits or Limits(), audit)
    seconds = time.perf_counter() - started
    return Execution(
        source.stem, seconds, outcome.message, outcome.lane, outcome.notes, outcome.opened
    )


def _tried(
    source: Path,
    target: Path,
    parameters: Mapping[str, Any],
    lane: str,
    limits: Limits,
    audit: bool,
) -> Execution:
    # Jupyter's packages import each other in circles, and of a circle that threads enter at two
    # places they get half-made modules. So all enter here.
    import briefing.runs.kernels  # noqa: F401

    done, message = None, ""
    with tempfile.TemporaryDirectory(prefix="briefing-run-") as folder:
        partial, reads, opened = (Path(folder) / name for name in ("run.ipynb", "reads", "opened"))
        environment = {**os.environ, **THREADS, READS: str(reads)}
        environment[SET] = str(parameters.get("parameter_set", ""))
        if audit:
            environment[AUDIT] = str(opened)
        try:
            done = _papermill(source, partial, parameters, lane, limits, environment)
        except Exception as error:
            message = _message(error)
            if partial.exists():
                done = json.loads(partial.read_text("utf-8"))
        if done is not None:
            message = message or _unfinished(done)
            put(target, _without_time_and_place(done))
        notes = read_notes(reads.read_text("utf-8")) if reads.exists() else {}
        seen = opened.read_text("utf-8") if opened.exists() else ""
        return Execution(source.stem, 0.0, message, lane, notes, seen)


def _papermill(
    source: Path,
    partial: Path,
    parameters: Mapping[str, Any],
    lane: str,
    limits: Limits,
    environment: Mapping[str, str],
) -> Mapping[str, Any]:
    """What `papermill.execute_notebook` does, step by step, but for its last one.

    It would write the notebook with every value of every chart indented, which takes longer than
    all its other steps. A notebook with a failed cell is still written by papermill, to `partial`,
    before its error is raised.
    """
    from papermill.engines import papermill_engines
    from papermill.execute import raise_for_execution_errors, remove_error_markers
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    engine = LANES[lane]
    notebook = parameterize_notebook(
        load_notebook_node(str(source)), dict(parameters), engine_name=engine
    )
    done = papermill_engines.execute_notebook_with_engine(
        engine,
        remove_error_markers(notebook),
        kernel_name=papermill_engines.nb_kernel_name(engine_name=engine, nb=notebook),
        progress_bar=False,
        start_timeout=120,
        execution_timeout=limits.cell_seconds,
        run_timeout=limits.run_seconds,
        grace=limits.grace_seconds,
        env=environment,
        **({} if lane == "exec" else {"extra_arguments": KERNEL_OPTIONS}),
    )
    raise_for_execution_errors(done, str(partial))
    return done


def _message(error: Exception) -> str:
    name = getattr(error, "ename", type(error).__name__)
    value = str(getattr(error, "evalue", "") or error).strip()
    return f"{name}: {value}"


def _unfinished(notebook: Mapping[str, Any]) -> str:
    """Which cell keeps a notebook from being whole, though nothing was raised: `sys.exit()` is no
    error to papermill."""
    for number, cell in enumerate(notebook["cells"], start=1):
        status = cell["metadata"].get("papermill", {}).get("status")
        if cell["cell_type"] == "code" and status != "completed":
            return f"Unfinished: cell {number} is {status}"
    return ""


def _without_time_and_place(notebook: Any) -> str:
    """The notebook without what papermill adds of times, paths and chance: equal inputs give
    equal files. What became of each cell stays."""
    record = notebook["metadata"].pop("papermill", {})
    notebook["metadata"]["papermill"] = {"parameters": record.get("parameters", {})}
    for cell in notebook["cells"]:
        status = cell["metadata"].pop("papermill", {}).get("status")
        if status not in (None, "completed"):
            cell["metadata"]["papermill"] = {"status": status}
        cell["metadata"].pop("execution", None)
        if "injected-parameters" in cell["metadata"].get("tags", []):
            cell["id"] = "injected-parameters"
    # A line for each cell: indenting every value takes ten times as long, and nobody reads it.
    dumped = with_options(json.dumps, ensure_ascii=False, sort_keys=True)
    cells = ",\n".join(map(dumped, notebook.pop("cells")))
    return f'{{"cells": [\n{cells}\n],\n{dumped(notebook)[1:]}\n'

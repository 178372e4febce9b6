"""Papermill engines: the same notebook in a warm kernel, in a forked shell, or in a fresh kernel.

    papermill --engine briefing in.ipynb out.ipynb         a fork of the warm template
    papermill --engine briefing-exec in.ipynb out.ipynb    the same without sockets
    papermill --engine briefing-fresh in.ipynb out.ipynb   a new process, as papermill does

All three tell the truth about cells that never ran, and end what takes too long. This module is
loaded by papermill, which looks for engines while it is imported itself.
"""

import json
import os
import signal
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager

from briefing.runs.kernels import Lease, WarmKernelManager, lease
from briefing.runs.watch import GRACE_SECONDS, Watch

KERNEL_DIED = "KernelDied"
TIMED_OUT = "TimedOut"
"""Names of the errors that stand in a cell whose process was lost, or took too long."""


OUTPUT_SECONDS = 60
"""How long what a cell has shown may come after its end. On a machine that has more to do than it
can, the four seconds that nbclient waits failed cells that had run."""


class FreshEngine(Engine):
    """A new kernel process, by papermill's own client; the reference for the other lanes."""

    manager: type | None = None

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        execution_timeout: float | None = None,
        run_timeout: float | None = None,
        grace: float = GRACE_SECONDS,
        **options: Any,
    ) -> None:
        """Run every cell; a lost process and a passed limit are errors of the cell that ran."""
        watch = Watch(lambda: None, execution_timeout, run_timeout, grace)
        try:
            with watch():
                cls.execute_watched(nb_man, kernel_name, watch, **options)
        except (KeyboardInterrupt, SystemExit):
            _stopped(nb_man, "KeyboardInterrupt", "the run was stopped from outside")
            raise
        except Exception as error:
            if not watch.expired:
                _stopped(nb_man, *_cause(error))
        if watch.expired:
            _stopped(nb_man, TIMED_OUT, watch.expired)

    @classmethod
    def execute_watched(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        watch: Watch,
        *,
        start_timeout: float = 60,
        env: Mapping[str, str] | None = None,
        input_path: Any = None,
        **options: Any,
    ) -> None:
        """Start a kernel and run the cells in it."""
        if cls.manager is not None:
            options["kernel_manager_class"] = cls.manager
        client: Any = PapermillNotebookClient(
            nb_man,
            kernel_name=kernel_name,
            startup_timeout=start_timeout,
            timeout=None,
            iopub_timeout=OUTPUT_SECONDS,
            on_cell_execute=lambda cell, cell_index: watch.began(cell_index),
            **options,
        )
        watch.process = lambda: getattr(getattr(client.km, "provisioner", None), "process", None)
        client.execute(**({} if env is None else {"env": dict(env)}))


class WarmEngine(FreshEngine):
    """A kernel forked from the warm template."""

    manager = WarmKernelManager


class ExecEngine(FreshEngine):
    """An IPython shell forked from the warm template; without one, a fresh kernel."""

    @classmethod
    def execute_watched(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        watch: Watch,
        *,
        env: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        """Lease a child, follow it cell by cell, and take over what it wrote."""
        with tempfile.TemporaryDirectory(prefix="briefing-exec-") as folder:
            cells, outputs = Path(folder) / "cells.json", Path(folder) / "outputs.jsonl"
            cells.write_text(json.dumps(_to_run(nb_man.nb)), encoding="utf-8")
            request = {"lane": "exec", "cells": str(cells), "outputs": str(outputs)}
            place = {"env": dict(os.environ if env is None else env), "cwd": str(Path.cwd())}
            child = lease({**request, **place})
            if child is None:
                super().execute_watched(nb_man, kernel_name, watch, env=env, **options)
                return
            watch.process = lambda: child
            try:
                _follow(nb_man, child, watch)
            finally:
                child.close()
                is_over = _take_over(nb_man, outputs)
            if child.returncode or not is_over:
                raise RuntimeError(_end(child.returncode or 0))
            for index, cell in enumerate(nb_man.nb.cells):
                if cell.metadata.papermill["status"] == nb_man.RUNNING:
                    nb_man.cell_complete(cell, cell_index=index)


def _to_run(nb: NotebookNode) -> list[tuple[int, str, bool]]:
    """What nbclient would run: code that is not empty and not tagged to be skipped."""
    return [
        (index, cell.source, _may_fail(cell))
        for index, cell in enumerate(nb.cells)
        if cell.cell_type == "code"
        and cell.source.strip()
        and "skip-execution" not in cell.metadata.get("tags", [])
    ]


def _may_fail(cell: NotebookNode) -> bool:
    return "raises-exception" in cell.metadata.get("tags", [])


def _follow(nb_man: NotebookExecutionManager, child: Lease, watch: Watch) -> None:
    cells = nb_man.nb.cells
    done = 0
    for index in child.events():
        watch.began(index)
        for number in range(done, index):
            nb_man.cell_complete(cells[number], cell_index=number)
        nb_man.cell_start(cells[index], index)
        done = index


def _take_over(nb_man: NotebookExecutionManager, outputs: Path) -> bool:
    """Fill the notebook from the child's lines; a line that a kill has torn is none.

    Whether the child came to its end: the last cell, or one that failed.
    """
    lines = outputs.read_text("utf-8").splitlines() if outputs.exists() else []
    failed, is_over = None, False
    for line in lines:
        try:
            told = json.loads(line)
        except ValueError:
            break
        if "end" in told:
            is_over = True
            continue
        if "language_info" in told:
            nb_man.nb.metadata["language_info"] = told["language_info"]
            continue
        cell = nb_man.nb.cells[told["cell"]]
        # The shell has made them in nbformat's shape; to convert each value would take longer.
        cell["outputs"] = [NotebookNode(output) for output in told["outputs"]]
        if "execution_count" in told:
            cell["execution_count"] = told["execution_count"]
            failed = told["cell"] if told["failed"] else None
    if failed is not None and not _may_fail(nb_man.nb.cells[failed]):
        nb_man.cell_exception(nb_man.nb.cells[failed], cell_index=failed)
        for cell in nb_man.nb.cells[failed + 1 :]:
            cell.metadata.papermill["status"] = nb_man.PENDING
        return True
    return is_over


def _cause(error: Exception) -> tuple[str, str]:
    """Name and first line of what went wrong outside of the cells."""
    lost = isinstance(error, DeadKernelError | RuntimeError)
    told = str(error).strip() or type(error).__name__
    return KERNEL_DIED if lost else type(error).__name__, told.splitlines()[0]


def _end(status: int) -> str:
    if status >= 0:
        return f"the process ended with status {status}"
    named = {number.value: number.name for number in signal.Signals}
    return f"the process was killed by {named.get(-status, f'signal {-status}')}"


def _stopped(nb_man: NotebookExecutionManager, name: str, told: str) -> None:
    """Mark the cell that ran as failed, those after it as never run, and say why in there."""
    cells = nb_man.nb.cells
    started = [i for i, cell in enumerate(cells) if cell.metadata.papermill.get("start_time")]
    code = [i for i, cell in enumerate(cells) if cell.cell_type == "code"]
    if not code:
        raise RuntimeError(told)
    ran = [i for i in started if cells[i].cell_type == "code"]
    failed = ran[-1] if ran else code[0]
    cell = cells[failed]
    cell["outputs"] = [
        *(output for output in cell.get("outputs", []) if output.output_type != "error"),
        new_output("error", ename=name, evalue=told, traceback=[f"{name}: {told}"]),
    ]
    nb_man.cell_exception(cell, cell_index=failed)
    for later in cells[failed + 1 :]:
        later.metadata.papermill["status"] = nb_man.PENDING

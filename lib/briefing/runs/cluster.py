"""Builds on more than one machine: the same jobs on Dask, with a warm template on each host.

A worker needs this library in this version, and nothing of the project's folder: what is computed
from (params/ and notebooks/) travels with the plugin. Jobs are idempotent and answer with a small
record; the notebook itself goes straight to the reports' address, which every worker must reach.
"""

import os
import re
import shutil
import sys
import tempfile
import threading
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

from briefing.inputs.digests import files_digest
from briefing.inputs.files import BadInput, project_root

CONNECT_SECONDS = 10
RETRIES = 3
WATCH_SECONDS = 5.0


def executor(address: str) -> Executor:
    """An executor of the scheduler at `address`; raises BadInput when it cannot be reached."""
    try:
        from distributed import Client
    except ImportError:
        raise BadInput(
            [
                f"--scheduler {address}: needs Dask, which the extra `cluster` installs; "
                "nothing was built"
            ]
        ) from None
    if not re.match(r"(tcp|tls|ws|wss|ucx)://[^:/]+:\d+$", address):
        raise BadInput(
            [f"--scheduler {address}: must look like tcp://host:8786; nothing was built"]
        )
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        told = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadInput(
            [f"--scheduler {address}: cannot be reached ({told}); nothing was built"]
        ) from None
    try:
        client.register_plugin(_plugin(_inputs(project_root()), library_digest()))
    except RuntimeError as error:
        client.close()
        raise BadInput([f"--scheduler {address}: {error}; nothing was built"]) from None
    return _DaskExecutor(client)


def _inputs(root: Path) -> dict[str, bytes]:
    """What notebooks are computed from, by path below the project's root."""
    files = [*(root / "params").rglob("*.yaml"), *(root / "notebooks").glob("*.ipynb")]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


class _DaskExecutor(Executor):
    """Futures of concurrent.futures over Dask's, each released as soon as its result is here."""

    def __init__(self, client: Any):
        self._client = client
        self._sent: set[Any] = set()
        self._is_over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Say so, once each time, when there is nobody left to do the jobs."""
        had_workers = True
        while not self._is_over.is_set():
            try:
                has_workers = bool(self._client.scheduler_info()["workers"])
            except Exception:
                return  # the connection is gone, which the jobs tell better
            if had_workers and not has_workers:
                address = self._client.scheduler.address
                print(f"{address} has no workers; the build waits for them", file=sys.stderr)  # noqa: T201
            had_workers = has_workers
            self._is_over.wait(WATCH_SECONDS)

    def submit(self, call: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        """Send a call. It is no pure function to Dask: the same job may be sent again."""
        sent = self._client.submit(call, *arguments, pure=False, retries=RETRIES, **named)
        self._sent.add(sent)
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        sent.add_done_callback(lambda done: self._arrived(done, future))
        return future

    def _arrived(self, sent: Any, future: Future[Any]) -> None:
        try:
            if sent.status == "finished":
                future.set_result(sent.result())
            elif sent.status == "cancelled":
                future.set_exception(RuntimeError("the job was cancelled"))
            else:
                future.set_exception(sent.exception() or RuntimeError(sent.status))
        except Exception as error:
            future.set_exception(error)
        finally:
            self._sent.discard(sent)
            sent.release()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Cancel what is on its way, and leave the scheduler to others."""
        self._is_over.set()
        if cancel_futures and self._sent:
            self._client.cancel(list(self._sent), force=True)
        self._client.close()


def library_digest() -> str:
    """What this library is, wherever it is installed."""
    library = Path(__file__).resolve().parents[1]
    return files_digest(library, library.rglob("*.py"))


def _plugin(inputs: dict[str, bytes], library: str) -> Any:
    """A worker plugin that brings the project's inputs and joins its host's warm template."""
    from distributed import WorkerPlugin

    class Inputs(WorkerPlugin):
        name = "briefing-inputs"

        def __init__(self) -> None:
            self.inputs = inputs

        def setup(self, worker: Any) -> None:
            from briefing.runs.cluster import library_digest  # as it is on the worker

            if library_digest() != library:
                raise RuntimeError(f"worker {worker.address} has another version of this library")
            self.folder = unpacked(self.inputs)
            os.environ["BRIEFING_ROOT"] = self.folder
            from briefing.runs.kernels import warm_template

            warm_template()

        def teardown(self, worker: Any) -> None:
            from briefing.runs.kernels import let_go

            let_go()
            shutil.rmtree(self.folder, ignore_errors=True)

    return Inputs()


def unpacked(inputs: dict[str, bytes]) -> str:
    """A temporary project root with these files."""
    root = Path(tempfile.mkdtemp(prefix="briefing-inputs-"))
    for name, content in inputs.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    return str(root)

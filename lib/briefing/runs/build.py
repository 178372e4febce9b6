"""Building briefings: check, execute, render, and only then put the result in its place.

    reports/<parameter set>/<as-of>-<key>/   the notebooks, briefing.html, briefing.pdf, run.json
    reports/<parameter set>/failed/…         what a failed build left for its owner

The key is a digest of everything that goes in, so equal inputs are built once and different inputs
never overwrite each other. A folder appears whole, by a rename, or not at all.
"""

import hashlib
import json
import os
import platform
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread

from briefing.case import check_graph
from briefing.inputs.facts import Ledger, load_facts
from briefing.inputs.files import project_root
from briefing.inputs.parameters import ParameterSet, load_parameter_set
from briefing.runs.execute import Execution, execute
from briefing.runs.notebooks import check_notebooks, joined, notebook_files

FORMATS = {"html": "briefing-html", "pdf": "briefing-pdf"}
"""File ending → nbconvert exporter, found by its entry point."""

ABANDONED_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Plan:
    """One briefing to build: its inputs, checked, and the folder that they name."""

    parameters: ParameterSet
    notebooks: tuple[Path, ...]
    key: str
    folder: Path

    @property
    def is_built(self) -> bool:
        """Whether the same inputs have been built before, and every file is still what it was."""
        try:
            record = json.loads((self.folder / "run.json").read_text("utf-8"))
            digests = record["sha256"].items()
            return bool(digests) and all(
                _sha256(self.folder / name) == sha for name, sha in digests
            )
        except (OSError, ValueError, KeyError, AttributeError):
            return False

    @property
    def outputs(self) -> tuple[Path, ...]:
        """The documents of the finished briefing."""
        return tuple(self.folder / f"briefing.{ending}" for ending in FORMATS)


@dataclass(frozen=True)
class Outcome:
    """What became of a plan. `failure` is empty on success; then `folder` holds the briefing."""

    plan: Plan
    folder: Path
    failure: str = ""
    was_built: bool = False


Report = Callable[[str, str], None]
"""Called with a set's name and what has just been done for it."""


def plan(set_names: tuple[str, ...], reports: Path | None = None) -> tuple[Plan, ...]:
    """Check every input of every set; raises BadInput before anything is started or written."""
    root = project_root()
    ledger = load_facts(root / "params" / "facts")
    notebooks = notebook_files(root / "notebooks")
    check_notebooks(notebooks)
    shared = _digest(_code_files(root, notebooks))
    check_graph(load_parameter_set("base", root / "params", ledger))
    return tuple(
        _plan(name, root, ledger, notebooks, shared, reports or root / "reports")
        for name in dict.fromkeys(set_names)
    )


def _plan(
    name: str, root: Path, ledger: Ledger, notebooks: tuple[Path, ...], shared: str, reports: Path
) -> Plan:
    params = root / "params"
    parameters = load_parameter_set(name, params, ledger)
    compared = [
        load_parameter_set(scenario, params, ledger, parameters.as_of)
        for scenario in parameters.scenarios
    ]
    stated = json.dumps([asdict(each) for each in (parameters, *compared)], default=str)
    key = hashlib.sha256(f"{shared}{stated}{platform.python_version()}".encode()).hexdigest()[:12]
    return Plan(parameters, notebooks, key, reports / name / f"{parameters.as_of}-{key}")


def build(
    plans: tuple[Plan, ...], jobs: int | None = None, report: Report = lambda *_: None
) -> Iterator[Outcome]:
    """Build what is not built yet, `jobs` notebooks at a time; one outcome per plan, as it ends.

    A plan whose notebook fails is not rendered; the others go on.
    """
    for each in plans:
        if each.is_built:
            yield Outcome(each, each.folder, was_built=True)
    waiting = [each for each in plans if not each.is_built]
    if not waiting:
        return
    workers = jobs or os.cpu_count() or 1
    # Spawned, not forked: rendering libraries hang in a process forked after their first use.
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with_parent)
    started: list[tuple[Plan, Path, list[Future[Execution]]]] = []
    try:
        for each in waiting:
            started.append((each, *_start(each, pool, report)))
        for each, staging, executions in started:
            yield _outcome(each, staging, executions, pool, report)
    finally:
        # Reached early by Ctrl-C: what has not begun never does, and nothing half-made stays.
        pool.shutdown(cancel_futures=True)
        for _, staging, _ in started:
            shutil.rmtree(staging, ignore_errors=True)


def _end_with_parent() -> None:
    """Let this worker end when the build that started it is killed, and not before."""
    # Ctrl-C is for the build, which then tells its workers; each of them would only complain.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()


def _start(
    plan: Plan, pool: ProcessPoolExecutor, report: Report
) -> tuple[Path, list[Future[Execution]]]:
    plan.folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(plan.folder.parent)
    staging = Path(tempfile.mkdtemp(prefix=".building-", dir=plan.folder.parent))
    staging.chmod(0o755)
    name = plan.parameters.name
    parameters = {"parameter_set": name, "overrides": {}}
    executions = []
    for source in plan.notebooks:
        future = pool.submit(execute, source, staging / source.name, parameters)
        future.add_done_callback(lambda _, done=source.stem: report(name, done))
        executions.append(future)
    return staging, executions


def _outcome(
    plan: Plan,
    staging: Path,
    futures: list[Future[Execution]],
    pool: ProcessPoolExecutor,
    report: Report,
) -> Outcome:
    """Finish the plan; a disk that is full or closed fails this plan and not the others."""
    try:
        return _finish(plan, staging, futures, pool, report)
    except OSError as error:
        return Outcome(plan, plan.folder.parent, f"cannot be written: {error}")


def _finish(
    plan: Plan,
    staging: Path,
    futures: list[Future[Execution]],
    pool: ProcessPoolExecutor,
    report: Report,
) -> Outcome:
    executions = [
        _result(future, source) for future, source in zip(futures, plan.notebooks, strict=True)
    ]
    failures = [f"{each.notebook}: {each.message}" for each in executions if not each.succeeded]
    if not failures:
        failures = _rendered(plan, staging, pool, report)
    if failures:
        return _kept_for_owner(plan, staging, "\n".join(failures))
    _write_run(plan, staging, executions)
    return Outcome(plan, _published(staging, plan.folder))


def _result(future: Future[Execution], source: Path) -> Execution:
    try:
        return future.result()
    except Exception as error:
        return Execution(source.stem, 0.0, f"{type(error).__name__}: {error}")


def _rendered(plan: Plan, staging: Path, pool: ProcessPoolExecutor, report: Report) -> list[str]:
    failures = []
    sources = [staging / source.name for source in plan.notebooks]
    started = {
        ending: pool.submit(render, sources, staging / f"briefing.{ending}", exporter, plan.key)
        for ending, exporter in FORMATS.items()
    }
    for ending, future in started.items():
        try:
            future.result()
            report(plan.parameters.name, ending)
        except Exception as error:
            failures.append(f"{ending}: {type(error).__name__}: {error}")
    return failures


def render(sources: list[Path], target: Path, exporter_name: str, key: str) -> None:
    """Join executed notebooks into one document and write it to `target`."""
    import nbformat
    from nbconvert.exporters import get_exporter

    exporter = get_exporter(exporter_name)()
    notebooks = [nbformat.read(source, as_version=4) for source in sources]
    content, _ = exporter.from_notebook_node(joined(notebooks, key))
    target.write_bytes(content if isinstance(content, bytes) else content.encode())


def _write_run(plan: Plan, staging: Path, executions: list[Execution]) -> None:
    files = sorted(file for file in staging.iterdir() if file.is_file())
    record = {
        "parameter_set": plan.parameters.name,
        "as_of": str(plan.parameters.as_of),
        "key": plan.key,
        "built": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "seconds": {each.notebook: round(each.seconds, 2) for each in executions},
        "sha256": {file.name: _sha256(file) for file in files},
    }
    (staging / "run.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def _published(staging: Path, folder: Path) -> Path:
    try:
        staging.rename(folder)
    except OSError:
        # Either somebody built the same inputs meanwhile, and ours is as good as theirs, or what
        # stands there was damaged. It is moved aside before ours takes its place.
        aside = Path(tempfile.mkdtemp(prefix=".building-", dir=folder.parent))
        folder.rename(aside / "replaced")
        staging.rename(folder)
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _kept_for_owner(plan: Plan, staging: Path, failure: str) -> Outcome:
    (staging / "failure.txt").write_text(failure + "\n", encoding="utf-8")
    kept = plan.folder.parent / "failed" / plan.folder.name
    kept.parent.mkdir(exist_ok=True)
    shutil.rmtree(kept, ignore_errors=True)
    staging.rename(kept)
    return Outcome(plan, kept, failure)


def _sweep(folder: Path) -> None:
    """Remove what builds left that were killed more than a day ago."""
    for left in folder.glob(".building-*"):
        if time.time() - left.stat().st_mtime > ABANDONED_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def _code_files(root: Path, notebooks: tuple[Path, ...]) -> list[Path]:
    library = Path(__file__).resolve().parents[1]
    templates = [file for file in (root / "templates").rglob("*") if file.is_file()]
    return [*notebooks, *library.rglob("*.py"), *templates, *root.glob("requirements.lock")]


def _digest(files: list[Path]) -> str:
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()

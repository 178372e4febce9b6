"""Building: run what is stale, render, and only then put the result in its place.

    reports/<set or sweep>/<as-of>-<key>/   the notebooks, briefing.html, .pdf and .eml,
                                            figures.parquet, inputs.json (what they were made
                                            from), changes.json (what changed since the build
                                            before, if there is one), run.json
    reports/<set or sweep>/failed/…         what a failed build left for its owner
    reports/index.html                      all of them on one page
    reports/.runs/                          notebooks that ran and wait for the rest of their folder

Each notebook is remembered as soon as it has run, so a build that is stopped, by whatever means,
goes on from there.
"""

import json
import os
import platform
import shutil
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from queue import SimpleQueue
from threading import Event as Flag
from threading import Thread
from typing import Any

from briefing.inputs.digests import LOCK
from briefing.inputs.files import project_root, templates_folder
from briefing.inputs.reads import in_words, undeclared
from briefing.runs.comparing import Answer, compare_here, compared, told
from briefing.runs.documents import (
    FORMATS,
    documents,
    draw,
    endings_of,
    headline_figures,
    render,
)
from briefing.runs.execute import Execution, Limits
from briefing.runs.home import HOME
from briefing.runs.jobs import CHANGED, Performed, perform
from briefing.runs.memory import Memory, Remembered, memory_file
from briefing.runs.places import RECORD, RUNS, Folder, Place, sha256_of
from briefing.runs.plan import Job, Plan, looks
from briefing.runs.predecessor import CHANGES, RECORDED, Predecessor, kept, newest
from briefing.runs.renderers import Renderers
from briefing.runs.snapshot import INPUTS, Snapshot, written
from briefing.runs.stale import is_built, recalled
from briefing.runs.watch import begin, end_all

ABANDONED_SECONDS = 24 * 3600

RENDERERS = 2
"""Documents rendered at a time."""

DRAWN = "charts of"


@dataclass(frozen=True)
class Options:
    """How a build goes about it; none of this changes a result."""

    formats: tuple[str, ...] = tuple(FORMATS)
    lane: str = "kernel"
    jobs: int | None = None
    limits: Limits = field(default_factory=Limits)
    audit: bool = False
    scheduler: str = ""

    @property
    def workers(self) -> int:
        """Notebooks at a time. Kernels mostly wait, half a second for Jupyter to begin and end."""
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        return self.jobs or (cores or 1) * (4 if self.lane == "kernel" else 1)


@dataclass(frozen=True)
class Event:
    """Something that happened to a plan: `kind` is one of the words below."""

    kind: str  # queued, started, ended, ran, reused, failed, rendered
    plan: str
    what: str = ""
    count: int = 1


Report = Callable[[Event], None]


@dataclass(frozen=True)
class Outcome:
    """What became of a plan. `failure` is empty on success; then `folder` holds the result."""

    plan: Plan
    folder: str
    failure: str = ""
    was_built: bool = False
    ran: int = 0
    reused: int = 0
    undeclared: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    """What was left out, and why."""


def build(
    plans: tuple[Plan, ...],
    place: Place,
    options: Options | None = None,
    report: Report = lambda _: None,
) -> Iterator[Outcome]:
    """Build what is not built yet; one outcome per plan, as it ends.

    A plan whose notebook fails is not rendered; the others go on.
    """
    options = options or Options()
    memory = Memory(memory_file(place))
    try:
        waiting = []
        for each in plans:
            if not options.audit and is_built(each, place, memory, options.formats):
                yield Outcome(each, each.folder, was_built=True, reused=len(each.jobs))
            else:
                waiting.append(each)
        if waiting:
            _sweep(place, waiting, memory.files())
            with _Build(place, memory, options, report) as running:
                yield from running.outcomes(waiting)
    finally:
        memory.close()


@dataclass
class _Progress:
    """One plan under way."""

    plan: Plan
    staged: Path
    formats: tuple[str, ...] = ()
    waiting: set[str] = field(default_factory=set)
    performed: dict[str, Performed] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    """Where the notebook of each target lies now."""
    failures: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """Notebooks that must not be taken for good ones."""
    undeclared: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    predecessor: str = ""
    """Folder of the build that this one is told beside."""
    changes: Answer = field(default_factory=dict)
    reused: int = 0
    is_rendering: bool = False


class _Build:
    """Executors, and what is to be done when something that they do is over."""

    def __init__(self, place: Place, memory: Memory, options: Options, report: Report):
        self.place, self.memory, self.options, self.report = place, memory, options, report
        self._pending: dict[Future[Any], tuple[_Progress, Job | str]] = {}
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()
        self._started: list[_Progress] = []
        self._to_run: Counter[str] = Counter()
        """Notebooks of each parameter set that were not taken over."""
        self._all_queued = Flag()

    def __enter__(self) -> "_Build":
        return self

    def __exit__(self, *_: Any) -> None:
        # Reached early by Ctrl-C: what has not begun never does, what runs is ended, and nothing
        # half-made stays. What has run is remembered.
        if any(not future.done() for future in self._pending):
            end_all()
            if "_renderers" in self.__dict__:
                self._renderers.end()
        for pool in ("_workers", "_comparers", "_renderers"):
            if pool in self.__dict__:
                self.__dict__[pool].shutdown(cancel_futures=True)
        begin()
        for progress in self._started:
            shutil.rmtree(progress.staged, ignore_errors=True)

    @cached_property
    def _workers(self) -> Executor:
        if self.options.scheduler:
            from briefing.runs.cluster import executor

            return executor(self.options.scheduler)
        begin()
        if self.options.lane != "fresh":
            Thread(target=self._warm, daemon=True).start()
        return ThreadPoolExecutor(self.options.workers)

    def _warm(self) -> None:
        """Start the template while the first jobs still import what they need."""
        from briefing.runs.kernels import warm_template

        template = warm_template()
        self._all_queued.wait()
        if template is not None:
            template.announce([each for each, count in self._to_run.items() if count > 1])

    @cached_property
    def _renderers(self) -> Renderers:
        return Renderers(RENDERERS)

    @cached_property
    def _comparers(self) -> Executor:
        return ThreadPoolExecutor(RENDERERS)

    @cached_property
    def _folders(self) -> tuple[str, ...]:
        """What was there when this build began."""
        return tuple(self.place.folders())

    def outcomes(self, plans: list[Plan]) -> Iterator[Outcome]:
        if self.options.formats:
            Thread(target=_start_one, args=[self._renderers], daemon=True).start()
        for plan in plans:
            try:
                self._start(plan)
            except OSError as error:
                yield Outcome(plan, plan.folder, f"cannot be written: {error}")
        self._all_queued.set()
        while self._pending or any(not each.waiting for each in self._started):
            for progress in [each for each in self._started if not each.waiting]:
                outcome = self._advanced(progress)
                if outcome is not None:
                    self._started.remove(progress)
                    shutil.rmtree(progress.staged, ignore_errors=True)
                    yield outcome
            if self._pending:
                self._take(self._done.get())

    def _await(self, future: Future[Any], progress: _Progress, what: Job | str) -> None:
        self._pending[future] = progress, what
        progress.waiting.add(what.target if isinstance(what, Job) else what)
        future.add_done_callback(self._done.put)

    def _take(self, future: Future[Any]) -> None:
        progress, what = self._pending.pop(future)
        if isinstance(what, Job):
            progress.waiting.discard(what.target)
            self._ran(progress, what, future)
        elif what == CHANGES:
            progress.waiting.discard(what)
            progress.changes = future.result()
        elif what.startswith(DRAWN):
            progress.waiting.discard(what)  # a chart that cannot be drawn fails its documents
        else:
            progress.waiting.discard(what)
            self._rendered(progress, what, future)

    def _start(self, plan: Plan) -> None:
        formats = (*self.options.formats, *self._documents_there(plan))
        staged = self.place.stage(plan.folder)
        progress = _Progress(plan, staged, tuple(dict.fromkeys(formats)))
        self._started.append(progress)
        steps = len(plan.jobs) + len(list(documents(plan.briefings, progress.formats)))
        self.report(Event("queued", plan.name, count=steps))
        # The longest first, so that no core waits for one at the end; a file's size tells enough.
        for job in sorted(plan.jobs, key=lambda job: -job.source.stat().st_size):
            known = None
            if not self.options.audit:
                known = recalled(plan, job, self.place, self.memory)
            if known is not None and self._fetched(progress, job.target, known.file):
                progress.reused += 1
                self._draw(progress, job)
                self.report(Event("reused", plan.name, job.notebook))
                continue
            file = f"{RUNS}/{job.source.stem}-{uuid.uuid4().hex}.ipynb"
            call = partial(
                perform, job.source.name, job.recipe["the notebook"], dict(job.parameters),
                self.place, file,
                self.options.lane, self.options.limits, self.options.audit,
            )  # fmt: skip
            if self.options.scheduler:
                future = self._workers.submit(call)
            else:
                future = self._workers.submit(self._told, call, plan.name, job.notebook)
            self._await(future, progress, job)
            self._to_run[plan.parameters.name] += 1
        if progress.formats and not plan.sweep:
            self._compare(progress)

    def _compare(self, progress: _Progress) -> None:
        """Find the build before, and what changed since, while the notebooks run."""
        plan = progress.plan
        record = self.place.records([plan.folder]).get(plan.folder, {})
        is_settled, progress.predecessor = kept(record)
        if is_settled and (not progress.predecessor or self._told_before(progress, record)):
            return
        own = [each for each in self._folders if each.startswith(f"{plan.name}/")]
        asked = [progress.predecessor] if is_settled else own
        before = newest(asked, self.place, but=plan.folder)
        progress.predecessor = before.folder if before else ""
        if before:
            self._await(self._comparers.submit(self._compared, plan, before), progress, CHANGES)

    def _told_before(self, progress: _Progress, record: Mapping[str, Any]) -> bool:
        """Take over what this folder already told, if that is whole."""
        file = progress.staged / CHANGES
        try:
            self.place.get(f"{progress.plan.folder}/{CHANGES}", file)
            if sha256_of(file) == record["sha256"][CHANGES]:
                progress.changes = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError, KeyError):
            pass  # then it is compared anew
        return bool(progress.changes)

    def _compared(self, plan: Plan, before: Predecessor) -> Answer:
        return compared(
            before, self.place, plan.folder, _made_from(plan), self.options.lane,
            lambda folder: self._renderers.submit(compare_here, folder).result(),
        )  # fmt: skip

    def _changed(self, progress: _Progress) -> Mapping[str, Any]:
        """What the documents show of the build before, kept for those that are made later."""
        printed = _headline_figures(progress)
        shown, warning = (
            told(progress.changes, printed) if progress.changes and printed else ({}, "")
        )
        progress.warnings += [warning] if warning else []
        file = progress.staged / CHANGES
        file.unlink(missing_ok=True)
        if shown:
            text = json.dumps(progress.changes, sort_keys=True, ensure_ascii=False)
            file.write_text(text + "\n", encoding="utf-8")
        else:
            progress.predecessor = ""
        return shown

    def _fetched(self, progress: _Progress, target: str, file: str) -> bool:
        """Copy a notebook now: another build may move it at any moment."""
        try:
            self.place.get(file, progress.staged / target)
        except OSError:
            return False
        progress.files[target] = file
        return True

    def _told(self, call: Callable[[], Performed], plan: str, notebook: str) -> Performed:
        self.report(Event("started", plan, notebook))
        try:
            return call()
        finally:
            self.report(Event("ended", plan, notebook))

    def _documents_there(self, plan: Plan) -> list[str]:
        """Formats of the folder that this build replaces: a reader must not lose a document."""
        return endings_of((self.place.record(plan.folder) or {}).get("sha256", {}))

    def _ran(self, progress: _Progress, job: Job, future: Future[Performed]) -> None:
        """Remember a run, unless it failed or its inputs are not those of the plan any more."""
        plan = progress.plan
        try:
            performed = future.result()
        except Exception as error:
            performed = Performed(
                Execution(job.source.stem, 0.0, f"{type(error).__name__}: {error}")
            )
        progress.performed[job.target] = performed
        missing = ""
        if performed.file and not self._fetched(progress, job.target, performed.file):
            missing = "its notebook cannot be copied"
        failure = (
            missing or performed.execution.message or _changed_meanwhile(plan, performed.execution)
        )
        progress.undeclared += _undeclared(job, performed.execution)
        if failure:
            progress.failures.append(f"{job.notebook}: {failure}")
            progress.refused.append(performed.file)
            self.report(Event("failed", plan.name, job.notebook))
            return
        run = Remembered(performed.file, performed.sha256)
        name = f"{plan.name}/{job.target}"
        with suppress(OSError):  # without a memory it only runs again
            self.memory.remember(job.recipe, performed.execution.notes, name, run)
        self._draw(progress, job)
        self.report(Event("ran", plan.name, job.notebook))

    def _draw(self, progress: _Progress, job: Job) -> None:
        """Draw a notebook's charts while others still run, once for all documents."""
        if any(ending.endswith(("html", "pdf")) for ending in progress.formats):
            staged = progress.staged
            future = self._renderers.submit(draw, staged / job.target)
            self._await(future, progress, f"{DRAWN} {job.target}")

    def _advanced(self, progress: _Progress) -> Outcome | None:
        """Take the next step of a plan that waits for nothing; its outcome when that was the last.

        A disk that is full or closed fails this plan and not the others.
        """
        try:
            if not progress.failures and not progress.is_rendering:
                self._render(progress)
            if progress.waiting:
                return None
            if progress.formats and looks() != progress.plan.made_with["templates"]:
                progress.failures.append(f"{CHANGED}: templates changed; build it again")
            return (self._kept_for_owner if progress.failures else self._published)(progress)
        except OSError as error:
            return Outcome(progress.plan, progress.plan.folder, f"cannot be written: {error}")

    def _render(self, progress: _Progress) -> None:
        progress.is_rendering = True
        briefings, key = progress.plan.briefings, progress.plan.key
        changed = self._changed(progress)
        for name, ending, file in documents(briefings, progress.formats):
            sources = [progress.staged / job.target for job in briefings[name]]
            target = progress.staged / file
            home = "../" * (2 + file.count("/")) + HOME
            future = self._renderers.submit(render, sources, target, ending, key, home, changed)
            self._await(future, progress, file)

    def _rendered(self, progress: _Progress, what: str, future: Future[None]) -> None:
        try:
            future.result()
            self.report(Event("rendered", progress.plan.name, what))
        except Exception as error:
            progress.failures.append(f"{what}: {type(error).__name__}: {error}")
            self.report(Event("failed", progress.plan.name, what))

    def _published(self, progress: _Progress) -> Outcome:
        plan = progress.plan
        (progress.staged / INPUTS).write_text(_made_from(plan), encoding="utf-8")
        record = _record(progress, self.options)
        (progress.staged / RECORD).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        _flush(progress.staged)
        self.place.publish(progress.staged, plan.folder)
        stamps = {f"{plan.folder}/{name}": sha256 for name, sha256 in record["sha256"].items()}
        moved = {file: f"{plan.folder}/{target}" for target, file in progress.files.items()}
        with suppress(OSError):
            self.memory.stamped(
                {file: (self.place.stamp(file) or "", sha256) for file, sha256 in stamps.items()}
            )
            self.memory.moved(moved)
        self._forget(moved)
        return self._outcome(progress, plan.folder)

    def _kept_for_owner(self, progress: _Progress) -> Outcome:
        """Keep what a failed build has made, without documents; what ran stays remembered."""
        failure = "\n".join(progress.failures)
        for _, _, file in documents(progress.plan.briefings, progress.formats):
            (progress.staged / file).unlink(missing_ok=True)
        (progress.staged / "failure.txt").write_text(failure + "\n", encoding="utf-8")
        plan = progress.plan
        kept = f"{plan.name}/failed/{plan.folder.rpartition('/')[2]}"
        self.place.publish(progress.staged, kept)
        self._forget(progress.refused)
        return self._outcome(progress, kept, failure)

    def _forget(self, files: Iterable[str]) -> None:
        for file in files:
            if file.startswith(f"{RUNS}/"):
                with suppress(OSError):
                    self.place.remove(file)

    def _outcome(self, progress: _Progress, folder: str, failure: str = "") -> Outcome:
        return Outcome(
            progress.plan,
            folder,
            failure,
            ran=len(progress.performed),
            reused=progress.reused,
            undeclared=tuple(progress.undeclared),
            warnings=tuple(progress.warnings),
        )


def _made_from(plan: Plan) -> str:
    made_from = Snapshot(plan.name, plan.parameters, plan.made_with, plan.signals_fired)
    return written(made_from)


def _start_one(pool: Renderers) -> None:
    """Start the first renderer while notebooks run: what it needs takes seconds to import."""
    # The build is over already, or Ctrl-C has ended what starts renderers.
    with suppress(RuntimeError, EOFError, OSError):
        pool.submit(len, ())


def _changed_meanwhile(plan: Plan, execution: Execution) -> str:
    """A run that saw other inputs than its plan must not pass for one of that plan."""
    for question, seen in execution.notes.items():
        try:
            expected = plan.answer(question)
        except KeyError:
            return (
                f"{CHANGED}: it reads {in_words(question)}, a set that is neither this one nor "
                "compared with it, so nothing would run again when that changes"
            )
        if seen != expected:
            return f"{CHANGED}: {in_words(question)} changed while this ran; build it again"
    return ""


def _undeclared(job: Job, execution: Execution) -> list[str]:
    library = Path(__file__).resolve().parents[1]
    root = project_root()
    folders = (root / "params", root / "notebooks", templates_folder())
    declared = (library, *folders, root / LOCK)
    return [
        f"{job.notebook} read {file}, which no key holds: when it changes, nothing runs again"
        for file in undeclared(execution.opened, declared)
    ]


def _record(progress: _Progress, options: Options) -> dict[str, Any]:
    plan = progress.plan
    files = sorted(file for file in progress.staged.rglob("*") if file.is_file())
    names = {str(file.relative_to(progress.staged)): file for file in files}
    seconds = {target: round(p.execution.seconds, 2) for target, p in progress.performed.items()}
    return {
        "name": plan.name,
        "title": plan.title,
        "parameter_set": plan.parameters.name,
        "as_of": str(plan.parameters.as_of),
        "key": plan.key,
        "built": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "python": platform.python_version(),
        "lane": options.lane,
        "fell_back": sorted(
            target
            for target, performed in progress.performed.items()
            if performed.execution.lane != options.lane
        ),
        "seconds": seconds,
        RECORDED: progress.predecessor or None,
        "figures": _headline_figures(progress),
        "points": {point.name: dict(point.overrides) for point in plan.points},
        "bytes": {name: file.stat().st_size for name, file in names.items()},
        "sha256": {name: sha256_of(file) for name, file in names.items()},
    }


def _headline_figures(progress: _Progress) -> list[dict[str, Any]]:
    """Those of the briefing; a sweep has one briefing for each point and none of its own."""
    if progress.plan.sweep:
        return []
    return headline_figures(progress.staged / job.target for job in progress.plan.jobs)


def _flush(folder: Path) -> None:
    """Have every file on the disk before the folder's name says that they are."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())


TEMPORARY = ("run", "job", "exec", "inputs", "staged", "compare")
"""Second words of the names that our temporary folders have."""


def _temporary_folders() -> list[Path]:
    """This user's, whoever made them."""
    here = Path(tempfile.gettempdir())
    found = (folder for kind in TEMPORARY for folder in here.glob(f"briefing-{kind}-*"))
    mine = os.getuid() if hasattr(os, "getuid") else None
    return [each for each in found if mine is None or each.lstat().st_uid == mine]


def _sweep(place: Place, plans: list[Plan], remembered: frozenset[str]) -> None:
    """Remove what builds left that were killed more than a day ago."""
    left = _temporary_folders()
    if isinstance(place, Folder):
        runs = (place.path / RUNS).glob("*.ipynb")
        left += [run for run in runs if f"{RUNS}/{run.name}" not in remembered]
        left += (place.path / RUNS).glob(".*.partial")
        left += place.path.glob(".*.partial")
        for plan in plans:
            left += (place.path / plan.name).glob(".building-*")
    for each in left:
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(each) if each.is_dir() else each.unlink()

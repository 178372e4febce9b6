"""Plans: which notebooks run with which parameters, and the keys that say whether they must.

A plan is one folder of reports: a parameter set with its notebooks, or a sweep with those of every
point. Its key is a digest of all inputs, so equal inputs are built once and different inputs never
overwrite each other. A job's recipe is the same for one notebook, but for what it reads on its
way, which only a run can tell (`briefing.inputs.reads`).
"""

import hashlib
import json
import platform
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from briefing.inputs.digests import code_digests, files_digest, library, lock_digest
from briefing.inputs.facts import Ledger, load_facts
from briefing.inputs.files import (
    BadInput,
    did_you_mean,
    project_root,
    source_date_epoch,
    templates_folder,
)
from briefing.inputs.parameters import (
    ParameterSet,
    as_on_deal_day,
    load_parameter_set,
    parameter_set_names,
)
from briefing.inputs.reads import Note, answered, digest
from briefing.inputs.risks import check_risks, load_risks, risk_files
from briefing.inputs.signals import check_signals, fired, load_signals, signal_files
from briefing.inputs.sweeps import Point, Sweep, load_sweep, sweep_names
from briefing.runs.memory import Recipe
from briefing.runs.notebooks import check_notebooks, notebook_files

SUMMARY = "summary"
"""Name of a sweep's own notebook and documents."""

NOT_FOR_NOTEBOOKS = ("render", "delivery", "cli.py")
"""Parts of the library that no notebook's outputs depend on."""


@dataclass(frozen=True)
class Job:
    """One notebook to run: `target` is the name of the result within the plan's folder."""

    source: Path
    target: str
    parameters: Mapping[str, Any]
    recipe: Recipe

    @property
    def notebook(self) -> str:
        """Name of the notebook, with the sweep's point before it."""
        return self.target.removesuffix(".ipynb")


@dataclass(frozen=True)
class Plan:
    """One folder to build: its inputs, checked, and the name that they give it."""

    name: str
    parameters: ParameterSet
    compared: tuple[ParameterSet, ...]
    jobs: tuple[Job, ...]
    key: str
    sweep: Sweep | None = None
    points: tuple[Point, ...] = ()
    made_with: Mapping[str, str] = field(default_factory=dict)
    """Digests of the files that it is made with, by what they are."""
    signals_fired: tuple[str, ...] = ()
    """Names of the signals of the watch list that have fired as of the set's date."""
    _digests: dict[Note, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def title(self) -> str:
        """What a reader calls it."""
        return self.sweep.title if self.sweep else self.parameters.title

    @property
    def folder(self) -> str:
        """Where it goes, within the reports."""
        return f"{self.name}/{self.parameters.as_of}-{self.key}"

    @cached_property
    def briefings(self) -> Mapping[str, tuple[Job, ...]]:
        """Jobs that make one document together, by where it goes within the folder."""
        found: dict[str, list[Job]] = {}
        for job in self.jobs:
            place = job.target.rpartition("/")[0]
            name = SUMMARY if self.sweep and not place else "briefing"
            found.setdefault(f"{place}/{name}".lstrip("/"), []).append(job)
        return {name: tuple(jobs) for name, jobs in found.items()}

    def answer(self, question: Note) -> str:
        """Digest of the answer that the inputs give to a question of some run."""
        if question not in self._digests:
            self._digests[question] = digest(answered(question, self._sets))
        return self._digests[question]

    @cached_property
    def _sets(self) -> Mapping[str, ParameterSet]:
        return {each.name: each for each in (*self.compared, self.parameters)}


def default_lane() -> str:
    """Forked kernels where processes can be forked."""
    return "kernel" if sys.platform == "linux" else "fresh"


def plan(names: Iterable[str], lane: str = "kernel") -> tuple[Plan, ...]:
    """Check every input of every set and sweep; raises BadInput before anything is started."""
    root = project_root()
    ledger = load_facts(root / "params" / "facts")
    notebooks = notebook_files(root / "notebooks")
    sweep = root / "notebooks" / "sweep.ipynb"
    _once("notebooks", files_digest(root, [*notebooks, sweep]), lambda: check_notebooks(notebooks))
    _once("graph", _graph_digest(root), lambda: _check_graph(root, ledger))
    inputs = _Inputs(root, ledger, notebooks, lane)
    return tuple(inputs.plan(name) for name in dict.fromkeys(names))


def _graph_digest(root: Path) -> str:
    formulas = files_digest(library(), library().rglob("*.py"))
    return formulas + files_digest(root, [root / "params" / "base.yaml"])


def _check_graph(root: Path, ledger: Ledger) -> None:
    """Raise BadInput when formulas and `base.yaml` do not fit."""
    from briefing.graph import check_graph

    check_graph(load_parameter_set("base", root / "params", ledger))


def _check_quantities(sweep: Sweep) -> None:
    """Raise BadInput when a sweep asks for a quantity that no formula gives."""
    from briefing.graph import functions

    unknown = [name for name in sweep.quantities if name not in functions()]
    if unknown:
        sweep.refuse(
            "quantities",
            (f"no quantity {name!r}{did_you_mean(name, functions())}" for name in unknown),
        )


def _once(what: str, digest: str, check: Callable[[], None]) -> None:
    """Check, unless files of this digest have passed before on this machine.

    Checks load the whole model, which takes longer than a build that has nothing to do.
    """
    from platformdirs import user_cache_path

    code = files_digest(library(), [library() / "runs" / "notebooks.py"])
    name = hashlib.sha256(f"{digest}{code}".encode()).hexdigest()[:24]
    passed = user_cache_path("briefing") / f"{what}-{name}"
    if passed.exists():
        return
    check()
    with suppress(OSError):  # then it is asked again
        passed.parent.mkdir(parents=True, exist_ok=True)
        passed.touch()


@dataclass(frozen=True)
class _Inputs:
    """What all plans of a command share."""

    root: Path
    ledger: Ledger
    notebooks: tuple[Path, ...]
    lane: str
    _recipes: dict[tuple[Path, str], Recipe] = field(default_factory=dict)

    def plan(self, name: str) -> Plan:
        sets = parameter_set_names(self.root / "params")
        sweeps = sweep_names(self.root / "params")
        if name not in (*sets, *sweeps) and (hint := did_you_mean(name, sweeps)):
            raise BadInput([f"no parameter set or sweep {name!r}{hint}; nothing was built"])
        if name in sets or name not in sweeps:
            if name in sweeps:
                raise BadInput(
                    [f"params/sweeps/{name}.yaml: a parameter set has this name; nothing was built"]
                )
            return self._of_set(name)
        return self._of_sweep(name)

    def _loaded(self, name: str) -> tuple[ParameterSet, tuple[ParameterSet, ...]]:
        params = self.root / "params"
        parameters = load_parameter_set(name, params, self.ledger)
        signals = load_signals(params)
        check_signals(signals, params, parameters, self.ledger)
        check_risks(load_risks(params), parameters, self.ledger, signals)
        compared = (
            load_parameter_set(scenario, params, self.ledger, parameters.as_of)
            for scenario in parameters.scenarios
            if scenario != name
        )
        earlier = as_on_deal_day(parameters, params, self.ledger)
        return parameters, (*compared, *([earlier] if earlier else []))

    def _of_set(self, name: str) -> Plan:
        parameters, compared = self._loaded(name)
        jobs = tuple(self._job(source, source.name, parameters, {}) for source in self.notebooks)
        key = self._key(parameters, compared)
        return Plan(
            name, parameters, compared, jobs, key,
            made_with=self._made_with, signals_fired=self._fired(parameters),
        )  # fmt: skip

    def _of_sweep(self, name: str) -> Plan:
        params = self.root / "params"
        sweep = load_sweep(name, params)
        stated = files_digest(params, [sweep.file]) + _graph_digest(self.root)
        _once("sweep", stated, lambda: _check_quantities(sweep))
        parameters, compared = self._loaded(sweep.set)
        points = sweep.points(parameters)
        known = {source.stem: source for source in self.notebooks}
        chosen = [known[stem] for stem in sweep.chosen(known)]
        jobs = [
            self._job(source, f"{point.name}/{source.name}", parameters, point.overrides)
            for point in points
            for source in chosen
        ]
        summary = self.root / "notebooks" / "sweep.ipynb"
        jobs.append(
            self._job(summary, f"{SUMMARY}.ipynb", parameters, {}, name, digest(sweep.content))
        )
        key = self._key(parameters, compared, sweep.content)
        return Plan(
            name, parameters, compared, tuple(jobs), key, sweep, points,
            made_with=self._made_with, signals_fired=self._fired(parameters),
        )  # fmt: skip

    def _fired(self, parameters: ParameterSet) -> tuple[str, ...]:
        return fired(load_signals(self.root / "params"), parameters.facts, parameters.as_of)

    def _job(
        self,
        source: Path,
        target: str,
        parameters: ParameterSet,
        overrides: Mapping[str, Any],
        sweep: str = "",
        stated: str = "",
    ) -> Job:
        given: dict[str, Any] = {"parameter_set": parameters.name, "overrides": dict(overrides)}
        if sweep:
            given["sweep"] = sweep
        recipe = {
            **self._recipe(source, parameters),
            "the overrides": json.dumps(given, sort_keys=True),
            "the sweep": stated,
        }
        return Job(source, target, given, recipe)

    def _recipe(self, source: Path, parameters: ParameterSet) -> Recipe:
        """What all runs of a notebook with a set have in common."""
        place = source, parameters.name
        if place not in self._recipes:
            self._recipes[place] = {
                "the notebook": files_digest(source.parent, [source]),
                "the library": self._library,
                "the lock file": self._lock,
                "Python": platform.python_version(),
                "the lane": self.lane,
                "the set's settings": _settings(parameters),
            }
        return self._recipes[place]

    def _key(self, parameters: ParameterSet, compared: tuple[ParameterSet, ...], *more: Any) -> str:
        stated = digest([parameters, *compared, *more])
        parts = [stated, *self._shared, self._lock, platform.python_version(), self.lane]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]

    @cached_property
    def _shared(self) -> tuple[str, ...]:
        notebooks = [*self.notebooks, self.root / "notebooks" / "sweep.ipynb"]
        params = self.root / "params"
        return (
            files_digest(self.root, notebooks),
            self._looks,
            files_digest(library(), library().rglob("*.py")),
            files_digest(self.root, (self.root / "params" / "audiences").glob("*.yaml")),
            files_digest(self.root, (*risk_files(params), *signal_files(params))),
            self._swept_in_notebooks(),
            str(source_date_epoch()),
        )

    def _swept_in_notebooks(self) -> str:
        """A digest of all sweeps where a notebook shows one."""
        if not any(b".sweep(" in source.read_bytes() for source in self.notebooks):
            return ""
        return files_digest(self.root, (self.root / "params" / "sweeps").glob("*.yaml"))

    @cached_property
    def _looks(self) -> str:
        return looks()

    @cached_property
    def _made_with(self) -> Mapping[str, str]:
        notebooks = [*self.notebooks, self.root / "notebooks" / "sweep.ipynb"]
        return {
            **code_digests(),
            "notebooks": files_digest(self.root, notebooks),
            "templates": self._looks,
            "risks": files_digest(self.root, risk_files(self.root / "params")),
            "watch list": files_digest(self.root, signal_files(self.root / "params")),
            "lock file": self._lock,
        }

    @cached_property
    def _library(self) -> str:
        source = library()
        used = (
            file
            for file in source.rglob("*.py")
            if file.relative_to(source).parts[0] not in NOT_FOR_NOTEBOOKS
        )
        return files_digest(source, used)

    @cached_property
    def _lock(self) -> str:
        return lock_digest(self.root)


def looks() -> str:
    """A digest of the templates, by which documents are made."""
    folder = templates_folder()
    return files_digest(folder.parent, _files(folder))


def _files(folder: Path) -> Iterable[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def _settings(parameters: ParameterSet) -> str:
    """What a set says besides its assumptions and facts."""
    names = ("name", "title", "summary", "as_of", "seed", "draws", "scenarios")
    return digest([getattr(parameters, name) for name in names])

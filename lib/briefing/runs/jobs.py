"""One job: a notebook run and stored; all that a worker, here or elsewhere, has to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from briefing.inputs.digests import files_digest
from briefing.inputs.files import project_root
from briefing.runs.execute import Execution, Limits, execute
from briefing.runs.places import Place, sha256_of

CHANGED = "InputsChanged"


@dataclass(frozen=True)
class Performed:
    """A job that a worker has done: its outcome, and the notebook's name and checksum."""

    execution: Execution
    file: str = ""
    sha256: str = ""


def perform(
    notebook: str,
    digest: str,
    parameters: Mapping[str, Any],
    place: Place,
    file: str,
    lane: str,
    limits: Limits,
    audit: bool,
) -> Performed:
    """Run one notebook and store it as `file`; all that a worker on another machine must know.

    `digest` is that of the notebook which was planned: one edited since is not run in its place.
    """
    source = project_root() / "notebooks" / notebook
    try:
        with TemporaryDirectory(prefix="briefing-job-") as folder:
            copy = Path(folder) / "source" / notebook
            copy.parent.mkdir()
            copy.write_bytes(source.read_bytes())
            if files_digest(copy.parent, [copy]) != digest:
                told = f"{CHANGED}: the notebook was edited meanwhile; build it again"
                return Performed(Execution(source.stem, 0.0, told))
            source, target = copy, Path(folder) / notebook
            execution = execute(source, target, parameters, lane, limits, audit)
            if not target.exists():
                return Performed(execution)
            place.put(file, target)
            return Performed(execution, file, sha256_of(target))
    except Exception as error:
        return Performed(Execution(source.stem, 0.0, f"{type(error).__name__}: {error}"))

"""What is stale: which folders are built, which notebooks need not run, and why others must."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from briefing.runs.documents import documents
from briefing.runs.memory import Memory, Remembered, memory_file
from briefing.runs.places import Place, sha256_of
from briefing.runs.plan import Job, Plan


def is_built(plan: Plan, place: Place, memory: Memory, formats: tuple[str, ...]) -> bool:
    """Whether the same inputs have been built before, and every file is still what it was."""
    record = place.record(plan.folder)
    if record is None or not isinstance(record.get("sha256"), dict):
        return False
    digests: Mapping[str, str] = record["sha256"]
    wanted = {job.target for job in plan.jobs}
    wanted |= {file for _, _, file in documents(plan.briefings, formats)}
    if not wanted <= digests.keys():
        return False
    return memory.are_intact(place, plan.folder, digests)


def recalled(plan: Plan, job: Job, place: Place, memory: Memory) -> Remembered | None:
    """A notebook that ran before from all that it would run from now, and is intact."""
    for run in memory.recall(job.recipe, plan.answer):
        hashed = partial(_copied_and_hashed, place, run.file)
        if memory.is_intact(run.file, run.sha256, place.stamp(run.file), hashed):
            return run
    return None


def _copied_and_hashed(place: Place, file: str) -> str:
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        place.get(file, copy)
        return sha256_of(copy)


def why(
    plans: tuple[Plan, ...], place: Place, formats: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """For each notebook its plan and name, and why it would run now; nothing is run."""
    file = memory_file(place)
    memory = Memory(file if file.exists() else Path(":memory:"))  # who only asks makes no file
    try:
        for plan in plans:
            if is_built(plan, place, memory, formats):
                yield plan.name, "nothing has changed since it was built"
                continue
            for job in plan.jobs:
                told = "it has run already and is taken over"
                if recalled(plan, job, place, memory) is None:
                    reasons = memory.why(job.recipe, f"{plan.name}/{job.target}", plan.answer)
                    told = "; ".join(reasons) or "its notebook is missing, or not what it was"
                yield f"{plan.name}/{job.notebook}", told
    finally:
        memory.close()

"""Comparing with the build before, beside the notebooks: where, and what becomes of the answer.

The model is loaded in forks of the warm template, so one of those computes what changed
(`briefing.runs.whatchanged`). Where neither inputs nor formulas changed there is nothing to
compute, and nothing is started for it.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from briefing import THREADS
from briefing.runs.documents import EXHIBIT_MIME
from briefing.runs.places import Place
from briefing.runs.predecessor import CHANGES, Predecessor
from briefing.runs.snapshot import INPUTS
from briefing.runs.watch import Watch

ID = "E42"

FORMULAS = ("model code", "exhibit code", "lock file")
"""Kinds of files whose change can move a figure though the inputs are the same."""

LONGEST_SECONDS = 60.0

Answer = Mapping[str, Any]
"""`shown`, the exhibit as a notebook shows it, with the printed `figures` that it speaks of, where
it was computed; or a `failure` in words."""


def compared(
    before: Predecessor,
    place: Place,
    later: str,
    made_from: str,
    lane: str,
    elsewhere: Callable[[Path], None],
) -> Answer:
    """The answer, computed by a fork of the template, or `elsewhere` where that is killed."""
    try:
        stated = place.read(f"{before.folder}/{INPUTS}").decode("utf-8")
        if (changed := _changed_around(stated, made_from)) is not None:
            return {"shown": _unmoved(before, changed)}
        with TemporaryDirectory(prefix="briefing-compare-") as name:
            folder = Path(name)
            before.request(folder, place, later, stated, made_from)
            if lane == "fresh" or not _answered(folder):
                elsewhere(folder)
            return json.loads((folder / CHANGES).read_text("utf-8"))
    except Exception as error:  # a store has its own kinds
        told = " ".join(str(error).split()) or type(error).__name__
        return {"failure": f"{place.shown(before.folder)}: cannot be compared with ({told})"}


def _changed_around(before: str, after: str) -> list[str] | None:
    """Kinds of files that changed around equal inputs and formulas; None if these are not equal."""
    try:
        old, new = json.loads(before), json.loads(after)
        was, now = old.pop("digests"), new.pop("digests")
        if old != new or any(was.get(kind) != now.get(kind) for kind in FORMULAS):
            return None
        return [kind for kind in now if was.get(kind) != now[kind]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _unmoved(before: Predecessor, changed: list[str]) -> dict[str, Any]:
    told = (
        f"Changed: {' and '.join(changed)}."
        if changed
        else "What changed is no fact, assumption or formula, and not the text of a notebook."
    )
    finding = "no conclusion flipped and no headline figure moved"
    return finding_shown(f"What changed since {before.called}: {finding}", [told], before.page)


def finding_shown(title: str, notes: Iterable[str], page: str) -> dict[str, Any]:
    """What a notebook would show of an exhibit whose title says all."""
    described = {
        "id": ID, "name": "what_changed", "kind": "finding", "standing": "", "title": title,
        "alt": "", "notes": list(notes), "sources": [], "assumptions": [], "figures": {},
        "data": None, "earlier_page": page,
    }  # fmt: skip
    return {EXHIBIT_MIME: described, "text/plain": " ".join([f"{title}.", *described["notes"]])}


def _answered(folder: Path) -> bool:
    """Whether a fork of the template has answered, or was too slow to be tried once more."""
    from briefing.runs.kernels import lease

    place = {"env": {**os.environ, **THREADS}, "cwd": str(Path.cwd())}
    child = lease({"lane": "compare", "folder": str(folder), **place})
    if child is None:
        return False
    watch = Watch(lambda: child, run_seconds=LONGEST_SECONDS)
    try:
        with watch():
            for _ in child.events():
                pass
    finally:
        child.close()
    return (folder / CHANGES).exists() or bool(watch.expired)


def compare_here(folder: Path) -> None:
    """Compute the answer in this process, which has to load the model first."""
    from briefing.runs.whatchanged import compare

    compare(folder)


def told(answer: Answer, printed: Iterable[Mapping[str, Any]]) -> tuple[dict[str, Any], str]:
    """What is shown of an answer beside the `printed` figures, or why nothing is."""
    if failure := answer.get("failure"):
        return {}, f"{failure}; what changed since is left out"
    now = {each["id"]: each["shown"] for each in printed}
    if answer.get("figures", now) != now:
        return {}, (
            "the printed headline figures are not those of the recorded inputs; "
            "what changed since the build before is left out"
        )
    return answer["shown"], ""

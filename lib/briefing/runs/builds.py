"""Builds: finding one by the short name that a reader types.

reports/latest/2026-11-22-278356ed7fe8     a folder
latest/2026-11-22-278356                   a set or sweep, and how its folder begins
latest, latest~1                           the newest build of a set, and the one before
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefing.inputs.files import BadInput, did_you_mean
from briefing.runs.places import Folder, Place

MOST_LISTED = 8

CONSEQUENCE = "nothing was compared"


@dataclass(frozen=True)
class Build:
    """A published folder, and what its record says."""

    place: Place
    folder: str
    record: Mapping[str, Any]

    @property
    def shown(self) -> str:
        """Path or address, as a reader can open it."""
        return self.place.shown(self.folder)

    @property
    def notebooks(self) -> tuple[str, ...]:
        """Names of its executed notebooks, within the folder."""
        files = self.record.get("sha256", {})
        return tuple(sorted(name for name in files if name.endswith(".ipynb")))

    def read(self, name: str) -> str | None:
        """Text of one of its files; none where it has no such file."""
        try:
            return self.place.read(f"{self.folder}/{name}").decode("utf-8")
        except FileNotFoundError:
            return None


def builds(name: str, place: Place) -> tuple[Build, ...]:
    """Every build of a set or sweep, the newest first."""
    found = [
        Build(place, folder, record)
        for folder in place.folders()
        if folder.startswith(f"{name}/") and (record := place.record(folder)) is not None
    ]
    newest_last = sorted(found, key=lambda each: (str(each.record.get("built", "")), each.folder))
    return tuple(reversed(newest_last))


def find(asked: str, place: Place) -> Build:
    """The build that `asked` names; raises BadInput saying which builds there are."""
    folder = Path(asked)
    on_disk = Folder(folder.parent)
    if folder.name and (record := on_disk.record(folder.name)) is not None:
        return Build(on_disk, folder.name, record)
    steps = re.fullmatch(r"(?P<name>[^/~]+)(~(?P<back>\d{1,6}))?", asked)
    if steps:
        there = builds(steps["name"], place)
        back = int(steps["back"] or 0)
        if back < len(there):
            return there[back]
        raise BadInput([_refusal(asked, steps["name"], there, place)])
    name, _, begins = asked.rstrip("/").removeprefix("reports/").rpartition("/")
    there = builds(name, place) if name else ()
    fitting = [each for each in there if begins and _own_name(each).startswith(begins)]
    if len(fitting) == 1:
        return fitting[0]
    raise BadInput([_refusal(asked, name, tuple(fitting) or there, place, len(fitting) > 1)])


def _own_name(build: Build) -> str:
    return build.folder.rpartition("/")[2]


def _refusal(
    asked: str, name: str, there: tuple[Build, ...], place: Place, is_many: bool = False
) -> str:
    """One message: what is wrong with the name, which builds there are, and the consequence."""
    if not there:
        built = Counter(folder.partition("/")[0] for folder in place.folders())
        known = ", ".join(f"{each} ({count})" for each, count in built.items()) or "none yet"
        where = place.address
        return (
            f"diff {asked}: no build of {name or asked!r} in {where}"
            f"{did_you_mean(name, built)}; there are builds of: {known}; {CONSEQUENCE}"
        )
    listed = ", ".join(f"{name}/{_own_name(each)}" for each in there[:MOST_LISTED])
    more = f" and {len(there) - MOST_LISTED} older" if len(there) > MOST_LISTED else ""
    wrong = "names more than one build" if is_many else "there is no such build"
    return f"diff {asked}: {wrong}; there are, newest first: {listed}{more}; {CONSEQUENCE}"

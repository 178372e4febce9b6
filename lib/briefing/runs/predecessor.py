"""The build before: which one it is, and what is asked of it.

A build is told beside the newest one of the same set that readers could read when it was first
made. `run.json` keeps which that was and `changes.json` what was told, so that a folder that is
made again, for another format or after damage, tells the same, whatever was built or removed since.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from briefing.runs.places import Place
from briefing.runs.snapshot import INPUTS

CHANGES = "changes.json"

RECORDED = "predecessor"
"""Its place in `run.json`: the name of a folder, or nothing."""

PAGE = "briefing.html"
"""What readers read; a build without it is none for them."""

_OWN_NAME = re.compile(r"(?P<as_of>\d{4}-\d\d-\d\d)-(?P<key>[0-9a-f]{12})")


@dataclass(frozen=True)
class Predecessor:
    """A published build, and the figures that it printed."""

    folder: str
    figures: Any = ()

    @property
    def called(self) -> str:
        """Its date and its key, which is how a reader tells builds apart."""
        found = _OWN_NAME.fullmatch(self.folder.rpartition("/")[2])
        return f"{found['as_of']}, build {found['key']}" if found else self.folder

    @property
    def page(self) -> str:
        """Its page, as seen from that of another build of the set."""
        return f"../{self.folder.rpartition('/')[2]}/{PAGE}"

    def request(self, folder: Path, place: Place, later: str, stated: str, made_from: str) -> None:
        """Put into `folder` what is asked: both builds' inputs, names and the earlier figures."""
        file = f"{self.folder}/{INPUTS}"
        (folder / "before.json").write_text(stated, encoding="utf-8")
        (folder / "after.json").write_text(made_from, encoding="utf-8")
        asked = {
            "earlier": self.called,
            "page": self.page,
            "place": place.shown(file),
            "figures": self.figures,
            "command": f"briefing diff {self.folder} {later}",
        }
        (folder / "request.json").write_text(json.dumps(asked), encoding="utf-8")


def newest(folders: Iterable[str], place: Place, but: str) -> Predecessor | None:
    """The newest complete build among `folders`, all of one set, that is not `but`."""
    records = place.records([each for each in folders if each != but])
    read = {name: record for name, record in records.items() if _is_read(name, record)}
    for name in sorted(read, key=lambda name: (str(read[name].get("built", "")), name))[::-1]:
        if place.record(name) is not None and place.stamp(f"{name}/{PAGE}") is not None:
            return Predecessor(name, read[name].get("figures"))
    return None


def _is_read(folder: str, record: Mapping[str, Any]) -> bool:
    """Whether a record speaks of its own folder and of a page in it."""
    name, _, own = folder.rpartition("/")
    files = record.get("sha256")
    is_own = record.get("name") == name and _OWN_NAME.fullmatch(own) is not None
    return is_own and isinstance(files, dict) and PAGE in files


def kept(record: Mapping[str, Any]) -> tuple[bool, str]:
    """Whether a folder's predecessor is settled, as it has been read, and which it is."""
    files = record.get("sha256")
    is_settled = isinstance(files, dict) and PAGE in files and RECORDED in record
    recorded = record.get(RECORDED)
    return is_settled, recorded if is_settled and isinstance(recorded, str) else ""

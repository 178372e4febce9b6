"""What is settled: the same command over the same files has nothing to read and nothing to do.

To read and check all inputs takes a second, to look whether their files are what they were a
hundredth of it. A state is those files by their stamps with all else that a build's key holds. It
is taken before anything is read, and remembered once all that was asked for is built.
"""

import hashlib
import json
import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from briefing.inputs.digests import LOCK, library
from briefing.inputs.files import source_date_epoch, templates_folder
from briefing.runs.memory import Memory, memory_file
from briefing.runs.places import Folder, Place, stamp_of

RACY_SECONDS = 2
"""What changes twice in so short a time may bear the same stamp on some file systems."""


@dataclass(frozen=True)
class Settled:
    """A folder that was found built: what a command says of it."""

    name: str
    as_of: str
    folder: str
    notebooks: int
    files: tuple[str, ...] = ()
    """Documents that it says were made."""


def state_of(root: Path, asked: Sequence[object]) -> str:
    """The state in which something is `asked`; empty where a look at the files cannot tell it."""
    folders = (root / "params", root / "notebooks", templates_folder(), library())
    files = [root / LOCK, *(file for folder in folders for file in _below(folder))]
    if any(file.is_symlink() for file in files):
        return ""  # what it leads to may be a folder, whose files are not seen here
    stamps = [(str(file), *(stamp_of(file) if file.is_file() else (0,))) for file in files]
    if max((changed for *_, changed in stamps), default=0) > time.time_ns() - RACY_SECONDS * 10**9:
        return ""
    told = stamps, asked, platform.python_version(), source_date_epoch()
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _below(folder: Path) -> Iterator[Path]:
    found = sorted(folder.rglob("*"))
    return (file for file in found if "__pycache__" not in file.parts)


def settled(state: str, place: Place) -> tuple[Settled, ...]:
    """What was built in this state, if all of it is still what it was; else nothing."""
    if not state or not isinstance(place, Folder) or not memory_file(place).exists():
        return ()
    memory = Memory(memory_file(place))
    try:
        found = [Settled(**each) for each in memory.settled(state)]
        return tuple(found) if all(_stands(each, place, memory) for each in found) else ()
    except (OSError, TypeError, ValueError):
        return ()
    finally:
        memory.close()


def _stands(built: Settled, place: Folder, memory: Memory) -> bool:
    digests = (place.record(built.folder) or {}).get("sha256")
    if not isinstance(digests, dict) or not digests.keys() >= set(built.files):
        return False
    return memory.are_intact(place, built.folder, digests)


def settle(state: str, place: Place, built: Iterable[Settled]) -> None:
    """Remember what was built in a state."""
    if state and isinstance(place, Folder):
        with suppress(OSError):  # then it is asked again
            memory = Memory(memory_file(place))
            try:
                memory.settle(state, [asdict(each) for each in built])
            finally:
                memory.close()

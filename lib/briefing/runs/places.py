"""Where reports lie: a folder of this machine, or any address that fsspec opens (s3://, sftp://).

A folder that is published appears whole. On a disk that is a rename. An object store has none, so
there `run.json` is written last, and a folder without it does not count.
"""

import hashlib
import json
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from briefing.inputs.files import BadInput, put

RECORD = "run.json"

RUNS = ".runs"
"""Where notebooks wait for the rest of their folder."""

CONSEQUENCE = "nothing was built"

ATTEMPTS = 100


class Place(Protocol):
    """What a build needs of the place that its reports go to; names are relative to it."""

    @property
    def address(self) -> str:
        """Where it is, for messages and for workers."""
        ...

    def shown(self, name: str) -> str:
        """Path or address of `name` as a reader can open it."""
        ...

    def record(self, name: str) -> Mapping[str, Any] | None:
        """The `run.json` of a published folder that is complete, or None."""
        ...

    def folders(self) -> list[str]:
        """Names of all folders that may hold a build, in order: `<set or sweep>/<build>`."""
        ...

    def records(self, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The `run.json` of those of the folders in which it can be read, unverified."""
        ...

    def stage(self, name: str) -> Path:
        """A folder of this machine in which `name` can be put together."""
        ...

    def publish(self, staged: Path, name: str) -> None:
        """Make `name` of a staged folder, in the place of what stands there."""
        ...

    def put(self, name: str, file: Path) -> None:
        """Store a file, whole or not at all."""
        ...

    def get(self, name: str, target: Path) -> None:
        """Copy a stored file to this machine; raises OSError where there is none."""
        ...

    def read(self, name: str) -> bytes:
        """Content of a stored file; raises FileNotFoundError where there is none."""
        ...

    def remove(self, name: str) -> None:
        """Remove a stored file, if it is there."""
        ...

    def stamp(self, name: str) -> str | None:
        """What changes when somebody changes the file, without reading it; None for no file."""
        ...


def place(address: str | Path) -> Place:
    """The place at a path or an fsspec address; raises BadInput when there is no way to it."""
    text = str(address)
    scheme, is_address, _ = text.partition("://")
    if is_address and scheme != "file":
        return Remote.at(text)
    named = urlsplit(text) if is_address else None
    path = Path(unquote(named.path) if named else text)
    if named and (named.netloc not in ("", "localhost") or not named.path):
        raise BadInput([f"--reports {text}: must look like file:///folder; {CONSEQUENCE}"])
    if (path.is_symlink() or path.exists()) and not path.is_dir():
        raise BadInput([f"--reports {text}: is there and no folder; {CONSEQUENCE}"])
    return Folder(path)


def sha256_of(file: Path) -> str:
    """Checksum of a file's content."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def stamp_of(file: Path) -> tuple[int, int, int, int]:
    """Size and number of a file, and when its content and anything about it changed (ns)."""
    known = file.stat()
    return known.st_size, known.st_ino, known.st_mtime_ns, known.st_ctime_ns


def _parsed(text: bytes) -> dict[str, Any] | None:
    """A record as it was written; None for anything else."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_shown(*names: str) -> bool:
    """What is under way has hidden names."""
    return not any(name.startswith(".") for name in names)


@dataclass(frozen=True)
class Folder:
    """Reports on a disk of this machine, or on one that all machines share."""

    path: Path

    @property
    def address(self) -> str:
        """The folder's path."""
        return str(self.path.absolute())

    def shown(self, name: str) -> str:
        """Path, as seen from here."""
        path = (self.path / name).absolute()
        return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)

    def record(self, name: str) -> Mapping[str, Any] | None:
        """The record of a folder; None when it is missing or unreadable."""
        try:
            return _parsed((self.path / name / RECORD).read_bytes())
        except OSError:
            return None

    def folders(self) -> list[str]:
        """Folders in the second level that are neither hidden nor without a record."""
        found = (file.parent.relative_to(self.path) for file in self.path.glob(f"*/*/{RECORD}"))
        return sorted(str(PurePosixPath(folder)) for folder in found if _is_shown(*folder.parts))

    def records(self, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """One after the other."""
        return {name: record for name in names if (record := self.record(name)) is not None}

    def stage(self, name: str) -> Path:
        """A hidden folder beside the one that it will become."""
        parent = (self.path / name).parent
        parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(prefix=".building-", dir=parent))
        staged.chmod(0o755)
        return staged

    def publish(self, staged: Path, name: str) -> None:
        """Rename; what stands there already is moved aside first and then removed."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(ATTEMPTS):
            try:
                staged.rename(target)
                return
            except OSError:
                if attempt == ATTEMPTS - 1 or not staged.exists():
                    raise
            # Somebody else may be doing the same; whoever is last stays.
            aside = Path(tempfile.mkdtemp(prefix=".building-", dir=target.parent))
            with suppress(FileNotFoundError):
                target.rename(aside / "replaced")
            shutil.rmtree(aside, ignore_errors=True)

    def put(self, name: str, file: Path) -> None:
        """Written under another name, flushed to the disk, and renamed."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        put(target, file.read_bytes())

    def get(self, name: str, target: Path) -> None:
        """A copy, so that nobody who edits one changes the other."""
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.path / name, target)

    def read(self, name: str) -> bytes:
        """Its bytes."""
        return (self.path / name).read_bytes()

    def remove(self, name: str) -> None:
        """Unlink."""
        (self.path / name).unlink(missing_ok=True)

    def stamp(self, name: str) -> str | None:
        """Size, number and times of the last changes, to the nanosecond."""
        try:
            return "-".join(map(str, stamp_of(self.path / name)))
        except OSError:
            return None


@dataclass(frozen=True)
class Remote:
    """Reports at an address that fsspec opens."""

    address: str
    files: Any
    root: str

    @classmethod
    def at(cls, address: str) -> "Remote":
        """Look whether the address can be opened at all, before any work starts."""
        if not re.match(r"[a-z][a-z0-9+.-]*:", address):
            raise BadInput([f"--reports {address}: names no kind of address; {CONSEQUENCE}"])
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise BadInput(
                [
                    f"--reports {address}: addresses need fsspec, which the extra `cluster` "
                    f"installs; {CONSEQUENCE}"
                ]
            ) from None
        try:
            files, root = url_to_fs(address)
            files.ls(root.partition("/")[0] or "/")  # the bucket: what lies in it may yet come
        except Exception as error:  # each protocol has its own
            told = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise BadInput(
                [f"--reports {address}: cannot be opened ({told}); {CONSEQUENCE}"]
            ) from None
        return cls(address.rstrip("/"), files, root.rstrip("/"))

    def _path(self, name: str) -> str:
        return f"{self.root}/{name}"

    def shown(self, name: str) -> str:
        """Address."""
        return f"{self.address}/{name}"

    def record(self, name: str) -> Mapping[str, Any] | None:
        """The record of a folder; None when it, or one of the files that it names, is missing."""
        try:
            found = _parsed(self.files.cat_file(self._path(f"{name}/{RECORD}"))) or {}
            present = {
                path.removeprefix(self._path(name)).lstrip("/"): about.get("size")
                for path, about in self.files.find(self._path(name), detail=True).items()
            }
            return found if found["bytes"].items() <= present.items() else None
        except (OSError, ValueError, KeyError, AttributeError):
            return None

    def folders(self) -> list[str]:
        """Two levels of the listing: a store with many files is asked once for each set."""
        self.files.invalidate_cache()  # others write here too
        return sorted(
            f"{name}/{build}"
            for name in self._folders_in(self.root)
            for build in self._folders_in(self._path(name))
        )

    def _folders_in(self, path: str) -> list[str]:
        try:
            found = self.files.ls(path, detail=True)
        except FileNotFoundError:
            return []
        names = [
            each["name"].rstrip("/").rpartition("/")[2]
            for each in found
            if each["type"] == "directory"
        ]
        return [name for name in names if _is_shown(name)]

    def records(self, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """All at once, where the store can do that."""
        paths = {self._path(f"{name}/{RECORD}"): name for name in names}
        found = self.files.cat(list(paths), on_error="omit") if paths else {}
        parsed = ((name, _parsed(found[path])) for path, name in paths.items() if path in found)
        return {name: record for name, record in parsed if record is not None}

    def stage(self, name: str) -> Path:
        """A temporary folder of this machine."""
        return Path(tempfile.mkdtemp(prefix="briefing-staged-"))

    def publish(self, staged: Path, name: str) -> None:
        """Upload, the record last."""
        record = self._path(f"{name}/{RECORD}")
        if self.files.exists(record):
            self.files.rm_file(record)
        files = sorted(file for file in staged.rglob("*") if file.is_file())
        for file in sorted(files, key=lambda file: file == staged / RECORD):
            self.files.put_file(str(file), self._path(f"{name}/{file.relative_to(staged)}"))
        shutil.rmtree(staged, ignore_errors=True)

    def put(self, name: str, file: Path) -> None:
        """Upload; an object appears whole."""
        self.files.put_file(str(file), self._path(name))

    def get(self, name: str, target: Path) -> None:
        """Download."""
        target.parent.mkdir(parents=True, exist_ok=True)
        self.files.get_file(self._path(name), str(target))

    def read(self, name: str) -> bytes:
        """Its bytes."""
        return self.files.cat_file(self._path(name))

    def remove(self, name: str) -> None:
        """Delete the object."""
        if self.files.exists(self._path(name)):
            self.files.rm_file(self._path(name))

    def stamp(self, name: str) -> str | None:
        """Size and the store's own tag."""
        try:
            about = self.files.info(self._path(name))
        except OSError:
            return None
        return f"{about.get('size')}-{about.get('ETag') or about.get('mtime')}"

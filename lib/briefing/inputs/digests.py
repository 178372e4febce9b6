"""Digests of the files that a briefing is made with, so that equal makings have equal names."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path


def files_digest(folder: Path, files: Iterable[Path]) -> str:
    """A digest of files' names below `folder` and of their contents."""
    total = hashlib.sha256()
    for file in sorted(files):
        if file.is_file():
            total.update(str(file.relative_to(folder)).encode() + b"\0" + _content_digest(file))
    return total.hexdigest()


def _content_digest(file: Path) -> bytes:
    return hashlib.sha256(file.read_bytes()).digest()


def library() -> Path:
    """Folder of this library's source."""
    return Path(__file__).resolve().parents[1]


def code_digests() -> Mapping[str, str]:
    """Digests of the code that computes numbers and of that which words them."""
    source = library()
    model = [*source.glob("model/**/*.py"), *source.glob("inputs/*.py")]
    model += [source / name for name in ("case.py", "draws.py", "graph.py")]
    return {
        "model code": files_digest(source, model),
        "exhibit code": files_digest(source, source.glob("exhibits/*.py")),
    }


def lock_digest(root: Path) -> str:
    """A digest of the lock, which names every package that is installed."""
    return files_digest(root, root.glob(LOCK))


def notebook_parts(folder: Path) -> tuple[Path, ...]:
    """The notebooks of a briefing in reading order.

    One that is no part of briefings says so in its metadata, `{"briefing": {"part": false}}`.
    """
    numbered = (file for file in folder.glob("*.ipynb") if re.fullmatch(r"\d\d_\w+", file.stem))
    return tuple(sorted(file for file in numbered if _is_part(file)))


def _is_part(file: Path) -> bool:
    if not file.is_file():
        return True
    try:
        notebook = json.loads(file.read_bytes())
        return notebook["metadata"]["briefing"]["part"] is not False
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return True  # what is wrong with it will be said when it is checked


LOCK = "requirements.lock"


def project_digests(root: Path) -> Mapping[str, str]:
    """Digests of the lock and of each notebook of a briefing, as they stand in the project."""
    parts = notebook_parts(root / "notebooks")
    return {LOCK: lock_digest(root)} | {file.name: _content_digest(file).hex() for file in parts}

"""What takes long to draw, kept on this machine from build to build.

A drawing is known by what it was drawn from: the text given, the library that draws and how we
ask it, and our typeface. What is damaged, as by a power cut, is drawn again.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import get_ident

from platformdirs import user_cache_path

from briefing.render.templates import FONTS

LIBRARY = "vl-convert-python"

MOST_BYTES = 200_000_000
"""All drawings together, when a process begins to draw; beyond it those that nobody asked for
longest are forgotten."""


def kept(source: str, kind: str, draw: Callable[[str], str]) -> str:
    """What `draw` makes of `source`, from the folder of drawings where it lies there."""
    try:
        folder = user_cache_path("briefing") / "drawings"
    except RuntimeError:  # who has no home keeps nothing
        return draw(source)
    file = folder / f"{_digest(f'{_drawn_with()}{source}')}.{kind}"
    found = _found(file)
    if found is not None:
        return found
    drawn = draw(source)
    with suppress(OSError):  # a full or locked disk costs time and no briefing
        _make_room(folder)
        _keep(file, drawn)
    return drawn


def _found(file: Path) -> str | None:
    try:
        checksum, _, content = file.read_bytes().decode().partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    if checksum != _digest(content):
        return None
    with suppress(OSError):
        os.utime(file)
    return content


def _keep(file: Path, content: str) -> None:
    """Under another name first: who finds it finds it whole."""
    own = file.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        own.write_bytes(f"{_digest(content)}\n{content}".encode())
        own.replace(file)
    finally:
        own.unlink(missing_ok=True)


@cache
def _make_room(folder: Path) -> None:
    """Once in a process, so that nothing grows without end."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    known: list[tuple[int, int, str]] = []
    for each in os.scandir(folder):
        with suppress(OSError):  # another process has just taken or renamed it
            stat = each.stat()
            known.append((stat.st_mtime_ns, stat.st_size, each.path))
    size = sum(each_size for _, each_size, _ in known)
    for _, each_size, path in sorted(known):
        if size <= MOST_BYTES:
            return
        size -= each_size
        with suppress(OSError):
            Path(path).unlink()


@cache
def _drawn_with() -> str:
    own = Path(__file__).with_name("charts.py")
    fonts = (file for file in sorted(FONTS.iterdir()) if file.is_file())
    return " ".join((version(LIBRARY), *(_digest(file.read_bytes()) for file in (own, *fonts))))


def _digest(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()

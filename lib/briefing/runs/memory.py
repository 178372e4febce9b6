"""What has run before, from what, and where its notebook lies: one SQLite file.

It is a memory and no truth: each hit is checked against the notebook's own checksum, and without
the file everything just runs again.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from briefing.runs.places import RUNS, Folder, Place, sha256_of

if TYPE_CHECKING:  # it takes longer to import than a settled command takes
    from briefing.inputs.reads import Note, Notes

SCHEMA = """
create table if not exists runs (
    recipe text, notes text, job text, parts text, file text, sha256 text, made integer,
    primary key (recipe, notes)
);
create index if not exists by_job on runs (job, made);
create table if not exists notes (id text primary key, content text);
create table if not exists stamps (file text primary key, stamp text, sha256 text);
create table if not exists settled (state text primary key, told text, made integer);
"""

MOST_SETTLED = 100
"""States that are remembered, the newest ones."""

Recipe = Mapping[str, str]
"""All that goes into a run but what it reads on its way, part by part: digests or plain words."""

Answer = Callable[["Note"], str]
"""Digest of today's answer to a question; raises KeyError when it cannot be put any more."""


@dataclass(frozen=True)
class Remembered:
    """A run of the past: where its notebook lies, and the notebook's checksum."""

    file: str
    sha256: str


def memory_file(place: Place) -> Path:
    """Where this machine remembers what has run for a place."""
    if isinstance(place, Folder):
        return place.path / RUNS / "memory.sqlite"
    from platformdirs import user_cache_path

    name = hashlib.sha256(place.address.encode()).hexdigest()[:16]
    return user_cache_path("briefing") / f"{name}.sqlite"


class Memory:
    """Runs by recipe and by what they read."""

    def __init__(self, file: Path):
        self.file = file
        self._database = self._opened()

    def _opened(self) -> sqlite3.Connection:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connected()
        except sqlite3.OperationalError as error:
            raise OSError(f"{self.file}: {error}") from None
        except sqlite3.DatabaseError:
            # A memory that cannot be read is as good as none.
            self.file.replace(self.file.with_suffix(".unreadable"))
            return self._connected()

    def _asked(self, question: str, *values: Any) -> list[Any]:
        """Rows; none when the file has become unreadable, which is then set aside."""
        try:
            return self._database.execute(question, values).fetchall()
        except sqlite3.OperationalError as error:
            raise OSError(f"{self.file}: {error}") from None
        except sqlite3.DatabaseError:
            self._database.close()
            self.file.replace(self.file.with_suffix(".unreadable"))
            self._database = self._connected()
            return []

    def _told(self, *statements: tuple[str, list[tuple[Any, ...]]]) -> None:
        """Write all or nothing."""
        self._asked("begin immediate")
        try:
            for statement, rows in statements:
                self._database.executemany(statement, rows)
            self._database.execute("commit")
        except sqlite3.DatabaseError as error:
            raise OSError(f"{self.file}: {error}") from None

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self.file, timeout=60, isolation_level=None)
        try:
            # What a power cut takes from a memory runs again; waiting for the disk costs each run.
            database.execute("pragma synchronous = off")
            database.executescript(SCHEMA)
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Let the file go."""
        self._database.close()

    def remember(self, recipe: Recipe, notes: "Notes", job: str, run: Remembered) -> None:
        """Note a run, in the place of an equal one."""
        content = json.dumps(sorted([list(question), answer] for question, answer in notes.items()))
        name = _name(content)
        self._told(
            ("insert or replace into notes values (?, ?)", [(name, content)]),
            (
                "insert or replace into runs values (?, ?, ?, ?, ?, ?, ?)",
                [
                    (
                        _key(recipe), name, job, json.dumps(recipe), run.file, run.sha256,
                        time.time_ns(),
                    )
                ],
            ),
        )  # fmt: skip

    def moved(self, files: Mapping[str, str]) -> None:
        """Notebooks have another place now."""
        pairs = [(new, old) for old, new in files.items()]
        self._told(("update runs set file = ? where file = ?", pairs))

    def files(self) -> frozenset[str]:
        """Every notebook that a run is remembered by."""
        return frozenset(file for (file,) in self._asked("select file from runs"))

    def recall(self, recipe: Recipe, answer: Answer) -> Iterable[Remembered]:
        """Runs of the same recipe to whose questions the answers are still the same."""
        rows = self._asked(
            "select file, sha256, content from runs join notes on notes.id = runs.notes "
            "where recipe = ? order by made desc",
            _key(recipe),
        )
        for file, sha256, content in rows:
            if not any(True for _ in _changed(content, answer)):
                yield Remembered(file, sha256)

    def why(self, recipe: Recipe, job: str, answer: Answer) -> list[str]:
        """In what the newest run of this job differs from one today; empty when in nothing."""
        rows = self._asked(
            "select parts, content from runs join notes on notes.id = runs.notes "
            "where job = ? order by made desc limit 1",
            job,
        )
        if not rows:
            return ["it has never run"]
        (row,) = rows
        from briefing.inputs.reads import in_words

        before = json.loads(row[0])
        parts = [
            f"{part} changed"
            for part in {**before, **recipe}
            if before.get(part) != recipe.get(part)
        ]
        return [*parts, *(f"{in_words(question)} changed" for question in _changed(row[1], answer))]

    def is_intact(
        self, file: str, sha256: str, stamp: str | None, hashed: Callable[[], str]
    ) -> bool:
        """Whether a file is what it was. It is read again only when its stamp has changed."""
        if stamp is None:
            return False
        if (stamp, sha256) in self._asked("select stamp, sha256 from stamps where file = ?", file):
            return True
        try:
            if hashed() != sha256:
                return False
        except OSError:
            return False
        with suppress(OSError):  # what cannot be noted is hashed again, and is no other file
            self.stamped({file: (stamp, sha256)})
        return True

    def are_intact(self, place: Place, folder: str, digests: Mapping[str, str]) -> bool:
        """Whether every file of a published folder is what its record says."""
        if not isinstance(place, Folder):
            return True  # its record has compared the sizes
        known = self.stamps(folder)
        return all(
            known.get(file := f"{folder}/{name}") == (stamp := place.stamp(file), sha256)
            or self.is_intact(file, sha256, stamp, partial(sha256_of, place.path / file))
            for name, sha256 in digests.items()
        )

    def settled(self, state: str) -> list[Any]:
        """What was told of a state; nothing of one that is not known."""
        rows = self._asked("select told from settled where state = ?", state)
        return json.loads(rows[0][0]) if rows else []

    def settle(self, state: str, told: Sequence[Any]) -> None:
        """Note what there is to tell of a state."""
        self._told(
            (
                "insert or replace into settled values (?, ?, ?)",
                [(state, json.dumps(told), time.time_ns())],
            ),
            (
                "delete from settled where state not in "
                "(select state from settled order by made desc limit ?)",
                [(MOST_SETTLED,)],
            ),
        )

    def stamps(self, folder: str) -> Mapping[str, tuple[str, str]]:
        """Stamp and checksum of each known file below a folder."""
        rows = self._asked(
            "select file, stamp, sha256 from stamps where file >= ? and file < ?",
            f"{folder}/",
            f"{folder}0",  # in sorting, 0 follows the stroke
        )
        return {file: (stamp, sha256) for file, stamp, sha256 in rows}

    def stamped(self, files: Mapping[str, tuple[str, str]]) -> None:
        """Note files as they are: by name, stamp and checksum."""
        rows = [(file, stamp, sha256) for file, (stamp, sha256) in files.items()]
        self._told(("insert or replace into stamps values (?, ?, ?)", rows))


def _changed(content: str, answer: Answer) -> Iterable["Note"]:
    for question, before in json.loads(content):
        try:
            now = answer(tuple(question))
        except KeyError:
            now = ""
        if now != before:
            yield tuple(question)


def _key(recipe: Recipe) -> str:
    return _name(json.dumps(recipe, sort_keys=True))


def _name(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:24]

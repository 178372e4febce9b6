"""What a run has read of its inputs, noted as it reads, so that it need not run again for others.

With BRIEFING_READS set to a file, a case notes each assumption and each question that it puts to
the ledger, together with a digest of the answer. Whoever keeps the notes can later put the same
questions (`answered`) and compare: equal answers, equal results. Without it nothing is noted.

A note is a short list: ["assumption", set, name], ["fact", set, id], ["payments", set], …
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from briefing.inputs.assumptions import Assumption
from briefing.inputs.digests import project_digests
from briefing.inputs.facts import Fact, Ledger, Reach
from briefing.inputs.files import project_root
from briefing.inputs.parameters import ParameterSet

READS = "BRIEFING_READS"
AUDIT = "BRIEFING_AUDIT"

Note = tuple[str, ...]
Notes = Mapping[Note, str]
"""Questions, and digests of their answers."""

_noted: set[tuple[str, Note]] = set()


def note(question: Note, answer: Any) -> None:
    """Write one question with the digest of its answer, once in a process and file."""
    target = os.environ.get(READS)
    if target and (target, question) not in _noted:
        _noted.add((target, question))
        os.write(_opened(target), json.dumps([question, digest(answer)]).encode() + b"\n")


@cache
def _opened(target: str) -> int:
    return os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def read_notes(text: str) -> dict[Note, str]:
    """Notes as a run left them. A run that was killed may have torn the last."""
    notes = {}
    for line in text.splitlines():
        try:
            question, answer = json.loads(line)
        except ValueError:
            break
        notes[tuple(question)] = answer
    return notes


def digest(answer: Any) -> str:
    """A short name for what was read, equal for equal content."""
    text = json.dumps(answer, default=_plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_entries: dict[int, tuple[Fact | Assumption, str]] = {}


def _entry_digest(entry: Fact | Assumption) -> str:
    """That of one entry of a file: they never change, so each is found again by its identity."""
    if id(entry) not in _entries:
        content = entry.model_dump(mode="json") if isinstance(entry, Fact) else vars(entry)
        _entries[id(entry)] = entry, digest(content)
    return _entries[id(entry)][1]


def _plain(value: Any) -> Any:
    if isinstance(value, Fact | Assumption):
        return _entry_digest(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Ledger):
        return [value.facts, value.parties]
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value)


def answered(question: Note, sets: Mapping[str, ParameterSet]) -> Any:
    """The answer today. `sets` are the parameter sets by name; raises KeyError for others."""
    kind, name, *rest = question
    parameters = sets[name]
    match kind:
        case "assumption":
            return parameters.assumptions[rest[0]]
        case "assumptions":
            return list(parameters.assumptions)
        case "correlations":
            return parameters.correlations
        case "fact":
            return parameters.facts.get(rest[0])
        case "matching":
            return parameters.facts.matching(rest[0], **json.loads(rest[1]))
        case "payments":
            return parameters.facts.payments
        case "payments_by":
            return parameters.facts.payments_by(rest[0])
        case "parties":
            return parameters.facts.parties
        case "superseded":
            return parameters.facts.superseded
        case "reach":
            return parameters.facts.reach(date.fromisoformat(rest[0]))
        case "sweep":
            from briefing.inputs.sweeps import load_sweep

            return load_sweep(rest[0], project_root() / "params").content
        case "risks":
            from briefing.inputs.risks import load_risks

            return load_risks(project_root() / "params").content
        case "signals":
            from briefing.inputs.signals import load_signals

            signals = load_signals(project_root() / "params")
            return list(signals), signals
        case "facts":
            return parameters.facts
        case "project":
            return project_digests(project_root())
        case "scenarios":
            return shown_scenarios(parameters, sets.__getitem__)
        case _:
            raise KeyError(kind)


def shown_scenarios(
    own: ParameterSet, load: Callable[[str], ParameterSet]
) -> list[tuple[str, str]]:
    """Names and titles of the sets compared with `own`, which stands first unless it is one."""
    sets = [load(name) for name in own.scenarios if name != own.name]
    is_shown = any(each.assumptions == own.assumptions for each in sets)
    return [(each.name, each.title) for each in (sets if is_shown else [own, *sets])]


def recorded(parameters: ParameterSet) -> ParameterSet:
    """The same set, whose reading is noted; itself when nobody takes notes."""
    if READS not in os.environ:
        return parameters
    seen: Any = {
        "assumptions": _Assumptions(parameters),
        "facts": _Facts(parameters),
    }
    return replace(parameters, **seen)


class _Assumptions(Mapping[str, Any]):
    def __init__(self, parameters: ParameterSet):
        self._set = parameters
        self._seen: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        found = self._set.assumptions[name]
        if name not in self._seen:  # they are asked for again and again
            self._seen.add(name)
            note(("assumption", self._set.name, name), found)
        return found

    def __iter__(self) -> Iterator[str]:
        note(("assumptions", self._set.name), list(self._set.assumptions))
        return iter(self._set.assumptions)

    def __len__(self) -> int:
        return len(list(iter(self)))


class _Facts(Mapping[str, Fact]):
    """A ledger that notes what it is asked. Its answers are plain, for they are noted whole."""

    def __init__(self, parameters: ParameterSet, note: Callable[[Note, Any], None] = note):
        self._name, self._ledger, self._note = parameters.name, parameters.facts, note

    def __getitem__(self, fact_id: str) -> Fact:
        return self.get(fact_id) or self._ledger[fact_id]

    def get(self, key: str, default: Any = None) -> Any:
        found = self._ledger.get(key)
        self._note(("fact", self._name, key), found)
        return default if found is None else found

    def __contains__(self, fact_id: object) -> bool:
        return self.get(str(fact_id)) is not None  # a mapping's own would make up an error first

    def _everything(self) -> Ledger:
        self._note(("facts", self._name), self._ledger)
        return self._ledger

    def __iter__(self) -> Iterator[str]:
        return iter(self._everything())

    def __len__(self) -> int:
        return len(self._everything())

    def values(self) -> Any:
        return self._everything().values()

    def items(self) -> Any:
        return self._everything().items()

    @property
    def facts(self) -> tuple[Fact, ...]:
        return self._everything().facts

    @property
    def newest_day(self) -> date:
        return self._everything().newest_day

    def known_on(self, day: date) -> Ledger:
        return self._everything().known_on(day)

    def matching(self, text: str = "", **fields: str | None) -> Ledger:
        found = self._ledger.matching(text, **fields)
        wanted = json.dumps(fields, sort_keys=True)
        self._note(("matching", self._name, text, wanted), found)
        return found

    @property
    def payments(self) -> tuple[Fact, ...]:
        self._note(("payments", self._name), self._ledger.payments)
        return self._ledger.payments

    def payments_by(self, payer: str) -> tuple[Fact, ...]:
        found = self._ledger.payments_by(payer)
        self._note(("payments_by", self._name, payer), found)
        return found

    @property
    def superseded(self) -> frozenset[str]:
        self._note(("superseded", self._name), self._ledger.superseded)
        return self._ledger.superseded

    def reach(self, day: date) -> Reach:
        found = self._ledger.reach(day)
        self._note(("reach", self._name, str(day)), found)
        return found

    @property
    def parties(self) -> Mapping[str, Any]:
        self._note(("parties", self._name), self._ledger.parties)
        return self._ledger.parties


def facts_asked(
    parameters: ParameterSet, formula: Callable[..., Any], arguments: Mapping[str, Any]
) -> tuple[Fact, ...]:
    """Facts that `formula` asks the ledger for, one by one or by what they say; each once."""
    asked: dict[str, Fact] = {}

    def keep(question: Note, answer: Any) -> None:
        kind = question[0]
        found = (answer,) if kind == "fact" else answer if kind.startswith("payments") else ()
        found = answer.values() if kind == "matching" else found
        asked.update({fact.id: fact for fact in found if fact})

    formula(**{**arguments, "facts": _Facts(parameters, keep)})
    return tuple(asked.values())


@cache
def _words() -> Mapping[str, str]:
    return {
        "assumption": "assumption {1}",
        "assumptions": "the list of assumptions",
        "correlations": "the correlations",
        "fact": "fact {1}",
        "matching": "the facts with {2} {1}",
        "payments": "the facts that promise money",
        "payments_by": "the facts that promise money of {1}",
        "superseded": "the list of superseded facts",
        "reach": "how far the facts reach",
        "parties": "the register of parties",
        "facts": "the whole ledger",
        "sweep": "sweep {1}",
        "risks": "the risks",
        "signals": "the watch list",
        "scenarios": "the list of scenarios",
        "project": "the lock or a notebook",
    }


def in_words(question: Note) -> str:
    """A question as a reader understands it.

    >>> in_words(("assumption", "latest", "tax_rate"))
    'assumption tax_rate of latest'
    """
    kind, name, *rest = question
    said = _words()[kind].format("", *rest, "", "")
    return f"{' '.join(said.split())} of {name}"


# --- Audit: files that a run opened, whoever opened them ---

_audited = False


def start_audit() -> None:
    """From now on list every file that this process opens for reading in the file BRIEFING_AUDIT.

    Once started it lasts as long as the process; without the variable it does not start.
    """
    global _audited
    target = os.environ.get(AUDIT)
    if not target or _audited:
        return
    _audited = True
    log = os.open(target, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], str | bytes):
            return
        path, mode, flags = arguments
        writes = any(letter in mode for letter in "wax") if mode else flags & os.O_ACCMODE
        if not writes:
            os.write(log, json.dumps(os.path.abspath(os.fsdecode(path))).encode() + b"\n")  # noqa: PTH100

    sys.addaudithook(hook)


def undeclared(audit: str, declared: tuple[Path, ...]) -> list[Path]:
    """Files of an audit that exist and lie in none of the `declared` folders."""
    known = (*declared, *map(Path, (sys.prefix, sys.base_prefix, "/proc", "/sys", "/dev", "/etc")))
    opened = {Path(json.loads(line)) for line in audit.splitlines()}
    return sorted(
        file
        for file in opened
        if file.is_file() and not any(file.is_relative_to(folder) for folder in known)
    )

"""Signals: what would change a conclusion, when it counts as seen, and what it would settle.

A block each in params/watch/*.yaml. A signal has fired when a fact that it names is known, or when
the newest figure of a series, or parts of a year added up, have reached its threshold; so its
status is the ledger's, no opinion.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, model_validator

from briefing.inputs.facts import Fact, Ledger
from briefing.inputs.files import (
    BadInput,
    did_you_mean,
    remembered_by_content,
    validation_messages,
    yaml_files,
)
from briefing.inputs.parameters import ParameterSet
from briefing.inputs.questions import ArticleQuestion, FrontPageQuestion
from briefing.inputs.risks import blocks, schema_of
from briefing.inputs.shocks import Entry, Plain, Shock, faults

CONSEQUENCE = "nothing was built"

ANY = "any"
"""Said for a signal by a schedule, it means each of the watch list."""


class Level(Entry):
    """A threshold on the newest known figure of a series of facts, or on the sum of its parts."""

    newest: tuple[str, ...] = Field(default=(), description="ids of a series; its newest counts")
    total: tuple[str, ...] = Field(
        default=(), description="ids of parts, such as quarters of a year; their sum counts"
    )
    at_least: Plain | None = None
    at_most: Plain | None = None
    at_least_fact: str | None = Field(default=None, description="fact whose figure is to be met")

    @model_validator(mode="after")
    def _one_side(self) -> "Level":
        given = (self.at_least, self.at_most, self.at_least_fact)
        if sum(each is not None for each in given) != 1:
            raise ValueError("must have exactly one of at_least, at_most, at_least_fact")
        if bool(self.newest) == bool(self.total):
            raise ValueError("must have one of newest and total, with at least one fact")
        return self

    @property
    def series(self) -> tuple[str, ...]:
        """Every fact that it measures."""
        return self.newest or self.total

    def reached_by(self, known: Sequence[Fact], facts: Mapping[str, Fact]) -> Fact | None:
        """The fact with which those `known` of the series meet the threshold; none if they fail.

        Of parts that add up it is the one that became known last.
        """
        if not known:
            return None
        if self.total:
            found = max(known, key=lambda fact: fact.known_since)
            figure = math.fsum(fact.value or 0.0 for fact in known)
        else:
            found = max(known, key=lambda fact: (fact.as_of or "", fact.known_since))
            figure = found.value
        return found if figure is not None and self._is_met(figure, facts) else None

    def _is_met(self, figure: float, facts: Mapping[str, Fact]) -> bool:
        other = facts.get(self.at_least_fact) if self.at_least_fact else None
        least = self.at_least if other is None else other.value
        if least is not None:
            return figure >= least
        return self.at_most is not None and figure <= self.at_most


class Outcome(Entry):
    """One way in which a signal may turn out, and what it then says about assumptions."""

    label: str = Field(min_length=2)
    shocks: dict[str, Shock] = Field(
        default_factory=dict[str, Shock], description="none where all stays as it is"
    )


class Signal(Entry):
    """One signal as its block states it."""

    title: str = Field(min_length=3)
    threshold: str = Field(min_length=10, description="what counts as seen, in words")
    where: str = Field(min_length=3, description="where it would be read")
    seen_in: tuple[str, ...] = Field(default=(), description="facts of which any one is it")
    level: Level | None = None
    so_far: tuple[str, ...] = Field(default=(), description="facts that fall short of it")
    outcomes: tuple[Outcome, ...] = Field(
        default=(), max_length=2, description="both ways in which it may turn out; none: no number"
    )
    why_no_number: str = Field(default="", description="where there are no outcomes")
    ends: tuple[FrontPageQuestion, ...] = Field(
        default=(), description="questions of the front page whose answer it would settle"
    )
    article: tuple[ArticleQuestion, ...] = ()

    @model_validator(mode="after")
    def _both_ways_or_reason(self) -> "Signal":
        if len(self.outcomes) == 1 or bool(self.outcomes) == bool(self.why_no_number):
            raise ValueError("must have two outcomes, or none and why_no_number")
        if self.outcomes and not any(each.shocks for each in self.outcomes):
            raise ValueError("must have an outcome that moves something, or why_no_number instead")
        return self

    @property
    def cited(self) -> tuple[str, ...]:
        """Every fact that it names."""
        series = self.level.series if self.level else ()
        other = (self.level.at_least_fact,) if self.level and self.level.at_least_fact else ()
        return (*self.seen_in, *series, *other, *self.so_far)


Signals = Mapping[str, Signal]


def signal_files(params: Path) -> tuple[Path, ...]:
    """All files of signals, in the order of their names."""
    return tuple(yaml_files(params / "watch"))


@remembered_by_content(signal_files)
def load_signals(params: Path) -> Signals:
    """Read every block; raises BadInput with every fault of their shape at once."""
    found: dict[str, Signal] = {}
    titles: dict[str, str] = {}
    messages: list[str] = []
    for file in signal_files(params):
        for name, block in blocks(file, "a signal").items():
            if name in found:
                messages.append(f"{file}: {name}: another file has it too; {CONSEQUENCE}")
                continue
            if name == ANY:
                told = "is what schedules call each signal; give it another name"
                messages.append(f"{file}: {name}: {told}; {CONSEQUENCE}")
                continue
            try:
                found[name] = Signal.model_validate(block)
            except ValidationError as error:
                messages += validation_messages(file, error, Signal, CONSEQUENCE, name)
                continue
            if titles.setdefault(found[name].title, name) != name:
                told = f"title: {titles[found[name].title]} has it too, and readers could not tell"
                messages.append(f"{file}: {name}.{told} them apart; {CONSEQUENCE}")
    if messages:
        raise BadInput(messages)
    return found


def check_signals(signals: Signals, params: Path, parameters: ParameterSet, ledger: Ledger) -> None:
    """Raise BadInput where a signal does not fit the set or the ledger."""
    messages = [
        f"{params / 'watch'}: {name}.{fault} (in the set {parameters.name}); {CONSEQUENCE}"
        for name, signal in signals.items()
        for fault in _faults(signal, parameters, ledger)
    ]
    if messages:
        raise BadInput(messages)


def _faults(signal: Signal, parameters: ParameterSet, ledger: Ledger) -> list[str]:
    found = [
        f"facts: no fact {fact!r}{did_you_mean(fact, ledger)}"
        for fact in signal.cited
        if fact not in ledger
    ]
    for outcome in signal.outcomes:
        told = faults(outcome.shocks, parameters.assumptions)
        found += [f"outcomes.{outcome.label}.{fault}" for fault in told]
    return found


def seen_in(signal: Signal, facts: Mapping[str, Fact], as_of: date) -> tuple[str, ...]:
    """Facts known on `as_of` by which the signal has fired; none where it has not."""
    found = [fact.id for fact in _known(signal.seen_in, facts, as_of)]
    if signal.level:
        reached = signal.level.reached_by(_known(signal.level.series, facts, as_of), facts)
        if reached:
            found.append(reached.id)
    return tuple(found)


def short_of(signal: Signal, facts: Mapping[str, Fact], as_of: date) -> tuple[str, ...]:
    """Facts known on `as_of` that point to the signal and fall short of it."""
    series = signal.level.series if signal.level else ()
    hits = seen_in(signal, facts, as_of)
    known = (fact.id for fact in _known((*signal.so_far, *series), facts, as_of))
    return tuple(name for name in known if name not in hits)


def fired(signals: Signals, facts: Mapping[str, Fact], as_of: date) -> tuple[str, ...]:
    """Names of the signals that the ledger shows as seen by `as_of`, in the order of the files."""
    return tuple(name for name, signal in signals.items() if seen_in(signal, facts, as_of))


def _known(names: tuple[str, ...], facts: Mapping[str, Fact], as_of: date) -> list[Fact]:
    found = (facts.get(name) for name in names)
    return [fact for fact in found if fact is not None and fact.known_since <= as_of]


def signal_schema(params: Path) -> dict[str, Any]:
    """JSON Schema of a file of signals, with the names of all assumptions, for editors."""
    return schema_of(Signal, "Watch list", params, {})

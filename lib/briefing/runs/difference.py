"""Differences: what changed between two builds, the conclusions that flipped first.

Everything is read from what the builds published; only the causes of a move are computed anew
(`briefing.runs.attribution`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from briefing.exhibits.exhibit import EXHIBIT_MIME
from briefing.exhibits.headlines import Headline
from briefing.inputs.digests import code_digests
from briefing.inputs.parameters import ParameterSet
from briefing.runs.attribution import CODE, Attribution, Mixed, Players, attributed
from briefing.runs.builds import Build
from briefing.runs.changes import (
    AssumptionChange,
    ExhibitChange,
    FactChange,
    Shown,
    changed_assumptions,
    changed_exhibits,
    changed_facts,
    exhibits_of,
    outputs,
)
from briefing.runs.snapshot import INPUTS, Snapshot, read
from briefing.runs.stances import Answer, Figures, flips, reworded_answers

ANSWERS = "E00"
"""The exhibit whose rows are the conclusions: a question, and our answer."""

ANSWER_COLUMNS = ("Question", "Our answer")

SUMMARY_NOTEBOOK = "00_summary.ipynb"


@dataclass(frozen=True)
class Move:
    """A headline figure as both builds print it, and why it moved."""

    before: Headline | None
    after: Headline | None
    attribution: Attribution | None = None

    @property
    def figure(self) -> Headline:
        """Its name and unit, as the later build has them."""
        figure = self.after or self.before
        assert figure is not None
        return figure

    @property
    def move(self) -> float:
        """By how much it moved; no number where one of the builds does not print it."""
        if self.before is None or self.after is None:
            return nan
        return self.after.value - self.before.value

    @property
    def is_printed(self) -> bool:
        """Whether a reader of both builds sees that it moved."""
        before, after = (each.shown if each else None for each in (self.before, self.after))
        return before != after


def moves(before: Figures, after: Figures) -> tuple[Move, ...]:
    """Every headline figure, moved or not, in the order of the later build."""
    return tuple(Move(before.get(name), after.get(name)) for name in {**after, **before})


@dataclass(frozen=True)
class Content:
    """What of a build is compared."""

    place: str
    name: str
    title: str
    as_of: str
    built: str
    figures: Figures
    answers: Mapping[str, str]
    exhibits: Mapping[tuple[str, str, int], Shown]
    snapshot: Snapshot | None


def content(build: Build) -> Content:
    """Read a build; what older builds did not publish yet is missing."""
    texts = {name: build.read(name) for name in build.notebooks}
    stated = build.read(INPUTS)
    snapshot = None if stated is None else read(stated, f"{build.shown}/{INPUTS}")
    record = build.record
    return Content(
        place=build.shown,
        name=str(record.get("name", "")),
        title=snapshot.parameters.title if snapshot else "",
        as_of=str(record.get("as_of", "")),
        built=str(record.get("built", "")),
        figures=recorded_figures(record.get("figures")),
        answers=answers(texts.get(SUMMARY_NOTEBOOK) or "{}"),
        exhibits={
            place: shown
            for name, text in texts.items()
            if text
            for place, shown in exhibits_of(name, text)
        },
        snapshot=snapshot,
    )


def recorded_figures(recorded: Any) -> Figures:
    """The headline figures that a record holds, by id."""
    return {figure.id: figure for figure in _figures(recorded)}


def _figures(recorded: Any) -> Iterator[Headline]:
    for entry in recorded or ():
        if isinstance(entry.get("value"), int | float):
            yield Headline(
                id=entry["id"],
                label=entry.get("label") or entry["id"],
                value=entry["value"],
                low=entry.get("low"),
                high=entry.get("high"),
                unit=entry.get("unit") or "",
                shown=entry.get("shown") or f"{entry['value']:g}",
            )


def answers(summary: str) -> Mapping[str, str]:
    """Our answers by question, as the executed summary shows them."""
    for output in outputs(summary):
        described = output.get(EXHIBIT_MIME)
        if isinstance(described, dict) and described.get("id") == ANSWERS:
            frame = described.get("data") or {}
            question, answer = (frame["columns"].index(name) for name in ANSWER_COLUMNS)
            return {row[question]: row[answer] for row in frame["data"]}
    return {}


@dataclass(frozen=True)
class Difference:
    """What changed from one build to another, the conclusions first."""

    before: Content
    after: Content
    flipped: tuple[Answer, ...]
    reworded: tuple[Answer, ...]
    moves: tuple[Move, ...]
    assumptions: tuple[AssumptionChange, ...]
    facts: tuple[FactChange, ...]
    made_with: Mapping[str, bool]
    """Whether the code, the notebooks and the rest changed, where both builds say."""
    exhibits: tuple[ExhibitChange, ...]
    notes: tuple[str, ...]


def difference(earlier: Build, later: Build) -> Difference:
    """Compare two builds; the causes of each move are computed with today's code."""
    before, after = content(earlier), content(later)
    old, new = before.snapshot, after.snapshot
    moved = _attributed(moves(before.figures, after.figures), old, new)
    return Difference(
        before=before,
        after=after,
        flipped=flips(before.figures, after.figures),
        reworded=reworded_answers(before.answers, after.answers),
        moves=moved,
        assumptions=changed_assumptions(old.parameters.assumptions, new.parameters.assumptions)
        if old and new
        else (),
        facts=changed_facts(old.parameters.facts, new.parameters.facts) if old and new else (),
        made_with=remade(old, new) if old and new else {},
        exhibits=changed_exhibits(before.exhibits, after.exhibits),
        notes=tuple(_notes(before, after, moved)),
    )


def remade(old: Snapshot, new: Snapshot) -> Mapping[str, bool]:
    """Whether each kind of file changed, as far as both know it."""
    kinds = [kind for kind in new.digests if kind in old.digests]
    return {kind: old.digests[kind] != new.digests[kind] for kind in kinds}


def _attributed(
    moved: tuple[Move, ...], old: Snapshot | None, new: Snapshot | None
) -> tuple[Move, ...]:
    return with_causes(moved, old.parameters, new.parameters) if old and new else moved


def with_causes(
    moved: tuple[Move, ...],
    old: ParameterSet,
    new: ParameterSet,
    players: Players | None = None,
    mixed: Mixed | None = None,
) -> tuple[Move, ...]:
    """The moves, each shared among its causes, or among `players` that hold these together."""
    printed = {
        each.figure.id: (each.before.value, each.after.value)
        for each in moved
        if each.before and each.after and each.move != 0
    }
    if not printed:
        return moved
    found = attributed(old, new, printed, players, mixed)
    return tuple(replace(each, attribution=found.get(each.figure.id)) for each in moved)


def _notes(before: Content, after: Content, moved: tuple[Move, ...]) -> Iterator[str]:
    """What a reader must know of how far the comparison reaches."""
    for each in (before, after):
        if each.snapshot is None:
            yield (
                f"{each.place} holds no {INPUTS}: it was built before inputs were recorded, so "
                "facts and assumptions are not compared, and no move has causes"
            )
        elif not each.figures:
            yield f"{each.place} records no headline figures, so no move has causes"
    old, new = before.snapshot, after.snapshot
    if not (old and new and any(each.attribution for each in moved)):
        return
    today = code_digests()
    is_of_today = [today.items() <= each.digests.items() for each in (old, new)]
    if not is_of_today[1]:
        yield (
            "The later build was not made with today's code, which computes the causes; what that "
            f"changes is counted as {CODE}"
        )
    named = {c.name for each in moved if each.attribution for c in each.attribution.causes}
    if all(is_of_today) and CODE in named:
        yield (
            f"No code changed, so what is counted as {CODE} comes from Python or its libraries, or "
            "from a build that was changed by hand"
        )
    if any(each.attribution and not each.attribution.is_exact for each in moved):
        yield (
            "There are too many causes to value every combination: shares are averages over a "
            "sample of orders, with their standard error, and sum to the move all the same"
        )

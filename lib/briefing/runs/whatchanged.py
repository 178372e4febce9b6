"""What changed since the build before: exhibit E42, which stands on the front page of a build.

    before.json, after.json    what both builds were made from, as in their `inputs.json`
    request.json               the builds' names, and the figures that the earlier one printed
    changes.json               the answer: the exhibit as a notebook shows it, or why there is none

It is computed while the notebooks run, in a process that has the model loaded. `briefing diff`
says the same at length, and computes each cause for itself.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import pandas as pd

from briefing.case import Case
from briefing.exhibits.exhibit import EXHIBIT_MIME, Exhibit
from briefing.exhibits.tables import read_aloud, table
from briefing.exhibits.words import opening, spoken
from briefing.inputs.files import BadInput, put
from briefing.runs.attribution import (
    CODE,
    CORRELATIONS,
    DATE_AND_FACTS,
    DRAWS,
    FIGURES,
    Mixed,
    Players,
    changed_causes,
    grouped,
    mixtures,
)
from briefing.runs.changes import (
    AssumptionChange,
    FactChange,
    by_weight,
    changed_assumptions,
    changed_facts,
    moves_figures,
)
from briefing.runs.comparing import ID, finding_shown
from briefing.runs.difference import Move, moves, recorded_figures, remade, with_causes
from briefing.runs.snapshot import Snapshot, read
from briefing.runs.stances import Answer, Figures, flips
from briefing.runs.wording import counted, ends_of, in_parts, in_words, listed

MOST_PLAYERS = 4
"""Causes, or groups of them, that share a move: four have sixteen combinations, computed in about
half a second beside the notebooks, and each more doubles that. Where causes are grouped, each
group is computed once alone as well, so that those that matter are named."""

MOST_ROWS = 6

MOST_NAMED = 5
"""Changed facts and assumptions that are named; all are counted."""

MOST_CAUSES = 4
"""Causes of one move that are named."""

COLUMNS = ("Conclusion or figure", "Before → now", "Why")


@dataclass(frozen=True)
class Changes:
    """What the front page tells of two builds of a set, the conclusions first."""

    earlier: str
    """How the earlier one is called: its date and its key."""
    flipped: tuple[Answer, ...]
    moves: tuple[Move, ...]
    assumptions: tuple[AssumptionChange, ...]
    facts: tuple[FactChange, ...]
    made_with: Mapping[str, bool]
    players: Players
    command: str
    """The command that says more."""
    is_same_day: bool = True

    @property
    def seen(self) -> tuple[Move, ...]:
        """Moves that show in the printed figures, those by the largest part of them first."""
        seen = [each for each in self.moves if each.is_printed]
        return tuple(sorted(seen, key=lambda each: -_relative(each)))

    @property
    def unseen(self) -> tuple[Move, ...]:
        """Moves by less than a figure prints."""
        seen = self.seen
        return tuple(
            each for each in self.moves if isfinite(each.move) and each.move and each not in seen
        )

    @property
    def is_grouped(self) -> bool:
        """Whether some causes are taken together."""
        return any(len(causes) > 1 for causes in self.players.values())


def _relative(move: Move) -> float:
    """Size of a move beside the larger of its ends; what only one build prints comes last."""
    if move.before is None or move.after is None or not isfinite(move.move):
        return 0.0
    size = max(abs(move.before.value), abs(move.after.value))
    return abs(move.move) / size if size else 0.0


def changes(
    old: Snapshot, new: Snapshot, printed: Figures, earlier: str, command: str = ""
) -> Changes:
    """Compare two builds by their inputs and by the figures that the earlier one printed.

    Today's code is that of the later build, so what it computes is what that build prints.
    """
    before, after = old.parameters, new.parameters
    now = {each.id: each for each in Case.of(after).value(FIGURES)}
    causes = changed_causes(before, after)
    known = {**before.assumptions, **after.assumptions}
    mixed = mixtures(before, after)
    players = grouped(causes, known, MOST_PLAYERS, lambda some: _effect(some, mixed))
    moved = with_causes(moves(printed, now), before, after, players, mixed)
    assumptions = changed_assumptions(before.assumptions, after.assumptions)
    return Changes(
        earlier=earlier,
        flipped=flips(printed, now),
        moves=moved,
        assumptions=_by_effect(assumptions, moved, players),
        facts=by_weight(changed_facts(before.facts, after.facts), assumptions),
        made_with=remade(old, new),
        players=players,
        command=command,
        is_same_day=before.as_of == after.as_of,
    )


def _effect(causes: Iterable[str], mixed: Mixed) -> float:
    """The largest move of any figure, beside its size, where only these causes are as later."""
    try:
        none, some = mixed(frozenset()), mixed(frozenset(causes))
    except (ArithmeticError, LookupError, ValueError):
        return 0.0  # who computes the parts will say why
    sizes = {name: max(abs(none[name]), abs(value)) for name, value in some.items()}
    parts = [abs(some[name] - none[name]) / size for name, size in sizes.items() if size]
    return max((part for part in parts if isfinite(part)), default=0.0)


def _by_effect(
    changed: Iterable[AssumptionChange], moved: Iterable[Move], players: Players
) -> tuple[AssumptionChange, ...]:
    """Assumptions behind the largest parts of moves first; a group's members by their order."""
    effects: dict[str, float] = {}
    for attribution in (each.attribution for each in moved if each.attribution):
        for cause in attribution.causes:
            share = abs(cause.move) / abs(attribution.causes[0].move)
            for name in players.get(cause.name, ()):
                effects[name] = max(share, effects.get(name, 0.0))
    return tuple(
        sorted(changed, key=lambda each: (not moves_figures(each), -effects.get(each.name, 0.0)))
    )


# --- The exhibit ---


def shown(found: Changes, page: str) -> dict[str, Any]:
    """E42 as a notebook shows it: the conclusions that flipped, then the figures that moved.

    Where neither happened it has no table, and its title says so. `page` is the earlier one's.
    """
    rows = [*map(_flip, found.flipped), *map(_row(found), found.seen)]
    title = f"What changed since {found.earlier}: {_finding(found)}"
    notes = (*_left_out(rows, found), *_counts(found), *_method(found))
    if not rows:
        return finding_shown(title, notes, page)
    frame = pd.DataFrame(rows[:MOST_ROWS], columns=COLUMNS)
    exhibit = Exhibit(
        title=title,
        id=ID,
        name="what_changed",
        stands_as="Estimate",
        body=table(frame, stub=COLUMNS[0]),
        alt=f"{opening(_finding(found))}. {read_aloud(frame)}.",
        data=pd.DataFrame(_exact(found)),
        notes=notes,
    )
    bundle = dict(exhibit._repr_mimebundle_())
    return {**bundle, EXHIBIT_MIME: {**bundle[EXHIBIT_MIME], "earlier_page": page}}


def _finding(found: Changes) -> str:
    flipped = counted(len(found.flipped), "conclusion") if found.flipped else "no conclusion"
    moved, total = len(found.seen), len(found.moves)
    if not found.flipped and not moved:
        return "no conclusion flipped and no headline figure moved"
    figures = f"{in_words(moved)} of {counted(total, 'headline figure')} moved"
    return f"{flipped} flipped, {figures}"


def _flip(answer: Answer) -> tuple[str, str, str]:
    return (
        f"Flipped: {answer.question}",
        f"{answer.before} → {answer.after}",
        f"It {answer.rule}.",
    )


def _row(found: Changes) -> Any:
    def row(move: Move) -> tuple[str, str, str]:
        ends = " → ".join(each.shown if each else "—" for each in (move.before, move.after))
        return move.figure.label, ends, _why(move, found)

    return row


def _why(move: Move, found: Changes) -> str:
    """The move, and its parts in whole last digits that sum to it."""
    if move.before is None or move.after is None:
        return "Not printed before" if move.before is None else "Not printed any more"
    if move.move == 0:
        return "The same number, printed otherwise"
    if move.attribution is None or not move.attribution.causes:
        told = move.attribution.failure if move.attribution else ""
        return f"Not shared: {told}" if told else "Not shared among causes"
    causes = move.attribution.causes
    named = causes if len(causes) <= MOST_CAUSES else causes[: MOST_CAUSES - 1]
    parts = [cause.move for cause in named]
    names = [_called(cause.name, found) for cause in named]
    if rest := causes[len(named) :]:
        parts.append(sum(cause.move for cause in rest))
        names.append(f"{counted(len(rest), 'smaller cause')}")
    whole, written = in_parts(parts, move.figure.unit)
    told = [(name, part) for name, part in zip(names, written, strict=True) if part]
    if len(told) == 1:
        return f"{whole}: {told[0][0]}"
    return f"{whole}: " + ", ".join(f"{name} {part.removesuffix(' points')}" for name, part in told)


def _called(cause: str, found: Changes) -> str:
    """What a reader calls a cause."""
    if cause == CODE and not found.made_with.get(CODE, True):
        return "Python or its libraries"
    if cause == DATE_AND_FACTS and found.is_same_day:
        return "facts"
    if cause in (CODE, CORRELATIONS, DATE_AND_FACTS, DRAWS) or cause not in found.players.get(
        cause, ()
    ):
        return cause
    return spoken(cause)


def _left_out(rows: Sequence[Any], found: Changes) -> Iterator[str]:
    left = len(rows) - MOST_ROWS
    told = [f"{counted(left, 'further row')} left out"] if left > 0 else []
    if found.unseen:
        told.append(f"{counted(len(found.unseen), 'figure')} moved by less than is printed")
    if told:
        yield f"{opening(listed(told))}."


def _counts(found: Changes) -> Iterator[str]:
    """How much changed of what it is made from, and what matters most of that."""
    most = MOST_NAMED if not found.facts else MOST_NAMED - min(2, len(found.facts))
    assumptions = [f"{spoken(each.name)} {_ends(each)}" for each in found.assumptions[:most]]
    facts = [
        f"{each.id}: {', '.join(each.what)}"
        for each in found.facts[: MOST_NAMED - len(assumptions)]
    ]
    told = [
        *_counted_and_named(len(found.assumptions), "assumption", assumptions),
        *_counted_and_named(len(found.facts), "fact", facts),
        *(kind for kind, is_changed in found.made_with.items() if is_changed),
    ]
    yield f"Changed: {listed(told)}." if told else "Nothing that it is made from changed."


def _counted_and_named(count: int, name: str, named: Sequence[str]) -> Iterator[str]:
    if count:
        more = "; …" if count > len(named) else ""
        yield f"{counted(count, name)} ({'; '.join(named)}{more})"


def _ends(change: AssumptionChange) -> str:
    """Its values, or what else of it changed."""
    return ends_of(change) if moves_figures(change) else "/".join(change.what)


def _method(found: Changes) -> Iterator[str]:
    shared = [each for each in found.seen if each.attribution and each.attribution.causes]
    several = any(len(each.attribution.causes) > 1 for each in shared if each.attribution)
    how = "The parts of a move sum to it; each is the average over every order of the causes."
    together = (
        " Causes are taken together by groups, as there are many." if found.is_grouped else ""
    )
    more = f" Every change, cause by cause: {found.command}." if found.command else ""
    if told := f"{how if several else ''}{together if shared else ''}{more}".strip():
        yield told


def _exact(found: Changes) -> Iterator[dict[str, Any]]:
    """Every part of every move, unrounded; parts of a figure sum to its move."""
    for answer in found.flipped:
        yield {"what": answer.question, "before": answer.before, "after": answer.after}
    for move in found.moves:
        if not move.move:
            continue
        ends = {
            "what": move.figure.label,
            "before": move.before.value if move.before else None,
            "after": move.after.value if move.after else None,
            "unit": move.figure.unit,
        }
        for cause in (move.attribution.causes if move.attribution else ()) or (None,):
            part = {"cause": cause.name, "part": cause.move} if cause else {}
            yield {**ends, **part}


# --- Beside the notebooks ---


def compare(folder: Path) -> None:
    """Answer the request in `folder`; what keeps it from an answer is answered in words."""
    try:
        answer = _answer(folder)
    except BadInput as error:
        answer = {"failure": error.messages[0]}
    except Exception as error:  # a damaged record has many ways to be none
        told = " ".join(str(error).split())
        answer = {"failure": f"it cannot be compared ({type(error).__name__}: {told})"}
    text = json.dumps(answer, sort_keys=True, ensure_ascii=False)
    put(folder / "changes.json", text + "\n")


def _answer(folder: Path) -> dict[str, Any]:
    asked = json.loads((folder / "request.json").read_text("utf-8"))
    old = read((folder / "before.json").read_text("utf-8"), asked["place"])
    new = read((folder / "after.json").read_text("utf-8"), "inputs.json")
    figures = recorded_figures(asked["figures"])
    found = changes(old, new, figures, asked["earlier"], asked["command"])
    now = {move.after.id: move.after.shown for move in found.moves if move.after}
    return {"shown": shown(found, asked["page"]), "figures": now}

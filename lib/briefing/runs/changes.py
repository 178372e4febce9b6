"""Changes: facts, assumptions and exhibits that are not what they were."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from briefing.exhibits.exhibit import EXHIBIT_MIME
from briefing.inputs.assumptions import Assumption
from briefing.inputs.facts import Fact
from briefing.runs.attribution import numbers

AMOUNTS = ("value", "low", "high", "unit")


@dataclass(frozen=True)
class FactChange:
    """A fact that is not what it was; `what` is said in words of the table below."""

    id: str
    what: tuple[str, ...]  # added, withdrawn, amount, wording, grade, or the names of fields
    before: Fact | None
    after: Fact | None


def changed_facts(before: Mapping[str, Fact], after: Mapping[str, Fact]) -> tuple[FactChange, ...]:
    """Facts added, withdrawn, reworded, re-graded or changed otherwise, by id."""
    return tuple(
        FactChange(name, _fact_changes(old, new), old, new)
        for name in sorted({*before, *after})
        for old, new in [(before.get(name), after.get(name))]
        if old != new
    )


def _fact_changes(before: Fact | None, after: Fact | None) -> tuple[str, ...]:
    if before is None or after is None:
        return ("added",) if before is None else ("withdrawn",)
    fields = [name for name in Fact.model_fields if getattr(before, name) != getattr(after, name)]
    named = dict.fromkeys(AMOUNTS, "amount") | {"note": "wording"}
    grade = ["grade"] if before.grade != after.grade else []
    return tuple(dict.fromkeys([*grade, *(named.get(each, each) for each in fields)]))


@dataclass(frozen=True)
class AssumptionChange:
    """An assumption that is not what it was."""

    name: str
    what: tuple[str, ...]  # added, removed, value, range, shape, options, facts, reason
    before: Assumption | None
    after: Assumption | None


def changed_assumptions(
    before: Mapping[str, Assumption], after: Mapping[str, Assumption]
) -> tuple[AssumptionChange, ...]:
    """Assumptions whose value, range, shape, options, facts or reason changed.

    In the order of the parameter file; those with another value or range stand first.
    """
    names = {**after, **before}
    found = [
        AssumptionChange(name, what, before.get(name), after.get(name))
        for name in names
        if (what := _assumption_changes(before.get(name), after.get(name)))
    ]
    return tuple(sorted(found, key=lambda each: not moves_figures(each)))


def moves_figures(change: AssumptionChange) -> bool:
    """Whether a computation can see the change."""
    if change.before is None or change.after is None:
        return True
    return numbers(change.before) != numbers(change.after)


def _assumption_changes(before: Assumption | None, after: Assumption | None) -> tuple[str, ...]:
    if before is None or after is None:
        return ("added",) if before is None else ("removed",)
    facts = ([fact.id for fact in each.facts] for each in (before, after))
    differs = {
        "value": before.value != after.value,
        "range": (before.low, before.high) != (after.low, after.high),
        "shape": before.distribution != after.distribution,
        "options": numbers(before)[-1] != numbers(after)[-1],
        "facts": next(facts) != next(facts),
        "reason": before.reason.split() != after.reason.split(),
    }
    return tuple(name for name, is_so in differs.items() if is_so)


def by_weight(
    facts: Iterable[FactChange], assumptions: Iterable[AssumptionChange]
) -> tuple[FactChange, ...]:
    """Facts behind changed assumptions first, then the ledger's core, then by id."""
    sides = [side for each in assumptions for side in (each.before, each.after) if side]
    used = {fact.id for side in sides for fact in side.facts}

    def weight(change: FactChange) -> tuple[bool, bool, str]:
        fact = change.after or change.before
        return change.id not in used, fact is None or fact.priority != "core", change.id

    return tuple(sorted(facts, key=weight))


@dataclass(frozen=True)
class Shown:
    """An exhibit as a notebook shows it: digests of what a reader sees, and of its sources."""

    id: str
    title: str
    seen: str
    sources: str


@dataclass(frozen=True)
class ExhibitChange:
    """An exhibit whose output changed; a title is empty where a build lacks it."""

    id: str
    title_before: str
    title: str
    what: str  # new, gone, changed, or only its sources
    notebook: str


def exhibits_of(notebook: str, text: str) -> Iterator[tuple[tuple[str, str, int], Shown]]:
    """Exhibits of an executed notebook, by notebook, name and how often it was shown before."""
    seen: dict[str, int] = {}
    for output in outputs(text):
        described = output.get(EXHIBIT_MIME)
        if not isinstance(described, dict):
            continue
        name = str(described.get("name") or described.get("id") or described.get("title"))
        count = seen[name] = seen.get(name, -1) + 1
        words = {k: v for k, v in described.items() if k not in ("sources", "assumptions")}
        yield (
            (notebook, name, count),
            Shown(
                str(described.get("id", "")),
                str(described.get("title", "")),
                _digest({**output, EXHIBIT_MIME: words}),
                _digest([described.get("sources"), described.get("assumptions")]),
            ),
        )


def outputs(text: str) -> Iterator[Mapping[str, Any]]:
    """What an executed notebook shows, by MIME type."""
    for cell in json.loads(text).get("cells", []):
        for output in cell.get("outputs", []):
            yield output.get("data", {})


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def changed_exhibits(
    before: Mapping[tuple[str, str, int], Shown], after: Mapping[tuple[str, str, int], Shown]
) -> tuple[ExhibitChange, ...]:
    """Exhibits that look different, in the order of the later build; sources alone come last."""
    found = [
        ExhibitChange(
            next(shown.id for shown in (new, old) if shown) or place[1],
            old.title if old else "",
            new.title if new else "",
            what,
            place[0],
        )
        for place in {**after, **before}
        for old, new in [(before.get(place), after.get(place))]
        if (what := _exhibit_change(old, new))
    ]
    return tuple(sorted(found, key=lambda each: each.what == "only its sources"))


def _exhibit_change(before: Shown | None, after: Shown | None) -> str:
    if before is None or after is None:
        return "new" if before is None else "gone"
    if before.seen != after.seen:
        return "changed"
    return "only its sources" if before.sources != after.sources else ""

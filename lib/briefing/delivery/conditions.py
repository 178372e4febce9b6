"""Conditions: whether a build is news to those who had the one before.

Read from what both builds published; nothing is computed anew.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from briefing.delivery.schedules import Schedule, Trigger
from briefing.exhibits.words import quantity_text
from briefing.inputs.signals import ANY
from briefing.runs.difference import recorded_figures
from briefing.runs.places import Place
from briefing.runs.snapshot import INPUTS, SIGNALS_FIRED
from briefing.runs.stances import flips

Record = Mapping[str, Any]

FACTS = "facts_in_order"

QUIET = "no trigger tripped"


class News(NamedTuple):
    """Whether a build is worth a mail, and why: to its readers if it is, to the desk if not."""

    is_news: bool
    why: str = ""


def news(schedule: Schedule, place: Place, before: str, folder: str) -> News:
    """Whether anybody needs the build in `folder` after that in `before`.

    The first briefing of a schedule is news, except to who waits for a trigger. One that cannot be
    compared goes out: better a mail too many than one that is missed.
    """
    if schedule.when == "always":
        return News(True)
    old = place.record(before) if before else None
    new = place.record(folder) or {}
    if schedule.when == "trigger":
        crossed = tripped(schedule, new) - (tripped(schedule, old) if old else set())
        fired = _fired_anew(schedule, place, before, folder) if schedule.watched else set()
        if fired is None:
            return News(True)  # nobody knows
        why = [
            *_crossed(schedule, new, crossed),
            *(f"“{_spoken(each)}” was seen" for each in fired),
        ]
        return News(True, f"Sent because {'; and '.join(why)}.") if why else News(False, QUIET)
    if old is None:
        return News(True)
    if schedule.when == "conclusion_changed":
        flipped = flips(recorded_figures(old.get("figures")), recorded_figures(new.get("figures")))
        return News(True) if flipped else News(False, "no conclusion changed")
    known = _stated(place, before, FACTS)
    added = known is None or (_stated(place, folder, FACTS) or set()) - known
    return News(True) if added else News(False, "no fact was added")


def tripped(schedule: Schedule, record: Record) -> set[str]:
    """Names of the triggers that a build's printed figures trip.

    Raises KeyError where a trigger watches a figure that the build does not print.
    """
    figures = recorded_figures(record.get("figures"))
    levels = {name: each for name, each in schedule.triggers.items() if each.figure}
    missing = sorted({each.figure for each in levels.values()} - set(figures))
    if missing:
        known = ", ".join(figures) or "none"
        raise KeyError(f"triggers: no headline figure {missing[0]!r}; the build prints {known}")
    return {
        name
        for name, trigger in levels.items()
        if trigger.is_tripped(figures[trigger.figure].value)
    }


def _crossed(schedule: Schedule, record: Record, names: set[str]) -> Iterator[str]:
    """What a build prints past the levels of the triggers `names`."""
    figures = recorded_figures(record.get("figures"))
    for name, trigger in schedule.triggers.items():
        if name in names:
            figure = figures[trigger.figure]
            yield f"“{figure.label}” is {figure.shown}, {_passed(trigger, figure.value)}"


def _passed(trigger: Trigger, value: float) -> str:
    is_above = trigger.above is not None and value > trigger.above
    level = trigger.above if is_above else trigger.below
    assert level is not None
    return f"{'above' if is_above else 'below'} {quantity_text(trigger.figure, level)}"


def _fired_anew(schedule: Schedule, place: Place, before: str, folder: str) -> list[str] | None:
    """Signals that the schedule watches and that fired since the build before; None if untold.

    A build before that does not say which had fired counts as one by which none had.
    """
    now = _stated(place, folder, SIGNALS_FIRED)
    if now is None:
        return None
    fresh = now - ((_stated(place, before, SIGNALS_FIRED) if before else None) or set())
    return sorted(fresh if ANY in schedule.watched else fresh & schedule.watched)


def _spoken(signal: str) -> str:
    return signal.replace("_", " ")


def _stated(place: Place, folder: str, names: str) -> set[str] | None:
    """Names that a build recorded with its inputs; None where it does not say."""
    try:
        return set(json.loads(place.read(f"{folder}/{INPUTS}"))[names])
    except (OSError, ValueError, KeyError, TypeError):
        return None

"""Conditions: whether a build is news to those who had the one before.

Read from what both builds published; nothing is computed anew.
"""

import json
from collections.abc import Mapping
from typing import Any

from briefing.delivery.schedules import Schedule
from briefing.runs.difference import recorded_figures
from briefing.runs.places import Place
from briefing.runs.snapshot import INPUTS
from briefing.runs.stances import flips

Record = Mapping[str, Any]


def reason_to_wait(schedule: Schedule, place: Place, before: str, folder: str) -> str:
    """Why nobody needs the build in `folder` after that in `before`; nothing when it is news.

    The first briefing of a schedule is news, except to who waits for a trigger. One that cannot be
    compared goes out: better a mail too many than one that is missed.
    """
    if schedule.when == "always":
        return ""
    old = place.record(before) if before else None
    new = place.record(folder) or {}
    if schedule.when == "trigger":
        fresh = tripped(schedule, new) - (tripped(schedule, old) if old else set())
        return "" if fresh else "no signal of the watch list tripped"
    if old is None:
        return ""
    if schedule.when == "conclusion_changed":
        flipped = flips(recorded_figures(old.get("figures")), recorded_figures(new.get("figures")))
        return "" if flipped else "no conclusion changed"
    known = _facts(place, before)
    added = known is None or (_facts(place, folder) or set()) - known
    return "" if added else "no fact was added"


def tripped(schedule: Schedule, record: Record) -> set[str]:
    """Names of the signals that a build's printed figures trip.

    Raises KeyError where a signal watches a figure that the build does not print.
    """
    figures = recorded_figures(record.get("figures"))
    missing = sorted({each.figure for each in schedule.triggers.values()} - set(figures))
    if missing:
        known = ", ".join(figures) or "none"
        raise KeyError(f"triggers: no headline figure {missing[0]!r}; the build prints {known}")
    return {
        name
        for name, trigger in schedule.triggers.items()
        if trigger.is_tripped(figures[trigger.figure].value)
    }


def _facts(place: Place, folder: str) -> set[str] | None:
    """Ids of the facts that a build knew; None where it does not say."""
    try:
        stated = json.loads(place.read(f"{folder}/{INPUTS}"))
        return set(stated["facts_in_order"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

"""Conditions: whether a build is news to those who had the one before.

Read from what both builds published; nothing is computed anew.
"""

import json
from collections.abc import Mapping
from typing import Any

from briefing.delivery.schedules import Schedule
from briefing.inputs.signals import ANY
from briefing.runs.difference import recorded_figures
from briefing.runs.places import Place
from briefing.runs.snapshot import INPUTS, SIGNALS_FIRED
from briefing.runs.stances import flips

Record = Mapping[str, Any]

FACTS = "facts_in_order"


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
        crossed = tripped(schedule, new) - (tripped(schedule, old) if old else set())
        is_news = crossed or (schedule.watched and _is_fired_anew(schedule, place, before, folder))
        return "" if is_news else "no trigger tripped"
    if old is None:
        return ""
    if schedule.when == "conclusion_changed":
        flipped = flips(recorded_figures(old.get("figures")), recorded_figures(new.get("figures")))
        return "" if flipped else "no conclusion changed"
    known = _stated(place, before, FACTS)
    added = known is None or (_stated(place, folder, FACTS) or set()) - known
    return "" if added else "no fact was added"


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


def _is_fired_anew(schedule: Schedule, place: Place, before: str, folder: str) -> bool:
    """Whether a signal that the schedule watches has fired since the build before.

    A build that does not say which had fired counts as one by which none had.
    """
    now = _stated(place, folder, SIGNALS_FIRED)
    if now is None:
        return True
    fresh = now - ((_stated(place, before, SIGNALS_FIRED) if before else None) or set())
    return bool(fresh if ANY in schedule.watched else fresh & schedule.watched)


def _stated(place: Place, folder: str, names: str) -> set[str] | None:
    """Names that a build recorded with its inputs; None where it does not say."""
    try:
        return set(json.loads(place.read(f"{folder}/{INPUTS}"))[names])
    except (OSError, ValueError, KeyError, TypeError):
        return None

"""Slots: the moments at which a schedule is due, in its own time zone, and which are made up for.

Pure: `now` is given. A time that a change of clocks skips comes when clocks have moved on; one that
comes twice counts once, as in Debian's cron. An hourly schedule runs through both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

from cronsim import CronSim

from briefing.delivery.schedules import Schedule

MOST_AT_A_TIME = 500
"""Slots recorded in one transaction; after a longer pause the rest follow in further ones."""

LATE = 0.5
"""Periods that a success may be late before somebody must look."""

LEAST_LATE = timedelta(minutes=15)
"""A build and a mail may take some minutes, however short the period is."""


@dataclass(frozen=True)
class Due:
    """A moment of a schedule, and whether it is built or passed over."""

    scheduled: datetime
    state: Literal["due", "skipped"]
    told: str = ""


def slot_id(schedule: str, parameter_set: str, scheduled: datetime) -> str:
    """What a slot is called: the same on every host.

    >>> slot_id("weekly", "latest", datetime(2026, 3, 30, 7, tzinfo=UTC))
    'weekly/latest/2026-03-30T07:00Z'
    """
    return f"{schedule}/{parameter_set}/{scheduled.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def times(schedule: Schedule, after: datetime) -> Iterator[datetime]:
    """Moments after `after`, in UTC, each once and in order."""
    last = after
    for each in CronSim(schedule.cron, after.astimezone(ZoneInfo(schedule.zone))):
        moment = each.astimezone(UTC)
        # Two local times that a change of clocks skips would come at the same moment.
        if moment > last:
            yield (last := moment)


def due(schedule: Schedule, after: datetime, now: datetime) -> tuple[list[Due], datetime]:
    """What came due after `after` up to `now`, and how far that reaches.

    It reaches `now`, unless there are more than fit into one transaction.
    """
    found = []
    for moment in islice(times(schedule, after), MOST_AT_A_TIME + 1):
        if moment > now:
            break
        found.append(moment)
    is_all = len(found) <= MOST_AT_A_TIME
    found = found[:MOST_AT_A_TIME]
    judged = [_judged(schedule, each, is_all and each == found[-1], now) for each in found]
    return judged, now if is_all else found[-1]


def _judged(schedule: Schedule, moment: datetime, is_newest: bool, now: datetime) -> Due:
    if schedule.missed == "latest" and not is_newest:
        return Due(moment, "skipped", "missed; a later one came due meanwhile")
    if schedule.missed == "skip" and is_late(schedule, moment, now):
        return Due(moment, "skipped", f"missed by more than {schedule.grace_minutes} minutes")
    return Due(moment, "due")


def is_late(schedule: Schedule, moment: datetime, now: datetime) -> bool:
    """Whether a reader must be told that this should have come earlier."""
    return now - moment > timedelta(minutes=schedule.grace_minutes)


def overdue_at(schedule: Schedule, after: datetime, is_success: bool = True) -> datetime:
    """When a schedule has been silent for too long: since its last good slot, or its first sight.

    A period is the time to the next slot, so a weekend is no silence of a schedule for weekdays.
    """
    first, second = islice(times(schedule, after), 2)
    period = first - after if is_success else second - first
    return first + max(LATE * period, LEAST_LATE)


def timing(schedule: Schedule, scheduled: datetime, built: str, as_of: str, now: datetime) -> str:
    """What a late report says of its times; nothing when it is on time."""
    if not is_late(schedule, scheduled, now):
        return ""
    zone = ZoneInfo(schedule.zone)
    when = f"{scheduled.astimezone(zone):%Y-%m-%d %H:%M} ({schedule.zone})"
    made = f"{datetime.fromisoformat(built).astimezone(zone):%Y-%m-%d %H:%M}" if built else "now"
    return f"scheduled for {when}, built {made}, data as of {as_of}"

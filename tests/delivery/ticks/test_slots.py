from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

import pytest
from tests.delivery.ticks.conftest import scheduled

from briefing.delivery.slots import due, overdue_at, times, timing


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def local(cron, zone, after, count):
    found = islice(times(scheduled(cron=cron, zone=zone), utc(after)), count)
    return [f"{each:%m-%d %H:%M}" for each in found]


def test_eight_in_london_is_seven_utc_in_summer():
    assert local("0 8 * * *", "Europe/London", "2026-03-27T12:00", 3) == [
        "03-28 08:00",
        "03-29 07:00",  # clocks went forward at 01:00 UTC
        "03-30 07:00",
    ]


def test_a_time_that_the_clocks_skip_comes_when_they_have_moved_on():
    # 01:30 does not exist on 29 March; British Summer Time begins at 01:00 UTC.
    assert local("30 1 * * *", "Europe/London", "2026-03-28T12:00", 2) == [
        "03-29 01:00",
        "03-30 00:30",
    ]


def test_two_skipped_times_come_once():
    assert local("0,30 1 * * *", "Europe/London", "2026-03-28T12:00", 2) == [
        "03-29 01:00",
        "03-30 00:00",
    ]


def test_a_time_that_comes_twice_counts_once():
    # 01:30 comes at 00:30 and at 01:30 UTC on 25 October.
    found = local("30 1 * * *", "Europe/London", "2026-10-24T12:00", 2)
    assert found == ["10-25 00:30", "10-26 01:30"]


@pytest.mark.parametrize("after", ["2026-10-25T00:30", "2026-10-25T00:45", "2026-10-25T01:10"])
def test_it_does_not_come_again_for_who_asks_between_the_two(after):
    assert local("30 1 * * *", "Europe/London", after, 1) == ["10-26 01:30"]


def test_an_hourly_schedule_runs_through_both_changes():
    schedule = scheduled(cron="0 * * * *", zone="America/New_York")
    for day in ("2026-03-08", "2026-11-01"):
        found = list(islice(times(schedule, utc(f"{day}T00:30")), 24))
        assert [b - a for a, b in pairwise(found)] == [timedelta(hours=1)] * 23


def test_asking_in_steps_finds_what_asking_once_finds():
    schedule = scheduled(cron="30 1,2 * * *", zone="Europe/Berlin", missed="all")
    start, end = utc("2026-10-23T00:00"), utc("2026-10-28T00:00")
    once, _ = due(schedule, start, end)
    steps, at = [], start
    while at < end:
        found, at = due(schedule, at, at + timedelta(minutes=7))
        steps += found
    assert [each.scheduled for each in steps if each.scheduled <= end] == [
        each.scheduled for each in once
    ]


def states(missed, now, cron="0 8 * * *"):
    found, _ = due(scheduled(cron=cron, missed=missed), utc("2026-01-01T12:00"), utc(now))
    return [each.state for each in found]


def test_missed_slots_are_made_up_for_as_the_schedule_says():
    assert states("all", "2026-01-04T08:10") == ["due"] * 3
    assert states("latest", "2026-01-04T12:10") == ["skipped", "skipped", "due"]
    assert states("skip", "2026-01-04T12:10") == ["skipped"] * 3
    assert states("skip", "2026-01-04T08:10") == ["skipped", "skipped", "due"]


@pytest.mark.parametrize(("missed", "count"), [("all", 1440), ("latest", 1), ("skip", 61)])
def test_a_long_pause_is_recorded_in_portions_and_none_is_lost(missed, count):
    schedule = scheduled(cron="* * * * *", missed=missed)
    at, now, found = utc("2026-01-01T00:00"), utc("2026-01-02T00:00"), []
    while at < now:
        more, at = due(schedule, at, now)
        found += more
    assert len(found) == len({each.scheduled for each in found}) == 1440
    assert sum(each.state == "due" for each in found) == count


def test_a_late_report_says_so():
    schedule = scheduled(zone="Europe/London")
    told = timing(
        schedule, utc("2026-07-01T07:00"), "2026-07-01T09:05:00Z", "2026-06-30",
        utc("2026-07-01T09:10"),
    )  # fmt: skip
    assert told == (
        "scheduled for 2026-07-01 08:00 (Europe/London), built 2026-07-01 10:05, "
        "data as of 2026-06-30"
    )
    assert timing(schedule, utc("2026-07-01T07:00"), "", "", utc("2026-07-01T07:30")) == ""


def test_a_weekend_is_no_silence_of_a_schedule_for_weekdays():
    schedule = scheduled(cron="0 8 * * MON-FRI")
    friday, monday = utc("2026-01-09T08:00"), utc("2026-01-12T08:00")
    assert overdue_at(schedule, friday) == monday + timedelta(days=1.5)
    assert overdue_at(schedule, monday) == monday + timedelta(days=1.5)


def test_a_schedule_of_every_minute_is_silent_only_when_a_build_would_long_be_there():
    schedule = scheduled(cron="* * * * *")
    assert overdue_at(schedule, utc("2026-01-09T08:00")) == utc("2026-01-09T08:16")
    assert overdue_at(schedule, utc("2026-01-09T08:00"), False) == utc("2026-01-09T08:16")

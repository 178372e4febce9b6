import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from tests.delivery.ticks.conftest import Press, Said, Server, scheduled

from briefing.delivery.ledger import incidents, outbox, slots
from briefing.delivery.outbox import Pace
from briefing.delivery.tick import BuildFailed, tick


def readers(desk):
    return sorted(reader for reader, _ in desk.connect.taken if reader != desk.owner)


def alerts(desk):
    return [message for reader, message in desk.connect.taken if reader == desk.owner]


def column(desk, what):
    return [row[what.name] for row in desk.ledger.rows(sa.select(what).order_by(what.table.c.id))]


def begun(desk, clock):
    """A desk that has seen its schedules, at 08:05 of the same day."""
    tick(desk)
    clock.on(hours=8, minutes=5)
    return desk


def test_nothing_is_due_before_a_schedule_was_seen(desk):
    assert tick(desk(scheduled())).due == 0


def test_each_reader_gets_one_letter_however_often_one_ticks(desk, clock):
    made = begun(desk(scheduled(missed="all")), clock)
    clock.on(days=1)
    assert tick(made).sent == 4  # New Year's day and the next, two readers
    for _ in range(3):
        assert tick(made).sent == 0
    assert readers(made) == ["ann@a.example"] * 2 + ["bob@b.example"] * 2
    assert column(made, slots.c.state) == ["done", "done"]


def test_two_hosts_build_a_slot_once(desk, clock):
    made = begun(desk(scheduled()), clock)
    other = replace(made, host="other", press=Press(clock=clock))
    again = other.press

    class Meanwhile(Press):
        def build(self, *arguments):
            tick(other)
            return super().build(*arguments)

    made = replace(made, press=Meanwhile(clock=clock))
    tick(made)
    assert len(made.press.built) == 1
    assert again.built == []
    assert readers(made) == ["ann@a.example", "bob@b.example"]


@pytest.mark.parametrize("step", ["build", "objections", "news"])
def test_killed_while_it_works_the_next_tick_goes_on(desk, clock, step):
    made = begun(desk(scheduled()), clock)

    class Killed(Press):
        pass

    def die(*_):
        raise KeyboardInterrupt

    setattr(Killed, step, die)
    with pytest.raises(KeyboardInterrupt):
        tick(replace(made, press=Killed(clock=clock), host="killed"))
    assert tick(made).sent == 0  # its lease still holds
    clock.on(minutes=6)
    assert tick(made).sent == 2
    assert len(made.press.built) == (1 if step == "build" else 0)


@pytest.mark.parametrize("step", ["build", "objections", "send"])
def test_who_stops_by_hand_lets_go_of_what_is_his_and_of_nothing_else(desk, clock, step):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)

    def stop(*_):
        raise KeyboardInterrupt

    stopped = replace(made, press=Press(clock=clock), connect=Server(), host="stopped")
    setattr(stopped.connect if step == "send" else stopped.press, step, stop)
    with pytest.raises(KeyboardInterrupt):
        tick(stopped)
    made.ledger.release("other")
    assert tick(made).sent == 0
    made.ledger.release("stopped")
    assert tick(made).sent == 1
    assert column(made, outbox.c.attempts) == [1]
    assert column(made, slots.c.attempts) == [1]


def test_a_build_that_lies_on_the_disk_of_a_dead_host_is_made_again(desk, clock):
    made = begun(desk(scheduled()), clock)

    class Killed(Press):
        def objections(self, folder):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tick(replace(made, press=Killed(clock=clock), host="killed"))
    made.press.lost.add("latest/first")
    clock.on(minutes=6)
    assert tick(made).sent == 2
    assert len(made.press.built) == 1


def test_killed_after_the_server_took_it_a_letter_comes_twice_with_one_name(desk, clock):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)
    made.ledger.sent, kept = lambda *_: (_ for _ in ()).throw(KeyboardInterrupt), made.ledger.sent
    with pytest.raises(KeyboardInterrupt):
        tick(made)
    made.ledger.sent = kept
    assert tick(made).sent == 0
    clock.on(minutes=6)
    assert tick(made).sent == 1
    first, second = made.connect.taken
    assert first == second


def test_who_slept_longer_than_the_lease_does_not_send(desk, clock):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)

    def slept(row):
        clock.on(minutes=10)
        tick(replace(made, host="other"))
        return b"late"

    tick(replace(made, compose=slept))
    assert len(made.connect.taken) == 1


def test_a_build_that_fails_is_tried_again_then_told_to_the_owner_only(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.press.failures += [BuildFailed("Traceback: cell 3")] * 3
    for _ in range(6):
        tick(made)
        clock.on(minutes=5)
    assert len(made.press.built) == 3
    assert readers(made) == []
    (told,) = alerts(made)
    assert "cell 3" in told
    assert column(made, slots.c.state) == ["failed"]


def test_one_hiccup_is_nobodys_business(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.press.failures.append(BuildFailed("kernel died"))
    tick(made)
    clock.on(minutes=5)
    assert tick(made).sent == 2
    assert alerts(made) == []


def test_a_slot_that_kills_whoever_builds_it_is_given_up(desk, clock):
    made = begun(desk(scheduled()), clock)
    made = replace(made, pace=Pace(beat_seconds=60.0, most_begun=2))

    class Killed(Press):
        def build(self, *_):
            raise KeyboardInterrupt

    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            tick(replace(made, press=Killed(clock=clock)))
        clock.on(minutes=6)
    tick(made)
    assert "begun 2 times" in alerts(made)[0]


def test_what_the_gates_object_to_reaches_no_reader_and_is_told_once_then_daily(desk, clock):
    made = begun(desk(scheduled(cron="0 * * * *")), clock)
    made.press.faults = ["02_circularity.ipynb: a figure is no number, said ann@a.example"]
    for _ in range(30):
        tick(made)
        clock.on(hours=1)
    assert readers(made) == []
    told = alerts(made)
    assert sum("is no number" in each and "Readers are not told" in each for each in told) == 1
    assert sum("open incidents" in each for each in told) == 1
    assert not any("ann@" in each for each in told)


def test_an_incident_ends_when_a_briefing_goes_out_and_may_come_back(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.press.faults = ["an exhibit is empty"]
    tick(made)
    clock.on(days=1)
    made.press.faults = []
    assert tick(made).incidents == {}
    clock.on(days=1)
    made.press.faults = ["an exhibit is empty"]
    tick(made)
    assert len(alerts(made)) == 2


def test_a_storm_of_incidents_is_a_few_alerts_and_a_digest(desk, clock):
    made = desk(*(scheduled(f"s{number:02}") for number in range(40)))
    begun(made, clock)
    made.press.faults = ["broken"]
    tick(made)
    assert len(alerts(made)) == 6


def test_one_bad_schedule_takes_down_no_other(desk, clock):
    made = begun(desk(scheduled(), faults={"broken": "broken.yaml: cron: is missing"}), clock)
    tick(made)
    assert readers(made) == ["ann@a.example", "bob@b.example"]
    assert any("broken.yaml" in each for each in alerts(made))


def test_another_mistake_in_the_same_schedule_is_told_again(desk, clock):
    made = desk(scheduled(), faults={"broken": "broken.yaml: cron: is missing"})
    assert tick(made).incidents == {"schedule broken": "broken.yaml: cron: is missing"}
    tick(made)
    assert len(alerts(made)) == 1
    clock.on(minutes=1)
    tick(replace(made, faults={"broken": "broken.yaml: zone: is missing"}))
    assert ["cron" in each for each in alerts(made)] == [True, False]


def test_what_concerns_no_schedule_any_more_is_over(desk, clock):
    made = begun(desk(scheduled(), scheduled("other"), faults={"broken": "no cron"}), clock)
    made.press.faults = ["an exhibit is empty"]
    assert len(tick(made).incidents) == 3
    clock.on(days=3)
    made.press.faults = []
    made.connect.is_down = True
    assert "silence of weekly/latest" in tick(made).incidents
    off = {"weekly": scheduled(enabled=False)}
    left = tick(replace(made, schedules=off, faults={}))
    assert list(left.incidents) == ["mail server"]


def test_silence_is_told_once_one_and_a_half_periods_have_passed(desk, clock):
    made = begun(desk(scheduled()), clock)
    tick(made)
    made.connect.is_down = True
    clock.on(days=1)
    assert list(tick(made).incidents) == ["mail server"]
    clock.on(hours=11)
    assert "silence of weekly/latest" not in tick(made).incidents
    clock.on(hours=2)
    assert "silence of weekly/latest" in tick(made).incidents
    made.connect.is_down = False
    assert tick(made).sent > 0
    assert tick(made).incidents == {}
    assert len(readers(made)) == 4


def test_the_heartbeat_says_when_a_tick_last_ended_and_what_is_open(desk, clock, tmp_path):
    made = desk(scheduled(), heartbeat=tmp_path / "beat.json", faults={"bad": "is missing"})
    tick(made)
    told = json.loads((tmp_path / "beat.json").read_text())
    assert told["ticked"] == "2026-01-01T00:00:00.000000Z"
    assert told["incidents"] == ["schedule bad"]
    assert not told["ok"]


def test_a_schedule_that_was_off_does_not_make_up_for_that_time(desk, clock):
    made = begun(desk(scheduled(missed="all")), clock)
    tick(made)
    off = replace(made, schedules={"weekly": scheduled(enabled=False)})
    tick(off)
    clock.on(days=30)
    assert tick(made).due == 0
    clock.on(days=1)
    assert tick(made).due == 1


def test_nobody_is_bothered_when_there_is_nothing_new(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.press.quiet = "no conclusion changed"
    report = tick(made)
    assert made.connect.taken == []
    assert report.quiet == ["weekly/latest/2026-01-01T08:00Z: no conclusion changed"]
    clock.on(hours=23)
    assert tick(made).incidents == {}


def test_what_a_server_says_back_of_a_secret_is_not_kept(desk, clock):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)
    made = replace(made, redact=lambda text: text.replace("hunter22", "…"))
    made.connect.answers["ann@a.example"] = Said("refused", "550 hunter22 is no good")
    tick(made)
    with made.ledger.engine.connect() as connection:
        kept = connection.execute(sa.select(outbox.c.told)).scalars().all()
    assert any("550 … is no good" in each for each in kept)
    assert not any("hunter22" in each for each in kept)


def test_a_letter_whose_end_is_never_recorded_is_given_up_in_the_end(desk, clock, monkeypatch):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)

    def full(*_, **__):
        raise sa.exc.OperationalError("", {}, Exception("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(type(made.ledger), "sent", full)
        for _ in range(made.pace.most_attempts):
            with pytest.raises(sa.exc.OperationalError):
                tick(made)
            clock.on(seconds=made.pace.lease_seconds + 1)
    assert len(made.connect.taken) == made.pace.most_attempts
    report = tick(made)
    assert report.dead == 1
    assert len(readers(made)) == made.pace.most_attempts


def test_letters_that_a_clock_ahead_has_tried_hold_nobody_up(desk, clock):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)
    made = replace(made, pace=replace(made.pace, per_minute=1))
    clock.on(days=1)
    tick(made)
    clock.on(hours=-23)
    other = replace(made, schedules={"other": scheduled("other", recipients=["bob@b.example"])})
    tick(other)
    clock.on(days=1)
    tick(other)
    assert "bob@b.example" in readers(made)


def test_a_schedule_that_a_clock_ahead_has_worked_off_is_told_until_its_time_comes(desk, clock):
    made = begun(desk(scheduled()), clock)
    clock.on(days=400)
    tick(made)
    clock.on(days=-399)
    told = tick(made).incidents["schedule weekly"]
    assert told.startswith("delivery/weekly.yaml: its slots")
    assert "lies ahead: a clock was wrong" in told
    assert "schedule weekly" in tick(made).incidents
    clock.on(days=400)
    assert "schedule weekly" not in tick(made).incidents


def test_a_mail_says_what_sent_it_even_if_whoever_began_it_was_killed(desk, clock, monkeypatch):
    made = begun(desk(scheduled()), clock)
    made.press.why = "Sent because “x” was seen."

    def die(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(type(made.ledger), "queue", die)
        with pytest.raises(KeyboardInterrupt):
            tick(made)
    made.press.why = "something else by now"
    clock.on(minutes=10)
    tick(made)
    assert len(made.connect.taken) == 2
    assert all("Sent because “x” was seen." in str(each) for each in made.connect.taken)


def test_unsubscribed_readers_get_nothing_and_no_build_is_made_for_nobody(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.ledger.suppress("ANN@a.example", "asked", clock())
    tick(made)
    assert readers(made) == ["bob@b.example"]
    made.ledger.suppress("bob@b.example", "asked", clock())
    clock.on(days=1)
    tick(made)
    assert readers(made) == ["bob@b.example"]
    assert len(made.press.built) == 1


def test_a_slot_sent_is_built_again_on_demand_and_only_news_is_sent(desk, clock):
    made = begun(desk(scheduled()), clock)
    tick(made)
    slot = "weekly/latest/2026-01-01T08:00Z"
    assert made.ledger.rerun(slot, clock()) == "slot"
    assert tick(made).sent == 0
    made.press.content = "corrected"
    made.ledger.rerun(slot, clock())
    assert tick(made).sent == 2


def test_a_simulated_year_passes_through_both_clock_changes(desk, clock):
    made = desk(scheduled(cron="30 1 * * *", zone="Europe/London", missed="all"))
    while clock.now < datetime(2027, 1, 1, tzinfo=UTC):
        tick(made)
        clock.on(days=3, hours=1)
    sent = [each for each in column(made, slots.c.state) if each == "done"]
    assert len(sent) >= 361  # every night but the last few, which come due next year
    assert len(readers(made)) == 2 * len(sent)
    assert len({message for _, message in made.connect.taken}) == 2 * len(sent)
    assert column(made, incidents.c.id) == []


def test_ten_thousand_readers_each_get_their_own(desk, clock):
    many = [f"reader{number}@d{number % 50}.example" for number in range(10_000)]
    made = begun(desk(scheduled(recipients=many)), clock)
    assert tick(made).sent == 10_000
    assert readers(made) == sorted(many)
    assert tick(made).sent == 0


def test_a_full_disk_loses_nothing(desk, clock):
    made = begun(desk(scheduled(recipients=[f"r{n}@a.example" for n in range(300)])), clock)

    @sa.event.listens_for(made.ledger.engine, "connect")
    def limit(connection, _):
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 3}")

    made.ledger.engine.dispose()
    with pytest.raises(sa.exc.OperationalError, match="full"):
        tick(made)
    assert made.connect.taken == []
    sa.event.remove(made.ledger.engine, "connect", limit)
    made.ledger.engine.dispose()
    clock.on(minutes=6)
    assert tick(made).sent == 300
    assert len(set(readers(made))) == 300

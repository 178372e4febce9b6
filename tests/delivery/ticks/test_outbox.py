from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.delivery.ticks.conftest import Said, scheduled
from tests.delivery.ticks.test_tick import alerts, begun, column, readers

from briefing.delivery.ledger import message_key, outbox, slots
from briefing.delivery.outbox import Pace, wait
from briefing.delivery.tick import tick


def test_a_message_is_named_by_slot_reader_and_content():
    names = {
        message_key("s", "a@x.example", "c"), message_key("t", "a@x.example", "c"),
        message_key("s", "b@x.example", "c"), message_key("s", "a@x.example", "d"),
    }  # fmt: skip
    assert len(names) == 4
    assert message_key("s", "A@x.example", "c") in names


def test_waits_double_scatter_and_have_an_end():
    pace = Pace(first_wait_seconds=60, longest_wait_seconds=3600)
    for attempts, whole in ((1, 60), (2, 120), (3, 240), (20, 3600)):
        waits = {wait(pace, str(key), attempts).total_seconds() for key in range(50)}
        assert len(waits) == 50
        assert all(0.75 * whole <= each <= 1.25 * whole for each in waits)
    assert wait(pace, "key", 2) == wait(pace, "key", 2)


def test_a_refusal_is_a_dead_letter_for_that_reader_only(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.connect.answers["ann@a.example"] = Said("refused", "550 <ann@a.example> unknown")
    tick(made)
    assert readers(made) == ["bob@b.example"]
    dead = outbox.select().where(outbox.c.state == "dead")
    assert [row["recipient"] for row in made.ledger.rows(dead)] == ["ann@a.example"]
    (told,) = alerts(made)
    assert "550" in told
    assert "ann@" not in told
    assert column(made, slots.c.state) == ["done"]
    clock.on(hours=1)
    assert tick(made).incidents == {}


def test_a_dead_letter_goes_out_once_more_on_demand(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.connect.answers["ann@a.example"] = Said("refused", "550 unknown")
    tick(made)
    made.connect.answers.clear()
    (dead,) = made.ledger.rows(outbox.select().where(outbox.c.state == "dead"))
    assert made.ledger.rerun(dead["id"][:10], clock()) == "message"
    assert made.ledger.rerun("%", clock()) == ""
    assert tick(made).sent == 1
    assert dead["message_id"] in made.connect.taken[-1][1]


def test_greylisting_delays_one_reader_and_no_other(desk, clock):
    made = begun(desk(scheduled()), clock)
    answers = iter([Said("later", "450 come again"), None])
    made.connect.answers["ann@a.example"] = lambda: next(answers)
    assert tick(made).later == 1
    assert readers(made) == ["bob@b.example"]
    assert tick(made).sent == 0
    clock.on(minutes=2)
    assert tick(made).sent == 1


def test_a_server_that_turns_everybody_away_is_left_alone(desk, clock):
    many = [f"r{number}@a.example" for number in range(20)]
    made = begun(desk(scheduled(recipients=many)), clock)
    made.connect.answers |= dict.fromkeys(many, Said("later", "421 too busy"))
    report = tick(made)
    assert report.trouble == "421 too busy"
    assert report.later < 20
    made.connect.answers.clear()
    for _ in range(4):
        clock.on(minutes=2)
        tick(made)
    assert readers(made) == sorted(many)


@pytest.mark.parametrize("told", ["421 too busy", "451 greylisted"])
def test_a_server_that_asks_to_come_again_is_told_when_a_letter_is_given_up(desk, clock, told):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)
    made = replace(made, pace=Pace(beat_seconds=60.0, most_attempts=3))
    made.connect.answers["ann@a.example"] = Said("later", told)
    for _ in range(2):
        report = tick(made)
        assert (report.trouble, report.incidents) == (told, {})
        assert alerts(made) == []
        clock.on(hours=1)
    tick(made)
    (alert,) = alerts(made)
    assert f"1 letter of weekly/latest/2026-01-01T08:00Z cannot be delivered: {told}" in alert


def test_a_server_that_is_back_and_asks_to_come_again_is_not_down_any_more(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.connect.is_down = True
    assert list(tick(made).incidents) == ["mail server"]
    made.connect.is_down = False
    made.connect.answers["bob@b.example"] = Said("later", "451 greylisted")
    clock.on(minutes=2)
    assert tick(made).incidents == {}


def test_a_server_that_is_down_costs_no_attempts(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.connect.is_down = True
    for _ in range(30):
        tick(made)
        clock.on(minutes=1)
    assert set(column(made, outbox.c.attempts)) == {0}
    made.connect.is_down = False
    tick(made)
    assert len(readers(made)) == 2


def test_a_letter_that_never_gets_through_dies_in_the_end(desk, clock):
    made = begun(desk(scheduled(recipients=["ann@a.example"])), clock)
    made = replace(made, pace=Pace(beat_seconds=60.0, most_attempts=3))
    made.connect.answers["ann@a.example"] = Said("later", "452 mailbox full")
    for _ in range(10):
        tick(made)
        clock.on(hours=1)
    assert "452 mailbox full after 3 attempts" in alerts(made)[0]


@pytest.mark.parametrize("pace", [{"per_minute": 3}, {"per_domain_minute": 3}])
def test_no_more_leave_in_a_minute_than_are_allowed(desk, clock, pace):
    many = [f"r{number}@a.example" for number in range(7)]
    made = begun(desk(scheduled(recipients=many)), clock)
    made = replace(made, pace=Pace(beat_seconds=60.0, **pace))
    sent = []
    for _ in range(4):
        sent += [tick(made).sent, tick(made).sent]
        clock.on(seconds=61)
    assert sent == [3, 0, 3, 0, 1, 0, 0, 0]


def test_a_full_domain_holds_up_no_other(desk, clock):
    many = [*(f"r{number}@a.example" for number in range(5)), "bob@b.example"]
    made = begun(desk(scheduled(recipients=many)), clock)
    made = replace(made, pace=Pace(beat_seconds=60.0, per_domain_minute=2))
    assert tick(made).sent == 3


def test_who_unsubscribes_while_her_letter_waits_does_not_get_it(desk, clock):
    made = begun(desk(scheduled()), clock)
    made.connect.is_down = True
    tick(made)
    made.ledger.suppress("ann@a.example", "asked", clock())
    made.connect.is_down = False
    tick(made)
    assert readers(made) == ["bob@b.example"]
    assert sorted(column(made, outbox.c.state)) == ["sent", "sent", "suppressed"]
    assert column(made, slots.c.state)[-1] == "done"


def test_a_letter_that_cannot_be_put_together_holds_up_no_other(desk, clock):
    made = begun(desk(scheduled()), clock)
    good = made.compose

    def compose(row):
        if row["recipient"] == "ann@a.example":
            raise ValueError("no such picture")
        return good(row)

    tick(replace(made, compose=compose))
    assert readers(made) == ["bob@b.example"]
    waits = sa.select(outbox.c.told).where(outbox.c.state == "queued")
    assert "no such picture" in made.ledger.rows(waits)[0]["told"]

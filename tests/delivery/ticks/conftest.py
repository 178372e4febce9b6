"""A desk whose builds take no time, whose server is a list, and whose clock stands still."""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from briefing.delivery.conditions import News
from briefing.delivery.ledger import Ledger
from briefing.delivery.outbox import Pace
from briefing.delivery.schedules import Schedule
from briefing.delivery.tick import Built, Desk


@dataclass
class Clock:
    now: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self):
        return self.now

    def on(self, **more):
        self.now += timedelta(**more)


@dataclass
class Said:
    kind: str
    told: str = "250 ok"


@dataclass
class Server:
    """Takes every message, unless `answers` says otherwise for a reader."""

    taken: list = field(default_factory=list)
    answers: dict = field(default_factory=dict)
    is_down: bool = False

    @contextmanager
    def __call__(self):
        if self.is_down:
            raise ConnectionRefusedError("nobody listens")
        yield self

    def send(self, message, sender, recipient):
        answer = self.answers.get(recipient)
        if callable(answer):
            answer = answer()
        if answer is None:
            self.taken.append((recipient, message.decode()))
        return answer or Said("sent")


@dataclass
class Press:
    """Builds in no time; `content` is what the build would hold."""

    content: str = "first"
    built: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    failures: list = field(default_factory=list)
    quiet: str = ""
    why: str = ""
    clock: Clock = None
    lost: set = field(default_factory=set)

    def build(self, schedule, parameter_set):
        self.built.append((schedule.name, parameter_set))
        if self.failures:
            raise self.failures.pop(0)
        folder = f"{parameter_set}/{self.content}"
        self.lost.discard(folder)
        return Built(folder, self.content, self.clock().isoformat(), "2026-01-01", "A briefing")

    def has(self, folder):
        return folder not in self.lost

    def objections(self, folder):
        return self.faults

    def news(self, schedule, before, folder):
        return News(not self.quiet, self.quiet or self.why)


def composed(row):
    return f"{row['kind']} {row['message_id']} {row['subject']} {row['text']}".encode()


def without_waiting_for_the_disk(connection, _):
    connection.execute("PRAGMA synchronous = OFF")


def scheduled(name="weekly", **more):
    entries = {"title": "Weekly", "sets": ["latest"], "cron": "0 8 * * *", "zone": "UTC",
               "recipients": ["ann@a.example", "bob@b.example"]}  # fmt: skip
    return Schedule(name=name, **(entries | more))


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def address(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def desk(address, clock):
    """Make a desk: `desk(schedule, …)`, each with a server and a press of its own."""
    opened = []

    def made(*schedules, address=address, **more):
        ledger = Ledger.at(address)
        if ledger.engine.dialect.name == "sqlite":
            sa.event.listen(ledger.engine, "connect", without_waiting_for_the_disk)
            ledger.engine.dispose()
        opened.append(ledger)
        things = {
            "schedules": {each.name: each for each in schedules},
            "press": Press(clock=clock), "compose": composed, "connect": Server(),
            "sender": "desk@desk.example", "owner": "owner@desk.example", "clock": clock,
            "pace": Pace(beat_seconds=60.0),
        }  # fmt: skip
        return Desk(ledger=ledger, **(things | more))

    yield made
    for ledger in opened:
        ledger.close()

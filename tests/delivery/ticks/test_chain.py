"""From a schedule to a real server, and what the command line loads for it."""

import subprocess
import sys
from dataclasses import replace

import pytest
from tests.delivery.ticks.conftest import scheduled
from tests.delivery.ticks.test_tick import begun

from briefing.delivery.settings import Server
from briefing.delivery.tick import tick
from briefing.delivery.transport import Connection


def composed(row):
    return f"To: {row['recipient']}\r\nMessage-ID: {row['message_id']}\r\n\r\nhello\r\n".encode()


def test_a_server_that_breaks_off_gets_each_letter_in_the_end(served, desk, clock):
    server, sink = served("starttls")
    made = begun(desk(scheduled(), compose=composed), clock)
    made = replace(made, connect=lambda: Connection(server))
    sink.says["DATA"] = ["451 greylisted", "gone"]
    assert tick(made).later == 2
    clock.on(minutes=2)
    assert tick(made).sent == 2
    taken = sorted(to for _, (to,), _ in sink.received if to != made.owner)
    assert taken == ["ann@a.example", "bob@b.example"]
    assert all(to.encode() in content for _, (to,), content in sink.received)


def test_a_certificate_that_is_not_trusted_costs_no_letter_an_attempt(served, desk, clock):
    server, sink = served("starttls", trusted=False)
    made = begun(desk(scheduled(), compose=composed), clock)
    made = replace(made, connect=lambda: Connection(server))
    report = tick(made)
    assert "certificate" in report.trouble
    assert list(report.incidents) == ["mail server"]
    assert sink.received == []
    trusting = Server(**{**server.model_dump(), "ca_file": served("starttls")[0].ca_file})
    assert tick(replace(made, connect=lambda: Connection(trusting))).sent >= 2


@pytest.mark.parametrize(
    ("module", "slow"),
    [
        ("briefing.cli", ("sqlalchemy", "cronsim", "smtplib", "pandas")),
        # A tick comes every minute, and mostly has nothing to do.
        ("briefing.delivery.desk", ("briefing.case", "nbconvert", "nbformat", "pandas")),
    ],
)
def test_what_starts_often_loads_nothing_that_takes_long(module, slow):
    program = f"import sys, {module}; print([name for name in {slow} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"

"""The ledger: older forms, newer forms, another database, and a database that refuses."""

import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace

import pytest
import sqlalchemy as sa
from tests.bench.postgres import Unavailable, free_port, server
from tests.delivery.ticks.conftest import Press, Said, scheduled
from tests.delivery.ticks.test_tick import begun, column, readers

from briefing.cli import main
from briefing.delivery import commands
from briefing.delivery.ledger import FORM, Ledger, outbox, slots
from briefing.delivery.tick import tick
from briefing.inputs.files import BadInput

OLD = """
CREATE TABLE delivery_meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO delivery_meta VALUES ('form', '1');
CREATE TABLE delivery_schedules
    (name TEXT PRIMARY KEY, since TEXT NOT NULL, reached TEXT NOT NULL);
INSERT INTO delivery_schedules
    VALUES ('weekly', '2025-12-01T00:00:00.000000Z', '2026-01-01T08:00:00.000000Z');
CREATE TABLE delivery_slots (
    id TEXT PRIMARY KEY, schedule TEXT NOT NULL, parameter_set TEXT NOT NULL,
    scheduled TEXT NOT NULL, state TEXT NOT NULL, host TEXT NOT NULL, until TEXT NOT NULL,
    attempts INTEGER NOT NULL, not_before TEXT NOT NULL, folder TEXT NOT NULL,
    content TEXT NOT NULL, built TEXT NOT NULL, as_of TEXT NOT NULL, subject TEXT NOT NULL,
    told TEXT NOT NULL, ended TEXT NOT NULL);
INSERT INTO delivery_slots VALUES ('weekly/latest/2026-01-01T08:00Z', 'weekly', 'latest',
    '2026-01-01T08:00:00.000000Z', 'queued', '', '', 1, '', 'latest/first', 'first', '', '', '',
    '', '');
CREATE TABLE delivery_outbox (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, slot TEXT NOT NULL, recipient TEXT NOT NULL,
    content TEXT NOT NULL, folder TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
    attached TEXT NOT NULL, message_id TEXT NOT NULL, state TEXT NOT NULL, host TEXT NOT NULL,
    until TEXT NOT NULL, attempts INTEGER NOT NULL, not_before TEXT NOT NULL, told TEXT NOT NULL,
    queued TEXT NOT NULL, sent TEXT NOT NULL);
INSERT INTO delivery_outbox VALUES
    ('one', 'briefing', 'weekly/latest/2026-01-01T08:00Z', 'Ann@A.example', 'first',
     'latest/first', '', '', '', '<one@b>', 'queued', '', '', 0, '', '',
     '2026-01-01T08:00:00.000000Z', ''),
    ('two', 'briefing', 'weekly/latest/2026-01-01T08:00Z', 'bob@b.example', 'first',
     'latest/first', '', '', '', '<two@b>', 'sent', '', '', 1, '', '',
     '2026-01-01T08:00:00.000000Z', '2026-01-01T08:01:00.000000Z');
"""


def test_a_ledger_of_an_older_version_is_brought_up_and_nothing_sent_twice(desk, clock, address):
    with sqlite3.connect(address) as old:
        old.executescript(OLD)
    clock.on(hours=8, minutes=5)
    made = desk(scheduled())
    tick(made)
    assert readers(made) == ["Ann@A.example"]
    assert column(made, outbox.c.reader) == ["ann@a.example", "bob@b.example"]
    assert column(made, outbox.c.domain) == ["a.example", "b.example"]
    assert column(made, slots.c.state) == ["done"]


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(desk, address):
    desk()
    with sqlite3.connect(address) as newer:
        newer.execute("UPDATE delivery_meta SET value = ?", (str(FORM + 1),))
    with pytest.raises(BadInput, match="written by a newer version"):
        Ledger.at(address)


def test_what_is_no_ledger_is_told(tmp_path):
    (tmp_path / "notes.txt").write_text("not a database, " * 100)
    with pytest.raises(BadInput, match=r"is not a database\); nothing was built or sent"):
        Ledger.at(tmp_path / "notes.txt")
    with pytest.raises(BadInput, match="must be SQLite or PostgreSQL"):
        Ledger.at("mysql://host/db")


def test_a_password_in_an_address_is_not_told():
    with pytest.raises(BadInput) as told:
        Ledger.at(f"postgresql://desk:hunter22@127.0.0.1:{free_port()}/none")
    assert "hunter22" not in str(told.value.messages)


@pytest.fixture(scope="module")
def postgres():
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    try:
        with server() as address:
            yield address
    except Unavailable as error:
        pytest.skip(str(error))


def emptied(address):
    ledger = Ledger.at(address)
    with ledger.change() as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))
    ledger.close()
    return address


def test_several_hosts_share_a_ledger_in_postgresql(postgres, desk, clock):
    many = [f"r{number}@d{number % 7}.example" for number in range(200)]
    first = desk(scheduled(recipients=many), address=emptied(postgres))
    begun(first, clock)
    hosts = [first]
    for number in range(3):
        other = Ledger.at(postgres)
        hosts.append(replace(first, ledger=other, host=f"h{number}", press=Press(clock=clock)))
    with ThreadPoolExecutor(4) as pool:
        for _ in range(3):
            list(pool.map(tick, hosts))
    assert readers(first) == sorted(many)
    assert sum(len(each.press.built) for each in hosts) == 1
    assert set(column(first, slots.c.state)) == {"done"}
    for each in hosts[1:]:
        each.ledger.close()


def test_refusals_retries_and_readers_who_left_are_the_same_in_postgresql(postgres, desk, clock):
    made = begun(desk(scheduled(), address=emptied(postgres)), clock)
    made.connect.answers["ann@a.example"] = Said("refused", "550 unknown")
    made.ledger.suppress("BOB@b.example", "asked", clock())
    tick(made)
    assert readers(made) == []
    (dead,) = made.ledger.rows(sa.select(outbox).where(outbox.c.state == "dead"))
    made.connect.answers.clear()
    assert made.ledger.rerun(dead["id"][:8], clock()) == "message"
    tick(made)
    assert readers(made) == ["ann@a.example"]


@pytest.fixture
def told(monkeypatch, capsys, tmp_path):
    """Run a command as a shell would; gives its status and what it said."""

    def run(*arguments):
        monkeypatch.setenv("BRIEFING_LEDGER", str(tmp_path / "ledger.sqlite"))
        for console in (commands.output, commands.errors):
            monkeypatch.setattr(console, "width", 300)
        monkeypatch.setattr(sys, "argv", ["briefing", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return ended.value.code, shown.out + shown.err

    return run


def test_a_ledger_that_somebody_else_holds_is_told_without_a_traceback(address, told, monkeypatch):
    monkeypatch.setattr("briefing.delivery.ledger.PATIENCE_SECONDS", 0.05)
    Ledger.at(address).close()
    with closing(sqlite3.connect(address, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        status, said = told("outbox")
    assert status == 2
    assert "database is locked" in said


def test_commands_tell_what_waits_was_sent_and_is_unwanted(desk, clock, told, monkeypatch):
    made = begun(desk(scheduled()), clock)
    made.connect.answers["ann@a.example"] = Said("refused", "550 [unknown]")
    tick(made)
    (dead,) = made.ledger.rows(sa.select(outbox).where(outbox.c.state == "dead"))
    status, said = told("outbox")
    assert status == 0
    assert "550 [unknown]" in said
    assert "1 letter not delivered" in said
    _, said = told("history", "--recipient", "BOB@b.example")
    assert "bob@b.example" in said
    assert "latest/first" in said
    assert "Nothing was sent" in told("history", "--slot", "monthly")[1]
    assert told("rerun", "nothing")[0] == 2
    assert "the letter" in told("rerun", dead["id"][:9])[1]
    assert "gets no more mails" in told("suppress", "Ann@a.example", "--reason", "asked")[1]
    assert "ann@a.example  since" in told("suppress")[1]
    assert "gets mails again" in told("suppress", "ann@a.example", "--remove")[1]
    assert told("suppress", "no address")[0] == 2
    clicked = dead["message_id"].strip("<>").partition("@")[0]
    assert "ann@a.example gets no more mails" in told("suppress", clicked)[1]
    assert told("prune", "--keep", "soon")[0] == 2
    assert "Would remove: " in told("prune")[1]

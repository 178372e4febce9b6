"""Kills of ticking hosts: `python tests/bench/delivery_faults.py [kills] [ledger]`.

The ledger is a file of its own. `postgresql` has the script start a server of Debian's packages,
and an address names one that runs, with an empty database.

Two hosts tick against one ledger and mail to a server on this machine, by a clock that runs a
minute a second. Each is killed (SIGKILL) at a random moment, in a tick, a build or a send, and
another begins in its place. In the end one host ticks in peace until all is settled.

Counted are letters that never came, that came to the wrong reader, and that came twice: each of
these must have been sent first by a host that was killed, and bear the same Message-ID. Builds are
folders with one file: what is tried here is the ledger, the leases and the outbox.
"""

import json
import os
import random
import signal
import socket
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

SPEED = 60
HOSTS = 2
LONGEST_LIFE_SECONDS = 0.5
BEGIN = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)  # through a change of clocks
SCHEDULES, READERS = 3, 4


class Clock:
    """A minute a second, the same for every process that knows its beginning."""

    def __init__(self, zero):
        self.zero = zero

    def __call__(self):
        return BEGIN + timedelta(seconds=(time.monotonic() - self.zero) * SPEED)


class Press:
    """Writes a file; that takes a while."""

    def __init__(self, folder, clock):
        self.folder, self.clock = folder, clock

    def build(self, schedule, parameter_set):
        from briefing.delivery.tick import Built

        time.sleep(random.uniform(0, 0.05))
        made = self.folder / parameter_set / schedule.name
        made.mkdir(parents=True, exist_ok=True)
        (made / "briefing.txt").write_text(schedule.name)
        return Built(f"{parameter_set}/{schedule.name}", schedule.name, self.clock().isoformat(),
                     "2026-03-28")  # fmt: skip

    def has(self, folder):
        return (self.folder / folder / "briefing.txt").exists()

    def objections(self, folder):
        return []

    def news(self, schedule, before, folder):
        from briefing.delivery.conditions import News

        return News(True)


def composed(row):
    """What the server needs to see who sent it, and for whom it was."""
    return (
        f"Message-ID: {row['message_id']}\r\nTo: {row['recipient']}\r\nX-Host: {row['host']}\r\n"
        f"X-Slot: {row['slot']}\r\n\r\n{row['content']}\r\n"
    ).encode()


def serve(folder):
    """A server that writes down what it has taken before it says so; its port, and its process."""
    from postgres import free_port  # beside this script: found when it runs, not by pytest

    port = free_port()
    process = os.fork()
    if process:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return port, process
            time.sleep(0.02)
        raise RuntimeError("the mail server does not come up")
    import asyncio

    from aiosmtpd.controller import Controller

    log = (folder / "arrived.jsonl").open("a", buffering=1)

    class Sink:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            mail = message_from_bytes(envelope.content)
            known = {name: str(mail[name]) for name in ("Message-ID", "To", "X-Host", "X-Slot")}
            await asyncio.sleep(random.uniform(0, 0.005))
            log.write(json.dumps({**known, "rcpt": envelope.rcpt_tos}) + "\n")
            await asyncio.sleep(random.uniform(0, 0.005))
            return "250 taken"

    Controller(Sink(), hostname="127.0.0.1", port=port).start()
    signal.pause()
    os._exit(0)


def desk(address, folder, port, zero, host):
    """One host's."""
    from briefing.delivery.ledger import Ledger
    from briefing.delivery.outbox import Pace
    from briefing.delivery.schedules import Schedule
    from briefing.delivery.settings import Server
    from briefing.delivery.tick import Desk
    from briefing.delivery.transport import Connection

    clock = Clock(zero)
    schedules = {
        f"s{number}": Schedule(
            name=f"s{number}", title="Faults", sets=("latest",), cron="* * * * *",
            zone="Europe/London", missed="all",
            recipients=tuple(f"r{number}{reader}@d{reader}.example" for reader in range(READERS)),
        )
        for number in range(SCHEDULES)
    }  # fmt: skip
    server = Server(host="127.0.0.1", port=port, security="none", timeout_seconds=5)
    # Waits and limits are those of delivery, but for how often a slot may be begun in vain: half a
    # second of life is short.
    pace = Pace(lease_seconds=90.0, beat_seconds=0.3, most_begun=10_000)
    return Desk(
        ledger=Ledger.at(address), schedules=schedules, press=Press(folder / "builds", clock),
        compose=composed, connect=lambda: Connection(server), sender="desk@desk.example",
        pace=pace, clock=clock, host=host,
    )  # fmt: skip


def live(make, host):
    """A process that ticks until it is killed."""
    from briefing.delivery.tick import tick

    process = os.fork()
    if process:
        return process
    try:
        own = make(host)
        while True:
            tick(own)
            time.sleep(0.02)
    except BaseException as error:  # a host must never end by itself
        sys.stderr.write(f"{host} ended: {type(error).__name__}: {error}\n")
    os._exit(3)


def kill_at_random(kills, make):
    """Kill hosts, one after the other; names of the killed, and how many ended by themselves."""
    killed, crashed, number = set(), 0, 0
    running = {}
    while len(killed) < kills or running:
        while len(running) < HOSTS and len(killed) + len(running) < kills:
            number += 1
            until = time.monotonic() + random.uniform(0.02, LONGEST_LIFE_SECONDS)
            running[live(make, f"h{number}")] = (f"h{number}", until)
        process = min(running, key=lambda each: running[each][1])
        host, until = running.pop(process)
        time.sleep(max(0.0, until - time.monotonic()))
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        crashed += not os.WIFSIGNALED(status)
        killed.add(host)
    return killed, crashed


def judged(folder, ledger, killed):
    """Counts of what went wrong, and of what did not."""
    import sqlalchemy as sa

    from briefing.delivery.ledger import outbox, schedules, slots

    arrived = [json.loads(line) for line in (folder / "arrived.jsonl").read_text().splitlines()]
    by_letter = defaultdict(list)
    for each in arrived:
        by_letter[each["X-Slot"], each["To"]].append(each)
    expected = set()
    for row in ledger.rows(sa.select(schedules)):
        at = datetime.fromisoformat(row["since"]).replace(second=0, microsecond=0)
        while (at := at + timedelta(minutes=1)) <= datetime.fromisoformat(row["reached"]):
            slot = f"{row['name']}/latest/{at:%Y-%m-%dT%H:%MZ}"
            number = row["name"][1:]
            expected |= {(slot, f"r{number}{n}@d{n}.example") for n in range(READERS)}
    twice = [found for found in by_letter.values() if len(found) > 1]
    states = Counter(row["state"] for row in ledger.rows(sa.select(slots.c.state)))
    states += Counter(row["state"] for row in ledger.rows(sa.select(outbox.c.state)))
    return {
        "letters": len(expected),
        "lost": len(expected - set(by_letter)),
        "uncalled for": len(set(by_letter) - expected),
        "to the wrong reader": sum(each["rcpt"] != [each["To"]] for each in arrived),
        "twice": sum(len(found) - 1 for found in twice),
        "twice with another Message-ID": sum(
            len({each["Message-ID"] for each in found}) > 1 for found in twice
        ),
        "twice though nobody was killed": sum(
            each["X-Host"] not in killed for found in twice for each in found[:-1]
        ),
        "not settled": sum(states[each] for each in ("due", "leased", "queued", "sending", "dead")),
        "failed": states["failed"],
    }


def main(kills=500, address=""):
    """Kill, settle, count; the status is 1 where something must not be, or nothing was tried."""
    import postgres

    import briefing.delivery.letters  # all is imported before processes are forked
    import briefing.delivery.settings
    import briefing.delivery.tick
    import briefing.delivery.transport  # noqa: F401
    from briefing.delivery.tick import tick

    seed = int(os.environ.get("SEED", time.time_ns() % 10**6))
    random.seed(seed)
    started = postgres.server() if address == "postgresql" else nullcontext(address)
    with tempfile.TemporaryDirectory() as made, started as address:
        folder = Path(made)
        port, server = serve(folder)
        zero = time.monotonic()

        def make(host):
            random.seed(f"{seed}/{host}")
            return desk(address or folder / "ledger.sqlite", folder, port, zero, host)

        try:
            # A busy machine may need longer to make the ledger than any host lives.
            first = make("first")
            tick(first)
            first.ledger.close()
            killed, crashed = kill_at_random(kills, make)
            last = make("last")
            # Ten minutes on, every lease has run out.
            late = last.clock() + timedelta(minutes=10)
            last = replace(last, clock=lambda: late)
            tick(last)
            counts = {"kills": len(killed), "ended by themselves": crashed}
            counts |= judged(folder, last.ledger, killed)
            last.ledger.close()
        finally:
            os.kill(server, signal.SIGKILL)
            os.waitpid(server, 0)
    seconds = time.monotonic() - zero
    print(f"seed {seed}, {seconds:.0f} s, {address.partition(':')[0] or 'sqlite'}")
    for name, count in counts.items():
        print(f"{count:>8,}  {name}")
    good = {"kills", "letters", "twice"}
    is_bad = any(count for name, count in counts.items() if name not in good)
    return int(is_bad or not counts["letters"])  # without letters, nothing was tried


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2]), *sys.argv[2:3]))

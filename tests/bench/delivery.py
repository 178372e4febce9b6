"""Letters a second: `python tests/bench/delivery.py [letters] [rounds] [build folder]`.

A server on this machine takes and forgets letters, in a process of its own. All ways pass under
STARTTLS with a verified certificate, one session for all, one message for each reader:

- a plain `smtplib` loop that sends messages made beforehand: what the library and the server cost
- our transport with the same messages: reading each answer by itself
- our transport with messages composed for each reader
- the outbox: letters queued in a ledger, leased, composed, sent, and each noted as sent

Ways are interleaved, and medians of the rounds are told, for times of a shared machine say little.
Without a build folder a mail of the usual size is made up, without its PDF; with one, the letters
are that build's, with its PDF.
"""

import os
import signal
import smtplib
import socket
import ssl
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from aiosmtpd.controller import Controller

from briefing.delivery.heart import Heart
from briefing.delivery.ledger import Ledger, moment, outbox
from briefing.delivery.letters import Letter, composed, message_id
from briefing.delivery.outbox import Pace, letter, send
from briefing.delivery.settings import Server
from briefing.delivery.transport import Connection

SENDER = "Desk <desk@desk.example>"
NOW = datetime(2026, 11, 26, 7, tzinfo=UTC)
PAGE_BYTES, TEXT_BYTES, PICTURE_BYTES = 55_000, 8_000, 25_000
"""About what the mail of the set `latest` has."""


def serve(own, secret):
    """Start a server that takes everything; its port, and its process."""
    from postgres import free_port  # beside this script: found when it runs, not by pytest

    port = free_port()
    process = os.fork()
    if process:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("localhost", port), 1):
                return port, process
            time.sleep(0.02)
        raise RuntimeError("the mail server does not come up")

    class Sink:
        async def handle_DATA(self, server, session, envelope):  # noqa: N802
            return "250 taken"

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, secret)
    Controller(
        Sink(), hostname="localhost", port=port, tls_context=context, require_starttls=True
    ).start()
    signal.pause()
    os._exit(0)


def made_up(folder):
    """A mail of the usual size, as a build would hold it."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = "The alliance, as of 2026-11-22"
    mail.set_content("Customers pay 78 %.\n" * (TEXT_BYTES // 20), cte="quoted-printable")
    page = "<p>Customers pay 78 %.</p>\n" * (PAGE_BYTES // 27)
    mail.add_alternative(
        f"<html><body>{page}</body></html>", subtype="html", cte="quoted-printable"
    )
    picture = bytes(range(256)) * (PICTURE_BYTES // 256)
    mail.get_payload()[1].add_related(picture, "image", "png", cid="<e08@briefing.invalid>")
    (folder / "briefing.eml").write_bytes(mail.as_bytes())
    return ()


class Ways:
    """Each way of sending the same letters."""

    def __init__(self, build, attached, readers, server, folder):
        self.build, self.attached, self.server, self.folder = build, attached, server, folder
        self.readers = readers
        self.made = [(reader, self.letter(reader)) for reader in readers]
        self.ledgers = 0

    def letter(self, reader):
        ident = message_id("weekly", reader, "f00d", "desk.example")
        return composed(self.build, Letter(reader, SENDER, ident, NOW, attached=self.attached))

    def plain(self):
        context = ssl.create_default_context(cafile=self.server.ca_file)
        with smtplib.SMTP(self.server.host, self.server.door) as session:
            session.starttls(context=context)
            for reader, message in self.made:
                session.sendmail("desk@desk.example", [reader], message)

    def transport(self):
        with Connection(self.server) as connection:
            for reader, message in self.made:
                assert connection.send(message, SENDER, reader).kind == "sent"

    def composing(self):
        with Connection(self.server) as connection:
            for reader in self.readers:
                assert connection.send(self.letter(reader), SENDER, reader).kind == "sent"

    def outbox(self):
        self.ledgers += 1
        ledger = Ledger.at(self.folder / f"ledger{self.ledgers}.sqlite")
        with ledger.change() as connection:
            rows = [
                letter("weekly", each, "f00d", message_id("weekly", each, "f00d", "desk.example"),
                       NOW, attached=" ".join(self.attached))
                for each in self.readers
            ]  # fmt: skip
            connection.execute(outbox.insert(), rows)

        def compose(row):
            return composed(
                self.build,
                Letter(row["recipient"], SENDER, row["message_id"], moment(row["queued"]),
                       attached=tuple(row["attached"].split())),
            )  # fmt: skip

        def clock():
            return datetime.now(UTC)

        pace = Pace()
        with Heart(ledger, "here", clock, pace.lease_seconds) as heart:
            tally = send(
                ledger, compose, lambda: Connection(self.server), SENDER, pace, clock, heart, "here"
            )
        ledger.close()
        assert tally.sent == len(self.readers), tally


def main(count=1000, rounds=3, build=""):
    """Send and tell."""
    from certificates import certificate  # beside this script, as above

    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        own, secret = certificate(folder)
        port, process = serve(own, secret)
        try:
            attached = ("briefing.pdf",) if build else made_up(folder)
            server = Server(host="localhost", port=port, ca_file=own, timeout_seconds=60)
            readers = [f"reader{number}@bank{number % 50}.example" for number in range(count)]
            ways = Ways(Path(build or folder), attached, readers, server, folder)
            names = {
                "plain smtplib loop": ways.plain,
                "our transport": ways.transport,
                "… composing each letter": ways.composing,
                "… through the outbox": ways.outbox,
            }
            seconds = {name: [] for name in names}
            for _ in range(rounds):
                for name, way in names.items():
                    begun = time.perf_counter()
                    way()
                    seconds[name].append(time.perf_counter() - begun)
        finally:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    size = len(ways.made[0][1])
    print(f"{count:,} letters of {size / 1000:,.0f} kB each, median of {rounds} rounds")
    print(f"{'':<26}{'a second':>10}{'ms each':>10}{'beside plain':>14}")
    plain = statistics.median(seconds["plain smtplib loop"])
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        each = 1000 * middle / count
        print(f"{name:<26}{count / middle:>10,.0f}{each:>10.2f}{middle / plain:>14.2f}")
    composing, whole = (
        statistics.median(seconds[name])
        for name in ("… composing each letter", "… through the outbox")
    )
    overhead = 1000 * (whole - composing) / count
    print(f"the ledger costs {overhead:.2f} ms a letter, {100 * (whole / composing - 1):.0f}%")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:4])

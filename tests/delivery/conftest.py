"""Mail servers on this machine, with a certificate of their own, and a build to be sent."""

import asyncio
import socket
import ssl

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from tests.bench import certificates

from briefing.delivery.settings import Server

PASSWORD = "correct-horse-battery"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Files of a certificate for localhost and of its key."""
    return certificates.certificate(tmp_path_factory.mktemp("certificate"))


class Sink:
    """Keeps what arrives. `says` gives answers by command, taken in turn, for a hostile server;
    `seconds` is how long it thinks about a message."""

    def __init__(self):
        self.received = []
        self.says = {}
        self.seconds = 0.0

    def _answer(self, command):
        answers = self.says.get(command)
        return answers.pop(0) if answers else None

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self._answer("MAIL") or "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        said = self._answer("RCPT") or "250 OK"
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = self._answer("DATA") or "250 taken"
        await asyncio.sleep(self.seconds)
        if said.startswith("2") or said == "kept and gone":
            self.received.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        if "gone" in said:
            server.transport.abort()
        return said


def _free_port():
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        return probe.getsockname()[1]


@pytest.fixture
def served(certificate):
    """Start a server; gives the settings to reach it and what it keeps."""
    own, secret = certificate
    running = []

    def start(security="starttls", user="", trusted=True, timeout_seconds=5):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(own, secret)
        sink = Sink()

        def check(server, session, envelope, mechanism, given):
            is_right = (given.login, given.password) == (user.encode(), PASSWORD.encode())
            return AuthResult(success=is_right, handled=False)

        more = {"ssl_context": context} if security == "tls" else {}
        more |= {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
        more |= {"authenticator": check, "auth_required": True} if user else {}
        if security == "tls" and user:
            more |= {"auth_require_tls": False}
        controller = Controller(
            sink, hostname="localhost", port=_free_port(), enable_SMTPUTF8=True, **more
        )
        controller.start()
        running.append(controller)
        settings = Server(
            host="localhost",
            port=controller.port,
            security=security,
            ca_file=own if trusted else None,
            user=user,
            password="env:BRIEFING_TEST_PASSWORD" if user else None,
            timeout_seconds=timeout_seconds,
        )
        return settings, sink

    yield start
    for controller in running:
        controller.stop()

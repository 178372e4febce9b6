"""Transport: one message to one reader over SMTP (RFC 5321), and what the server made of it.

A server's answer decides. A refusal of the reader's address or of the message (5xx) is for ever
and concerns that reader alone; all else, from a full queue to a broken line, is tried again.
"""

import re
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from types import TracebackType
from typing import Literal

from briefing.delivery.secrets import secret
from briefing.delivery.settings import FILE, Server, bare

LONGEST = 300
"""Characters of a server's answer that are kept."""


FOR_EVER = {521, 550, 551, 552, 553, 554, 555, 556}
"""Answers that concern the reader or the message; the other 5xx concern the session, and so us."""


SENDER_REFUSED = "the server refuses the sender: "
"""Before its words, so that nobody takes them for words on a reader."""


class Unreachable(Exception):
    """No session with the server: nobody's message is to blame, and all wait."""


@dataclass(frozen=True)
class Outcome:
    """What became of a message: sent, to be tried again later, or refused for ever.

    `is_doubtful`: the line broke after the message went out and before the server said that it
    has it. It may arrive twice then, under the same Message-ID; not sending it could lose it.
    """

    kind: Literal["sent", "later", "refused"]
    told: str
    is_doubtful: bool = False


class Connection:
    """A session with a mail server, opened again when it breaks.

    Messages pass under a verified certificate; a password never passes without one.
    """

    def __init__(self, server: Server):
        self._server = server
        self._session: smtplib.SMTP | None = None

    def __enter__(self) -> "Connection":
        self._opened()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, message: bytes, sender: str, recipient: str) -> Outcome:
        """Hand over `message`; raises Unreachable when there is no session to be had."""
        try:
            to, origin = _envelope(recipient), _envelope(sender)
        except ValueError:
            return Outcome("refused", f"no server could take the address {recipient!a}")
        session = self._opened()
        options = []
        if not (to.isascii() and origin.isascii() and message.isascii()):
            if not session.has_extn("smtputf8"):
                return Outcome("refused", f"the server takes no address such as {recipient}")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        has_left = is_readers = False
        try:
            code, words = session.mail(origin, options)
            if code == 250:
                is_readers = True
                code, words = session.rcpt(to)
            if code in (250, 251):
                code, words = session.docmd("DATA")
                if code == 354:
                    has_left = True
                    session.send(_dotted(message))
                    code, words = session.getreply()
                    if 200 <= code < 300:  # whatever it says, it has taken the letter
                        return Outcome("sent", _words(code, words))
                    has_left = False
        except (OSError, smtplib.SMTPException, ValueError) as error:
            self._close()
            return Outcome("later", _told(error), is_doubtful=has_left)
        if code == 421 or not self._reset():
            self._close()
        # Who refuses the sender or asks for a login refuses us, and no letter dies of that.
        told = _words(code, words)
        if code in FOR_EVER and not is_readers:
            return Outcome("later", f"{SENDER_REFUSED}{told}")
        return Outcome("refused" if code in FOR_EVER else "later", told)

    @property
    def certificate_ends(self) -> datetime | None:
        """When the server's certificate runs out; nothing for a server that shows none."""
        sock = self._opened().sock
        if not isinstance(sock, ssl.SSLSocket):
            return None
        shown = sock.getpeercert() or {}
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)

    def _opened(self) -> smtplib.SMTP:
        if self._session is None:
            try:
                self._session = _session(self._server)
            except (OSError, smtplib.SMTPException, ValueError) as error:
                raise Unreachable(
                    f"{self._server.host}:{self._server.door}: {_told(error)}"
                ) from error
        return self._session

    def _reset(self) -> bool:
        """Forget the message in hand; whether the session still stands."""
        try:
            return self._session is not None and self._session.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _close(self) -> None:
        session, self._session = self._session, None
        if session is None:
            return
        try:
            session.quit()
        except (OSError, smtplib.SMTPException):
            session.close()


class _Reply:
    """What a server says, for so long and no longer: a socket waits anew for each byte."""

    def __init__(self, sock: socket.socket, seconds: float):
        self._sock, self._ends = sock, time.monotonic() + seconds

    def readline(self, most: int) -> bytes:
        line = b""
        # Byte by byte: nothing of what follows an answer may be kept from the encryption to come.
        while len(line) < most and not line.endswith(b"\n"):
            if time.monotonic() > self._ends:
                raise TimeoutError("its answer does not end")
            byte = self._sock.recv(1)
            if not byte:
                break
            line += byte
        return line

    def close(self) -> None: ...


class _Session(smtplib.SMTP):
    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.file = _Reply(self.sock, self.timeout)  # pyright: ignore[reportAttributeAccessIssue]
        return super().getreply()


class _EncryptedSession(smtplib.SMTP_SSL, _Session): ...


def _session(server: Server) -> smtplib.SMTP:
    context = ssl.create_default_context(cafile=server.ca_file)
    place, wait = (server.host, server.door), server.timeout_seconds
    if server.security == "tls":
        session = _EncryptedSession(*place, timeout=wait, context=context)
    else:
        session = _Session(*place, timeout=wait)
    try:
        if server.security == "starttls":
            session.starttls(context=context)
        session.ehlo_or_helo_if_needed()
        if server.user and server.password:
            password = secret(server.password)
            if not (server.user + password).isascii():
                raise smtplib.SMTPException("user and password must be ASCII to log in")
            session.login(server.user, password)
    except BaseException:
        session.close()
        raise
    return session


def _envelope(party: str) -> str:
    """The address alone; raises ValueError where it could end the command that names it."""
    found = bare(parseaddr(party)[1] or party)
    if not party.isprintable() or re.search(r"[\s<>]", found):
        raise ValueError("would end the command")
    return found


def _dotted(message: bytes) -> bytes:
    """`message` with its lines ended as SMTP asks, and the line that ends it."""
    lines = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").removesuffix(b"\n").split(b"\n")
    quoted = (b"." + line if line.startswith(b".") else line for line in lines)
    return b"\r\n".join(quoted) + b"\r\n.\r\n"


def _words(code: int, words: bytes) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {' '.join(text.split())}"[:LONGEST]


def _told(error: Exception) -> str:
    """The error in a line. A login's error is told without the server's words on it."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{error.smtp_code} the server refuses this user or password"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not to be trusted: {error.verify_message}"
    if isinstance(error, smtplib.SMTPNotSupportedError) and "STARTTLS" in str(error):
        return (
            f"it offers no encryption (STARTTLS); in params/delivery/{FILE} say security: tls if "
            "it has another port for that, or security: none within your own network"
        )
    return " ".join(f"{type(error).__name__}: {error}".split())[:LONGEST]

"""Sending by hand: what a reader would get, as files to look at, or as a mail to the owner.

Readers get mail by schedules only, so that no command typed in a hurry writes to all of them.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path

from briefing.delivery.gates import objections
from briefing.delivery.letters import Letter, composed, message_id
from briefing.delivery.settings import Mail, bare
from briefing.delivery.signing import signed
from briefing.delivery.transport import Connection, Unreachable
from briefing.runs.places import RECORD

NAMES = {"eml": "letter.eml", "html": "letter.html", "txt": "letter.txt"}


@dataclass(frozen=True)
class Size:
    """One part of a message and its bytes as they travel, encoded."""

    part: str
    size_bytes: int


@dataclass(frozen=True)
class Trial:
    """A letter as it would leave, and what keeps it from leaving."""

    message: bytes
    objections: tuple[str, ...]
    sizes: tuple[Size, ...]


def trial(
    build: Path,
    mail: Mail,
    recipient: str,
    now: datetime,
    attached: tuple[str, ...],
    secrets: tuple[str, ...] = (),
    audience: str = "",
) -> Trial:
    """The letter of one build to one reader, in which no secret may stand; nothing is sent."""
    content = hashlib.sha256((build / RECORD).read_bytes()).hexdigest()
    ident = message_id(f"by hand {now.isoformat()}", recipient, content, mail.domain)
    letter = Letter(
        recipient=recipient,
        sender=mail.sender,
        message_id=ident,
        dated=now,
        reply_to=mail.reply_to or "",
        page_url=mail.page(build, audience),
        unsubscribe_https=mail.unsubscribe.link(ident),
        unsubscribe_mailto=mail.unsubscribe.mailto or "",
        attached=attached,
    )
    message = composed(build, letter)
    if mail.dkim:
        message = signed(message, mail.dkim)
    wrong = objections(build, mail.limits, _day(now), secrets)
    return Trial(message, wrong, tuple(_sizes(message)))


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _read(message: bytes) -> EmailMessage:
    return BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(message)


def _sizes(message: bytes) -> Iterator[Size]:
    for part in _read(message).walk():
        if not part.is_multipart():
            name = part.get_filename() or part.get_content_type()
            yield Size(str(name), len(str(part.get_payload()).encode()))
    yield Size("whole message", len(message))


def written(found: Trial, folder: Path) -> tuple[Path, ...]:
    """Write the letter, its page and its text into `folder`, to be opened and read."""
    read = _read(found.message)
    contents = {
        "eml": found.message,
        "html": _body(read, "html").encode(),
        "txt": _body(read, "plain").encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for kind, content in contents.items():
        file = folder / NAMES[kind]
        file.write_bytes(content)
        files.append(file)
    return tuple(files)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part else ""


def sent_to_owner(found: Trial, mail: Mail, connect: Callable[[], Connection] | None = None) -> str:
    """Hand the letter to the server, for the owner; the server's words, or why it did not go."""
    try:
        with (connect or (lambda: Connection(mail.server)))() as connection:
            outcome = connection.send(found.message, mail.sender, mail.owner)
    except Unreachable as error:
        return str(error)
    return "" if outcome.kind == "sent" else f"{bare(mail.owner)}: {outcome.told}"

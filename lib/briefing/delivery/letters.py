"""Letters: a built briefing as one message to one reader.

The build has rendered the mail already (`briefing.eml`): its text, its page and its picture. A
letter puts real names on it, says when it is late, and adds the files that the schedule asks for:
multipart/mixed [multipart/alternative [text, multipart/related [page, picture]], PDF].
"""

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.message import EmailMessage, MIMEPart
from email.parser import BytesParser
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr, parseaddr
from pathlib import Path
from typing import cast

from briefing.delivery.settings import bare
from briefing.inputs.files import BadInput
from briefing.render.email import DOMAIN

MAIL = "briefing.eml"
"""What a build calls its rendered mail."""

KINDS = {".pdf": ("application", "pdf"), ".html": ("text", "html")}
"""Files of a build that a reader can open."""

OWN = ("Subject", "List-Id", "Auto-Submitted")
"""Headers that the rendered mail knows best, but for the sender's domain."""


@dataclass(frozen=True)
class Letter:
    """One message to one reader: all of it but the moment of sending.

    `timing` says when it was due, built and known, and is empty for a letter on time. `subject`
    is empty for the briefing's own. `attached` are names of files in the build.
    """

    recipient: str
    sender: str
    message_id: str
    dated: datetime
    subject: str = ""
    reply_to: str = ""
    timing: str = ""
    unsubscribe_https: str = ""
    unsubscribe_mailto: str = ""
    attached: tuple[str, ...] = ("briefing.pdf",)


def message_id(slot: str, recipient: str, content: str, domain: str) -> str:
    """The same for the same slot, reader and content, so that a second copy is known as one.

    >>> message_id("weekly 1", "a@b.example", "f00", "desk.example")
    '<a4b94d10aeda998fbd18bb5e7f7dc339@desk.example>'
    """
    digest = hashlib.sha256("\0".join((slot, recipient, content)).encode()).hexdigest()
    return f"<{digest[:32]}@{domain}>"


def composed(build: Path, letter: Letter) -> bytes:
    """The finished message (RFC 5322): equal builds and letters give equal bytes.

    Raises BadInput where a header would hold a line end, or the build lacks a file.
    """
    made = BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(_read(build, MAIL))
    # An address beyond ASCII cannot be encoded; servers take it as it is or not at all (RFC 6531).
    parties = (letter.recipient, letter.sender, letter.reply_to)
    is_ascii = all(parseaddr(_spelt(each))[1].isascii() for each in parties)
    message = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    for name, value in _headers(made, letter):
        if "\r" in value or "\n" in value:
            raise BadInput([f"{name}: a line end would begin another header; nothing was sent"])
        try:
            # A text that spells an encoded word would be decoded, and might hold a line end.
            message[name] = value.replace("=?", "= ?") if name == "Subject" else value
        except (ValueError, IndexError, HeaderParseError) as error:
            told = " ".join(str(error).split())
            raise BadInput([f"{name}: is no header ({told}); nothing was sent"]) from None
    seed = hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]
    message.make_mixed(boundary=f"=_mixed-{seed}")
    message.attach(_told(made, letter, f"=_alternative-{seed}"))  # pyright: ignore[reportArgumentType]
    for name in letter.attached:
        main, sub = KINDS[Path(name).suffix]
        message.add_attachment(_read(build, name), main, sub, filename=name)
    return message.as_bytes()


def _headers(made: EmailMessage, letter: Letter) -> Iterator[tuple[str, str]]:
    domain = letter.message_id.strip("<>").partition("@")[2]
    yield "From", _spelt(letter.sender)
    yield "To", _spelt(letter.recipient)
    if letter.reply_to:
        yield "Reply-To", _spelt(letter.reply_to)
    for name in OWN:
        if value := str(made[name] or ""):
            own = letter.subject if name == "Subject" else ""
            yield (
                name,
                own or value.replace(DOMAIN, domain),
            )
    yield "MIME-Version", "1.0"
    yield "Date", format_datetime(letter.dated.astimezone(UTC))
    yield "Message-ID", letter.message_id
    ways = [letter.unsubscribe_mailto and f"mailto:{letter.unsubscribe_mailto}"]
    ways.append(letter.unsubscribe_https)
    if any(ways):
        yield "List-Unsubscribe", ", ".join(f"<{way}>" for way in ways if way)
    if letter.unsubscribe_https:
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"  # RFC 8058


def _spelt(party: str) -> str:
    """A domain beyond ASCII as every server reads it, where the rest is ASCII.

    >>> _spelt("Jürgen <juergen@müller.example>")
    '=?utf-8?q?J=C3=BCrgen?= <juergen@xn--mller-kva.example>'
    """
    name, address = parseaddr(party)
    local, _, domain = address.rpartition("@")
    if domain.isascii() or not local.isascii() or not party.isprintable():
        return party
    return formataddr((name, bare(address)))


def _read(build: Path, name: str) -> bytes:
    try:
        return (build / name).read_bytes()
    except FileNotFoundError:
        raise BadInput([f"{build}: has no {name}; nothing was sent"]) from None


def _told(made: EmailMessage, letter: Letter, boundary: str) -> MIMEPart:
    """Text and page of the mail, with what only this letter says."""
    body = MIMEPart(policy=SMTP)
    text, page, *pictures = [
        part for part in made.walk() if not part.is_multipart()
    ]  # the order in which the mail is rendered
    body.set_content(_with_lines(text.get_content(), letter), cte="quoted-printable")
    body.add_alternative(
        _with_notes(page.get_content(), letter), subtype="html", cte="quoted-printable"
    )
    _, shown = cast(list[MIMEPart], body.get_payload())
    for picture in pictures:
        shown.add_related(
            picture.get_content(), "image", "png", cid=picture["Content-ID"], disposition="inline"
        )
    if pictures:
        shown.set_boundary(boundary.replace("alternative", "related"))
    body.set_boundary(boundary)
    return body


def _ways_out(letter: Letter) -> str:
    return letter.unsubscribe_https or (
        letter.unsubscribe_mailto and f"mailto:{letter.unsubscribe_mailto}?subject=unsubscribe"
    )


def _with_lines(text: str, letter: Letter) -> str:
    above = f"{letter.timing}\n\n" if letter.timing else ""
    way = _ways_out(letter)
    below = f"\nNo more of these: {way}\n" if way else ""
    return f"{above}{text.rstrip()}\n{below}"


NOTE = "margin:0;padding:8px 16px;font:13px/1.5 Arial,sans-serif;color:#5b6472;text-align:center"


def _with_notes(page: str, letter: Letter) -> str:
    way = _ways_out(letter)
    above = f'<p style="{NOTE}">{html.escape(letter.timing)}</p>' if letter.timing else ""
    below = (
        f'<p style="{NOTE}"><a href="{html.escape(way)}" style="color:#5b6472">'
        "No more of these</a></p>"
        if way
        else ""
    )
    opened = re.sub(r"(<body[^>]*>)", lambda found: found[0] + above, page, count=1)
    return opened.replace("</body>", f"{below}</body>", 1)

"""Letters: a built briefing as one message to one reader.

The build has rendered the mail already (`briefing.eml`): its text, its page and its picture. A
letter puts real names on it, says when it is late, and adds the files that the schedule asks for:
multipart/mixed [multipart/alternative [text, multipart/related [page, picture]], PDF].
"""

import binascii
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
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from briefing.delivery.settings import bare
from briefing.inputs.files import BadInput

MAIL = "briefing.eml"
"""What a build calls its rendered mail."""

UNSUBSCRIBE = "List-Unsubscribe"

KINDS = {".pdf": ("application", "pdf"), ".html": ("text", "html")}
"""Files of a build that a reader can open."""

OWN = ("Subject", "List-Id", "Auto-Submitted")
"""Headers that the rendered mail knows best, but for the sender's domain."""


@dataclass(frozen=True)
class Letter:
    """One message to one reader: all of it but the moment of sending.

    `timing` says when it was due, built and known, and is empty for a letter on time. `subject`
    is empty for the briefing's own. `page_url` is where its page lies, if readers reach it
    anywhere. `attached` are names of files in the build.
    """

    recipient: str
    sender: str
    message_id: str
    dated: datetime
    subject: str = ""
    reply_to: str = ""
    timing: str = ""
    page_url: str = ""
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
    stamp = _stamp(build, letter)
    rendered = _rendered(build, stamp)
    # An address beyond ASCII cannot be encoded; servers take it as it is or not at all (RFC 6531).
    parties = (letter.recipient, letter.sender, letter.reply_to)
    is_ascii = all(parseaddr(_spelt(each))[1].isascii() for each in parties)
    message = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    ways_out = b""
    for name, value in _headers(rendered, letter):
        if "\r" in value or "\n" in value:
            raise BadInput([f"{name}: a line end would begin another header; nothing was sent"])
        if name == UNSUBSCRIBE:
            # The library would encode a long address, which programs then could not follow.
            ways_out = f"{name}: {value}\r\n".replace(", ", ",\r\n ").encode()
            continue
        try:
            # A text that spells an encoded word would be decoded, and might hold a line end.
            message[name] = value.replace("=?", "= ?") if name == "Subject" else value
        except (ValueError, IndexError, HeaderParseError) as error:
            told = " ".join(str(error).split())
            raise BadInput([f"{name}: is no header ({told}); nothing was sent"]) from None
    added = letter.timing, letter.page_url, _way_out(letter)
    body = _body(build, stamp, added, letter.attached)
    return ways_out + message.as_bytes().removesuffix(b"\r\n") + bytes(body)


def _headers(rendered: "_Rendered", letter: Letter) -> Iterator[tuple[str, str]]:
    from briefing.render.email import DOMAIN  # takes longer to import than a tick with no mail

    domain = letter.message_id.strip("<>").partition("@")[2]
    yield "From", _spelt(letter.sender)
    yield "To", _spelt(letter.recipient)
    if letter.reply_to:
        yield "Reply-To", _spelt(letter.reply_to)
    for name, value in rendered.headers:
        own = letter.subject if name == "Subject" else ""
        yield name, own or value.replace(DOMAIN, domain)
    yield "MIME-Version", "1.0"
    yield "Date", format_datetime(letter.dated.astimezone(UTC))
    yield "Message-ID", letter.message_id
    ways = [_by_mail(letter), letter.unsubscribe_https]
    if any(ways):
        yield UNSUBSCRIBE, ", ".join(f"<{way}>" for way in ways if way)
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


@dataclass(frozen=True)
class _Part:
    """A part of a message, encoded, and the value of its header Content-Type."""

    kind: str
    content: bytes

    def __bytes__(self) -> bytes:
        return f"Content-Type: {self.kind}\r\n".encode() + self.content


Stamp = tuple[tuple[str, int, int], ...]
"""Files with their sizes and times: what was read of them before counts while these are equal."""


Added = tuple[str, str, str]
"""What a letter adds to the mail: its timing, where the page lies, and the way out."""


def _stamp(build: Path, letter: Letter) -> Stamp:
    def known(name: str) -> tuple[str, int, int]:
        try:
            told = (build / name).stat()
        except FileNotFoundError:
            raise BadInput([f"{build}: has no {name}; nothing was sent"]) from None
        return name, told.st_size, told.st_mtime_ns

    return tuple(known(name) for name in (MAIL, *letter.attached))


# A thousand readers of one build get the same bytes below their headers, and encoding these takes
# longer than sending them.
@lru_cache(maxsize=4)
def _body(build: Path, stamp: Stamp, added: Added, attached: tuple[str, ...]) -> _Part:
    """All but the headers: text, page and picture with what this letter adds, and the files."""
    rendered = _rendered(build, stamp)
    text = _quoted("plain", _with_lines(rendered.text, *added))
    page = _quoted("html", _with_notes(rendered.page, *added))
    seed = hashlib.sha256(text + page).hexdigest()[:32]
    if rendered.pictures:
        page = bytes(_multipart("related", seed, [page, *rendered.pictures]))
    told = bytes(_multipart("alternative", seed, [text, page]))
    return _multipart("mixed", seed, [told, *_files(build, stamp, attached)])


@dataclass(frozen=True)
class _Rendered:
    """The build's mail, taken apart."""

    headers: tuple[tuple[str, str], ...]
    text: str
    page: str
    pictures: tuple[bytes, ...]


@lru_cache(maxsize=4)
def _rendered(build: Path, stamp: Stamp) -> _Rendered:
    made = BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(_read(build, MAIL))
    headers = tuple((name, str(made[name])) for name in OWN if made[name])
    # The order in which the mail is rendered.
    text, page, *pictures = [part for part in made.walk() if not part.is_multipart()]
    shown = tuple(_picture(each) for each in pictures)
    return _Rendered(headers, text.get_content(), page.get_content(), shown)


def _picture(part: MIMEPart) -> bytes:
    own = MIMEPart(policy=SMTP)
    own.set_content(
        part.get_content(), "image", "png", cid=part["Content-ID"], disposition="inline"
    )
    return own.as_bytes()


@lru_cache(maxsize=4)
def _files(build: Path, stamp: Stamp, attached: tuple[str, ...]) -> tuple[bytes, ...]:
    return tuple(_file(build, name) for name in attached)


def _file(build: Path, name: str) -> bytes:
    part, (main, sub) = MIMEPart(policy=SMTP), KINDS[Path(name).suffix]
    part.set_content(_read(build, name), main, sub, disposition="attachment", filename=name)
    return part.as_bytes()


def _quoted(kind: str, text: str) -> bytes:
    """A text as quoted-printable (RFC 2045, 6.7), in lines of at most 76 characters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    content = binascii.b2a_qp(lines, istext=True).replace(b"\n", b"\r\n")
    headed = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    return bytes(_Part(f'text/{kind}; charset="utf-8"', headed + content))


def _multipart(kind: str, seed: str, parts: list[bytes]) -> _Part:
    boundary = f"=_{kind}-{seed}"  # no encoding of a part can hold "=_", so no text can end it
    mark = boundary.encode()
    content = b"".join(b"--" + mark + b"\r\n" + each + b"\r\n" for each in parts)
    return _Part(
        f'multipart/{kind};\r\n boundary="{boundary}"', b"\r\n" + content + b"--" + mark + b"--\r\n"
    )


def _by_mail(letter: Letter) -> str:
    """The address to write to, or nothing (RFC 6068)."""
    address = letter.unsubscribe_mailto
    return address and f"mailto:{quote(address, safe='@')}?subject=unsubscribe"


def _way_out(letter: Letter) -> str:
    return letter.unsubscribe_https or _by_mail(letter)


def _with_lines(text: str, timing: str, page_url: str, way: str) -> str:
    opening, *rest = re.split(r"(?:\r?\n){2}", text.rstrip(), maxsplit=1)
    full = f"{FULL}: {page_url}" if page_url else ""
    out = f"No more of these: {way}" if way else ""
    return "\n\n".join(filter(None, [timing, opening, full, *rest, out])) + "\n"


FULL = "Charts, tables and sources"

NOTE = "margin:0;padding:8px 16px;font:13px/1.5 Arial,sans-serif;color:#5b6472;text-align:center"


def _with_notes(page: str, timing: str, page_url: str, way: str) -> str:
    late = f'<p style="{NOTE}">{html.escape(timing)}</p>' if timing else ""
    full, below = _linked(page_url, FULL), _linked(way, "No more of these")
    # The preview is what a list of mails shows: a delay may stand before it, the link may not.
    opening = re.compile(r"(<body[^>]*>)(\s*<div class=\"preview\".*?</div>)?", re.DOTALL)
    opened = opening.sub(lambda found: f"{found[1]}{late}{found[2] or ''}{full}", page, count=1)
    return opened.replace("</body>", f"{below}</body>", 1)


def _linked(address: str, words: str) -> str:
    if not address:
        return ""
    return (
        f'<p style="{NOTE}"><a href="{html.escape(address)}" style="color:#5b6472">{words}</a></p>'
    )

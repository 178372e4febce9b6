"""Settings of the mail: whose name it bears, which server carries it, who is told when it fails.

params/delivery/mail.yaml
sender: Analyst desk <desk@example.org>
owner: desk-owner@example.org
server:
  host: smtp.example.org
  user: desk
  password: env:BRIEFING_SMTP_PASSWORD
"""

import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from briefing.delivery.secrets import REFERENCE, secret
from briefing.inputs.files import BadInput, read_yaml, validation_messages

CONSEQUENCE = "nothing was sent"

FILE = "mail.yaml"

EXAMPLE = "mail.example.yaml"

LONGEST = 400
"""Characters of an address with its name: a line of a mail has room for 998 (RFC 5322, 2.1.1)."""

LETTER = "{letter}"
"""Stands for the name of a letter, by which `briefing suppress` knows its reader."""

BUILD = "{build}"
"""Stands for the folder of a build, such as latest/2026-11-22-0123456789ab."""

PAGE = "briefing.html"
"""What a build calls its whole page; that for an audience is briefing.<audience>.html beside it."""

PORTS = {"starttls": 587, "tls": 465, "none": 25}


def address(text: str) -> str:
    """`text` if it is one address that may stand in a header, otherwise ValueError.

    >>> address("Analyst desk <desk@example.org>")
    'Analyst desk <desk@example.org>'
    """
    if not text.isprintable() or any(sign in text for sign in ",;"):
        raise ValueError("must be one mail address, without line ends, commas or semicolons")
    if "=?" in text or len(text) > LONGEST:
        raise ValueError(f"must be at most {LONGEST} characters, none of them encoded (=?)")
    name, bare = parseaddr(text)
    local, at, domain = bare.rpartition("@")
    try:
        Address(name, addr_spec=bare) if bare.isascii() else None
    except (HeaderParseError, ValueError, IndexError):
        at = ""
    if not (at and local and _is_domain(domain)) or len(bare) > 254:
        raise ValueError("must be one mail address such as desk@example.org")
    return text


def _is_domain(name: str) -> bool:
    """Whether servers would read the very name that stands here.

    Python's codec is of 2003 and takes ß for ss, which may be somebody else's domain.
    """
    try:
        plain = name.encode("idna").decode("ascii")
        if plain.encode("ascii").decode("idna").casefold() != name.lower():
            return False
    except UnicodeError:
        return False
    return re.fullmatch(r"([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}", plain) is not None


def bare(text: str) -> str:
    """The address alone, with its domain as servers spell it.

    >>> bare("Jürgen <juergen@müller.example>")
    'juergen@xn--mller-kva.example'
    """
    local, _, domain = parseaddr(text)[1].rpartition("@")
    return f"{local}@{domain.encode('idna').decode('ascii').lower()}"


def _alone(text: str) -> str:
    if parseaddr(text)[1] != text or not text.isascii():
        raise ValueError("must be an address alone, without a name, in ASCII")
    return text


def _with_place(text: str, place: str, consequence: str) -> str:
    """An https address in which `place` stands for what differs, or nothing."""
    if text and not re.fullmatch(r"https://[^/\s][!-~]*", text, re.ASCII):
        raise ValueError("must be one address that begins with https:// and a host")
    if text and place not in text:
        raise ValueError(f"must hold {place}, {consequence}")
    if others := [each for each in re.findall(r"\{[^}]*\}", text) if each != place]:
        raise ValueError(f"knows no {others[0]}, only {place}; readers would see it as it stands")
    return text


MailAddress = Annotated[str, AfterValidator(address)]
Secret = Annotated[str, Field(pattern=REFERENCE)]


class _Settings(BaseModel):
    # What stands where a reference is due may be the secret itself: messages never repeat it.
    model_config = ConfigDict(
        frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True
    )


class Server(_Settings):
    """A mail server, and how it is spoken to. Its certificate is always verified."""

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    user: str = ""
    password: Secret | None = None
    timeout_seconds: Annotated[float, Field(gt=0, le=600)] = 30

    @property
    def door(self) -> int:
        """The port, by default the usual one for the kind of security."""
        return self.port or PORTS[self.security]

    @model_validator(mode="after")
    def _logs_in_under_cover(self) -> "Server":
        if bool(self.user) != (self.password is not None):
            raise ValueError("user and password are given together or not at all")
        if self.user and self.security == "none":
            raise ValueError("a password is never sent in clear text: security: starttls or tls")
        return self


class Rates(_Settings):
    """Messages that may leave in a minute, in all and to one domain."""

    per_minute: Annotated[int, Field(ge=1)] = 120
    per_domain_per_minute: Annotated[int, Field(ge=1)] = 60


class Unsubscribing(_Settings):
    """Where a reader says that she wants no more.

    One click works with an https address only. Whoever answers there learns nothing but the
    address that was called, so it must say whose letter it was (RFC 8058, section 3.1).
    """

    https: str = ""
    mailto: Annotated[MailAddress, AfterValidator(_alone)] | None = None

    def link(self, message_id: str) -> str:
        """The https address of one letter, or nothing.

        >>> Unsubscribing(https="https://a.example/out/{letter}").link("<f00d@a.example>")
        'https://a.example/out/f00d'
        """
        return self.https.replace(LETTER, message_id.strip("<>").partition("@")[0])

    @field_validator("https")
    @classmethod
    def _is_address(cls, text: str) -> str:
        return _with_place(text, LETTER, "or nobody could tell who had clicked")


class Signature(_Settings):
    """A DKIM key (RFC 6376), by which servers know that the mail is ours."""

    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")]
    selector: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")]
    key: Secret


class Limits(_Settings):
    """What a briefing may not exceed if it is to go out."""

    html_bytes: Annotated[int, Field(ge=1)] = 80_000
    message_bytes: Annotated[int, Field(ge=1)] = 10_000_000
    facts_days: Annotated[int, Field(ge=1)] = 400
    """Days since the newest known page, beyond which readers would take old news for new."""


class Mail(_Settings):
    """All that delivery must know about mail."""

    sender: MailAddress
    owner: MailAddress
    reply_to: MailAddress | None = None
    server: Server
    rates: Rates = Rates()
    unsubscribe: Unsubscribing = Unsubscribing()
    pages: str = ""
    """Where readers find the page of a build, whose folder stands for {build}."""
    dkim: Signature | None = None
    limits: Limits = Limits()

    def secrets(self) -> tuple[str, ...]:
        """What its references lead to; raises BadInput where one leads nowhere."""
        named = (self.server.password, self.dkim.key if self.dkim else None)
        return tuple(secret(each) for each in named if each)

    def page(self, build: Path, audience: str = "") -> str:
        """The address of a build's page, in the order of `audience` where it has one, or nothing.

        >>> mail = Mail.model_construct(pages="https://a.example/{build}/briefing.html")
        >>> mail.page(Path("reports/x/1"))
        'https://a.example/x/1/briefing.html'
        """
        own = f"briefing.{audience}.html"
        page = own if (build / own).is_file() else PAGE
        folder = f"{build.parent.name}/{build.name}"
        return self.pages.replace(PAGE, page).replace(BUILD, folder)

    @field_validator("pages")
    @classmethod
    def _leads_to_builds(cls, text: str) -> str:
        return _with_place(text, BUILD, "or every letter would lead to the same page")

    @property
    def domain(self) -> str:
        """Names messages and lists."""
        return bare(self.sender).rpartition("@")[2]


def load_mail(params: Path, may_be_example: bool = False) -> Mail:
    """Read and check params/delivery/mail.yaml; raises BadInput.

    Where there is none, the example beside it will do for what nobody is sent.
    """
    file = params / "delivery" / FILE
    example = file.with_name(EXAMPLE)
    if may_be_example and not file.exists() and example.exists():
        file = example
    if not file.exists():
        raise BadInput(
            [f"{file}: is not there; it names the sender, the owner and a server; {CONSEQUENCE}"]
        )
    content = read_yaml(file, is_repeated=False)
    if not isinstance(content, dict):
        raise BadInput([f"{file}: must be a mapping with sender, owner and server; {CONSEQUENCE}"])
    try:
        return Mail.model_validate(content)
    except ValidationError as error:
        raise BadInput(
            validation_messages(file, error, Mail, CONSEQUENCE, is_repeated=False)
        ) from None

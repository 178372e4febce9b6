"""The briefing in a mailbox: a notebook to one mail, read in half a minute on a phone.

Mail programs run no scripts, draw no SVG and keep few style sheets. So the layout is a table, every
style stands in its element, the chart is a PNG, and all of it is there once more as plain text.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from typing import Any, cast

from jinja2 import Environment
from markupsafe import Markup, escape
from nbformat import NotebookNode
from traitlets import TraitError, Unicode, validate

from briefing.exhibits.tables import web_address, words
from briefing.render.charts import chart_png, for_phones
from briefing.render.digest import Digest, digest, line
from briefing.render.document import ELSEWHERE, Document, document, slug
from briefing.render.exporter import ReadingExporter, uncollected
from briefing.render.homes import unbroken
from briefing.render.plain import plain
from briefing.render.templates import TEMPLATES, environment

DOMAIN = "briefing.invalid"
"""Names messages and lists. It is reserved (RFC 2606): no server of that name can ever answer."""

SENDER = f"Analyst briefing <briefing@{DOMAIN}>"
"""In the place of the real sender, whom delivery knows: a mail without one is no valid mail, and
one that leaves with this is refused instead of reaching anybody.
"""

SUBJECT = 150
"""Characters of a subject line; no program shows more."""

SHORT_WORD = 12
"""Characters of a word that need not be broken in a column of a phone."""

WIDTH = 552
"""Pixels that a picture may take: the sheet without its margins."""


class BriefingEmailExporter(ReadingExporter):
    """`jupyter nbconvert --to briefing-email` makes a mail (.eml) of an executed notebook."""

    export_from_notebook = "Briefing (e-mail)"
    output_mimetype = "message/rfc822"

    page_url = Unicode(help="Where the full page lies; the mail leads there.").tag(config=True)
    pdf_url = Unicode(help="Where the PDF lies; the mail leads there.").tag(config=True)

    def _file_extension_default(self) -> str:
        return ".eml"

    @validate("page_url", "pdf_url")
    def _web_address(self, proposal: Any) -> str:
        address = proposal["value"]
        if address and (address != web_address(address) or address != line(address)):
            raise TraitError(
                f"{proposal['trait'].name} {address!r} must be one address that begins with "
                "http:// or https://; a reader could not follow it"
            )
        return address

    # nbconvert's own exporters return text or bytes here too, whatever the base class declares.
    @uncollected()
    def from_notebook_node(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, nb: NotebookNode, resources: Any | None = None, **kw: Any
    ) -> tuple[bytes, Any]:
        """The mail's bytes; equal notebooks give equal bytes."""
        notebook, resources = super().from_notebook_node(nb, resources, **kw)
        return email(document(notebook), self.page_url, self.pdf_url), resources


@dataclass(frozen=True)
class Image:
    """The mail's picture, the name by which its HTML calls it, and its size on the sheet."""

    name: str
    png: bytes
    width: int


def email(briefing: Document, page_url: str = "", pdf_url: str = "") -> bytes:
    """A document as a mail that lacks only its real sender and its readers."""
    told = digest(briefing)
    links = [(name, url) for name, url in (("Full page", page_url), ("PDF", pdf_url)) if url]
    image = next(_images(told), None)
    text, page = plain(told, links), html(told, links, image)
    headers = dict(_headers(told))
    digested = _digest(json.dumps([headers, text, page]).encode())
    message = EmailMessage(policy=SMTP)
    for name, value in (headers | {"Message-ID": f"<{digested}@{DOMAIN}>"}).items():
        message[name] = value
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(page, subtype="html", cte="quoted-printable")
    if image:
        _, body = cast(list[MIMEPart], message.get_payload())
        body.add_related(image.png, "image", "png", cid=f"<{image.name}>", disposition="inline")
        # No encoding of a part can hold "=_", so no text can end it.
        body.set_boundary(f"=_related-{digested}")
    message.set_boundary(f"=_alternative-{digested}")
    return message.as_bytes()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _headers(told: Digest) -> Iterator[tuple[str, str]]:
    about = told.metadata
    # News takes the place of the title, which is the same in every mail and would push it away.
    opening = told.news[:1].upper() + told.news[1:] or about.title
    subject = ": ".join(filter(None, [opening, about.set_title]))
    dated = ", as of ".join(filter(None, [line(subject, SUBJECT), about.as_of]))
    yield "From", SENDER
    # A title that spells an encoded word would be decoded, and might hold a line end.
    yield "Subject", dated.replace("=?", "= ?")
    yield "Date", format_datetime(datetime.fromtimestamp(about.timestamp, UTC))
    yield "List-Id", f"<{slug(about.set)[:60].strip('-')}.{DOMAIN}>"
    yield "Auto-Submitted", "auto-generated"


def _images(told: Digest) -> Iterator[Image]:
    for section in told.sections:
        if section.kind == "chart":
            picture = chart_png(for_phones(section.body))
            # By its content, so that no program shows a picture of an earlier mail.
            name = f"{slug(section.id)}.{_digest(picture.png)}@{DOMAIN}"
            yield Image(name, picture.png, min(picture.width, WIDTH))


def html(told: Digest, links: list[tuple[str, str]], image: Image | None) -> str:
    """The mail's body for programs that show HTML, every style in its element."""
    import css_inline

    style = (TEMPLATES / "email" / "style.css").read_text(encoding="utf-8")
    page = (
        _environment()
        .get_template("briefing.html.j2")
        .render(told=told, links=links, image=image, style=Markup(style), elsewhere=ELSEWHERE)
    )
    # The rules for dark rooms cannot stand in an element and stay in the head.
    inliner = css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(page)


@cache
def _environment() -> Environment:
    templates = environment("email")
    templates.filters |= {
        "has_short_words": _has_short_words,
        "unbroken": lambda text: unbroken(escape(text)),
        "words": words,
    }
    return templates


def _has_short_words(text: str) -> bool:
    """Whether a phone has room for the cell's words whole, so that figures are never broken."""
    return all(len(word) <= SHORT_WORD for word in text.split())

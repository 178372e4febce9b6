"""What all web pages share: templates, the style sheet with its typeface, the security policy."""

import base64
import hashlib
import re
from functools import cache

from briefing.render.templates import FONTS, TEMPLATES

WEB = TEMPLATES / "html"

STYLE = WEB / "style.css"

UPRIGHT = ("Inter", "400 700", "normal")
ITALIC = ("Inter-Italic", "400", "italic")
"""Cuts of the typeface that a page may carry with it: file, weights, style."""


def style(*faces: tuple[str, str, str], more: str = "") -> str:
    """The style sheet: the typeface as data, the common look, and `more` for one kind of page."""
    return "".join(_face(*face) for face in faces) + STYLE.read_text(encoding="utf-8") + more


@cache
def _face(file: str, weight: str, slant: str) -> str:
    data = base64.b64encode((FONTS / f"{file}.woff2").read_bytes()).decode()
    return (
        f"@font-face{{font-family:Inter;font-weight:{weight};font-style:{slant};"
        f"src:url(data:font/woff2;base64,{data}) format('woff2')}}\n"
    )


def bare(markup: str) -> str:
    """`markup` as HTML spells it at its shortest: quoted where it must be.

    >>> print(bare('<a href="#b" title="Anthropic&#39;s">theirs, not Amazon&#39;s</a>'))
    <a href=#b title="Anthropic's">theirs, not Amazon's</a>
    """
    # All values stand in double quotes here, which an apostrophe cannot end.
    return _TAG.sub(_unquoted, markup.replace("&#39;", "'").replace("&#x27;", "'"))


def _unquoted(tag: re.Match[str]) -> str:
    return _QUOTED.sub(r"=\1", tag[0])


_TAG = re.compile("<[^>]*=[^>]*>")
_QUOTED = re.compile(r"""="([^\s"'=<>`]*[^\s"'=<>`/])"(?=[ >])""")


def policy(style: str, *scripts: str) -> str:
    """Nothing may load but what is named here by hash and what the page itself carries as data."""
    may_run = " ".join(map(_hash, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {may_run}; style-src {_hash(style)}; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

"""What all web pages share: templates, the style sheet with its typeface, the security policy."""

import base64
import hashlib
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


def policy(style: str, *scripts: str) -> str:
    """Nothing may load but what is named here by hash and what the page itself carries as data."""
    may_run = " ".join(map(_hash, scripts)) or "'none'"
    return (
        f"default-src 'none'; script-src {may_run}; style-src {_hash(style)}; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

"""Secrets: named in parameters, kept elsewhere, and looked for in everything that is sent.

A reference says where a secret lies: `env:NAME`, `file:/run/secrets/name` or, with the extra
`mail`, `keyring:service/user`. The secret itself stands in no parameter, notebook, ledger or log.
"""

import base64
import html
import json
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from markupsafe import escape

from briefing.delivery.unpacked import Unreadable, contents
from briefing.inputs.files import BadInput

REFERENCE = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+|keyring:[^/]+/.+)$"

SHORTEST = 6
"""Characters of a secret that is looked for; shorter ones occur by chance."""

TOKENS = {
    b"-----BEGIN": rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    b"AKIA": rb"\bAKIA[0-9A-Z]{16}\b",
    b"AIza": rb"\bAIza[A-Za-z0-9_-]{35}\b",
    b"github_pat_": rb"\bgithub_pat_[A-Za-z0-9_]{50,}",
    b"glpat-": rb"\bglpat-[A-Za-z0-9_-]{20,}",
    b"xox": rb"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    b"sk-": rb"\bsk-[A-Za-z0-9_-]{32,}",
    b".eyJ": rb"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    **{b"gh%c_" % kind: rb"\bgh%c_[A-Za-z0-9]{36}\b" % kind for kind in b"pousr"},
    b"://": rb"[a-z]://[\w.~%+-]{1,64}:[\w.~%!$&*+=-]{6,64}@[A-Za-z0-9]",
}
"""Shapes of secrets by what stands in them, which is quick to look for: keys and access tokens
that services publish so that they can be found, and addresses with a password in them.
"""


def secret(reference: str) -> str:
    """What `reference` leads to; raises BadInput, which never holds the secret."""
    if not re.fullmatch(REFERENCE, reference):
        # What is written here may be the secret itself, so it is not repeated.
        raise BadInput(
            [
                "a secret is named by env:NAME, file:/path or keyring:service/user, and never "
                "written down; nothing was sent"
            ]
        )
    kind, _, place = reference.partition(":")
    found = {"env": _from_environment, "file": _from_file, "keyring": _from_keyring}[kind](place)
    if not found:
        raise BadInput([f"{reference}: is empty or not there; nothing was sent"])
    return found


def _from_environment(name: str) -> str:
    return os.environ.get(name, "")


def _from_file(name: str) -> str:
    file = Path(name)
    try:
        mode = file.stat().st_mode
        text = file.read_text("utf-8").strip()
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "is no text"
        raise BadInput([f"file:{name}: {why}; nothing was sent"]) from None
    if os.name == "posix" and mode & stat.S_IROTH:
        raise BadInput([f"file:{name}: everybody may read it (chmod o-r); nothing was sent"])
    return text


def _from_keyring(name: str) -> str:
    service, _, user = name.partition("/")
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise BadInput(
            [f"keyring:{name}: needs the package keyring (pip install keyring); nothing was sent"]
        ) from None
    try:
        return keyring.get_password(service, user) or ""
    except keyring.errors.KeyringError as error:
        raise BadInput([f"keyring:{name}: {type(error).__name__}; nothing was sent"]) from None


def leaks(files: Iterable[Path], secrets: Iterable[str]) -> list[str]:
    """Which of `files` hold one of `secrets`, or what looks like one; never which secret.

    Files are unpacked, and secrets are looked for as JSON, HTML and addresses would spell them too.
    """
    wanted = [spelt for each in secrets for spelt in _spellings(each)]
    return [told for file in files for told in _leaks_of(file, wanted)]


def _spellings(held: str) -> Iterator[bytes]:
    """How a secret may be written down; a key of many lines is known by any of them."""
    lines = [line.strip() for line in held.splitlines() if not line.startswith("-----")]
    for line in lines:
        if len(line) >= SHORTEST:
            spelt = {
                line,
                json.dumps(line)[1:-1],
                html.escape(line),
                str(escape(line)),
                quote(line),
            }
            yield from (each.encode() for each in spelt)
            yield base64.b64encode(line.encode()).rstrip(b"=")
            yield line.encode("utf-16-be")  # as PDF writes titles


def _leaks_of(file: Path, wanted: list[bytes]) -> Iterator[str]:
    is_held, token = False, b""
    try:
        for content in contents(file):
            is_held = is_held or any(each in content for each in wanted)
            token = token or _token(content)
    except (Unreadable, OSError) as error:
        told = error.strerror if isinstance(error, OSError) else f"is damaged, {error}"
        yield f"{file.name}: cannot be searched for secrets ({told}); nothing was sent"
    if is_held:
        yield f"{file.name}: holds a secret that delivery uses; nothing was sent"
    if token:
        shown = token[:4].decode("ascii")
        yield f"{file.name}: holds what looks like a key or token ({shown}…); nothing was sent"


def _token(content: bytes) -> bytes:
    """The first that is found, or nothing."""
    likely = (shape for sign, shape in TOKENS.items() if sign in content)
    found = filter(None, (re.search(shape, content) for shape in likely))
    return next((each[0] for each in found), b"")

"""Secrets: named in parameters, kept elsewhere, and looked for in everything that is sent.

A reference says where a secret lies: `env:NAME`, `file:/run/secrets/name` or, with the extra
`mail`, `keyring:service/user`. The secret itself stands in no parameter, notebook, ledger or log.
"""

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from briefing.inputs.files import BadInput

REFERENCE = r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+|keyring:[^/]+/.+)$"

SHORTEST = 6
"""Characters of a secret that is looked for; shorter ones occur by chance."""

TOKENS = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
    rb"|\bAKIA[0-9A-Z]{16}\b"
    rb"|\bgh[pousr]_[A-Za-z0-9]{36}\b"
    rb"|\bxox[abprs]-[A-Za-z0-9-]{20,}"
    rb"|\bsk-[A-Za-z0-9_-]{32,}"
)
"""Shapes of secrets that services publish so that they can be found: keys and access tokens."""


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
    """Which of `files` hold one of `secrets`, or what looks like one; never which secret."""
    wanted = [each.encode() for each in secrets if len(each) >= SHORTEST]
    return [told for file in files for told in _leaks_of(file, wanted)]


def _leaks_of(file: Path, wanted: list[bytes]) -> Iterator[str]:
    content = file.read_bytes()
    if any(each in content for each in wanted):
        yield f"{file.name}: holds a secret that delivery uses; nothing was sent"
    if found := TOKENS.search(content):
        shown = found[0][:4].decode("ascii")
        yield f"{file.name}: holds what looks like a key or token ({shown}…); nothing was sent"

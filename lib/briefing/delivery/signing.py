"""Signing: a DKIM signature (RFC 6376), by which servers know that a mail is ours and unchanged.

It needs the extra `mail` (dkimpy). The signature holds its own time; the message below it and its
Message-ID stay the same bytes however often it is signed.
"""

from briefing.delivery.secrets import secret
from briefing.delivery.settings import Signature
from briefing.inputs.files import BadInput

SIGNED = (
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post",
)  # fmt: skip
"""Headers that nobody may change or add on the way; RFC 8058 asks for the last two."""


def signed(message: bytes, signature: Signature) -> bytes:
    """`message` with its signature on top; raises BadInput where it cannot be made."""
    try:
        import dkim
    except ImportError:
        raise BadInput(
            ["mail.yaml: dkim: needs the package dkimpy (pip install dkimpy); nothing was sent"]
        ) from None
    try:
        header = dkim.sign(
            message,
            signature.selector.encode(),
            signature.domain.encode(),
            secret(signature.key).encode(),
            # Each once more than it occurs, so that none can be added (RFC 6376, 8.15).
            include_headers=[name.lower().encode() for name in SIGNED * 2],
        )
    except dkim.DKIMException as error:
        # Its words may repeat the key, so only its kind is told.
        raise BadInput(
            [f"mail.yaml: dkim.key: {type(error).__name__}: no key to sign by; nothing was sent"]
        ) from None
    return header + message

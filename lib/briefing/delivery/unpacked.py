"""What files say once they are unpacked: a secret must not hide in a compressed or encoded part.

Notebooks, pages and records are text and are read as they are. Mails encode their parts, PDF
compresses its pages and the files attached to it, and Parquet its columns.
"""

import json
from collections.abc import Iterator
from email.errors import MessageError
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path


class Unreadable(ValueError):
    """A file is not what its name says, so nobody can say what it holds."""


def contents(file: Path) -> Iterator[bytes]:
    """The file's bytes, and then what they hold in a packed form; raises Unreadable."""
    packed = {".eml": _of_mail, ".pdf": _of_pdf, ".parquet": _of_table, ".ipynb": _of_json}
    yield file.read_bytes()
    unpack = packed.get(file.suffix, _of_json if file.suffix == ".json" else None)
    if unpack:
        yield from unpack(file)


def _of_mail(file: Path) -> Iterator[bytes]:
    try:
        message = BytesParser(policy=SMTP).parsebytes(file.read_bytes())
        yield "\n".join(f"{name}: {value}" for name, value in message.items()).encode()
        for part in message.walk():
            if not part.is_multipart():
                yield part.get_payload(decode=True) or b""  # pyright: ignore[reportReturnType]
    except (MessageError, ValueError, LookupError) as error:
        raise Unreadable(type(error).__name__) from None


def _of_pdf(file: Path) -> Iterator[bytes]:
    """Pages, metadata and attached files, but no typefaces and pictures."""
    import pikepdf

    try:
        with pikepdf.open(file) as pdf:
            told = (str(value) for value in pdf.docinfo.values())
            yield "\n".join(told).encode("utf-8", "replace")
            for each in pdf.objects:
                if isinstance(each, pikepdf.Stream) and not _is_drawn(each):
                    yield each.read_bytes()
    except (pikepdf.PdfError, ValueError) as error:
        raise Unreadable(type(error).__name__) from None


def _is_drawn(stream: object) -> bool:
    """Whether it holds a picture, or the outlines of letters."""
    get = stream.get  # pyright: ignore[reportAttributeAccessIssue]
    return str(get("/Subtype", "")) in ("/Image", "/OpenType", "/CIDFontType0C", "/Type1C")


def _of_table(file: Path) -> Iterator[bytes]:
    import pandas as pd

    try:
        frame = pd.read_parquet(file)
    except Exception as error:  # a reader of a damaged file fails in many ways
        raise Unreadable(type(error).__name__) from None
    words = frame.select_dtypes(exclude="number")
    yield "\n".join(words.astype(str).to_numpy().ravel()).encode()


def _of_json(file: Path) -> Iterator[bytes]:
    """Its texts as they were before they were written as JSON."""
    try:
        waiting = [json.loads(file.read_text("utf-8"))]
    except (ValueError, RecursionError) as error:
        raise Unreadable(type(error).__name__) from None
    found: list[str] = []
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            # A notebook keeps a text as a list of its lines; a key may lie across them.
            is_text = bool(value) and all(isinstance(each, str) for each in value)
            waiting += ["".join(value)] if is_text else value
        elif isinstance(value, str):
            found.append(value)
    yield "\n".join(found).encode("utf-8", "replace")

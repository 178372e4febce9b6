"""Gates: what keeps a build from its readers. They look at the files that would go out.

A build that a cell failed in, or whose accounts do not balance, was never published. These gates
catch what may still be wrong with one that was, whoever made it and whatever happened to it since.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from functools import partial
from pathlib import Path
from typing import Any

from briefing.delivery.letters import MAIL
from briefing.delivery.secrets import leaks
from briefing.delivery.settings import Limits
from briefing.model.identities import TOLERANCE_SHARE
from briefing.runs.documents import EXHIBIT_MIME
from briefing.runs.places import RECORD

CONSEQUENCE = "it does not go out"

FIGURES = "figures.parquet"

IDENTITIES = "identity_table"
"""The exhibit that says what must hold to the dollar, and how far it is off."""

STANDS_ON_FACTS = {"Facts", "Estimate"}
"""What an exhibit that claims one of these must name: the pages that it rests on."""

NO_NUMBER = re.compile(r"(?<!\w)(nan|inf)(bn|tn|m|k|%| |$)", re.IGNORECASE)
"""How a number that is none would be printed."""


def objections(
    build: Path, limits: Limits, today: date, secrets: Iterable[str] = ()
) -> tuple[str, ...]:
    """Why the folder `build` may not go out to readers; empty when it may."""
    record = _record(build)
    if isinstance(record, str):
        return (f"{RECORD}: {record}; {CONSEQUENCE}",)
    files = record["sha256"]
    wrong = list(_changed(build, files))
    if wrong:  # What cannot be trusted is not looked into.
        return tuple(f"{each}; {CONSEQUENCE}" for each in wrong)
    wrong += _of_age(record, limits, today)
    wrong += _of_notebooks(build, [name for name in files if name.endswith(".ipynb")])
    wrong += _looked_into(RECORD, lambda: _of_headlines(record))
    wrong += _looked_into(FIGURES, lambda: _of_figures(build, files))
    wrong += _looked_into(MAIL, lambda: _of_mail(build, files, limits))
    found = leaks((build / name for name in (RECORD, *files)), secrets)
    return tuple(f"{each}; {CONSEQUENCE}" for each in wrong) + tuple(found)


def _looked_into(name: str, look: Callable[[], Iterator[str]]) -> list[str]:
    """What is wrong with a file; that nobody can read it is wrong too."""
    try:
        return list(look())
    except Exception as error:  # each kind of file has errors of its own
        return [f"{name}: cannot be read ({type(error).__name__})"]


def _record(build: Path) -> Mapping[str, Any] | str:
    try:
        record = json.loads((build / RECORD).read_text("utf-8"))
    except (OSError, ValueError) as error:
        return f"cannot be read ({type(error).__name__})"
    if not isinstance(record, dict) or not isinstance(record.get("sha256"), dict):
        return "lists no files"
    return record


def _changed(build: Path, files: Mapping[str, str]) -> Iterator[str]:
    for name, digest in files.items():
        try:
            own = hashlib.sha256((build / name).read_bytes()).hexdigest()
        except OSError:
            yield f"{name}: is gone"
            continue
        if own != digest:
            yield f"{name}: is not the file that was built"


def _of_age(record: Mapping[str, Any], limits: Limits, today: date) -> Iterator[str]:
    try:
        age = (today - date.fromisoformat(str(record.get("as_of")))).days
    except ValueError:
        yield f"{RECORD}: says no day as of which the facts are known"
        return
    if age < -1:  # it may be tomorrow elsewhere
        yield f"its facts are as of {-age} days from now, which nobody can know"
    if age > limits.facts_days:
        yield f"its facts are as of {age} days ago, and the limit is {limits.facts_days}"


def _of_notebooks(build: Path, names: Iterable[str]) -> Iterator[str]:
    shown: list[str] = []
    for name in names:
        yield from _looked_into(name, partial(_of_notebook, build / name, shown))
    if not shown:
        yield "there is no exhibit in it"


def _of_notebook(file: Path, shown: list[str]) -> Iterator[str]:
    name = file.name
    for cell in json.loads(file.read_text("utf-8"))["cells"]:
        outputs = cell.get("outputs", [])
        if any(each["output_type"] == "error" for each in outputs):
            yield f"{name}: a cell failed"
        told = cell.get("metadata", {}).get("papermill", {})
        if told.get("status", "completed") != "completed":
            yield f"{name}: a cell did not run to its end"
        exhibits = (each.get("data", {}).get(EXHIBIT_MIME) for each in outputs)
        for exhibit in filter(None, exhibits):
            shown.append(name)
            yield from _of_exhibit(name, exhibit)
            if exhibit.get("name") == IDENTITIES:
                yield from _of_identities(name, exhibit)


def _of_identities(file: str, exhibit: Mapping[str, Any]) -> Iterator[str]:
    """A briefing in which an account does not balance is never built; this looks once more."""
    for claim, residual in exhibit["data"]["data"]:
        if not float(residual) <= TOLERANCE_SHARE:
            yield f"{file}: does not hold: {claim} (off by {residual} of the money involved)"


def _of_exhibit(file: str, exhibit: Mapping[str, Any]) -> Iterator[str]:
    what = f"{file}: {exhibit.get('id') or exhibit.get('name')}"
    kind, data = exhibit.get("kind"), exhibit.get("data")
    if kind in ("chart", "table") and not (exhibit.get("alt") or "").strip():
        yield f"{what} has no words for those who cannot see it"
    if kind in ("chart", "table") and data is not None and not data.get("data"):
        yield f"{what} is empty"
    words = " ".join([exhibit.get("title") or "", exhibit.get("alt") or "", *exhibit["notes"]])
    if NO_NUMBER.search(words):
        yield f"{what} prints a number that is none"
    if not (exhibit.get("title") or "").strip():
        yield f"{what} has no title"
    if kind == "prose" and not (exhibit.get("text") or "").strip():
        yield f"{what} is empty"
    names_pages = exhibit.get("sources") or "https://" in json.dumps(exhibit.get("table"))
    if exhibit.get("standing") in STANDS_ON_FACTS and not names_pages:
        yield f"{what} names no source"


def _of_headlines(record: Mapping[str, Any]) -> Iterator[str]:
    for each in record.get("figures") or ():
        yield from _of_figure(RECORD, each)


def _of_figures(build: Path, files: Iterable[str]) -> Iterator[str]:
    if FIGURES not in files:
        return
    import pandas as pd

    for row in pd.read_parquet(build / FIGURES).to_dict("records"):
        yield from _of_figure(FIGURES, row)


def _of_figure(file: str, figure: Mapping[str, Any]) -> Iterator[str]:
    # A figure may have no value and say so, such as a payback beyond the model's last year.
    words = " ".join(filter(None, (figure.get("shown"), figure.get("range"))))
    values = (figure.get(name) for name in ("value", "median", "low", "high"))
    if not (figure.get("shown") or "").strip() or NO_NUMBER.search(words):
        yield f"{file}: {figure['id']} is no number ({words or 'empty'})"
    elif any(value is not None and math.isinf(value) for value in values):
        yield f"{file}: {figure['id']} is infinite ({words})"


def _of_mail(build: Path, files: Iterable[str], limits: Limits) -> Iterator[str]:
    if MAIL not in files:
        yield f"{MAIL}: is missing"
        return
    content = (build / MAIL).read_bytes()
    if len(content) > limits.message_bytes:
        yield f"{MAIL}: {len(content):,} bytes, and the limit is {limits.message_bytes:,}"
    mail = BytesParser(_class=EmailMessage, policy=SMTP).parsebytes(content)
    page = mail.get_body(("html",))
    size = len(page.get_content().encode()) if page else 0
    if not size or not mail.get_body(("plain",)):
        yield f"{MAIL}: lacks its page or its text"
    if size > limits.html_bytes:
        yield f"{MAIL}: its page has {size:,} bytes, and the limit is {limits.html_bytes:,}"

"""Parties: who pays and is paid, and what the ledger must say before money can be followed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from briefing.inputs.files import BadInput, did_you_mean, read_yaml, validation_messages

if TYPE_CHECKING:
    from briefing.inputs.facts import Fact

REGISTER = "parties.yaml"
"""The file beside the facts that says who everybody is."""

CONSEQUENCE = "the ledger was not loaded and nothing was built"

PAYMENTS: Mapping[str, str] = {
    "equity_investment": "equity",
    "loan": "loan",
    "purchase_commitment": "purchase",
}
"""Kinds of fact that promise money from their subject to their counterparty."""


class Party(BaseModel):
    """A company of the web. `chips_from` names whom a cloud pays for its chips, in our reading."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str
    role: str
    chips_from: str | None = None
    reason: str = ""


def load_parties(folder: Path) -> Mapping[str, Party]:
    """The register of `folder`, by id; raises BadInput with every message at once."""
    file = folder / REGISTER
    if not file.exists():
        raise BadInput([f"{file}: is missing, so nobody knows who pays whom; {CONSEQUENCE}"])
    entries = read_yaml(file)
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadInput([f"{file}: must be a list of parties (- id: …); {CONSEQUENCE}"])
    parties: dict[str, Party] = {}
    messages: list[str] = []
    for number, entry in enumerate(entries, start=1):
        name = str(entry.get("id", f"entry {number}"))
        try:
            party = Party.model_validate(entry)
        except ValidationError as error:
            messages += validation_messages(file, error, Party, CONSEQUENCE, entry=name)
            continue
        if party.id in parties:
            messages.append(f"{file}: {party.id}: an id must be unique; {CONSEQUENCE}")
        parties[party.id] = party
    for party in parties.values():
        if party.chips_from and party.chips_from not in parties:
            hint = did_you_mean(party.chips_from, parties)
            messages.append(
                f"{file}: {party.id}: chips_from names no party {party.chips_from!r}{hint}; "
                f"{CONSEQUENCE}"
            )
    if messages:
        raise BadInput(messages)
    return parties


def faults(fact: "Fact", facts: Mapping[str, "Fact"], parties: Mapping[str, Party]) -> list[str]:
    """What keeps the fact out of the ledger, in words; mostly nothing."""
    named = [name for name in (fact.subject, fact.counterparty) if name is not None]
    found = [
        f"no party {name!r} in {REGISTER}{did_you_mean(name, parties)}"
        for name in named
        if name not in parties
    ]
    found += [
        f"supersedes names no fact {other!r}{did_you_mean(other, facts)}"
        for other in fact.supersedes
        if other not in facts
    ]
    if fact.id in _superseded_through(fact, facts):
        found.append("must not supersede itself, directly or through others")
    return found + (list(_faults_of_payment(fact)) if payment_kind(fact) else [])


def _superseded_through(fact: "Fact", facts: Mapping[str, "Fact"]) -> set[str]:
    found: set[str] = set()
    open_: list[str] = list(fact.supersedes)
    while open_:
        other = open_.pop()
        if other not in found and other in facts:
            found.add(other)
            open_ += facts[other].supersedes
    return found


def payment_kind(fact: "Fact") -> str:
    """What kind of money the fact promises; nothing unless it is believed and has an amount."""
    has_amount = any(amount is not None for amount in (fact.value, fact.low, fact.high))
    is_payment = (
        fact.counterparty is not None
        and fact.status not in ("disputed", "undisclosed")
        and has_amount
        and fact.unit not in ("shares", "ratio")
    )
    return PAYMENTS.get(fact.kind, "") if is_payment else ""


def _faults_of_payment(fact: "Fact") -> Iterator[str]:
    if fact.unit not in ("USD", "USD/year"):
        yield f"a payment needs a currency, USD or USD/year, not {fact.unit}"
    if fact.counterparty == fact.subject:
        yield "payer and payee must differ; a party that pays itself moves no money"
    if any(amount is not None and amount < 0 for amount in (fact.value, fact.low, fact.high)):
        yield "a payment must not be negative; turn payer and payee round"
    if fact.as_of is None and fact.start is None:
        yield "a payment needs a date, start or as_of; without one it belongs to no quarter"
    if fact.unit == "USD/year" and (fact.start is None or fact.end is None):
        yield "a yearly payment needs start and end; without them it has no sum"
    if fact.start and fact.end and first_day(fact.start) >= day_after(fact.end):
        yield f"start {fact.start} must come before end {fact.end}"


def payments(facts: Iterable["Fact"]) -> tuple["Fact", ...]:
    """Facts that promise money, each promise once.

    A fact counts no longer once another known fact supersedes it: it restates it, replaces it or
    includes it. Rounds and pledges, ceilings and what came of them are never added up.
    """
    known = tuple(facts)
    gone = {other for fact in known for other in fact.supersedes}
    return tuple(fact for fact in known if payment_kind(fact) and fact.id not in gone)


PERIOD = r"^\d{4}(-\d\d(-\d\d)?|-H[12]|-Q[1-4])?$"
"""A year, half-year, quarter, month or day."""


def first_day(period: str) -> date:
    """First day of a period.

    >>> first_day("2026-H2").isoformat(), first_day("2027").isoformat()
    ('2026-07-01', '2027-01-01')
    """
    return _days(period)[0]


def day_after(period: str) -> date:
    """The day after a period's last.

    >>> day_after("2026-05").isoformat(), day_after("2026-Q4").isoformat()
    ('2026-06-01', '2027-01-01')
    """
    return _days(period)[1]


def _days(period: str) -> tuple[date, date]:
    year, part, day = ([*period.split("-"), "", ""])[:3]
    if day:
        only = date.fromisoformat(period)
        return only, date.fromordinal(only.toordinal() + 1)
    if not part:
        return date(int(year), 1, 1), date(int(year) + 1, 1, 1)
    length = {"H": 6, "Q": 3}.get(part[0], 1)
    month = (int(re.sub(r"\D", "", part)) - 1) * length + 1
    months = int(year) * 12 + month - 1 + length
    return date(int(year), month, 1), date(months // 12, months % 12 + 1, 1)

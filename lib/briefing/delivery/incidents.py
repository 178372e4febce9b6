"""Incidents: the owner hears of each trouble once, then in a digest a day, until it is over.

Readers never hear of them, and what the owner gets holds neither readers' addresses nor secrets.
"""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from briefing.delivery.ledger import Ledger, Row, incidents, moment, outbox, stamp
from briefing.delivery.outbox import letter

DIGEST = timedelta(days=1)

MOST_ALERTS_AN_HOUR = 5
"""More than these are told in the digest only: a storm of mails is read by nobody."""

MOST_TOLD = 2_000
"""Characters of what is told of one incident."""


def without_addresses(text: str) -> str:
    """The text with every address taken out.

    >>> without_addresses("550 <ann@example.com> unknown")
    '550 <a reader> unknown'
    """
    return re.sub(r"[^\s<>,;:\"'()]+@[^\s<>,;:\"'()]+", "a reader", text)


def open_incident(
    ledger: Ledger, name: str, told: str, now: datetime, is_another_if_told_anew: bool = False
) -> None:
    """Note a trouble: a new one, one that is back, or the same once more.

    Of what is `told` of the same, times and counts may differ; where it says what is wrong and no
    more, other words mean another trouble.
    """
    dialect = postgresql if ledger.engine.dialect.name == "postgresql" else sqlite
    entry = {"id": name, "opened": stamp(now), "last": stamp(now), "count": 1, "closed": "",
             "alerted": "", "told": without_addresses(told)[:MOST_TOLD]}  # fmt: skip
    is_back = incidents.c.closed != ""
    if is_another_if_told_anew:
        is_back |= incidents.c.told != entry["told"]
    again = {
        "last": stamp(now),
        "told": entry["told"],
        "opened": sa.case((is_back, stamp(now)), else_=incidents.c.opened),
        "alerted": sa.case((is_back, ""), else_=incidents.c.alerted),
        "count": sa.case((is_back, 1), else_=incidents.c["count"] + 1),
        "closed": "",
    }
    with ledger.change() as connection:
        added = dialect.insert(incidents).values(entry)
        connection.execute(added.on_conflict_do_update(index_elements=["id"], set_=again))


def close_incident(ledger: Ledger, name: str, now: datetime) -> None:
    """It is over."""
    is_open = (incidents.c.id == name) & (incidents.c.closed == "")
    with ledger.change() as connection:
        connection.execute(incidents.update().where(is_open).values(closed=stamp(now)))


def open_incidents(ledger: Ledger) -> list[Row]:
    """What is not over, the oldest first."""
    is_open = incidents.c.closed == ""
    return ledger.rows(sa.select(incidents).where(is_open).order_by(incidents.c.opened))


def alert(
    ledger: Ledger,
    owner: str,
    message_id: Callable[[str, str, str], str],
    now: datetime,
    redact: Callable[[str], str] = lambda text: text,
) -> None:
    """Queue one alert for each new incident, and a digest a day of those that go on."""
    found = open_incidents(ledger)
    if not owner or not found:
        return
    fresh = [row for row in found if not row["alerted"]]
    recent = sa.select(sa.func.count()).where(
        outbox.c.kind == "alert", outbox.c.queued > stamp(now - timedelta(hours=1))
    )
    with ledger.engine.connect() as connection:
        room = MOST_ALERTS_AN_HOUR - connection.execute(recent).scalar_one()
    for row in fresh[: max(room, 0)]:
        subject = f"Delivery needs you: {row['id']}"
        text = f"{row['told']}\n\nReaders are not told of this. Since {row['opened'][:16]}Z.\n"
        _queue(ledger, owner, message_id, f"incident/{row['id']}/{row['opened']}", subject, text,
               [row["id"]], now, redact)  # fmt: skip
    told = [row for row in found if row["alerted"]]
    is_due = any(moment(row["alerted"]) <= now - DIGEST for row in told)
    if is_due or len(fresh) > max(room, 0):
        lines = (
            f"{row['id']}\n  since {row['opened'][:16]}Z, {row['count']} times: "
            f"{row['told'].splitlines()[0] if row['told'] else ''}\n"
            for row in found
        )
        subject = f"Delivery needs you: {len(found)} open incidents"
        names = [row["id"] for row in found]
        _queue(ledger, owner, message_id, f"digest/{now:%Y-%m-%d}", subject, "\n".join(lines),
               names, now, redact)  # fmt: skip


def _queue(
    ledger: Ledger, owner: str, message_id: Any, key: str, subject: str, text: str,
    names: list[str], now: datetime, redact: Callable[[str], str],
) -> None:  # fmt: skip
    """Named by its key: hosts that do this at once queue one mail."""
    ident = message_id(key, owner, "alert")
    more = {"kind": "alert", "subject": redact(subject), "text": redact(text)}
    if ledger.put(letter(key, owner, "alert", ident, now, **more)) or key.startswith("incident/"):
        with ledger.change() as connection:
            told = incidents.update().where(incidents.c.id.in_(names))
            connection.execute(told.values(alerted=stamp(now)))


def alert_message(row: Row, sender: str) -> bytes:
    """The mail to the owner: plain text, the same bytes each time."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = sender, row["recipient"]
    message["Subject"] = " ".join(row["subject"].split())
    message["Date"] = format_datetime(moment(row["queued"]))
    message["Message-ID"] = row["message_id"]
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(row["text"], cte="quoted-printable")
    return message.as_bytes()

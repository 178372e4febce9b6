"""The desk: a project's schedules, mail and builds put together into what a tick works with."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from briefing.delivery.incidents import alert_message
from briefing.delivery.ledger import FILE, Ledger, Row, moment
from briefing.delivery.letters import Letter, composed, message_id
from briefing.delivery.outbox import Pace
from briefing.delivery.press import HousePress
from briefing.delivery.schedules import load_schedules
from briefing.delivery.settings import Mail, load_mail
from briefing.delivery.signing import signed
from briefing.delivery.tick import Desk
from briefing.delivery.transport import Connection
from briefing.inputs.files import BadInput, project_root
from briefing.runs.places import Folder, place

HEARTBEAT = ".delivery-heartbeat.json"
"""Beside the reports: a monitor outside looks at it, and rings when it grows old."""

LEDGER = "BRIEFING_LEDGER"
"""Variable of the environment with the ledger's address."""

HIDDEN = "(a secret)"


def reports_folder(reports: str, root: Path) -> Path:
    """The folder of reports; raises BadInput for an address that is none."""
    there = place(reports or root / "reports")
    if not isinstance(there, Folder):
        raise BadInput(
            [f"--reports {reports}: delivery reads builds from a folder; nothing was built or sent"]
        )
    return there.path


def open_ledger(address: str, reports: Path, may_begin: bool = False) -> Ledger:
    """The ledger at `address`, or at that of the environment, or the one beside the reports.

    Raises BadInput where a new ledger would take what is meant for another: where no project is,
    and for a name that leads to none, unless whoever asks `may_begin` one.
    """
    named = address or os.environ.get(LEDGER, "")
    if named and not may_begin and "://" not in named and not Path(named).exists():
        told = f"{named}: no ledger is there, and only `briefing tick` begins one"
        raise BadInput([f"{told}; nothing was read or changed"])
    root = project_root()
    if not named and not (root / "params").is_dir():
        told = f"{root}: holds no params, so no project is there; name it in BRIEFING_ROOT"
        raise BadInput([f"{told}, or the ledger by --ledger; nothing was read or changed"])
    if not named and not may_begin and reports != root / "reports" and not reports.is_dir():
        raise BadInput([f"{reports}: no such folder; nothing was read or changed"])
    return Ledger.at(named or reports / FILE)


def open_desk(params: Path, reports: Path, ledger: Ledger, scheduler: str = "") -> Desk:
    """All of it, checked before any work starts; raises BadInput."""
    mail = load_mail(params)
    good, bad = load_schedules(params)
    secrets = mail.secrets()
    return Desk(
        ledger=ledger,
        schedules=good,
        faults={name: "\n".join(error.messages) for name, error in bad.items()},
        press=HousePress(Folder(reports), _gates(mail, secrets), scheduler),
        compose=Composer(reports, mail, {name: each.audience for name, each in good.items()}),
        connect=lambda: Connection(mail.server),
        sender=mail.sender,
        owner=mail.owner,
        message_id=partial(message_id, domain=mail.domain),
        redact=partial(redacted, secrets=secrets),
        pace=Pace(
            per_minute=mail.rates.per_minute,
            per_domain_minute=mail.rates.per_domain_per_minute,
        ),
        heartbeat=reports / HEARTBEAT,
    )


def _gates(mail: Mail, secrets: tuple[str, ...]) -> Callable[[Path], tuple[str, ...]]:
    def gates(build: Path) -> tuple[str, ...]:
        from briefing.delivery.gates import objections

        return objections(build, mail.limits, _today(), secrets)

    return gates


def _today() -> date:
    return datetime.now(UTC).date()


def redacted(text: str, secrets: tuple[str, ...]) -> str:
    """The text without any of the secrets.

    >>> redacted("535 hunter22 is wrong", ("hunter22",))
    '535 (a secret) is wrong'
    """
    for each in secrets:
        text = text.replace(each, HIDDEN)
    return text


@dataclass(frozen=True)
class Composer:
    """Makes a message of a row of the outbox, the same bytes each time."""

    reports: Path
    mail: Mail
    audiences: Mapping[str, str]
    """Of each schedule, if it names one."""

    def __call__(self, row: Row) -> bytes:
        """A briefing for a reader, or an alert for the owner."""
        if row["kind"] == "alert":
            return alert_message(row, self.mail.sender)
        build = self.reports / row["folder"]
        schedule = row["slot"].partition("/")[0]
        letter = Letter(
            recipient=row["recipient"],
            sender=self.mail.sender,
            message_id=row["message_id"],
            dated=moment(row["queued"]),
            reply_to=self.mail.reply_to or "",
            timing=row["text"],
            page_url=self.mail.page(build, self.audiences.get(schedule, "")),
            unsubscribe_https=self.mail.unsubscribe.link(row["message_id"]),
            unsubscribe_mailto=self.mail.unsubscribe.mailto or "",
            attached=tuple(row["attached"].split()),
        )
        message = composed(build, letter)
        return signed(message, self.mail.dkim) if self.mail.dkim else message

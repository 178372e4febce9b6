"""What `briefing doctor` looks at where mails are sent from: server, certificate, ticks."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from briefing.delivery.desk import HEARTBEAT
from briefing.delivery.settings import FILE, Mail, load_mail
from briefing.delivery.transport import Connection, Unreachable
from briefing.inputs.files import BadInput
from briefing.runs.doctor import Finding, room

FEW_DAYS = 14
"""Days of a certificate that are few: who renews it needs some."""

TIMER = "briefing-tick.timer"

ASKING_SECONDS = 5.0

QUIET_HOURS = 24.0
"""Hours without a tick after which nobody is ticking."""


def delivery_findings(params: Path, reports: Path, now: datetime) -> Iterator[Finding]:
    """Look at delivery; nothing where no mail is set up."""
    if not (params / "delivery" / FILE).exists():
        return
    try:
        mail = load_mail(params)
    except BadInput as error:
        yield Finding("mail settings", "broken", error.messages[0], f"mend {FILE}")
        return
    yield Finding("mail settings", "good", f"{mail.sender} by {mail.server.host}")
    yield _server(mail, now)
    yield _ticks(reports / HEARTBEAT, now)
    yield _timer()
    yield _clock()
    yield _room(reports)


def _server(mail: Mail, now: datetime) -> Finding:
    name = "mail server"
    try:
        with Connection(mail.server) as connection:
            ends = connection.certificate_ends
    except (Unreachable, BadInput) as error:
        return Finding(name, "broken", str(error), "mend the server's entry, or ask who runs it")
    where = f"{mail.server.host}:{mail.server.door}"
    if ends is None:
        return Finding(name, "slow", f"{where} answers without a certificate", "security: starttls")
    days = (ends - now).days
    told = f"{where} answers; its certificate ends in {days} days"
    if days < FEW_DAYS:
        return Finding(name, "slow", told, "renew the certificate, or no mail leaves after that")
    return Finding(name, "good", told)


def _ticks(heartbeat: Path, now: datetime) -> Finding:
    name, remedy = "ticks", "call `briefing tick` by cron or a timer, or `briefing tick --every 1m`"
    try:
        last = datetime.fromisoformat(json.loads(heartbeat.read_text("utf-8"))["ticked"])
    except FileNotFoundError:
        return Finding(name, "slow", "nobody has ticked here yet", remedy)
    except (OSError, ValueError, KeyError, TypeError):
        return Finding(name, "broken", f"{heartbeat} cannot be read", "remove it; a tick makes it")
    hours = (now - last).total_seconds() / 3600
    told = f"the last tick was {hours:.1f} hours ago"
    if hours < -0.1:
        return Finding(
            name, "broken", f"the last tick was at {last}, in the future", "set the clock"
        )
    return (
        Finding(name, "slow", told, remedy) if hours > QUIET_HOURS else Finding(name, "good", told)
    )


def _asked(*command: str) -> str | None:
    """What a program of the system says; nothing where there is none, or it cannot say."""
    program = shutil.which(command[0])
    if program is None:
        return None
    try:
        ran = subprocess.run(
            [program, *command[1:]], check=False, capture_output=True, text=True,
            timeout=ASKING_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ran.stdout.strip() if ran.returncode == 0 else None


def _timer() -> Finding:
    """Whether systemd ticks, for the machine or for this user; others may tick all the same."""
    for whose in ((), ("--user",)):
        if _asked("systemctl", *whose, "is-active", TIMER) == "active":
            return Finding("timer", "good", f"{TIMER} is active")
    return Finding(
        "timer", "slow", f"systemd runs no {TIMER} here",
        "install the units of templates/systemd, unless cron or another machine ticks",
    )  # fmt: skip


def _clock() -> Finding:
    """Slots are due by this machine's clock, and hosts tell by it that a lease has run out."""
    name = "clock of delivery"
    told = _asked("timedatectl", "show", "--property=NTPSynchronized", "--value")
    if told == "yes":
        return Finding(name, "good", "kept right by the network")
    if told == "no":
        remedy = "timedatectl set-ntp true; mails leave when this clock says so"
        return Finding(name, "slow", "nothing keeps this clock right", remedy)
    return Finding(name, "good", "the system does not say who keeps it right")


def _room(reports: Path) -> Finding:
    """A full disk stops the ledger, and with it every letter; none is lost."""
    nearest = next(each for each in (reports, *reports.absolute().parents) if each.exists())
    return Finding("disk of delivery", *room(nearest, "briefing prune, or a larger disk"))

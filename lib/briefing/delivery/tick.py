"""The tick: what is due, what is leased, what is in the outbox. It may be called at any moment.

    due → leased (host, until) → built → gated → queued → done | failed | skipped

Each step is one transaction and can be repeated. Whoever is killed leaves a lease that runs out,
and the next tick goes on from the last step that was recorded.
"""

import json
import os
import socket
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
from sqlalchemy import exc

from briefing.delivery.heart import Heart
from briefing.delivery.incidents import alert, close_incident, open_incident, open_incidents
from briefing.delivery.ledger import (
    WORKING,
    LeaseLost,
    Ledger,
    Row,
    moment,
    outbox,
    schedules,
    slots,
    stamp,
)
from briefing.delivery.outbox import (
    Connect,
    Pace,
    Tally,
    asks_to_come_again,
    letter,
    send,
    wait,
)
from briefing.delivery.schedules import Schedule
from briefing.delivery.slots import due, overdue_at, slot_id, timing
from briefing.inputs.files import BadInput, put

if TYPE_CHECKING:  # comparing builds takes longer to import than a tick that has nothing to do
    from briefing.delivery.conditions import News

MAIL = "mail server"
"""What the incident of a server that takes nothing is called."""

SCHEDULE, SILENCE = "schedule ", "silence of "
"""How incidents of a schedule that cannot be read, and of one that sends nothing, are called."""

CLOCKS_DIFFER = timedelta(hours=1)
"""What hosts' clocks may be apart without anybody being told."""

DEAD_LETTERS = "dead letters of "
"""Such an incident is an event: told once, it is over."""


@dataclass(frozen=True)
class Built:
    """A published build: its folder, a digest of what readers get, and when it was made."""

    folder: str
    content: str
    built: str
    as_of: str
    subject: str = ""


class BuildFailed(Exception):
    """No briefing came of it; `is_lasting` when another attempt would end the same way."""

    def __init__(self, told: str, is_lasting: bool = False):
        self.is_lasting = is_lasting
        super().__init__(told)


class Press(Protocol):
    """What makes briefings and says whether they may go out."""

    def build(self, schedule: Schedule, parameter_set: str) -> Built:
        """Build, or find what is built; raises BuildFailed or BadInput."""
        ...

    def has(self, folder: str) -> bool:
        """Whether this host can read the build."""
        ...

    def objections(self, folder: str) -> list[str]:
        """Why a build may not go out; none when it may."""
        ...

    def news(self, schedule: Schedule, before: str, folder: str) -> "News":
        """Whether anybody needs this build after the one `before`."""
        ...


def own_name() -> str:
    """A name for this process that no other has."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def _now() -> datetime:
    return datetime.now(UTC)


def _own_message_id(slot: str, recipient: str, content: str) -> str:
    from briefing.delivery.ledger import message_key

    return f"<{message_key(slot, recipient, content)}@briefing.invalid>"


@dataclass(frozen=True)
class Desk:
    """What a tick works with; a test puts other things into their places."""

    ledger: Ledger
    schedules: Mapping[str, Schedule]
    press: Press
    compose: Callable[[Row], bytes]
    connect: Connect
    sender: str
    owner: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)
    """Schedules that cannot be read, and why."""
    message_id: Callable[[str, str, str], str] = _own_message_id
    redact: Callable[[str], str] = lambda text: text
    pace: Pace = field(default_factory=Pace)
    clock: Callable[[], datetime] = _now
    host: str = field(default_factory=own_name)
    heartbeat: Path | None = None


@dataclass
class Report:
    """What a tick did."""

    due: int = 0
    skipped: int = 0
    queued: list[str] = field(default_factory=list)
    quiet: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    later: int = 0
    dead: int = 0
    trouble: str = ""
    incidents: dict[str, str] = field(default_factory=dict)
    """Those that are open, and what is told of each."""


def tick(desk: Desk) -> Report:
    """Record what came due, build and queue it, send what waits, and tell the owner of trouble."""
    report = Report()
    for schedule in desk.schedules.values():
        _record(desk, schedule, report)
    _note_faults(desk)
    pace = desk.pace
    with Heart(desk.ledger, desk.host, desk.clock, pace.lease_seconds, pace.beat_seconds) as heart:
        _send(desk, heart, report)
        while row := desk.ledger.lease_slot(desk.host, desk.clock(), pace.lease_seconds):
            with heart.holding(slots, row):
                _work(desk, row, report)
            _send(desk, heart, report)
        _listen(desk)
        now = desk.clock()
        alert(desk.ledger, desk.owner, desk.message_id, now, desk.redact)
        _close_events(desk, now)
        _send(desk, heart, report)
    report.incidents = {row["id"]: row["told"] for row in open_incidents(desk.ledger)}
    if desk.heartbeat is not None:
        _beat(desk, report)
    return report


def _record(desk: Desk, schedule: Schedule, report: Report) -> None:
    """Write every slot up to now, those that were missed included."""
    if not schedule.enabled:
        desk.ledger.forget_schedule(schedule.name)
        return
    now = desk.clock()
    reached = desk.ledger.reached(schedule.name, now)
    while reached < now:
        found, reached = due(schedule, reached, now)
        entries = [
            {
                "id": slot_id(schedule.name, name, each.scheduled),
                "schedule": schedule.name,
                "parameter_set": name,
                "scheduled": stamp(each.scheduled),
                "state": each.state,
                "told": each.told,
                "ended": stamp(now) if each.state == "skipped" else "",
            }
            for each in found
            for name in schedule.sets
        ]
        desk.ledger.record(schedule.name, entries, reached)
        report.due += sum(entry["state"] == "due" for entry in entries)
        report.skipped += sum(entry["state"] == "skipped" for entry in entries)


def _note_faults(desk: Desk) -> None:
    faults = _faults(desk)
    for name, told in faults.items():
        open_incident(desk.ledger, f"{SCHEDULE}{name}", told, desk.clock(), True)
    for name in desk.schedules.keys() - faults:
        close_incident(desk.ledger, f"{SCHEDULE}{name}", desk.clock())


def _faults(desk: Desk) -> dict[str, str]:
    """Schedules that nothing comes of: they cannot be read, or a clock ran ahead of this one."""
    now, found = desk.clock(), dict(desk.faults)
    for schedule in desk.schedules.values():
        reached = desk.ledger.reached(schedule.name, now) if schedule.enabled else now
        if reached > now + CLOCKS_DIFFER:
            found[schedule.name] = (
                f"delivery/{schedule.name}.yaml: its slots are recorded up to "
                f"{reached:%Y-%m-%d %H:%M}Z, which lies ahead: a clock was wrong. Nothing is sent "
                "before that; give the file another name, and the schedule begins anew"
            )
    return found


def _work(desk: Desk, row: Row, report: Report) -> None:
    """Take a slot as far as it goes."""
    slot, incident = row["id"], f"{row['schedule']}/{row['parameter_set']}"
    try:
        state, told = _advanced(desk, row)
    except LeaseLost:
        return
    except (BuildFailed, BadInput) as error:
        is_lasting = isinstance(error, BadInput) or error.is_lasting
        _failed(desk, row, str(error), is_lasting, report)
        return
    except (exc.SQLAlchemyError, KeyboardInterrupt):
        raise  # no fault of this slot
    except Exception as error:  # one slot must not take down the others
        _failed(desk, row, f"{type(error).__name__}: {error}", False, report)
        return
    if state != "skipped":
        close_incident(desk.ledger, incident, desk.clock())
    if state == "queued":
        report.queued.append(slot)
    else:
        report.quiet.append(f"{slot}: {told}")


def _advanced(desk: Desk, row: Row) -> tuple[str, str]:
    """The state that a slot has reached, and why it ended without a mail if it did."""
    ledger, host, slot, state = desk.ledger, desk.host, row["id"], row["state"]
    schedule = desk.schedules.get(row["schedule"])
    if schedule is None and row["schedule"] in desk.faults:
        raise BuildFailed(desk.faults[row["schedule"]])

    def end(how: str, told: str) -> tuple[str, str]:
        ended = {"state": how, "told": told, "ended": stamp(desk.clock()), "host": ""}
        ledger.advance_slot(slot, host, state, **ended)
        return how, told

    if schedule is None or not schedule.enabled or row["parameter_set"] not in schedule.sets:
        return end("skipped", "its schedule is turned off or does not name this set any more")
    if row["attempts"] > desk.pace.most_begun:
        told = f"begun {row['attempts'] - 1} times, and each time whoever built it was killed"
        raise BuildFailed(told, is_lasting=True)
    unwilling = ledger.unwilling()
    readers = [each for each in schedule.recipients if each.casefold() not in unwilling]
    if not readers:
        return end("done", "every reader has unsubscribed")
    if state != "leased" and not desk.press.has(row["folder"]):
        ledger.advance_slot(slot, host, state, state="leased")  # built on a disk of another host
        state = "leased"
    if state == "leased":
        built = desk.press.build(schedule, row["parameter_set"])
        made = {"folder": built.folder, "content": built.content, "built": built.built,
                "as_of": built.as_of, "subject": built.subject}  # fmt: skip
        ledger.advance_slot(slot, host, state, state="built", **made)
        row, state = {**row, **made}, "built"
    if state == "built":
        objections = desk.press.objections(row["folder"])
        if objections:
            raise BuildFailed("\n".join(objections), is_lasting=True)
        is_news, why = desk.press.news(schedule, _before(ledger, row), row["folder"])
        if not is_news:
            return end("done", why)
        ledger.advance_slot(slot, host, state, state="gated", told=why)
        row, state = {**row, "told": why}, "gated"
    now, scheduled = desk.clock(), moment(row["scheduled"])
    late = timing(schedule, scheduled, row["built"], row["as_of"], now)
    more = {
        "folder": row["folder"],
        "subject": row["subject"],
        "text": ". ".join(filter(None, (late, row["told"]))),
        "attached": schedule.attached,
    }
    content = row["content"]
    letters = [
        letter(slot, each, content, desk.message_id(slot, each, content), now, **more)
        for each in readers
    ]
    ledger.queue(slot, host, state, letters)
    return "queued", ""


def _before(ledger: Ledger, row: Row) -> str:
    """The build that this schedule last thought about for this set."""
    earlier = (
        sa.select(slots.c.folder)
        .where(
            slots.c.schedule == row["schedule"],
            slots.c.parameter_set == row["parameter_set"],
            slots.c.scheduled < row["scheduled"],
            slots.c.state.in_(("queued", "done")),
            slots.c.folder != "",
        )
        .order_by(slots.c.scheduled.desc())
        .limit(1)
    )
    found = ledger.rows(earlier)
    return found[0]["folder"] if found else ""


def _failed(desk: Desk, row: Row, told: str, is_lasting: bool, report: Report) -> None:
    """Try again later, or give the slot up and open an incident."""
    now, slot = desk.clock(), row["id"]
    values: dict[str, Any] = {"host": "", "told": told[:2000]}
    is_over = is_lasting or row["attempts"] >= desk.pace.most_builds
    if is_over:
        values |= {"state": "failed", "ended": stamp(now)}
    else:
        again = now + wait(desk.pace, slot, row["attempts"])
        values |= {"state": "due", "not_before": stamp(again)}
    is_ours = (slots.c.id == slot) & (slots.c.host == desk.host) & slots.c.state.in_(WORKING)
    with desk.ledger.change() as connection:
        if connection.execute(slots.update().where(is_ours).values(values)).rowcount != 1:
            return
    report.failed[slot] = told
    if is_over:
        name = f"{row['schedule']}/{row['parameter_set']}"
        open_incident(desk.ledger, name, f"{slot} was not sent: {told}", now)


def _send(desk: Desk, heart: Heart, report: Report) -> None:
    now = desk.clock()
    tally: Tally = send(
        desk.ledger, desk.compose, desk.connect, desk.sender, desk.pace, desk.clock, heart,
        desk.host, desk.redact,
    )  # fmt: skip
    for slot in sorted({slot for slot, _ in tally.dead}):
        told = [reason for dead, reason in tally.dead if dead == slot]
        count = f"{len(told)} letter{'' if len(told) == 1 else 's'} of {slot} cannot be delivered"
        open_incident(desk.ledger, f"{DEAD_LETTERS}{slot}", f"{count}: {told[0]}", now)
    # Who asks to come again is no trouble yet: a letter that is given up for it is told above.
    if tally.trouble and not asks_to_come_again(tally.trouble):
        open_incident(desk.ledger, MAIL, tally.trouble, now)
    elif tally.sent:
        close_incident(desk.ledger, MAIL, now)
    report.sent += tally.sent
    report.later += tally.later
    report.dead += len(tally.dead)
    report.trouble = tally.trouble or report.trouble
    desk.ledger.settle(desk.clock())


def _close_events(desk: Desk, now: datetime) -> None:
    """Close what was told and is over by that, and what concerns nothing that is there any more."""
    for row in open_incidents(desk.ledger):
        is_told = row["alerted"] and row["id"].startswith(DEAD_LETTERS)
        if is_told or _is_gone(desk, row["id"]):
            close_incident(desk.ledger, row["id"], now)


def _is_gone(desk: Desk, incident: str) -> bool:
    """Whether it is about a schedule, or a set of one, that somebody has removed or turned off."""
    if incident.startswith(DEAD_LETTERS):
        return False
    if incident.startswith(SCHEDULE):
        return incident.removeprefix(SCHEDULE) not in _faults(desk)
    name, slash, parameter_set = incident.removeprefix(SILENCE).partition("/")
    if not slash or name in desk.faults:
        return False
    of = desk.schedules.get(name)
    return of is None or not of.enabled or parameter_set not in of.sets


def _listen(desk: Desk) -> None:
    """The dead-man's switch: a schedule without success for one and a half periods."""
    now = desk.clock()
    for schedule in desk.schedules.values():
        if not schedule.enabled:
            continue
        for name in schedule.sets:
            heard, is_success = _last_heard(desk.ledger, schedule.name, name)
            key = f"{SILENCE}{schedule.name}/{name}"
            if heard is not None and overdue_at(schedule, heard, is_success) < now:
                told = f"no briefing has gone out since {heard:%Y-%m-%d %H:%M}Z"
                open_incident(desk.ledger, key, told, now)
            else:
                close_incident(desk.ledger, key, now)


def _last_heard(ledger: Ledger, schedule: str, parameter_set: str) -> tuple[datetime | None, bool]:
    """The newest slot that ended well; or else when the schedule was first seen, and False."""
    good = sa.select(sa.func.max(slots.c.scheduled)).where(
        slots.c.schedule == schedule,
        slots.c.parameter_set == parameter_set,
        slots.c.state == "done",
    )
    since = sa.select(schedules.c.since).where(schedules.c.name == schedule)
    with ledger.engine.connect() as connection:
        found = connection.execute(good).scalar() or ""
        begun = connection.execute(since).scalar() or ""
    newest = max(found, begun)
    return (moment(newest) if newest else None), found >= begun


def _beat(desk: Desk, report: Report) -> None:
    """A file for monitors outside: when a tick last came to its end, and what is open."""
    assert desk.heartbeat is not None
    waits = sa.select(sa.func.count()).where(outbox.c.state.in_(("queued", "sending")))
    with desk.ledger.engine.connect() as connection:
        waiting = connection.execute(waits).scalar_one()
    told = {
        "ticked": stamp(desk.clock()),
        "ok": not report.incidents,
        "incidents": list(report.incidents),
        "waiting": waiting,
    }
    desk.heartbeat.parent.mkdir(parents=True, exist_ok=True)
    put(desk.heartbeat, json.dumps(told, indent=1) + "\n")

"""Commands of delivery: tick, outbox, history, rerun, prune, suppress.

What they work with is imported when one of them runs, so that `briefing --help` stays quick.
"""

import contextlib
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from briefing.inputs.files import BadInput, project_root
from briefing.terminal import errors, output

app = typer.Typer()


Reports = Annotated[str, typer.Option(help="Folder of the reports; by default reports/.")]
LedgerAt = Annotated[
    str, typer.Option("--ledger", help="File or postgresql://…; else BRIEFING_LEDGER, or a file.")
]

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


LONGEST = timedelta(days=36_500)


def span(text: str, option: str) -> timedelta:
    """How long `90s`, `1m`, `2h` or `30d` is; raises BadInput for anything else.

    >>> span("90s", "--every")
    datetime.timedelta(seconds=90)
    """
    found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text.strip())
    if not found:
        raise BadInput([f"{option} {text}: must be a time such as 90s, 1m, 2h or 30d; not begun"])
    asked = timedelta(**{UNITS[found[2]]: int(found[1])})
    if asked > LONGEST:
        raise BadInput([f"{option} {text}: must be at most {LONGEST.days}d; not begun"])
    return asked


@contextlib.contextmanager
def _opened(ledger: str, reports: str, may_begin: bool = False) -> Iterator[Any]:
    """The ledger; when it fails, what happened and that nothing is lost."""
    from sqlalchemy import exc

    from briefing.delivery.desk import open_ledger, reports_folder

    found = open_ledger(ledger, reports_folder(reports, project_root()), may_begin)
    try:
        yield found
    except exc.DBAPIError as error:
        where = found.engine.url.render_as_string()
        told = str(error.orig).splitlines()[0]
        remedy = "; make room on the disk" if "full" in told else ""
        if remedy:
            remedy += ", or who was just written to is written to again"
        raise BadInput(
            [f"{where}: {told}{remedy}; nothing was lost, and the next tick goes on from there"]
        ) from None
    finally:
        found.close()


def _table(*names: str) -> Table:
    """A table that cuts nothing off."""
    table = Table(box=None)
    for name in names:
        table.add_column(name, overflow="fold")
    return table


@app.command()
def tick(
    every: Annotated[str, typer.Option(help="Go on and tick each 1m, until Ctrl-C.")] = "",
    reports: Reports = "",
    ledger: LedgerAt = "",
    scheduler: Annotated[str, typer.Option(help="Dask scheduler, e.g. tcp://host:8786.")] = "",
) -> None:
    """Build and mail what is due. Call it as often as you like, on as many machines."""
    import logging
    import signal

    from briefing.delivery.desk import open_desk, reports_folder

    pause = span(every, "--every").total_seconds() if every else 0.0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Ctrl-C while a connection is put away would be logged with a traceback before it gets here.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    folder = reports_folder(reports, project_root())
    is_well = True
    try:
        while True:
            begun = time.monotonic()
            try:
                with _opened(ledger, reports, may_begin=True) as found:
                    # Schedules are read anew each time: who edits one need not restart this.
                    desk = open_desk(project_root() / "params", folder, found, scheduler)
                    is_well = _ticked(desk)
            except BadInput as error:
                if not pause:
                    raise
                for message in error.messages:
                    errors.print(Text(message), soft_wrap=True)
            if not pause:
                break
            time.sleep(max(pause - (time.monotonic() - begun), 1.0))
    except KeyboardInterrupt:
        errors.print("Stopped. The next tick goes on from there.")
        raise typer.Exit(130) from None
    if not is_well:
        raise typer.Exit(1)


def _ticked(desk: Any) -> bool:
    """One tick told in a few lines; whether nothing is wrong."""
    from sqlalchemy import exc

    from briefing.delivery.tick import tick as once

    try:
        report = once(desk)
    except KeyboardInterrupt:
        with contextlib.suppress(exc.SQLAlchemyError):  # then the leases run out by themselves
            desk.ledger.release(desk.host)
        raise
    for slot in report.queued:
        output.print(Text(f"{slot}: built, and its letters are queued"), soft_wrap=True)
    for told in report.quiet:
        output.print(Text(told), soft_wrap=True)
    for slot, told in report.failed.items():
        errors.print(Text(f"{slot}: not sent\n{desk.redact(told)}"), soft_wrap=True)
    if report.trouble:
        errors.print(Text(f"mail: {desk.redact(report.trouble)}", style="yellow"), soft_wrap=True)
    counted = f"{report.due} due, {report.skipped} skipped, {report.sent} sent, "
    output.print(f"{counted}{report.later} to be tried again, {report.dead} refused")
    if coming := min(_next_times(desk), default=None):
        moment, name = coming
        output.print(Text(f"next: {name}, {moment:%Y-%m-%d %H:%M %Z}"), soft_wrap=True)
    for name, told in report.incidents.items():
        trouble = f"open incident: {name}: {desk.redact(told)}"
        errors.print(Text(trouble, style="yellow"), soft_wrap=True)
    return not report.incidents


def _next_times(desk: Any) -> Iterator[tuple[datetime, str]]:
    """When each schedule that is on is due next."""
    from briefing.delivery.slots import times

    now = desk.clock()
    for schedule in desk.schedules.values():
        if schedule.enabled and (coming := next(times(schedule, now), None)):
            yield coming, schedule.name


@app.command()
def outbox(reports: Reports = "", ledger: LedgerAt = "") -> None:
    """List letters that wait or were refused, and open incidents."""
    import sqlalchemy as sa

    from briefing.delivery.incidents import open_incidents
    from briefing.delivery.ledger import outbox as letters

    with _opened(ledger, reports) as found:
        asked = letters.c.state.in_(("queued", "sending", "dead"))
        rows = found.rows(sa.select(letters).where(asked).order_by(letters.c.queued, letters.c.id))
        incidents = open_incidents(found)
    table = _table("Letter", "State", "Slot", "To", "Attempts", "Not before", "Told")
    for row in rows:
        table.add_row(
            row["id"][:10], row["state"], Text(row["slot"]), Text(row["recipient"]),
            str(row["attempts"]), row["not_before"][:16], Text(row["told"]),
        )  # fmt: skip
    if rows:
        output.print(table)
    output.print(f"{len(rows)} letter{'' if len(rows) == 1 else 's'} not delivered")
    for row in incidents:
        told = f"{row['id']}: since {row['opened'][:16]}Z, {row['count']} times: {row['told']}"
        output.print(Text(told), soft_wrap=True)


@app.command()
def history(
    slot: Annotated[str, typer.Option(help="Slots whose name begins like this.")] = "",
    recipient: Annotated[str, typer.Option(help="One reader's address.")] = "",
    most: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    reports: Reports = "",
    ledger: LedgerAt = "",
) -> None:
    """Say who got what, when, and which build it was made from."""
    import sqlalchemy as sa

    from briefing.delivery.ledger import outbox as letters

    asked = sa.select(letters).where(letters.c.state == "sent")
    if slot:
        asked = asked.where(letters.c.slot.startswith(slot, autoescape=True))
    if recipient:
        asked = asked.where(letters.c.reader == recipient.casefold())
    with _opened(ledger, reports) as found:
        rows = found.rows(asked.order_by(letters.c.sent.desc(), letters.c.id).limit(most))
    table = _table("Sent (UTC)", "To", "Slot", "Content", "Build", "Message-ID")
    for row in rows:
        table.add_row(
            row["sent"][:19], Text(row["recipient"]), Text(row["slot"]),
            row["content"][:12], Text(row["folder"]), Text(row["message_id"]),
        )  # fmt: skip
    output.print(table if rows else "Nothing was sent yet.")


@app.command()
def rerun(
    name: Annotated[str, typer.Argument(help="A slot, or the beginning of a dead letter's name.")],
    reports: Reports = "",
    ledger: LedgerAt = "",
) -> None:
    """Let the next tick take a slot or a refused letter once more."""
    with _opened(ledger, reports) as found:
        kind = found.rerun(name, datetime.now(UTC))
    if not kind:
        told = "no slot that has ended, and no one letter that is dead, is called so"
        raise BadInput([f"rerun {name}: {told}; nothing was changed"])
    what = "letter" if kind == "message" else "slot"
    output.print(Text(f"The next tick takes the {what} {name} once more."), soft_wrap=True)


@app.command()
def suppress(
    address: Annotated[
        str, typer.Argument(help="A reader's address, or a letter of hers; none lists them.")
    ] = "",
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Write to this reader again.")] = False,
    reports: Reports = "",
    ledger: LedgerAt = "",
) -> None:
    """Never write to a reader again; list who wants no more mails."""
    import sqlalchemy as sa

    from briefing.delivery.ledger import suppressed
    from briefing.delivery.schedules import address as checked

    with _opened(ledger, reports) as found:
        if address and "@" not in address:
            address = _reader(found, address)
        try:
            address = address and checked(address)
        except ValueError as error:
            raise BadInput([f"suppress {address!r}: {error}; nothing was changed"]) from None
        if not address:
            for row in found.rows(sa.select(suppressed).order_by(suppressed.c.address)):
                told = f"{row['address']}  since {row['since'][:10]}  {row['reason']}"
                output.print(Text(told.rstrip()), soft_wrap=True)
            return
        if remove:
            told = "gets mails again" if found.unsuppress(address) else "was not on the list"
        else:
            is_new = found.suppress(address, reason, datetime.now(UTC))
            told = "gets no more mails" if is_new else "was on the list already"
    output.print(Text(f"{address} {told}."), soft_wrap=True)


def _reader(found: Any, name: str) -> str:
    """Who got the letter of that name, which is its Message-ID up to the sign @."""
    import sqlalchemy as sa

    from briefing.delivery.ledger import outbox as letters

    named = letters.c.message_id.startswith(f"<{name}@", autoescape=True)
    rows = found.rows(sa.select(letters.c.recipient).where(named).limit(1))
    if not rows:
        raise BadInput([f"suppress {name}: there is no such letter; nothing was changed"])
    return rows[0]["recipient"]


@app.command()
def prune(
    keep: Annotated[str, typer.Option(help="Keep what is younger, e.g. 90d.")] = "90d",
    yes: Annotated[bool, typer.Option("--yes", help="Remove it, and not only say so.")] = False,
    reports: Reports = "",
    ledger: LedgerAt = "",
) -> None:
    """Say which old builds and entries may go. With --yes remove them; what was sent stays."""
    from briefing.delivery.desk import reports_folder
    from briefing.delivery.retention import prune as pruned
    from briefing.runs.places import Folder

    age, place = span(keep, "--keep"), Folder(reports_folder(reports, project_root()))
    with _opened(ledger, reports) as found:
        old = pruned(found, place, age, datetime.now(UTC), is_real=yes)
    if yes and old.folders:
        from briefing.render.home import home_page
        from briefing.runs.home import renew

        renew(place, home_page)  # which lists them no longer
    for folder in old.folders:
        output.print(Text(f"  {place.shown(folder)}"), soft_wrap=True)
    counted = (
        f"{len(old.folders)} builds, {old.letters} letters that nobody got, {old.slots} slots and "
        f"{old.incidents} incidents that are over"
    )
    told = f"Removed: {counted}." if yes else f"Would remove: {counted}. Say --yes to do it."
    output.print(told, soft_wrap=True)

"""Retention: old builds and old entries go; what was sent to somebody is kept for ever.

Kept too: what waits to be sent, the newest build of each set, and what readers asked not to get.
"""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from briefing.delivery.ledger import Ledger, incidents, outbox, slots, stamp
from briefing.runs.places import Folder

LETTERS_GO = ("dead", "suppressed")
"""States of letters that nobody has got and nobody will."""

SLOTS_GO = ("done", "failed", "skipped")


@dataclass(frozen=True)
class Old:
    """What may go: folders of builds, and counts of entries of the ledger."""

    folders: tuple[str, ...]
    letters: int
    slots: int
    incidents: int


def prune(
    ledger: Ledger, place: Folder, keep: timedelta, now: datetime, is_real: bool = False
) -> Old:
    """Say what is older than `keep` and of no more use, and remove it if `is_real`."""
    before = stamp(now - keep)
    folders = tuple(_old_folders(ledger, place, before))
    has_letter = sa.exists().where(outbox.c.slot == slots.c.id, outbox.c.state.not_in(LETTERS_GO))
    found = {
        outbox: outbox.c.state.in_(LETTERS_GO) & (outbox.c.queued < before),
        slots: slots.c.state.in_(SLOTS_GO) & (slots.c.scheduled < before) & ~has_letter,
        incidents: (incidents.c.closed != "") & (incidents.c.closed < before),
    }
    with ledger.change() as connection:
        counts = [
            connection.execute(
                sa.select(sa.func.count()).select_from(table).where(is_old)
            ).scalar_one()
            for table, is_old in found.items()
        ]
        if is_real:
            for table, is_old in found.items():
                connection.execute(table.delete().where(is_old))
    if is_real:
        for folder in folders:
            shutil.rmtree(place.path / folder)
    return Old(folders, *counts)


def _old_folders(ledger: Ledger, place: Folder, before: str) -> list[str]:
    wanted = sa.select(outbox.c.folder).where(outbox.c.state.not_in(LETTERS_GO))
    under_way = sa.select(slots.c.folder).where(slots.c.state.not_in(SLOTS_GO))
    kept = {row["folder"] for row in (*ledger.rows(wanted), *ledger.rows(under_way))}
    built = {
        name: str(record.get("built", ""))
        for name, record in place.records(place.folders()).items()
    }
    newest: dict[str, str] = {}
    for name, when in built.items():
        group = name.partition("/")[0]
        if group not in newest or when > built[newest[group]]:
            newest[group] = name
    kept |= set(newest.values())
    return sorted(
        name for name, when in built.items() if name not in kept and _is_old(when, before)
    )


def _is_old(built: str, before: str) -> bool:
    """A build that does not say when it was made is left alone."""
    try:
        return stamp(datetime.fromisoformat(built)) < before
    except ValueError:
        return False

"""The ledger: what is due, who works on it, what was sent to whom. The only truth of delivery.

Every change is one transaction, guarded by unique keys and by updates that say in which state
they expect a row. So any number of hosts may tick at any moment, on SQLite or PostgreSQL.
Times are UTC, in one form whose order as text is their order in time.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.dialects import postgresql, sqlite

from briefing.inputs.files import BadInput

CONSEQUENCE = "nothing was built or sent"

FORM = 2
"""Of the tables; older ledgers are brought up to it, newer ones are refused."""

FILE = ".delivery.sqlite"
"""Beside the reports, where no other address is given."""

PATIENCE_SECONDS = 60
"""How long to wait for another process to let go of a ledger in SQLite."""

_tables = sa.MetaData()

meta = sa.Table(
    "delivery_meta",
    _tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
schedules = sa.Table(
    "delivery_schedules",
    _tables,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("since", sa.Text, nullable=False),  # first seen, turned on
    sa.Column("reached", sa.Text, nullable=False),  # slots up to here are recorded
)
slots = sa.Table(
    "delivery_slots",
    _tables,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("schedule", sa.Text, nullable=False),
    sa.Column("parameter_set", sa.Text, nullable=False),
    sa.Column("scheduled", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False, default=""),
    sa.Column("until", sa.Text, nullable=False, default=""),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("not_before", sa.Text, nullable=False, default=""),
    sa.Column("folder", sa.Text, nullable=False, default=""),
    sa.Column("content", sa.Text, nullable=False, default=""),
    sa.Column("built", sa.Text, nullable=False, default=""),
    sa.Column("as_of", sa.Text, nullable=False, default=""),
    sa.Column("subject", sa.Text, nullable=False, default=""),
    sa.Column("told", sa.Text, nullable=False, default=""),
    sa.Column("ended", sa.Text, nullable=False, default=""),
    sa.Index("delivery_slots_by_state", "state", "scheduled"),
    sa.Index("delivery_slots_by_schedule", "schedule", "parameter_set", "scheduled"),
)
outbox = sa.Table(
    "delivery_outbox",
    _tables,
    sa.Column("id", sa.Text, primary_key=True),  # of slot, recipient and content
    sa.Column("kind", sa.Text, nullable=False),  # briefing or alert
    sa.Column("slot", sa.Text, nullable=False),
    sa.Column("recipient", sa.Text, nullable=False),
    sa.Column("reader", sa.Text, nullable=False),  # the recipient, capitals and small letters alike
    sa.Column("domain", sa.Text, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("folder", sa.Text, nullable=False, default=""),
    sa.Column("subject", sa.Text, nullable=False, default=""),
    sa.Column("text", sa.Text, nullable=False, default=""),  # of an alert; of a reader, her timing
    sa.Column("attached", sa.Text, nullable=False, default=""),  # names of files, spaces between
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False, default=""),
    sa.Column("until", sa.Text, nullable=False, default=""),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("not_before", sa.Text, nullable=False, default=""),
    sa.Column("told", sa.Text, nullable=False, default=""),
    sa.Column("queued", sa.Text, nullable=False),
    sa.Column("tried", sa.Text, nullable=False, default=""),
    sa.Column("sent", sa.Text, nullable=False, default=""),
    sa.Index("delivery_outbox_by_turn", "state", "kind", "not_before", "id"),
    sa.Index("delivery_outbox_by_slot", "slot", "state"),
    sa.Index("delivery_outbox_by_trial", "tried"),
)
suppressed = sa.Table(
    "delivery_suppressed",
    _tables,
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("since", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False, default=""),
)
incidents = sa.Table(
    "delivery_incidents",
    _tables,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("opened", sa.Text, nullable=False),
    sa.Column("last", sa.Text, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("told", sa.Text, nullable=False),
    sa.Column("closed", sa.Text, nullable=False, default=""),
    sa.Column("alerted", sa.Text, nullable=False, default=""),
)

WORKING = ("leased", "built", "gated")
"""States of a slot that somebody works on, as far as the work has got."""

ENDED = ("sent", "dead", "suppressed")
"""States of a message about which nothing more is done."""

Row = Mapping[str, Any]


def stamp(moment: datetime) -> str:
    """A moment as the ledger writes it.

    >>> stamp(datetime(2026, 3, 29, 1, tzinfo=UTC))
    '2026-03-29T01:00:00.000000Z'
    """
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def moment(stamped: str) -> datetime:
    """The moment that the ledger wrote."""
    return datetime.fromisoformat(stamped)


def message_key(slot: str, recipient: str, content: str) -> str:
    """What makes a message the same message: slot, reader and content."""
    told = "\n".join((slot, recipient.casefold(), content))
    return hashlib.sha256(told.encode()).hexdigest()[:32]


NOW, UNTIL, HOST = (sa.bindparam(name) for name in ("at_now", "at_until", "by_host"))
BUT = sa.bindparam("but", expanding=True)
"""What changes from one taking of a row to the next; building the queries takes longer than
running them, so that they are built once."""


def _slot_is_free(row: Any) -> Any:
    """It waits, or whoever worked on it has fallen silent."""
    waits = (row.state == "due") & (row.not_before <= NOW)
    return waits | (row.state.in_(WORKING) & (row.until < NOW))


def _is_wanted(row: Any) -> Any:
    refuses = sa.exists().where(suppressed.c.address == row.reader)
    return ((row.kind == "alert") | ~refuses) & row.domain.not_in(BUT)


def _is_abandoned(row: Any) -> Any:
    return (row.state == "sending") & (row.until < NOW) & _is_wanted(row)


def _is_queued(row: Any) -> Any:
    return (row.state == "queued") & (row.not_before <= NOW) & _is_wanted(row)


def _taking(
    table: sa.Table,
    is_free: Callable[[Any], Any],
    order: Iterable[str],
    state: str,
    is_shared: bool,
) -> Any:
    """Change the first free row: the update asks again whether it is still free."""
    row = table.alias("candidate")
    first = sa.select(row.c.id).where(is_free(row.c)).limit(1)
    first = first.order_by(*(row.c[name] for name in order))
    if is_shared:
        first = first.with_for_update(skip_locked=True)
    begins = table.c.state.in_(("due", "queued", "sending"))
    values = {
        "state": sa.case((begins, state), else_=table.c.state),
        "host": HOST,
        "until": UNTIL,
        "attempts": table.c.attempts + 1,
        **({"tried": NOW} if "tried" in table.c else {}),
    }
    return (
        table.update()
        .where(table.c.id == first.scalar_subquery(), is_free(table.c))
        .values(values)
        .returning(*table.c)
    )


_SENT = (
    outbox.update()
    .where(
        outbox.c.id == sa.bindparam("of_message"),
        outbox.c.state.in_(("sending", "queued")),
    )
    .values(state="sent", sent=NOW, told=sa.bindparam("as_told"), host="")
)


def _taken(
    connection: sa.Connection, taking: Any, host: str, now: datetime, seconds: float, **more: Any
) -> Row | None:
    until = stamp(now + timedelta(seconds=seconds))
    given = {"at_now": stamp(now), "at_until": until, "by_host": host, **more}
    found = connection.execute(taking, given).mappings().first()
    return dict(found) if found else None


class LeaseLost(RuntimeError):
    """Somebody else took over: whoever finds this stops, and changes nothing."""


class Ledger:
    """One ledger of a reports place, or one that several hosts share."""

    def __init__(self, engine: sa.Engine):
        self.engine = engine
        is_shared = engine.dialect.name == "postgresql"
        turn = ("kind", "not_before", "id")  # alerts come first
        self._take_slot = _taking(slots, _slot_is_free, ("scheduled", "id"), "leased", is_shared)
        self._take_abandoned = _taking(outbox, _is_abandoned, turn, "sending", is_shared)
        self._take_queued = _taking(outbox, _is_queued, turn, "sending", is_shared)
        _bring_up(engine)

    @classmethod
    def at(cls, address: str | Path) -> "Ledger":
        """Open the ledger at a path or a database address; it is made where there is none."""
        return cls(_engine(address))

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def change(self) -> Iterator[sa.Connection]:
        """One transaction: all of it or nothing."""
        with self.engine.begin() as connection:
            yield connection

    def rows(self, statement: Any) -> list[Row]:
        """What a query finds."""
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]

    def _insert(self, table: sa.Table) -> Any:
        dialect = postgresql if self.engine.dialect.name == "postgresql" else sqlite
        return dialect.insert(table)

    # Schedules and slots

    def reached(self, schedule: str, now: datetime) -> datetime:
        """How far the slots of a schedule are recorded; from now on for one that is new."""
        entry = {"name": schedule, "since": stamp(now), "reached": stamp(now)}
        with self.change() as connection:
            connection.execute(self._insert(schedules).values(entry).on_conflict_do_nothing())
            found = sa.select(schedules.c.reached).where(schedules.c.name == schedule)
            return moment(connection.execute(found).scalar_one())

    def forget_schedule(self, name: str) -> None:
        """Turned off: once it is on again, only what comes later is due."""
        with self.change() as connection:
            connection.execute(schedules.delete().where(schedules.c.name == name))

    def record(self, schedule: str, entries: list[dict[str, Any]], reached: datetime) -> None:
        """Write slots that came due, each once whoever does it, and how far that reaches."""
        with self.change() as connection:
            if entries:
                connection.execute(self._insert(slots).on_conflict_do_nothing(), entries)
            is_older = (schedules.c.name == schedule) & (schedules.c.reached < stamp(reached))
            connection.execute(schedules.update().where(is_older).values(reached=stamp(reached)))

    def lease_slot(self, host: str, now: datetime, seconds: float) -> Row | None:
        """Take the oldest slot that waits, or whose worker has fallen silent."""
        with self.change() as connection:
            return _taken(connection, self._take_slot, host, now, seconds)

    def renew(self, table: sa.Table, row: str, host: str, until: datetime) -> bool:
        """A heartbeat: whether the lease was still ours, and now lasts longer."""
        is_ours = (table.c.id == row) & (table.c.host == host)
        with self.change() as connection:
            renewed = connection.execute(table.update().where(is_ours).values(until=stamp(until)))
        return renewed.rowcount == 1

    def advance_slot(self, slot: str, host: str, was: str, /, **values: Any) -> None:
        """Take a slot from one state to the next; raises LeaseLost when it is not ours any more."""
        with self.change() as connection:
            self._advance(connection, slot, host, was, values)

    def _advance(
        self, connection: sa.Connection, slot: str, host: str, was: str, values: Mapping[str, Any]
    ) -> None:
        is_ours = (slots.c.id == slot) & (slots.c.host == host) & (slots.c.state == was)
        changed = connection.execute(slots.update().where(is_ours).values(**values))
        if changed.rowcount != 1:
            raise LeaseLost(slot)

    def queue(self, slot: str, host: str, was: str, messages: list[dict[str, Any]]) -> None:
        """Put all messages of a slot into the outbox, at once or not at all."""
        with self.change() as connection:
            self._advance(connection, slot, host, was, {"state": "queued", "host": ""})
            if messages:
                connection.execute(self._insert(outbox).on_conflict_do_nothing(), messages)

    def settle(self, now: datetime) -> int:
        """End every slot whose messages are all sent, dead or unwanted."""
        waits = sa.exists().where(outbox.c.slot == slots.c.id, outbox.c.state.not_in(ENDED))
        ended = (
            slots.update()
            .where(slots.c.state == "queued", ~waits)
            .values(state="done", ended=stamp(now))
        )
        with self.change() as connection:
            return connection.execute(ended).rowcount

    # Messages

    def put(self, message: dict[str, Any]) -> bool:
        """Queue one message that belongs to no slot; whether it was new."""
        with self.change() as connection:
            added = self._insert(outbox).values(message).on_conflict_do_nothing()
            return connection.execute(added).rowcount == 1

    def lease_message(
        self, host: str, now: datetime, seconds: float, but_domains: Iterable[str] = ()
    ) -> Row | None:
        """Take the next message that may be tried now, never one for an unwilling reader."""
        but = list(but_domains)
        with self.change() as connection:
            return _taken(connection, self._take_abandoned, host, now, seconds, but=but) or _taken(
                connection, self._take_queued, host, now, seconds, but=but
            )

    def sent(self, message: str, told: str, now: datetime) -> None:
        """A server took it. That is true whoever holds the lease by now."""
        given = {"of_message": message, "at_now": stamp(now), "as_told": told}
        with self.change() as connection:
            connection.execute(_SENT, given)

    def give_back(self, message: str, host: str, **values: Any) -> None:
        """Put a message back, or end it; nothing happens when it is not ours any more."""
        is_ours = (outbox.c.id == message) & (outbox.c.host == host) & (outbox.c.state == "sending")
        with self.change() as connection:
            connection.execute(outbox.update().where(is_ours).values(host="", **values))

    def withdraw(self) -> int:
        """End what is queued for readers who do not want it any more."""
        refuses = sa.select(suppressed.c.address)
        unwanted = (
            outbox.update()
            .where(
                outbox.c.state == "queued",
                outbox.c.kind == "briefing",
                outbox.c.reader.in_(refuses),
            )
            .values(state="suppressed", told="the reader has unsubscribed")
        )
        with self.change() as connection:
            return connection.execute(unwanted).rowcount

    def tried_since(self, since: datetime, now: datetime) -> dict[str, int]:
        """How many messages were tried since a moment, by domain.

        Those that a clock ahead of this one has tried do not count, or it would silence all others.
        """
        counted = (
            sa.select(outbox.c.domain, sa.func.count())
            .where(outbox.c.tried > stamp(since), outbox.c.tried <= stamp(now))
            .group_by(outbox.c.domain)
        )
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(counted)}

    def release(self, host: str) -> None:
        """Give back all that `host` holds: it stops of its own accord, and that is no attempt."""
        for table, states in ((slots, WORKING), (outbox, ("sending",))):
            is_held = (table.c.host == host) & table.c.state.in_(states)
            given = {"host": "", "until": "", "attempts": table.c.attempts - 1}
            with self.change() as connection:
                connection.execute(table.update().where(is_held).values(given))

    # Readers who want no more

    def suppress(self, address: str, reason: str, now: datetime) -> bool:
        """Never write to this reader again; whether that is new."""
        entry = {"address": address.casefold(), "since": stamp(now), "reason": reason}
        with self.change() as connection:
            added = self._insert(suppressed).values(entry).on_conflict_do_nothing()
            return connection.execute(added).rowcount == 1

    def unsuppress(self, address: str) -> bool:
        """Write to this reader again; whether she was on the list."""
        with self.change() as connection:
            gone = suppressed.delete().where(suppressed.c.address == address.casefold())
            return connection.execute(gone).rowcount == 1

    def unwilling(self) -> set[str]:
        """Readers who get nothing, capitals and small letters alike."""
        return {row["address"] for row in self.rows(sa.select(suppressed.c.address))}

    # By hand

    def rerun(self, name: str, now: datetime) -> str:
        """Let a slot or a dead message run once more; what it is now, nothing if there is no such.

        A slot that was sent is built again, and only readers whose content differs get a mail.
        """
        again = {"state": "due", "attempts": 0, "not_before": "", "host": "", "ended": "",
                 "told": "", "folder": "", "content": ""}  # fmt: skip
        ended = slots.c.state.in_(("done", "failed", "skipped"))
        dead = {"state": "queued", "attempts": 0, "not_before": stamp(now), "told": ""}
        begins = outbox.c.id.startswith(name, autoescape=True) & (outbox.c.state == "dead")
        with self.change() as connection:
            slot = slots.update().where(slots.c.id == name, ended).values(again)
            if connection.execute(slot).rowcount:
                return "slot"
            found = connection.execute(sa.select(outbox.c.id, outbox.c.slot).where(begins)).all()
            if len(found) != 1:
                return ""
            connection.execute(outbox.update().where(outbox.c.id == found[0].id).values(dead))
            waits = slots.update().where(slots.c.id == found[0].slot, slots.c.state == "done")
            connection.execute(waits.values(state="queued", ended=""))
            return "message"


def _engine(address: str | Path) -> sa.Engine:
    text = str(address)
    try:
        url = sa.make_url(text) if "://" in text else sa.URL.create("sqlite", database=text)
        if url.get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError("must be SQLite or PostgreSQL")
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        if url.get_backend_name() == "postgresql":
            return sa.create_engine(url, pool_pre_ping=True)
        if url.database and url.database != ":memory:":
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": PATIENCE_SECONDS})
    except (exc.ArgumentError, ValueError, ImportError) as error:
        told = str(error).splitlines()[0]
        raise BadInput([f"--ledger: cannot be opened ({told}); {CONSEQUENCE}"]) from None
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_at_once)
    return engine


def _prepare_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions are begun below
    connection.execute(f"PRAGMA busy_timeout = {int(PATIENCE_SECONDS * 1000)}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # a power cut must not forget what was sent


def _begin_at_once(connection: sa.Connection) -> None:
    """Two who read first and then want to write would both wait for the other."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _first(connection: sa.Connection) -> None:
    _tables.create_all(connection)


def _second(connection: sa.Connection) -> None:
    """Rates per domain: messages know their reader, domain and when they were tried."""
    _tables.create_all(connection)  # those that the first form did not have
    known = {column["name"] for column in sa.inspect(connection).get_columns(outbox.name)}
    for name in sorted({"reader", "domain", "tried"} - known):
        connection.exec_driver_sql(
            f"ALTER TABLE {outbox.name} ADD COLUMN {name} TEXT NOT NULL DEFAULT ''"
        )
    for row in connection.execute(sa.select(outbox.c.id, outbox.c.recipient)).all():
        read = {
            "reader": row.recipient.casefold(),
            "domain": row.recipient.rpartition("@")[2].lower(),
        }
        connection.execute(outbox.update().where(outbox.c.id == row.id).values(read))
    for index in outbox.indexes:
        index.create(connection, checkfirst=True)


STEPS: tuple[Callable[[sa.Connection], None], ...] = (_first, _second)
"""What brings a ledger from one form to the next; a new one goes through all of them."""


def _bring_up(engine: sa.Engine) -> None:
    """Make the tables, or bring those of an older version up, in one transaction."""
    try:
        with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7203142)")
            form = 0
            if sa.inspect(connection).has_table(meta.name):
                stated = sa.select(meta.c.value).where(meta.c.name == "form")
                form = int(connection.execute(stated).scalar() or 0)
            if form > FORM:
                raise BadInput(
                    [
                        f"{engine.url.render_as_string()}: has form {form}, written by a newer "
                        f"version than this one, which knows {FORM}; {CONSEQUENCE}"
                    ]
                )
            for step in STEPS[form:]:
                step(connection)
            if form < FORM:
                connection.execute(meta.delete().where(meta.c.name == "form"))
                connection.execute(meta.insert().values(name="form", value=str(FORM)))
    except exc.DBAPIError as error:
        told = str(error.orig).splitlines()[0]
        raise BadInput(
            [f"{engine.url.render_as_string()}: cannot be opened ({told}); {CONSEQUENCE}"]
        ) from None

"""A heartbeat: while somebody works on a row of the ledger, its lease is kept from running out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc

from briefing.delivery.ledger import Ledger, moment

BEATS = 3
"""Heartbeats in the time of a lease."""


class Heart:
    """Renews the lease of the one row that is held; `is_ours` says whether it still counts."""

    def __init__(
        self,
        ledger: Ledger,
        host: str,
        clock: Callable[[], datetime],
        lease_seconds: float,
        beat_seconds: float | None = None,
    ):
        self._ledger, self._host, self._clock = ledger, host, clock
        self._lease = timedelta(seconds=lease_seconds)
        self._beat = beat_seconds or lease_seconds / BEATS
        self._lock, self._over = Lock(), Event()
        self._held: tuple[sa.Table, str] | None = None
        self._until: datetime | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Heart":
        self._thread.start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._over.set()
        self._thread.join()

    @contextmanager
    def holding(self, table: sa.Table, row: Any) -> Iterator[None]:
        """Keep the lease of a row that has just been taken."""
        with self._lock:
            self._held, self._until = (table, row["id"]), moment(row["until"])
        try:
            yield
        finally:
            with self._lock:
                self._held = self._until = None

    @property
    def is_ours(self) -> bool:
        """Whether nobody else can have taken over yet, as far as this clock tells.

        A process that slept longer than its lease must not send what another has sent meanwhile.
        """
        until = self._until
        return until is not None and self._clock() < until

    def _run(self) -> None:
        while not self._over.wait(self._beat):
            held = self._held
            if held is None:
                continue
            until = self._clock() + self._lease
            try:
                is_renewed = self._ledger.renew(*held, self._host, until)
            except exc.SQLAlchemyError:
                continue  # then the lease runs out, and that is what it is for
            with self._lock:
                if self._held == held:
                    self._until = until if is_renewed else None

"""Watching runs: what takes too long is interrupted, then killed, and all can be ended at once."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

GRACE_SECONDS = 5.0
"""Between asking a cell to stop and killing its process."""

_watched: set["Watch"] = set()
_ended = threading.Event()


def end_all() -> None:
    """Kill every process that runs a notebook for this one, and start no other in its place."""
    _ended.set()
    for watch in tuple(_watched):
        watch.kill()


def begin() -> None:
    """Let notebooks run, also after others have been ended."""
    _ended.clear()


def is_ended() -> bool:
    """Whether this process runs no notebooks any more."""
    return _ended.is_set()


class Watch:
    """Interrupts a cell or a run that takes too long, then kills its process with all it started.

    `process` tells which one, once there is one. What was too slow stands in `expired`.
    """

    def __init__(
        self,
        process: Callable[[], Any],
        cell_seconds: float | None = None,
        run_seconds: float | None = None,
        grace_seconds: float = GRACE_SECONDS,
    ):
        self.expired = ""
        self.process = process
        self._limits = cell_seconds, run_seconds, grace_seconds
        self._changed = threading.Condition()
        self._cell: tuple[int, float] | None = None
        self._started = time.monotonic()
        self._is_over = False

    @contextmanager
    def __call__(self) -> Iterator["Watch"]:
        """Watch until the block ends."""
        thread = threading.Thread(target=self._watch, daemon=True)
        if any(limit is not None for limit in self._limits[:2]):
            thread.start()
        _watched.add(self)
        try:
            yield self
        finally:
            _watched.discard(self)
            with self._changed:
                self._is_over = True
                self._changed.notify()
            if thread.ident is not None:
                thread.join()

    def began(self, cell_index: int) -> None:
        """A cell starts, so its time does."""
        with self._changed:
            self._cell = cell_index, time.monotonic()
            self._changed.notify()
        if is_ended():  # what was just being started could not be killed yet
            self.kill()

    def _watch(self) -> None:
        with self._changed:
            while not self._is_over:
                due, told = min(self._deadlines(), default=(None, ""))
                left = None if due is None else min(due - time.monotonic(), threading.TIMEOUT_MAX)
                if left is not None and left <= 0:
                    self.expired = told
                    break
                self._changed.wait(left)
            if self._is_over:
                return
            self._signal(signal.SIGINT)
            self._changed.wait_for(lambda: self._is_over, self._limits[2])
        if not self._is_over:
            self.kill()

    def kill(self) -> None:
        """End the process at once."""
        self._signal(getattr(signal, "SIGKILL", signal.SIGTERM))

    def _deadlines(self) -> Iterator[tuple[float, str]]:
        cell_seconds, run_seconds, _ = self._limits
        if cell_seconds is not None and self._cell is not None:
            index, began = self._cell
            yield began + cell_seconds, f"cell {index + 1} ran longer than {cell_seconds:g} s"
        if run_seconds is not None:
            yield self._started + run_seconds, f"the notebook ran longer than {run_seconds:g} s"

    def _signal(self, number: int) -> None:
        process = self.process()
        if process is None:
            return
        with suppress(OSError, ValueError):  # it has ended by itself
            if hasattr(os, "killpg"):
                signal_with_all_it_started(process.pid, number)
            else:
                process.send_signal(number)


def signal_with_all_it_started(process_id: int, number: int) -> None:
    """Signal a process and its group, or it alone as long as it has not made one yet.

    Raises ProcessLookupError where it has ended.
    """
    try:
        os.killpg(process_id, number)
    except ProcessLookupError:
        os.kill(process_id, number)

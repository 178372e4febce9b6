"""What a build is doing: a live table on a terminal, plain lines elsewhere."""

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from briefing.runs.build import Event

SHOWN_RUNNING = 8
SECONDS_BETWEEN_LINES = 10.0


@dataclass
class _Row:
    steps: int = 0
    done: int = 0
    reused: int = 0
    failed: int = 0


@dataclass
class Progress:
    """Counts of what waits, runs, is done and failed; told by events from any thread."""

    console: Console
    workers: int
    counted: str
    """What one step makes."""
    plans: dict[str, _Row] = field(default_factory=dict)
    running: dict[tuple[str, str], float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._last_line = time.monotonic()

    def __call__(self, event: Event) -> None:
        """Take in one event, and print a line where no table is shown."""
        with self._lock:
            row = self.plans.setdefault(event.plan, _Row())
            match event.kind:
                case "queued":
                    row.steps += event.count
                case "started":
                    self.running[event.plan, event.what] = time.monotonic()
                case "ended":
                    began = self.running.pop((event.plan, event.what))
                    self.seconds.append(time.monotonic() - began)
                case kind:
                    row.done += 1
                    row.reused += kind == "reused"
                    row.failed += kind == "failed"
            if not self.console.is_terminal:
                self._line(event)

    def _line(self, event: Event) -> None:
        now = time.monotonic()
        if event.kind != "failed" and now - self._last_line < SECONDS_BETWEEN_LINES:
            return
        self._last_line = now
        failed = f"{event.plan}/{event.what} failed; " if event.kind == "failed" else ""
        self.console.print(Text(f"{failed}{self.summary}"), soft_wrap=True)

    @property
    def summary(self) -> str:
        """One line: what is done of all, running, waiting, failed, time left."""
        steps = sum(row.steps for row in self.plans.values())
        done = sum(row.done for row in self.plans.values())
        failed = sum(row.failed for row in self.plans.values())
        waiting = max(0, steps - done - len(self.running))
        parts = [
            f"{done:,} of {steps:,} {self.counted} done",
            f"{len(self.running)} running",
            f"{waiting:,} waiting",
        ]
        if failed:
            parts.append(f"{failed:,} failed")
        if self.seconds and steps > done:
            left = statistics.median(self.seconds) * (steps - done) / self.workers
            parts.append(f"about {_time(left)} left")
        return ", ".join(parts)

    @contextmanager
    def shown(self) -> Iterator["Progress"]:
        """Show the table, on a terminal, until the block ends."""
        if not self.console.is_terminal:
            yield self
            return
        with Live(
            get_renderable=self._table, console=self.console, refresh_per_second=8, transient=True
        ):
            yield self

    def _table(self) -> Group:
        with self._lock:
            table = Table.grid(padding=(0, 2))
            for name, row in list(self.plans.items())[-SHOWN_RUNNING:]:
                told = f"{row.done}/{row.steps}"
                told += f", {row.reused} as before" if row.reused else ""
                told += f", {row.failed} failed" if row.failed else ""
                bar = ProgressBar(total=max(row.steps, 1), completed=row.done, width=30)
                table.add_row(Text(name), bar, Text(told, style="red" if row.failed else ""))
            now = time.monotonic()
            runs = sorted(self.running.items(), key=lambda item: item[1])[:SHOWN_RUNNING]
            named = ", ".join(f"{plan}/{what} {now - began:.0f} s" for (plan, what), began in runs)
            return Group(table, Text(self.summary, style="bold"), Text(named, style="dim"))


def _time(seconds: float) -> str:
    """Rounded for a reader who waits.

    >>> _time(75), _time(7200)
    ('75 s', '120 min')
    """
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"

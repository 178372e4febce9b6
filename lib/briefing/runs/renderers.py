"""The processes that render, and that begin anew where one of them is killed."""

import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import entry_points
from multiprocessing import get_all_start_methods, get_context, parent_process
from threading import Lock, Thread
from typing import Any

from briefing.runs.documents import FORMATS

LIBRARIES = ("PIL.Image", "css_inline", "fastparquet", "pikepdf", "typst", "vl_convert")
"""What exporters import when they are first used. Importing them starts no threads; using does."""


KILLED = "the process that made it was killed, twice; memory may be short"


class Renderers:
    """Processes for rendering, forked from one that has imported all that it needs, once.

    A process that is killed takes the whole pool along, whatever the others were doing. Then there
    is a new one, and each job gets a second try in it.
    """

    def __init__(self, count: int):
        self._count = count
        self._pool = _pool(count)
        self._is_open = True
        self._lock = Lock()

    def submit(self, do: Callable[..., Any], *given: Any) -> Future[Any]:
        """What `do` makes of what is `given`; RuntimeError where its process was killed twice."""
        promised: Future[Any] = Future()
        self._try(promised, lambda pool: pool.submit(do, *given), 2)
        return promised

    def shutdown(self, cancel_futures: bool = False) -> None:
        """Let the processes end; what has not begun is not begun where it may be cancelled."""
        with self._lock:
            self._is_open = False
        self._pool.shutdown(cancel_futures=cancel_futures)

    def _try(
        self,
        promised: Future[Any],
        begin: Callable[[ProcessPoolExecutor], Future[Any]],
        tries: int,
    ) -> None:
        pool = self._pool

        def ended(done: Future[Any]) -> None:
            error = CancelledError() if done.cancelled() else done.exception()
            if isinstance(error, BrokenProcessPool):
                again(error)
            elif error:
                promised.set_exception(error)
            else:
                promised.set_result(done.result())

        def again(error: BrokenProcessPool) -> None:
            if tries > 1 and self._renewed(pool):
                self._try(promised, begin, tries - 1)
            else:
                promised.set_exception(RuntimeError(KILLED).with_traceback(error.__traceback__))

        try:
            begun = begin(pool)
        except BrokenProcessPool as error:
            again(error)
        else:
            begun.add_done_callback(ended)

    def _renewed(self, broken: ProcessPoolExecutor) -> bool:
        """Whether there is another pool than the one that broke, or could be."""
        with self._lock:
            if self._is_open and self._pool is broken:
                self._pool = _pool(self._count)
            return self._is_open


def _pool(count: int) -> ProcessPoolExecutor:
    """The first of them never renders: drawing libraries hang in forks made after their use.

    It keeps the environment in which it began, so each renderer is given today's.
    """
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context = get_context(method)
    exporters = entry_points(group="nbconvert.exporters")
    own = [each.module for each in exporters if each.name in FORMATS.values()]
    context.set_forkserver_preload([*LIBRARIES, *own])
    return ProcessPoolExecutor(count, context, _begin_rendering, (dict(os.environ),))


def _begin_rendering(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    end_with_parent()


def end_with_parent() -> None:
    """Let this worker end when the build that started it is killed, and not before."""
    # Ctrl-C is for the build, which then tells its workers; each of them would only complain.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    Thread(target=watch, daemon=True).start()

"""The processes that render, and that begin anew where one of them is killed."""

import os
import signal
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from importlib.metadata import entry_points
from multiprocessing import get_all_start_methods, get_context, parent_process
from threading import Lock, Thread
from typing import Any

from briefing.runs.documents import FORMATS

LIBRARIES = ("PIL.Image", "css_inline", "fastparquet", "pikepdf", "typst")
"""What exporters import when they are first used. Importing these starts no threads; using does.

Importing vl_convert starts some, and takes but a moment."""

KILLED = "the process that made it was killed, twice; memory may be short"


class Renderers:
    """Processes for rendering, forked from one that has imported all that it needs, once.

    A process that is killed takes the whole pool along, whatever the others were doing. Then there
    is a new one, and what the old one held gets a second try: each job alone, one after the other,
    so that what cannot be made takes nothing along again and finds all memory that there is.
    """

    def __init__(self, count: int):
        self._count = count
        self._pool = _pool(count)
        self._alone = ThreadPoolExecutor(1)
        self._lock = Lock()
        self._is_over = False

    def submit(self, do: Callable[..., Any], *given: Any) -> Future[Any]:
        """What `do` makes of what is `given`; RuntimeError where its process was killed twice."""
        promised: Future[Any] = Future()
        pool = self._pool

        def ended(done: Future[Any]) -> None:
            error = CancelledError() if done.cancelled() else done.exception()
            if isinstance(error, BrokenProcessPool) and self._is_over:
                promised.cancel()
            elif isinstance(error, BrokenProcessPool):
                self._renew(pool)
                self._alone.submit(_second, promised, do, given)
            elif error:
                promised.set_exception(error)
            else:
                promised.set_result(done.result())

        try:
            begun = _submitted(pool, do, *given)
        except BrokenProcessPool:
            self._renew(pool)
            begun = _submitted(self._pool, do, *given)
        begun.add_done_callback(ended)
        return promised

    def end(self) -> None:
        """End the processes, whatever they are at; nobody waits any more for what they make."""
        self._is_over = True
        # Python 3.14 has terminate_workers() for it.
        for process in [*(getattr(self._pool, "_processes", None) or {}).values()]:
            process.terminate()

    def shutdown(self, cancel_futures: bool = False) -> None:
        """Let the processes end; what has not begun is not begun where it may be cancelled."""
        self._pool.shutdown(cancel_futures=cancel_futures)
        self._alone.shutdown(cancel_futures=cancel_futures)

    def _renew(self, broken: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is broken:
                self._pool = _pool(self._count)


def _second(promised: Future[Any], do: Callable[..., Any], given: tuple[Any, ...]) -> None:
    try:
        with _pool(1) as alone:
            promised.set_result(_submitted(alone, do, *given).result())
    except BrokenProcessPool:
        promised.set_exception(RuntimeError(KILLED))
    except Exception as error:
        promised.set_exception(error)


def _submitted(pool: ProcessPoolExecutor, do: Callable[..., Any], *given: Any) -> Future[Any]:
    """The first job starts what forks renderers, which imports for seconds and then ignores Ctrl-C.

    It inherits what is blocked here, so that it is not ended with a traceback meanwhile.
    """
    if not hasattr(signal, "pthread_sigmask"):
        return pool.submit(do, *given)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(do, *given)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pool(count: int) -> ProcessPoolExecutor:
    """The first of them never renders: drawing libraries hang in forks made after their use.

    It keeps the environment in which it began, so each renderer is given today's.
    """
    method = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
    context = get_context(method)
    context.set_forkserver_preload(preloaded())
    return ProcessPoolExecutor(count, context, _begin_rendering, (dict(os.environ),))


def preloaded() -> list[str]:
    """Modules that renderers find imported."""
    exporters = entry_points(group="nbconvert.exporters")
    return [*LIBRARIES, *(each.module for each in exporters if each.name in FORMATS.values())]


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

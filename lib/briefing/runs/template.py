"""The warm template: a process that has imported everything, and forks one child per notebook.

    python -m briefing.runs.template FOLDER HOLDER      listens on FOLDER/socket

One connection is one lease: the client sends a request with its standard streams, the template
forks, and tells the child's process id and, at the end, its exit status. A lease that the client
closes, or leaves behind by dying, ends the child and all that it started. A connection that asks
for nothing but to hold keeps the template alive, and may say which sets will run; without holders
it ends. HOLDER is the open file of the first one, from the process that starts the template.

Forking is safe only from a process without threads, and libraries that start native ones hang in
children. So the template looks at its own threads before every fork, and refuses instead.
"""

import ctypes
import fcntl
import gc
import json
import os
import random
import selectors
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from briefing.inputs.reads import start_audit
from briefing.runs.prepared import SET, Preparations
from briefing.runs.watch import signal_with_all_it_started

LARGEST_MESSAGE = 1 << 17

FORBIDDEN = ("polars", "vl_convert", "typst")
"""Libraries whose native threads hang in children; they belong to rendering."""

HARMLESS_THREADS = ("jemalloc_bg_thd",)
"""Native threads that wait for nothing that a child needs, by the name the kernel shows."""

IMPORTED_LATE = (
    "ipykernel.kernelapp", "ipykernel.debugger", "IPython.core.debugger",
    "IPython.extensions.storemagic", "psutil", "tornado.platform.asyncio",
    "scipy.optimize.elementwise", "scipy.special",
)  # fmt: skip
"""What each kernel would import for itself while it starts, or when a formula first asks for it."""

CONTROL_ENDS_SECONDS = 2.0

THREAD_ENDS_SECONDS = 2.0

KILLED_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux's prctl

_prctl: Callable[[int, int], int] | None = None


def main(folder: Path, holder: int) -> None:
    """Import, warm up, look for threads, and serve until nobody holds this template any more."""
    log = (folder / "log").open("wb")
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    first = socket.socket(fileno=holder)
    first.set_inheritable(False)
    _warm_up()
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        # Under another name first: who can connect can be served.
        listener.bind(str(folder / "socket.new"))
        listener.listen(128)
        (folder / "socket.new").rename(folder / "socket")
        _Template(listener, folder).serve(first)


def _warm_up() -> None:
    """Import what notebooks use, and use once what builds caches of its own."""
    global _prctl
    _prctl = ctypes.CDLL(None, use_errno=True).prctl

    for late in IMPORTED_LATE:
        import_module(late)

    from briefing.case import Case
    from briefing.inputs.files import BadInput
    from briefing.runs import listing, shell, whatchanged  # noqa: F401

    shell.new_shell().run_cell("None")
    shell.forget_shell()
    try:
        case = Case("base")
        for shown in (case, case.commitment_profile, case.deal_fact_sheet, case.deal_answer):
            shown._repr_mimebundle_()
        case.explain("peak_funding_gap_usd")
    except (BadInput, AttributeError):
        pass  # the notebooks will say what is wrong with the project; a cold child says it as well
    listing.list_modules()
    gc.collect()
    gc.freeze()


def objection() -> str:
    """Why forking now would be unsafe; empty when it is safe.

    A formula that computed in threads has left them, but the system may still list them a moment.
    """
    loaded = [name for name in FORBIDDEN if name in sys.modules]
    if loaded:
        return f"{', '.join(loaded)} is loaded, whose threads hang in forked processes"
    ends = time.monotonic() + THREAD_ENDS_SECONDS
    while (told := _threads()) and time.monotonic() < ends:
        time.sleep(0.001)
    return told


def _threads() -> str:
    if threading.active_count() != 1:
        names = sorted(thread.name for thread in threading.enumerate())
        return f"threads are running ({', '.join(names)})"
    native = [name for name in _native_threads() if name not in HARMLESS_THREADS]
    return f"native threads are running ({', '.join(native)})" if native else ""


def _native_threads() -> Iterator[str]:
    """Names of this process's threads besides the first."""
    for task in Path("/proc/self/task").iterdir():
        if task.name != str(os.getpid()):
            try:
                yield (task / "comm").read_text().strip()
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile


class _Template:
    """Who holds the template, and which child belongs to which lease."""

    def __init__(self, listener: socket.socket, folder: Path):
        self.listener = listener
        self.folder = folder
        self.address = _identity(folder)
        self.holders: set[socket.socket] = set()
        self.leases: dict[socket.socket, int] = {}
        self.selector = selectors.DefaultSelector()
        self.woken, self.waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self.preparations = Preparations()
        self.prepares = True

    def serve(self, first: socket.socket) -> None:
        """Answer until the last holder and the last lease are gone."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.waker, warn_on_full_buffer=False)
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ)
        self.selector.register(first, selectors.EVENT_READ)
        self._welcome(first)
        while True:
            if not (self.holders or self.leases) and self._left():
                return
            heard = self.selector.select(timeout=0.0 if self.prepares else 1.0)
            if self.prepares and not heard:
                self.prepares = self.preparations.step()
            for key, _ in heard:
                if key.fileobj is self.listener:
                    self._accept()
                elif key.fileobj == self.woken:
                    os.read(self.woken, 4096)
                    self._reap()
                else:
                    self._hear(key.fileobj)  # pyright: ignore[reportArgumentType]

    def _left(self) -> bool:
        """Clear away, unless somebody is joining: whoever joins or starts holds the lock."""
        with self.folder.with_suffix(".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return False
            # Whoever found this template stuck has started another in the same place.
            if _identity(self.folder) in (self.address, None):
                shutil.rmtree(self.folder, ignore_errors=True)
            return True

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        if not _is_ours(connection):
            connection.close()
            return
        self.selector.register(connection, selectors.EVENT_READ)

    def _hear(self, connection: socket.socket) -> None:
        """A request, or the end of a connection."""
        if connection not in self.leases and connection not in self.holders:
            self._answer(connection)
            return
        try:
            message = connection.recv(LARGEST_MESSAGE)
        except OSError:
            message = b""
        if not message:
            if connection in self.leases:
                _kill(self.leases[connection])
            self._close(connection)
        elif connection in self.holders:
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                self.preparations.announce([str(each) for each in json.loads(message)["sets"]])
                self.prepares = True

    def _answer(self, connection: socket.socket) -> None:
        try:
            message, streams, _, _ = socket.recv_fds(connection, LARGEST_MESSAGE, 3)
            request = json.loads(message) if message else None
        except (OSError, ValueError, RecursionError):
            request, streams = None, []
        try:
            match request:
                case "hold":
                    self._welcome(connection)
                case {"lane": str(), "env": dict()}:
                    self._lease(connection, request, streams)
                case _:
                    self._close(connection)
        finally:
            for stream in streams:
                os.close(stream)

    def _lease(self, connection: socket.socket, request: Any, streams: list[int]) -> None:
        # What runs alone would share it with nobody.
        if self.leases and (name := request["env"].get(SET)):
            self.preparations.ask(name)
            self.prepares = True
        if refused := objection():
            _tell(connection, {"refused": refused})
            self._close(connection)
        else:
            self._fork(connection, request, streams)

    def _welcome(self, holder: socket.socket) -> None:
        if refused := objection():
            _tell(holder, {"refused": refused})
            self._close(holder)
        else:
            self.holders.add(holder)
            _tell(holder, {"held": os.getpid()})

    def _fork(self, connection: socket.socket, request: Any, streams: list[int]) -> None:
        parent = os.getpid()
        gc.freeze()  # a collection of the child's would write to all that it shares
        child = os.fork()
        if child == 0:
            # Nothing that the template holds may live on in the child, nor any way back to serve.
            try:
                signal.set_wakeup_fd(-1)
                self.selector.close()
                for other in (self.listener, *self.holders, *self.leases):
                    other.close()
                os.close(self.woken)
                os.close(self.waker)
                _become_child(parent, request, streams)
                _run(request, connection)
            finally:
                os._exit(70)
        self.leases[connection] = child
        _tell(connection, {"pid": child})

    def _reap(self) -> None:
        """Tell each lease how its child ended, and end whatever that child had started."""
        clients = {child: connection for connection, child in self.leases.items()}
        while True:
            try:
                # Looked at before it is reaped, so that its number still names its group.
                ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            except ChildProcessError:
                return
            if ended is None:
                return
            _kill(ended.si_pid)
            os.waitpid(ended.si_pid, 0)
            if ended.si_pid in clients:
                status = ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status
                _tell(clients[ended.si_pid], {"exit": status})
                self._close(clients[ended.si_pid])

    def _close(self, connection: socket.socket) -> None:
        self.selector.unregister(connection)
        self.holders.discard(connection)
        self.leases.pop(connection, None)
        connection.close()


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which socket lies in the folder now."""
    try:
        found = (folder / "socket").stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_ours(connection: socket.socket) -> bool:
    """Whether the other side belongs to the same user; the folder's mode says so already."""
    peer = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    return int.from_bytes(peer[4:8], sys.byteorder) == os.getuid()


def _tell(connection: socket.socket, message: Mapping[str, Any]) -> None:
    with suppress(OSError):  # the client is gone; its lease is ended when that is heard
        connection.send(json.dumps(message).encode())


def _tell_cell(connection: socket.socket, number: int) -> None:
    _tell(connection, {"cell": number})


def _kill(child: int) -> None:
    """Kill a child with all that it started."""
    with suppress(ProcessLookupError):
        signal_with_all_it_started(child, signal.SIGKILL)


def _become_child(parent: int, request: Mapping[str, Any], streams: list[int]) -> None:
    """Take on the client's streams, folder and environment; forget what was the template's."""
    os.setsid()
    assert _prctl is not None
    _prctl(KILLED_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(70)  # the template died between the fork and the line above
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for target, stream in enumerate(streams):
        os.dup2(stream, target)
    for stream in streams:
        os.close(stream)
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["cwd"])
    start_audit()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # Python's own generator reseeds itself
    random.seed()


def _run(request: Mapping[str, Any], connection: socket.socket) -> None:
    """Be a kernel, run a notebook or compare builds; then end without finalising libraries."""
    import atexit

    status = 0
    try:
        if request["lane"] == "exec":
            from briefing.runs import shell

            begun = partial(_tell_cell, connection)
            shell.run(Path(request["cells"]), Path(request["outputs"]), begun)
        elif request["lane"] == "compare":
            from briefing.runs.whatchanged import compare

            compare(Path(request["folder"]))
        else:
            connection.close()
            _run_kernel(request["arguments"])
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        status = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _run_kernel(arguments: list[str]) -> None:
    from ipykernel.kernelapp import IPKernelApp

    # By default read from the environment when ipykernel was imported, which was in the template.
    app: Any = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(arguments)
    app.start()
    # Its own clean-up closes what this thread may still be flushing to, and then waits for it.
    app.control_thread.stop()
    app.control_thread.join(CONTROL_ENDS_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

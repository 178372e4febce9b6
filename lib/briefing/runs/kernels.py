"""Warm kernels: leases of forked processes, and how Jupyter's tools get them.

`warm_template()` joins the template of this user, interpreter and library version, or starts it;
every process on the machine shares it. The provisioner, found by its entry point, starts a kernel
as a lease, so that any tool that can start kernels can start warm ones.
"""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from select import select
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from briefing import THREADS
from briefing.inputs.reads import AUDIT, READS
from briefing.runs.watch import signal_with_all_it_started

NOTES = (READS, AUDIT)
"""Variables of one run, which the template must not have."""

START_SECONDS = 120

ANSWER_SECONDS = 20.0
"""For a fork; a template that takes longer is stopped or stuck, and another is started."""

LARGEST_REQUEST = 1 << 17

ATTEMPTS = 5
"""Templates that may die before a lease is given up."""

LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Memory of forked children in large pages where the system lets: each small one costs a fault."""

IMPORT_TIME = ("PYTHONPATH", "PYTHONHASHSEED", "PYTHONWARNINGS", "PYTHONOPTIMIZE", "LANG", "LC_ALL")
"""Variables that Python reads when it starts, so a child cannot have its own."""


class NoTemplate(RuntimeError):
    """There is no warm template here; the message says why."""


class _Killed(NoTemplate):
    """It was killed while it started."""


class Lease:
    """One forked child, to its client like a `Popen`; closing it ends the child."""

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._lock = threading.Lock()
        self.returncode: int | None = None
        connection.settimeout(ANSWER_SECONDS)
        first = self._next()
        connection.settimeout(None)
        if "pid" not in first:
            connection.close()
            if "refused" in first:
                raise NoTemplate(first["refused"])
            raise ConnectionError("the warm template has just ended")
        self.pid: int = first["pid"]
        self.args = ["briefing.runs.template", str(self.pid)]

    def _next(self) -> dict[str, Any]:
        """The next message; the template's death counts as that of its child."""
        try:
            message = self._connection.recv(1 << 17)
        except OSError:
            message = b""
        return json.loads(message) if message else {"exit": -signal.SIGKILL}

    def events(self) -> Iterator[int]:
        """Number of each cell as it begins, until the child ends."""
        while self.returncode is None:
            message = self._next()
            if "cell" in message:
                yield message["cell"]
            elif "exit" in message:
                self._ended(message["exit"])

    def poll(self) -> int | None:
        """Exit status, negative for a signal, or None while the child lives."""
        with self._lock:
            if self.returncode is None and select([self._connection], [], [], 0)[0]:
                self._ended(self._next().get("exit", -signal.SIGKILL))
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Exit status, once there is one."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            time.sleep(0.005)
        return status

    def send_signal(self, number: int) -> None:
        """Signal the child with all that it started."""
        if self.returncode is None:
            signal_with_all_it_started(self.pid, number)

    def kill(self) -> None:
        """End the child at once."""
        self.send_signal(signal.SIGKILL)

    terminate = kill

    def _ended(self, status: int) -> None:
        self.returncode = status
        self._connection.close()

    def close(self) -> None:
        """Give the lease up; the template kills what is left of the child."""
        self._ended(self.returncode if self.returncode is not None else -signal.SIGKILL)


class Template:
    """This process's hold on the warm template of its user and library version."""

    def __init__(self, folder: Path, holder: socket.socket, process_id: int):
        self.folder, self._holder, self.process_id = folder, holder, process_id

    def lease(self, request: Mapping[str, Any]) -> Lease:
        """Fork a child for `request`, which names its lane, folder and environment."""
        message = json.dumps(request).encode()
        if len(message) > LARGEST_REQUEST:
            raise NoTemplate(f"the environment is larger than {LARGEST_REQUEST:,} bytes")
        connection = _connected(self.folder)
        with Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), 1, 2]
            socket.send_fds(connection, [message], streams)
            return Lease(connection)

    def announce(self, sets: Sequence[str]) -> None:
        """Say which parameter sets will run, so that it prepares what their notebooks share."""
        message = json.dumps({"sets": list(sets)}).encode()
        if len(message) <= LARGEST_REQUEST:
            with suppress(OSError):  # it has ended; the first lease will notice
                self._holder.send(message)

    def is_alive(self) -> bool:
        """Whether the template still answers."""
        # It says nothing more to its holders, so there is something to read only when it has ended.
        return self._holder.fileno() >= 0 and not select([self._holder], [], [], 0)[0]

    def close(self) -> None:
        """Let go; the template ends when nobody holds it."""
        self._holder.close()


_here: Template | None = None
_refusal = ""
_joining = threading.Lock()


def warm_template() -> Template | None:
    """The template, joined or started on first use; None after one warning where it cannot be."""
    global _here
    with _joining:
        if _refusal:
            return None
        if _here is None or not _here.is_alive():
            try:
                _here = _joined()
            except (NoTemplate, OSError) as error:
                _refuse(str(error))
        return _here


def lease(request: Mapping[str, Any]) -> Lease | None:
    """Fork a child of the template, of a new one if it has died; None where there can be none."""
    for _ in range(ATTEMPTS):
        template = warm_template()
        if template is None:
            return None
        try:
            return template.lease(request)
        except NoTemplate as error:
            with _joining:
                _refuse(str(error))
        except OSError:
            template.close()
    return None


def _refuse(told: str) -> None:
    global _here, _refusal
    _here, _refusal = None, told
    warnings.warn(
        f"no warm kernels: {told}; notebooks run in fresh ones, which takes longer",
        RuntimeWarning,
        stacklevel=3,
    )


def let_go() -> None:
    """Give up this process's hold on the template."""
    global _here, _refusal
    with _joining:
        if _here is not None:
            _here.close()
        _here, _refusal = None, ""


def unsupported() -> str:
    """Why this machine can have no warm template; empty where it can."""
    if sys.platform != "linux":
        return f"processes are forked on Linux only, and this is {sys.platform}"
    return ""


def _joined() -> Template:
    import fcntl

    if unsupported():
        raise NoTemplate(unsupported())
    folder = _folder()
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            return _held(folder)
        except OSError:
            for _ in range(ATTEMPTS - 1):
                with suppress(_Killed):
                    return _started(folder)
            return _started(folder)


def _folder() -> Path:
    """A private place for the socket, named by all that a template's children share."""
    shared = [_library_digest(), sys.executable, sys.version, *map(os.environ.get, IMPORT_TIME)]
    name = hashlib.sha256(repr(shared).encode()).hexdigest()[:12]
    parent = Path(tempfile.gettempdir())
    if len(str(parent)) > 50:
        parent = Path("/tmp")  # an address of a socket has 108 bytes
    mine = parent / f"briefing-{os.getuid()}"
    mine.mkdir(mode=0o700, exist_ok=True)
    known = mine.lstat()
    if mine.is_symlink() or known.st_uid != os.getuid() or known.st_mode & 0o077:
        raise NoTemplate(f"{mine} is not this user's alone")
    return mine / name


@cache
def _library_digest() -> str:
    library = Path(__file__).resolve().parents[1]
    total = hashlib.sha256(str(library).encode())
    for file in sorted(library.rglob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()


def _held(folder: Path) -> Template:
    connection = _connected(folder)
    connection.send(json.dumps("hold").encode())
    held = _welcomed(folder, connection, ANSWER_SECONDS)
    if held is None:
        raise ConnectionError("the warm template has just ended")
    return held


def _welcomed(folder: Path, connection: socket.socket, patience: float) -> Template | None:
    """The template at the other end once it says that this holds it; None if it ends instead."""
    connection.settimeout(patience)
    try:
        answer = json.loads(connection.recv(1 << 17) or b"{}")
    except OSError:
        connection.close()
        raise
    connection.settimeout(None)
    if "held" in answer:
        return Template(folder, connection, answer["held"])
    connection.close()
    if "refused" in answer:
        raise NoTemplate(answer["refused"])
    return None


def _connected(folder: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        connection.connect(str(folder / "socket"))
    except OSError:
        connection.close()
        raise
    return connection


def _started(folder: Path) -> Template:
    """A new template, held by this process from its first moment: it ends if this one dies."""
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / "socket").unlink(missing_ok=True)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "briefing.runs.template", str(folder), str(theirs.fileno())],
            env={
                **LARGE_PAGES,
                **{name: v for name, v in os.environ.items() if name not in NOTES},
                **THREADS,
            },
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            cwd="/",
        )
    try:
        template = _welcomed(folder, ours, START_SECONDS)
    except OSError:
        process.kill()
        raise NoTemplate(f"the warm template was not ready within {START_SECONDS} s") from None
    if template is None:
        status = process.wait()
        if status < 0:
            raise _Killed(f"the warm template was killed by {signal.Signals(-status).name}")
        told = (folder / "log").read_text("utf-8", "replace").strip().rpartition("\n")[2]
        raise NoTemplate(f"the warm template ended with status {status}: {told}")
    return template


# --- How Jupyter's tools get a lease ---


class WarmProvisioner(LocalProvisioner):
    """Starts a kernel as a fork of the warm template; where there is none, as a new process."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose sockets in a private folder: ports can clash, and other users can reach them."""
        template = warm_template()
        manager: Any = self.parent
        if template is not None and manager is not None:
            manager.transport = "ipc"
            manager.ip = str(template.folder / f"kernel-{uuid.uuid4().hex[:12]}")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Lease a child that becomes the kernel."""
        folder = str(Path(kwargs.get("cwd") or "").absolute())
        arguments = cmd[cmd.index("-f") :]
        request = {"lane": "kernel", "arguments": arguments, "env": kwargs["env"], "cwd": folder}
        process = lease(request)
        if process is None:
            return await super().launch_kernel(cmd, **kwargs)
        self.process: Any = process
        self.cwd = folder
        self.pid = self.pgid = process.pid
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Give the lease up, which also ends what the kernel had started."""
        if isinstance(self.process, Lease):
            self.process.close()
        await super().cleanup(restart)


class WarmKernelManager(AsyncKernelManager):
    """Manages kernels of this interpreter, started by the warm provisioner."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one that is installed for other tools as `briefing`."""
        return KernelSpec.from_resource_dir(str(Path(__file__).with_name("kernel")))

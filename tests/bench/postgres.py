"""A PostgreSQL server of Debian's packages, for as long as it is needed."""

import os
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql/15/bin")
NOBODY = 65534


class Unavailable(RuntimeError):
    """There is no server to be had here, and why."""


def free_port():
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def available():
    """What a command begins with that may start a server; raises Unavailable."""
    if not (PROGRAMS / "postgres").exists():
        raise Unavailable(f"no PostgreSQL 15 in {PROGRAMS}")
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        raise Unavailable("PostgreSQL does not run as root, and setpriv is not there")
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]


@contextmanager
def server():
    """Address of a server of its own; it does not run as root, and what it held is gone after."""
    begin = available()
    # Not below pytest's own folder, which nobody but its owner may enter.
    folder = Path(tempfile.mkdtemp(prefix="briefing-postgres-"))
    if begin:
        os.chown(folder, NOBODY, NOBODY)
    data, port = folder / "data", free_port()
    make = [PROGRAMS / "initdb", "-D", data, "-U", "desk", "-A", "trust", "-N", "--no-instructions"]
    subprocess.run([*begin, *make], check=True, capture_output=True, cwd=folder)
    options = f"-p {port} -h 127.0.0.1 -k {folder} -F"
    control = [*begin, PROGRAMS / "pg_ctl", "-D", data, "-w"]
    start = [*control, "-o", options, "-l", folder / "log", "start"]
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        yield f"postgresql://desk@127.0.0.1:{port}/postgres"
    finally:
        stop = [*control, "-m", "immediate", "stop"]
        subprocess.run(stop, check=True, capture_output=True, cwd=folder)
        shutil.rmtree(folder)

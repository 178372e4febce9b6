"""What is wrong with this machine or this installation, in plain words, with what to do about it.

Each check looks at one thing and knows nothing of the others. One that fails to look is a finding
too. What notebooks need is really done once: a chart and a page are set, a notebook runs in each
lane. Libraries that must not be loaded here are tried in processes of their own.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from importlib.util import cache_from_source, find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from briefing.inputs.files import BadInput, project_root
from briefing.runs import kernels
from briefing.runs.execute import LANES

Level = Literal["good", "slow", "broken"]

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / "requirements.lock"
FONTS = ROOT / "templates" / "fonts"
FACES = ("Regular", "Italic", "SemiBold", "Bold")

REINSTALL = "run `make clean briefing`; with conda, create the environment again"
LONGEST_SOCKET = 107
"""Characters in the name of a socket, on Linux."""

ROOM_BYTES = 1_000_000_000
"""Free disk and memory below which a build may stop half-way."""

CONNECT_SECONDS = 3.0
SCHEDULER_PORT = 8786


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    name: str
    level: Level
    told: str
    remedy: str = ""


Answer = tuple[Level, str, str]
"""A finding without its name."""


def examined(reports: str = "", scheduler: str = "") -> Iterator[Finding]:
    """Look at everything, one finding after the other; some take seconds."""
    for name, check in _checks(reports, scheduler).items():
        try:
            yield Finding(name, *check())
        except Exception as error:
            yield Finding(name, "broken", _first_line(error), "this check could not be made")


def _checks(reports: str, scheduler: str) -> Mapping[str, Callable[[], Answer]]:
    always: dict[str, Callable[[], Answer]] = {
        "project": _project,
        "Python": _python,
        "packages": _packages,
        "start-up": _start_up,
        "byte code": _byte_code,
        "typeface": _typeface,
        "charts": _charts,
        "pages": _pages,
        "warm kernels": _warm_kernels,
        **{f"lane {lane}": partial(_lane, lane) for lane in LANES},
        "exporters": _exporters,
        "engines": _engines,
        "kernel menu": _kernel_menu,
        "temporary files": _temporary_files,
        "cores and memory": _cores_and_memory,
        "clock": _clock,
    }
    asked = {"reports": partial(_reports, reports)} if reports else {}
    return always | asked | ({"scheduler": partial(_scheduler, scheduler)} if scheduler else {})


def _project() -> Answer:
    root = project_root()
    missing = [name for name in ("notebooks", "params") if not (root / name).is_dir()]
    if missing:
        told = f"{root} holds no {' and no '.join(missing)}"
        return _broken(told, "go to the project's folder, or name it in BRIEFING_ROOT")
    return _good(str(root))


def _good(told: str) -> Answer:
    return "good", told, ""


def _slow(told: str, remedy: str) -> Answer:
    return "slow", told, remedy


def _broken(told: str, remedy: str) -> Answer:
    return "broken", told, remedy


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__


def _some(names: list[str], most: int = 6) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _in_child(program: str, *arguments: str) -> str:
    """What a program prints; raises RuntimeError with the last thing that it said if it fails."""
    child = subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    if child.returncode:
        lines = child.stderr.strip().splitlines()
        raise RuntimeError(lines[-1] if lines else f"ended with status {child.returncode}")
    return child.stdout


# --- What is installed ---


def _python() -> Answer:
    from packaging.specifiers import SpecifierSet

    here = ".".join(map(str, sys.version_info[:3]))
    wanted = metadata.metadata("briefing")["Requires-Python"]
    if SpecifierSet(wanted).contains(here):
        return _good(f"{here} at {sys.executable}")
    return _broken(f"{here} is not supported, which is {wanted}", f"install another; {REINSTALL}")


def _packages() -> Answer:
    if not LOCK.exists():
        return _slow(f"there is no {LOCK}, so versions cannot be compared", "clone the project")
    locked = _locked(LOCK.read_text("utf-8"))
    found = {name: _version(name) for name in locked}
    missing = [name for name, version in found.items() if version is None]
    other = [
        f"{name} {version} instead of {locked[name]}"
        for name, version in found.items()
        if version not in (None, locked[name])
    ]
    told = [f"missing: {_some(missing)}"] if missing else []
    told += [f"other versions than tested: {_some(other)}"] if other else []
    if missing:
        return _broken("; ".join(told), REINSTALL)
    return _slow("; ".join(told), REINSTALL) if other else _good(f"{len(found)} as locked")


def _locked(lock: str) -> Mapping[str, str]:
    """Package → version, of those that this Python needs."""
    from packaging.requirements import Requirement

    pins = map(Requirement, re.findall(r"^([a-z0-9][^\\\n#]*)", lock, flags=re.MULTILINE))
    return {
        pin.name: str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _start_up() -> Answer:
    if _version("rfc3987-syntax") is None:
        return _good("no package that is slow to import")
    timed = "import time; t = time.time(); import rfc3987_syntax; print(time.time() - t)"
    seconds = float(_in_child(timed))
    return _slow(
        f"rfc3987-syntax, which JupyterLab brings along, takes {seconds:.1f} s to import, and more "
        "beside other packages; `briefing` does without it, but the commands papermill and "
        "nbconvert load it each time",
        "keep JupyterLab in an environment of its own",
    )


def _byte_code() -> Answer:
    sample = ("pandas", "altair", "scipy")
    without = [name for name in sample if not _is_compiled(name)]
    if without:
        return _slow(
            f"none for {_some(without)}: Python compiles them again in every process",
            f"unset PYTHONDONTWRITEBYTECODE and run `{sys.executable} -m compileall -q "
            f"{sys.prefix}`",
        )
    if sys.dont_write_bytecode:
        return _slow(
            "cached, but Python is told not to write any: what changes is compiled again and again",
            "unset PYTHONDONTWRITEBYTECODE",
        )
    return _good("cached")


def _is_compiled(package: str) -> bool:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(cache_from_source(found.origin)).exists()


# --- What briefings are drawn and set with ---


def _typeface() -> Answer:
    files = [*(f"Inter-{face}.ttf" for face in FACES), "Inter.woff2", "Inter-Italic.woff2"]
    missing = [file for file in files if not (FONTS / file).is_file()]
    if missing:
        told = f"{FONTS} lacks {_some(missing)}"
        return _broken(told, "get the files back: git checkout -- templates/fonts")
    return _good(f"Inter, {len(FACES)} faces in {FONTS}")


# Text is in the SVG in any case; without its typeface it vanishes when that is drawn.
DRAW = """
import re, sys, vl_convert
vl_convert.register_font_directory(sys.argv[1])
vl_convert.configure(base_url=False, allowed_base_urls=[])
chart = {
    "title": "Briefing", "data": {"values": [{"a": 1}]}, "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "quantitative"}}, "config": {"font": "Inter"},
}
svg = vl_convert.vegalite_to_svg(chart)
bare = re.sub(r"<text.*?</text>", "", svg)
shows = vl_convert.svg_to_png(svg) != vl_convert.svg_to_png(bare)
print("Briefing" in svg and 'font-family="Inter"' in svg and shows)
"""

SET = """
import sys, typst
fonts = typst.Fonts(include_system_fonts=False, font_paths=sys.argv[1:])
page = b'#set text(font: "Inter")\\nBriefing'
written, told = typst.compile_with_warnings(page, font_paths=fonts)
print(written[:4] == b"%PDF" and not any("font" in each.message for each in told))
"""


def _charts() -> Answer:
    return _with_typeface(DRAW, "charts")


def _pages() -> Answer:
    return _with_typeface(SET, "the PDF")


def _with_typeface(program: str, what: str) -> Answer:
    if _in_child(program, str(FONTS)).strip() == "True":
        return _good("drawn with Inter")
    return _broken(f"{what} would lack its text: Inter is not found in {FONTS}", REINSTALL)


# --- Where notebooks run ---


def _warm_kernels() -> Answer:
    none = "notebooks run in fresh kernels, which takes longer"
    if kernels.unsupported():
        return _slow(f"{kernels.unsupported()}; {none}", "for speed, build on Linux")
    started = time.perf_counter()
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        template = kernels.warm_template()
    if template is None:
        told = next((str(each.message) for each in given), f"no warm kernels; {none}")
        return _slow(told, "see the reason; notebooks run all the same")
    longest = f"{template.folder}/kernel-{'0' * 12}-1"
    if len(os.fsencode(longest)) > LONGEST_SOCKET:
        told = f"the names of sockets are too long there: {longest}"
        return _broken(told, "set TMPDIR to a shorter path")
    return _good(f"a template answered after {time.perf_counter() - started:.1f} s")


def _lane(lane: str) -> Answer:
    """Run one notebook, and ask it for its parent."""
    import nbformat
    import papermill
    from nbformat.v4 import new_code_cell, new_notebook

    quiet: dict[str, Any] = {} if lane == "exec" else {"extra_arguments": ["--log-level=50"]}
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    asked = new_notebook(
        cells=[new_code_cell("import os; os.getppid()")], metadata={"kernelspec": spec}
    )
    with tempfile.TemporaryDirectory(prefix="briefing-doctor-") as folder:
        source, target = Path(folder) / "asked.ipynb", Path(folder) / "told.ipynb"
        nbformat.write(asked, source)
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is said under "warm kernels"
            ran: Any = papermill.execute_notebook(
                str(source), str(target), engine_name=LANES[lane], progress_bar=False, **quiet
            )
            template = kernels.warm_template() if lane != "fresh" else None
        seconds = time.perf_counter() - started
    parent = int(ran.cells[0].outputs[0].data["text/plain"])
    if lane == "fresh" or (template is not None and template.process_id == parent):
        return _good(f"a notebook ran, in {seconds:.1f} s")
    return _slow(f"a notebook ran, but in a fresh kernel, in {seconds:.1f} s", "see warm kernels")


# --- How other tools find us ---


def _exporters() -> Answer:
    from nbconvert.exporters import get_exporter

    for name in ("briefing-html", "briefing-pdf"):
        try:
            get_exporter(name)
        except Exception as error:
            return _broken(f"nbconvert finds no {name} ({_first_line(error)})", REINSTALL)
    return _good("nbconvert finds briefing-html and briefing-pdf")


def _engines() -> Answer:
    from papermill.engines import papermill_engines
    from papermill.exceptions import PapermillException

    for name in LANES.values():
        try:
            papermill_engines.get_engine(name)
        except PapermillException as error:
            return _broken(f"papermill finds no {name} ({_first_line(error)})", REINSTALL)
    return _good(f"papermill finds {_some([*LANES.values()])}")


def _kernel_menu() -> Answer:
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
    from jupyter_client.provisioning.factory import KernelProvisionerFactory

    try:
        spec = KernelSpecManager().get_kernel_spec("briefing")
    except NoSuchKernel:
        return _slow("JupyterLab and papermill know no kernel `briefing`", REINSTALL)
    if not KernelProvisionerFactory.instance().is_provisioner_available(spec):
        return _broken("the kernel `briefing` is listed, but cannot be started", REINSTALL)
    return _good("JupyterLab and `papermill -k briefing` find warm kernels")


# --- The machine ---


def _temporary_files() -> Answer:
    folder = tempfile.gettempdir()
    with tempfile.TemporaryFile() as file:
        file.write(b"briefing")
    return room(folder, "set TMPDIR to a folder on a larger disk")


def room(folder: str | Path, remedy: str) -> Answer:
    """Whether the disk below `folder` has room."""
    free = shutil.disk_usage(folder).free
    told = f"{folder} can be written, {_gigabytes(free)} free"
    return _good(told) if free > ROOM_BYTES else _slow(f"{told}, which is little", remedy)


def _gigabytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB"


def _reports(address: str) -> Answer:
    """Whether a file can be put there; a folder that does not exist yet is not made."""
    from briefing.runs.places import place

    if "://" in address and not address.startswith("file://"):
        try:
            where = place(address)
        except BadInput as error:
            return _broken(error.messages[0], "check the address and your access to it")
        with tempfile.TemporaryDirectory(prefix="briefing-doctor-") as folder:
            probe = Path(folder) / "probe"
            probe.write_text("briefing")
            name = f".doctor-{os.getpid()}"
            where.put(name, probe)
            where.remove(name)
        return _good(f"{address} can be written")
    folder = Path(address.removeprefix("file://")).absolute()
    nearest = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except OSError as error:
        told = f"{nearest} cannot be written ({error.strerror})"
        return _broken(told, "name another folder: --reports PATH")
    return room(nearest, "remove old reports, or name a folder on a larger disk")


def _cores_and_memory() -> Answer:
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    counted = f"{cores} core{'' if cores == 1 else 's'}"
    known = Path("/proc/meminfo")
    found = re.search(r"MemAvailable:\s+(\d+)", known.read_text()) if known.exists() else None
    if found is None:
        return _good(counted)
    free = int(found.group(1)) * 1024
    told = f"{counted}, {_gigabytes(free)} of memory free"
    if free < ROOM_BYTES:
        return _slow(f"{told}, which is little", "close other programs, or build with --jobs 1")
    return _good(told)


def _clock() -> Answer:
    now = datetime.now(UTC)
    if now.year < 2025:
        return _broken(f"this machine believes it is {now:%Y-%m-%d}", "set its clock")
    return _good(f"{now:%Y-%m-%d %H:%M} UTC")


VERSIONS = """
import json, sys
from distributed import Client
with Client(sys.argv[1], timeout=10, set_as_default=False) as client:
    told = client.get_versions()
    print(json.dumps({
        "this machine": told["client"]["packages"],
        "the scheduler": told["scheduler"]["packages"],
        **{f"worker {name}": each["packages"] for name, each in told["workers"].items()},
    }))
"""


def _scheduler(address: str) -> Answer:
    whole = urlsplit(address if "://" in address else f"tcp://{address}")
    place = whole.hostname or "", whole.port or SCHEDULER_PORT
    try:
        socket.create_connection(place, timeout=CONNECT_SECONDS).close()
    except OSError as error:
        told = f"{address} cannot be reached ({error.strerror or error})"
        return _broken(told, "start it with `dask scheduler`, or check address and firewall")
    if _version("distributed") is None:
        told = f"{address} answers, but the extra `cluster` is not installed here"
        return _broken(told, "install it: pip install -e '.[cluster]'")
    packages = json.loads(_in_child(VERSIONS, whole.geturl()))
    here = packages.pop("this machine")
    other = [
        f"{who} has {name} {theirs.get(name)} instead of {here[name]}"
        for who, theirs in packages.items()
        for name in ("distributed", "python")
        if theirs.get(name) != here[name]
    ]
    if other:
        return _slow(_some(other, most=3), "install the same versions on all machines")
    if len(packages) == 1:
        return _slow(f"{address} answers, but has no workers", "start some with `dask worker`")
    workers = len(packages) - 1
    return _good(f"{address} answers; {workers} worker{'' if workers == 1 else 's'}, same versions")

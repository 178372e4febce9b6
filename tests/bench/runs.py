"""How fast notebooks run beside the stock tools: `python tests/bench/runs.py [rounds]`.

Every row is measured in the same run, interleaved; medians and ratios are printed, for absolute
times of a shared machine say little. Stock tools run the same notebooks with the same parameters.

- 40 runs of our notebooks on two cores: the `papermill` command in a shell loop, two at a time
  (per run from STOCK_RUNS of them); our lanes, as one whole `briefing run` command, and with the
  template already warm; the cells alone in one warm plain process, halved for two cores.
- one set, everything changed, as HTML and PDF: papermill and `jupyter nbconvert --to html` for
  each notebook, one after another; `briefing build`.
- nothing changed in 5,000 outputs; one fact changed; commands that must start fast.
- private memory of a running kernel, stock and forked.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from shutil import copytree

from briefing.runs.notebooks import notebook_files

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
SETS = ["base", "deal_day", "latest", "bull", "bear", "slow_buildout", "soft_target"]
STOCK_RUNS = 12
RUNS = 40

CELLS_ALONE = """
import json, sys, time
import nbformat
from briefing import Case
jobs = json.loads(sys.argv[1])
def run(source, parameter_set):
    space = {}
    for cell in nbformat.read(source, 4).cells:
        if cell.cell_type != "code":
            continue
        if "parameters" in cell.metadata.get("tags", []):
            space |= {"parameter_set": parameter_set, "overrides": {}}
            continue
        *body, last = cell.source.strip().splitlines()
        exec("\\n".join(body), space)
        shown = eval(last, space)
        shown._repr_mimebundle_()
for source, name in jobs[:6]:
    run(source, name)
started = time.perf_counter()
for source, name in jobs:
    run(source, name)
print(time.perf_counter() - started)
"""


def environment(root: Path) -> dict[str, str]:
    """This one's, with byte code cached and numeric libraries on one thread, as our kernels are."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "BRIEFING_ROOT": str(root), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def command(root: Path, *parts: object) -> str:
    """Run and return what it printed."""
    done = subprocess.run(
        [str(part) for part in parts], env=environment(root), check=True, capture_output=True,
        text=True,
    )  # fmt: skip
    return done.stdout


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def notebooks() -> list[Path]:
    """Those of a briefing."""
    return list(notebook_files(ROOT / "notebooks"))


def jobs(count: int) -> list[tuple[str, str]]:
    """Notebook and set of each run, evenly mixed."""
    pairs = [(str(source), name) for name in SETS for source in notebooks()]
    return list(islice(cycle(pairs), count))


def stock_loop(folder: Path) -> None:
    """`papermill` in a shell loop, two at a time."""
    lines = "\n".join(
        f"{source} {folder}/{number}.ipynb -p parameter_set {name}"
        for number, (source, name) in enumerate(jobs(STOCK_RUNS))
    )
    subprocess.run(
        ["xargs", "-P2", "-L1", str(BIN / "papermill"), "--no-progress-bar"],
        input=lines, env=environment(ROOT), check=True, capture_output=True, text=True,
    )  # fmt: skip


def our_run(folder: Path, lane: str) -> int:
    """`briefing run` of every set; how many notebooks that were."""
    command(ROOT, BIN / "briefing", "run", *SETS, "--lane", lane, "--reports", folder)
    return len(SETS) * len(notebooks())


class Warm:
    """Holds the warm template while the block lasts, as a desk that builds all day would."""

    def __enter__(self) -> None:
        holding = "from briefing.runs.kernels import warm_template as w; w(); print(1); input()"
        self.process = subprocess.Popen(
            [sys.executable, "-c", holding], env=environment(ROOT), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def __exit__(self, *_: object) -> None:
        self.process.communicate("\n")


def throughput(rounds: int) -> None:
    """Seconds per run, and ratios, of the stock loop, our lanes and the cells alone."""
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            per_run = seconds(lambda: stock_loop(Path(folder))) / STOCK_RUNS
            taken.setdefault("papermill, two at a time", []).append(per_run)
        alone = command(ROOT, sys.executable, "-c", CELLS_ALONE, json.dumps(jobs(RUNS)))
        taken.setdefault("cells alone, warm, over two cores", []).append(float(alone) / RUNS / 2)
        for lane in ("kernel", "exec"):
            for warm in (False, True):
                with tempfile.TemporaryDirectory() as folder:
                    place = Path(folder)
                    if warm:
                        with Warm():
                            took = seconds(lambda: our_run(place, lane))  # noqa: B023
                    else:
                        took = seconds(lambda: our_run(place, lane))  # noqa: B023
                    name = f"{lane} lane, {'template warm' if warm else 'whole command'}"
                    count = len(SETS) * len(notebooks())
                    taken.setdefault(name, []).append(took / count)
    stock, floor = (taken[name] for name in list(taken)[:2])
    print(f"{'':<36} ms per run   × faster than papermill   × the cells alone")
    for name, each in taken.items():
        faster = statistics.median(a / b for a, b in zip(stock, each, strict=True))
        slower = statistics.median(a / b for a, b in zip(each, floor, strict=True))
        print(f"{name:<36} {statistics.median(each) * 1e3:10.0f} {faster:24.1f} {slower:18.2f}")


def one_set(rounds: int) -> None:
    """Everything changed: stock tools per notebook against one build with HTML and PDF."""

    def stock(folder: Path) -> None:
        for source in notebooks():
            target = folder / source.name
            command(ROOT, BIN / "papermill", source, target, "-p", "parameter_set", "latest")
            command(ROOT, BIN / "jupyter", "nbconvert", "--to", "html", target)

    def ours(folder: Path, name: str) -> None:
        build = (BIN / "briefing", "build", "latest", "--reports", folder / name)
        command(ROOT, "env", f"XDG_CACHE_HOME={folder}/cache", *build)

    taken = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            stock_s = seconds(lambda: stock(Path(one)))
            ours_s = [seconds(lambda: ours(Path(two), name)) for name in ("new", "drawn")]  # noqa: B023
            taken.append((stock_s, *ours_s))
    stock_s, new_s, drawn_s = (statistics.median(column) for column in zip(*taken, strict=True))
    ratio = statistics.median(a / b for a, b, _ in taken)
    print(
        f"one set: stock, HTML only {stock_s:.1f} s; ours, HTML, PDF and mail {new_s:.1f} s, "
        f"× {ratio:.1f}; with its charts drawn before {drawn_s:.1f} s"
    )


def unchanged(rounds: int) -> None:
    """The whole command when nothing has changed in 5,000 outputs."""
    with tempfile.TemporaryDirectory() as folder:
        root = _copy(Path(folder))
        (root / "params" / "sweeps").mkdir(exist_ok=True)
        (root / "params" / "sweeps" / "wide.yaml").write_text(
            "title: Five thousand outputs\nset: base\nnotebooks: ['10_sources']\n"
            "grid: {azure_term_years: 100, growth_half_life_years: 50}\n"
            "quantities: [peak_funding_gap_usd]\n"
        )
        # One real run, and 5,000 copies of it: what is timed is the look at them.
        _fill(root)
        run = (root, BIN / "briefing", "run", "wide")
        told = command(*run)
        assert "nothing had changed" in told, told
        taken = [seconds(lambda: command(*run)) for _ in range(max(3, rounds))]
        print(f"nothing changed, 5,000 outputs: {statistics.median(taken):.2f} s, whole command")


def _fill(root: Path) -> None:
    """Publish the sweep with copies of one notebook in the place of every run."""
    code = """
import json, sys
from pathlib import Path
from briefing.runs import build as b
from briefing.runs.execute import execute
from briefing.runs.memory import Memory, Remembered
from briefing.runs.places import Folder
from briefing.runs.plan import plan
from briefing.runs.memory import memory_file
(p,) = plan(["wide"])
place = Folder(Path(sys.argv[1]) / "reports")
staged = place.stage(p.folder)
one = staged / "one.ipynb"
assert execute(p.jobs[0].source, one, p.jobs[0].parameters, "exec").succeeded
content = one.read_bytes(); one.unlink()
progress = b._Progress(p, staged)
for job in p.jobs:
    (staged / job.target).parent.mkdir(exist_ok=True)
    (staged / job.target).write_bytes(content)
with b._Build(place, Memory(memory_file(place)), b.Options(formats=()), lambda _: None) as made:
    made._published(progress)
"""
    command(root, sys.executable, "-c", code, root)


def one_fact(rounds: int) -> None:
    """One fact changed against everything changed."""
    taken = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            root = _copy(Path(folder))
            run = (root, BIN / "briefing", "run", *SETS)
            full = seconds(lambda: command(*run))  # noqa: B023
            file = root / "params" / "facts" / "unit_costs.yaml"
            text = file.read_text("utf-8")
            notes = list(re.finditer(r"^  note: ", text, re.MULTILINE))
            place = notes[len(notes) // 2].end()
            file.write_text(text[:place] + "Edited. " + text[place:], "utf-8")
            why = command(*run, "--why").splitlines()
            again = sum("taken over" not in line for line in why)
            taken.append((full, seconds(lambda: command(*run)), again, len(why)))  # noqa: B023
    full, part, again, of = (statistics.median(column) for column in zip(*taken, strict=True))
    print(
        f"one fact changed: {again:.0f} of {of:.0f} notebooks run, {part:.1f} s; all: {full:.1f} s"
    )


def _copy(folder: Path) -> Path:
    for name in ("params", "notebooks", "templates"):
        copytree(ROOT / name, folder / name)
    return folder


def starts(rounds: int) -> None:
    """Commands that must start fast."""
    for parts in (["--help"], ["facts"], ["sets"]):
        taken = [
            seconds(lambda: command(ROOT, BIN / "briefing", *parts))  # noqa: B023
            for _ in range(max(5, rounds))
        ]
        print(f"briefing {' '.join(parts)}: {statistics.median(taken):.2f} s")


MEMORY = """
import sys, time
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from jupyter_client.manager import KernelManager, start_new_kernel
from briefing.runs.kernels import WarmKernelManager
def private(pid):
    kept = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in kept if line.startswith("Private_"))
import asyncio
async def measured(manager):
    await manager.start_kernel(extra_arguments=["--log-level=50"])
    client = manager.client(); client.start_channels()
    await client.wait_for_ready(timeout=120)
    told = []
    for code in ("from briefing import Case", "case = Case('latest')\\ncase.key_takeaways"):
        await client._async_execute_interactive(code, silent=True, timeout=120)
        told.append(private(manager.provisioner.pid))
    client.stop_channels(); await manager.shutdown_kernel(now=True)
    return told
from jupyter_client.manager import AsyncKernelManager
print(*asyncio.run(measured(AsyncKernelManager())), *asyncio.run(measured(WarmKernelManager())))
"""


def memory() -> None:
    """Private memory of a kernel that has loaded the library, and then some thousand draws."""
    told = command(ROOT, sys.executable, "-W", "ignore", "-c", MEMORY, "x", str(ROOT / "lib"))
    stock, stock_full, forked, forked_full = (float(each) / 1024 for each in told.split()[-4:])
    print(
        f"private memory of a kernel: stock {stock:.0f} MB, forked {forked:.0f} MB, "
        f"× {forked / stock:.2f}; with the front page's numbers {stock_full:.0f} and "
        f"{forked_full:.0f} MB, × {forked_full / stock_full:.2f}"
    )


def main(rounds: int) -> None:
    """Measure all."""
    starts(rounds)
    memory()
    unchanged(rounds)
    one_fact(rounds)
    one_set(rounds)
    throughput(rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)

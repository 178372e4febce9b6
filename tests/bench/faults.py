"""Kills at random moments: `python tests/bench/faults.py [builds] [forks]`.

Builds a small project again and again, each time from other inputs, and kills a running notebook,
the warm template, the build itself or a Dask worker somewhere on the way. After each kill it looks
at everything that a reader could see, then builds to the end without kills. Counted are outputs
that were lost, torn or wrongly complete, builds that hang, and processes that outlived their build;
all must be zero.
Then the template forks children by the thousand, each of which must answer.
"""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from shutil import copytree

import nbformat
import psutil
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[2]
BRIEFING = Path(sys.executable).parent / "briefing"
MARK = "BRIEFING_FAULTS"
NOTEBOOKS = ("00_front", "01_middle", "02_end")
LANES = ("exec", "exec", "kernel", "kernel", "fresh")
VICTIMS = ("notebook", "template", "build", "worker")


def project(folder: Path) -> Path:
    """The inputs that ship, with three notebooks of a few cells."""
    copytree(ROOT / "params", folder / "params")
    copytree(ROOT / "templates", folder / "templates")
    (folder / "notebooks").mkdir()
    for name in NOTEBOOKS:
        parameters = new_code_cell('parameter_set = "latest"\noverrides = {}')
        parameters.metadata["tags"] = ["parameters"]
        setup = "from briefing import Case\ncase = Case(parameter_set, **overrides)\ncase"
        cells = [
            parameters,
            *map(new_code_cell, [setup, "case.deal_answer", "case.deal_fact_sheet"]),
        ]
        metadata = {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
        nbformat.write(
            new_notebook(cells=cells, metadata=metadata), folder / "notebooks" / f"{name}.ipynb"
        )
    return folder


def inputs(root: Path, number: int) -> None:
    """A parameter set like no other."""
    (root / "params" / "faulty.yaml").write_text(
        f"extends: base\ntitle: Build number {number}\nassumptions:\n"
        f"  azure_term_years: {{value: {3 + number / 1000}, reason: another for every build}}\n"
    )


def started(root: Path, lane: str, scheduler: str, mark: str) -> subprocess.Popen:
    """A build under way."""
    environment = {
        **{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        "BRIEFING_ROOT": str(root), MARK: mark, "TMPDIR": str(root / "tmp"),
    }  # fmt: skip
    command = [BRIEFING, "run", "faulty", "--lane", lane]
    if scheduler:
        command += ["--scheduler", scheduler]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in background
    )  # fmt: skip


def marked(mark: str) -> list[psutil.Process]:
    """Processes that a build has started, itself included."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def kill(victim: str, build: subprocess.Popen, mark: str, cluster, chance: random.Random) -> bool:
    """Kill one, if there is one."""
    if victim == "build":
        build.send_signal(chance.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        return True
    if victim == "worker":
        workers = [worker.pid for worker in cluster.workers.values() if worker.pid]
        os.kill(chance.choice(workers), signal.SIGKILL)
        return True
    try:
        chosen = [each for each in marked(mark) if role(each, build.pid) == victim]
        chance.choice(chosen).kill()
    except (psutil.Error, IndexError):
        return False  # there is none, or it has just ended
    return True


def role(process: psutil.Process, build: int) -> str:
    """What a process of a build is: a template, a notebook that runs, or something else."""
    if process.pid == build:
        return "build"
    words = " ".join(process.cmdline())
    if "briefing.runs.template" in words:
        parent = process.parent()
        is_fork = parent is not None and "briefing.runs.template" in " ".join(parent.cmdline())
        return "notebook" if is_fork else "template"
    return "notebook" if "ipykernel_launcher" in words else "other"


def seen(root: Path, found: Counter) -> None:
    """Count what is torn or wrongly complete among all that a reader could open."""
    for record in (root / "reports").rglob("run.json"):
        if ".building" in str(record):
            continue
        told = json.loads(record.read_text())
        for name, sha256 in told["sha256"].items():
            file = record.parent / name
            content = file.read_bytes() if file.exists() else b""
            found["torn"] += hashlib.sha256(content).hexdigest() != sha256
            if name.endswith(".ipynb"):
                found["wrongly complete"] += not is_complete(json.loads(content))
    for file in (root / "reports").rglob("*.ipynb"):
        if ".building" in str(file):
            continue
        try:
            notebook = json.loads(file.read_text())
        except ValueError:
            found["torn"] += 1
            continue
        found["wrongly complete"] += has_false_status(notebook)


def is_complete(notebook: dict) -> bool:
    """Whether every cell of code ran without an error."""
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return all(
        cell["execution_count"] is not None
        and not any(output["output_type"] == "error" for output in cell["outputs"])
        for cell in code
    )


def has_false_status(notebook: dict) -> bool:
    """Whether a cell that never ran says otherwise."""
    return any(
        cell["cell_type"] == "code"
        and cell["execution_count"] is None
        and not cell["outputs"]
        and cell["metadata"].get("papermill", {}).get("status", "completed") == "completed"
        for cell in notebook["cells"]
    )


def builds(count: int, seed: int = 0) -> Counter:
    """`count` builds, each with one kill, each brought to its end."""
    from distributed import LocalCluster

    chance = random.Random(seed)
    every = max(1, count // 10)
    found: Counter = Counter()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as clusters:
        root = project(Path(folder))
        (root / "tmp").mkdir()
        cluster = None
        for number in range(count):
            inputs(root, number)
            lane, victim = chance.choice(LANES), chance.choice(VICTIMS)
            if victim == "worker" and (cluster is None or not has_both_workers(cluster)):
                # Dask gives up on a worker that was killed while it started.
                clusters.close()
                cluster = clusters.enter_context(
                    LocalCluster(
                        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
                    )
                )
            scheduler = cluster.scheduler_address if victim == "worker" else ""
            mark = f"{os.getpid()}-{number}"
            build = started(root, lane, scheduler, mark)
            time.sleep(chance.uniform(0.3, 3.0))
            if build.poll() is None:
                found[f"killed {victim}"] += kill(victim, build, mark, cluster, chance)
            build.communicate(timeout=300)
            deadline = time.monotonic() + 15
            while marked(mark) and time.monotonic() < deadline:
                time.sleep(0.1)
            for orphan in marked(mark):
                print(f"{victim}, {lane}: {orphan.cmdline()} lives on", file=sys.stderr)
                found["orphans"] += 1
            seen(root, found)
            for _ in range(3):
                again = started(root, lane, scheduler, f"{mark}-again")
                try:
                    _, told = again.communicate(timeout=300)
                except subprocess.TimeoutExpired:
                    print(f"{victim}, {lane}: hangs; {state(cluster)}", file=sys.stderr)
                    found["hung"] += 1
                    again.kill()
                    _, told = again.communicate()
                    continue
                if again.returncode == 0:
                    break
            else:
                print(told, file=sys.stderr)
                found["lost"] += 1
            seen(root, found)
            found["builds"] += 1
            if (number + 1) % every == 0:
                print(dict(found), flush=True)
    return found


def has_both_workers(cluster) -> bool:
    """Whether no nanny of the cluster has given up."""
    return [str(each.status) for each in cluster.workers.values()] == ["Status.running"] * 2


def state(cluster) -> str:
    """Who works on what in a cluster."""
    if cluster is None:
        return "no cluster"
    scheduler = cluster.scheduler
    workers = {
        each.address: (str(each.status), len(each.processing))
        for each in scheduler.workers.values()
    }
    tasks = Counter(task.state for task in scheduler.tasks.values())
    nannies = [str(each.status) for each in cluster.workers.values()]
    return f"workers {workers}, nannies {nannies}, tasks {dict(tasks)}"


def forks(count: int) -> Counter:
    """Children of one template, each of which runs one cell."""
    from briefing.runs.kernels import lease, let_go, warm_template

    found: Counter = Counter()
    with tempfile.TemporaryDirectory() as folder:
        cells, outputs = Path(folder) / "cells", Path(folder) / "outputs"
        cells.write_text(json.dumps([[0, "import os, pandas; print(os.getpid())", False]]))
        template = warm_template()
        started_ = time.perf_counter()
        for _ in range(count):
            outputs.unlink(missing_ok=True)
            request = {"lane": "exec", "cells": str(cells), "outputs": str(outputs)}
            child = lease({**request, "env": dict(os.environ), "cwd": folder})
            assert child is not None
            list(child.events())
            pid = f"{child.pid}\\n"
            found["good" if child.returncode == 0 and pid in outputs.read_text() else "bad"] += 1
        found["same template"] = int(warm_template() is template)
        print(f"{(time.perf_counter() - started_) / max(count, 1) * 1e3:.1f} ms each")
        let_go()
    return found


def main(number: int, children: int) -> None:
    """Kill, count, and fail when anything was lost."""
    print(f"{children} forks: {dict(forks(children))}")
    found = builds(number)
    print(f"{number} builds: {dict(found)}")
    bad = {name: found[name] for name in ("lost", "hung", "torn", "wrongly complete", "orphans")}
    print(bad)
    sys.exit(any(bad.values()))


if __name__ == "__main__":
    arguments = [int(each) for each in sys.argv[1:]]
    main(*(arguments + [200, 10_000][len(arguments) :]))

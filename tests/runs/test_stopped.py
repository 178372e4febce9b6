"""Builds, notebooks and cells that end before their time, by whatever hand."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from tests.runs.making import built, edit_notebook, one, reasons

from briefing.runs.build import Options, build
from briefing.runs.execute import Limits
from briefing.runs.places import Folder
from briefing.runs.plan import plan
from briefing.runs.watch import Watch

BRIEFING = Path(sys.executable).parent / "briefing"


@pytest.fixture
def small(small_project):
    return small_project


def test_a_build_that_is_stopped_leaves_nothing_behind(small):
    outcomes = build(
        plan(("deal_day", "latest")),
        Folder(small / "reports"),
        Options(formats=("parquet",), lane="exec"),
    )
    next(outcomes)
    outcomes.close()
    left = {file.name for file in (small / "reports").rglob(".building-*")}
    assert left == set()


@pytest.mark.parametrize("signal", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_build_leaves_no_process_behind(small, environment, signal):
    environment = {**environment, "BRIEFING_ROOT": str(small)}
    build_ = subprocess.Popen(
        [BRIEFING, "build", "deal_day"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    while not list((small / "reports").rglob(".building-*")):
        time.sleep(0.05)
    time.sleep(1)
    build_.send_signal(signal)
    # Every process of the build holds its output open, so the end of the output is their end.
    build_.communicate(timeout=120)


def test_an_interrupted_build_goes_on_where_it_stopped(small, environment):
    edit_notebook(small, "10_sources", "import time\ntime.sleep(float('600'))")
    environment = {**environment, "BRIEFING_ROOT": str(small)}
    stopped = subprocess.Popen(
        [BRIEFING, "run", "deal_day"], env=environment, stderr=subprocess.PIPE, text=True,
        # A shell's background jobs, these tests perhaps among them, ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while not list((small / "reports" / ".runs").glob("00_summary-*.ipynb")):
        assert stopped.poll() is None
        time.sleep(0.1)
    time.sleep(0.5)
    stopped.send_signal(signal.SIGINT)
    _, told = stopped.communicate(timeout=60)
    assert stopped.returncode == 130
    assert "goes on from there" in told
    assert not list((small / "reports").rglob(".building-*"))
    assert (
        reasons(small, "deal_day")["deal_day/00_summary"] == "it has run already and is taken over"
    )


def test_a_notebook_that_takes_too_long_fails_alone(small):
    edit_notebook(small, "00_summary", "import time\ntime.sleep(float('600'))")
    # Long enough for the cells of the other notebook, however busy the machine is.
    outcome = one(built(small, "deal_day", limits=Limits(cell_seconds=15)))
    assert outcome.failure == "00_summary: TimedOut: cell 9 ran longer than 15 s"
    assert (outcome.folder / "10_sources.ipynb").exists()


def test_a_lost_kernel_is_replaced_once_by_a_fresh_one(small):
    edit_notebook(
        small, "00_summary",
        "import os, pathlib\nonce = pathlib.Path(os.environ['BRIEFING_ROOT'] + '-once')\n"
        "once.exists() or (once.touch(), os.kill(os.getpid(), 9))",
    )  # fmt: skip
    # A path in a cell is against the rules, which are not what is tested here.
    outcome = one(build_unchecked(small))
    assert outcome.failure == ""
    record = json.loads((small / "reports" / outcome.folder / "run.json").read_text())
    assert record["fell_back"] == ["00_summary.ipynb"]


def build_unchecked(project):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("briefing.runs.plan.check_notebooks", lambda _: None)
        plans = plan(("deal_day",))
    return list(build(plans, Folder(project / "reports"), Options(lane="exec", formats=())))


def test_what_killed_builds_left_is_swept_after_a_day(small, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = [small / "reports/deal_day/.building-x", tmp_path / "briefing-run-x"]
    fresh = [small / "reports/deal_day/.building-y", tmp_path / "briefing-job-y"]
    for folder in (*left, *fresh):
        folder.mkdir(parents=True)
    for folder in left:
        os.utime(folder, (0, 0))
    built(small, "deal_day")
    assert not any(folder.exists() for folder in left)
    assert all(folder.exists() for folder in fresh)


@pytest.mark.parametrize("lane", ["kernel", "exec", "fresh"])
@pytest.mark.parametrize("leave", ["import sys\nsys.exit()", "import os\nos._exit(False)"])
def test_a_cell_that_ends_the_process_is_no_success(small, lane, leave):
    edit_notebook(small, "00_summary", leave)
    edit_notebook(small, "00_summary", "case")
    outcome = one(built(small, "deal_day", lane=lane))
    assert outcome.failure.startswith("00_summary: ")
    kept = nbformat.read(outcome.folder / "00_summary.ipynb", as_version=4)
    assert kept.cells[-1].metadata.papermill.status == "pending"


def test_a_limit_without_end_does_not_end_the_watch_for_another():
    watch = Watch(lambda: None, cell_seconds=0.01, run_seconds=1e300)
    with watch():
        time.sleep(0.1)  # by now it waits for the end of the run
        watch.began(0)
        for _ in range(200):
            if watch.expired:
                break
            time.sleep(0.05)
    assert watch.expired == "cell 1 ran longer than 0.01 s"

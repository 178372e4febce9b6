"""The whole line: real builds of a small project, by its schedules, to a server on this machine."""

import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
import yaml
from tests.runs.conftest import FAST, keep_notebooks
from tests.runs.making import edit_notebook

from briefing.delivery.desk import open_desk
from briefing.delivery.ledger import FILE, Ledger, slots
from briefing.delivery.tick import tick

BRIEFING = Path(sys.executable).parent / "briefing"

STOPPED = "Stopped. The next tick goes on from there.\n"

SCHEDULE = {
    "title": "To the desk", "sets": ["deal_day"], "cron": "0 * * * *", "zone": "UTC",
    "formats": ["html", "eml"], "attach_pdf": False, "recipients": ["ann@a.example"],
}  # fmt: skip


@pytest.fixture
def sink(project, served):
    """What a server got that carries the mail of a project of two notebooks."""
    server, sink = served("starttls")
    keep_notebooks(project, FAST)
    mail = {
        "sender": "desk@desk.example",
        "owner": "owner@desk.example",
        "server": server.model_dump(mode="json", exclude_defaults=True),
        "limits": {"facts_days": 4000},
    }
    (project / "params" / "delivery" / "mail.yaml").write_text(yaml.safe_dump(mail))
    return sink


@pytest.fixture
def schedule(project, sink):
    """Write the one schedule of the project."""

    def write(**more):
        file = project / "params" / "delivery" / "desk.yaml"
        file.write_text(yaml.safe_dump({**SCHEDULE, **more}))

    return write


@pytest.fixture
def ticked(project, clock):
    """Tick once, by the clock that stands still."""
    ledger = Ledger.at(project / "ledger.sqlite")

    def tick_once(scheduler=""):
        desk = open_desk(project / "params", project / "reports", ledger, scheduler)
        return tick(replace(desk, clock=clock))

    yield tick_once
    ledger.close()


@pytest.fixture
def command(project, environment):
    """Begin `briefing tick` as a shell would."""
    begun = []

    def begin(*arguments):
        begun.append(
            subprocess.Popen(
                [BRIEFING, "tick", *arguments],
                env=environment | {"BRIEFING_ROOT": str(project), "NO_COLOR": "1"},
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                # A shell's background jobs, these tests perhaps among them, ignore Ctrl-C.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        )  # fmt: skip
        return begun[-1]

    yield begin
    for process in begun:
        process.kill()
        process.communicate()


@pytest.fixture
def one_slot_due(project, schedule):
    """A daily schedule that was due minutes ago, and the ledger beside the reports.

    The real clock runs on, so a schedule by the hour could be due twice in one test.
    """
    now = datetime.now(UTC)
    schedule(cron=f"{now - timedelta(minutes=5):%-M %-H} * * *")
    ledger = Ledger.at(project / "reports" / FILE)
    ledger.reached("desk", now - timedelta(hours=1))
    yield ledger
    ledger.close()


@pytest.fixture
def cluster():
    """A Dask scheduler, and a worker that is a process of its own."""
    distributed = pytest.importorskip("distributed", reason="Dask is not installed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


def readers(sink):
    return [to for _, (to,), _ in sink.received]


def test_a_signal_that_fires_sends_the_briefing_once(project, schedule, ticked, sink, clock):
    schedule(when="trigger", triggers={"ordered": {"signal": "gigawatt_ordered"}})
    ticked()
    clock.on(hours=1)
    assert ticked().quiet == ["desk/deal_day/2026-01-01T01:00Z: no trigger tripped"]
    watch = project / "params" / "watch" / "alliance.yaml"
    so_far = "  so_far: [maia-azure-at-least-30b]\n"
    assert so_far in watch.read_text()
    watch.write_text(watch.read_text().replace(so_far, "  seen_in: [alliance-azure-commit]\n"))
    clock.on(hours=1)
    assert ticked().sent == 1
    assert readers(sink) == ["ann@a.example"]
    clock.on(hours=1)
    assert ticked().sent == 0


def test_what_dask_has_built_goes_out(project, schedule, ticked, sink, clock, cluster):
    schedule()
    ticked(cluster.scheduler_address)
    clock.on(hours=1)
    report = ticked(cluster.scheduler_address)
    assert report.failed == {}
    assert report.sent == 1
    assert readers(sink) == ["ann@a.example"]
    computed = [key for key, _, state, *_ in cluster.scheduler.transition_log if state == "memory"]
    assert len(computed) == 2  # the notebooks


def test_the_command_builds_what_is_due_and_mails_it(command, one_slot_due, sink):
    told, errors = (ticking := command()).communicate(timeout=120)
    assert (ticking.returncode, errors) == (0, "")
    assert "built, and its letters are queued" in told
    *_, counted, coming = told.splitlines()
    assert counted == "1 due, 0 skipped, 1 sent, 0 to be tried again, 0 refused"
    assert re.fullmatch(r"next: \w+, \d{4}-\d\d-\d\d \d\d:\d\d UTC", coming)
    assert readers(sink) == ["ann@a.example"]


def test_a_command_that_goes_on_ends_by_ctrl_c_between_ticks(command, one_slot_due, sink):
    ticking = command("--every", "1s")
    counts = (line for line in ticking.stdout if " due, " in line)
    assert next(counts).startswith("1 due, 0 skipped, 1 sent")
    assert next(counts).startswith("0 due, 0 skipped, 0 sent")
    ticking.send_signal(signal.SIGINT)
    _, errors = ticking.communicate(timeout=30)
    assert (ticking.returncode, errors) == (130, STOPPED)
    assert readers(sink) == ["ann@a.example"]


def test_ctrl_c_in_a_build_leaves_the_slot_to_the_next_tick(project, command, one_slot_due, sink):
    notebook = project / "notebooks" / "10_sources.ipynb"
    sound = notebook.read_bytes()
    edit_notebook(project, "10_sources", "import time\ntime.sleep(float('600'))")
    ticking = command("--every", "1s")
    while not list((project / "reports" / ".runs").glob("00_summary-*.ipynb")):
        assert ticking.poll() is None
        time.sleep(0.1)
    ticking.send_signal(signal.SIGINT)
    _, errors = ticking.communicate(timeout=30)
    assert (ticking.returncode, errors) == (130, STOPPED)
    (slot,) = one_slot_due.rows(sa.select(slots))
    assert (slot["host"], slot["attempts"]) == ("", 0)
    notebook.write_bytes(sound)
    told, _ = command().communicate(timeout=120)
    assert told.splitlines()[-2] == "0 due, 0 skipped, 1 sent, 0 to be tried again, 0 refused"
    assert readers(sink) == ["ann@a.example"]

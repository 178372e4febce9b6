"""The same jobs on Dask: a scheduler and two workers, each a process of its own."""

import os
import signal
import threading
import time

import psutil
import pytest

from briefing.inputs.files import BadInput
from briefing.runs.build import Options, build
from briefing.runs.cluster import executor
from briefing.runs.places import Folder
from briefing.runs.plan import plan

distributed = pytest.importorskip("distributed")


@pytest.fixture
def cluster():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


def built(project, name, cluster, reports, **options):
    outcomes = build(
        plan([name], "exec"),
        Folder(project / reports),
        Options(formats=(), lane="exec", scheduler=cluster.scheduler_address, **options),
    )
    (outcome,) = outcomes
    return outcome


def test_a_cluster_gives_the_same_notebooks_as_this_machine(small_project, cluster):
    project = small_project
    outcome = built(project, "deal_day", cluster, "far")
    (here,) = build(
        plan(["deal_day"], "exec"), Folder(project / "near"), Options(formats=(), lane="exec")
    )
    assert outcome.failure == ""
    assert outcome.folder == here.folder
    for name in ("00_summary.ipynb", "10_sources.ipynb"):
        far, near = (project / place / here.folder / name for place in ("far", "near"))
        assert far.read_bytes() == near.read_bytes()


def test_a_worker_that_is_killed_costs_time_and_nothing_else(small_project, cluster):
    (small_project / "params" / "sweeps").mkdir(exist_ok=True)
    (small_project / "params" / "sweeps" / "many.yaml").write_text(
        "title: Many lengths\nset: deal_day\ngrid: {azure_term_years: 12}\n"
        "quantities: [peak_funding_gap_usd]\nnotebooks: ['10_sources']\n"
    )
    victim = next(iter(cluster.workers.values())).pid

    def kill():
        while not list((small_project / "reports" / ".runs").glob("*.ipynb")):
            time.sleep(0.02)
        os.kill(victim, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    outcome = built(small_project, "many", cluster, "reports")
    assert outcome.failure == ""
    assert outcome.ran == 13
    folder = small_project / "reports" / outcome.folder
    assert len(list(folder.rglob("10_sources.ipynb"))) == 12
    assert not psutil.pid_exists(victim) or psutil.Process(victim).status() == "zombie"


def test_a_failed_cell_is_told_from_afar(small_project, cluster):
    (small_project / "params" / "spoiled.yaml").write_text(
        "extends: deal_day\ntitle: One that fails\n"
    )
    summary = small_project / "notebooks" / "00_summary.ipynb"
    text = summary.read_text("utf-8")
    summary.write_text(text.replace('"case.reading_note"', '"assert parameter_set is None"'))
    outcome = built(small_project, "spoiled", cluster, "reports")
    assert "AssertionError" in outcome.failure


def test_a_scheduler_that_cannot_be_reached_is_refused(monkeypatch):
    monkeypatch.setattr("briefing.runs.cluster.CONNECT_SECONDS", 1)
    with pytest.raises(BadInput, match=r"--scheduler tcp://127\.0\.0\.1:1: cannot be reached"):
        executor("tcp://127.0.0.1:1")


def test_workers_of_another_version_are_refused(cluster, monkeypatch):
    monkeypatch.setattr("briefing.runs.cluster.library_digest", lambda: "older")
    with pytest.raises(BadInput, match="has another version of this library"):
        executor(cluster.scheduler_address)


def test_a_cluster_that_has_lost_all_workers_is_said_to_wait(cluster, capfd, monkeypatch):
    monkeypatch.setattr("briefing.runs.cluster.WATCH_SECONDS", 0.05)
    running = executor(cluster.scheduler_address)
    try:
        cluster.scale(0)
        told = ""
        while "has no workers; the build waits for them" not in told:
            time.sleep(0.05)
            told += capfd.readouterr().err
    finally:
        running.shutdown()
    assert cluster.scheduler_address in told
    assert told.count("has no workers") == 1

"""The whole line: real builds of a small project, by its schedules, to a server on this machine."""

from dataclasses import replace

import pytest
import yaml
from tests.runs.conftest import FAST, keep_notebooks

from briefing.delivery.desk import open_desk
from briefing.delivery.ledger import Ledger
from briefing.delivery.tick import tick

SCHEDULE = {
    "title": "Hourly to the desk", "sets": ["deal_day"], "cron": "0 * * * *", "zone": "UTC",
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
        file = project / "params" / "delivery" / "hourly.yaml"
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
    assert ticked().quiet == [
        "hourly/deal_day/2026-01-01T01:00Z: no signal of the watch list tripped"
    ]
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

import json
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.delivery.ticks.conftest import Said, scheduled
from tests.delivery.ticks.test_tick import begun
from typer.testing import CliRunner

from briefing.cli import app
from briefing.delivery.ledger import Ledger, slots
from briefing.delivery.retention import prune
from briefing.delivery.tick import tick
from briefing.runs.home import HOME
from briefing.runs.places import Folder

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def place(tmp_path):
    builds = {
        "latest/first": "2026-01-01T08:05:00+00:00",  # what the desk sends
        "latest/unsent": "2026-01-02T08:05:00+00:00",
        "latest/newest": "2026-01-03T08:05:00+00:00",
        "bear/only": "2026-01-01T08:05:00+00:00",
        "latest/nameless": "",
    }
    for name, built in builds.items():
        folder = tmp_path / "reports" / name
        folder.mkdir(parents=True)
        (folder / "run.json").write_text(json.dumps({"built": built}))
    return Folder(tmp_path / "reports")


def test_what_was_sent_and_the_newest_of_each_set_are_kept(desk, clock, place):
    made = begun(desk(scheduled()), clock)
    made.connect.answers["ann@a.example"] = Said("refused", "550 unknown")
    tick(made)
    first = prune(made.ledger, place, timedelta(days=90), NOW)
    assert first.folders == ("latest/unsent",)
    assert (first.letters, first.slots) == (1, 0)
    assert (place.path / "latest/unsent").exists()
    assert prune(made.ledger, place, timedelta(days=90), NOW, is_real=True) == first
    assert sorted(str(each) for each in place.folders()) == [
        "bear/only", "latest/first", "latest/nameless", "latest/newest",
    ]  # fmt: skip
    assert len(made.ledger.rows(sa.select(slots))) == 1
    assert prune(made.ledger, place, timedelta(days=90), NOW, is_real=True).letters == 0


def test_the_page_of_all_builds_lists_no_build_that_was_pruned(address, place):
    Ledger.at(address).close()
    page = place.path / HOME
    page.write_text("as it was")
    asked = ["prune", "--ledger", str(address), "--reports", str(place.path)]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert page.read_text() == "as it was"
    assert CliRunner().invoke(app, [*asked, "--yes"]).exit_code == 0
    assert "All briefings" in page.read_text()


def test_a_pruned_slot_is_not_due_again(desk, clock, place):
    made = begun(desk(scheduled()), clock)
    made.press.quiet = "no fact was added"
    tick(made)
    assert prune(made.ledger, place, timedelta(days=90), NOW, is_real=True).slots == 1
    assert tick(made).due == 0


def test_what_waits_is_kept(desk, clock, place):
    made = begun(desk(scheduled()), clock)
    made.press.content = "unsent"
    made.connect.is_down = True
    tick(made)
    assert prune(made.ledger, place, timedelta(days=90), NOW).folders == ("latest/first",)

"""A command whose inputs and outputs are what they were reads none of them again, and no other."""

import os
import sqlite3
from types import SimpleNamespace

import pytest
from tests.runs.making import edit_text
from typer.testing import CliRunner

from briefing.cli import app
from briefing.inputs.digests import library
from briefing.runs import plan, settled
from briefing.runs.settled import state_of


def told(*arguments):
    result = CliRunner().invoke(app, ["run", *arguments, "--lane", "exec"])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def built(prepared):
    return prepared({"10_sources", "sweep"}, lambda _: told("deal_day", "bull"))


@pytest.fixture
def unread(built, copied, monkeypatch):
    """A project in which the command is settled, and planning would be noticed."""
    monkeypatch.setattr(settled, "RACY_SECONDS", 0)
    project = copied(built)
    told("deal_day", "bull")

    def noticed(*_):
        raise AssertionError("the inputs were read")

    monkeypatch.setattr(plan, "plan", noticed)
    return project


def is_read(*arguments):
    result = CliRunner().invoke(
        app, ["run", *(arguments or ("deal_day", "bull")), "--lane", "exec"]
    )
    return "the inputs were read" in str(result.exception)


def test_what_has_not_changed_is_told_as_before_and_not_read(unread):
    lines = told("deal_day", "bull").splitlines()
    unchanged = [line for line in lines if line.endswith("(nothing had changed)")]
    assert [line.partition(",")[0] for line in unchanged] == ["deal_day", "bull"]
    folders = [line.strip() for line in lines if line.startswith("  ")]
    assert [(unread / folder).joinpath("run.json").is_file() for folder in folders] == [True, True]


@pytest.mark.parametrize(
    "place", ["params/facts/deal.yaml", "params/base.yaml", "requirements.lock"]
)
def test_any_file_that_changes_is_read_even_with_its_size_and_time_kept(unread, place):
    file = unread / place
    if not file.exists():
        file.write_text("# new\n")
    else:
        before = file.stat()
        file.write_bytes(file.read_bytes()[:-1] + b" ")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert file.stat().st_size == before.st_size
    assert is_read()


def test_a_new_file_and_one_that_is_gone_are_noticed(unread):
    new = unread / "params" / "another.yaml"
    new.write_text("extends: base\ntitle: Another\nsummary: Nothing else.\n")
    assert is_read()
    new.unlink()
    assert not is_read()
    (unread / "params" / "bear.yaml").unlink()
    assert is_read()


def test_a_folder_where_only_files_may_be_is_noticed(unread):
    (unread / "params" / "facts" / "more.yaml").mkdir()
    assert is_read()


def test_another_command_is_read(unread):
    assert is_read("deal_day")
    assert is_read("bull", "deal_day")


def test_a_notebook_that_is_not_what_it_was_is_noticed(unread):
    (file,) = unread.glob("reports/bull/*/10_sources.ipynb")
    edit_text(file, "nbformat", "nbf0rmat")
    assert is_read()


def test_a_folder_that_is_gone_is_noticed(unread):
    (record,) = unread.glob("reports/bull/*/run.json")
    record.unlink()
    assert is_read()


def test_a_moment_of_its_own_makes_another_command(unread, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert is_read()


def clock(moment_ns):
    """A clock that stands still."""
    return SimpleNamespace(time_ns=lambda: moment_ns)


def test_files_that_have_just_changed_or_lead_elsewhere_have_no_state(project, monkeypatch):
    folders = [project, library()]
    newest = max(file.stat().st_ctime_ns for each in folders for file in each.rglob("*.*"))
    monkeypatch.setattr(settled, "time", clock(newest + 10**9))
    assert state_of(project, ()) == ""
    monkeypatch.setattr(settled, "time", clock(newest + 10**10))
    assert state_of(project, ())
    (project / "params" / "elsewhere").symlink_to(project)
    monkeypatch.setattr(settled, "time", clock(newest + 10**12))
    assert state_of(project, ()) == ""


def test_a_note_to_the_owner_is_told_each_time(built, copied, monkeypatch):
    monkeypatch.setattr(settled, "RACY_SECONDS", 0)
    monkeypatch.setattr("briefing.cli._notes", lambda _: ["look at this"])
    copied(built)
    for _ in range(2):
        assert "look at this" in CliRunner().invoke(app, ["run", "bull", "--lane", "exec"]).stderr


def test_a_memory_that_tells_nonsense_is_not_believed(unread):
    with sqlite3.connect(unread / "reports" / ".runs" / "memory.sqlite") as memory:
        memory.execute("update settled set told = '[{]'")
    assert is_read()

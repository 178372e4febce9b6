"""End to end: real notebooks in real kernels, in copies of the project that a test may spoil."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from briefing.inputs.files import BadInput
from briefing.runs.build import build, plan

FAST = {"00_summary", "10_sources"}


@pytest.fixture
def small(project):
    """The copied project with two notebooks only."""
    for file in (project / "notebooks").glob("*.ipynb"):
        if file.stem not in FAST:
            file.unlink()
    return project


def edit_notebook(project, name, source):
    file = project / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(file, as_version=4)
    notebook.cells.append(new_code_cell(source))
    nbformat.write(notebook, file)


def edit_text(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def one(outcomes):
    (outcome,) = outcomes
    return outcome


def test_a_briefing_is_built_once_and_whole(small):
    plans = plan(("deal_day",))
    outcome = one(build(plans))
    names = {file.name for file in outcome.folder.iterdir()}
    assert outcome.failure == ""
    assert names == {
        "00_summary.ipynb", "10_sources.ipynb", "briefing.html", "briefing.pdf", "run.json",
    }  # fmt: skip
    assert [file.name for file in (small / "reports" / "deal_day").iterdir()] == [
        outcome.folder.name
    ]
    assert one(build(plan(("deal_day",)))).was_built


def test_the_run_names_what_it_was_built_from(small):
    outcome = one(build(plan(("deal_day",))))
    record = json.loads((outcome.folder / "run.json").read_text())
    assert record["as_of"] == "2025-11-21"
    assert outcome.folder.name == f"2025-11-21-{record['key']}"
    assert set(record["sha256"]) >= {"briefing.html", "briefing.pdf", "00_summary.ipynb"}
    executed = nbformat.read(outcome.folder / "00_summary.ipynb", as_version=4)
    assert str(small) not in json.dumps(executed.metadata)


def test_equal_inputs_give_equal_bytes(small, tmp_path):
    first = one(build(plan(("deal_day",), tmp_path / "a"))).folder
    again = one(build(plan(("deal_day",), tmp_path / "b"))).folder
    for name in ("briefing.html", "briefing.pdf", "00_summary.ipynb"):
        assert (first / name).read_bytes() == (again / name).read_bytes()


def test_a_failed_notebook_is_kept_and_the_last_good_briefing_stays(small):
    good = one(build(plan(("deal_day",)))).folder
    before = {file.name: file.read_bytes() for file in good.iterdir()}
    edit_notebook(small, "00_summary", "case.no_such_number")
    failed = one(build(plan(("deal_day",))))
    assert "no quantity or assumption 'no_such_number'" in failed.failure
    assert (failed.folder / "failure.txt").read_text().startswith("00_summary: AttributeError")
    kept = nbformat.read(failed.folder / "00_summary.ipynb", as_version=4)
    assert any(out.output_type == "error" for cell in kept.cells for out in cell.get("outputs", []))
    assert not list(failed.folder.glob("briefing.*"))
    assert {file.name: file.read_bytes() for file in good.iterdir()} == before


def test_one_failed_set_does_not_stop_another(small):
    (small / "params" / "spoiled.yaml").write_text(
        "extends: deal_day\ntitle: Growth above the discount rate\nassumptions:\n"
        "  discount_rate: {value: 0.03, reason: lower than growth and so without a value}\n"
    )
    outcomes = {each.plan.parameters.name: each for each in build(plan(("spoiled", "deal_day")))}
    assert "must stay below discount rate" in outcomes["spoiled"].failure
    assert outcomes["deal_day"].failure == ""


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("params/base.yaml", "seed: 20251118", "seed: 1"),
        ("params/facts/alliance.yaml", "Company announcements:", "Announcements:"),
        ("templates/html/style.css", "body", " body"),
        ("notebooks/00_summary.ipynb", "Microsoft and Nvidia pledge", "Microsoft and Nvidia offer"),
    ],
)
def test_whatever_goes_in_changes_the_key(small, file, old, new):
    before = one(plan(("deal_day",))).key
    edit_text(small / file, old, new)
    assert one(plan(("deal_day",))).key != before


def test_a_fact_that_became_known_later_does_not_change_the_key(small):
    before = one(plan(("deal_day",))).key
    edit_text(small / "params" / "facts" / "anthropic.yaml", "Series H 65B, of", "Series H, of")
    assert one(plan(("deal_day",))).key == before


def test_two_sets_never_share_a_folder(small):
    folders = {each.folder for each in plan(("deal_day", "latest", "bull"))}
    assert len(folders) == 3


def test_wrong_input_stops_before_anything_is_written(small):
    edit_text(small / "params" / "base.yaml", "value: 5.0", "value: 50.0")
    with pytest.raises(BadInput, match="azure_term_years: value 50 must lie within"):
        plan(("deal_day",))
    assert not (small / "reports").exists()


def test_a_damaged_briefing_is_built_again(small):
    folder = one(build(plan(("deal_day",)))).folder
    whole = (folder / "briefing.html").read_bytes()
    (folder / "briefing.html").write_text("torn")
    (folder / "briefing.pdf").unlink()
    again = one(build(plan(("deal_day",))))
    assert not again.was_built
    assert (again.folder / "briefing.html").read_bytes() == whole
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]


def test_a_build_that_is_stopped_leaves_nothing_behind(small):
    outcomes = build(plan(("deal_day", "latest")))
    next(outcomes)
    outcomes.close()
    left = {file.name for file in (small / "reports").rglob(".building-*")}
    assert left == set()


@pytest.mark.parametrize("signal", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_build_leaves_no_process_behind(small, environment, signal):
    environment = {**environment, "BRIEFING_ROOT": str(small)}
    build_ = subprocess.Popen(
        [Path(sys.executable).parent / "briefing", "build", "deal_day"],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    while not list((small / "reports").rglob(".building-*")):
        time.sleep(0.05)
    time.sleep(1)
    build_.send_signal(signal)
    # Every process of the build holds its output open, so the end of the output is their end.
    build_.communicate(timeout=120)


def test_a_place_that_cannot_be_written_is_a_failure_and_no_traceback(small, environment):
    (small / "reports").write_text("a file")
    command = [Path(sys.executable).parent / "briefing", "build", "deal_day"]
    environment = {**environment, "BRIEFING_ROOT": str(small)}
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


def test_an_assumption_that_nothing_reads_is_refused(small):
    file = small / "params" / "base.yaml"
    entry = "  lost_usd: {group: Lost, value: 1, unit: usd, reason: nothing asks for it}\n"
    file.write_text(file.read_text("utf-8") + entry, "utf-8")
    with pytest.raises(BadInput, match="lost_usd: no function asks for it"):
        plan(("deal_day",))

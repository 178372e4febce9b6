"""What is wrong outside gets one clear message, before or after the work, and never a traceback."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

BRIEFING = Path(sys.executable).parent / "briefing"


@pytest.fixture
def briefing(small_project, environment):
    """The command, run in a small copy of the project; answers status and what it said."""

    def command(*arguments, **more):
        ended = subprocess.run(
            [BRIEFING, *arguments],
            env={**environment, "BRIEFING_ROOT": str(small_project), "COLUMNS": "200", **more},
            check=False, capture_output=True, text=True, cwd=small_project,
        )  # fmt: skip
        assert "Traceback" not in ended.stderr + ended.stdout
        return ended.returncode, ended.stderr + ended.stdout

    return command


def sweep(project, text):
    (project / "params" / "sweeps").mkdir(exist_ok=True)
    (project / "params" / "sweeps" / "odd.yaml").write_text(text)


GOOD = "title: Odd sweep\nset: deal_day\nquantities: [peak_funding_gap_usd]\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["run", "lattest"], "no parameter set 'lattest'; did you mean 'latest'?"),
        (["run", "latest", "--lane", "warp"], "--lane warp: must be one of kernel, exec, fresh"),
        (["run", "latest", "--scheduler", "tcp://127.0.0.1:1"], "cannot be reached"),
        (["run", "latest", "--scheduler", "nonsense"], "--scheduler nonsense: must look like tcp"),
        (["run", "latest", "--reports", "nothing://x"], "--reports nothing://x: cannot be opened"),
        (["build", "latest", "--format", "docx"], "--format docx: must be one of html, pdf, eml"),
        (["build", "latest", "--jobs", "0"], "Invalid value for '--jobs'"),
        (["build", "latest", "--cell-timeout", "soon"], "Invalid value for '--cell-timeout'"),
    ],
)
def test_a_wrong_word_on_the_command_line(briefing, arguments, told):
    status, said = briefing(*arguments)
    assert status == 2
    assert told in said


def test_a_moment_that_is_none_is_refused_before_anything_runs(briefing, small_project):
    status, said = briefing("build", "deal_day", SOURCE_DATE_EPOCH="yesterday")
    assert status == 2
    assert "SOURCE_DATE_EPOCH: 'yesterday' must be whole seconds since 1970" in said
    assert not (small_project / "reports" / "deal_day").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "grid: {azure_term_yeers: [3, 4]}", "no assumption 'azure_term_yeers'"),
        (GOOD + "grid: {azure_term_years: [3, 4000]}", "is out of range: years runs from 0"),
        (
            GOOD + "grid: {azure_ramp_years: 200, azure_term_years: 200}",
            "must have 2 to 10,000 points",
        ),
        (GOOD + "grid: {azure_ramp_years: 2}\nnotebooks: [00_sumary]", "no notebook '00_sumary'"),
        (
            GOOD + "grid: {azure_ramp_years: 2}\nlist: []",
            "exactly one of grid, list, latin_hypercube",
        ),
        (GOOD + "grid: [", "not valid YAML"),
    ],
)
def test_a_wrong_sweep(briefing, small_project, text, told):
    sweep(small_project, text)
    status, said = briefing("run", "odd")
    assert status == 2
    assert "odd.yaml" in said
    assert told in said
    assert not (small_project / "reports").exists()


def test_a_sweep_that_asks_for_a_quantity_that_is_none(briefing, small_project):
    sweep(
        small_project, GOOD.replace("peak_funding", "peek_funding") + "grid: {azure_ramp_years: 2}"
    )
    status, said = briefing("check", "odd")
    assert status == 2
    assert "no quantity 'peek_funding_gap_usd'; did you mean 'peak_funding_gap_usd'?" in said


def test_a_misspelt_sweep_is_recognised(briefing, small_project):
    sweep(small_project, GOOD + "grid: {azure_ramp_years: 2}")
    status, said = briefing("run", "oddd")
    assert status == 2
    assert "no parameter set or sweep 'oddd'; did you mean 'odd'?" in said


def test_a_sweep_with_the_name_of_a_set(briefing, small_project):
    sweep(small_project, GOOD + "grid: {azure_ramp_years: 2}")
    (small_project / "params" / "sweeps" / "odd.yaml").rename(
        small_project / "params" / "sweeps" / "latest.yaml"
    )
    status, said = briefing("run", "latest")
    assert status == 2
    assert "latest.yaml: a parameter set has this name" in said


def test_a_notebook_that_is_no_json(briefing, small_project):
    (small_project / "notebooks" / "00_summary.ipynb").write_text('{"cells": [')
    status, said = briefing("run", "latest")
    assert status == 2
    assert "00_summary.ipynb: is no valid notebook" in said


def test_a_kernel_that_does_not_exist(briefing, small_project):
    for file in (small_project / "notebooks").glob("*.ipynb"):
        notebook = nbformat.read(file, as_version=4)
        notebook.metadata["kernelspec"]["name"] = "fortran"
        nbformat.write(notebook, file)
    status, said = briefing("run", "deal_day", "--lane", "fresh")
    assert status == 1
    assert "00_summary: NoSuchKernel: No such kernel named fortran" in said


def test_a_project_that_is_not_there(briefing, tmp_path):
    status, said = briefing("run", "latest", BRIEFING_ROOT=str(tmp_path / "nowhere"))
    assert status == 2
    assert "nowhere/params/facts: holds no facts" in said


def test_reports_in_the_place_of_a_file(briefing, small_project):
    (small_project / "taken").write_text("a file")
    (small_project / "astray").symlink_to("nowhere")
    for name in ("taken", "astray"):
        status, said = briefing("run", "latest", "--reports", str(small_project / name))
        assert status == 2
        assert f"{name}: is there and no folder; nothing was built" in said


@pytest.mark.parametrize("address", ["file://", "file://elsewhere/reports", "://"])
def test_an_address_that_leads_nowhere(briefing, address):
    status, said = briefing("run", "latest", "--reports", address)
    assert status == 2
    assert f"--reports {address}: " in said


def test_a_temporary_folder_that_others_can_read(briefing, small_project):
    import os

    (small_project / "tmp").mkdir()
    (small_project / "tmp" / f"briefing-{os.getuid()}").mkdir()
    (small_project / "tmp" / f"briefing-{os.getuid()}").chmod(0o777)
    status, said = briefing("run", "deal_day", TMPDIR=str(small_project / "tmp"))
    # Too long an address for a socket is moved to /tmp, which is private then.
    if len(str(small_project / "tmp")) <= 50:
        assert "is not this user's alone" in said
    assert status == 0


def test_a_full_disk(briefing, small_project):
    full = small_project / "full"
    full.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", full], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        status, said = briefing("run", "deal_day", "--lane", "exec", "--reports", str(full))
        assert status == 1
        assert "No space left on device" in said
        assert not list(full.rglob("run.json"))
        for file in full.rglob("*.ipynb"):
            nbformat.validate(nbformat.read(file, as_version=4))
    finally:
        subprocess.run(["umount", full], check=True)


def test_the_first_second_of_all_is_a_moment_of_its_own(monkeypatch):
    from briefing.runs.plan import plan

    (unset,) = plan(["deal_day"])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    (first,) = plan(["deal_day"])
    assert unset.key != first.key

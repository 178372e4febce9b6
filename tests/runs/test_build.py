"""End to end: real notebooks in real kernels, in copies of the project that a test may spoil."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from tests.runs.making import built, edit_notebook, edit_text, one, runs

from briefing.inputs.files import BadInput
from briefing.runs.build import Options, build
from briefing.runs.documents import FORMATS, documents
from briefing.runs.places import Folder
from briefing.runs.plan import plan

BRIEFING = Path(sys.executable).parent / "briefing"

ALL = tuple(FORMATS)


@pytest.fixture
def small(small_project):
    return small_project


@pytest.fixture(scope="module")
def whole(prepared):
    """A project with a briefing, built in the lane and with the documents that are the default."""

    def build(project):
        assert one(built(project, "deal_day", formats=ALL, lane="kernel")).failure == ""

    return prepared({"00_summary", "10_sources", "sweep"}, build)


@pytest.fixture
def again(whole, copied):
    """A copy of it to spoil or to build on."""
    return copied(whole)


def briefing_of(project):
    (folder,) = (project / "reports" / "deal_day").iterdir()
    return folder


def test_a_briefing_is_built_once_and_whole(again):
    folder = briefing_of(again)
    assert {file.name for file in folder.iterdir()} == {
        "00_summary.ipynb", "10_sources.ipynb", "briefing.eml", "briefing.html", "briefing.pdf",
        "figures.parquet", "inputs.json",
        "run.json",
    }  # fmt: skip
    assert not list((again / "reports" / ".runs").glob("*.ipynb"))
    assert one(built(again, "deal_day", formats=ALL)).was_built


def test_the_run_names_what_it_was_built_from(whole):
    folder = briefing_of(whole)
    record = json.loads((folder / "run.json").read_text())
    assert record["as_of"] == "2025-11-21"
    assert folder.name == f"2025-11-21-{record['key']}"
    assert set(record["sha256"]) >= {
        "briefing.eml", "briefing.html", "briefing.pdf", "00_summary.ipynb",
    }  # fmt: skip
    executed = nbformat.read(folder / "00_summary.ipynb", as_version=4)
    nbformat.validate(executed)
    assert str(whole) not in json.dumps(executed.metadata)


def test_equal_inputs_give_equal_bytes(again):
    notebooks = ("00_summary.ipynb", "10_sources.ipynb")
    others = ("briefing.eml", "briefing.html", "briefing.pdf", "figures.parquet", "inputs.json")
    first = briefing_of(again)
    forked = one(built(again, "deal_day", reports="b", lane="exec", formats=ALL)).folder
    fresh = one(built(again, "deal_day", reports="c", lane="fresh")).folder
    for name in (*notebooks, *others):
        assert (first / name).read_bytes() == (forked / name).read_bytes(), name
    for name in notebooks:  # of which documents are made in the same way, whatever ran them
        assert (first / name).read_bytes() == (fresh / name).read_bytes(), name


def test_a_failed_notebook_is_kept_and_the_last_good_briefing_stays(again):
    good = briefing_of(again)
    before = {file.name: file.read_bytes() for file in good.iterdir()}
    edit_notebook(again, "00_summary", "case.no_such_number")
    failed = one(built(again, "deal_day", formats=ALL))
    assert "no quantity or assumption 'no_such_number'" in failed.failure
    assert (failed.folder / "failure.txt").read_text().startswith("00_summary: AttributeError")
    kept = nbformat.read(failed.folder / "00_summary.ipynb", as_version=4)
    assert any(out.output_type == "error" for cell in kept.cells for out in cell.get("outputs", []))
    assert not list(failed.folder.glob("briefing.*"))
    assert {file.name: file.read_bytes() for file in good.iterdir()} == before


def test_one_failed_set_does_not_stop_another(small):
    (small / "params" / "spoiled.yaml").write_text("extends: deal_day\ntitle: One that fails\n")
    summary = small / "notebooks" / "00_summary.ipynb"
    edit_text(summary, '"case.reading_note"', "\"assert parameter_set != 'spoiled'\"")
    outcomes = built(small, "spoiled", "deal_day", formats=("parquet",))
    outcomes = {each.plan.name: each for each in outcomes}
    assert "AssertionError" in outcomes["spoiled"].failure
    assert outcomes["deal_day"].failure == ""


def test_wrong_input_stops_before_anything_is_written(small):
    edit_text(small / "params" / "base.yaml", "value: 5.0", "value: 50.0")
    with pytest.raises(BadInput, match="azure_term_years: value 50 must lie within"):
        plan(("deal_day",))
    assert not (small / "reports").exists()


def test_a_damaged_briefing_is_built_again(again):
    folder = briefing_of(again)
    page = (folder / "briefing.html").read_bytes()
    (folder / "briefing.html").write_text("torn")
    (folder / "briefing.pdf").unlink()
    mended = one(built(again, "deal_day", formats=ALL))
    assert not mended.was_built
    assert (mended.folder / "briefing.html").read_bytes() == page
    assert (mended.folder / "briefing.pdf").exists()
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]


def test_a_file_in_the_place_of_reports_is_refused_before_any_work(small, environment):
    (small / "reports").write_text("a file")
    command = [BRIEFING, "build", "deal_day"]
    environment = {**environment, "BRIEFING_ROOT": str(small)}
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == 2
    assert f"{small / 'reports'}: is there and no folder; nothing was built" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_assumption_that_nothing_reads_is_refused(small):
    file = small / "params" / "base.yaml"
    entry = "  lost_usd: {group: Lost, value: 1, unit: usd, reason: nothing asks for it}\n"
    file.write_text(file.read_text("utf-8") + entry, "utf-8")
    with pytest.raises(BadInput, match="lost_usd: no function asks for it"):
        plan(("deal_day",))


def test_what_has_run_is_not_run_again_for_another_format(small):
    assert runs(one(built(small, "deal_day"))) == (2, 0)
    outcome = one(built(small, "deal_day", formats=("eml", "parquet")))
    assert runs(outcome) == (0, 2)
    assert (outcome.folder / "briefing.eml").exists()
    assert (outcome.folder / "figures.parquet").exists()


def test_a_changed_template_renders_and_runs_nothing(again):
    edit_text(again / "templates" / "html" / "style.css", "body", " body")
    assert runs(one(built(again, "deal_day", formats=("parquet",)))) == (0, 2)


def test_documents_made_by_other_templates_than_planned_are_not_published(small):
    planned = plan(("deal_day",))
    edit_text(small / "templates" / "html" / "style.css", "body", " body")
    options = Options(formats=("parquet",), lane="exec")
    outcome = one(list(build(planned, Folder(small / "reports"), options)))
    assert "InputsChanged: templates changed" in outcome.failure
    assert "/failed/" in outcome.folder
    assert runs(one(built(small, "deal_day", formats=("parquet",)))) == (0, 2)


def test_a_sweep_runs_every_point_and_sums_up(small):
    (small / "params" / "sweeps").mkdir(exist_ok=True)
    (small / "params" / "sweeps" / "terms.yaml").write_text(
        "title: Two lengths\nset: deal_day\ngrid: {azure_term_years: [3, 7]}\n"
        "quantities: [peak_funding_gap_usd]\nnotebooks: ['00_summary']\n"
    )
    outcome = one(built(small, "terms", formats=("html",)))
    names = {str(file.relative_to(outcome.folder)) for file in outcome.folder.rglob("*.*")}
    assert outcome.failure == ""
    assert names == {
        "1/00_summary.ipynb", "1/briefing.html", "2/00_summary.ipynb", "2/briefing.html",
        "summary.ipynb", "summary.html", "inputs.json", "run.json",
    }  # fmt: skip
    assert (outcome.folder / "1" / "00_summary.ipynb").read_bytes() != (
        outcome.folder / "2" / "00_summary.ipynb"
    ).read_bytes()
    assert one(built(small, "terms", formats=("html",))).was_built


def test_a_run_keeps_the_documents_of_the_folder_that_it_mends(again):
    folder = briefing_of(again)
    (folder / "00_summary.ipynb").write_text("torn")
    assert one(built(again, "deal_day")).folder == folder
    assert all((folder / file).exists() for _, _, file in documents(["briefing"], FORMATS))

"""End to end: real notebooks in real kernels, in copies of the project that a test may spoil."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from briefing.inputs.files import BadInput
from briefing.runs.build import Options, build
from briefing.runs.documents import FORMATS, documents
from briefing.runs.execute import Limits
from briefing.runs.places import Folder
from briefing.runs.plan import plan
from briefing.runs.stale import why

BRIEFING = Path(sys.executable).parent / "briefing"


@pytest.fixture
def small(small_project):
    return small_project


def built(project, *names, reports="reports", **options):
    """Outcomes of a build of these sets, whose folders are paths."""
    place = Folder(project / reports)
    outcomes = build(plan(names), place, Options(**options))
    return [replace(outcome, folder=place.path / outcome.folder) for outcome in outcomes]


def reasons(project, *names):
    return dict(why(plan(names), Folder(project / "reports"), tuple(FORMATS)))


def runs(outcome):
    return outcome.ran, outcome.reused


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
    outcome = one(built(small, "deal_day"))
    names = {file.name for file in outcome.folder.iterdir()}
    assert outcome.failure == ""
    assert names == {
        "00_summary.ipynb", "10_sources.ipynb", "briefing.eml", "briefing.html", "briefing.pdf",
        "figures.parquet", "inputs.json",
        "run.json",
    }  # fmt: skip
    assert [file.name for file in (small / "reports" / "deal_day").iterdir()] == [
        outcome.folder.name
    ]
    assert not list((small / "reports" / ".runs").glob("*.ipynb"))
    assert one(built(small, "deal_day")).was_built


def test_the_run_names_what_it_was_built_from(small):
    outcome = one(built(small, "deal_day"))
    record = json.loads((outcome.folder / "run.json").read_text())
    assert record["as_of"] == "2025-11-21"
    assert outcome.folder.name == f"2025-11-21-{record['key']}"
    assert set(record["sha256"]) >= {
        "briefing.eml", "briefing.html", "briefing.pdf", "00_summary.ipynb",
    }  # fmt: skip
    executed = nbformat.read(outcome.folder / "00_summary.ipynb", as_version=4)
    nbformat.validate(executed)
    assert str(small) not in json.dumps(executed.metadata)


def test_equal_inputs_give_equal_bytes(small, tmp_path):
    first = one(built(small, "deal_day", reports="a", lane="fresh")).folder
    again = one(built(small, "deal_day", reports="b", lane="exec")).folder
    third = one(built(small, "deal_day", reports="c", lane="kernel")).folder
    for name in (
        "briefing.eml", "briefing.pdf", "figures.parquet", "inputs.json", "00_summary.ipynb",
        "10_sources.ipynb",
    ):  # fmt: skip
        assert (first / name).read_bytes() == (again / name).read_bytes(), name
        assert (first / name).read_bytes() == (third / name).read_bytes(), name


def test_a_failed_notebook_is_kept_and_the_last_good_briefing_stays(small):
    good = one(built(small, "deal_day")).folder
    before = {file.name: file.read_bytes() for file in good.iterdir()}
    edit_notebook(small, "00_summary", "case.no_such_number")
    failed = one(built(small, "deal_day"))
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
    outcomes = {each.plan.name: each for each in built(small, "spoiled", "deal_day")}
    assert "AssertionError" in outcomes["spoiled"].failure
    assert outcomes["deal_day"].failure == ""


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("params/base.yaml", "seed: 20251118", "seed: 1"),
        ("params/facts/alliance.yaml", "Company announcements:", "Announcements:"),
        ("templates/html/style.css", "body", " body"),
        ("templates/email/style.css", "body", " body"),
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
    folder = one(built(small, "deal_day")).folder
    whole = (folder / "briefing.html").read_bytes()
    (folder / "briefing.html").write_text("torn")
    (folder / "briefing.pdf").unlink()
    again = one(built(small, "deal_day"))
    assert not again.was_built
    assert (again.folder / "briefing.html").read_bytes() == whole
    assert [file.name for file in folder.parent.iterdir()] == [folder.name]


def test_a_build_that_is_stopped_leaves_nothing_behind(small):
    outcomes = build(plan(("deal_day", "latest")), Folder(small / "reports"))
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


def test_a_place_that_cannot_be_written_is_a_failure_and_no_traceback(small, environment):
    (small / "reports").write_text("a file")
    command = [BRIEFING, "build", "deal_day"]
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


def test_what_has_run_is_not_run_again_for_another_format(small):
    assert runs(one(built(small, "deal_day", formats=()))) == (2, 0)
    outcome = one(built(small, "deal_day"))
    assert runs(outcome) == (0, 2)
    assert all((outcome.folder / file).exists() for _, _, file in documents(["briefing"], FORMATS))


def test_a_changed_template_renders_and_runs_nothing(small):
    built(small, "deal_day")
    edit_text(small / "templates" / "html" / "style.css", "body", " body")
    assert runs(one(built(small, "deal_day"))) == (0, 2)


@pytest.fixture
def three(project):
    """The copied project with notebooks that read the ledger more or less."""
    for file in (project / "notebooks").glob("*.ipynb"):
        if file.stem not in {"01_deal", "03_valuation", "10_sources", "sweep"}:
            file.unlink()
    return project


def test_one_changed_fact_runs_only_the_notebooks_that_read_it(three):
    built(three, "deal_day", formats=())
    edit_text(three / "params/facts/analogues.yaml", "Lucent", "Lucent Technologies")
    told = reasons(three, "deal_day")
    assert told["deal_day/03_valuation"] == "it has run already and is taken over"
    assert "the whole ledger of deal_day changed" in told["deal_day/10_sources"]
    outcome = one(built(three, "deal_day", formats=()))
    assert runs(outcome) == (1, 2)


def test_one_changed_assumption_names_itself_as_the_reason(three):
    built(three, "deal_day", formats=())
    edit_text(three / "params" / "base.yaml", "value: 5.0", "value: 5.5")
    told = reasons(three, "deal_day")
    assert "assumption azure_term_years of deal_day changed" in told["deal_day/03_valuation"]


def test_each_part_of_a_recipe_names_itself_as_the_reason(three):
    assert set(reasons(three, "deal_day").values()) == {"it has never run"}
    built(three, "deal_day", formats=())
    edit_text(three / "notebooks" / "01_deal.ipynb", '"# ', '"# So: ')
    edit_text(three / "params" / "deal_day.yaml", "title: ", "title: Again ")
    told = reasons(three, "deal_day")
    assert told["deal_day/01_deal"] == "the notebook changed; the set's settings changed"
    assert told["deal_day/03_valuation"] == "the set's settings changed"


def test_a_damaged_notebook_is_not_taken_for_the_one_that_ran(three):
    folder = one(built(three, "deal_day", formats=())).folder
    (folder / "03_valuation.ipynb").write_text("{}")
    assert runs(one(built(three, "deal_day", formats=()))) == (1, 2)


def test_an_unreadable_memory_costs_time_and_nothing_else(small):
    built(small, "deal_day", formats=())
    (small / "reports" / ".runs" / "memory.sqlite").write_bytes(b"no database" * 1000)
    outcome = one(built(small, "deal_day", formats=()))
    assert outcome.failure == ""
    assert one(built(small, "deal_day", formats=())).was_built


def test_what_ran_before_a_failure_need_not_run_again(three):
    source = (three / "notebooks" / "01_deal.ipynb").read_bytes()
    edit_notebook(three, "01_deal", "case.no_such_number")
    assert one(built(three, "deal_day")).failure
    (three / "notebooks" / "01_deal.ipynb").write_bytes(source)
    # The list of sources states what every notebook was, so it follows the one that was mended.
    assert runs(one(built(three, "deal_day"))) == (2, 1)


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
    outcome = one(built(small, "deal_day", limits=Limits(cell_seconds=15), lane="exec"))
    assert outcome.failure == "00_summary: TimedOut: cell 10 ran longer than 15 s"
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


def test_inputs_that_change_while_a_notebook_runs_fail_it(small):
    plans = plan(("deal_day",))
    edit_text(small / "params" / "base.yaml", "value: 5.0", "value: 5.5")
    outcome = one(build(plans, Folder(small / "reports"), Options(formats=())))
    assert "InputsChanged: assumption azure_term_years of deal_day changed while this ran" in (
        outcome.failure
    )
    assert reasons(small, "deal_day")["deal_day/00_summary"] == "it has never run"


def test_an_audit_names_files_that_no_key_holds(small, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("a,b\n")
    edit_notebook(small, "00_summary", f"import pandas\npandas.read_csv('{other}')")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("briefing.runs.plan.check_notebooks", lambda _: None)
        plans = plan(("deal_day",))
    for lane in ("kernel", "exec", "fresh"):
        options = Options(lane=lane, formats=(), audit=True)
        outcome = one(build(plans, Folder(small / "reports"), options))
        assert [line for line in outcome.undeclared if "other.csv" in line] == [
            f"00_summary read {other}, which no key holds: when it changes, nothing runs again"
        ]
        assert len(outcome.undeclared) == 1


def test_a_sweep_runs_every_point_and_sums_up(small):
    (small / "params" / "sweeps").mkdir(exist_ok=True)
    (small / "params" / "sweeps" / "terms.yaml").write_text(
        "title: Two lengths\nset: deal_day\ngrid: {azure_term_years: [3, 7]}\n"
        "quantities: [peak_funding_gap_usd]\nnotebooks: ['00_summary']\n"
    )
    outcome = one(built(small, "terms", lane="exec", formats=("html",)))
    names = {str(file.relative_to(outcome.folder)) for file in outcome.folder.rglob("*.*")}
    assert outcome.failure == ""
    assert names == {
        "1/00_summary.ipynb", "1/briefing.html", "2/00_summary.ipynb", "2/briefing.html",
        "summary.ipynb", "summary.html", "inputs.json", "run.json",
    }  # fmt: skip
    assert (outcome.folder / "1" / "00_summary.ipynb").read_bytes() != (
        outcome.folder / "2" / "00_summary.ipynb"
    ).read_bytes()
    assert one(built(small, "terms", lane="exec", formats=("html",))).was_built


def test_what_killed_builds_left_is_swept_after_a_day(small, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    left = [small / "reports/deal_day/.building-x", tmp_path / "briefing-run-x"]
    fresh = [small / "reports/deal_day/.building-y", tmp_path / "briefing-job-y"]
    for folder in (*left, *fresh):
        folder.mkdir(parents=True)
    for folder in left:
        os.utime(folder, (0, 0))
    built(small, "deal_day", formats=(), lane="exec")
    assert not any(folder.exists() for folder in left)
    assert all(folder.exists() for folder in fresh)


@pytest.mark.parametrize("lane", ["kernel", "exec", "fresh"])
@pytest.mark.parametrize("leave", ["import sys\nsys.exit()", "import os\nos._exit(False)"])
def test_a_cell_that_ends_the_process_is_no_success(small, lane, leave):
    edit_notebook(small, "00_summary", leave)
    edit_notebook(small, "00_summary", "case")
    outcome = one(built(small, "deal_day", formats=(), lane=lane))
    assert outcome.failure.startswith("00_summary: ")
    kept = nbformat.read(outcome.folder / "00_summary.ipynb", as_version=4)
    assert kept.cells[-1].metadata.papermill.status == "pending"


def test_a_notebook_edited_while_it_waits_is_not_run_in_its_place(small):
    plans = plan(("deal_day",))
    edit_notebook(small, "10_sources", "case")
    outcome = one(build(plans, Folder(small / "reports"), Options(formats=(), lane="exec")))
    assert "10_sources: InputsChanged: the notebook was edited meanwhile" in outcome.failure


def test_a_run_keeps_the_documents_of_the_folder_that_it_mends(small):
    folder = one(built(small, "deal_day", lane="exec")).folder
    (folder / "00_summary.ipynb").write_text("torn")
    again = one(built(small, "deal_day", lane="exec", formats=()))
    assert again.folder == folder
    assert all((folder / file).exists() for _, _, file in documents(["briefing"], FORMATS))


def test_what_another_set_says_is_refused_in_true_words(small):
    edit_notebook(small, "00_summary", "Case('soft_target').peak_funding_gap_usd")
    failure = one(built(small, "deal_day", formats=(), lane="exec")).failure
    assert "a set that is neither this one nor compared with it" in failure


def test_a_sweep_shown_in_a_notebook_is_part_of_its_inputs(small):
    (small / "params" / "sweeps").mkdir(exist_ok=True)
    file = small / "params" / "sweeps" / "terms.yaml"
    file.write_text(
        "title: Two lengths\nset: deal_day\ngrid: {azure_term_years: [3, 7]}\n"
        "quantities: [self_funded_revenue_share]\n"
    )
    edit_notebook(small, "00_summary", "case.sweep('terms')")
    built(small, "deal_day", formats=(), lane="exec")
    edit_text(file, "[3, 7]", "[3, 8]")
    assert runs(one(built(small, "deal_day", formats=(), lane="exec"))) == (1, 1)


def test_a_memory_damaged_in_the_middle_costs_time_and_nothing_else(small):
    built(small, "deal_day", formats=(), lane="exec")
    file = small / "reports" / ".runs" / "memory.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"x" * (len(content) - 8192))
    edit_text(small / "params" / "base.yaml", "value: 5.0", "value: 5.5")
    assert one(built(small, "deal_day", formats=(), lane="exec")).failure == ""

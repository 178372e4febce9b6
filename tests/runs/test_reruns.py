"""What runs again when something changed, what does not, and how the reasons are told."""

import shutil

import pytest
from tests.runs.making import built, edit_notebook, edit_text, one, reasons, runs

from briefing.runs.build import Options, build
from briefing.runs.places import Folder
from briefing.runs.plan import plan


@pytest.fixture
def small(small_project):
    return small_project


@pytest.fixture(scope="module")
def ran(prepared):
    """A project whose notebooks, which read the ledger more or less, have run."""
    notebooks = {"01_deal", "03_valuation", "10_sources", "sweep"}
    return prepared(notebooks, lambda project: built(project, "deal_day"))


@pytest.fixture
def three(ran, copied):
    return copied(ran)


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
    edit_text(small / "params" / "facts" / "anthropic.yaml", "Series H $65bn, of", "Series H, of")
    assert one(plan(("deal_day",))).key == before


def test_two_sets_never_share_a_folder(small):
    folders = {each.folder for each in plan(("deal_day", "latest", "bull"))}
    assert len(folders) == 3


def test_one_changed_fact_runs_only_the_notebooks_that_read_it(three):
    edit_text(three / "params/facts/analogues.yaml", "Lucent", "Lucent Technologies")
    told = reasons(three, "deal_day")
    assert told["deal_day/03_valuation"] == "it has run already and is taken over"
    assert "the whole ledger of deal_day changed" in told["deal_day/10_sources"]
    outcome = one(built(three, "deal_day"))
    assert runs(outcome) == (1, 2)


def test_one_changed_assumption_names_itself_as_the_reason(three):
    edit_text(three / "params" / "base.yaml", "value: 5.0", "value: 5.5")
    told = reasons(three, "deal_day")
    assert "assumption azure_term_years of deal_day changed" in told["deal_day/03_valuation"]


def test_each_part_of_a_recipe_names_itself_as_the_reason(ran, three):
    shutil.rmtree(three / "reports")
    assert set(reasons(three, "deal_day").values()) == {"it has never run"}
    shutil.copytree(ran / "reports", three / "reports", dirs_exist_ok=True)
    edit_text(three / "notebooks" / "01_deal.ipynb", '"# ', '"# So: ')
    edit_text(three / "params" / "deal_day.yaml", "title: ", "title: Again ")
    told = reasons(three, "deal_day")
    assert told["deal_day/01_deal"] == "the notebook changed; the set's settings changed"
    assert told["deal_day/03_valuation"] == "the set's settings changed"


def test_a_damaged_notebook_is_not_taken_for_the_one_that_ran(three):
    (folder,) = (three / "reports" / "deal_day").iterdir()
    (folder / "03_valuation.ipynb").write_text("{}")
    assert runs(one(built(three, "deal_day"))) == (1, 2)


def test_an_unreadable_memory_costs_time_and_nothing_else(small):
    built(small, "deal_day")
    (small / "reports" / ".runs" / "memory.sqlite").write_bytes(b"no database" * 1000)
    outcome = one(built(small, "deal_day"))
    assert outcome.failure == ""
    assert one(built(small, "deal_day")).was_built


def test_what_ran_before_a_failure_need_not_run_again(three):
    shutil.rmtree(three / "reports")
    source = (three / "notebooks" / "01_deal.ipynb").read_bytes()
    edit_notebook(three, "01_deal", "case.no_such_number")
    assert one(built(three, "deal_day")).failure
    (three / "notebooks" / "01_deal.ipynb").write_bytes(source)
    # The list of sources states what every notebook was, so it follows the one that was mended.
    assert runs(one(built(three, "deal_day"))) == (2, 1)


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


def test_a_notebook_edited_while_it_waits_is_not_run_in_its_place(small):
    plans = plan(("deal_day",))
    edit_notebook(small, "10_sources", "case")
    outcome = one(build(plans, Folder(small / "reports"), Options(formats=(), lane="exec")))
    assert "10_sources: InputsChanged: the notebook was edited meanwhile" in outcome.failure


def test_what_another_set_says_is_refused_in_true_words(small):
    edit_notebook(small, "00_summary", "Case('soft_target').peak_funding_gap_usd")
    failure = one(built(small, "deal_day")).failure
    assert "a set that is neither this one nor compared with it" in failure


def test_a_sweep_shown_in_a_notebook_is_part_of_its_inputs(small):
    (small / "params" / "sweeps").mkdir(exist_ok=True)
    file = small / "params" / "sweeps" / "terms.yaml"
    file.write_text(
        "title: Two lengths\nset: deal_day\ngrid: {azure_term_years: [3, 7]}\n"
        "quantities: [self_funded_revenue_share]\n"
    )
    edit_notebook(small, "00_summary", "case.sweep('terms')")
    built(small, "deal_day")
    edit_text(file, "[3, 7]", "[3, 8]")
    assert runs(one(built(small, "deal_day"))) == (1, 1)


def test_a_memory_damaged_in_the_middle_costs_time_and_nothing_else(small):
    built(small, "deal_day")
    file = small / "reports" / ".runs" / "memory.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"x" * (len(content) - 8192))
    edit_text(small / "params" / "base.yaml", "value: 5.0", "value: 5.5")
    assert one(built(small, "deal_day")).failure == ""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

BRIEFING = Path(sys.executable).parent / "briefing"


A_FACT_OF_2033 = """
- id: some-fact
  subject: microsoft
  counterparty: null
  kind: product
  value: 1
  unit: null
  as_of: 2033-01-01
  published: 2033-01-01
  known_since: 2033-01-01
  status: reported
  source: {title: A page, publisher: Somebody, tier: press}
  note: Something happens
  priority: supporting
"""


@pytest.fixture
def run(environment):
    def run_command(*arguments, **more):
        command = [BRIEFING, *arguments]
        env = {**environment, "COLUMNS": "160", **more}
        return subprocess.run(command, check=False, capture_output=True, text=True, env=env)

    return run_command


def test_a_word_that_no_fact_has_is_no_empty_list(run):
    for option, word, meant in (
        ("--kind", "revenu", "revenue"),
        ("--status", "confirmd", "confirmed"),
    ):
        refused = run("facts", option, word)
        assert refused.returncode == 2
        assert f"{option} {word}: no fact has it; did you mean" in refused.stderr
        assert meant in refused.stderr


def test_facts_are_listed_and_filtered(run):
    listed = run("facts", "--topic", "alliance", "--as-of", "2025-11-21")
    assert listed.returncode == 0
    assert "alliance-azure-commit" in listed.stdout
    assert "alliance-nvda-equity-done" not in listed.stdout


def test_a_terminal_that_claims_no_columns_is_written_to_all_the_same(run):
    assert "alliance-azure-commit" in run("facts", "--topic", "alliance", COLUMNS="0").stdout


def test_a_fact_is_shown_with_its_source(run):
    shown = run("facts", "show", "alliance-azure-commit")
    assert "30,000,000,000 USD" in shown.stdout
    assert "https://blogs.microsoft.com" in shown.stdout


def test_streams_that_are_closed_are_no_fault(environment):
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        command = f"'{BRIEFING}' facts show alliance-azure-commit {closed}"
        ran = subprocess.run(
            ["sh", "-c", command], check=False, capture_output=True, text=True, env=environment
        )
        assert (ran.returncode, ran.stderr) == (0, "")


def test_who_only_asks_what_would_run_makes_no_folder(run, tmp_path):
    told = run("build", "deal_day", "--why", "--reports", str(tmp_path / "new"))
    assert "deal_day/00_summary: it has never run" in told.stdout
    assert not (tmp_path / "new").exists()


def test_a_misspelt_fact_gets_a_hint_and_status_two(run):
    refused = run("facts", "show", "alliance-azure-comit")
    assert refused.returncode == 2
    assert "did you mean 'alliance-azure-commit'?" in refused.stderr


def test_a_number_is_explained(run):
    told = run("explain", "self_funded_revenue_share", "--set", "deal_day", "--depth", "99")
    assert told.returncode == 0
    assert "share_of(traced_return_usd, commitment_receipts_total_usd)" in told.stdout
    assert "fact, grade B" in told.stdout
    assert "rests on" not in told.stdout


def test_unasked_a_deep_number_is_explained_as_far_as_one_reads(run):
    told = run("explain", "equity_value_usd", "--set", "deal_day")
    assert len(told.stdout.splitlines()) < 150
    assert "--depth shows more steps" in told.stdout
    shallow = run("explain", "azure_term_years", "--set", "deal_day")
    assert "fact, grade" in shallow.stdout
    assert "--depth" not in shallow.stdout


def test_a_misspelt_number_gets_a_hint_and_status_two(run):
    refused = run("explain", "self_funded_revenue_shaer")
    assert refused.returncode == 2
    assert "did you mean 'self_funded_revenue_share'?" in refused.stderr


def test_a_number_is_explained_by_what_it_is_printed_as(run):
    told = run("explain", "$30bn", "--set", "deal_day")
    assert told.returncode == 0
    assert "azure_commitment_usd  most likely" in told.stdout
    assert "alliance-azure-commit-press  fact\n    NDTV Profit, 2025-11-18" in told.stdout
    assert "what an exhibit works out itself is explained with it" in told.stdout


def test_a_number_that_nothing_is_printed_as_is_looked_for_in_its_exhibit(run):
    refused = run("explain", "12345%", "--set", "deal_day")
    assert refused.returncode == 2
    assert "no figure, assumption or fact is printed as 12345%" in refused.stderr
    assert "as in briefing explain E12b; nothing to explain" in refused.stderr


def test_sets_are_listed(run):
    assert "As known on deal day" in run("sets").stdout


def test_all_sets_are_checked_without_executing_anything(run, project):
    checked = run("check", BRIEFING_ROOT=str(project))
    assert checked.returncode == 0
    assert not (project / "reports").exists()


def test_what_a_set_draws_no_longer_is_listed_and_no_cause_for_a_note(run):
    checked = run("check", "soft_target", "term_by_growth", "latest")
    line = (
        "  soft_target.yaml: assumptions: no low and high, so no longer drawn: "
        "azure_take_or_pay_share, azure_commitment_drawn_share"
    )
    assert line in checked.stdout.splitlines()
    assert checked.stdout.count("no longer drawn") == 1
    assert checked.stderr == ""


def test_audiences_schedules_and_the_mail_are_checked_with_the_sets(run, project):
    params = project / "params"
    audience = params / "audiences" / "cfo.yaml"
    asked = re.sub(r"E\d\d", "E98", audience.read_text(encoding="utf-8"), count=1)
    audience.write_text(asked, encoding="utf-8")
    weekly = params / "delivery" / "weekly.yaml"
    weekly.write_text(weekly.read_text(encoding="utf-8") + "subject: News\n", encoding="utf-8")
    (params / "delivery" / "mail.yaml").write_text("sender: desk@example.org\n", encoding="utf-8")
    (params / "mine.yaml").write_text("extends: base\ntitle: My set\nassumption: {}\n")
    refused = run("check", BRIEFING_ROOT=str(project))
    assert refused.returncode == 2
    for told in (
        "cfo.yaml: sections.0.exhibits: no exhibit 'E98'",
        "weekly.yaml: subject: no such field here",
        "mail.yaml: owner: is missing",
        "mine.yaml: assumption: no such field here",
    ):
        assert told in refused.stderr


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("delivery/weekly2.yml", "must end in .yaml to be read"),
        ("audiences/X-Y.yaml", "a file here is named in small letters"),
        ("my set.yaml", "a file here is named in small letters"),
        ("sweeps/Zz.yaml", "a file here is named in small letters"),
        ("audiences/folder.yaml/", "must be a file"),
    ],
)
def test_a_file_that_would_never_be_read_is_told(run, project, name, told):
    path = project / "params" / name
    path.mkdir() if name.endswith("/") else path.write_text("title: Mine\n", encoding="utf-8")
    refused = run("check", BRIEFING_ROOT=str(project))
    assert refused.returncode == 2
    assert f"{path}: {told}" in refused.stderr


@pytest.mark.parametrize("name", ["params/audiences/mine.yaml", "notebooks/77_mine.ipynb"])
def test_nothing_waits_for_what_a_pipe_may_say(run, project, name):
    os.mkfifo(project / name)
    refused = run("check", BRIEFING_ROOT=str(project))
    assert refused.returncode == 2
    assert f"{project / name}: must be a file" in refused.stderr


def test_a_fact_from_the_future_is_noted(run, project):
    facts = project / "params" / "facts" / "analogues.yaml"
    text = facts.read_text(encoding="utf-8")
    facts.write_text(text + A_FACT_OF_2033, encoding="utf-8")
    noted = run("check", "latest", BRIEFING_ROOT=str(project))
    assert "known_since 2033-01-01 lies after today" in noted.stderr
    assert (
        "latest is as of 2033-01-01 and knows it already, and no reader is mailed" in noted.stderr
    )
    assert run("check", "latest").stderr == ""


def test_a_broken_set_ends_with_status_two_and_writes_nothing(run, project):
    (project / "params" / "mine.yaml").write_text("extends: base\ntitle: My set\nassumption: {}\n")
    refused = run("build", "mine", BRIEFING_ROOT=str(project))
    assert refused.returncode == 2
    assert (
        "mine.yaml: assumption: no such field here; did you mean 'assumptions'?; nothing was built"
        in refused.stderr
    )
    assert not (project / "reports").exists()


def test_who_asks_where_a_fact_comes_from_is_sent_to_the_facts(run):
    refused = run("explain", "alliance-azure-commit")
    assert refused.returncode == 2
    assert "is a fact; `briefing facts show alliance-azure-commit`" in refused.stderr


def test_an_unknown_set_gets_a_hint_and_status_two(run):
    refused = run("build", "lastest")
    assert refused.returncode == 2
    assert "did you mean 'latest'?" in refused.stderr


@pytest.mark.parametrize("command", [["outbox"], ["suppress", "a@reader.example"], ["prune"]])
def test_no_ledger_is_made_where_no_project_is(run, tmp_path, command):
    refused = run(*command, BRIEFING_ROOT=str(tmp_path), BRIEFING_LEDGER="")
    assert refused.returncode == 2
    assert f"{tmp_path}: holds no params" in refused.stderr
    assert not list(tmp_path.iterdir())
    ledger = tmp_path / "ledger"
    mistyped = run(*command, "--ledger", str(ledger), BRIEFING_ROOT=str(tmp_path))
    assert mistyped.returncode == 2
    assert f"{ledger}: no ledger is there" in mistyped.stderr
    assert not list(tmp_path.iterdir())
    ledger.touch()
    named = run(*command, "--ledger", str(ledger), BRIEFING_ROOT=str(tmp_path))
    assert named.returncode == 0


def test_a_mistyped_folder_of_reports_is_not_made(run, tmp_path):
    mistyped = tmp_path / "reprots"
    refused = run("outbox", "--reports", str(mistyped), BRIEFING_LEDGER="")
    assert refused.returncode == 2
    assert f"{mistyped}: no such folder; nothing was read or changed" in refused.stderr
    assert not mistyped.exists()


def test_what_is_no_terminal_gets_addresses_whole(run):
    told = run("explain", "azure_commitment_usd", "--depth", "99", COLUMNS="").stdout
    address = "https://blogs.microsoft.com/blog/2025/11/18/"
    assert re.search(rf"{address}\S+strategic-partnerships", told)
    assert not re.search(
        rf"{address}\S+strategic-partnerships",
        run("explain", "azure_commitment_usd", "--depth", "99", COLUMNS="60").stdout,
    )

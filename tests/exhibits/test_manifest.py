"""The run manifest: what decides a briefing, and nothing that only the machine or the day does."""

import platform
import re
from importlib.metadata import version

import pytest
import yaml

from briefing.case import Case
from briefing.inputs import reads
from briefing.inputs.digests import project_digests
from briefing.inputs.reads import answered, digest, read_notes


@pytest.fixture(scope="module")
def stated(latest):
    return latest.run_manifest.data.set_index("What")["Value"]


def test_it_says_what_was_asked(latest, stated):
    parameters = latest._parameters
    assert stated["As of"] == str(parameters.as_of)
    assert stated["Draws"] == f"{parameters.draws:,} from seed {parameters.seed}"
    assert stated["Replaced by hand"] == "nothing"
    assert Case("latest", tax_rate=0.3).run_manifest.data.Value.str.contains("tax_rate = 0.3").any()


def test_it_says_what_made_it(stated):
    assert stated["Python"] == platform.python_version()
    assert stated["numpy"] == version("numpy")


def test_it_has_the_digest_of_the_lock_and_of_each_notebook(root, stated):
    for name, found in project_digests(root).items():
        assert stated[name] == found


def test_its_counts_are_those_of_the_registers(latest, stated):
    used = re.search(r"of which (\d+) stand", stated["Facts"])[1]
    assert stated["Assumptions"].startswith(f"{len(latest.assumption_register.data)}, ")
    assert f"assumptions rest on {used}" in latest.source_register.title
    assert f"{len(latest.facts)} known by then" in stated["Facts"]


def test_it_names_no_machine_no_folder_of_it_and_no_time(root, stated):
    told = " ".join(stated)
    assert str(root) not in told
    assert platform.node() not in told
    assert not re.search(r"\d\d:\d\d", told)
    assert re.findall(r"\b20\d\d-\d\d-\d\d\b", told) == [stated["As of"]]


def test_equal_cases_have_equal_manifests():
    first, second = (Case("deal_day").run_manifest for _ in range(2))
    assert first.data.equals(second.data)
    assert first.title == second.title


def test_its_command_runs_the_same_case(latest):
    other = latest.what_if(azure_term_years=3.0, firmness="firm")
    command = other.run_manifest.data.set_index("What")["Value"]["One notebook"]
    (given,) = re.findall(r"-y '(.*)'$", command)
    parameters = yaml.safe_load(given)
    again = Case(parameters["parameter_set"], **parameters["overrides"])
    assert again.equity_value_usd == other.equity_value_usd


def test_a_changed_notebook_makes_it_run_again(project, monkeypatch, tmp_path):
    monkeypatch.setattr(reads, "_noted", set())
    monkeypatch.setenv(reads.READS, str(tmp_path / "notes"))
    case = Case("deal_day")
    assert case.run_manifest
    monkeypatch.delenv(reads.READS)
    question = ("project", "deal_day")
    seen = read_notes((tmp_path / "notes").read_text("utf-8"))[question]
    sets = {"deal_day": case._parameters}
    assert digest(answered(question, sets)) == seen
    notebook = project / "notebooks" / "03_valuation.ipynb"
    notebook.write_text(notebook.read_text("utf-8") + "\n", "utf-8")
    assert digest(answered(question, sets)) != seen

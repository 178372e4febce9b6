"""A set is prepared once for several notebooks, which show and note what they would without."""

import json

import pytest

from briefing.case import Case
from briefing.graph import functions
from briefing.inputs import reads
from briefing.inputs.reads import read_notes
from briefing.kept import forget
from briefing.runs import prepared, template
from briefing.runs.prepared import SET, prepare, shared

SHOWN = ("valuation_answer", "web_map", "lock_in_grid", "football_field", "decision_table")


@pytest.fixture(autouse=True)
def nothing_prepared(monkeypatch):
    monkeypatch.setattr(prepared, "_prepared", set())
    monkeypatch.setattr(prepared, "MOST_CORES", 1000)
    monkeypatch.setattr(prepared, "MOST_SECONDS", 1000)
    forget()
    yield
    forget()


@pytest.fixture
def run(monkeypatch, tmp_path):
    """What some exhibits show and note."""

    def noted(**overrides):
        monkeypatch.setattr(reads, "_noted", set())
        monkeypatch.setenv(reads.READS, str(tmp_path / "notes"))
        (tmp_path / "notes").write_text("")
        case = Case("deal_day", **overrides)
        shown = [json.dumps(getattr(case, name)._repr_mimebundle_()) for name in SHOWN]
        monkeypatch.delenv(reads.READS)
        return shown, read_notes((tmp_path / "notes").read_text("utf-8"))

    return noted


def never(**_):
    raise AssertionError("this was prepared")


@pytest.mark.parametrize("overrides", [{}, {"azure_term_years": 4.0, "firmness": "firm"}])
def test_what_was_prepared_changes_nothing_that_is_shown_or_noted(run, overrides):
    before = run(**overrides)
    prepare("deal_day")
    assert run(**overrides) == before


@pytest.mark.parametrize("name", ["cash_ledger", "required_co_optimisation_gain_share"])
def test_what_was_prepared_is_not_computed_again(monkeypatch, name):
    prepare("deal_day")
    monkeypatch.setitem(functions(), name, never)
    case = Case("deal_day")
    assert case.value(name) is not None
    assert case.value(f"{name}_draws") is not None
    with pytest.raises(AssertionError):
        case.what_if(azure_term_years=3.5).draws().value(name)


def test_only_what_two_notebooks_need_is_shared(tmp_path):
    files = [tmp_path / f"0{number}_a.ipynb" for number in range(2)]
    files[0].write_text("case.equity_value_usd case.azure_term_years")
    files[1].write_text("case.enterprise_value_usd case.run_rate_usd_per_year")
    found = set(shared(files))
    assert "enterprise_value_usd" in found
    assert "run_rate_usd_per_year" in found
    assert not found & {"equity_value_usd", "azure_term_years"}


@pytest.mark.parametrize("most", ["MOST_DRAWS", "MOST_CORES", "MOST_SECONDS"])
def test_where_preparing_would_take_too_much_it_is_left_to_the_notebooks(monkeypatch, most):
    prepare("no_such_set")
    monkeypatch.setattr(prepared, most, 0)
    prepare("deal_day")
    monkeypatch.setitem(functions(), "cash_ledger", never)
    with pytest.raises(AssertionError):
        Case("deal_day").value("cash_ledger")


def test_few_sets_are_kept_at_once(monkeypatch):
    monkeypatch.setattr(prepared, "MOST_SETS", 1)
    prepare("deal_day")
    prepare("no_such_set")
    monkeypatch.setitem(functions(), "cash_ledger", never)
    with pytest.raises(AssertionError):
        Case("deal_day").value("cash_ledger")


@pytest.mark.parametrize(("running", "expected"), [({}, []), ({"a lease": 1}, ["latest"])])
def test_a_set_is_prepared_beside_running_children_only(monkeypatch, running, expected):
    asked, forked = [], []
    monkeypatch.setattr(template, "prepare", asked.append)
    monkeypatch.setattr(template, "objection", lambda: "")
    serving = object.__new__(template._Template)
    serving.leases = running
    monkeypatch.setattr(serving, "_fork", lambda *given: forked.append(given), raising=False)
    serving._lease("connection", {"lane": "exec", "env": {SET: "latest"}}, [])
    assert (asked, len(forked)) == (expected, 1)

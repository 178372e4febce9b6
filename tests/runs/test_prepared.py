"""A set is prepared once for several notebooks, which show and note what they would without."""

import json
from functools import wraps

import pytest

from briefing import kept
from briefing.case import Case
from briefing.graph import functions
from briefing.inputs import reads
from briefing.inputs.reads import read_notes
from briefing.kept import forget
from briefing.runs import kernels, prepared, template
from briefing.runs.prepared import SET, Preparations, load_everything, shared
from briefing.runs.prepared import prepare as steps

SHOWN = ("valuation_answer", "web_map", "lock_in_grid", "football_field", "decision_table")


@pytest.fixture(autouse=True)
def nothing_prepared(monkeypatch):
    monkeypatch.setattr(prepared, "MOST_CORES", 1000)
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


def prepare(name):
    for _ in steps(name):
        pass


@pytest.fixture
def forbid(monkeypatch):
    """Make a formula fail that is computed anew."""

    def forbidden(name):
        @wraps(functions()[name])
        def never(**_):
            raise AssertionError(f"{name} is computed")

        monkeypatch.setitem(functions(), name, never)

    return forbidden


@pytest.mark.parametrize("overrides", [{}, {"azure_term_years": 4.0, "firmness": "firm"}])
def test_what_was_prepared_changes_nothing_that_is_shown_or_noted(run, overrides):
    before = run(**overrides)
    prepare("deal_day")
    assert run(**overrides) == before


@pytest.mark.parametrize("name", ["cash_ledger", "required_co_optimisation_gain_share"])
def test_what_was_prepared_is_not_computed_again(forbid, name):
    prepare("deal_day")
    forbid(name)
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


@pytest.mark.parametrize("most", ["MOST_DRAWS", "MOST_CORES"])
def test_where_preparing_would_take_too_much_it_is_left_to_the_notebooks(monkeypatch, forbid, most):
    prepare("no_such_set")
    monkeypatch.setattr(prepared, most, 0)
    prepare("deal_day")
    forbid("cash_ledger")
    with pytest.raises(AssertionError):
        Case("deal_day").value("cash_ledger")


def test_few_sets_are_kept_at_once(monkeypatch, forbid):
    monkeypatch.setattr(prepared, "MOST_SETS", 1)
    prepare("deal_day")
    monkeypatch.setattr(prepared, "MOST_DRAWS", 0)
    prepare("no_such_set")
    Case("deal_day").value("cash_ledger")
    prepare("base")
    forbid("cash_ledger")
    with pytest.raises(AssertionError):
        Case("deal_day").value("cash_ledger")


def test_no_answer_is_kept_between_two_steps():
    preparing = steps("deal_day")
    next(preparing)
    assert not kept._is_keeping.get()
    preparing.close()


@pytest.fixture
def begun(monkeypatch):
    """Sets in the order in which they are prepared, in two steps each."""
    names = []

    def two(name):
        names.append(name)
        yield
        yield

    monkeypatch.setattr(prepared, "prepare", two)
    monkeypatch.setattr(prepared, "load_everything", lambda: iter([None]))
    return names


def test_a_set_is_prepared_before_it_is_asked_for_and_once(begun):
    preparations = Preparations()
    preparations.announce(["a", "b", "c"])
    assert sum(iter(preparations.step, False)) == 5  # and what is loaded besides
    assert begun == ["a", "b"]
    preparations.ask("a")
    assert not preparations.step()
    preparations.ask("b")
    preparations.ask("another")
    preparations.ask("b")
    assert sum(iter(preparations.step, False)) == 4
    assert begun == ["a", "b", "c", "another"]


def test_a_set_that_is_kept_no_more_is_prepared_again(begun, monkeypatch):
    monkeypatch.setattr(prepared, "MOST_SETS", 2)
    preparations = Preparations()
    preparations.ask("a", "b", "a", "c", "a")
    list(iter(preparations.step, False))
    assert begun == ["a", "b", "c", "a"]


def test_all_sets_are_read_besides():
    from briefing.inputs.files import project_root
    from briefing.inputs.parameters import parameter_set_names

    assert len([*load_everything()]) == len(parameter_set_names(project_root() / "params"))


@pytest.mark.parametrize(("running", "expected"), [({}, []), ({"a lease": 1}, ["latest"])])
def test_a_set_is_prepared_beside_running_children_only(monkeypatch, running, expected):
    asked, forked = [], []
    monkeypatch.setattr(template, "objection", lambda: "")
    serving = object.__new__(template._Template)
    serving.leases, serving.prepares = running, False
    serving.preparations = Preparations()
    monkeypatch.setattr(serving.preparations, "ask", asked.append)
    monkeypatch.setattr(serving, "_fork", lambda *given: forked.append(given), raising=False)
    serving._lease("connection", {"lane": "exec", "env": {SET: "latest"}}, [])
    assert (asked, len(forked), serving.prepares) == (expected, 1, bool(expected))


def test_threads_that_a_formula_has_left_are_no_reason_to_refuse(monkeypatch):
    left = iter([["a"], ["a"], []])
    monkeypatch.setattr(template.threading, "active_count", lambda: 1)
    monkeypatch.setattr(template, "FORBIDDEN", ())
    monkeypatch.setattr(template, "_native_threads", lambda: next(left))
    assert template.objection() == ""
    monkeypatch.setattr(template, "THREAD_ENDS_SECONDS", 0.01)
    monkeypatch.setattr(template, "_native_threads", lambda: ["stays"])
    assert template.objection() == "native threads are running (stays)"


def test_many_names_keep_no_request_waiting():
    preparations = Preparations()
    preparations.ask(*(f"no_such_set_{number}" for number in range(1_000)))
    for _ in range(1_000):
        assert preparations.step()
    assert len(preparations._asked) == 1


def test_messages_that_mean_nothing_end_no_template():
    import socket

    sent = [b"[" * 60_000, b"5", b"[]", b"{}", b'{"env": []}', b'{"lane": "exec", "env": 1}', b"x"]
    closed = []
    serving = object.__new__(template._Template)
    serving.leases, serving.holders = {"a child": 1}, set()
    serving._close = closed.append
    for message in sent:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            ours.send(message)
            serving._answer(theirs)
            assert closed.pop() is theirs
            serving.holders = {theirs}
            serving.preparations, serving.prepares = Preparations(), False
            ours.send(message)
            serving._hear(theirs)
            assert not serving.prepares
            serving.holders = set()


@pytest.mark.parametrize(("deaths", "is_there"), [(1, True), (kernels.ATTEMPTS, False)])
def test_a_template_that_is_killed_while_it_starts_is_started_again(
    monkeypatch, tmp_path, deaths, is_there
):
    killed = iter(range(deaths))

    def started(folder):
        if next(killed, None) is not None:
            raise kernels._Killed("it was killed")
        return "a template"

    monkeypatch.setattr(kernels, "_folder", lambda: tmp_path / "none")
    monkeypatch.setattr(kernels, "_started", started)
    if is_there:
        assert kernels._joined() == "a template"
    else:
        with pytest.raises(kernels.NoTemplate):
            kernels._joined()

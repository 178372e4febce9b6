"""What a case notes of its inputs, and that equal answers mean equal results."""

import json

import pytest
import yaml

from briefing.case import Case
from briefing.inputs import reads
from briefing.inputs.facts import load_facts
from briefing.inputs.parameters import load_parameter_set
from briefing.inputs.reads import answered, digest, in_words, read_notes, undeclared
from briefing.runs.plan import plan

EXHIBITS = [
    "deal_answer", "football_field", "value_frontier", "scenario_table", "web_map",
    "source_register",
]  # fmt: skip


@pytest.fixture
def noted(monkeypatch, tmp_path):
    """Compute some exhibits with notes; answers what they showed and the notes."""

    def compute(*names, parameter_set="deal_day"):
        monkeypatch.setattr(reads, "_noted", set())
        monkeypatch.setenv(reads.READS, str(tmp_path / "notes"))
        (tmp_path / "notes").write_text("")
        case = Case(parameter_set)
        shown = [json.dumps(getattr(case, name)._repr_mimebundle_()) for name in names]
        monkeypatch.delenv(reads.READS)
        return shown, read_notes((tmp_path / "notes").read_text("utf-8"))

    return compute


def sets(project, name="deal_day"):
    ledger = load_facts(project / "params" / "facts")
    own = load_parameter_set(name, project / "params", ledger)
    others = [
        load_parameter_set(each, project / "params", ledger, own.as_of) for each in own.scenarios
    ]
    return {each.name: each for each in (*others, own)}


def changed(notes, known):
    return [
        question for question, seen in notes.items() if digest(answered(question, known)) != seen
    ]


@pytest.mark.parametrize("name", EXHIBITS)
def test_taking_notes_changes_nothing_that_is_shown(noted, project, name):
    (shown,), _ = noted(name)
    assert shown == json.dumps(getattr(Case("deal_day"), name)._repr_mimebundle_())


def test_the_same_questions_get_the_same_answers_while_nothing_changes(noted, project):
    _, notes = noted(*EXHIBITS)
    assert len(notes) > 50
    assert changed(notes, sets(project)) == []


def test_so_do_those_of_the_deals_day(noted):
    (_, notes) = noted("field_then_and_now", parameter_set="latest")
    (latest,) = plan(["latest"])
    of_the_day = [question for question in notes if question[1] == "latest on 2025-11-21"]
    assert len(of_the_day) > 50
    assert all(latest.answer(question) == seen for question, seen in notes.items())


def test_a_changed_answer_is_found_by_its_question_alone(noted, project):
    _, notes = noted("football_field", "web_map")
    file = project / "params" / "base.yaml"
    file.write_text(file.read_text("utf-8").replace("value: 5.0", "value: 5.5", 1), "utf-8")
    assert changed(notes, sets(project)) == [("assumption", "deal_day", "azure_term_years")]


@pytest.mark.parametrize(
    ("file", "before", "after", "asked"),
    [
        ("risks/markets.yaml", "high: 0.2", "high: 0.25", "risks"),
        ("watch/alliance.yaml", "at_least_fact", "at_least_fact", None),
        ("watch/alliance.yaml", "Vera Rubin ships", "Vera Rubin is shipped", "signals"),
    ],
)
def test_an_edited_risk_or_signal_is_news_to_those_who_show_it_alone(
    noted, project, file, before, after, asked
):
    _, notes = noted("risk_register", "watch_list", "football_field")
    _, others = noted("football_field", "scenario_table")
    edited = project / "params" / file
    edited.write_text(edited.read_text("utf-8").replace(before, after, 1), "utf-8")
    assert changed(notes, sets(project)) == ([(asked, "deal_day")] if asked else [])
    assert changed(others, sets(project)) == []


def test_a_new_payment_changes_the_answer_to_who_pays_whom(noted, project):
    _, notes = noted("web_map", "deal_answer")
    file = project / "params" / "facts" / "network.yaml"
    payment = Case("deal_day").facts.payments[0]
    entries = yaml.safe_load(
        (project / "params/facts" / f"{payment.topic}.yaml").read_text("utf-8")
    )
    entry = next(each for each in entries if each["id"] == payment.id)
    again = yaml.safe_dump([{**entry, "id": "one-more", "supersedes": []}])
    file.write_text(file.read_text("utf-8") + "\n" + again, "utf-8")
    assert ("payments", "deal_day") in changed(notes, sets(project))


def test_what_an_exhibit_does_not_need_is_not_noted(noted, project):
    _, notes = noted("commitment_profile")
    kinds = {question[0] for question in notes}
    assert kinds == {"assumption"}
    assert ("assumption", "deal_day", "tax_rate") not in notes


def test_every_question_has_words(noted, project):
    _, notes = noted(*EXHIBITS, "ledger_answer", "reading_note", "double_hit_table")
    assert {question[0] for question in notes} <= reads._words().keys()
    assert all(
        in_words(question).endswith("_day") or "of " in in_words(question) for question in notes
    )


def test_notes_of_a_run_that_was_killed_end_where_they_were_torn():
    whole = json.dumps([["fact", "s", "a"], "x"])
    assert read_notes(f'{whole}\n[["fact", "s"') == {("fact", "s", "a"): "x"}


def test_an_audit_names_files_outside_and_not_those_declared(tmp_path):
    inside, outside = tmp_path / "in" / "a", tmp_path / "out" / "b"
    for file in (inside, outside):
        file.parent.mkdir()
        file.touch()
    opened = "\n".join(json.dumps(str(file)) for file in (inside, outside, tmp_path / "gone"))
    assert undeclared(opened, (inside.parent,)) == [outside]


RUN_RATE = "known_run_rate_usd_per_year"


def test_what_is_read_of_the_deals_day_is_noted_apart_from_what_holds_today(
    monkeypatch, project, tmp_path
):
    monkeypatch.setattr(reads, "_noted", set())
    monkeypatch.setenv(reads.READS, str(tmp_path / "notes"))
    case = Case("latest")
    assert case.value(f"{RUN_RATE}_on_deal_day").item() == 7e9 < case.known_run_rate_usd_per_year
    monkeypatch.delenv(reads.READS)
    notes = read_notes((tmp_path / "notes").read_text("utf-8"))
    now, then = (("assumption", name, RUN_RATE) for name in ("latest", "latest on 2025-11-21"))
    assert {now, then} <= notes.keys()
    assert in_words(then) == f"assumption {RUN_RATE} of latest on 2025-11-21"
    (before,) = plan(["latest"])
    assert [before.answer(each) for each in (now, then)] == [notes[now], notes[then]]

    file = project / "params" / "facts" / "anthropic.yaml"
    head, entry = file.read_text("utf-8").split("id: anthropic-runrate-2025-10", 1)
    changed = entry.replace("7000000000", "7100000000", 1)
    assert changed != entry
    file.write_text(f"{head}id: anthropic-runrate-2025-10{changed}", "utf-8")
    (after,) = plan(["latest"])
    assert after.answer(then) != notes[then]
    assert after.answer(now) == notes[now]
    assert after.key != before.key


def test_whether_a_fact_is_known_is_noted_like_the_fact_itself(monkeypatch, project, tmp_path):
    monkeypatch.setattr(reads, "_noted", set())
    monkeypatch.setenv(reads.READS, str(tmp_path / "notes"))
    facts = Case("latest").value("facts")
    known = "anthropic-runrate-2025-10"
    assert (known in facts, "no-such-fact" in facts) == (True, False)
    monkeypatch.delenv(reads.READS)
    notes = read_notes((tmp_path / "notes").read_text("utf-8"))
    own = {fact: notes["fact", "latest", fact] for fact in (known, "no-such-fact")}
    (now,) = plan(["latest"])
    assert own == {fact: now.answer(("fact", "latest", fact)) for fact in own}

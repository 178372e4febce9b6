"""Two real builds of a copied project, between which one assumption and one fact changed."""

import json
import re
import shutil
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.console import Console

from briefing.case import Case
from briefing.exhibits.headlines import Headline
from briefing.inputs.files import BadInput
from briefing.runs.attribution import CODE, DATE_AND_FACTS
from briefing.runs.build import Options, build
from briefing.runs.builds import find
from briefing.runs.difference import Move, difference
from briefing.runs.places import Folder
from briefing.runs.plan import plan
from briefing.runs.snapshot import read
from briefing.runs.told import as_json, shown

BRIEFING = Path(sys.executable).parent / "briefing"
ROOT = Path(__file__).parents[2]

TERM = "azure_term_years"
FACT = "coreweave-openai-22b"


class Two(NamedTuple):
    root: Path
    place: Folder
    earlier: Path
    later: Path
    values: dict[str, dict[str, float]]
    """Figures of the old case, with the new term, with the new fact, and with both."""


def edit_text(file, old, new):
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def figures_of(case):
    return {figure.id: figure for figure in case.headline_figures}


def values_of(case):
    return {name: figure.value for name, figure in figures_of(case).items()}


def edit_the_fact(root):
    """Another amount, a weaker status, other words."""
    file = root / "params" / "facts" / "network.yaml"
    before, entry = file.read_text("utf-8").split(f"- id: {FACT}\n")
    entry = entry.replace("value: 22400000000", "value: 52400000000", 1)
    entry = entry.replace("status: confirmed", "status: reported", 1)
    entry = entry.replace("  note: ", "  note: So they say. ", 1)
    file.write_text(f"{before}- id: {FACT}\n{entry}", "utf-8")


def built(place, case):
    """Folder of a build, whose record states its headline figures."""
    (outcome,) = build(plan(["deal_day"]), place, Options(formats=(), lane="exec"))
    assert outcome.failure == ""
    folder = place.path / outcome.folder
    edit_record(folder, figures=[asdict(figure) for figure in figures_of(case).values()])
    return folder


def edit_record(folder, **more):
    file = folder / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **more}), "utf-8")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    root = tmp_path_factory.mktemp("project")
    for folder in ("params", "notebooks"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in (root / "notebooks").glob("*.ipynb"):
        if file.stem not in {"00_summary", "10_sources", "sweep"}:
            file.unlink()
    place = Folder(root / "reports")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("BRIEFING_ROOT", str(root))
        # So heavy a commitment that its term decides in some draws whether money lasts.
        base = root / "params" / "base.yaml"
        edit_text(base, "value: {fact: alliance-azure-commit}", "value: 45000000000")
        old = Case("deal_day")
        earlier = built(place, old)
        edit_text(base, "value: 5.0", "value: 5.5")
        edit_the_fact(root)
        new = Case("deal_day")
        later = built(place, new)
        values = {
            "neither": values_of(old),
            "term": values_of(old.what_if(azure_term_years=5.5)),
            "fact": values_of(new.what_if(azure_term_years=5.0)),
            "both": values_of(new),
        }
        yield Two(root, place, earlier, later, values)


@pytest.fixture
def found(two):
    return difference(find(str(two.earlier), two.place), find(str(two.later), two.place))


def move_of(found, figure):
    return next(each for each in found.moves if each.figure.id == figure)


def causes_of(found, figure):
    return {each.name: each.move for each in move_of(found, figure).attribution.causes}


# --- Why a figure moved ---


def test_a_figure_that_one_assumption_moves_owes_the_whole_move_to_it(two, found):
    name = "self_funded_revenue_share"
    moved = two.values["term"][name] - two.values["neither"][name]
    assert moved != 0
    assert causes_of(found, name) == pytest.approx({TERM: moved})


def test_two_causes_are_due_the_average_of_coming_first_and_last(two, found):
    name = "labs_paid_without_funding_share"
    neither, term, fact, both = (
        two.values[each][name] for each in ("neither", "term", "fact", "both")
    )
    assert causes_of(found, name) == pytest.approx(
        {
            TERM: ((term - neither) + (both - fact)) / 2,
            DATE_AND_FACTS: ((fact - neither) + (both - term)) / 2,
        }
    )


def test_the_causes_of_each_move_sum_to_it(found):
    moved = [each for each in found.moves if each.move != 0]
    assert len(moved) >= 5
    for each in moved:
        assert each.attribution.failure == ""
        assert sum(cause.move for cause in each.attribution.causes) == pytest.approx(
            each.move, rel=1e-12
        )


def test_a_draw_moves_with_the_range_that_it_is_drawn_from(found):
    assert set(causes_of(found, "money_runs_out_share")) == {TERM}


def test_a_figure_that_did_not_move_has_no_causes(found):
    still = move_of(found, "last_round_value_usd")
    assert still.move == 0
    assert still.attribution is None


def changed_figures(folder, **values):
    """The figures of a record with other values, as another version of the code would print."""
    recorded = json.loads((folder / "run.json").read_text("utf-8"))["figures"]
    return [{**each, "value": values.get(each["id"], each["value"])} for each in recorded]


@pytest.fixture
def copied(two, tmp_path):
    """Both builds in a place of their own, that a test may spoil."""
    for folder in (two.earlier, two.later):
        shutil.copytree(folder, tmp_path / "deal_day" / folder.name)
    return (
        tmp_path,
        tmp_path / "deal_day" / two.earlier.name,
        tmp_path / "deal_day" / two.later.name,
    )


def compared(place, earlier, later):
    return difference(*(find(str(folder), Folder(place)) for folder in (earlier, later)))


def test_what_the_old_code_printed_otherwise_is_due_to_the_code(two, copied):
    _, earlier, _ = copied
    name = "self_funded_revenue_share"
    old = two.values["neither"][name] + 0.25
    edit_record(earlier, figures=changed_figures(earlier, **{name: old}))
    found = compared(*copied)
    causes = causes_of(found, name)
    assert causes[CODE] == pytest.approx(-0.25)
    assert sum(causes.values()) == pytest.approx(two.values["both"][name] - old, rel=1e-12)
    assert any("No code changed" in note for note in found.notes)


def test_code_that_changed_since_is_said_to_have_changed(copied):
    _, _, later = copied
    stated = json.loads((later / "inputs.json").read_text("utf-8"))
    stated["digests"]["model code"] = "another"
    (later / "inputs.json").write_text(json.dumps(stated), "utf-8")
    found = compared(*copied)
    assert found.made_with["model code"]
    assert not found.made_with["notebooks"]
    assert any("not made with today's code" in note for note in found.notes)


def test_a_mixture_without_a_value_is_said_and_stops_nothing(copied):
    _, _, later = copied
    stated = json.loads((later / "inputs.json").read_text("utf-8"))
    growth_exceeds_it = {"value": 0.01, "low": None, "high": None, "distribution": "fixed"}
    stated["assumptions"]["discount_rate"].update(growth_exceeds_it)
    (later / "inputs.json").write_text(json.dumps(stated), "utf-8")
    found = compared(*copied)
    told = move_of(found, "self_funded_revenue_share").attribution.failure
    assert told.startswith("a mixture of old and new inputs has no value: ")
    assert found.facts


def test_a_figure_that_today_has_no_formula_is_listed_without_causes(copied):
    _, earlier, later = copied
    for folder, value in ((earlier, 1.0), (later, 2.0)):
        figure = {"id": "gone", "label": "Gone", "value": value, "shown": str(value)}
        edit_record(folder, figures=[figure])
    gone = move_of(compared(*copied), "gone")
    assert gone.move == 1
    assert "no figure of this name" in gone.attribution.failure


# --- What else changed ---


def test_the_changed_fact_is_reworded_regraded_and_of_another_amount(found):
    (change,) = found.facts
    assert change.id == FACT
    assert set(change.what) == {"grade", "amount", "status", "wording"}
    assert (change.before.grade, change.after.grade) == ("B", "C")


def test_the_changed_assumption_says_that_only_its_value_changed(found):
    (change,) = found.assumptions
    assert (change.name, change.what) == (TERM, ("value",))
    assert (change.before.value, change.after.value) == (5.0, 5.5)


def test_answers_that_read_differently_stand_side_by_side(found):
    told = {each.question: (each.before, each.after) for each in found.reworded}
    before, after = told["Is the demand real?"]
    assert before != after
    assert "What is Anthropic worth?" not in told


def test_exhibits_are_compared_by_what_a_reader_sees(found):
    changed = {each.id: each for each in found.exhibits}
    assert changed["E00"].notebook == "00_summary.ipynb"
    assert changed["E41"].what == "changed"
    assert "reading_note" not in changed


def test_nothing_changed_in_code_and_notebooks(found):
    assert found.made_with == dict.fromkeys(
        (
            "model code",
            "exhibit code",
            "notebooks",
            "templates",
            "risks",
            "watch list",
            "lock file",
        ),
        False,
    )


def test_the_other_way_round_every_move_and_share_changes_its_sign(two, found):
    back = difference(find(str(two.later), two.place), find(str(two.earlier), two.place))
    for each in found.moves:
        turned = move_of(back, each.figure.id)
        assert turned.move == -each.move
        if each.attribution:
            forth = causes_of(found, each.figure.id)
            assert causes_of(back, each.figure.id) == pytest.approx(
                {k: -v for k, v in forth.items()}
            )


def test_a_build_differs_in_nothing_from_itself(two):
    same = find(str(two.later), two.place)
    found = difference(same, same)
    changes = found.flipped, found.reworded, found.facts, found.assumptions, found.exhibits
    assert not any(changes)
    assert found.notes == ()
    assert {each.move for each in found.moves} == {0}


def test_builds_without_figures_or_inputs_are_compared_as_far_as_they_go(copied):
    _, earlier, later = copied
    edit_record(later, figures=[])
    (earlier / "inputs.json").unlink()
    found = compared(*copied)
    assert found.reworded
    assert not any(each.attribution for each in found.moves)
    assert any("holds no inputs.json" in note for note in found.notes)
    assert any("records no headline figures" in note for note in found.notes)
    assert "not printed" in text_of(found)


# --- Inputs that a build keeps ---


def test_the_kept_inputs_are_those_of_the_set(two):
    kept = read((two.later / "inputs.json").read_text("utf-8"), "inputs.json").parameters
    own = Case("deal_day")._parameters
    assert kept.assumptions == own.assumptions
    assert kept.facts.facts == own.facts.facts
    assert list(kept.facts.parties.values()) == list(own.facts.parties.values())
    assert replace(kept, assumptions={}, facts=own.facts, notes=()) == replace(
        own, assumptions={}, notes=()
    )


def test_the_kept_inputs_give_the_printed_figures_to_the_last_digit(two):
    for folder in (two.earlier, two.later):
        kept = read((folder / "inputs.json").read_text("utf-8"), "inputs.json").parameters
        recorded = json.loads((folder / "run.json").read_text("utf-8"))["figures"]
        assert values_of(Case.of(kept)) == {each["id"]: each["value"] for each in recorded}


def test_what_is_kept_of_each_fact_says_how_good_it_is(two):
    kept = json.loads((two.later / "inputs.json").read_text("utf-8"))
    assert (kept["facts"][FACT]["grade"], kept["facts"][FACT]["value"]) == ("C", 52.4e9)
    assert kept["assumptions"][TERM]["value"] == 5.5
    assert list(kept) == sorted(kept)
    before = json.loads((two.earlier / "inputs.json").read_text("utf-8"))
    differing = {
        k for k in kept["facts"] if kept["facts"][k]["digest"] != before["facts"][k]["digest"]
    }
    assert differing == {FACT}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "is no record of inputs"),
        ("[]", "is no record of inputs"),
        ('{"form": 99}', "form must be 1, given: 99"),
        ('{"form": 1}', "is no record of inputs"),
    ],
)
def test_inputs_that_cannot_be_read_are_named_with_the_consequence(copied, text, told):
    _, earlier, _ = copied
    (earlier / "inputs.json").write_text(text)
    with pytest.raises(BadInput, match="cannot be computed again") as refused:
        compared(*copied)
    assert told in str(refused.value)
    assert str(earlier) in str(refused.value)


# --- What is told ---


def text_of(found, width=140, **more):
    console = Console(width=width)
    with console.capture() as captured:
        console.print(shown(found, **more))
    return captured.get()


def test_the_terminal_tells_conclusions_before_figures_and_causes_below_them(found):
    text = text_of(found)
    order = ["flipped", "Microsoft's own money", TERM, "1 assumption changed", "1 fact changed"]
    places = [text.index(word) for word in order]
    assert places == sorted(places)
    assert "5 years → 5.5 years" in text
    assert "before: " in text


def test_moves_that_nobody_sees_are_counted_apart(found):
    before = Headline("a", "A", 1.0, None, None, "share", "100%")
    near, far = replace(before, value=1.0001), replace(before, value=1.2, shown="120%")
    unseen = replace(found, moves=(Move(before, near), Move(before, before)))
    assert "1 of 2 headline figures moved, none of them as printed" in text_of(unseen)
    some = replace(found, moves=(Move(before, near), Move(before, far)))
    assert "2 of 2 headline figures moved, 1 of them as printed" in text_of(some)
    seen = replace(found, moves=(Move(before, far),))
    assert re.search("1 of 1 headline figures moved *$", text_of(seen), re.MULTILINE)


def test_assumptions_that_move_a_figure_stand_before_those_that_do_not(found):
    (moving,) = found.assumptions
    idle = replace(moving, name="idle_years")
    text = text_of(replace(found, assumptions=(idle, moving)))
    table = text[text.index("2 assumptions changed") :]
    assert table.index(TERM) < table.index("idle_years")


def test_long_tables_are_cut_unless_everything_is_asked_for(found):
    (change,) = found.facts
    many = replace(found, facts=tuple(replace(change, id=f"fact-{n:02}") for n in range(20)))
    assert "fact-19" not in text_of(many)
    assert "and 8 more; --all shows them" in text_of(many)
    assert "fact-19" in text_of(many, is_whole=True)


def test_words_from_builds_are_neither_markup_nor_control_characters(copied):
    _, _, later = copied
    figures = changed_figures(later)
    figures[0]["label"] = "[red]Own[/red] \x1b[31mmoney"
    edit_record(later, figures=figures)
    text = text_of(compared(*copied))
    assert "[red]Own[/red] [31mmoney" in text
    assert "\x1b" not in text


def test_every_value_is_there_for_machines(found):
    told = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert [each["id"] for each in told["facts"]] == [FACT]
    figure = next(f for f in told["figures"] if f["id"] == "labs_paid_without_funding_share")
    assert sum(cause["move"] for cause in figure["causes"]) == pytest.approx(figure["move"])
    assert figure["is_exact"]
    assert told["after"]["as_of"] == "2025-11-21"


@pytest.fixture
def run(environment, two):
    def run_command(*arguments):
        return subprocess.run(
            [BRIEFING, "diff", *arguments, "--reports", two.place.path],
            env={**environment, "BRIEFING_ROOT": str(two.root), "COLUMNS": "140"},
            check=False, capture_output=True, text=True,
        )  # fmt: skip

    return run_command


def test_the_command_compares_the_newest_build_with_the_one_before(run, two):
    told = run("deal_day~1", "deal_day", "--json")
    assert told.returncode == 0
    ends = json.loads(told.stdout)
    assert [Path(ends[end]["place"]).name for end in ("before", "after")] == [
        two.earlier.name,
        two.later.name,
    ]


def test_a_wrong_name_ends_with_one_message_and_status_two(run):
    refused = run("deal_day", "deal_dya")
    assert refused.returncode == 2
    (message,) = refused.stderr.strip().splitlines()
    assert "did you mean 'deal_day'?" in message
    assert "there are builds of: deal_day (2); nothing was compared" in message

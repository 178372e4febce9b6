"""What the front page tells of the build before: conclusions, moves and their parts."""

import json
from dataclasses import replace
from math import fsum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.case import Case
from briefing.exhibits.exhibit import EXHIBIT_MIME
from briefing.exhibits.tables import read_table, words
from briefing.render.document import CHANGES
from briefing.runs import comparing
from briefing.runs.attribution import CODE, CORRELATIONS, DATE_AND_FACTS, DRAWS, OTHERS, grouped
from briefing.runs.difference import moves, with_causes
from briefing.runs.snapshot import Snapshot, read, written
from briefing.runs.stances import STANCES
from briefing.runs.whatchanged import MOST_PLAYERS, MOST_ROWS, changes, shown
from briefing.runs.wording import in_parts

PAGE = "../2025-11-20-0123456789ab/briefing.html"
EARLIER = "2025-11-20, build 0123456789ab"
DIGESTS = {"model code": "1", "templates": "1"}
FEW_DRAWS = 200


@pytest.fixture(scope="module")
def parameters():
    return replace(Case("deal_day")._parameters, draws=FEW_DRAWS)


def with_values(parameters, **values):
    changed = {
        name: replace(parameters.assumptions[name], value=value) for name, value in values.items()
    }
    return replace(parameters, assumptions={**parameters.assumptions, **changed})


def printed(parameters):
    return {each.id: each for each in Case.of(parameters).value("headline_figures")}


def found(old, new, figures=None, digests=DIGESTS, **more):
    before = printed(old) if figures is None else figures
    return changes(
        Snapshot("deal_day", old, DIGESTS),
        Snapshot("deal_day", new, digests),
        before,
        EARLIER,
        **more,
    )


def described(changed):
    return shown(changed, PAGE)[EXHIBIT_MIME]


def rows(changed):
    return [[words(cell) for cell in row] for row in read_table(described(changed)["table"]).rows]


# --- What is told ---


def test_a_figure_stands_with_its_ends_and_the_causes_of_its_move(parameters):
    new = with_values(parameters, azure_term_years=4.0)
    changed = found(parameters, new)
    own = next(row for row in rows(changed) if row[0].startswith("Microsoft's own money"))
    old, now = (printed(each)["self_funded_revenue_share"].shown for each in (parameters, new))
    assert own[1] == f"{old} → {now}"
    assert own[2].endswith(" points: Azure term")
    assert EARLIER in described(changed)["title"]
    assert described(changed)["notes"][-1 - bool(changed.command)].startswith("Changed: one assum")
    assert described(changed)["earlier_page"] == PAGE


def test_conclusions_that_flipped_stand_before_all_figures(parameters):
    now = printed(parameters)
    round_ = now["last_round_value_usd"]
    far = replace(round_, value=now["equity_value_usd"].high * 2, shown="far above")
    changed = found(parameters, parameters, {**now, round_.id: far}, {"model code": "2"})
    flip, move, *others = rows(changed)
    where = STANCES[1]
    assert flip == [
        f"Flipped: {where.question}",
        f"above the range → {where.taken(now)}",
        f"It {where.rule}.",
    ]
    assert (move[0], move[2].partition(": ")[2]) == (round_.label, CODE)
    assert others == []
    assert (
        "one conclusion flipped, one of seven headline figures moved"
        in (described(changed)["title"])
    )


def test_what_no_input_explains_is_due_to_libraries_where_the_code_is_the_same(parameters):
    now = printed(parameters)
    own = now["self_funded_revenue_share"]
    before = {**now, own.id: replace(own, value=own.value + 0.25, shown="more")}
    (row,) = [each for each in rows(found(parameters, parameters, before)) if "more" in each[1]]
    assert row[2] == "−25.0 points: Python or its libraries"


def test_a_move_that_does_not_show_in_print_is_counted_and_no_row(parameters):
    now = printed(parameters)
    own = now["self_funded_revenue_share"]
    before = {**now, own.id: replace(own, value=own.value * (1 + 1e-6))}
    changed = found(parameters, parameters, before)
    assert described(changed)["kind"] == "finding"
    assert described(changed)["notes"][0] == "One figure moved by less than is printed."


def test_where_no_figure_moved_a_sentence_says_so_and_there_is_no_table(parameters):
    changed = found(parameters, parameters, digests={**DIGESTS, "templates": "2"})
    told = described(changed)
    assert told["kind"] == "finding"
    assert told["title"].endswith("no conclusion flipped and no headline figure moved")
    assert told["notes"] == ["Changed: templates."]


def test_figures_that_one_build_does_not_print_are_told_as_such(parameters):
    now = printed(parameters)
    old = {name: figure for name, figure in now.items() if name != "equity_value_usd"}
    gone = replace(now["equity_value_usd"], id="gone", label="Gone", shown="$1bn")
    told = {row[0]: row[1:] for row in rows(found(parameters, parameters, {**old, "gone": gone}))}
    assert told["Gone"] == ["$1bn → —", "Not printed any more"]
    new = now["equity_value_usd"]
    assert told[new.label] == [f"— → {new.shown}", "Not printed before"]


def test_a_number_that_is_only_printed_otherwise_has_not_moved(parameters):
    now = printed(parameters)
    none = now["money_runs_out_share"]
    before = {**now, none.id: replace(none, shown="nil")}
    (row,) = rows(found(parameters, parameters, before))
    assert row[1:] == [f"nil → {none.shown}", "The same number, printed otherwise"]


def test_what_is_no_number_in_both_builds_has_not_moved(parameters):
    old = found(parameters, parameters)
    own = next(each.after for each in old.moves)
    endless = replace(own, value=float("inf"))
    told = replace(old, moves=(replace(old.moves[0], before=endless, after=endless),))
    assert (told.seen, told.unseen) == ((), ())


def test_long_tables_are_cut_and_say_how_much_is_missing(parameters):
    now = printed(parameters)
    before = {
        name: replace(each, value=each.value + 1e-3, shown="other") for name, each in now.items()
    }
    more = {f"gone_{n}": replace(now["equity_value_usd"], id=f"gone_{n}") for n in range(2)}
    changed = found(parameters, parameters, before | more)
    assert len(rows(changed)) == MOST_ROWS
    assert described(changed)["notes"][0].startswith("Three further rows left out")


def test_every_part_is_there_for_machines_and_the_parts_of_a_move_sum_to_it(parameters):
    new = with_values(parameters, azure_term_years=4.0, growth_half_life_years=1.0)
    changed = found(parameters, new)
    data = described(changed)["data"]
    told = [dict(zip(data["columns"], row, strict=True)) for row in data["data"]]
    for move in (each for each in changed.moves if each.move):
        parts = [each["part"] for each in told if each["what"] == move.figure.label]
        assert fsum(parts) == pytest.approx(move.move, rel=1e-9)


# --- Groups of causes ---


@pytest.fixture(scope="module")
def many(parameters):
    """Five changed assumptions of four groups."""
    return with_values(
        parameters, azure_term_years=4.0, growth_half_life_years=1.0,
        mature_growth_rate=0.03, discount_rate=0.11, mature_gross_margin_share=0.55,
    )  # fmt: skip


def test_groups_share_what_the_finer_comparison_shares_among_their_members(parameters, many):
    changed = found(parameters, many)
    assert changed.is_grouped
    fine = {
        each.figure.id: each
        for each in with_causes(moves(printed(parameters), printed(many)), parameters, many)
    }
    moved = [each for each in changed.moves if each.attribution]
    assert len(moved) >= 4
    for each in moved:
        coarse, whole = each.attribution.causes, fine[each.figure.id].attribution.causes
        assert fsum(cause.move for cause in coarse) == pytest.approx(each.move, rel=1e-9)
        assert fsum(cause.move for cause in whole) == pytest.approx(each.move, rel=1e-9)
        assert {cause.name for cause in coarse} <= changed.players.keys()
    assert "taken together by groups" in described(changed)["notes"][-1]


def test_few_causes_are_shared_as_the_finer_comparison_shares_them(parameters):
    new = with_values(parameters, azure_term_years=4.0, growth_half_life_years=1.0)
    fine = with_causes(moves(printed(parameters), printed(new)), parameters, new)
    assert found(parameters, new).moves == fine


def test_groups_hold_every_cause_once_and_are_few(parameters):
    names = st.lists(st.sampled_from(sorted(parameters.assumptions)), unique=True, max_size=40)
    apart = st.sampled_from(
        [(), (DATE_AND_FACTS,), (DATE_AND_FACTS, DRAWS), (DATE_AND_FACTS, DRAWS, CORRELATIONS)]
    )

    @given(names, apart)
    def hold(changed, more):
        players = grouped([*changed, *more], parameters.assumptions, MOST_PLAYERS)
        assert len(players) <= MOST_PLAYERS
        assert sorted(c for some in players.values() for c in some) == sorted([*changed, *more])
        assert all(players[cause] == (cause,) for cause in more)

    hold()


def test_groups_with_the_largest_effect_are_named_and_the_rest_is_told_as_one(parameters):
    groups = {}
    for name, assumption in parameters.assumptions.items():
        groups.setdefault(assumption.group, []).append(name)
    effects = {tuple(names): place for place, names in enumerate(groups.values())}
    players = grouped(
        list(parameters.assumptions), parameters.assumptions, MOST_PLAYERS, effects.__getitem__
    )
    largest = list(groups)[:-MOST_PLAYERS:-1]
    named = [
        f"{group} ({len(groups[group])} assumptions)" if groups[group][1:] else groups[group][0]
        for group in largest
    ]
    assert list(players) == [*named, OTHERS]


def test_a_group_that_moves_nothing_is_not_named_before_one_that_does(parameters):
    moving = {"azure_term_years": 4.0, "growth_half_life_years": 1.0, "discount_rate": 0.11}
    idle = {"press_value_usd": 1e9, "gpu_life_years": 4.5, "opening_cash_usd": 1e9}
    players = found(parameters, with_values(parameters, **moving, **idle)).players
    assert set(moving) - set(players.get(OTHERS, ())) >= {"growth_half_life_years"}
    assert len(players) == MOST_PLAYERS


# --- Printed parts ---


def digits_of(text, unit):
    plain = text.replace("−", "-").replace("$", "").replace(",", "").replace(" points", "")
    return round(float(plain.rstrip("bntm±") or 0) * 10**9) if plain else 0


@given(
    st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=1, max_size=5),
    st.sampled_from([("share", 1.0), ("usd", 1e9), ("usd", 1e13), ("usd", 1e6), ("", 1.0)]),
)
def test_printed_parts_sum_to_the_printed_move(parts, measure):
    unit, size = measure
    whole, written = in_parts([part * size for part in parts], unit)
    if abs(fsum(parts)) < 1e-3:
        return  # so small beside its parts that nobody prints it
    sums = sum(digits_of(part, unit) for part in written)
    assert sums == digits_of(whole.replace("±", ""), unit)


# --- Where nothing has to be computed ---


def stated(**more):
    return json.dumps({"as_of": "2025-11-21", "digests": DIGESTS} | more)


def test_equal_inputs_and_formulas_ask_for_no_computation():
    assert comparing._changed_around(stated(), stated()) == []
    other = stated(digests={**DIGESTS, "templates": "2"})
    assert comparing._changed_around(stated(), other) == ["templates"]


@pytest.mark.parametrize(
    "before",
    [stated(as_of="2025-11-20"), stated(digests={**DIGESTS, "model code": "2"}), "{", "[]"],
)
def test_other_inputs_other_formulas_and_damaged_records_do(before):
    assert comparing._changed_around(before, stated()) is None


def test_figures_that_were_printed_otherwise_leave_it_out():
    answer = {"shown": {"x": 1}, "figures": {"own": "1%"}}
    assert comparing.told(answer, [{"id": "own", "shown": "1%"}]) == ({"x": 1}, "")
    shown_, warning = comparing.told(answer, [{"id": "own", "shown": "2%"}])
    assert shown_ == {}
    assert "left out" in warning


def test_both_sides_call_the_exhibit_by_the_same_number():
    assert comparing.ID == CHANGES


def test_a_move_that_other_correlations_make_is_theirs(parameters):
    alone = replace(parameters, correlations=())
    changed = found(alone, parameters)
    moved = {each.figure.id: each for each in changed.moves if each.move}
    assert moved.keys() <= {"equity_value_usd", "money_runs_out_share"}
    (cause,) = moved["equity_value_usd"].attribution.causes
    assert (cause.name, cause.move) == (CORRELATIONS, moved["equity_value_usd"].move)


def test_a_build_of_before_correlations_is_read_as_one_without(parameters):
    text = written(Snapshot("deal_day", parameters, DIGESTS))
    assert read(text, "here").parameters.correlations == parameters.correlations != ()
    earlier = json.dumps({k: v for k, v in json.loads(text).items() if k != "correlations"})
    assert read(earlier, "here").parameters.correlations == ()


def test_what_had_fired_is_recorded_and_an_earlier_build_does_not_say(parameters):
    text = written(Snapshot("deal_day", parameters, DIGESTS, ("rubin_ships", "formal_review")))
    assert read(text, "here").signals_fired == ("rubin_ships", "formal_review")
    earlier = json.dumps({k: v for k, v in json.loads(text).items() if k != "signals_fired"})
    assert read(earlier, "here").signals_fired == ()

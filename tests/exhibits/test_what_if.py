"""What if: every text that a slider can lead to is that of the case which it names."""

import random

import pytest

from briefing.case import Case
from briefing.exhibits.headlines import Headline
from briefing.exhibits.what_if import MOST_SLIDERS, what_if_sliders
from briefing.exhibits.words import money, percent, quantity_text
from briefing.inputs.moves import positions
from briefing.runs.stances import STANCES

SETS = ["latest", "deal_day"]

SAMPLE = 6
"""Points of each set that a second route checks: single moves and pairs."""


@pytest.fixture(scope="module", params=SETS)
def case(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def choices(case):
    return case.what_if_table.choices


def said(choices, point=""):
    rows = [*choices["figures"], *choices["conclusions"]]
    return {
        row["label"]: row["texts"][place]
        for row, place in zip(rows, choices["points"][point], strict=True)
    }


def moved(case, point):
    """The case to which a point leads, by the public way and with the values of `positions`."""
    values = {}
    for step in point.split():
        slider, place = map(int, step.split(":"))
        name = case.what_if_sliders[slider]
        values[name] = positions(case._parameters.assumptions[name])[place]
    return case.what_if(**values)


def expected(case):
    payable = case.labs_paid_without_funding_share
    return {
        "Of the commitment, Microsoft's own money": percent(case.self_funded_revenue_share),
        "Of the commitment, customers' money": percent(case.customer_funded_revenue_share),
        "Nvidia's own money in these chip sales": percent(case.nvidia_self_funded_revenue_share),
        "Anthropic, discounted cash flow": money(case.equity_value_usd),
        "Lowest cash, money in sight only": money(case.lowest_cash_usd),
        "Of what labs promised, payable without funding": percent(payable),
    }


def stances(case):
    """The two conclusions that rest on bounds, as the record of changes reads them."""
    figures = {
        name: Headline(
            name, name, 0.0, getattr(case, f"lower_{name}"), getattr(case, f"upper_{name}"), "", ""
        )
        for name in ("self_funded_revenue_share", "customer_funded_revenue_share")
    }
    return {each.question: each.taken(figures).capitalize() for each in STANCES[2:]}


def test_what_stands_at_the_start_stands_everywhere_else(case, choices):
    register = case.figure_register.data.set_index("id").shown
    start = said(choices)
    tiles = {tile.label: tile.value for tile in case.headline_tiles.body}
    assert start["Of the commitment, Microsoft's own money"] in tiles.values()
    assert start["Of the commitment, customers' money"] in tiles.values()
    assert start["Anthropic, discounted cash flow"] == register["equity_value_usd"]
    assert start["Lowest cash, money in sight only"] == register["lowest_cash_usd"]
    answers = " ".join(case.key_takeaways.data["Our answer"])
    assert start["Of what labs promised, payable without funding"] in answers
    assert start.items() >= expected(case).items()


def test_a_point_says_what_its_own_case_says(case, choices):
    for point in random.Random(1).sample(sorted(choices["points"]), SAMPLE):
        other = moved(case, point)
        told = said(choices, point)
        assert told.items() >= (expected(other) | stances(other)).items(), point
        assert (told["Does money in sight run out before 2036?"] == "It runs out") == (
            other.lowest_cash_usd < 0
        )
        assert (
            told["Where does the last round lie beside the discounted cash flow?"] == "Above it"
        ) == (other.last_round_value_usd > other.equity_value_usd)


def test_any_one_and_any_two_sliders_can_be_moved(choices):
    others = [len(slider["texts"]) - 1 for slider in choices["sliders"]]
    pairs = (sum(others) ** 2 - sum(n**2 for n in others)) / 2
    assert len(choices["points"]) == 1 + sum(others) + pairs


def test_a_slider_starts_at_the_value_of_the_set(case, choices):
    for name, slider in zip(case.what_if_sliders, choices["sliders"], strict=True):
        own = case._parameters.assumptions[name].value
        assert slider["texts"][slider["start"]] == quantity_text(name, own)
        assert len(set(slider["texts"])) == len(slider["texts"])


def test_no_other_assumption_moves_a_figure_more(case):
    chosen = case.what_if_sliders
    assert len(chosen) == MOST_SLIDERS
    by_end = case.value("equity_value_usd_by_end")
    moves = {move[0][0]: [] for move in by_end if move}
    for name, reached in moves.items():
        reached += [value for move, value in by_end.items() if not move or move[0][0] == name]
    swings = {name: max(reached) - min(reached) for name, reached in moves.items()}
    assert max(swings, key=swings.__getitem__) in chosen


def test_leaders_are_chosen_first_then_those_that_move_all_figures_most():
    def figure(**highs):
        return {(): 0.0} | {((name, 1.0),): high for name, high in highs.items()}

    still = figure(a=0, b=0, c=0)
    # `c` leads no figure but moves two of them nearly most; all three find room.
    chosen = what_if_sliders(
        figure(a=10, b=0, c=9), figure(a=0, b=10, c=9), still, still, still,
        labs_paid_without_funding_share_by_end=still,
    )  # fmt: skip
    assert chosen == ("c", "a", "b")


def test_ties_go_in_the_order_of_the_set():
    same = {(): 0.0, (("first", 1.0),): 1.0, (("second", 1.0),): -1.0}
    assert what_if_sliders(same, same, same, same, same, same) == ("first", "second")


def test_what_was_replaced_is_no_slider_and_stays(latest):
    name = latest.what_if_sliders[0]
    other = latest.what_if(**{name: latest._parameters.assumptions[name].high})
    assert name not in other.what_if_sliders
    assert said(other.what_if_table.choices).items() >= expected(other).items()


def test_the_table_has_both_ends_of_each_slider(case):
    frame = case.what_if_table.data
    ends = frame.groupby("assumption")["value"].agg(["min", "max"])
    for name in case.what_if_sliders:
        assumption = case._parameters.assumptions[name]
        assert tuple(ends.loc[name]) == (assumption.low, assumption.high)


def test_it_rests_on_the_assumptions_of_its_figures(case):
    table = case.what_if_table
    assert set(case.what_if_sliders) <= set(table.assumptions)
    assert "equity_value_usd" in table.figures
    assert all(fact.known_since <= case.as_of for fact in table.facts)


def test_the_title_counts_what_flips_and_spans_the_value(case, choices):
    start, table = said(choices), case.what_if_table
    answers = table.data[[each["label"] for each in choices["conclusions"]]]
    flipped = sum(
        any(answer.capitalize() != start[label] for answer in answers[label]) for label in answers
    )
    assert f"; {flipped or 'none'} of {len(answers.columns)} conclusions flip" in table.title
    values = table.data["Anthropic, discounted cash flow"]
    assert f"between {money(values.min())} and {money(values.max())}" in table.title


def test_a_set_without_ranges_says_that_nothing_flips():
    case = Case("latest")
    free = {a.name: a.value for a in case.assumptions("what_if_sliders") if a.low is not None}
    pinned = case.what_if(**free)
    assert pinned.what_if_sliders == ()
    assert pinned.what_if_table.title.endswith("nothing flips")

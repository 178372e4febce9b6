"""Conclusions that can flip, each on both sides of its threshold."""

import pytest

from briefing.exhibits.headlines import Headline
from briefing.runs.stances import STANCES, flips, reworded_answers

RUNS_OUT, LAST_ROUND, OWN_MONEY, CUSTOMERS = (stance.question for stance in STANCES)


def figure(name, value, low=None, high=None):
    return Headline(name, name, value, low, high, "", "")


def figures(runs_out=0.25, last=200e9, own=(0.0, 0.16), customers=(0.0, 1.0)):
    every = [
        figure("money_runs_out_share", runs_out),
        figure("equity_value_usd", 150e9, 100e9, 300e9),
        figure("last_round_value_usd", last),
        figure("self_funded_revenue_share", 0.1, *own),
        figure("customer_funded_revenue_share", 0.8, *customers),
    ]
    return {each.id: each for each in every}


@pytest.mark.parametrize(
    ("before", "after", "question", "told"),
    [
        ({"runs_out": 0.25}, {"runs_out": 0.0}, RUNS_OUT, "in no draw"),
        ({"runs_out": 0.0}, {"runs_out": 0.0005}, RUNS_OUT, "it does in some draws"),
        ({"last": 300e9}, {"last": 301e9}, LAST_ROUND, "above the range"),
        ({"last": 100e9}, {"last": 99e9}, LAST_ROUND, "below the range"),
        ({"last": 99e9}, {"last": 100e9}, LAST_ROUND, "inside the range"),
        ({"own": (0, 0.5)}, {"own": (0, 0.51)}, OWN_MONEY, "it depends on the rule"),
        (
            {"customers": (0.5, 1)},
            {"customers": (0.51, 1)},
            CUSTOMERS,
            "more than half, by every tracing rule",
        ),
        (
            {"customers": (0.4, 0.6)},
            {"customers": (0.4, 0.5)},
            CUSTOMERS,
            "at most half, by every tracing rule",
        ),
    ],
)
def test_a_conclusion_flips_where_its_threshold_is_crossed(before, after, question, told):
    (flipped,) = flips(figures(**before), figures(**after))
    assert (flipped.question, flipped.after) == (question, told)
    assert flipped.rule.startswith("flips when")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"runs_out": 0.25}, {"runs_out": 0.01}),
        ({"last": 101e9}, {"last": 299e9}),
        ({"own": (0.0, 0.1)}, {"own": (0.2, 0.5)}),
    ],
)
def test_a_move_on_one_side_of_the_threshold_flips_nothing(before, after):
    assert flips(figures(**before), figures(**after)) == ()


def test_there_is_no_flip_where_a_build_does_not_print_what_it_rests_on():
    bare = {"money_runs_out_share": figure("money_runs_out_share", 0.0)}
    (only,) = flips(figures(runs_out=0.3, last=400e9), bare)
    assert only.question == RUNS_OUT


def test_a_bound_that_is_not_printed_is_no_threshold():
    without = figures() | {"equity_value_usd": figure("equity_value_usd", 150e9)}
    assert flips(figures(last=400e9), without) == ()


def test_answers_are_matched_by_their_question():
    before = {"Worth?": "much", "Real?": "yes", "Gone?": "was here"}
    after = {"Real?": "yes", "New?": "is here", "Worth?": "little"}
    told = [(each.question, each.before, each.after) for each in reworded_answers(before, after)]
    assert told == [
        ("New?", "", "is here"),
        ("Worth?", "much", "little"),
        ("Gone?", "was here", ""),
    ]

"""Published games, the four axioms that only this value meets, and exact sums when sampled."""

from itertools import combinations, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.shapley import shapley

PLAYERS = ("a", "b", "c", "d")


def coalitions(players):
    return [frozenset(some) for n in range(len(players) + 1) for some in combinations(players, n)]


def games(players=PLAYERS):
    """A value for every coalition; that of nobody need not be zero."""
    some = coalitions(players)
    return st.lists(st.integers(-1000, 1000), min_size=len(some), max_size=len(some)).map(
        lambda values: dict(zip(some, map(float, values), strict=True))
    )


def by_definition(player, players, value):
    """The average over all orders, one by one."""
    orders = list(permutations(players))
    before = [frozenset(order[: order.index(player)]) for order in orders]
    return sum(value(some | {player}) - value(some) for some in before) / len(orders)


def test_of_two_left_gloves_and_a_right_one_the_right_is_due_two_thirds():
    def pairs(gloves):
        return float(min("right" in gloves, bool(gloves & {"left", "other left"})))

    due = shapley(["left", "other left", "right"], pairs).due
    assert due == pytest.approx({"left": 1 / 6, "other left": 1 / 6, "right": 2 / 3})


# Littlechild and Owen (1973): a runway costs what the largest aeroplane needs, and each pays an
# equal part of every stretch that it uses. Here stretches of 8, 3, 2 and 5 among 4, 3, 2 and 1.
RUNWAY = {"a": 8.0, "b": 11.0, "c": 13.0, "d": 18.0}
PAID = {
    "a": 8 / 4,
    "b": 8 / 4 + 3 / 3,
    "c": 8 / 4 + 3 / 3 + 2 / 2,
    "d": 8 / 4 + 3 / 3 + 2 / 2 + 5 / 1,
}


def runway(landing):
    return max((RUNWAY[each] for each in landing), default=0.0)


def test_aeroplanes_share_each_stretch_of_the_runway_that_they_use():
    assert shapley(PLAYERS, runway).due == pytest.approx(PAID)


def test_a_council_with_five_vetoes_gives_a_member_without_one_four_in_two_thousand():
    # United Nations Security Council of fifteen, nine votes with all five permanent: Shapley and
    # Shubik's index is 4/2145 for each of the ten and 421/2145 for each of the five.
    permanent = [f"p{n}" for n in range(5)]

    def passes(voters):
        return float(set(permanent) <= voters and len(voters) >= 9)

    members = [*permanent, *(f"e{n}" for n in range(10))]
    due = shapley(members, passes, most_exact=15).due
    assert due["p0"] == pytest.approx(421 / 2145)
    assert due["e9"] == pytest.approx(4 / 2145)


@given(game=games())
def test_it_is_the_average_over_all_orders(game):
    due = shapley(PLAYERS, game.__getitem__).due
    for player in PLAYERS:
        assert due[player] == pytest.approx(by_definition(player, PLAYERS, game.__getitem__))


@given(game=games(), is_sampled=st.booleans(), seed=st.integers(0, 99))
def test_nothing_is_lost_or_made_up(game, is_sampled, seed):
    exact = 3 if is_sampled else 4
    due = shapley(PLAYERS, game.__getitem__, most_exact=exact, pairs=3, seed=seed).due
    whole = game[frozenset(PLAYERS)] - game[frozenset()]
    assert sum(due.values()) == pytest.approx(whole, abs=1e-9)


@given(game=games())
def test_who_adds_the_same_everywhere_is_due_the_same(game):
    def symmetric(some):
        return game[frozenset("b" if each == "a" else each for each in some)]

    due = shapley(PLAYERS, symmetric).due
    assert due["a"] == pytest.approx(due["b"])


@given(game=games(), own=st.integers(-50, 50), is_sampled=st.booleans())
def test_who_adds_its_own_and_no_more_is_due_its_own(game, own, is_sampled):
    def with_dummy(some):
        return game[some - {"dummy"}] + (own if "dummy" in some else 0.0)

    exact = 4 if is_sampled else 5
    due = shapley([*PLAYERS, "dummy"], with_dummy, most_exact=exact, pairs=2).due
    assert due["dummy"] == pytest.approx(own, abs=1e-9)


@given(one=games(), two=games())
def test_two_games_played_together_are_due_the_sum(one, two):
    first, second = (shapley(PLAYERS, game.__getitem__).due for game in (one, two))
    both = shapley(PLAYERS, lambda some: one[some] + two[some]).due
    for player in PLAYERS:
        assert both[player] == pytest.approx(first[player] + second[player], abs=1e-9)


def test_a_sample_lies_near_the_exact_value_and_knows_how_near():
    sampled = shapley(PLAYERS, runway, most_exact=0, pairs=500, seed=3)
    assert not sampled.is_exact
    for player in PLAYERS:
        error = sampled.standard_error[player]
        assert abs(sampled.due[player] - PAID[player]) <= 4 * error + 1e-12


def test_an_order_and_its_reverse_settle_a_game_of_pairs_at_once():
    # Where only pairs count, a player is before each other in just one of the two orders.
    worth = {frozenset(pair): float(n) for n, pair in enumerate(combinations(PLAYERS, 2))}

    def friends(some):
        return sum(value for pair, value in worth.items() if pair <= some)

    exact = shapley(PLAYERS, friends).due
    sampled = shapley(PLAYERS, friends, most_exact=0, pairs=2)
    assert sampled.due == pytest.approx(exact)
    assert max(sampled.standard_error.values()) == pytest.approx(0, abs=1e-12)


def test_the_same_seed_samples_the_same_orders():
    def shares(seed):
        return shapley(PLAYERS, runway, most_exact=0, pairs=3, seed=seed).due

    assert shares(1) == shares(1)
    assert shares(1) != shares(2)


def test_each_coalition_is_valued_once():
    asked = []
    shapley(PLAYERS, lambda some: asked.append(some) or float(len(some)))
    assert sorted(map(sorted, asked)) == sorted(map(sorted, coalitions(PLAYERS)))


def test_nobody_is_due_nothing():
    assert shapley([], lambda _: 7.0).due == {}


@pytest.mark.parametrize(
    ("players", "more", "told"),
    [(["a", "a"], {}, "names of their own"), (PLAYERS, {"most_exact": 0, "pairs": 1}, "two pairs")],
)
def test_games_that_cannot_be_shared_are_refused(players, more, told):
    with pytest.raises(ValueError, match=told):
        shapley(players, lambda some: float(len(some)), **more)

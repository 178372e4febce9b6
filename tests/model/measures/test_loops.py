import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import networks

from briefing.model.measures.loops import TimedFlow, loops, round_trip_share, time_respecting_loops


@given(flows=networks())
def test_every_loop_is_a_circle_of_flows_and_its_bottleneck_the_smallest(flows):
    for loop in loops(flows):
        legs = zip(loop.parties, loop.parties[1:] + loop.parties[:1], strict=True)
        assert loop.bottleneck == min(flows[leg] for leg in legs) > 0


def test_loops_are_no_longer_than_asked():
    ring = np.roll(np.eye(5), 1, axis=1)
    assert len(loops(ring)) == 1
    assert not loops(ring, longest=4)


def test_the_widest_loop_comes_first():
    pairs = np.array([[0, 1, 9], [2, 0, 0], [8, 0, 0]])
    assert [loop.bottleneck for loop in loops(pairs)] == [8, 1]


def timed(*legs):
    return [TimedFlow(*leg) for leg in legs]


def test_a_loop_whose_second_leg_has_ended_is_none():
    flows = timed((0, 1, 5.0, 2.0, 3.0), (1, 0, 30.0, 0.0, 1.0))
    assert not time_respecting_loops(flows, [True, False])


def test_a_loop_must_close_within_the_window():
    flows = timed((0, 1, 5.0, 0.0, 1.0), (1, 0, 30.0, 4.0, 5.0))
    assert not time_respecting_loops(flows, [True, False], window_years=3)
    assert time_respecting_loops(flows, [True, False], window_years=4)[0].lag_years == 4


def test_a_loop_begins_with_a_marked_leg_and_takes_its_widest_way():
    flows = timed((0, 1, 5.0, 0, 9), (0, 1, 7.0, 0, 9), (1, 2, 6.0, 0, 9), (2, 0, 8.0, 0, 9))
    (loop,) = time_respecting_loops(flows, [True, True, False, False])
    assert (loop.parties, loop.bottleneck) == ((0, 1, 2), 6.0)


@given(flows=networks())
def test_loops_at_one_time_are_the_loops_without_time(flows):
    legs = [TimedFlow(i, j, flows[i, j], 0, 1) for i, j in np.argwhere(flows > 0).tolist()]
    in_time = {frozenset(x.parties) for x in time_respecting_loops(legs, [True] * len(legs))}
    assert in_time == {frozenset(loop.parties) for loop in loops(flows)}


@given(flows=networks(), seller=st.integers(0, 4), customer=st.integers(0, 4))
def test_the_round_trip_share_lies_between_zero_and_one(flows, seller, customer):
    if seller != customer:
        assert 0 <= round_trip_share(flows, seller, customer) <= 1 + 1e-12


def test_money_that_takes_a_detour_counts_as_a_round_trip():
    flows = np.array([[0, 0, 5], [30, 0, 0], [0, 5, 0]])
    assert round_trip_share(flows, seller=0, customer=1) == pytest.approx(5 / 30)


def test_a_circle_counts_once_wherever_it_begins():
    there, back = TimedFlow(0, 1, 5.0, 0.0, 4.0), TimedFlow(1, 0, 30.0, 0.5, 5.0)
    (found,) = time_respecting_loops([there, back], [True, True])
    assert found.parties == (1, 0)
    assert (found.bottleneck, found.lag_years) == (5.0, 0.0)

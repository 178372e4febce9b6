"""Cascades against a count of tasks one by one, and the worth of a task against both profits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.model.measures.routing import (
    break_even_damage,
    break_even_failure,
    cascade_saving,
    least_task_value,
)

SHARES = st.floats(0.0, 1.0)


def counted_saving(routed, cheap, failing, tasks=1000):
    """What `tasks` cost one after the other, the first of them sent to the cheap model."""
    cost = 0.0
    for number in range(tasks):
        if number < routed * tasks:
            cost += cheap + (1.0 if number < failing * routed * tasks else 0.0)
        else:
            cost += 1.0
    return 1 - cost / tasks


@pytest.mark.parametrize(
    ("routed", "cheap", "failing"), [(0.5, 0.2, 0.1), (0.8, 0.025, 0.25), (1.0, 0.9, 0.5)]
)
def test_a_cascade_saves_what_a_count_of_its_tasks_says(routed, cheap, failing):
    assert cascade_saving(routed, cheap, failing) == pytest.approx(
        counted_saving(routed, cheap, failing)
    )


@given(SHARES, st.floats(0.0, 1.0))
def test_at_the_break_even_nothing_is_saved(routed, ratio):
    failing = break_even_failure(ratio)
    assert cascade_saving(routed, ratio, failing) == pytest.approx(0.0, abs=1e-12)


@given(SHARES, SHARES, SHARES, SHARES)
def test_more_failures_never_save_more(routed, ratio, one, other):
    less, more = sorted((one, other))
    assert cascade_saving(routed, ratio, more) <= cascade_saving(routed, ratio, less)


def test_nothing_routed_saves_nothing_and_a_free_model_that_never_fails_saves_all_it_is_given():
    assert cascade_saving(0.0, 0.3, 0.2) == 0
    assert cascade_saving(0.7, 0.0, 0.0) == pytest.approx(0.7)


def test_damage_at_its_break_even_eats_the_saving():
    saving = cascade_saving(0.5, 0.2, 0.1)
    damage = break_even_damage(saving, 0.5, 0.1, 0.3)
    assert saving - 0.5 * 0.1 * 0.3 * damage == pytest.approx(0.0)
    assert np.isinf(break_even_damage(saving, 0.5, 0.1, 0.0))
    assert break_even_damage(-0.1, 0.5, 0.1, 0.3) == 0


@given(st.floats(0.001, 1.0), st.floats(0.001, 1.0), st.floats(0.1, 1.0), st.floats(0.1, 1.0))
def test_from_its_least_worth_on_the_dear_model_leaves_more(one, other, solved, less):
    cheap, dear = sorted((one, other))
    worth = float(least_task_value(dear, cheap, solved, less))

    def gain(value):
        return (solved * value - dear) - (less * value - cheap)

    if dear == cheap:
        assert worth == 0
    elif solved <= less:
        assert np.isinf(worth)
        assert gain(1e6) < 0
    else:
        assert gain(worth * 1.01) > 0 > gain(worth * 0.99)

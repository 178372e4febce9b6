"""Lock-in: the model's quantities against their limits and against the formula for one day."""

import numpy as np
import pytest

from briefing.inputs.files import BadInput


def test_no_lock_takes_nothing_and_a_lock_as_long_as_the_work_takes_all(latest):
    free = latest.what_if(lock_in_years=0)
    assert free.freedom_lost_share == 0
    assert free.required_co_optimisation_gain_share == 0
    bound = latest.what_if(lock_in_years=6, azure_term_years=5)
    assert bound.locked_switching_value_share == 0
    assert bound.freedom_lost_share == pytest.approx(bound.switching_value_share)


def test_a_right_on_one_day_is_worth_no_more_than_one_that_goes_on(latest):
    drawn = latest.draws(300, 5)
    one_day, on = (drawn.value(f"{name}_switching_value_share") for name in ("one_day", "locked"))
    # The tree's steps of a quarter miss the formula by a little, in either direction.
    assert np.all(one_day <= on + 0.004)
    assert np.median(one_day / np.maximum(on, 1e-9)) > 0.75


def test_a_longer_lock_must_be_paid_with_a_larger_gain(latest):
    needed = latest.value("required_co_optimisation_gain_share_by_alternative").reshape(5, 5)
    assert np.all(np.diff(needed, axis=0) >= 0)
    # The dearer the alternative, the less is needed.
    assert np.all(np.diff(needed, axis=1) <= 0)


def test_dollars_are_the_part_of_the_commitment_that_runs_on_these_chips(latest):
    halved = latest.what_if(azure_nvidia_share=latest.azure_nvidia_share / 2)
    assert halved.freedom_lost_usd == pytest.approx(latest.freedom_lost_usd / 2)
    commitment = latest.commitment_present_value_usd * latest.azure_nvidia_share
    assert latest.freedom_lost_usd == pytest.approx(latest.freedom_lost_share * commitment)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"relative_cost_volatility_rate": 0}, "no right a value"),
        ({"google_anthropic_stake_share": 0.8, "amazon_anthropic_stake_share": 0.2}, "Anthropic"),
        ({"microsoft_openai_stake_share": 0.95}, "too little of OpenAI"),
    ],
)
def test_what_would_leave_nothing_to_value_is_refused_before_any_work(latest, changes, told):
    with pytest.raises(BadInput, match=told):
        latest.what_if(**changes)

"""What a way to buy is worth, at the limits where it is known."""

import numpy as np
import pytest

from briefing.inputs.files import BadInput


def test_without_a_commitment_or_a_second_platform_no_way_is_worth_more(latest):
    bare = latest.what_if(
        commitment_discount_share=0, commitment_unused_share=0, platform_cost_share=0
    )
    assert bare.one_platform_advantage_share == pytest.approx(0)


def test_at_the_advantage_both_ways_cost_the_same(latest):
    through_own_cloud = (1 + latest.one_platform_advantage_share) * latest.committed_price_share
    direct = 1 + latest.platform_cost_share / latest.buyer_plan_years
    assert through_own_cloud == pytest.approx(direct)


def test_what_would_make_usage_free_is_refused(latest):
    with pytest.raises(BadInput, match="cost a customer of the cloud nothing"):
        latest.what_if(commitment_unused_share=1.0)


def test_a_dearer_move_makes_freedom_worth_less(latest):
    drawn = latest.draws(200, 3)
    one, two = drawn.value("buyer_freedom_share"), drawn.value("two_platform_freedom_share")
    assert np.all(two <= one)
    same = latest.what_if(platform_cost_share=0)
    assert same.two_platform_freedom_share == pytest.approx(same.buyer_freedom_share)


def test_no_lock_needs_no_discount_and_one_for_the_whole_plan_takes_all_freedom(latest):
    assert latest.what_if(maker_lock_in_years=0).one_maker_discount_share == pytest.approx(0)
    bound = latest.what_if(maker_lock_in_years=latest.buyer_plan_years)
    assert bound.one_maker_discount_share == pytest.approx(latest.buyer_freedom_share)


def test_a_move_is_earned_back_by_the_gap(latest):
    moved = latest.what_if(migration_cost_share=0.3, price_gap_share=0.6)
    assert moved.migration_payback_years == pytest.approx(0.5)
    assert np.isinf(latest.what_if(price_gap_share=0).migration_payback_years)

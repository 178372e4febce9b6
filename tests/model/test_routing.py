"""What a task costs by tier, from the prices of the ledger by hand."""

import pytest


def test_a_task_costs_its_tokens_at_list(latest, deal_day):
    # 4,000 tokens in and 1,000 out, at the dollars per million that the pages print.
    # Newer models count the same text as 1.3 times as many.
    assert latest.large_usd_per_task == pytest.approx(1.3 * (4 * 4 + 20) / 1000)
    assert deal_day.large_usd_per_task == pytest.approx((4 * 15 + 75) / 1000)
    assert latest.small_usd_per_task == pytest.approx(1.3 * (4 * 0.1 + 0.5) / 1000)


def test_the_length_of_a_task_moves_no_share(latest):
    longer = latest.what_if(task_output_tokens_count=5000)
    assert longer.large_usd_per_task == pytest.approx(5 * latest.large_usd_per_task)
    for name in ("small_to_large_price_share", "routing_saving_share"):
        assert longer.value(name) == pytest.approx(latest.value(name))


def test_all_tasks_to_the_middle_model_save_what_it_is_cheaper(latest, deal_day):
    # $3 and $15 per million tokens against $15 and $75, then; $2 and $10 against $4 and $20.
    assert deal_day.middle_saving_share == pytest.approx(1 - 3 / 15)
    assert latest.middle_saving_share == pytest.approx(1 - 2 / 4)


def test_dearer_failures_end_at_the_price_gap(latest):
    limit = latest.routing_break_even_failure_share
    assert limit == pytest.approx(1 - latest.small_usd_per_task / latest.large_usd_per_task)
    assert latest.what_if(small_failure_share=limit).routing_saving_share == pytest.approx(0)


def test_a_model_that_solves_no_more_never_pays(deal_day):
    # Its maker's own test of that autumn had the middle model ahead of the large one.
    assert deal_day.large_solved_share < deal_day.middle_solved_share
    assert deal_day.large_model_least_usd_per_task == float("inf")

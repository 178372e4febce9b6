"""Routing: what is it worth to give each task to the model that just suffices?

Prices are list prices of Anthropic's tiers, so the answer is one for buyers of Claude; another
maker's models can be set in their place. Money is in dollars per task, which is a number of tokens
that come out and a multiple of it that go in.
"""

import numpy as np

from briefing.model.measures.routing import (
    break_even_damage,
    break_even_failure,
    cascade_saving,
    least_task_value,
)

Array = np.ndarray

TOKENS_PER_MTOK = 1e6


def task_tokens_count(
    task_output_tokens_count: Array, tokens_for_same_text_multiple: Array
) -> Array:
    """Tokens that come out per task, as today's models count the text."""
    return task_output_tokens_count * tokens_for_same_text_multiple


def _task_usd(input_price: Array, output_price: Array, read: Array, tokens: Array) -> Array:
    return (output_price + read * input_price) * tokens / TOKENS_PER_MTOK


def large_usd_per_task(
    large_input_usd_per_mtok: Array,
    large_output_usd_per_mtok: Array,
    input_tokens_per_output_token_multiple: Array,
    task_tokens_count: Array,
) -> Array:
    """List price of a task done by the large model."""
    return _task_usd(
        large_input_usd_per_mtok,
        large_output_usd_per_mtok,
        input_tokens_per_output_token_multiple,
        task_tokens_count,
    )


def middle_usd_per_task(
    middle_input_usd_per_mtok: Array,
    middle_output_usd_per_mtok: Array,
    input_tokens_per_output_token_multiple: Array,
    task_tokens_count: Array,
) -> Array:
    """List price of the same task done by the middle model, with as many tokens."""
    return _task_usd(
        middle_input_usd_per_mtok,
        middle_output_usd_per_mtok,
        input_tokens_per_output_token_multiple,
        task_tokens_count,
    )


def small_usd_per_task(
    small_input_usd_per_mtok: Array,
    small_output_usd_per_mtok: Array,
    input_tokens_per_output_token_multiple: Array,
    task_tokens_count: Array,
) -> Array:
    """List price of the same task done by the small model, with as many tokens."""
    return _task_usd(
        small_input_usd_per_mtok,
        small_output_usd_per_mtok,
        input_tokens_per_output_token_multiple,
        task_tokens_count,
    )


def small_to_large_price_share(small_usd_per_task: Array, large_usd_per_task: Array) -> Array:
    """What the small model costs per task, over the large one."""
    return small_usd_per_task / large_usd_per_task


def routing_saving_share(
    routed_task_share: Array, small_to_large_price_share: Array, small_failure_share: Array
) -> Array:
    """Part of the bill of the large model that is saved by asking the small one first."""
    return cascade_saving(routed_task_share, small_to_large_price_share, small_failure_share)


def middle_saving_share(middle_usd_per_task: Array, large_usd_per_task: Array) -> Array:
    """Part of the bill of the large model that is saved by giving all tasks to the middle one.

    Negative where the middle one is dearer. It may solve fewer, which has no price here.
    """
    return 1 - middle_usd_per_task / large_usd_per_task


def routing_break_even_failure_share(small_to_large_price_share: Array) -> Array:
    """Share of failing tasks from which on asking the small model first saves nothing."""
    return break_even_failure(small_to_large_price_share)


def missed_failure_break_even_usd_per_task(
    routing_saving_share: Array,
    routed_task_share: Array,
    small_failure_share: Array,
    missed_failure_share: Array,
    large_usd_per_task: Array,
) -> Array:
    """What a failure that nobody notices may cost at most for routing to pay."""
    tasks = break_even_damage(
        routing_saving_share, routed_task_share, small_failure_share, missed_failure_share
    )
    return tasks * large_usd_per_task


def large_model_least_usd_per_task(
    large_usd_per_task: Array,
    middle_usd_per_task: Array,
    large_solved_share: Array,
    middle_solved_share: Array,
) -> Array:
    """Worth of a solved task from which on the large model pays over the middle one."""
    return least_task_value(
        large_usd_per_task, middle_usd_per_task, large_solved_share, middle_solved_share
    )


def middle_model_least_usd_per_task(
    middle_usd_per_task: Array,
    small_usd_per_task: Array,
    middle_solved_share: Array,
    small_solved_share: Array,
) -> Array:
    """Worth of a solved task from which on the middle model pays over the small one."""
    return least_task_value(
        middle_usd_per_task, small_usd_per_task, middle_solved_share, small_solved_share
    )

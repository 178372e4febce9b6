"""Routing: what it saves to give tasks to a cheap model first, and when a dear one is worth it.

A cascade asks the cheap model first and the dear one where its answer fails (Chen, Zaharia and
Zou 2023, FrugalGPT). Costs are in units of a task done by the dear model.
"""

from typing import Any

import numpy as np

Array = np.ndarray


def cascade_saving(routed_share: Any, price_ratio: Any, failure_share: Any) -> Array:
    """Part of the cost of sending everything to the dear model that a cascade saves.

    `routed_share` of all tasks goes to the cheap model first, at `price_ratio` of the dear one's
    cost; `failure_share` of them fails and is done again by the dear one. Negative where doing
    things twice costs more than it saves.

    >>> round(float(cascade_saving(0.5, 0.2, 0.1)), 3)
    0.35
    """
    return np.asarray(routed_share) * (1 - np.asarray(price_ratio) - failure_share)


def break_even_failure(price_ratio: Any) -> Array:
    """Share of failures from which on a cascade saves nothing.

    >>> round(float(break_even_failure(0.2)), 3)
    0.8
    """
    return np.maximum(1 - np.asarray(price_ratio), 0.0)


def break_even_damage(saving: Any, routed_share: Any, failure_share: Any, missed: Any) -> Array:
    """What a failure that nobody notices may cost at most, in tasks of the dear model.

    `missed` is the share of failures that pass unseen. Infinite where there are none.

    >>> round(float(break_even_damage(0.35, 0.5, 0.1, 0.1)), 2)
    70.0
    """
    unseen = np.asarray(routed_share) * failure_share * missed
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(unseen > 0, np.maximum(saving, 0.0) / unseen, np.inf)


def least_task_value(dear_cost: Any, cheap_cost: Any, dear_solved: Any, cheap_solved: Any) -> Array:
    """Worth of a solved task from which on the dear model pays, in the unit of the costs.

    The dear one solves more, so `dear_cost - cheap_cost` buys `dear_solved - cheap_solved` of a
    task. Infinite where it solves no more, zero where it costs no more.

    >>> round(float(least_task_value(0.03, 0.006, 0.8, 0.7)), 3)
    0.24
    """
    dearer = np.maximum(np.asarray(dear_cost) - cheap_cost, 0.0)
    more = np.asarray(dear_solved) - cheap_solved
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(dearer == 0, 0.0, np.where(more > 0, dearer / more, np.inf))

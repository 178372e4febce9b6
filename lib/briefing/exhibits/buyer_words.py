"""Words on what a buyer gains that several exhibits share."""

import numpy as np

from briefing.exhibits.words import number, percent, percent_span

Array = np.ndarray


def all_to_the_middle(saving: float, more: float) -> str:
    """What the middle model would save if it did all tasks, and how many more or fewer it solves.

    >>> print(all_to_the_middle(0.5, -0.086))
    The middle model for all tasks would save 50% of the large one's bill and solve 8.6 of a \
hundred fewer.
    """
    price = (
        f"save {percent(saving)} of the large one's bill"
        if saving >= 0
        else f"cost {percent(-saving)} more than the large one"
    )
    many = f"{number(abs(more) * 100)} of a hundred {'more' if more > 0 else 'fewer'}"
    told = f"The middle model for all tasks would {price} and solve {many if more else 'as many'}"
    if saving < 0 or more < 0:
        return f"{told}."
    return f"{told}, so routing pays only where the large model is needed all the same."


def worth_in_draws(central: float, draws: Array) -> str:
    """What a way in is worth in the central case and in draws, whose middle may be elsewhere."""
    low, middle, high = np.quantile(draws, [0.1, 0.5, 0.9])
    return (
        f"{percent(central)} of the list price (middle draw {percent(float(middle))}, "
        f"{percent_span(float(low), float(high))} in eight draws of ten)"
    )

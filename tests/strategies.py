"""What hypothesis may try on the model."""

import numpy as np
from hypothesis import strategies as st

amounts = st.floats(0, 1e11, allow_nan=False)
shares = st.floats(0, 1)
rates = st.floats(0.01, 0.5)


def paths(length=6):
    """Amounts per quarter, as the model keeps them: (draws, quarters)."""
    return st.lists(amounts, min_size=length, max_size=length).map(lambda path: np.array([path]))


def networks(size=5, most=1e3):
    """Payments between `size` parties, payer by row; about half are none, none to oneself."""
    cells = st.one_of(st.just(0.0), st.floats(0.01, most))
    return st.lists(cells, min_size=size * size, max_size=size * size).map(
        lambda flat: np.array(flat).reshape(size, size) * (1 - np.eye(size))
    )


def downhill(size=5, most=1e3):
    """Networks in which money only moves to parties of a higher number."""
    return networks(size, most).map(np.triu)

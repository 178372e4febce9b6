"""What hypothesis may try on the model."""

import numpy as np
from hypothesis import strategies as st

amounts = st.floats(0, 1e11, allow_nan=False)
shares = st.floats(0, 1)
rates = st.floats(0.01, 0.5)


def paths(length=6):
    """Amounts per quarter, as the model keeps them: (draws, quarters)."""
    return st.lists(amounts, min_size=length, max_size=length).map(lambda path: np.array([path]))

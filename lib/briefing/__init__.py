"""An analyst desk for the Microsoft–Nvidia–Anthropic alliance: every number is a named function."""

import os
from typing import Any

from briefing.lazily import start_late

THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Linear algebra in one thread: with more, the last digits of a sum depend on how many there are,
and beside other processes they only fight for the cores."""

start_late()
for _name, _count in THREADS.items():  # heeded where NumPy is not loaded yet
    os.environ.setdefault(_name, _count)


def __getattr__(name: str) -> Any:
    """Load `Case` on first use, so that small commands start without the whole model."""
    if name == "Case":
        from briefing.case import Case

        return Case
    raise AttributeError(f"module 'briefing' has no attribute {name!r}")

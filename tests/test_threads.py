"""How many threads linear algebra has where this library computes."""

import os
import subprocess
import sys

import pytest

from briefing import THREADS

TOLD = "import briefing, os; print(*(os.environ[name] for name in briefing.THREADS))"


@pytest.mark.parametrize("asked", [None, "3"])
def test_linear_algebra_has_one_thread_unless_its_user_asks_for_more(asked):
    others = {name: value for name, value in os.environ.items() if name not in THREADS}
    environment = others if asked is None else {**others, **dict.fromkeys(THREADS, asked)}
    told = subprocess.run(
        [sys.executable, "-c", TOLD], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [asked or "1"] * len(THREADS)

import subprocess
import sys
from pathlib import Path

import pytest
from tests.bench.postgres import Unavailable, available

BENCH = Path(__file__).parents[2] / "bench" / "delivery_faults.py"


@pytest.mark.parametrize("ledger", ["", "postgresql"])
def test_hosts_that_are_killed_lose_nothing_and_send_nothing_twice_but_for_one_window(ledger):
    if ledger:
        pytest.importorskip("psycopg", reason="psycopg is not installed")
        try:
            available()
        except Unavailable as error:
            pytest.skip(str(error))
    command = [sys.executable, BENCH, "6", *ledger.split()]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "       6  kills" in ran.stdout

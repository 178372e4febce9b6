import subprocess
import sys
from pathlib import Path

BENCH = Path(__file__).parents[2] / "bench" / "delivery_faults.py"


def test_hosts_that_are_killed_lose_nothing_and_send_nothing_twice_but_for_one_window():
    ran = subprocess.run([sys.executable, BENCH, "6"], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "       6  kills" in ran.stdout

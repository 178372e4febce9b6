"""The first moments of the command."""

import signal
import subprocess
import sys

import pytest

INTERRUPTED = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.{answer})

class Interrupting:
    def find_spec(self, name, path=None, target=None):
        if name == "briefing.cli":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupting())
sys.argv = ["briefing", "--help"]
from briefing.start import main
main()
"""


@pytest.mark.parametrize(
    ("answer", "ends", "says"),
    [("default_int_handler", -signal.SIGINT, ""), ("SIG_IGN", 0, "Usage: briefing")],
)
def test_ctrl_c_while_it_loads_ends_it_without_a_word_unless_it_is_ignored(
    answer, ends, says, environment
):
    code = INTERRUPTED.format(answer=answer)
    run = [sys.executable, "-c", code]
    ended = subprocess.run(run, env=environment, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stderr) == (ends, "")
    assert ended.stdout.strip().startswith(says)

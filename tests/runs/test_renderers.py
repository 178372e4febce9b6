"""Processes that render may be killed, as they are where memory is short."""

import subprocess
import sys
from concurrent.futures import CancelledError, wait
from pathlib import Path
from time import sleep

import pytest

from briefing.runs.renderers import KILLED, Renderers


@pytest.fixture
def renderers():
    pool = Renderers(2)
    yield pool
    pool.shutdown(cancel_futures=True)


# A renderer knows the library and no test, so what it is to do goes there as text.
KILL = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
KILL_ONCE = """
from pathlib import Path
flag = Path({flag!r})
if not flag.exists():
    flag.touch()
    import os, signal
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_killed_is_made_in_a_new_process_and_so_is_what_it_took_along(renderers, tmp_path):
    asked = [renderers.submit(len, "a" * n) for n in range(3)]
    asked += [renderers.submit(exec, KILL_ONCE.format(flag=str(tmp_path / "flag")))]
    asked += [renderers.submit(len, "a" * n) for n in range(3)]
    assert [each.result(60) for each in asked] == [0, 1, 2, None, 0, 1, 2]
    assert (tmp_path / "flag").exists()
    assert renderers.submit(len, "abc").result(60) == 3


def test_what_is_killed_again_fails_in_words_and_alone(renderers):
    asked = [renderers.submit(exec, KILL), *(renderers.submit(len, "a" * n) for n in range(9))]
    with pytest.raises(RuntimeError, match=KILLED):
        asked[0].result(60)
    assert [each.result(60) for each in asked[1:]] == [*range(9)]
    assert renderers.submit(len, "abc").result(60) == 3


def test_an_error_is_that_of_the_job(renderers):
    with pytest.raises(FileNotFoundError):
        renderers.submit(Path("/no/such/file").read_text).result(60)


def test_who_ends_them_waits_for_nothing_that_they_make(renderers, tmp_path):
    begun = tmp_path / "begun"
    told = f"from pathlib import Path; Path({str(begun)!r}).touch(); import time; time.sleep(600)"
    asked = [renderers.submit(exec, told), *(renderers.submit(len, "a") for _ in range(9))]
    while not begun.exists():
        sleep(0.01)
    renderers.end()
    with pytest.raises(CancelledError):
        asked[0].result(60)
    renderers.shutdown(cancel_futures=True)
    assert all(each.done() for each in asked)


def test_after_its_end_nothing_begins(renderers):
    running = renderers.submit(len, "abc")
    wait([running], 60)
    renderers.shutdown(cancel_futures=True)
    with pytest.raises(RuntimeError):
        renderers.submit(len, "abc")


def preloaded_tells(question):
    """The answer in a process that has imported what renderers find imported."""
    program = (
        "import importlib, os, sys\nfrom briefing.runs.renderers import preloaded\n"
        f"for module in preloaded(): importlib.import_module(module)\nprint({question})"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return ran.stdout.strip()


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="threads are counted on Linux")
def test_what_renderers_find_imported_has_started_no_thread():
    assert preloaded_tells("len(os.listdir('/proc/self/task'))") == "1"


def test_renderers_load_neither_the_model_nor_what_makes_charts():
    unused = {"altair", "networkx", "scipy", "briefing.model", "briefing.exhibits.look"}
    assert preloaded_tells(f"sorted({unused} & sys.modules.keys())") == "[]"


INTERRUPTED = """
import os, signal, time
from multiprocessing.forkserver import _forkserver as server
from threading import Thread
from briefing.runs.renderers import Renderers

pool, jobs = Renderers(1), []
begin = Thread(target=lambda: jobs.append(pool.submit(len, "abc")))
begin.start()
while server._forkserver_pid is None:
    time.sleep(0.001)
os.kill(server._forkserver_pid, signal.SIGINT)
begin.join()
print(jobs[0].result(60))
pool.shutdown()
"""


def test_ctrl_c_does_not_end_what_forks_renderers_while_it_imports(environment):
    run = [sys.executable, "-W", "ignore", "-c", INTERRUPTED]
    ended = subprocess.run(run, env=environment, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "3\n", "")

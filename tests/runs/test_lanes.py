"""One notebook in three lanes: fresh (papermill's own way), kernel and exec (forked)."""

import os
import re
import signal
import subprocess
import sys
import time
import warnings
from contextlib import suppress

import nbformat
import papermill
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from briefing.runs import kernels
from briefing.runs.notebooks import notebook_files

LANES = {"fresh": "briefing-fresh", "kernel": "briefing", "exec": "briefing-exec"}
FORKED = ["kernel", "exec"]

ODD = [
    'print("a"); print("b", end=""); import sys; print("err", file=sys.stderr); print("c")',
    "from IPython.display import HTML, Markdown, clear_output, display\n"
    'shown = display(HTML("<b>1</b>"), display_id="k"); display({"text/plain": "r"}, raw=True); 42',
    'shown.update(HTML("<b>2</b>"))',
    "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    "%%capture hidden\nprint('hidden')",
    "hidden.stdout",
    "for i in range(3):\n    clear_output(wait=True); print(i)",
    "!echo shell",
    ("1 / 0", "raises-exception"),
    ("print('skipped')", "skip-execution"),
    "",
    "_, Out.keys(), In[2][:5], __name__, get_ipython().execution_count",
    "import warnings; warnings.warn('careful')",
    "class Odd:\n    def _repr_mimebundle_(self, **_):\n"
    "        return {'application/x+json': {'b': 1, 'a': [1, 2]}, 'text/plain': 'odd'}\nOdd()",
    "import numpy as np; np.random.default_rng(7).random(2)",
    "def f():\n    raise ValueError('bad £')\nf()",
    "print('never')",
]


def written(folder, *sources):
    cells = []
    for source in sources:
        text, *tags = [source] if isinstance(source, str) else source
        cells.append(new_code_cell(text, metadata={"tags": tags}))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file = folder / "source.ipynb"
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": spec}), file)
    return file


def run(source, lane, target=None, **options):
    """The executed notebook, also when it failed."""
    target = target or source.with_name(f"{lane}.ipynb")
    with suppress(PapermillExecutionError):
        papermill.execute_notebook(
            source, target, engine_name=LANES[lane], progress_bar=False,
            request_save_on_cell_execute=False, **options,
        )  # fmt: skip
    return nbformat.read(target, as_version=4)


def told(notebook):
    """All that a lane decides, without process ids."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = [
        (cell.source, cell.execution_count, cell.metadata.papermill["status"], cell.outputs)
        for cell in cells
    ]
    return re.sub(r"ipykernel_\d+", "ipykernel", str(shown)), notebook.metadata.language_info


def statuses(notebook):
    return [
        cell.metadata.papermill["status"] for cell in notebook.cells if cell.cell_type == "code"
    ]


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    source = written(tmp_path_factory.mktemp("odd"), *ODD)
    return source, told(run(source, "fresh"))


@pytest.mark.parametrize("lane", FORKED)
def test_odd_cells_show_in_forks_what_they_show_in_a_fresh_kernel(reference, lane):
    source, fresh = reference
    assert "never" not in str(fresh[0]).replace("print('never')", "")
    assert told(run(source, lane)) == fresh


def test_our_own_notebooks_give_the_same_in_every_lane(root, tmp_path):
    for source in notebook_files(root / "notebooks"):
        if source.stem in {"01_deal", "04_risk", "10_sources"}:
            parameters = {"parameter_set": "deal_day", "overrides": {"azure_term_years": 4}}
            shown = [
                told(run(source, lane, tmp_path / f"{lane}.ipynb", parameters=parameters))
                for lane in LANES
            ]
            assert shown[0] == shown[1] == shown[2]


@pytest.mark.parametrize("lane", FORKED)
def test_forks_share_nothing_that_a_notebook_changes(tmp_path, lane):
    spoil = (
        "import os, sys, builtins, random, decimal, pandas as pd, numpy as np, altair as alt\n"
        "os.environ['SPOILT'] = '1'; sys.path.append('/spoilt'); builtins.spoilt = 1\n"
        "pd.set_option('display.max_rows', 3); decimal.getcontext().prec = 3\n"
        "alt.renderers.enable('html'); alt.theme.enable('dark')"
    )
    look = (
        "import os, sys, builtins, decimal, pandas as pd, altair as alt\n"
        "('SPOILT' in os.environ, '/spoilt' in sys.path, hasattr(builtins, 'spoilt'),\n"
        " pd.get_option('display.max_rows'), decimal.getcontext().prec, alt.renderers.active,"
        " alt.theme.active)"
    )
    run(written(tmp_path, spoil), lane)
    seen = run(written(tmp_path, look), lane).cells[0].outputs[0].data["text/plain"]
    # The last two are the library's own: forks have imported them.
    assert re.sub(r"\s+", " ", seen) == "(False, False, False, 60, 28, 'briefing', 'briefing')"


@pytest.mark.parametrize("lane", FORKED)
def test_forks_draw_different_random_numbers(tmp_path, lane):
    source = written(tmp_path, "import numpy as np, random; (np.random.rand(), random.random())")
    drawn = {run(source, lane).cells[0].outputs[0].data["text/plain"] for _ in range(2)}
    assert len(drawn) == 2


@pytest.mark.parametrize("lane", LANES)
def test_cells_that_never_ran_are_pending(tmp_path, lane):
    notebook = run(written(tmp_path, "1", "1 / 0", "2"), lane)
    assert statuses(notebook) == ["completed", "failed", "pending"]


@pytest.mark.parametrize("lane", LANES)
def test_a_killed_process_leaves_what_it_did_and_an_honest_record(tmp_path, lane):
    source = written(tmp_path, "'done'", "import os; os.kill(os.getpid(), 9)", "'never'")
    notebook = run(source, lane)
    assert statuses(notebook) == ["completed", "failed", "pending"]
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert cells[0].outputs[0].data["text/plain"] == "'done'"
    assert cells[1].outputs[0].ename == "KernelDied"


@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize(
    ("slow", "limits"),
    [
        ("import time; time.sleep(60)", {"execution_timeout": 1}),
        ("import time; time.sleep(60)", {"run_timeout": 4}),
        (
            "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); time.sleep(60)",
            {"execution_timeout": 1, "grace": 0.5},
        ),
    ],
)
def test_what_takes_too_long_is_interrupted_and_then_killed(tmp_path, lane, slow, limits):
    notebook = run(written(tmp_path, "1", slow, "2"), lane, **limits)
    assert statuses(notebook) == ["completed", "failed", "pending"]
    error = next(cell for cell in notebook.cells if cell.source == slow).outputs[-1]
    assert error.ename == "TimedOut"
    assert "ran longer than" in error.evalue


@pytest.mark.parametrize("lane", FORKED)
def test_nothing_that_a_notebook_started_outlives_it(tmp_path, lane):
    start = "import subprocess; subprocess.Popen(['sleep', '4321']).pid"
    notebook = run(written(tmp_path, start), lane)
    process_id = int(notebook.cells[0].outputs[0].data["text/plain"])
    for _ in range(100):
        if not psutil.pid_exists(process_id):
            return
        time.sleep(0.05)
    pytest.fail("the notebook's child still runs")


@pytest.fixture
def template(monkeypatch):
    """A warm template that no other process holds, so that it can be killed without harm."""
    monkeypatch.setenv("PYTHONHASHSEED", "321")
    kernels.let_go()
    found = kernels.warm_template()
    assert found is not None
    yield found
    kernels.let_go()


def test_a_killed_template_is_started_again(tmp_path, template):
    os.kill(template.process_id, signal.SIGKILL)
    assert statuses(run(written(tmp_path, "1"), "exec")) == ["completed"]
    again = kernels.warm_template()
    assert again is not None
    assert again.process_id != template.process_id


def test_where_no_template_can_be_one_warning_is_given_and_fresh_kernels_serve(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(kernels, "unsupported", lambda: "not on this machine")
    kernels.let_go()
    source = written(tmp_path, "import os; os.getpid()")
    with warnings.catch_warnings(record=True) as given:
        warnings.simplefilter("always")
        notebooks = [run(source, lane) for lane in FORKED]
    assert [str(w.message) for w in given if "warm" in str(w.message)] == [
        "no warm kernels: not on this machine; notebooks run in fresh ones, which takes longer"
    ]
    assert [statuses(notebook) for notebook in notebooks] == [["completed"]] * 2
    kernels.let_go()


def test_a_template_that_is_stuck_is_left_for_another(tmp_path, template, monkeypatch):
    monkeypatch.setattr(kernels, "ANSWER_SECONDS", 1.0)
    stuck = psutil.Process(template.process_id)
    stuck.suspend()
    try:
        assert statuses(run(written(tmp_path, "1"), "exec")) == ["completed"]
        other = kernels.warm_template()
        stuck.resume()
        stuck.wait(20)  # nobody holds it, so it ends, and takes nothing of the other's with it
        assert statuses(run(written(tmp_path, "1"), "exec")) == ["completed"]
        assert kernels.warm_template() is other
    finally:
        with suppress(psutil.NoSuchProcess):
            stuck.kill()


def test_a_template_ends_with_the_process_that_died_while_starting_it():
    code = "from briefing.runs.kernels import warm_template; warm_template()"
    environment = {**os.environ, "PYTHONHASHSEED": "123"}  # nobody else's template
    with subprocess.Popen([sys.executable, "-c", code], env=environment) as starter:
        while not (found := psutil.Process(starter.pid).children()):
            assert starter.poll() is None
            time.sleep(0.01)
        starter.kill()
    found[0].wait(30)


def test_an_environment_too_large_for_a_request_gets_one_warning(tmp_path, monkeypatch):
    monkeypatch.setenv("LARGE", "x" * 70_000)
    monkeypatch.setenv("LARGER", "x" * 70_000)
    with pytest.warns(RuntimeWarning, match="the environment is larger than"):
        assert statuses(run(written(tmp_path, "1"), "exec")) == ["completed"]
    kernels.let_go()


def test_a_copy_of_the_process_that_a_cell_makes_runs_no_further_cells(tmp_path):
    notebook = run(written(tmp_path, "import os\nchild = os.fork()", "child != 0"), "exec")
    assert notebook.cells[1].outputs[0].data["text/plain"] == "True"


def test_many_lines_arrive_whole(tmp_path):
    notebook = run(written(tmp_path, "for _ in range(60_000): print('x' * 60)"), "exec")
    assert len(notebook.cells[0].outputs[0].text) == 60_000 * 61


def test_a_kernel_closes_nothing_while_its_other_thread_still_flushes(tmp_path):
    # Otherwise each waits for the other, seconds long, in one kernel of twenty.
    told = tmp_path / "told"
    slow = (
        "import atexit, sys, time; flush = sys.stdout.flush; kernel = get_ipython().kernel\n"
        "sys.stdout.flush = lambda: (time.sleep(0.3), flush())\n"
        f"def tell(): open({str(told)!r}, 'w').write(str(kernel.control_thread.is_alive()))\n"
        "_ = atexit.register(tell)"
    )
    run(written(tmp_path, slow), "kernel")
    assert told.read_text() == "False"


def test_a_forked_kernel_knows_the_files_of_all_modules_without_asking_them(tmp_path):
    # Which a debugger steps over; to ask each module would copy what the fork shares.
    listed = (
        "import json, sys\nfrom ipykernel import ipkernel\n"
        "listed = get_ipython().kernel._kernel_modules\n"
        "files = [m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)]\n"
        "json.__file__ in listed, len(set(files) & set(listed)) > 0.9 * len(files), "
        "ipkernel.sys is sys, ipkernel.sys.version == sys.version"
    )
    notebook = run(written(tmp_path, listed), "kernel")
    assert notebook.cells[0].outputs[0].data["text/plain"] == "(True, True, False, True)"

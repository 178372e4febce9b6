"""What git keeps: notebooks without results, and all of the source."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def notebook(path):
    return json.loads(path.read_text("utf-8"))


def test_there_are_notebooks():
    assert NOTEBOOKS


@each_notebook
def test_a_notebook_is_kept_without_results(path):
    for cell in notebook(path)["cells"]:
        assert not cell.get("outputs"), f"run `make format` to strip {path.name}"
        assert cell.get("execution_count") is None, f"run `make format` to strip {path.name}"


@each_notebook
def test_a_notebook_keeps_a_distinct_id_for_each_cell(path):
    cells = notebook(path)["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)


@each_notebook
def test_a_notebook_names_the_kernel_that_runs_it(path):
    # papermill starts the kernel of this name; every environment with ipykernel has python3.
    assert notebook(path)["metadata"]["kernelspec"]["name"] == "python3"


@pytest.mark.parametrize(
    ("path", "ignored"),
    [("lib/briefing/cli.py", False), ("notebooks/01_deal.ipynb", False), ("reports/x.html", True)],
)
def test_git_ignores_reports_but_no_source(tmp_path, path, ignored):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet"], check=True)
    answer = subprocess.run([*git, "check-ignore", "--quiet", path], check=False)
    assert (answer.returncode == 0) == ignored

"""What git keeps: notebooks without results, all of the source, and no figure typed into it."""

import ast
import json
import re
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


FIGURE = re.compile(
    r"[$€£]\s?\d|(?<![.:\d])\d+\s?(%|×|bn\b|tn\b|[MG]W\b|billion|million|percent|times\b)"
)
EXHIBITS = ROOT / "lib" / "briefing" / "exhibits"
TELLING = sorted({*EXHIBITS.glob("*.py")} - {EXHIBITS / "words.py"})  # which says how figures look
QUOTED = {"Is $45bn a double count?", "Was it $183bn after the September round?"}
"""Questions that ask about a figure of the press by its name."""


def typed_figures(source):
    """Amounts, shares and multiples that stand in the strings of a module, docstrings left out."""
    tree = ast.parse(source)
    told = {id(each.value) for each in ast.walk(tree) if isinstance(each, ast.Expr)}
    return [
        each.value
        for each in ast.walk(tree)
        if isinstance(each, ast.Constant)
        and isinstance(each.value, str)
        and id(each) not in told
        and FIGURE.search(each.value)
    ]


@pytest.mark.parametrize("path", TELLING, ids=lambda path: path.stem)
def test_every_figure_in_a_sentence_comes_from_the_graph(path):
    assert [each for each in typed_figures(path.read_text("utf-8")) if each not in QUOTED] == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('"""Docstring of $3bn."""\nx = f"worth $3bn to {y}"', ["worth $3bn to "]),
        ('x = "about 48 % too much"', ["about 48 % too much"]),
        ('x = f"{y} of 2025, in Q3 (E41)"', []),
    ],
)
def test_a_typed_figure_is_found(source, found):
    assert typed_figures(source) == found

"""Shared by the tests of runs."""

import shutil
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]

FAST = {"00_summary", "10_sources", "sweep"}


SLOW = {"case.what_if_table", "case.figure_register", "case.model_map"}
"""Cells that compute the whole model over and over, which takes longer than all else."""


def keep_notebooks(project, names):
    """Keep these notebooks only, and their quick cells."""
    for file in (project / "notebooks").glob("*.ipynb"):
        if file.stem not in names:
            file.unlink()
            continue
        notebook = nbformat.read(file, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if cell.source not in SLOW]
        nbformat.write(notebook, file)


@pytest.fixture
def small_project(project):
    """The copied project with two notebooks only, and the one that sums up sweeps."""
    keep_notebooks(project, FAST)
    return project


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Make a project with these notebooks only, and prepare it, for tests to copy or to look at."""

    def make(names, prepare):
        project = tmp_path_factory.mktemp("prepared")
        for folder in ("params", "notebooks", "templates"):
            shutil.copytree(ROOT / folder, project / folder)
        keep_notebooks(project, names)
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("BRIEFING_ROOT", str(project))
            prepare(project)
        return project

    return make


@pytest.fixture
def copied(tmp_path, monkeypatch):
    """A copy of a prepared project that a test may spoil, found by all who ask for the project."""

    def copy(project):
        shutil.copytree(project, tmp_path, dirs_exist_ok=True)
        monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
        return tmp_path

    return copy

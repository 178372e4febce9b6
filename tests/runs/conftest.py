"""Shared by the tests of runs."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FAST = {"00_summary", "10_sources", "sweep"}


def keep_notebooks(project, names):
    for file in (project / "notebooks").glob("*.ipynb"):
        if file.stem not in names:
            file.unlink()


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

"""Shared by the tests of runs."""

import pytest

FAST = {"00_summary", "10_sources", "sweep"}


@pytest.fixture
def small_project(project):
    """The copied project with two notebooks only, and the one that sums up sweeps."""
    for file in (project / "notebooks").glob("*.ipynb"):
        if file.stem not in FAST:
            file.unlink()
    return project

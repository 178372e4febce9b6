"""Shared by all tests: the real project, and copies of it that a test may spoil."""

import os
import pickle
import shutil
from functools import lru_cache
from pathlib import Path

import papermill  # noqa: F401  (first: it loads our engines while it is imported)
import pytest
import yaml
from hypothesis import settings

from briefing.case import Case
from briefing.inputs.facts import load_facts
from briefing.inputs.parameters import load_parameter_set

ROOT = Path(__file__).parents[1]

# A shared machine may stall at any example; and what fails once should fail again.
settings.register_profile("desk", deadline=None, derandomize=True)
settings.load_profile("desk")


LONGEST = ("tests/test_briefing.py", "tests/runs/", "tests/delivery/ticks/", "tests/test_readme.py")
"""Where tests build, serve and browse: begun first, none of them is what everybody waits for."""


def pytest_collection_modifyitems(items):
    """Begin with the files that take longest."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One process more than there are cores: tests often wait, for kernels, browsers and clocks."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def caches(tmp_path_factory):
    """A folder for all caches of this run: what one test has drawn others need not draw again."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "caches"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def parsed_once():
    """Parse equal texts once: hundreds of tests read a copy of the ledger, which takes longest."""
    load = yaml.load
    packed = lru_cache(maxsize=256)(lambda *asked, **how: pickle.dumps(load(*asked, **how)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "load", lambda *asked, **how: pickle.loads(packed(*asked, **how)))
        yield


@pytest.fixture(scope="session")
def root():
    return ROOT


@pytest.fixture(scope="session")
def ledger():
    return load_facts(ROOT / "params" / "facts")


@pytest.fixture(scope="session")
def deal_day():
    return Case("deal_day")


@pytest.fixture(scope="session")
def latest():
    return Case("latest")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A copy of the project's inputs, found by everything that asks for the project."""
    for folder in ("params", "notebooks", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.setenv("BRIEFING_ROOT", str(tmp_path))
    return tmp_path


@pytest.fixture
def load(project):
    """Load a parameter set of the copied project."""

    def load_set(name):
        facts = load_facts(project / "params" / "facts")
        return load_parameter_set(name, project / "params", facts)

    return load_set


@pytest.fixture(scope="session")
def environment(caches):
    """Environment of child processes, in which byte-code may be cached."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

"""The locks, environment.yml and pyproject.toml describe one environment."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DEPENDENCIES = PROJECT["project"]["dependencies"] + PROJECT["build-system"]["requires"]
EXTRAS = PROJECT["project"]["optional-dependencies"]

MAIN, DEV, LAB, CLUSTER = LOCKS = [
    "requirements.lock", "requirements-dev.lock", "requirements-lab.lock",
    "requirements-cluster.lock",
]  # fmt: skip


def read(name):
    return (ROOT / name).read_text("utf-8")


def pins(lock):
    """Every pinned line without its hashes, as pip would read it."""
    return re.findall(r"^([a-z0-9].*?) \\$", read(lock), flags=re.MULTILINE)


def versions(lock):
    return {pin.name: str(pin.specifier) for pin in map(Requirement, pins(lock))}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_only_pins_hashes_and_comments(lock):
    pin = r"[a-z0-9-]+==[^\s;]+( ; [^\\]+)? \\\n"
    hashes = r"(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+"
    assert re.fullmatch(rf"({pin}{hashes}|\s*#.*\n)+", read(lock))


@pytest.mark.parametrize("name", [*LOCKS, "environment.yml"])
def test_no_address_of_a_package_index_is_stored(name):
    assert not re.search(r"://|index-url|find-links", read(name))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_each_package_once(lock):
    assert len(versions(lock)) == len(pins(lock))


@pytest.mark.parametrize(
    ("lock", "extra"),
    [
        (MAIN, []),
        (DEV, EXTRAS["dev"] + EXTRAS["cluster"]),
        (LAB, EXTRAS["lab"]),
        (CLUSTER, EXTRAS["cluster"]),
    ],
)
def test_a_lock_satisfies_every_dependency_of_the_project(lock, extra):
    locked = versions(lock)
    for dependency in map(Requirement, DEPENDENCIES + extra):
        version = locked[canonicalize_name(dependency.name)].removeprefix("==")
        assert dependency.specifier.contains(version), dependency


def test_the_locks_agree_on_every_package_they_share():
    main, dev, lab, cluster = map(versions, LOCKS)
    assert main.items() <= cluster.items() <= dev.items()
    assert main.items() <= lab.items()
    assert all(lab[package] == dev[package] for package in dev.keys() & lab.keys())


def test_the_build_tools_are_locked_as_the_build_asks_for_them():
    assert PROJECT["dependency-groups"]["build"] == PROJECT["build-system"]["requires"]


@pytest.mark.parametrize("heavy", ["jupyterlab", "dask", "distributed", "s3fs", "playwright"])
def test_the_main_environment_stays_light(heavy):
    assert heavy not in versions(MAIN)


def test_conda_users_get_the_project_and_the_locked_versions():
    python, _, pip = yaml.safe_load(read("environment.yml"))["dependencies"]
    assert pip["pip"] == ["-e .", *pins(LAB)]
    assert python.removeprefix("python=") in ["3.11", "3.12", "3.13", "3.14"]

"""Builds found by the short names that a reader types."""

import json

import pytest

from briefing.inputs.files import BadInput
from briefing.runs.builds import builds, find
from briefing.runs.places import Folder

OLD, NEW, OTHER = "2026-11-21-278356ed7fe8", "2026-11-21-1c0ffee00000", "2026-11-22-278999000000"


@pytest.fixture
def place(tmp_path):
    """Three builds of a set and one of another, and what is no build."""
    reports = tmp_path / "reports"
    for hour, name in enumerate((OLD, NEW, OTHER)):
        recorded(reports / "latest" / name, f"2026-11-22T0{hour}:00:00.000+00:00")
    recorded(reports / "bull" / OLD, "2026-11-22T09:00:00.000+00:00")
    (reports / "latest" / "failed" / OLD).mkdir(parents=True)
    (reports / "latest" / ".building-x").mkdir()
    (reports / ".runs").mkdir()
    return Folder(reports)


def recorded(folder, built):
    folder.mkdir(parents=True)
    files = {"b.ipynb": "", "a.ipynb": "", "briefing.pdf": ""}
    (folder / "run.json").write_text(json.dumps({"built": built, "sha256": files}))


def test_builds_of_a_set_are_listed_newest_first(place):
    found = [build.folder for build in builds("latest", place)]
    assert found == [f"latest/{name}" for name in (OTHER, NEW, OLD)]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("latest", OTHER),
        ("latest~0", OTHER),
        ("latest~1", NEW),
        ("latest~2", OLD),
        ("bull", OLD),
        ("latest/2026-11-21-2", OLD),
        ("latest/2026-11-22", OTHER),
        (f"latest/{NEW}", NEW),
        (f"reports/latest/{NEW}/", NEW),
    ],
)
def test_a_build_is_found_by_a_short_name(place, asked, name):
    assert find(asked, place).folder.rpartition("/")[2] == name


def test_a_build_is_found_by_its_folder_wherever_it_lies(place, tmp_path, monkeypatch):
    elsewhere = Folder(tmp_path / "nothing")
    assert find(str(place.path / "bull" / OLD), elsewhere).shown.endswith(f"bull/{OLD}")
    monkeypatch.chdir(tmp_path)
    assert find(f"reports/bull/{OLD}/", elsewhere).record["built"].startswith("2026-11-22T09")


def test_a_build_names_its_notebooks_and_reads_its_files(place):
    build = find("bull", place)
    assert build.notebooks == ("a.ipynb", "b.ipynb")
    assert json.loads(build.read("run.json") or "")["built"] == build.record["built"]
    assert build.read("inputs.json") is None


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("lastest", "did you mean 'latest'?; there are builds of: bull (1), latest (3)"),
        ("latest~3", f"there is no such build; there are, newest first: latest/{OTHER}, "),
        ("latest/2025", f"there is no such build; there are, newest first: latest/{OTHER}, "),
        ("latest/2026-11-21", f"more than one build; there are, newest first: latest/{NEW}, "),
        ("nobody/2025", "there are builds of: bull (1), latest (3)"),
        ("", "there are builds of: bull (1), latest (3)"),
        ("../latest", "there are builds of: bull (1), latest (3)"),
        ("latest~", "there are builds of: bull (1), latest (3)"),
        ("latest~-1", "there are builds of: bull (1), latest (3)"),
        ("latest/failed", "there is no such build"),
    ],
)
def test_a_name_that_fits_no_build_or_many_gets_one_message(place, asked, told):
    with pytest.raises(BadInput) as refused:
        find(asked, place)
    (message,) = refused.value.messages
    assert message.startswith(f"diff {asked}: ")
    assert told in message
    assert message.endswith("; nothing was compared")


def test_where_nothing_is_built_yet_the_message_says_so(tmp_path):
    with pytest.raises(BadInput, match="there are builds of: none yet; nothing was compared"):
        find("latest", Folder(tmp_path / "reports"))

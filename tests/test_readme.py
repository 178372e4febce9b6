import re

import pytest
from typer.main import get_command

from briefing.cli import app


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text("utf-8")


def test_the_readme_opens_with_the_two_commands(readme):
    first = readme.split("```")[1]
    assert re.findall(r"^make \w+", first, re.MULTILINE) == ["make briefing", "make test"]


def test_every_command_of_the_readme_exists(readme):
    known = set(get_command(app).commands)
    named = set(re.findall(r"(?:bin/|`|^)briefing (\w+)", readme, re.MULTILINE))
    assert {"build", "facts", "tick", "send"} <= named
    assert named <= known


def test_every_make_target_of_the_readme_exists(readme, root):
    targets = re.findall(r"^([a-z-]+):", (root / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", readme, re.MULTILINE)) <= set(targets)


def test_every_file_that_the_readme_links_is_there(readme, root):
    for target in re.findall(r"\]\(([^)]+)\)", readme):
        assert (root / target).exists(), target


def test_every_folder_of_the_library_stands_in_the_tree_of_the_readme(readme, root):
    folders = [path for path in (root / "lib" / "briefing").iterdir() if path.is_dir()]
    names = {path.name for path in folders if not path.name.startswith("__")}
    assert names <= set(re.findall(r"(\w+)/", readme))


def test_the_python_of_the_readme_runs(readme):
    code = re.search(r"```python\n(.*?)```", readme, re.DOTALL)
    assert code
    assert "draws=1_000_000" in code.group(1)
    exec(code.group(1).replace("1_000_000", "20_000"), {})  # a million takes half a minute

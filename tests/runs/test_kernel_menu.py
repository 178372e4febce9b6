"""The kernel that other tools find by its name, in their own unmodified commands."""

import json
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

BIN = Path(sys.executable).parent
PARENT = "from pathlib import Path; import os\nPath(f'/proc/{os.getppid()}/cmdline').read_text()"

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux")


@pytest.fixture
def asked(tmp_path):
    """A notebook that tells which program forked its kernel."""
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    file = tmp_path / "asked.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(PARENT)], metadata={"kernelspec": spec}), file)
    return file


def test_jupyter_lists_it_with_an_argument_that_means_this_interpreter(environment):
    command = [BIN / "jupyter", "kernelspec", "list", "--json"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    kernel = json.loads(listed.stdout)["kernelspecs"]["briefing"]
    assert Path(kernel["resource_dir"]).is_relative_to(sys.prefix)
    assert kernel["spec"]["argv"][0] == "python"


@pytest.mark.parametrize(
    "command",
    [
        ["papermill", "-k", "briefing", "asked.ipynb", "told.ipynb"],
        [
            "jupyter", "nbconvert", "--execute", "--ExecutePreprocessor.kernel_name=briefing",
            "--to", "notebook", "--output", "told.ipynb", "asked.ipynb",
        ],
    ],
    ids=["papermill", "nbconvert"],
)  # fmt: skip
def test_stock_commands_get_forks_of_the_template(asked, environment, command):
    program, *arguments = command
    subprocess.run(
        [BIN / program, *arguments],
        check=True, capture_output=True, env=environment, cwd=asked.parent,
    )  # fmt: skip
    cells = nbformat.read(asked.with_name("told.ipynb"), as_version=4).cells
    assert "briefing.runs.template" in cells[-1].outputs[0].data["text/plain"]


def test_a_notebook_named_by_a_relative_path_gets_one_too(asked, environment):
    command = [
        BIN / "jupyter", "nbconvert", "--execute", "--ExecutePreprocessor.kernel_name=briefing",
        "--to", "notebook", "--output", "told.ipynb", f"{asked.parent.name}/{asked.name}",
    ]  # fmt: skip
    place = asked.parent.parent
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=place)
    assert "briefing.runs.template" in asked.with_name("told.ipynb").read_text("utf-8")
